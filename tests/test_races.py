"""Revocation against sending, from two processes on one database: once committed it wins.

The order in which transactions took effect has to come from the database. In SQLite one
transaction writes at a time, so that triggers number claims and revocations in the order of their
commits. In PostgreSQL a trigger runs before its transaction commits, and two may commit in the
other order. So the trigger also asks the server whether its transaction holds the exclusive lock of
the number. A transaction lets go of that only after its commit can be seen: where both hold it, one
has committed before the other is numbered, and the numbers are in the order of the commits. A
claim or a revocation without the lock fails the test, whatever came of it.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import frozen

from carriers import book_of, carrier_of, own_numbers
from compliant_sms import Messenger
from conftest import SENDER
from databases import Server
from race_side import DAY, TEXTS, messenger_over, send
from unmeasured import surroundings

HERE = Path(__file__).parent
NIGHT = DAY - timedelta(hours=11, minutes=30)

SQLITE_ORDER = """
CREATE TABLE test_order (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, what TEXT, fenced INTEGER
);
CREATE TRIGGER test_claims AFTER INSERT ON sms_steps WHEN NEW.state = 'claimed' BEGIN
    INSERT INTO test_order (number, what, fenced) SELECT number, purpose, 1 FROM sms_messages
    WHERE message_id = NEW.message_id;
END;
CREATE TRIGGER test_revocations AFTER INSERT ON sms_consent_events
WHEN instr(CAST(NEW.payload AS TEXT), '"kind":"revoked"') BEGIN
    INSERT INTO test_order (number, what, fenced) SELECT number, 'revocation', 1 FROM sms_chains
    WHERE chain_id = NEW.chain_id;
END;
"""
POSTGRES_ORDER = """
CREATE TABLE test_order (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number TEXT, what TEXT, fenced BOOLEAN
);
CREATE FUNCTION test_fenced(of_number TEXT) RETURNS BOOLEAN LANGUAGE sql AS $$
    SELECT count(*) = 1 FROM pg_locks, hashtextextended(
        encode(sha256(convert_to('lakeside/' || of_number, 'UTF8')), 'hex'), 0) AS name
    WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted AND mode = 'ExclusiveLock'
    AND classid::bigint = ((name >> 32) & 4294967295) AND objid::bigint = (name & 4294967295)
$$;
CREATE FUNCTION test_claim() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO test_order (number, what, fenced)
    SELECT number, purpose, test_fenced(number) FROM sms_messages
    WHERE message_id = NEW.message_id;
    RETURN NULL;
END $$;
CREATE FUNCTION test_revocation() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO test_order (number, what, fenced)
    SELECT number, 'revocation', test_fenced(number) FROM sms_chains
    WHERE chain_id = NEW.chain_id;
    RETURN NULL;
END $$;
CREATE TRIGGER test_claims AFTER INSERT ON sms_steps FOR EACH ROW
    WHEN (NEW.state = 'claimed') EXECUTE FUNCTION test_claim();
CREATE TRIGGER test_revocations AFTER INSERT ON sms_consent_events FOR EACH ROW
    WHEN (position('"kind":"revoked"' in convert_from(NEW.payload, 'UTF8')) > 0)
    EXECUTE FUNCTION test_revocation();
