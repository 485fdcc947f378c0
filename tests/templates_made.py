"""Templates for tests."""

from __future__ import annotations

from datetime import date

from compliant_sms import Practice, Purpose
from compliant_sms.phi import PhiLabel, PhiPreference
from compliant_sms.templates import (
    Approval,
    Body,
    Date,
    GivenName,
    StaffName,
    Template,
    Text,
    Time,
    Variable,
)

LEE = Approval(by="Dr. Lee", on=date(2026, 11, 2))
WISH = PhiPreference(warned=True, prefers=True)
CLINIC = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    link_domains=("lakeside.example",),
    id="lakeside",
)
GIVEN = Variable("given_name", GivenName())


def simple(text: str = "{practice}: {given_name}, see you soon.", **changes: object) -> Template:
    """A template with one text, or a body of one's own."""
    arguments: dict[str, object] = {
        "name": "hello",
        "version": 1,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "approved": LEE,
        "bodies": {"en": Body(minimum=text)},
        "variables": [GIVEN] if "{given_name}" in text else [],
    }
    return Template(**(arguments | changes))  # type: ignore[arg-type]


def reminder(version: int = 1, word: str = "see you", **changes: object) -> Template:
    """A reminder in two languages and two tiers."""
    return simple(
        name="visit",
        version=version,
        bodies={
            "en": Body(
                minimum="{practice}: {given_name}, "
                + word
                + " {date} at {time}[[ with {provider}]]. Reply C to confirm.",
                detail="{practice}: {given_name}, "
                + word
                + " {date} at {time}[[ with {provider}]][[ for your {procedure}]]. Reply C to "
                "confirm.",
            ),
            "es": Body(
                minimum="{practice}: {given_name}, le esperamos el {date}, {time}[[, con "
                "{provider}]]. Responda C para confirmar."
            ),
        },
        variables=[
            GIVEN,
            Variable("date", Date()),
            Variable("time", Time()),
            Variable("provider", StaffName()),
            Variable("procedure", Text(most=30), labels=[PhiLabel.PROCEDURE]),
        ],
        **changes,
    )
