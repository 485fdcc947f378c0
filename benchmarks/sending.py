"""Durable sends, one after the other, against the official client's bare request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from statistics import fmean

import setting
from carrier import carrier
from durable import bare_insert
from measure import Blocks, in_turns, ratio, typical_block
from places import Place, open_store, places
from report import Row, milliseconds

from compliant_sms import Sent
from compliant_sms.ports import AtRest

__all__ = ["rows"]

_MOST_TIMES = 2.0
_MOST_INSERTS = 2.5
_PAYLOAD = b"." * 700


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """``send`` on one thread, in the clear and sealed, at no delay and at 50 ms."""
    with places(folder) as found:
        for place in found:
            for delay_ms in (0, 50):
                yield from _rows(place, delay_ms, quick=quick)


def _rows(place: Place, delay_ms: int, *, quick: bool) -> Iterator[Row]:
    with ExitStack() as stack:
        url = stack.enter_context(carrier(delay_ms))
        create, numbers = setting.official_client(url), cycle(setting.NUMBERS)
        works = {
            "send": stack.enter_context(_sending(place, url, setting.PLAINTEXT)),
            "sealed": stack.enter_context(_sending(place, url, setting.keyring())),
            "create": lambda: create(next(numbers)),
            "insert": stack.enter_context(bare_insert(place, _PAYLOAD)),
        }
        blocks = in_turns(works, rounds=5 if quick else 16, calls=10 if delay_ms else 50)
    what = f"durable `send` on {place.name}, one thread, {delay_ms} ms at the server"
    yield _row(f"{what}, against bare `messages.create`", "send", blocks)
    yield _row("the same, sealed", "sealed", blocks)
    ours, bare, durable = (typical_block(blocks[name]) for name in ("send", "create", "insert"))
    if not delay_ms:
        yield Row(
            what=f"what it adds in the clear, in bare durable INSERTs on {place.name}",
            measured=milliseconds(ours - bare),
            baseline=milliseconds(durable),
            ratio=f"{(ours - bare) / durable:.2f}",
        )


def _row(what: str, name: str, blocks: dict[str, Blocks]) -> Row:
    ours, bare, durable = (typical_block(blocks[each]) for each in (name, "create", "insert"))
    times = ratio([fmean(b) for b in blocks[name]], [fmean(b) for b in blocks["create"]])
    on_slow_disks = bare + _MOST_INSERTS * durable
    return Row(
        what=what,
        measured=milliseconds(ours),
        baseline=milliseconds(bare),
        ratio=f"{times:.2f}",
        bar=f"at most {_MOST_TIMES}, or {milliseconds(on_slow_disks)} (slow disk)",
        met=times <= _MOST_TIMES or ours <= on_slow_disks,
    )


@contextmanager
def _sending(place: Place, url: str, keyring: AtRest) -> Iterator[Callable[[], None]]:
    with (
        place.database() as where,
        setting.messenger(open_store(where), url, keyring) as messenger,
    ):
        for person, number in enumerate(setting.NUMBERS):
            setting.consent(messenger, number, f"pat-{person}")
        texts = setting.texts()

        def send() -> None:
            outcome = messenger.send(**next(texts))  # type: ignore[arg-type]
            assert isinstance(outcome, Sent), f"not sent: {outcome}"

        yield send
