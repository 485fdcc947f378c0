"""What patients write, acted on: revocations in words, limits, questions answered, languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    MessageClass,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Rulebook,
    Sent,
    Settings,
)
from compliant_sms.consent import (
    Basis,
    Category,
    Clarified,
    Flag,
    Granted,
    NumberFlagged,
    Revoked,
    Tier,
)
from compliant_sms.flows import ReceivedText
from compliant_sms.messages import Outcome
from compliant_sms.optout import Author, Awaiting, Intent, read
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.templates import which_to_stop
from compliant_sms.testing import MovableClock, assert_blocked
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON
from test_receive import from_patient, text_of
from test_send import BODY, outgoing, remind

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
    assert_blocked(remind(willing), rule="revocation")
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
    assert_blocked(bill(willing), rule="revocation")
    assert isinstance(remind(willing), Sent)


def test_doubt_stops_everything_and_asks(willing: Messenger, carrier: Sandbox) -> None:
    """Where it may be a revocation all texts stop, and the confirmation asks which were meant."""
    text = receive(willing, "how do i unsubscribe")

    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.clarification_asked
    assert (text.inbound.unsure, text.inbound.needs_person) == (True, True)
    assert_blocked(remind(willing), rule="revocation")
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
    assert_blocked(bill(willing), rule="revocation")
    assert len(outgoing(carrier)) == 2


def test_silence_means_all(willing: Messenger, clock: MovableClock) -> None:
    """Without an answer everything stays stopped. 47 CFR 64.1200(a)(12)."""
    receive(willing, "how do i unsubscribe")
    willing.dispatch_due()
    clock.advance(timedelta(days=30))

    assert_blocked(remind(willing), rule="revocation")


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


def test_two_people_are_asked_at_one_number(willing: Messenger, clock: MovableClock) -> None:
    """Which of them a C is from nobody can tell, before one of the questions is answered."""
    willing.consent.grant(PATIENT, person="pat-882", basis="spoken", recorded_by="ana")
    first = remind(willing)
    assert isinstance(first, Sent)
    assert receive(willing, "C").inbound.answers == first.message_id
    clock.advance(timedelta(minutes=1))
    child = {"person": "pat-882", "body": f"{BODY} Bring the card."}
    second = remind(willing, "appt-992/24h", **child)
    assert isinstance(second, Sent)
    assert receive(willing, "C", "SM2").inbound.answers == second.message_id

    assert isinstance(remind(willing, "appt-991/2h", body=f"{BODY} It is today."), Sent)
    clock.advance(timedelta(minutes=1))
    child["body"] = f"{BODY} It is today; bring the card."
    assert isinstance(remind(willing, "appt-992/2h", **child), Sent)
    text = receive(willing, "C", "SM3")
    assert (text.answers, text.inbound.needs_person) == (None, True)


@pytest.fixture
def talking(willing: Messenger) -> Messenger:
    """One whose patient takes answers too, so that somebody can write by hand."""
    willing.consent.grant(
        PATIENT, person=PERSON, basis="spoken", categories=[Category.ANSWERS], recorded_by="ana"
    )
    return willing


def write(messenger: Messenger, body: str, **changes: Any) -> None:
    """Somebody of the practice writes to the patient by hand."""
    usual: dict[str, Any] = {"purpose": Purpose.CARE_CONVERSATION, "idempotency_key": "hand-1"}
    name = "Lakeside Family Medicine: "
    sent = messenger.send(to=PATIENT, person=PERSON, body=name + body, **(usual | changes))
    assert isinstance(sent, Sent)


@pytest.mark.parametrize("words", ["yes", "yes please", "ok thanks", "No", "works for me"])
@pytest.mark.parametrize("purpose", [Purpose.CARE_CONVERSATION, Purpose.APPOINTMENT_CHANGE])
def test_a_yes_to_what_a_person_wrote(
    talking: Messenger, clock: MovableClock, words: str, purpose: Purpose
) -> None:
    """After a reminder somebody asks by hand: yes and no may mean that, so a person reads them."""
    remind(talking)
    clock.advance(timedelta(minutes=1))
    write(talking, "shall I cancel the visit then?", purpose=purpose)
    text = receive(talking, words)

    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert text.inbound.intent not in {Intent.CONFIRM, Intent.CANCEL_APPOINTMENT}


def test_a_named_word_after_what_a_person_wrote(talking: Messenger, clock: MovableClock) -> None:
    """The reminder's own "C" still answers it, but where the person named that word as well."""
    sent = remind(talking)
    clock.advance(timedelta(minutes=1))
    write(talking, "you can park behind the building.")
    assert isinstance(sent, Sent)
    assert receive(talking, "C").inbound.answers == sent.message_id

    write(talking, "reply C to confirm Thursday at 3.", idempotency_key="hand-2")
    text = receive(talking, "C", "SM2")
    assert (text.answers, text.inbound.needs_person) == (None, True)


