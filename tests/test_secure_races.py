"""Many guess at once what a page asks: no more guesses count than the limit, whoever is first."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from carriers import carrier_of
from compliant_sms import Keyring
from conftest import SENDER
from databases import Server
from secure_guesser import messenger_over
from secure_visits import RIGHT, WRONG, Visitor, notice
from test_send import agree
from unmeasured import surroundings

HERE = Path(__file__).parent
GUESSERS, GUESSES = 4, 12


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database that processes share."""
    if request.param == "SQLite":
        yield {"path": str(tmp_path / "texting.db")}
        return
    server: Server = request.getfixturevalue("postgres")
    with server.used_database() as dsn:
        yield {"dsn": dsn}


def test_processes_that_guess_together(place: dict[str, str], tmp_path: Path) -> None:
    """Five wrong answers are taken of all together; then nothing opens, not even the right one."""
    keys = str(tmp_path / "texting.keys")
    Keyring.generate().write(keys)
    with carrier_of([SENDER]) as url, messenger_over(place, keys, url) as messenger:
        agree(messenger)
        ana = notice(messenger)
        arguments = [json.dumps(place), keys, ana.token, f"{GUESSES}"]
        guessers = [
            subprocess.Popen(
                [sys.executable, str(HERE / "secure_guesser.py"), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=surroundings(),
            )
            for _ in range(GUESSERS)
        ]
        for guesser in guessers:
            assert guesser.stdout is not None
            assert guesser.stdout.readline() == "ready\n"
        for guesser in guessers:
            assert guesser.stdin is not None
            guesser.stdin.write("go\n")
            guesser.stdin.flush()
        counted = [int(guesser.communicate()[0]) for guesser in guessers]

        assert sum(counted) == 4  # the fifth is told that the page is locked
        assert ana.happened().count("wrong_answer") == 5
        assert ana.happened().count("locked") == 1
        assert ana.answer(RIGHT).status == 403
        assert "read" not in ana.happened()


def test_guessing_alone_is_no_other(place: dict[str, str], tmp_path: Path) -> None:
    """One who guesses gets as far as many: the count that the race is held against."""
    keys = str(tmp_path / "texting.keys")
    Keyring.generate().write(keys)
    with carrier_of([SENDER]) as url, messenger_over(place, keys, url) as messenger:
        agree(messenger)
        ana: Visitor = notice(messenger)
        for _ in range(GUESSERS * GUESSES):
            ana.answer(WRONG)

        assert ana.happened().count("wrong_answer") == 5
        assert ana.answer(RIGHT).status == 403
