"""Migrations: numbered, forward only, all at once or not at all, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import frozen
from click.testing import CliRunner, Result
from psycopg.conninfo import make_conninfo

from compliant_sms import Messenger
from compliant_sms.cli._commands import commands
from compliant_sms.cli._show import show
from compliant_sms.driver import finish
from compliant_sms.errors import NotOurDatabase, SchemaTooNew, SchemaTooOld, StoreBusy, StoreError
from compliant_sms.stores import PostgreSQL, SQLite, _schema
from compliant_sms.stores._schema import OLDEST, is_outdated, newest
from compliant_sms.stores._sqlite import _file as _sqlite_file
from conftest import PATIENT
from test_inbox import PLAN
from test_receive import from_patient
from test_send import agree
from test_store import count, start, writing

Make = Callable[..., Messenger]

NEWEST = newest()
COLUMN = "ALTER TABLE sms_practices ADD COLUMN nickname {text}"
TABLE = "CREATE TABLE sms_notes (seq {serial}, note {text} NOT NULL, body {blob}) {keyed}"
FAILING = "INSERT INTO sms_nothing VALUES (1)"


@frozen
class Place:
    """A database, and ways around the library into it."""

    kind: str
    where: str

    def store(self, **options: Any) -> SQLite | PostgreSQL:
        """The store over it."""
        return (SQLite if self.kind == "sqlite" else PostgreSQL)(self.where, **options)

    def run(self, sql: str) -> list[Any]:
        """Run a statement behind the library's back."""
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.where)) as connection, connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.where) as connection:
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def tables(self) -> set[str]:
        """The names of all tables."""
        listed = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
            "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        }
        return {name for (name,) in self.run(listed[self.kind])}


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    """An empty database of either kind."""
    fixture = {"sqlite": "database", "postgresql": "postgres_dsn"}[request.param]
    return Place(request.param, str(request.getfixturevalue(fixture)))


