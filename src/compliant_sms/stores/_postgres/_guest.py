"""A host's psycopg connection as a guest uses it, whatever the host set on it."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, LiteralString, Protocol, TypeAlias
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor, Connection, Error, RawCursor
from psycopg.adapt import AdaptersMap, PyFormat
from psycopg.pq import Format, PipelineStatus, TransactionStatus
from psycopg.rows import TupleRow, tuple_row

from compliant_sms.errors import CompliantSmsError, ConfigurationError, StoreBusy, StoreError
from compliant_sms.ports import HostConnection, Store
from compliant_sms.stores._connection import Row
from compliant_sms.stores._dialect import POSTGRESQL, Dialect
from compliant_sms.stores._joined import NOT_BEGUN, Joined, driver_connection, not_here, turn_on
from compliant_sms.stores._postgres._errors import failure_of
from compliant_sms.stores._postgres._named import positional
from compliant_sms.stores._postgres._tables import PLACE, Place
from compliant_sms.stores._vault import Vault

_READ = ("text", "bytea", "bool", "int4", "int8", "float8", "numeric")
_WRITTEN = (str, bytes, int, float)
# What is recorded of consent is never lost, however little the host asks for its own tables.
_SCHEMA: LiteralString = f"""SELECT max(version), CASE WHEN current_setting('synchronous_commit')
    IN ('on', 'remote_apply') THEN '' ELSE set_config('synchronous_commit', 'on', true) END,
    {PLACE} FROM sms_schema"""  # noqa: S608 - of constants
_ELSEWHERE = (
    "the connection is to other tables than the messenger's store: to another server or database, "
    "or to another schema of it. What is kept there would never be sent, and a STOP would not "
    "hold. Open both on the same database, with the same search_path."
)
_PIPELINE = "within() cannot work in a pipeline. Leave connection.pipeline() first."
_ENCODING = (
    "within() needs a connection on which texts are UTF-8, and this one has {}. Connect with "
    "client_encoding='UTF8'."
)
_FAILED = "the host's transaction failed before. Roll it back."
_AGAIN = (
    "somebody else wrote the same at the same time. Roll back, and do the whole transaction again."
)


IsHome: TypeAlias = Callable[[Place], Awaitable[bool]]


def join_postgres(connection: HostConnection, vault: Vault, is_home: IsHome) -> Store:
    """The store port inside the transaction of a blocking connection.

    Raises:
        ConfigurationError: it is none of psycopg 3.
    """
    driver, begun = driver_connection(connection)
    if not isinstance(driver, Connection):
        raise not_here(driver, "a psycopg.Connection")
    guest = _PostgresGuest(driver, _BlockingLink(driver), is_home)
    return Joined(guest, vault, begun, turn_on(driver))


def join_postgres_asynchronous(connection: HostConnection, vault: Vault, is_home: IsHome) -> Store:
    """The store port inside the transaction of an asynchronous connection.

    Raises:
        ConfigurationError: it is none of psycopg 3.
    """
    driver, begun = driver_connection(connection)
    if not isinstance(driver, AsyncConnection):
        raise not_here(driver, "a psycopg.AsyncConnection")
    guest = _PostgresGuest(driver, _AsyncLink(driver), is_home)
    return Joined(guest, vault, begun, _turn_of_tasks(driver))


_turns: WeakKeyDictionary[AsyncConnection[Any], Lock] = WeakKeyDictionary()


def _turn_of_tasks(connection: AsyncConnection[Any]) -> AbstractAsyncContextManager[None]:
    # Savepoints end in the order in which they began; tasks do not.
    return _turns.setdefault(connection, Lock())


def _use_defaults(adapters: AdaptersMap) -> None:
    """Undo what the host set for the types that are used here, on one cursor alone."""
    usual = psycopg.adapters
    for name in _READ:
        for form in Format:
            loader = usual.get_loader(usual.types.get_oid(name), form)
            assert loader is not None, "psycopg reads these in either format"  # noqa: S101
            adapters.register_loader(name, loader)
    for kind in _WRITTEN:
        adapters.register_dumper(kind, usual.get_dumper(kind, PyFormat.AUTO))


class _Link(Protocol):
    async def ask(self, sql: bytes, values: tuple[object, ...]) -> tuple[list[TupleRow], int]:
        """The rows of a statement, and how many it changed."""


class _BlockingLink:
    def __init__(self, connection: Connection[Any]) -> None:
        self._cursor = RawCursor(connection, row_factory=tuple_row)
        _use_defaults(self._cursor.adapters)

    async def ask(self, sql: bytes, values: tuple[object, ...]) -> tuple[list[TupleRow], int]:
        self._cursor.execute(sql, values, binary=True)
        rows = self._cursor.fetchall() if self._cursor.description else []
        return rows, self._cursor.rowcount


class _AsyncLink:
    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._cursor = AsyncRawCursor(connection, row_factory=tuple_row)
        _use_defaults(self._cursor.adapters)

    async def ask(self, sql: bytes, values: tuple[object, ...]) -> tuple[list[TupleRow], int]:
        await self._cursor.execute(sql, values, binary=True)
        rows = await self._cursor.fetchall() if self._cursor.description else []
        return rows, self._cursor.rowcount


class _PostgresGuest:
    dialect: Dialect = POSTGRESQL

    def __init__(
        self, connection: Connection[Any] | AsyncConnection[Any], link: _Link, is_home: IsHome
    ) -> None:
        self._connection = connection
        self._link = link
        self._is_home = is_home

    def is_open(self) -> bool:
        """Whether the host's transaction is open, or begins with the next statement.

        Raises:
            ConfigurationError: the connection is in a pipeline, or texts on it are not UTF-8.
        """
        if self._connection.closed:
            return False
        if self._connection.pgconn.pipeline_status != PipelineStatus.OFF:
            raise ConfigurationError(_PIPELINE)
        if self._connection.info.encoding != "utf-8":
            raise ConfigurationError(_ENCODING.format(self._connection.info.encoding))
        idle = self._connection.info.transaction_status == TransactionStatus.IDLE
        return not (idle and self._connection.autocommit)

    async def schema(self) -> int:
        """Which version the tables have; and the host's commit will wait for the disk.

        Raises:
            ConfigurationError: they are not those of the store.
        """
        ((version, _, *place),) = await self.fetch(_SCHEMA, {})
        if version is not None and not await self._is_home(tuple(place)):
            raise ConfigurationError(_ELSEWHERE)
        return int(version or 0)

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of a query."""
        rows, _ = await self._ask(sql, parameters)
        return list(rows)

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """How many rows a statement changed."""
        _, count = await self._ask(sql, parameters)
        return count

    async def later(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Run a statement now: when the host commits, nobody here knows."""
        await self.execute(sql, parameters)

    async def prefetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Leave it for later: how its statements travel is the host's affair."""

    async def _ask(
        self, sql: LiteralString, parameters: Mapping[str, object]
    ) -> tuple[list[TupleRow], int]:
        statement, names = positional(sql)
        try:
            return await self._link.ask(
                statement.encode(), tuple([parameters[name] for name in names])
            )
        except Error as error:
            told = self._told(error)
        # Outside of the handler: the driver's error quotes values, and must not come along.
        raise told

    def _told(self, error: Error) -> CompliantSmsError:
        if error.sqlstate == "25P01":  # no_active_sql_transaction
            return ConfigurationError(NOT_BEGUN)
        if error.sqlstate == "25P02":  # in_failed_sql_transaction
            return StoreError(_FAILED)
        failure = failure_of(error, lost=self._connection.closed)
        if failure.again and not failure.lost:
            return StoreBusy(f"{_AGAIN} ({error.sqlstate})")
        return failure.error
