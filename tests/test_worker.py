"""Workers: fair between practices, kept to rates, not stopped by one practice's errors."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliant_sms import (
    AsyncMessenger,
    Delivery,
    Held,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, RecordAltered, StoreBusy, UnknownMessage
from compliant_sms.flows import Progress, Shift, _work, work
from compliant_sms.keyring import Keyring
from compliant_sms.lifecycle import State
from compliant_sms.practice import Campaign
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import FakeCarrier, MovableClock
from compliant_sms.worker import AsyncWorker, Worker
from conftest import INTAKE_WORDING, MORNING, OTHER_SENDERS, PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE
from test_send import BODY, DAWN, NIGHT, agree, outgoing, remind
from test_store import alter

KEYS: Any = {"account_sid": SID, "auth_token": TOKEN, "sender": SENDER}
Make = Callable[..., Messenger]


class Ahead:
    """A pace that moves the clock instead of resting, and stops after so long."""

    def __init__(self, clock: MovableClock, most: timedelta = timedelta(hours=2)) -> None:
        self._clock, self._end = clock, clock() + most
        self.rests: list[float] = []

    def stopping(self) -> bool:
        return self._clock() >= self._end

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self._clock.advance(timedelta(seconds=seconds))


def nobody(_: Progress) -> None:
    pass


def labour(clock: MovableClock, *messengers: Messenger, **changes: Any) -> Progress:
    """Let a worker work on a clock of its own."""
    pace = changes.pop("pace", None) or Ahead(clock)
    told = changes.pop("told", nobody)
    ports = [messenger._ports for messenger in messengers]
    return finish(work(ports, pace, Shift(**{"once": True} | changes), told))


@pytest.fixture
def practices(make_messenger: Make, practice: Practice) -> list[Messenger]:
    """Three practices that share a file and a carrier, whose patient agreed."""
    names = ["lakeside", "hillside", "seaside"]
    return [make_messenger(practice=evolve(practice, id=name, name=name)) for name in names]


def pile(messenger: Messenger, texts: int) -> None:
    """Texts that are due at DAWN; the clock stands at NIGHT."""
    name = messenger._ports.practice.id
    for number in range(texts):
        held = remind(messenger, str(number), body=f"{name} {number}: see you.")
        assert isinstance(held, Held)


@given(piles=st.tuples(*[st.integers(0, 9)] * 3), quantum=st.integers(1, 4))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_fair(  # noqa: PLR0917 - fixtures
    tmp_path_factory: pytest.TempPathFactory,
    practice: Practice,
    provider: Twilio,
    carrier: Sandbox,
    piles: tuple[int, ...],
    quantum: int,
) -> None:
    """Between two turns of a practice each other one has at most one turn, whatever waits."""
    clock, store = MovableClock(NIGHT), SQLite(tmp_path_factory.mktemp("fair") / "texting.db")
    before = len(carrier.messages())
    them = [
        Messenger(
            practice=evolve(practice, id=name, name=name),
            provider=evolve(provider, sender=sender),
            store=store,
            clock=clock,
            people=lambda _: Profile(time_zone="America/Chicago"),
        )
        for name, sender in zip(
            ("lakeside", "hillside", "seaside"), (SENDER, *OTHER_SENDERS), strict=True
        )
    ]
    for messenger, texts in zip(them, piles, strict=True):
        agree(messenger)
        pile(messenger, texts)
    clock.move_to(DAWN)
    progress = labour(clock, *them, quantum=quantum)
    for messenger in them:
        messenger.close()

    order = [entry.body.partition(" ")[0] for entry in carrier.messages()[before:]]
    assert progress.sent == len(order) == sum(piles)
    for messenger, texts in zip(them, piles, strict=True):
        name = messenger._ports.practice.id
        assert order.count(name) == texts
        others = 0
        for sender in order[: len(order) - order[::-1].index(name)] if texts else []:
            others = 0 if sender == name else others + 1
            assert others <= 2 * quantum


def test_one_practices_errors(
    make_messenger: Make, practice: Practice, provider: Twilio, clock: MovableClock
) -> None:
    """A practice whose host fails is counted and rests; the other one does not notice."""

    def people(person: str) -> Profile:
        if clock() >= DAWN:
            raise LookupError(person)
        return Profile(time_zone="America/Chicago")

    broken = make_messenger(
        practice=evolve(practice, id="hillside"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
        people=people,
    )
    sound = make_messenger()
    for messenger in (broken, sound):
        agree(messenger)
    clock.move_to(NIGHT)
    for messenger in (broken, sound):
        pile(messenger, 2)
    clock.move_to(DAWN)
    told: list[Progress] = []
    pace = Ahead(clock, timedelta(minutes=10))
    progress = labour(clock, broken, sound, pace=pace, once=False, told=told.append)

    assert progress.sent == 2
    assert set(progress.errors) == {"LookupError"}
    assert 4 <= progress.errors["LookupError"] <= 20
    assert PERSON not in repr(told)
    assert told[-1] == progress


def test_what_keeps_a_worker_from_its_work_is_a_warning(
    make_messenger: Make, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, then ever more rarely; nothing of any patient."""

    def people(person: str) -> Profile:
        if DAWN <= clock() < DAWN + timedelta(hours=6):
            raise LookupError(person)
        return Profile(time_zone="America/Chicago")

    messenger = make_messenger(people=people)
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)
    caplog.set_level("WARNING", "compliant_sms")
    progress = labour(clock, messenger, pace=Ahead(clock, timedelta(hours=7)), once=False)

    said = [vars(each) for each in caplog.records]
    failed = [each for each in said if each["event"] == "work_failed"]
    assert failed == said
    assert progress.errors["LookupError"] > 100
    assert 6 <= len(failed) <= 13
    assert failed[0]["at"] == DAWN.isoformat()
    assert {each["error"] for each in failed} == {"LookupError"}
    assert "test_worker.py" in failed[0]["where"]
    assert PERSON not in caplog.text


