"""What patients write, acted on: revocations in words, limits, questions answered, languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from compliant_sms import Blocked, Messenger, Practice, Purpose, Sent
from compliant_sms.consent import Basis, Category, Clarified, Granted, Revoked, Tier
from compliant_sms.flows import ReceivedText
from compliant_sms.messages import Outcome
from compliant_sms.optout import Author, Awaiting, Intent
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON
from test_receive import from_patient, text_of
from test_send import outgoing, remind

Make = Callable[..., Messenger]
BILL = "Lakeside Family Medicine: your statement is ready. Call 217-555-0100 with questions."


@pytest.fixture
def willing(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A messenger whose patient agreed to two kinds of text a minute ago."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        categories=[Category.APPOINTMENTS, Category.BILLING],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    return messenger


def receive(messenger: Messenger, body: str, sid: str = "SM1") -> ReceivedText:
    """A patient's text comes in."""
    return text_of(messenger.receive(from_patient(body, sid)))


def bill(messenger: Messenger, key: str = "bill-1") -> Outcome:
    """A text about money."""
    return messenger.send(
        to=PATIENT, person=PERSON, purpose=Purpose.BILLING, body=BILL, idempotency_key=key
    )


def last_event(messenger: Messenger) -> object:
    """The newest event about the patient's number."""
    return messenger.consent.events(PATIENT)[-1]


def test_a_revocation_in_words(willing: Messenger, carrier: Sandbox) -> None:
    """Words that ask to stop end all texts at once, and are confirmed once."""
    text = receive(willing, "please take me off your texting list")

    assert text.inbound.intent is Intent.OPT_OUT
    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.rule.startswith("phrase:en/")
    assert (revoked.except_for, revoked.clarification_asked) == ((), False)
    assert isinstance(remind(willing), Blocked)
    willing.dispatch_due()
    assert ["no more texts" in body for body in outgoing(carrier)] == [True]


def test_words_that_set_a_limit(willing: Messenger) -> None:
    """A patient who names a kind of text ends that kind, and the others go on."""
    text = receive(willing, "stop texting me about bills, just the appointment reminders please")

    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.except_for == (Category.APPOINTMENTS,)
    assert text.reading.revocation is not None
    assert text.reading.revocation.limited
    assert isinstance(bill(willing), Blocked)
    assert isinstance(remind(willing), Sent)


def test_doubt_stops_everything_and_asks(willing: Messenger, carrier: Sandbox) -> None:
    """Where it may be a revocation all texts stop, and the confirmation asks which were meant."""
    text = receive(willing, "how do i unsubscribe")

    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.clarification_asked
    assert (text.inbound.unsure, text.inbound.needs_person) == (True, True)
    assert isinstance(remind(willing), Blocked)
    willing.dispatch_due()
    (question,) = outgoing(carrier)
    assert "those to stop: APPOINTMENTS, BILLING" in question


