"""Estimates of templates and of visits: what they come to is what happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from compliant_sms import Messenger, Profile, Purpose
from compliant_sms.errors import ConfigurationError, InvalidInput, UnknownTemplate
from compliant_sms.messages import Draft, FromTemplate
from compliant_sms.reminders import Appointment, RecallPlan, ReminderPlan, Status
from compliant_sms.rules import Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.templates import Catalogue
from compliant_sms.testing import MovableClock
from compliant_sms.volume import VolumePlan
from compliant_sms.worker import Worker
from conftest import PATIENT, PERSON
from templates_made import reminder, simple
from test_send import agree, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"
PLANS = [ReminderPlan(offsets=["2 days before at 10:00", "3 hours before"])]


@pytest.fixture
def practice_with(make_messenger: Make) -> Make:
    """Makes messengers that remind, whose family of two and whose other patient agreed."""

    def make(**changes: object) -> Messenger:
        usual = {
            "people": lambda _: Profile(time_zone="America/Chicago", state="IL"),
            "reminders": PLANS,
        }
        messenger = make_messenger(**{**usual, **changes})
        for number, person in ((PATIENT, PERSON), (PATIENT, "pat-child"), (OTHER, "pat-900")):
            messenger.consent.grant(
                number, person=person, basis="spoken", recorded_by="front-desk:ana"
            )
        return messenger

    return make


def visit(name: str, start: datetime, person: str = PERSON, number: str = PATIENT) -> Appointment:
    """A visit."""
    return Appointment(
        id=name, person=person, numbers=number, start=start, time_zone="America/Chicago"
    )


# The clock of the tests stands on Monday, 30 November 2026.
WEDNESDAY = datetime(2026, 12, 2, 14, 30)  # noqa: DTZ001 - the clinic's wall time
DIARY = [
    visit("a", WEDNESDAY),
    visit("b", WEDNESDAY + timedelta(hours=1), "pat-child"),
    visit("c", WEDNESDAY + timedelta(days=1)),
    visit("d", WEDNESDAY + timedelta(days=2), "pat-900", OTHER),
    visit("past", WEDNESDAY - timedelta(days=3)),
]


@pytest.mark.both_databases
def test_what_a_diary_comes_to(practice_with: Make, clock: MovableClock, carrier: Sandbox) -> None:
    """Texts by day are those that a worker sends afterwards; a family's are folded into one."""
    own = practice_with(volume=VolumePlan(texts_per_day=2))
    told = own.estimate(DIARY, price_per_segment=Decimal("0.01"))
    assert own.estimate(DIARY, price_per_segment=Decimal("0.01")) == told
    assert own.history(PERSON).texts == ()
    own.reminders.save_many(DIARY)
    end = clock() + timedelta(days=6)
    while clock() < end:
        Worker(own).drain(signals=False)
        clock.advance(timedelta(minutes=30))

    sent = [text for text in carrier.messages() if text.author == "application"]
    days = Counter(text.created_at.astimezone(clock().tzinfo).date() for text in sent)
    assert {each.day: each.texts for each in told.days} == days
    assert len(sent) < 2 * 4
    assert told.segments == sum(text.segments for text in sent)
    assert told.cost == told.segments * Decimal("0.01") > 0


def test_what_was_asked_for_counts_no_more(practice_with: Make, clock: MovableClock) -> None:
    """Of kept visits only what is still to come; where one moves, all of it again."""
    own = practice_with()
    one = DIARY[3:4]
    before = own.estimate(one)
    own.reminders.save_many(one)
    clock.move_to(clock() + timedelta(days=2, hours=3))
    Worker(own).drain(signals=False)

    assert (before.texts, own.estimate(one).texts) == (2, 1)
    later = visit("d", WEDNESDAY + timedelta(days=9), "pat-900", OTHER)
    assert own.estimate([later]).texts == 2
    assert own.estimate([*one, later]).texts == 2
    cancelled = Appointment(
        id="d",
        person="pat-900",
        numbers=OTHER,
        start=WEDNESDAY + timedelta(days=2),
        time_zone="America/Chicago",
        status=Status.CANCELLED,
    )
    assert own.estimate([cancelled]).texts == 0


def test_a_batch_that_books_again_comes_to_no_recalls(practice_with: Make) -> None:
    """Whether the next visit is kept already, or is in the batch alone, or was there and is not."""
    recall = RecallPlan(after="6 months", at_most=3)
    own = practice_with(reminders=[ReminderPlan(offsets=["1 day before"], recall=recall)])
    past = evolve(DIARY[4], person="pat-900", numbers=OTHER, status="done")
    following = visit("next", WEDNESDAY + timedelta(days=90), "pat-900", OTHER)

    assert own.estimate([past]).texts == 3
    assert own.estimate([past, following]).texts == 1
    own.reminders.save_many([past, following])
    assert own.estimate([past]).texts == 0
    assert own.estimate([past, evolve(following, status="cancelled")]).texts == 3
    assert own.estimate([past, evolve(following, person=PERSON, numbers=PATIENT)]).texts == 4