def test_a_wrong_keyring_is_a_warning(
    make_messenger: Make, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What the set-up gets wrong is told in our own words, which say what to do."""
    sealed = make_messenger(keyring=Keyring.generate())
    agree(sealed)
    clock.move_to(NIGHT)
    pile(sealed, 1)
    clock.move_to(DAWN)
    labour(clock, make_messenger(keyring=Keyring.generate()))

    (said, *_) = [vars(each) for each in caplog.records if vars(each)["event"] == "work_failed"]
    assert (said["error"], said["levelname"]) == ("CannotUnseal", "WARNING")
    assert "key" in said["why"]


@pytest.fixture
def beside_others(make_messenger: Make, clock: MovableClock) -> tuple[Messenger, list[str]]:
    """A text that is due after 100 others, which fail from DAWN on; and who they are, as asked."""
    asked: list[str] = []

    def people(person: str) -> Profile:
        if clock() >= DAWN and person != PERSON:
            asked.append(person)
            raise LookupError(person)
        return Profile(time_zone="America/Chicago")

    messenger = make_messenger(people=people)
    agree(messenger)
    clock.move_to(NIGHT)
    for number in range(100):
        agree(messenger, person=f"gone-{number}")
        held = remind(messenger, str(number), person=f"gone-{number}", body=f"{number}: see you.")
        assert isinstance(held, Held)
    clock.advance(timedelta(seconds=1))
    assert isinstance(remind(messenger, "mine"), Held)
    clock.move_to(DAWN + timedelta(seconds=1))
    return messenger, asked


def test_what_always_fails_keeps_no_other_waiting(
    beside_others: tuple[Messenger, list[str]], clock: MovableClock
) -> None:
    """However many texts fail each time, the others go once each was tried, and they go on."""
    messenger, asked = beside_others
    pace = Ahead(clock, timedelta(hours=1))
    progress = labour(clock, messenger, pace=pace, once=False)

    assert progress.sent == 1
    assert min(asked.count(person) for person in set(asked)) > 1
    assert progress.errors == {"LookupError": len(asked)}


def test_whoever_works_once_tries_each_once(
    beside_others: tuple[Messenger, list[str]], clock: MovableClock
) -> None:
    """A run ends though texts would fail for ever, and does not rest between them."""
    messenger, asked = beside_others
    progress = labour(clock, messenger, pace=(pace := Ahead(clock)))

    assert (progress.sent, progress.errors) == (1, {"LookupError": 100})
    assert len(asked) == len(set(asked)) == 100
    assert pace.rests == []


def test_a_busy_store(
    make_messenger: Make, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that cannot be asked is asked again later, less and less often."""
    messenger = make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)
    store, calls = messenger._ports.store, []

    class Busy:
        async def run(self, job: Any) -> Any:
            calls.append(clock())
            if clock() < DAWN + timedelta(minutes=3):
                msg = "the database stayed locked"
                raise StoreBusy(msg)
            return await store.run(job)

    messenger._ports = evolve(messenger._ports, store=Busy())
    pace = Ahead(clock, timedelta(minutes=5))
    progress = labour(clock, messenger, pace=pace, once=False)

    assert progress.sent == 1
    assert progress.errors == {"StoreBusy": 6}
    assert pace.rests[:6] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize("duty", ["fails", "says stop", "meets a busy store"])
