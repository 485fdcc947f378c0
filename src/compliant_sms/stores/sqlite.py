"""SQLite: the embedded default. WAL with full sync, so that what is committed survives.

Concurrent writes share one transaction and so one fsync: whoever gets the connection commits for
all who wait, each in a savepoint of its own.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Generic, LiteralString, TypeVar, cast

from compliant_sms.driver import finish
from compliant_sms.errors import (
    InvalidInput,
    NotOurDatabase,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from compliant_sms.ports import AtRest, Store, Transaction
from compliant_sms.stores._connection import Row
from compliant_sms.stores._dialect import SQLITE, Dialect
from compliant_sms.stores._schema import is_outdated, migrations, newest
from compliant_sms.stores._transaction import SqlTransaction
from compliant_sms.stores._vault import Vault

__all__ = ["SQLite"]

_SWITCHES = 5

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]

# Primary result codes, https://www.sqlite.org/rescode.html
_BUSY, _LOCKED, _READ_ONLY, _FULL, _CANNOT_OPEN, _CORRUPT, _NOT_A_DATABASE = 5, 6, 8, 13, 14, 11, 26
_ERRORS: dict[int, tuple[type[StoreError], str]] = {
    _BUSY: (StoreBusy, "the database stayed locked by another connection. Try again."),
    _LOCKED: (StoreBusy, "the database stayed locked by another connection. Try again."),
    _READ_ONLY: (
        StoreReadOnly,
        "the database, or the folder it lies in, cannot be written. Check the permissions.",
    ),
    _FULL: (StoreFull, "the disk under the database is full. Free some space and try again."),
    _CANNOT_OPEN: (
        StoreError,
        "the database file cannot be opened. Check the path and its permissions.",
    ),
    _CORRUPT: (NotOurDatabase, "the database file is damaged. Restore a backup."),
    _NOT_A_DATABASE: (NotOurDatabase, "the file is not an SQLite database. Check the path."),
}


def _ours(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # extended codes share the low byte
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    kind, words = _ERRORS.get(code, (StoreError, "the database failed"))
    return kind(f"{words} ({name})")


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error) from error


class _Cursor:
    """A connection as :class:`SqlTransaction` wants it; it never suspends."""

    dialect: Dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _ours(error) from error

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        try:
            return self._connection.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise _ours(error) from error


class _Job(Generic[T]):
    """Work that waits for a transaction."""

    def __init__(self, work: Work[T], vault: Vault) -> None:
        self.work = work
        self.vault = vault
        self.done = False
        self.committed = False
        self._result: T | None = None
        self._error: BaseException | None = None

    def run(self, cursor: _Cursor) -> None:
        # One file can serve practices with keys of their own.
        tx: Transaction = SqlTransaction(cursor, self.vault)
        self._result = finish(cast("Coroutine[Any, Any, T]", self.work(tx)))

    def fail(self, error: BaseException) -> None:
        self._error = error

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        if not self.committed:
            msg = "the transaction was interrupted; nothing was recorded. Try again."
            raise StoreError(msg)
        return cast("T", self._result)


class SQLite:
    """A database file, or ``":memory:"`` for tests.

    Args:
        path: the file; it is made if there is none.
        busy_timeout: seconds to wait for another process's lock.
        migrate: make the tables, or bring them up to date, when the file is opened. Without it
            an empty or older database raises :class:`~compliant_sms.errors.SchemaTooOld`.

    Nothing is opened before the first use.
    """

    def __init__(
        self, path: str | Path, *, busy_timeout: float = 5.0, migrate: bool = True
    ) -> None:
        if not str(path).strip():
            msg = "the path of the database is empty. Pass a file name, or ':memory:' for tests."
            raise InvalidInput(msg)
        self._path = str(path)
        self._busy_timeout = busy_timeout
        self._may_migrate = migrate
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[_Job[Any]] = deque()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"SQLite({self._path!r})"

    def run(self, work: Work[T], vault: Vault | None = None) -> T:
        """Run the work in a durable transaction, together with whatever else waits.

        Args:
            work: what to do.
            vault: seals records and opens them; without one they lie in the clear.

        Raises:
            StoreError: the database could not; nothing was recorded.
        """
        return self._finish(self._enqueue(work, vault))

    def _enqueue(self, work: Work[T], vault: Vault | None = None) -> _Job[T]:
        job = _Job(work, vault or Vault())
        self._waiting.append(job)
        return job

    def _finish(self, job: _Job[T]) -> T:
        with self._lock:
            if not job.done:  # whoever held the lock before may have done it
                self._commit_waiting()
        return job.result()

    def _commit_waiting(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with _our_errors():
                self._transact(self._connect(), batch)
        except StoreError as error:
            for job in batch:
                job.fail(error)
                job.vault.forget()  # what it read may have been of this batch
        finally:
            for job in batch:
                job.done = True

    def _transact(self, connection: sqlite3.Connection, batch: list[_Job[Any]]) -> None:
        cursor = _Cursor(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if len(batch) == 1:  # two statements fewer than with a savepoint
                self._run_alone(connection, cursor, batch[0])
            else:
                for job in batch:
                    self._run_in_savepoint(connection, cursor, job)
            if connection.in_transaction:
                connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        for job in batch:
            job.committed = True

    @staticmethod
    def _run_alone(connection: sqlite3.Connection, cursor: _Cursor, job: _Job[Any]) -> None:
        try:
            job.run(cursor)
        except Exception as error:
            job.fail(error)
            if not connection.in_transaction:  # a full disk rolls back everything by itself
                raise
            connection.execute("ROLLBACK")

    @staticmethod
    def _run_in_savepoint(connection: sqlite3.Connection, cursor: _Cursor, job: _Job[Any]) -> None:
        connection.execute("SAVEPOINT job")
        try:
            job.run(cursor)
        except Exception as error:
            job.fail(error)
            if not connection.in_transaction:  # a full disk rolls back everything by itself
                raise
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _open(self._path, self._busy_timeout, may_migrate=self._may_migrate)
        return self._connection

    def open(self) -> None:
        """Open the file now, and make its tables, rather than at the first use.

        Raises:
            StoreError: it cannot be used.
        """
        with self._lock, _our_errors():
            self._connect()

    def found_schema(self) -> int:
        """The version of the tables, 0 where there are none; changes nothing.

        Raises:
            StoreError: it cannot be read, or belongs to another program.
        """
        if self._path == ":memory:" or not Path(self._path).exists():
            return 0
        with _our_errors():
            uri = f"{Path(self._path).resolve().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                return _version(connection)

    def close(self) -> None:
        """Close the file. It is opened again when it is used again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    async def aclose(self) -> None:
        """As :meth:`close`."""
        self.close()

    def blocking(self, keyring: AtRest = None) -> Store:
        """The store port for :class:`Messenger`; a keyring seals what tells of patients."""
        return _BlockingSQLite(self, Vault(keyring))

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """The store port for :class:`AsyncMessenger`; a keyring seals what tells of patients."""
        return _AsyncSQLite(self, Vault(keyring))


