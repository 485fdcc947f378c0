"""``compliant-sms worker``: whom it works for, what it shows, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Held, Messenger
from compliant_sms.cli._commands import commands
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON, SENDER, SID, TOKEN
from test_send import BODY, DAWN, NIGHT, agree, outgoing, remind

Make = Callable[..., Messenger]


@pytest.fixture
def clinic(
    tmp_path: Path, database: Path, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The name of a module of the host's own, in the folder where the command runs."""
    name = f"clinic_{tmp_path.name}".replace("-", "_")
    options = {
        "store": str(database),
        "carrier": carrier.url,
        "sid": SID,
        "token": TOKEN,
        "sender": SENDER,
        "at": DAWN.isoformat(),
    }
    module = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from labourer import open_messenger

        def one():
            return open_messenger({options!r})

        def wrong():
            return open_messenger({options | {"token": "rotated"}!r})

        def unplugged():
            return open_messenger({options | {"carrier": "http://127.0.0.1:9"}!r})

        def broken():
            return open_messenger({options | {"store": str(tmp_path)}!r})

        def several():
            return [one()]

        nothing = []
        number = 7

        class desk:
            messenger = staticmethod(one)
    """
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(module))
    monkeypatch.chdir(tmp_path)
    return name


def run(*arguments: str, status: int = 0) -> Result:
    """One call of the command."""
    result = CliRunner().invoke(commands, ["worker", *arguments])
    assert result.exit_code == status, result.output
    return result


def pile(messenger: Messenger, clock: MovableClock) -> None:
    """Two texts that are due."""
    agree(messenger)
    clock.move_to(NIGHT)
    for number in range(2):
        assert isinstance(remind(messenger, str(number), body=f"{BODY} {number}"), Held)


@pytest.mark.parametrize("name", ["one", "several", "desk.messenger"])
def test_once(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox, clinic: str, name: str
) -> None:
    """It sends what is due, says how much, names nobody, and ends."""
    pile(make_messenger(), clock)
    result = run("--once", "--quantum", "1", f"{clinic}:{name}")

    assert result.output.splitlines() == ["1 sent", "2 sent", "Done. 2 sent"]
    assert len(outgoing(carrier)) == 2
    assert PERSON not in result.output
    assert PATIENT not in result.output


def test_once_in_vain(clinic: str) -> None:
    """A store that cannot be opened ends it, with the type of the error and status 1."""
    assert run("--once", f"{clinic}:broken", status=1).output.splitlines()[-2:] == [
        "Done. 1 StoreError",
        "1 x StoreError: The database could not do what was asked; nothing of it was recorded.",
    ]


@pytest.mark.parametrize(
    ("name", "last"),
    [
        (
            "wrong",
            [
                "Done. 1 queued, 1 auth",
                "1 not sent: Twilio: auth (code 20003, HTTP 401). Check the provider's",
            ],
        ),
        ("unplugged", ["Done. 2 queued", "2 not sent: It was not sent: "]),
    ],
)
def test_once_says_why(
    make_messenger: Make, clock: MovableClock, clinic: str, name: str, last: list[str]
) -> None:
    """Texts that could not be sent are status 1, with a line that says why and names nobody."""
    pile(make_messenger(), clock)
    result = run("--once", f"{clinic}:{name}", status=1)

    for line, begins in zip(result.output.splitlines()[-2:], last, strict=True):
        assert line.startswith(begins)
    assert PERSON not in result.output
    assert PATIENT not in result.output


def test_once_failed(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox, clinic: str
) -> None:
    """A text that the provider refuses for good is status 1 too."""
    pile(make_messenger(), clock)
    carrier.fail_next("status", status=400, body={"code": 21617})
    result = run("--once", f"{clinic}:one", status=1)

    assert "Done. 1 sent, 1 failed\n1 not sent: Twilio: content invalid" in result.output


def test_nothing_due(clinic: str) -> None:
    """A worker that finds nothing says so."""
    assert run("--once", f"{clinic}:one").output == "Done. nothing to do\n"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("{}", "is not MODULE:NAME"),
        (":one", "is not MODULE:NAME"),
        ("{}:none", "has no none"),
        ("nowhere_at_all:one", "there is no module nowhere_at_all"),
        ("{}.part:one", "there is no module"),
        ("{}:nothing", "is not a Messenger"),
        ("{}:number", "is not a Messenger"),
    ],
)
def test_names_that_mean_nothing(clinic: str, where: str, words: str) -> None:
    """Whoever names nothing to work for is told what to write."""
    assert words in " ".join(run(where.format(clinic), status=2).output.split())


def test_a_module_that_fails(clinic: str, tmp_path: Path) -> None:
    """What the host's own module lacks is not taken for a mistake in the command."""
    (tmp_path / f"{clinic}_b.py").write_text("import surely_not_installed")
    result = CliRunner().invoke(commands, ["worker", f"{clinic}_b:one"])

    assert isinstance(result.exception, ModuleNotFoundError)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(
    make_messenger: Make,
    clock: MovableClock,
    carrier: Sandbox,
    clinic: str,
    number: signal.Signals,
) -> None:
    """It works until a signal, and that is a success."""
    pile(make_messenger(), clock)
    command = [sys.executable, "-m", "compliant_sms.cli", "worker", f"{clinic}:one"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "2 sent\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)

    assert (rest, process.returncode) == ("Done. 2 sent\n", 0)
    assert len(outgoing(carrier)) == 2
