"""Callbacks that prove little, or come late: they take permission away, and give none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from books import Books, Make
from compliant_sms import Blocked, Keyring, Messenger, Purpose, Sent
from compliant_sms.consent import Clarified, Granted, Restored, Revoked
from compliant_sms.flows import ReceivedText
from compliant_sms.messages import Inbound
from compliant_sms.optout import Intent
from compliant_sms.providers import ProviderKeyword, Twilio
from compliant_sms.reminders import Answer
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, MORNING, OTHER_SENDERS, PATIENT, PERSON
from test_inbox import PLAN
from test_patient_texts import INVITATION
from test_receive import callback, from_patient, text_of
from test_reminders import HOUR, PLANS, TUESDAY, run_to, visit
from test_send import BODY, agree, outgoing, remind

pytestmark = pytest.mark.both_databases


@pytest.fixture
def willing(make_willing: Make, clock: MovableClock) -> Messenger:
    """A messenger whose patient agreed a minute ago, over callbacks that prove nothing."""
    messenger = make_willing()
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    return messenger


def heard(messenger: Messenger, body: str, key: str) -> Inbound:
    """A text that came in, after the provider was asked for it."""
    received = text_of(messenger.receive(from_patient(body, key)))
    assert received.pending
    *_, asked = messenger.confirm_received()
    assert asked.inbound_id == received.inbound.inbound_id
    assert messenger.inbound(asked.inbound_id) == asked
    return asked


def kinds(messenger: Messenger) -> list[type]:
    """What the ledger holds."""
    return [type(event) for event in messenger.consent.events(PATIENT)]


def test_stop_is_believed_at_once(willing: Messenger, books: Books) -> None:
    """Nobody is asked about a STOP: it holds."""
    text = text_of(willing.receive(from_patient("STOP", "SM1")))

    assert books.asked == []
    assert not text.inbound.proven
    assert text.inbound.rule == "keyword:stop/en/stop"
    assert kinds(willing) == [Granted, Revoked]
    assert isinstance(remind(willing), Blocked)


@pytest.mark.parametrize("case", ["unknown", "other words", "no answer", "no way to ask"])
def test_start_that_nothing_proves(
    make_willing: Make, clock: MovableClock, books: Books, case: str
) -> None:
    """A START that the provider does not stand for is kept, grants nothing and is shown."""
    messenger = make_willing(can_confirm=case != "no way to ask")
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1"))
    books.texts = {"SM2": "STOP"} if case == "other words" else {}
    books.broken = case == "no answer"
    text = text_of(messenger.receive(from_patient("START", "SM2")))
    assert books.asked == []
    asked = messenger.confirm_received()

    assert text.new
    assert text.pending is (case != "no way to ask")
    assert text.inbound.body == "START"
    assert text.inbound.rule == "unproven-callback"
    assert text.inbound.needs_person
    assert asked == ((text.inbound,) if text.pending else ())
    assert books.asked == ([] if case == "no way to ask" else ["SM2"])
    assert kinds(messenger) == [Granted, Revoked]
    assert isinstance(remind(messenger), Blocked)


def test_start_that_the_provider_stands_for(
    willing: Messenger, books: Books, clock: MovableClock
) -> None:
    """Fetched from its books, a START counts as if it had been signed."""
    willing.receive(from_patient("STOP", "SM1"))
    clock.advance(timedelta(minutes=1))
    books.texts["SM2"] = "START"
    text = heard(willing, "START", "SM2")

    assert text.proven
    assert not text.needs_person
    assert kinds(willing) == [Granted, Revoked, Restored]
    assert isinstance(remind(willing), Sent)


ELSEWHERE = "+12175550199"


@pytest.mark.parametrize(
    ("to", "counts"),
    [(ELSEWHERE, False), ("rcs:somebodys_agent", False), ("+12175550100", True)],
)
def test_start_to_a_number_of_nobody(
    messenger: Messenger,
    clock: MovableClock,
    to: str,
    counts: bool,  # noqa: FBT001
) -> None:
    """What the account's other numbers are told brings nothing back, and a person is asked."""
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1", to=ELSEWHERE))
    assert isinstance(remind(messenger, "a"), Blocked)
    clock.advance(timedelta(minutes=1))
    text = text_of(messenger.receive(from_patient("START", "SM2", to=to)))

    assert kinds(messenger) == [Granted, Revoked, Restored][: 3 if counts else 2]
    assert (text.inbound.rule == "other-number") is not counts
    assert text.inbound.needs_person is not counts
    assert isinstance(remind(messenger, "b"), Sent if counts else Blocked)