def test_what_a_person_wrote_before_the_question(talking: Messenger, clock: MovableClock) -> None:
    """The question is what was said last: a yes is its answer."""
    write(talking, "you can park behind the building.")
    clock.advance(timedelta(minutes=1))
    sent = remind(talking)

    assert isinstance(sent, Sent)
    assert receive(talking, "yes").inbound.answers == sent.message_id


def test_an_invitation_and_what_a_person_wrote(talking: Messenger, clock: MovableClock) -> None:
    """A yes that may be meant for it is no consent; a no takes away, and somebody looks."""
    invite(talking)
    clock.advance(timedelta(minutes=1))
    write(talking, "shall we call you back today?")
    before = talking.consent.events(PATIENT)
    text = receive(talking, "yes")
    assert talking.consent.events(PATIENT) == before
    assert (text.answers, text.inbound.needs_person) == (None, True)
    clock.advance(timedelta(minutes=1))

    assert receive(talking, "No", "SM2").inbound.needs_person
    assert isinstance(last_event(talking), Revoked)
    assert not receive(talking, "STOP", "SM3").inbound.needs_person


INVITATION = "Lakeside Family Medicine: may we text you about your care? Reply YES to agree."


def invite(messenger: Messenger, body: str = INVITATION) -> Outcome:
    """A text that asks for consent in words of the practice's own."""
    return messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_CHANGE,
        body=body,
        idempotency_key="invite-1",
        asks="opt_in",
    )


@pytest.mark.parametrize("by_hand", [False, True])
def test_one_figure_in_two_questions(
    willing: Messenger, clock: MovableClock, *, by_hand: bool
) -> None:
    """The figure that an invitation names is no answer to a reminder before it that names it."""
    body = "Lakeside Family Medicine: Ana, your visit is Tuesday at 9. Reply 1 to confirm."
    remind(willing, body=body)
    clock.advance(timedelta(minutes=1))
    invited = invite(willing, "Lakeside Family Medicine: may we text you? Reply 1 to agree.")
    clock.advance(timedelta(minutes=1))
    if by_hand:
        body = "Lakeside Family Medicine: you can park behind the building."
        remind(willing, "by-hand", purpose=Purpose.APPOINTMENT_CHANGE, body=body)
        clock.advance(timedelta(minutes=1))
    first, second = receive(willing, "1", "SM1"), receive(willing, "1", "SM2")

    assert isinstance(invited, Sent)
    assert first.inbound.answers == (None if by_hand else invited.message_id)
    assert (second.answers, second.inbound.needs_person) == (None, True)


