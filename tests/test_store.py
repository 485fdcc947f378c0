"""The SQLite store: durable, shared, and clear about what it cannot do."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from attrs import evolve
from click.testing import CliRunner

from compliant_sms import Messenger, PhoneNumber, Practice, Sent, flows
from compliant_sms.cli._commands import commands
from compliant_sms.driver import finish
from compliant_sms.errors import (
    InvalidInput,
    LedgerTampered,
    NotOurDatabase,
    SchemaTooNew,
    SchemaTooOld,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._schema import newest
from conftest import PATIENT, PERSON
from ledgers import PRACTICE, fill
from test_send import BODY, agree, outgoing, remind
from unmeasured import surroundings

T = TypeVar("T")
Make = Callable[..., Messenger]
OTHER = "+12175550135"


def rows(database: Path, sql: str) -> list[Any]:
    """Read the raw file."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def alter(database: Path, *statements: str) -> None:
    """Change the raw file behind the library's back."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0


def count(store: SQLite, table: str = "sms_practices") -> int:
    async def work(tx: Any) -> int:
        ((number,),) = await tx._db.fetch(f"SELECT count(*) FROM {table}", {})
        return int(number)

    return store.run(work)


def writing(name: str) -> Callable[[Any], Any]:
    async def work(tx: Any) -> str:
        await tx._db.execute(
            "INSERT INTO sms_practices VALUES (:name, 'x', '', :record)",
            {"name": name, "record": b"x" * 500},
        )
        return name

    return work


@pytest.fixture
def store(database: Path) -> Iterator[SQLite]:
    made = SQLite(database)
    made.open()
    yield made
    made.close()


# Whose file it is


def test_somebody_elses_database(database: Path) -> None:
    """Another program's database is refused, and not one byte of it changes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE invoices (id)")
    before = database.read_bytes()
    with pytest.raises(NotOurDatabase, match="belongs to another program"):
        SQLite(database).open()

    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]


@pytest.mark.parametrize("content", [b"Dear patient,\n" * 100, b"hi"])
def test_no_database(database: Path, content: bytes) -> None:
    """A file that is no database is refused and left alone."""
    database.write_bytes(content)
    with pytest.raises(NotOurDatabase, match="not an SQLite database"):
        SQLite(database).open()

    assert database.read_bytes() == content


def test_newer_schema(database: Path, store: SQLite) -> None:
    """A database of a newer version is refused with words that say what to do."""
    store.close()
    alter(database, f"UPDATE sms_schema SET version = {newest() + 1}")
    with pytest.raises(SchemaTooNew, match="Upgrade compliant-sms"):
        store.open()


def test_damaged_file(database: Path, store: SQLite) -> None:
    """A damaged database is reported as such, and the report keeps what it holds to itself."""
    store.run(writing("first"))
    store.close()
    content = bytearray(database.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place : place + 100] = b"\xff" * 100
    database.write_bytes(content)
    with pytest.raises(NotOurDatabase, match="Restore a backup"):
        count(store, "sms_messages")
    store.close()


def test_an_error_quotes_nothing(database: Path, store: SQLite) -> None:
    """Of a text that is damaged SQLite tells the rest of it; we do not."""
    store.open()
    with closing(sqlite3.connect(database)) as other, other:
        other.execute(
            """INSERT INTO sms_practices (sender, practice_id, plaintext, record)
            VALUES (CAST(x'6f6b617069ff' AS TEXT), 'lakeside', '', x'00')"""
        )

    async def work(tx: Any) -> Any:
        return await tx._db.fetch("SELECT sender FROM sms_practices", {})

    with pytest.raises(StoreError) as caught:
        store.run(work)
    assert "okapi" not in "".join(traceback.format_exception(caught.value))


