"""Settling texts of which nobody knows whether they went out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from carriers import CLOSED
from compliant_sms import (
    Blocked,
    Cancelled,
    Delivery,
    Failed,
    Messenger,
    Queued,
    Rulebook,
    Sent,
    Settings,
    Uncertain,
)
from compliant_sms.errors import RecordAltered, RequestNotSent, StoreBusy
from compliant_sms.lifecycle import State
from compliant_sms.providers import Attempt, Failure, Twilio
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from test_receive import status
from test_send import BODY, Meanwhile, agree, outgoing, remind
from test_transport import http, odd_server

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


def test_found(willing: Messenger, carrier: Sandbox) -> None:
    """A text that the provider has is sent, under the provider's id."""
    carrier.fail_next("accept_then_drop")
    uncertain = remind(willing)
    assert isinstance(uncertain, Uncertain)
    (entry,) = carrier.messages()

    assert willing.reconcile() == (Sent(message_id=uncertain.message_id, provider_id=entry.sid),)
    assert willing.reconcile() == willing.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]


def test_absent(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """What the provider does not list is uncertain for a while, then due, and sent once."""
    carrier.fail_next("drop")
    uncertain = remind(willing)
    clock.advance(timedelta(seconds=119))
    assert willing.reconcile() == (uncertain,)
    assert willing.dispatch_due() == ()
    clock.advance(timedelta(seconds=1))
    (queued,) = willing.reconcile()

    assert isinstance(queued, Queued)
    assert queued.not_before == clock()
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert willing.dispatch_due() == willing.reconcile() == ()
    assert outgoing(carrier) == [BODY]


def test_equal_text_on_its_way(
    make_messenger: Make, willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """What the carrier lists is no lost text's as long as it may be another one's in its words."""
    agree(willing, person="pat-882")
    carrier.fail_next("drop")
    lost = remind(willing)
    assert isinstance(lost, Uncertain)
    clock.advance(timedelta(minutes=5))
    asked: list[object] = []
    inner = BlockingTransport()
    sending = Meanwhile(inner, after=lambda: asked.append(willing.reconcile()))
    sibling = remind(make_messenger(transport=sending), "appt-992/24h", person="pat-882")
    inner.close()

    assert asked == [(lost,)]
    assert isinstance(sibling, Sent)
    (queued,) = willing.reconcile()
    assert isinstance(queued, Queued)
    (sent,) = willing.dispatch_due()
    assert isinstance(sent, Sent)
    assert sent.provider_id != sibling.provider_id
    assert outgoing(carrier) == [BODY, BODY]


class Redacted(BlockingTransport):
    """A carrier that keeps no bodies."""

    async def send(self, request: HttpRequest) -> HttpReply:
        reply = await super().send(request)
        if request.method != "GET":
            return reply
        content = json.loads(reply.body)
        rows = [row | {"body": ""} for row in content["messages"]]
        return evolve(reply, body=json.dumps(content | {"messages": rows}).encode())


def test_redacted_at_the_provider(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A text that may be any of those whose words the provider hides is not sent again."""
    transport = Redacted()
    willing = make_messenger(transport=transport)
    agree(willing)
    carrier.fail_next("accept_then_drop")
    uncertain = remind(willing)
    clock.advance(timedelta(hours=1))

    assert willing.reconcile() == (uncertain,)
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]
    transport.close()


def test_called_back_while_uncertain(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """What somebody called back meanwhile does not go once the provider has not got it."""
    carrier.fail_next("drop")
    asked = remind(willing)
    known = asked.problem
    answer = willing.cancel(asked.message_id)
    assert isinstance(answer, Uncertain)
    assert answer.problem is not None
    assert answer.problem.code == "called-back"
    assert known.words in answer.problem.words
    assert willing.cancel(asked.message_id) == answer
    clock.advance(timedelta(minutes=3))

    assert willing.reconcile() == (Cancelled(message_id=asked.message_id),)
    assert willing.dispatch_due() == ()
    assert remind(willing) == Cancelled(message_id=asked.message_id)
    assert outgoing(carrier) == []
    (text,) = willing.history(PERSON).texts
    states = [step.state for step in text.steps]
    assert states == [State.CLAIMED, State.UNCERTAIN, State.DUE, State.CANCELLED]


def test_called_back_too_late(willing: Messenger, carrier: Sandbox) -> None:
    """What the provider has is sent, whoever called it back."""
    carrier.fail_next("accept_then_drop")
    asked = remind(willing)
    willing.cancel(asked.message_id)
    (entry,) = carrier.messages()

    assert willing.reconcile() == (Sent(message_id=asked.message_id, provider_id=entry.sid),)


@pytest.mark.parametrize("sent", [True, False])
def test_called_back_and_settled_by_hand(
    willing: Messenger, carrier: Sandbox, *, sent: bool
) -> None:
    """So it is where a person says what became of it."""
    carrier.fail_next("drop")
    asked = remind(willing)
    willing.cancel(asked.message_id)
    settled = willing.settle(asked.message_id, sent=sent, by="ana", reason="asked the patient")

    assert isinstance(settled, Sent if sent else Cancelled)
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (("status", 429, 20429), Cancelled),
        (("status", 401, 20003), Cancelled),
        (("drop", None, None), Uncertain),
        (("dies", None, None), Uncertain),
        ((None, None, None), Sent),
    ],
)
def test_called_back_while_it_is_sent(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, fault: Any, after: type
) -> None:
    """A text that is called back while its request is on its way goes no second time."""
    kind, status_code, code = fault
    other = make_messenger()
    answers: list[Any] = []

    def call_it_back() -> None:
        if not answers:
            (text,) = other.history(PERSON).texts
            answers.append(other.cancel(text.message.message_id))
            if kind == "dies":
                raise SystemExit

    transport = BlockingTransport()
    sender = make_messenger(
        transport=Meanwhile(transport, before=call_it_back),
        retry=once,
    )
    agree(sender)
    if kind == "status":
        carrier.fail_next("status", status=status_code, body={"code": code})
    elif kind == "drop":
        carrier.fail_next("drop")
    if kind == "dies":
        with pytest.raises(SystemExit):
            remind(sender)
        clock.advance(timedelta(seconds=90))
        (outcome,) = other.reconcile()
    else:
        outcome = remind(sender)
    transport.close()

    (answer,) = answers
    assert isinstance(answer, Queued)
    assert answer.problem is not None
    assert answer.problem.code == "called-back"
    assert isinstance(outcome, after)
    if after is Uncertain:
        clock.advance(timedelta(minutes=3))
        assert [type(each) for each in other.reconcile()] == [Cancelled]
    clock.advance(timedelta(hours=2))
    assert other.dispatch_due() == ()
    assert len(outgoing(carrier)) == (after is Sent)


async def once(attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
    """A retry that tries once."""
    return await attempt()


def test_another_sender_cannot_tell(
    willing: Messenger,
    make_messenger: Make,
    provider: Twilio,
    carrier: Sandbox,
    clock: MovableClock,
) -> None:
    """What is not on the books of a new number may be on those of the old one: nothing repeats."""
    carrier.fail_next("accept_then_drop")
    uncertain = remind(willing)
    clock.advance(timedelta(hours=1))
    moved = make_messenger(provider=evolve(provider, sender="+12175550112"))

    assert moved.reconcile() == (uncertain,)
    assert moved.dispatch_due() == ()
    assert len(carrier.messages()) == 1
    assert [type(outcome) for outcome in willing.reconcile()] == [Sent]


def test_settled_text_is_decided_again(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A patient who stopped meanwhile is not sent what turned out never to have left."""
    carrier.fail_next("drop")
    remind(willing)
    willing.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    clock.advance(timedelta(minutes=2))
    willing.reconcile()
    willing.dispatch_due()

    assert carrier.messages() == ()
    assert willing.history(PERSON).texts[0].message.state is State.BLOCKED


@pytest.mark.parametrize(
    "answer",
    [
        http(500),
        http(200, b"<html>"),
        http(200, b'{"messages": null}'),
        http(200, b'{"messages": [{"body": "half a record"}, 7]}'),
        http(200, json.dumps({"messages": [{"body": BODY}]}).encode()),
        b"",
    ],
    ids=["500", "html", "no list", "odd entries", "half an entry", "no answer"],
)
def test_list_that_tells_nothing(  # noqa: PLR0917 - fixtures
    make_messenger: Make,
    willing: Messenger,
    provider: Twilio,
    carrier: Sandbox,
    clock: MovableClock,
    answer: bytes,
) -> None:
    """Without a clear answer the text stays uncertain, however long ago it was."""
    carrier.fail_next("drop")
    uncertain = remind(willing)
    clock.advance(timedelta(days=3))
    with odd_server(answer) as server:
        asking = make_messenger(provider=evolve(provider, base_url=server.url))
        assert asking.reconcile() == (uncertain,)

    assert server.requests[0].startswith(b"GET /2010-04-01/Accounts/")
    assert willing.dispatch_due() == ()


def test_provider_that_cannot_be_reached(
    make_messenger: Make, willing: Messenger, provider: Twilio, carrier: Sandbox
) -> None:
    """A look-up that does not get through settles nothing."""
    carrier.fail_next("drop")
    uncertain = remind(willing)
    away = make_messenger(provider=evolve(provider, base_url=CLOSED))

    assert away.reconcile() == (uncertain,)


@pytest.fixture
def alike(make_messenger: Make) -> Messenger:
    """A practice that sends the same words again and again."""
    messenger = make_messenger(rulebook=Rulebook(Settings(identical_text_within=None)))
    agree(messenger)
    return messenger


def test_two_texts_alike(alike: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Two uncertain texts with the same words are not both settled by one record."""
    carrier.fail_next("accept_then_drop")
    carrier.fail_next("drop")
    remind(alike, "1")
    remind(alike, "2")
    clock.advance(timedelta(minutes=2))
    outcomes = alike.reconcile()

    assert [type(outcome) for outcome in outcomes] == [Sent, Queued]
    alike.dispatch_due()
    assert outgoing(carrier) == [BODY, BODY]


def test_earlier_text_alike(alike: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """An older text with the same words is no proof that the new one arrived."""
    remind(alike, "1")
    clock.advance(timedelta(minutes=50))
    carrier.fail_next("drop")
    remind(alike, "2")
    clock.advance(timedelta(minutes=2))

    assert [type(outcome) for outcome in alike.reconcile()] == [Queued]


@pytest.mark.parametrize("hours", [23.5, 72])
def test_what_was_settled_by_hand_is_not_taken_for_another(
    alike: Messenger, carrier: Sandbox, clock: MovableClock, hours: float
) -> None:
    """Nobody knows how the provider calls that one, so that the listed one may be it."""
    carrier.fail_next("accept_then_drop")
    first = remind(alike, "day-1")
    alike.settle(first.message_id, sent=True, by="desk:ana", reason="the patient has it")
    clock.advance(timedelta(hours=hours))
    carrier.fail_next("drop")
    second = remind(alike, "day-2")
    assert isinstance(second, Uncertain)
    clock.advance(timedelta(minutes=10))
    (outcome,) = alike.reconcile()

    # Long after it the list holds nothing, so that the text surely did not leave.
    assert isinstance(outcome, Uncertain if hours < 24 else Queued)
    assert len(outgoing(carrier)) == 1


def test_what_was_settled_by_hand_long_ago_takes_no_new_text(
    alike: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The provider's list begins after it, so that what is listed is the new one."""
    carrier.fail_next("accept_then_drop")
    first = remind(alike, "day-1")
    alike.settle(first.message_id, sent=True, by="desk:ana", reason="the patient has it")
    clock.advance(timedelta(days=3))
    carrier.fail_next("accept_then_drop")
    assert isinstance(remind(alike, "day-4"), Uncertain)
    (outcome,) = alike.reconcile()

    assert isinstance(outcome, Sent)
    assert outcome.provider_id == carrier.messages()[-1].sid


def test_callback_settles(willing: Messenger, carrier: Sandbox) -> None:
    """A status callback with our reference settles an uncertain text."""
    carrier.fail_next("accept_then_drop")
    uncertain = remind(willing)
    (entry,) = carrier.messages()
    willing.receive(status(entry.sid, "delivered", ref=uncertain.message_id))

    assert remind(willing) == Sent(message_id=uncertain.message_id, provider_id=entry.sid)
    assert willing.history(PERSON).texts[0].message.state is State.DELIVERED
    assert willing.reconcile() == ()


def test_callback_during_the_look_up(
    make_messenger: Make, willing: Messenger, carrier: Sandbox
) -> None:
    """What a callback settled while the provider was being asked stays settled."""
    carrier.fail_next("accept_then_drop")
    uncertain = remind(willing)
    (entry,) = carrier.messages()
    transport = BlockingTransport()
    asking = make_messenger(
        transport=Meanwhile(
            transport,
            after=lambda: willing.receive(
                status(entry.sid, "undelivered", ref=uncertain.message_id)
            ),
        )
    )
    (settled,) = asking.reconcile()
    transport.close()

    assert settled == Sent(message_id=uncertain.message_id, provider_id=entry.sid)
    assert willing.history(PERSON).texts[0].message.state is State.UNDELIVERED


def test_failed_at_the_provider(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A record that says the text failed settles it as failed, with the reason."""
    entries = {
        "messages": [
            {
                "sid": "SM1",
                "body": BODY,
                "status": "failed",
                "error_code": 30007,
                "date_created": "Mon, 30 Nov 2026 16:00:00 +0000",
            }
        ]
    }
    carrier.fail_next("drop")
    remind(willing)
    with odd_server(http(200, json.dumps(entries).encode())) as server:
        ports = willing._ports
        willing._ports = evolve(ports, routes=Routes([evolve(ports.provider, base_url=server.url)]))  # type: ignore[type-var]
        (failed,) = willing.reconcile()

    assert isinstance(failed, Failed)
    assert failed.problem.category is Failure.CARRIER_FILTERED


@pytest.mark.parametrize("error", [KeyError, RecordAltered, StoreBusy])
def test_one_that_fails(
    willing: Messenger,
    make_messenger: Make,
    carrier: Sandbox,
    clock: MovableClock,
    error: type[Exception],
) -> None:
    """A text whose look-up fails stays uncertain, and keeps no other from being looked up."""

    class Odd(Twilio):
        def found(self, reply: Any, text: Any, since: Any) -> Any:
            if "first" in text.body:
                raise error
            return super().found(reply, text, since)

    for key in ("first", "second"):
        carrier.fail_next("accept_then_drop")
        assert isinstance(remind(willing, key, body=f"{BODY} ({key})"), Uncertain)
        clock.advance(timedelta(seconds=1))
    odd = Odd(account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=carrier.url)
    with pytest.raises(error):
        make_messenger(provider=odd).reconcile()

    first, second = (text.message.state for text in willing.history(PERSON).texts)
    assert first is State.UNCERTAIN
    assert (second is State.UNCERTAIN) is (error is StoreBusy)


def test_limit(willing: Messenger, carrier: Sandbox) -> None:
    """No more texts are looked up at once than asked for."""
    carrier.fail_next("accept_then_drop", times=3)
    for number in range(3):
        remind(willing, str(number), body=f"{BODY} {number}")

    assert [len(willing.reconcile(limit=2)) for _ in range(3)] == [2, 1, 0]


def test_own_patience(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """How long to wait for the provider's list is the practice's choice."""
    messenger = make_messenger(
        delivery=Delivery(lease=timedelta(seconds=5), settle_after=timedelta(seconds=1))
    )
    agree(messenger)
    carrier.fail_next("drop")
    remind(messenger)
    clock.advance(timedelta(seconds=6))

    assert [type(outcome) for outcome in messenger.reconcile()] == [Queued]
    assert carrier.messages() == ()
    assert SENDER not in repr(messenger.history(PERSON))


def test_standing_still_while_asking(
    make_messenger: Make, willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """An answer that lay around settles nothing: what it does not list may have come in since."""
    carrier.fail_next("drop")
    uncertain = remind(willing)
    transport = BlockingTransport()
    asking = make_messenger(
        transport=Meanwhile(transport, after=lambda: clock.advance(timedelta(hours=1)))
    )

    assert asking.reconcile() == (uncertain,)
    assert [type(outcome) for outcome in willing.reconcile()] == [Queued]
    transport.close()


def test_a_clock_that_was_hours_ahead(make_messenger: Make, carrier: Sandbox) -> None:
    """What the provider has is found although our clock was wrong when the text left."""
    ahead = MovableClock(MORNING + timedelta(hours=5))
    carrier.fail_next("accept_then_drop")
    agree(make_messenger(clock=ahead))
    remind(make_messenger(clock=ahead))
    ahead.advance(timedelta(minutes=2))

    assert [type(outcome) for outcome in make_messenger(clock=ahead).reconcile()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_a_late_refusal_wakes_no_blocked_text(
    make_messenger: Make, willing: Messenger, clock: MovableClock
) -> None:
    """A text that was blocked while its first request hung stays blocked when that was not sent."""

    class Hanging:
        async def send(self, _: HttpRequest) -> HttpReply:
            clock.advance(timedelta(minutes=3))
            assert [type(outcome) for outcome in willing.reconcile()] == [Queued]
            willing.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
            assert [type(outcome) for outcome in willing.dispatch_due()] == [Blocked]
            msg = "the connection was refused"
            raise RequestNotSent(msg)

    assert isinstance(remind(make_messenger(transport=Hanging())), Blocked)
    assert willing.dispatch_due() == ()
    (told,) = willing.history(PERSON).texts
    assert told.steps[-1].state == "blocked"


def test_a_look_up_can_tell_of_an_opt_out(willing: Messenger, carrier: Sandbox) -> None:
    """What the provider's book says of the number goes to the ledger as a report's word would."""
    entries = {
        "messages": [
            {
                "sid": "SM1",
                "body": BODY,
                "status": "undelivered",
                "error_code": 21610,
                "date_created": "Mon, 30 Nov 2026 16:00:00 +0000",
            }
        ]
    }
    carrier.fail_next("drop")
    remind(willing)
    with odd_server(http(200, json.dumps(entries).encode())) as server:
        ports = willing._ports
        elsewhere = evolve(ports.provider, base_url=server.url)  # type: ignore[type-var]
        willing._ports = evolve(ports, routes=Routes([elsewhere]))
        willing.reconcile()

    assert willing.consent.state(PATIENT, person=PERSON).revoked_at is not None
