"""The commands that keep keys."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Keyring, Messenger
from compliant_sms.cli._commands import commands
from compliant_sms.stores import SQLite
from conftest import PATIENT
from test_send import agree


def call(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A key file that the command made."""
    path = tmp_path / "texting.keys"
    made = call("keys", "new", path)
    assert made.exit_code == 0, made.output
    return path


def test_a_new_key_goes_on_top(keys: Path) -> None:
    """The older one stays, and the file is its owner's alone."""
    (old,) = Keyring.from_file(keys).key_ids
    added = call("keys", "add", keys)

    assert added.exit_code == 0, added.output
    assert Keyring.from_file(keys).key_ids[1:] == (old,)
    assert Keyring.from_file(keys).newest in added.output
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


def test_rotation(keys: Path, database: Path, messenger: Messenger) -> None:
    """Data keys are sealed anew once; then there is nothing left to do."""
    with Messenger(
        practice=messenger._ports.practice,
        provider=messenger._ports.provider,
        store=SQLite(database),
        keyring=Keyring.from_file(keys),
        clock=messenger._ports.clock,
    ) as running:
        agree(running)
        call("keys", "add", keys)
        first = call("keys", "rotate", keys, "--database", database)
        second = call("keys", "rotate", keys, "--database", database)

        assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
        assert first.stdout == "2 data keys are sealed anew.\n"  # and no line of a bar
        assert f"sealed with {Keyring.from_file(keys).newest} already" in second.output
        assert len(running.consent.events(PATIENT)) == 1


def test_keys_that_are_missing_are_named(keys: Path, database: Path, messenger: Messenger) -> None:
    """A file without the older key rotates nothing and says which key it lacks."""
    with Messenger(
        practice=messenger._ports.practice,
        provider=messenger._ports.provider,
        store=SQLite(database),
        keyring=Keyring.from_file(keys),
        clock=messenger._ports.clock,
    ) as running:
        agree(running)
    lost = Keyring.from_file(keys).newest
    keys.unlink()
    call("keys", "new", keys)
    failed = call("keys", "rotate", keys, "--database", database)

    assert failed.exit_code == 1
    assert f"Left alone: what {lost} sealed." in failed.output
