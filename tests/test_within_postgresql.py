"""Inside a host's transaction on PostgreSQL: who waits for whom, and what the host may set."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from attrs import evolve
from psycopg import IsolationLevel
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Messenger,
    Practice,
    Purpose,
    Queued,
    Sent,
)
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    SchemaTooOld,
    StoreBusy,
    StoreError,
    UnknownMessage,
)
from compliant_sms.keyring import Keyring
from compliant_sms.practice import Campaign
from compliant_sms.rules import PracticeCap, Rulebook, Settings
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores.postgresql import PostgreSQL
from conftest import PATIENT, PERSON, WARNING
from hosts import BOOKINGS, Host, Server, bookings, django_on_postgresql, psycopg_autocommits
from test_receive import from_patient
from test_send import BODY, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"


class HostError(Exception):
    """What goes wrong in the host."""


@pytest.fixture
def server(used_postgres_dsn: str) -> Server:
    """A database where the host keeps its bookings."""
    return Server(used_postgres_dsn, PostgreSQL(used_postgres_dsn))


@pytest.fixture
def willing(make_messenger: Make, server: Server) -> Messenger:
    """A messenger whose patient agreed."""
    messenger = make_messenger(store=server.store)
    agree(messenger)
    server.run(BOOKINGS)
    return messenger


@pytest.fixture
def host(server: Server, willing: Messenger) -> Iterator[Host]:
    """A host at work."""
    with psycopg_autocommits(server) as made:
        yield made


def test_texts_on_the_host_s_connection_are_utf_8(willing: Messenger, server: Server) -> None:
    """On another connection what was read would be other texts, or bytes."""
    for encoding in ("LATIN1", "SQL_ASCII"):
        with psycopg.connect(server.where, client_encoding=encoding) as connection:
            joined = willing.within(connection)  # type: ignore[arg-type]
            with pytest.raises(ConfigurationError, match="client_encoding='UTF8'"):
                joined.history(PERSON)
            connection.execute("SET client_encoding = 'UTF8'")
            assert joined.history(PERSON).consent


# Who waits


def test_nobody_waits_for_a_reminder(host: Host, willing: Messenger, carrier: Sandbox) -> None:
    """While the host has not committed its reminder, the patient can stop texts and be texted."""
    with host.transaction():
        remind(willing.within(host.connection), "inside")
        sent = remind(willing, "outside")
        willing.receive(from_patient("STOP", "SM1"))
        (confirmed,) = willing.dispatch_due()
    (outcome,) = willing.dispatch_due()

    assert isinstance(sent, Sent)
    assert isinstance(confirmed, Sent)
    assert isinstance(outcome, Blocked)
    assert len(outgoing(carrier)) == 2


def test_nobody_waits_for_a_check(
    practice: Practice, make_messenger: Make, server: Server, host: Host, willing: Messenger
) -> None:
    """Asking what a carrier's limit leaves takes up none of it, and holds nobody up."""
    limited = evolve(practice, campaign=Campaign(vetting_score=80))
    messenger = make_messenger(practice=limited, store=server.store)
    with host.transaction():
        joined = messenger.within(host.connection)
        joined.check(to=PATIENT, person=PERSON, purpose=Purpose.RECALL, body=BODY)
        outcome = remind(messenger)

    assert isinstance(outcome, Sent)


def test_nobody_waits_for_a_check_by_person(
    make_messenger: Make, server: Server, host: Host, willing: Messenger
) -> None:
    """Nor does asking what a limit leaves to somebody with several numbers."""
    agree(willing, "+12175550135")
    law = Rulebook(Settings(caps=(PracticeCap(count=1, within=timedelta(days=1)),)))
    messenger = make_messenger(rulebook=law, store=server.store)
    with host.transaction():
        joined = messenger.within(host.connection)
        joined.check(to=PATIENT, person=PERSON, purpose=Purpose.RECALL, body=BODY)
        outcome = remind(messenger)

    assert isinstance(outcome, Sent)


def test_a_claim_waits_for_a_revocation(host: Host, willing: Messenger, carrier: Sandbox) -> None:
    """Whoever wants to text the number while a revocation is on its way waits, and is refused."""
    remind(willing, "before", not_after=None)
    outcomes: list[Any] = []
    sending = threading.Thread(target=lambda: outcomes.append(remind(willing, "meanwhile")))
    with host.transaction():
        joined = willing.within(host.connection)
        joined.consent.revoke(PATIENT, channel="spoken", recorded_by="desk:ana")
        sending.start()
        sending.join(0.3)
        waited = sending.is_alive()
    sending.join()

    assert waited
    assert [type(outcome) for outcome in outcomes] == [Blocked]
    assert len(outgoing(carrier)) == 1