"""


@frozen
class Course:
    """A database that keeps the order, and a carrier."""

    store: dict[str, str]
    url: str
    read: Callable[[], list[tuple[str, str, bool]]]

    def messenger(self) -> Messenger:
        """Whoever prepares a race; it is night there, so that what it sends is held."""
        return messenger_over(self.store, self.url, NIGHT)


_ROWS = "SELECT number, what, fenced FROM test_order ORDER BY seq"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Course]:
    """Where a race is run."""
    with carrier_of([SENDER]) as url:
        if request.param == "SQLite":
            yield _on_sqlite(tmp_path / "texting.db", url)
        else:
            server: Server = request.getfixturevalue("postgres")
            with server.used_database() as dsn:
                yield _on_postgresql(dsn, url)


def _on_sqlite(path: Path, url: str) -> Course:
    store = {"path": str(path)}
    messenger_over(store, url, NIGHT).history("nobody")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SQLITE_ORDER)

    def read() -> list[Any]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(_ROWS).fetchall()

    return Course(store, url, read)


def _on_postgresql(dsn: str, url: str) -> Course:
    store = {"dsn": dsn}
    with messenger_over(store, url, NIGHT) as messenger:
        messenger.history("nobody")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(POSTGRES_ORDER)

    def read() -> list[Any]:
        with psycopg.connect(dsn) as connection:
            return connection.execute(_ROWS).fetchall()

    return Course(store, url, read)


@contextmanager
def racer(side: str, course: Course) -> Iterator[Callable[..., int]]:
    """One of the two processes: tells it a number and how long to wait first, in turns.

    Without, waits until it is through with the last: how many texts were refused.
    """
    arguments = [str(HERE / "race_side.py"), side, json.dumps(course.store), course.url]
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told, heard = process.stdin, process.stdout
        assert heard.readline() == "ready\n"

        def tell(number: str, turns: int = 0) -> int:
            if not number:
                return int(heard.readline())
            told.write(f"{number} {turns}\n")
            told.flush()
            return 0

        yield tell
    assert process.returncode == 0


def race(course: Course, sides: tuple[str, str], count: int) -> Counter[str]:
    """Let both sides act on each number at once; what came of it.

    Whichever was faster waits longer the next time, so that both orders happen on each machine.
    """
    numbers, later = own_numbers(count), 0
    with (
        course.messenger() as messenger,
        racer(sides[0], course) as texting,
        racer(sides[1], course) as revoking,
    ):
        for number in numbers:
            messenger.consent.grant(number, person=number[2:], basis="spoken", recorded_by="test")
            if sides[0] == "dispatch":
                send(messenger, number)
            texting(number, max(-later, 0))
            revoking(number, max(later, 0))
            refused, _ = texting(""), revoking("")
            later += STEP * ((refused == TEXTS) - (refused == 0))
    return judged(course, numbers)


def judged(course: Course, numbers: list[str]) -> Counter[str]:
    """How often each order was seen; a claim after a revocation, and what had no lock."""
    order = course.read()
    seen: Counter[str] = Counter({"races": len(numbers)})
    revoked: set[str] = set()
    for number, what, fenced in order:
        seen["without the lock"] += not fenced
        if what == "revocation":
            revoked.add(number)
        elif what == "appointment_reminder":
            seen["texts claimed before"] += number not in revoked
            seen["claimed after the revocation"] += number in revoked
    claims = sum(what != "revocation" for _, what, _ in order)
    seen["never claimed"] = abs(len(book_of(course.url)[SENDER]) - claims)
    seen["not revoked"] = len(set(numbers) - revoked)
    return seen


WRONGS = ("claimed after the revocation", "without the lock", "never claimed", "not revoked")
SHORT = 25
STEP = 20_000
LONG = 5_000  # of each kind: ten thousand on each database
SIDES = [("send", "revoke"), ("dispatch", "stop")]


@pytest.mark.parametrize("sides", SIDES, ids=" against ".join)
def test_races(course: Course, sides: tuple[str, str]) -> None:
    """No claim commits after the revocation of its number has committed."""
    seen = race(course, sides, SHORT)

    assert not any(seen[wrong] for wrong in WRONGS), seen
    assert seen["texts claimed before"] < SHORT * TEXTS, "the revocation never won"


@pytest.mark.endurance
@pytest.mark.parametrize("sides", SIDES, ids=" against ".join)
def test_races_at_length(
    course: Course, sides: tuple[str, str], figures: Callable[..., None]
) -> None:
    """No claim commits after the revocation of its number, however often it is tried."""
    seen = race(course, sides, LONG)
    figures(f"race: {sides[0]} against {sides[1]}, in two processes", seen, WRONGS)

    each = LONG * TEXTS // 10
    assert each < seen["texts claimed before"] < LONG * TEXTS - each
