"""Reservation: due texts are shared out, and what is reserved is surely not gone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from compliant_sms import Held, Messenger, Purpose, Queued, Sent
from compliant_sms.driver import finish
from compliant_sms.flows._sending import _dispatch
from compliant_sms.flows._sending._dispatch import dispatch
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._dialect import POSTGRESQL
from compliant_sms.stores._sql._queue import _NEXT, reserving
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from conftest import MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from test_receive import from_patient, status
from test_send import BODY, DAWN, NIGHT, Meanwhile, agree, outgoing, remind

Make = Callable[..., Messenger]
LEASE = timedelta(seconds=60)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, database: Path) -> Iterator[Any]:
    """Each store, without a messenger."""
    if request.param == "sqlite":
        made: Any = SQLite(database)
    else:
        made = PostgreSQL(request.getfixturevalue("used_postgres_dsn"))
    yield made
    made.close()


def due(key: str, not_before: datetime, purpose: Purpose = Purpose.APPOINTMENT_REMINDER) -> Message:
    """A text that is due at an instant."""
    return Message(
        message_id=key,
        practice_id="lakeside",
        draft=Draft(to=PATIENT, purpose=purpose, body="See you.", idempotency_key=key),
        created_at=MORNING,
        state=State.DUE,
        not_before=not_before,
    )


def ask(store: Any, work: Callable[[Any], Any]) -> Any:
    """One transaction."""
    return finish(store.blocking().run(work))


def reserve(store: Any, at: datetime, limit: int = 10) -> list[str]:
    """The ids of what a worker gets at that instant."""
    found = ask(store, lambda tx: tx.reserve("lakeside", at, at + LEASE, limit))
    return [message.message_id for message in found]


def keep(store: Any, *messages: Message) -> None:
    """Store texts."""
    for message in messages:
        ask(store, lambda tx, message=message: tx.save(message, MORNING))


def later(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


# One text becomes many: some are due, most wait for another day or went long ago.
LARGE = """INSERT INTO sms_messages (message_id, practice_id, idempotency_key, chain_id, number,
        person, purpose, draft, created_at, state, urgency, not_before, attempts)
    SELECT message_id || i, practice_id, idempotency_key || i, chain_id, number, person, purpose,
        draft, created_at, CASE WHEN i % 3 = 0 THEN 'sent' ELSE 'held' END, urgency,
        to_char(timestamp '2026-11-01' + i * interval '1 minute',
            'YYYY-MM-DD"T"HH24:MI:SS".000000Z"'), attempts
    FROM sms_messages, generate_series(1, 30000) AS i"""


def test_plans_of_postgresql(postgres_dsn: str) -> None:
    """Reserving and looking ahead walk the index of due texts in order: nothing is sorted."""
    store = PostgreSQL(postgres_dsn)
    keep(store, due("1", later(0)))
    store.close()
    values = {
        "practice_id": "lakeside",
        "urgency": 0,
        "at": "2026-11-15T16:00:00.000000Z",
        "until": "2026-11-15T16:01:00.000000Z",
        "again": "2026-11-15T16:00:00.000000Z",
        "limit": 50,
        "share": 12,
    }
    asked = [reserving(POSTGRESQL.skip_locked), _NEXT]
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(LARGE)
        connection.execute("VACUUM ANALYZE sms_messages")
        found = [connection.execute(explain(sql), values).fetchall() for sql in asked]
    plans = ["\n".join(row[0] for row in rows) for rows in found]

    for plan in plans:
        assert "Index Scan using sms_messages_due" in plan or (
            "Index Only Scan using sms_messages_due" in plan
        )
        assert "Sort" not in plan
        assert "Seq Scan on sms_messages" not in plan


def explain(sql: str) -> Any:
    """The statement that shows the plan of one with named parameters."""
    return "EXPLAIN " + re.sub(r":(\w+)", r"%(\1)s", sql)


def test_plans_of_sqlite(database: Path) -> None:
    """The same on SQLite."""
    seen: list[str] = []
    store = SQLite(database)
    keep(store, due("1", later(0)))
    connection = store._connection
    assert connection is not None
    connection.set_trace_callback(seen.append)
    reserve(store, later(0))
    ask(store, lambda tx: tx.next_due("lakeside", later(0)))
    store.close()
    asked = [sql for sql in seen if "'due'" in sql]
    with sqlite3.connect(database) as other:
        plans = [[row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked]
    other.close()

    assert len(plans) == 6
    for plan in plans:
        assert any("INDEX sms_messages_due (practice_id=? AND urgency=?" in line for line in plan)
        assert not any("TEMP B-TREE" in line or line == "SCAN sms_messages" for line in plan)


WITH_AN_INDEX = {
    "sms_messages_open (practice_id=? AND state=?": [
        lambda tx: tx.lapsed("lakeside", MORNING, 9),
        lambda tx: tx.uncertain("lakeside", 9),
        lambda tx: tx.being_sent("lakeside"),
    ],
    "sms_inbound_unfiled (practice_id=?": [lambda tx: tx.without_thread("lakeside", 9)],
    "sms_appointments_by_number (practice_id=? AND number=?": [
        lambda tx: tx.open_appointments_at("lakeside", PhoneNumber(PATIENT))
    ],
    "sms_appointments_by_person (practice_id=? AND person=?": [
        lambda tx: tx.appointments_of("lakeside", "pat-881")
    ],
}


@pytest.mark.parametrize("index", WITH_AN_INDEX)
def test_what_a_worker_asks_each_turn(index: str, database: Path) -> None:
    """It costs the same after years: SQLite goes through no more than what it asks for."""
    seen: list[str] = []
    store = SQLite(database)
    keep(store, due("1", later(0)))
    connection = store._connection
    assert connection is not None
    for work in WITH_AN_INDEX[index]:
        connection.set_trace_callback(seen.append)
        ask(store, work)
        connection.set_trace_callback(None)
    table = index.split("_")[1]
    asked = [sql for sql in seen if f"FROM sms_{table}" in sql]
    plans = [
        [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
        for sql in asked
    ]
    store.close()

    assert len(plans) == len(WITH_AN_INDEX[index])
    for plan in plans:
        assert any(f"INDEX {index}" in line for line in plan), plan


# In a dispatch


@pytest.fixture
def waiting(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A messenger with three texts that are due now."""
    agree(messenger)
    clock.move_to(NIGHT)
    for number in range(3):
        assert isinstance(remind(messenger, str(number), body=f"{BODY} {number}"), Held)
    clock.move_to(DAWN)
    return messenger