def test_an_old_sqlite_is_refused(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and not by the first statement that it does not know."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

    with pytest.raises(StoreError, match=r"3\.35 or newer"):
        SQLite(database).open()
    assert not database.exists()


def test_no_such_folder(tmp_path: Path) -> None:
    """A path that cannot be opened is reported."""
    with pytest.raises(StoreError, match="cannot be opened"):
        SQLite(tmp_path / "nowhere" / "texting.db").open()


@pytest.mark.parametrize("path", ["", "  "])
def test_empty_path(path: str) -> None:
    """An empty path is refused when the store is made."""
    with pytest.raises(InvalidInput, match="Pass a file name"):
        SQLite(path)


def test_a_variable_that_is_not_set() -> None:
    """None was a file of that name, in whatever folder the program was."""
    with pytest.raises(InvalidInput, match="path of the database is of a type"):
        SQLite(None)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="the DSN is of a type"):
        PostgreSQL(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["sqlite:///texting.db", "postgresql+psycopg://ana:pw-5@db/clinic"])
def test_a_url_is_no_path(url: str) -> None:
    """What SQLAlchemy takes is told as such, without its password."""
    for path in (url, Path(url)):
        with pytest.raises(InvalidInput, match=r"is a URL.*\+psycopg") as refused:
            SQLite(path)
        assert "pw-5" not in str(refused.value)
    with pytest.raises(InvalidInput, match=r"cannot be read.*\+psycopg"):
        PostgreSQL(url)


@pytest.mark.parametrize("path", ["C://data/texting.db", "data/a://b.db", "noon 12:/texting.db"])
def test_a_colon_makes_no_url(path: str) -> None:
    """A drive of Windows may be followed by two slashes, and a folder may have any name."""
    assert repr(SQLite(path)) == f"SQLite({path!r})"


def test_memory() -> None:
    """A store in memory works, and its repr tells where it is."""
    store = SQLite(":memory:")
    assert store.run(writing("first")) == "first"

    assert count(store) == 1
    assert repr(store) == "SQLite(':memory:')"
    store.close()
    store.close()


def test_opened_again(store: SQLite) -> None:
    """A closed store opens again when it is used."""
    store.run(writing("first"))
    store.close()

    assert count(store) == 1


# Others at work


def test_locked(database: Path, store: SQLite) -> None:
    """A database that stays locked is reported as busy; afterwards everything works."""
    impatient = SQLite(database, busy_timeout=0.01)
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="Try again"):
            impatient.run(writing("first"))
        other.execute("ROLLBACK")

    assert impatient.run(writing("first")) == "first"
    impatient.close()


def test_locked_while_it_is_new(database: Path) -> None:
    """A file that somebody else is making is waited for, and then reported as busy."""
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            SQLite(database, busy_timeout=0.01).open()


def test_reader_in_the_way_of_wal(database: Path) -> None:
    """A reader of the old journal keeps the switch to WAL waiting, and not for ever."""
    sqlite3.connect(database).close()
    with closing(sqlite3.connect(database)) as old, old:
        old.execute("PRAGMA user_version = 1")
    with closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM sqlite_master").fetchall()
        with pytest.raises(StoreBusy):
            SQLite(database, busy_timeout=0.01).open()
    fresh = SQLite(database)
    fresh.open()
    fresh.close()


OPENING = """
import sys
from compliant_sms.stores import SQLite
store = SQLite(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
store.open()
store.run(lambda tx: tx.practice_at(__import__("compliant_sms").PhoneNumber("+12175550111")))
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another Python process."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )


def test_processes_open_a_new_file_together(tmp_path: Path) -> None:
    """Several processes that meet at a new file all make it, and each waits its turn."""
    processes = [start(OPENING, tmp_path / "texting.db") for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.communicate()[1] for process in processes] == ["", "", "", ""]


WRITING = """
import sys
from datetime import UTC, datetime
from compliant_sms import Messenger, Plaintext, Practice
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
messenger = Messenger(
    practice=Practice(name="L", phone="+12175550100", time_zone="UTC", state="IL", id="lakeside"),
    provider=Twilio(account_sid="AC" + "5e" * 16, auth_token="t", sender="+12175550111"),
    store=SQLite(sys.argv[1]),
    keyring=Plaintext(reason="nobody real is in it"),
)
for number in range(int(sys.argv[3])):
    messenger.consent.grant(
        "+12175550134", person=f"{sys.argv[2]}-{number}", basis="spoken", recorded_by="test"
    )
    messenger.consent.revoke("+12175550134", channel="spoken", recorded_by=sys.argv[2])
