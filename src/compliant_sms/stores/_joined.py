"""The store port inside a transaction of the host's: it neither begins nor ends it.

Each work is a savepoint: its error undoes it alone, and the host's transaction stays usable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from threading import Lock, RLock
from types import MethodType
from typing import Protocol, TypeVar
from weakref import WeakValueDictionary

from compliant_sms.errors import ConfigurationError
from compliant_sms.ports import HostConnection, Transaction
from compliant_sms.stores._connection import Connection
from compliant_sms.stores._schema import is_outdated
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.stores._vault import Vault

T = TypeVar("T")

NOT_BEGUN = (
    "no transaction is open on that connection, so nothing would be committed together. Begin one "
    "first: connection.execute('BEGIN IMMEDIATE') with sqlite3, connection.transaction() with "
    "psycopg, transaction.atomic() in Django."
)


class Guest(Connection, Protocol):
    """The host's connection, as this library uses it."""

    def is_open(self) -> bool:
        """Whether the host's transaction is open."""

    async def schema(self) -> int:
        """Which version the tables have, or 0; called before every work."""


class _HostTransaction(SqlTransaction):
    async def _hold_volume(self, practice_id: str) -> None:
        """Hold nobody up: in here nothing is claimed, so nothing takes up room."""

    async def one_moment(self) -> None:
        """Read as the host's transaction does, which has begun."""

    async def lock_person(self, practice_id: str, person: str) -> None:
        """Likewise."""


class Turn:
    """Lets one thread at a time onto a connection: savepoints end in the order in which they began.

    It is held by work that never suspends, so an event loop may wait for it.
    """

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


# Whoever has a turn keeps the connection, so that its id is nobody else's meanwhile. Nothing can
# refer weakly to a connection of sqlite3.
_turns: WeakValueDictionary[int, Turn] = WeakValueDictionary()
_asking = Lock()


def turn_on(connection: object) -> Turn:
    """The turn on a driver's connection, one for all who share it; keep the connection with it."""
    with _asking:
        turn = _turns.get(id(connection))
        if turn is None:
            turn = _turns[id(connection)] = Turn()
        return turn


class Joined:
    """Runs each work in a savepoint of the host's transaction.

    Args:
        guest: the host's connection.
        vault: seals records. It is this store's alone.
        begun: whether the host began a transaction, where it keeps count itself.
        turn: lets one work at a time onto the connection, which threads or tasks may share.
    """

    def __init__(
        self,
        guest: Guest,
        vault: Vault,
        begun: Callable[[], bool],
        turn: AbstractAsyncContextManager[object],
    ) -> None:
        self._guest = guest
        self._vault = vault
        self._begun = begun
        self._turn = turn

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the work; what it wrote holds once the host commits.

        What the work raises undoes it and comes out unchanged.

        Raises:
            ConfigurationError: the host's transaction is not open.
            StoreError: the database could not.
        """
        async with self._turn:
            if not (self._begun() and self._guest.is_open()):
                raise ConfigurationError(NOT_BEGUN)
            # What was read of an earlier transaction may have been rolled back.
            self._vault.forget()
            await self._guest.execute("SAVEPOINT compliant_sms", {})
            try:
                is_outdated(await self._guest.schema(), may_migrate=False)
                result = await work(_HostTransaction(self._guest, self._vault))
            except BaseException as error:
                await self._undo(error)
                raise
            await self._guest.execute("RELEASE SAVEPOINT compliant_sms", {})
            return result

    async def _undo(self, error: BaseException) -> None:
        if not self._guest.is_open():
            error.add_note("The database undid the whole transaction, and what the host wrote too.")
            return
        await self._guest.execute("ROLLBACK TO SAVEPOINT compliant_sms", {})
        await self._guest.execute("RELEASE SAVEPOINT compliant_sms", {})


def driver_connection(connection: HostConnection) -> tuple[object, Callable[[], bool]]:
    """The driver's connection below a host's, and whether what lies above began a transaction.

    Django's connection and SQLAlchemy's carry one. SQLAlchemy commits only what it began itself,
    whatever the driver has open.

    Raises:
        ConfigurationError: Django has not connected yet, or SQLAlchemy's has not begun.
    """
    # SQLAlchemy's for an event loop stands before the one that knows of its transaction.
    connection = getattr(connection, "sync_connection", connection)
    if connection is None:
        raise ConfigurationError(NOT_BEGUN)
    below: object = getattr(connection, "connection", connection)
    if below is connection or isinstance(below, MethodType):  # such as that of a session
        return connection, _always
    if below is None:
        raise ConfigurationError(NOT_BEGUN)
    begun = getattr(connection, "in_transaction", _always)
    return getattr(below, "driver_connection", below), begun


def _always() -> bool:
    return True


def not_here(connection: object, wanted: str) -> ConfigurationError:
    """That a connection is of no kind that can be used."""
    kind = type(connection)
    if isinstance(getattr(connection, "connection", None), MethodType):
        wanted = "its connection(), which is awaited where it is one for an event loop"
    return ConfigurationError(
        f"within() cannot use a {kind.__module__}.{kind.__qualname__}. Pass {wanted}."
    )
