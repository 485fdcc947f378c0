"""Handing a claimed text to the provider, and keeping what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from attrs import define, evolve

from compliant_sms._masking import own_words
from compliant_sms.errors import NoAnswer, RequestNotSent, UnknownMessage
from compliant_sms.flows._deciding._admit import Claimed, Limited, Unlinked, admit
from compliant_sms.flows._deciding._facts import may_carry_phi, wishes_as_told
from compliant_sms.flows._deciding._pause import is_paused
from compliant_sms.flows._deciding._rehearsed import DRY_RUN
from compliant_sms.flows._deciding._routes import routes_for
from compliant_sms.flows._deciding._standing import standing
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._deciding._waits import LONGEST_WAIT, keep_wait
from compliant_sms.flows._sending._called_back import as_uncertain, is_called_back, keep
from compliant_sms.flows._sending._claim import claiming, give_back, is_open
from compliant_sms.flows._sending._echo import without_echo
from compliant_sms.flows._sending._news import apply_early, early_news
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.flows._sending._reported import concerns_number, record_problem, reported_of
from compliant_sms.lifecycle import IN_FLIGHT, State
from compliant_sms.messages import (
    Message,
    Outcome,
)
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    OutboundText,
    Problem,
    Provider,
    StatusUpdate,
)
from compliant_sms.routing import Route
from compliant_sms.wire import HttpRequest

# Whoever has put the account right wants to see texts leave.
_LONGEST_FOR_ACCOUNT = timedelta(hours=1)
_MOST_DOUBLINGS = 16
_SHORTEST_VALIDITY = timedelta(seconds=1)


def outbound(message: Message, at: datetime) -> OutboundText:
    """The text as adapters take it.

    Args:
        message: the text.
        at: when it is handed over: what has to be there by a certain time may travel no longer.
    """
    last = message.draft.not_after
    return OutboundText(
        to=message.draft.to,
        body=message.body,
        reference=message.message_id,
        media=message.media,
        valid_for=None if last is None else max(last - at, _SHORTEST_VALIDITY),
    )


@define
class _Request:
    """What became of the requests of one claim.

    Attributes:
        may_have_left: one may have left that was not refused.
        refused: what the last one that was refused came to.
        is_stale: it must be decided anew before it is tried again.
    """

    may_have_left: bool = False
    refused: Attempt | None = None
    is_stale: bool = False


async def deliver(ports: Ports, claim: Claimed) -> Outcome:
    """Send a claimed text and record the outcome; by another route, if it surely did not go out.

    Raises:
        BaseException: what was raised meanwhile. The text is due again where no request can have
            left; otherwise it stays claimed and becomes uncertain.
    """
    refused: list[tuple[Route, Attempt]] = []
    result, step = await _send_by_route(ports, claim, refused)
    while isinstance(step, Claimed):
        claim = step
        result, step = await _send_by_route(ports, claim, refused)
    if step is not None:
        return step
    final = _final_result(result, refused)
    # It has left: whoever is cancelled now must not make it uncertain.
    return await ports.unbroken(
        ports.store.run(lambda tx: _record(tx, ports, claim, result, final))
    )


async def _send_by_route(
    ports: Ports, claim: Claimed, refused: list[tuple[Route, Attempt]]
) -> tuple[Attempt, Claimed | Outcome | None]:
    """Send a claimed text by its route: the result, and the next step if another route may take it.

    Without a next step, the result is final.
    """
    open_request = _Request()
    try:
        result = await _request(ports, claim, open_request)
        note_health(ports, claim.route, result)
        if open_request.is_stale:
            return result, await claiming(ports, lambda tx: _move_on(tx, ports, claim, result, ()))
        if not result.may_move_on or result == _LEASE_OVER:
            return result, None
        refused.append((claim.route, result))
        return result, await _try_next_route(ports, claim, refused)
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException as error:
        if not open_request.may_have_left:
            again = ports.clock() + _pause_after_error(error, claim.message, ports)
            await give_back(ports, claim.message, again)
        raise


def _final_result(last: Attempt, refused: Sequence[tuple[Route, Attempt]]) -> Attempt:
    """What the text's outcome is: it may still go by a route that refused it for a while."""
    if not last.may_move_on:
        return last
    passing = (a for _, a in refused if a.is_about_account or a.may_be_tried_later)
    return next(passing, last)


