"""What the SQL in this room is written against. Knows no driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString, Protocol

from compliant_sms import _given, records
from compliant_sms.errors import CompliantSmsError, InvalidInput, RecordAltered, StoreBusy
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores._dialect import Dialect
from compliant_sms.stores._vault import Vault

Row = Sequence[Any]

NOBODY = ""  # NULLs are distinct in a UNIQUE constraint; an empty text is not.


class Overtaken(StoreBusy):
    """Somebody else wrote the same first. Done anew, the work finds it."""


class Connection(Protocol):
    """What a driver has to offer: statements with ``:name`` parameters."""

    @property
    def dialect(self) -> Dialect:
        """How its database says what databases say differently."""

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of a query."""

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """How many rows a statement changed."""

    async def later(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Run a statement before the next one, or the commit, whose answer nobody waits for.

        What goes wrong with it shows where that is waited for.
        """

    async def prefetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Let a query travel behind the next one: to fetch it then needs no way of its own.

        Whatever is written or locked before that has it asked anew. Nothing to do where the
        database is no journey away.
        """


def lock_name(held: str) -> str:
    """What a server is told of what is locked, such as a number that is sealed wherever it lies.

    Statements that wait are those that a server logs, and with their values.
    """
    return sha256(held.encode(errors="surrogatepass")).hexdigest()


def text(value: datetime) -> str:
    """An instant as it is kept."""
    return records.instant_to_text(value)


def instant(value: str) -> datetime:
    """The instant that was kept."""
    return records.instant_from_text(value)


@contextmanager
def as_written(what: str) -> Iterator[None]:
    """Reads a record.

    Args:
        what: which one, for whoever reads the error.

    Raises:
        RecordAltered: it is not what this library writes.
    """
    try:
        yield
    except CompliantSmsError as error:
        if not isinstance(error, InvalidInput):  # with words of its own
            raise
    except (ValueError, TypeError, LookupError, AttributeError):
        pass
    else:
        return
    # Outside of the handlers: what they caught may quote the record.
    msg = (
        f"{what} is not what compliant_sms writes, so that another program changed it. Run "
        "verify_ledger(), and restore a backup."
    )
    raise RecordAltered(msg)


class Records:
    """What the parts of a transaction share: a connection, and the vault that seals.

    Args:
        connection: the driver's.
        vault: seals records; without one they lie in the clear.
    """

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._db = connection
        self._dialect = connection.dialect
        self._vault = vault or Vault()
        self._locked: set[str] = set()
        self._shared: set[str] = set()

    async def _one(self, sql: LiteralString, **parameters: object) -> Row | None:
        rows = await self._all(sql, **parameters)
        return rows[0] if rows else None

    async def _all(self, sql: LiteralString, **parameters: object) -> list[Row]:
        return await self._db.fetch(sql, _storable(parameters))

    async def _do(self, sql: LiteralString, **parameters: object) -> int:
        return await self._db.execute(sql, _storable(parameters))

    async def _soon(self, sql: LiteralString, **parameters: object) -> None:
        """As :meth:`_do`, on one way with what comes next; nobody asks how many rows it changed."""
        await self._db.later(sql, _storable(parameters))

    async def _prefetch(self, sql: LiteralString, **parameters: object) -> None:
        """Have what :meth:`_all` will ask for travel behind the next query."""
        await self._db.prefetch(sql, _storable(parameters))

    async def one_moment(self) -> None:
        """Read everything as it was at one moment; call it first."""
        if self._dialect.one_moment:
            await self._soon(self._dialect.one_moment)

    async def lock(self, practice_id: str, number: PhoneNumber) -> None:
        await self._hold(_place(practice_id, number))

    async def lock_person(self, practice_id: str, person: str) -> None:
        """Let nobody else who asks for it look at what left to a person, until the end."""
        await self._hold(f"{practice_id}/person/{person}")

    def _is_locked(self, practice_id: str, number: PhoneNumber) -> bool:
        """Whether the number was locked in this transaction."""
        return _place(practice_id, number) in self._locked

    async def _hold(self, name: str) -> None:
        if self._dialect.lock and name not in self._locked:
            await self._db.fetch(self._dialect.lock, {"name": lock_name(name)})
        self._locked.add(name)

    async def _hold_first(self, name: str) -> None:
        """As :meth:`_hold`, on one way with the next statement, which waits for it."""
        if self._dialect.lock and name not in self._locked:
            await self._db.later(self._dialect.lock, {"name": lock_name(name)})
        self._locked.add(name)

    async def _lock_first(self, practice_id: str, number: PhoneNumber) -> None:
        """As :meth:`lock`, on one way with the next statement, which waits for it.

        Not for whoever looks at the clock in between: the lock may be long in coming.
        """
        await self._hold_first(_place(practice_id, number))

    async def _share_first(self, name: str) -> None:
        """As :meth:`_hold_first`; others may share it: it only keeps out who holds it alone."""
        held = name in self._locked or name in self._shared
        if self._dialect.lock_shared and not held:
            await self._db.later(self._dialect.lock_shared, {"name": lock_name(name)})
        self._shared.add(name)


def _place(practice_id: str, number: PhoneNumber) -> str:
    return f"{practice_id}/{number.e164}"


def _storable(parameters: Mapping[str, object]) -> Mapping[str, object]:
    for name, value in parameters.items():
        if isinstance(value, str) and "\0" in value:
            msg = f"{name} holds a NUL, which not every database can keep; leave it out"
            raise InvalidInput(msg)
        if isinstance(value, str) and not value.isascii():
            _given.utf_8(value, name)
        if name == "limit":  # less than nothing is everything in SQLite, and none in PostgreSQL
            _given.how_many(value, name)
    return parameters