def test_the_yes_that_the_provider_answers(
    make_messenger: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """What it says to YES tells nothing of the programme: the confirmation goes out."""
    willing = make_messenger(
        provider=evolve(provider, answers_keywords=True),
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    willing.consent.grant(
        PATIENT, person=PERSON, basis="intake_form", wording=INTAKE_WORDING, recorded_by="desk:ana"
    )
    clock.advance(timedelta(minutes=1))
    assert isinstance(invite(willing), Sent)
    clock.advance(timedelta(minutes=1))
    assert receive(willing, "YES").answers is not None

    assert [type(done) for done in willing.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 2


@pytest.mark.parametrize("words", ["ok see you then", "yes I'll be there", "yes to the visit"])
def test_a_promise_to_come_is_no_consent(
    willing: Messenger, clock: MovableClock, words: str
) -> None:
    """With a reminder and an invitation open, what speaks of coming goes to a person."""
    remind(willing)
    clock.advance(timedelta(minutes=1))
    assert isinstance(invite(willing), Sent)
    before = willing.consent.events(PATIENT)
    text = receive(willing, words)

    assert willing.consent.events(PATIENT) == before
    assert (text.answers, text.inbound.needs_person) == (None, True)


def test_thanks_after_the_yes(willing: Messenger, clock: MovableClock) -> None:
    """An invitation that was answered is open no more: thanks after it wait for nobody."""
    invite(willing)
    clock.advance(timedelta(minutes=1))
    receive(willing, "yes")
    given = willing.consent.events(PATIENT)
    assert not receive(willing, "thank you!", "SM2").inbound.needs_person
    again = receive(willing, "Yes please", "SM3")

    assert (again.answers, again.inbound.needs_person) == (None, False)
    assert willing.consent.events(PATIENT) == given


@pytest.mark.parametrize("since", ["other words", "more", "a reminder", "by hand", "STOP", "no"])
def test_a_second_yes_that_may_mean_more(
    willing: Messenger, clock: MovableClock, since: str
) -> None:
    """A yes after the yes waits for somebody where it may answer something else, or nothing."""
    if since == "a reminder":
        remind(willing)
    invite(willing)
    clock.advance(timedelta(minutes=1))
    receive(willing, "no" if since == "no" else "yes")
    clock.advance(timedelta(minutes=1))
    if since == "by hand":
        body = "Lakeside Family Medicine: shall we move your visit to Friday?"
        sent = remind(willing, "by-hand", purpose=Purpose.APPOINTMENT_CHANGE, body=body)
        assert isinstance(sent, Sent)
    if since == "STOP":
        receive(willing, "STOP", "SM2")
    clock.advance(timedelta(minutes=1))
    given = willing.consent.events(PATIENT)
    words = {"other words": "sure", "more": "yes, at 9 please"}
    again = receive(willing, words.get(since, "yes"), "SM3")

    assert (again.answers, again.inbound.needs_person) == (None, True)
    assert willing.consent.events(PATIENT) == given


@pytest.mark.parametrize("words", ["START", "HELP", "STOP"])
def test_reserved_words_while_an_invitation_is_open(willing: Messenger, words: str) -> None:
    """They are settled as ever, and nobody has to look."""
    invite(willing)
    text = receive(willing, words)

    assert (text.answers, text.inbound.needs_person) == (None, False)


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


def unsure_and_asked(messenger: Messenger, clock: MovableClock) -> None:
    """A doubtful text, and the question that it gets."""
    receive(messenger, "how do i unsubscribe", "SM0")
    messenger.dispatch_due()
    clock.advance(timedelta(minutes=1))


def under_narrow_scope(make_messenger: Make, clock: MovableClock) -> Messenger:
    """A messenger whose practice lets an opt-out end no more than the law asks."""
    messenger = make_messenger(rulebook=Rulebook(settings=Settings(revocation_scope="category")))
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.APPOINTMENTS, Category.BILLING],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    return messenger


def test_a_stop_after_our_own_answer_ends_everything(
    make_messenger: Make, clock: MovableClock
) -> None:
    """A bare STOP right after the answer to HELP is about no kind of text, so it ends all."""
    messenger = under_narrow_scope(make_messenger, clock)
    remind(messenger)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "HELP", "SM1")
    messenger.dispatch_due()
    clock.advance(timedelta(minutes=1))
    receive(messenger, "STOP", "SM2")

    assert_blocked(remind(messenger, "next"), rule="revocation")
    assert_blocked(bill(messenger), rule="revocation")


@pytest.mark.parametrize("other", [Category.APPOINTMENTS, "weight-loss"])
def test_nobody_is_told_that_all_texts_end_where_others_go_on(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock, other: str
) -> None:
    """The confirmation says what ended, and how to end the rest; a second word does."""
    messenger = make_messenger(
        practice=evolve(practice, own_categories=["weight-loss"]),
        rulebook=Rulebook(settings=Settings(revocation_scope="category")),
    )
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.BILLING, other],
        recorded_by="front-desk:ana",
    )
    about = {"purpose": Purpose("other", MessageClass.TRANSACTIONAL, other)}
    bill(messenger)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "opt out", "SM1")
    messenger.dispatch_due()
    told = outgoing(carrier)[-1]
    clock.advance(timedelta(minutes=1))
    gone_on = remind(messenger, "first", **about)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "opt out", "SM2")
    messenger.dispatch_due()

    second = last_event(messenger)
    assert "no more texts of that kind from us. Reply STOP to end all texts." in told
    assert isinstance(gone_on, Sent)
    assert isinstance(second, Revoked)
    assert second.category == ""  # or a third kind would go on, though all was said to end
    assert_blocked(remind(messenger, "second", **about), rule="revocation")


