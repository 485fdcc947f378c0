"""Asking once more for an uncertain text, where the provider processes one reference only once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve

from compliant_sms.flows._deciding._admit import Decided, decide
from compliant_sms.flows._deciding._brief import Brief, brief_for, with_household
from compliant_sms.flows._deciding._pause import is_paused
from compliant_sms.flows._deciding._rate import turn
from compliant_sms.flows._deciding._standing import standing
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._deciding._waits import keep_wait, wait_of
from compliant_sms.flows._sending._called_back import is_called_back
from compliant_sms.flows._sending._deliver import outbound, submit
from compliant_sms.flows._sending._news import apply_early, early_news
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.flows._sending._reported import record_problem, reported_of
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Attempt, Certainty, Failure, StatusUpdate
from compliant_sms.routing import Route
from compliant_sms.rules import Verdict

# A request may be on its way for a while, and the provider counts by its own clock.
_MARGIN = timedelta(minutes=10)


async def repeat(ports: Ports, route: Route, message: Message) -> Outcome:
    """Ask the provider for the same text again, if that surely cannot be a second text.

    It is decided anew, because the patient may have said STOP meanwhile. The provider knows a text
    by its reference and its content, so it must be the same request, from the same sender; where
    it would not be, or is refused, the text stays uncertain: the first request may have left.

    Returns:
        the outcome; uncertain where it is not known any better.
    """
    if not _is_possible(ports, route, message):
        return outcome_of(message)
    brief = await brief_for(ports, message.draft)
    until = await ports.store.run(lambda tx: _decided(tx, ports, route, message, brief))
    if isinstance(until, Unasked):
        brief = await with_household(ports, brief, until.persons)
        until = await ports.store.run(lambda tx: _decided(tx, ports, route, message, brief))
    if not isinstance(until, datetime):
        return outcome_of(message)
    deadline = until
    at = ports.clock()
    request = evolve(
        route.provider.request(outbound(message, at), at=at),
        may_leave=lambda: ports.clock() < deadline,
    )
    result = await submit(ports, route.provider, request, message)
    return await ports.store.run(lambda tx: _record(tx, ports, route, message, result))


def _is_possible(ports: Ports, route: Route, message: Message) -> bool:
    can, at = route.provider.capabilities, ports.clock()
    claimed_until = message.claimed_until or at
    last = message.draft.not_after
    # How long it may travel is part of the request, and would be another time now.
    same_request = last is None or (can.validity is None and at <= last)
    return can.repeat_within is not None and at >= claimed_until and same_request


async def _decided(
    tx: Transaction, ports: Ports, route: Route, message: Message, brief: Brief
) -> datetime | Unasked | None:
    """Decide again and keep the decision. Returns until when the request may go, if it may."""
    await tx.lock(message.practice_id, message.draft.to)
    current = await tx.message(message.practice_id, message.message_id)
    if current is None or current.state is not State.UNCERTAIN or is_called_back(current):
        return None
    if ports.dry_run or await is_paused(tx, message.practice_id, brief):
        return None
    at = ports.clock()
    if not await _is_remembered(tx, route, message, at):
        return None
    stands = await standing(tx, ports, current, brief, at)
    if stands is not None:  # a visit that was moved, or a template that was withdrawn
        return stands if isinstance(stands, Unasked) else None
    decided = await decide(
        tx,
        ports,
        brief,
        [route],
        at=at,
        own_departure=message.departure,
    )
    wait = await wait_of(tx, route, at)
    if not _is_same(decided, message) or await turn(tx, ports, decided.decision.facts, route, wait):
        return None
    await tx.add_decision(message.practice_id, message.message_id, decided.decision)
    return at + ports.delivery.lease


async def _is_remembered(tx: Transaction, route: Route, message: Message, at: datetime) -> bool:
    """Whether the provider still knows the reference, if it ever got it."""
    within = route.provider.capabilities.repeat_within or timedelta(0)
    claims = (
        s.at
        for s in await tx.steps(message.practice_id, message.message_id)
        if s.state is State.CLAIMED
    )
    first = min(claims, default=message.created_at)
    return first <= at <= first + within - _MARGIN


def _is_same(decided: Decided, message: Message) -> bool:
    rendered = decided.rendered
    return (
        decided.decision.verdict is Verdict.ALLOW
        and not rendered.needs_link
        and (rendered.body, rendered.media) == (message.body, message.media)
    )


async def _record(
    tx: Transaction, ports: Ports, route: Route, message: Message, result: Attempt
) -> Outcome:
    early: Sequence[StatusUpdate] = ()
    if result.provider_id is not None:
        early = await early_news(tx, message, route.provider.name, result.provider_id)
    await tx.lock(message.practice_id, message.draft.to)
    current = await tx.message(message.practice_id, message.message_id) or message
    at, problem = ports.clock(), result.problem
    told = problem is not None and problem.category is Failure.DUPLICATE
    has_it = told or result.certainty is Certainty.ACCEPTED
    if result.refusal is not None:
        await record_problem(tx, ports, reported_of(current), result.refusal, at)
    await keep_wait(tx, route, result, at)
    if has_it and current.state is State.UNCERTAIN:
        current = current.moved(State.SENT, provider_id=result.provider_id)
        await tx.save(current, at)
    current = await apply_early(tx, ports, current, early, at)
    return outcome_of(current)
