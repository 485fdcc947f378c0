"""Texts that tell of visits: whether what they say is still so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.flows._deciding._household import Agreements, agreement, company
from compliant_sms.flows._deciding._prepared import template_of
from compliant_sms.messages import Draft, Message
from compliant_sms.ports import KeptAppointment, Ports, Transaction
from compliant_sms.reminders import (
    RECALL,
    Appointment,
    ReminderPlan,
    plan_for,
    reminders_of,
    succeeded,
)

Key: TypeAlias = tuple[str, str]
"""A visit's id and occurrence."""

CHANGED = "the visit was moved, cancelled or changed"
_OVER = "the visit began, or the next reminder of it is due"
_BOOKED = "a later visit was booked"
_UNPLANNED = "the reminder plan no longer has it, or the plan of the program that was to send it"
_REWORDED = "the program that was to send it lacks its template, and plans it in other words"
_ELSEWHERE = "the patient now agrees to texts at another number, not at this one"
_APART = "the people it is about did not all agree to the same texts"
_COMPANY = "the people it is about may no longer share one text"


@frozen
class Unasked:
    """A text about people of whom the host was not asked yet. It is not claimed.

    Attributes:
        persons: the host's ids.
    """

    persons: frozenset[str]


async def void_reason(
    tx: Transaction, ports: Ports, message: Message, brief: Brief, at: datetime
) -> str | Unasked:
    """Why a text about visits must not go any more; empty where it may."""
    visits: list[KeptAppointment] = []
    for told in await tx.told_in(message.practice_id, message.message_id):
        # Not fixed: whoever changes it meanwhile waits for this text, and comes after it.
        visit = await tx.appointment(message.practice_id, (told.appointment_id, told.occurrence))
        if visit is None or visit.revision != told.revision:
            return CHANGED
        if told.until <= at:
            return _OVER
        if told.code.startswith(RECALL) and await is_succeeded(tx, visit, {}):
            return _BOOKED
        if why := _otherwise_planned(ports, message.draft, visit, told.code):
            return why
        if await _goes_elsewhere(tx, ports, message, visit.appointment, at):
            return _ELSEWHERE
        visits.append(visit)
    persons = sorted({visit.appointment.person for visit in visits})
    return await _parted(tx, ports, message, brief, persons, at=at) if len(persons) > 1 else ""


def _otherwise_planned(ports: Ports, draft: Draft, visit: KeptAppointment, code: str) -> str:
    """Why a text is not what the plan here would make of a visit; empty where it may be."""
    if _is_unplanned(visit, code, ports.reminders):
        return _UNPLANNED
    return _REWORDED if _is_reworded(ports, draft, visit, code) else ""


def _is_unplanned(visit: KeptAppointment, code: str, plans: Sequence[ReminderPlan]) -> bool:
    """Whether the plan for a visit leaves out what was planned of it.

    Of a kind that no plan here is for, another program of the practice may have one.
    """
    if plan_for(plans, visit.appointment.kind) is None:
        return False
    coming = reminders_of(visit.appointment, plans, since=visit.since)
    return all(each.code != code for each in coming)


def _is_reworded(ports: Ports, draft: Draft, visit: KeptAppointment, code: str) -> bool:
    """Whether this program lacks a reminder's template, and would not make it from that one.

    As after the plan was given another template: whoever holds it would wait for one that comes
    back nowhere.
    """
    plan = plan_for(ports.reminders, visit.appointment.kind)
    if draft.template is None or plan is None or template_of(ports, draft) is not None:
        return False
    wording = plan.recall if code.startswith(RECALL) else plan
    return wording is not None and wording.template != draft.template.name


async def _goes_elsewhere(
    tx: Transaction, ports: Ports, message: Message, visit: Appointment, at: datetime
) -> bool:
    """Whether the patient agrees to texts only at another number than that of this text."""
    to = message.draft.to
    if visit.numbers == (to,):
        return False
    agreed = Agreements(tx, ports, message.practice_id, at)
    return await agreed.texted_at((to, *visit.numbers), visit.person) != to


async def _parted(
    tx: Transaction,
    ports: Ports,
    message: Message,
    brief: Brief,
    persons: Sequence[str],
    *,
    at: datetime,
) -> str | Unasked:
    """Why persons are not told of in one text any more; empty where they may be."""
    missing = frozenset(persons) - brief.household.keys()
    if missing:
        return Unasked(missing)
    if len({company(brief.household[person], person, at) for person in persons}) > 1:
        return _COMPANY
    number = message.draft.to
    events = await tx.consent_events(message.practice_id, number)
    agreed = {agreement(ports, number, events, person, at) for person in persons}
    return _APART if len(agreed) > 1 else ""


async def is_succeeded(
    tx: Transaction, visit: KeptAppointment, coming: Mapping[Key, Appointment]
) -> bool:
    """Whether recalls after a visit have ended.

    Args:
        tx: the transaction.
        visit: the visit.
        coming: visits as they would stand, whatever is kept of them.
    """
    person = visit.appointment.person
    of_person = await tx.appointments_of(visit.practice_id, person)
    diary = {each.appointment.key: each.appointment for each in of_person} | {**coming}
    return succeeded(visit.appointment, [each for each in diary.values() if each.person == person])