def test_other_duties(
    make_messenger: Make, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, duty: str
) -> None:
    """What one duty meets keeps neither the next one waiting nor what is due; a stop does."""
    messenger, pace = make_messenger(), Ahead(clock, timedelta(seconds=1))
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)
    pace._end = DAWN + timedelta(seconds=1)

    async def first(*_: Any) -> int:
        if duty == "says stop":
            pace._end = DAWN
            return 0
        msg = "whatever it is"
        raise StoreBusy(msg) if duty == "meets a busy store" else RecordAltered(msg)

    async def second(*_: Any) -> int:
        return 7

    monkeypatch.setattr(_work, "_DUTIES", (("settled", first), ("reported", second)))
    progress = labour(clock, messenger, pace=pace, once=False)

    goes_on = duty == "fails"
    assert (progress.reported, progress.sent) == ((7, 1) if goes_on else (0, 0))
    assert (
        progress.errors
        == {
            "fails": {"RecordAltered": 1},
            "says stop": {},
            "meets a busy store": {"StoreBusy": 1},
        }[duty]
    )


@pytest.mark.parametrize("stops", [False, True])
def test_a_look_up_that_fails(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, *, stops: bool
) -> None:
    """It is counted, and the others are looked up, unless somebody said stop meanwhile."""

    class Odd(Twilio):
        def found(self, reply: Any, text: Any, since: Any) -> Any:
            if "first" not in text.body:
                return super().found(reply, text, since)
            pace._end = clock() if stops else pace._end
            raise LookupError

    pace = Ahead(clock, timedelta(seconds=10))
    messenger = make_messenger(provider=Odd(**KEYS, base_url=carrier.url))
    agree(messenger)
    for key in ("first", "second"):
        carrier.fail_next("accept_then_drop")
        assert isinstance(remind(messenger, key, body=f"{BODY} {key}"), Uncertain)
        clock.advance(timedelta(seconds=1))
    progress = labour(clock, messenger, pace=pace, once=False)

    assert progress.errors == {"LookupError": 1}
    assert progress.settled == (0 if stops else 1)


@pytest.mark.parametrize("state", ["uncertain", "claimed"])
def test_many_that_cannot_be_read(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, database: Path, state: str
) -> None:
    """However many uncertain texts, or lapsed claims, cannot be read: others are looked up."""
    willing = make_messenger()
    agree(willing)
    for key in "abcd":
        carrier.fail_next("accept_then_drop")
        assert isinstance(remind(willing, key, body=f"{BODY} {key}"), Uncertain)
        clock.advance(timedelta(seconds=1))
    willing.close()
    alter(
        database,
        "UPDATE sms_messages SET draft = CAST('{' AS BLOB) WHERE idempotency_key IN ('a', 'b')",
    )
    alter(database, f"UPDATE sms_messages SET state = '{state}'")
    clock.advance(timedelta(minutes=5))
    progress = labour(clock, willing, quantum=2)

    assert progress.settled == 2
    assert set(progress.errors) == ({"NotOurDatabase"} if state == "uncertain" else set())