import os
os._exit(0)
"""


def test_processes_and_threads_write_together(messenger: Messenger, database: Path) -> None:
    """Processes and threads that write at once lose nothing, and the chains stay whole."""
    processes = [start(WRITING, database, name, 15) for name in "ab"]
    threads = [
        threading.Thread(target=agree, args=(messenger, PATIENT, f"thread-{number}"))
        for number in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [process.communicate()[1] for process in processes]
    report = messenger.verify_ledger()

    assert errors == ["", ""]
    assert (report.chains, report.events) == (2 * 15 + 10 + 1, 2 * 15 * 2 + 10)


def test_durable_without_close(messenger: Messenger, database: Path) -> None:
    """What was recorded is there after a process ended at once, without closing anything."""
    process = start(WRITING, database, "dead", 3)
    process.communicate()

    assert process.returncode == 0
    assert len(messenger.consent.events(PATIENT)) == 6
    assert rows(database, "PRAGMA journal_mode") == [("wal",)]


def test_every_commit_reaches_the_disk(store: SQLite) -> None:
    """The connection waits for the disk at each commit, and keeps references whole."""
    settings = {
        name: store._connect().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "foreign_keys")
    }

    assert settings == {"synchronous": 2, "foreign_keys": 1}


# One transaction for many


def together(store: SQLite, works: list[Callable[[Any], Any]]) -> list[Any]:
    """Let all works wait before the first one gets the connection."""
    jobs = [store._enqueue(work) for work in works]
    results: list[Any] = []
    for job in jobs:
        try:
            results.append(store._finish(job))
        except BaseException as error:  # noqa: BLE001
            results.append(error)
    return results


def test_shared_commit(store: SQLite) -> None:
    """What waits together is committed together."""
    statements: list[str] = []
    store._connect().set_trace_callback(statements.append)
    names = [f"n{number}" for number in range(20)]

    assert together(store, [writing(name) for name in names]) == names
    assert [s for s in statements if s.startswith(("BEGIN", "COMMIT"))] == [
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]
    assert count(store) == 20


def test_failing_job_hurts_nobody(store: SQLite) -> None:
    """One job's error undoes that job alone, and reaches nobody else."""

    async def failing(tx: Any) -> None:
        await writing("undone")(tx)
        msg = "mine"
        raise KeyError(msg)

    first, error, second = together(store, [writing("a"), failing, writing("b")])

    assert (first, second) == ("a", "b")
    assert isinstance(error, KeyError)
    assert count(store) == 2


def test_refused_statement(store: SQLite) -> None:
    """What the database refuses comes out as a store error without the values."""

    async def twice(tx: Any) -> None:
        await writing("zebra-canary")(tx)
        await writing("zebra-canary")(tx)

    async def unknown_type(tx: Any) -> None:
        await tx._db.execute("INSERT INTO sms_schema VALUES (:x)", {"x": object()})

    async def unknown_table(tx: Any) -> None:
        await tx._db.fetch("SELECT * FROM sms_nothing WHERE x = :x", {"x": "zebra-canary"})

    refused = ((twice, "failed"), (unknown_type, "failed"), (unknown_table, "a table is missing"))
    for work, why in refused:
        with pytest.raises(StoreError, match=why) as caught:
            store.run(work)
        assert "canary" not in str(caught.value)
    assert count(store) == 0


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_interrupted_transaction(store: SQLite, kind: type[BaseException]) -> None:
    """When one thread is interrupted, nobody takes the undone transaction for success."""

    async def interrupted(_: Any) -> None:
        raise kind

    first, error, last = together(store, [writing("a"), interrupted, writing("b")])

    # The first to come ran the transaction for all, so the interruption is its own.
    assert isinstance(first, kind)
    assert {type(error), type(last)} == {StoreError}
    assert "nothing was recorded" in str(last)
    assert count(store) == 0


