"""The reminders that visits will come to, folded as they will be. Nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from compliant_sms.flows._diary import Key, Known, drafted, entry_of, known_of, profiles_of
from compliant_sms.flows._household import Agreements
from compliant_sms.messages import Draft
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import KeptAppointment, Ports, Transaction
from compliant_sms.reminders import Appointment, planned

__all__ = ["Coming", "reminders_coming"]


@frozen(kw_only=True)
class Coming:
    """A text that is to go at a time.

    Attributes:
        at: when (UTC).
        draft: the text.
    """

    at: datetime
    draft: Draft


async def reminders_coming(ports: Ports, visits: Iterable[Appointment]) -> list[Coming]:
    """The reminders of visits that are still to come, by when they go.

    Those of a day at one number are one text, together with visits that were kept before. What was
    asked for already is left out.

    Args:
        ports: what to work with.
        visits: as they stand, or would. The last one said of a visit counts.
    """
    groups: dict[PhoneNumber, dict[Key, Appointment]] = defaultdict(dict)
    for visit in visits:
        groups[visit.numbers[0]][visit.key] = visit
    found: list[Coming] = []
    for number, group in groups.items():
        found += await _of_household(ports, number, group)
    return sorted(found, key=lambda each: each.at)


async def _of_household(
    ports: Ports, number: PhoneNumber, group: Mapping[Key, Appointment]
) -> list[Coming]:
    at = ports.clock()
    known = await ports.store.run(partial(_read, ports=ports, number=number, group=group, at=at))
    profiles = await profiles_of(ports, known)
    by_key = {each.key: each for each in known}
    diary = [entry_of(each, profiles, at) for each in known if not each.ended]
    return [
        Coming(at=max(text.at, at), draft=await drafted(ports, text, by_key))
        for text in planned(diary, ports.reminders, at)
        if any(each.appointment.key in group for each in text.reminders)
    ]


async def _read(
    tx: Transaction,
    ports: Ports,
    number: PhoneNumber,
    group: Mapping[Key, Appointment],
    at: datetime,
) -> list[Known]:
    """The visits at a number, those of the batch as it has them."""
    practice_id = ports.practice.id
    kept = {
        each.appointment.key: each for each in await tx.open_appointments_at(practice_id, number)
    }
    for key, visit in group.items():
        before = kept.get(key) or await tx.appointment(practice_id, key)
        kept[key] = _as_kept(practice_id, visit, before, at)
    agreed = Agreements(tx, ports, practice_id, at)
    return [await known_of(tx, kept[key], agreed) for key in sorted(kept)]


def _as_kept(
    practice_id: str, visit: Appointment, before: KeptAppointment | None, at: datetime
) -> KeptAppointment:
    if before is None:
        return KeptAppointment(practice_id=practice_id, appointment=visit, since=at, look_at=at)
    # At the time at which it stood before it was told of, maybe; at another one it was not.
    same = before.appointment.starts_at == visit.starts_at
    moved = evolve(before, appointment=visit)
    return moved if same else evolve(moved, sequence=before.sequence + 1, since=at)
