"""A bare durable INSERT: the least that any ledger in this place can cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
from places import Place, is_postgresql

__all__ = ["bare_insert"]

# By then the write-ahead log has its full length. Until then each commit also makes the file
# longer, which costs more than the row.
_UNTIL_STEADY = 1_200


@contextmanager
def bare_insert(place: Place, payload: bytes) -> Iterator[Callable[[], object]]:
    """Commits one row with that payload: in WAL mode with full sync, or with fsync."""
    with place.database() as where:
        opened = _on_postgresql if is_postgresql(where) else _on_sqlite
        with opened(where, payload) as insert:
            for _ in range(_UNTIL_STEADY):
                insert()
            yield insert


@contextmanager
def _on_sqlite(path: str, payload: bytes) -> Iterator[Callable[[], object]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE bare (seq INTEGER PRIMARY KEY, record BLOB)")
        yield lambda: connection.execute("INSERT INTO bare (record) VALUES (?)", (payload,))


@contextmanager
def _on_postgresql(dsn: str, payload: bytes) -> Iterator[Callable[[], object]]:
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=0) as connection:
        connection.execute(
            "CREATE TABLE bare (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record BYTEA)"
        )
        yield lambda: connection.execute("INSERT INTO bare (record) VALUES (%s)", (payload,))