class Failing(Twilio):
    """An adapter that fails before there is a request."""

    error: BaseException = RuntimeError("broken")

    def request(self, text: Any, *, at: Any) -> Any:
        raise type(self).error


@pytest.fixture
def failing(carrier: Sandbox) -> Failing:
    """It speaks to the carrier, or would."""
    return Failing(account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=carrier.url)


def states(messenger: Messenger) -> list[State]:
    return [record.message.state for record in messenger.history(PERSON).texts]


def test_failed_before_the_request(
    waiting: Messenger, make_messenger: Make, failing: Failing, clock: MovableClock, carrier: Any
) -> None:
    """What surely did not leave is due again, after a pause, and sent once."""
    with pytest.raises(RuntimeError, match="broken"):
        make_messenger(provider=failing).dispatch_due()

    assert states(waiting) == [State.DUE] * 3
    assert waiting.dispatch_due() == ()
    clock.advance(timedelta(seconds=30))
    assert [type(each) for each in waiting.dispatch_due()] == [Sent] * 3
    assert len(outgoing(carrier)) == 3


def test_stopped_before_the_request(
    waiting: Messenger,
    make_messenger: Make,
    failing: Failing,
    carrier: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever stops the program between claim and request leaves the text due, and the others."""
    monkeypatch.setattr(Failing, "error", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        make_messenger(provider=failing).dispatch_due()

    assert states(waiting) == [State.DUE, State.HELD, State.HELD]
    assert [type(each) for each in waiting.dispatch_due()] == [Sent] * 3
    assert len(outgoing(carrier)) == 3


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RuntimeError("broken")])
def test_stopped_during_the_request(
    waiting: Messenger, make_messenger: Make, carrier: Sandbox, clock: MovableClock, stop: Any
) -> None:
    """What may have left stays claimed, becomes uncertain, and is looked up, never repeated."""
    transport = BlockingTransport()
    stopped = make_messenger(transport=Meanwhile(transport, error=stop))
    with pytest.raises(type(stop)):
        stopped.dispatch_due(limit=1)
    transport.close()
    assert states(waiting)[0] is State.CLAIMED
    clock.advance(LEASE)
    waiting.dispatch_due()

    assert states(waiting) == [State.UNCERTAIN, State.SENT, State.SENT]
    assert [type(each) for each in waiting.reconcile()] == [Sent]
    assert len(outgoing(carrier)) == 3


def test_failed_after_somebody_else_sent_it(  # noqa: PLR0917 - fixtures
    waiting: Messenger,
    make_messenger: Make,
    failing: Failing,
    clock: MovableClock,
    carrier: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that slept through its lease and then fails gives back nobody else's claim."""

    def asleep(_: Any, __: Any, *, at: Any) -> Any:
        clock.advance(timedelta(seconds=130))
        waiting.dispatch_due()
        assert [type(each) for each in waiting.reconcile()] == [Queued]
        assert [type(each) for each in waiting.dispatch_due()] == [Sent]
        msg = "broken"
        raise RuntimeError(msg)

    monkeypatch.setattr(Failing, "request", asleep)
    with pytest.raises(RuntimeError, match="broken"):
        make_messenger(provider=failing).dispatch_due(limit=1)

    assert states(waiting) == [State.SENT] * 3
    assert len(outgoing(carrier)) == 3


class Endless:
    """A transport that waits for an event loop, and so never answers here."""

    async def send(self, request: Any) -> Any:
        await self

    def __await__(self) -> Any:
        yield


def test_a_loop_that_ends(waiting: Messenger, make_messenger: Make, clock: MovableClock) -> None:
    """A coroutine that is closed in the middle awaits nothing more, and repeats nothing."""
    suspended = dispatch(make_messenger(transport=Endless())._ports, 3)
    suspended.send(None)
    suspended.close()
    assert states(waiting) == [State.CLAIMED, State.HELD, State.HELD]
    clock.advance(LEASE)
    waiting.dispatch_due()

    assert states(waiting) == [State.UNCERTAIN, State.SENT, State.SENT]


def test_pages(messenger: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for, only a page at a time is read and reserved."""
    agree(messenger)
    clock.move_to(NIGHT)
    for number in range(12):
        remind(messenger, str(number), body=f"{BODY} {number}")
    clock.move_to(DAWN)
    sizes: list[int] = []
    reserve = SqlTransaction.reserve

    async def watched(*asked: Any, **more: Any) -> Any:
        sizes.append(asked[4])
        return await reserve(*asked, **more)

    monkeypatch.setattr(SqlTransaction, "reserve", watched)
    monkeypatch.setattr(_dispatch, "_PAGE", 5)

    assert len(messenger.dispatch_due(limit=11)) == 11
    assert sizes == [5, 5, 1]
    assert messenger.dispatch_due(limit=0) == ()
    assert len(messenger.dispatch_due(limit=1000)) == 1


def test_confirmation_before_a_pile(
    messenger: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """The confirmation of a STOP does not wait behind the texts that were due before."""
    agree(messenger)
    agree(messenger, "+12175550122", "pat-2")
    clock.move_to(NIGHT)
    for number in range(3):
        remind(messenger, str(number), to="+12175550122", person="pat-2", body=f"{BODY} {number}")
    clock.move_to(DAWN)
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.dispatch_due(limit=1)

    (entry,) = carrier.messages()
    assert PhoneNumber(entry.to) == PhoneNumber(PATIENT)
    assert "unsubscribed" in entry.body or "no more" in entry.body.lower()


def test_late_refusal_revives_nothing(
    make_messenger: Make, clock: MovableClock, provider: Twilio, carrier: Sandbox
) -> None:
    """A refusal that comes after the text was settled and blocked does not make it due."""
    other = make_messenger()
    transport = BlockingTransport()

    def meanwhile() -> None:
        clock.advance(timedelta(seconds=130))
        other.dispatch_due()
        assert [type(each) for each in other.reconcile()] == [Queued]
        other.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
        other.dispatch_due()

    carrier.fail_next("status", status=429, headers={"Retry-After": "30"})
    slow = make_messenger(transport=Meanwhile(transport, after=meanwhile))
    agree(slow)
    remind(slow)
    transport.close()

    assert states(other) == [State.BLOCKED]
    assert other.dispatch_due() == ()


def test_callbacks_are_kept(messenger: Messenger, carrier: Sandbox) -> None:
    """History shows each callback about a text, also those that changed nothing."""
    agree(messenger)
    sent = remind(messenger)
    for word in ("delivered", "sent", "delivered"):
        messenger.receive(status(sent.provider_id, word, ref=sent.message_id))
    (record,) = messenger.history(PERSON).texts

    assert record.message.state is State.DELIVERED
    assert [each.update.state for each in record.callbacks] == [State.DELIVERED, State.SENT]
