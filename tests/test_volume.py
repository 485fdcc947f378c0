"""The plan at work: never more than a day's number, nothing stuck, no place given twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    Cancelled,
    Delivery,
    Held,
    Keyring,
    Messenger,
    Profile,
    Purpose,
    Queued,
    Rulebook,
    Sent,
    Settings,
    records,
)
from compliant_sms.conversations import OpenKind
from compliant_sms.errors import InvalidInput
from compliant_sms.messages import Draft
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.reminders import Appointment, ReminderPlan
from compliant_sms.routing import Routes
from compliant_sms.rules import PracticeCap, Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock, assert_blocked
from compliant_sms.volume import NO_PLACE, Ramp, VolumePlan
from conftest import MORNING, PATIENT, PERSON
from test_inbox import PLAN
from test_receive import from_patient
from test_send import BODY, agree, outgoing, remind, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
Make = Callable[..., Messenger]

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 30)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# On the practice's clock the rules let informational texts go from 8 a.m. on.
EIGHT = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)


def in_chicago(_: str) -> Profile:
    return Profile(time_zone="America/Chicago")


@pytest.fixture
def planned(make_messenger: Make) -> Make:
    """Makes messengers with a plan, whose patients live in Chicago."""

    def make(plan: VolumePlan, **changes: Any) -> Messenger:
        return make_messenger(**{"people": in_chicago, "volume": plan} | changes)

    return make


def numbers(count: int) -> list[str]:
    return [f"+1217555{n:04}" for n in range(1000, 1000 + count)]


def everybody(messenger: Messenger, count: int) -> list[str]:
    """So many patients who agreed."""
    found = numbers(count)
    for each in found:
        agree(messenger, each, f"pat-{each}")
    return found


def remind_all(messenger: Messenger, them: Iterable[str], **changes: Any) -> list[Any]:
    return [remind(messenger, each, to=each, person=f"pat-{each}", **changes) for each in them]


def run_until_empty(
    messenger: Messenger, clock: MovableClock, step: timedelta = HOUR, most: int = 24 * 40
) -> dict[datetime, int]:
    """Dispatch again and again; how many went at which instant."""
    went = {}
    for _ in range(most):
        done = messenger.dispatch_due(limit=1000)
        sent = sum(isinstance(each, Sent) for each in done)
        if sent:
            went[clock()] = sent
        clock.advance(step)
    return went


def by_day(went: dict[datetime, int]) -> Counter[date]:
    days: Counter[date] = Counter()
    for at, texts in went.items():
        days[at.astimezone(CHICAGO).date()] += texts
    return days


def reasons(outcome: Any) -> list[tuple[str, str]]:
    return [(reason.rule, reason.code) for reason in outcome.reasons]


def test_a_new_practice_starts_small(planned: Make, clock: MovableClock) -> None:
    """The first day's number goes; the rest has a day of its own each, and goes on it."""
    own = planned(VolumePlan(ramp=Ramp(begins=MONDAY, start=2, grow=2, until=9)))
    outcomes = remind_all(own, everybody(own, 10))

    assert [type(each) for each in outcomes] == [Sent] * 2 + [Held] * 8
    assert {each.until for each in outcomes[2:]} == {EIGHT, EIGHT + DAY}
    assert reasons(outcomes[2]) == [("volume-plan", "ramp")]
    assert "ramp" in outcomes[2].reasons[0].words
    # Asked for again, it says the same, and takes no second place.
    again = remind_all(own, numbers(10)[2:3])[0]
    assert again == outcomes[2]
    days = by_day(run_until_empty(own, clock, most=24 * 4))
    assert days == {MONDAY + DAY: 4, MONDAY + 2 * DAY: 4}


def test_replies_come_in_as_staff_can_answer(planned: Make, clock: MovableClock) -> None:
    """Eight texts a day bring four replies: one an hour leaves from nine to five, none beside."""
    plan = VolumePlan(
        replies_per_day=4, expected_reply_rate=0.5, quiet_days=["tuesday", date(2026, 12, 3)]
    )
    own = planned(plan)
    outcomes = remind_all(own, everybody(own, 16))

    assert isinstance(outcomes[0], Sent)
    assert [each.until for each in outcomes[1:7]] == [MORNING + n * HOUR for n in range(1, 7)]
    assert {code for each in outcomes[1:] for code in reasons(each)} == {("volume-plan", "replies")}
    went = dict.fromkeys([MORNING], 1) | run_until_empty(own, clock, most=24 * 5)
    assert by_day(went) == {MONDAY: 7, MONDAY + 2 * DAY: 8, MONDAY + 4 * DAY: 1}
    assert set(went.values()) == {1}
    assert {at.astimezone(CHICAGO).hour for at in went} == {*range(9, 17)}


