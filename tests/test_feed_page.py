"""The page on schedule feeds says what each status of a visit does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from compliant_sms import Keyring, Practice, Profile
from compliant_sms.reminders import Appointment, RecallPlan, ReminderPlan, Status
from compliant_sms.testing import FakeCarrier, MovableClock

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "follow-a-feed.md"
NUMBER = "+12175550134"
MORNING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
PRACTICE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    id="lakeside",
)
PLAN = ReminderPlan(
    offsets=["1 day before at 10:00"], recall=RecallPlan(after="10 days", at_most=1)
)
VISIT = Appointment(
    id="991",
    person="pat-881",
    numbers=NUMBER,
    start=datetime(2026, 12, 3, 14, 30),  # noqa: DTZ001 - wall time
    time_zone="America/Chicago",
)
WORDS = {
    Status.BOOKED: "yes, and ask to confirm",
    Status.CONFIRMED: "yes, and ask nothing",
}


def said() -> dict[Status, list[str]]:
    """The cells of the table, by status."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    cells = {name: cell.split(" | ") for name, cell in rows if cell.count(" | ") == 3}
    return {status: cells[status] for status in Status}


def texts(*visits: Appointment, at: datetime) -> list[str]:
    """The texts that go by an instant once these visits were saved on the morning."""
    clock, carrier = MovableClock(MORNING), FakeCarrier()
    with carrier.messenger(
        practice=PRACTICE,
        clock=clock,
        people=lambda _: Profile(time_zone="America/Chicago"),
        reminders=[PLAN],
    ) as messenger:
        messenger.consent.grant(NUMBER, person="pat-881", basis="spoken", recorded_by="a test")
        messenger.reminders.save_many(visits)
        clock.move_to(at)
        messenger.reminders.plan_due()
        messenger.dispatch_due()
        return [text.body for text in carrier.messages() if text.to == NUMBER]


@pytest.mark.parametrize("status", Status)
def test_a_status_reminds_as_the_page_says(status: Status) -> None:
    """The day before the visit a text goes for what is ahead alone, and asks while it is booked."""
    gone = texts(evolve(VISIT, status=status), at=datetime(2026, 12, 2, 16, 1, tzinfo=UTC))
    asks = any("confirm" in body for body in gone)

    assert said()[status][0] == (WORDS[status] if gone else "no")
    assert asks == (status is Status.BOOKED)


@pytest.mark.parametrize("status", Status)
def test_a_status_counts_for_recalls_as_the_page_says(status: Status) -> None:
    """Recalls count from what is done, and a later visit ends them unless it does not happen."""
    due = datetime(2026, 12, 13, 16, 1, tzinfo=UTC)
    recalled = texts(evolve(VISIT, status=status), at=due)
    later = evolve(VISIT, id="992", start=VISIT.start + timedelta(days=30), status=status)
    kept = texts(evolve(VISIT, status="done"), later, at=due)

    assert said()[status][1:3] == ["yes" if recalled else "no", "no" if kept else "yes"]


@pytest.mark.parametrize("status", Status)
def test_an_answer_stands_as_the_page_says(status: Status) -> None:
    """What a patient answered is to be acted on while the visit is ahead."""
    clock, carrier = MovableClock(MORNING), FakeCarrier()
    with carrier.messenger(
        practice=PRACTICE,
        clock=clock,
        keyring=Keyring.generate(),
        people=lambda _: Profile(time_zone="America/Chicago"),
        reminders=[PLAN],
    ) as messenger:
        messenger.consent.grant(NUMBER, person="pat-881", basis="spoken", recorded_by="a test")
        messenger.reminders.save(VISIT)
        clock.move_to(datetime(2026, 12, 2, 16, 1, tzinfo=UTC))
        messenger.reminders.plan_due()
        messenger.dispatch_due()
        clock.advance(timedelta(minutes=5))
        carrier.reply(NUMBER, "C")
        messenger.reminders.save(evolve(VISIT, status=status))
        (answer,) = messenger.reminders.answers()

    assert said()[status][3] == ("yes" if answer.stands else "no")