@pytest.fixture
def add_step(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the library one version newer."""

    def add(*statements: str) -> None:
        monkeypatch.setattr(_schema, "_STEPS", (*_schema._STEPS, statements))

    return add


Step = Callable[..., None]


def test_a_further_step(place: Place, add_step: Step, make_messenger: Make) -> None:
    """A database of the version before is brought up to date, and keeps what it holds."""
    messenger = make_messenger(store=place.store())
    agree(messenger)
    messenger.close()
    add_step(COLUMN, TABLE.replace("{keyed}", ""))
    add_step("INSERT INTO sms_notes (note) VALUES ('made')")
    store = place.store()
    store.open()
    store.close()

    assert place.run("SELECT version FROM sms_schema") == [(NEWEST + 2,)]
    assert place.run("SELECT seq, note FROM sms_notes") == [(1, "made")]
    assert place.run("SELECT nickname FROM sms_practices") == []
    assert len(make_messenger(store=place.store()).consent.events(PATIENT)) == 1


@pytest.mark.parametrize("schema", range(OLDEST, NEWEST))
def test_every_schema_there_was(
    schema: int, place: Place, make_messenger: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that an earlier version made opens here, with what it holds and all tables."""
    with monkeypatch.context() as earlier:
        earlier.setattr(_schema, "_STEPS", _schema._STEPS[: schema - OLDEST + 1])
        messenger = make_messenger(store=place.store())
        agree(messenger)
        messenger.close()
        assert place.run("SELECT version FROM sms_schema") == [(schema,)]

    assert len(make_messenger(store=place.store()).consent.events(PATIENT)) == 1
    assert place.run("SELECT version FROM sms_schema") == [(NEWEST,)]
    assert place.tables() >= _schema.tables()


def test_what_lies_in_a_thread_is_known(place: Place, make_messenger: Make) -> None:
    """A database from before texts said whether they lie in a thread finds those that do not."""
    step = _schema._STEPS.index(_schema._FOUND_AT_ONCE)
    with_threads = make_messenger(store=place.store(), inbox=PLAN)
    with_threads.receive(from_patient("Are you open today?", "SM1"))
    with_threads.close()
    without = make_messenger(store=place.store())
    without.receive(from_patient("And tomorrow?", "SM2"))
    without.close()
    for made_since in (
        "DROP INDEX sms_inbound_unfiled",
        "ALTER TABLE sms_inbound DROP COLUMN filed",
        "DROP INDEX sms_messages_reserved",
        "ALTER TABLE sms_messages DROP COLUMN refusals",
        "ALTER TABLE sms_messages DROP COLUMN reservations",
        "ALTER TABLE sms_visit_answers DROP COLUMN says_more",
    ):
        place.run(made_since)
    place.run(f"UPDATE sms_schema SET version = {OLDEST + step - 1}")

    store = make_messenger(store=place.store(), inbox=PLAN)._ports.store
    (left,) = finish(store.run(lambda tx: tx.without_thread("lakeside", 9)))
    assert left.body == "And tomorrow?"


@pytest.mark.parametrize("found", ["older", "empty"])
def test_a_failing_step(place: Place, add_step: Step, found: str) -> None:
    """A step that fails leaves the database as it was, and the older version still works."""
    if found == "older":
        before = place.store()
        before.run(writing("kept"))
        before.close()
    tables = place.tables()
    add_step(COLUMN, TABLE.replace("{keyed}", ""), FAILING)
    with pytest.raises(StoreError):
        place.store().open()

    assert place.tables() == tables
    if found == "older":
        assert place.run("SELECT version FROM sms_schema") == [(NEWEST,)]
        assert [name for name, *_ in place.run("SELECT * FROM sms_practices")] == ["kept"]


def test_a_newer_version_was_faster(
    database: Path, add_step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited while a newer version migrated does not write its own number over it."""
    earlier, own = _schema._STEPS[:-1], _schema._STEPS
    monkeypatch.setattr(_schema, "_STEPS", earlier)
    SQLite(database).open()
    monkeypatch.setattr(_schema, "_STEPS", own)
    looked = 0

    def and_then_the_newer_one(found: int, **options: Any) -> bool:
        nonlocal looked
        looked += 1
        outdated = is_outdated(found, **options)
        if looked == 2:  # now the older one waits for its turn
            add_step(COLUMN)
            SQLite(database).open()
            monkeypatch.setattr(_schema, "_STEPS", own)
        return outdated

    monkeypatch.setattr(_sqlite_file, "is_outdated", and_then_the_newer_one)
    with pytest.raises(SchemaTooNew):
        SQLite(database).open()

    add_step(COLUMN)
    SQLite(database).open()
    assert SQLite(database).found_schema() == NEWEST + 1


def test_somebody_holds_a_table(postgres_dsn: str, add_step: Step) -> None:
    """An upgrade that waited for a report held up all texts and callbacks until that ended."""
    with closing(PostgreSQL(postgres_dsn)) as before:
        before.run(writing("kept"))
    add_step(COLUMN)
    # Where it waited all the same, the server would end that, in other words.
    impatient = make_conninfo(postgres_dsn, options="-cstatement_timeout=20s")
    store = PostgreSQL(impatient, busy_timeout=0.05)
    with psycopg.connect(postgres_dsn) as report:
        report.execute("SELECT * FROM sms_practices")
        with pytest.raises(StoreBusy, match="locked by another connection"):
            store.open()
        assert store.found_schema() == NEWEST
    store.open()

    assert store.found_schema() == NEWEST + 1
    store.close()


def test_only_when_allowed(place: Place, add_step: Step) -> None:
    """A store that may not migrate says what to run, and touches nothing."""
    careful = place.store(migrate=False)
    with pytest.raises(
        SchemaTooOld, match=r"no tables .* Run  compliant-sms db upgrade --database"
    ):
        careful.open()
    assert place.kind == "postgresql" or not Path(place.where).exists()
    assert careful.found_schema() == 0
    willing = place.store()
    willing.open()
    willing.close()
    careful.run(writing("works"))
    careful.close()
    add_step(COLUMN)
    with pytest.raises(SchemaTooOld, match=f"has schema {NEWEST} .* schema {NEWEST + 1}"):
        careful.run(writing("refused"))

    assert careful.found_schema() == NEWEST
    assert place.run("SELECT count(*) FROM sms_practices") == [(1,)]


def test_an_older_library(place: Place, add_step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newer version made is refused, whether migrating is allowed or not."""
    with monkeypatch.context() as newer:
        newer.setattr(_schema, "_STEPS", (*_schema._STEPS, (COLUMN,)))
        store = place.store()
        store.open()
        store.close()
    for migrate in (True, False):
        with pytest.raises(SchemaTooNew, match="Upgrade compliant-sms"):
            place.store(migrate=migrate).open()

    assert place.store().found_schema() == newest() + 1


def test_before_the_first_release(place: Place) -> None:
    """A schema that was never released cannot be brought up to date."""
    store = place.store()
    store.open()
    store.close()
    place.run(f"UPDATE sms_schema SET version = {OLDEST - 1}")
    with pytest.raises(NotOurDatabase, match="never released"):
        store.open()


def test_beside_a_hosts_tables(postgres_dsn: str) -> None:
    """In PostgreSQL a host's own tables may be there, even with a name that begins as ours."""
    place = Place("postgresql", postgres_dsn)
    place.run("CREATE TABLE invoices (id INTEGER)")
    place.run("CREATE TABLE sms_campaigns_of_mine (id INTEGER)")
    store = place.store()

    assert store.run(writing("first")) == "first"
    store.close()


def test_our_tables_without_a_version(postgres_dsn: str) -> None:
    """Tables with our names, and nothing that says whose they are, are left alone."""
    place = Place("postgresql", postgres_dsn)
    place.run("CREATE TABLE sms_messages (id INTEGER)")
    with pytest.raises(NotOurDatabase, match="search_path"):
        place.store().open()

    assert place.tables() == {"sms_messages"}


def test_in_a_schema_of_its_own(postgres_dsn: str) -> None:
    """The tables lie where the search_path says, and two sets of them in one database."""
    place = Place("postgresql", postgres_dsn)
    stores = []
    for name in ("one", "two"):
        place.run(f"CREATE SCHEMA {name}")
        stores.append(PostgreSQL(f"{postgres_dsn} options='-c search_path={name}'"))
    stores[0].run(writing("first"))

    assert [count(store) for store in stores] == [1, 0]
    assert place.tables() == set()
    for store in stores:
        store.close()


OPENING = """
import sys
from compliant_sms.stores import PostgreSQL
store = PostgreSQL(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
store.open()
store.close()
"""


def test_processes_open_a_new_database_together(postgres_dsn: str) -> None:
    """Several processes that meet at an empty database all get it ready, one after the other."""
    processes = [start(OPENING, postgres_dsn) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.communicate()[1] for process in processes] == ["", "", "", ""]
    assert Place("postgresql", postgres_dsn).run("SELECT version FROM sms_schema") == [(newest(),)]


# The command line


def db(*arguments: str, **environment: str) -> Result:
    """Run ``compliant-sms db``."""
    return CliRunner(env=environment).invoke(commands, ["db", *arguments])


def test_status_and_upgrade(place: Place) -> None:
    """Status tells what is there and changes nothing; upgrade makes the tables."""
    missing = db("status", "--database", place.where)
    made = db("upgrade", COMPLIANT_SMS_DATABASE=place.where)
    there = db("status", COMPLIANT_SMS_DATABASE=place.where)
    again = db("upgrade", "--database", place.where)

    assert (missing.exit_code, made.exit_code, there.exit_code, again.exit_code) == (1, 0, 0, 0)
    assert "has no tables" in missing.stdout
    assert "compliant-sms db upgrade" in missing.stdout
    assert f"has schema {newest()}; it had none" in made.stdout
    assert f"has schema {newest()}; this installation" in there.stdout
    assert "already" in again.stdout
    assert {run.stderr for run in (missing, made, there, again)} == {""}


def test_database_of_a_newer_version(place: Place) -> None:
    """Status and upgrade refuse what a newer version made."""
    store = place.store()
    store.open()
    store.close()
    place.run(f"UPDATE sms_schema SET version = {newest() + 1}")

    for command in ("status", "upgrade"):
        run = db(command, "--database", place.where)
        assert run.exit_code == 1
        assert "Upgrade compliant-sms" in run.stderr


def test_database_of_no_release(place: Place) -> None:
    """Status says what to do with what no version can bring up to date."""
    store = place.store()
    store.open()
    store.close()
    place.run("UPDATE sms_schema SET version = 1")
    run = db("status", "--database", place.where)

    assert run.exit_code == 1
    assert "Set it aside and begin a new one" in run.stderr
    if place.kind == "sqlite":
        with pytest.raises(NotOurDatabase, match="Set it aside"):
            show(Path(place.where))
        place.run(f"UPDATE sms_schema SET version = {newest() + 1}")
        with pytest.raises(SchemaTooNew):
            show(Path(place.where))


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql+psycopg://clinic:canary-0@127.0.0.1:1/texting",
        "POSTGRESQL://clinic:canary-0@127.0.0.1:1/texting",
        "mysql://clinic:canary-0@127.0.0.1/texting",
        "PASSWORD=canary-0 dbname=texting",
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("db", "status", "--database"),
        ("db", "upgrade", "--database"),
        ("report", "-o", "r.html", "--database"),
        ("show",),
    ],
    ids=" ".join,
)
def test_a_dsn_of_another_form_is_not_repeated(
    command: tuple[str, ...], dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no name of a file: what another program calls its database holds a password."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(commands, [*command, dsn])

    assert list(tmp_path.iterdir()) == []
    assert result.exit_code == 1
    assert "canary" not in result.output
    assert ("SQLite files only" if command == ("show",) else "postgresql://user@host") in " ".join(
        result.output.split()
    )


def test_show_reads_no_dsn_at_all() -> None:
    """Though it could be understood elsewhere."""
    result = CliRunner().invoke(commands, ["show", "postgresql://clinic:canary-0@127.0.0.1/x"])

    assert (result.exit_code, "canary" in result.output) == (1, False)


def test_show_shows_ids_as_they_are(
    messenger: Messenger, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An id of a host's is no markup, and steers no terminal."""
    agree(messenger, PATIENT, "p[/b]\x1b[2J")
    show(database)

    assert "p[/b]\ufffd[2J" in capsys.readouterr().out
