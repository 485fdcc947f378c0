"""Millions of people with what a ledger holds of them, made quickly.

Two thirds agreed on a form, the rest otherwise; some prefer details, some said stop, some of those
agreed again; some share a phone. The payloads are what the library writes, byte for byte: one event
of each kind is encoded by it, and names, numbers and instants are put in their places.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter

from attrs import evolve
from filling import Batch
from setting import MORNING

from compliant_sms import Wording
from compliant_sms.consent import (
    Basis,
    Channel,
    ConsentEvent,
    Granted,
    Link,
    PhiPreferenceStated,
    Revoked,
    Tier,
    beginning,
    from_payload,
    link,
    to_payload,
)
from compliant_sms.phone import PhoneNumber

__all__ = ["PRACTICE", "batches", "number_of", "person_of"]

PRACTICE = "lakeside"
_BATCH = 20_000
_SHARING = 20  # one in so many has the phone of the one before
_DAYS = [
    (MORNING - timedelta(days=day)).astimezone(UTC).date().isoformat() for day in range(3, 2000)
]
_WHEN = datetime(2020, 2, 2, 20, 20, 20, 202020, tzinfo=UTC)
_COMMON = {
    "event_id": "{event}",
    "practice_id": PRACTICE,
    "number": PhoneNumber("+12125550199"),
    "occurred_at": _WHEN,
    "recorded_at": _WHEN,
    "actor": "front-desk:ana",
}
_FORM = Granted(
    **_COMMON,  # type: ignore[arg-type]
    person="{person}",
    basis=Basis.INTAKE_FORM,
    tier=Tier.PRIOR_EXPRESS,
    categories=["appointments", "care"],
    wording=Wording(
        text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
        version="2026-03",
    ),
)
_SPOKEN = evolve(_FORM, basis=Basis.SPOKEN, wording=None)
_STOP = Revoked(
    **_COMMON,  # type: ignore[arg-type]
    channel=Channel.TEXT,
    rule="reserved-word",
    reference="{event}",
)
_DETAILS = PhiPreferenceStated(
    **_COMMON,  # type: ignore[arg-type]
    person="{person}",
    prefers=True,
    warning=Wording(text="Texts are not encrypted, and others may read them.", version="2026-01"),
    channel=Channel.SPOKEN,
)


def _template(event: ConsentEvent) -> Callable[[bytes, bytes, bytes, bytes], bytes]:
    """Makes an event's payload of its id, number, person and day."""
    made = (
        to_payload(event)
        .replace(b"%", b"%%")
        .replace(b"{event}", b"%(event)b")
        .replace(b"+12125550199", b"%(number)b")
        .replace(b"{person}", b"%(person)b")
        .replace(b"2020-02-02", b"%(day)b")
    )
    return lambda event_id, number, person, day: (
        made % {b"event": event_id, b"number": number, b"person": person, b"day": day}
    )


_AGREED = [_template(event) for event in (_FORM, _FORM, _SPOKEN)]
_PREFERS, _STOPPED = _template(_DETAILS), _template(_STOP)


def number_of(index: int) -> str:
    """The phone number of a person, in E.164: every seventh line of the areas from 201 on."""
    line = (index - _shares(index)) * 7
    area, rest = divmod(line, 8_000_000)
    return f"+1{201 + area}{2_000_000 + rest:07}"


def _shares(index: int) -> bool:
    return index % _SHARING == _SHARING - 1


def person_of(index: int) -> str:
    """The host's id of a person."""
    return f"pat-{index:09}"


def batches(people: int, name: str) -> Iterator[Batch]:
    """Heads of chains and links of so many people; says how far it is.

    People come in the order of their numbers, so that trees grow at their ends; what a look-up has
    to find is as deep as in any other order.
    """
    chance, begun, told = random.Random(7), perf_counter(), 0
    for first in range(0, people, _BATCH):
        heads: list[tuple[object, ...]] = []
        links: list[tuple[object, ...]] = []
        for index in range(first, min(first + _BATCH, people)):
            _add(index, chance, heads, links)
        _check(links[0])
        yield heads, links
        done = min(first + _BATCH, people)
        if done * 20 // people > told:
            told = done * 20 // people
            taken = perf_counter() - begun
            print(f"{name}: {done:,} of {people:,} people, {taken:.0f} s", file=sys.stderr)


def _add(
    index: int,
    chance: random.Random,
    heads: list[tuple[object, ...]],
    links: list[tuple[object, ...]],
) -> None:
    drawn = chance.getrandbits(32)
    number, person, chain_id = number_of(index), person_of(index), f"{index:012x}{drawn:08x}"
    told = number.encode(), person.encode(), _DAYS[drawn % len(_DAYS)].encode()
    agreed = _AGREED[drawn % 3]
    events = [agreed]
    if drawn % 5 == 0:
        events.append(_PREFERS)
    if drawn % 22 == 0:
        events.append(agreed)
    event_id = b"%016x%08x" % (index, drawn)
    chains = [(chain_id, person, events)]
    if drawn % 11 == 0 and not _shares(index):  # a STOP is nobody's in particular
        chains.append((f"{chain_id}-stop", "", [_STOPPED]))
    for chain, whose, made in chains:
        heads.append((chain, PRACTICE, number, whose, 0))
        last: Link | bytes = beginning(PRACTICE, number, whose)
        for position, one in enumerate(made):
            last = link(chain, one(b"%b%08x" % (event_id, position), *told), last)
            links.append((chain, position, last.payload, last.digest))


def _check(row: tuple[object, ...]) -> None:
    payload = row[2]
    assert isinstance(payload, bytes)
    assert to_payload(from_payload(payload)) == payload, "not what the library writes"
