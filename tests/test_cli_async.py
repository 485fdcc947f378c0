"""The command line works for an AsyncMessenger as for a Messenger."""

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

from compliant_sms import Messenger
from compliant_sms.cli._commands import commands
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import SENDER, SID, TOKEN
from test_cli_worker import pile
from test_send import DAWN, outgoing

Make = Callable[..., Messenger]


@pytest.fixture
def clinic(
    tmp_path: Path, database: Path, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The name of a module whose messengers are for an event loop, in the folder of the command."""
    name = f"aclinic_{tmp_path.name}".replace("-", "_")
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
        from compliant_sms import AsyncMessenger, Profile
        from compliant_sms.permission import Permission, Programme
        from labourer import open_messenger

        async def people(_):
            return Profile(time_zone="America/Chicago")

        permission = Permission(
            programmes=[
                Programme(
                    id="care",
                    about="appointments and care",
                    categories=["appointments", "care", "answers"],
                    editions="1",
                )
            ],
            terms_url="https://lakeside.example/terms",
            privacy_url="https://lakeside.example/privacy",
            form_url="https://lakeside.example/agree",
            identify=lambda _: None,
        )
        options = {options!r}

        def one():
            return open_messenger(options, AsyncMessenger, people=people, permission=permission)

        messenger = one()

        async def made():
            return one()

        def listed():
            return [one()]

        def mixed():
            return [one(), open_messenger(options)]

        async def nothing():
            return 7
    """
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(module))
    monkeypatch.chdir(tmp_path)
    return name


def run(*arguments: str, status: int = 0) -> Result:
    """One call of a command."""
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == status, result.output
    return result


@pytest.mark.parametrize("name", ["messenger", "one", "made", "listed"])
def test_the_emergency_switch(make_messenger: Make, clinic: str, name: str) -> None:
    """However it is named, it is paused and resumed, and both are on record."""
    said = [f"{clinic}:{name}", "--by", "it:kim", "--reason", "wrong times"]

    assert "paused (all). 0 texts were claimed" in run("pause", *said).output
    assert make_messenger().paused()[0].by == "it:kim"
    assert run("resume", *said).output.endswith("resumed (all). Still paused: nothing.\n")


@pytest.mark.parametrize("name", ["messenger", "mixed"])
def test_looking_it_over(clinic: str, name: str) -> None:
    """The checks come out as for a Messenger, and a list may have both kinds."""
    out = run("doctor", "--json", f"{clinic}:{name}").output

    assert '"The provider takes them."' in out
    assert '"what": "store", "result": "ok"' in out


def test_the_texts_to_register(clinic: str) -> None:
    """What carriers are told is printed."""
    result = CliRunner().invoke(commands, ["registration", f"{clinic}:messenger"])

    assert "10dlc" in result.output
    assert "https://lakeside.example/agree" in result.output


def test_the_lists_of_opt_outs(clinic: str) -> None:
    """What the provider keeps is held against the ledger."""
    out = run("sync-opt-outs", f"{clinic}:messenger", "--by", "it:kim").output

    assert out.startswith("twilio ...0111: ")


def test_a_worker_once(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox, clinic: str
) -> None:
    """It sends what is due, and ends."""
    pile(make_messenger(), clock)
    result = run("worker", "--once", f"{clinic}:made")

    assert result.output.splitlines() == ["2 sent", "Done. 2 sent"]
    assert len(outgoing(carrier)) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_until_a_signal(
    make_messenger: Make,
    clock: MovableClock,
    clinic: str,
    number: signal.Signals,
) -> None:
    """It works until a signal, and that is a success."""
    pile(make_messenger(), clock)
    command = [sys.executable, "-m", "compliant_sms.cli", "worker", "--poll", "3600"]
    command.append(f"{clinic}:messenger")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "2 sent\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)

    assert (rest, process.returncode) == ("Done. 2 sent\n", 0)


@pytest.mark.parametrize(
    ("name", "words"), [("mixed", "a worker for each kind"), ("nothing", "is not a Messenger")]
)
def test_what_a_worker_does_not_take(clinic: str, name: str, words: str) -> None:
    """It says what to name instead."""
    said = run("worker", "--once", f"{clinic}:{name}", status=2).output

    assert words in " ".join(said.split())
