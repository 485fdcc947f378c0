"""Workers in processes of their own, on a real file and a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from starlette.concurrency import run_in_threadpool

from compliant_sms import Delivery, Held, Keyring, Messenger, Queued, Sent
from compliant_sms.driver import finish
from compliant_sms.lifecycle import State
from compliant_sms.rates import Bucket, Rate
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock
from conftest import PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE
from labourer import labourers
from test_send import BODY, DAWN, NIGHT, agree, outgoing, remind

Make = Callable[..., Messenger]


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, database: Path) -> str:
    """The store that all processes share."""
    if request.param == "sqlite":
        return str(database)
    dsn: str = request.getfixturevalue("used_postgres_dsn")
    return dsn


@pytest.fixture
def options(where: str, carrier: Sandbox) -> dict[str, Any]:
    """What a process is told."""
    return {
        "store": where,
        "carrier": carrier.url,
        "sid": SID,
        "token": TOKEN,
        "sender": SENDER,
        "at": DAWN.isoformat(),
    }


@pytest.fixture
def ours(make_messenger: Make, where: str) -> Messenger:
    """A messenger in this process over the same store, whose patient agreed."""
    store: Any = PostgreSQL(where) if "dbname=" in where else SQLite(where)
    messenger = make_messenger(store=store)
    agree(messenger)
    return messenger


def pile(messenger: Messenger, clock: MovableClock, texts: int) -> list[str]:
    """Texts that are due at DAWN; their bodies."""
    clock.move_to(NIGHT)
    bodies = [f"{BODY} {number}" for number in range(texts)]
    for number, body in enumerate(bodies):
        assert isinstance(remind(messenger, str(number), body=body), Held)
    clock.move_to(DAWN)
    return bodies


def shared(options: dict[str, Any], workers: int) -> list[int]:
    """How many texts each of so many processes sent."""
    with labourers(workers, options) as processes:
        return [int(process.communicate(timeout=600)[0]) for process in processes]


def test_processes_share(
    ours: Messenger, options: dict[str, Any], clock: MovableClock, carrier: Sandbox
) -> None:
    """Three processes send each text once, and each of them sends some."""
    bodies = pile(ours, clock, 45)
    sent = shared(options | {"meet": True}, 3)

    assert sum(sent) == len(bodies)
    assert min(sent) > 0
    assert sorted(outgoing(carrier)) == sorted(bodies)


@pytest.mark.endurance
def test_processes_share_many(
    ours: Messenger, options: dict[str, Any], clock: MovableClock, carrier: Sandbox
) -> None:
    """The same with four processes and 200 texts."""
    bodies = pile(ours, clock, 200)
    sent = shared(options | {"meet": True}, 4)

    assert sum(sent) == len(bodies)
    assert min(sent) > 0
    assert sorted(outgoing(carrier)) == sorted(bodies)


def test_processes_share_a_rate(
    ours: Messenger, options: dict[str, Any], clock: MovableClock, carrier: Sandbox
) -> None:
    """Processes that share a bucket together send no more than it lets through."""
    texts, rate = 12, {"per_second": 8.0, "burst": 3.0, "unit": "texts"}
    pile(ours, clock, texts)
    # Their clocks run as one.
    sent = shared(options | {"rate": rate, "since": monotonic(), "quantum": 2}, 3)
    left = sorted(_claimed_at(ours))

    assert sum(sent) == len(outgoing(carrier)) == texts
    for first, start in enumerate(left):
        for last in range(first, texts):
            seconds = (left[last] - start).total_seconds()
            assert last - first + 1 <= 3 + 8 * seconds + _SKEW * 8


# The buckets go by the highest of the clocks, and each text by that of its process.
_SKEW = 1.0


def _claimed_at(messenger: Messenger) -> list[datetime]:
    return [
        record.message.departure.at
        for record in messenger.history(PERSON).texts
        if record.message.departure
    ]


def test_killed_while_it_waited_for_an_answer(
    ours: Messenger, options: dict[str, Any], clock: MovableClock, carrier: Sandbox
) -> None:
    """A killed worker's reserved texts are due as before; its claim is uncertain, and settled."""
    bodies = pile(ours, clock, 4)
    carrier.fail_next("hang")
    with labourers(1, options) as (process,):
        while not outgoing(carrier):
            assert process.poll() is None
        process.kill()
        process.wait()
    assert _states(ours) == [State.CLAIMED] + [State.HELD] * 3
    assert ours.dispatch_due() == ()  # reserved
    clock.advance(timedelta(seconds=60))

    assert [type(each) for each in ours.dispatch_due()] == [Sent] * 3
    assert _states(ours) == [State.SENT] * 3 + [State.UNCERTAIN]
    assert [type(each) for each in ours.reconcile()] == [Sent]
    assert sorted(outgoing(carrier)) == bodies


