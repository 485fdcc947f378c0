"""One transaction on one connection to PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import LiteralString

from psycopg import Error

from compliant_sms.errors import StoreError
from compliant_sms.stores._connection import Row
from compliant_sms.stores._dialect import POSTGRESQL, Dialect
from compliant_sms.stores._postgres._errors import Failure, failure_of
from compliant_sms.stores._postgres._links import Link
from compliant_sms.stores._postgres._named import positional
from compliant_sms.stores._postgres._pipeline import Answer, Statement

# A host may have turned durability down for its own tables; a claim or a revocation is never lost.
# Whoever freezes inside of a transaction does not hold a patient's number for ever.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
_SETTINGS = """SELECT set_config('lock_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', '60s', true),
    CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN ''
    ELSE set_config('synchronous_commit', 'on', true) END"""
# The number of the transaction comes with the first row that it writes, on no way of its own.
# After a crash the server may give a number again, so that it counts until the next start alone.
_STARTED = "extract(epoch FROM pg_postmaster_start_time())::text"
_NUMBERED = f" RETURNING pg_current_xact_id()::text || ' ' || {_STARTED}"
_NUMBER = f"SELECT pg_current_xact_id_if_assigned()::text || ' ' || {_STARTED}"
STATUS = f"SELECT CASE WHEN {_STARTED} = $2 THEN pg_xact_status($1::xid8) END"
"""What became of the transaction of a number; NULL where the server was started since."""
_WRITES = ("INSERT", "UPDATE", "DELETE")
_LOCKS = (POSTGRESQL.lock, POSTGRESQL.lock_shared)


class Session:
    """A connection as :class:`SqlTransaction` wants it, from BEGIN to COMMIT.

    What nobody waits for travels with the next statement: each way to the server and back takes
    longer than most statements.

    Args:
        link: the connection.
        patience: seconds to wait for a lock.

    Attributes:
        failure: why the transaction came to nothing; None as long as it stands.
        unknown: the number, and the server's start, of a transaction of whose commit no news came.
    """

    dialect: Dialect = POSTGRESQL

    def __init__(self, link: Link, patience: float) -> None:
        self._link = link
        self._patience = patience
        self._begin: LiteralString = _BEGIN
        self._begun = False
        self._waiting: list[Statement] = []
        self._behind: list[Statement] = []
        self._known: dict[Statement, list[Row]] = {}
        self._wrote = False
        self._number: str | None = None
        self.failure: Failure | None = None
        self.unknown: str | None = None

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of a query."""
        known = self._known.pop(_positional(sql, parameters), None) if self._known else None
        return (await self._run(sql, parameters)).rows if known is None else known

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """How many rows a statement changed."""
        if self._number is None and sql.startswith(_WRITES) and "RETURNING" not in sql:
            answer = await self._run(sql + _NUMBERED, parameters)
            self._number = answer.rows[0][0] if answer.rows else None
        else:
            answer = await self._run(sql, parameters)
        return answer.changed

    async def later(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Run a statement on one way with the next, or with the commit."""
        if sql == POSTGRESQL.one_moment:
            assert not self._begun, "a transaction has one beginning"  # noqa: S101
            self._begin = sql
        elif sql.startswith(_WRITES) and self._number is None:
            # A commit may only leave after the number by which to ask for it is here.
            await self.execute(sql, parameters)
        else:
            self._waiting.append(self._prepared(sql, parameters))

    async def prefetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        """Run a query on one way with the next one, behind it; :meth:`fetch` has its rows then."""
        self._behind.append(self._prepared(sql, parameters))

    async def _run(self, sql: LiteralString, parameters: Mapping[str, object]) -> Answer:
        return await self._ask(*self._prepared(sql, parameters))

    def _prepared(self, sql: LiteralString, parameters: Mapping[str, object]) -> Statement:
        if self.failure is not None:  # the work went on after an error
            raise self.failure.error
        if not self._begun:
            self._begun = True
            patience = f"{int(self._patience * 1000)}ms"
            self._waiting += [(self._begin, None), (_SETTINGS, (patience,))]
        if not sql.startswith("SELECT") or sql in _LOCKS:
            self._forget()
        self._wrote = self._wrote or not sql.startswith("SELECT")
        return _positional(sql, parameters)

    def _forget(self) -> None:
        """Ask anew what was to be known before."""
        self._behind.clear()
        self._known.clear()

    async def _ask(self, sql: str, values: Sequence[object] | None = None) -> Answer:
        before, self._waiting = self._waiting, []
        behind, self._behind = self._behind, []
        try:
            told = await self._link.together([*before, (sql, values), *behind])
        except Error as error:
            self.failure = failure_of(error, lost=self._link.lost)
            self._forget()
        else:
            answer, *others = told[len(before) :]
            rows = [other.rows for other in others]
            self._known.update(zip(behind, rows, strict=True))
            return answer
        # Outside of the handler: the driver's error quotes values, and must not come along.
        raise self.failure.error

    async def commit(self) -> None:
        """End it so that it is on disk."""
        if not self._begun:
            return
        self._forget()
        if self._wrote and self._number is None:
            await self._ask_number()
        try:
            answer = await self._ask("COMMIT")
        except StoreError:
            # Where nothing was written nothing can have been recorded.
            if self._link.lost:
                self.unknown = self._number
            raise
        assert answer.tag == "COMMIT", "only what stands is committed"  # noqa: S101

    async def _ask_number(self) -> None:
        answer = await self._ask(_NUMBER, ())
        self._number = answer.rows[0][0]

    async def roll_back(self) -> None:
        """Undo it, as far as the connection still stands."""
        self._waiting.clear()
        with suppress(Error):
            if not self._link.lost:
                await self._link.ask("ROLLBACK")


def _positional(sql: LiteralString, parameters: Mapping[str, object]) -> Statement:
    statement, names = positional(sql)
    return statement, tuple([parameters[name] for name in names])