@pytest.mark.parametrize("practices_own", ["changed", "second route", "messaging service"])
def test_start_to_a_number_of_ours(
    make_messenger: Make, provider: Twilio, clock: MovableClock, practices_own: str
) -> None:
    """Where the sender changed, another process has a second one, or RCS is used, it counts."""
    service = "MG" + "1" * 32
    other = evolve(provider, sender=OTHER_SENDERS[0], messaging_service_sid=service)
    both = Routes([provider, other])
    there, here, to = {
        "changed": (other, provider, OTHER_SENDERS[0]),
        "second route": (both, provider, OTHER_SENDERS[0]),
        "messaging service": (both, both, "rcs:lakeside_agent"),
    }[practices_own]
    agree(make_messenger())
    remind(make_messenger(provider=there))
    messenger = make_messenger(provider=here)
    fields = {"SmsStatus": "received", "From": PATIENT, "To": to, "MessagingServiceSid": service}
    for body in ("STOP", "START"):
        clock.advance(timedelta(minutes=1))
        messenger.receive(callback(fields | {"MessageSid": body, "Body": body}))

    assert kinds(messenger) == [Granted, Revoked, Restored]


def test_answer_to_a_number_of_nobody(messenger: Messenger) -> None:
    """Nor does it answer what our own number asked."""
    agree(messenger)
    remind(messenger)
    text = text_of(messenger.receive(from_patient("C", "SM1", to=ELSEWHERE)))

    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert text.inbound.rule == "other-number"


@pytest.mark.parametrize("body", ["START", "C"])
def test_proved_and_written_to_a_number_of_nobody(
    willing: Messenger, books: Books, body: str
) -> None:
    """That the provider knows the text does not make the number ours."""
    remind(willing)
    books.texts["SM1"] = body
    text_of(willing.receive(from_patient(body, "SM1", to=ELSEWHERE)))
    (text,) = willing.confirm_received()

    assert (text.proven, text.needs_person, text.answers) == (True, True, None)
    assert text.rule == "other-number"
    assert kinds(willing) == [Granted]


@pytest.mark.parametrize("known", [True, False])
def test_yes_to_a_reminder(willing: Messenger, books: Books, known: bool) -> None:  # noqa: FBT001
    """A confirmation is an answer only where the provider stands for it."""
    sent = remind(willing)
    books.texts = {"SM1": "C"} if known else {}
    text = heard(willing, "C", "SM1")

    assert text.intent is Intent.CONFIRM
    assert text.answers == (sent.message_id if known else None)
    assert text.needs_person is not known
    assert (text.rule == "unproven-callback") is not known


@pytest.mark.parametrize(
    ("words", "answer", "more"),
    [
        ("Yes, thank you", Answer.CONFIRM, False),
        ("yes I have covid though", Answer.CONFIRM, True),
        ("yes, see you next week", Answer.CONFIRM, True),
        ("I need to reschedule", Answer.RESCHEDULE, False),
        ("can we do next week?", Answer.RESCHEDULE, True),
    ],
)
def test_what_is_proved_later_says_more(
    make_willing: Make, books: Books, clock: MovableClock, words: str, answer: Answer, *, more: bool
) -> None:
    """As what is proved at once: it is told with the thread that it lies in."""
    parts = {"reminders": PLANS, "inbox": PLAN, "keyring": Keyring.generate()}
    diary = make_willing(more=parts)
    agree(diary)
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    books.texts = {"SM1": words}
    text = heard(diary, words, "SM1")

    assert text.needs_person is (more or answer is Answer.RESCHEDULE)
    (told,) = diary.reminders.answers()
    assert (told.answer, told.says_more) == (answer, more)
    (thread,) = diary.inbox.threads()
    assert told.thread_id == thread.thread_id
    assert bool(diary.inbox.waiting()) is text.needs_person


@pytest.mark.parametrize("known", [True, False])
def test_yes_to_an_invitation(
    make_willing: Make,
    books: Books,
    clock: MovableClock,
    known: bool,  # noqa: FBT001
) -> None:
    """Nobody agrees to texts by a callback that anybody can write."""
    messenger = make_willing()
    messenger.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["appointments"]
    )
    clock.advance(timedelta(minutes=1))
    asked = remind(messenger, asks="opt_in")
    assert isinstance(asked, Sent)
    books.texts = {"SM1": "YES"} if known else {}
    text = heard(messenger, "YES", "SM1")

    assert kinds(messenger) == ([Granted, Granted] if known else [Granted])
    assert text.answers == (asked.message_id if known else None)
    assert text.needs_person is not known


