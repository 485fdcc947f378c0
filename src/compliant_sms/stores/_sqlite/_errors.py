"""SQLite's errors as this library's. No value of a statement is ever part of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from compliant_sms.errors import (
    NotOurDatabase,
    RecordAltered,
    SchemaTooOld,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from compliant_sms.stores._schema import missing

# Primary result codes, https://www.sqlite.org/rescode.html
BUSY, _LOCKED, READ_ONLY, _FULL, _CANNOT_OPEN, _CORRUPT, _NOT_A_DATABASE = 5, 6, 8, 13, 14, 11, 26
# What is said of a folder that cannot be written, by its mode or as all of the disk is read only.
UNWRITABLE = frozenset({1544, _CANNOT_OPEN})
_ERRORS: dict[int, tuple[type[StoreError], str]] = {
    BUSY: (StoreBusy, "the database stayed locked by another connection. Try again."),
    _LOCKED: (StoreBusy, "the database stayed locked by another connection. Try again."),
    READ_ONLY: (
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

_ALTERED = (
    "a record holds text that is none, so that another program changed it. Run verify_ledger(), "
    "and restore a backup."
)
# What has no code of its own, by how SQLite's words begin. They go on with values.
_WORDS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("Could not decode to UTF-8", RecordAltered, _ALTERED),
    ("no such table", SchemaTooOld, missing("table")),
    ("no such column", SchemaTooOld, missing("column")),
)


def ours(error: sqlite3.Error) -> StoreError:
    """The error to raise in its place."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # extended codes share the low byte
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    kind, words = _ERRORS.get(code) or _by_words(str(error))
    return kind(f"{words} ({name})")


def _by_words(said: str) -> tuple[type[StoreError], str]:
    for begins, kind, words in _WORDS:
        if said.startswith(begins):
            return kind, words
    return StoreError, "the database failed"


@contextmanager
def our_errors() -> Iterator[None]:
    """Raise this library's errors in place of SQLite's, which quote what cannot be decoded."""
    try:
        yield
    except sqlite3.Error as error:
        raise ours(error) from None
