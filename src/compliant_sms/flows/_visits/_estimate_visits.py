"""The reminders that visits will come to, folded as they will be. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from attrs import frozen

from compliant_sms.flows._deciding._household import Agreements
from compliant_sms.flows._deciding._visit_void import Key
from compliant_sms.flows._visits._appointments import as_kept
from compliant_sms.flows._visits._diary import (
    KnownVisit,
    drafted,
    entry_of,
    known_visit,
    profiles_of,
)
from compliant_sms.messages import Draft
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import KeptAppointment, Ports, Transaction
from compliant_sms.reminders import Appointment, planned


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
    batch = {visit.key: visit for visit in visits}
    found: list[Coming] = []
    for number in dict.fromkeys(visit.numbers[0] for visit in batch.values()):
        found += await _of_household(ports, number, batch)
    return sorted(found, key=lambda each: each.at)


async def _of_household(
    ports: Ports, number: PhoneNumber, batch: Mapping[Key, Appointment]
) -> list[Coming]:
    at = ports.clock()
    known = await ports.store.run(partial(_read, ports=ports, number=number, batch=batch, at=at))
    profiles = await profiles_of(ports, known)
    by_key = {each.key: each for each in known}
    diary = [entry_of(each, profiles, at) for each in known if not each.ended]
    return [
        Coming(at=max(text.at, at), draft=await drafted(ports, text, by_key))
        for text in planned(diary, ports.reminders, at)
        if any(each.appointment.key in batch for each in text.reminders)
    ]


async def _read(
    tx: Transaction,
    ports: Ports,
    number: PhoneNumber,
    batch: Mapping[Key, Appointment],
    at: datetime,
) -> list[KnownVisit]:
    """The visits at a number, those of the batch as it has them."""
    practice_id = ports.practice.id
    kept = {
        each.appointment.key: each
        for each in await tx.open_appointments_at(practice_id, number)
        if each.appointment.key not in batch
    }
    for key, visit in batch.items():
        if visit.numbers[0] == number:
            kept[key] = await _as_kept(tx, practice_id, visit, at)
    agreed = Agreements(tx, ports, practice_id, at)
    return [await known_visit(tx, kept[key], agreed, batch) for key in sorted(kept)]


async def _as_kept(
    tx: Transaction, practice_id: str, visit: Appointment, at: datetime
) -> KeptAppointment:
    """A visit as it would be kept now."""
    before = await tx.appointment(practice_id, visit.key)
    if before is not None and before.appointment == visit:
        return before
    new = KeptAppointment(practice_id=practice_id, appointment=visit, since=at, look_at=at)
    return as_kept(before, new, await tx.told_of(practice_id, visit.key))