@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeoutError])
def test_interrupted_right_after_the_begin(store: SQLite, kind: type[BaseException]) -> None:
    """No transaction stays open after a signal, which comes once another process let go."""
    connection = store._connection

    class HeldByAnother:
        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

        def execute(self, sql: str, *values: Any) -> Any:
            done = connection.execute(sql, *values)  # type: ignore[union-attr]
            if sql.startswith("BEGIN"):
                store._connection = connection
                raise kind
            return done

    store._connection = HeldByAnother()  # type: ignore[assignment]
    with pytest.raises(kind):
        store.run(writing("mine"))

    assert store.run(writing("later")) == "later"
    assert count(store) == 1


def test_interrupted_right_after_the_commit(store: SQLite) -> None:
    """What is on disk is told to be there: most signals come while the disk is waited for."""
    connection = store._connection

    class SlowDisk:
        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

        def execute(self, sql: str, *values: Any) -> Any:
            done = connection.execute(sql, *values)  # type: ignore[union-attr]
            if sql == "COMMIT":
                store._connection = connection
                raise KeyboardInterrupt
            return done

    store._connection = SlowDisk()  # type: ignore[assignment]
    interrupted, other = together(store, [writing("a"), writing("b")])

    assert isinstance(interrupted, KeyboardInterrupt)
    assert other == "b"
    assert count(store) == 2


@pytest.mark.parametrize("renamed", [False, True])
def test_a_number_that_two_providers_have(
    store: SQLite, practice: Practice, *, renamed: bool
) -> None:
    """What came to nothing is not taken for known, though it was asked for twice."""
    port, number = store.blocking(), PhoneNumber("+12175550111")

    async def enrolls(tx: Any) -> Practice | None:
        await tx.enroll(now, number, ())
        await tx.enroll(now, number, ())
        found: Practice | None = await tx.practice_at(number)
        return found

    async def fails(tx: Any) -> None:
        await enrolls(tx)
        raise LookupError

    now = practice
    if renamed:
        finish(port.run(enrolls))
        now = evolve(practice, name="Lakeside Medical Group")
    with pytest.raises(LookupError):
        finish(port.run(fails))

    assert finish(port.run(enrolls)) == now


def test_transaction_undone_from_inside(database: Path, store: SQLite) -> None:
    """When the database itself undoes everything, everybody hears of it."""
    alter(
        database,
        "CREATE TRIGGER t BEFORE INSERT ON sms_practices WHEN NEW.sender = 'bad'"
        " BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
    )
    results = together(store, [writing("a"), writing("bad"), writing("b")])

    assert [type(result) for result in results] == [StoreError] * 3
    assert count(store) == 0


# No room, no rights


class Small(SQLite):
    """A store on a disk with little room left."""

    pages = 0

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        ((used,),) = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {used + self.pages}")
        return connection


def test_full_disk(make_messenger: Make, carrier: Sandbox, database: Path) -> None:
    """On a full disk nothing is sent and nothing is half recorded; with room it goes on."""
    small = Small(database)
    small.pages = 100
    messenger = make_messenger(store=small)
    agree(messenger)
    small.pages = 0

    def fill() -> None:
        for number in range(100):
            remind(messenger, str(number), body=BODY * 15)

    with pytest.raises(StoreFull, match="Free some space"):
        fill()
    texts = messenger.history(PERSON).texts

    # The one that failed is nowhere, or was claimed before the disk was full.
    assert len(outgoing(carrier)) in {len(texts), len(texts) - 1}
    assert all(len(text.decisions) == 1 for text in texts)
    assert all(text.steps for text in texts)
    small.pages = 1000
    assert isinstance(remind(messenger, "room again"), Sent)
    messenger.verify_ledger()


def test_file_that_may_not_grow(tmp_path: Path) -> None:
    """Where the tables find no room the store says why, and later it can still be made."""
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    store = SQLite(tmp_path / "texting.db")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(StoreError, match=r"SQLITE_(IOERR|FULL)"):
            store.open()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.run(writing("first"))

    assert count(store) == 1
    store.close()


