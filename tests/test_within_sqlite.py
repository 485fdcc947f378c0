"""Inside a host's transaction on SQLite: which connection, which file, which lock."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from compliant_sms import AsyncMessenger, Messenger, Purpose, Queued
from compliant_sms.cli._commands import commands
from compliant_sms.errors import (
    ConfigurationError,
    NotOurDatabase,
    StoreBusy,
    StoreError,
    StoreReadOnly,
)
from compliant_sms.messages import Cancelled
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from conftest import PERSON
from hosts import BOOKINGS, File, Host, bookings, django_on_sqlite, host_begins
from test_send import BODY, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"


@pytest.fixture
def file(database: Path) -> File:
    """A file where the host keeps its bookings."""
    return File(str(database), SQLite(database))


@pytest.fixture
def willing(make_messenger: Make, file: File) -> Messenger:
    """A messenger whose patient agreed."""
    messenger = make_messenger(store=file.store)
    agree(messenger)
    file.run(BOOKINGS)
    return messenger


@pytest.fixture
def host(file: File, willing: Messenger) -> Iterator[Host]:
    """A host at work."""
    with host_begins(file) as made:
        yield made


def test_the_database_undoes_everything(host: Host, willing: Messenger) -> None:
    """Where the database ends the host's transaction by itself the error says so."""
    host.connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON sms_steps BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    )
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        with pytest.raises(StoreError) as caught:
            remind(joined)
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            remind(joined)

    assert "undid the whole transaction" in caught.value.__notes__[0]


def test_a_sender_of_another_practice_is_refused(
    host: Host, willing: Messenger, make_messenger: Make, file: File
) -> None:
    """No text is asked for under an id that knows no revocation; the host's work stays."""
    remind(willing)
    new_id = evolve(willing._ports.practice, id="lakesid")
    mistaken = make_messenger(practice=new_id, store=file.store)
    with host.transaction(), pytest.raises(ConfigurationError, match="id='lakeside'"):
        remind(mistaken.within(host.connection), "2")

    assert len(willing.history(PERSON).texts) == 1


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
        def connection(self) -> None: ...

        def commit(self) -> None: ...

        def rollback(self) -> None: ...

    with pytest.raises(ConfigurationError, match=r"cannot use a test_within_sqlite\..*Session"):
        willing.within(Session())


def test_django_outside_of_atomic(willing: Messenger, file: File) -> None:
    """Django connects late; before that there is no transaction to join."""
    with (
        django_on_sqlite(file) as host,
        pytest.raises(ConfigurationError, match="atomic"),
    ):
        willing.within(host.connection)


def test_django_logs_no_body(file: File, willing: Messenger) -> None:
    """What Django notes of each statement while it debugs holds none of ours."""
    with django_on_sqlite(file) as host:
        host.connection.force_debug_cursor = True
        with host.transaction():
            host.book("tuesday")
            remind(willing.within(host.connection))
        told = str(host.connection.queries)

    assert "tuesday" in told
    assert "sms_" not in told


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

    assert len(willing.history(PERSON).texts) == 1


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


# The tables lie beside the host's own


def test_a_file_of_the_hosts_own(file: File, make_messenger: Make) -> None:
    """A file with other tables is refused, unless it is said to be the host's own."""
    file.run(BOOKINGS)
    with pytest.raises(NotOurDatabase, match="shared=True"):
        file.store.open()
    shared = SQLite(file.where, shared=True)
    shared.open()
    messenger = make_messenger(store=shared)
    with host_begins(file) as host, host.transaction():
        host.book("tuesday")
        remind(messenger.within(host.connection))
    shared.close()
    file.store.open()  # from now on it is known
    file.store.close()

    assert bookings(file) == ["tuesday"]


def test_tables_of_the_same_names(file: File) -> None:
    """Tables named as the library's, and no version of theirs, are somebody else's mistake."""
    file.run("CREATE TABLE sms_messages (id)")
    with pytest.raises(NotOurDatabase):
        SQLite(file.where, shared=True).open()


def test_upgrade_of_a_shared_file(file: File) -> None:
    """``db upgrade --shared`` makes the tables beside the host's own, which stay."""
    file.run(BOOKINGS)
    upgrade = ["db", "upgrade", "--database", file.where]
    refused = CliRunner().invoke(commands, upgrade)
    done = CliRunner().invoke(commands, [*upgrade, "--shared"])

    assert refused.exit_code != 0
    assert done.exit_code == 0, done.output
    assert bookings(file) == []
    assert SQLite(file.where).found_schema()


# On an event loop


@pytest.mark.parametrize(
    ("kind", "convert"),
    [
        ("TEXT", bytes.upper),
        ("TEXT", json.loads),
        ("INTEGER", bytes.decode),
        ("blob", lambda data: data.decode("latin-1")),
    ],
)
def test_a_connection_that_converts_what_it_reads(
    willing: Messenger, database: Path, kind: str, convert: Callable[[bytes], object]
) -> None:
    """No false alarm about the ledger: the connection is refused, with words that help."""
    with (
        converting({kind: convert}),
        closing(sqlite3.connect(database, detect_types=sqlite3.PARSE_DECLTYPES)) as connection,
    ):
        with pytest.raises(ConfigurationError, match=f"for {kind.upper()}, and this connection"):
            willing.within(connection)
        assert not connection.in_transaction
        assert connection.execute("SELECT count(*) FROM sqlite_temp_master").fetchall() == [(0,)]


def test_converters_that_change_nothing_here(willing: Messenger, database: Path) -> None:
    """Types of the host's own, one that gives the same, and a connection that uses none."""
    same = {"TEXT": bytes.decode, "JSON": json.loads}
    with (
        converting(same),
        closing(sqlite3.connect(database, detect_types=sqlite3.PARSE_DECLTYPES)) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")
        assert isinstance(remind(willing.within(connection)), Queued)
        connection.commit()
    with converting({"TEXT": bytes.upper}), closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert isinstance(remind(willing.within(connection), "another"), Queued)
        connection.commit()


@contextmanager
def converting(kinds: dict[str, Callable[[bytes], object]]) -> Iterator[None]:
    """Register converters, and forget them again."""
    before = dict(sqlite3.converters)
    try:
        for kind, convert in kinds.items():
            sqlite3.register_converter(kind, convert)
        yield
    finally:
        sqlite3.converters.clear()
        sqlite3.converters.update(before)


def test_on_an_event_loop(host: Host, willing: Messenger, carrier: Sandbox, file: File) -> None:
    """The asynchronous messenger joins in the same way, and many tasks may share one connection."""
    ports = willing._ports

    async def book() -> list[object]:
        async with AsyncMessenger(
            practice=ports.practice,
            provider=ports.provider,
            store=file.store,
            clock=ports.clock,
        ) as own:
            with host.transaction():
                host.book("tuesday")
                joined = own.within(host.connection)
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
    assert bookings(file) == ["tuesday"]
    assert sorted(outgoing(carrier)) == [f"{BODY} {key}" for key in range(1, 8)]
