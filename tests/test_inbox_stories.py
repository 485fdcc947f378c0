"""Random stories of an inbox against a simple model: nothing that waits is ever off the list.

Whatever comes in, is answered, fails, is closed, reopened, handed over or joined, however often
each call is repeated, and whenever one dies at a statement of the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from attrs import define, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliant_sms import Messenger, Practice, Profile
from compliant_sms.conversations import BusinessHours, InboxEventKind, InboxPlan, Queue, Thread
from compliant_sms.driver import finish
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.messenger import StoreKind
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import SID, TOKEN
from crash_points import Points, StruckStore
from test_receive import from_patient, status
from test_send import agree

START = datetime(2026, 10, 29, 15, 0, tzinfo=UTC)  # ten o'clock, three days before clocks go back
KNOWN, UNKNOWN = "+12175550134", "+12175550177"
HOURS = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "09:00-17:00"})
PLAN = InboxPlan(
    point_person="dr-diaz",
    queues=[
        Queue(name="front-desk", members=["ana", "ben"], hours=HOURS),
        Queue(name="billing", members=["cleo"], hours=HOURS, goal=timedelta(hours=8)),
    ],
)
ASKS = ["Can I bring the forms on Friday?", "My arm is swollen again", "what do I owe you"]
DOES_NOT_ASK = ["Thanks!", "Liked “See you Tuesday”"]


class Crash(BaseException):
    """The program dies here."""


@define
class Waiting:
    """A text of the model, or a reopening, that asked for an answer."""

    number: str
    at: datetime
    inbound_id: str | None
    covered: set[str] = field(factory=set)
    settled: bool = False


@define
class Trial:
    """A messenger, another one that keeps no threads, a carrier with moods, and the model."""

    store: StoreKind
    number: int
    point: Points = field(init=False)
    now: datetime = START
    messenger: Messenger = field(init=False)
    other: Messenger = field(init=False)
    model: list[Waiting] = field(factory=list)
    replies: list[str] = field(factory=list)
    refuses: bool = False
    sids: Iterator[int] = field(factory=count)
    requests: int = 0

    def __attrs_post_init__(self) -> None:
        """Open a practice of its own, one of whose patients agreed."""
        self.point = Points(None, self.die, fine=True, store_only=True)
        self.messenger = self.open(inbox=PLAN)
        self.other = self.open()
        agree(self.messenger, KNOWN, "pat-1")

    @property
    def sender(self) -> str:
        """The practice's number."""
        return f"+1217{5560000 + self.number}"

    def open(self, **more: Any) -> Messenger:
        """A messenger of the practice."""
        return Messenger(
            practice=Practice(
                name="Lakeside Family Medicine",
                phone="+1 217 555 0100",
                time_zone="America/Chicago",
                state="IL",
                id=f"practice-{self.number}",
            ),
            provider=Twilio(
                account_sid=SID, auth_token=TOKEN, sender=self.sender, base_url="http://127.0.0.1:1"
            ),
            store=StruckStore(self.store, self.point),  # type: ignore[arg-type]
            clock=lambda: self.now,
            people=lambda _: Profile(time_zone="America/Chicago"),
            transport=self,
            **more,
        )

    async def send(self, request: HttpRequest) -> HttpReply:
        """The carrier takes everything, or nothing."""
        self.requests += 1
        json = {"Content-Type": "application/json"}
        if self.refuses:
            return HttpReply(status=400, headers=json, body=b'{"code": 21617, "message": "no"}')
        body = f'{{"sid": "SM{self.number}x{self.requests}", "status": "queued"}}'
        return HttpReply(status=201, headers=json, body=body.encode())

    def die(self) -> None:
        """What happens at a point that kills."""
        raise Crash

    def dying(self, call: Callable[[], Any], at: int | None) -> Any:
        """Call something that dies at a point, then again until it lives, and once more."""
        self.point.kinds.clear()
        self.point._at = at
        with suppress(Crash):
            call()
        self.point._at = None
        return call()

    # What can happen

    def text(self, who: str, body: str, die_at: int | None, *, elsewhere: bool = False) -> None:
        """A patient writes; the provider calls until it was heard, and once more."""
        sid = f"SMin{self.number}x{next(self.sids)}"
        callback = from_patient(body, sid, sender=who, to=self.sender)
        taker = self.other if elsewhere else self.messenger
        self.dying(lambda: taker.receive(callback), die_at)
        if body in ASKS:
            (inbound,) = [i for i in self.inbound(who) if i.provider_key.endswith(sid)]
            self.model.append(Waiting(who, self.now, inbound.inbound_id))

    def reply(self, who: str, die_at: int | None, *, refused: bool) -> None:
        """Somebody answers, and the carrier may refuse it."""
        if (thread := self.thread(who)) is None:
            return
        key, self.refuses = f"answer-{len(self.replies)}", refused
        waiting = [w for w in self.model if w.number == who and not w.settled]
        there = {t.thread_id for t in self.threads(who)}
        covered = [w for w in waiting if self.thread_of(w) == thread.thread_id]
        assert there
        outcome = self.dying(
            lambda: self.messenger.inbox.reply(
                thread.thread_id, body=f"Answer {key}.", by="ana", idempotency_key=key
            ),
            die_at,
        )
        self.refuses = False
        self.replies.append(outcome.message_id)
        for each in covered:
            each.covered.add(outcome.message_id)

    def news(self, which: int, word: str) -> None:
        """The provider tells what became of an answer."""
        if self.replies:
            message = self.message(self.replies[which % len(self.replies)])
            if message.provider_id:
                self.messenger.receive(status(message.provider_id, word))

    def close(self, who: str, die_at: int | None) -> None:
        """Somebody closes a thread."""
        if (thread := self.thread(who)) is None:
            return
        ending = [w for w in self.waiting(who) if self.thread_of(w) == thread.thread_id]
        self.dying(
            lambda: self.messenger.inbox.close(thread.thread_id, by="ana", reason="called"), die_at
        )
        for each in ending:
            each.settled = True

    def reopen(self, who: str, die_at: int | None) -> None:
        """Somebody has a thread wait again."""
        if (thread := self.thread(who)) is None:
            return
        here = [w for w in self.waiting(who) if self.thread_of(w) == thread.thread_id]
        self.dying(
            lambda: self.messenger.inbox.reopen(thread.thread_id, by="ben", reason="more"), die_at
        )
        if not here:
            self.model.append(Waiting(who, self.now, None))
            self.model[-1].covered.clear()

    def hand_over(self, who: str, die_at: int | None, queue: str) -> None:
        """Another queue gets it, and a member of that."""
        if (thread := self.thread(who)) is None:
            return
        inbox, thread_id = self.messenger.inbox, thread.thread_id
        self.dying(
            lambda: inbox.hand_over(thread_id, queue=queue, by="ana", reason="money"), die_at
        )
        member = {"front-desk": "ben", "billing": "cleo"}[queue]
        self.dying(lambda: inbox.assign(thread_id, to=member, by="ana"), die_at)
        assert self.messenger.inbox.thread(thread_id).thread.assignee == member

    def join(self, die_at: int | None, *, agreed: bool) -> None:
        """Somebody finds out whose number it is, perhaps after consent was written down."""
        if agreed:
            agree(self.messenger, UNKNOWN, "pat-9")
            self.text(UNKNOWN, ASKS[0], None)
        nobodys = [t for t in self.threads(UNKNOWN) if t.person is None]
        for thread in nobodys:
            self.point._at = die_at
            self.point.kinds.clear()
            try:
                self.messenger.inbox.identify(thread.thread_id, person="pat-9", by="ana")
            except Crash:
                self.point._at = None
                if any(t.person is None for t in self.threads(UNKNOWN)):
                    self.messenger.inbox.identify(thread.thread_id, person="pat-9", by="ana")
            self.point._at = None

    def escalate(self, die_at: int | None) -> None:
        """A worker's turn."""
        for each in self.model:
            settled = self.now - timedelta(days=3)
            for message in map(self.message, each.covered):
                left = message.departure.at if message.departure else None
                for_good = message.state is State.DELIVERED
                sent = message.state is State.SENT and left is not None and left <= settled
                each.settled |= for_good or sent
        self.dying(self.messenger.inbox.escalate, die_at)
        self.dying(self.messenger.dispatch_due, None)

    def jump(self, by: timedelta) -> None:
        """Time passes."""
        self.now += by

    # What there is

    def spared(self, ask: Callable[[Any], Any]) -> Any:
        """Ask the store, and nothing dies."""
        with self.point.spared():
            return finish(self.messenger._ports.store.run(ask))  # type: ignore[arg-type]

    def practice(self) -> str:
        return self.messenger._ports.practice.id

    def inbound(self, who: str) -> list[Any]:
        number = PhoneNumber.parse(who)
        return list(self.spared(lambda tx: tx.inbound_from(self.practice(), number)))

    def message(self, message_id: str) -> Message:
        found = self.spared(lambda tx: tx.message(self.practice(), message_id))
        assert isinstance(found, Message)
        return found

    def threads(self, who: str) -> list[Thread]:
        number = PhoneNumber.parse(who)
        return list(self.spared(lambda tx: tx.threads_at(self.practice(), number)))

    def thread(self, who: str) -> Thread | None:
        there = self.threads(who)
        return there[-1] if there else None

    def thread_of(self, waiting: Waiting) -> str | None:
        """Where a text of the model lies; a reopening lies where it is alone."""
        for thread in self.threads(waiting.number):
            for wait in self.spared(lambda tx, t=thread: tx.waits(t.practice_id, t.thread_id)):
                if wait.inbound_id == waiting.inbound_id and wait.at == waiting.at:
                    return str(thread.thread_id)
        return None

    def waiting(self, who: str) -> list[Waiting]:
        """What waits by the model."""
        return [
            each
            for each in self.model
            if each.number == who
            and not each.settled
            and not any(
                self.message(m).state in {State.SENT, State.DELIVERED} for m in each.covered
            )
        ]

    def judge(self) -> None:
        """The list is what waits by the model, no more and no less."""
        items = self.messenger.open_items()
        at = {t.thread_id: who for who in (KNOWN, UNKNOWN) for t in self.threads(who)}
        listed = [i for i in items if i.kind in {"unanswered", "unmatched"}]
        assert Counter(at[i.thread_id] for i in listed) == Counter(
            w.number for who in (KNOWN, UNKNOWN) for w in self.waiting(who)
        )
        texts = {i.reference for i in listed}
        assert texts >= {w.inbound_id for w in self.waiting(KNOWN) if w.inbound_id}
        assert {t.thread_id for t in self.messenger.inbox.waiting()} == {
            i.thread_id for i in listed
        }
        others = {i.reference for i in items} - texts
        for message_id in self.replies:
            state = self.message(message_id).state
            covered = [w for w in self.model if message_id in w.covered]
            if state is State.UNCERTAIN:
                assert message_id in others
            if state in {State.FAILED, State.UNDELIVERED} and not covered:
                assert message_id in others