def test_all_texts_are_said_to_end_where_none_goes_on(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Who agreed to one kind alone is told so, also where a practice ends as little as it may."""
    messenger = make_messenger(rulebook=Rulebook(settings=Settings(revocation_scope="category")))
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.BILLING],
        recorded_by="front-desk:ana",
    )
    bill(messenger)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "opt out")
    messenger.dispatch_due()

    assert "no more texts from us." in outgoing(carrier)[-1]


WRONG = [
    "wrong number",
    "Sorry, I think you have the wrong number!",
    "u got the wrong nubmer",
    "You have the wrong person",
    "Wrong number, I'm not Ana",
    "This isn't Ana. Wrong number",
    "número equivocado",
    "Lo siento, se equivocó de número",
    "Número equivocado, no soy Ana",
]
STRANGERS = {"purpose": Purpose.CARE_CONVERSATION, "body": "Sorry, we will look into it."}


@pytest.mark.parametrize("said", WRONG)
def test_a_stranger_gets_no_further_texts_of_the_patient(
    willing: Messenger, clock: MovableClock, said: str
) -> None:
    """Until the patient agrees there anew; whoever said so may be answered, and START is theirs."""
    remind(willing)
    clock.advance(timedelta(minutes=1))
    text = receive(willing, said)
    event = last_event(willing)
    clock.advance(timedelta(minutes=1))
    receive(willing, "START", "SM2")
    clock.advance(timedelta(minutes=1))
    refused = remind(willing, "next", body=f"{BODY} (2)")
    answered = remind(willing, "answer", **STRANGERS)
    clock.advance(timedelta(minutes=1))
    willing.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana")

    assert text.inbound.needs_person
    assert isinstance(event, NumberFlagged)
    assert (event.why, event.reference) == (Flag.WRONG_NUMBER, text.inbound.inbound_id)
    assert isinstance(refused, Blocked)
    assert [reason.code for reason in refused.reasons] == ["number-wrong"]
    assert "whoever has this number said that it is the wrong one." in refused.reasons[0].words
    assert isinstance(answered, Sent)
    assert isinstance(remind(willing, "anew", body=f"{BODY} (3)"), Sent)


@pytest.mark.parametrize(
    "said",
    [
        "is this the wrong number?",
        "is this the wrong number",
        "wrong number? No this is Ana",
        "not the wrong number",
        "This is not a wrong number",
        "wrong number of pills",
        "you called the wrong number last week",
        "my pharmacy has the wrong number for you",
        "wrong number on the bill",
        "I dialed the wrong number",
        "Sorry, wrong number. I meant to text my sister about dinner",
        "oops wrong number, meant for husband",
        "you have the wrong last name",
        "you got the wrong birth date",
        "you have the wrong kid",
        "I'm not a patient yet",
        "el doctor se equivoco",
        "se equivocaron de fecha",
        "tengo numero nuevo",
        "no hay nadie en la clinica",
        "esta no es la hora",
        "numero equivocado de pastillas",
        "This isn't Ana, it's her mom",
    ],
)
def test_what_may_be_about_another_number_stops_nothing(
    willing: Messenger, clock: MovableClock, said: str
) -> None:
    """A person reads it, and reminders go on."""
    remind(willing)
    clock.advance(timedelta(minutes=1))

    assert receive(willing, said).inbound.needs_person
    assert isinstance(remind(willing, "next", body=f"{BODY} (2)"), Sent)


def test_a_wrong_number_answers_a_text_of_ours(willing: Messenger, clock: MovableClock) -> None:
    """Who writes so without one may have mistaken our number."""
    receive(willing, "wrong number")
    clock.advance(timedelta(minutes=1))

    assert isinstance(remind(willing), Sent)


@pytest.mark.parametrize(("category", "told"), [("promotions", 1), ("care", 2)])
def test_start_announces_no_texts_where_it_brings_none_back(
    messenger: Messenger, carrier: Sandbox, clock: MovableClock, category: str, told: int
) -> None:
    """Who agreed to offers alone gets none by START, and is not told of texts about their care."""
    messenger.consent.grant(
        PATIENT, person=PERSON, basis="spoken", categories=[category], recorded_by="front-desk:ana"
    )
    for number, word in enumerate(("opt out", "START")):
        clock.advance(timedelta(minutes=1))
        receive(messenger, word, f"SM{number}")
        messenger.dispatch_due()

    assert len(outgoing(carrier)) == told


@pytest.mark.parametrize("case", [("wrong number", 0, False), ("hi", 5, False), ("hi", 0, True)])
def test_start_announces_no_texts_that_cannot_go(
    willing: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    case: tuple[str, int, bool],
) -> None:
    """To a number said to be wrong, or where a machine whose clock runs ahead dated a stop."""
    said, ahead, goes = case
    remind(willing)
    clock.advance(timedelta(minutes=1))
    receive(willing, said)
    willing.consent.revoke(
        PATIENT,
        channel="spoken",
        recorded_by="front-desk:ana",
        occurred_at=clock() + timedelta(seconds=ahead),
    )
    clock.advance(timedelta(seconds=2))
    receive(willing, "START", "SM2")
    willing.dispatch_due()
    announced = [body for body in outgoing(carrier) if "texts about your care again" in body]

    assert bool(announced) is goes
    assert isinstance(remind(willing, "next", body=f"{BODY} (2)"), Sent) is goes


def test_words_that_mean_all_end_all(make_messenger: Make, clock: MovableClock) -> None:
    """Only a bare keyword is about the text that it answers; words are about what they say."""
    messenger = under_narrow_scope(make_messenger, clock)
    remind(messenger)
    receive(messenger, "take me off your list, stop all texts")

    assert_blocked(bill(messenger), rule="revocation")


@pytest.mark.parametrize("said", ["no bills", "just the billing ones", "STOP BILLING"])
def test_what_is_named_stops(willing: Messenger, clock: MovableClock, said: str) -> None:
    """The kinds that the answer names are those that stop."""
    unsure_and_asked(willing, clock)
    receive(willing, said)

    assert_blocked(bill(willing), rule="revocation")
    assert isinstance(remind(willing), Sent)


@pytest.mark.parametrize(
    "said",
    ["stop all, billing too", "I paid my bill", "thank you for your care", "cancel my appointment"],
)
def test_what_is_no_answer_gives_nothing_back(
    willing: Messenger, clock: MovableClock, said: str
) -> None:
    """Whatever does not answer the question leaves everything stopped."""
    unsure_and_asked(willing, clock)
    receive(willing, said)

    assert_blocked(remind(willing), rule="revocation")
    assert_blocked(bill(willing), rule="revocation")


def test_the_question_is_answered_once(willing: Messenger, clock: MovableClock) -> None:
    """After the answer, and after a plain STOP, naming a kind gives no other kind back."""
    unsure_and_asked(willing, clock)
    receive(willing, "billing", "SM1")
    receive(willing, "stop the appointment texts too", "SM2")

    assert_blocked(bill(willing), rule="revocation")
    assert_blocked(remind(willing), rule="revocation")


def test_an_answer_undoes_no_plain_revocation(willing: Messenger, clock: MovableClock) -> None:
    """What the front desk recorded, and a STOP, stand whatever is answered later."""
    willing.consent.revoke(PATIENT, channel="voicemail", recorded_by="front-desk:ana")
    clock.advance(timedelta(minutes=1))
    unsure_and_asked(willing, clock)
    receive(willing, "billing", "SM1")

    assert_blocked(remind(willing), rule="revocation")


def test_yes_after_stop_restores_nothing(messenger: Messenger, clock: MovableClock) -> None:
    """An invitation is void once the patient said STOP; "yes" may mean "yes, stop"."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.APPOINTMENTS],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    remind(messenger, "invite", asks="opt_in")
    clock.advance(timedelta(minutes=1))
    receive(messenger, "STOP", "SM1")
    receive(messenger, "yes", "SM2")

    assert isinstance(last_event(messenger), Revoked)


def test_kinds_of_ones_own_are_not_spared_by_accident(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Keeping the reminders keeps nothing else, also no kind that only the practice knows."""
    messenger = make_messenger(practice=evolve(practice, own_categories=["weight-loss"]))
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.APPOINTMENTS, "weight-loss"],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    receive(messenger, "stop all texts, just keep the appointment reminders")

    revoked = last_event(messenger)
    assert isinstance(revoked, Revoked)
    assert revoked.except_for == (Category.APPOINTMENTS,)


def test_a_limited_stop_is_confirmed_as_one(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The confirmation says what ended; a STOP that ends the rest is confirmed again."""
    receive(willing, "stop texting me about bills", "SM1")
    willing.dispatch_due()
    clock.advance(timedelta(hours=1))
    receive(willing, "STOP", "SM2")
    willing.dispatch_due()

    limited, whole = outgoing(carrier)
    assert "no more texts of that kind" in limited
    assert "no more texts from us" in whole


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("STOP", False),
        ("Stop texting me and cancel my appointment tomorrow", True),
        ("I'll be there", True),
        ("thanks!", False),
        ("what time do you close", True),
    ],
)
def test_who_must_be_read(willing: Messenger, body: str, needs: bool) -> None:  # noqa: FBT001
    """A person reads what nothing settles, also beside a revocation."""
    assert receive(willing, body).inbound.needs_person == needs


