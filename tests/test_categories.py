"""A category that nobody declared is refused before it stands in a ledger for good."""

from __future__ import annotations

from asyncio import run
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Category,
    MessageClass,
    Messenger,
    Practice,
    Purpose,
)
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.imports import BadRow, ImportedConsent, read_consents, read_opt_outs
from compliant_sms.messenger import StoreKind
from compliant_sms.permission import Permission, Programme
from compliant_sms.providers import Twilio
from compliant_sms.templates import Body, Catalogue, Template
from conftest import INTAKE_WORDING, PATIENT, PERSON

Make = Callable[..., Messenger]

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


UNKNOWN = ["marketing", "reminders", "visits", "all", "bills", "offers", "parking"]
LISTED = "appointments, care, answers, billing"


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown(messenger: Messenger, name: str) -> None:
    """A name that is neither ours nor declared is refused, with those that are known."""
    desk = messenger.consent
    common: dict[str, Any] = {"person": PERSON, "recorded_by": "ana"}
    said = common | {"channel": "spoken"}
    calls = [
        lambda: desk.grant(PATIENT, basis="spoken", categories=[name], **common),
        lambda: desk.grant(PATIENT, basis="spoken", categories=["care", name], **common),
        lambda: desk.clarify(PATIENT, keep=[name], **said),
        lambda: desk.revoke(PATIENT, category=name, message_class="marketing", **said),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match="there is no such category") as caught:
            call()
        words = str(caught.value)
        assert all(each in words for each in Category)
        assert words.endswith("Declare one of your own first: Practice(own_categories=[...]).")
    assert desk.events(PATIENT) == ()


def test_unknown_among_own(make_messenger: Make, practice: Practice) -> None:
    """The practice's own categories are listed too, and a slip in one of them is found."""
    messenger = make_messenger(practice=evolve(practice, own_categories=["yoga", "parking"]))

    with pytest.raises(InvalidInput, match=r"'parking' is close to it.*promotions, yoga\."):
        messenger.consent.grant(
            PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["parkng"]
        )


def test_unknown_on_an_event_loop(
    practice: Practice, provider: Twilio, make_store: Callable[[], StoreKind]
) -> None:
    """The other desk refuses the same."""

    async def grant() -> None:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=make_store()
        ) as messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["marketing"]
            )

    with pytest.raises(InvalidInput, match="there is no such category"):
        run(grant())


def test_unknown_in_an_import(messenger: Messenger) -> None:
    """Rows that name one are listed by their column, whether read from a file or made."""
    head = b"number,person,occurred_at,basis,categories\n"
    row = b"+12175550134,p-1,2024-01-02,spoken,care;marketing\n"
    stopped = b"number,except_for\n+12175550135,reminders\n"
    made = ImportedConsent(
        number=PATIENT,
        person=PERSON,
        occurred_at=date(2024, 1, 2),
        basis="spoken",
        categories=["visits"],
    )

    report = messenger.import_consents(
        [*read_consents([head, row], time_zone="America/Chicago"), made],
        opt_outs=read_opt_outs(stopped.splitlines(keepends=True), time_zone="America/Chicago"),
        source="old",
        by="it",
        dry_run=True,
    )

    assert not report.ok
    found = [(each.column, LISTED in each.reason) for each in report.problems]
    assert found == [("except_for", True), ("categories", True), ("categories", True)]


def test_own_in_an_import(make_messenger: Make, practice: Practice) -> None:
    """What the practice declares can be imported."""
    messenger = make_messenger(practice=evolve(practice, own_categories=["parking"]))
    made = ImportedConsent(
        number=PATIENT,
        person=PERSON,
        occurred_at=date(2024, 1, 2),
        basis="spoken",
        categories=["parking"],
    )

    report = messenger.import_consents(
        [made], opt_outs=[], no_opt_outs_because="none kept", source="old", by="it"
    )

    assert report.ok
    [grant] = messenger.consent.state(PATIENT, person=PERSON).grants
    assert grant.categories == ("parking",)