def test_half_made_tables(database: Path) -> None:
    """Tables that stand in the way leave the file as it was."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE sms_schema (version)")
        connection.execute("INSERT INTO sms_schema VALUES (0)")
        connection.execute("CREATE TABLE sms_chains (x)")
    with pytest.raises(StoreError, match="the database failed"):
        SQLite(database).open()

    tables = rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    assert tables == [("sms_chains",), ("sms_schema",)]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def nobody() -> Iterator[Callable[[], None]]:
    """Gives up the rights of root, who may write anything, until the test ends."""
    if not hasattr(os, "geteuid"):
        pytest.skip("file modes mean something else here")
    was = os.geteuid()

    def become() -> None:
        if was == 0:
            os.seteuid(65534)

    yield become
    os.seteuid(was)


@pytest.mark.parametrize("folder_too", [False, True], ids=["file", "file and folder"])
def test_read_only(
    public_folder: Path,
    nobody: Callable[[], None],
    folder_too: bool,  # noqa: FBT001
) -> None:
    """A database that may only be read is reported as such."""
    database = public_folder / "texting.db"
    store = SQLite(database)
    store.run(writing("first"))
    store.close()
    database.chmod(0o444)
    public_folder.chmod(0o555 if folder_too else 0o777)
    nobody()
    with pytest.raises(StoreError, match="permissions") as caught:
        store.run(writing("second"))
    store.close()

    assert isinstance(caught.value, StoreReadOnly) or folder_too


@pytest.mark.parametrize("folder_too", [False, True], ids=["file", "file and folder"])
def test_a_file_that_may_only_be_read_is_read(
    public_folder: Path,
    nobody: Callable[[], None],
    folder_too: bool,  # noqa: FBT001
) -> None:
    """A backup that nobody may write is checked, by the command too, and nothing joins it."""
    database = public_folder / "texting.db"
    store = SQLite(database)
    fill(store.blocking(), 7, 3)
    store.close()
    database.chmod(0o444)
    public_folder.chmod(0o555 if folder_too else 0o777)
    nobody()
    found = finish(flows.verify_ledger(store.blocking(), PRACTICE))
    options = ["--database", str(database), "--practice", PRACTICE]
    told = CliRunner().invoke(commands, ["ledger", "verify", *options])
    with pytest.raises(StoreReadOnly):
        store.run(writing("first"))

    assert found.events == 7
    assert told.exit_code == 0, told.output
    assert "Nothing was altered: 7 events" in told.stdout
    assert store.found_schema() == newest()
    store.close()


def test_what_was_not_closed_is_not_read_without_its_log(
    public_folder: Path, nobody: Callable[[], None]
) -> None:
    """Where what was written last lies beside a copy that cannot be opened, nobody is misled."""
    database = public_folder / "texting.db"
    store = SQLite(database)
    fill(store.blocking(), 2, 1)
    store.close()
    fill(store.blocking(), 1, 1, first=2)
    copy, link = public_folder / "copy.db", public_folder / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(copy)
    for end in ("", "-wal"):
        Path(f"{copy}{end}").write_bytes(Path(f"{database}{end}").read_bytes())
    store.close()
    public_folder.chmod(0o555)
    nobody()
    for path in (copy, link):
        for ask in (SQLite(path).open, SQLite(path).found_schema):
            with pytest.raises(StoreError, match="permissions"):
                ask()


@pytest.mark.parametrize("folder_too", [False, True], ids=["file", "file and folder"])
def test_a_copy_that_sqlite_made_is_read(
    public_folder: Path,
    nobody: Callable[[], None],
    folder_too: bool,  # noqa: FBT001
) -> None:
    """VACUUM INTO leaves a file that has no log, and that needs none to be read."""
    database, copy = public_folder / "texting.db", public_folder / "copy.db"
    store = SQLite(database)
    fill(store.blocking(), 7, 3)
    store.close()
    alter(database, f"VACUUM INTO '{copy}'")
    copy.chmod(0o444)
    public_folder.chmod(0o555 if folder_too else 0o777)
    nobody()
    store = SQLite(copy)

    assert finish(flows.verify_ledger(store.blocking(), PRACTICE)).events == 7
    assert store.found_schema() == newest()
    with pytest.raises(StoreReadOnly):
        store.run(writing("first"))
    store.close()


def test_an_older_file_that_may_only_be_read(
    public_folder: Path, nobody: Callable[[], None]
) -> None:
    """It cannot be brought up to date, and the error says what is in the way."""
    database = public_folder / "texting.db"
    store = SQLite(database)
    store.open()
    store.close()
    alter(database, "UPDATE sms_schema SET version = version - 1")
    database.chmod(0o444)
    public_folder.chmod(0o555)
    nobody()
    with pytest.raises(StoreReadOnly, match="cannot be written"):
        SQLite(database).open()
    with pytest.raises(SchemaTooOld):
        SQLite(database, migrate=False).open()


def test_a_file_that_can_be_written_again(public_folder: Path, nobody: Callable[[], None]) -> None:
    """Once somebody put the folder right, the same store sees what others wrote, and writes."""
    database = public_folder / "texting.db"
    store = SQLite(database)
    fill(store.blocking(), 1, 1)
    store.close()
    database.chmod(0o666)
    public_folder.chmod(0o555)
    root = os.geteuid()
    nobody()
    assert finish(flows.verify_ledger(store.blocking(), PRACTICE)).events == 1
    os.seteuid(root)
    public_folder.chmod(0o777)
    nobody()
    fill(store.blocking(), 1, 1, first=1)
    assert finish(flows.verify_ledger(store.blocking(), PRACTICE)).events == 2
    store.close()


def test_empty_file_that_may_only_be_read(public_folder: Path, nobody: Callable[[], None]) -> None:
    """An empty file in which no tables can be made is reported, and stays empty."""
    database = public_folder / "texting.db"
    database.touch()
    database.chmod(0o444)
    nobody()
    with pytest.raises(StoreReadOnly, match="Check the permissions"):
        SQLite(database).open()

    assert database.read_bytes() == b""


def test_read_only_folder(public_folder: Path, nobody: Callable[[], None]) -> None:
    """A folder in which no file can be made is reported."""
    public_folder.chmod(0o555)
    nobody()
    with pytest.raises(StoreError, match="permissions"):
        SQLite(public_folder / "texting.db").open()


# Tampering


@pytest.fixture
def ledger(messenger: Messenger) -> Messenger:
    """A messenger with two people's chains and one of the number."""
    for _ in range(2):
        agree(messenger)
        agree(messenger, OTHER, "pat-882")
        messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    assert (messenger.verify_ledger().chains, messenger.verify_ledger().events) == (3, 6)
    return messenger


