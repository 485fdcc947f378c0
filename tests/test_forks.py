"""A process that forks: neither it nor its child uses a connection that the other has too."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from compliant_sms import Messenger
from compliant_sms.errors import StoreError
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpRequest
from conftest import MORNING, PATIENT, PERSON
from test_send import agree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")

Make = Callable[..., Messenger]


@contextmanager
def forked(work: Callable[[], object]) -> Iterator[Callable[[], str]]:
    """A child that waits until it is asked what the work gives, or raises."""
    (waits, go), (reads, says) = os.pipe(), os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: the carrier's
        child = os.fork()
    if child == 0:
        try:
            os.read(waits, 1)
            answer = str(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent has to hear of it
            answer = f"{type(error).__name__}: {error}"
        os.write(says, answer.encode())
        os._exit(0)

    def ask() -> str:
        os.write(go, b"1")
        os.waitpid(child, 0)
        return os.read(reads, 65536).decode()

    try:
        yield ask
    finally:
        for each in (waits, go, reads, says):
            os.close(each)


def test_what_a_child_commits_is_there(make_messenger: Make, database: Path) -> None:
    """It was lost: the last one out takes SQLite's log away, and locks do not reach a child."""
    messenger = make_messenger()
    agree(messenger)

    def revoke() -> object:
        return messenger.consent.revoke(
            PATIENT, channel="spoken", recorded_by="front-desk:ana", person=PERSON
        )

    with forked(revoke) as in_child:
        messenger.close()
        with closing(sqlite3.connect(database)) as other:
            other.execute("SELECT count(*) FROM sms_consent_events").fetchall()
        said = in_child()
        with closing(sqlite3.connect(database)) as other:
            found = other.execute("SELECT count(*) FROM sms_consent_events").fetchall()

    assert said.startswith("Revoked(")
    assert found == [(2,)]
    assert len(messenger.consent.events(PATIENT)) == 2


@pytest.mark.parametrize("busy_timeout", [-1.0, 1e12])
def test_any_patience(database: Path, busy_timeout: float) -> None:
    """However long a store waits for a lock, a fork goes on, and so does the next one."""
    store = SQLite(database, busy_timeout=busy_timeout)
    for _ in range(2):
        with forked(lambda: "alive") as in_child:
            assert in_child() == "alive"
    assert repr(store)


def test_what_waited_in_the_parent_is_not_done_in_the_child(database: Path) -> None:
    """Nor does the child wait for threads that it does not have."""
    store = SQLite(database)
    store.open()

    async def work(tx: Any) -> str:
        await tx.add_refusals("lakeside", "twilio", 1, MORNING)
        return "done"

    store._enqueue(work)
    with forked(lambda: store.run(work)) as in_child:
        assert in_child() == "done"
    store.run(work)  # and what waits with it

    with closing(sqlite3.connect(database)) as other:
        assert other.execute("SELECT refused FROM sms_refusals").fetchall() == [(3,)]


def test_a_fork_waits_for_a_transaction(database: Path) -> None:
    """Another thread's is ended first; where that lasts, the child is refused."""
    store = SQLite(database, busy_timeout=0.01)
    store.open()
    begun, end = threading.Event(), threading.Event()

    async def work(_: Any) -> None:
        begun.set()
        assert end.wait(30)

    thread = threading.Thread(target=store.run, args=(work,))
    thread.start()
    assert begun.wait(30)

    def opens(again: Callable[[], SQLite]) -> Callable[[], None]:
        def work() -> None:
            store.close()
            again().open()

        return work

    with (
        forked(opens(lambda: store)) as by_the_same,
        forked(opens(lambda: SQLite(database))) as by_a_new_one,
    ):
        end.set()
        thread.join()
        said = [by_the_same(), by_a_new_one()]
    store.open()

    for each in said:  # a new one would share the parent's locks within SQLite
        assert each.startswith(f"{StoreError.__name__}: the process was forked while")


def test_a_daemon_that_goes_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened again is the same file, and no new one where the process is by then."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    store = SQLite("texting.db")
    store.open()

    def work() -> list[str]:
        os.chdir(elsewhere)
        store.open()
        return list(elsewhere.iterdir())

    with forked(work) as in_child:
        assert in_child() == "[]"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_while_a_fork_waits(tmp_path: Path) -> None:
    """It keeps no store of the parent's locked, nor the next fork from going on."""
    stores = [SQLite(tmp_path / name) for name in ("a.db", "b.db")]
    for each in stores:
        each.open()
    first, last = sorted(stores, key=id)

    class Interrupted:
        def acquire(self, **_: Any) -> bool:
            raise KeyboardInterrupt

    own, last._lock = last._lock, Interrupted()  # type: ignore[assignment]
    with forked(lambda: "alive") as in_child:
        last._lock = own
        assert in_child() == "alive"

    assert not first._lock.locked()
    for each in stores:
        each.open()


def test_memory_is_each_ones_own() -> None:
    """A database in memory is copied with the process, and stays what it was."""
    store = SQLite(":memory:")

    async def count(tx: Any) -> int:
        await tx.add_refusals("lakeside", "twilio", 1, MORNING)
        found = await tx.refusals("lakeside", "twilio", MORNING)
        return int(found.count)

    assert store.run(count) == 1
    with forked(lambda: store.run(count)) as in_child:
        assert in_child() == "2"
    assert store.run(count) == 2


def test_a_child_talks_to_postgresql_by_itself(postgres_dsn: str) -> None:
    """On one connection two processes would read each other's answers."""
    store = PostgreSQL(postgres_dsn, max_connections=1)

    async def backend(tx: Any) -> int:
        ((pid,),) = await tx._db.fetch("SELECT pg_backend_pid()", {})
        return int(pid)

    own = store.run(backend)
    with forked(lambda: store.run(backend)) as in_child:
        said = in_child()
    with forked(store.close) as in_child:
        assert in_child() == "None"
    assert store.run(backend) == own
    store.close()

    assert said.isdecimal()
    assert said != str(own)


def test_a_child_talks_to_the_provider_by_itself() -> None:
    """A connection that was kept open stays the parent's."""
    ports: list[int] = []

    class Kept(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ports.append(self.client_address[1])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Kept) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        request = HttpRequest(method="GET", url=f"http://127.0.0.1:{server.server_port}/")
        transport = BlockingTransport()
        transport.send_now(request)
        with forked(lambda: transport.send_now(request).status) as in_child:
            assert in_child() == "204"
        transport.send_now(request)
        transport.close()
        server.shutdown()
        thread.join()

    first, other, again = ports
    assert first == again != other