def test_reprs_of_events_hold_no_text(messenger: Messenger, clock: MovableClock) -> None:
    """The words of the text that asked for consent are kept, and shown by no repr."""
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana")
    clock.advance(timedelta(minutes=1))
    remind(messenger, "invite", asks="opt_in")
    receive(messenger, "yes")

    assert isinstance(last_event(messenger), Granted)
    assert "Ana" not in repr(messenger.consent.events(PATIENT))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("stop texting me about bills and everything else", ()),
        ("no more texts about appointments or anything else ever", ()),
        ("please stop everything except appointment reminders", (Category.APPOINTMENTS,)),
    ],
)
def test_words_that_widen_and_narrow(
    willing: Messenger, said: str, kept: tuple[Category, ...]
) -> None:
    """Naming everything else too sets no limit; what is excepted goes on."""
    receive(willing, said)

    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.except_for == kept


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("category", list(Category))
def test_the_words_that_are_offered_are_understood(category: Category, language: str) -> None:
    """Each kind that the question names is read as that kind; what sells is not named."""
    offered = which_to_stop([category], language=language)

    assert len(offered) == (
        category not in {Category.ANSWERS, Category.PROMOTIONS, Category.FUNDRAISING}
    )
    for word in offered:
        revocation = read(word, awaiting=Awaiting.SCOPE).revocation
        assert revocation is not None
        assert revocation.categories == {category}


