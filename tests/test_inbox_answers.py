"""What answers a patient: a text that is for that, whichever way it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from compliant_sms import Blocked, Messenger, Profile, Purpose, Sent
from compliant_sms.conversations import InboxEventKind
from compliant_sms.templates import Body, CannedReply, Catalogue, StaffName, Variable
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from templates_made import GIVEN, LEE
from test_inbox import PLAN, receive
from test_receive import from_patient
from test_send import agree, remind, waits

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures(waits.__name__)]
Make = Callable[..., Messenger]
ANSWER = {
    "body": "Lakeside Family Medicine: yes, we are open.",
    "purpose": Purpose.CARE_CONVERSATION,
}
UNKNOWN = "+12175550177"


@pytest.fixture
def inbox(make_messenger: Make) -> Messenger:
    """A messenger that keeps threads, and whose patient agreed to be texted."""
    canned = CannedReply(
        name="open",
        version=1,
        approved=LEE,
        bodies={"en": Body(minimum="{given_name}, yes, we are open. {who}")},
        variables=[GIVEN, Variable("who", StaffName())],
        purpose=Purpose.APPOINTMENT_CHANGE,
        intents=["other"],
    )
    made = make_messenger(
        people=lambda _: Profile(time_zone="America/Chicago"),
        inbox=PLAN,
        templates=Catalogue([canned]),
    )
    agree(made)
    return made


def asked(messenger: Messenger) -> list[str]:
    """What patients wrote that waits."""
    return [
        text.inbound.body
        for thread in messenger.inbox.waiting()
        for text in messenger.inbox.thread(thread.thread_id).texts
        if text.inbound is not None and text.waits
    ]


def test_an_answer_that_is_sent_by_itself_counts(inbox: Messenger, clock: MovableClock) -> None:
    """A program with a screen of its own answers by send(); a reminder leaves the clock running."""
    receive(inbox, "Is the office open on Friday?")
    clock.advance(timedelta(minutes=5))
    assert isinstance(remind(inbox), Sent)
    assert asked(inbox) == ["Is the office open on Friday?"]
    answer = remind(inbox, "a1", **ANSWER)
    assert inbox.inbox.waiting() == ()
    receive(inbox, "And on Saturday?", "SM2")

    [thread] = inbox.inbox.waiting()
    texts = inbox.inbox.thread(thread.thread_id).texts
    assert asked(inbox) == ["And on Saturday?"]
    assert answer.message_id in {each.message.message_id for each in texts if each.message}
    # Asked for again it is the same text, and answers nothing that came since.
    assert remind(inbox, "a1", **ANSWER) == answer
    assert asked(inbox) == ["And on Saturday?"]


def test_a_canned_reply_counts(inbox: Messenger) -> None:
    """Somebody picked it: that is an answer."""
    receive(inbox, "Is the office open on Friday?")
    sent = inbox.send_template(
        "open",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana", "who": "Ben"},
        idempotency_key="c1",
        by="front-desk:ana",
    )

    assert isinstance(sent, Sent)
    assert inbox.inbox.waiting() == ()


def test_what_answers_somebody_else_does_not_count(inbox: Messenger) -> None:
    """Another person's at the number; and where nobody knows who wrote, somebody has to say so."""
    receive(inbox, "Is the office open on Friday?")
    inbox.receive(from_patient("Do you take new patients?", "SM2", sender=UNKNOWN))
    remind(inbox, "other", person="pat-999", **ANSWER)
    remind(inbox, "unmatched", to=UNKNOWN, person="pat-990", **ANSWER)

    assert {thread.person for thread in inbox.inbox.waiting()} == {PERSON, None}


def test_what_did_not_go_out_does_not_count(inbox: Messenger, clock: MovableClock) -> None:
    """The thread waits on, and somebody hears of it, as for a reply that failed."""
    receive(inbox, "Is the office open on Friday?")
    receive(inbox, "STOP", "SM2")
    clock.advance(timedelta(minutes=5))

    assert isinstance(remind(inbox, "a1", **ANSWER), Blocked)
    assert asked(inbox) == ["Is the office open on Friday?"]
    inbox.inbox.escalate()
    assert InboxEventKind.REPLY_FAILED in {event.kind for event in inbox.inbox.events()}


def test_without_threads_nothing_is_answered(make_messenger: Make) -> None:
    """A practice that keeps none sends as before."""
    plain = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))
    agree(plain)
    receive(plain, "Is the office open on Friday?")

    assert isinstance(remind(plain, "a1", **ANSWER), Sent)
