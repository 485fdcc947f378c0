"""Keeping the diary: each call says how a visit stands now, whatever was said before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve

from compliant_sms import _given
from compliant_sms.errors import ConfigurationError
from compliant_sms.flows._deciding._admit import WAITING
from compliant_sms.flows._deciding._places import leave_places
from compliant_sms.flows._deciding._standing import Void, set_aside
from compliant_sms.flows._deciding._visit_void import CHANGED
from compliant_sms.ports import KeptAppointment, Ports, ToldReminder, Transaction
from compliant_sms.reminders import Answer, Appointment, AppointmentAnswer, Status, reminders_of

_AT_ONCE = 50


async def keep_appointments(ports: Ports, appointments: Iterable[Appointment]) -> None:
    """Keep how visits stand now, 50 in a transaction.

    Raises:
        ConfigurationError: there are no plans for reminders.
        InvalidInput: something is no appointment; then nothing was kept.
    """
    if not ports.reminders:
        msg = (
            "nothing says when patients are to be reminded. Pass Messenger(reminders=[...]) the "
            "plans, for example ReminderPlan(offsets=['1 day before at 10:00'])."
        )
        raise ConfigurationError(msg)
    given = list(appointments)
    _given.each_of(
        given, Appointment, "an appointment", "an Appointment of compliant_sms.reminders"
    )
    # What was said last of a visit counts. In one order, so that nobody waits for each other.
    newest = {each.key: each for each in given}
    left = [newest[key] for key in sorted(newest)]
    for first in range(0, len(left), _AT_ONCE):
        page = left[first : first + _AT_ONCE]
        await ports.store.run(partial(_keep_all, ports=ports, page=page))


async def _keep_all(tx: Transaction, *, ports: Ports, page: Sequence[Appointment]) -> None:
    at = ports.clock()
    for appointment in page:
        await _keep(tx, ports, appointment, at)


async def _keep(tx: Transaction, ports: Ports, appointment: Appointment, at: datetime) -> None:
    practice_id, key = ports.practice.id, appointment.key
    known = await tx.appointment(practice_id, key)
    if known is not None and known.appointment == appointment:
        await _take_up(tx, ports, known, at)
        return
    new = KeptAppointment(practice_id=practice_id, appointment=appointment, since=at, look_at=at)
    if known is None and await tx.add_appointment(new, at, ports.ids()):
        return
    known = await tx.appointment(practice_id, key, fixed=True)
    told = await tx.told_of(practice_id, key)
    kept = as_kept(known, new, told)
    await tx.save_appointment(kept, at, ports.ids())
    await _call_back(tx, ports, told, at)
    if known is None or kept.sequence == known.sequence:
        return
    if kept.appointment.person != known.appointment.person:
        return  # what the other patient asked for is still to be done
    said = await tx.last_answer(practice_id, key)
    if said is not None and _is_done(said, kept.appointment.status):
        await tx.unask(practice_id, said.inbound_id, at)


async def hand_over(
    tx: Transaction, ports: Ports, key: tuple[str, str], old: str, into: str
) -> bool:
    """Make a visit that of the record that stays, where two records of one patient were merged.

    It is the same patient, so what was told of it and what they answered still counts.

    Returns:
        whether it was the old record's.
    """
    practice_id, at = ports.practice.id, ports.clock()
    known = await tx.appointment(practice_id, key, fixed=True)
    if known is None or known.appointment.person != old:
        return False
    visit = evolve(known.appointment, person=into)
    kept = evolve(known, appointment=visit, revision=known.revision + 1, look_at=at)
    told = await tx.told_of(practice_id, key)
    await tx.save_appointment(kept, at, ports.ids())
    await _call_back(tx, ports, told, at)
    return True


async def _take_up(tx: Transaction, ports: Ports, kept: KeptAppointment, at: datetime) -> None:
    """Have a visit planned again of which nothing was to come, where the plan has more by now."""
    end = end_of(kept, ports) if kept.look_at is None else None
    if end is not None and end > at:
        await tx.look_again(kept.practice_id, kept.appointment.key, at)


def end_of(kept: KeptAppointment, ports: Ports) -> datetime | None:
    """When nothing will come of a visit any more."""
    visit = kept.appointment
    if visit.status.is_ahead:
        return visit.starts_at
    recalls = reminders_of(visit, ports.reminders, since=kept.since)
    return recalls[-1].until if recalls else None


def _is_done(said: AppointmentAnswer, status: Status) -> bool:
    """Whether a visit that changed became what its patient asked for, who said nothing else.

    Of several visits nobody knows which one was meant; what stood no more was for somebody to tell.
    """
    if said.says_more or said.shared or not said.stands:
        return False
    if status is Status.CANCELLED:
        return said.answer is not Answer.CONFIRM
    return said.answer is Answer.RESCHEDULE and status.is_ahead


def as_kept(
    known: KeptAppointment | None, new: KeptAppointment, told: Sequence[ToldReminder]
) -> KeptAppointment:
    """A visit as it is kept once somebody said how it stands.

    Args:
        known: as it was kept before; None where it was not, or was dropped.
        new: as it is said to stand.
        told: what was told of it.
    """
    return _changed(known, new) if known else _anew(new, told)


def _anew(new: KeptAppointment, told: Sequence[ToldReminder]) -> KeptAppointment:
    """A visit that was dropped, and is there again: nothing that was told of it counts."""
    last = max((each.sequence for each in told), default=0)
    return evolve(new, sequence=last + 1, revision=max((t.revision for t in told), default=0) + 1)


def _changed(known: KeptAppointment, new: KeptAppointment) -> KeptAppointment:
    changed = evolve(new, sequence=known.sequence, revision=known.revision + 1, since=known.since)
    if _asked_about(known.appointment) == _asked_about(new.appointment):
        return changed
    return evolve(changed, sequence=known.sequence + 1, since=new.since)


def _asked_about(appointment: Appointment) -> tuple[datetime, datetime, str, Status]:
    """What a reminder is about: a change of anything else makes no new one.

    It tells what the clinic's clock shows, so that another zone is another time even at the same
    instant. Where the visit is now another patient's, nobody's answer so far is about it.
    """
    status = Status.BOOKED if appointment.status.is_ahead else appointment.status
    return appointment.starts_at, appointment.start, appointment.person, status


async def _call_back(
    tx: Transaction, ports: Ports, told: Sequence[ToldReminder], at: datetime
) -> None:
    """Cancel what waits to be told of a visit as it was."""
    for each in told:
        message = None if each.void else await tx.message(ports.practice.id, each.message_id)
        if message is not None and message.state in WAITING:
            await leave_places(tx, ports, message, at)
            await set_aside(tx, message, Void(CHANGED), at)