@pytest.mark.parametrize(("error", "sent"), [(RecordAltered, 1), (StoreBusy, 0)])
def test_planning_fails(
    make_messenger: Make,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    sent: int,
) -> None:
    """A diary that cannot be read keeps no text waiting that was asked for."""
    messenger = make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)

    async def fails(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(_work, "plan_due", fails)
    progress = labour(clock, messenger)

    assert (progress.sent, progress.errors) == (sent, {error.__name__: 1})


def test_a_clock_that_is_set_back(make_messenger: Make, carrier: Sandbox) -> None:
    """A worker does not sleep until its clock shows again what it showed when that was wrong."""
    now = MORNING + timedelta(hours=6)
    messenger = make_messenger(clock=lambda: now)
    agree(messenger)
    rests: list[float] = []

    class SetRight:
        def stopping(self) -> bool:
            return MORNING + timedelta(minutes=1) <= now < MORNING + timedelta(hours=1)

        async def rest(self, seconds: float) -> None:
            nonlocal now
            rests.append(seconds)
            if len(rests) == 1:
                now = MORNING
                carrier.fail_next("accept_then_drop")
                assert isinstance(remind(messenger), Uncertain)
            else:
                now += timedelta(seconds=seconds)

    progress = finish(work([messenger._ports], SetRight(), Shift(), nobody))

    assert set(rests) == {5}
    assert progress.settled == 1


def test_sleeps_until_due(make_messenger: Make, clock: MovableClock) -> None:
    """A worker rests until the next text is due, and never longer than it is told to."""
    messenger = make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN - timedelta(seconds=12))
    pace = Ahead(clock, timedelta(seconds=13))
    progress = labour(clock, messenger, pace=pace, once=False)

    assert pace.rests[:3] == [5, 5, 2]
    assert progress == Progress(sent=1)


def test_account_refused(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox, provider: Twilio
) -> None:
    """A refused account costs one request a turn, is counted by its category, and passes."""
    agree(make_messenger())
    clock.move_to(NIGHT)
    pile(make_messenger(), 5)
    clock.move_to(DAWN)
    wrong = make_messenger(provider=evolve(provider, auth_token="rotated"))
    progress = labour(clock, wrong)

    assert (progress.queued, progress.failed, progress.errors) == (1, 0, {"auth": 1})
    ((problem, count),) = progress.problems.items()
    assert (problem.code, count) == ("20003", 1)
    pace = Ahead(clock, timedelta(minutes=10))
    assert labour(clock, wrong, once=False, pace=pace).errors["auth"] < 20
    clock.advance(timedelta(hours=1))
    assert labour(clock, make_messenger()) == Progress(sent=5)


def test_a_provider_that_cannot_be_reached_is_a_warning(
    make_messenger: Make, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing fails then, and no text goes: each stays due, so that nothing else would tell."""
    messenger = make_messenger(provider=Twilio(**KEYS, base_url="http://127.0.0.1:9"))
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 2)
    clock.move_to(DAWN)
    progress = labour(clock, messenger)

    ((problem, _),) = progress.problems.items()
    (said,) = [vars(each) for each in caplog.records if vars(each)["event"] == "work_failed"]
    assert (said["error"], said["where"]) == (problem.category.value, "")
    assert said["why"] == f"{problem.words} {problem.remedy}"


def test_an_outage_is_told_as_one(
    make_messenger: Make, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The pauses between the attempts are no end of it, and begin no new course of warnings."""
    messenger = make_messenger(provider=Twilio(**KEYS, base_url="http://127.0.0.1:9"))
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)
    labour(clock, messenger, once=False)

    said = [vars(each) for each in caplog.records if vars(each)["event"] == "work_failed"]
    assert [int(each["times"]) for each in said] == [1, 3, 4, 5, 6, 7]
    assert {vars(each)["event"] for each in caplog.records} == {"work_failed", "text_failed"}