@pytest.mark.parametrize(
    ("at", "until", "code"),
    [
        (MORNING + 5 * DAY, MORNING + 7 * DAY - HOUR, "quiet-day"),
        (EIGHT, EIGHT + HOUR, "staffed-hours"),
        (MORNING.replace(hour=23), EIGHT + HOUR, "staffed-hours"),
    ],
)
def test_outside_of_staffed_hours(
    planned: Make, clock: MovableClock, at: datetime, until: datetime, code: str
) -> None:
    """On quiet days, and when nobody is there, texts wait for the next time that somebody is."""
    clock.move_to(at)
    own = planned(VolumePlan(replies_per_day=100, quiet_days=["saturday", "sunday"]))
    agree(own)
    held = remind(own)

    assert (held.until, reasons(held)) == (until, [("volume-plan", code)])
    clock.move_to(until)
    assert isinstance(own.dispatch_due()[0], Sent)


def test_quiet_days_alone(planned: Make, clock: MovableClock) -> None:
    """Without a limit a quiet day only holds; all of it goes in the morning after."""
    own = planned(VolumePlan(quiet_days=[MONDAY]))
    outcomes = remind_all(own, everybody(own, 3))

    assert {each.until for each in outcomes} == {EIGHT}
    clock.move_to(EIGHT)
    assert [type(each) for each in own.dispatch_due()] == [Sent] * 3


