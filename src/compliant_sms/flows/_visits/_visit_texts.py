"""What a planned text about visits says: the plan's template or words, or the library's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from compliant_sms.classification import Purpose
from compliant_sms.consent import PhiPreference
from compliant_sms.flows._deciding._prepared import wish_for
from compliant_sms.messages import Draft
from compliant_sms.optout import Awaiting
from compliant_sms.people import Profile
from compliant_sms.ports import Ports
from compliant_sms.reminders import (
    RECALL,
    PlannedText,
    RecallPlan,
    Reminder,
    ReminderContext,
    ReminderPlan,
    Status,
    least_words,
    plan_for,
)
from compliant_sms.templates import Template, dialed, sender_name


@frozen(kw_only=True)
class ForWhom:
    """Whom a text is for, as far as its words depend on it.

    Attributes:
        profile: what the host knows of the person.
        wish: what they want of health details by text.
    """

    profile: Profile
    wish: PhiPreference


def _named_template(ports: Ports, text: PlannedText) -> Template | None:
    """The template that a text is made from; None where it has other words.

    Of several visits, and of a sensitive one, the library's own words tell least; and of a visit
    that the patient confirmed a template that asks would ask again.

    Raises:
        UnknownTemplate: no version of it may be used.
    """
    first, plan = text.reminders[0], _plan(ports, text.reminders[0])
    wording = _wording(plan, first)
    if wording is None or wording.template is None or not _has_own_words(text.reminders):
        return None
    assert ports.templates is not None, "a messenger refuses such a plan"  # noqa: S101
    template = ports.templates.newest(wording.template)
    return None if template.asks and not _may_ask(text.reminders) else template


def draft_of(ports: Ports, text: PlannedText, whom: ForWhom) -> Draft:
    """What is asked for to be sent.

    Args:
        ports: what to work with.
        text: what is planned.
        whom: who gets it.

    Raises:
        CannotRender: the values of the visit, or of the plan, cannot be used.
        UnknownTemplate: no version of the plan's template may be used.
        Exception: what the plan's own words or values raise.
    """
    template = _named_template(ports, text)
    if template is not None:
        return _from_template(ports, text, template, whom)
    first, plan = text.reminders[0], _plan(ports, text.reminders[0])
    asks = plan.confirm and _may_ask(text.reminders)
    return Draft(
        to=text.number,
        person=first.appointment.person,
        purpose=_purpose(first),
        body=_body(ports, text.reminders, whom.profile.language, asks=asks),
        idempotency_key=text.key,
        not_after=text.until,
        asks=Awaiting.CONFIRM if asks else None,
    )


def _from_template(ports: Ports, text: PlannedText, template: Template, whom: ForWhom) -> Draft:
    first = text.reminders[0]
    visit, asks = first.appointment, template.asks is not None
    context = _context(ports, first, asks=asks)
    wording = _wording(_plan(ports, first), first)
    own = wording.values(context) if wording and wording.values else {}
    made = template.render(
        {**_told_by(_visit_values(context), template), **own},
        practice=ports.practice,
        language=whom.profile.language or visit.language,
        preference=wish_for(template, whom.profile, whom.wish),
    )
    return Draft(
        to=text.number,
        person=visit.person,
        purpose=template.purpose,
        body=made.body,
        idempotency_key=text.key,
        not_after=text.until,
        asks=template.asks,
        template=made.ref(),
    )


def _visit_values(context: ReminderContext) -> dict[str, object]:
    """What a visit gives a template by itself: its day and time by the clinic's clock, and place.

    A recall tells of no time: the visit that it counts from is past.
    """
    visit = context.appointment
    place = {"place": visit.place} if visit.place.strip() else {}
    if context.code.startswith(RECALL):
        return dict(place)
    return {"date": visit.start.date(), "time": visit.start.time(), **place}


def _told_by(values: Mapping[str, object], template: Template) -> dict[str, object]:
    return {name: value for name, value in values.items() if template.variable(name)}


def _plan(ports: Ports, reminder: Reminder) -> ReminderPlan:
    plan = plan_for(ports.reminders, reminder.appointment.kind)
    assert plan is not None, "without a plan nothing is planned"  # noqa: S101
    return plan


def _wording(plan: ReminderPlan, reminder: Reminder) -> ReminderPlan | RecallPlan | None:
    return plan.recall if reminder.is_recall else plan


def _has_own_words(reminders: Sequence[Reminder]) -> bool:
    return len(reminders) == 1 and not reminders[0].appointment.kind.is_sensitive


def _may_ask(reminders: Sequence[Reminder]) -> bool:
    return any(each.appointment.status is Status.BOOKED for each in reminders)


def _purpose(first: Reminder) -> Purpose:
    purpose = Purpose.RECALL if first.is_recall else Purpose.APPOINTMENT_REMINDER
    return evolve(purpose, sensitivity=first.appointment.kind.sensitivity)


def _body(
    ports: Ports,
    reminders: Sequence[Reminder],
    language: str | None,
    *,
    asks: bool,
) -> str:
    practice, first = ports.practice, reminders[0]
    wording = _wording(_plan(ports, first), first)
    if wording is None or wording.body is None or not _has_own_words(reminders):
        name, phone = sender_name(practice), dialed(practice.phone)
        return least_words(name, phone, reminders, asks=asks, language=language)
    return wording.body(_context(ports, first, asks=asks))


def _context(ports: Ports, reminder: Reminder, *, asks: bool) -> ReminderContext:
    visit = reminder.appointment
    return ReminderContext(
        practice=ports.practice,
        appointment=visit,
        start=_in_zone(visit.starts_at, visit.time_zone),
        code=reminder.code,
        asks=asks,
    )


def _in_zone(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))