TAMPERING = {
    "payload changed": "UPDATE sms_consent_events SET payload ="
    " CAST(replace(CAST(payload AS TEXT), 'spoken', 'letter') AS BLOB) WHERE seq = 3",
    "record removed": "DELETE FROM sms_consent_events WHERE seq = 1",
    "positions swapped": "UPDATE sms_consent_events SET position = 9 WHERE seq = 1",
    "record doubled": "INSERT INTO sms_consent_events (chain_id, position, payload, digest)"
    " SELECT chain_id, 2, payload, digest FROM sms_consent_events WHERE seq = 4",
    "digest changed": "UPDATE sms_consent_events SET digest = zeroblob(32) WHERE seq = 2",
    "chain to another number": "UPDATE sms_chains SET number = '+12175550136' WHERE person = ''",
    "chain to another person": "UPDATE sms_chains SET person = 'pat-9' WHERE person = 'pat-882'",
    "record to another chain": "UPDATE sms_consent_events SET position = 2, chain_id ="
    " (SELECT chain_id FROM sms_consent_events WHERE seq = 2) WHERE seq = 1",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=list(TAMPERING))
def test_tampering_shows(ledger: Messenger, database: Path, statement: str) -> None:
    """A change behind the library's back is found, and named by chain and position."""
    alter(database, statement)
    with pytest.raises(LedgerTampered, match="ledger was altered") as caught:
        ledger.verify_ledger()

    known = {chain for (chain,) in rows(database, "SELECT chain_id FROM sms_chains")}
    assert caught.value.chain_id in known
    assert caught.value.position >= 0
    assert "217555" not in str(caught.value)


# The event loop