def test_what_never_waits(planned: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """Emergencies, answers to STOP and HELP and to a patient's text go, and take no place."""
    own = planned(VolumePlan(texts_per_day=1))
    ana, ben = everybody(own, 2)
    assert isinstance(remind_all(own, [ana])[0], Sent)
    assert isinstance(remind_all(own, [ben])[0], Held)
    alert = "Lakeside Family Medicine: the water in our building is unsafe. Do not drink it."
    urgent = remind(own, "alert", purpose=Purpose.EMERGENCY_ALERT, body=alert)
    own.receive(from_patient("HELP", "SM1"))
    own.receive(from_patient("Do you open at 8?", "SM2"))
    answer = "Lakeside Family Medicine: yes, we open at 8 tomorrow."
    answered = remind(own, "answer", purpose=Purpose.CARE_CONVERSATION, body=answer)

    assert isinstance(urgent, Sent)
    assert isinstance(answered, Sent)
    assert [type(each) for each in own.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 4
    clock.move_to(EIGHT)
    assert [type(each) for each in own.dispatch_due()] == [Sent]


def test_check_tells_and_takes_nothing(planned: Make) -> None:
    """Asking what would happen names the place that a text would get, and leaves it free."""
    own = planned(VolumePlan(texts_per_day=1))
    agree(own)
    asked = {"to": PATIENT, "person": PERSON, "purpose": Purpose.RECALL, "body": BODY}
    assert own.check(**asked).verdict is Verdict.ALLOW
    assert isinstance(remind(own), Sent)
    decisions = [own.check(**asked | {"body": f"{BODY} Soon."}) for _ in range(2)]

    for decision in decisions:
        assert (decision.verdict, decision.until) == (Verdict.HOLD, EIGHT)
        assert decision.replay() == decision


def test_a_cancelled_text_leaves_its_place(planned: Make, clock: MovableClock) -> None:
    """What is called back, or comes too late, takes no place away; what went keeps its own."""
    own = planned(VolumePlan(texts_per_day=1))
    them = everybody(own, 4)
    sent, held = remind_all(own, them[:2])
    assert held.until == EIGHT
    late = remind_all(own, them[2:3], not_after=MORNING + DAY + HOUR)[0]
    assert isinstance(late, Cancelled)
    own.cancel(held.message_id)
    own.cancel(sent.message_id)
    taken = remind_all(own, them[3:])[0]

    assert taken.until == EIGHT
    clock.move_to(EIGHT)
    assert [each.message_id for each in own.dispatch_due()] == [taken.message_id]


@pytest.mark.parametrize("by", ["a move", "erasure"])
def test_a_reminder_called_back_leaves_its_place(
    planned: Make, clock: MovableClock, by: str
) -> None:
    """Where its visit is moved or its patient erased, another text has the day."""
    own = planned(
        VolumePlan(texts_per_day=1),
        reminders=[ReminderPlan(offsets=["2 days before at 10:00"])],
        keyring=Keyring.generate(),
    )
    them = everybody(own, 3)
    remind_all(own, them[:1])
    visit = Appointment(
        id="991",
        person=f"pat-{them[1]}",
        numbers=them[1],
        start=datetime(2026, 12, 2, 14, 30),  # noqa: DTZ001 - what the clinic's clock shows
        time_zone="America/Chicago",
    )
    own.reminders.save(visit)
    assert own.reminders.plan_due() == 1
    (held,) = own.dispatch_due()
    assert isinstance(held, Held)
    assert held.until == EIGHT
    if by == "a move":
        own.reminders.save(evolve(visit, status="cancelled"))
    else:
        own.erase(visit.person, reason="a request", by="it:kim")

    assert remind_all(own, them[2:])[0].until == EIGHT


def test_a_reminder_without_a_place_in_time_is_to_be_seen_to(
    planned: Make, clock: MovableClock
) -> None:
    """It is on the list, with what to do, until somebody has seen to it or its visit is past."""
    own = planned(
        VolumePlan(texts_per_day=1),
        reminders=[ReminderPlan(offsets=["3 hours before"])],
        inbox=PLAN,
    )
    them = everybody(own, 3)
    remind_all(own, them[:1])
    for place, each in enumerate(them[1:]):
        own.reminders.save(
            Appointment(
                id=f"99{place}",
                person=f"pat-{each}",
                numbers=each,
                start=datetime(2026, 11, 30, 13),  # noqa: DTZ001 - what the clinic's clock shows
                time_zone="America/Chicago",
            )
        )
    assert own.reminders.plan_due() == 2
    outcomes = own.dispatch_due()
    assert [type(each) for each in outcomes] == [Cancelled] * 2

    first, second = own.open_items()
    assert {first.reference, second.reference} == {each.message_id for each in outcomes}
    assert first.kind is second.kind is OpenKind.NO_PLACE
    assert "no place" in first.remedy
    (record,) = own.history(f"pat-{them[1]}").texts
    assert record.message.problem is not None
    assert "plan for its volume" in record.message.problem.words
    assert own.inbox.dismiss(first, by="desk:ana", reason="called them") == 1
    assert own.open_items() == (second,)
    clock.move_to(MORNING + 6 * HOUR)
    own.reminders.plan_due()
    assert own.open_items() == ()


def test_the_record_by_which_stores_find_texts_without_a_place() -> None:
    """What an older release wrote is found by this one: any other byte would hide it from staff."""
    assert records.encode(NO_PLACE) == (
        b'{"category":"unknown","code":"no-place","said":"","words":"The practice\'s plan for its '
        b'volume had no place for it before its not_after."}'
    )


def test_an_erased_text_that_left_keeps_its_place(
    planned: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """The one that a text used before its provider refused it for a while is used."""
    own = planned(VolumePlan(texts_per_day=1), keyring=Keyring.generate())
    them = everybody(own, 2)
    carrier.fail_next("status", status=429, times=5)
    assert isinstance(remind_all(own, them[:1])[0], Queued)
    own.erase(f"pat-{them[0]}", reason="a request", by="it:kim")

    assert remind_all(own, them[1:])[0].until == EIGHT


def test_a_stop_in_between_leaves_the_place(planned: Make, clock: MovableClock) -> None:
    """Decided anew at its time, a text that may not go any more lets the next one have its day."""
    own = planned(VolumePlan(texts_per_day=1))
    them = everybody(own, 3)
    remind_all(own, them[:2])
    own.consent.revoke(them[1], channel="spoken", recorded_by="front-desk:ana")
    clock.move_to(EIGHT)
    assert [type(each) for each in own.dispatch_due()] == [Blocked]

    assert isinstance(remind_all(own, them[2:])[0], Sent)


def test_a_place_outlives_a_refusal(
    planned: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """A text that moves to another route, or is tried again, has its place of that day."""
    refused = evolve(provider, sender="+12175550112", account_sid="AC" + "0" * 32)
    plan = VolumePlan(replies_per_day=1, expected_reply_rate=1)
    own = planned(plan, provider=Routes([refused, provider]))
    sent, held = remind_all(own, everybody(own, 2))

    assert isinstance(sent, Sent)
    assert isinstance(held, Held)
    assert len(outgoing(carrier)) == 1


def test_tried_again_on_the_same_day(planned: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """A provider that refuses for a while costs the text no second place."""
    own = planned(VolumePlan(texts_per_day=1))
    them = everybody(own, 1)
    carrier.fail_next("status", status=429, times=5)
    assert isinstance(remind_all(own, them)[0], Queued)
    clock.advance(HOUR)

    assert [type(each) for each in own.dispatch_due()] == [Sent]


def test_a_rate_takes_no_place(planned: Make, clock: MovableClock) -> None:
    """What waits for the sender's rate has not had its place yet."""
    slow = Delivery(rate=Rate(per_second=0.01, burst=1))
    own = planned(VolumePlan(texts_per_day=2), delivery=slow)
    first, second, third = remind_all(own, everybody(own, 3))

    assert [type(each) for each in (first, second, third)] == [Sent, Queued, Queued]
    clock.advance(HOUR)
    assert [type(each) for each in own.dispatch_due()] == [Sent, Held]


def test_a_worker_that_was_away(planned: Make, clock: MovableClock) -> None:
    """Places that were missed on their day go later that day; those of other days get new ones."""
    plan = VolumePlan(replies_per_day=2, expected_reply_rate=0.5)
    own = planned(plan)
    remind_all(own, everybody(own, 8))
    clock.move_to(datetime(2026, 12, 1, 2, 0, tzinfo=UTC))  # eight in the evening
    assert sum(isinstance(each, Sent) for each in own.dispatch_due()) == 3
    clock.move_to(datetime(2026, 12, 4, 15, 0, tzinfo=UTC))
    days = by_day(run_until_empty(own, clock, most=24 * 4))

    assert sum(days.values()) == 4
    assert max(days.values()) <= 4


def test_places_where_the_rules_let_it_go(planned: Make, clock: MovableClock) -> None:
    """A patient far west gets a place at whose time it is day there."""
    plan = VolumePlan(replies_per_day=4, expected_reply_rate=0.5, quiet_days=["tuesday"])
    own = planned(plan, people=lambda _: Profile(time_zone="Pacific/Honolulu"))
    clock.move_to(MORNING + 4 * HOUR)  # ten in the morning in Honolulu
    outcomes = remind_all(own, everybody(own, 5))

    walls = [each.until.astimezone(CHICAGO) for each in outcomes[1:]]
    assert isinstance(outcomes[0], Sent)
    assert [(wall.day, wall.hour) for wall in walls] == [(30, 15), (30, 16), (2, 12), (2, 13)]


def test_hours_that_never_meet(planned: Make, clock: MovableClock) -> None:
    """Where the plan's hours and the rules' never meet the text is refused, and says so."""
    own = planned(
        VolumePlan(replies_per_day=4, staffed="09:00-10:00"),
        people=lambda _: Profile(time_zone="Pacific/Honolulu"),
    )
    clock.advance(4 * HOUR)
    agree(own)
    blocked = remind(own)

    assert isinstance(blocked, Blocked)
    assert ("volume-plan", "no-common-hours") in reasons(blocked)


def test_caps_of_a_plan_join_those_of_the_settings(planned: Make, clock: MovableClock) -> None:
    """A cap of either counts, for its class only, and stands in the decision."""
    mine = PracticeCap(count=1, within=DAY, message_class="transactional")
    other = PracticeCap(count=5, within=DAY)
    own = planned(VolumePlan(caps=[mine]), rulebook=Rulebook(Settings(caps=(other,))))
    agree(own)
    remind(own)
    held = remind(own, "second", body=f"{BODY} Bring your card.")

    assert reasons(held) == [("frequency-cap-practice", "practice-cap")]
    assert held.until == MORNING + DAY


# Two workers


def test_workers_share_the_day(planned: Make, clock: MovableClock, database_kind: str) -> None:
    """From many threads over two stores, no more goes than the day has, each text once."""
    plan = VolumePlan(texts_per_day=7)
    pair = [planned(plan), planned(plan)]
    them = everybody(pair[0], 24)
    ready = threading.Barrier(8)

    def some(worker: int) -> list[Any]:
        ready.wait()
        return remind_all(pair[worker % 2], them[worker::8])

    with ThreadPoolExecutor(8) as threads:
        outcomes = [each for found in threads.map(some, range(8)) for each in found]
    assert Counter(type(each) for each in outcomes) == {Sent: 7, Held: 17}
    for day in range(1, 4):
        clock.move_to(EIGHT + (day - 1) * DAY)
        with ThreadPoolExecutor(4) as threads:
            jobs = [threads.submit(pair[n % 2].dispatch_due, limit=100) for n in range(4)]
            sent = [each for job in jobs for each in job.result() if isinstance(each, Sent)]
        assert len(sent) == len({each.message_id for each in sent}) == min(7, 24 - 7 * day)


@pytest.mark.parametrize(
    "night", [datetime(2027, 3, 13, 20, tzinfo=UTC), datetime(2027, 11, 6, 20, tzinfo=UTC)]
)
def test_days_on_which_clocks_change(planned: Make, clock: MovableClock, night: datetime) -> None:
    """Days of 23 and of 25 hours get as many texts as others."""
    clock.move_to(night)
    own = planned(VolumePlan(replies_per_day=3, expected_reply_rate=1))
    remind_all(own, everybody(own, 12))
    days = by_day(run_until_empty(own, clock, timedelta(minutes=20), most=24 * 3 * 4))

    assert sum(days.values()) == 12 - 1  # one went at once
    assert set(list(days.values())[1:-1]) == {3}
    assert max(days.values()) <= 3


# Outside of production


def test_an_allow_list(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """Who is not on it gets nothing, no answer to STOP either, and the refusal says why."""
    own = make_messenger(people=in_chicago, only_to=["(217) 555-0199"])
    agree(own)
    agree(own, "+12175550199", "pat-9")
    blocked = remind(own)
    own.receive(from_patient("STOP", "SM1"))
    answers = own.dispatch_due()

    assert ("not-production", "not-on-allow-list") in reasons(blocked)
    assert [type(each) for each in answers] == [Blocked]
    assert isinstance(remind(own, "2", to="+12175550199", person="pat-9"), Sent)
    assert len(outgoing(carrier)) == 1
    with pytest.raises(InvalidInput, match="only_to is a list"):
        make_messenger(only_to="+12175550199")


def test_an_empty_allow_list(make_messenger: Make) -> None:
    """An empty list is a list: nobody is on it."""
    own = make_messenger(people=in_chicago, only_to=[])
    agree(own)

    assert_blocked(remind(own), rule="not-production")


def test_a_dry_run(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """Everything is decided and kept as it would be, under a name that says so; nothing leaves."""
    own = make_messenger(people=in_chicago, dry_run=True, volume=VolumePlan(texts_per_day=1))
    agree(own)
    sent = remind(own)
    held = remind(own, "2", body=f"{BODY} Bring your card.")
    own.receive(from_patient("STOP", "SM1"))

    assert sent == Sent(message_id=sent.message_id, provider_id="dry-run")
    assert isinstance(held, Held)
    assert [type(each) for each in own.dispatch_due()] == [Sent]
    assert {record.message.provider for record in own.history(PERSON).texts} <= {"dry-run", None}
    clock.move_to(EIGHT)
    assert [type(each) for each in own.dispatch_due()] == [Blocked]
    assert outgoing(carrier) == []
    assert own.fetch_media() == ()
    assert own.reconcile() == ()


def test_the_doctor_tells_what_is_held_back(make_messenger: Make) -> None:
    """A dry run, an allow-list and a pause are warnings, so that nobody forgets them."""
    own = make_messenger(dry_run=True, only_to=[PATIENT])
    own.pause(by="it:kim", reason="wrong times", scope="marketing")
    checks = {each.what: each for each in own.doctor()}

    for what in ("dry run", "allow-list", "pause"):
        assert checks[what].result == "warning"
    assert "1 numbers" in checks["allow-list"].says
    assert "marketing" in checks["pause"].says
    assert checks["credentials"].result == "not_checked"
    usual = {each.what for each in make_messenger(practice=evolve(own._ports.practice)).doctor()}
    assert not {"dry run", "allow-list"} & usual


# Estimates


def drafts(them: Iterable[str], **changes: Any) -> list[Draft]:
    usual = {"purpose": Purpose.APPOINTMENT_REMINDER, "body": BODY}
    return [
        Draft(**usual | {"to": e, "person": f"pat-{e}", "idempotency_key": e} | changes)
        for e in them
    ]


def test_an_estimate_is_what_happens(planned: Make, clock: MovableClock) -> None:
    """Texts, segments and cost by day are those that come of sending the batch."""
    own = planned(VolumePlan(texts_per_day=3))
    them = everybody(own, 8)
    remind_all(own, them[:1])
    batch = drafts(them[1:])
    told = own.estimate(batch, price_per_segment=Decimal("0.01"))
    outcomes = remind_all(own, them[1:])
    clock.advance(HOUR)
    days = by_day(run_until_empty(own, clock, most=24 * 4))
    days[MONDAY] += sum(isinstance(each, Sent) for each in outcomes)

    assert (
        {each.day: each.texts for each in told.days}
        == days
        == {
            MONDAY: 2,
            MONDAY + DAY: 3,
            MONDAY + 2 * DAY: 2,
        }
    )
    assert told.verdicts == {Verdict.ALLOW: 2, Verdict.HOLD: 5, Verdict.BLOCK: 0}
    assert told.reasons == {"volume-plan": 5}
    assert (told.texts, told.too_late) == (7, 0)
    assert told.cost == told.segments * Decimal("0.01") > 0


def test_an_estimate_keeps_nothing(planned: Make, clock: MovableClock) -> None:
    """It decides by what is on record, takes no place and stores no text."""
    own = planned(VolumePlan(texts_per_day=2, quiet_days=["tuesday"]))
    them = everybody(own, 3)
    own.consent.revoke(them[0], channel="spoken", recorded_by="front-desk:ana")
    late = drafts([them[2]], not_after=MORNING + DAY)
    for _ in range(2):
        told = own.estimate([*drafts(them[:2]), *drafts([them[2]]), *late])
        assert told.verdicts == {Verdict.ALLOW: 2, Verdict.HOLD: 1, Verdict.BLOCK: 1}
        assert told.reasons == {"revocation": 1, "volume-plan": 1}
        assert (told.texts, told.cost, told.too_late) == (2, 0, 1)
    assert own.history(f"pat-{them[1]}").texts == ()
    own.pause(by="it:kim", reason="wrong times")
    paused = own.estimate(drafts(them[1:2]))
    assert (paused.verdicts[Verdict.HOLD], paused.reasons) == (1, {"pause": 1})
    assert own.estimate([]).days == ()
    with pytest.raises(InvalidInput):
        own.estimate([], price_per_segment=0.01)  # type: ignore[arg-type]


def test_an_estimate_without_a_plan(make_messenger: Make, clock: MovableClock) -> None:
    """Then each text goes when the rules let it go; where nothing ever suits, it never does."""
    own = make_messenger(people=in_chicago)
    them = everybody(own, 2)
    clock.move_to(datetime(2026, 12, 1, 5, 0, tzinfo=UTC))
    told = own.estimate(drafts(them))
    assert [(each.day, each.texts) for each in told.days] == [(MONDAY + DAY, 2)]
    assert told.reasons == {"courtesy-window": 2}
    quiet = make_messenger(people=in_chicago, volume=VolumePlan(quiet_days=["tuesday"]))
    assert [each.day for each in quiet.estimate(drafts(them)).days] == [MONDAY + 2 * DAY]
    nowhere = make_messenger(
        volume=VolumePlan(replies_per_day=4, staffed="09:00-10:00"),
        people=lambda _: Profile(time_zone="Pacific/Honolulu"),
    )
    never = nowhere.estimate(drafts(them))
    assert (never.texts, never.too_late) == (0, 2)
