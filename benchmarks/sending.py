"""Durable sends, one after the other, against the official client's bare request."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from statistics import fmean

import setting
from carrier import carrier
from durable import bare_insert
from measure import in_turns, ratio, typical_block
from report import Row, milliseconds

from compliant_sms import Sent
from compliant_sms.stores import SQLite

__all__ = ["rows"]

_MOST_TIMES = 2.0
_MOST_INSERTS = 2.5


def rows(folder: Path, *, quick: bool) -> list[Row]:
    """``send`` on one thread."""
    payload = b"." * 700
    with (
        carrier(0) as url,
        setting.messenger(SQLite(folder / "send.db"), url) as messenger,
        bare_insert(folder, payload) as insert,
    ):
        for person, number in enumerate(setting.NUMBERS):
            setting.consent(messenger, number, f"pat-{person}")
        texts, create, numbers = (
            setting.texts(),
            setting.official_client(url),
            cycle(setting.NUMBERS),
        )

        def send() -> None:
            outcome = messenger.send(**next(texts))  # type: ignore[arg-type]
            assert isinstance(outcome, Sent), f"not sent: {outcome}"

        works = {"send": send, "create": lambda: create(next(numbers)), "insert": insert}
        blocks = in_turns(works, rounds=5 if quick else 16, calls=50)
    ours, bare, durable = (typical_block(blocks[name]) for name in works)
    times = ratio([fmean(b) for b in blocks["send"]], [fmean(b) for b in blocks["create"]])
    on_slow_disks = bare + _MOST_INSERTS * durable
    return [
        Row(
            what="durable `send`, one thread, against bare `messages.create`",
            measured=milliseconds(ours),
            baseline=milliseconds(bare),
            ratio=f"{times:.2f}",
            bar=f"at most {_MOST_TIMES}, or {milliseconds(on_slow_disks)} (slow disk)",
            met=times <= _MOST_TIMES or ours <= on_slow_disks,
        ),
        Row(
            what="what it adds, in bare durable INSERTs",
            measured=milliseconds(ours - bare),
            baseline=milliseconds(durable),
            ratio=f"{(ours - bare) / durable:.2f}",
        ),
    ]
