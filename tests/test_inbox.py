"""The inbox: threads, who is answered by when, and that nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Held,
    Keyring,
    Messenger,
    Outcome,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
)
from compliant_sms.audit import Act
from compliant_sms.classification import ContentLabel, read_content
from compliant_sms.conversations import (
    Arrival,
    BusinessHours,
    InboxEventKind,
    InboxPlan,
    OpenKind,
    Queue,
    RoutingRule,
    ThreadState,
    Wait,
    metrics_of,
)
from compliant_sms.driver import finish
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    UnknownThread,
)
from compliant_sms.flows import ReceivedText
from compliant_sms.flows._staff import _escalate
from compliant_sms.messenger import StoreKind
from compliant_sms.optout import Intent, reserved_word
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Delivery
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.reminders import Appointment, ReminderPlan, Status
from compliant_sms.retention import RecordClass
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.templates import closed_text, danger_text, received_text, request_text
from compliant_sms.testing import MovableClock
from compliant_sms.text import segment
from compliant_sms.worker import Worker
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON, SENDER
from test_receive import from_patient, status, text_of
from test_send import agree, outgoing, remind

Make = Callable[..., Messenger]
CHICAGO = ZoneInfo("America/Chicago")
SATURDAY = datetime(2026, 12, 5, 9, 0, tzinfo=CHICAGO)
DENTIST = Appointment(
    id="991",
    person=PERSON,
    numbers=PATIENT,
    start=datetime(2026, 12, 2, 14, 0),  # noqa: DTZ001 - what the clinic's clock shows
    time_zone="America/Chicago",
)
HOURS = BusinessHours(
    time_zone="America/Chicago", week={"mon-fri": "09:00-17:00"}, holidays_of="IL"
)
FRONT = Queue(name="front-desk", members=["ana", "ben"], hours=HOURS, goal=timedelta(hours=4))
BILLING = Queue(name="billing", members=["cleo"], hours=HOURS, goal=timedelta(hours=8))
PLAN = InboxPlan(
    point_person="dr-diaz",
    queues=[FRONT, BILLING],
    rules=[RoutingRule(queue="billing", intents=["billing"])],
)


@pytest.fixture
def inbox(make_messenger: Make) -> Messenger:
    """A messenger that keeps threads, and whose patient agreed to be texted."""
    made = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"), inbox=PLAN)
    made.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        recorded_by="front-desk:ana",
    )
    return made


def receive(messenger: Messenger, body: str, sid: str = "SM1") -> ReceivedText:
    """A patient's text comes in."""
    return text_of(messenger.receive(from_patient(body, sid)))


def test_a_wrong_number_lies_where_staff_sees_whose_it_was_taken_for(
    inbox: Messenger, clock: MovableClock
) -> None:
    """It waits in the patient's thread, and can be answered from there."""
    remind(inbox)
    clock.advance(timedelta(minutes=1))
    received = receive(inbox, "wrong number")
    (thread,) = inbox.inbox.waiting()
    clock.advance(timedelta(minutes=1))
    answer = inbox.inbox.reply(
        thread.thread_id, body="Sorry, we will look into it.", by="ana", idempotency_key="answer-1"
    )

    assert (thread.thread_id, thread.person) == (received.thread_id, PERSON)
    assert isinstance(answer, Sent)
    assert inbox.inbox.waiting() == ()


