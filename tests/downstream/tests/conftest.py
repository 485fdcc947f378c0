"""Fixtures of the project; those of the library's plugin build on them."""

from __future__ import annotations

from typing import Any

import pytest

from compliant_sms import Practice, Profile
from compliant_sms.people import PatientFacts


@pytest.fixture
def compliant_sms_practice() -> Practice:
    """The clinic."""
    return Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        id="clinic",
    )


@pytest.fixture
def compliant_sms_arguments() -> dict[str, Any]:
    """What the clinic knows of its patients."""
    facts = PatientFacts(names=["Ana Gomez"])
    return {"people": lambda _: Profile(time_zone="America/Chicago", facts=facts)}