@pytest.mark.parametrize("known", [True, False])
def test_which_texts_were_meant(
    willing: Messenger,
    books: Books,
    clock: MovableClock,
    known: bool,  # noqa: FBT001
) -> None:
    """The answer that narrows a STOP permits something, so it needs proof as well."""
    willing.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["billing"]
    )
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("how do i unsubscribe", "SM1"))
    willing.dispatch_due()
    clock.advance(timedelta(minutes=3))
    books.texts = {"SM2": "just the billing ones"} if known else {}
    text = heard(willing, "just the billing ones", "SM2")

    assert (Clarified in kinds(willing)) is known
    assert kinds(willing).count(Revoked) == 1
    assert (text.answers is not None) is known
    assert isinstance(remind(willing), Sent if known else Blocked)


def test_a_forged_text_permits_no_conversation(
    make_willing: Make, books: Books, clock: MovableClock
) -> None:
    """An answer to a patient's own text needs that text to be theirs."""
    messenger = make_willing()
    answer = {"purpose": Purpose.CARE_CONVERSATION, "body": "Lakeside Family Medicine: yes, at 2."}
    messenger.receive(from_patient("are you open?", "SM1"))
    assert isinstance(remind(messenger, "a", **answer), Blocked)
    clock.advance(timedelta(minutes=1))
    books.texts["SM2"] = "are you open today?"
    heard(messenger, "are you open today?", "SM2")

    assert isinstance(remind(messenger, "b", **answer), Sent)


def test_help_is_answered_without_proof(willing: Messenger, carrier: Sandbox) -> None:
    """Who texts is told to whoever asks: it permits nothing."""
    willing.receive(from_patient("HELP", "SM1"))

    assert [type(done) for done in willing.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


def test_old_start_after_stop(make_willing: Make, clock: MovableClock) -> None:
    """A START from before the STOP, sent again under a good signature, restores nothing."""
    messenger = make_willing(authenticated=True, sent_at=MORNING)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1"))
    clock.advance(timedelta(minutes=1))
    text = text_of(messenger.receive(from_patient("START", "SM2")))

    assert text.inbound.rule == "older-than-revocation"
    assert text.inbound.needs_person
    assert text.inbound.proven
    assert kinds(messenger) == [Granted, Revoked]


def test_new_start_after_stop(make_willing: Make, clock: MovableClock) -> None:
    """One that was written afterwards does."""
    messenger = make_willing(authenticated=True, sent_at=MORNING + timedelta(minutes=5))
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1"))
    clock.advance(timedelta(minutes=5))
    messenger.receive(from_patient("START", "SM2"))

    assert kinds(messenger) == [Granted, Revoked, Restored]


@pytest.mark.parametrize("minutes", [1, 10])
@pytest.mark.parametrize(("asks", "body"), [("opt_in", "YES"), ("confirm", "C"), ("confirm", "ok")])
def test_an_answer_from_before_its_question(
    make_willing: Make, clock: MovableClock, asks: str, body: str, minutes: int
) -> None:
    """A text that was written before the question left answers nothing, however late it comes."""
    messenger = make_willing(authenticated=True, sent_at=MORNING)
    agree(messenger)
    clock.advance(timedelta(minutes=minutes))
    assert isinstance(remind(messenger, asks=asks), Sent)
    text = text_of(messenger.receive(from_patient(body, "SM1")))

    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert kinds(messenger) == [Granted]


def test_an_answer_of_the_same_second(make_willing: Make, clock: MovableClock) -> None:
    """Of a provider whose clock tells whole seconds an answer may seem to come first."""
    messenger = make_willing(authenticated=True, sent_at=MORNING + timedelta(minutes=1))
    agree(messenger)
    clock.advance(timedelta(minutes=1, milliseconds=900))
    remind(messenger)

    assert text_of(messenger.receive(from_patient("C", "SM1"))).answers is not None


def test_an_answer_from_before_the_next_question(make_willing: Make, clock: MovableClock) -> None:
    """It answers what had been asked by the time that it was written."""
    messenger = make_willing(authenticated=True, sent_at=MORNING + timedelta(minutes=2))
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    first = remind(messenger, "appt-1")
    clock.advance(timedelta(minutes=7))
    second = remind(messenger, "invite", asks="opt_in", body=INVITATION)
    text = text_of(messenger.receive(from_patient("yes", "SM1")))

    assert isinstance(first, Sent)
    assert isinstance(second, Sent)
    assert (text.inbound.answers, kinds(messenger)) == (first.message_id, [Granted])


ASKED_NEXT = {
    "of a child": {"person": "kid"},
    "an invitation": {"asks": "opt_in", "body": INVITATION},
    "by hand": {
        "purpose": Purpose.CARE_CONVERSATION,
        "body": "Lakeside Family Medicine: shall I cancel tomorrow's visit then?",
    },
}


@pytest.mark.parametrize("body", ["C", "yes"])
@pytest.mark.parametrize("asked_next", ASKED_NEXT)
def test_an_answer_by_a_slow_clock(
    make_willing: Make, clock: MovableClock, body: str, asked_next: str
) -> None:
    """What left about when a text was written may be what it answers: a person finds out."""
    messenger = make_willing(authenticated=True, sent_at=MORNING + timedelta(minutes=2, seconds=50))
    agree(messenger)
    agree(messenger, person="kid")
    clock.advance(timedelta(minutes=1))
    remind(messenger, "appt-1")
    clock.advance(timedelta(minutes=2))
    sent = remind(messenger, "next", **ASKED_NEXT[asked_next])
    clock.advance(timedelta(seconds=20))
    text = text_of(messenger.receive(from_patient(body, "SM1")))

    assert isinstance(sent, Sent)
    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert kinds(messenger) == [Granted, Granted]


def test_limits_by_a_slow_clock(make_willing: Make, clock: MovableClock) -> None:
    """What says which texts are meant, and seems older than the question, frees no others."""
    written = MORNING + timedelta(minutes=1, seconds=10)
    messenger = make_willing(authenticated=True, sent_at=written)
    agree(messenger)
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        categories=["appointments", "billing"],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("how do i unsubscribe", "SM1"))
    clock.advance(timedelta(seconds=30))
    messenger.dispatch_due()
    text = text_of(messenger.receive(from_patient("just the billing ones", "SM2")))

    assert text.inbound.needs_person
    assert Clarified not in kinds(messenger)
    assert isinstance(remind(messenger), Blocked)


