"""PostgreSQL: connections that break, and commits of which no answer comes."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from compliant_sms import Messenger, Sent
from compliant_sms.driver import finish
from compliant_sms.errors import CommitUnknown, StoreError
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL
from compliant_sms.stores._postgres._engine import _Done, _Lost
from compliant_sms.stores._postgres._errors import Failure
from databases import Server
from test_postgresql import in_threads
from test_send import BODY, agree, outgoing, remind
from test_store import count, writing

Make = Callable[..., Messenger]

# Waits until each is gone (milliseconds): one about to go may still take a statement.
KILL = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Cable:
    """Stands between a client and the server, and breaks when told to.

    Attributes:
        breaks: at which commits: "before" the server got it, or "after" it did it.
        commits: how many have come by.
        gone: whether nobody gets through any more.
    """

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self.breaks: dict[int, str] = {}
        self.commits = 0
        self.gone = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._open: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.gone:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._open += [client, server]
                for act, ends in ((self._up, (client, server)), (self._down, (server, client))):
                    thread = threading.Thread(target=act, args=ends)
                    self._threads.append(thread)
                    thread.start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT\0" in data:
                    self.commits += 1
                    how = self.breaks.pop(self.commits, None)
                    if how is not None:
                        self._break(client, server, data if how == "after" else b"")
                        return
                server.sendall(data)
        _shut(server)

    def _break(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        _shut(client)
        # The server answers to nobody, but it does what it was asked, and is done when it left.
        server.sendall(data)
        server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                with suppress(OSError):
                    client.sendall(data)
        _shut(client)

    def close(self) -> None:
        """End everything."""
        for each in self._open:
            _shut(each)
        for thread in self._threads:
            thread.join()
        for each in self._open:
            each.close()


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def cable(postgres_dsn: str, tmp_path: Path) -> Iterator[Cable]:
    parts = conninfo_to_dict(postgres_dsn)
    if not str(parts.get("host", "")).startswith("/"):
        pytest.skip("the server has no socket in the file system")
    made = Cable(f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}", tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(postgres_dsn: str, cable: Cable, tmp_path: Path) -> Iterator[PostgreSQL]:
    made = PostgreSQL(
        make_conninfo(postgres_dsn, host=str(tmp_path), port=5432),
        max_connections=2,
        busy_timeout=1.0,
    )
    made.open()
    cable.commits = 0
    yield made
    made.close()


@pytest.mark.parametrize("how", ["before", "after"])
def test_commit_without_an_answer(store: PostgreSQL, cable: Cable, how: str) -> None:
    """Whatever the server did with a commit that got no answer, the work takes effect once."""
    calls = []
    cable.breaks = {1: how}

    async def work(tx: Any) -> int:
        calls.append(1)
        await writing("first")(tx)
        return len(calls)

    tries = {"before": 2, "after": 1}[how]

    assert store.run(work) == tries
    assert len(calls) == tries
    assert count(store) == 1


def often(store: PostgreSQL, cable: Cable, total: int) -> None:
    """Let every third commit go unanswered, on either side of the server's doing it."""
    cable.breaks = {number: ("before", "after")[number % 2] for number in range(2, 3 * total, 3)}
    names = [f"n{number}" for number in range(total)]
    for begin in range(0, total, 20):
        some = names[begin : begin + 20]
        assert in_threads(20, lambda n, some=some: store.run(writing(some[n]))) == some
    assert count(store) == total


def test_many_commits_without_an_answer(store: PostgreSQL, cable: Cable) -> None:
    """Where every third commit goes unanswered nothing is lost and nothing is done twice."""
    often(store, cable, 20)


@pytest.mark.endurance
def test_many_more_commits_without_an_answer(store: PostgreSQL, cable: Cable) -> None:
    """Of two thousand such commits none is lost and none is done twice."""
    often(store, cable, 2000)


def test_nobody_knows(store: PostgreSQL, cable: Cable, postgres_dsn: str) -> None:
    """Where the server cannot be asked, the error says that the outcome is unknown."""
    cable.breaks = {1: "after"}

    async def work(tx: Any) -> None:
        await writing("first")(tx)
        cable.gone = True

    with pytest.raises(CommitUnknown, match="idempotency key"):
        store.run(work)
    cable.gone = False
    direct = PostgreSQL(postgres_dsn)

    assert count(direct) == 1
    assert count(store) == 1
    direct.close()


def test_a_number_that_was_given_before_a_crash(postgres: Server, postgres_dsn: str) -> None:
    """Nobody says that a commit held by a number that the server may have given again since."""
    store = PostgreSQL(postgres_dsn, busy_timeout=0.2)
    store.run(writing("another's"))
    number = "SELECT xmin::text, extract(epoch FROM pg_postmaster_start_time())::text"
    ((of_it, started),) = postgres.run(f"{number} FROM sms_practices", postgres_dsn)
    failure = Failure(error=StoreError("it broke"), lost=True)
    settle = store._threads._settled

    assert finish(settle(_Lost("done", f"{of_it} {started}", failure))) == _Done("done")
    with pytest.raises(CommitUnknown):
        finish(settle(_Lost("done", f"{of_it} 1.5", failure)))
    store.close()


