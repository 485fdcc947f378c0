"""Reminders: one text each, none of a visit that stands no more, and answers that find theirs."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Held,
    Keyring,
    Messenger,
    Profile,
    Purpose,
    Queued,
    Rulebook,
    Sent,
    Settings,
)
from compliant_sms.consent import NumberFlagged
from compliant_sms.conversations import OpenKind
from compliant_sms.driver import finish
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    NotOurDatabase,
)
from compliant_sms.events import AppointmentAnswered
from compliant_sms.flows import append_event
from compliant_sms.flows._deciding import _admit
from compliant_sms.flows._deciding._standing import Later
from compliant_sms.flows._receiving._visit_answers import asked_visits, keep_answers
from compliant_sms.flows._visits import _reminders
from compliant_sms.flows._watch import Watched
from compliant_sms.lifecycle import State
from compliant_sms.messages import Inbound, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.reminders import (
    Answer,
    Appointment,
    Kind,
    RecallPlan,
    ReminderContext,
    ReminderPlan,
    series,
)
from compliant_sms.rules import Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.volume import VolumePlan
from compliant_sms.worker import AsyncWorker, Worker
from conftest import MORNING, PATIENT, PERSON, WARNING
from test_inbox import PLAN
from test_receive import from_patient, text_of
from test_sealed_store import on_disk
from test_send import Meanwhile, agree, outgoing, remind, run, transport, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
assert transport  # a fixture
Make = Callable[..., Messenger]
OTHER = "+12175550135"
KID = "pat-882"
CHICAGO = "America/Chicago"
HOUR = timedelta(hours=1)
LEAST = "Lakeside Family Medicine: you have an appointment on "


def words(context: ReminderContext) -> str:
    """The practice's own words."""
    visit = context.appointment
    return (
        f"Lakeside Family Medicine: see you {context.start:%b %d at %H:%M}, {visit.place}, "
        f"{context.code}. Reply C to confirm, STOP to opt out."
    )


PLANS = [
    ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"], body=words),
    ReminderPlan(
        kinds=["cleaning"],
        offsets=["1 day before at 10:00"],
        confirm=False,
        recall=RecallPlan(after="6 months", every="30 days", at_most=3),
    ),
]
# At half past two on the Wednesday; the first reminder goes on Tuesday at ten.
WALL = datetime(2026, 12, 2, 14, 30)  # noqa: DTZ001 - what the clinic's clock shows
TUESDAY = MORNING + timedelta(days=1)
OTHER_PATIENT = "+12175550135"


def visit(**changes: Any) -> Appointment:
    """A visit on Wednesday."""
    given = {"id": "991", "person": PERSON, "numbers": PATIENT, "start": WALL, "time_zone": CHICAGO}
    return Appointment(**(given | {"place": "Room 4"} | changes))


@pytest.fixture
def profiles() -> dict[str, Profile]:
    """What the host knows of persons."""
    return {}


@pytest.fixture
def diary(make_messenger: Make, profiles: dict[str, Profile]) -> Messenger:
    """A messenger with plans, whose patient agreed, and who has a keyring."""
    messenger = make_messenger(
        people=lambda person: profiles.get(person, Profile(time_zone=CHICAGO)),
        reminders=PLANS,
        keyring=Keyring.generate(),
    )
    agree(messenger)
    return messenger


def work(messenger: Messenger) -> None:
    """A turn of a worker, with nothing left to do afterwards."""
    progress = Worker(messenger).drain()
    assert dict(progress.errors) == {}


def run_to(
    messenger: Messenger, clock: MovableClock, end: datetime, step: timedelta = HOUR / 2
) -> None:
    """Work each half hour until then, or more seldom."""
    while clock() < end:
        clock.move_to(min(clock() + step, end))
        work(messenger)


def history(messenger: Messenger, person: str = PERSON) -> list[Message]:
    """The texts about visits that are kept under a person."""
    found = [record.message for record in messenger.history(person).texts]
    visits = [each for each in found if each.draft.idempotency_key.startswith("appt/")]
    return [each for each in visits if each.draft.person == person]


