"""The command ``ledger``: what an auditor does, without a keyring and without code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Practice
from compliant_sms.cli._commands import commands
from compliant_sms.driver import finish
from compliant_sms.evidence import Checkpoint
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores import SQLite
from ledgers import PRACTICE, fill, read, write

Run = Callable[..., Result]


@pytest.fixture
def run(database: Path) -> Run:
    """Runs the command on a ledger of seven events."""
    store = SQLite(database)
    fill(store.blocking(), 7, 3)
    store.close()

    def command(name: str, *rest: object) -> Result:
        options = ["--database", database, "--practice", PRACTICE, *rest]
        return CliRunner().invoke(commands, ["ledger", name, *map(str, options)])

    return command


def test_an_auditors_day(run: Run, database: Path, tmp_path: Path) -> None:
    """A key is made, a checkpoint signed and kept, and a rewritten ledger found against it."""
    key, public, kept = tmp_path / "k", tmp_path / "k.pub", tmp_path / "june.txt"
    name = "lakeside.example/ledger"
    made = CliRunner().invoke(commands, ["ledger", "key", str(key), "--name", name])
    public.write_text(made.stdout)
    kept.write_text(run("checkpoint", "--key", key).stdout, encoding="utf-8")
    sound = run("verify", "--checkpoint", kept, "--public-key", public)

    by_itself = run("verify", "--checkpoint", kept, "--public-key", public.read_text().strip())

    assert by_itself.stdout == sound.stdout
    assert Checkpoint.parse(kept.read_text("utf-8")).size == 7
    assert sound.exit_code == 0
    assert "7 events in 3 chains" in sound.stdout
    assert "7 are proven" in sound.stdout
    assert "0 are proven" in run("verify").stdout

    raw = read(database)
    raw.events[2]["payload"] = raw.events[2]["payload"].replace(b"spoken", b"letter")
    raw.rechain(raw.events[2]["chain_id"])
    raw.replant()
    write(database, raw)
    altered = run("verify", "--checkpoint", kept)
    assert run("verify").exit_code == 0
    assert altered.exit_code == 1
    assert "its first 7 events are not those" in altered.stderr


def test_what_is_no_checkpoint_is_named(run: Run, tmp_path: Path) -> None:
    """A file that holds something else is refused in one line."""
    other = tmp_path / "other.txt"
    other.write_bytes(b"\xff\xfe")
    for option in ("--checkpoint", "--public-key"):
        found = run("verify", option, other)

        assert found.exit_code == 1
        assert found.stderr.count("\n") == 1
        assert "Traceback" not in found.stderr


@pytest.mark.parametrize("name", ["verify", "checkpoint"])
def test_an_unknown_practice_is_refused(run: Run, name: str) -> None:
    """A mistyped id is not told that nothing was altered, and gets no checkpoint."""
    mistyped = run(name, "--practice", "lakesid")

    assert (mistyped.exit_code, mistyped.stdout) == (1, "")
    assert "Check --practice" in mistyped.stderr


def test_a_ledger_without_events_is_not_said_to_be_checked(tmp_path: Path) -> None:
    """A practice that only sent has nothing that could have been altered."""
    file = tmp_path / "new.db"
    store = SQLite(file)
    practice = Practice(
        name="Hill", phone="+12175550199", time_zone="America/Chicago", state="IL", id="hill"
    )
    finish(store.blocking().run(lambda tx: tx.enroll(practice, PhoneNumber("+12175550111"), ())))
    store.close()
    command = ["ledger", "verify", "--database", str(file), "--practice", "hill"]
    found = CliRunner().invoke(commands, command)

    assert (found.exit_code, "Nothing was checked" in found.stdout) == (0, True)
