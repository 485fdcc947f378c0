"""Hosts: programs with a table and transactions of their own, in the database of the store."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import django
import psycopg
import pytest
import sqlalchemy
from attrs import frozen
from django.conf import settings
from django.db import connections, models, transaction
from psycopg.rows import dict_row
from psycopg.types.string import StrDumperUnknown, TextBinaryLoader, TextLoader

from compliant_sms import Messenger
from compliant_sms.stores import SQLite
from compliant_sms.stores.postgresql import PostgreSQL

BOOKINGS = "CREATE TABLE bookings (what TEXT NOT NULL PRIMARY KEY)"


@frozen
class Host:
    """A host and its table of bookings.

    Attributes:
        connection: what it passes to ``within``.
        transaction: begins one, and commits it or, after an error, rolls it back.
        book: writes a booking in it.
    """

    connection: Any
    transaction: Callable[[], AbstractContextManager[object]]
    book: Callable[[str], object]


class Place(Protocol):
    """A database with the library's tables and a host's."""

    store: SQLite | PostgreSQL
    where: str

    def run(self, statement: str) -> list[Any]:
        """Run it on a connection of its own; its rows."""


@frozen
class File:
    """A file of SQLite."""

    where: str
    store: SQLite

    def run(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.where)) as connection, connection:
            return connection.execute(statement).fetchall()


@frozen
class Server:
    """A database of PostgreSQL."""

    where: str
    store: PostgreSQL

    def run(self, statement: str) -> list[Any]:
        with psycopg.connect(self.where) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def bookings(place: Place) -> list[str]:
    """What is booked, as another connection sees it."""
    return [what for (what,) in place.run("SELECT what FROM bookings ORDER BY 1")]


# SQLite


def _on_sqlite3(connection: sqlite3.Connection, begin: str | None) -> Host:
    @contextmanager
    def begun() -> Iterator[None]:
        with connection:
            if begin:
                connection.execute(begin)
            yield

    def book(what: str) -> None:
        connection.execute("INSERT INTO bookings VALUES (?)", (what,))

    return Host(connection, begun, book)


@contextmanager
def python_begins(file: File) -> Iterator[Host]:
    """The way of old: sqlite3 begins a transaction before the first INSERT."""
    with closing(sqlite3.connect(file.where)) as connection:
        yield _on_sqlite3(connection, "BEGIN")


@contextmanager
def host_begins(file: File) -> Iterator[Host]:
    """Python leaves transactions alone."""
    with closing(sqlite3.connect(file.where, isolation_level=None)) as connection:
        yield _on_sqlite3(connection, "BEGIN IMMEDIATE")


@contextmanager
def always_begun(file: File) -> Iterator[Host]:
    """As PEP 249 says: a transaction is open whenever one can be."""
    if sys.version_info < (3, 12):
        pytest.skip("sqlite3 knows autocommit=False from Python 3.12 on")
    with closing(sqlite3.connect(file.where, autocommit=False)) as connection:
        yield _on_sqlite3(connection, None)


class Logged(sqlite3.Connection):
    """A connection that lets nobody else make cursors or run statements."""

    def cursor(self, *_: Any, **__: Any) -> Any:
        raise AssertionError

    execute = executemany = cursor


@contextmanager
def odd_settings(file: File) -> Iterator[Host]:
    """Rows as dictionaries, texts as bytes, and a way of its own to run statements."""
    with closing(
        sqlite3.connect(
            file.where,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
            factory=Logged,
        )
    ) as connection:
        connection.row_factory = lambda cursor, row: dict(
            zip([column[0] for column in cursor.description], row, strict=True)
        )
        connection.text_factory = bytes

        @contextmanager
        def begun() -> Iterator[None]:
            sqlite3.Cursor(connection).execute("BEGIN")
            with connection:
                yield

        def book(what: str) -> None:
            sqlite3.Cursor(connection).execute("INSERT INTO bookings VALUES (?)", (what,))
            seen = sqlite3.Connection.execute(connection, "SELECT what FROM bookings").fetchall()
            assert {"what": what.encode()} in seen

        yield Host(connection, begun, book)


ALIAS = "default"


def set_up_django() -> type[models.Model]:
    """Configure Django once in this process, and make a model of bookings."""
    if not settings.configured:
        settings.configure(
            DATABASES={}, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField"
        )
        django.setup()
    return _booking_model()


_MODELS: list[type[models.Model]] = []


def _booking_model() -> type[models.Model]:
    if not _MODELS:

        class Booking(models.Model):  # noqa: DJ008
            what = models.TextField(primary_key=True)

            class Meta:
                app_label = "clinic"
                db_table = "bookings"

        _MODELS.append(Booking)
    return _MODELS[0]


@contextmanager
def on_django(wrapper: Any) -> Iterator[Host]:
    """A host that books through Django's models, on that connection."""
    booking = set_up_django()
    connections[ALIAS] = wrapper
    try:
        yield Host(
            connections[ALIAS],
            transaction.atomic,
            lambda what: booking._default_manager.create(what=what),
        )
    finally:
        wrapper.close()
        del connections[ALIAS]