@pytest.mark.parametrize("commits", [True, False])
def test_two_hosts_ask_for_one_text(
    server: Server, host: Host, willing: Messenger, *, commits: bool
) -> None:
    """The second host waits for the first: it finds the text, or asks for it itself."""
    outcomes: list[Any] = []

    def ask() -> None:
        with psycopg_autocommits(server) as other, other.transaction():
            outcomes.append(remind(willing.within(other.connection)))

    asking = threading.Thread(target=ask)
    with suppress(HostError), host.transaction():
        first = remind(willing.within(host.connection))
        asking.start()
        asking.join(0.3)
        waited = asking.is_alive()
        if not commits:
            raise HostError
    asking.join()
    (second,) = outcomes

    assert waited
    assert isinstance(second, Queued)
    assert (second == first) is commits
    assert [outcome.message_id for outcome in willing.dispatch_due()] == [second.message_id]


def test_an_erasure_waits_for_a_reminder(
    make_messenger: Make, server: Server, carrier: Sandbox
) -> None:
    """A person's keys are not destroyed under a text that is about to be committed.

    Else it would be due and nobody could open it.
    """
    sealed = make_messenger(store=server.store, keyring=Keyring.generate())
    agree(sealed)
    erased: list[Any] = []

    def erase() -> None:
        erased.append(sealed.erase(PERSON, reason="asked for it", by="desk:ana"))

    erasing = threading.Thread(target=erase)
    with psycopg_autocommits(server) as host, host.transaction():
        queued = remind(sealed.within(host.connection))
        erasing.start()
        erasing.join(0.3)
        waited = erasing.is_alive()
    erasing.join()

    assert waited
    assert isinstance(queued, Queued)
    assert [each.texts for each in erased] == [1]
    assert sealed.dispatch_due() == ()
    assert server.run("SELECT state FROM sms_messages") == [("cancelled",)]
    assert outgoing(carrier) == []


