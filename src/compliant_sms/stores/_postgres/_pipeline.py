"""Statements that go to PostgreSQL on one way, and their answers that come back on one.

psycopg's own pipeline writes each statement to the socket by itself; here all leave in one piece.
https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from attrs import frozen
from psycopg import AsyncConnection, Connection, Error, Pipeline, abc
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from compliant_sms.stores._connection import Row

SUPPORTED: bool = Pipeline.is_supported()
"""Whether libpq has pipelines: it has from version 14 on."""

Statement: TypeAlias = "tuple[str, Sequence[object] | None]"
"""SQL and its values; without values it is not prepared."""

_AnyConnection: TypeAlias = "Connection[Any] | AsyncConnection[Any]"
_Key: TypeAlias = "tuple[bytes, tuple[int, ...] | None]"

# What a connection has prepared here, by SQL and the types of its values.
_prepared: WeakKeyDictionary[_AnyConnection, dict[_Key, bytes]] = WeakKeyDictionary()
_numbers = count()


@frozen
class Answer:
    """What a statement gave: its rows, how many it changed, and what the server says it did."""

    rows: list[Row]
    changed: int
    tag: str


def forget(connection: _AnyConnection) -> None:
    """Prepare anew: with a rollback psycopg has the server drop whatever was prepared."""
    _prepared.pop(connection, None)


def together(connection: _AnyConnection, statements: Sequence[Statement]) -> PQGen[list[Answer]]:
    """Run statements in order; what to pass to the connection's ``wait``.

    Raises:
        psycopg.Error: why the first that failed did; none was run after it.
    """
    pgconn = connection.pgconn
    adapter = Transformer(connection)
    names = _prepared.setdefault(connection, {})
    pgconn.enter_pipeline_mode()
    try:
        keys = [_put(connection, adapter, each, names) for each in statements]
        pgconn.pipeline_sync()
        yield from send(pgconn)
        results: list[PGresult] = []
        for key in keys:
            if key is not None:
                (result,) = yield from fetch_many(pgconn)
                if result.status != ExecStatus.COMMAND_OK:
                    del names[key]  # it was not prepared
                    results.append(result)
            results += yield from fetch_many(pgconn)
        yield from fetch_many(pgconn)  # the end of the pipeline
        return _answers(connection, adapter, results)
    finally:
        with suppress(Error):  # the connection broke
            pgconn.exit_pipeline_mode()


def _put(
    connection: _AnyConnection,
    adapter: abc.Transformer,
    statement: Statement,
    names: dict[_Key, bytes],
) -> _Key | None:
    """Put a statement into the pipeline; by what it is known, if it is prepared there first."""
    pgconn = connection.pgconn
    sql, values = statement[0].encode(), statement[1]
    if not values:
        pgconn.send_query_params(sql, None, result_format=Format.BINARY)
        return None
    given = adapter.dump_sequence(values, [PyFormat.AUTO] * len(values))
    types, formats = adapter.types, adapter.formats
    if connection.prepare_threshold is None:
        pgconn.send_query_params(sql, given, types, formats, Format.BINARY)
        return None
    key = (sql, types)
    is_new = key not in names
    if is_new:
        names[key] = b"compliant_sms_%d" % next(_numbers)
        pgconn.send_prepare(names[key], sql, types)
    pgconn.send_query_prepared(names[key], given, formats, Format.BINARY)
    return key if is_new else None


def _answers(
    connection: _AnyConnection, adapter: abc.Transformer, results: Sequence[PGresult]
) -> list[Answer]:
    answers = []
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            error = error_from_result(result, encoding=connection.info.encoding)
            if isinstance(error, InvalidSqlStatementName):  # as when a pool rolled back
                forget(connection)
            raise error
        answers.append(_answer(adapter, result))
    return answers


def _answer(adapter: abc.Transformer, result: PGresult) -> Answer:
    rows: list[Row] = []
    if result.status == ExecStatus.TUPLES_OK:
        adapter.set_pgresult(result)
        rows = list(adapter.load_rows(0, result.ntuples, tuple))
    return Answer(rows, result.command_tuples or 0, (result.command_status or b"").decode())
