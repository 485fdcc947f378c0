"""Where permission, the inbox, missed calls, pauses and erasure meet, no patient falls between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Blocked, Cancelled, Keyring, Messenger, Practice, Profile, Purpose, Sent
from compliant_sms.consent import Granted, OptInAnswered, OptInAsked, Revoked
from compliant_sms.contact import MissedCalls
from compliant_sms.conversations import InboxEventKind, OpenKind
from compliant_sms.driver import finish
from compliant_sms.events import InboxEventRaised
from compliant_sms.flows import ReceivedText
from compliant_sms.flows._staff import _escalate
from compliant_sms.lookups import LineAnswer, LineType, Lookups
from compliant_sms.messenger import StoreKind
from compliant_sms.optout import Intent, read
from compliant_sms.ports import Erased
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, OTHER_SENDERS, PATIENT, PERSON
from test_inbox import PLAN
from test_missed_calls import OFFER, missed
from test_permission import BILLS, invite, of_kind, owning, permission
from test_receive import from_patient, status, text_of
from test_send import agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
A_MINUTE = timedelta(minutes=1)
WHY = {"reason": "asked for it", "by": "privacy:kim"}


@pytest.fixture
def make_desk(make_messenger: Make, practice: Practice, clock: MovableClock) -> Make:
    """Makes messengers that ask for permission, keep threads and text back after calls."""
    keyring = Keyring.generate()

    def make(**changes: object) -> Messenger:
        line = LineAnswer(kind=LineType.MOBILE, as_of=clock().date())
        arguments: dict[str, object] = {
            "practice": owning(practice),
            "permission": permission(),
            "inbox": PLAN,
            "keyring": keyring,
            "people": lambda _: Profile(time_zone="America/Chicago"),
            "missed_calls": MissedCalls(),
            "lookups": Lookups(line_type=lambda _: line),
        }
        return make_messenger(**(arguments | changes))

    return make


@pytest.fixture
def nobody(make_desk: Make) -> Messenger:
    """A messenger with all of it; nobody agreed to anything."""
    return make_desk()


@pytest.fixture
def desk(nobody: Messenger, clock: MovableClock) -> Messenger:
    """The same, and its patient agreed a minute ago to texts about care."""
    agree(nobody)
    clock.advance(A_MINUTE)
    return nobody


def receive(messenger: Messenger, body: str, sid: str = "SM1") -> ReceivedText:
    """A patient's text comes in."""
    return text_of(messenger.receive(from_patient(body, sid)))


def asked(messenger: Messenger, clock: MovableClock, *texts: Callable[[Messenger], Any]) -> None:
    """Texts of ours leave, a minute apart."""
    for text in texts:
        assert isinstance(text(messenger), Sent)
        clock.advance(A_MINUTE)


# Two questions at once


def test_the_word_that_a_reminder_named_answers_it(desk: Messenger, clock: MovableClock) -> None:
    """Also where an invitation went out after it: only the reminder asked for a C."""
    asked(desk, clock, remind, invite)
    said = receive(desk, "C")

    assert said.inbound.intent is Intent.CONFIRM
    assert said.answers is not None
    assert said.answers.draft.purpose == Purpose.APPOINTMENT_REMINDER
    assert not of_kind(desk, OptInAnswered)
    assert desk.open_items() == ()
    desk.dispatch_due()
    receive(desk, "Yes", "SM2")
    assert [each.agreed for each in of_kind(desk, OptInAnswered)] == [True]
    again = receive(desk, "C", "SM3")
    assert again.answers is not None


def test_a_yes_that_speaks_of_coming_is_no_consent(desk: Messenger, clock: MovableClock) -> None:
    """After an invitation it could mean the visit: a person reads it."""
    asked(desk, clock, remind, invite)
    said = receive(desk, "yes see you then")

    assert said.answers is None
    assert said.inbound.needs_person
    assert not of_kind(desk, OptInAnswered)


