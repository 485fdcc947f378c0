"""SQLite: the embedded default. WAL with full sync, so that what is committed survives.

Concurrent writes share one transaction and so one fsync: whoever gets the connection commits for
all who wait, each in a savepoint of its own.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Generic, LiteralString, TypeAlias, TypeVar, cast

from compliant_sms import _given
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, StoreError
from compliant_sms.stores._connection import Row
from compliant_sms.stores._dialect import SQLITE, Dialect
from compliant_sms.stores._sqlite_errors import READ_ONLY, our_errors, ours
from compliant_sms.stores._sqlite_file import open_to_read, open_to_write, open_unwritable
from compliant_sms.stores._sqlite_forks import inherit, refuse_inherited, watch
from compliant_sms.stores._vault import Vault

if TYPE_CHECKING:
    from compliant_sms.ports import AtRest, HostConnection, Store, Transaction


__all__ = ["SQLite"]

_LONGEST_BEFORE_FORK = 5.0
# One letter is a drive. A Path keeps a single slash.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")

T = TypeVar("T")
Work: TypeAlias = "Callable[[Transaction], Awaitable[T]]"


class _Cursor:
    """A connection as :class:`SqlTransaction` wants it; it never suspends."""

    dialect: Dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise ours(error) from None  # SQLite quotes what it cannot decode

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        try:
            return self._connection.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise ours(error) from None  # SQLite quotes what it cannot decode

    async def later(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        await self.execute(sql, parameters)

    async def prefetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> None:
        pass


class _Job(Generic[T]):
    """Work that waits for a transaction."""

    def __init__(self, work: Work[T], vault: Vault) -> None:
        from compliant_sms.stores._transaction import SqlTransaction

        self.work = work
        self.vault = vault
        self._transaction = SqlTransaction
        self.done = False
        self.committed = False
        self._result: T | None = None
        self._error: BaseException | None = None

    def run(self, cursor: _Cursor) -> None:
        # One file can serve practices with keys of their own.
        tx: Transaction = self._transaction(cursor, self.vault)
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
        path: the file. If there is none it is made, readable and writable by its owner only (on
            POSIX: mode 0600). A relative one is looked for where the program is: pass an absolute
            one where a web server and a worker are not started in one folder.
        busy_timeout: seconds to wait for another process's lock.
        migrate: make the tables, or bring them up to date, when the file is opened. Without it
            an empty or older database raises :class:`~compliant_sms.errors.SchemaTooOld`.
        shared: the file is a host's own, and its tables may lie beside the library's; without it
            a file with other tables only is taken for a mistake.

    A file that may only be read, such as a backup on a medium that cannot be written, can be read:
    :meth:`Messenger.verify_ledger` works, and whatever writes raises
    :class:`~compliant_sms.errors.StoreReadOnly`.

    Nothing is opened before the first use. A process that forks lets go of the file before that;
    it and its child open the same one again; event loops begin after it. Where a transaction lasts
    longer than it waits (``busy_timeout``, five seconds at most), the child cannot use the file.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        busy_timeout: float = 5.0,
        migrate: bool = True,
        shared: bool = False,
    ) -> None:
        # None, as of a variable that is not set, would be a file of that name.
        _given.a_kind(path, (str, os.PathLike), "the path of the database", "a file name")
        if not str(path).strip():
            msg = "the path of the database is empty. Pass a file name, or ':memory:' for tests."
            raise InvalidInput(msg)
        _given.a_number(busy_timeout, "busy_timeout")
        if _URL.match(str(path)):  # it may hold a password, which no file's name does
            msg = (
                "the path of the database is a URL. Pass the name of a file, or for PostgreSQL a "
                "DSN that begins with postgresql://, without the name of a driver (+psycopg)."
            )
            raise InvalidInput(msg)
        self._path = str(path)
        self._busy_timeout = busy_timeout
        self._may_migrate = migrate
        self._shared = shared
        self._connection: sqlite3.Connection | None = None
        self._opened_by = 0
        self._unwritable = False
        self._waiting: deque[_Job[Any]] = deque()
        self._entry = RLock()  # for as long as it takes to get into what waits, or out of it
        self._lock = Lock()
        watch(self)

    def __repr__(self) -> str:
        return f"SQLite({self._path!r})"

    def run(self, work: Work[T]) -> T:
        """Run the work in a durable transaction, together with whatever else waits.

        Args:
            work: what to do. Records that it keeps lie in the clear.

        Raises:
            StoreError: the database could not; nothing was recorded.
        """
        return self._finish(self._enqueue(work))

    def _enqueue(self, work: Work[T], vault: Vault | None = None) -> _Job[T]:
        job = _Job(work, vault or Vault())
        with self._entry:
            self._waiting.append(job)
        return job

    def _withdraw(self, job: _Job[Any]) -> None:
        """Take work back that nobody waits for any more, unless it has begun."""
        with self._entry:
            if job in self._waiting:
                self._waiting.remove(job)
                job.done = True

    def _finish(self, job: _Job[T]) -> T:
        self._see_to(job)
        return job.result()

    def _see_to(self, job: _Job[Any]) -> None:
        try:
            with self._lock:
                if not job.done:  # whoever held the lock before may have done it
                    self._commit_waiting()
        except BaseException:  # such as a signal while it waited for the lock
            self._withdraw(job)
            raise

    def _commit_waiting(self) -> None:
        batch: deque[_Job[Any]] = deque()
        try:
            with self._entry:
                batch, self._waiting = self._waiting, deque()
            with our_errors():
                self._transact(self._connect(), batch)
                if self._unwritable:  # such a connection sees nothing of what others change
                    self._let_go()
        except StoreError as error:
            for job in batch:
                job.fail(error)
        finally:
            for job in batch:
                if not job.committed:  # also where a signal cut it short
                    job.vault.forget()  # what it read may have been of this batch
                job.done = True

    def _transact(self, connection: sqlite3.Connection, batch: deque[_Job[Any]]) -> None:
        cursor, committing = _Cursor(connection), False
        try:
            _begin(connection)  # a signal may come while it waits for another process
            if len(batch) == 1:  # two statements fewer than with a savepoint
                self._run_alone(connection, cursor, batch[0])
            else:
                for job in batch:
                    self._run_in_savepoint(connection, cursor, job)
            if connection.in_transaction:
                committing = True
                connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            elif committing and not isinstance(error, sqlite3.Error):  # a signal, just after it
                _settle(batch)
            raise
        _settle(batch)

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
            # Wherever the program is when it is opened again, such as a daemon that went to "/".
            path = self._path if self._path == ":memory:" else str(Path(self._path).absolute())
            refuse_inherited(path)
            options = {"may_migrate": self._may_migrate, "shared": self._shared}
            try:
                self._connection = open_to_write(path, self._busy_timeout, **options)
                self._unwritable = False
            except sqlite3.OperationalError as error:
                self._connection = open_unwritable(path, error, **options)
                self._unwritable = True
            self._path, self._opened_by = path, os.getpid()
        refuse_inherited(self._path, is_parents=self._is_parents())
        return self._connection

    def open(self) -> None:
        """Open the file now, and make its tables, rather than at the first use.

        Raises:
            StoreError: it cannot be used.
        """
        with self._lock, our_errors():
            self._connect()

    def found_schema(self) -> int:
        """The version of the tables, 0 where there are none; changes nothing.

        Raises:
            StoreError: it cannot be read, or belongs to another program.
        """
        if self._path == ":memory:" or not Path(self._path).exists():
            return 0
        with our_errors():
            connection, version = open_to_read(self._path, shared=self._shared)
            connection.close()
            return version

    def close(self) -> None:
        """Close the file. It is opened again when it is used again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None and not self._is_parents():
            self._connection.close()
            self._connection = None

    def _is_parents(self) -> bool:
        return self._opened_by != os.getpid() and self._path != ":memory:"

    def _before_fork(self) -> bool:
        """Wait for the transaction in hand; False where it is this thread's own, or lasts."""
        held = self._lock.acquire(timeout=min(max(0.0, self._busy_timeout), _LONGEST_BEFORE_FORK))
        if held and self._path != ":memory:":
            with suppress(sqlite3.Error):  # the child leaves alone what is still open
                self._let_go()
        return held

    def _after_in_parent(self) -> None:
        self._lock.release()

    def _after_in_child(self) -> None:
        self._waiting, self._entry, self._lock = deque(), RLock(), Lock()
        if self._connection is not None and self._path != ":memory:":
            inherit(self._path, self)

    async def aclose(self) -> None:
        """As :meth:`close`."""
        self.close()

    def blocking(self, keyring: AtRest = None) -> Store:
        """The store port for :class:`Messenger`; a keyring seals what tells of patients."""
        return _BlockingSQLite(self, Vault(keyring))

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """The store port for :class:`AsyncMessenger`; a keyring seals what tells of patients."""
        return _AsyncSQLite(self, Vault(keyring))

    def joined(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The store port inside the transaction of a connection of yours to the same file.

        Raises:
            ConfigurationError: it is no such connection.
        """
        from compliant_sms.stores._sqlite_guest import join_sqlite

        return join_sqlite(connection, self._path, Vault(keyring))

    def joined_asynchronous(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The same for an event loop, which waits while the connection works."""
        from compliant_sms.stores._sqlite_guest import join_sqlite

        return join_sqlite(connection, self._path, Vault(keyring))


class _BlockingSQLite:
    """Runs transactions on the calling thread; its coroutines never suspend."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        return self._store._finish(self._store._enqueue(work, self._vault))  # noqa: SLF001


class _AsyncSQLite:
    """Runs transactions on one thread of its own, so that the event loop goes on."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._store = store
        self._vault = vault
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compliant_sms")

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`.

        Where the task is cancelled, the work is withdrawn or over before it hears of that.
        """
        import asyncio

        loop = asyncio.get_running_loop()
        # Queued before the thread gets to it: what waits together is committed together.
        job = self._store._enqueue(work, self._vault)  # noqa: SLF001
        try:
            await loop.run_in_executor(self._thread, self._store._see_to, job)  # noqa: SLF001
        except asyncio.CancelledError:
            self._store._withdraw(job)  # noqa: SLF001
            if not job.done:  # it had begun, and is over once it was seen to again
                over = loop.run_in_executor(self._thread, self._store._see_to, job)  # noqa: SLF001
                while not over.done():
                    with suppress(asyncio.CancelledError):  # the first one comes out
                        await asyncio.wait([over])
            raise
        except BaseException:  # such as that no thread can be started, or that its loop is gone
            self._store._withdraw(job)  # noqa: SLF001
            raise
        return job.result()


def _settle(batch: Iterable[_Job[Any]]) -> None:
    for job in batch:
        job.committed = True


def _begin(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != READ_ONLY:  # not those whose file was moved, say
            raise
        connection.execute("BEGIN")  # for whoever only reads
