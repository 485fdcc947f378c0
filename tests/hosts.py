"""Hosts: programs with tables and transactions of their own, in the database of the store."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
import sqlalchemy
from attrs import frozen
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.sqlite3 import base as django_sqlite

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


def bookings(database: Path) -> list[str]:
    """What is booked, as another connection sees it."""
    with closing(sqlite3.connect(database)) as connection:
        return [what for (what,) in connection.execute("SELECT what FROM bookings ORDER BY 1")]


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
def python_begins(database: Path) -> Iterator[Host]:
    """The way of old: sqlite3 begins a transaction before the first INSERT."""
    with closing(sqlite3.connect(database)) as connection:
        yield _on_sqlite3(connection, "BEGIN")


@contextmanager
def host_begins(database: Path) -> Iterator[Host]:
    """Python leaves transactions alone."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield _on_sqlite3(connection, "BEGIN IMMEDIATE")


@contextmanager
def always_begun(database: Path) -> Iterator[Host]:
    """As PEP 249 says: a transaction is open whenever one can be."""
    if sys.version_info < (3, 12):
        pytest.skip("sqlite3 knows autocommit=False from Python 3.12 on")
    with closing(sqlite3.connect(database, autocommit=False)) as connection:
        yield _on_sqlite3(connection, None)


class Logged(sqlite3.Connection):
    """A connection that lets nobody else make cursors or run statements."""

    def cursor(self, *_: Any, **__: Any) -> Any:
        raise AssertionError

    execute = executemany = cursor


@contextmanager
def odd_settings(database: Path) -> Iterator[Host]:
    """Rows as dictionaries, texts as bytes, and a way of its own to run statements."""
    with closing(
        sqlite3.connect(
            database,
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


@contextmanager
def django_on_sqlite(database: Path) -> Iterator[Host]:
    """Django with its SQLite backend."""
    set_up_django()
    base = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}
    given = connections.configure_settings({ALIAS: base})[ALIAS]
    with on_django(django_sqlite.DatabaseWrapper(given, ALIAS)) as host:
        yield host


@contextmanager
def sqlalchemy_on_sqlite(database: Path) -> Iterator[Host]:
    """SQLAlchemy with the driver of Python, which begins before the first INSERT."""
    engine = sqlalchemy.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:

        @contextmanager
        def begun() -> Iterator[None]:
            with connection.begin():
                connection.exec_driver_sql("BEGIN")
                yield

        def book(what: str) -> None:
            statement = sqlalchemy.text("INSERT INTO bookings VALUES (:what)")
            connection.execute(statement, {"what": what})

        yield Host(connection, begun, book)
    engine.dispose()


ON_SQLITE = [
    python_begins,
    host_begins,
    always_begun,
    odd_settings,
    django_on_sqlite,
    sqlalchemy_on_sqlite,
]
