"""Connections to PostgreSQL and their pools, blocking and asynchronous, behind the same names.

The blocking ones never suspend, so that what works on them is written once.
"""

from __future__ import annotations

import logging
import os
import time
from asyncio import CancelledError, sleep
from asyncio import Lock as LoopLock
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Lock
from typing import Any, Protocol, Self, TypeAlias

from attrs import field, frozen
from psycopg import AsyncConnection, AsyncRawCursor, Connection, RawCursor
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolClosed

from compliant_sms.stores._postgres._pipeline import SUPPORTED, Answer, Statement, forget, together

_NAME = "compliant_sms"


class _NotOurs(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is told: what a pool of ours does not reach, an error tells whoever asked.

        It speaks of itself by its name, and of a connection that broke by the connection.
        """
        args = record.args if isinstance(record.args, tuple) else ()
        ours = args[:1] == (_NAME,) or any(isinstance(each, _OWN) for each in args)
        return not (ours and record.levelno == logging.WARNING)


def _quieten() -> None:
    logging.getLogger("psycopg.pool").addFilter(_NOT_OURS)  # once, however often it is asked for


@frozen(kw_only=True)
class Settings:
    """How to connect.

    Attributes:
        conninfo: where to, as libpq wants it.
        options: further keywords for psycopg's ``connect``.
        most: how many connections a pool has at most.
        patience: seconds to wait for a connection.
    """

    conninfo: str = field(repr=False)
    options: Mapping[str, Any]
    most: int
    patience: float


class Link(Protocol):
    """One connection. Its errors are psycopg's."""

    @property
    def lost(self) -> bool:
        """Whether it broke."""

    async def ask(self, sql: str, values: Sequence[object] | None = None) -> Answer:
        """Run a statement; without values it may be several."""

    async def together(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run statements in order on one way to the server; the first that fails ends all."""

    async def close(self) -> None:
        """Break it off; the server undoes what was not committed."""


Prepare: TypeAlias = Callable[[Link], Awaitable[None]]


class Pool(Protocol):
    """Connections that are used again and again."""

    async def open(self, prepare: Prepare) -> None:
        """Open it, unless it is open, after a connection of its own was shown to ``prepare``."""

    def link(self) -> AbstractAsyncContextManager[Link]:
        """A connection for as long as the block runs; a broken one is replaced afterwards.

        Raises:
            PoolClosed: somebody closed the pool meanwhile.
        """

    def alone(self) -> AbstractAsyncContextManager[Link]:
        """A new connection beside the pool, closed with the block."""

    async def renew(self) -> None:
        """Replace all connections that broke."""

    async def pause(self, seconds: float) -> None:
        """Wait a little."""

    async def close(self) -> None:
        """Close all connections. It can be opened again."""


def _answer(cursor: RawCursor[TupleRow] | AsyncRawCursor[TupleRow], rows: list[TupleRow]) -> Answer:
    return Answer(list(rows), cursor.rowcount, cursor.statusmessage or "")


class _BlockingLink:
    def __init__(self, connection: Connection[TupleRow]) -> None:
        self._connection = connection
        self._cursor = RawCursor(connection)

    @property
    def lost(self) -> bool:
        return self._connection.closed

    async def ask(self, sql: str, values: Sequence[object] | None = None) -> Answer:
        cursor = self._cursor
        if values is None:
            cursor.execute(sql.encode(), prepare=False)
        else:
            cursor.execute(sql.encode(), values, binary=True)
        if cursor.statusmessage == "ROLLBACK":
            forget(self._connection)
        return _answer(cursor, cursor.fetchall() if cursor.description else [])

    async def together(self, statements: Sequence[Statement]) -> list[Answer]:
        if not SUPPORTED:
            return [await self.ask(*each) for each in statements]
        return self._connection.wait(together(self._connection, statements))

    async def close(self) -> None:
        self._connection.close()


class _AsyncLink:
    def __init__(self, connection: AsyncConnection[TupleRow]) -> None:
        self._connection = connection
        self._cursor = AsyncRawCursor(connection)

    @property
    def lost(self) -> bool:
        return self._connection.closed

    async def ask(self, sql: str, values: Sequence[object] | None = None) -> Answer:
        cursor = self._cursor
        if values is None:
            await cursor.execute(sql.encode(), prepare=False)
        else:
            await cursor.execute(sql.encode(), values, binary=True)
        if cursor.statusmessage == "ROLLBACK":
            forget(self._connection)
        return _answer(cursor, await cursor.fetchall() if cursor.description else [])

    async def together(self, statements: Sequence[Statement]) -> list[Answer]:
        if not SUPPORTED:
            return [await self.ask(*each) for each in statements]
        return await self._connection.wait(together(self._connection, statements))

    async def close(self) -> None:
        await self._connection.close()


_of_parents: list[object] = []  # whose threads are not here: nobody must wait for their end


class _Pooled(Connection[TupleRow]):
    """A connection of a pool for threads."""


class BlockingPool:
    """For threads: each transaction has a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ConnectionPool[_Pooled] | None = None
        self._opening = Lock()
        self._opened_by = os.getpid()

    async def open(self, prepare: Prepare) -> None:
        """See :class:`Pool`."""
        self._leave_to_parent()
        if self._pool is not None:
            return
        with self._opening:
            if self._pool is not None:
                return
            async with self.alone() as link:
                await prepare(link)
            _quieten()
            pool: ConnectionPool[_Pooled] = ConnectionPool(
                self._settings.conninfo,
                connection_class=_Pooled,
                kwargs=dict(self._settings.options),
                min_size=1,
                max_size=self._settings.most,
                timeout=self._settings.patience,
                open=False,
                name=_NAME,
            )
            pool.open()
            self._pool = pool

    def _leave_to_parent(self) -> None:
        """Begin anew after a fork: two would read each other's answers."""
        if self._opened_by != os.getpid():
            _of_parents.append(self._pool)
            self._pool, self._opening, self._opened_by = None, Lock(), os.getpid()

    def _opened(self) -> ConnectionPool[_Pooled]:
        if self._pool is None:
            raise PoolClosed
        return self._pool

    @asynccontextmanager
    async def link(self) -> AsyncIterator[Link]:
        """See :class:`Pool`."""
        pool = self._opened()
        connection = pool.getconn()
        try:
            yield _BlockingLink(connection)
        finally:
            pool.putconn(connection)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Link]:
        """See :class:`Pool`."""
        connection = Connection.connect(self._settings.conninfo, **self._settings.options)
        try:
            yield _BlockingLink(connection)
        finally:
            connection.close()

    async def renew(self) -> None:
        """See :class:`Pool`."""
        if self._pool is not None:
            self._pool.check()

    async def pause(self, seconds: float) -> None:
        """See :class:`Pool`."""
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop runs under a blocking store

    async def close(self) -> None:
        """See :class:`Pool`."""
        self._leave_to_parent()
        with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()


class _Ended(BaseException):
    """A worker was cancelled while it connected."""


class _AsyncPooled(AsyncConnection[TupleRow]):
    """A connection of a pool for an event loop."""

    @classmethod
    async def connect(cls, conninfo: str = "", **options: Any) -> Self:  # noqa: ANN401
        """Connect; whoever is cancelled meanwhile ends, and takes that for no failure."""
        try:
            return await super().connect(conninfo, **options)
        except CancelledError as error:
            raise _Ended from error


class _Connections(AsyncConnectionPool[_AsyncPooled]):
    """A pool whose workers end with their event loop, which waits for them: psycopg's try again."""

    @classmethod
    async def worker(cls, q: Any) -> None:  # noqa: ANN401 - a queue of the pool's own
        """Make connections, until there are none to make."""
        try:
            await super().worker(q)
        except _Ended as ended:
            raise CancelledError from ended


_OWN = (_Pooled, _AsyncPooled)
_NOT_OURS = _NotOurs()


class AsyncPool:
    """For one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: _Connections | None = None
        self._opening = LoopLock()

    async def open(self, prepare: Prepare) -> None:
        """See :class:`Pool`."""
        if self._pool is not None:
            return
        async with self._opening:
            if self._pool is not None:
                return
            async with self.alone() as link:
                await prepare(link)
            _quieten()
            pool = _Connections(
                self._settings.conninfo,
                connection_class=_AsyncPooled,
                kwargs=dict(self._settings.options),
                min_size=1,
                max_size=self._settings.most,
                timeout=self._settings.patience,
                open=False,
                name=_NAME,
            )
            await pool.open()
            self._pool = pool

    def _opened(self) -> _Connections:
        if self._pool is None:
            raise PoolClosed
        return self._pool

    @asynccontextmanager
    async def link(self) -> AsyncIterator[Link]:
        """See :class:`Pool`."""
        pool = self._opened()
        connection = await pool.getconn()
        try:
            yield _AsyncLink(connection)
        finally:
            await pool.putconn(connection)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Link]:
        """See :class:`Pool`."""
        connection = await AsyncConnection.connect(
            self._settings.conninfo, **self._settings.options
        )
        try:
            yield _AsyncLink(connection)
        finally:
            await connection.close()

    async def renew(self) -> None:
        """See :class:`Pool`."""
        if self._pool is not None:
            await self._pool.check()

    async def pause(self, seconds: float) -> None:
        """See :class:`Pool`."""
        await sleep(seconds)

    async def close(self) -> None:
        """See :class:`Pool`."""
        async with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()
