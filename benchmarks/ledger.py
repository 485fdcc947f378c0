"""Appending to the consent ledger, against a bare durable INSERT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import fmean

import setting
from durable import bare_insert
from measure import in_turns, ratio, typical_block
from places import Place, open_store, places
from report import Row, per_second

from compliant_sms.ports import AtRest

__all__ = ["rows"]

_LEAST = 0.5


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """One grant of consent after the other, each by a new person."""
    with places(folder) as found:
        for place in found:
            yield from _rows(place, rounds=5 if quick else 20)


def _rows(place: Place, *, rounds: int) -> Iterator[Row]:
    with ExitStack() as stack:
        works = {
            "grant": stack.enter_context(_granting(place, setting.PLAINTEXT)),
            "sealed": stack.enter_context(_granting(place, setting.keyring())),
            "insert": stack.enter_context(bare_insert(place, setting.GRANTED)),
        }
        blocks = in_turns(works, rounds=rounds, calls=50)
    rates = {name: [1 / fmean(block) for block in found] for name, found in blocks.items()}
    for what, name in (
        (f"ledger append on {place.name}, against a bare durable INSERT", "grant"),
        ("the same, sealed", "sealed"),
    ):
        times = ratio(rates[name], rates["insert"])
        yield Row(
            what=what,
            measured=per_second(1 / typical_block(blocks[name])),
            baseline=per_second(1 / typical_block(blocks["insert"])),
            ratio=f"{times:.2f}",
            bar=f"at least {_LEAST}",
            met=times >= _LEAST,
        )


@contextmanager
def _granting(place: Place, keyring: AtRest) -> Iterator[Callable[[], None]]:
    url = "https://api.twilio.com"  # never asked
    with (
        place.database() as where,
        setting.messenger(open_store(where), url, keyring) as messenger,
    ):
        persons = count()

        def grant() -> None:
            person = next(persons)
            number = setting.NUMBERS[person % len(setting.NUMBERS)]
            setting.consent(messenger, number, f"pat-{person}")

        for _ in setting.NUMBERS:  # until its log has its full length too
            grant()
        yield grant
