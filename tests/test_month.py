"""A simulated practice month keeps what doctors' offices were promised."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from compliant_sms.conversations import ThreadState
from compliant_sms.flows import PlannedReminders
from compliant_sms.reminders import Appointment, Status
from compliant_sms.rules import Rulebook
from compliant_sms.sandbox import BookEntry
from compliant_sms.waiver import Waiver
from figures import Record
from practice_month import (
    PER_PERSON,
    WRITES,
    ZONE,
    Month,
    Size,
    at,
    is_reminder,
    persons_at,
    summary,
    table,
)

SMALL = Size(patients=120, visits_a_day=8, days=9, texts_a_day=20)
WHOLE = Size(patients=3000, visits_a_day=210, days=30, texts_a_day=400, answers_an_hour=12)
# What nobody has to answer, and what is settled without a person.
SETTLED = {*WRITES["confirms"], *WRITES["thanks"], *WRITES["stops"]}
WRONGS = (
    "over the plan of a day",
    "over the cap of a person",
    "at night",
    "after a stop",
    "of a cancelled visit",
    "twice",
    "unanswered and on no list",
    "visits nobody was told of",
)


@pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="small"), pytest.param(WHOLE, marks=pytest.mark.endurance)]
)
def test_month(size: Size, figures: Record, capsys: pytest.CaptureFixture[str]) -> None:
    """Caps kept, nobody texted who must not be, each text of a patient answered or listed."""
    month = Month(size, seed=20261102)
    for day in month.play():
        if size is WHOLE:  # long work shows progress
            with capsys.disabled():
                sys.stdout.write(f"\n{table([day]).splitlines()[1]}")
                sys.stdout.flush()
    sys.stdout.write(table(month.days))

    counted = summary(month) + Counter(wrong for wrong in wrongs(month))
    assert counted["received"] > 0
    assert counted["reminders"] > size.days
    month.messenger.close()
    figures("a practice's month: replies, staff ill, provider away", counted, WRONGS)


TINY = Size(patients=30, visits_a_day=10, days=5, texts_a_day=9)
FEW = Size(patients=3, visits_a_day=9, days=3, texts_a_day=100)


async def no_stop(*_: object) -> None:
    """A STOP that ends nothing."""


def untold_change(*_: object) -> None:
    """A desk that tells nobody of a visit that was moved or cancelled."""


async def nothing_planned(*_: object) -> PlannedReminders:
    """A worker that forgets the diary."""
    return PlannedReminders()


def without(rule: str) -> Rulebook:
    """A rulebook in which a rule does not bind."""
    waiver = Waiver(of=rule, reason="to see it missed", by="test", on=date(2026, 11, 1))
    return Rulebook(waivers=(waiver,))


BROKEN: dict[str, tuple[Size, dict[str, Any], str, Any]] = {
    WRONGS[0]: (TINY, {"volume": None}, "", None),
    WRONGS[1]: (FEW, {"volume": None}, "", None),
    WRONGS[2]: (TINY, {"rulebook": without("courtesy-window")}, "", None),
    WRONGS[3]: (SMALL, {}, "compliant_sms.flows._receiving._heard._stop", no_stop),
    WRONGS[4]: (SMALL, {}, "compliant_sms.messenger.ReminderDesk.save", untold_change),
    WRONGS[6]: (SMALL, {}, "compliant_sms.flows._receiving._threads.Filed.asks", False),
    WRONGS[7]: (TINY, {}, "compliant_sms.flows._work.plan_due", nothing_planned),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_the_month_notices(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A practice without one of its guards is told what goes wrong; otherwise nothing does."""
    size, otherwise, broken, instead = BROKEN[wrong]
    if broken:
        monkeypatch.setattr(broken, instead)
    month = Month(size, seed=20261102, otherwise=otherwise)
    for _ in month.play():
        pass

    assert wrong in {*wrongs(month)}
    month.messenger.close()


def wrongs(month: Month) -> Iterator[str]:
    """What should not have been, by its name."""
    texts = month.carrier.messages()
    ours = [text for text in texts if text.direction != "inbound"]
    reminders = [text for text in ours if is_reminder(text)]
    yield from over_the_plan(month, reminders)
    yield from over_the_cap(reminders)
    yield from ("at night" for text in reminders if not by_day(text.created_at))
    yield from after_a_stop(month, ours)
    yield from of_cancelled_visits(month, reminders)
    told = Counter((text.to, text.body, text.created_at.date()) for text in reminders)
    yield from ("twice" for count in told.values() if count > 1)
    yield from unanswered(month, texts)
    yield from untold(month, reminders)