def test_async_store_shares_commits(store: SQLite) -> None:
    """Tasks that wait together share transactions, and one failure reaches its own task only."""
    statements: list[str] = []
    store._connect().set_trace_callback(statements.append)
    port = store.asynchronous()

    async def failing(_: Any) -> None:
        msg = "mine"
        raise KeyError(msg)

    async def main() -> list[Any]:
        works = [writing(f"n{number}") for number in range(50)]
        return await asyncio.gather(
            *(port.run(work) for work in [*works, failing]), return_exceptions=True
        )

    *names, error = asyncio.run(main())
    commits = statements.count("COMMIT")

    assert names == [f"n{number}" for number in range(50)]
    assert isinstance(error, KeyError)
    assert 1 <= commits < 51
    assert count(store) == 50


def test_cancelled_task(store: SQLite) -> None:
    """What a cancelled task waited for is never done, and harms no other."""
    port = store.asynchronous()

    async def main() -> str:
        with store._lock:  # nothing begins
            tasks = [asyncio.ensure_future(port.run(writing(f"n{number}"))) for number in range(5)]
            await asyncio.sleep(0)
            tasks[3].cancel()
            with pytest.raises(asyncio.CancelledError):
                await tasks[3]
        return str(await tasks[4])

    assert asyncio.run(main()) == "n4"
    assert count(store) == 4
    assert store.run(writing("later")) == "later"
    assert count(store) == 5


def test_cancelled_in_the_middle(store: SQLite) -> None:
    """A task that is cancelled while its work runs hears of it when that is over, not before."""
    port = store.asynchronous()
    begun, may_end = threading.Event(), threading.Event()

    async def slow(tx: Any) -> None:
        await writing("slow")(tx)
        begun.set()
        assert may_end.wait(60)

    async def main() -> int:
        task = asyncio.ensure_future(port.run(slow))
        await asyncio.get_running_loop().run_in_executor(None, begun.wait, 60)
        for _ in range(20):  # as anyio does in each turn of the loop
            task.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not task.done()
        assert port._thread._work_queue.qsize() == 1  # type: ignore[attr-defined]
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        with closing(sqlite3.connect(store._path)) as other:
            ((found,),) = other.execute("SELECT count(*) FROM sms_practices")
        return int(found)

    assert asyncio.run(main()) == 1


def test_no_thread_for_a_task(store: SQLite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What raised because no thread could be started is not done by whoever comes next."""
    port = store.asynchronous()

    def exhausted(_: object) -> None:
        msg = "can't start new thread"
        raise RuntimeError(msg)

    async def main() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", exhausted)
            with pytest.raises(RuntimeError, match="new thread"):
                await port.run(writing("mine"))
        assert await port.run(writing("next")) == "next"

    asyncio.run(main())

    assert count(store) == 1


def test_no_event_loop(store: SQLite) -> None:
    """Nor is what was asked for outside of asyncio, as under another kind of loop."""
    with pytest.raises(RuntimeError, match="event loop"):
        store.asynchronous().run(writing("mine")).send(None)

    assert store.run(writing("later")) == "later"
    assert count(store) == 1


def test_dropped_task(store: SQLite) -> None:
    """What a task waited for is not done either where its event loop is gone without a word."""
    port = store.asynchronous()

    async def main() -> None:
        with store._lock:  # nothing begins
            waiting = port.run(writing("n"))
            waiting.send(None)
            waiting.close()

    asyncio.run(main())

    assert store.run(writing("later")) == "later"
    assert count(store) == 1


def test_interrupted_while_it_waits(store: SQLite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was interrupted before its turn is not done by whoever comes next."""

    @contextmanager
    def interrupted() -> Iterator[None]:
        raise KeyboardInterrupt
        yield

    with monkeypatch.context() as patched:
        patched.setattr(store, "_lock", interrupted())
        with pytest.raises(KeyboardInterrupt):
            store.run(writing("mine"))

    assert store.run(writing("later")) == "later"
    assert count(store) == 1


def test_suspending_work_is_refused(store: SQLite) -> None:
    """Work that waits for an event loop inside a transaction fails and records nothing."""

    async def suspending(tx: Any) -> None:
        await writing("a")(tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="event loop"):
        store.run(suspending)
    assert count(store) == 0
