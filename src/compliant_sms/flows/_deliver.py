"""Handing a claimed text to the provider, and keeping what came of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from attrs import define, evolve

from compliant_sms.consent import Channel, Revoked
from compliant_sms.errors import NoAnswer, RequestNotSent, UnknownMessage
from compliant_sms.flows._revoke import append_heard
from compliant_sms.lifecycle import State
from compliant_sms.messages import (
    Blocked,
    Cancelled,
    Failed,
    Held,
    Message,
    Outcome,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Attempt, Category, Certainty, OutboundText, Problem
from compliant_sms.wire import HttpRequest

__all__ = ["deliver", "outbound", "outcome_of", "record_opt_out", "recorded_outcome"]

# Whatever a provider asks for: a text that waits longer is looked at again in between.
_LONGEST_PAUSE = timedelta(days=1)
# Whoever has put the account right wants to see texts leave.
_LONGEST_FOR_ACCOUNT = timedelta(hours=1)
_MOST_DOUBLINGS = 16
_OPEN = frozenset({State.CLAIMED, State.UNCERTAIN})


def outbound(message: Message) -> OutboundText:
    """The text as adapters take it."""
    return OutboundText(to=message.draft.to, body=message.body, reference=message.message_id)


@define
class _Request:
    """Whether a request may have left that was not refused."""

    may_have_left: bool = False


async def deliver(ports: Ports, message: Message) -> Outcome:
    """Send a claimed text and record the outcome.

    Raises:
        BaseException: what was raised meanwhile. The text is due again where no request can have
            left; otherwise it stays claimed and becomes uncertain.
    """
    open_request = _Request()
    try:
        result = await _request(ports, message, open_request)
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException as error:
        if not open_request.may_have_left:
            again = ports.clock() + _after(error, message, ports)
            with suppress(Exception):  # what went wrong first is what to tell
                await ports.store.run(lambda tx: _give_back(tx, ports, message, again))
        raise
    return await ports.store.run(lambda tx: _record(tx, ports, message, result))


async def _request(ports: Ports, message: Message, open_request: _Request) -> Attempt:
    request = evolve(
        ports.provider.request(outbound(message)), may_leave=lambda: _is_ours(message, ports)
    )

    async def attempt() -> Attempt:
        open_request.may_have_left = True
        result = await _attempt(ports, request)
        open_request.may_have_left = result.certainty is not Certainty.REFUSED
        return result

    return await ports.retry(attempt)


def _after(error: BaseException, message: Message, ports: Ports) -> timedelta:
    # Whoever stops the program says nothing about the text; what fails on it may fail again.
    return _pause(message, ports) if isinstance(error, Exception) else timedelta(0)


async def _give_back(tx: Transaction, ports: Ports, claimed: Message, again: datetime) -> None:
    message = await tx.message(claimed.message_id)
    if message is not None and _is_open(message, claimed):
        await tx.save(message.moved(State.DUE, not_before=again), ports.clock())


def _is_open(message: Message, claimed: Message) -> bool:
    """Whether it is still that claim which is open."""
    return message.attempts == claimed.attempts and message.state in _OPEN


def _is_ours(message: Message, ports: Ports) -> bool:
    # Somebody else may claim it afterwards: no request is written after the lease. A clock that
    # shows a time before the claim was turned back, and cannot tell.
    until = message.claimed_until
    return until is not None and until - ports.delivery.lease <= ports.clock() < until


async def _attempt(ports: Ports, request: HttpRequest) -> Attempt:
    if not request.may_leave():
        return _not_taken("lease", "The time reserved for sending it ran out.")
    try:
        return ports.provider.response(await ports.transport.send(request))
    except RequestNotSent as error:
        return _not_taken("unreachable", f"It was not sent: {error}.")
    except NoAnswer as error:
        return Attempt(
            certainty=Certainty.AMBIGUOUS,
            problem=Problem(
                category=Category.PROVIDER_FAULT,
                code="no_answer",
                words=f"It may or may not have been sent: {error}.",
            ),
        )


def _not_taken(code: str, words: str) -> Attempt:
    problem = Problem(category=Category.PROVIDER_FAULT, code=code, words=words)
    return Attempt(certainty=Certainty.REFUSED, problem=problem)


async def _record(tx: Transaction, ports: Ports, claimed: Message, result: Attempt) -> Outcome:
    if result.problem is not None and result.problem.category is Category.OPTED_OUT:
        # In the order in which everybody locks: the number, then the text.
        await tx.lock(claimed.practice_id, claimed.draft.to)
    if result.problem is None and result.certainty is Certainty.ACCEPTED:
        at, sent = ports.clock(), claimed.moved(State.SENT, provider_id=result.provider_id)
        if await tx.close_claim(sent, at):
            return outcome_of(sent)
    # A callback has overtaken the answer, or there is more to see to.
    message = await tx.message(claimed.message_id)
    if message is None:
        msg = "the text vanished from the store while it was being sent; restore a backup"
        raise UnknownMessage(msg)
    at = ports.clock()
    # After the lease somebody may have claimed it anew: then only that claim's refusal counts.
    outdated = message.attempts != claimed.attempts and result.certainty is not Certainty.ACCEPTED
    settled = message if outdated else _settled(message, result, ports, at)
    if settled != message:
        await tx.save(settled, at)
    if result.problem is not None and result.problem.category is Category.OPTED_OUT:
        await record_opt_out(tx, ports, settled, at)
    return outcome_of(settled)


def _settled(message: Message, result: Attempt, ports: Ports, at: datetime) -> Message:
    if result.certainty is Certainty.ACCEPTED:
        return message.moved(State.SENT, provider_id=result.provider_id)
    if result.certainty is Certainty.AMBIGUOUS:
        return message.moved(State.UNCERTAIN, problem=result.problem)
    passes = result.may_be_repeated or result.is_about_account
    if passes and message.state is State.BLOCKED:
        return message  # blocked since: only who asked for it may ask again
    # However often the account was refused, the text may still go.
    if result.is_about_account or (passes and message.attempts < ports.delivery.attempts):
        if message.state not in _OPEN:  # settled, and decided again
            return message
        again = at + _asked_for(result, message, ports)
        return message.moved(State.DUE, not_before=again, problem=result.problem)
    return message.moved(State.FAILED, problem=result.problem)


def _asked_for(result: Attempt, message: Message, ports: Ports) -> timedelta:
    if result.is_about_account:
        return min(_pause(message, ports), _LONGEST_FOR_ACCOUNT)
    if result.retry_after is not None:
        return timedelta(seconds=min(result.retry_after, _LONGEST_PAUSE.total_seconds()))
    return _pause(message, ports)


def _pause(message: Message, ports: Ports) -> timedelta:
    doublings = min(message.attempts - 1, _MOST_DOUBLINGS)
    return min(ports.delivery.pause * (1 << doublings), _LONGEST_PAUSE)


async def record_opt_out(tx: Transaction, ports: Ports, message: Message, at: datetime) -> None:
    """The provider says that the number opted out: the ledger must know it too."""
    event = Revoked(
        event_id=ports.ids(),
        practice_id=message.practice_id,
        number=message.draft.to,
        occurred_at=at,
        recorded_at=at,
        actor=f"provider:{message.provider}",
        channel=Channel.PROVIDER,
        rule="provider-opt-out",
        reference=message.message_id,
    )
    await append_heard(tx, ports, event)


def outcome_of(message: Message) -> Outcome:  # noqa: PLR0911 - one answer for each state
    """What to tell somebody who asks for the text again, from where it is.

    A blocked or held text's reasons lie in its decisions; see :func:`recorded_outcome`.
    """
    message_id = message.message_id
    match message.state:
        case State.SENT | State.DELIVERED | State.UNDELIVERED:
            return Sent(message_id=message_id, provider_id=message.provider_id)
        case State.DUE | State.CLAIMED:
            return Queued(
                message_id=message_id, not_before=message.not_before, problem=message.problem
            )
        case State.HELD:
            return Held(message_id=message_id, until=message.not_before, reasons=())
        case State.BLOCKED:
            return Blocked(message_id=message_id, reasons=())
        case State.UNCERTAIN:
            return Uncertain(message_id=message_id, problem=message.problem)
        case State.CANCELLED:
            return Cancelled(message_id=message_id)
        case _:  # failed
            return Failed(message_id=message_id, problem=message.problem or _UNEXPLAINED)


async def recorded_outcome(tx: Transaction, message: Message) -> Outcome:
    """The outcome on record, with its reasons."""
    outcome = outcome_of(message)
    if isinstance(outcome, Held | Blocked):
        decisions = await tx.decisions(message.message_id)  # none, where they were purged
        return evolve(outcome, reasons=decisions[-1].reasons) if decisions else outcome
    return outcome


_UNEXPLAINED = Problem(category=Category.UNKNOWN, code="none", words="The provider gave no reason.")