@pytest.mark.parametrize("words", ["Thanks, I fell yesterday", "Rose is in hospice now. Thank you"])
def test_news_beside_thanks(willing: Messenger, words: str) -> None:
    """Thanks wait for nobody, and what else is said beside them does."""
    assert not receive(willing, "Thank you so much!").inbound.needs_person
    assert receive(willing, words, "SM2").inbound.needs_person


@pytest.mark.parametrize("words", ["C", "\U0001f637"])
def test_what_shows_no_language_after_the_question(
    willing: Messenger, clock: MovableClock, words: str
) -> None:
    """Whoever was asked in Spanish is answered in it, also once the question is open no more."""
    body = "Lakeside Family Medicine: le esperamos el martes. Responda C para confirmar."
    assert isinstance(remind(willing, body=body, not_after=clock() + timedelta(hours=1)), Sent)
    clock.advance(timedelta(days=1))
    text = receive(willing, words)

    assert (text.answers, text.reading.language) == (None, "es")
    assert receive(willing, "When do you open?", "SM2").reading.language == "en"


@pytest.mark.parametrize(
    ("words", "asked", "waits_for_somebody"),
    [
        ("CANCEL", True, True),
        ("cancelar", True, True),
        ("Annuler", True, True),
        ("STOP", True, False),
        ("CANCEL", False, False),
    ],
)
def test_cancel_after_a_reminder(
    willing: Messenger,
    clock: MovableClock,
    words: str,
    asked: bool,  # noqa: FBT001 - a parameter of the test
    waits_for_somebody: bool,  # noqa: FBT001
) -> None:
    """It ends all texts, and whoever meant the visit by it must not be waited for in vain."""
    if asked:
        assert isinstance(remind(willing), Sent)
        clock.advance(timedelta(minutes=1))
    text = receive(willing, words)

    assert willing.consent.state(PATIENT, person=PERSON).revoked_at is not None
    assert text.inbound.needs_person is waits_for_somebody


