"""The command ``ledger``: what an auditor does, without a keyring and without code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms.cli._commands import commands
from compliant_sms.evidence import Checkpoint
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
    sound = run("verify", "--against", kept, "--public-key", public)

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
    altered = run("verify", "--against", kept)
    assert run("verify").exit_code == 0
    assert altered.exit_code == 1
    assert "its first 7 events are not those" in altered.stderr


def test_what_is_no_checkpoint_is_named(run: Run, tmp_path: Path) -> None:
    """A file that holds something else is refused in one line."""
    other = tmp_path / "other.txt"
    other.write_bytes(b"\xff\xfe")
    for option in ("--against", "--public-key"):
        found = run("verify", option, other)

        assert found.exit_code == 1
        assert found.stderr.count("\n") == 1
        assert "Traceback" not in found.stderr
