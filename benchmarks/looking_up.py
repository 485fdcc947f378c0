"""Looking consent up among ten million people, against ten thousand."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import disk_usage
from statistics import median
from time import perf_counter

from filling import fill
from measure import ratio
from people import PRACTICE, batches, number_of, person_of
from places import Place, open_store, places
from report import Row, microseconds

from compliant_sms.consent import fold
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction

__all__ = ["PEOPLE", "rows"]

PEOPLE = 10_000_000
_FEW = 10_000
_MOST = 1.5
_BYTES = 1_500  # a person, in the larger of both databases, with room for its log
_SAMPLE = 1_000


def rows(folder: Path, *, quick: bool, people: int) -> Iterator[Row]:
    """What ``send`` asks: all events about a number, folded for the person."""
    many = _that_fit(folder, people // 100 if quick else people)
    with places(folder) as found:
        for place in found:
            yield _row(place, many, rounds=5 if quick else 15)


def _that_fit(folder: Path, people: int) -> int:
    free = disk_usage(folder).free
    fit = max(_FEW, min(people, free // 2 // _BYTES))
    if fit < people:
        print(
            f"{people:,} people would take {people * _BYTES / 1e9:.0f} GB, and {free / 1e9:.0f} GB "
            f"are free: looking up among {fit:,}",
            file=sys.stderr,
        )
    return fit


def _row(place: Place, many: int, rounds: int) -> Row:
    with ExitStack() as stack:
        works = []
        for people in (_FEW, many):
            where = stack.enter_context(place.database())
            fill(where, batches(people, place.name))
            store = open_store(where)
            stack.callback(store.close)
            works.append(_looking_up(store, people))
        for work in works:  # all pages are in memory afterwards
            work()
        taken = [[work() for work in works[:: -1 if n % 2 else 1]] for n in range(rounds)]
    few, lots = zip(*(each[:: -1 if n % 2 else 1] for n, each in enumerate(taken)), strict=True)
    times = ratio(lots, few)
    return Row(
        what=f"consent look-up on {place.name}, {many:,} people against {_FEW:,}",
        measured=microseconds(median(lots)),
        baseline=microseconds(median(few)),
        ratio=f"{times:.2f}",
        bar=f"at most {_MOST}",
        met=times <= _MOST,
    )


def _looking_up(store: object, people: int) -> Callable[[], float]:
    chance = random.Random(people)
    asked = [
        (PhoneNumber(number_of(index)), person_of(index))
        for index in chance.sample(range(people), _SAMPLE)
    ]

    async def look_up(tx: Transaction) -> list[float]:
        taken = []
        for number, person in asked:
            start = perf_counter()
            state = fold(await tx.consent_events(PRACTICE, number), person)
            taken.append(perf_counter() - start)
            assert state.grants, "somebody is missing"
        return taken

    port = store.blocking()  # type: ignore[attr-defined]
    return lambda: median(finish(port.run(look_up)))
