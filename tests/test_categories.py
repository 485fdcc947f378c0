"""A slip in the name of a category is refused before it stands in a ledger for good."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compliant_sms import Category, Messenger
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import BadRow, ImportedConsent, read_consents
from conftest import INTAKE_WORDING, PATIENT, PERSON

SLIPS = [
    ("appointment", Category.APPOINTMENTS),
    ("Appointments", Category.APPOINTMENTS),
    ("apointments ", Category.APPOINTMENTS),
    ("promotion", Category.PROMOTIONS),
    ("Care", Category.CARE),
    ("biling", Category.BILLING),
]


@pytest.mark.parametrize(("slip", "ours"), SLIPS)
def test_slips(messenger: Messenger, slip: str, ours: Category) -> None:
    """Wherever a category is written down, one that is nearly ours is refused with ours."""
    desk = messenger.consent
    common: dict[str, Any] = {"person": PERSON, "recorded_by": "ana"}
    said = common | {"channel": "spoken"}
    calls = [
        lambda: desk.grant(PATIENT, basis="spoken", categories=[slip], **common),
        lambda: desk.clarify(PATIENT, keep=[slip], **said),
        lambda: desk.revoke(PATIENT, category=slip, message_class="marketing", **said),
        lambda: ImportedConsent(
            number=PATIENT,
            person=PERSON,
            occurred_at=date(2024, 1, 2),
            basis="spoken",
            categories=[slip],
        ),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match=rf"'{ours}' is close to it\. Pass that"):
            call()
    assert desk.events(PATIENT) == ()


@pytest.mark.parametrize("own", ["parking", "cards", "yoga", "flu-shots", "well-child"])
def test_own(messenger: Messenger, own: str) -> None:
    """A practice's own categories stay its own."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        recorded_by="ana",
        categories=[own, *Category],
    )

    [grant] = messenger.consent.state(PATIENT, person=PERSON).grants
    assert grant.categories == tuple(sorted([own, *map(str, Category)]))


def test_import() -> None:
    """A row with a slip is a bad row, which names the column and our category."""
    head = b"number,person,occurred_at,basis,categories\n"
    rows = [b"+12175550134,p-1,2024-01-02,spoken,care;appointment\n"]
    rows += [b"+12175550134,p-1,2024-01-02,spoken,care;parking\n"]

    bad, good = read_consents([head, *rows], time_zone="America/Chicago")

    assert isinstance(bad, BadRow)
    assert [flaw.column for flaw in bad.flaws] == ["categories"]
    assert "'appointments' is close" in bad.flaws[0].reason
    assert isinstance(good, ImportedConsent)
    assert good.categories == ("care", "parking")
