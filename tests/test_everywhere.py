"""Messenger, adapter and sandbox of each provider, end to end over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from compliant_sms import (
    Blocked,
    Channel,
    Failed,
    Messenger,
    Queued,
    Sent,
    Uncertain,
    system,
)
from compliant_sms.consent import Restored, Revoked
from compliant_sms.lifecycle import State
from compliant_sms.sandbox import BookEntry, Sandbox
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from dialects import TOLL_FREE
from everywhere import EVERYWHERE, Office, offices
from hooks import Hooks, listening
from test_send import BODY, agree, remind

Make = Callable[..., Messenger]
# Who answers STOP, START and HELP by themselves, and block who opted out.
ANSWERING = ("twilio", "telnyx", "vonage")
REFUSING_AT_ONCE = ("twilio", "telnyx")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The brief retry does not sleep."""

    async def sleep(_: float) -> None:
        return

    monkeypatch.setattr(system, "blocking_sleep", sleep)


@pytest.fixture
def carrier(clock: MovableClock) -> Iterator[Sandbox]:
    """All providers on one server."""
    with Sandbox(accounts=EVERYWHERE.values(), clock=clock, seed=5) as running:
        yield running


@pytest.fixture(scope="module")
def hooks() -> Iterator[Hooks]:
    with listening() as running:
        yield running


@pytest.fixture(params=EVERYWHERE)
def office(
    request: pytest.FixtureRequest,
    make_messenger: Make,
    carrier: Sandbox,
    hooks: Hooks,
    clock: MovableClock,
) -> Office:
    """A practice whose patient agreed a minute ago."""
    one = offices(make_messenger, carrier, hooks, [request.param])[request.param]
    agree(one.messenger)
    clock.advance(timedelta(minutes=1))
    return one


def ours(office: Office) -> list[BookEntry]:
    return [e for e in office.carrier.messages() if e.author == "application"]


def states(office: Office) -> list[State]:
    return [text.message.state for text in office.messenger.history(PERSON).texts]


def patient_texts(office: Office, body: str, **more: Any) -> int:
    status = office.carrier.reply(PATIENT, body, to=office.provider.sender.e164, **more)
    office.messenger.dispatch_due()
    office.carrier.drain()
    return status


def confirmations(office: Office) -> int:
    """What the patient got in answer, from whomever."""
    return sum(e.body != BODY and e.direction != "inbound" for e in office.carrier.messages())


def revocations(office: Office) -> list[Channel]:
    events = office.messenger.consent.events(PATIENT)
    return [event.channel for event in events if isinstance(event, Revoked)]


def test_sent_and_delivered(office: Office) -> None:
    """A text goes out once, and its delivery is on record; whatever came was applied once."""
    assert isinstance(remind(office.messenger), Sent)
    office.carrier.drain()

    (entry,) = ours(office)
    assert (entry.to, entry.body, entry.provider) == (PATIENT, BODY, office.provider.name)
    assert states(office) == [State.DELIVERED]
    assert set(office.new.values()) == {1}
    assert len(office.new) == len(entry.told) == 2


@pytest.mark.parametrize("outcome", ["undelivered", "failed"])
def test_not_delivered(office: Office, outcome: Any) -> None:
    """The provider's bad end is ours, with its code."""
    codes = {"failed": {"bandwidth": 4432, "twilio": 30007, "telnyx": 40002, "vonage": 1260}}
    code = codes.get(outcome, {}).get(office.provider.name)
    office.carrier.set_delivery(PATIENT, outcome, error_code=code)
    remind(office.messenger)
    office.carrier.drain()

    (text,) = office.messenger.history(PERSON).texts
    assert text.message.state.value == outcome
    assert text.message.problem is not None
    assert text.message.problem.code == str(ours(office)[0].error_code)


def test_help_is_answered_once(office: Office) -> None:
    """By the provider where it does that, and else by us."""
    assert patient_texts(office, "HELP") == 200

    assert confirmations(office) == 1
    answered = [e.author for e in office.carrier.messages() if e.direction != "inbound"]
    assert answered == ["carrier" if office.provider.name in ANSWERING else "application"]
    assert isinstance(remind(office.messenger), Sent)


def test_stop_is_confirmed_once_and_holds(office: Office) -> None:
    """One confirmation, by whoever it is for; no text afterwards reaches the provider."""
    remind(office.messenger)
    office.carrier.drain()
    assert patient_texts(office, "STOP") == 200

    assert revocations(office) == [Channel.TEXT]
    assert confirmations(office) == 1
    before = len(ours(office))
    assert isinstance(remind(office.messenger, "another"), Blocked)
    assert len(ours(office)) == before


@pytest.mark.parametrize("office", [*ANSWERING, "bandwidth"], indirect=True)
def test_start_is_believed_where_the_body_is_proved(office: Office, clock: MovableClock) -> None:
    """After STOP, START opens the door again; not at Bandwidth, where anybody can have sent it."""
    patient_texts(office, "STOP")
    clock.advance(timedelta(minutes=5))
    patient_texts(office, "START")
    clock.advance(timedelta(minutes=5))

    restored = any(isinstance(e, Restored) for e in office.messenger.consent.events(PATIENT))
    assert restored is (office.provider.name != "bandwidth")
    assert isinstance(remind(office.messenger), Sent if restored else Blocked)