def test_reading_without_an_answer(store: PostgreSQL, cable: Cable) -> None:
    """Work that wrote nothing is done again: there is nothing of which to ask."""
    cable.breaks = {1: "after"}

    assert count(store) == 0
    assert cable.commits == 2


def test_broken_on_the_way(store: PostgreSQL, postgres: Server, postgres_dsn: str) -> None:
    """A connection that breaks before the commit has recorded nothing; the work is done anew."""
    calls = []

    async def work(tx: Any) -> None:
        calls.append(1)
        await writing("first")(tx)
        if len(calls) == 1:
            postgres.run(KILL, postgres_dsn)
        await writing("second")(tx)

    store.run(work)

    assert len(calls) == 2
    assert count(store) == 2


def test_broken_again_and_again(store: PostgreSQL, postgres: Server, postgres_dsn: str) -> None:
    """Where it breaks each time the error says so, and nothing is recorded."""

    async def work(tx: Any) -> None:
        await writing("first")(tx)
        postgres.run(KILL, postgres_dsn)
        await writing("second")(tx)

    with pytest.raises(StoreError, match="nothing was recorded"):
        store.run(work)
    assert count(store) == 0


def test_restarted_server(
    make_messenger: Make, postgres: Server, postgres_dsn: str, carrier: Sandbox
) -> None:
    """Connections that died while nobody used them are replaced before anybody notices."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn, max_connections=4))
    in_threads(8, lambda number: agree(messenger, person=f"pat-{number}"))
    agree(messenger)
    postgres.run(KILL, postgres_dsn)

    assert isinstance(remind(messenger), Sent)
    assert outgoing(carrier) == [BODY]
    assert messenger.verify_ledger().events == 9


def test_a_server_that_went_away(
    store: PostgreSQL,
    cable: Cable,
    postgres: Server,
    postgres_dsn: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A process that was connected is told that the server is gone, not that others are busy."""
    port = store.asynchronous()

    async def main() -> None:
        for gone in (False, True):
            cable.gone = gone
            postgres.run(KILL, postgres_dsn)
            with pytest.raises(StoreError, match="cannot be reached") if gone else nullcontext():
                await port.run(writing("on a loop"))
            with pytest.raises(StoreError, match="cannot be reached") if gone else nullcontext():
                store.run(writing("on a thread"))
        await store.aclose()

    asyncio.run(main())
    cable.gone = False

    assert count(store) == 2
    assert [each for each in caplog.records if "error connecting" in each.getMessage()] == []


def test_a_pool_of_the_hosts_is_heard(store: PostgreSQL, caplog: pytest.LogCaptureFixture) -> None:
    """Only what our own pool says of connections that it cannot make is left out."""
    assert count(store) == 0
    logger = logging.getLogger("psycopg.pool")
    for name in ("compliant_sms", "theirs"):
        logger.warning("error connecting in %r: %s", name, "refused")
    logger.warning("plain words")

    assert [each.getMessage() for each in caplog.records if each.name == logger.name] == [
        "error connecting in 'theirs': refused",
        "plain words",
    ]


def test_a_broken_connection_of_our_own_is_not_logged(
    store: PostgreSQL,
    postgres: Server,
    postgres_dsn: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The pool replaces it, so psycopg's warning would only stray into a log of another format."""
    port = store.asynchronous()

    async def main() -> None:
        for turn in range(2):
            postgres.run(KILL, postgres_dsn)
            await port.run(writing(f"on a loop {turn}"))
            store.run(writing(f"on a thread {turn}"))
        await store.aclose()

    asyncio.run(main())

    assert count(store) == 4
    assert [each for each in caplog.records if each.name == "psycopg.pool"] == []


def test_a_broken_connection_of_a_host_is_heard(
    store: PostgreSQL, postgres: Server, postgres_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever has a pool of psycopg's beside ours reads all that it says."""
    assert count(store) == 0
    with (
        ConnectionPool(postgres_dsn, min_size=1, max_size=1, name="theirs") as theirs,
        suppress(psycopg.OperationalError),
        theirs.connection() as connection,
    ):
        postgres.run(KILL, postgres_dsn)
        connection.execute("SELECT 1")

    told = [each.getMessage() for each in caplog.records if each.name == "psycopg.pool"]
    assert any("closed connection" in each for each in told), told


def test_event_loop(store: PostgreSQL, cable: Cable) -> None:
    """On an event loop broken connections and unanswered commits end in the same way."""
    port = store.asynchronous()
    cable.breaks = {1: "before", 3: "after", 4: "before"}

    async def main() -> list[str]:
        names = [await port.run(writing(f"n{number}")) for number in range(3)]
        await store.aclose()
        return names

    assert asyncio.run(main()) == ["n0", "n1", "n2"]
    assert count(store) == 3