def test_an_erased_person_comes_back_twice_at_once(
    make_messenger: Make, server: Server, carrier: Sandbox
) -> None:
    """Whoever comes second uses the key that the first one made, and both can be read."""
    sealed = make_messenger(store=server.store, keyring=Keyring.generate())
    agree(sealed)
    sealed.erase(PERSON, reason="asked for it", by="desk:ana")
    agreeing = threading.Thread(target=agree, args=(sealed,))
    with psycopg_autocommits(server) as host, host.transaction():
        remind(sealed.within(host.connection))
        agreeing.start()
        agreeing.join(0.3)
    agreeing.join()

    assert [type(outcome) for outcome in sealed.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_a_strict_isolation_level(server: Server, host: Host, willing: Messenger) -> None:
    """A transaction that must not see what others wrote since is told to begin anew."""
    host.connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with host.transaction():
        host.connection.execute("SELECT * FROM bookings")
        remind(willing, "1")
        joined = willing.within(host.connection)
        with pytest.raises(StoreBusy, match="whole transaction again"):
            remind(joined, "1")
        remind(joined, "2")
        host.book("tuesday")

    assert bookings(server) == ["tuesday"]
    assert len(willing.history(PERSON).texts) == 2


# What goes wrong


def test_a_failed_transaction(server: Server, host: Host, willing: Messenger) -> None:
    """A transaction that failed before has to be rolled back, and the error says so."""
    joined = willing.within(host.connection)
    with suppress(HostError), host.transaction():
        host.book("tuesday")
        with suppress(psycopg.Error):
            host.connection.execute("SELECT nonsense")
        with pytest.raises(StoreError, match="Roll it back"):
            remind(joined)
        raise HostError
    with host.transaction():
        remind(joined)

    assert bookings(server) == []
    assert len(willing.history(PERSON).texts) == 1


def test_a_connection_that_breaks(server: Server, host: Host, willing: Messenger) -> None:
    """When the server ends the connection nothing is left, and the error says what was undone."""
    joined = willing.within(host.connection)
    with suppress(HostError, psycopg.OperationalError), host.transaction():
        host.book("tuesday")
        remind(joined, "1")
        pid = host.connection.info.backend_pid
        server.run(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(StoreError, match="broke") as caught:
            remind(joined, "2")
        raise HostError from caught.value
    with pytest.raises(ConfigurationError, match="no transaction is open"):
        remind(joined)

    assert bookings(server) == []
    assert willing.dispatch_due() == ()


def test_no_tables_on_the_way(host: Host, willing: Messenger) -> None:
    """Where the host's search path does not lead to the tables, they have to be made."""
    with host.transaction():
        host.connection.execute("SET LOCAL search_path TO pg_catalog")
        with pytest.raises(SchemaTooOld, match="compliant-sms db upgrade"):
            remind(willing.within(host.connection))


def test_a_pipeline(host: Host, willing: Messenger) -> None:
    """In a pipeline answers come too late for savepoints."""
    joined = willing.within(host.connection)
    with (
        host.transaction(),
        host.connection.pipeline(),
        pytest.raises(ConfigurationError, match="pipeline"),
    ):
        remind(joined)


def test_nothing_of_the_patient_is_in_the_drivers_errors(host: Host, willing: Messenger) -> None:
    """The server quotes values in its errors; ours do not bring those along."""
    host.connection.execute("ALTER TABLE sms_messages ADD CHECK (person <> 'pat-881')")
    with host.transaction(), pytest.raises(StoreError) as caught:
        remind(willing.within(host.connection))

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert PERSON not in str(caught.value)


def test_what_commits_is_on_disk(host: Host, willing: Messenger) -> None:
    """A host that does not wait for the disk does so in the transactions that we take part in."""
    host.connection.execute("SET synchronous_commit TO off")
    with host.transaction():
        joined = willing.within(host.connection)
        with pytest.raises(UnknownMessage):
            joined.cancel("nobody's")
        remind(joined)
        inside = host.connection.execute("SHOW synchronous_commit").fetchone()
    after = host.connection.execute("SHOW synchronous_commit").fetchone()

    assert (inside, after) == (("on",), ("off",))


# Whose connection it is


def test_another_kind_of_connection(server: Server, host: Host, willing: Messenger) -> None:
    """Each store and each facade takes its own kind, and names the one that it got."""

    async def asynchronous() -> None:
        connection = await psycopg.AsyncConnection.connect(server.where)
        with pytest.raises(ConfigurationError, match=r"cannot use a psycopg.*AsyncConnection"):
            willing.within(connection)
        await connection.close()
        own = AsyncMessenger(
            practice=willing._ports.practice,
            provider=willing._ports.provider,
            store=server.store,
        )
        with pytest.raises(ConfigurationError, match=r"Pass a psycopg\.AsyncConnection"):
            own.within(host.connection)
        await own.aclose()

    asyncio.run(asynchronous())
    embedded = evolve(server, store=SQLite(":memory:"))
    with pytest.raises(ConfigurationError, match=r"cannot use a psycopg.*SQLite file of the store"):
        embedded.store.joined(host.connection)


@pytest.fixture
def in_two_schemas(postgres_dsn: str) -> str:
    """The DSN of other tables in the same database."""
    elsewhere = make_conninfo(postgres_dsn, options="-csearch_path=other")
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("CREATE SCHEMA other")
    for dsn in (postgres_dsn, elsewhere):
        with closing(PostgreSQL(dsn)) as made:
            made.open()
    return elsewhere


def test_other_tables_of_the_same_names(
    postgres_dsn: str, in_two_schemas: str, make_messenger: Make
) -> None:
    """Kept in another schema a text was never sent, and a STOP did not hold; nothing told so."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn))
    agree(messenger)
    stop = {"person": PERSON, "channel": "spoken", "recorded_by": "desk:ana"}
    with (
        psycopg.connect(in_two_schemas) as connection,
        pytest.raises(ConfigurationError, match="other tables than the messenger's store"),
    ):
        messenger.within(connection).consent.revoke(PATIENT, **stop)
    with psycopg.connect(postgres_dsn) as connection:
        messenger.within(connection).consent.revoke(PATIENT, **stop)

    assert len(messenger.consent.events(PATIENT)) == 2
    messenger.close()


def test_other_tables_on_an_event_loop(
    postgres_dsn: str, in_two_schemas: str, make_messenger: Make
) -> None:
    """The asynchronous messenger asks in the same way."""
    ports = make_messenger(store=PostgreSQL(postgres_dsn))._ports

    async def stop() -> int:
        async with AsyncMessenger(
            practice=ports.practice, provider=ports.provider, store=PostgreSQL(postgres_dsn)
        ) as own:
            said = {"person": PERSON, "channel": "spoken", "recorded_by": "desk:ana"}
            async with await psycopg.AsyncConnection.connect(in_two_schemas) as connection:
                with pytest.raises(ConfigurationError, match="other tables"):
                    await own.within(connection).consent.revoke(PATIENT, **said)
            async with await psycopg.AsyncConnection.connect(postgres_dsn) as connection:
                await own.within(connection).consent.revoke(PATIENT, **said)
            return len(await own.consent.events(PATIENT))

    assert asyncio.run(stop()) == 1


def test_tables_that_were_restored(postgres_dsn: str, make_messenger: Make) -> None:
    """Made anew they have other numbers, which is asked before a host is refused."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn))
    for _ in range(2):
        agree(messenger)
        with psycopg.connect(postgres_dsn) as connection:
            assert isinstance(remind(messenger.within(connection)), Queued)
            connection.rollback()
        messenger.close()
        with psycopg.connect(postgres_dsn) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_sqlalchemy_on_an_event_loop(server: Server, willing: Messenger) -> None:
    """Its connection is taken as that of a blocking engine is, and only once it has begun."""
    ports = willing._ports

    async def book() -> list[Any]:
        engine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=partial(psycopg.AsyncConnection.connect, server.where),
        )
        async with AsyncMessenger(
            practice=ports.practice, provider=ports.provider, store=server.store, clock=ports.clock
        ) as own:
            sends = {"to": PATIENT, "person": PERSON, "purpose": Purpose.RECALL, "body": BODY}
            async with AsyncSession(engine) as session:
                with pytest.raises(ConfigurationError, match=r"Pass its connection\(\)"):
                    own.within(session)  # type: ignore[arg-type]
                connection = await session.connection()
                await session.execute(text("INSERT INTO bookings VALUES ('tuesday')"))
                await own.within(connection).send(**sends, idempotency_key="a-1")
                await session.commit()
            async with engine.connect() as connection:
                with pytest.raises(ConfigurationError, match="no transaction is open"):
                    await own.within(connection).send(**sends, idempotency_key="a-2")
            with pytest.raises(ConfigurationError, match="no transaction is open"):
                own.within(AsyncConnection(engine))
            sent = await own.dispatch_due()
        await engine.dispose()
        return list(sent)

    (outcome,) = asyncio.run(book())

    assert isinstance(outcome, Sent)
    assert bookings(server) == ["tuesday"]


def test_django_before_it_begins(server: Server, willing: Messenger) -> None:
    """Outside of ``atomic`` Django commits each statement by itself: nothing to join."""
    with django_on_postgresql(server) as host:
        host.book("tuesday")
        with pytest.raises(ConfigurationError, match="atomic"):
            remind(willing.within(host.connection))

    assert willing.dispatch_due() == ()


# On an event loop


def test_many_tasks_share_a_connection(
    server: Server, host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """Tasks that write at once on one connection do not end each other's savepoints."""
    ports = willing._ports

    async def book() -> list[Any]:
        own = AsyncMessenger(
            practice=ports.practice,
            provider=ports.provider,
            store=server.store,
            clock=ports.clock,
        )
        connection = await psycopg.AsyncConnection.connect(server.where, autocommit=True)

        async def ask(key: int) -> Any:
            try:
                return await own.within(connection).send(
                    to=PATIENT,
                    person=PERSON,
                    purpose=Purpose.RECALL,
                    body=f"{BODY} {key}",
                    idempotency_key=str(key // 2),
                )
            except IdempotencyConflict as error:
                return error

        busy = asyncio.ensure_future(connection.execute("SELECT pg_sleep(0.05)"))
        await asyncio.sleep(0)
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            await ask(0)
        await busy
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            await ask(0)
        async with connection.transaction():
            await connection.execute("INSERT INTO bookings VALUES ('tuesday')")
            told = await asyncio.gather(*[ask(key) for key in range(16)])
        await connection.close()
        sent = await own.dispatch_due()
        await own.aclose()
        return [*told, *sent]

    outcomes = asyncio.run(book())

    assert sum(isinstance(outcome, Queued) for outcome in outcomes) == 8
    assert sum(isinstance(outcome, IdempotencyConflict) for outcome in outcomes) == 8
    assert sum(isinstance(outcome, Sent) for outcome in outcomes) == 8
    assert bookings(server) == ["tuesday"]
    assert len(set(outgoing(carrier))) == 8


def test_a_cancelled_task_leaves_the_hosts_work(
    server: Server, host: Host, willing: Messenger
) -> None:
    """A task that is cancelled while it waits for a lock is undone; the host commits the rest."""

    async def book() -> None:
        own = AsyncMessenger(
            practice=willing._ports.practice,
            provider=willing._ports.provider,
            store=server.store,
        )
        connection = await psycopg.AsyncConnection.connect(server.where, autocommit=True)
        async with connection.transaction():
            await connection.execute("INSERT INTO bookings VALUES ('tuesday')")
            joined = own.within(connection)
            revoking = asyncio.ensure_future(
                joined.consent.revoke(PATIENT, channel="spoken", recorded_by="desk:ana")
            )
            await asyncio.wait([revoking], timeout=0.3)
            revoking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await revoking
            await joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        await connection.close()
        await own.aclose()

    with host.transaction():  # it holds the number
        inner = willing.within(host.connection)
        inner.consent.record_phi_preference(
            PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="desk:ana"
        )
        asyncio.run(book())

    assert bookings(server) == ["tuesday"]
    assert len(willing.consent.events(PATIENT)) == 2
    assert len(willing.consent.events(OTHER)) == 1


def test_a_closed_connection(host: Host, willing: Messenger) -> None:
    """There is nothing to join on it."""
    with closing(host.connection):
        joined = willing.within(host.connection)
    with pytest.raises(ConfigurationError, match="no transaction is open"):
        joined.history(PERSON)