WHO = st.sampled_from([KNOWN, UNKNOWN])
DYING = st.none() | st.integers(1, 60)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("text"), WHO, st.sampled_from(ASKS + DOES_NOT_ASK), DYING),
        st.tuples(st.just("text"), WHO, st.sampled_from(ASKS), DYING),
        st.tuples(st.just("elsewhere"), WHO, st.sampled_from(ASKS)),
        st.tuples(st.just("reply"), WHO, DYING, st.booleans()),
        st.tuples(st.just("reply"), WHO, DYING, st.just(value=False)),
        st.tuples(
            st.just("news"), st.integers(0, 9), st.sampled_from(["delivered", "undelivered"])
        ),
        st.tuples(st.just("close"), WHO, DYING),
        st.tuples(st.just("reopen"), WHO, DYING),
        st.tuples(st.just("hand_over"), WHO, DYING, st.sampled_from(["front-desk", "billing"])),
        st.tuples(st.just("join"), DYING, st.booleans()),
        st.tuples(st.just("escalate"), DYING),
        st.tuples(st.just("jump"), st.integers(1, 100).map(lambda n: timedelta(hours=n))),
    ),
    max_size=18,
)


def play(trial: Trial, steps: list[Any]) -> None:
    """Play the steps, then let weeks pass with a worker at work."""
    for what, *rest in steps:
        trial.now += timedelta(seconds=1)
        if what == "elsewhere":
            trial.text(*rest, None, elsewhere=True)
        elif what == "reply":
            trial.reply(*rest[:2], refused=rest[2])
        elif what == "join":
            trial.join(rest[0], agreed=rest[1])
        else:
            getattr(trial, what)(*rest)
        trial.judge()
    trial.jump(timedelta(days=14))
    trial.escalate(None)
    trial.judge()
    judge_events(trial)