def test_killed_before_its_request_arrived(
    ours: Messenger, options: dict[str, Any], clock: MovableClock, carrier: Sandbox
) -> None:
    """What the carrier does not know of after a while is due again, and sent once."""
    bodies = pile(ours, clock, 1)
    carrier.fail_next("drop")
    shared(options, 1)
    assert _states(ours) == [State.UNCERTAIN]
    clock.advance(timedelta(seconds=120))

    assert [type(each) for each in ours.reconcile()] == [Queued]
    assert [type(each) for each in ours.dispatch_due()] == [Sent]
    assert outgoing(carrier) == bodies


def _states(messenger: Messenger) -> list[State]:
    return sorted(record.message.state for record in messenger.history(PERSON).texts)


def test_terminated(
    ours: Messenger,
    options: dict[str, Any],
    clock: MovableClock,
    carrier: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SIGTERM ends a worker after the text in hand; everybody may have the others at once."""
    bodies, terminated = pile(ours, clock, 4), threading.Event()

    async def until_then(_: float) -> None:
        assert await run_in_threadpool(terminated.wait, PATIENCE)

    monkeypatch.setattr(carrier._carrier, "pause", until_then)
    carrier.fail_next("delay")
    with labourers(1, options) as (process,):
        while not outgoing(carrier):
            assert process.poll() is None
        process.terminate()
        terminated.set()
        printed, _ = process.communicate(timeout=60)

    assert (printed, process.returncode) == ("1\n", 0)
    assert _states(ours) == [State.HELD] * 3 + [State.SENT]
    assert [type(each) for each in ours.dispatch_due()] == [Sent] * 3
    assert sorted(outgoing(carrier)) == bodies


def test_sealed_texts(
    make_messenger: Make, where: str, clock: MovableClock, carrier: Sandbox
) -> None:
    """What a keyring seals is reserved and sent like anything else."""
    store: Any = PostgreSQL(where) if "dbname=" in where else SQLite(where)
    sealed = make_messenger(store=store, keyring=Keyring.generate())
    agree(sealed)
    bodies = pile(sealed, clock, 2)

    assert [type(each) for each in sealed.dispatch_due()] == [Sent] * 2
    assert sorted(outgoing(carrier)) == bodies


def test_first_taker_of_a_bucket(make_messenger: Make, ours: Messenger, where: str) -> None:
    """A bucket that two transactions begin is one bucket."""
    store = ours._ports.store
    rate = Rate(per_second=1, burst=1)
    limited = make_messenger(
        store=PostgreSQL(where) if "dbname=" in where else SQLite(where),
        delivery=Delivery(rate=rate),
    )
    outcomes = [remind(limited, str(n), body=f"{BODY} {n}") for n in range(2)]

    assert [type(each) for each in outcomes] == [Sent, Queued]

    async def look(tx: Any) -> Any:
        return await tx.bucket(f"sender/twilio/{SENDER}", Bucket(level=9, at=DAWN))

    assert finish(store.run(look)).level == 0
