"""SQLite, the embedded default. It uses WAL with full sync, so that commits survive a crash.

Concurrent writes share one transaction and so one fsync: whoever gets the connection commits for
all who wait, each in its own savepoint.
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
from compliant_sms.stores._sqlite._errors import READ_ONLY, our_errors, ours
from compliant_sms.stores._sqlite._file import open_to_read, open_to_write, open_unwritable
from compliant_sms.stores._sqlite._forks import inherit, refuse_inherited, watch
from compliant_sms.stores._vault import Vault

if TYPE_CHECKING:
    from compliant_sms.ports import AtRest, HostConnection, Store, Transaction


__all__ = ["SQLite"]

_LONGEST_BEFORE_FORK = 5.0
# One letter is a drive. A Path keeps only one slash.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")

T = TypeVar("T")
Work: TypeAlias = "Callable[[Transaction], Awaitable[T]]"


class _Cursor:
    """A connection as :class:`SqlTransaction` needs it. It never suspends."""

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
    """Work that is waiting for a transaction."""

    def __init__(self, work: Work[T], vault: Vault) -> None:
        from compliant_sms.stores._sql._transaction import SqlTransaction

        self.work = work
        self.vault = vault
        self._transaction = SqlTransaction
        self.done = False
        self.committed = False
        self._result: T | None = None
        self._error: BaseException | None = None

    def run(self, cursor: _Cursor) -> None:
        # One file can serve practices with different keys.
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
    """A store in an SQLite file, or in ``":memory:"`` for tests.

    Args:
        path: the file. A missing file is created, readable and writable only by its owner (on
            POSIX: mode 0600). A relative path starts from the program's working directory. Pass an
            absolute one if a web server and a worker are started in different directories.
        busy_timeout: seconds to wait for another process's lock.
        migrate: whether to create or upgrade the tables when the file is opened. If not, an empty
            or older database raises :class:`~compliant_sms.errors.SchemaTooOld`.
        shared: whether the file belongs to your program, whose tables may be beside the library's.
            If not, a file that holds only other tables is taken for a mistake.

    A read-only file, such as a backup on a medium that cannot be written, can still be read:
    :meth:`Messenger.verify_ledger` works, and whatever writes raises
    :class:`~compliant_sms.errors.StoreReadOnly`.

    Nothing is opened before the first use. Before a process forks, it closes the file; it and its
    child then open the same file again. Start event loops after the fork. If a transaction lasts
    longer than the fork waits (``busy_timeout``, at most five seconds), the child cannot use the
    file.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        busy_timeout: float = 5.0,
        migrate: bool = True,
        shared: bool = False,
    ) -> None:
        # None, as from an unset variable, would become a file of that name.
        _given.a_kind(path, (str, os.PathLike), "the path of the database", "a file name")
        if not str(path).strip():
            msg = "the path of the database is empty. Pass a file name, or ':memory:' for tests."
            raise InvalidInput(msg)
        _given.a_number(busy_timeout, "busy_timeout")
        if _URL.match(str(path)):  # it may contain a password, unlike a file's name
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
        self._entry = RLock()  # held only while entering or leaving the queue
        self._lock = Lock()
        watch(self)

    def __repr__(self) -> str:
        return f"SQLite({self._path!r})"

    def run(self, work: Work[T]) -> T:
        """Run work in a durable transaction, together with any other work that is waiting.

        Args:
            work: the work to do. It stores records in the clear.

        Raises:
            StoreError: the database failed; nothing was recorded.
        """
        return self._finish(self._enqueue(work))

    def _enqueue(self, work: Work[T], vault: Vault | None = None) -> _Job[T]:
        job = _Job(work, vault or Vault())
        with self._entry:
            self._waiting.append(job)
        return job

    def _withdraw(self, job: _Job[Any]) -> None:
        """Withdraw work that nobody waits for any more, unless it has begun."""
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
                if not job.done:  # the previous holder of the lock may have done it
                    self._commit_waiting()
        except BaseException:  # such as a signal while waiting for the lock
            self._withdraw(job)
            raise

    def _commit_waiting(self) -> None:
        batch: deque[_Job[Any]] = deque()
        try:
            with self._entry:
                batch, self._waiting = self._waiting, deque()
            with our_errors():
                self._transact(self._connect(), batch)
                if self._unwritable:  # such a connection does not see others' changes
                    self._let_go()
        except StoreError as error:
            for job in batch:
                job.fail(error)
        finally:
            for job in batch:
                if not job.committed:  # also if a signal interrupted it
                    job.vault.forget()  # what it read may come from this batch
                job.done = True

    def _transact(self, connection: sqlite3.Connection, batch: deque[_Job[Any]]) -> None:
        cursor, committing = _Cursor(connection), False
        try:
            _begin(connection)  # a signal may arrive while it waits for another process
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
            elif committing and not isinstance(error, sqlite3.Error):  # a signal just after it
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
            # Absolute, because the program may have changed directory when it opens it again, as
            # a daemon that goes to "/".
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
        """Open the file and create its tables now, rather than at the first use.

        Raises:
            StoreError: it cannot be used.
        """
        with self._lock, our_errors():
            self._connect()

    def found_schema(self) -> int:
        """Return the version of the tables, 0 if there are none. Changes nothing.

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
        """Close the file. The next use opens it again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None and not self._is_parents():
            self._connection.close()
            self._connection = None

    def _is_parents(self) -> bool:
        return self._opened_by != os.getpid() and self._path != ":memory:"

    def _before_fork(self) -> bool:
        """Wait for the current transaction. False if it is this thread's own, or takes too long."""
        held = self._lock.acquire(timeout=min(max(0.0, self._busy_timeout), _LONGEST_BEFORE_FORK))
        if held and self._path != ":memory:":
            with suppress(sqlite3.Error):  # the child does not touch what is still open
                self._let_go()
        return held

    def _after_in_parent(self) -> None:
        self._lock.release()

    def _after_in_child(self) -> None:
        self._waiting, self._entry, self._lock = deque(), RLock(), Lock()
        if self._connection is not None and self._path != ":memory:":
            inherit(self._path, self)

    async def aclose(self) -> None:
        """Async counterpart of :meth:`close`."""
        self.close()

    def blocking(self, keyring: AtRest = None) -> Store:
        """Return the store port for :class:`Messenger`; a keyring seals patient data."""
        return _BlockingSQLite(self, Vault(keyring))

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """Return the store port for :class:`AsyncMessenger`; a keyring seals patient data."""
        return _AsyncSQLite(self, Vault(keyring))

    def joined(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """Return the store port inside a transaction of your own connection to the same file.

        Raises:
            ConfigurationError: it is not such a connection.
        """
        from compliant_sms.stores._sqlite._guest import join_sqlite

        return join_sqlite(connection, self._path, Vault(keyring))

    def joined_asynchronous(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The same for an event loop, which is blocked while the connection works."""
        from compliant_sms.stores._sqlite._guest import join_sqlite

        return join_sqlite(connection, self._path, Vault(keyring))


class _BlockingSQLite:
    """Runs transactions on the calling thread. Its coroutines never suspend."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        return self._store._finish(self._store._enqueue(work, self._vault))  # noqa: SLF001


class _AsyncSQLite:
    """Runs transactions on its own thread, so that the event loop is not blocked."""

    def __init__(self, store: SQLite, vault: Vault) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._store = store
        self._vault = vault
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compliant_sms")

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`.

        If the task is cancelled, the work is withdrawn or finished before the task learns of it.
        """
        import asyncio

        loop = asyncio.get_running_loop()
        # Queued before the thread gets to it, so that what waits together is committed together.
        job = self._store._enqueue(work, self._vault)  # noqa: SLF001
        try:
            await loop.run_in_executor(self._thread, self._store._see_to, job)  # noqa: SLF001
        except asyncio.CancelledError:
            self._store._withdraw(job)  # noqa: SLF001
            if not job.done:  # it had begun; another pass finishes it
                over = loop.run_in_executor(self._thread, self._store._see_to, job)  # noqa: SLF001
                while not over.done():
                    with suppress(asyncio.CancelledError):  # the first one comes out
                        await asyncio.wait([over])
            raise
        except BaseException:  # such as when no thread can be started, or the loop is gone
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
        if error.sqlite_errorcode != READ_ONLY:  # not other codes, as for a file that was moved
            raise
        connection.execute("BEGIN")  # enough for reading
