"""Where databases lie that are measured: files in a folder, and a PostgreSQL server for the run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from compliant_sms.stores import PostgreSQL, SQLite

__all__ = ["Place", "is_postgresql", "open_store", "places", "postgresql"]

Store = SQLite | PostgreSQL


class Place(Protocol):
    """Hands out empty databases, which end with their block: paths, or DSNs."""

    name: str

    def database(self) -> AbstractContextManager[str]:
        """Where an empty database is."""


class _Files:
    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def database(self) -> Iterator[str]:
        path = self._folder / f"{uuid4().hex}.db"
        yield str(path)
        for rest in self._folder.glob(f"{path.name}*"):
            rest.unlink()


class _Server:
    name = "PostgreSQL"

    def __init__(self, server: Any) -> None:
        self.database = server.database


@contextmanager
def places(folder: Path) -> Iterator[tuple[Place, ...]]:
    """SQLite and PostgreSQL."""
    with postgresql() as server:
        yield _Files(folder), server


@contextmanager
def postgresql() -> Iterator[Place]:
    """The server of the tests, which must not lose what it committed here."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    from databases import DSN, running_server  # noqa: PLC0415 - lies beside the tests

    with running_server() as server:
        if not os.environ.get(DSN):  # somebody's own server is as they want it
            server.run("ALTER SYSTEM SET fsync = on")
            server.run("SELECT pg_reload_conf()")
        yield _Server(server)


def is_postgresql(where: str) -> bool:
    """Whether that is a DSN, and no path."""
    return "dbname=" in where


def open_store(where: str, **options: Any) -> Store:
    """The store over a database; options are those of PostgreSQL."""
    return PostgreSQL(where, **options) if is_postgresql(where) else SQLite(where)
