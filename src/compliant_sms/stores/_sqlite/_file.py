"""How an SQLite file is opened: made, switched to WAL and brought up to date, or only read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from compliant_sms.errors import NotOurDatabase, StoreError
from compliant_sms.stores._dialect import SQLITE
from compliant_sms.stores._schema import is_outdated, migrations, newest, tables
from compliant_sms.stores._sqlite._errors import BUSY, READ_ONLY, UNWRITABLE

_SWITCHES = 5
_OLDEST = (3, 35, 0)  # UPDATE ... RETURNING and AS MATERIALIZED


def open_to_write(
    path: str, busy_timeout: float, *, may_migrate: bool, shared: bool
) -> sqlite3.Connection:
    """Open a file, made if there is none, with its tables up to date, in WAL mode and full sync."""
    if sqlite3.sqlite_version_info < _OLDEST:  # such as that of an old system under a new Python
        msg = f"SQLite {sqlite3.sqlite_version} is too old: this store needs 3.35 or newer"
        raise StoreError(msg)
    if not may_migrate and path != ":memory:" and not Path(path).exists():
        is_outdated(0, may_migrate=False)  # connecting would leave an empty file
    if path != ":memory:":
        _make_private(path)
    connection = sqlite3.connect(
        path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
    )
    try:
        # Before anything is written: the file may be somebody else's, or not to be touched.
        is_outdated(_version(connection, shared=shared), may_migrate=may_migrate)
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, allowed=may_migrate, shared=shared)
    except BaseException:
        connection.close()
        raise
    return connection


def open_unwritable(
    path: str, error: sqlite3.OperationalError, *, may_migrate: bool, shared: bool
) -> sqlite3.Connection:
    """Open a file that cannot be written, or whose folder cannot."""
    if error.sqlite_errorcode not in {READ_ONLY, *UNWRITABLE} or not Path(path).is_file():
        raise error
    connection, version = open_to_read(path, shared=shared)
    try:
        outdated = is_outdated(version, may_migrate=may_migrate)
    except BaseException:
        connection.close()
        raise
    if outdated:
        connection.close()
        raise error
    return connection


def open_to_read(path: str, *, shared: bool) -> tuple[sqlite3.Connection, int]:
    """Open a file without writing anything, and say of which schema its tables are."""
    try:
        return _reading(path, "mode=ro", shared=shared)
    except sqlite3.OperationalError as error:
        # SQLite cannot put there what readers share. Somebody who has the file open, or did not
        # close it, left what was written last in its log; beside the file, where a link leads.
        if error.sqlite_errorcode not in UNWRITABLE or Path(f"{_real(path)}-wal").exists():
            raise
    return _reading(path, "immutable=1", shared=shared)


def _reading(path: str, how: str, *, shared: bool) -> tuple[sqlite3.Connection, int]:
    uri = f"{_real(path).as_uri()}?{how}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        return connection, _version(connection, shared=shared)
    except BaseException:
        connection.close()
        raise


def _real(path: str) -> Path:
    return Path(path).resolve()


def _make_private(path: str) -> None:
    """Make the file, if there is none, for its owner only; its log gets the mode of the file."""
    # Where it cannot be made, SQLite says why.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _use_wal(connection: sqlite3.Connection) -> None:
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != BUSY:
                raise
            # Where two connections switch at once SQLite does not wait. This does.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _migrate(connection: sqlite3.Connection, *, allowed: bool, shared: bool) -> None:
    if not is_outdated(_version(connection, shared=shared), may_migrate=allowed):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster, and may know a newer schema.
        found = _version(connection, shared=shared)
        if is_outdated(found):
            for statement in migrations(SQLITE, found):
                connection.execute(statement)
            connection.execute("DELETE FROM sms_schema")
            connection.execute("INSERT INTO sms_schema (version) VALUES (?)", (newest(),))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk rolls back everything by itself
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, *, shared: bool) -> int:
    found = {
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    }
    if "sms_schema" in found:
        (version,) = connection.execute("SELECT version FROM sms_schema").fetchone()
        return int(version)
    if found & tables() if shared else found:
        msg = (
            "the database belongs to another program: it has tables, and none of compliant_sms. "
            "Check the path; if the file is your own, pass shared=True, or --shared."
        )
        raise NotOurDatabase(msg)
    return 0
