"""``compliant-sms erase``: the same erasure from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Keyring, Messenger, Sent
from compliant_sms.cli._commands import commands
from conftest import PERSON
from test_send import agree, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here


@pytest.fixture
def sealed(make_messenger: Callable[..., Messenger], tmp_path: Path) -> Messenger:
    """A messenger whose keyring lies in a file, with one patient who got a text."""
    keyring = Keyring.generate()
    keyring.write(tmp_path / "keys")
    messenger = make_messenger(keyring=keyring)
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    return messenger


@pytest.fixture
def erase(database: Path, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command; later options win."""

    def run(*arguments: str) -> Result:
        told = ["erase", "--database", str(database), "--practice", "lakeside", "--person", PERSON]
        told += ["--by", "privacy:kim", "--reason", "matter 4711", "--keyring", f"{tmp_path}/keys"]
        return CliRunner().invoke(commands, [*told, *arguments])

    return run


def test_a_person_is_counted_and_then_erased(
    sealed: Messenger, erase: Callable[..., Result]
) -> None:
    """A dry run changes nothing; the erasure is on record with whoever decided it."""
    counted = erase("--dry-run")
    assert len(sealed.history(PERSON).texts) == 1
    assert sealed.audit() == ()
    done = erase()

    assert (counted.exit_code, done.exit_code) == (0, 0), counted.output + done.output
    assert counted.stdout.replace("would be erased; nothing was changed", "are erased") == (
        done.stdout
    )
    assert done.stdout.startswith("1 events of consent at 1 numbers, 1 texts and 0 received")
    (event,) = sealed.audit()
    assert (event.actor, event.reason) == ("privacy:kim", "matter 4711")
    assert sealed.history(PERSON).texts == ()


def test_who_cannot_be_meant_is_refused(sealed: Messenger, erase: Callable[..., Result]) -> None:
    """An unknown person or practice, a held one, or no reason: exit status 1, nothing written."""
    hold = sealed.legal_holds.place(person=PERSON, reason="a dispute", by="counsel:kim")
    for arguments, words in (
        (("--person", "pat-88"), "Check the id"),
        (("--practice", "lakesid"), "Check --practice"),
        ((), "a legal hold reaches"),
    ):
        refused = erase(*arguments)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert words in refused.stderr
    sealed.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:kim")
    assert erase("--by", " ").exit_code == 1

    assert len(sealed.history(PERSON).texts) == 1
    assert len(sealed.audit()) == 2