def test_each_reminder_goes_once(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """However often the visit is kept, and however often workers look."""
    for _ in range(3):
        diary.reminders.save(visit())
        work(diary)
    while clock() < visit().starts_at + HOUR:
        diary.reminders.save_many([visit(), visit()])
        assert diary.reminders.plan_due() <= 1
        work(diary)
        clock.advance(HOUR)

    assert outgoing(carrier) == [
        (
            "Lakeside Family Medicine: see you Dec 02 at 14:30, Room 4, 1d@10:00. "
            "Reply C to confirm, STOP to opt out."
        ),
        (
            "Lakeside Family Medicine: see you Dec 02 at 14:30, Room 4, 2h. "
            "Reply C to confirm, STOP to opt out."
        ),
    ]
    day, hours = history(diary)
    assert [day.draft.idempotency_key, hours.draft.idempotency_key] == [
        "appt/991//1d@10:00",
        "appt/991//2h",
    ]
    assert day.created_at == TUESDAY
    assert hours.created_at == visit().starts_at - 2 * HOUR + HOUR / 2  # by the hour
    assert day.draft.not_after == visit().starts_at - 2 * HOUR


def test_workers_at_once(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """Several that plan the same visits at the same moment ask for each text once."""
    messengers = [make_messenger(reminders=PLANS) for _ in range(4)]
    agree(messengers[0])
    visits = [visit(id=str(n), start=WALL + n * 24 * HOUR) for n in range(5)]
    messengers[0].reminders.save_many(visits)
    clock.move_to(TUESDAY)
    ready = threading.Barrier(4)
    asked: list[int] = []

    def plan(messenger: Messenger) -> None:
        ready.wait()
        until = TUESDAY + timedelta(days=9)
        asked.append(messenger.reminders.plan_due(until=until))

    threads = [threading.Thread(target=plan, args=[each]) for each in messengers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(asked) == 10
    assert len({each.draft.idempotency_key for each in history(messengers[0])}) == 10


NIGHT_OWL = datetime(2026, 12, 2, 9, 0)  # noqa: DTZ001 - two hours before are at seven, held


@pytest.fixture
def held(diary: Messenger, clock: MovableClock) -> Message:
    """A reminder that waits from seven until eight."""
    clock.move_to(TUESDAY + 4 * HOUR)
    diary.reminders.save(visit(start=NIGHT_OWL))
    clock.move_to(visit(start=NIGHT_OWL).starts_at - 2 * HOUR)
    work(diary)
    (message,) = history(diary)
    assert message.state is State.HELD
    return message


@pytest.mark.parametrize(
    "changes",
    [
        {"start": NIGHT_OWL + timedelta(days=9)},
        {"time_zone": "America/New_York"},
        {"status": "cancelled"},
        {"status": "arrived"},
        {"status": "no_show"},
    ],
)
def test_what_stands_no_more_is_called_back(
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    held: Message,
    changes: dict[str, Any],
) -> None:
    """A visit that was moved, cancelled or begun voids what waits, at once."""
    diary.reminders.save(visit(**{"start": NIGHT_OWL, **changes}))

    assert [each.state for each in history(diary)] == [State.CANCELLED]
    run_to(diary, clock, visit(start=NIGHT_OWL).starts_at)
    assert outgoing(carrier) == []


def test_a_visit_that_moves_between_two_tries(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, transport: BlockingTransport
) -> None:
    """What the provider refused for a moment is not tried again; the new time is told of later."""
    arguments: dict[str, Any] = {
        "people": lambda _: Profile(time_zone=CHICAGO),
        "reminders": PLANS,
        "keyring": Keyring.generate(),
    }
    other = make_messenger(**arguments)
    agree(other)
    other.reminders.save(visit())
    moved = visit(start=WALL + timedelta(days=7))
    meanwhile = Meanwhile(transport, after=lambda: other.reminders.save(moved))
    carrier.fail_next("status", status=429, headers={"Retry-After": "0"})
    run_to(make_messenger(**arguments, transport=meanwhile), clock, TUESDAY + HOUR)

    assert outgoing(carrier) == []
    assert [each.state for each in history(other)] == [State.CANCELLED]


def test_a_moved_visit_is_reminded_of_anew(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, held: Message
) -> None:
    """At its new time it has both reminders, and back at its old one those that are not past."""
    moved = visit(start=NIGHT_OWL + timedelta(days=2))
    diary.reminders.save(moved)
    run_to(diary, clock, moved.starts_at)
    keys = [(each.draft.idempotency_key, each.state) for each in history(diary)]

    assert keys == [
        ("appt/991//2h", State.CANCELLED),
        ("appt/991//1d@10:00", State.DELIVERED),
        ("appt/991//2h/2", State.DELIVERED),
    ]
    assert [body.partition(",")[0][-15:] for body in outgoing(carrier)] == ["Dec 04 at 09:00"] * 2
    diary.reminders.save(evolve(moved, start=NIGHT_OWL))  # back to what is past
    diary.reminders.save(moved)
    run_to(diary, clock, moved.starts_at + HOUR)
    assert len(outgoing(carrier)) == 2


def test_another_zone_is_another_time(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A clinic that was kept in a wrong zone: what its clock shows changed, the instant did not."""
    clock.move_to(TUESDAY - 3 * HOUR)
    diary.reminders.save(visit(start=visit().starts_at, time_zone="America/New_York"))
    run_to(diary, clock, TUESDAY + HOUR)
    assert "Dec 02 at 15:30" in outgoing(carrier)[0]
    diary.reminders.save(visit())
    (answer,) = text_of(diary.receive(from_patient("C", "SM1"))).visits

    assert not answer.stands
    run_to(diary, clock, visit().starts_at)
    assert "Dec 02 at 14:30" in outgoing(carrier)[-1]


def test_a_change_is_told_as_it_is_now(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, held: Message
) -> None:
    """Another room and another number void what waits; the same reminder goes with the new ones."""
    agree(diary, OTHER)
    diary.reminders.save(visit(start=NIGHT_OWL, place="Room 5", numbers=[OTHER]))
    run_to(diary, clock, visit(start=NIGHT_OWL).starts_at)

    (text,) = carrier.messages()
    assert (text.to, "Room 5" in text.body) == (OTHER, True)
    assert [each.state for each in history(diary)] == [State.CANCELLED, State.DELIVERED]


def test_a_change_after_it_went_sends_nothing(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Who was told of a visit is not told again because the room is another, or who confirmed."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.reminders.save(visit(place="Room 5"))
    diary.reminders.save(visit(place="Room 5", status="confirmed"))
    run_to(diary, clock, TUESDAY + 3 * HOUR)
    assert len(outgoing(carrier)) == 1
    run_to(diary, clock, visit().starts_at)

    assert "Room 5, 2h" in outgoing(carrier)[1]
    assert history(diary)[1].draft.asks is None


def test_who_cancels_by_hand_is_heard(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, held: Message
) -> None:
    """A reminder that a person called back does not come again."""
    diary.cancel(held.message_id)
    run_to(diary, clock, visit(start=NIGHT_OWL).starts_at)

    assert outgoing(carrier) == []
    assert len(history(diary)) == 1


def test_late_bookings(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Who books after a reminder would have gone gets the next one only."""
    clock.move_to(TUESDAY + timedelta(minutes=1))
    diary.reminders.save(visit())
    run_to(diary, clock, visit().starts_at)

    assert [each.draft.idempotency_key for each in history(diary)] == ["appt/991//2h"]


def test_a_worker_that_was_away(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Of several that are due the last one goes, and none once the visit began."""
    diary.reminders.save(visit())
    diary.reminders.save(visit(id="missed", start=WALL - timedelta(hours=3)))
    clock.move_to(visit().starts_at - HOUR)
    work(diary)

    assert [each.draft.idempotency_key for each in history(diary)] == ["appt/991//2h"]


def test_a_reminder_that_would_say_the_same_again(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """After a quiet Sunday Monday's patients are told once, and nobody has to see to the rest."""
    messenger = make_messenger(
        people=lambda _: Profile(time_zone=CHICAGO),
        reminders=[ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])],
        volume=VolumePlan(quiet_days=["sunday"]),
        inbox=PLAN,
    )
    agree(messenger)
    messenger.reminders.save(visit(start=WALL + timedelta(days=5)))
    run_to(messenger, clock, MORNING + timedelta(days=7, hours=4), 2 * HOUR)
    early, late = history(messenger)

    assert early.departure is not None
    assert late.state is State.CANCELLED
    assert late.problem is not None
    assert late.problem.words == "The reminder before it went late, and said the same."
    assert len(outgoing(carrier)) == 1
    assert messenger.open_items() == ()
    # Whoever may not be told at all is still on the list.
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="desk:ana")
    messenger.reminders.save(visit(id="992", start=WALL + timedelta(days=12)))
    run_to(messenger, clock, MORNING + timedelta(days=14, hours=4), 2 * HOUR)
    assert {item.kind for item in messenger.open_items()} == {OpenKind.UNDELIVERABLE}


@pytest.mark.parametrize("lost", [True, False])
def test_the_same_words_that_nobody_was_told(
    make_messenger: Make,
    clock: MovableClock,
    lost: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Where the first text never arrived, or told of another visit, somebody sees to the second."""
    messenger = make_messenger(
        people=lambda _: Profile(time_zone=CHICAGO),
        reminders=[
            ReminderPlan(
                offsets=["6 hours before", "4 hours before"][: 1 + lost],
                body=lambda _: "Lakeside Family Medicine: please call us about your visit.",
            )
        ],
        inbox=PLAN,
    )
    agree(messenger)
    messenger.reminders.save(visit())
    if not lost:
        messenger.reminders.save(visit(id="993", start=WALL + 10 * HOUR))
    run_to(messenger, clock, visit().starts_at - 5 * HOUR)
    (early,) = history(messenger)
    if lost:
        undelivered = evolve(early, state=State.UNDELIVERED)
        run(messenger, lambda tx: tx.save(undelivered, clock()))
    run_to(messenger, clock, visit().starts_at + (-1 if lost else 5) * HOUR, HOUR)

    assert [each.state for each in history(messenger)][1:] == [State.BLOCKED]
    assert OpenKind.UNDELIVERABLE in {item.kind for item in messenger.open_items()}


def test_planned_ahead(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """What is asked for ahead waits until its instant, and is called back as anything else."""
    diary.reminders.save(visit())
    count = diary.reminders.plan_due(until=visit().starts_at)
    day, hours = sorted(history(diary), key=attrgetter("not_before"))

    assert count == 2
    assert [day.not_before, hours.not_before] == [TUESDAY, visit().starts_at - 2 * HOUR]
    assert diary.dispatch_due() == ()
    clock.move_to(TUESDAY)
    (sent,) = diary.dispatch_due()
    assert isinstance(sent, Sent)
    diary.reminders.save(visit(status="cancelled"))
    states = {each.message_id: each.state for each in history(diary)}
    assert states == {day.message_id: State.SENT, hours.message_id: State.CANCELLED}
    with pytest.raises(InvalidInput, match="time zone"):
        diary.reminders.plan_due(until=WALL)


@pytest.mark.parametrize(
    ("plans", "goes"),
    [
        ([ReminderPlan(offsets=["1 day before at 10:00"])], False),
        ([ReminderPlan(offsets=[])], False),
        ([ReminderPlan(kinds=["cleaning"], offsets=["1 day before"])], True),
        ([ReminderPlan(offsets=["120 minutes before", "1 day before"])], True),
        ([], True),
    ],
)
def test_what_the_plan_has_no_more(
    make_messenger: Make, clock: MovableClock, plans: list[ReminderPlan], *, goes: bool
) -> None:
    """A text that waits is called back; what a program has no plan for, others may have planned."""
    before = make_messenger(reminders=PLANS)
    agree(before)
    clock.move_to(TUESDAY + 4 * HOUR)
    before.reminders.save(visit(start=NIGHT_OWL))
    clock.move_to(visit(start=NIGHT_OWL).starts_at - 2 * HOUR)
    work(before)
    assert [each.state for each in history(before)] == [State.HELD]
    changed = make_messenger(reminders=plans)
    run_to(changed, clock, visit(start=NIGHT_OWL).starts_at - HOUR / 2)

    states = [each.state for each in history(changed)]
    assert states == [State.SENT if goes else State.CANCELLED]


def test_two_plans_while_the_programs_are_replaced(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """What a program of before called back, and then looked at, is not lost with it."""
    newer = make_messenger(reminders=PLANS)
    older = make_messenger(reminders=[ReminderPlan(offsets=["7 days before at 10:00"])])
    agree(newer)
    newer.reminders.save(visit())
    clock.move_to(visit().starts_at - 2 * HOUR)
    assert newer.reminders.plan_due() == 1
    (gone,) = older.dispatch_due()
    assert isinstance(gone, Cancelled)
    run_to(older, clock, clock() + HOUR / 10, HOUR / 60)  # for six minutes more
    run_to(newer, clock, clock() + HOUR / 2, HOUR / 12)

    (body,) = outgoing(carrier)
    assert "Room 4, 2h." in body


@pytest.mark.parametrize("both", [False, True])
def test_a_stop_at_the_number_where_a_reminder_waits(
    diary: Messenger, clock: MovableClock, *, both: bool
) -> None:
    """The next number at which the patient agreed gets it; where there is none, none does."""
    agree(diary, OTHER)
    owl = visit(start=NIGHT_OWL, numbers=[PATIENT, OTHER])
    clock.move_to(TUESDAY + 4 * HOUR)
    diary.reminders.save(owl)
    clock.move_to(owl.starts_at - 2 * HOUR)
    work(diary)
    assert [(each.draft.to.e164, each.state) for each in history(diary)] == [(PATIENT, State.HELD)]
    diary.receive(from_patient("STOP", "SM1"))
    if both:
        diary.receive(from_patient("STOP", "SM2", sender=OTHER))
    run_to(diary, clock, owl.starts_at - HOUR / 2, HOUR / 12)

    assert [(each.draft.to.e164, each.state) for each in history(diary)] == (
        [(PATIENT, State.BLOCKED)] if both else [(PATIENT, State.CANCELLED), (OTHER, State.SENT)]
    )


# Together


@pytest.fixture
def family(diary: Messenger, clock: MovableClock) -> list[Appointment]:
    """A parent and a child who share a number, half an hour apart on Wednesday."""
    clock.advance(timedelta(minutes=1))
    agree(diary, person=KID)
    return [visit(), visit(id="992", person=KID, start=WALL + HOUR / 2)]


def test_a_household_is_told_once(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, family: list[Appointment]
) -> None:
    """One text names the times, and no name, room or kind."""
    diary.reminders.save_many(family)
    run_to(diary, clock, TUESDAY + HOUR)

    (body,) = outgoing(carrier)
    assert body == (
        "Lakeside Family Medicine: 2 appointments are booked on Wed Dec 2, at 2:30 PM and 3:00 PM. "
        "Reply C to confirm or R to reschedule. Reply STOP to opt out."
    )
    run_to(diary, clock, family[1].starts_at)
    assert len(outgoing(carrier)) == 2


def test_a_fold_that_falls_apart(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, family: list[Appointment]
) -> None:
    """Where one visit of several moves before the text goes, the other is told by itself."""
    diary.reminders.save_many(family)
    diary.reminders.plan_due(until=TUESDAY)
    diary.reminders.save(evolve(family[0], status="cancelled"))
    run_to(diary, clock, TUESDAY + HOUR)

    assert [each.state for each in history(diary)] == [State.CANCELLED]
    (told,) = history(diary, KID)
    assert (told.state, told.draft.idempotency_key) == (State.SENT, "appt/992//1d@10:00/2")
    assert "Dec 02 at 15:00" in told.body


def test_a_text_about_several_is_on_record_of_each(
    diary: Messenger, clock: MovableClock, family: list[Appointment]
) -> None:
    """Of both whose visits it tells of, and not of others at the number."""
    agree(diary, person="pat-883")
    diary.reminders.save_many([*family, visit(id="993", person="pat-883", start=WALL + 72 * HOUR)])
    run_to(diary, clock, TUESDAY + HOUR)
    assert isinstance(remind(diary, "host", body="Lakeside Family Medicine: hello."), Sent)
    host, joint = [each.message for each in diary.history(PERSON).texts][::-1]

    assert host.draft.idempotency_key == "host"
    (of_kid,) = diary.history(KID).texts
    assert (of_kid.message, of_kid.decisions) == (joint, ())  # which tell of the other's consent
    assert diary.history("pat-883").texts == ()


PARTING = ["grown up", "of unknown age", "elsewhere"]
PARTED: dict[str, dict[str, Any]] = {
    "confidential": {"no_sms": True},
    "minor": {"controls_care": True},
    "stranger": {"holder": "other"},
    "grown up": {"holder": "parent", "birth_date": date(2008, 11, 30)},
    "of unknown age": {"holder": "parent"},
    "elsewhere": {"time_zone": "America/Denver"},
}


def want_details(messenger: Messenger, person: str) -> None:
    """Somebody was warned, and wants health details by text all the same."""
    messenger.consent.record_phi_preference(
        PATIENT, person=person, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )


@pytest.mark.parametrize(
    "apart",
    ["consent", "wish", "confidential", "minor", "stranger", "sensitive", *PARTING],
)
def test_who_is_not_told_together(
    *,
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    family: list[Appointment],
    profiles: dict[str, Profile],
    apart: str,
) -> None:
    """Other consent, confidential communications and sensitive care have a text of their own."""
    parent, child = family
    if apart == "consent":
        child = evolve(child, person="pat-883")
    elif apart == "wish":
        want_details(diary, KID)
    elif apart == "sensitive":
        child = evolve(child, kind=Kind("okapi", "mental_health"))
    else:
        profiles[KID] = Profile(**({"time_zone": CHICAGO} | PARTED[apart]))
    diary.reminders.save_many([parent, child])
    run_to(diary, clock, TUESDAY + HOUR)

    assert len(history(diary)) == len(history(diary, child.person)) == 1
    assert "2 appointments" not in "".join(outgoing(carrier))
    if apart == "sensitive":
        (told,) = history(diary, KID)
        assert told.draft.body.startswith(LEAST)
        assert told.draft.purpose.sensitivity == "mental_health"
        assert told.state is State.SENT


def test_sensitive_visits_at_one_time_are_each_told_of(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, family: list[Appointment]
) -> None:
    """In the same words, which tell of neither: nobody's reminder is taken for the other's."""
    kind = Kind("okapi", "mental_health")
    diary.reminders.save_many([evolve(each, start=WALL, kind=kind) for each in family])
    run_to(diary, clock, TUESDAY + HOUR)

    texts = [text for person in (PERSON, KID) for text in history(diary, person)]
    assert [each.state for each in texts] == [State.SENT, State.SENT]
    assert len({each.draft.body for each in texts}) == 1


def test_consent_that_parts_before_it_goes(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, family: list[Appointment]
) -> None:
    """Where what they agreed to differs at the moment of sending, each is decided by itself."""
    diary.reminders.save_many(family)
    diary.reminders.plan_due(until=TUESDAY)
    want_details(diary, KID)
    clock.move_to(TUESDAY)
    (gone,) = diary.dispatch_due()
    assert isinstance(gone, Cancelled)
    assert gone.reason == "the people it is about did not all agree to the same texts"
    run_to(diary, clock, TUESDAY + HOUR)

    assert [each.state for each in history(diary)] == [State.CANCELLED, State.SENT]
    assert [each.state for each in history(diary, KID)] == [State.SENT]


@pytest.mark.parametrize("apart", PARTED)
def test_what_the_host_says_of_each_when_it_goes(
    *,
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    family: list[Appointment],
    profiles: dict[str, Profile],
    apart: str,
) -> None:
    """Everybody of whom a text tells is asked about again, and where that parts them, it does."""
    diary.reminders.save_many(family)
    diary.reminders.plan_due(until=TUESDAY)
    profiles[KID] = Profile(**({"time_zone": CHICAGO} | PARTED[apart]))
    clock.move_to(TUESDAY)
    (gone,) = diary.dispatch_due()

    assert isinstance(gone, Cancelled)
    assert gone.reason == "the people it is about may no longer share one text"
    assert outgoing(carrier) == []
    run_to(diary, clock, TUESDAY + 2 * HOUR)
    assert [each.state for each in history(diary)] == [State.CANCELLED, State.DELIVERED]
    assert len(history(diary, KID)) == 1
    assert "2 appointments" not in "".join(outgoing(carrier))


def test_minors_of_one_parent_are_told_of_together(
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    family: list[Appointment],
    profiles: dict[str, Profile],
) -> None:
    """Until the day on which one comes of age; on that day each has a text of their own."""
    profiles[KID] = Profile(time_zone=CHICAGO, holder="parent", birth_date=date(2008, 12, 2))
    diary.reminders.save_many(family)
    run_to(diary, clock, TUESDAY + HOUR)
    assert "2 appointments are booked" in outgoing(carrier)[0]
    run_to(diary, clock, family[1].starts_at)

    assert "2 appointments" not in "".join(outgoing(carrier)[1:])


def test_a_refused_fold_asked_for_by_hand(
    diary: Messenger, clock: MovableClock, family: list[Appointment]
) -> None:
    """It waits for dispatch, which asks about everybody first."""
    diary.reminders.save_many(family)
    diary.consent.revoke(PATIENT, channel="spoken", recorded_by="ana")
    run_to(diary, clock, TUESDAY)
    (refused,) = history(diary)
    assert refused.state is State.BLOCKED
    draft = refused.draft
    again = diary.send(
        to=draft.to,
        person=PERSON,
        purpose=draft.purpose,
        body=draft.body,
        idempotency_key=draft.idempotency_key,
        not_after=draft.not_after,
        asks=draft.asks,
    )

    assert isinstance(again, Queued)
    (outcome,) = diary.dispatch_due()
    assert isinstance(outcome, Blocked)


def test_a_fold_of_which_one_began(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, family: list[Appointment]
) -> None:
    """What could not go before the first visit tells of the second alone."""
    early = evolve(family[0], start=NIGHT_OWL - timedelta(hours=1, minutes=30))
    late = evolve(family[1], start=NIGHT_OWL - timedelta(minutes=30))
    clock.move_to(early.starts_at - 3 * HOUR)
    diary.reminders.save_many([early, late])
    clock.move_to(early.starts_at - 2 * HOUR)
    work(diary)
    (message,) = history(diary)
    assert message.state is State.HELD
    clock.move_to(early.starts_at + HOUR / 2)  # eight o'clock
    (gone,) = diary.dispatch_due()
    assert isinstance(gone, Cancelled)
    assert gone.reason == "the visit began, or the next reminder of it is due"
    clock.advance(timedelta(minutes=5))
    work(diary)

    (body,) = outgoing(carrier)
    assert "Dec 02 at 08:30" in body


def test_the_first_number_at_which_the_patient_agreed(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The text goes there; where there is none the rules refuse it, and say why."""
    diary.reminders.save(visit(numbers=[OTHER, PATIENT]))
    diary.reminders.save(visit(id="992", person=KID, numbers=[OTHER]))
    run_to(diary, clock, TUESDAY + HOUR)

    assert [text.to for text in carrier.messages()] == [PATIENT]
    (record,) = diary.history(KID).texts
    assert record.message.state is State.BLOCKED
    assert record.decisions[0].verdict is Verdict.BLOCK


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("no more marketing texts please", PATIENT),
        ("stop sending me bill texts", PATIENT),
        ("no more appointment texts", OTHER),
        ("how do i unsubscribe", OTHER),
        ("STOP", OTHER),
    ],
)
def test_the_first_number_is_left_where_visits_were_meant(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, said: str, number: str
) -> None:
    """Who said no to other texts alone is reminded where they were; after any other stop elsewhere.

    One of whom nobody is sure counts as one that ends all.
    """
    agree(diary, OTHER)
    diary.reminders.save(visit(numbers=[PATIENT, OTHER]))
    clock.advance(timedelta(minutes=1))
    diary.receive(from_patient(said, "SM1"))
    run_to(diary, clock, TUESDAY + HOUR)

    assert [text.to for text in carrier.messages() if "see you" in text.body] == [number]


@pytest.mark.parametrize(
    ("stopped", "number"), [("promotions", PATIENT), ("appointments", OTHER), ("", OTHER)]
)
def test_the_first_number_is_left_where_the_rules_end_visits(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, stopped: str, number: str
) -> None:
    """Where one STOP ends what the law demands, a STOP to promotions moves no reminder."""
    messenger = in_its_own_words(
        make_messenger, rulebook=Rulebook(Settings(revocation_scope="category"))
    )
    agree(messenger, OTHER)
    messenger.reminders.save(visit(numbers=[PATIENT, OTHER]))
    clock.advance(timedelta(minutes=1))
    message_class = {"promotions": "marketing", "appointments": "transactional"}.get(stopped, "")
    messenger.consent.revoke(
        PATIENT, channel="text", recorded_by="ana", category=stopped, message_class=message_class
    )
    run_to(messenger, clock, TUESDAY + HOUR)

    assert [text.to for text in carrier.messages()] == [number]


@pytest.mark.parametrize("why", ["given to another practice", "unreachable", "booked after STOP"])
def test_a_number_at_which_the_rules_permit_nothing_is_passed_over(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, why: str
) -> None:
    """A consent on record there is not enough."""
    agree(diary)
    spoken = {"person": PERSON, "recorded_by": "ana"}
    if why == "given to another practice":
        diary.consent.grant(OTHER, basis="spoken", given_to="Prairie Dental", **spoken)
    elif why == "unreachable":
        agree(diary, OTHER)
        clock.advance(timedelta(minutes=1))
        gone = NumberFlagged(
            event_id="f-1",
            practice_id=diary._ports.practice.id,
            number=PhoneNumber(OTHER),
            occurred_at=clock(),
            recorded_at=clock(),
            actor="provider:twilio",
            why="unreachable_permanent",
        )
        finish(append_event(diary._ports, gone))
    else:
        diary.consent.revoke(OTHER, channel="voicemail", recorded_by="ana")
        clock.advance(timedelta(minutes=1))
        diary.consent.grant(OTHER, basis="booking", **spoken)
    diary.reminders.save(visit(numbers=[OTHER, PATIENT]))
    run_to(diary, clock, TUESDAY + HOUR)

    assert [text.to for text in carrier.messages()] == [PATIENT]


@pytest.mark.parametrize(
    ("said", "together"), [("no more marketing texts please", True), ("STOP", False)]
)
def test_a_household_that_one_no_does_not_part(
    *,
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    family: list[Appointment],
    said: str,
    together: bool,
) -> None:
    """A parent who agreed anew and a child who did not are told together, if visits were spared."""
    diary.reminders.save_many(family)
    diary.receive(from_patient(said, "SM1"))
    clock.advance(timedelta(minutes=1))
    agree(diary)
    run_to(diary, clock, TUESDAY + HOUR)

    assert any("2 appointments" in body for body in outgoing(carrier)) == together


# Recalls and series


def test_recalls(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Six months after a cleaning, then each thirty days, until a later one is booked."""
    cleaning = visit(kind=Kind("cleaning"), status="done", start=datetime(2026, 11, 30, 8))  # noqa: DTZ001
    diary.reminders.save(cleaning)
    due = datetime(2027, 5, 30, 15, tzinfo=UTC)
    for day in range(0, 150, 10):
        clock.move_to(MORNING + timedelta(days=day))
        work(diary)
    assert outgoing(carrier) == []
    run_to(diary, clock, due + timedelta(days=1), 12 * HOUR)
    assert outgoing(carrier) == [
        (
            "Lakeside Family Medicine: it is time to book your next visit. Call 217-555-0100. "
            "Reply STOP to opt out."
        )
    ]
    diary.reminders.plan_due(until=due + timedelta(days=30))
    booked = visit(id="993", kind=Kind("cleaning"), start=datetime(2027, 9, 1, 9))  # noqa: DTZ001
    diary.reminders.save(booked)
    clock.move_to(due + timedelta(days=30))
    (gone,) = diary.dispatch_due()
    assert isinstance(gone, Cancelled)
    assert gone.reason == "a later visit was booked"
    work(diary)
    diary.reminders.save(evolve(booked, status="cancelled"))
    clock.move_to(due + timedelta(days=62))
    work(diary)
    clock.move_to(due + timedelta(days=100))
    work(diary)

    assert [each.draft.idempotency_key for each in history(diary)] == [
        "appt/991//recall-1",
        "appt/991//recall-2",
        "appt/991//recall-3",
    ]
    assert len(outgoing(carrier)) == 2


def test_a_recall_that_the_plan_gets_later(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """It counts for a visit that was done before, once that is saved again as it is."""
    done = visit(start=WALL - timedelta(days=3), status="done")
    older = make_messenger(reminders=[ReminderPlan(offsets=["1 day before"])])
    agree(older)
    older.reminders.save(done)
    run_to(older, clock, TUESDAY)
    recalling = ReminderPlan(offsets=[], recall=RecallPlan(after="10 days"))
    newer = make_messenger(reminders=[recalling])
    run_to(newer, clock, TUESDAY + timedelta(days=2), 12 * HOUR)
    newer.reminders.save(done)
    run_to(newer, clock, done.starts_at + timedelta(days=10), 2 * HOUR)

    (body,) = outgoing(carrier)
    assert "book your next visit" in body
    newer.reminders.save(done)
    newer.reminders.save(visit(id="993", start=WALL - timedelta(days=3), status="cancelled"))
    newer.reminders.save(visit(id="993", start=WALL - timedelta(days=3), status="cancelled"))
    assert newer.reminders.plan_due() == 0


def test_a_recall_in_the_practices_words(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A recall's own words are asked for, and a plan that changed holds within a day."""

    def come_back(context: ReminderContext) -> str:
        return f"Lakeside Family Medicine: time for your next visit ({context.code}). Call us."

    def with_plan(recall: RecallPlan) -> Messenger:
        return make_messenger(
            people=lambda _: Profile(time_zone=CHICAGO),
            reminders=[ReminderPlan(offsets=[], recall=recall)],
        )

    messenger = with_plan(RecallPlan(after="6 months"))
    agree(messenger)
    messenger.reminders.save(visit(status="done", start=datetime(2026, 11, 30, 8)))  # noqa: DTZ001
    work(messenger)
    changed = with_plan(RecallPlan(after="3 days", body=come_back))
    clock.advance(timedelta(days=1))
    work(changed)
    clock.move_to(datetime(2026, 12, 3, 16, tzinfo=UTC))
    work(changed)

    (body,) = outgoing(carrier)
    assert body.startswith("Lakeside Family Medicine: time for your next visit (recall-1). Call")


def test_a_series(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Each visit of a series is reminded of, and one of them can be cancelled by itself."""
    visits = series(visit(kind=Kind("cleaning")), "FREQ=WEEKLY;COUNT=3")
    diary.reminders.save_many(visits)
    diary.reminders.save(evolve(visits[1], status="cancelled"))
    run_to(diary, clock, visits[2].starts_at, 24 * HOUR)

    assert [each.draft.idempotency_key for each in history(diary)] == [
        "appt/991/20261202T143000/1d@10:00",
        "appt/991/20261216T143000/1d@10:00",
    ]


# Answers


def test_answers_find_their_visit(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A reply is about the visit that was asked about, comes until it is acknowledged, once."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    (asked,) = history(diary)
    text = text_of(diary.receive(from_patient("C", "SM1")))
    again = text_of(diary.receive(from_patient("C", "SM1")))

    (answer,) = diary.reminders.answers()
    assert text.visits == (answer,)
    assert again.visits == ()
    assert (answer.appointment_id, answer.occurrence) == ("991", "")
    assert (answer.answer, answer.at) == (Answer.CONFIRM, clock())
    assert (answer.message_id, answer.inbound_id) == (asked.message_id, text.inbound.inbound_id)
    assert (answer.stands, answer.shared, answer.replaces) == (True, False, None)
    assert diary.reminders.answers(limit=0) == ()
    assert diary.reminders.acknowledge(answer) == 1
    assert diary.reminders.acknowledge(answer) == 0
    assert diary.reminders.answers() == ()
    with pytest.raises(InvalidInput, match="answers"):
        diary.reminders.acknowledge("991")  # type: ignore[arg-type]


def test_a_second_answer_counts(diary: Messenger, clock: MovableClock) -> None:
    """It takes the place of one that nobody took, and replaces one that somebody did."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("C", "SM1"))
    diary.receive(from_patient("Sorry, I need to reschedule", "SM2"))
    (second,) = diary.reminders.answers()
    assert (second.answer, second.replaces) == (Answer.RESCHEDULE, Answer.CONFIRM)
    diary.reminders.acknowledge(second)
    diary.receive(from_patient("please cancel my appointment", "SM3"))

    (third,) = diary.reminders.answers()
    assert (third.answer, third.replaces) == (Answer.CANCEL, Answer.RESCHEDULE)


@pytest.fixture
def two(diary: Messenger, clock: MovableClock) -> Messenger:
    """One that told a parent of Wednesday and a child of Thursday, in texts to one number."""
    clock.advance(timedelta(minutes=1))
    agree(diary, person=KID)
    diary.reminders.save(visit(id="992", person=KID, start=WALL + timedelta(hours=18)))
    diary.reminders.save(visit())
    return diary


ONE_OF_TWO = ["C", "yes", "R", "No", "cancel ana's appointment please", "ok thanks", "yes to both"]


@pytest.mark.parametrize("words", ONE_OF_TWO)
def test_an_answer_to_one_of_two_questions(two: Messenger, clock: MovableClock, words: str) -> None:
    """Where reminders of two visits wait to be answered, a person finds out which is meant."""
    run_to(two, clock, TUESDAY + timedelta(hours=25))
    asked = [*history(two), *history(two, KID)]
    text = text_of(two.receive(from_patient(words, "SM1")))

    assert len(asked) == 2
    assert (text.answers, text.visits, text.inbound.needs_person) == (None, (), True)
    assert two.reminders.answers() == ()


@pytest.mark.parametrize("settled", ["answered", "confirmed", "cancelled", "moved"])
def test_what_is_settled_is_not_meant(two: Messenger, clock: MovableClock, settled: str) -> None:
    """Of two visits the one that still waits for its answer is meant."""
    run_to(two, clock, TUESDAY + HOUR)
    if settled == "answered":
        two.receive(from_patient("C", "SM1"))
    elif settled == "moved":
        two.reminders.save(visit(start=WALL + timedelta(days=9)))
    else:
        two.reminders.save(visit(status=settled))
    run_to(two, clock, TUESDAY + timedelta(hours=25))
    text = text_of(two.receive(from_patient("C", "SM2")))

    assert [(each.appointment_id, each.answer) for each in text.visits] == [("992", Answer.CONFIRM)]
    assert not text.inbound.needs_person


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_came_before_is_read_once(
    two: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, *, by_hand: bool
) -> None:
    """All that a number wrote is read only for texts of which no visits are known, and once."""
    run_to(two, clock, TUESDAY + timedelta(hours=25))
    if by_hand:
        remind(two, "by-hand")
    inbound_from, read = SqlTransaction.inbound_from, list[Any]()

    async def counted(*given: Any) -> list[Inbound]:
        read.append(given)
        return await inbound_from(*given)

    monkeypatch.setattr(SqlTransaction, "inbound_from", counted)
    two.receive(from_patient("C", "SM1"))
    assert len(read) == by_hand


def test_two_questions_about_one_visit(diary: Messenger, clock: MovableClock) -> None:
    """Its second reminder asks the same again."""
    diary.reminders.save(visit())
    run_to(diary, clock, visit().starts_at - HOUR)
    text = text_of(diary.receive(from_patient("C", "SM1")))

    assert len(history(diary)) == 2
    assert [each.appointment_id for each in text.visits] == ["991"]


def test_a_yes_to_the_front_desk(diary: Messenger, clock: MovableClock) -> None:
    """Who cannot come, and says yes to what somebody asks by hand, confirms no visit by that."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("I can't make it, do you have anything Thursday?", "SM1"))
    asked = remind(
        diary,
        "by-hand",
        purpose=Purpose.CARE_CONVERSATION,
        body="Lakeside Family Medicine: shall I cancel tomorrow's visit then?",
    )
    clock.advance(timedelta(minutes=5))
    text = text_of(diary.receive(from_patient("yes please", "SM2")))

    assert isinstance(asked, Sent)
    assert (text.visits, text.inbound.needs_person) == ((), True)
    assert [each.answer for each in diary.reminders.answers()] == [Answer.RESCHEDULE]


def test_an_answer_to_what_was_moved(diary: Messenger, clock: MovableClock) -> None:
    """It says that the visit is not as it was asked about any more, and a person reads it."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.reminders.save(visit(start=WALL + timedelta(days=1)))
    moved = text_of(diary.receive(from_patient("C", "SM1")))
    diary.reminders.save(visit(place="Room 7", start=WALL + timedelta(days=1)))
    run_to(diary, clock, TUESDAY + timedelta(days=1, hours=1))
    same = text_of(diary.receive(from_patient("C", "SM2")))

    assert [each.visits[0].stands for each in (moved, same)] == [False, True]
    assert [each.inbound.needs_person for each in (moved, same)] == [True, False]


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({"start": WALL + timedelta(days=1)}, False),
        ({"status": "cancelled"}, False),
        ({"person": "pat-2", "numbers": OTHER_PATIENT}, False),
        ({"person": "pat-2"}, False),
        ({"status": "confirmed", "place": "Room 7"}, True),
    ],
)
def test_a_visit_that_is_moved_before_the_host_hears_of_the_answer(
    diary: Messenger, clock: MovableClock, changes: dict[str, Any], *, stands: bool
) -> None:
    """A yes to the old time confirms no new one, whenever the practice asks what was answered."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("C", "SM1"))
    assert [each.stands for each in diary.reminders.answers()] == [True]
    diary.reminders.save(visit(**changes))

    assert [each.stands for each in diary.reminders.answers()] == [stands]


@pytest.mark.both_databases
def test_a_slot_that_is_anothers_now_is_told_anew(diary: Messenger, clock: MovableClock) -> None:
    """Whoever gets the slot is reminded of it, though the patient before was."""
    agree(diary, OTHER_PATIENT, "pat-2")
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    told = len(history(diary))
    diary.reminders.save(visit(person="pat-2", numbers=OTHER_PATIENT))
    run_to(diary, clock, visit().starts_at)

    assert told > 0
    assert len(history(diary)) == told
    assert len(history(diary, "pat-2")) > 0


@pytest.mark.parametrize("status", ["arrived", "done"])
def test_an_answer_from_the_waiting_room(
    diary: Messenger, clock: MovableClock, status: str
) -> None:
    """Who is there already has nothing to be told."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.reminders.save(visit(status=status))
    text = text_of(diary.receive(from_patient("C", "SM1")))

    assert [each.stands for each in text.visits] == [False]
    assert not text.inbound.needs_person


@pytest.mark.parametrize("whose", [KID, PERSON])
@pytest.mark.parametrize("said", ["R", "C", "yes"])
def test_an_answer_for_several(
    diary: Messenger, clock: MovableClock, family: list[Appointment], said: str, whose: str
) -> None:
    """What answers a text about several visits is told of each, and that it may mean only one."""
    diary.reminders.save_many([family[0], evolve(family[1], person=whose)])
    run_to(diary, clock, TUESDAY + HOUR)
    text = text_of(diary.receive(from_patient(said, "SM1")))
    answer = Answer.RESCHEDULE if said == "R" else Answer.CONFIRM

    assert text.inbound.needs_person is (answer is Answer.RESCHEDULE)
    answers = diary.reminders.answers()
    assert [(each.appointment_id, each.answer, each.shared) for each in answers] == [
        ("991", answer, True),
        ("992", answer, True),
    ]


def test_what_is_no_answer(diary: Messenger, clock: MovableClock) -> None:
    """A question, a STOP and the answer to a text of the host's own make none."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("Where is room 4?", "SM1"))
    clock.advance(timedelta(minutes=1))
    assert isinstance(remind(diary, "appt-7"), Sent)
    (text,) = diary.receive(from_patient("yes", "SM2")).events
    diary.receive(from_patient("STOP", "SM3"))

    assert diary.reminders.answers() == ()
    assert text.answers is not None  # type: ignore[union-attr]


@pytest.mark.both_databases
def test_an_answer_from_a_number_that_is_wrong(diary: Messenger, clock: MovableClock) -> None:
    """Whoever confirmed, and then says that we have the wrong number, confirmed nothing."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("C", "SM1"))
    before = [each.stands for each in diary.reminders.answers()]
    clock.advance(timedelta(minutes=1))
    diary.receive(from_patient("Wrong number", "SM2"))

    assert (before, [each.stands for each in diary.reminders.answers()]) == ([True], [False])


def test_an_answer_that_nothing_proves(diary: Messenger, clock: MovableClock) -> None:
    """It is no answer: whoever forges one moves and cancels no visit."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    text = text_of(diary.receive(from_patient("I need to reschedule", "SM1")))
    ports, asked = diary._ports, text.answers
    assert asked is not None

    def kept(*, proven: bool) -> int:
        inbound = evolve(text.inbound, proven=proven)

        async def work(tx: Any) -> int:
            visits = await asked_visits(tx, "lakeside", asked)
            return len(await keep_answers(tx, ports, inbound, visits))

        return finish(ports.store.run(work))

    assert [kept(proven=True), kept(proven=False)] == [1, 0]


SAYS_MORE = [
    "yes I have covid though",
    "I'll be there at 3",
    "see you at 4",
    "see you next week",
    "I'll be there if my ride shows up",
    "I'll be 15 minutes late",
    "Be there in 20, traffic",
    "ok I'll try",
    "yes is parking free",
    "yes see you this morning",
    "see you the 17th",
    "Yes. Covid",
    "si pero llego tarde",
    "C no need to call, see you today",
]
PLAIN = [
    "C",
    "Yes thank you",
    "ok see you then",
    "Yes, see you at 2:30pm. - Dana",
    "Confirmed, see you at 2:30 tomorrow!",
    "See you tomorrow afternoon, thanks Marcy",
    "si, ahi estaremos a las 2:30",
    "this is his mom, he will be there 😊",
]


@pytest.mark.parametrize("words", SAYS_MORE)
def test_a_yes_that_says_more(diary: Messenger, clock: MovableClock, words: str) -> None:
    """A person sees it, and the host hears that the yes is no plain one."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    text = text_of(diary.receive(from_patient(words, "SM1")))

    assert text.inbound.needs_person
    (answer,) = diary.reminders.answers()
    assert (answer.answer, answer.stands, answer.says_more) == (Answer.CONFIRM, True, True)
    assert text.visits == (answer,)


@pytest.mark.parametrize("words", PLAIN)
def test_a_plain_yes(diary: Messenger, clock: MovableClock, words: str) -> None:
    """It bothers nobody, with whatever courtesies and with the visit's own day and time."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    text = text_of(diary.receive(from_patient(words, "SM1")))

    assert not text.inbound.needs_person
    (answer,) = diary.reminders.answers()
    assert (answer.answer, answer.says_more) == (Answer.CONFIRM, False)


@pytest.mark.parametrize(
    ("words", "answer", "more"),
    [
        ("I need to reschedule", Answer.RESCHEDULE, False),
        ("can we do another day?", Answer.RESCHEDULE, False),
        ("running late", Answer.RESCHEDULE, True),
        ("running 10 min late", Answer.RESCHEDULE, True),
        ("Please cancel my appointment", Answer.CANCEL, False),
        ("cancel my appointment unless my ride shows up", Answer.CANCEL, True),
        ("confirm for ana, cancel for tim", Answer.CONFIRM, True),
    ],
)
def test_a_wish_that_moves_nothing_by_itself(
    diary: Messenger, clock: MovableClock, words: str, answer: Answer, *, more: bool
) -> None:
    """Who comes late, or names two visits, is for a person: the visit stands as it is."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    text = text_of(diary.receive(from_patient(words, "SM1")))

    assert text.inbound.needs_person
    (told,) = diary.reminders.answers()
    assert (told.answer, told.says_more) == (answer, more)


@pytest.mark.parametrize(
    ("words", "change", "waits"),
    [
        ("I need to reschedule", {"start": WALL + timedelta(days=2)}, False),
        ("can we do another day?", {"start": WALL + timedelta(days=2)}, False),
        ("I need to reschedule", {"status": "cancelled"}, False),
        ("Please cancel my appointment", {"status": "cancelled"}, False),
        ("Please cancel my appointment", {"start": WALL + timedelta(days=2)}, True),
        ("can we do Friday instead?", {"start": WALL + timedelta(days=1)}, True),
        ("I can't do Wednesday, how about Friday?", {"start": WALL + timedelta(days=1)}, True),
        ("can we do next week?", {"start": WALL + timedelta(days=1)}, True),
        ("I need to reschedule", {"status": "done"}, True),
        ("I need to reschedule", {"place": "Room 5"}, True),
        ("I need to reschedule, the rash is worse", {"start": WALL + timedelta(days=2)}, True),
        ("yes I have covid though", {"status": "cancelled"}, True),
    ],
)
def test_a_visit_that_becomes_what_was_asked_for(
    make_messenger: Make, clock: MovableClock, words: str, change: dict[str, Any], *, waits: bool
) -> None:
    """Its text waits in its thread no more, where it said nothing else."""
    diary = make_messenger(reminders=PLANS, inbox=PLAN, keyring=Keyring.generate())
    agree(diary)
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    told: list[AppointmentAnswered] = []
    diary.on(AppointmentAnswered, told.append)
    text = text_of(diary.receive(from_patient(words, "SM1")))
    (answer,) = diary.reminders.answers()
    (thread,) = diary.inbox.waiting()
    assert answer.thread_id == thread.thread_id == text.thread_id == text.visits[0].thread_id
    assert [each.thread_id for each in told] == [thread.thread_id]

    diary.reminders.save(visit(**change))
    assert bool(diary.inbox.waiting()) is waits


def test_a_reminder_that_did_not_arrive_needs_nobody_once_its_visit_is_past(
    diary: Messenger, clock: MovableClock
) -> None:
    """It leaves the list by itself and stays on record; without an inbox it is listed as well."""
    diary.reminders.save(visit(person=KID, numbers=OTHER))  # who agreed to nothing
    run_to(diary, clock, TUESDAY + HOUR)
    assert [item.kind for item in diary.open_items()] == ["undeliverable"]
    run_to(diary, clock, TUESDAY + 27 * HOUR, step=HOUR)
    assert len(diary.open_items()) == 2  # the visit is at half past two
    run_to(diary, clock, TUESDAY + 29 * HOUR, step=HOUR)
    assert diary.open_items() == ()
    assert len(history(diary, KID)) == 2


# What goes wrong


def test_without_plans(make_messenger: Make) -> None:
    """Nobody waits for reminders that never come: keeping a visit then says so."""
    messenger = make_messenger()
    with pytest.raises(ConfigurationError, match=r"reminders=\["):
        messenger.reminders.save(visit())
    assert messenger.reminders.plan_due() == 0


def test_no_appointment(diary: Messenger) -> None:
    """Whatever else is passed is refused, and nothing is kept."""
    with pytest.raises(InvalidInput, match="Appointment"):
        diary.reminders.save_many([visit(), "991"])  # type: ignore[list-item]
    assert diary.reminders.plan_due(until=visit().starts_at) == 0


def test_words_that_fail(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """A visit whose words fail waits ten minutes; the others are told, and the error is counted."""
    broken = {"991"}

    def sometimes(context: ReminderContext) -> str:
        if context.appointment.id in broken:
            raise LookupError
        return words(context)

    plan = evolve(PLANS[0], body=sometimes)
    messenger = make_messenger(reminders=[plan], people=lambda _: Profile(time_zone=CHICAGO))
    agree(messenger)
    agree(messenger, OTHER, KID)
    messenger.reminders.save(visit())
    messenger.reminders.save(visit(id="992", person=KID, numbers=OTHER))
    clock.move_to(TUESDAY)
    progress = Worker(messenger).drain()

    assert (progress.reminded, dict(progress.errors)) == (1, {"LookupError": 1})
    assert len(outgoing(carrier)) == 1
    assert dict(Worker(messenger).drain().errors) == {}
    clock.advance(timedelta(minutes=10))
    with pytest.raises(LookupError):
        messenger.reminders.plan_due()
    broken.clear()
    clock.advance(timedelta(minutes=10))
    work(messenger)
    assert len(outgoing(carrier)) == 2


def test_a_visit_that_cannot_be_read(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told of as a failure, and no other visit waits for it."""
    read = SqlTransaction.open_appointments_at

    async def damaged(tx: SqlTransaction, practice_id: str, number: PhoneNumber) -> Any:
        if number.e164 == OTHER:
            msg = "an Appointment in the database is damaged"
            raise NotOurDatabase(msg)
        return await read(tx, practice_id, number)

    monkeypatch.setattr(SqlTransaction, "open_appointments_at", damaged)
    diary.reminders.save(visit(id="990", person=KID, numbers=OTHER))
    diary.reminders.save(visit())
    clock.move_to(TUESDAY)
    progress = Worker(diary).drain()

    assert (progress.reminded, dict(progress.errors)) == (1, {"NotOurDatabase": 1})
    assert len(outgoing(carrier)) == 1


def test_visits_that_are_only_looked_at(
    diary: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are of which nothing is due yet, they take one transaction."""
    run, runs = Watched.run, list[object]()

    async def counted(store: Watched, work: Any) -> Any:
        runs.append(work)
        return await run(store, work)

    visits = [visit(id=str(n), start=WALL + n * 24 * HOUR) for n in range(9)]
    diary.reminders.save_many(visits)
    monkeypatch.setattr(Watched, "run", counted)

    assert diary.reminders.plan_due() == 0
    assert len(runs) == 1
    assert diary.reminders.plan_due() == 0
    clock.move_to(TUESDAY)
    assert diary.reminders.plan_due() == 1


def in_its_own_words(make_messenger: Make, **changes: object) -> Messenger:
    """A messenger whose plan leaves the words to the library; two numbers agreed."""
    messenger = make_messenger(
        **changes,
        people=lambda _: Profile(time_zone=CHICAGO),
        reminders=[ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])],
        keyring=Keyring.generate(),
    )
    agree(messenger)
    agree(messenger, OTHER, person=KID)
    return messenger


def test_a_visit_whose_turn_is_not_yet_is_told_along(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A text that tells of a visit which nobody holds fixes it first: one text tells of both."""
    diary = in_its_own_words(make_messenger)
    diary.reminders.save(visit(id="1"))
    diary.reminders.save(visit(id="2", start=WALL + HOUR / 2))
    clock.move_to(TUESDAY)
    assert [diary.reminders.plan_due(limit=1) for _ in range(3)] == [1, 0, 0]
    work(diary)

    (text,) = outgoing(carrier)
    assert "2:30" in text
    assert "3:00" in text


def test_it_goes_where_they_agreed(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Of several numbers to the first at which the person agreed."""
    diary = in_its_own_words(make_messenger)
    diary.reminders.save(visit(person=KID, numbers=[PATIENT, OTHER]))
    clock.move_to(TUESDAY)
    work(diary)

    assert [str(each.draft.to) for each in history(diary, KID)] == [str(PhoneNumber(OTHER))]
    assert len(outgoing(carrier)) == 1


def test_what_looking_at_all_fails_by(
    diary: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no visit by itself has anything wrong with it, all are planned, and it is told."""

    async def fails(*given: object) -> bool:
        raise LookupError

    monkeypatch.setattr(_reminders, "_waits_still", fails)
    diary.reminders.save(visit())
    clock.move_to(TUESDAY)
    with pytest.raises(LookupError):
        diary.reminders.plan_due()

    assert [each.draft.idempotency_key for each in history(diary)] == ["appt/991//1d@10:00"]


def test_a_key_of_the_hosts(diary: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Where the host took the key for a text of its own, nothing goes in its place."""
    assert isinstance(remind(diary, "appt/991//1d@10:00"), Sent)
    diary.reminders.save(visit())
    clock.move_to(TUESDAY)
    with pytest.raises(IdempotencyConflict):
        diary.reminders.plan_due()

    assert len(outgoing(carrier)) == 1


def test_what_changes_while_it_is_planned(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A visit that moves between being read and being planned is planned anew."""
    moves: list[Appointment] = []

    def meanwhile(context: ReminderContext) -> str:
        while moves:
            messenger.reminders.save(moves.pop())
        return words(context)

    messenger = make_messenger(
        reminders=[evolve(PLANS[0], body=meanwhile)], people=lambda _: Profile(time_zone=CHICAGO)
    )
    agree(messenger)
    messenger.reminders.save(visit())
    clock.move_to(TUESDAY)
    moves.append(visit(start=WALL + timedelta(days=1)))
    assert messenger.reminders.plan_due() == 0
    assert messenger.reminders.plan_due() == 0
    run_to(messenger, clock, TUESDAY + timedelta(days=1, hours=1))

    assert ["Dec 03 at 14:30" in body for body in outgoing(carrier)] == [True]


def test_a_visit_that_is_gone_when_it_is_planned(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """One that was told with another, or changed, since it was found is left to the next turn."""
    moves = [visit(id="992", start=WALL + timedelta(days=9))]

    def meanwhile(context: ReminderContext) -> str:
        while moves:
            messenger.reminders.save(moves.pop())
        return words(context)

    messenger = make_messenger(
        reminders=[evolve(PLANS[0], body=meanwhile)], people=lambda _: Profile(time_zone=CHICAGO)
    )
    agree(messenger)
    # So that the second is found before the words of the first are asked for.
    messenger.reminders.save_many([visit(), visit(id="992", start=WALL - HOUR * 24)])
    clock.move_to(MORNING)
    assert messenger.reminders.plan_due(until=TUESDAY) == 1

    assert [each.draft.idempotency_key for each in history(messenger)] == ["appt/991//1d@10:00"]


def test_the_hook_can_hold(
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever looks again at the moment of sending can also say: not yet."""
    until = TUESDAY + HOUR

    async def wait(*given: object) -> Later | None:
        at = clock()
        return Later(until) if at < until else None

    monkeypatch.setattr(_admit, "standing", wait)
    diary.reminders.save(visit())
    clock.move_to(TUESDAY)
    diary.reminders.plan_due()
    (held,) = diary.dispatch_due()
    assert isinstance(held, Held)
    assert (held.until, held.reasons) == (until, ())
    assert diary.dispatch_due() == ()
    clock.move_to(until)
    (sent,) = diary.dispatch_due()
    assert isinstance(sent, Sent)


@pytest.fixture
def connection(
    diary: Messenger, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """The host's own connection to the database of the messenger, in a transaction."""
    if database_kind == "sqlite":
        opened: Any = sqlite3.connect(request.getfixturevalue("database"))
        opened.execute("CREATE TABLE bookings (id TEXT)")
        opened.execute("INSERT INTO bookings VALUES ('991')")
    else:
        opened = psycopg.connect(request.getfixturevalue("used_postgres_dsn"))
        opened.execute("SELECT 1")
    yield opened
    opened.close()


@pytest.mark.parametrize("commits", [True, False])
def test_a_booking_and_its_reminders_commit_together(
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    connection: Any,
    commits: bool,  # noqa: FBT001
) -> None:
    """Kept in the host's own transaction, a visit is there after its commit and not otherwise."""
    joined = diary.within(connection)
    joined.reminders.save(visit())
    assert joined.reminders.answers() == ()
    if commits:
        connection.commit()
    else:
        connection.rollback()
    run_to(diary, clock, TUESDAY + HOUR)

    assert len(outgoing(carrier)) == commits


# What is kept


def test_it_is_sealed(diary: Messenger, database_kind: str, database: Path) -> None:
    """Neither room nor kind, person or number of a visit can be read in the file."""
    diary.reminders.save(visit(place="okapi", kind="quagga", occurrence="1"))
    diary.close()

    if database_kind == "sqlite":
        for canary in (b"okapi", b"quagga", PERSON.encode(), PATIENT.encode()):
            assert canary not in on_disk(database)


def test_nothing_of_it_is_logged(
    make_messenger: Make, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """No place, kind, name or whole number is in a log, in a repr or in what is raised."""

    def fails(context: ReminderContext) -> str:
        raise LookupError(context.code)

    caplog.set_level(logging.DEBUG)
    messenger = make_messenger(reminders=[ReminderPlan(offsets=["2 hours before"], body=fails)])
    made = visit(place="okapi", kind="quagga")
    messenger.reminders.save(made)
    clock.move_to(made.starts_at - HOUR)
    progress = Worker(messenger).drain()

    for told in (caplog.text, repr(made), repr(progress), repr(messenger.reminders)):
        for canary in ("okapi", "quagga", PATIENT):
            assert canary not in told


def test_purged_and_kept_anew(diary: Messenger, clock: MovableClock, carrier: Sandbox) -> None:
    """What is over is dropped after its time; kept again, it is a new visit with new reminders."""
    diary.reminders.save(visit())
    run_to(diary, clock, visit().starts_at)
    clock.advance(timedelta(days=2))
    work(diary)
    assert len(outgoing(carrier)) == 2
    clock.advance(timedelta(days=700))
    assert dict_of(diary)["appointment"] == 0
    hold = diary.legal_holds.place(person=PERSON, reason="matter 7", by="counsel:j")
    clock.advance(timedelta(days=60))
    assert dict_of(diary)["appointment"] == 0
    diary.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:j")
    assert dict_of(diary)["appointment"] == 1
    again = visit(start=(clock() + timedelta(days=2)).replace(hour=20, tzinfo=None))
    diary.reminders.save(again)
    agree(diary)
    run_to(diary, clock, again.starts_at)

    assert len(outgoing(carrier)) == 4
    assert history(diary)[-1].draft.idempotency_key == "appt/991//2h/2"


def dict_of(messenger: Messenger) -> dict[str, int]:
    """How many records a purge drops, by class."""
    report = messenger.purge(by="it:kim")
    return {tally.record.value: tally.dropped for tally in report.tallies}


def test_erased(diary: Messenger, clock: MovableClock, carrier: Sandbox) -> None:
    """Whoever is erased is reminded of nothing, and what waits is called back."""
    diary.reminders.save(visit())
    diary.reminders.plan_due(until=TUESDAY)
    diary.erase(PERSON, reason="a request", by="it:kim")
    run_to(diary, clock, visit().starts_at)

    assert outgoing(carrier) == []
    assert diary.reminders.plan_due(until=clock() + timedelta(days=9)) == 0


def test_half_of_a_household_is_erased(
    diary: Messenger, clock: MovableClock, carrier: Sandbox, family: list[Appointment]
) -> None:
    """A text about both is called back as it goes, and the other one is told by itself."""
    diary.reminders.save_many(family)
    diary.reminders.plan_due(until=TUESDAY)
    diary.erase(KID, reason="a request", by="it:kim")
    clock.move_to(TUESDAY)
    (gone,) = diary.dispatch_due()
    assert isinstance(gone, Cancelled)
    assert gone.reason == "the visit was moved, cancelled or changed"
    run_to(diary, clock, TUESDAY + HOUR)

    assert [each.state for each in history(diary)] == [State.CANCELLED, State.SENT]


def test_the_other_half_of_a_household_is_erased(
    diary: Messenger, clock: MovableClock, carrier: Sandbox, family: list[Appointment]
) -> None:
    """A text about both that is kept under the one erased goes at once; the other has their own."""
    diary.reminders.save_many(family)
    assert diary.reminders.plan_due(until=TUESDAY) == 1
    diary.erase(PERSON, reason="a request", by="it:kim")
    run_to(diary, clock, TUESDAY + HOUR)

    (body,) = outgoing(carrier)
    assert "Dec 02 at 15:00" in body
    assert [each.state for each in history(diary, KID)] == [State.SENT]
    assert history(diary) == []


def test_on_an_event_loop(
    practice: Any, provider: Any, make_store: Any, clock: MovableClock, carrier: Sandbox
) -> None:
    """The same names do the same."""

    async def day() -> None:
        async def who(_: str) -> Profile:
            return Profile(time_zone=CHICAGO)

        messenger = AsyncMessenger(
            practice=practice,
            provider=provider,
            store=make_store(),
            clock=clock,
            people=who,
            reminders=[PLANS[0]],
        )
        async with messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
            )
            await messenger.reminders.save(visit())
            await messenger.reminders.save_many([visit(id="992", numbers=OTHER, person=KID)])
            clock.move_to(TUESDAY)
            assert await messenger.reminders.plan_due(limit=9) == 2
            assert (await AsyncWorker(messenger).drain()).sent == 1
            await messenger.receive(from_patient("C", "SM1"))
            answers = await messenger.reminders.answers()
            assert [each.answer for each in answers] == [Answer.CONFIRM]
            await messenger.reminders.acknowledge(*answers)
            assert await messenger.reminders.answers() == ()
            with pytest.raises(InvalidInput):
                await messenger.reminders.plan_due(until=WALL)

    asyncio.run(day())
    assert len(outgoing(carrier)) == 1


def test_a_failure_on_an_event_loop(
    practice: Any, provider: Any, database: Path, clock: MovableClock
) -> None:
    """What went wrong comes out there as well."""

    def fails(_: ReminderContext) -> str:
        raise LookupError

    async def day() -> None:
        messenger = AsyncMessenger(
            practice=practice,
            provider=provider,
            store=SQLite(database),
            clock=clock,
            reminders=[ReminderPlan(offsets=["2 hours before"], body=fails)],
        )
        async with messenger:
            await messenger.reminders.save(visit())
            with pytest.raises(LookupError):
                await messenger.reminders.plan_due(until=visit().starts_at)

    asyncio.run(day())