def judge_events(trial: Trial) -> None:
    """Each step was raised once, and the point person has what is due first."""
    events = trial.messenger.inbox.events(limit=1000)
    seen = Counter((e.kind, e.reference) for e in events)
    assert set(seen.values()) <= {1}
    for thread in trial.messenger.inbox.waiting():
        waits = trial.spared(lambda tx, t=thread: tx.waits(t.practice_id, t.thread_id))
        first = min((w for w in waits if w.waits), key=lambda wait: wait.steps[1])
        assert first.raised == 3
        for kind in (InboxEventKind.DUE, InboxEventKind.OVERDUE, InboxEventKind.POINT_PERSON):
            assert (kind, first.inbound_id or first.wait_id) in seen
    waiting = sum(len(trial.waiting(who)) for who in (KNOWN, UNKNOWN))
    assert trial.messenger.inbox.metrics(days=60).backlog == waiting


@pytest.fixture
def trials(
    make_store: Callable[[], StoreKind], database_kind: str
) -> Iterator[Callable[[], Trial]]:
    """Makes trials over one database, each with a practice of its own."""
    store, numbers = make_store(), count()
    assert isinstance(store, SQLite | PostgreSQL)
    yield lambda: Trial(store, next(numbers))
    store.close()


def property_over(examples: int, trials: Callable[[], Trial]) -> None:
    """Play so many random stories."""

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


