"""Random diaries against a simple model: each due reminder once, none of what stands no more.

Whatever is booked, moved, cancelled and changed, however often each call is repeated, whenever a
call dies at a store's statement, and though the clock jumps on and, by less than an hour, back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import count, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliant_sms import Messenger, Practice, Profile, Rulebook, Settings
from compliant_sms.driver import finish
from compliant_sms.lifecycle import State
from compliant_sms.messenger import StoreKind
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, Kind, ReminderContext, ReminderPlan
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import SID, TOKEN
from crash_points import Points, StruckStore
from test_send import agree

CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2026, 10, 29, 15, 0, tzinfo=UTC)  # ten o'clock, three days before clocks go back
OFFSETS = ["1 day before at 10:00", "on the day at 07:00", "3 hours before"]
MINUTE = timedelta(minutes=1)
PARENT, CHILD, OTHER = "pat-1", "pat-2", "pat-3"
NUMBERS = {PARENT: "+12175550134", CHILD: "+12175550134", OTHER: "+12175550135"}


class Crash(BaseException):
    """The program dies here."""


@lru_cache(maxsize=4096)
def first_at(wall: datetime) -> datetime:
    """By brute force: the first minute at which clocks in Chicago show that, or more."""
    at = wall.replace(tzinfo=UTC) + timedelta(hours=3)
    while at.astimezone(CHICAGO).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


@frozen
class Modelled:
    """A visit of the model: as it stands, since when, and for the how manieth time."""

    visit: Appointment
    since: datetime
    epoch: int = 0

    def windows(self) -> Iterator[tuple[str, datetime, datetime]]:
        """Each reminder with its first and last instant."""
        if self.visit.status not in {"booked", "confirmed"}:
            return
        start, wall = first_at(self.visit.start), self.visit.start
        moments = {
            "1d@10:00": first_at(datetime.combine(wall.date() - timedelta(days=1), time(10))),
            "0d@07:00": first_at(datetime.combine(wall.date(), time(7))),
            "3h": start - timedelta(hours=3),
        }
        coming = sorted((at, code) for code, at in moments.items() if self.since <= at < start)
        for (at, code), (until, _) in pairwise([*coming, (start, "")]):
            yield code, at, until


def words(context: ReminderContext) -> str:
    """Words from which it can be read what the text is about."""
    visit = context.appointment
    told = f"{visit.id} {context.start:%m-%d at %H.%M}, {visit.place}"
    return f"Lakeside Family Medicine: visit {told}, {context.code}. Reply C. STOP to opt out."


@define
class Trial:
    """A messenger, a clock that may jump, and the model."""

    store: StoreKind
    number: int
    hosts_words: bool = True
    point: Points = field(init=False)
    now: datetime = START
    latest: datetime = START
    farthest: datetime = START
    messenger: Messenger = field(init=False)
    model: dict[str, Modelled] = field(factory=dict)
    told: set[tuple[str, int, str]] = field(factory=set)
    sent: set[str] = field(factory=set)
    requests: int = 0
    deaths: int = 0

    def __attrs_post_init__(self) -> None:
        """Open a practice of its own, whose patients agreed."""
        self.point = Points(None, self.die, fine=True, store_only=True)
        self.messenger = Messenger(
            practice=Practice(
                name="Lakeside Family Medicine",
                phone="+1 217 555 0100",
                time_zone="America/Chicago",
                state="IL",
                id=f"practice-{self.number}",
            ),
            provider=Twilio(
                account_sid=SID,
                auth_token=TOKEN,
                sender=f"+1217{5560000 + self.number}",
                base_url="http://127.0.0.1:1",
            ),
            store=StruckStore(self.store, self.point),  # type: ignore[arg-type]
            clock=lambda: self.now,
            people=lambda _: Profile(time_zone="America/Chicago"),
            rulebook=Rulebook(Settings(identical_text_within=timedelta(0))),
            transport=self,
            reminders=[ReminderPlan(offsets=OFFSETS, body=words if self.hosts_words else None)],
        )
        for person, number in NUMBERS.items():
            agree(self.messenger, number, person)

    async def send(self, request: HttpRequest) -> HttpReply:
        """The carrier takes everything."""
        self.requests += 1
        body = f'{{"sid": "SM{self.number}x{self.requests}", "status": "queued"}}'
        return HttpReply(
            status=201, headers={"Content-Type": "application/json"}, body=body.encode()
        )

    def die(self) -> None:
        """What happens at a point that kills."""
        raise Crash

    def dying(self, call: Callable[[], object], at: int | None) -> None:
        """Call something that dies at a point, and call it again until it lives."""
        self.point.kinds.clear()
        self.point._at = at
        try:
            call()
        except Crash:
            self.deaths += 1
            self.point._at = None
            call()
        self.point._at = None

    # What can happen

    def keep(self, visit: Appointment, die_at: int | None) -> None:
        """Say how a visit stands."""
        known = self.model.get(visit.id)
        new = Modelled(visit, self.now, known.epoch + 1 if known else 0)
        if known is not None and self.same_time(known.visit, visit):
            new = Modelled(visit, known.since, known.epoch)
        self.model[visit.id] = new
        self.dying(lambda: self.messenger.reminders.save(visit), die_at)

    @staticmethod
    def same_time(one: Appointment, other: Appointment) -> bool:
        """Whether only something else is another."""
        ahead = [each.status in {"booked", "confirmed"} for each in (one, other)]
        alike = ahead == [True, True] or one.status == other.status
        return alike and one.start == other.start

    def change(self, visit_id: str, die_at: int | None, **changes: Any) -> None:
        """Say that something about a visit is another now."""
        if visit_id in self.model:
            self.keep(evolve(self.model[visit_id].visit, **changes), die_at)

    def plan(self, ahead: timedelta, die_at: int | None) -> None:
        """Plan, perhaps ahead, perhaps dying."""
        until = self.now + ahead
        self.farthest = max(self.farthest, self.now)
        self.dying(lambda: self.messenger.reminders.plan_due(until=until), die_at)

    def jump(self, by: timedelta) -> None:
        """Let time pass, or the clock be set back."""
        self.now += by

    def work(self, die_at: int | None) -> None:
        """A worker's turns, and one more five minutes later; then look whether all is well."""
        for _ in range(2):
            self.dying(lambda: self.messenger.reminders.plan_due(limit=500), die_at)
            self.latest = max(self.latest, self.now)
            self.farthest = max(self.farthest, self.now)
            if self.messenger.dispatch_due(limit=500):
                self.judge_sent()
            self.now += timedelta(minutes=5)
        self.now -= timedelta(minutes=5)
        self.judge_due()

    # What must hold

    def rows(self) -> list[Any]:
        """Each text about visits with its state, and what it tells of."""
        store, found = self.messenger._ports.store, []
        with self.point.spared():
            for person in NUMBERS:
                for record in self.messenger.history(person).texts:
                    message = record.message
                    told = finish(
                        store.run(lambda tx, m=message: tx.told_in(m.practice_id, m.message_id))
                    )  # type: ignore[arg-type]
                    found.append((message, told))
        return found

    def judge_sent(self) -> None:
        """What has just gone is of visits as they stand, in time, and was not told before."""
        for message, told in self.rows():
            if message.state is not State.SENT or message.message_id in self.sent:
                continue
            self.sent.add(message.message_id)
            assert told
            for each in told:
                modelled = self.model[each.appointment_id]
                windows = {code: window for code, *window in modelled.windows()}
                assert each.code in windows, "the visit is not to be reminded of"
                at, until = windows[each.code]
                # What is told together goes with the first.
                assert at <= self.now or len(told) > 1
                assert self.now < until
                fact = (each.appointment_id, modelled.epoch, each.code)
                assert fact not in self.told, "it was told before"
                self.told.add(fact)
                self.judge_words(message.draft.body, modelled.visit, alone=len(told) == 1)
            self.judge_fold([self.model[each.appointment_id].visit for each in told])

    def judge_words(self, body: str, visit: Appointment, *, alone: bool) -> None:
        """The text says what is so now."""
        if alone and self.hosts_words and not visit.kind.is_sensitive:
            assert f"visit {visit.id} {visit.start:%m-%d at %H.%M}, {visit.place}, " in body
        else:
            assert visit.place not in body
            hour = visit.start.hour % 12 or 12
            assert f"{hour}:{visit.start:%M %p}" in body or "the first at" in body

    @staticmethod
    def judge_fold(visits: list[Appointment]) -> None:
        """What is told together is of one day and number, and nothing in it is sensitive."""
        assert len({(each.numbers, each.start.date()) for each in visits}) == 1
        assert len(visits) == 1 or not any(each.kind.is_sensitive for each in visits)

    def judge_due(self) -> None:
        """What is due has been told, or waits for the hours at which it may go."""
        waiting = {
            (each.appointment_id, each.code)
            for message, told in self.rows()
            if message.state in {State.DUE, State.HELD}
            for each in told
            if not each.void
        }
        for visit_id, modelled in self.model.items():
            for code, at, until in modelled.windows():
                if at <= self.now and until > self.latest:
                    told = (visit_id, modelled.epoch, code) in self.told
                    too_late = self.opens() >= until  # the hours end only then
                    # What was planned by a clock that ran ahead waits until it is that late.
                    goes = max(self.opens(), self.farthest)
                    waits = goes > self.now and (visit_id, code) in waiting
                    assert told or too_late or waits, (visit_id, code)

    def opens(self) -> datetime:
        """When texts may go: from eight to nine in the evening."""
        wall = self.now.astimezone(CHICAGO).replace(tzinfo=None)
        if 8 <= wall.hour < 21:
            return self.now
        day = wall.date() + timedelta(days=wall.hour >= 21)
        return first_at(datetime.combine(day, time(8)))