def test_a_visit_that_changes_its_number_counts_once(practice_with: Make) -> None:
    """With what is kept of it, and with what the batch said of it before."""
    own = practice_with()
    agree(own, OTHER)
    own.reminders.save_many(DIARY[:2])
    moved = evolve(DIARY[0], numbers=OTHER)

    assert own.estimate([DIARY[0], moved, DIARY[1]]).texts == 4
    assert own.estimate([moved]).texts == 2


def test_a_visit_that_is_booked_again(practice_with: Make, clock: MovableClock) -> None:
    """What would have gone before that is left out."""
    own = practice_with()
    later = visit("d", WEDNESDAY + timedelta(days=1), "pat-900", OTHER)
    own.reminders.save(later)
    own.reminders.save(evolve(later, status=Status.CANCELLED))
    clock.move_to(clock() + timedelta(days=1, hours=3))

    assert own.estimate([later]).texts == 1
    own.reminders.save(later)
    assert own.estimate([later]).texts == 1


def test_what_goes_too_late_takes_no_place(practice_with: Make, clock: MovableClock) -> None:
    """As it leaves its place to others when it is cancelled."""
    own = practice_with(volume=VolumePlan(texts_per_day=1))
    texts = [
        Draft(
            to=OTHER,
            person="pat-900",
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"Lakeside Family Medicine: see you at {n}.",
            idempotency_key=str(n),
            not_after=clock() + timedelta(hours=1) if n == 2 else None,
        )
        for n in (1, 2, 3)
    ]
    told = own.estimate(texts)

    assert (told.texts, told.too_late) == (2, 1)
    assert [(each.day - clock().date()).days for each in told.days] == [0, 1]


def test_a_reminder_that_may_only_go_as_the_visit_begins(
    practice_with: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """Three hours before a visit at eight nobody may be texted: it is cancelled at eight."""
    own = practice_with(reminders=[ReminderPlan(offsets=["3 hours before"])])
    early = visit("e", WEDNESDAY.replace(hour=8, minute=0), "pat-900", OTHER)
    told = own.estimate([early])
    own.reminders.save(early)
    while clock() <= early.starts_at:
        Worker(own).drain(signals=False)
        clock.advance(timedelta(minutes=30))

    assert (told.texts, told.too_late) == (0, 1)
    assert carrier.messages() == ()


def test_kept_visits_fold_with_those_of_a_batch(practice_with: Make) -> None:
    """A second visit of the day at the number costs no text of its own where one is to go."""
    own = practice_with()
    alone = own.estimate(DIARY[1:2]).texts
    own.reminders.save(DIARY[0])
    both = own.estimate(DIARY[:2]).texts

    assert own.estimate(DIARY[1:2]).texts == both
    assert both < 2 * alone


def test_what_templates_come_to(practice_with: Make) -> None:
    """Each is decided as the text that it would make, in the patient's language."""
    hello, spanish = simple(), {"given_name": "Ana"}
    own = practice_with(templates=Catalogue([hello, reminder()]))
    asked = FromTemplate(
        template="hello", to=PATIENT, person=PERSON, values=spanish, idempotency_key="t1"
    )
    written = Draft(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: Ana, see you soon.",
        idempotency_key="t2",
    )
    nobody = FromTemplate(
        template="hello", to="+12175550177", person="pat-1", values=spanish, idempotency_key="t3"
    )

    assert own.estimate([asked]) == own.estimate([written])
    told = own.estimate([asked, nobody])
    assert told.verdicts == {Verdict.ALLOW: 1, Verdict.HOLD: 0, Verdict.BLOCK: 1}
    assert own.history(PERSON).texts == ()
    unknown = FromTemplate(
        template="nothing", to=PATIENT, person=PERSON, values={}, idempotency_key="t4"
    )
    with pytest.raises(UnknownTemplate):
        own.estimate([unknown])
    with pytest.raises(InvalidInput, match="the batch"):
        own.estimate(["hello"])  # type: ignore[list-item]


def test_without_templates_none_can_be_estimated(messenger: Messenger) -> None:
    """The error says what to pass."""
    agree(messenger)
    asked = FromTemplate(
        template="hello", to=PATIENT, person=PERSON, values={}, idempotency_key="t1"
    )
    with pytest.raises(ConfigurationError, match="templates"):
        messenger.estimate([asked])
