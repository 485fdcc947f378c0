"""Running work in transactions on PostgreSQL, blocking or not: written once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

from attrs import frozen
from psycopg import Error
from psycopg_pool import PoolTimeout

from compliant_sms.errors import CommitUnknown, StoreError
from compliant_sms.ports import Transaction
from compliant_sms.stores._connection import Overtaken
from compliant_sms.stores._postgres._errors import Failure, failure_of, unreachable
from compliant_sms.stores._postgres._links import Link, Pool
from compliant_sms.stores._postgres._session import STATUS, Session
from compliant_sms.stores._postgres._tables import (
    Place,
    bring_up_to_date,
    found_place,
    found_schema,
)
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.stores._vault import Vault

# Whoever loses a race for a number or a key loses it once or twice, not for ever.
_TRIES = 6
_PAUSE = 0.05

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]


@frozen
class _Done(Generic[T]):
    result: T


@frozen
class _Lost(Generic[T]):
    result: T
    number: str
    failure: Failure


class Engine:
    """Transactions over one pool.

    Args:
        pool: where connections come from.
        patience: seconds to wait for a lock, and for news of a commit.
        may_migrate: whether to make the tables, or bring them up to date.
    """

    def __init__(self, pool: Pool, *, patience: float, may_migrate: bool) -> None:
        self._pool = pool
        self._patience = patience
        self._may_migrate = may_migrate
        self._place: Place | None = None

    async def open(self) -> None:
        """Connect, and see to the tables.

        Raises:
            StoreError: it cannot be used.
        """
        await _reaching(self._pool.open(self._prepare))

    async def _prepare(self, link: Link) -> None:
        await bring_up_to_date(link, allowed=self._may_migrate, patience=self._patience)

    async def found_schema(self) -> int:
        """The version of the tables, 0 where there are none.

        Raises:
            StoreError: they cannot be read, or are not ours.
        """
        return await _reaching(self._found())

    async def _found(self) -> int:
        async with self._pool.alone() as link:
            return await found_schema(link)

    async def is_at(self, place: Place) -> bool:
        """Whether the tables are those there; asked anew where they seem to be others.

        Raises:
            StoreError: the database cannot be reached.
        """
        if place != self._place:  # after a restart or a restored backup it is another
            self._place = await _reaching(self._found_place())
        return place == self._place

    async def _found_place(self) -> Place:
        async with self._pool.alone() as link:
            return await found_place(link)

    async def close(self) -> None:
        """Close all connections. They are opened again when they are needed again."""
        await self._pool.close()

    async def run(self, work: Work[T], vault: Vault | None = None) -> T:
        """Run the work in a transaction; anew where others got in its way.

        Raises:
            StoreError: the database could not; nothing was recorded.
            CommitUnknown: nobody knows whether it was.
        """
        tries = 0
        while True:
            tries += 1
            await self.open()
            outcome = await self._try(work, vault)
            if isinstance(outcome, _Lost):
                outcome = await self._settled(outcome)
            if isinstance(outcome, _Done):
                return outcome.result
            if not outcome.again or tries == _TRIES:
                raise outcome.error
            if outcome.lost:
                await self._pool.renew()

    async def _try(self, work: Work[T], vault: Vault | None) -> _Done[T] | _Lost[T] | Failure:
        borrowed = self._pool.link()
        try:
            link = await borrowed.__aenter__()
        except Error as error:
            return await self._why_none(error)
        try:
            return await self._attempt(link, work, vault)
        finally:
            await borrowed.__aexit__(None, None, None)

    async def _why_none(self, error: Error) -> Failure:
        """Why there was no connection: all are in use, or none can be made."""
        if isinstance(error, PoolTimeout):
            try:
                async with self._pool.alone():
                    pass
            except Error as refusal:
                return Failure(error=_refused(refusal))
        return failure_of(error, lost=False)

    async def _attempt(
        self, link: Link, work: Work[T], vault: Vault | None
    ) -> _Done[T] | _Lost[T] | Failure:
        session = Session(link, self._patience)
        try:
            result = await work(SqlTransaction(session, vault))
            if session.failure is None:
                await session.commit()
        except Overtaken as overtaken:
            await session.roll_back()
            return Failure(error=overtaken, again=True)
        except Exception:
            if session.failure is None:
                await session.roll_back()
                raise
        except BaseException:
            await link.close()  # there may be no time to ask for anything more
            raise
        if session.failure is None:
            return _Done(result)
        if session.unknown is not None:
            return _Lost(result, session.unknown, session.failure)
        await session.roll_back()
        return session.failure

    async def _settled(self, lost: _Lost[T]) -> _Done[T] | Failure:
        """Ask the server what became of a commit of which no answer came.

        Raises:
            CommitUnknown: it does not know, or cannot be asked.
        """
        until = monotonic() + self._patience
        while True:
            status = await self._status(lost.number)
            if status == "committed":
                return _Done(lost.result)
            if status == "aborted":
                return lost.failure
            if monotonic() > until:
                break
            await self._pool.pause(_PAUSE)
        msg = (
            "the connection broke while the database committed, and the server does not say "
            "whether it did. Ask again under the same idempotency key, or look at the history."
        )
        raise CommitUnknown(msg)

    async def _status(self, number: str) -> str | None:
        try:
            async with self._pool.alone() as link:
                ((status,),) = (await link.ask(STATUS, tuple(number.split()))).rows
        except Error:  # it restarts, perhaps
            return None
        return None if status is None else str(status)


async def _reaching(result: Awaitable[T]) -> T:
    try:
        return await result
    except Error as error:
        failure = _refused(error)
    raise failure


def _refused(error: Error) -> StoreError:
    refused = error.sqlstate is None
    return unreachable(error) if refused else failure_of(error, lost=False).error