@pytest.mark.parametrize("body", ["arret svp la", "START", "C", "see you at 2"])
def test_what_the_provider_takes_for_stop(
    make_willing: Make, carrier: Sandbox, clock: MovableClock, body: str
) -> None:
    """The provider blocks the number from then on, so the ledger has it too, whatever it says."""
    messenger = make_willing(authenticated=True, recognized=ProviderKeyword.STOP, answered=True)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    remind(messenger)
    text = text_of(messenger.receive(from_patient(body, "SM1")))

    assert text.inbound.rule == "provider-keyword"
    assert text.inbound.intent is Intent.OPT_OUT
    (_, event) = messenger.consent.events(PATIENT)
    assert isinstance(event, Revoked)
    assert (event.rule, event.category) == ("provider-keyword", "")
    assert isinstance(remind(messenger, "appt-2"), Blocked)
    messenger.dispatch_due()
    assert outgoing(carrier) == [BODY]


def test_an_emergency_stays_one(make_willing: Make) -> None:
    """Whatever the provider takes it for, somebody must see it at once."""
    messenger = make_willing(authenticated=True, recognized=ProviderKeyword.STOP)
    text = text_of(messenger.receive(from_patient("I want to kill myself", "SM1")))

    assert text.inbound.intent is Intent.EMERGENCY
    assert text.inbound.needs_person


def test_what_the_provider_takes_for_start(make_willing: Make, clock: MovableClock) -> None:
    """Its word grants no more than the patient's own would."""
    messenger = make_willing(authenticated=True, recognized=ProviderKeyword.START)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="ana", person=PERSON)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("hello there", "SM1"))

    assert kinds(messenger) == [Granted, Revoked]
    assert isinstance(remind(messenger), Blocked)


def test_a_recognized_stop_needs_no_proof(make_willing: Make, books: Books) -> None:
    """It is believed at once, also in words that we do not know."""
    messenger = make_willing(recognized=ProviderKeyword.STOP)
    agree(messenger)
    messenger.receive(from_patient("arret svp la", "SM1"))

    assert books.asked == []
    assert kinds(messenger) == [Granted, Revoked]


def test_nobody_waits_for_the_store_meanwhile(
    willing: Messenger, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider is asked between transactions, never inside, and after the answer."""
    run = type(willing._ports.store).run

    async def watched(store: Any, work: Any) -> Any:
        books.in_transaction = True
        try:
            return await run(store, work)
        finally:
            books.in_transaction = False

    monkeypatch.setattr(type(willing._ports.store), "run", watched)
    books.texts["SM1"] = "START"
    received = willing.receive(from_patient("START", "SM1"))
    assert books.asked == []
    (text,) = willing.confirm_received()

    assert text.proven
    assert books.asked == ["SM1"]
    assert isinstance(received.events[0], ReceivedText)