def test_the_answer_to_the_question_narrows(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Whoever answers the question keeps what they did not name, and gets no second text."""
    receive(willing, "how do i unsubscribe")
    willing.dispatch_due()
    clock.advance(timedelta(minutes=3))
    text = receive(willing, "just the billing ones", "SM2")

    clarified = last_event(willing)
    assert isinstance(clarified, Clarified)
    assert clarified.keep == (Category.APPOINTMENTS,)
    assert text.answers is not None
    assert text.answers.draft.asks is Awaiting.SCOPE
    assert isinstance(remind(willing), Sent)
    assert isinstance(bill(willing), Blocked)
    assert len(outgoing(carrier)) == 2


def test_silence_means_all(willing: Messenger, clock: MovableClock) -> None:
    """Without an answer everything stays stopped. 47 CFR 64.1200(a)(12)."""
    receive(willing, "how do i unsubscribe")
    willing.dispatch_due()
    clock.advance(timedelta(days=30))

    assert isinstance(remind(willing), Blocked)


def test_one_kind_agreed_to_is_not_asked_about(
    messenger: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The question needs two kinds to choose from."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.APPOINTMENTS],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    receive(messenger, "how do i unsubscribe")
    messenger.dispatch_due()

    (confirmation,) = outgoing(carrier)
    assert confirmation.startswith("Lakeside Family Medicine: you will get no more texts")
    assert "which" not in confirmation


@pytest.mark.parametrize(
    ("body", "author"),
    [
        ("Liked \u201cSee you Tue. Reply STOP to opt out.\u201d", Author.REACTION),
        ("Auto-reply: I'm driving and will see your message later. STOP", Author.ROBOT),
    ],
)
def test_what_no_person_wrote_changes_nothing(
    willing: Messenger, carrier: Sandbox, body: str, author: Author
) -> None:
    """Reactions and robots revoke nothing and get no answer."""
    text = receive(willing, body)

    assert (text.inbound.author, text.inbound.needs_person) == (author, False)
    assert isinstance(last_event(willing), Granted)
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []


def test_danger_and_a_wish_to_stop(willing: Messenger, carrier: Sandbox) -> None:
    """Both are acted on: texts stop, no program answers, and a person must see it."""
    text = receive(willing, "stop texting me, I won't be alive tomorrow anyway")

    assert (text.inbound.intent, text.inbound.needs_person) == (Intent.EMERGENCY, True)
    assert isinstance(last_event(willing), Revoked)
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("ya no quiero recibir mensajes de ustedes", "ya no le enviaremos mensajes"),
        ("arrêt", "vous ne recevrez plus de SMS"),
        ("ayuda", "para obtener ayuda"),
        ("xin đừng nhắn tin cho tôi nữa", "you will get no more texts"),
    ],
)
def test_answers_speak_the_patients_language(
    willing: Messenger, carrier: Sandbox, body: str, answer: str
) -> None:
    """Confirmations and help go out in the language of the text where there is one."""
    receive(willing, body)
    willing.dispatch_due()

    assert [answer in text for text in outgoing(carrier)] == [True]


def test_an_answer_is_bound_to_its_question(willing: Messenger) -> None:
    """An answer of "C" confirms that visit: the host gets the reminder's own key."""
    sent = remind(willing)
    text = receive(willing, "C")

    assert isinstance(sent, Sent)
    assert text.inbound.intent is Intent.CONFIRM
    assert (text.inbound.answers, text.inbound.needs_person) == (sent.message_id, False)
    assert text.answers is not None
    assert text.answers.draft.idempotency_key


def test_a_question_expires(willing: Messenger, clock: MovableClock) -> None:
    """After the visit, and after a week, "yes" answers nothing."""
    willing.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you today at noon. Reply C to confirm.",
        idempotency_key="appt-7",
        not_after=MORNING + timedelta(hours=2),
    )
    clock.advance(timedelta(hours=3))
    assert receive(willing, "yes").answers is None

    remind(willing)
    clock.advance(timedelta(days=8))
    assert receive(willing, "yes", "SM2").answers is None


def test_a_bare_cancel_revokes_even_after_a_reminder(willing: Messenger) -> None:
    """Reserved words win over every question; a sentence about the visit does not revoke."""
    remind(willing)
    assert receive(willing, "I need to cancel my appointment").inbound.intent is (
        Intent.CANCEL_APPOINTMENT
    )
    assert isinstance(last_event(willing), Granted)
    receive(willing, "Cancel", "SM2")

    assert isinstance(last_event(willing), Revoked)


def test_yes_to_an_invitation_is_consent(
    messenger: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """YES to a text that asked for consent is recorded with the words that asked, once."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="booking",
        categories=[Category.APPOINTMENTS],
        recorded_by="web",
    )
    clock.advance(timedelta(minutes=1))
    asked = messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_CONFIRMATION,
        body="Lakeside Family Medicine: may we text you about your care? Reply YES to agree.",
        idempotency_key="invite-1",
        asks="opt_in",
    )
    assert isinstance(asked, Sent)
    receive(messenger, "Yes please")

    granted = last_event(messenger)
    assert isinstance(granted, Granted)
    assert (granted.basis, granted.tier) == (Basis.TEXT_MESSAGE, Tier.PRIOR_EXPRESS)
    assert granted.wording is not None
    assert granted.wording.version == asked.message_id
    assert Category.PROMOTIONS not in granted.categories


def test_yes_without_a_question_gives_nothing(willing: Messenger) -> None:
    """A word that answers nothing is no consent."""
    before = willing.consent.events(PATIENT)
    receive(willing, "yes")

    assert willing.consent.events(PATIENT) == before


def test_smart_encoding_is_the_practices_choice(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """A practice that asks for it sends plain quotes; the same text again is the same text."""
    body = "Lakeside Family Medicine: we\u2019ll see you Tue. Reply STOP to opt out."
    for number, smart in enumerate((False, True)):
        messenger = make_messenger(practice=evolve(practice, smart_encoding=smart))
        messenger.consent.grant(
            PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
        )
        for _ in range(2):
            remind(messenger, f"appt-{number}", body=body)

    assert outgoing(carrier) == [body, body.replace("\u2019", "'")]
