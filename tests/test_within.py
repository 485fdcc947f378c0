"""A booking and its reminder commit together: the messenger inside the host's transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliant_sms import AsyncMessenger, Blocked, Cancelled, Held, Messenger, Purpose, Queued, Sent
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    SchemaTooNew,
    SchemaTooOld,
    StoreBusy,
    StoreError,
    StoreReadOnly,
    UnknownMessage,
)
from compliant_sms.keyring import Keyring
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores._schema import newest
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from hosts import BOOKINGS, ON_SQLITE, Host, bookings, django_on_sqlite, host_begins
from test_receive import from_patient
from test_send import BODY, NIGHT, agree, outgoing, remind, waits
from test_store import rows

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"


class HostError(Exception):
    """What goes wrong in the host."""


@pytest.fixture
def willing(messenger: Messenger, database: Path) -> Messenger:
    """A messenger whose patient agreed, in a database where the host books."""
    agree(messenger)
    alter_empty(database, BOOKINGS)
    return messenger


def alter_empty(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


@pytest.fixture(params=ON_SQLITE, ids=lambda kind: kind.__name__)
def host(request: pytest.FixtureRequest, willing: Messenger, database: Path) -> Iterator[Host]:
    """Each kind of host in turn."""
    with request.param(database) as made:
        yield made


@pytest.fixture
def plain_host(willing: Messenger, database: Path) -> Iterator[Host]:
    """A host where its kind makes no difference."""
    with host_begins(database) as made:
        yield made


def texts(messenger: Messenger) -> list[str]:
    """The keys of all texts on record."""
    return sorted(t.message.draft.idempotency_key for t in messenger.history(PERSON).texts)


# Together or not at all


def test_booking_and_reminder_commit_together(
    host: Host, willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """Both are there after the commit, and nobody saw either before; the text leaves then."""
    with host.transaction():
        host.book("tuesday")
        queued = remind(willing.within(host.connection))
        before = rows(database, "SELECT * FROM sms_messages")
        assert outgoing(carrier) == []
    (sent,) = willing.dispatch_due()

    assert isinstance(queued, Queued)
    assert before == []
    assert bookings(database) == ["tuesday"]
    assert isinstance(sent, Sent)
    assert sent.message_id == queued.message_id
    assert outgoing(carrier) == [BODY]


def test_a_rollback_leaves_nothing(
    host: Host, willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """When the host rolls back there is no booking, no text, no consent and nothing to send."""
    with suppress(HostError), host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        remind(joined)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        raise HostError

    assert bookings(database) == []
    assert texts(willing) == []
    assert willing.consent.events(OTHER) == ()
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []
    assert willing.verify_ledger().events == 1


def test_our_error_leaves_the_hosts_work(host: Host, willing: Messenger, database: Path) -> None:
    """What raises is undone by itself; the host goes on and commits what it wrote before."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        remind(joined, "1")
        with pytest.raises(IdempotencyConflict, match="a different text"):
            remind(joined, "1", body=f"{BODY} Other.")
        with pytest.raises(InvalidInput, match="person is empty"):
            remind(joined, "2", person=" ")
        with pytest.raises(UnknownMessage):
            joined.cancel("nobody's")
        host.book("wednesday")
        remind(joined, "3")

    assert bookings(database) == ["tuesday", "wednesday"]
    assert texts(willing) == ["1", "3"]


def test_half_of_our_work_is_undone(host: Host, willing: Messenger, database: Path) -> None:
    """What the database refuses midway leaves nothing of that text and all of the host's."""
    alter_empty(
        database,
        "CREATE TRIGGER t BEFORE INSERT ON sms_steps BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    with host.transaction():
        host.book("tuesday")
        with pytest.raises(StoreError, match="the database failed"):
            remind(willing.within(host.connection))
        host.book("wednesday")

    assert bookings(database) == ["tuesday", "wednesday"]
    assert texts(willing) == []


def test_the_database_undoes_everything(plain_host: Host, willing: Messenger) -> None:
    """Where the database ends the host's transaction by itself the error says so."""
    plain_host.connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON sms_steps BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    )
    with plain_host.transaction():
        plain_host.book("tuesday")
        joined = willing.within(plain_host.connection)
        with pytest.raises(StoreError) as caught:
            remind(joined)
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            remind(joined)

    assert "undid the whole transaction" in caught.value.__notes__[0]


CRASHING = """
import os, sqlite3, sys
from compliant_sms import Messenger, Practice, Purpose
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
messenger = Messenger(
    practice=Practice(name="L", phone="+12175550100", time_zone="UTC", state="IL", id="lakeside"),
    provider=Twilio(account_sid="AC" + "5e" * 16, auth_token="t", sender="+12175550111"),
    store=SQLite(sys.argv[1]),
)
host = sqlite3.connect(sys.argv[1])
host.execute("INSERT INTO bookings VALUES ('tuesday')")
messenger.within(host).send(
    to="+12175550134", person="pat-881", purpose=Purpose.RECALL, body=sys.argv[2],
    idempotency_key="appt-991/24h",
)
if sys.argv[3] == "commit":
    host.commit()
os._exit(0)
"""