@pytest.mark.parametrize("office", ANSWERING, indirect=True)
def test_an_opt_out_that_only_the_provider_knows(office: Office) -> None:
    """The webhook never heard of the STOP: the refusal, at once or later, becomes an event."""
    sender = office.provider.sender.e164
    office.carrier.set_inbound_url(sender, None)
    office.carrier.reply(PATIENT, "STOP", to=sender)

    outcome = remind(office.messenger)
    # A report may come before the answer to the request does.
    at_once = office.provider.name in REFUSING_AT_ONCE
    assert isinstance(outcome, Failed if at_once else Sent | Failed)
    office.carrier.drain()
    assert states(office) == [State.FAILED]
    assert revocations(office) == [Channel.PROVIDER]
    assert isinstance(remind(office.messenger, "another"), Blocked)


def test_an_opt_out_at_a_toll_free_number(
    make_messenger: Make, carrier: Sandbox, hooks: Hooks
) -> None:
    """Bandwidth takes the text, and the network's refusal comes later."""
    office = offices(make_messenger, carrier, hooks, ["bandwidth"], TOLL_FREE)["bandwidth"]
    agree(office.messenger)
    carrier.set_inbound_url(TOLL_FREE, None)
    carrier.reply(PATIENT, "STOP", to=TOLL_FREE)

    assert isinstance(remind(office.messenger), Sent | Failed)  # the report may be faster
    carrier.drain()
    assert revocations(office) == [Channel.PROVIDER]
    assert isinstance(remind(office.messenger, "another"), Blocked)


# Faults


def test_stop_before_the_request_is_taken(office: Office) -> None:
    """The provider knows first: refused, failed later or delivered, and then the ledger knows."""
    office.carrier.fail_next("stop_before_accept")
    outcome = remind(office.messenger)
    office.carrier.drain()

    # A report, and the STOP, may come before the answer to the request does.
    at_once = office.provider.name in REFUSING_AT_ONCE
    assert isinstance(outcome, Failed if at_once else Sent | Failed)
    refused = office.provider.name != "bandwidth"
    assert states(office)[0] is (State.FAILED if refused else State.DELIVERED)
    told_by = {Channel.TEXT, Channel.PROVIDER} if refused else {Channel.TEXT}
    assert set(revocations(office)) == told_by
    assert isinstance(remind(office.messenger, "another"), Blocked)


def test_stop_between_the_request_and_its_answer(office: Office) -> None:
    """What was taken is sent; the STOP was on record before the answer came."""
    office.carrier.fail_next("stop_before_answer")
    assert isinstance(remind(office.messenger), Sent)
    assert revocations(office) == [Channel.TEXT]
    office.messenger.dispatch_due()
    office.carrier.drain()

    assert states(office)[0] is State.DELIVERED
    assert confirmations(office) == 1
    assert isinstance(remind(office.messenger, "another"), Blocked)


def test_too_many_requests(office: Office, clock: MovableClock) -> None:
    """What surely was not taken waits as long as the provider asks, and then goes, once."""
    telnyx = office.provider.name == "telnyx"  # the one that says for how long
    # Without a word of it, the same send tries three times.
    office.carrier.fail_next("rate_limited", seconds=40, times=1 if telnyx else 3)
    outcome = remind(office.messenger)
    assert isinstance(outcome, Queued)
    assert outcome.not_before - clock() == timedelta(seconds=40 if telnyx else 30)
    assert ours(office) == []

    clock.advance(timedelta(seconds=40))
    office.messenger.dispatch_due()
    assert [entry.body for entry in ours(office)] == [BODY]


@pytest.mark.parametrize("kind", ["accept_then_drop", "status", "drop"])
def test_nobody_knows(office: Office, kind: str) -> None:
    """An answer that never came is uncertain; the callback settles what was taken."""
    office.carrier.fail_next(kind)
    taken = kind == "accept_then_drop"
    # A callback may be faster than the end of the connection.
    assert isinstance(remind(office.messenger), Uncertain | Sent if taken else Uncertain)
    office.carrier.drain()

    assert len(ours(office)) == taken
    assert states(office) == [State.DELIVERED if taken else State.UNCERTAIN]


@pytest.mark.parametrize("kind", ["duplicate", "reordered"])
def test_callbacks_twice_or_in_the_wrong_order(office: Office, kind: str) -> None:
    """Each is applied once, and nothing runs backwards."""
    office.carrier.fail_next(kind, times=3)
    remind(office.messenger)
    office.carrier.drain()
    patient_texts(office, "thanks")
    office.carrier.drain()

    assert states(office) == [State.DELIVERED]
    assert len(office.new) == 3
    assert set(office.new.values()) == {1}
    assert max(office.heard.values()) == (2 if kind == "duplicate" else 1)
