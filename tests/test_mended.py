"""Input that once slipped through, and failures that once reached further than they should."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from compliant_sms import (
    Category,
    Held,
    Messenger,
    PhoneNumber,
    Practice,
    Profile,
    Purpose,
    Sent,
)
from compliant_sms.consent import from_payload, to_payload
from compliant_sms.errors import InvalidInput, SchemaTooNew
from compliant_sms.phi import find
from compliant_sms.rules import Rulebook
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON

HALF = "\ud83d"


@pytest.mark.parametrize("categories", ["care", ["care", ""], [" "]])
def test_categories_are_a_list_of_names(messenger: Messenger, categories: object) -> None:
    """A text given for a list, or an empty name, is refused rather than taken apart."""
    with pytest.raises(InvalidInput, match="categories"):
        messenger.consent.grant(
            PATIENT,
            person=PERSON,
            basis="spoken",
            recorded_by="ana",
            categories=categories,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize("field", ["person", "recorded_by", "reference"])
def test_half_a_character_is_refused_in_consent(messenger: Messenger, field: str) -> None:
    """What could not be stored as UTF-8 is refused by name, before anything is recorded."""
    arguments = {"person": PERSON, "recorded_by": "ana", "reference": "form-1"}
    with pytest.raises(InvalidInput, match="surrogate"):
        messenger.consent.grant(PATIENT, basis="spoken", **(arguments | {field: f"a{HALF}"}))

    assert messenger.consent.events(PATIENT) == ()


@pytest.mark.parametrize("field", ["person", "idempotency_key"])
def test_half_a_character_is_refused_in_a_draft(messenger: Messenger, field: str) -> None:
    """The same holds for what a text is filed under."""
    arguments = {"person": PERSON, "idempotency_key": "key"}
    with pytest.raises(InvalidInput, match=field):
        messenger.send(
            to=PATIENT,
            purpose=Purpose.APPOINTMENT_REMINDER,
            body="See you.",
            **(arguments | {field: f"a{HALF}"}),
        )


def test_an_event_of_a_newer_version_is_not_guessed_at(messenger: Messenger) -> None:
    """A payload that a later release wrote says so."""
    event = messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
    newer = json.dumps(json.loads(to_payload(event)) | {"v": 2}).encode()

    with pytest.raises(SchemaTooNew, match="upgrade"):
        from_payload(newer)


def test_a_number_of_no_country_has_no_zone() -> None:
    """An unknown country code is a place that nobody knows, not an error."""
    assert Rulebook().whereabouts(PhoneNumber("+2101234567")).zones == ()


@pytest.mark.parametrize(
    "text",
    [
        "My SSN is 123-45-6789.Thanks",
        "SSN123-45-6789",
        "SSN123456789",
        "１２３－４５－６７８９",
        "last ４ of your ssn: 6789",
    ],
)
def test_disguised_social_security_numbers(text: str) -> None:
    """A full stop after it, no blank before it, or full-width signs hide no number."""
    assert len(find(text)) == 1


def test_a_failing_look_up_stops_no_other_text(
    make_messenger: Callable[..., Messenger], carrier: Sandbox, clock: MovableClock
) -> None:
    """One patient whom the host cannot look up does not keep the others' texts back."""
    broken: set[str] = set()

    def people(person: str) -> Profile:
        if person in broken:
            raise LookupError(person)
        return Profile(time_zone="America/Chicago")

    messenger = make_messenger(people=people)
    clock.advance(timedelta(hours=12))
    for person, number in (("first", "+12175550121"), ("second", "+12175550122")):
        messenger.consent.grant(number, person=person, basis="spoken", recorded_by="ana")
        held = messenger.send(
            to=number,
            person=person,
            purpose=Purpose.APPOINTMENT_REMINDER,
            body="See you.",
            idempotency_key=person,
        )
        assert isinstance(held, Held)
    clock.advance(timedelta(hours=12))
    broken.add("first")
    with pytest.raises(LookupError):
        messenger.dispatch_due()

    assert [text.to for text in carrier.messages()] == ["+12175550122"]
    broken.clear()
    assert messenger.dispatch_due() == ()  # the others go first
    clock.advance(timedelta(minutes=1))
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]


def test_a_movable_clock_only_moves_forwards() -> None:
    """Going back would make what was recorded lie in the future."""
    clock = MovableClock(MORNING)
    clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))

    with pytest.raises(InvalidInput, match="forwards"):
        clock.move_to(MORNING)
    with pytest.raises(InvalidInput, match="forwards"):
        clock.advance(timedelta(seconds=-1))
    assert clock() == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_grant_can_name_a_category_of_the_practice_s_own(
    make_messenger: Callable[..., Messenger], practice: Practice
) -> None:
    """Categories are texts; one that the practice declares counts beside the library's."""
    messenger = make_messenger(practice=evolve(practice, own_categories=["diet-club"]))
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        recorded_by="ana",
        categories=[Category.CARE, "diet-club"],
    )

    (grant,) = messenger.consent.state(PATIENT, person=PERSON).grants
    assert grant.categories == ("care", "diet-club")
