"""What a long run found, kept for docs/reliability.md.

``nox -s endurance`` sets the variable; without it the same counts are checked and not kept.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Protocol

import pytest

from databases import Server

WHERE = "COMPLIANT_SMS_FIGURES"
FORGERIES = 10_000
Flips = Callable[[str, int], None]


class Record(Protocol):
    """Keeps what was counted."""

    def __call__(
        self, what: str, counted: Mapping[str, int], wrongs: Iterable[str], on: str = ""
    ) -> None:
        """Keep a row.

        Args:
            what: was done.
            counted: how often what was done, and what came of it.
            wrongs: what of that must be 0.
            on: which database or scheme; the test's own database, if not given.
        """


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Record:
    """Keeps what was counted; nothing that is wrong may have been found."""
    began = monotonic()

    def record(what: str, counted: Mapping[str, int], wrongs: Iterable[str], on: str = "") -> None:
        found = {wrong: counted.get(wrong, 0) for wrong in wrongs}
        ours = f"compliant-sms {version('compliant-sms')}"
        row = {
            "what": what,
            "on": on or _database(request),
            "counted": {name: n for name, n in counted.items() if n and name not in found},
            "found": found,
            "seconds": round(monotonic() - began),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": _commit(),
            "versions": f"{ours}, Python {platform.python_version()}",
        }
        if WHERE in os.environ:
            with Path(os.environ[WHERE]).open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(row)}\n")
        assert not any(found.values()), row

    return record


@pytest.fixture
def flips(figures: Record) -> Flips:
    """Keeps that so many forgeries of callbacks, each with one bit changed, were all refused."""

    def keep(scheme: str, count: int) -> None:
        if count >= FORGERIES:
            figures("callbacks: one flipped bit", {"forgeries": count}, ("believed",), scheme)

    return keep


def _commit() -> str:
    """Which state of the sources was measured; empty where they lie in no repository."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


def _database(request: pytest.FixtureRequest) -> str:
    kinds = {str(kind).lower() for kind in request.node.callspec.params.values()}
    if "postgresql" not in kinds:
        return f"SQLite {sqlite3.sqlite_version}"
    server: Server = request.getfixturevalue("postgres")
    ((version,),) = server.run("SHOW server_version")
    return f"PostgreSQL {version.split()[0]}"