def _wrapper(backend: str, **where: object) -> Any:
    set_up_django()
    given = {"ENGINE": f"django.db.backends.{backend}", **where}
    complete = connections.configure_settings({ALIAS: given})[ALIAS]
    return import_module(f"{given['ENGINE']}.base").DatabaseWrapper(complete, ALIAS)


@contextmanager
def django_on_sqlite(file: File) -> Iterator[Host]:
    """Django with its SQLite backend."""
    with on_django(_wrapper("sqlite3", NAME=file.where)) as host:
        yield host


def _on_sqlalchemy(engine: sqlalchemy.Engine, begin: str) -> Iterator[Host]:
    with engine.connect() as connection:

        @contextmanager
        def begun() -> Iterator[None]:
            with connection.begin():
                connection.exec_driver_sql(begin)
                yield

        def book(what: str) -> None:
            statement = sqlalchemy.text("INSERT INTO bookings VALUES (:what)")
            connection.execute(statement, {"what": what})

        yield Host(connection, begun, book)
    engine.dispose()


@contextmanager
def sqlalchemy_on_sqlite(file: File) -> Iterator[Host]:
    """SQLAlchemy with the driver of Python, which begins before the first INSERT."""
    yield from _on_sqlalchemy(sqlalchemy.create_engine(f"sqlite:///{file.where}"), "BEGIN")


ON_SQLITE = [
    python_begins,
    host_begins,
    always_begun,
    odd_settings,
    django_on_sqlite,
    sqlalchemy_on_sqlite,
]


# PostgreSQL


def _on_psycopg(connection: psycopg.Connection[Any]) -> Host:
    def book(what: str) -> None:
        connection.execute("INSERT INTO bookings VALUES (%s)", (what,))

    return Host(connection, connection.transaction, book)


@contextmanager
def psycopg_begins(server: Server) -> Iterator[Host]:
    """Psycopg begins a transaction before the first statement."""
    with closing(psycopg.connect(server.where)) as connection:

        @contextmanager
        def begun() -> Iterator[None]:
            try:
                yield
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

        yield Host(connection, begun, _on_psycopg(connection).book)


@contextmanager
def psycopg_autocommits(server: Server) -> Iterator[Host]:
    """A transaction is open only where the host opens one."""
    with closing(psycopg.connect(server.where, autocommit=True)) as connection:
        yield _on_psycopg(connection)


class Shouting(TextLoader):
    """Reads all texts in capitals."""

    def load(self, data: Any) -> str:
        return str(super().load(data)).upper()


class ShoutingToo(TextBinaryLoader):
    """The same in the other format."""

    def load(self, data: Any) -> str:
        return str(super().load(data)).upper()


@contextmanager
def psycopg_odd_settings(server: Server) -> Iterator[Host]:
    """Rows as dictionaries, its own ways with texts and bytes, parameters put in by the client."""
    with closing(
        psycopg.connect(
            server.where, autocommit=True, row_factory=dict_row, cursor_factory=psycopg.ClientCursor
        )
    ) as connection:
        connection.adapters.register_loader("text", Shouting)
        connection.adapters.register_loader("text", ShoutingToo)
        connection.adapters.register_loader("bytea", Shouting)
        connection.adapters.register_loader("bytea", ShoutingToo)
        connection.adapters.register_dumper(str, StrDumperUnknown)
        plain = _on_psycopg(connection)

        def book(what: str) -> None:
            plain.book(what)
            seen = connection.execute("SELECT what FROM bookings").fetchall()
            assert {"what": what.upper()} in seen

        yield Host(connection, plain.transaction, book)


@contextmanager
def django_on_postgresql(server: Server) -> Iterator[Host]:
    """Django with its PostgreSQL backend."""
    given = psycopg.conninfo.conninfo_to_dict(server.where)
    name, user, host = given.pop("dbname"), given.pop("user"), given.pop("host")
    wrapper = _wrapper("postgresql", NAME=name, USER=user, HOST=host, OPTIONS=given)
    with on_django(wrapper) as made:
        yield made


@contextmanager
def sqlalchemy_on_postgresql(server: Server) -> Iterator[Host]:
    """SQLAlchemy with psycopg."""
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(server.where)
    )
    yield from _on_sqlalchemy(engine, "SELECT 1")


ON_POSTGRESQL = [
    psycopg_begins,
    psycopg_autocommits,
    psycopg_odd_settings,
    django_on_postgresql,
    sqlalchemy_on_postgresql,
]


class HostError(Exception):
    """What goes wrong in the host."""


@pytest.fixture(name="kind", params=[host_begins, psycopg_begins], ids=lambda kind: kind.__name__)
def one_for_each_database(request: pytest.FixtureRequest) -> Any:
    """What the host works with, one for each database: it makes no difference."""
    return request.param


@pytest.fixture(name="place")
def shared_database(request: pytest.FixtureRequest, kind: Any, database: Path) -> Place:
    """The database of the store and of the host."""
    if kind in ON_SQLITE:
        return File(str(database), SQLite(database))
    dsn = request.getfixturevalue("used_postgres_dsn")
    return Server(dsn, PostgreSQL(dsn))


@pytest.fixture(name="host")
def host_at_work(kind: Any, place: Place, willing: Messenger) -> Iterator[Host]:
    """A host at work, in the database of the test's ``willing`` messenger."""
    with kind(place) as made:
        yield made
