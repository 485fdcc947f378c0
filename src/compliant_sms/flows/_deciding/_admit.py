"""Deciding about a text, and claiming it in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from compliant_sms.audit import Act, AuditEvent
from compliant_sms.errors import Unsupported
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.flows._deciding._facts import Rendered, facts_about, may_carry_phi
from compliant_sms.flows._deciding._opt_in import record_asked
from compliant_sms.flows._deciding._pause import hold_for_pause, is_paused, passes_pauses
from compliant_sms.flows._deciding._places import leave_places, planned, take_place
from compliant_sms.flows._deciding._rate import turn
from compliant_sms.flows._deciding._rehearsed import DRY_RUN
from compliant_sms.flows._deciding._routes import enroll, routes_for
from compliant_sms.flows._deciding._sent_before import looked_back
from compliant_sms.flows._deciding._standing import (
    Void,
    aside,
    set_aside,
    standing,
    tells_of_visits,
)
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._deciding._waits import wait_name, wait_of
from compliant_sms.lifecycle import State
from compliant_sms.messages import Blocked, Cancelled, Departure, Held, Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Problem
from compliant_sms.routing import Route
from compliant_sms.rules import Decision, Facts, OptOutShown, Verdict, is_exempt, used
from compliant_sms.volume import NO_PLACE

WAITING = frozenset({State.DUE, State.HELD})
"""The states of a text that nobody has taken yet."""

_IN_PLACE = frozenset({State.CLAIMED, State.HELD})
_CLAIM = 8  # bytes: two claims of one text are never alike
_MANY = 20
_TOLD_ALREADY = "The reminder before it went late, and said the same."
_TOO_LATE = "It could not go before its not_after."


@frozen(kw_only=True)
class Decided:
    """A decision, the text that it is about as it would be sent, and by which route."""

    decision: Decision
    rendered: Rendered
    route: Route


@frozen(kw_only=True)
class Claimed:
    """A text that is to be sent now, by whoever claimed it.

    Attributes:
        message: the text.
        brief: what it was decided by, for whoever has to decide again.
        route: by which it leaves.
        facts: what the decision was told.
    """

    message: Message
    brief: Brief
    route: Route
    facts: Facts


@frozen
class Unlinked:
    """A text that may go as soon as somebody made the link that it needs. It is not claimed."""

    message: Message


@frozen
class Limited:
    """A text that may go as soon as the sender's rate, or its provider, allows it, unclaimed.

    Attributes:
        message: the text.
        until: when there is room for it (UTC).
    """

    message: Message
    until: datetime


async def decide(
    tx: Transaction,
    ports: Ports,
    brief: Brief,
    routes: Sequence[Route],
    *,
    at: datetime,
    own_departure: Departure | None = None,
) -> Decided:
    """What the rulebook says about a text now, its body as it would be sent, and by which route.

    The decision is about the provider that carries the text: the first one that may.

    Args:
        tx: the transaction.
        ports: what to work with.
        brief: what is known of the text.
        routes: those that it may leave by.
        at: now (UTC).
        own_departure: how the text itself may have left before, which is no other text.
    """
    first, others = routes[0], routes[1:]
    rendered = await facts_about(
        tx,
        ports,
        brief,
        first.provider,
        at=at,
        own_departure=own_departure,
    )
    decided = Decided(
        decision=ports.rulebook.decide(rendered.facts), rendered=rendered, route=first
    )
    if decided.decision.verdict is not Verdict.BLOCK:
        return decided
    signed = rendered.facts.sender.business_associate
    other = next((r for r in others if may_carry_phi(r.provider, at) is not signed), None)
    if other is None:  # nothing else of a provider matters to the rules
        return decided
    facts = evolve(
        rendered.facts, sender=evolve(rendered.facts.sender, business_associate=not signed)
    )
    again = ports.rulebook.decide(facts)
    if again.verdict is Verdict.BLOCK:
        return decided
    return Decided(decision=again, rendered=evolve(rendered, facts=facts), route=other)


async def prefetch(tx: Transaction, ports: Ports, brief: Brief, at: datetime) -> None:
    """Have what :func:`admit` reads travel with the text, where the store is a journey away."""
    if passes_pauses(brief):
        return  # it does not wait for whoever pauses or resumes just now
    await tx.prefetch(
        ports.practice.id,
        brief.draft.to,
        since=looked_back(ports.rulebook.settings, at),
        buckets=[wait_name(route) for route in ports.routes],
    )


async def take(
    tx: Transaction, ports: Ports, message_id: str, brief: Brief
) -> Claimed | Unlinked | Unasked | Limited | Outcome | None:
    """Admit a text whose time has come; None where somebody else took it."""
    await tx.lock(ports.practice.id, brief.draft.to)
    at = ports.clock()
    await prefetch(tx, ports, brief, at)
    message = await tx.message(ports.practice.id, message_id)
    if message is None or message.state not in WAITING or message.not_before > at:
        return None
    # Asked for in a host's transaction, it may be the first text that leaves from the number.
    await enroll(tx, ports)
    try:
        return await admit(tx, ports, message, brief, at)
    except Unsupported as error:  # whoever dispatches did not name it
        msg = f"{error} Or cancel the text: {message_id}."
        raise Unsupported(msg) from error


async def admit(
    tx: Transaction,
    ports: Ports,
    message: Message,
    brief: Brief,
    at: datetime,
    *,
    excluded: Collection[Route] = (),
) -> Claimed | Unlinked | Unasked | Limited | Outcome:
    """Decide about a text, keep the decision, and claim the text if it may go now.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        message: the text.
        brief: what is known of it.
        at: now (UTC).
        excluded: routes that it cannot leave by.

    Returns:
        the claimed text, to be sent by whoever called; or the outcome, when nothing is to be
        sent now; or that only its link is missing, somebody is to be asked about yet, or its turn
        has not come, and then nothing was kept.

    Raises:
        Unsupported: no route takes it.
    """
    stopped = await _stopped(tx, ports, message, brief, at)
    if stopped is not None:
        return stopped
    try:
        routes = routes_for(ports, brief, at, excluded=excluded)
    except Unsupported:
        if not is_late(message, at):
            raise
        return await too_late(tx, ports, message, at)
    waits = {route.key: await wait_of(tx, route, at) for route in routes}
    routes = tuple(sorted(routes, key=lambda route: waits[route.key] is not None))
    decided = await decide(tx, ports, brief, routes, at=at)
    plan = await planned(tx, ports, decided.decision, message)
    decided = evolve(decided, decision=plan.decision)
    decision, route = decided.decision, decided.route
    told_already = await _is_told_already(tx, message, decision)
    result: Outcome | None
    if told_already:
        moved, result = _cancelled(message, aside(_TOLD_ALREADY))
    else:
        moved, result = _consequence(message, decided, ports)
    if result is None and decided.rendered.needs_link:
        return Unlinked(message)
    if result is None and (until := await turn(tx, ports, decision.facts, route, waits[route.key])):
        return Limited(message, until)
    await tx.save(moved, at)
    await tx.add_decision(message.practice_id, message.message_id, decision)
    if moved.state in _IN_PLACE:
        await take_place(tx, ports, message, plan.place)
    else:
        await leave_places(tx, ports, message, at)
    if result is None and not ports.dry_run:  # ledger and audit log tell of what left alone
        await _record_overrides(tx, ports, message, decision)
        await record_asked(tx, ports, moved)
    if result is None and ports.practice.campaign is not None:
        await tx.add_volume(message.practice_id, at, decision.facts.readings.segments)
    return result or Claimed(message=moved, brief=brief, route=route, facts=decision.facts)


async def _stopped(
    tx: Transaction, ports: Ports, message: Message, brief: Brief, at: datetime
) -> Unasked | Outcome | None:
    """What keeps a text back whatever the rules say; None where they are to be asked."""
    answer = await standing(tx, ports, message, brief, at)
    if isinstance(answer, Unasked):
        return answer
    if not isinstance(answer, Void) and await is_paused(tx, message.practice_id, brief):
        waiting, held = hold_for_pause(message)
        await tx.save(waiting, at)
        return held
    if answer is None:
        return None
    if is_late(message, at) and not isinstance(answer, Void):  # no use in waiting any longer
        return await too_late(tx, ports, message, at)
    await leave_places(tx, ports, message, at)
    return await set_aside(tx, message, answer, at)


def is_late(message: Message, at: datetime) -> bool:
    """Whether its ``not_after`` is past."""
    last = message.draft.not_after
    return last is not None and at > last


async def too_late(tx: Transaction, ports: Ports, message: Message, at: datetime) -> Cancelled:
    """Cancel a text that waits, because it makes no sense any more."""
    await leave_places(tx, ports, message, at)
    cancelled, outcome = _cancelled(message, aside(_TOO_LATE))
    await tx.save(cancelled, at)
    return outcome


def _cancelled(message: Message, why: Problem) -> tuple[Message, Cancelled]:
    cancelled = message.moved(State.CANCELLED, problem=why)
    return cancelled, Cancelled(message_id=message.message_id, reason=why.words)


def _why_too_late(decision: Decision) -> Problem:
    """Why a text can only go when it is too late; the plan is asked where no rule is against it."""
    waits_for_plan = any(finding.rule == "volume-plan" for finding in decision.findings)
    return NO_PLACE if waits_for_plan else aside(_TOO_LATE)


def _consequence(
    message: Message, decided: Decided, ports: Ports
) -> tuple[Message, Outcome | None]:
    decision = decided.decision
    message_id, last, at = message.message_id, message.draft.not_after, decision.facts.at
    if decision.verdict is Verdict.BLOCK:
        blocked = Blocked(message_id=message_id, reasons=decision.reasons)
        return evolve(message, state=State.BLOCKED), blocked
    earliest = decision.until or at
    if last is not None and earliest > last:
        return _cancelled(message, _why_too_late(decision))
    if decision.verdict is Verdict.HOLD:
        held = Held(message_id=message_id, until=earliest, reasons=decision.reasons)
        return evolve(message, state=State.HELD, not_before=earliest), held
    claimed = evolve(
        message,
        state=State.CLAIMED,
        claimed_until=at + ports.delivery.lease,
        attempts=message.attempts + 1,
        provider=DRY_RUN if ports.dry_run else decided.route.provider.name,
        departure=_departure(decided, ports.entropy(_CLAIM).hex()),
    )
    return claimed, None


async def _is_told_already(tx: Transaction, message: Message, decision: Decision) -> bool:
    """Whether a reminder is refused for nothing but that the one before it went late.

    As after a quiet day: it said the same of the same visits, as they stand, and nobody knows that
    it never arrived. Nobody has to see to this one then. Where the same words would tell of
    another visit, somebody does.
    """
    against = {each.rule for each in decision.findings if each.verdict is Verdict.BLOCK}
    last = decision.facts.sent.identical_at
    if last is None or against != {"identical-text"} or not tells_of_visits(message.draft):
        return False
    visits = await _visits(tx, message)
    since = last - timedelta(seconds=1)
    for text in await tx.departed(message.practice_id, message.draft.to, since, _MANY):
        is_it = text.departure is not None and text.departure.at == last
        arrives = text.state is not State.UNDELIVERED
        if is_it and arrives and visits <= await _visits(tx, text):
            return True
    return False


async def _visits(tx: Transaction, message: Message) -> set[tuple[str, str, int]]:
    """Of which visits a text tells, each at its time."""
    told = await tx.told_in(message.practice_id, message.message_id)
    return {(each.appointment_id, each.occurrence, each.sequence) for each in told}


def _departure(decided: Decided, claim: str) -> Departure:
    facts = decided.decision.facts
    return Departure(
        at=facts.at,
        message_class=facts.message_class,
        subject=facts.purpose.code,
        category=facts.decided_as.category,
        exempt=is_exempt(decided.decision.findings),
        says_opt_out=facts.readings.opt_out is not OptOutShown.NO,
        appended=facts.readings.opt_out is OptOutShown.APPENDED,
        segments=facts.readings.segments,
        body=decided.rendered.body,
        sender=decided.route.provider.sender.e164,
        media=decided.rendered.media,
        claim=claim,
    )


async def _record_overrides(
    tx: Transaction, ports: Ports, message: Message, decision: Decision
) -> None:
    """One audit event for each waiver or override without which the text would not go now."""
    for each in used(ports.rulebook, decision):
        event = AuditEvent(
            practice_id=message.practice_id,
            act=Act.OVERRIDE_USED,
            at=decision.facts.at,
            actor=each.waiver.by,
            reason=each.waiver.reason,
            subject=message.message_id,
            details={"what": each.what, "decided_on": each.waiver.on.isoformat()},
        )
        await tx.audit(event)
