"""Texts made from templates: whether they may go, and would be made like that now."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.consent import PhiPreference, phi_preference
from compliant_sms.errors import UnknownTemplate
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.messages import Draft, Message
from compliant_sms.people import Profile
from compliant_sms.phi import Sensitivity
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Finding, Verdict, care_of
from compliant_sms.templates import Template

ENGLISH = "en"
WITHDRAWN = "the template that it was made from was withdrawn"
OTHERWISE = "the patient is to have it in another language, or in more or less detail"


def template_of(ports: Ports, draft: Draft) -> Template | None:
    """The version of a template that a text was made from; None where this program lacks it."""
    ref = draft.template
    if ref is None or ports.templates is None:
        return None
    try:
        return ports.templates.version(ref.name, ref.version)
    except UnknownTemplate:
        return None


def unknown(until: datetime) -> Finding:
    """Why a text waits whose template this program does not have."""
    return Finding(
        rule="template",
        code="template-unknown",
        verdict=Verdict.HOLD,
        words="This program does not have the template that the text was made from, or not as an "
        "approved one, so it cannot tell whether that was withdrawn.",
        citation="the practice's templates; 45 CFR 164.530(c)",
        remedy="Give every program that sends for the practice all its templates: "
        "Messenger(templates=...). Withdraw versions, and remove none.",
        until=until,
    )


def wish_for(template: Template, profile: Profile, preference: PhiPreference) -> PhiPreference:
    """What counts of a patient's wish for details: none of it where it is no ordinary care."""
    ordinary = care_of(template.purpose, profile) is Sensitivity.GENERAL
    return preference if ordinary else PhiPreference()


async def outdated(tx: Transaction, message: Message, brief: Brief, template: Template) -> bool:
    """Whether a reminder would be made in another language or tier by what holds now."""
    draft, ref = message.draft, message.draft.template
    told = await tx.told_in(message.practice_id, message.message_id)
    if ref is None or not told:  # the host took the key of a reminder for a text of its own
        return False
    visit = await tx.appointment(message.practice_id, (told[0].appointment_id, told[0].occurrence))
    language = visit.appointment.language if visit else ENGLISH
    events = await tx.consent_events(message.practice_id, draft.to)
    wish = wish_for(template, brief.profile, phi_preference(events, draft.person))
    spoken, tier = template.made_as(brief.profile.language or language, wish)
    return (ref.language, ref.tier) != (spoken, tier.name.lower())