def another_process(database: Path, then: str) -> None:
    """A process that books and reminds, and dies."""
    code = [sys.executable, "-c", CRASHING, str(database), BODY, then]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_crash_before_the_commit_leaves_nothing(
    willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """A process that dies in its transaction has booked nothing and reminds nobody."""
    another_process(database, "die")

    assert bookings(database) == []
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []


def test_a_crash_after_the_commit_loses_nothing(
    willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """A process that dies after its commit has booked, and another one reminds."""
    another_process(database, "commit")

    assert bookings(database) == ["tuesday"]
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_a_connection_closed_midway_leaves_nothing(
    plain_host: Host, willing: Messenger, database: Path
) -> None:
    """A connection that is closed without a commit takes booking and reminder with it."""
    plain_host.connection.execute("BEGIN")
    plain_host.book("tuesday")
    joined = willing.within(plain_host.connection)
    remind(joined)
    plain_host.connection.close()

    assert bookings(database) == []
    assert texts(willing) == []
    with pytest.raises(StoreError):
        remind(joined)


STEPS = st.lists(st.sampled_from(["book", "send", "again", "conflict", "grant"]), max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(days=st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=4))
def test_any_transactions(
    days: list[tuple[list[str], bool]], plain_host: Host, willing: Messenger, database: Path
) -> None:
    """Whatever is done in whatever order: what was committed is there, the rest never was."""
    plain_host.connection.execute("DELETE FROM bookings")
    booked: list[str] = []
    asked = set(texts(willing))
    granted = len(willing.consent.events(OTHER))
    for day, (steps, commits) in enumerate(days):
        new_bookings: list[str] = []
        new_texts: list[str] = []
        grants = 0
        with suppress(HostError), plain_host.transaction():
            joined = willing.within(plain_host.connection)
            for step in steps:
                name = f"{len(asked)}.{day}.{len(new_bookings)}.{len(new_texts)}"
                if step == "book":
                    plain_host.book(name)
                    new_bookings.append(name)
                elif step == "send":
                    remind(joined, name)
                    new_texts.append(name)
                elif step == "grant":
                    joined.consent.grant(
                        OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana"
                    )
                    grants += 1
                elif new_texts:
                    with suppress(IdempotencyConflict):
                        remind(joined, new_texts[-1], body=BODY if step == "again" else "Other.")
            if not commits:
                raise HostError
        if commits:
            booked += new_bookings
            asked |= set(new_texts)
            granted += grants

    assert bookings(database) == sorted(booked)
    assert set(texts(willing)) == asked
    assert len(willing.consent.events(OTHER)) == granted
    willing.verify_ledger()


# What the host's transaction sees


def test_reads_see_the_transaction(host: Host, willing: Messenger, clock: MovableClock) -> None:
    """What was written in the transaction is read in it, and by nobody else before the commit."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        asked = {"to": OTHER, "person": PERSON, "purpose": Purpose.RECALL, "body": BODY}
        before = joined.check(**asked)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        after = joined.check(**asked)
        queued = remind(joined, "1")
        seen = [text.message.message_id for text in joined.history(PERSON).texts]
        state = joined.consent.state(OTHER, PERSON)

    assert [before.verdict, after.verdict] == ["block", "allow"]
    assert seen == [queued.message_id]
    assert state.grants
    assert len(willing.consent.events(OTHER)) == 1


def test_a_stop_before_the_dispatch_blocks(
    plain_host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """A patient who stops texts between the commit and the dispatch is not texted."""
    with plain_host.transaction():
        remind(willing.within(plain_host.connection))
    willing.receive(from_patient("STOP", "SM1"))
    outcomes = willing.dispatch_due()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Blocked", "Sent"]
    assert BODY not in outgoing(carrier)  # the other one confirmed the STOP


def test_a_revocation_inside_blocks(plain_host: Host, willing: Messenger, carrier: Sandbox) -> None:
    """A revocation that the host commits holds like any other, also for texts asked for before."""
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        remind(joined)
        joined.consent.revoke(PATIENT, channel="spoken", recorded_by="desk:ana")

    assert [type(outcome) for outcome in willing.dispatch_due()] == [Blocked]
    assert isinstance(remind(willing, "2"), Blocked)
    assert outgoing(carrier) == []


def test_consent_and_reminder_commit_together(
    host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """An intake form that is stored with its consent lets the reminder go."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        joined.consent.grant(OTHER, person="pat-904", basis="spoken", recorded_by="desk:ana")
        remind(joined, to=OTHER, person="pat-904")

    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert [entry.to for entry in carrier.messages()] == [OTHER]


def test_a_text_is_called_back_with_the_booking(plain_host: Host, willing: Messenger) -> None:
    """Cancelling both in one transaction holds if it commits, and only then."""
    with plain_host.transaction():
        queued = remind(willing.within(plain_host.connection))
    with suppress(HostError), plain_host.transaction():
        cancelled = willing.within(plain_host.connection).cancel(queued.message_id)
        raise HostError
    still = remind(willing)
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        other = remind(joined, "2")
        joined.cancel(other.message_id)

    assert isinstance(cancelled, Cancelled)
    assert isinstance(still, Queued)
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]


# One key is one text


def test_the_same_text_again(plain_host: Host, willing: Messenger, clock: MovableClock) -> None:
    """The same key with the same content returns what is on record, wherever it was asked for."""
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        first, second = remind(joined), remind(joined)
    third = remind(willing)
    (sent,) = willing.dispatch_due()
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        fourth = remind(joined)
        clock.move_to(NIGHT)
        held = remind(willing.within(plain_host.connection), "night")
    willing.dispatch_due()
    with plain_host.transaction():
        night = remind(willing.within(plain_host.connection), "night")

    assert first == second == third
    assert fourth == sent
    assert isinstance(held, Queued)
    assert isinstance(night, Held)
    assert [reason.rule for reason in night.reasons] == ["courtesy-window"]
    assert len(willing.history(PERSON).texts) == 2


def test_a_blocked_text_asked_for_again(
    plain_host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """It is decided again with the next dispatch, as ``send`` decides it again at once."""
    assert isinstance(remind(willing, to=OTHER), Blocked)
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        again = remind(joined, to=OTHER)
    (sent,) = willing.dispatch_due()

    assert isinstance(again, Queued)
    assert isinstance(sent, Sent)
    assert sent.message_id == again.message_id
    ((record),) = willing.history(PERSON).texts
    assert [step.state for step in record.steps] == ["blocked", "due", "claimed", "sent"]


def test_two_hosts_ask_at_once(
    plain_host: Host, willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """A second process that asks for the same text waits, and makes no second one."""
    code = [sys.executable, "-c", CRASHING, str(database), BODY, "commit"]
    with plain_host.transaction():
        first = remind(willing.within(plain_host.connection), purpose=Purpose.RECALL)
        other = subprocess.Popen(code, stderr=subprocess.PIPE, text=True)
    _, errors = other.communicate()
    outcomes = willing.dispatch_due()

    assert (other.returncode, errors) == (0, "")
    assert [outcome.message_id for outcome in outcomes] == [first.message_id]
    assert outgoing(carrier) == [BODY]


# Whose connection it is


def test_no_transaction(host: Host, willing: Messenger) -> None:
    """Outside a transaction nothing is written or read, and the error says how to begin one."""
    if getattr(host.connection, "autocommit", None) is False:
        pytest.skip("a transaction is always open")
    with pytest.raises(ConfigurationError, match="BEGIN IMMEDIATE"):
        remind(willing.within(host.connection))
    with host.transaction():
        joined = willing.within(host.connection)
        host.book("tuesday")
    for call in (remind, agree, lambda joined: joined.history(PERSON)):
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            call(joined)

    assert texts(willing) == []


def test_another_file(willing: Messenger, tmp_path: Path) -> None:
    """A connection to another file, or to none, is refused: nothing would be sent from there."""
    for other in (tmp_path / "other.db", ":memory:"):
        with closing(sqlite3.connect(other)) as connection:
            with pytest.raises(ConfigurationError, match="another database"):
                willing.within(connection)
            in_memory = Messenger(
                practice=willing._ports.practice,
                provider=willing._ports.provider,
                store=SQLite(":memory:"),
            )
            with pytest.raises(ConfigurationError, match="another database"):
                in_memory.within(connection)
            in_memory.close()


def test_another_kind_of_connection(willing: Messenger) -> None:
    """What is no SQLite connection is refused by the name of its kind."""

    class Session:
        def commit(self) -> None: ...

        def rollback(self) -> None: ...

    with pytest.raises(ConfigurationError, match=r"not a test_within\..*Session"):
        willing.within(Session())


def test_django_outside_of_atomic(willing: Messenger, database: Path) -> None:
    """Django connects late; before that there is no transaction to join."""
    with (
        django_on_sqlite(database) as host,
        pytest.raises(ConfigurationError, match="atomic"),
    ):
        willing.within(host.connection)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("DROP TABLE sms_schema", SchemaTooOld),
        (f"UPDATE sms_schema SET version = {newest() - 1}", SchemaTooOld),
        ("DELETE FROM sms_schema", SchemaTooOld),
        (f"UPDATE sms_schema SET version = {newest() + 1}", SchemaTooNew),
    ],
)
def test_other_tables(
    plain_host: Host, willing: Messenger, database: Path, statement: str, error: type[StoreError]
) -> None:
    """Tables that are missing, older or newer are refused, and the host's work stays."""
    alter_empty(database, statement)
    with plain_host.transaction():
        plain_host.book("tuesday")
        with pytest.raises(error, match=r"db upgrade|Upgrade compliant-sms"):
            remind(willing.within(plain_host.connection))

    assert bookings(database) == ["tuesday"]


# Locks


def test_a_reading_transaction_that_is_too_late(willing: Messenger, database: Path) -> None:
    """A transaction that read before somebody else wrote is told how to begin instead."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM bookings").fetchall()
        agree(willing, OTHER)
        joined = willing.within(connection)
        with pytest.raises(StoreBusy, match="BEGIN IMMEDIATE"):
            remind(joined)
        assert connection.in_transaction
        connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        assert isinstance(remind(joined), Queued)
        connection.execute("COMMIT")

    assert len(texts(willing)) == 1


def test_a_fresh_transaction_waits_for_its_turn(willing: Messenger, database: Path) -> None:
    """Even a deferred one waits for another writer, because it locks before it reads."""
    statements: list[str] = []
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.set_trace_callback(statements.append)
        remind(willing.within(connection))
        connection.set_trace_callback(None)
        connection.execute("COMMIT")
    reads = [number for number, each in enumerate(statements) if each.startswith("SELECT")]
    writes = [number for number, each in enumerate(statements) if each.startswith("UPDATE")]

    assert min(writes) < min(reads)


def test_a_connection_that_only_reads(willing: Messenger, database: Path) -> None:
    """It is told so."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        with pytest.raises(StoreReadOnly):
            remind(willing.within(connection))


# What is sealed stays sealed


def test_bodies_are_sealed_in_the_hosts_transaction(
    make_messenger: Make, willing: Messenger, carrier: Sandbox, plain_host: Host, database: Path
) -> None:
    """With a keyring no body lies in the file, and the dispatch opens it."""
    sealed = make_messenger(keyring=Keyring.generate())
    with plain_host.transaction():
        joined = sealed.within(plain_host.connection)
        remind(joined, body=f"{BODY} Okapi.")
        (told,) = joined.history(PERSON).texts
    on_disk = b"".join(file.read_bytes() for file in database.parent.glob("texting.db*"))
    sealed.dispatch_due()

    assert told.message.draft.body == f"{BODY} Okapi."
    assert b"Okapi" not in on_disk
    assert outgoing(carrier) == [f"{BODY} Okapi."]


def test_nothing_of_the_patient_is_told(plain_host: Host, willing: Messenger) -> None:
    """Neither an error nor a repr holds a number, a body or a name."""
    with plain_host.transaction():
        joined = willing.within(plain_host.connection)
        remind(joined)
        with pytest.raises(IdempotencyConflict) as caught:
            remind(joined, body="Okapi")
        told = f"{caught.value} {joined!r}"

    assert not [canary for canary in (PATIENT[2:], PERSON, "Okapi", "Ana") if canary in told]


# On an event loop


def test_on_an_event_loop(
    make_messenger: Make, plain_host: Host, willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """The asynchronous messenger joins in the same way, and many tasks may share one connection."""
    ports = willing._ports

    async def book() -> list[object]:
        async with AsyncMessenger(
            practice=ports.practice,
            provider=ports.provider,
            store=SQLite(database),
            clock=ports.clock,
        ) as own:
            with plain_host.transaction():
                plain_host.book("tuesday")
                joined = own.within(plain_host.connection)
                await joined.consent.grant(
                    OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana"
                )
                reminder = {"to": OTHER, "person": PERSON, "purpose": Purpose.RECALL}
                checked = await joined.check(**reminder, body=BODY)
                sends = [
                    joined.send(**reminder, body=f"{BODY} {key}", idempotency_key=str(key))
                    for key in range(8)
                ]
                queued = await asyncio.gather(*sends)
                cancelled = await joined.cancel(queued[0].message_id)
                told = await joined.history(PERSON)
            sent = await own.dispatch_due()
            return [checked.verdict, cancelled, len(told.texts), len(sent), repr(joined)]

    verdict, cancelled, asked, sent, shown = asyncio.run(book())

    assert (verdict, asked, sent) == ("allow", 8, 7)
    assert isinstance(cancelled, Cancelled)
    assert shown == "AsyncJoinedMessenger('Lakeside Family Medicine')"
    assert bookings(database) == ["tuesday"]
    assert sorted(outgoing(carrier)) == [f"{BODY} {key}" for key in range(1, 8)]