async def _try_next_route(
    ports: Ports, claim: Claimed, refused: Sequence[tuple[Route, Attempt]]
) -> Claimed | Outcome | None:
    """Have the text leave by another route; None where there is none."""
    # An agreement that the first provider signed binds no other one.
    at = ports.clock()
    signed = may_carry_phi(claim.route.provider, at)
    tried = [route for route, _ in refused]
    excluded = [
        r for r in ports.routes if r in tried or (signed and not may_carry_phi(r.provider, at))
    ]
    if not routes_for(ports, claim.brief, at, excluded=excluded):
        return None
    result = refused[-1][1]
    return await claiming(ports, lambda tx: _move_on(tx, ports, claim, result, excluded))


async def _move_on(
    tx: Transaction,
    ports: Ports,
    claim: Claimed,
    result: Attempt,
    excluded: Collection[Route],
) -> Claimed | Outcome | None:
    await tx.lock(claim.message.practice_id, claim.message.draft.to)
    message = await tx.message(claim.message.practice_id, claim.message.message_id)
    if message is None or not is_open(message, claim.message):
        return None
    at = ports.clock()
    await keep_wait(tx, claim.route, result, at)
    due = message.moved(State.DUE, not_before=at, problem=result.problem)
    due = _with_refusal_counted(due, result)
    due = await keep(tx, ports, message, due, at)
    if due.state is State.CANCELLED:
        return outcome_of(due)
    step = await admit(tx, ports, due, claim.brief, at, excluded=excluded)
    if isinstance(step, Limited | Unlinked | Unasked):
        until = step.until if isinstance(step, Limited) else at + _backoff(message.attempts, ports)
        due = evolve(due, not_before=until)
        await tx.save(due, at)
        return outcome_of(due)
    return step


def note_health(ports: Ports, route: Route, result: Attempt) -> None:
    """Keep in mind whether a route works."""
    if result == _LEASE_OVER:
        return
    at, problem = ports.clock(), result.problem
    if problem is not None and problem.consequence.route_fails:
        ports.health.failed(route, ports.routes, at)
    elif problem is None or problem.category is not Failure.RATE_LIMITED:
        ports.health.worked(route)


async def _request(ports: Ports, claim: Claimed, open_request: _Request) -> Attempt:
    message, provider, at = claim.message, claim.route.provider, ports.clock()
    written = provider.request(outbound(message, at), at=at)
    if ports.dry_run:  # what cannot be written was refused, as it would be
        return Attempt(certainty=Certainty.ACCEPTED, provider_id=DRY_RUN)
    request = evolve(
        written,
        may_leave=lambda: _is_within_lease(message, ports),
    )

    async def attempt() -> Attempt:
        refused = open_request.refused
        if refused is not None and not open_request.is_stale and request.may_leave():
            stands = await ports.store.run(lambda tx: _still_stands(tx, ports, claim))
            open_request.is_stale = not stands
        if refused is not None and open_request.is_stale:
            return refused
        open_request.may_have_left = True
        try:
            result = await submit(ports, provider, request, message)
        except BaseException as error:  # such as that the task was cancelled before its turn
            open_request.may_have_left = not isinstance(error.__cause__, RequestNotSent)
            raise
        open_request.may_have_left = result.certainty is not Certainty.REFUSED
        open_request.refused = None if open_request.may_have_left else result
        return result

    return await ports.retry(attempt)


async def _still_stands(tx: Transaction, ports: Ports, claim: Claimed) -> bool:
    """Whether nobody has said anything against a refused text since its claim."""
    claimed, brief = claim.message, claim.brief
    await tx.lock(claimed.practice_id, claimed.draft.to)
    message = await tx.message(claimed.practice_id, claimed.message_id)
    if message is None or not is_open(message, claimed) or is_called_back(message):
        return False
    if await is_paused(tx, claimed.practice_id, brief):
        return False
    if await standing(tx, ports, message, brief, ports.clock()) is not None:
        return False
    return await wishes_as_told(tx, claimed.practice_id, claimed.draft, claim.facts)


def _pause_after_error(error: BaseException, message: Message, ports: Ports) -> timedelta:
    # Whoever stops the program says nothing about the text; what fails on it may fail again.
    return _backoff(message.attempts, ports) if isinstance(error, Exception) else timedelta(0)


def _is_within_lease(message: Message, ports: Ports) -> bool:
    # Somebody else may claim it afterwards: no request is written after the lease. A clock that
    # shows a time before the claim was turned back, and cannot tell.
    until = message.claimed_until
    return until is not None and until - ports.delivery.lease <= ports.clock() < until


