"""A host's SQLite connection as a guest uses it, whatever the host set on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import LiteralString

from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError, StoreBusy
from compliant_sms.ports import HostConnection, Store
from compliant_sms.stores._connection import Row
from compliant_sms.stores._dialect import SQLITE, Dialect
from compliant_sms.stores._joined import Joined, driver_connection, not_here, turn_on
from compliant_sms.stores._sqlite._errors import our_errors
from compliant_sms.stores._vault import Vault

_OTHER_FILE = (
    "the connection is to another database than the messenger's store. What is kept there would "
    "never be sent: open both on the same file."
)
_BUSY = (
    "the database is locked by another connection, or was written by one since the host's "
    "transaction first read it. Roll back and try again; a transaction that begins with "
    "BEGIN IMMEDIATE (in Django: transaction_mode) waits for its turn instead."
)

_CONVERTED = (
    "sqlite3.register_converter() was called for {kinds}, and this connection (detect_types) reads "
    "those of the library's tables with it, so that nothing would be what was written. Pass a "
    "connection without detect_types=sqlite3.PARSE_DECLTYPES, or register the converter for a type "
    "of a name of your own."
)
# Of the tables' columns, and what is read of each, in the order of the types.
_TYPES = ("TEXT", "INTEGER", "BLOB", "REAL")
_SAMPLES = (
    ("2026-12-01T20:30:00.000000Z", 1, b'{"kind":"granted"}', 0.5),
    ('{"a":[1]}', 0, b"\x00\xff", 1.0),
    ("\xe9", -7, b"", -2.5),
    ("7", 7, b"7", 7.0),
)


def join_sqlite(connection: HostConnection, path: str, vault: Vault) -> Store:
    """The store port inside the transaction of a connection to that file.

    Raises:
        ConfigurationError: it is no SQLite connection, one to another file, or one that converts
            what it reads.
    """
    driver, begun = driver_connection(connection)
    if not isinstance(driver, sqlite3.Connection):
        raise not_here(driver, "a connection to the SQLite file of the store")
    guest, turn = _SqliteGuest(driver), turn_on(driver)
    with turn:
        if not guest.is_to(path):
            raise ConfigurationError(_OTHER_FILE)
        kinds = sorted(sqlite3.converters.keys() & set(_TYPES))
        if kinds and guest.converts():
            raise ConfigurationError(_CONVERTED.format(kinds=" and ".join(kinds)))
    return Joined(guest, vault, begun, turn)


class _SqliteGuest:
    """A connection that keeps its rows, its texts and its isolation level as the host set them."""

    dialect: Dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_open(self) -> bool:
        """Whether the host's transaction is open."""
        with our_errors():
            return self._connection.in_transaction

    async def schema(self) -> int:
        """Which version the tables have, or 0; and nobody else writes until the host is done."""
        if not await self.fetch("PRAGMA table_info(sms_schema)", {}):
            return 0
        # Before anything is read: a reading transaction cannot always become a writing one.
        await self.execute("UPDATE sms_schema SET version = version WHERE 0", {})
        ((version,),) = await self.fetch("SELECT max(version) FROM sms_schema", {})
        return int(version or 0)

    def is_to(self, path: str) -> bool:
        """Whether its main database is that file."""
        found = finish(self.fetch("PRAGMA database_list", {}))
        (file,) = (file for _, name, file in found if name == "main")
        with suppress(OSError):  # such as a store in memory
            return Path(file).samefile(path)
        return False

    def converts(self) -> bool:
        """Whether what is read from columns of the tables' types is not what they hold."""
        # Nothing tells how a connection reads, so it is tried, on a table that nobody keeps.
        with self._ours() as cursor:
            cursor.execute("SAVEPOINT sms_read")
            try:
                cursor.execute("CREATE TEMP TABLE sms_read (a TEXT, b INTEGER, c BLOB, d REAL)")
                cursor.executemany("INSERT INTO sms_read VALUES (?, ?, ?, ?)", _SAMPLES)
                return _read(cursor) != list(_SAMPLES)
            finally:
                cursor.execute("ROLLBACK TO sms_read")
                cursor.execute("RELEASE sms_read")

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of a query."""
        with self._ours() as cursor:
            return cursor.execute(sql, parameters).fetchall()

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """How many rows a statement changed."""
        with self._ours() as cursor:
            return cursor.execute(sql, parameters).rowcount

    async def later(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Run a statement now: when the host commits, nobody here knows."""
        await self.execute(sql, parameters)

    async def prefetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Leave it for later: the file is at hand."""

    @contextmanager
    def _ours(self) -> Iterator[sqlite3.Cursor]:
        # A cursor of our own has no row factory; how texts are read is set on the connection.
        texts = self._connection.text_factory
        try:
            with our_errors():
                self._connection.text_factory = str
                yield sqlite3.Cursor(self._connection)
        except StoreBusy as error:
            raise StoreBusy(_BUSY) from error
        finally:
            self._connection.text_factory = texts


def _read(cursor: sqlite3.Cursor) -> list[Row] | None:
    try:
        return cursor.execute("SELECT * FROM sms_read ORDER BY rowid").fetchall()
    except Exception:  # noqa: BLE001 - a function of the host's, given what it was not made for
        return None
