"""Verifying a ledger of a million events, against hashing the same bytes in a loop."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

import setting
from filling import Batch, fill
from places import Place, open_store, places
from report import Row

from compliant_sms.consent import Link, beginning, link
from compliant_sms.driver import finish
from compliant_sms.flows import verify_ledger
from compliant_sms.ports import Store

__all__ = ["rows"]

_LEAST = 0.2
_EVENTS = 1_000_000
_PRACTICE = "lakeside"


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Two events a person, in the order in which people come back."""
    events = _EVENTS // 10 if quick else _EVENTS
    with places(folder) as found:
        for place in found:
            with place.database() as where:
                fill(where, _history(events))
                store = open_store(where)
                yield _row(place, store.blocking(), events)
                store.close()


def _row(place: Place, store: Store, events: int) -> Row:
    ours, theirs = zip(*(_measured(store, events) for _ in range(3)), strict=True)
    times = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(
        what=f"verify {events:,} events on {place.name}, against hashing their bytes in a loop",
        measured=f"{median(ours):,.0f} events/s",
        baseline=f"{median(theirs):,.0f} events/s",
        ratio=f"{times:.2f}",
        bar=f"at least {_LEAST}",
        met=times >= _LEAST,
    )


def _measured(store: Store, events: int) -> tuple[float, float]:
    """Events a second: verified, and hashed before and after."""
    before = _hashed(events // 2)
    start = perf_counter()
    report = finish(verify_ledger(store, _PRACTICE))
    taken = perf_counter() - start
    after = _hashed(events // 2)
    assert report.events == events
    return events / taken, events / (before + after)


def _hashed(times: int) -> float:
    message = bytes(23 + 8 + 32 + 8 + 32) + setting.GRANTED
    start = perf_counter()
    for _ in range(times):
        sha256(message).digest()
    return perf_counter() - start


def _history(events: int) -> Iterator[Batch]:
    """Heads of chains and links, batch by batch."""
    made = _links(events)
    while batch := list(islice(made, 10_000)):
        heads = [(each.chain_id, *filed, 0) for each, filed in batch if each.position == 0]
        links = [(each.chain_id, each.position, each.payload, each.digest) for each, _ in batch]
        yield heads, links


def _links(events: int) -> Iterator[tuple[Link, tuple[str, str, str]]]:
    chance = random.Random(6962)
    waiting: list[Link] = []
    begun = 0
    for _ in range(events):
        filed = (_PRACTICE, f"+1{chance.randrange(10**10):010}", f"pat-{begun}")
        if begun * 2 < events and (not waiting or chance.random() < 0.5):
            begun += 1
            chain_id = f"{begun:012x}{chance.randbytes(10).hex()}"
            new = link(chain_id, setting.GRANTED, beginning(*filed))
            waiting.append(new)
        else:
            place = chance.randrange(len(waiting))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            before = waiting.pop()
            new = link(before.chain_id, setting.GRANTED, before)
        yield new, filed