IDS = st.sampled_from("abcd")
DYING = st.none() | st.integers(1, 60)
STARTS = st.builds(
    datetime.combine,
    st.integers(0, 6).map(lambda days: date(2026, 10, 29) + timedelta(days=days)),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
)
BOOKED = st.builds(
    Appointment,
    id=IDS,
    person=st.sampled_from(sorted(NUMBERS)),
    numbers=st.just("+12175550134"),
    start=STARTS,
    time_zone=st.just("America/Chicago"),
    place=st.sampled_from(["Room 1", "Room 2"]),
    kind=st.sampled_from([Kind("visit"), Kind("visit"), Kind("talk", "mental_health")]),
).map(lambda visit: evolve(visit, numbers=NUMBERS[visit.person]))
CHANGES = st.one_of(
    st.fixed_dictionaries({"start": STARTS}),
    st.fixed_dictionaries({"place": st.sampled_from(["Room 1", "Room 2"])}),
    st.fixed_dictionaries(
        {"status": st.sampled_from(["cancelled", "booked", "confirmed", "arrived", "done"])}
    ),
    st.just({}),
)
HOURS = st.integers(1, 30).map(lambda hours: timedelta(minutes=30 * hours))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), BOOKED, DYING),
        st.tuples(st.just("keep"), BOOKED, DYING),
        st.tuples(st.just("change"), IDS, DYING, CHANGES),
        st.tuples(st.just("change"), IDS, DYING, CHANGES),
        st.tuples(st.just("plan"), HOURS, DYING),
        st.tuples(st.just("jump"), HOURS),
        st.tuples(st.just("jump"), HOURS),
        st.tuples(st.just("jump"), st.just(timedelta(minutes=-50))),
        st.tuples(st.just("work"), DYING),
        st.tuples(st.just("work"), DYING),
    ),
    max_size=30,
)