class _BlockingSQLite:
    """Runs transactions on the calling thread; its coroutines never suspend."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        return self._store.run(work, self._vault)


class _AsyncSQLite:
    """Runs transactions on one thread of its own, so that the event loop goes on."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - not for blocking use

        self._store = store
        self._vault = vault
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compliant_sms")

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        import asyncio  # noqa: PLC0415 - whoever awaits this has imported it

        # Queued before the thread gets to it: what waits together is committed together.
        job = self._store._enqueue(work, self._vault)  # noqa: SLF001
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._store._finish, job)  # noqa: SLF001


def _open(path: str, busy_timeout: float, *, may_migrate: bool) -> sqlite3.Connection:
    if not may_migrate and path != ":memory:" and not Path(path).exists():
        is_outdated(0, may_migrate=False)  # connecting would leave an empty file
    connection = sqlite3.connect(
        path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
    )
    try:
        # Before anything is written: the file may be somebody else's, or not to be touched.
        is_outdated(_version(connection), may_migrate=may_migrate)
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, allowed=may_migrate)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != _BUSY:
                raise
            # Where two connections switch at once SQLite does not wait. This does.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _migrate(connection: sqlite3.Connection, *, allowed: bool) -> None:
    if not is_outdated(_version(connection), may_migrate=allowed):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        for statement in migrations(SQLITE, _version(connection)):
            connection.execute(statement)
        connection.execute("DELETE FROM sms_schema")
        connection.execute("INSERT INTO sms_schema (version) VALUES (?)", (newest(),))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk rolls back everything by itself
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    tables = {
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    }
    if "sms_schema" in tables:
        (version,) = connection.execute("SELECT version FROM sms_schema").fetchone()
        return int(version)
    if tables:
        msg = (
            "the database belongs to another program: it has tables, and none of compliant_sms. "
            "Check the path."
        )
        raise NotOurDatabase(msg)
    return 0
