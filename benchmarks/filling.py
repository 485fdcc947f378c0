"""Filling a ledger in bulk: straight into the tables, as fast as the database takes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import TypeAlias

import psycopg
from places import is_postgresql, open_store
from psycopg import sql

__all__ = ["Batch", "fill"]

Row: TypeAlias = tuple[object, ...]
Batch: TypeAlias = tuple[Sequence[Row], Sequence[Row]]
"""Heads of chains (id, practice, number, person, 0), and links (id, position, payload, digest)."""

_TABLES = {
    "sms_chains": ("chain_id", "practice_id", "number", "person", "erased_below"),
    "sms_consent_events": ("chain_id", "position", "payload", "digest"),
}


def fill(where: str, batches: Iterable[Batch]) -> None:
    """Make the tables in an empty database, and put the batches into them."""
    store = open_store(where)
    store.open()
    store.close()
    (_into_postgresql if is_postgresql(where) else _into_sqlite)(where, batches)


def _into_sqlite(path: str, batches: Iterable[Batch]) -> None:
    statements = [
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for table, columns in _TABLES.items()
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nothing is lost but the benchmark, and a log would be as long as all of it.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN")
        for batch in batches:
            for statement, rows in zip(statements, batch, strict=True):
                connection.executemany(statement, rows)
        connection.execute("COMMIT")


def _into_postgresql(dsn: str, batches: Iterable[Batch]) -> None:
    copies = [
        sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        for table, columns in _TABLES.items()
    ]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")  # each link has its chain
        for batch in batches:
            for statement, rows in zip(copies, batch, strict=True):
                with connection.cursor().copy(statement) as copy:
                    for row in rows:
                        copy.write_row(row)
        connection.execute("VACUUM ANALYZE sms_chains, sms_consent_events")
