"""What somebody meets on the first day: extras, commands, the file that is made, and words."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compliant_sms import Blocked, Keyring, Messenger, WebhookRequest
from compliant_sms.errors import InvalidSignature
from compliant_sms.stores import SQLite
from conftest import PATIENT, PERSON
from test_erase import WHY
from test_send import agree, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("missing", "room", "extra"),
    [
        ("procrastinate", "import compliant_sms.interop.procrastinate", "[procrastinate]"),
        ("click", "from compliant_sms.cli import main; main()", "[cli]"),
        ("rich", "from compliant_sms.cli import main; main()", "[cli]"),
    ],
)
def test_missing_extras_are_named(missing: str, room: str, extra: str) -> None:
    """Without an extra the message says which one to install."""
    asked = f"sys.argv = ['x', 'show', {__file__!r}]"
    program = f"import sys; sys.modules[{missing!r}] = None; {asked}; {room}"
    done = python("-c", program)

    assert done.returncode == 1
    assert f"pip install 'compliant-sms{extra}'" in done.stderr


def test_python_m() -> None:
    """The package itself can be run."""
    done = python("-m", "compliant_sms", "--version")

    assert (done.returncode, "compliant-sms" in done.stdout) == (0, True), done.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_new_file_is_its_owners_alone(make_messenger: Make, tmp_path: Path) -> None:
    """The database that is made, and its log, nobody else reads; one that was there stays as is."""
    new, own = tmp_path / "new.db", tmp_path / "own.db"
    own.touch(0o640)
    own.chmod(0o640)
    before = os.umask(0o022)
    try:
        for file in (new, own):
            agree(make_messenger(store=SQLite(file)))
    finally:
        os.umask(before)

    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.db*")}
    assert made["new.db"] == made["new.db-wal"] == made["new.db-shm"] == 0o600
    assert made["own.db"] == made["own.db-wal"] == 0o640


def test_the_sandbox_tells_its_account() -> None:
    """All that an adapter needs stands on the screen."""
    program = [sys.executable, "-m", "compliant_sms", "sandbox", "--number", PATIENT]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(7)]
        running.terminate()

    assert "listens at http://127.0.0.1:" in lines[0]
    assert "made-up" in lines[3]
    assert [line.split()[0] for line in lines[4:]] == ["account_sid", "auth_token", "sender"]
    assert [line.split()[1] for line in lines[4:]] == ["AC" + "0" * 32, "sandbox-token", PATIENT]


def test_words_after_an_erasure(make_messenger: Make) -> None:
    """What stays of an erased revocation is told without a channel that nobody knows."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="ana")
    messenger.erase(PERSON, **WHY)
    outcome = remind(messenger, "later")

    assert isinstance(outcome, Blocked)
    [said] = [each.words for each in outcome.reasons if each.rule == "revocation"]
    assert "unknown" not in said
    assert "how is not on record, and the request stands" in said


def test_a_form_without_its_content_type(messenger: Messenger) -> None:
    """A callback whose headers were not all passed on is told which one is missing."""
    request = WebhookRequest(
        method="POST",
        url="https://example.com/texts",
        headers={"Content-Type": "text/plain", "X-Twilio-Signature": "x"},
        body=b"Body=STOP",
    )
    with pytest.raises(InvalidSignature, match="Content-Type, application/x-www-form-urlencoded"):
        messenger.receive(request)