def test_a_yes_answers_what_was_asked_last(desk: Messenger, clock: MovableClock) -> None:
    """A second yes could mean either question: a person reads it."""
    asked(desk, clock, remind, invite)
    first = receive(desk, "YES")
    second = receive(desk, "YES", "SM2")

    assert first.answers is not None
    assert first.answers.draft.opt_in is not None
    assert len(desk.dispatch_due()) == 2  # the welcome; and for the second that it came in
    assert second.answers is None
    assert [item.reference for item in desk.open_items()] == [second.inbound.inbound_id]


def test_a_word_that_both_named_answers_neither_twice(desk: Messenger, clock: MovableClock) -> None:
    """Whoever says YES again after an invitation is not taken to confirm a visit."""
    body = "Lakeside Family Medicine: see you Tue Dec 1 at 2:30 PM. Reply YES to confirm."
    asked(desk, clock, lambda m: remind(m, body=body), invite)
    receive(desk, "YES")
    second = receive(desk, "YES", "SM2")

    assert second.answers is None
    assert second.inbound.needs_person


def test_an_earlier_invitation_is_not_taken_up_again(desk: Messenger, clock: MovableClock) -> None:
    """What permits is the answer to the last question, never to one before it."""
    asked(desk, clock, invite, lambda m: remind(m, not_after=clock() + timedelta(hours=1)))
    clock.advance(timedelta(hours=2))
    receive(desk, "YES")

    assert not of_kind(desk, OptInAnswered)