def test_what_keeps_a_worker_from_nothing_is_no_warning(
    make_messenger: Make,
    clock: MovableClock,
    carrier: Sandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A provider that is asked too fast says so each day, and the text goes a little later."""
    messenger = make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 1)
    clock.move_to(DAWN)
    carrier.fail_next("status", status=429, headers={"Retry-After": "30"})
    progress = labour(clock, messenger, once=False)

    assert (progress.queued, progress.sent) == (1, 1)
    assert not caplog.records


def test_settles_what_is_uncertain(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A worker looks uncertain texts up at the provider every so often."""
    messenger = make_messenger()
    agree(messenger)
    carrier.fail_next("accept_then_drop")
    assert isinstance(remind(messenger), Uncertain)
    carrier.fail_next("drop")
    assert isinstance(remind(messenger, "2", body=f"{BODY} 2"), Uncertain)
    progress = labour(clock, messenger, pace=Ahead(clock, timedelta(minutes=4)), once=False)

    assert (progress.settled, progress.sent) == (2, 1)
    assert sorted(outgoing(carrier)) == [BODY, f"{BODY} 2"]


def test_asks_for_lost_reports(make_messenger: Make, clock: MovableClock, carrier: Sandbox) -> None:
    """A worker learns what became of texts whose last report never came."""
    messenger = make_messenger()
    agree(messenger)
    for number in range(3):
        remind(messenger, str(number), body=f"{BODY} {number}")
    carrier.drain()
    clock.advance(timedelta(minutes=57))
    pace = Ahead(clock, timedelta(minutes=5))
    progress = labour(clock, messenger, pace=pace, once=False, quantum=2)

    assert progress == Progress(reported=3)
    assert {t.message.state for t in messenger.history(PERSON).texts} == {State.DELIVERED}


def test_what_nobody_can_settle(
    make_messenger: Make, provider: Twilio, clock: MovableClock, carrier: Sandbox
) -> None:
    """Texts that went through another provider are left to a person, and keep none waiting."""

    class Other(Twilio):
        @property
        def name(self) -> str:
            return "another"

    carrier.fail_next("drop", times=3)
    before = make_messenger(provider=Other(**KEYS, base_url=carrier.url))
    agree(before)
    for number in range(3):
        assert isinstance(remind(before, str(number), body=f"{BODY} {number}"), Uncertain)
    clock.advance(timedelta(seconds=1))
    carrier.fail_next("accept_then_drop")
    messenger = make_messenger()
    assert isinstance(remind(messenger), Uncertain)
    pace = Ahead(clock, timedelta(minutes=5))
    progress = labour(clock, messenger, pace=pace, once=False, quantum=2)

    assert progress.settled == 1
    assert len(messenger.uncertain()) == 3
    assert outgoing(carrier) == [BODY]


def test_within(make_messenger: Make, clock: MovableClock) -> None:
    """A worker that has a limited time ends then, also in the middle of a rest."""
    messenger = make_messenger()
    pace = Ahead(clock)
    labour(clock, messenger, pace=pace, once=False, within=timedelta(seconds=12))

    assert pace.rests == [5, 5, 2]


@pytest.mark.parametrize(
    "shift", [{"quantum": 0}, {"poll": timedelta(0)}, {"reconcile_every": timedelta(-1)}]
)
def test_impossible_shifts(shift: dict[str, Any]) -> None:
    """A worker that would never rest or never send is refused."""
    with pytest.raises(InvalidInput, match="more than zero"):
        Shift(**shift)


@pytest.mark.parametrize("kind", [Worker, AsyncWorker])
def test_nobody_to_work_for(kind: Any) -> None:
    """A worker without a messenger is a mistake."""
    with pytest.raises(InvalidInput, match="at least one"):
        kind([])


def test_messengers_of_the_other_kind(practice: Practice) -> None:
    """Who takes the wrong worker of the two is told of the other."""
    carrier = FakeCarrier()
    messenger: Any = carrier.messenger(practice=practice)
    other: Any = carrier.async_messenger(practice=practice)
    with pytest.raises(InvalidInput, match="use AsyncWorker"):
        Worker(other)
    with pytest.raises(InvalidInput, match="use Worker"):
        AsyncWorker([other, messenger])
    messenger.close()


# Rates


def limited(make_messenger: Make, **changes: Any) -> Messenger:
    """A messenger that may send one text a second, two at once."""
    rate = Rate(per_second=1, burst=2, unit="texts")
    messenger = make_messenger(**{"delivery": Delivery(rate=rate)} | changes)
    agree(messenger)
    return messenger


def test_over_the_rate_it_is_queued(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """What is over the rate stays due, without a decision, and goes as soon as there is room."""
    messenger = limited(make_messenger)
    outcomes = [remind(messenger, str(n), body=f"{BODY} {n}") for n in range(5)]

    assert [type(each) for each in outcomes] == [Sent, Sent, Queued, Queued, Queued]
    assert messenger.dispatch_due() == ()
    kept = [len(record.decisions) for record in messenger.history(PERSON).texts]
    assert sorted(kept) == [0, 0, 0, 1, 1]
    clock.advance(timedelta(seconds=2))
    assert [type(each) for each in messenger.dispatch_due()] == [Sent, Sent]
    clock.advance(timedelta(seconds=1))
    assert [type(each) for each in messenger.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 5


@pytest.mark.parametrize(("seconds", "waits"), [(45, True), (3600, False)])
def test_once_is_not_for_ever(
    make_messenger: Make,
    carrier: Sandbox,
    clock: MovableClock,
    seconds: int,
    waits: bool,  # noqa: FBT001
) -> None:
    """What the provider wants later is waited for up to five minutes, and left otherwise."""
    messenger, begun = make_messenger(), clock()
    agree(messenger)
    carrier.fail_next("status", status=429, headers={"Retry-After": str(seconds)})
    assert isinstance(remind(messenger), Queued)
    assert isinstance(remind(messenger, "2", body=f"{BODY} 2"), Queued)
    progress = labour(clock, messenger)

    assert (progress.sent > 0, clock() - begun >= timedelta(seconds=45)) == (waits, waits)
    clock.advance(timedelta(seconds=seconds))
    assert labour(clock, messenger).sent + progress.sent == 2


def test_emergencies_do_not_wait(make_messenger: Make, carrier: Sandbox) -> None:
    """An emergency text goes at once; the others wait the longer for it."""
    messenger = limited(make_messenger)
    for number in range(3):
        remind(messenger, str(number), body=f"{BODY} {number}")
    alert = remind(messenger, "a", purpose=Purpose.EMERGENCY_ALERT, body="Water main broke.")

    assert isinstance(alert, Sent)
    assert len(outgoing(carrier)) == 3


def test_blocked_and_asked_again_over_the_rate(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A blocked text that is asked for again, and may go now, waits for its turn like others."""
    rate = Rate(per_second=1, burst=1)
    messenger = make_messenger(delivery=Delivery(rate=rate))
    remind(messenger)
    agree(messenger)
    remind(messenger, "2", body=f"{BODY} 2")

    assert isinstance(remind(messenger), Queued)
    clock.advance(timedelta(seconds=2))
    assert [type(each) for each in messenger.dispatch_due()] == [Sent]


def windows(instants: list[Any], width: timedelta) -> int:
    """The most that lies in any window of that width."""
    return max(sum(start <= at < start + width for at in instants) for start in instants)


def test_a_worker_keeps_to_the_rate(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A worker rests until there is room, and loses nothing."""
    messenger = limited(make_messenger)
    clock.move_to(NIGHT)
    pile(messenger, 9)
    clock.move_to(DAWN)
    progress = labour(clock, messenger)

    assert progress.sent == 9
    assert clock() == DAWN + timedelta(seconds=7)
    at = [entry.created_at for entry in carrier.messages()]
    assert windows(at, timedelta(seconds=3)) <= 2 + 3
    assert progress.limited > 0


def test_a_campaign_keeps_to_the_minute(
    make_messenger: Make, practice: Practice, clock: MovableClock, carrier: Sandbox
) -> None:
    """A sole proprietor's campaign never sends more than AT&T's 15 segments in any minute."""
    campaign = Campaign(use_case="sole_proprietor")
    messenger = make_messenger(practice=evolve(practice, campaign=campaign))
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 32)
    clock.move_to(DAWN)
    progress = labour(clock, messenger)

    assert progress.sent == 32
    assert progress.held == 0
    at = [entry.created_at for entry in carrier.messages()]
    assert 12 <= windows(at, timedelta(minutes=1)) <= 15


def test_many_threads_share_a_rate(make_messenger: Make, carrier: Sandbox) -> None:
    """However many connections take at once from one bucket, no more leaves than it holds."""
    rate = Rate(per_second=0.001, burst=5, unit="texts")
    messengers = [make_messenger(delivery=Delivery(rate=rate)) for _ in range(4)]
    agree(messengers[0])

    def send(worker: int) -> None:
        for number in range(4):
            remind(messengers[worker], f"{worker}-{number}", body=f"{BODY} {worker} {number}")

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outgoing(carrier)) == 5


def test_rate_and_link(make_messenger: Make, practice: Practice, clock: MovableClock) -> None:
    """A text that needs a link waits for its turn too, and is not lost."""
    asked: list[str] = []

    def link(message: Any) -> str:
        asked.append(message.message_id)
        return f"https://lakeside.example/{len(asked)}"

    messenger = limited(
        make_messenger,
        practice=evolve(practice, phi="notice"),
        keyring=Keyring.generate(),
        secure_links=link,
    )
    told = "Your A1c of 9.1 needs a visit. Call us. "
    outcomes = [remind(messenger, str(n), body=f"{told}{n}") for n in range(3)]

    assert [type(each) for each in outcomes] == [Sent, Sent, Queued]
    assert messenger.dispatch_due() == ()
    clock.advance(timedelta(seconds=2))
    assert [type(each) for each in messenger.dispatch_due()] == [Sent]


# Stopping


def test_stop_finishes_the_text_in_hand(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """After a stop no further text begins, and the others are anybody's at once."""
    messenger = make_messenger(people=lambda _: seen.append(1) or None)
    seen: list[int] = []
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 5)
    clock.move_to(DAWN)
    seen.clear()

    class Stops(Ahead):
        def stopping(self) -> bool:
            return len(seen) >= 2

    progress = labour(clock, messenger, pace=Stops(clock))

    assert progress.sent == 2
    assert len(messenger.dispatch_due()) == 3
    assert len(outgoing(carrier)) == 5


@pytest.fixture
def resting(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> tuple[Worker, threading.Event]:
    """A worker that has nothing to do, and an event that is set once it rests."""
    worker, rests = Worker(messenger, poll=timedelta(minutes=5)), threading.Event()
    rest = worker.rest

    def begin(seconds: float) -> Any:
        rests.set()
        return rest(seconds)

    monkeypatch.setattr(worker, "rest", begin)
    return worker, rests


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(resting: tuple[Worker, threading.Event], number: signal.Signals) -> None:
    """A signal wakes a resting worker, which returns; handlers are as they were."""
    worker, rests = resting
    before = signal.getsignal(number)

    def send() -> None:
        assert rests.wait(PATIENCE)  # before it works, the signal would end the tests
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    progress = worker.run()
    thread.join()

    assert progress == Progress()
    assert signal.getsignal(number) == before


def test_stop_from_another_thread(resting: tuple[Worker, threading.Event]) -> None:
    """A worker on another thread handles no signals, and is stopped by a call."""
    worker, rests = resting
    done: list[Progress] = []
    thread = threading.Thread(target=lambda: done.append(worker.run()))
    thread.start()
    assert rests.wait(PATIENCE)
    worker.stop()
    thread.join(PATIENCE)

    assert done == [Progress()]


def test_what_a_callback_raises(make_messenger: Make, clock: MovableClock) -> None:
    """What the callback for progress raises ends the work, and no text is lost by it."""
    messenger = make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    pile(messenger, 2)
    clock.move_to(DAWN)

    def told(_: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        Worker(messenger, quantum=1, on_progress=told).drain(signals=False)
    assert Worker(messenger).drain(signals=False).sent == 1


def test_async_worker(
    practice: Practice, provider: Twilio, database: Path, clock: MovableClock, carrier: Sandbox
) -> None:
    """The worker for an event loop does the same, rests without blocking, and stops when told."""

    async def day() -> tuple[Progress, Progress]:
        arguments: dict[str, Any] = {
            "practice": practice,
            "provider": provider,
            "store": SQLite(database),
            "clock": clock,
        }
        async with AsyncMessenger(**arguments) as messenger:
            await messenger.consent.grant(
                "+12175550134",
                person=PERSON,
                basis="intake_form",
                wording=INTAKE_WORDING,
                recorded_by="front-desk:ana",
            )
            clock.move_to(NIGHT)
            held = await messenger.send(
                to="+12175550134",
                person=PERSON,
                purpose=Purpose.APPOINTMENT_REMINDER,
                body=BODY,
                idempotency_key="1",
            )
            assert isinstance(held, Held)
            clock.move_to(DAWN)
            drained = await AsyncWorker(messenger).drain()
            worker = AsyncWorker([messenger], poll=timedelta(milliseconds=5))
            asyncio.get_running_loop().call_later(0.05, worker.stop)
            return drained, await worker.run()

    assert asyncio.run(day()) == (Progress(sent=1), Progress())
    assert outgoing(carrier) == [BODY]


# What a person settles


@pytest.fixture
def doubtful(messenger: Messenger, carrier: Sandbox) -> tuple[Messenger, str]:
    """A messenger with a text that the provider does not list, just now."""
    agree(messenger)
    carrier.fail_next("drop")
    outcome = remind(messenger)
    assert isinstance(outcome, Uncertain)
    return messenger, outcome.message_id


def test_settled_as_sent(doubtful: tuple[Messenger, str], carrier: Sandbox) -> None:
    """A person's word is enough, and stays on record with their name and reason."""
    messenger, message_id = doubtful
    (record,) = messenger.uncertain()
    assert record.message.message_id == message_id
    assert [step.state for step in record.steps] == [State.CLAIMED, State.UNCERTAIN]
    settled = messenger.settle(message_id, sent=True, by="front-desk:ana", reason="she has it")

    assert settled == Sent(message_id=message_id)
    assert messenger.uncertain() == ()
    (event,) = messenger.audit()
    assert (event.act, event.actor, event.reason) == (
        "settled_by_hand",
        "front-desk:ana",
        "she has it",
    )
    assert dict(event.details) == {"sent": True}
    assert event.subject == message_id


def test_settled_as_not_sent(doubtful: tuple[Messenger, str], carrier: Sandbox) -> None:
    """What a person knows never left is due, decided again and sent once."""
    messenger, message_id = doubtful
    queued = messenger.settle(message_id, sent=False, by="front-desk:ana", reason="not in console")

    assert isinstance(queued, Queued)
    assert [type(each) for each in messenger.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_settled_meanwhile(
    doubtful: tuple[Messenger, str], make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Where news came first a person's word changes nothing; strangers' texts cannot be settled."""
    messenger, message_id = doubtful
    messenger.settle(message_id, sent=True, by="front-desk:ana", reason="she has it")
    again = messenger.settle(message_id, sent=False, by="front-desk:bo", reason="mistaken")

    assert again == Sent(message_id=message_id)
    assert len(messenger.audit()) == 1
    stranger = make_messenger(practice=evolve(practice, id="hillside"))
    with pytest.raises(UnknownMessage):
        stranger.settle(message_id, sent=True, by="ana", reason="sure")
    with pytest.raises(UnknownMessage):
        messenger.settle("none", sent=True, by="ana", reason="sure")
    with pytest.raises(InvalidInput):
        messenger.settle(message_id, sent=True, by=" ", reason="sure")
    assert clock() == MORNING