def over_the_plan(month: Month, reminders: list[BookEntry]) -> Iterator[str]:
    days = Counter(text.created_at.astimezone(ZONE).date() for text in reminders)
    yield from (WRONGS[0] for count in days.values() if count > month.size.texts_a_day)


def over_the_cap(reminders: list[BookEntry]) -> Iterator[str]:
    """At a number that two people share each has a cap."""
    got: dict[str, list[datetime]] = defaultdict(list)
    for text in reminders:
        got[text.to].append(text.created_at)
        lately = [when for when in got[text.to] if when > text.created_at - PER_PERSON.within]
        if len(lately) > persons_at(text.to) * PER_PERSON.count:
            yield WRONGS[1]


def by_day(instant: datetime) -> bool:
    return time(8) <= instant.astimezone(ZONE).time() < time(21)


def after_a_stop(month: Month, ours: list[BookEntry]) -> Iterator[str]:
    """One confirmation, and the text about danger, may follow."""
    for number, stop in month.stopped.items():
        later = [text for text in ours if text.to == number and text.position > stop]
        confirmed = [text for text in later if "no more texts" in text.body]
        allowed = [*confirmed[:1], *(text for text in later if "911" in text.body)]
        yield from ("after a stop" for text in later if text not in allowed)


def of_cancelled_visits(month: Month, reminders: list[BookEntry]) -> Iterator[str]:
    """Nobody is told of a visit that is not booked for then, at the moment when the text leaves."""
    stood: dict[str, list[tuple[datetime, datetime, Appointment]]] = defaultdict(list)
    until: dict[str, datetime] = {}
    for since, visit in reversed(month.ever):
        ends = until.get(visit.id, datetime.max.replace(tzinfo=UTC))
        stood[visit.numbers[0].e164].append((since, ends, visit))
        until[visit.id] = since
    for text in reminders:
        booked = [
            visit
            for since, ends, visit in stood[text.to]
            if since <= text.created_at <= ends and visit.status.is_ahead
        ]
        if not any(_names(text, visit.start) for visit in booked):
            yield "of a cancelled visit"


def _names(text: BookEntry, start: datetime) -> bool:
    clock = f"{start:%I:%M %p}".lstrip("0")
    return clock in text.body and (f"{start:%b} {start.day}" in text.body)


def unanswered(month: Month, texts: tuple[BookEntry, ...]) -> Iterator[str]:
    """Whoever asked something has an answer by a person, or stands on a list."""
    listed = {
        str(thread.number and thread.number.e164)
        for thread in month.messenger.inbox.threads(limit=10_000)
        if thread.state in {ThreadState.WAITING, ThreadState.CLOSED}
    }
    answered: dict[str, datetime] = {}
    for text in texts:
        if "we will see to it" in text.body and text.direction != "inbound":
            answered[text.to] = text.created_at
    for text in texts:
        if text.direction == "inbound" and text.body not in SETTLED:
            done = answered.get(text.from_)
            if text.from_ not in listed and (done is None or done < text.created_at):
                yield "unanswered and on no list"


def untold(month: Month, reminders: list[BookEntry]) -> Iterator[str]:
    """Who agreed, has a phone of their own and did not stop was told of the visit."""
    begins = at(month.today(3), time(0)).astimezone(ZONE).replace(tzinfo=None)
    ends = at(month.today(month.size.days - 1), time(20)).astimezone(ZONE).replace(tzinfo=None)
    by_number = defaultdict(list)
    for text in reminders:
        by_number[text.to].append(text)
    for visit in month.expected.values():
        number = visit.numbers[0].e164
        due = begins <= visit.start <= ends and visit.status in {Status.BOOKED, Status.CONFIRMED}
        if not due or visit.person not in month.agreed or number in month.stopped:
            continue
        if int(visit.person.removeprefix("pat-")) % 7 < 2 or visit.id in month.moved:
            continue
        if not any(_names(text, visit.start) for text in by_number[number]):
            yield "visits nobody was told of"
