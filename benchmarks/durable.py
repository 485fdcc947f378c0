"""A bare durable INSERT: the least that any ledger on this disk can cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["bare_insert"]

# By then the write-ahead log has its full length. Until then each commit also makes the file
# longer, which costs more than the row.
_UNTIL_STEADY = 1_200


@contextmanager
def bare_insert(folder: Path, payload: bytes) -> Iterator[Callable[[], object]]:
    """Commits one row with that payload, in WAL mode with full sync."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS bare (seq INTEGER PRIMARY KEY, record BLOB)")

        def insert() -> object:
            return connection.execute("INSERT INTO bare (record) VALUES (?)", (payload,))

        for _ in range(_UNTIL_STEADY):
            insert()
        yield insert
    finally:
        connection.close()
