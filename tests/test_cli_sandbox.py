"""``compliant-sms sandbox``: four providers, and for who asks a practice behind the page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from compliant_sms import Messenger, Sent
from compliant_sms.classification import Purpose
from compliant_sms.cli import _sandbox
from compliant_sms.cli._commands import commands
from compliant_sms.cli.demo import clinic
from compliant_sms.lifecycle import State
from compliant_sms.sandbox import Account, Sandbox
from compliant_sms.sandbox._phones._practice import PracticeSide
from test_send import waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
ACCOUNTS = _sandbox.accounts(
    account_sid="AC" + "0" * 32,
    auth_token="sandbox-token",
    numbers=["+12175550111"],
    answers_keywords=False,
)


def first_lines(folder: Path, *options: str, until: str) -> str:
    """What the command prints until it has said something."""
    process = subprocess.Popen(
        [sys.executable, "-m", "compliant_sms.cli", "sandbox", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if until in line:
            break
    process.terminate()
    process.wait(60)
    process.stdout.close()
    return told


def test_it_prints_what_each_adapter_takes(tmp_path: Path) -> None:
    """An account at each of the four, under the names of the adapters' parameters."""
    told = first_lines(tmp_path, until="Ctrl-C")

    assert "phones are on the page" in told
    for adapter in ("Twilio", "Telnyx", "Vonage", "Bandwidth"):
        assert f"{adapter}(...)" in told
    for name in ("account_sid", "public_keys", "signature_secrets", "callback_credentials"):
        assert f"  {name}" in told
    assert (told.count("  sender"), told.count("  base_url")) == (4, 4)
    assert "Callbacks go to nowhere" in told


def test_an_application_hears_of_everything(tmp_path: Path) -> None:
    """One option says where: each provider calls an address of its own there."""
    hears = "http://127.0.0.1:9/texts"
    told = first_lines(tmp_path, "--webhooks", f"{hears}/", until="Ctrl-C")
    assert f"Callbacks go to {hears}/." in told

    carrier = Sandbox(accounts=ACCOUNTS)
    _sandbox._call(carrier, ACCOUNTS, hears)
    with carrier._carrier.open() as book:
        numbers = book.numbers.values()
        assert {it.inbound_url for it in numbers} == {
            f"{hears}/{name}" for name in ("twilio", "telnyx", "vonage", "bandwidth")
        }
        assert {it.status_url for it in numbers if it.account.takes_status_url} == {
            f"{hears}/{name}" for name in ("telnyx", "vonage", "bandwidth")
        }


def test_the_demo_takes_its_own_callbacks() -> None:
    """Two that want the same are told apart before anything is served."""
    asked = ["sandbox", "--demo", "--webhooks", "http://127.0.0.1:9/texts"]
    run = CliRunner().invoke(commands, asked)

    assert run.exit_code == 2
    assert "Leave out one" in run.output


def test_the_demo_says_what_is_behind_the_page(tmp_path: Path) -> None:
    """It starts with one option, in an empty folder, and leaves nothing there."""
    told = first_lines(tmp_path, "--demo", until="Ctrl-C")

    assert "made-up practice" in told
    assert list(tmp_path.iterdir()) == []


def test_what_the_demo_lacks_is_said_before_anything_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody opens a page that is about to go away."""
    monkeypatch.setitem(sys.modules, "compliant_sms.cli.demo", None)

    run = CliRunner().invoke(commands, ["sandbox", "--demo"])

    assert isinstance(run.exception, ModuleNotFoundError)
    assert run.output == ""


def test_every_command_has_a_whole_line() -> None:
    """The list of commands is not cut off."""
    listed = CliRunner().invoke(commands, ["--help"], terminal_width=80).output

    assert "..." not in listed.partition("Commands:")[2]


def test_a_taken_port_is_one_line() -> None:
    """No traceback."""
    with Sandbox(accounts=ACCOUNTS) as sandbox:
        port = sandbox.url.rpartition(":")[2]
        run = CliRunner().invoke(commands, ["sandbox", "--port", port])

    assert run.exit_code == 1
    assert f"port {port}" in run.output
    assert "Traceback" not in run.output


@pytest.fixture(scope="module")
def morning() -> Iterator[tuple[Sandbox, PracticeSide, set[str]]]:
    """The practice of the demo, behind its page, and by which providers its first texts went."""
    with Sandbox(accounts=ACCOUNTS) as sandbox, clinic(sandbox, ACCOUNTS):
        side = sandbox._board.side
        assert side is not None
        yield sandbox, side, {entry.provider for entry in sandbox.messages()}


@pytest.fixture
def demo(morning: tuple[Sandbox, PracticeSide, set[str]]) -> tuple[Sandbox, PracticeSide]:
    """The same at any time of its day."""
    return morning[:2]


def states(side: PracticeSide) -> set[State]:
    return {text.message.state for text in side.records().sent.values()}


def by(side: PracticeSide, number: str) -> list[str | None]:
    """By which providers texts to a number left."""
    texts = side.records().sent.values()
    return [t.message.provider for t in texts if t.message.draft.to.e164 == number]


def test_the_morning_has_something_of_everything(
    morning: tuple[Sandbox, PracticeSide, set[str]],
) -> None:
    """Twelve phones; held and blocked texts; promotions and results leave by other providers."""
    _, side, providers = morning
    hugo, keiko, ana = "+16305550144", "+18155550112", "+12175550134"

    assert len(side.phones) == 12
    assert {State.HELD, State.BLOCKED} < states(side)
    assert [by(side, number)[0] for number in (ana, hugo, keiko)] == ["twilio", "vonage", "telnyx"]
    assert providers == {"twilio", "vonage", "telnyx"}


def test_when_twilio_is_busy_bandwidth_takes_over(demo: tuple[Sandbox, PracticeSide]) -> None:
    """What surely did not go out leaves by the next route, and its news are heard."""
    sandbox, side = demo
    chloe = next(phone for phone in side.phones if phone.name == "Chloe")
    sandbox.fail_next("rate_limited", provider="twilio", times=9)  # a few are for the retries
    body = "Lakeside Family Medicine: Chloe, please bring your insurance card. Reply C to confirm."
    outcome = side.send(chloe.number, Purpose.APPOINTMENT_REMINDER.code, body)
    sandbox.drain()
    with sandbox._carrier.open() as book:
        book.forget_faults()
    mine = [each for each in sandbox.messages() if each.author == "application"]
    [entry] = [each for each in mine if each.provider == "bandwidth"]

    assert isinstance(outcome, Sent)
    assert (entry.to, entry.told) == (chloe.number, ("sent", "delivered"))


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.provider)
def test_a_reply_reaches_the_practice_by_any_of_them(
    demo: tuple[Sandbox, PracticeSide], account: Account
) -> None:
    """Each provider signs its callback, and the practice's adapter for it believes it."""
    sandbox, side = demo
    words = f"hello by {account.provider}"
    [elena] = [phone for phone in side.phones if phone.name == "Elena"]
    status = sandbox.reply(elena.number, words, to=account.numbers[0])
    messenger: Messenger = side.messenger

    assert status in range(200, 300)
    assert words in [text.body for text in messenger.history(elena.person).received]