def play(trial: Trial, steps: list[Any]) -> None:
    """Play the steps, then let a week pass with a worker at work."""
    for what, *rest in steps:
        changes = rest.pop() if what == "change" else {}
        getattr(trial, what)(*rest, **changes)
    trial.work(None)
    for _ in range(16):
        trial.jump(timedelta(hours=12) - timedelta(minutes=5))
        trial.work(None)
    states = {message.state for message, _ in trial.rows()}
    assert states <= {State.SENT, State.CANCELLED}


@pytest.fixture
def trials(
    make_store: Callable[[], StoreKind], database_kind: str
) -> Iterator[Callable[..., Trial]]:
    """Makes trials over one database, each with a practice of its own."""
    store, numbers = make_store(), count()
    assert isinstance(store, SQLite | PostgreSQL)
    yield lambda **given: Trial(store, next(numbers), **given)
    store.close()


def property_over(examples: int, trials: Callable[[], Trial]) -> None:
    """Play so many random diaries."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def holds(steps: list[Any]) -> None:
        play(trials(), steps)

    holds()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("examples", [40, pytest.param(1000, marks=pytest.mark.endurance)])
@pytest.mark.parametrize("hosts_words", [True, False])
def test_random_diaries(
    trials: Callable[..., Trial],
    examples: int,
    hosts_words: bool,  # noqa: FBT001
) -> None:
    """Each due reminder goes exactly once, and none is stale: on SQLite, whoever words it."""
    property_over(examples, partial(trials, hosts_words=hosts_words))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.endurance)])
@pytest.mark.parametrize("hosts_words", [True, False])
def test_random_diaries_on_postgresql(
    trials: Callable[..., Trial],
    examples: int,
    hosts_words: bool,  # noqa: FBT001
) -> None:
    """The same on PostgreSQL."""
    property_over(examples, partial(trials, hosts_words=hosts_words))


def test_the_model_notices(trials: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch) -> None:
    """A diary in which nothing is called back breaks the promise: the property can fail."""
    monkeypatch.setattr("compliant_sms.flows._deciding._admit.standing", _goes)
    monkeypatch.setattr("compliant_sms.flows._visits._appointments._call_back", _goes)
    visit = Appointment(
        id="a",
        person=PARENT,
        numbers=NUMBERS[PARENT],
        start=datetime(2026, 10, 30, 12, 0),  # noqa: DTZ001 - wall time
        time_zone="America/Chicago",
    )
    day = timedelta(days=1)
    steps = [
        ("keep", visit, None),
        ("plan", day, None),
        ("change", "a", None, {"status": "cancelled"}),
    ]
    with pytest.raises(AssertionError, match="not to be reminded of"):
        play(trials(), steps)


async def _goes(*_: object) -> None:
    """Nothing is in the way."""


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.endurance)])
@pytest.mark.parametrize("hosts_words", [True, False])
def test_dying_at_each_statement(
    trials: Callable[..., Trial],
    every: int,
    hosts_words: bool,  # noqa: FBT001
) -> None:
    """Whichever statement of keeping or planning is the last one, each text goes once."""
    first, second = (
        Appointment(
            id=visit_id,
            person=person,
            numbers=NUMBERS[person],
            start=datetime(2026, 10, 31, hour, 0),  # noqa: DTZ001 - wall time
            time_zone="America/Chicago",
            place="Room 1",
        )
        for visit_id, person, hour in (("a", PARENT, 12), ("b", CHILD, 15))
    )
    day, deaths = timedelta(days=1), 1
    for point in count(1, every):
        if not deaths:
            break
        trial = trials(hosts_words=hosts_words)
        play(
            trial,
            [
                ("keep", first, point),
                ("keep", second, point),
                ("plan", day, point),
                ("change", "a", point, {"place": "Room 2"}),
                ("plan", day, point),
                ("work", point),
            ],
        )
        deaths = trial.deaths
    assert point > 60