def test_a_yes_to_yesterdays_question(willing: Messenger, clock: MovableClock) -> None:
    """It confirms no visit on another day, and a person reads it."""
    body = "Lakeside Family Medicine: see you Thu Dec 3 at 3:00 PM. Reply C to confirm."
    assert isinstance(remind(willing, body=body), Sent)
    clock.advance(timedelta(minutes=1))
    text = receive(willing, "yes, I will be there on Tuesday")
    again = receive(willing, "yes, I will be there on Thursday", "SM2")

    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert again.answers is not None


def test_a_promise_to_come_on_another_day_after_a_change(
    willing: Messenger, clock: MovableClock
) -> None:
    """Thanks in which somebody will come on another day than the reminder told are read."""
    body = "Lakeside Family Medicine: see you Thu Dec 3 at 3:00 PM. Reply C to confirm."
    note = "Lakeside Family Medicine: your visit is in room 4 now."
    assert isinstance(remind(willing, body=body), Sent)
    sent = willing.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_CHANGE,
        body=note,
        idempotency_key="note-1",
    )
    assert isinstance(sent, Sent)
    clock.advance(timedelta(minutes=1))

    assert receive(willing, "thanks see you friday").inbound.needs_person
    assert not receive(willing, "Thanks, have a great Friday", "SM2").inbound.needs_person


@pytest.mark.parametrize(
    "words", ["no more bills by text", "C. Also no more bills by text, please"]
)
def test_no_more_bills_by_text(willing: Messenger, clock: MovableClock, words: str) -> None:
    """They end, whatever is answered beside, and texts about visits go on."""
    assert isinstance(remind(willing), Sent)
    clock.advance(timedelta(minutes=1))
    receive(willing, words)

    revoked = last_event(willing)
    assert isinstance(revoked, Revoked)
    assert revoked.except_for == (Category.APPOINTMENTS,)
