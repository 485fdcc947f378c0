"""PostgreSQL, for many processes and machines that share one database."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from threading import Lock
from typing import TypeVar

try:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from compliant_sms.stores._postgres._engine import Engine, Work
    from compliant_sms.stores._postgres._guest import join_postgres, join_postgres_asynchronous
    from compliant_sms.stores._postgres._links import AsyncPool, BlockingPool, Pool, Settings
    from compliant_sms.stores._postgres._tables import Place
except ImportError as _missing:
    from compliant_sms.errors import MissingExtra

    _EXTRA = "postgres"
    raise MissingExtra(_EXTRA, "the PostgreSQL store") from _missing

from compliant_sms import _given
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput
from compliant_sms.ports import AtRest, HostConnection, Store
from compliant_sms.stores._vault import Vault

__all__ = ["PostgreSQL"]

# A server that vanishes silently is noticed before a claim's lease runs out.
_DEFAULTS: dict[str, str | int] = {
    "fallback_application_name": "compliant_sms",
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# Whatever PGCLIENTENCODING, the DSN or the database say: in another encoding text comes as bytes.
_ALWAYS: dict[str, str | int] = {"client_encoding": "UTF8"}

T = TypeVar("T")


class PostgreSQL:
    """A store in a PostgreSQL database (UTF-8, version 13 or newer), which your tables may share.

    Args:
        dsn: the location, in libpq's format: ``postgresql://user@host/database`` or
            ``host=... dbname=...``.
        max_connections: the most connections to open, for all threads together and for each event
            loop.
        busy_timeout: seconds to wait for another transaction's lock, and for a free connection.
        migrate: whether to create or upgrade the tables at the first use. If not, an empty or
            older database raises :class:`~compliant_sms.errors.SchemaTooOld`.
        prepare: whether the server may keep prepared statements. Pass False behind a PgBouncer
            that pools transactions, unless it is 1.22 or newer with ``max_prepared_statements``
            above 0, and psycopg uses libpq 17 or newer.

    Nothing is opened before the first use. After a fork the child opens its own connections. Start
    event loops after the fork.

    Raises:
        MissingExtra: psycopg is not installed.
        InvalidInput: the DSN cannot be parsed, or a number is not positive.
    """

    def __init__(
        self,
        dsn: str,
        *,
        max_connections: int = 10,
        busy_timeout: float = 10.0,
        migrate: bool = True,
        prepare: bool = True,
    ) -> None:
        _given.how_many(max_connections, "max_connections")
        _given.a_number(busy_timeout, "busy_timeout")
        if max_connections < 1 or busy_timeout <= 0:
            msg = "max_connections and busy_timeout must be more than zero"
            raise InvalidInput(msg)
        parts = _parts(dsn)
        self._where = {key: parts[key] for key in ("host", "port", "dbname") if key in parts}
        options = {"autocommit": True, "prepare_threshold": 0 if prepare else None}
        self._settings = Settings(
            conninfo=make_conninfo("", **(_DEFAULTS | parts | _ALWAYS)),
            options=options,
            most=max_connections,
            patience=busy_timeout,
        )
        self._may_migrate = migrate
        self._threads = self._engine(BlockingPool(self._settings))
        self._loops: dict[AbstractEventLoop, Engine] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        where = ", ".join(f"{key}={value!r}" for key, value in self._where.items())
        return f"PostgreSQL({where})"

    def _engine(self, pool: Pool) -> Engine:
        return Engine(pool, patience=self._settings.patience, may_migrate=self._may_migrate)

    def _engine_here(self) -> Engine:
        """The engine of the running event loop. Connections cannot be used on another loop."""
        loop = get_running_loop()
        with self._lock:
            for ended in [each for each in self._loops if each.is_closed()]:
                del self._loops[ended]
            if loop not in self._loops:
                self._loops[loop] = self._engine(AsyncPool(self._settings))
            return self._loops[loop]

    def run(self, work: Work[T]) -> T:
        """Run work in a durable transaction. It runs again if other transactions got in its way.

        Args:
            work: the work to do. It stores records in the clear.

        Raises:
            StoreError: the database failed; nothing was recorded.
            CommitUnknown: it is unknown whether anything was recorded.
        """
        return finish(self._threads.run(work))

    def open(self) -> None:
        """Connect and create the tables now, rather than at the first use.

        Raises:
            StoreError: it cannot be used.
        """
        finish(self._threads.open())

    def found_schema(self) -> int:
        """Return the version of the tables, 0 if there are none. Changes nothing.

        Raises:
            StoreError: they cannot be read, or are not this library's.
        """
        return finish(self._threads.found_schema())

    def close(self) -> None:
        """Close all connections of threads. The next use opens new ones."""
        finish(self._threads.close())

    async def aclose(self) -> None:
        """Do the same as :meth:`close`, and close the running event loop's connections too."""
        with self._lock:
            engine = self._loops.pop(get_running_loop(), None)
        if engine is not None:
            await engine.close()
        self.close()

    def blocking(self, keyring: AtRest = None) -> Store:
        """Return the store port for :class:`Messenger`; a keyring seals patient data."""
        return _BlockingPostgreSQL(self, Vault(keyring))

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """Return the store port for :class:`AsyncMessenger`; a keyring seals patient data."""
        return _AsyncPostgreSQL(self, Vault(keyring))

    def joined(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """Return the store port inside a transaction of your own ``psycopg.Connection``.

        Raises:
            ConfigurationError: it is not such a connection.
        """
        return join_postgres(connection, Vault(keyring), self._threads.is_at)

    def joined_asynchronous(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The same for a ``psycopg.AsyncConnection``."""
        return join_postgres_asynchronous(connection, Vault(keyring), self._is_at_here)

    async def _is_at_here(self, place: Place) -> bool:
        return await self._engine_here().is_at(place)


class _BlockingPostgreSQL:
    """Runs transactions on the calling thread. Its coroutines never suspend."""

    def __init__(self, store: PostgreSQL, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        return finish(self._store._threads.run(work, self._vault))  # noqa: SLF001


class _AsyncPostgreSQL:
    """Runs transactions on the running event loop."""

    def __init__(self, store: PostgreSQL, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, work: Work[T]) -> T:
        """See :meth:`compliant_sms.ports.Store.run`."""
        return await self._store._engine_here().run(work, self._vault)  # noqa: SLF001


def _parts(dsn: str) -> dict[str, str | int]:
    _given.a_text(dsn, "the DSN")
    if not dsn.strip():
        msg = "the DSN is empty. Pass 'postgresql://user@host/database' or 'host=... dbname=...'."
        raise InvalidInput(msg)
    try:
        return {key: value for key, value in conninfo_to_dict(dsn).items() if value is not None}
    except ProgrammingError:
        pass
    # Outside of the handler: the driver quotes the DSN, and with it a password.
    msg = (
        "the DSN cannot be read. Pass 'postgresql://user@host/database' or 'host=... dbname=...'; "
        "in the first form, without a driver's name (+psycopg), and special characters of a "
        "password stand as %XX."
    )
    raise InvalidInput(msg)