async def submit(
    ports: Ports, provider: Provider, request: HttpRequest, message: Message
) -> Attempt:
    """What one request for a text came to."""
    if not request.may_leave():
        return _LEASE_OVER
    try:
        reply = await ports.transport.send(request)
    except RequestNotSent as error:
        return _not_taken("unreachable", f"It was not sent: {own_words(error)}.")
    except NoAnswer as error:
        return Attempt(
            certainty=Certainty.AMBIGUOUS,
            problem=Problem(
                category=Failure.PROVIDER_FAULT,
                code="no_answer",
                words=f"It may or may not have been sent: {own_words(error)}.",
            ),
        )
    return without_echo(provider.response(reply), message)


def _not_taken(code: str, words: str) -> Attempt:
    problem = Problem(category=Failure.PROVIDER_FAULT, code=code, words=words)
    return Attempt(certainty=Certainty.REFUSED, problem=problem)


_LEASE_OVER = _not_taken("lease", "The time reserved for sending it ran out.")


async def _record(
    tx: Transaction, ports: Ports, claim: Claimed, last: Attempt, result: Attempt
) -> Outcome:
    claimed = claim.message
    early: Sequence[StatusUpdate] = ()
    if result.certainty is Certainty.ACCEPTED and result.provider_id is not None:
        early = await early_news(tx, claimed, claim.route.provider.name, result.provider_id)
    if concerns_number(result.problem):
        # In the order in which everybody locks: the number, then the text.
        await tx.lock(claimed.practice_id, claimed.draft.to)
    if result.problem is None and result.certainty is Certainty.ACCEPTED:
        at, sent = ports.clock(), claimed.moved(State.SENT, provider_id=result.provider_id)
        if await tx.close_claim(sent, at):
            return outcome_of(await apply_early(tx, ports, sent, early, at))
    # A callback has overtaken the answer, or there is more to see to.
    message = await tx.message(claimed.practice_id, claimed.message_id)
    if message is None:
        msg = "the text vanished from the store while it was being sent; restore a backup"
        raise UnknownMessage(msg)
    at = ports.clock()
    # After the lease somebody may have claimed it anew: then only that claim's refusal counts.
    outdated = message.attempts != claimed.attempts and result.certainty is not Certainty.ACCEPTED
    settled = message if outdated else _settled(message, last, result, ports, at)
    if settled != message:
        settled = await keep(tx, ports, message, settled, at)
    settled = await apply_early(tx, ports, settled, early, at)
    await keep_wait(tx, claim.route, last, at)
    await record_problem(tx, ports, reported_of(settled), result.problem, at)
    return outcome_of(settled)


def _settled(
    message: Message, last: Attempt, result: Attempt, ports: Ports, at: datetime
) -> Message:
    if result.certainty is Certainty.ACCEPTED:
        return message.moved(State.SENT, provider_id=result.provider_id)
    if result.certainty is Certainty.AMBIGUOUS:
        return as_uncertain(message, result.problem)
    passes = result.may_be_tried_later or result.is_about_account
    if passes and message.state is State.BLOCKED:
        return message  # blocked since: only who asked for it may ask again
    # What other routes said was counted as it moved on.
    refused = _with_refusal_counted(message, last)
    # However often the account was refused, the text may still go.
    if result.is_about_account or (passes and refused.refusals < ports.delivery.attempts):
        if message.state not in IN_FLIGHT:  # settled, and decided again
            return message
        again = at + _pause_before_retry(result, refused, ports)
        return refused.moved(State.DUE, not_before=again, problem=result.problem)
    return message.moved(State.FAILED, problem=result.problem)


def _with_refusal_counted(message: Message, result: Attempt) -> Message:
    """The text with that refusal counted, unless it is about the account, not about the text."""
    counts = result.may_be_tried_later and not result.is_about_account
    return evolve(message, refusals=message.refusals + 1) if counts else message


def _pause_before_retry(result: Attempt, message: Message, ports: Ports) -> timedelta:
    if result.is_about_account:
        return min(_backoff(message.attempts, ports), _LONGEST_FOR_ACCOUNT)
    if result.retry_after is not None:
        return timedelta(seconds=min(result.retry_after, LONGEST_WAIT.total_seconds()))
    return _backoff(message.refusals, ports)


def _backoff(tries: int, ports: Ports) -> timedelta:
    doublings = min(tries - 1, _MOST_DOUBLINGS)
    return min(ports.delivery.pause * (1 << doublings), LONGEST_WAIT)