@pytest.mark.many_rounds
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("examples", [30, pytest.param(600, marks=pytest.mark.endurance)])
def test_random_stories(trials: Callable[[], Trial], examples: int) -> None:
    """What waits is listed, and nothing else: on SQLite."""
    property_over(examples, trials)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=pytest.mark.endurance)])
def test_random_stories_on_postgresql(trials: Callable[[], Trial], examples: int) -> None:
    """The same on PostgreSQL."""
    property_over(examples, trials)


def test_the_model_notices(trials: Callable[[], Trial], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an answer counts before it left, a text vanishes: the property can fail."""

    async def too_early(tx: SqlTransaction, practice_id: str, thread_id: str, _: str) -> None:
        await tx.close_waits(practice_id, thread_id, START)

    steps = [("text", KNOWN, ASKS[0], None), ("reply", KNOWN, None, True)]
    play(trials(), steps)
    monkeypatch.setattr(SqlTransaction, "answer_waits", too_early)
    with pytest.raises(AssertionError):
        play(trials(), steps)


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.endurance)])
def test_dying_at_each_statement(trials: Callable[[], Trial], every: int) -> None:
    """Whichever statement of a text's way in, or of an answer, is the last one."""
    for point in range(1, 90, every):
        play(
            trials(),
            [
                ("text", UNKNOWN, ASKS[0], point),
                ("join", point, True),
                ("reply", UNKNOWN, point, False),
                ("text", UNKNOWN, ASKS[1], point),
                ("close", UNKNOWN, point),
                ("reopen", UNKNOWN, point),
                ("escalate", point),
            ],
        )
