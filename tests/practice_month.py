"""A practice's month: patients with a diary, staff who fall ill, a provider that is away for hours.

Everything is real but the carrier, which is the sandbox's book inside this process, and the people:
whoever writes, books and answers is drawn from a seed, so that a month repeats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import Factory, define, evolve, field, frozen

from compliant_sms import Messenger, Practice, Profile, Sent
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue, RoutingRule, Thread
from compliant_sms.reminders import Answer, Appointment, ReminderPlan, Status
from compliant_sms.rules import PracticeCap
from compliant_sms.sandbox import BookEntry
from compliant_sms.testing import FakeCarrier, MovableClock
from compliant_sms.volume import VolumePlan
from compliant_sms.worker import Worker

ZONE: Final = ZoneInfo("America/Chicago")
HOURS: Final = BusinessHours(
    time_zone="America/Chicago", week={"mon-fri": "08:00-12:00, 13:00-17:00"}, holidays_of="IL"
)
GOAL: Final = timedelta(hours=4)
PER_PERSON: Final = PracticeCap(count=1, within=timedelta(days=1))
PLANS: Final = [ReminderPlan(offsets=["2 days before at 10:00", "3 hours before"])]
STEP: Final = timedelta(minutes=30)
OPENS, CLOSES = time(7), time(21, 30)

WRITES: Final = {
    "confirms": ["C", "yes", "Yes thank you", "ok see you then"],
    "moves": ["I need to reschedule", "can we do another day?"],
    "asks": [
        "Do I need to bring my insurance card?",
        "Is there parking at your office?",
        "How much was my bill last time?",
        "Can my daughter come along?",
    ],
    "thanks": ["Thanks!", "Liked “See you then”"],
    "stops": ["STOP", "please stop texting me", "no more texts please"],
    "in danger": ["I have chest pain and can't breathe"],
}
CHANCES: Final = {
    "confirms": 0.35,
    "moves": 0.04,
    "asks": 0.06,
    "thanks": 0.05,
    "stops": 0.01,
    "in danger": 0.001,
}


@frozen(kw_only=True)
class Size:
    """How big the practice is, and how long it is watched.

    Attributes:
        patients: how many.
        visits_a_day: how many are booked for each working day.
        days: from Monday, 2 November 2026.
        texts_a_day: what the practice's plan permits.
        answers_an_hour: how many threads each of its staff answers.
    """

    patients: int
    visits_a_day: int
    days: int
    texts_a_day: int
    answers_an_hour: int = 6


@frozen(kw_only=True)
class Day:
    """What a day came to.

    Attributes:
        day: on the practice's calendar.
        counted: texts that the plan counts: reminders.
        answers: texts of staff, and of the library by itself.
        received: what patients wrote.
        waiting: threads that wait at its end.
        remark: what went wrong.
    """

    day: date
    counted: int
    answers: int
    received: int
    waiting: int
    remark: str = ""


@define
class Month:
    """One run; :meth:`play` it and look at what is left.

    Attributes:
        size: of the practice.
        seed: who does what, and when.
        otherwise: what the messenger is given in place of what is usual.
        messenger: the practice's.
        carrier: what texts really arrived.
        stopped: for each number the position in the carrier's book of the text that asked for an
            end.
        days: what each day came to.
        expected: for each visit how it stands, by its id.
        ever: each visit as it once stood, and since when.
        agreed: the patients who agreed to texts.
        moved: the ids of visits that were moved.
    """

    size: Size
    seed: int
    otherwise: Mapping[str, Any] = field(factory=dict)
    clock: MovableClock = field(init=False)
    carrier: FakeCarrier = field(init=False)
    messenger: Messenger = field(init=False)
    chance: Random = field(init=False)
    stopped: dict[str, int] = Factory(dict)
    days: list[Day] = Factory(list)
    expected: dict[str, Appointment] = Factory(dict)
    ever: list[tuple[datetime, Appointment]] = Factory(list)
    agreed: set[str] = Factory(set)
    moved: set[str] = Factory(set)
    _seen: int = 0
    _answers: int = 0
    _ill: frozenset[int] = frozenset()
    _away: int = 0

    def __attrs_post_init__(self) -> None:
        """Open the practice, its books empty."""
        self.chance = Random(self.seed)
        self.clock = MovableClock(at(date(2026, 11, 2), OPENS))
        self.carrier = FakeCarrier(clock=self.clock, seed=self.seed)
        usual: dict[str, Any] = {
            "practice": Practice(
                id="lakeside",
                name="Lakeside Family Medicine",
                phone="+1 217 555 0100",
                time_zone="America/Chicago",
                state="IL",
            ),
            "people": lambda _: Profile(time_zone="America/Chicago", state="IL"),
            "reminders": PLANS,
            "volume": VolumePlan(
                texts_per_day=self.size.texts_a_day, quiet_days=["sunday"], caps=[PER_PERSON]
            ),
            "inbox": InboxPlan(
                point_person="dr-diaz",
                queues=[
                    Queue(name="front-desk", members=["ana", "ben"], hours=HOURS, goal=GOAL),
                    Queue(name="billing", members=["cleo"], hours=HOURS, goal=2 * GOAL),
                ],
                rules=[RoutingRule(queue="billing", intents=["billing"])],
            ),
        }
        self.messenger = self.carrier.messenger(**{**usual, **self.otherwise})
        working = [n for n in range(self.size.days) if self.today(n).weekday() < 5]
        self._ill = frozenset(self.chance.sample(working, max(1, len(working) // 7)))
        self._away = self.chance.choice([n for n in working if n not in self._ill] or working)

    # The days

    def play(self) -> Iterator[Day]:
        """Live through the month; what each day came to, as it ends."""
        for patient in range(self.size.patients):
            if self.chance.random() < 0.9:
                self.agreed.add(f"pat-{patient}")
                self.messenger.consent.grant(
                    number_of(patient),
                    person=f"pat-{patient}",
                    basis="spoken",
                    recorded_by="front-desk:ana",
                )
        for ahead in range(4):
            self._book(self.today(ahead))
        for number in range(self.size.days):
            yield self._live(number)
        self._end()

    def today(self, number: int) -> date:
        """The day of that number, from 0."""
        return date(2026, 11, 2) + timedelta(days=number)

    def _live(self, number: int) -> Day:
        today = self.today(number)
        self._book(today + timedelta(days=4))
        self._change()
        before = len(self.carrier.messages())
        now = at(today, OPENS)
        while now <= at(today, CLOSES):
            self.clock.move_to(max(now, self.clock()))
            # From ten to one no request arrives.
            self.carrier.reachable = not (
                number == self._away and time(10) <= now.astimezone(ZONE).time() < time(13)
            )
            self._work()
            self._patients_write()
            self._staff_answer(ill=number in self._ill)
            now += STEP
        self.carrier.reachable = True
        texts = self.carrier.messages()[before:]
        ours = [text for text in texts if text.direction != "inbound"]
        counted = [text for text in ours if is_reminder(text)]
        remarks = [
            "staff ill" if number in self._ill else "",
            "provider away" if number == self._away else "",
        ]
        day = Day(
            day=today,
            counted=len(counted),
            answers=len(ours) - len(counted),
            received=len(texts) - len(ours),
            waiting=len(self.messenger.inbox.waiting(limit=10_000)),
            remark=", ".join(filter(None, remarks)),
        )
        self.days.append(day)
        return day

    def _work(self) -> None:
        progress = Worker(self.messenger).drain(signals=False)
        assert not progress.errors, progress.errors
        self.carrier.deliver_callbacks()

    def _end(self) -> None:
        """Two hours of the last evening in which nobody writes any more."""
        for _ in range(4):
            self.clock.advance(STEP)
            self._work()

    # The diary

    def _book(self, day: date) -> None:
        if day.weekday() > 4:
            return
        visits = []
        for number in range(self.size.visits_a_day):
            patient = self.chance.randrange(self.size.patients)
            minutes = 8 * 60 + self.chance.randrange(8 * 4) * 15
            visit = Appointment(
                id=f"{day:%m%d}-{number}",
                person=f"pat-{patient}",
                numbers=number_of(patient),
                start=datetime.combine(day, time(minutes // 60, minutes % 60)),
                time_zone="America/Chicago",
            )
            self.expected[visit.id] = visit
            self.ever.append((self.clock(), visit))
            visits.append(visit)
        self.messenger.reminders.save_many(visits)
        self.messenger.reminders.save_many(visits)  # as an export that runs twice

    def _change(self) -> None:
        """Some visits of the days to come are moved or cancelled at the desk."""
        now = self.clock().astimezone(ZONE).replace(tzinfo=None)
        for visit in [v for v in self.expected.values() if v.start > now]:
            drawn = self.chance.random()
            if drawn < 0.02:
                self._keep(evolve(visit, status=Status.CANCELLED))
            elif drawn < 0.04:
                self.moved.add(visit.id)
                self._keep(evolve(visit, start=visit.start + timedelta(days=1)))

    def _keep(self, visit: Appointment) -> None:
        self.expected[visit.id] = visit
        self.ever.append((self.clock(), visit))
        self.messenger.reminders.save(visit)

    # People

    def _patients_write(self) -> None:
        texts = self.carrier.messages()
        new, self._seen = texts[self._seen :], len(texts)
        for text in new:
            if text.direction == "inbound" or not is_reminder(text):
                continue
            drawn = self.chance.random()
            for what, chance in CHANCES.items():
                if drawn < chance:
                    self._write(text.to, what)
                    break
                drawn -= chance
        if self.chance.random() < 0.05:  # somebody whom nobody knows
            self._write(f"+1217556{self.chance.randrange(10_000):04}", "asks")

    def _write(self, number: str, what: str) -> None:
        if what == "stops":
            self.stopped.setdefault(number, len(self.carrier.messages()) + 1)
        self.carrier.reply(number, self.chance.choice(WRITES[what]))

    def _staff_answer(self, *, ill: bool) -> None:
        for answer in self.messenger.reminders.answers(limit=1000):
            visit = self.expected[answer.appointment_id]
            if answer.answer is Answer.CONFIRM and answer.stands:
                self._keep(evolve(visit, status=Status.CONFIRMED))
            self.messenger.reminders.acknowledge(answer)
        if not HOURS.is_open(self.clock()):
            return
        staff = 1 if ill else 3
        for thread in self.messenger.inbox.waiting(limit=staff * self.size.answers_an_hour // 2):
            self._answer(thread)

    def _answer(self, thread: Thread) -> None:
        self._answers += 1
        thanks = "Lakeside Family Medicine: thank you for asking, we will see to it."
        outcome = self.messenger.inbox.reply(
            thread.thread_id,
            body=f"{thanks} ({self._answers})",
            by="ana",
            idempotency_key=f"answer-{self._answers}",
        )
        if not isinstance(outcome, Sent):  # they said stop: somebody calls
            self.messenger.inbox.close(thread.thread_id, by="ana", reason="We spoke on the phone.")


def at(day: date, clock: time) -> datetime:
    """The instant at which clocks in Chicago show that."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def number_of(patient: int) -> str:
    """Every seventh patient shares a parent's phone."""
    shared = patient - 1 if patient % 7 == 1 else patient
    return f"+1217{5570000 + shared}"


def persons_at(number: str) -> int:
    """How many patients have that number."""
    return 2 if (int(number[-7:]) - 5570000) % 7 == 0 else 1


def is_reminder(text: BookEntry) -> bool:
    """Whether it is one of the texts that the plan counts; all others answer somebody."""
    answers = "we got your answer" in text.body
    return not answers and ("visit" in text.body or "appointment" in text.body)


def table(days: list[Day]) -> str:
    """The days as people read them."""
    rows = [f"{'day':<12}{'reminders':>10}{'answers':>9}{'received':>10}{'waiting':>9}  remark"]
    rows += [
        f"{each.day!s:<12}{each.counted:>10}{each.answers:>9}{each.received:>10}"
        f"{each.waiting:>9}  {each.remark}"
        for each in days
    ]
    return "\n".join(rows)


def summary(month: Month) -> Counter[str]:
    """What the month came to, in figures."""
    total: Counter[str] = Counter()
    for day in month.days:
        total.update(reminders=day.counted, answers=day.answers, received=day.received, days=1)
    return total
