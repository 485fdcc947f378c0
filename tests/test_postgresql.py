"""The PostgreSQL store: what differs from the embedded one, and what its errors say."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection, Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from compliant_sms import Held, Keyring, Messenger, Rulebook, Sent, Settings, flows
from compliant_sms.cli._commands import commands
from compliant_sms.driver import finish
from compliant_sms.errors import (
    IdempotencyConflict,
    InvalidInput,
    NotOurDatabase,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from compliant_sms.imports import ImportedOptOut
from compliant_sms.messages import Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction
from compliant_sms.rules import PracticeCap
from compliant_sms.stores import PostgreSQL
from compliant_sms.stores._postgres import _session
from compliant_sms.stores._postgres._errors import Failure, failure_of
from compliant_sms.stores._postgres._named import positional
from compliant_sms.stores._schema import tables
from compliant_sms.stores._sql._transaction import SqlTransaction
from conftest import MORNING, PATIENT, PERSON
from databases import Server
from hooks import PATIENCE, until
from ledgers import PRACTICE, fill
from test_receive import callback, from_patient
from test_send import BODY, agree, remind
from test_store import OTHER, count, writing

Make = Callable[..., Messenger]


@pytest.fixture
def store(postgres_dsn: str) -> Iterator[PostgreSQL]:
    made = PostgreSQL(postgres_dsn)
    made.open()
    yield made
    made.close()


def in_threads(count: int, act: Callable[[int], object]) -> list[Any]:
    """Let threads act at once; what came of each."""
    results: list[Any] = [None] * count

    def one(number: int) -> None:
        try:
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001
            results[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def asking(sql: str) -> Callable[[Any], Any]:
    """Work that answers with one value."""

    async def work(tx: Any) -> Any:
        ((value,),) = await tx._db.fetch(sql, {})
        return value

    return work


# Where it is


def test_parameters_are_numbered() -> None:
    """Names become numbers, each once; casts, quoted words and comments stay as they are."""
    sql = """SELECT ':no', "a:no", now()::text, it''s, :b FROM t -- :no
        WHERE x = :a AND y = :b AND z = 'it''s :no' AND w = :a::bytea"""

    assert positional(sql) == (
        sql.replace(" :b", " $1").replace(" :a", " $2"),
        ("b", "a"),
    )


@given(st.lists(st.sampled_from([":a", ":b", "'x:a'", "::text", '"q:b"', " ", "1"]), max_size=12))
def test_only_parameters_are_touched(parts: list[str]) -> None:
    """Whatever stands around them, parameters and nothing else are replaced."""
    text, names = positional(" ".join(parts))
    wanted = [part for part in parts if part in {":a", ":b"}]

    assert list(names) == [name[1:] for name in dict.fromkeys(wanted)]
    assert text == " ".join(
        f"${names.index(part[1:]) + 1}" if part in {":a", ":b"} else part for part in parts
    )


CANARY = "zebra-canary"


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://ana:{CANARY}@127.0.0.1:1/texting",
        f"host=127.0.0.1 port=1 user=ana password={CANARY} dbname=texting",
        f"postgresql://ana:{CANARY}/x@127.0.0.1:1/texting",
        f"postgresql://ana:p@{CANARY}@127.0.0.1:1/texting",
        f"host=127.0.0.1 port={CANARY}",
        f"host={CANARY}' =x",
        f"{CANARY}",
    ],
)
def test_password_stays_inside(dsn: str) -> None:
    """Neither a DSN that works nor one that is mistyped shows its password in an error."""
    with pytest.raises((StoreError, InvalidInput)) as caught:
        PostgreSQL(dsn).open()

    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_repr(postgres_dsn: str) -> None:
    """The repr says where the database is, and not who enters it with what."""
    told = repr(PostgreSQL(f"postgresql://ana:{CANARY}@db.example:5433/texting"))

    assert told == "PostgreSQL(host='db.example', port='5433', dbname='texting')"


@pytest.mark.parametrize(
    "change", [{"dsn": " "}, {"max_connections": 0}, {"busy_timeout": 0}], ids=str
)
def test_unusable_arguments(change: dict[str, Any]) -> None:
    """What cannot work is refused when the store is made."""
    with pytest.raises(InvalidInput):
        PostgreSQL(**({"dsn": "dbname=x"} | change))


def test_without_the_extra() -> None:
    """Without psycopg the error names the extra, and the other store works."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from compliant_sms.stores import SQLite\n"
        "from compliant_sms import stores\n"
        "try: stores.PostgreSQL\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pip install 'compliant-sms[postgres]'" in run.stdout


