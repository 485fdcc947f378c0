"""How often texts come: said to whoever agrees, and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Held, Messenger, Practice, Profile, Purpose, Sent
from compliant_sms.errors import InvalidInput
from compliant_sms.permission import Frequency, Permission, Programme, Spoken, Translation
from compliant_sms.testing import MovableClock
from compliant_sms.text import notices
from conftest import PATIENT, PERSON
from test_patient_texts import receive
from test_send import agree, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
CARE = Programme(
    id="care",
    about="appointments and care",
    categories=["appointments", "care", "answers"],
    editions="2026-03",
    frequency=Frequency(2, per="week"),
)
OTHER = "pat-112"


def asks(*programmes: Programme) -> Permission:
    """How the practice asks."""
    return Permission(
        programmes=programmes or [CARE],
        terms_url="https://lakeside.example/terms",
        privacy_url="https://lakeside.example/privacy",
    )


@pytest.fixture
def promised(make_messenger: Make, practice: Practice) -> Messenger:
    """A messenger whose patient was told that at most two texts come in a week."""
    messenger = make_messenger(
        practice=evolve(practice, link_domains=["lakeside.example"]),
        permission=asks(),
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    agree_in_words(messenger)
    return messenger


def agree_in_words(messenger: Messenger, person: str = PERSON) -> None:
    """They sign the paper form of the programme."""
    messenger.permission.record(
        PATIENT, programme="care", told=Spoken(person=person, recorded_by="front-desk:ana")
    )


def remind(messenger: Messenger, key: str, **changes: Any) -> Any:
    """A text about a visit."""
    usual: dict[str, Any] = {
        "to": PATIENT,
        "person": PERSON,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "body": f"Lakeside Family Medicine: your visit {key} is near. Reply C to confirm.",
        "idempotency_key": key,
    }
    return messenger.send(**(usual | changes))


@pytest.mark.both_databases
def test_no_more_come_than_was_said(promised: Messenger, clock: MovableClock) -> None:
    """What is one too many waits until fewer came in the week, and goes then."""
    first = clock()
    assert isinstance(remind(promised, "1"), Sent)
    clock.advance(timedelta(days=1))
    assert isinstance(remind(promised, "2"), Sent)
    held = remind(promised, "3")
    assert isinstance(held, Held)
    assert [each.rule for each in held.reasons] == ["frequency-promised"]
    assert "'care'" in held.reasons[0].words
    assert "at most 2 texts a week will come" in held.reasons[0].words
    assert held.until == first + timedelta(days=7)
    clock.advance(timedelta(days=6))
    promised.dispatch_due()
    assert promised.text_record(held.message_id).message.state == "sent"


def test_it_was_said_to_whoever_agreed_in_those_words(
    promised: Messenger, clock: MovableClock
) -> None:
    """Another at the number, who signed the intake form, was told no number, and counts apart."""
    agree(promised, person=OTHER)
    for key in "abc":
        assert isinstance(remind(promised, key, person=OTHER), Sent)
        clock.advance(timedelta(minutes=1))
    assert isinstance(remind(promised, "1"), Sent)
    assert isinstance(remind(promised, "2"), Sent)
    assert isinstance(remind(promised, "3"), Held)


def test_answers_and_other_texts_do_not_count(promised: Messenger, clock: MovableClock) -> None:
    """What the patient asked for is no text that comes, and bills are not of that programme."""
    promised.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["billing"]
    )
    for key in ("1", "2"):
        remind(promised, key)
        clock.advance(timedelta(minutes=1))
    said = receive(promised, "What should I bring?")
    answer = remind(
        promised,
        "answer",
        purpose=Purpose.CARE_CONVERSATION,
        body="Lakeside Family Medicine: please bring your insurance card.",
    )
    bill = remind(
        promised,
        "bill",
        purpose=Purpose.BILLING,
        body="Lakeside Family Medicine: your statement is ready. Call 217-555-0100.",
    )
    assert said.inbound.needs_person
    assert isinstance(answer, Sent)
    assert isinstance(bill, Sent)
    assert isinstance(remind(promised, "3"), Held)


def test_answers_leave_room(promised: Messenger, clock: MovableClock) -> None:
    """Two answers use up nothing of what was said of texts that come."""
    for turn in ("1", "2"):
        receive(promised, "What should I bring?", f"SM{turn}")
        remind(
            promised,
            f"answer-{turn}",
            purpose=Purpose.CARE_CONVERSATION,
            body=f"Lakeside Family Medicine: please bring your card, {turn}.",
        )
        clock.advance(timedelta(minutes=1))
    assert isinstance(remind(promised, "1"), Sent)


def test_a_sentence_is_only_said(make_messenger: Make, practice: Practice) -> None:
    """Words of the practice's own are counted by nobody."""
    messenger = make_messenger(
        practice=evolve(practice, link_domains=["lakeside.example"]),
        permission=asks(evolve(CARE, frequency="Up to 2 messages a week.")),
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    agree_in_words(messenger)
    assert all(isinstance(remind(messenger, key), Sent) for key in "123")


def test_what_nobody_needs_to_agree_to_goes(promised: Messenger) -> None:
    """An emergency waits for no number of texts."""
    for key in ("1", "2"):
        remind(promised, key)
    alert = remind(
        promised,
        "alert",
        purpose=Purpose.EMERGENCY_ALERT,
        body="Lakeside Family Medicine: do not use the water of the building today.",
    )
    assert isinstance(alert, Sent)


def test_two_promises_about_one_kind(make_messenger: Make, practice: Practice) -> None:
    """Who agreed to two programmes waits for whichever is later."""
    more = Programme(
        id="visits",
        about="your visits",
        categories=["appointments"],
        editions="1",
        frequency=Frequency(1),
    )
    messenger = make_messenger(
        practice=evolve(practice, link_domains=["lakeside.example"]),
        permission=asks(evolve(CARE, frequency=Frequency(1, per="week")), more),
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    for programme in ("care", "visits"):
        messenger.permission.record(
            PATIENT, programme=programme, told=Spoken(person=PERSON, recorded_by="ana")
        )
    assert isinstance(remind(messenger, "1"), Sent)
    held = remind(messenger, "2")
    assert isinstance(held, Held)
    assert "'visits'" in held.reasons[0].words
    assert "at most 1 text a month will come" in held.reasons[0].words


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("per", ["week", "month"])
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_it_is_said_in_each_language(count: int, per: str, language: str) -> None:
    """In words that count as telling how often texts come."""
    about = {code: Translation(about="x") for code in ("es", "fr")}
    programme = evolve(CARE, frequency=Frequency(count, per=per), translations=about)
    said = programme.frequency_in(language)
    assert str(count) in said
    assert ("messages" in said or "mensajes" in said) == (count > 1 and language != "fr")
    assert notices(said, names=(), phone_digits="", own_hosts=()).frequency


@pytest.mark.parametrize(
    "make",
    [
        lambda: Frequency(0),
        lambda: Frequency(1000),
        lambda: Frequency(True),  # noqa: FBT003 - a flag is no number
        lambda: Frequency("4"),  # type: ignore[arg-type]
        lambda: Frequency(4, per="day"),  # type: ignore[arg-type]
        lambda: evolve(CARE, frequency=4),
        lambda: evolve(CARE, translations={"es": Translation(about="x", frequency="Varia.")}),
    ],
)
def test_what_cannot_be_kept(make: Callable[[], object]) -> None:
    """A number that is none, a time that is not counted, and two that could differ."""
    with pytest.raises(InvalidInput):
        make()