def test_unknown_purpose_category(messenger: Messenger) -> None:
    """A text about what no patient can agree to is refused, not blocked for want of consent."""
    parking = Purpose("parking_note", MessageClass.TRANSACTIONAL, "parking")
    text: dict[str, Any] = {"to": PATIENT, "person": PERSON, "purpose": parking, "body": "Hello"}

    for ask in (messenger.check, partial(messenger.send, idempotency_key="1")):
        with pytest.raises(InvalidInput, match=rf"of the purpose parking_note is not .*{LISTED}"):
            ask(**text)


def test_unknown_in_settings(make_messenger: Make, practice: Practice) -> None:
    """A programme and a template are checked when the messenger is made."""
    spa = Programme(
        id="spa", about="our spa", categories=["spa-offers"], editions="1", marketing=True
    )
    permission = Permission(
        programmes=[spa],
        terms_url="https://lakeside.example/terms",
        privacy_url="https://lakeside.example/privacy",
    )
    note = Template(
        name="parking",
        version=1,
        purpose=Purpose("parking_note", MessageClass.TRANSACTIONAL, "parking"),
        bodies={"en": Body(minimum="{practice}: park behind the house.")},
    )
    changes: list[tuple[str, dict[str, Any]]] = [
        ("the programme spa", {"permission": permission}),
        ("the template parking", {"templates": Catalogue([note])}),
    ]
    for what, change in changes:
        with pytest.raises(ConfigurationError, match=rf"{what} is about a category .*{LISTED}"):
            make_messenger(**change)

    named = evolve(practice, own_categories=["spa-offers", "parking"])
    assert make_messenger(practice=named, permission=permission, templates=Catalogue([note]))


def test_own_that_is_nearly_ours(make_messenger: Make, practice: Practice) -> None:
    """A slip cannot be declared."""
    with pytest.raises(InvalidInput, match="'appointments' is close to it"):
        make_messenger(practice=evolve(practice, own_categories=["appointment"]))


def test_block_tells_what_is_covered(messenger: Messenger) -> None:
    """A block says what the patient did agree to, where that is something else."""
    text: dict[str, Any] = {
        "to": PATIENT,
        "person": PERSON,
        "body": "Lakeside Family Medicine: 20% off whitening. Reply STOP to opt out.",
    }
    told: dict[str, Any] = {"person": PERSON, "basis": "spoken", "recorded_by": "ana"}

    def words(purpose: Purpose) -> str:
        reasons = messenger.check(purpose=purpose, **text).reasons
        return next(each.words for each in reasons if each.rule == "consent")

    assert "covers" not in words(Purpose.PROMOTION)
    messenger.consent.grant(PATIENT, categories=["billing"], **told)
    assert words(Purpose.PROMOTION).endswith(" The consent on record covers billing.")
    messenger.consent.grant(PATIENT, categories=["care", "billing", "surveys"], **told)
    assert words(Purpose.PROMOTION).endswith(
        "for promotions. The consent on record covers billing, care and surveys."
    )
    messenger.consent.grant(PATIENT, categories=["promotions"], **told)
    assert words(Purpose.PROMOTION).endswith("gave no written permission for promotions.")
    reminder = text | {"body": "Lakeside Family Medicine: see you Tuesday at 2:30 PM."}
    [reason] = messenger.check(purpose=Purpose.APPOINTMENT_REMINDER, **reminder).reasons
    assert reason.words == (
        "The patient's consent does not cover texts about appointments. "
        "The consent on record covers billing, care, promotions and surveys."
    )


@pytest.mark.parametrize("own", ["parking", "cards", "yoga", "flu-shots", "well-child"])
def test_own(make_messenger: Make, practice: Practice, own: str) -> None:
    """A practice's own categories stay its own."""
    messenger = make_messenger(practice=evolve(practice, own_categories=[own]))
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