def test_a_no_is_confirmed_in_the_language_of_the_question(
    desk: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """The word no is of many languages, and a letter is of none."""
    asked(desk, clock, invite)
    receive(desk, "No")
    desk.dispatch_due()

    assert "you will get no more texts of that kind" in outgoing(carrier)[-1]
    spanish = "Consultorio: \u00bfpodemos enviarle mensajes sobre sus citas? Responda SI o NO."
    assert read("No", prompt=spanish).language == "es"
    assert read("C", prompt="Reply C to confirm your visit.").language == "en"
    assert read("d'accord").language == "fr"


def test_a_no_of_one_ends_nothing_of_the_others(nobody: Messenger, clock: MovableClock) -> None:
    """In a family the consents of all who share the number stay, but for what was declined."""
    agree(nobody, person="pat-z")
    nobody.consent.grant(
        PATIENT,
        person="pat-a",
        basis="intake_form",
        categories=["surveys"],
        wording=INTAKE_WORDING,
        recorded_by="front-desk:ana",
    )
    clock.advance(A_MINUTE)
    asked(nobody, clock, lambda m: invite(m, person="pat-z"))
    receive(nobody, "No thanks")

    assert isinstance(remind(nobody, person="pat-z"), Sent)


# Keywords


def test_a_keyword_after_stop_is_for_a_person(desk: Messenger, carrier: Sandbox) -> None:
    """No question may go, so somebody has to tell the patient what to do."""
    receive(desk, "STOP")
    desk.dispatch_due()
    said = receive(desk, "DEALS", "SM2")
    desk.dispatch_due()

    assert said.inbound.needs_person
    assert [item.reference for item in desk.open_items()] == [said.inbound.inbound_id]
    assert len(outgoing(carrier)) == 1


def test_a_keyword_twice_before_the_question_left(desk: Messenger, carrier: Sandbox) -> None:
    """An impatient patient gets one question."""
    receive(desk, "DEALS")
    receive(desk, "deals", "SM2")
    desk.dispatch_due()

    assert len(outgoing(carrier)) == 1


def test_a_keyword_after_a_question_that_never_came(
    desk: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """Whoever did not get it is asked again at once."""
    receive(desk, "DEALS")
    (sent,) = desk.dispatch_due()
    assert isinstance(sent, Sent)
    assert sent.provider_id is not None
    desk.receive(status(sent.provider_id, "undelivered", code="30003"))
    clock.advance(timedelta(minutes=10))
    receive(desk, "DEALS", "SM2")
    desk.dispatch_due()

    assert len(outgoing(carrier)) == 2


# A number that went to somebody else


def test_a_number_that_was_given_up(desk: Messenger, clock: MovableClock) -> None:
    """Its new holder is not taken for the patient: no question, no consent, not their thread."""
    sent = remind(desk)
    desk.receive(status(sent.provider_id, "undelivered", code="30005"))
    clock.advance(timedelta(days=60))
    keyword = receive(desk, "DEALS")
    question = receive(desk, "Who is this? Do you take new patients?", "SM2")
    desk.dispatch_due()

    assert keyword.inbound.needs_person
    assert not of_kind(desk, OptInAsked)
    assert question.thread_id is not None
    assert desk.inbox.thread(question.thread_id).thread.person is None
    agree(desk)
    assert desk.consent.state(PATIENT, person=PERSON).flagged is None
    known = receive(desk, "It is me again, with the same number. Any openings?", "SM3")
    assert known.thread_id is not None
    assert desk.inbox.thread(known.thread_id).thread.person == PERSON


def test_a_yes_after_the_number_was_given_up(desk: Messenger, clock: MovableClock) -> None:
    """It grants nothing: another person may have answered."""
    asked(desk, clock, invite)
    lost = remind(desk)
    desk.receive(status(lost.provider_id, "undelivered", code="30005"))
    clock.advance(A_MINUTE)
    said = receive(desk, "YES")

    assert said.answers is None or said.answers.draft.opt_in is None
    assert not of_kind(desk, OptInAnswered)


# Callers of whom only the call is known


def test_a_callers_thread_is_nobodys_yet(nobody: Messenger) -> None:
    """It can be joined to the patient, with the text that went after the call in it."""
    assert isinstance(missed(nobody, accepted_offer=OFFER), Sent)
    said = receive(nobody, "I need an appointment for my knee")
    assert said.thread_id is not None
    (item,) = nobody.open_items()
    assert item.kind is OpenKind.UNMATCHED
    texts = nobody.inbox.thread(said.thread_id).texts
    assert [bool(text.inbound) for text in texts].count(False) >= 1
    assert "sorry we missed your call" in str([t.message.body for t in texts if t.message])
    joined = nobody.inbox.identify(said.thread_id, person=PERSON, by="ana")

    assert joined.person == PERSON
    answer = nobody.inbox.reply(joined.thread_id, body="Yes!", by="ana", idempotency_key="a1")
    assert isinstance(answer, Sent)


def test_a_caller_who_becomes_a_patient(
    nobody: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """From then on the patient alone is known at the number."""
    missed(nobody, accepted_offer=OFFER)
    agree(nobody)
    clock.advance(timedelta(days=2))
    said = receive(nobody, "When do you open?")
    receive(nobody, "DEALS", "SM2")
    nobody.dispatch_due()
    second = missed(nobody, "CA2", at=clock())

    assert said.thread_id is not None
    assert nobody.inbox.thread(said.thread_id).thread.person == PERSON
    assert [each.person for each in of_kind(nobody, OptInAsked)] == [PERSON]
    assert isinstance(second, Sent)
    assert "sorry we missed your call" in outgoing(carrier)[-1]


def test_a_caller_who_calls_again(nobody: Messenger, clock: MovableClock) -> None:
    """What was accepted in the first call still holds for the same unknown caller."""
    assert isinstance(missed(nobody, accepted_offer=OFFER), Sent)
    clock.advance(timedelta(days=2))

    assert isinstance(missed(nobody, "CA2", at=clock()), Sent)


def test_erasing_reaches_the_calls(nobody: Messenger, clock: MovableClock) -> None:
    """A patient who called before anybody knew them is erased with the call and all they wrote."""
    missed(nobody, accepted_offer=OFFER)
    receive(nobody, "my okapi hurts")
    agree(nobody)
    clock.advance(timedelta(days=2))
    waiting = missed(nobody, "CA2", at=clock() + timedelta(minutes=4), person="call/CA2")
    erased = nobody.erase(PERSON, **WHY)

    assert not isinstance(waiting, Sent)
    assert erased.received == 1
    assert erased.events == 2
    assert nobody.consent.events(PATIENT) == ()
    left = nobody.history("call/CA1")
    assert (left.consent, left.texts, left.received) == ((), (), ())
    assert nobody.open_items() == ()
    nobody.verify_ledger()


def test_erasing_one_of_two_leaves_the_calls(nobody: Messenger) -> None:
    """Where somebody else is known at the number nobody can tell who called."""
    missed(nobody, accepted_offer=OFFER)
    agree(nobody)
    agree(nobody, person="pat-2")
    erased = nobody.erase(PERSON, **WHY)

    assert erased == Erased(numbers=1, events=1, texts=0, received=0)
    assert [each.person for each in of_kind(nobody, Granted)] == ["call/CA1", "pat-2"]


# Pauses


def test_danger_is_answered_during_a_pause(
    desk: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """Whom to call is of no use later; everything else waits, and is not said when it is stale."""
    desk.pause(by="it:kim", reason="wrong times")
    receive(desk, "Can I get a refill?")
    receive(desk, "I have chest pain and can't breathe", "SM2")
    alert = desk.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.EMERGENCY_ALERT,
        body="Lakeside Family Medicine: boil your water until further notice.",
        idempotency_key="alert",
    )
    desk.dispatch_due()
    assert ["call 911" in text for text in outgoing(carrier)] == [True]
    assert "boil" not in outgoing(carrier)[0]
    assert not isinstance(alert, Sent)
    clock.advance(timedelta(days=1))
    desk.cancel(alert.message_id)
    desk.resume(by="it:kim", reason="mended")

    assert [type(each) for each in desk.dispatch_due()] == [Cancelled]
    assert len(outgoing(carrier)) == 1


# Threads that were joined


def test_events_of_a_joined_thread_lead_to_the_other(nobody: Messenger) -> None:
    """Whoever hears of an emergency after the join finds the patient."""
    agree(nobody)
    known = receive(nobody, "Can I bring the forms?")
    agree(nobody, person="pat-2")
    unknown = receive(nobody, "I have chest pain and can't breathe", "SM2")
    assert unknown.thread_id is not None
    nobody.inbox.identify(unknown.thread_id, person=PERSON, by="ana")

    (event,) = [e for e in nobody.inbox.events() if e.kind is InboxEventKind.EMERGENCY]
    assert event.thread_id == known.thread_id
    assert nobody.inbox.thread(event.thread_id).thread.person == PERSON


# Two practices, several workers


def test_a_welcome_tells_of_no_other_practices_programme(
    make_desk: Make, practice: Practice, clock: MovableClock, carrier: Sandbox
) -> None:
    """A callback may come in through the program of another practice of the same store."""
    desk = make_desk()
    agree(desk)
    clock.advance(A_MINUTE)
    asked(desk, clock, invite)
    elsewhere = evolve(owning(practice), id="riverside", name="Riverside Clinic")
    other = make_desk(
        practice=elsewhere,
        provider=evolve(desk._ports.routes.providers[0], sender=OTHER_SENDERS[0]),
        permission=permission(programmes=[evolve(BILLS, about="our raffles")]),
    )
    text_of(other.receive(from_patient("YES", "SM1")))
    desk.dispatch_due()

    assert "raffles" not in outgoing(carrier)[-1]
    assert "you will get the texts that you agreed to" in outgoing(carrier)[-1]


@pytest.mark.both_databases
def test_several_workers_escalate_at_once(
    make_desk: Make, make_store: Callable[[], StoreKind], clock: MovableClock
) -> None:
    """Each event is kept and told exactly once, however many look at the same time."""
    desks = [make_desk(store=make_store()) for _ in range(4)]
    told: list[InboxEventRaised] = []
    for desk in desks:
        desk.on(InboxEventRaised, told.append)
    for n in range(5):
        number = f"+1217555016{n}"
        agree(desks[0], number, f"pat-{n}")
        desks[0].receive(from_patient("Can I bring the forms?", f"SM{n}", sender=number))
    clock.advance(timedelta(days=2))
    with ThreadPoolExecutor(len(desks)) as pool:
        raised = list(pool.map(lambda desk: desk.inbox.escalate(), desks))

    events = desks[0].inbox.events()
    assert len(events) == 15
    assert sum(raised) == len(told) == 15


def test_after_stop_a_question_still_waits(desk: Messenger, carrier: Sandbox) -> None:
    """No text can answer it, so it stays on the list until somebody has called."""
    said = receive(desk, "Can I get a refill?")
    receive(desk, "STOP", "SM2")
    desk.dispatch_due()
    assert said.thread_id is not None
    answer = desk.inbox.reply(said.thread_id, body="Yes.", by="ana", idempotency_key="a1")

    assert isinstance(answer, Blocked)
    assert len(outgoing(carrier)) == 1  # the confirmation
    (item,) = desk.open_items()
    assert item.thread_id == said.thread_id
    desk.inbox.close(said.thread_id, by="ana", reason="We called.")
    assert desk.open_items() == ()


def test_what_was_rehearsed_was_asked_of_nobody(make_desk: Make, clock: MovableClock) -> None:
    """A yes after a dry run answers no question that the patient never got."""
    rehearsal = make_desk(dry_run=True)
    agree(rehearsal)
    clock.advance(A_MINUTE)
    asked(rehearsal, clock, remind, invite)
    live = make_desk()
    said = receive(live, "Yes")

    assert said.answers is None
    assert not of_kind(live, OptInAnswered)
    assert len(of_kind(live, Granted)) == 1


def test_a_rehearsal_leaves_nothing_in_the_ledger(make_desk: Make, clock: MovableClock) -> None:
    """No question that nobody got, and no yes to it: what is written there cannot be taken back."""
    rehearsal = make_desk(dry_run=True)
    agree(rehearsal)
    clock.advance(A_MINUTE)
    before = rehearsal.consent.events(PATIENT)
    asked(rehearsal, clock, invite)
    said = receive(rehearsal, "Yes", "SM2")
    keyword = receive(rehearsal, "DEALS", "SM3")
    rehearsal.dispatch_due()

    assert said.inbound.needs_person
    assert keyword.inbound.rule == "programme:offers"
    assert rehearsal.consent.events(PATIENT) == before
    assert receive(rehearsal, "STOP", "SM4").inbound.rule
    assert of_kind(rehearsal, Revoked)


def test_a_keyword_after_a_rehearsal_is_answered(make_desk: Make, clock: MovableClock) -> None:
    """The question that a dry run "sent" just before was asked of nobody: it goes out now."""
    rehearsal = make_desk(dry_run=True)
    agree(rehearsal)
    clock.advance(A_MINUTE)
    receive(rehearsal, "DEALS")
    rehearsal.dispatch_due()
    live = make_desk()
    receive(live, "DEALS", "SM2")
    live.dispatch_due()

    assert of_kind(live, OptInAsked)


def test_a_text_that_somebody_else_has_filed(desk: Messenger, make_desk: Make) -> None:
    """A slower worker opens no thread again that was closed in the meantime."""
    elsewhere = make_desk(inbox=None)
    inbound = receive(elsewhere, "Can I bring the forms?").inbound
    desk.inbox.escalate()
    (thread,) = desk.inbox.waiting()
    closed = desk.inbox.close(thread.thread_id, by="ana", reason="We called.")
    finish(_escalate._adopt(desk._ports, inbound))

    assert desk.inbox.thread(thread.thread_id).thread == closed


@pytest.mark.parametrize("late", [A_MINUTE, timedelta(hours=2)])
def test_danger_that_came_in_elsewhere_is_answered(
    desk: Messenger, make_desk: Make, clock: MovableClock, carrier: Sandbox, late: timedelta
) -> None:
    """Also where the program that took the text in keeps no threads, unless it is long ago."""
    elsewhere = make_desk(inbox=None)
    receive(elsewhere, "No puedo respirar, me duele mucho el pecho")
    clock.advance(late)
    desk.inbox.escalate()
    desk.dispatch_due()

    assert len(outgoing(carrier)) == (late == A_MINUTE)
    assert all("llame" in text.lower() and "911" in text for text in outgoing(carrier))
    (event,) = [e for e in desk.inbox.events() if e.kind is InboxEventKind.EMERGENCY]
    assert event.to == "dr-diaz"


def test_a_thread_that_vanishes_while_somebody_looks(
    desk: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed reply of a thread that is joined or erased meanwhile stops no worker."""

    async def failed(*_: object) -> list[tuple[str, str, object]]:
        return [("gone", "a-text", None)]

    monkeypatch.setattr(SqlTransaction, "failed_answers", failed)

    assert desk.inbox.escalate() == 0