@pytest.mark.parametrize(
    ("limit", "kind", "words"),
    [
        ("ALTER DATABASE {} ALLOW_CONNECTIONS true", StoreError, "no such database"),
        ("ALTER ROLE sms_guest CONNECTION LIMIT 0", StoreBusy, "takes no more connections"),
    ],
)
def test_refused_connection(
    postgres: Server, postgres_dsn: str, limit: str, kind: type[StoreError], words: str
) -> None:
    """A server that lets nobody in is told from one that is full."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_dsn)["dbname"]
    postgres.run("DROP ROLE IF EXISTS sms_guest")
    postgres.run("CREATE ROLE sms_guest LOGIN")
    postgres.run(limit.format(name))
    missing = "-gone" if kind is StoreError else ""
    dsn = psycopg.conninfo.make_conninfo(postgres_dsn, user="sms_guest", dbname=f"{name}{missing}")
    with pytest.raises(kind, match=words):
        PostgreSQL(dsn).open()
    postgres.run("DROP ROLE sms_guest")


# A user of the application's own


@pytest.fixture
def application(postgres: Server, postgres_dsn: str) -> Iterator[str]:
    """The DSN of a user who owns nothing, in a database whose tables the owner made."""
    user = f"sms_app_{uuid4().hex[:8]}"
    owned = PostgreSQL(postgres_dsn)
    owned.open()
    owned.close()
    postgres.run(f"CREATE ROLE {user} LOGIN")
    yield psycopg.conninfo.make_conninfo(postgres_dsn, user=user)
    postgres.run(f"DROP OWNED BY {user}", postgres_dsn)
    postgres.run(f"DROP ROLE {user}")


def test_the_documented_privileges_are_enough(
    postgres: Server, postgres_dsn: str, application: str, make_messenger: Make
) -> None:
    """With them everything works but making tables and deleting rows; each table has its own."""
    page = Path(__file__).parents[1] / "docs/how-to/use-postgresql.md"
    (grants,) = re.findall(r"```sql\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    user = psycopg.conninfo.conninfo_to_dict(application)["user"]
    postgres.run(grants.replace("TO texting", f"TO {user}"), postgres_dsn)
    messenger = make_messenger(
        store=PostgreSQL(application, migrate=False), keyring=Keyring.generate()
    )
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.dispatch_due()
    messenger.import_consents(
        [], opt_outs=[ImportedOptOut(number=OTHER)], source="old", by="it:kim"
    )
    hold = messenger.legal_holds.place(person=PERSON, reason="a dispute", by="counsel:kim")
    messenger.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:kim")
    messenger.checkpoint()
    messenger.purge(by="it:kim")
    messenger.rotate_keys()
    assert messenger.verify_ledger().events == 3
    assert messenger.erase(PERSON, reason="asked for it", by="privacy:kim").texts == 2

    assert set(re.findall(r"sms_\w+", grants)) == tables()
    for table in tables():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.run(f"DELETE FROM {table}", application)


def test_whoever_may_only_read_verifies_the_ledger(
    postgres: Server, postgres_dsn: str, application: str
) -> None:
    """An auditor with SELECT alone, or on a standby, checks every record, by the command too."""
    user = psycopg.conninfo.conninfo_to_dict(application)["user"]
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}", postgres_dsn)
    full = PostgreSQL(postgres_dsn)
    fill(full.blocking(), 7, 3)
    finish(flows.checkpoint(full.blocking(), PRACTICE, MORNING))
    full.close()
    for dsn in (application, f"{postgres_dsn} options='-c default_transaction_read_only=on'"):
        options = ["--database", dsn, "--practice", PRACTICE]
        told = CliRunner().invoke(commands, ["ledger", "verify", *options])

        assert told.exit_code == 0, told.output
        assert "Nothing was altered: 7 events" in told.stdout


def test_a_missing_privilege_is_told_as_such(application: str) -> None:
    """The error names the command and the page; whether tables are there or not."""
    store = PostgreSQL(application)
    with pytest.raises(StoreReadOnly, match=r"privilege.*--database.*GRANTs in docs/how-to/use-p"):
        store.open()
    store.close()


def test_a_limit_by_person_holds_at_two_numbers_at_once(
    make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two texts to one person that are claimed in one instant, the limit lets one go."""
    law = Rulebook(Settings(caps=(PracticeCap(count=1, within=timedelta(days=1)),)))
    one, two = (make_messenger(store=PostgreSQL(postgres_dsn), rulebook=law) for _ in range(2))
    for number in (PATIENT, OTHER):
        agree(one, number)
    agree(one, "+12175550136", "pat-3")
    for messenger in (one, two):  # the first text of each waits for the practice
        remind(messenger, f"first/{id(messenger)}", to="+12175550136", person="pat-3")
    read, meanwhile = SqlTransaction.departures_elsewhere, list[Future[Any]]()
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"

    async def elsewhere(tx: Any, practice_id: str, number: PhoneNumber, *rest: Any) -> Any:
        found = await read(tx, practice_id, number, *rest)
        if number == PhoneNumber(PATIENT) and not meanwhile:  # nothing left there, by what is read
            meanwhile.append(pool.submit(remind, two, "2", to=OTHER))
            with psycopg.connect(postgres_dsn, autocommit=True) as server:
                until(lambda: meanwhile[0].done() or server.execute(waiting).fetchone() != (0,))
        return found

    monkeypatch.setattr(SqlTransaction, "departures_elsewhere", elsewhere)
    with ThreadPoolExecutor(1) as pool:
        first = remind(one, "1")

    assert isinstance(first, Sent)
    assert isinstance(meanwhile[0].result(), Held)


