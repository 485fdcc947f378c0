"""The pause switch: nothing in its scope is claimed after it returned, and all of it goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from compliant_sms import Cancelled, Held, Messenger, Purpose, Sent
from compliant_sms.audit import Act
from compliant_sms.cli._commands import commands
from compliant_sms.errors import InvalidInput
from compliant_sms.keyring import Keyring
from compliant_sms.lifecycle import State
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.volume import UNTIL_RESUMED, Pause
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, PATIENT, PERSON
from test_receive import from_patient
from test_send import BODY, agree, outgoing, remind, waits
from test_volume import everybody, in_chicago, reasons, remind_all

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
Make = Callable[..., Messenger]
WHO: dict[str, Any] = {"by": "it:kim", "reason": "The times in them are wrong."}


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


def test_what_is_paused_waits_and_goes_on(willing: Messenger, carrier: Sandbox) -> None:
    """A text is held, says why, and goes when somebody resumes; both are on the audit log."""
    assert willing.pause(**WHO) == 0
    held = remind(willing)

    assert (held.until, reasons(held)) == (UNTIL_RESUMED, [("pause", "paused")])
    assert remind(willing) == held
    assert willing.dispatch_due() == ()
    assert willing.paused() == (Pause(scope="all", since=MORNING, **WHO),)
    assert outgoing(carrier) == []
    assert willing.resume(by="it:kim", reason="They are right now.") == ()
    assert [type(each) for each in willing.dispatch_due()] == [Sent]
    acts = [(each.act, each.actor, each.details["scope"]) for each in willing.audit()]
    assert acts == [(Act.PAUSED, "it:kim", "all"), (Act.RESUMED, "it:kim", "all")]


def test_what_was_due_is_paused(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """What waited before the pause is not sent by it, nor by a worker of another process."""
    clock.move_to(MORNING + timedelta(hours=13))
    remind(willing)
    willing.pause(**WHO)
    clock.advance(timedelta(hours=12))

    assert [type(each) for each in willing.dispatch_due()] == [Held]
    assert outgoing(carrier) == []
    willing.resume(**WHO)
    assert [type(each) for each in willing.dispatch_due()] == [Sent]


def test_scopes(willing: Messenger) -> None:
    """A pause of a purpose or of marketing lets all else go; each is ended by itself."""
    willing.pause(**WHO, scope=Purpose.RECALL)
    willing.pause(**WHO, scope="marketing")
    sent = remind(willing)
    recall = remind(willing, "2", purpose=Purpose.RECALL, body=f"{BODY} Soon.")
    offer = remind(willing, "3", body=f"{BODY} 20% off whitening this week only, buy now!")

    assert [type(each) for each in (sent, recall, offer)] == [Sent, Held, Held]
    assert [each.scope for each in willing.resume(**WHO, scope="marketing")] == ["recall"]
    assert willing.resume(**WHO)[0].scope == "recall", "nothing was paused in all"
    found = {each.message_id: type(each) for each in willing.dispatch_due()}
    assert found[recall.message_id] is Held, "its own pause stands"
    assert found[offer.message_id] is not Sent, "a promotion needs more than this patient's yes"
    close = r"such scope of a pause, and 'promotion' is close to it\. Pass that, or: all, marketing"
    with pytest.raises(InvalidInput, match=close):
        willing.pause(**WHO, scope="promotions")
    with pytest.raises(InvalidInput, match=r"Pass one of: all, marketing, .*the Purpose itself\."):
        willing.pause(**WHO, scope="xyz")
    with pytest.raises(InvalidInput):
        willing.pause(by=" ", reason="x")


def test_answers_to_stop_and_help_go_on(willing: Messenger, carrier: Sandbox) -> None:
    """Whoever asks for help, or to be left alone, is answered all the same; alerts wait."""
    willing.pause(**WHO)
    alert = "Lakeside Family Medicine: the water in our building is unsafe. Do not drink it."
    assert isinstance(remind(willing, purpose=Purpose.EMERGENCY_ALERT, body=alert), Held)
    willing.receive(from_patient("HELP", "SM1"))
    willing.receive(from_patient("STOP", "SM2"))

    assert [type(each) for each in willing.dispatch_due()] == [Sent, Sent]
    assert len(outgoing(carrier)) == 2


def test_decided_anew_when_it_goes_on(willing: Messenger, clock: MovableClock) -> None:
    """A text whose time passed while it was paused is cancelled, not sent late."""
    willing.pause(**WHO)
    held = remind(willing, not_after=MORNING + timedelta(hours=1))
    assert isinstance(held, Held)
    clock.advance(timedelta(hours=2))
    willing.resume(**WHO)

    assert [type(each) for each in willing.dispatch_due()] == [Cancelled]


class Halting(BlockingTransport):
    """Carries requests, and does something when the first one is about to leave."""

    def __init__(self, first: Callable[[], Any]) -> None:
        super().__init__()
        self.first: Callable[[], Any] | None = first

    async def send(self, request: HttpRequest) -> HttpReply:
        first, self.first = self.first, None
        if first is not None:
            first()
        return await super().send(request)


def test_what_is_being_sent_is_told(make_messenger: Make, carrier: Sandbox) -> None:
    """Pausing while a text is on its way says that there is one; nothing else leaves after it."""
    told = []
    other = make_messenger(people=in_chicago)
    with closing(Halting(lambda: told.append(other.pause(**WHO)))) as transport:
        own = make_messenger(people=in_chicago, transport=transport)
        outcomes = remind_all(own, everybody(own, 3))

    assert told == [1]
    assert [type(each) for each in outcomes] == [Sent, Held, Held]
    assert len(outgoing(carrier)) == 1


def test_a_refused_text_is_not_tried_again(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """What a provider refuses while somebody pauses does not go again until they resume."""
    other = make_messenger(people=in_chicago)
    carrier.fail_next("status", status=429)
    with closing(Halting(lambda: other.pause(**WHO))) as transport:
        own = make_messenger(people=in_chicago, transport=transport)
        agree(own)
        assert isinstance(remind(own), Held)
        clock.advance(timedelta(hours=1))
        assert own.dispatch_due() == ()
        own.resume(**WHO)
        assert [type(each) for each in own.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


@pytest.mark.parametrize("rounds", [3, pytest.param(40, marks=pytest.mark.endurance)])
def test_against_dispatch(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, rounds: int
) -> None:
    """In whatever order a pause and two workers meet: it knows of each claim, none comes after."""
    pair = [make_messenger(people=in_chicago) for _ in range(3)]
    clock.move_to(MORNING + timedelta(hours=13))
    them = everybody(pair[0], 6 * rounds)
    remind_all(pair[0], them)  # held until the morning
    clock.advance(timedelta(hours=12))
    total = 0
    for turn in range(rounds):
        ready = threading.Barrier(3)

        def sending(own: Messenger, ready: threading.Barrier = ready) -> list[Any]:
            ready.wait()
            return list(own.dispatch_due(limit=3))

        def pausing(ready: threading.Barrier = ready) -> tuple[int, int]:
            ready.wait()
            claimed = pair[2].pause(**WHO)
            return claimed, len(outgoing(carrier))

        with ThreadPoolExecutor(3) as threads:
            workers = [threads.submit(sending, own) for own in pair[:2]]
            claimed, gone = threads.submit(pausing).result()
            done = [each for worker in workers for each in worker.result()]
        total += sum(isinstance(each, Sent) for each in done)
        assert len(outgoing(carrier)) <= gone + claimed, turn
        assert all(isinstance(each, Held) for each in pair[0].dispatch_due(limit=100))
        assert len(outgoing(carrier)) == total
        pair[1].resume(**WHO)
    total += sum(isinstance(each, Sent) for each in pair[0].dispatch_due(limit=1000))
    assert total == len(them) == len(outgoing(carrier))


def test_sealed(make_messenger: Make, tmp_path: Path, database: Path, database_kind: str) -> None:
    """Under a keyring who paused and why lies sealed, and is read again by another process."""
    Keyring.generate().write(tmp_path / "keys")
    keyring = Keyring.from_file(tmp_path / "keys")
    make_messenger(keyring=keyring).pause(**WHO)

    assert make_messenger(keyring=keyring).paused()[0].reason == WHO["reason"]
    if database_kind == "sqlite":
        files = [database, *database.parent.glob(f"{database.name}-*")]
        kept = b"".join(file.read_bytes() for file in files)
        assert WHO["reason"].encode() not in kept
    assert WHO["reason"] not in repr(make_messenger(keyring=keyring).paused())


def test_history_says_it_waits(willing: Messenger) -> None:
    """The record of a paused text is that it is held, without a decision."""
    willing.pause(**WHO)
    remind(willing)
    (record,) = willing.history(PERSON).texts

    assert record.message.state is State.HELD
    assert record.message.draft.to.e164 == PATIENT


def test_from_the_command_line(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody at a shell pauses and resumes, and reads what may still be on its way."""
    monkeypatch.setitem(sys.modules, "clinic_texting", SimpleNamespace(messenger=messenger))
    run = CliRunner().invoke
    said = ["clinic_texting:messenger", "--by", "it:kim", "--reason", "wrong times"]
    paused = run(commands, ["pause", *said])

    assert paused.exit_code == 0
    assert "paused (all). 0 texts were claimed" in paused.output
    assert messenger.paused()[0].by == "it:kim"
    run(commands, ["pause", *said, "--scope", "recall"])
    resumed = run(commands, ["resume", *said])
    assert resumed.output.endswith("resumed (all). Still paused: recall.\n")
    assert run(commands, ["resume", *said, "--scope", "recall"]).output.endswith("nothing.\n")
    wrong = run(commands, ["pause", *said, "--scope", "promotions"])
    assert (wrong.exit_code, "scope of a pause" in wrong.output) == (1, True)
    assert run(commands, ["pause", "clinic_texting:messenger"]).exit_code == 2