@pytest.mark.both_databases
def test_a_text_waits_until_it_is_answered(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """It opens a thread that is due, is told so, and waits no more once the answer left."""
    received = receive(inbox, "Can I bring my daughter's forms on Friday?")
    (thread,) = inbox.inbox.waiting()
    assert thread.thread_id == received.thread_id
    assert (thread.state, thread.person, thread.queue) == (
        ThreadState.WAITING,
        PERSON,
        "front-desk",
    )
    assert thread.due_at == clock() + timedelta(hours=4)
    (told,) = inbox.dispatch_due()
    assert isinstance(told, Sent)
    clock.advance(timedelta(hours=1))

    answer = inbox.inbox.reply(
        thread.thread_id, body="Yes, any time.", by="ana", idempotency_key="answer-1"
    )

    assert isinstance(answer, Sent)
    assert inbox.inbox.waiting() == ()
    view = inbox.inbox.thread(thread.thread_id)
    assert view.thread.state is ThreadState.ANSWERED
    said = [(t.inbound or t.message).body for t in view.texts if t.inbound or t.message]  # type: ignore[union-attr]
    assert said[0].startswith("Can I bring")
    assert said[1].startswith("Lakeside Family Medicine: we got your text. A person will answer")
    assert said[2] == "Yes, any time."
    assert inbox.open_items() == ()


def asks_ahead_of_a_test(inbox: Messenger, clock: MovableClock) -> str:
    """A patient asks, and the automatic reply waits; the id of the thread."""
    thread_id = receive(inbox, "Can I eat before the blood test?").thread_id
    assert thread_id is not None
    clock.advance(timedelta(seconds=5))
    return thread_id


def says_only_water(inbox: Messenger, thread_id: str) -> Outcome:
    """Somebody answers it."""
    return inbox.inbox.reply(thread_id, body="Only water.", by="ana", idempotency_key="a-1")


@pytest.mark.both_databases
def test_whoever_was_answered_is_not_told_that_somebody_will(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """A worker sends: the line waits, and a person's answer that is committed first voids it."""
    thread_id = asks_ahead_of_a_test(inbox, clock)
    answer = says_only_water(inbox, thread_id)
    assert isinstance(answer, Sent)
    clock.advance(timedelta(seconds=30))

    (line,) = inbox.dispatch_due()

    assert isinstance(line, Cancelled)
    assert line.reason == "Somebody had answered the thread before it left."
    assert inbox.cancel(line.message_id) == line  # as it is on record
    assert outgoing(carrier) == ["Only water."]
    assert inbox.open_items() == ()


def test_who_asks_anew_after_the_answer_is_told(inbox: Messenger, clock: MovableClock) -> None:
    """Something waits again, so the line is true."""
    thread_id = asks_ahead_of_a_test(inbox, clock)
    says_only_water(inbox, thread_id)
    clock.advance(timedelta(seconds=5))
    receive(inbox, "And can I take my pills?", "SM2")

    (line,) = inbox.dispatch_due()

    assert isinstance(line, Sent)


def test_a_thread_closed_without_an_answer_was_not_answered(
    inbox: Messenger, clock: MovableClock
) -> None:
    """The patient read nothing yet; a thread that was answered and closed is another matter."""
    thread_id = asks_ahead_of_a_test(inbox, clock)
    inbox.inbox.close(thread_id, by="ana", reason="called them")

    (line,) = inbox.dispatch_due()

    assert isinstance(line, Sent)


def test_an_answer_that_failed_answers_nothing(inbox: Messenger, clock: MovableClock) -> None:
    """Somebody still has to, as the line says."""
    thread_id = asks_ahead_of_a_test(inbox, clock)
    sent = says_only_water(inbox, thread_id)
    assert isinstance(sent, Sent)
    assert sent.provider_id is not None
    inbox.receive(status(sent.provider_id, "undelivered", code="30005"))

    (line,) = inbox.dispatch_due()

    assert not isinstance(line, Cancelled)


def test_the_line_of_a_thread_that_was_joined_goes(inbox: Messenger, clock: MovableClock) -> None:
    """What it was about lies in another thread by now, and nothing tells that it was answered."""
    other = "+12175550177"
    inbox.consent.grant(other, person="pat-7", basis="spoken", recorded_by="front-desk:ana")
    inbox.receive(from_patient("Are you open?", "SM1", sender=other))
    inbox.dispatch_due()
    inbox.consent.grant(other, person="pat-8", basis="spoken", recorded_by="front-desk:ana")
    clock.advance(timedelta(seconds=5))
    asked = text_of(inbox.receive(from_patient("And who is there?", "SM2", sender=other)))
    assert asked.thread_id is not None
    joined = inbox.inbox.identify(asked.thread_id, person="pat-7", by="ana")
    assert joined.thread_id != asked.thread_id

    (line,) = inbox.dispatch_due()

    assert not isinstance(line, Cancelled)


def test_an_answered_and_closed_thread_says_no_more(inbox: Messenger, clock: MovableClock) -> None:
    """Closing takes nothing from the answer."""
    thread_id = asks_ahead_of_a_test(inbox, clock)
    says_only_water(inbox, thread_id)
    inbox.inbox.close(thread_id, by="ana", reason="done")

    (line,) = inbox.dispatch_due()

    assert isinstance(line, Cancelled)


def test_whom_to_call_in_danger_goes_whoever_answers(inbox: Messenger, clock: MovableClock) -> None:
    """No answer of a person stands in its place."""
    thread_id = receive(inbox, "I have chest pain and cannot breathe").thread_id
    assert thread_id is not None
    clock.advance(timedelta(seconds=5))
    inbox.inbox.reply(thread_id, body="We call you.", by="ana", idempotency_key="a-1")

    (danger,) = inbox.dispatch_due()

    assert isinstance(danger, Sent)


@pytest.mark.both_databases
def test_after_hours_the_patient_is_told_when_we_open(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """In the patient's language, once a day, and the goal counts from the opening."""
    clock.move_to(SATURDAY)
    receive(inbox, "¿Puedo llevar los formularios el viernes?")
    receive(inbox, "¿Y a qué hora abren?", "SM2")
    inbox.dispatch_due()
    receive(inbox, "¿Hola?", "SM3")
    inbox.dispatch_due()

    (body,) = outgoing(carrier)
    assert body == (
        "Lakeside Family Medicine: recibimos su mensaje. Abrimos el lun 7 dic, 9:00 AM y "
        "respondemos en 4 horas dentro del horario. En una emergencia llame al 911."
    )
    (thread,) = inbox.inbox.waiting()
    assert thread.due_at == datetime(2026, 12, 7, 13, 0, tzinfo=CHICAGO)
    assert thread.language == "es"
    clock.move_to(SATURDAY + timedelta(days=2, hours=2))
    receive(inbox, "¿Hola?", "SM4")
    inbox.dispatch_due()
    assert len(outgoing(carrier)) == 2


AFTER_HOURS = {
    "Can my son bring the forms?": "closed until Sat Dec 5 at 9:00 AM and answer within 4 hours "
    "while we are open.",
    "¿Puedo llevar los formularios el viernes?": "Abrimos el sab 5 dic, 9:00 AM y respondemos en "
    "4 horas dentro del horario.",
    "Est-ce que mon fils peut apporter les papiers ?": "Nous ouvrons le sam 5 déc à 9 h "
    "et répondrons sous 4 heures d'ouverture.",
}


@pytest.mark.parametrize("asked", AFTER_HOURS)
def test_a_day_that_ends_before_the_goal_promises_no_more_than_it_keeps(
    asked: str, make_messenger: Callable[..., Messenger], clock: MovableClock, carrier: Sandbox
) -> None:
    """The goal counts while they are open, in the text as by the clock: till Monday."""
    hours = evolve(HOURS, week={"mon-fri": "08:00-17:00", "sat": "09:00-12:00"})
    queue = Queue(name="desk", hours=hours, goal=timedelta(hours=4))
    messenger = make_messenger(inbox=InboxPlan(point_person="dr-lee", queues=[queue]))
    clock.move_to(datetime(2026, 12, 4, 19, 0, tzinfo=CHICAGO))
    receive(messenger, asked)
    messenger.dispatch_due()

    (thread,) = messenger.inbox.waiting()
    assert thread.due_at == datetime(2026, 12, 7, 9, 0, tzinfo=CHICAGO)
    (body,) = outgoing(carrier)
    assert AFTER_HOURS[asked] in body


@pytest.mark.both_databases
def test_a_patient_is_told_once_a_day(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """However often they write, about what, in which language, and whoever answers meanwhile."""
    received = receive(inbox, "Can I bring my daughter's forms on Friday?")
    inbox.dispatch_due()
    for n, words in enumerate(["Where do I park?", "¿A qué hora abren mañana?"]):
        clock.advance(timedelta(hours=1))
        receive(inbox, words, f"SM-{n}")
        inbox.dispatch_due()
    assert received.thread_id is not None
    inbox.inbox.reply(received.thread_id, body="Yes.", by="ana", idempotency_key="a")
    clock.advance(timedelta(hours=1))
    receive(inbox, "And on Monday, what about parking?", "SM-3")
    inbox.dispatch_due()

    assert [body.startswith("Lakeside Family Medicine: we got") for body in outgoing(carrier)] == [
        True,
        False,
    ]
    clock.advance(timedelta(hours=21))
    receive(inbox, "Is there parking behind the house?", "SM-4")
    inbox.dispatch_due()
    assert len(outgoing(carrier)) == 3


@pytest.mark.both_databases
def test_danger_is_answered_at_once_and_loud(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """Whom to call, though they said stop and it is night; an event; the point person's at once."""
    receive(inbox, "STOP", "SM0")
    inbox.dispatch_due()
    clock.move_to(SATURDAY)
    received = receive(inbox, "I can't breathe")
    again = receive(inbox, "I can't breathe help", "SM2")
    inbox.dispatch_due()

    (_, told) = outgoing(carrier)
    assert told == (
        "If this is an emergency, call 911 now. If you may harm yourself, call or text 988. "
        "Do not wait for an answer by text. Lakeside Family Medicine, 217-555-0100"
    )
    events = inbox.inbox.events()
    assert [(e.kind, e.reference, e.to) for e in events] == [
        (InboxEventKind.EMERGENCY, received.inbound.inbound_id, "dr-diaz"),
        (InboxEventKind.EMERGENCY, again.inbound.inbound_id, "dr-diaz"),
    ]
    assert inbox.inbox.acknowledge(*events) == 2
    assert inbox.inbox.acknowledge(*events) == 0
    assert inbox.inbox.escalate() == 3
    assert [(e.kind, e.to) for e in inbox.inbox.events()] == [
        (InboxEventKind.DUE, "front-desk"),
        (InboxEventKind.OVERDUE, "front-desk"),
        (InboxEventKind.POINT_PERSON, "dr-diaz"),
    ]
    (thread,) = inbox.inbox.overdue()
    assert thread.assignee == "dr-diaz"
    assert inbox.inbox.escalate() == 0


def test_danger_behind_an_everyday_question(inbox: Messenger, clock: MovableClock) -> None:
    """It waits for nothing that came before it in the thread: at once it is late, and escalated."""
    first = receive(inbox, "Can I bring the forms on Friday?")
    clock.advance(timedelta(minutes=1))
    danger = receive(inbox, "I have chest pain and can't breathe", "SM2")

    (thread,) = inbox.inbox.overdue()
    assert (thread.waits_since, thread.due_at) == (
        first.inbound.received_at,
        danger.inbound.received_at,
    )
    assert inbox.inbox.escalate() == 3
    assert [(e.kind, e.reference, e.to) for e in inbox.inbox.events()] == [
        (InboxEventKind.EMERGENCY, danger.inbound.inbound_id, "dr-diaz"),
        (InboxEventKind.DUE, danger.inbound.inbound_id, "front-desk"),
        (InboxEventKind.OVERDUE, danger.inbound.inbound_id, "front-desk"),
        (InboxEventKind.POINT_PERSON, danger.inbound.inbound_id, "dr-diaz"),
    ]


@pytest.mark.both_databases
def test_danger_behind_a_question_that_is_late_already(
    inbox: Messenger, clock: MovableClock
) -> None:
    """It goes to the point person now, and not when the question would have."""
    first = receive(inbox, "Can I bring the forms on Friday?")
    clock.advance(timedelta(hours=4, minutes=30))
    assert inbox.inbox.escalate() == 2
    danger = receive(inbox, "I have chest pain and can't breathe", "SM2")

    assert inbox.inbox.escalate() == 3
    assert [(e.kind, e.reference, e.to) for e in inbox.inbox.events()] == [
        (InboxEventKind.DUE, first.inbound.inbound_id, "front-desk"),
        (InboxEventKind.OVERDUE, first.inbound.inbound_id, "front-desk"),
        (InboxEventKind.EMERGENCY, danger.inbound.inbound_id, "dr-diaz"),
        (InboxEventKind.DUE, danger.inbound.inbound_id, "front-desk"),
        (InboxEventKind.OVERDUE, danger.inbound.inbound_id, "front-desk"),
        (InboxEventKind.POINT_PERSON, danger.inbound.inbound_id, "dr-diaz"),
    ]
    assert inbox.inbox.escalate() == 0


def test_what_was_filed_late_is_due_first(
    make_messenger: Make, inbox: Messenger, clock: MovableClock
) -> None:
    """A text that a program without the plan took in counts from when it came."""
    other = make_messenger()
    came = text_of(other.receive(from_patient("Can I bring the forms on Friday?", "SM1"))).inbound
    clock.advance(timedelta(hours=1))
    receive(inbox, "And my son's forms?", "SM2")
    inbox.open_items()  # puts the other one into its thread

    (thread,) = inbox.inbox.waiting()
    assert (thread.waits_since, thread.due_at) == (
        came.received_at,
        came.received_at + FRONT.goal,
    )


def test_nothing_is_said_where_nobody_asked(inbox: Messenger, carrier: Sandbox) -> None:
    """Thanks, reactions, robots, STOP and HELP lie in the thread, and wait for nothing."""
    for n, body in enumerate(
        [
            "Thanks!",
            "Liked “See you Tuesday”",
            "I am driving and will see your text later. (I'm not receiving notifications.)",
            "HELP",
            "STOP",
        ]
    ):
        received = receive(inbox, body, f"SM{n}")
    inbox.dispatch_due()

    assert inbox.inbox.waiting() == ()
    assert len(outgoing(carrier)) == 2  # HELP and STOP are answered as ever
    assert received.thread_id is not None
    view = inbox.inbox.thread(received.thread_id)
    assert view.thread.state is ThreadState.ANSWERED
    assert len(view.texts) == 7
    assert "driving" not in repr(view)


@pytest.fixture
def diary(make_messenger: Make, clock: MovableClock) -> Messenger:
    """The same with visits, of which one was asked about."""
    made = make_messenger(
        people=lambda _: Profile(time_zone="America/Chicago"),
        inbox=PLAN,
        reminders=[ReminderPlan(offsets=["1 day before"])],
    )
    agree(made)
    made.reminders.save(DENTIST)
    clock.move_to(DENTIST.starts_at - timedelta(days=1))
    made.reminders.plan_due()
    (sent,) = made.dispatch_due()
    assert isinstance(sent, Sent)
    clock.advance(timedelta(minutes=1))
    return made


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "body", ["R", "I need to cancel my appointment", "No puedo ir, cancele mi cita"]
)
def test_a_wish_about_a_visit_is_promised_no_person(
    diary: Messenger, carrier: Sandbox, body: str
) -> None:
    """The practice's program may do it at once, and then nobody writes."""
    received = receive(diary, body)
    diary.dispatch_due()
    language = "es" if body.startswith("No") else "en"
    name = "Lakeside Family Medicine"

    assert received.inbound.needs_person
    assert outgoing(carrier)[-1] == request_text(name, emergency="911", language=language)
    diary.reminders.save(evolve(DENTIST, status=Status.CANCELLED))
    assert diary.inbox.waiting() == ()


@pytest.mark.parametrize("body", ["R, and is parking free?", "Can I bring the forms?"])
def test_whoever_says_more_is_promised_a_person(
    diary: Messenger, carrier: Sandbox, body: str
) -> None:
    """What no program can do waits for somebody, and the patient hears so."""
    receive(diary, body)
    diary.dispatch_due()

    assert "A person will answer within 4 hours" in outgoing(carrier)[-1]


def test_a_stranger_is_left_alone(inbox: Messenger, carrier: Sandbox) -> None:
    """Whoever says that the number is wrong waits for a person, and is sent nothing."""
    remind(inbox)
    receive(inbox, "Wrong number")

    assert inbox.dispatch_due() == ()
    assert len(inbox.inbox.waiting()) == 1


@pytest.mark.both_databases
def test_who_writes_when_we_are_closed_hears_so(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """Also on a day on which a question was answered: once while open, once while closed."""
    receive(inbox, "Can my son bring the forms?")
    inbox.dispatch_due()
    for n, hour in enumerate((18, 19)):
        clock.move_to(clock().astimezone(CHICAGO).replace(hour=hour))
        receive(inbox, "And my daughter?", f"SM{n + 2}")
        inbox.dispatch_due()

    assert ["closed until" in body for body in outgoing(carrier)] == [False, True]


def test_after_stop_nothing_automatic_goes(inbox: Messenger, carrier: Sandbox) -> None:
    """A question after STOP waits for a person; the text that it came in is refused."""
    receive(inbox, "STOP")
    inbox.dispatch_due()
    receive(inbox, "When is my next visit?", "SM2")
    (told,) = inbox.dispatch_due()

    assert isinstance(told, Blocked)
    assert len(outgoing(carrier)) == 1
    (item,) = inbox.open_items()
    assert (item.kind, item.queue) == (OpenKind.UNANSWERED, "front-desk")
    assert item.remedy == "Answer the patient, or close the conversation and say why."
    assert not any("()" in kind.remedy for kind in OpenKind)  # the front desk reads them


def test_the_practice_may_say_nothing(make_messenger: Make, carrier: Sandbox) -> None:
    """Neither the first reply nor the one about danger, where the plan says so."""
    quiet = evolve(PLAN, first_reply=False, emergency_reply=False)
    closed = [date(2026, 11, 1) + timedelta(days=n) for n in range(900)]
    never = Queue(name="never", hours=evolve(HOURS, closed_on=closed))
    for n, plan in enumerate([quiet, InboxPlan(point_person="p", queues=[never])]):
        messenger = make_messenger(inbox=plan)
        receive(messenger, "Can I bring the forms?", f"SMa{n}")
    receive(make_messenger(inbox=quiet), "I can't breathe", "SMb")
    make_messenger().dispatch_due()

    assert outgoing(carrier) == []


def test_routing(make_messenger: Make) -> None:
    """By what a text is about, where it was written to, and whether the queue is open."""
    night = Queue(name="night", hours=BusinessHours(time_zone="UTC", week={"sat": "00:00-24:00"}))
    plan = InboxPlan(
        point_person="dr-diaz",
        queues=[FRONT, BILLING, night],
        rules=[
            RoutingRule(queue="billing", intents=[Intent.BILLING], places=["Elm Street"]),
            RoutingRule(queue="night", while_open=True),
            RoutingRule(queue="billing", while_open=False, places=["Oak Street"]),
        ],
        numbers={SENDER: "Elm Street"},
    )
    at, saturday = datetime(2026, 11, 30, 16, 0, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC)

    def routed(at: datetime, intent: Intent = Intent.OTHER, place: str = "") -> str:
        return plan.queue_for(Arrival(at=at, intent=intent, place=place)).name

    assert routed(at) == "front-desk"
    assert routed(at, Intent.BILLING) == "front-desk"
    assert routed(at, Intent.BILLING, "Elm Street") == "billing"
    assert routed(saturday) == "night"
    assert routed(saturday - timedelta(days=1), place="Oak Street") == "billing"
    assert plan.place_of(PhoneNumber(SENDER)) == "Elm Street"
    assert plan.place_of(PhoneNumber(PATIENT)) == plan.place_of(None) == ""
    assert plan.queue("gone").name == "front-desk"
    messenger = make_messenger(inbox=plan)
    receive(messenger, "Why is my bill so high?")
    (thread,) = messenger.inbox.waiting(queue="billing")
    assert thread.place == "Elm Street"
    receive(messenger, "Can I bring the forms?", "SM2")  # it waits there already
    assert messenger.inbox.waiting(queue="front-desk") == ()
    messenger.inbox.close(thread.thread_id, by="cleo", reason="called")
    receive(messenger, "Can I bring the forms?", "SM3")
    (thread,) = messenger.inbox.threads(queue="front-desk", state="waiting")
    assert thread.closed_at is None


@pytest.mark.both_databases
def test_a_failed_answer_reopens(inbox: Messenger, clock: MovableClock, carrier: Sandbox) -> None:
    """The patient waits again, since the first text; one event; a second answer may count."""
    receive(inbox, "Can I bring the forms?")
    (thread,) = inbox.inbox.waiting()
    sent = inbox.inbox.reply(thread.thread_id, body="Yes.", by="ana", idempotency_key="a1")
    assert isinstance(sent, Sent)
    assert sent.provider_id is not None
    inbox.receive(status(sent.provider_id, "undelivered", code="30005"))

    (again,) = inbox.inbox.waiting()
    assert again.waits_since == thread.waits_since
    assert inbox.inbox.escalate(limit=1) == 1
    assert inbox.inbox.escalate() == 0
    failed = [e for e in inbox.inbox.events() if e.kind is InboxEventKind.REPLY_FAILED]
    assert [(e.reference, e.to) for e in failed] == [(sent.message_id, "front-desk")]
    assert {i.kind for i in inbox.open_items()} == {OpenKind.UNANSWERED}
    inbox.inbox.close(thread.thread_id, by="ana", reason="We called.")
    assert inbox.open_items() == ()
    (entry,) = [e for e in inbox.inbox.thread(thread.thread_id).entries if e.kind == "closed"]
    assert (entry.actor, entry.words) == ("ana", "We called.")


@pytest.mark.both_databases
def test_an_unknown_sender_is_answered_once_and_then_known(
    inbox: Messenger, carrier: Sandbox
) -> None:
    """Without consent one answer may go; joined, all is in the thread of the person."""
    other = "+12175550177"
    received = text_of(inbox.receive(from_patient("New patients?", "SM1", sender=other)))
    assert received.thread_id is not None
    (item,) = inbox.open_items()
    assert item.kind is OpenKind.UNMATCHED
    one = inbox.inbox.reply(received.thread_id, body="Yes!", by="ana", idempotency_key="a1")
    two = inbox.inbox.reply(received.thread_id, body="Do call.", by="ana", idempotency_key="a2")
    again = inbox.inbox.reply(received.thread_id, body="Yes!", by="ana", idempotency_key="a1")
    assert isinstance(one, Sent)
    assert isinstance(two, Blocked)
    assert again == one
    with pytest.raises(IdempotencyConflict):
        inbox.inbox.reply(received.thread_id, body="No!", by="ana", idempotency_key="a1")

    joined = inbox.inbox.identify(received.thread_id, person="pat-9", by="ana")
    assert joined.person == "pat-9"
    assert inbox.inbox.identify(received.thread_id, person="pat-9", by="ana") == joined
    assert inbox.inbox.reply(joined.thread_id, body="Yes!", by="ana", idempotency_key="a1") == one
    with pytest.raises(InvalidInput, match="another person's"):
        inbox.inbox.identify(joined.thread_id, person="pat-1", by="ana")
    text = text_of(inbox.receive(from_patient("Thank you, and hours?", "SM2", sender=other)))
    assert text.thread_id == joined.thread_id
    view = inbox.inbox.thread(joined.thread_id)
    assert [e.kind for e in view.entries] == ["replied", "replied", "joined"]
    assert [t.waits for t in view.texts if t.inbound] == [False, True]


def test_a_number_of_several_persons(inbox: Messenger, clock: MovableClock) -> None:
    """Nobody guesses who wrote, unless a text answers what one of them was asked."""
    agree(inbox, PATIENT, "pat-2")
    first = receive(inbox, "Can I bring the forms?")
    assert first.thread_id is not None
    assert inbox.inbox.thread(first.thread_id).thread.person is None
    clock.advance(timedelta(minutes=1))
    remind(inbox, person="pat-2")
    second = receive(inbox, "I need to reschedule", "SM2")
    assert second.thread_id is not None
    assert inbox.inbox.thread(second.thread_id).thread.person == "pat-2"
    joined = inbox.inbox.identify(first.thread_id, person="pat-2", by="ana")
    assert joined.thread_id == second.thread_id
    with pytest.raises(UnknownThread):
        inbox.inbox.thread(first.thread_id)


@pytest.mark.both_databases
def test_a_joined_thread_stays_with_whom_it_waits_for(
    inbox: Messenger, clock: MovableClock
) -> None:
    """What was done with brings no question to whoever did it; what waits keeps its own."""
    desk = inbox.inbox
    bill = receive(inbox, "Why was I charged $40 on my bill?")
    assert bill.thread_id is not None
    desk.assign(bill.thread_id, to="cleo", by="cleo")
    desk.close(bill.thread_id, by="cleo", reason="Explained.")
    agree(inbox, PATIENT, "pat-2")
    forms = receive(inbox, "Can my son bring the forms?", "SM2")
    assert forms.thread_id is not None
    desk.assign(forms.thread_id, to="ben", by="ana")

    joined = desk.identify(forms.thread_id, person=PERSON, by="ana")

    assert joined.thread_id == bill.thread_id
    assert (joined.queue, joined.assignee, joined.state) == ("front-desk", "ben", "waiting")
    assert [joined] == list(desk.waiting(queue="front-desk"))

    desk.hand_over(joined.thread_id, queue="billing", by="ana", reason="Money after all.")
    desk.assign(joined.thread_id, to="cleo", by="cleo")
    more = receive(inbox, "And can he park there?", "SM3")
    assert more.thread_id not in {None, joined.thread_id}
    both = desk.identify(more.thread_id or "", person=PERSON, by="ana")
    assert (both.queue, both.assignee) == ("billing", "cleo")
    backlog = {day.queue: day.backlog for day in desk.metrics(days=1).days}
    assert backlog == {"front-desk": 0, "billing": 2}

    desk.close(both.thread_id, by="cleo", reason="Explained.")
    last = receive(inbox, "Thank you! Can I pay there?", "SM4")
    desk.close(last.thread_id or "", by="ana", reason="Called.")
    done = desk.identify(last.thread_id or "", person=PERSON, by="ana")
    assert (done.queue, done.assignee, done.state) == ("billing", "cleo", "closed")


@pytest.mark.both_databases
def test_who_has_no_number(inbox: Messenger, clock: MovableClock) -> None:
    """It waits in a thread that nobody can answer or join, until somebody closes it."""
    for n in range(2):
        received = text_of(inbox.receive(from_patient("Call me?", f"SM{n}", sender="CLINIC")))
    thread_id = received.thread_id
    assert thread_id is not None
    assert len(inbox.inbox.thread(thread_id).texts) == 2
    for refused in (
        lambda: inbox.inbox.reply(thread_id, body="Who?", by="ana", idempotency_key="a1"),
        lambda: inbox.inbox.identify(thread_id, person="pat-9", by="ana"),
    ):
        with pytest.raises(InvalidInput, match="no phone number"):
            refused()
    assert len(inbox.open_items()) == 2
    clock.advance(timedelta(days=7))
    assert inbox.inbox.escalate(limit=1) == 1
    assert inbox.inbox.escalate() == 2
    inbox.inbox.close(thread_id, by="ana", reason="Nobody we know.")
    assert inbox.open_items() == ()


def test_staff_at_work(inbox: Messenger) -> None:
    """Each act is on record once; what makes no sense is refused."""
    received = receive(inbox, "Can I bring the forms?")
    desk, thread_id = inbox.inbox, received.thread_id
    assert thread_id is not None
    desk.note(thread_id, words="She means the intake form.", by="ana")
    for _ in range(2):
        desk.assign(thread_id, to="ben", by="ana", reason="He knows her.")
        assert desk.hand_over(thread_id, queue="billing", by="ben", reason="Money.").assignee == ""
        desk.assign(thread_id, to="dr-diaz", by="cleo")
        desk.hand_over(thread_id, queue="front-desk", by="cleo", reason="No money.")
    for _ in range(2):
        assert desk.close(thread_id, by="ana", reason="Called.").state is ThreadState.CLOSED
    for _ in range(2):
        assert desk.reopen(thread_id, by="ana", reason="More.").state is ThreadState.WAITING
    assert desk.hand_over(thread_id, queue="front-desk", by="a", reason="b").queue == "front-desk"
    desk.assign(thread_id, to="ben", by="ana")
    desk.assign(thread_id, to="ben", by="ana")

    kinds = [e.kind for e in desk.thread(thread_id).entries]
    turn = ["assigned", "handed_over", "assigned", "handed_over"]
    assert kinds == ["note", *turn, *turn, "closed", "reopened", "assigned"]
    for refused in (
        lambda: desk.assign(thread_id, to="cleo", by="ana"),
        lambda: desk.hand_over(thread_id, queue="night", by="ana", reason="x"),
        lambda: desk.close(thread_id, by="", reason="x"),
        lambda: desk.close(thread_id, by="ana", reason=" "),
        lambda: desk.note(thread_id, words="", by="ana"),
        lambda: desk.threads(queue="night"),
        lambda: desk.threads(state="lost"),
        lambda: desk.metrics(days=0),
        lambda: desk.dismiss(*inbox.open_items(), by="ana", reason="x"),
        lambda: desk.dismiss("it", by="ana", reason="x"),  # type: ignore[arg-type]
        lambda: desk.acknowledge("it"),  # type: ignore[arg-type]
        lambda: desk.reply(thread_id, body="Hi", by="", idempotency_key="k"),
        lambda: desk.reply(
            thread_id, body="Hi", by="a", idempotency_key="k", purpose=Purpose.HELP_REPLY
        ),
    ):
        with pytest.raises(InvalidInput):
            refused()
    with pytest.raises(UnknownThread, match="joined to another"):
        desk.note("nothing", words="x", by="ana")


def test_a_reply_takes_the_code_of_its_purpose(inbox: Messenger) -> None:
    """As a text does that answers nothing."""
    received = receive(inbox, "What do I owe you?")
    assert received.thread_id is not None
    reply = partial(inbox.inbox.reply, received.thread_id, by="ana", idempotency_key="k")

    with pytest.raises(InvalidInput, match="'billing' is close to it"):
        reply(body="Lakeside Family Medicine: nothing.", purpose="biling")
    with pytest.raises(InvalidInput, match="Pass the words that the patient reads"):
        reply(body=" ")
    outcome = reply(body="Lakeside Family Medicine: hi.", purpose="care_conversation")
    assert isinstance(outcome, Sent)


def test_whoever_is_in_no_such_queue_is_told_who_is(inbox: Messenger) -> None:
    """The error names the queue, its members and the point person, and says what else to do."""
    received = receive(inbox, "Can I bring the forms?")
    assert received.thread_id is not None

    with pytest.raises(InvalidInput) as caught:
        inbox.inbox.assign(received.thread_id, to="zoe", by="ana")

    words = str(caught.value)
    assert "no member of 'front-desk', the thread's queue" in words
    assert "Pass one of: ana, ben, dr-diaz; or hand the thread over to another queue" in words
    assert "zoe" not in words


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "case",
    [
        ("C", {}, {}, True),
        ("C", None, {}, False),  # the host reads what was answered
        ("C", {"status": "confirmed"}, {}, False),
        ("C", {"person": "pat-other"}, {}, False),
        ("C", {"days": -1}, {}, False),
        ("C", {}, {"asks": "confirm"}, False),
        ("Thanks!", {}, {}, False),
        ("Thanks!", {}, {"purpose": Purpose.HOME_HEALTHCARE_INSTRUCTIONS}, False),
    ],
)
def test_a_yes_to_a_text_beside_the_plan_is_seen(
    make_messenger: Make,
    clock: MovableClock,
    case: tuple[str, dict[str, Any] | None, dict[str, Any], bool],
) -> None:
    """Whoever keeps visits reads the answers about those, and this one is about none of them."""
    body, visit, sent, seen = case
    inbox = make_messenger(
        people=lambda _: Profile(time_zone="America/Chicago"),
        inbox=PLAN,
        reminders=[ReminderPlan(offsets=["1 hour before"])],
    )
    agree(inbox)
    if visit is not None:
        start = (clock() + timedelta(days=visit.get("days", 2))).astimezone(CHICAGO)
        kept = Appointment(
            id="991",
            person=visit.get("person", PERSON),
            numbers=PATIENT,
            start=start.replace(tzinfo=None),
            time_zone="America/Chicago",
            status=visit.get("status", "booked"),
        )
        inbox.reminders.save(kept)
    remind(inbox, **({"purpose": Purpose.APPOINTMENT_CONFIRMATION} | sent))
    clock.advance(timedelta(minutes=1))

    received = receive(inbox, body)

    assert inbox.reminders.answers() == ()
    assert received.inbound.needs_person is seen
    assert [each.thread_id for each in inbox.inbox.waiting()] == [received.thread_id] * seen


@pytest.mark.parametrize(
    "words", ["sounds good", "yes perfect", "Great, thank you!", "Liked \u201cMonday at 9?\u201d"]
)
@pytest.mark.parametrize(
    "offer",
    [
        "Can you come on Monday at 9?",
        "Yes, bring https://lakeside.example/forms?id=7",
        "Yes, bring the forms. Questions? Call 217-555-0100.",
    ],
)
def test_what_may_accept_an_offer(
    inbox: Messenger, carrier: Sandbox, clock: MovableClock, words: str, offer: str
) -> None:
    """Politeness behind a question that somebody wrote by hand waits; behind an answer it does not.

    Nothing is said to a reaction.
    """
    receive(inbox, "I need another day for my visit")
    inbox.dispatch_due()
    (thread,) = inbox.inbox.waiting()
    inbox.inbox.reply(thread.thread_id, body=offer, by="ana", idempotency_key="offer")
    clock.advance(timedelta(days=1))
    receive(inbox, words, "SM2")
    inbox.dispatch_due()
    asks = offer.startswith("Can you")

    assert [each.thread_id for each in inbox.inbox.waiting()] == [thread.thread_id] * asks
    told = [each for each in outgoing(carrier) if "we got your text" in each]
    assert len(told) == 1 + (asks and "Liked" not in words)


@pytest.mark.both_databases
def test_somebody_who_left_the_practice(
    inbox: Messenger, make_messenger: Make, clock: MovableClock
) -> None:
    """What was assigned to them is nobody's, and the queue hears of it: they would never look."""
    receive(inbox, "Can I bring the forms on Friday?")
    (thread,) = inbox.inbox.waiting()
    inbox.inbox.assign(thread.thread_id, to="ben", by="ana")
    later = make_messenger(inbox=evolve(PLAN, queues=[evolve(FRONT, members=["ana"]), BILLING]))
    desk = later.inbox

    assert [each.assignee for each in desk.waiting()] == [""]
    assert desk.thread(thread.thread_id).thread.assignee == ""
    assert [(item.queue, item.assignee) for item in later.open_items()] == [("front-desk", "")]
    clock.advance(timedelta(days=4))
    desk.escalate()
    assert [event.to for event in desk.events()] == ["front-desk", "front-desk", "dr-diaz"]
    assert [each.assignee for each in desk.waiting()] == ["dr-diaz"]


@pytest.mark.both_databases
def test_a_queue_that_was_taken_out_of_the_plan(
    inbox: Messenger, make_messenger: Make, clock: MovableClock
) -> None:
    """What lies in it is the first queue's, in every list, event and count."""
    received = receive(inbox, "Why was I charged $40 on my bill?")
    (thread,) = inbox.inbox.waiting(queue="billing")
    assert inbox.inbox.waiting(queue="front-desk") == ()
    night = evolve(BILLING, name="night")
    later = make_messenger(inbox=evolve(PLAN, queues=[FRONT, night], rules=[]))
    desk = later.inbox

    (seen,) = desk.waiting(queue="front-desk")
    assert desk.waiting() == desk.threads(queue="front-desk") == (seen,)
    assert desk.waiting(queue="night") == ()
    found = desk.thread(thread.thread_id)
    assert seen == found.thread == evolve(thread, queue="front-desk")
    assert {seen, found.thread} == {found.thread}
    assert seen != found
    assert type(seen.alone) is type(found.thread)
    assert [text.body for text in found.waiting] == ["Why was I charged $40 on my bill?"]
    assert [item.queue for item in later.open_items()] == ["front-desk"]
    assert [(day.queue, day.backlog) for day in desk.metrics(days=1).days[-2:]] == [
        ("front-desk", 1),
        ("night", 0),
    ]
    assert desk.hand_over(seen.thread_id, queue="front-desk", by="ana", reason="Ours.") == seen
    clock.advance(timedelta(days=4))
    desk.escalate()
    assert {event.queue for event in desk.events()} == {"front-desk"}
    assert [event.to for event in desk.events()] == ["front-desk", "front-desk", "dr-diaz"]
    # It was not moved: whoever still has the queue, or has it again, finds all there.
    assert inbox.inbox.thread(seen.thread_id).thread.queue == "billing"
    handed = desk.hand_over(seen.thread_id, queue="night", by="ana", reason="Money.")
    assert [handed] == list(desk.waiting(queue="night"))
    assert (handed.queue, desk.waiting(queue="front-desk")) == ("night", ())
    assert received.thread_id == handed.thread_id


def test_without_a_plan_nobody_pretends(messenger: Messenger, make_messenger: Make) -> None:
    """No thread is kept, and whoever asks is told how; later the texts are found."""
    assert receive(messenger, "Can I bring the forms?").thread_id is None
    assert messenger.open_items() == ()
    for refused in (messenger.inbox.waiting, messenger.inbox.escalate):
        with pytest.raises(ConfigurationError, match="inbox=InboxPlan"):
            refused()
    with pytest.raises(InvalidInput, match="InboxPlan"):
        make_messenger(inbox="plan")
    later = make_messenger(inbox=PLAN)
    (item,) = later.open_items()
    assert item.kind is OpenKind.UNMATCHED


def test_what_came_long_before_the_plan_does_not_wait(
    messenger: Messenger, make_messenger: Make, clock: MovableClock
) -> None:
    """It lies in its thread. What asked about danger is raised as ever, if it is of late."""
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    remind(messenger)
    receive(messenger, "I need to reschedule")
    clock.advance(timedelta(days=31))
    receive(messenger, "I can't breathe", "SM2")
    later = make_messenger(inbox=PLAN)
    (item,) = later.open_items()
    (event,) = later.inbox.events()

    assert event.kind is InboxEventKind.EMERGENCY
    assert item.reference == event.reference
    (thread,) = later.inbox.threads()
    assert thread.person == PERSON
    assert len(later.inbox.thread(thread.thread_id).texts) == 4  # whom to call is said at once


def test_what_could_not_be_delivered_is_dismissed(inbox: Messenger, clock: MovableClock) -> None:
    """Somebody saw to it, on record; it is listed no more."""
    clock.advance(timedelta(minutes=1))
    sent = remind(inbox)
    inbox.receive(status(sent.provider_id, "undelivered", code="30003"))
    (item,) = inbox.open_items()
    assert (item.kind, item.reference) == (OpenKind.UNDELIVERABLE, sent.message_id)
    assert inbox.inbox.dismiss(item, by="ana", reason="We called.") == 1
    assert inbox.inbox.dismiss(item, by="ana", reason="We called.") == 0
    assert inbox.open_items() == ()
    (event,) = [e for e in inbox.audit() if e.act is Act.ITEM_DISMISSED]
    assert (event.actor, event.reason, event.subject) == ("ana", "We called.", sent.message_id)


@pytest.mark.both_databases
def test_what_is_tried_for_days_is_listed(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A provider that refuses us at each hour keeps nothing from the list."""
    messenger = make_messenger(inbox=PLAN)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    carrier.fail_next("status", status=401, body={"code": 20003}, times=99)
    queued = remind(messenger)
    assert isinstance(queued, Queued)
    while clock() < MORNING + timedelta(hours=24):
        assert messenger.open_items() == ()
        clock.advance(timedelta(minutes=59))
        messenger.dispatch_due()
    clock.advance(timedelta(hours=1))

    (item,) = messenger.open_items()
    assert (item.kind, item.reference) == (OpenKind.HELD_TOO_LONG, queued.message_id)
    assert item.since == MORNING + timedelta(minutes=1)


@pytest.mark.both_databases
def test_what_was_asked_for_ahead_has_not_waited(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A reminder that quiet hours hold for an hour is not late, whenever it was planned."""
    messenger = make_messenger(
        inbox=PLAN,
        reminders=[ReminderPlan(offsets=["2 hours before"])],
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    agree(messenger)
    nine = datetime(2026, 12, 4, 9, 0)  # noqa: DTZ001 - what the clinic's clock shows
    messenger.reminders.save(
        Appointment(
            id="991", person=PERSON, numbers=PATIENT, start=nine, time_zone="America/Chicago"
        )
    )
    assert messenger.reminders.plan_due(until=clock() + timedelta(days=4)) == 1
    clock.move_to(nine.replace(hour=7, minute=15, tzinfo=CHICAGO))
    (held,) = messenger.dispatch_due()

    assert isinstance(held, Held)
    assert messenger.open_items() == ()


@pytest.mark.both_databases
def test_what_waits_too_long_is_listed(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A text that nothing lets go is no secret: after a day, or whatever the practice says."""
    patient = evolve(PLAN, held_too_long=timedelta(hours=2))
    messenger = make_messenger(inbox=PLAN)
    agree(messenger)
    messenger.pause(by="ana", reason="the portal is down")
    held = remind(messenger)
    assert isinstance(held, Held)
    clock.advance(timedelta(hours=2))

    assert messenger.open_items() == ()
    (item,) = make_messenger(inbox=patient).open_items()
    assert (item.kind, item.reference) == (OpenKind.HELD_TOO_LONG, held.message_id)
    assert item.since == MORNING
    clock.advance(timedelta(hours=22))
    assert messenger.open_items() == (item,)
    messenger.resume(by="ana", reason="it is up")
    messenger.dispatch_due()
    assert messenger.open_items() == ()
    assert len(outgoing(carrier)) == 1


@pytest.mark.both_databases
def test_it_escalates_to_the_point_person(inbox: Messenger, clock: MovableClock) -> None:
    """Due after half of the goal, overdue after it, the point person's after twice: once each."""
    receive(inbox, "Can I bring the forms?")
    told: list[str] = []
    for _ in range(17):
        clock.advance(timedelta(minutes=30))
        before = len(inbox.inbox.events())
        assert inbox.inbox.escalate() == len(inbox.inbox.events()) - before
        told.append(",".join(e.kind for e in inbox.inbox.events()[before:]))
    # From ten o'clock on; the day ends at five.
    assert [(n / 2 + 0.5, each) for n, each in enumerate(told) if each] == [
        (2.0, "due"),
        (4.0, "overdue"),
    ]
    clock.advance(timedelta(hours=16))
    assert inbox.inbox.escalate() == 1
    (thread,) = inbox.inbox.overdue()
    assert thread.assignee == "dr-diaz"
    assert inbox.inbox.thread(thread.thread_id).entries[-1].kind == "escalated"
    work = Worker(inbox).drain()
    assert (work.escalated, work.errors) == (0, {})


@pytest.mark.both_databases
def test_erasure_reaches_threads(make_messenger: Make) -> None:
    """Notes and whose thread it was are gone, and nothing of it waits or is listed."""
    messenger = make_messenger(inbox=PLAN, keyring=Keyring.generate())
    agree(messenger)
    received = receive(messenger, "Can I bring the forms?")
    assert received.thread_id is not None
    messenger.inbox.note(received.thread_id, words="okapi", by="ana")
    messenger.dispatch_due()
    messenger.erase(PERSON, reason="asked", by="ana")

    assert messenger.open_items() == ()
    assert messenger.inbox.threads() == ()
    messenger.inbox.escalate()
    again = receive(messenger, "Who is this?", "SM2")
    assert again.thread_id not in {None, received.thread_id}


def test_old_notes_are_purged(inbox: Messenger, clock: MovableClock) -> None:
    """After six years; the thread stays."""
    received = receive(inbox, "Can I bring the forms?")
    assert received.thread_id is not None
    inbox.inbox.note(received.thread_id, words="okapi", by="ana")
    inbox.inbox.close(received.thread_id, by="ana", reason="Called.")
    clock.advance(timedelta(days=366 * 6))
    report = inbox.purge(by="ana")
    tally = next(t for t in report.tallies if t.record is RecordClass.CONVERSATION)
    assert tally.dropped == 2
    assert inbox.inbox.thread(received.thread_id).entries == ()


def at_ten(day: int) -> datetime:
    """Ten in the morning of a day at the practice; day 0 is a Monday."""
    return datetime(2026, 11, 30, 16, 0, tzinfo=UTC) + timedelta(days=day)


def wait(day: int, number: int, took: float | None, queue: str = "front-desk") -> Wait:
    """A text of such a morning, and how many hours later it was answered."""
    at = at_ten(day)
    return Wait(
        wait_id=f"{day}/{number}",
        thread_id="t",
        queue=queue,
        inbound_id=f"in-{number}",
        at=at,
        asks=number >= 0,
        steps=(at, at, at),
        answered_at=None if took is None else at + timedelta(hours=took),
    )


def test_the_first_day_of_the_figures_is_a_whole_one(
    inbox: Messenger, make_messenger: Make, clock: MovableClock
) -> None:
    """Whenever they are looked at, and whichever zone a queue is in."""
    received = receive(inbox, "Can I bring the forms?")
    assert received.thread_id is not None
    inbox.inbox.close(received.thread_id, by="ana", reason="Called.")
    hours = evolve(HOURS, time_zone="Pacific/Honolulu")
    far = make_messenger(inbox=evolve(PLAN, queues=[evolve(FRONT, hours=hours), BILLING]))
    came = clock()
    for hour in (5, 23, 29, 30, 37):
        clock.move_to(came + timedelta(hours=hour))
        for messenger, name in ((inbox, "America/Chicago"), (far, "Pacific/Honolulu")):
            for days in (1, 2, 7):
                told = messenger.inbox.metrics(days=days).days
                desk = [day for day in told if day.queue == "front-desk"]
                listed = came.astimezone(ZoneInfo(name)).date() in {day.day for day in desk}
                assert sum(day.received for day in desk) == listed, (hour, name, days)


def test_whoever_reopens_a_thread_has_not_written(
    inbox: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """It waits as a text does, and is none that came in or was answered late."""
    received = receive(inbox, "Can I bring the forms?")
    assert received.thread_id is not None
    clock.advance(timedelta(minutes=10))
    inbox.inbox.reply(received.thread_id, body="Yes!", by="ana", idempotency_key="a1")
    inbox.inbox.reopen(received.thread_id, by="ana", reason="The card too.")
    (*_, desk, _) = inbox.inbox.metrics(days=1).days
    assert (desk.received, desk.answered, desk.backlog) == (1, 1, 1)
    clock.advance(timedelta(hours=3))
    inbox.inbox.reply(received.thread_id, body="And the card.", by="ana", idempotency_key="a2")

    (*_, desk, _) = inbox.inbox.metrics(days=1).days
    assert (desk.received, desk.answered, desk.backlog) == (1, 1, 0)
    assert desk.median == desk.ninetieth == timedelta(minutes=10)


def test_figures_in_business_time() -> None:
    """Median and slowest tenth by day and queue, the pile, its trend, and the alarm."""
    morning = at_ten(0)
    waits = [wait(0, n, n) for n in range(1, 5)]
    waits += [wait(d, n, None) for d in range(1, 4) for n in range(2)]
    waits += [wait(0, 9, 24, "billing"), wait(0, -1, 5)]
    told = metrics_of(PLAN, waits, since=morning, at=morning + timedelta(days=3, hours=1))

    first = next(d for d in told.days if d.queue == "front-desk")
    hours = [timedelta(hours=n) for n in (2, 4)]
    assert (first.received, first.answered, first.median, first.ninetieth) == (4, 4, *hours)
    paid = next(d for d in told.days if d.queue == "billing")
    assert (paid.median, paid.backlog) == (timedelta(hours=8), 1)  # by the clock it took a day
    assert [d.backlog for d in told.days if d.queue == "front-desk"] == [0, 2, 4, 6]
    assert (told.backlog, told.trend) == (6, 5)
    assert (told.alarm, told.alarms) == (True, ("front-desk",))
    slow = [wait(d, 0, 1 + 1.5 * d) for d in range(4)]
    at = morning + timedelta(days=3, hours=7)
    assert metrics_of(PLAN, slow, since=morning, at=at).alarms == ("front-desk",)
    assert metrics_of(PLAN, slow[:3], since=morning, at=at).alarms == ()
    steady = [wait(d, 0, 2) for d in range(4)]
    assert not metrics_of(PLAN, steady, since=morning, at=at).alarm


def alarms(waits: list[Wait], *, at: datetime) -> tuple[str, ...]:
    """Queues that climb, as told at an instant."""
    return metrics_of(PLAN, waits, since=at_ten(0), at=at).alarms


def test_a_weekend_ends_no_climb() -> None:
    """A pile that grows on Wednesday to Friday, and on Monday, has grown day after day."""
    waits = [wait(day, n, None) for day in (2, 3, 4, 7) for n in range(2)]
    evening = timedelta(hours=8)

    assert alarms(waits, at=at_ten(4) + evening) == ()
    assert alarms(waits, at=at_ten(7) + evening) == ("front-desk",)
    # What comes on Saturday is Monday's; by itself it is no day on which it climbs.
    weekend = [wait(day, n, None) for day in (3, 4, 5, 6) for n in range(2)]
    assert alarms(weekend, at=at_ten(6) + evening) == ()
    # Nor does anything climb in a time in which nobody was there at all.
    assert metrics_of(PLAN, weekend, since=at_ten(5), at=at_ten(6)).alarms == ()


def test_a_morning_ends_no_alarm() -> None:
    """Until the day is over it need be no worse than the day before, and may not be better."""
    waits = [wait(day, n, None) for day in range(4) for n in range(2)]
    early, late = at_ten(4) - timedelta(hours=1), at_ten(4) + timedelta(hours=8)
    answered = [evolve(each, answered_at=at_ten(4)) for each in waits]

    assert alarms(waits, at=early) == ("front-desk",)
    assert alarms(waits, at=late) == ()
    assert alarms(answered, at=at_ten(4) + timedelta(hours=1)) == ()


def test_nothing_climbs_before_anybody_is_there() -> None:
    """The weekend's pile is no third rise on Monday before hours begin; it ends no alarm either."""
    waits = [wait(day, n, None) for day in (2, 3, 4) for n in range(2)]
    waits += [wait(day, n, None) for day in (5, 6) for n in range(3)]
    night = at_ten(7) - timedelta(hours=9, minutes=30)
    opened = at_ten(7) - timedelta(minutes=30)

    assert alarms(waits, at=night) == ()
    assert alarms(waits, at=opened) == ("front-desk",)
    assert alarms([wait(1, 0, None), *waits], at=night) == ("front-desk",)


def test_slower_is_an_alarm_where_the_goal_is_missed() -> None:
    """Answers that take longer each day matter once they take too long; one day's lull does not."""
    slower = [wait(day, 0, 1 + 1.5 * day) for day in range(4)]
    in_time = [wait(day, 0, 1 + day / 2) for day in range(4)]
    evening = at_ten(3) + timedelta(hours=8)

    assert alarms(slower, at=evening) == ("front-desk",)
    assert alarms(in_time, at=evening) == ()
    assert alarms(slower, at=at_ten(4)) == ("front-desk",)
    assert alarms([*slower, wait(4, 0, None)], at=at_ten(4)) == ("front-desk",)
    assert alarms([*slower, wait(4, 0, 0.5)], at=at_ten(4) + timedelta(hours=1)) == ()
    assert alarms([wait(0, 0, None)], at=at_ten(0)) == ()


def test_plans_that_cannot_be_used_are_refused() -> None:
    """Nobody responsible, queues without names, rules into nowhere, goals before warnings."""
    half, hour = timedelta(minutes=30), timedelta(hours=1)
    for refused in (
        lambda: InboxPlan(point_person=" ", queues=[FRONT]),
        lambda: InboxPlan(point_person="p", queues=[]),
        lambda: InboxPlan(point_person="p", queues=[FRONT, FRONT]),
        lambda: InboxPlan(point_person="p", queues="front"),  # type: ignore[arg-type]
        lambda: InboxPlan(point_person="p", queues=[FRONT], rules=[RoutingRule(queue="x")]),
        lambda: InboxPlan(point_person="p", queues=[FRONT], numbers=["+12175550111"]),  # type: ignore[arg-type]
        lambda: RoutingRule(queue="x", intents=["money"]),
        lambda: RoutingRule(queue="x", places="Elm Street"),
        lambda: Queue(name="x", hours="9-5"),  # type: ignore[arg-type]
        lambda: Queue(name="x", hours=HOURS, goal=timedelta(0)),
        lambda: Queue(name="x", hours=HOURS, goal=4),  # type: ignore[arg-type]
        lambda: Queue(name="x", hours=HOURS, goal=half, warn_after=hour),
        lambda: Queue(name="x", hours=HOURS, goal=hour, point_person_after=half),
    ):
        with pytest.raises(InvalidInput):
            refused()


def test_words_of_the_library_cost_no_more_than_they_must() -> None:
    """In each language one alphabet, at most two parts, and the goal in plain words."""
    for language in ("en", "es", "fr", "de"):
        for minutes in (30, 60, 90, 240):
            goal = timedelta(minutes=minutes)
            bodies = [
                received_text("Lakeside", goal, emergency="911", language=language),
                closed_text("Lakeside", goal, SATURDAY, emergency="911", language=language),
                request_text("Lakeside", emergency="911", language=language),
                danger_text(
                    "Lakeside", "217-555-0100", emergency="911", crisis="988", language=language
                ),
                danger_text(
                    "Lakeside", "217-555-0100", emergency="112", crisis="", language=language
                ),
            ]
            for body in bodies:
                assert segment(body).encoding == "GSM-7"
                assert segment(body).segments <= 2
                assert reserved_word(body) is None
                assert read_content(body).label is ContentLabel.TRANSACTIONAL
    for seconds, told in (
        (30, "1 minute"),
        (90, "2 minutes"),
        (3570, "1 hour"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
    ):
        goal = timedelta(seconds=seconds)
        body = received_text("L", goal, emergency="911", language="en")
        assert f"within {told} while" in body


def test_the_same_for_an_event_loop(
    practice: Practice, provider: Twilio, make_store: Callable[[], StoreKind], clock: MovableClock
) -> None:
    """Each method of the desk, awaited."""

    async def story() -> None:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=make_store(), clock=clock, inbox=PLAN
        ) as messenger:
            desk = messenger.inbox
            received = text_of(await messenger.receive(from_patient("Open on Friday?", "SM1")))
            thread_id = received.thread_id
            assert thread_id is not None
            assert len(await desk.waiting()) == len(await desk.threads()) == 1
            assert await desk.overdue() == ()
            await desk.note(thread_id, words="x", by="ana")
            await desk.assign(thread_id, to="ben", by="ana")
            await desk.hand_over(thread_id, queue="billing", by="ana", reason="x")
            await desk.identify(thread_id, person="pat-9", by="ana")
            sent = await desk.reply(thread_id, body="Yes.", by="ana", idempotency_key="a")
            assert isinstance(sent, Sent)
            await desk.close(thread_id, by="ana", reason="x")
            await desk.reopen(thread_id, by="ana", reason="x")
            await messenger.dispatch_due()
            clock.advance(timedelta(days=7))
            assert await desk.escalate() == 3
            assert await desk.acknowledge(*await desk.events()) == 3
            assert len(await messenger.open_items()) == 1
            assert await desk.dismiss(by="ana", reason="x") == 0
            assert (await desk.metrics(days=30)).backlog == 1
            assert len((await desk.thread(thread_id)).texts) == 3

    asyncio.run(story())


def test_what_waits_for_room_is_queued(make_messenger: Make) -> None:
    """An answer that the sender's rate holds up is kept, and waits no longer for its patient."""
    messenger = make_messenger(
        inbox=PLAN,
        people=lambda _: Profile(time_zone="America/Chicago"),
        delivery=Delivery(rate=Rate(per_second=1 / 60)),
    )
    agree(messenger)
    received = receive(messenger, "Can I bring the forms?")
    assert received.thread_id is not None
    first, second = (
        messenger.inbox.reply(
            received.thread_id, body=f"Yes {n}.", by="ana", idempotency_key=f"a{n}"
        )
        for n in range(2)
    )
    assert isinstance(first, Sent)
    assert isinstance(second, Queued)


def test_two_at_a_time(
    inbox: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes second finds what the first one did, and does nothing twice."""
    receive(inbox, "Can I bring the forms?")
    clock.advance(timedelta(days=3))
    ports, at = inbox._ports, clock()
    (stale,) = finish(ports.store.run(lambda tx: tx.waits_to_raise("lakeside", at, 9)))  # type: ignore[arg-type]
    assert inbox.inbox.escalate() == 3
    assert not finish(_escalate._raise(ports, PLAN, stale, at))

    of, calls = SqlTransaction.thread_of, count()
    receive_from_nobody = from_patient("Call me?", "SM1a", sender="CLINIC")
    inbox.receive(receive_from_nobody)

    async def too_late(tx: SqlTransaction, *who: Any) -> Any:
        return None if next(calls) == 0 else await of(tx, *who)

    monkeypatch.setattr(SqlTransaction, "thread_of", too_late)
    inbox.receive(from_patient("Call me!?", "SM2a", sender="CLINIC"))
    assert len(inbox.inbox.threads()) == 2


def test_a_pile_without_threads_is_taken_up(
    messenger: Messenger, make_messenger: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much came in through a program that keeps none."""
    monkeypatch.setattr(_escalate, "_PAGE", 2)
    for n in range(4):
        sender = "CLINIC" if n % 2 else PATIENT
        messenger.receive(from_patient(f"Open at {n}?", f"SM{n}", sender=sender))
    later = make_messenger(inbox=PLAN)
    assert later.inbox.escalate() == 0
    assert len(later.open_items()) == 4