# What errors mean


CODES = {
    "53100": StoreFull,
    "53200": StoreFull,
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,
    "55P03": StoreBusy,
    "57014": StoreBusy,
    "40001": StoreBusy,
    "XX001": NotOurDatabase,
    "3F000": StoreError,
    "P0001": StoreError,
}


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_error_codes(
    postgres: Server, postgres_dsn: str, store: PostgreSQL, code: str, kind: type[StoreError]
) -> None:
    """Each kind of failure has its exception, which repeats nothing that the server quotes."""
    postgres.run(
        f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'about %', NEW.sender USING ERRCODE = '{code}'; END $$""",
        postgres_dsn,
    )
    postgres.run(
        "CREATE TRIGGER t BEFORE INSERT ON sms_practices FOR EACH ROW EXECUTE FUNCTION fail()",
        postgres_dsn,
    )
    with pytest.raises(StoreError, match=code) as caught:
        store.run(writing(CANARY))

    assert type(caught.value) is kind
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    assert count(store) == 0


def test_refused_statements(store: PostgreSQL) -> None:
    """What the database or the driver refuses comes out as a store error without the values."""

    async def twice(tx: Any) -> None:
        await writing(CANARY)(tx)
        await writing(CANARY)(tx)

    async def unknown_type(tx: Any) -> None:
        await tx._db.execute("INSERT INTO sms_schema VALUES (:x)", {"x": object()})

    async def nul(tx: Any) -> None:
        await writing(f"{CANARY}\0")(tx)

    for work in (twice, unknown_type, nul):
        with pytest.raises(StoreError, match="the database failed") as caught:
            store.run(work)
        assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert count(store) == 0


def test_missing_table(store: PostgreSQL) -> None:
    """A table that is not there points to the upgrade."""
    with pytest.raises(StoreError, match="compliant-sms db upgrade"):
        count(store, "sms_nothing")


def in_the_end(act: Callable[[], Any]) -> Any:
    """What it answers once it does, where a busy machine is too slow for a short patience."""

    def tried() -> Any:
        with suppress(StoreBusy):
            return act()

    return until(tried)


def test_locked(postgres_dsn: str, store: PostgreSQL) -> None:
    """A row that stays locked is reported as busy; afterwards everything works."""
    store.run(writing("first"))
    impatient = PostgreSQL(postgres_dsn, busy_timeout=0.05)
    with psycopg.connect(postgres_dsn) as other:
        other.execute("LOCK TABLE sms_practices")
        with pytest.raises(StoreBusy, match="Try again"):
            impatient.run(writing("second"))
    in_the_end(lambda: impatient.run(writing("second")))
    impatient.close()

    assert count(store) == 2


def test_all_connections_in_use(postgres_dsn: str) -> None:
    """Where no connection becomes free in time the store is busy, and later it is not."""
    narrow = PostgreSQL(postgres_dsn, max_connections=1, busy_timeout=0.05)
    narrow.open()

    async def nested(_: Any) -> None:
        narrow.run(writing("inner"))

    with pytest.raises(StoreBusy, match="max_connections"):
        narrow.run(nested)

    assert in_the_end(lambda: narrow.run(writing("later"))) == "later"
    narrow.close()


def test_standby(postgres_dsn: str, store: PostgreSQL) -> None:
    """A database that may only be read is reported as such, and can be read."""
    reading = PostgreSQL(f"{postgres_dsn} options='-c default_transaction_read_only=on'")

    assert count(reading) == 0
    with pytest.raises(StoreReadOnly, match="standby"):
        reading.run(writing("first"))
    reading.close()


# Transactions


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_texts_are_utf_8_whatever_the_host_set(
    make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """By the environment, by the DSN, and by the database."""
    name = conninfo_to_dict(postgres_dsn)["dbname"]
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET client_encoding = {encoding}')  # type: ignore[arg-type]
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    for dsn in (postgres_dsn, make_conninfo(postgres_dsn, client_encoding=encoding)):
        messenger = make_messenger(store=PostgreSQL(dsn))
        agree(messenger, person="pat-Łukasz 😀")
        assert messenger.consent.events(PATIENT)[-1].person == "pat-Łukasz 😀"
        assert messenger.verify_ledger().chains >= 1


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_in_another_encoding_is_refused(
    postgres: Server, postgres_dsn: str, encoding: str
) -> None:
    """Before there are tables, and in words that help."""
    name = f"sms_test_{encoding.lower()}"
    make = "CREATE DATABASE {} ENCODING '" + encoding + "' LC_COLLATE 'C' LC_CTYPE 'C'"
    postgres.run(f"{make.format(name)} TEMPLATE template0")
    try:
        store = PostgreSQL(make_conninfo(postgres_dsn, dbname=name))
        with pytest.raises(StoreError, match=f"{encoding}.*createdb --encoding=UTF8"):
            store.open()
        store.close()
    finally:
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


def test_durable_whatever_the_host_set(postgres: Server, postgres_dsn: str) -> None:
    """A commit waits for the disk where the host turned that off, and is never turned down."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_dsn)["dbname"]
    asked = asking("SELECT current_setting('synchronous_commit')")
    for set_to, wanted in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
        postgres.run(f"ALTER DATABASE {name} SET synchronous_commit = {set_to}")
        store = PostgreSQL(postgres_dsn)
        assert store.run(asked) == wanted
        store.close()


def test_read_committed_whatever_the_host_set(postgres: Server, postgres_dsn: str) -> None:
    """The fence relies on seeing what was committed before the lock was got."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_dsn)["dbname"]
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    store = PostgreSQL(postgres_dsn)

    assert store.run(asking("SELECT current_setting('transaction_isolation')")) == "read committed"
    store.close()


@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt, psycopg.OperationalError])
def test_what_work_raises(store: PostgreSQL, kind: type[BaseException]) -> None:
    """What the work raises undoes it and comes out unchanged, once."""
    calls = []

    async def failing(tx: Any) -> None:
        calls.append(1)
        await writing("undone")(tx)
        raise kind

    with pytest.raises(kind) as caught:
        store.run(failing)

    assert type(caught.value) is kind
    assert calls == [1]
    assert count(store) == 0
    assert store.run(writing("later")) == "later"


def test_swallowed_error(store: PostgreSQL) -> None:
    """Work that goes on after the database failed is no success, and gets no further answer."""

    async def going_on(tx: Any) -> str:
        await writing("first")(tx)
        with pytest.raises(StoreError):
            await tx._db.fetch("SELECT 1 / 0", {})
        with pytest.raises(StoreError):
            await writing("second")(tx)
        return "done"

    with pytest.raises(StoreError, match="22012"):
        store.run(going_on)
    assert count(store) == 0


def test_prepared_statements(postgres_dsn: str) -> None:
    """Statements are prepared at once, and not where a pooler stands between."""
    asked = asking("SELECT count(*) FROM pg_prepared_statements")
    counts = []
    for prepare in (True, False):
        store = PostgreSQL(postgres_dsn, max_connections=1, prepare=prepare)
        store.run(asked)
        counts.append(store.run(asked))
        store.close()

    assert counts[0] > 0
    assert counts[1] == 0


# Others at work


def test_a_history_is_of_one_moment(
    make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News that comes while a history is read is in it as a whole or not at all."""
    messenger, other = (make_messenger(store=PostgreSQL(postgres_dsn)) for _ in range(2))
    agree(messenger)
    sent = remind(messenger)
    decisions = SqlTransaction.decisions

    async def meanwhile(tx: SqlTransaction, practice_id: str, message_id: str) -> Any:
        if tell:
            other.receive(callback({"MessageSid": sent.provider_id, "MessageStatus": tell.pop()}))
        return await decisions(tx, practice_id, message_id)

    tell = ["delivered"]
    monkeypatch.setattr(SqlTransaction, "decisions", meanwhile)
    during, after = (messenger.history(PERSON).texts[0] for _ in range(2))

    assert tell == []
    for record, state in ((during, "sent"), (after, "delivered")):
        assert record.message.state == record.steps[-1].state == state
    assert (during.callbacks, len(after.callbacks)) == ((), 1)


def test_same_thing_at_once(postgres_dsn: str, store: PostgreSQL) -> None:
    """Where somebody else makes the same thing first, the work is done anew and finds it."""
    seen = []

    async def racing(tx: Any) -> None:
        ((known,),) = await tx._db.fetch("SELECT count(*) FROM sms_practices", {})
        seen.append(known)
        if not known:
            with psycopg.connect(postgres_dsn) as other:
                other.execute("INSERT INTO sms_practices VALUES ('x', 'x', '', 'x')")
            await writing("x")(tx)

    store.run(racing)

    assert seen == [0, 1]


def test_deadlock(postgres_dsn: str) -> None:
    """Of two that wait for each other one gives way and does its work anew."""
    store = PostgreSQL(f"{postgres_dsn} options='-c deadlock_timeout=20ms'")
    store.run(writing("a"))
    store.run(writing("b"))
    both = threading.Barrier(2, timeout=60)
    tries = []

    def act(number: int) -> object:
        first, second = ("a", "b") if number else ("b", "a")

        async def work(tx: Any) -> None:
            touch = "UPDATE sms_practices SET practice_id = 'y' WHERE sender = :sender"
            tries.append(number)
            await tx._db.execute(touch, {"sender": first})
            if tries.count(number) == 1:
                both.wait()
            await tx._db.execute(touch, {"sender": second})

        return store.run(work)

    assert in_threads(2, act) == [None, None]
    assert len(tries) > 2
    store.close()


def test_news_of_an_opt_out_stands_in_no_sender_s_way(
    make_messenger: Make, postgres_dsn: str
) -> None:
    """Whoever holds a number and wants a text to it does not meet news that does it in reverse."""
    messenger = make_messenger(
        store=PostgreSQL(f"{postgres_dsn} options='-c deadlock_timeout=20ms'")
    )
    agree(messenger)
    sent = remind(messenger)
    assert isinstance(sent, Sent)
    tries: list[int] = []

    async def sends(tx: Any) -> None:
        tries.append(1)
        await tx.lock("lakeside", PhoneNumber(PATIENT))
        news.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while await tx._db.fetch(waiting, {}) == [(0,)]:
            pass
        await tx.message("lakeside", sent.message_id)

    fields = {"MessageSid": sent.provider_id or "", "MessageStatus": "undelivered", "To": PATIENT}
    opted_out = callback(fields | {"ErrorCode": "21610"})
    heard: list[object] = []
    news = threading.Thread(target=lambda: heard.append(messenger.receive(opted_out)))
    finish(messenger._ports.store.run(sends))
    news.join(30)

    assert (tries, len(heard)) == ([1], 1)
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None


def test_who_erases_stands_in_no_sender_s_way(make_messenger: Make, postgres_dsn: str) -> None:
    """A text that joins a person's chain does not wait for whoever holds the person's keys."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn), keyring=Keyring.generate())
    agree(messenger)
    number, held = PhoneNumber(PATIENT), threading.Barrier(2)
    run, tries = messenger._ports.store.run, [0, 0]

    async def erases(tx: Transaction) -> None:
        tries[0] += 1
        await tx.hold_keys("lakeside", PERSON)
        held.wait(60)
        await tx.lock("lakeside", number)

    async def sends(tx: Transaction) -> None:
        tries[1] += 1
        await tx.lock("lakeside", number)
        held.wait(60)
        event = (await tx.consent_events("lakeside", number))[0]
        await tx.append(evolve(event, event_id="again"), "unused")

    in_threads(2, lambda side: finish(run((erases, sends)[side])))

    assert tries == [1, 1]
    assert messenger.verify_ledger().events == 2


def test_threads_append_together(make_messenger: Make, postgres_dsn: str) -> None:
    """More threads than connections write to one chain and to many, and lose nothing."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn, max_connections=3))
    in_threads(20, lambda number: agree(messenger, PATIENT, f"pat-{number % 4}"))
    report = messenger.verify_ledger()

    assert (report.chains, report.events) == (4, 20)


@pytest.mark.parametrize("same_number", [True, False])
def test_one_key_from_two_sides(
    make_messenger: Make,
    postgres_dsn: str,
    same_number: bool,  # noqa: FBT001
) -> None:
    """One key is one text, also where two ask for it at once, to one number or to two."""
    sides = [make_messenger(store=PostgreSQL(postgres_dsn)) for _ in range(2)]
    numbers = [PATIENT, PATIENT if same_number else OTHER]
    for number in numbers:
        agree(sides[0], number)
    for key in range(12):
        both = threading.Barrier(2, timeout=60)

        def act(side: int, key: int = key, both: threading.Barrier = both) -> object:
            both.wait()
            return remind(sides[side], str(key), to=numbers[side], body=f"{BODY} {key}")

        results = in_threads(2, act)
        kinds = {type(result).__name__ for result in results}
        if same_number:
            assert kinds <= {"Sent", "Queued"}
            assert len({result.message_id for result in results}) == 1
        else:
            assert sorted(type(result) for result in results if type(result) is Sent) == [Sent]
            assert kinds == {"Sent", IdempotencyConflict.__name__}


def test_a_key_that_was_taken_meanwhile_is_in_no_log_of_the_server(
    make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constraint that refuses a key has the server log it: no statement may be refused so."""
    first, second = (make_messenger(store=PostgreSQL(postgres_dsn)) for _ in range(2))
    for number in (PATIENT, OTHER):
        agree(first, number)
    assert isinstance(remind(first, "0", to=PATIENT, body=f"{BODY} 0"), Sent)  # it is enrolled
    by_key, meanwhile = SqlTransaction.message_by_key, [second]

    async def overtaken(tx: SqlTransaction, practice_id: str, key: str) -> Message | None:
        found = await by_key(tx, practice_id, key)
        while meanwhile:
            assert isinstance(remind(meanwhile.pop(), "1", to=OTHER), Sent)
        return found

    refusals: list[str | None] = []

    def heard(error: Error, *, lost: bool) -> Failure:
        refusals.append(error.sqlstate)
        return failure_of(error, lost=lost)

    monkeypatch.setattr(SqlTransaction, "message_by_key", overtaken)
    monkeypatch.setattr(_session, "failure_of", heard)
    with pytest.raises(IdempotencyConflict):
        remind(first, "1", to=PATIENT)

    assert refusals == []


def test_a_practice_is_no_bottleneck(make_messenger: Make, postgres_dsn: str) -> None:
    """While one text of a practice is being claimed, others to other numbers go on."""
    other = make_messenger(store=PostgreSQL(postgres_dsn, busy_timeout=30))
    agree(other)
    agree(other, OTHER)
    remind(other, "first")  # the practice is known
    meanwhile = []

    def ids() -> str:
        if not meanwhile:  # the first id is asked for inside of the transaction
            meanwhile.append(remind(other, "inner", to=OTHER))
        return uuid4().hex

    messenger = make_messenger(store=PostgreSQL(postgres_dsn), ids=ids)

    assert type(remind(messenger, "outer", body=f"{BODY} Bye.")) is Sent
    assert [type(outcome) for outcome in meanwhile] == [Sent]


def test_closed_by_others(postgres_dsn: str) -> None:
    """Who closes a store that others use disturbs nobody: it is opened again."""
    store = PostgreSQL(postgres_dsn, max_connections=2)

    def act(number: int) -> object:
        if number % 3 == 0:
            store.close()
        return store.run(writing(f"n{number}"))

    assert in_threads(15, act) == [f"n{number}" for number in range(15)]
    assert count(store) == 15
    store.close()


# Event loops


def test_a_loop_that_ends_while_a_pool_connects(
    store: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that ends with work in hand ends: nobody waits for a connection for ever."""
    store.open()
    port, connect = store.asynchronous(), AsyncConnection.connect
    connected: list[str] = []

    async def main() -> None:
        begun = asyncio.Event()

        async def never(conninfo: str, **options: Any) -> Any:
            connected.append(conninfo)
            if len(connected) == 1:  # beside the pool, to see to the tables
                return await connect(conninfo, **options)
            begun.set()
            return await asyncio.Event().wait()

        monkeypatch.setattr(AsyncConnection, "connect", never)
        task = asyncio.ensure_future(port.run(writing("n")))
        await begun.wait()
        for _ in range(20):  # the pool's own scheduler is still about to wait
            await asyncio.sleep(0)
        assert not task.done()

    program = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    program.start()
    program.join(PATIENCE)

    assert not program.is_alive()


def test_one_store_on_several_loops(store: PostgreSQL) -> None:
    """A store serves one event loop after the other, and threads beside them."""
    port = store.asynchronous()

    async def main(name: str) -> str:
        result = await port.run(writing(name))
        await store.aclose()
        return str(result)

    assert [asyncio.run(main(name)) for name in "ab"] == ["a", "b"]
    assert count(store) == 2


_SLEEPING = """SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'"""


def test_cancelled_task(postgres: Server, postgres_dsn: str, store: PostgreSQL) -> None:
    """A task that is cancelled inside of its transaction undoes it, and harms no other."""
    port = store.asynchronous()

    async def main() -> str:
        inside = asyncio.Event()

        async def hanging(tx: Any) -> None:
            await writing("undone")(tx)
            inside.set()
            await tx._db.fetch("SELECT pg_sleep(60)", {})

        task = asyncio.ensure_future(port.run(hanging))
        await inside.wait()
        while not postgres.run(_SLEEPING, postgres_dsn):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        result = await port.run(writing("kept"))
        await store.aclose()
        return str(result)

    assert asyncio.run(main()) == "kept"
    assert count(store) == 1
