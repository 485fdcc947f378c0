"""Deciding about a text, and claiming it in the same transaction."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from compliant_sms.flows._brief import Brief
from compliant_sms.flows._facts import Told, facts_about
from compliant_sms.flows._overrides import record_overrides
from compliant_sms.flows._rate import take_tokens
from compliant_sms.lifecycle import State
from compliant_sms.messages import Blocked, Cancelled, Departure, Held, Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Decision, OptOutShown, Verdict, is_exempt

__all__ = ["WAITING", "Limited", "Unlinked", "admit", "decide", "take"]

WAITING = frozenset({State.DUE, State.HELD})
"""The states of a text that nobody has taken yet."""


@frozen(kw_only=True)
class Decided:
    """A decision, and the text that it is about, as it would be sent."""

    decision: Decision
    told: Told


@frozen
class Unlinked:
    """A text that may go as soon as somebody made the link that it needs. It is not claimed."""

    message: Message


@frozen
class Limited:
    """A text that may go as soon as the sender's rate allows it. It is not claimed.

    Attributes:
        message: the text.
        until: when there is room for it (UTC).
    """

    message: Message
    until: datetime


async def decide(
    tx: Transaction, ports: Ports, known: Brief, *, practice_id: str, at: datetime
) -> Decided:
    """What the rulebook says about a text now, and its body as it would be sent."""
    told = await facts_about(tx, ports, known, practice_id=practice_id, at=at)
    return Decided(decision=ports.rulebook.decide(told.facts), told=told)


async def take(
    tx: Transaction, ports: Ports, message_id: str, known: Brief
) -> Message | Unlinked | Limited | Outcome | None:
    """Admit a text whose time has come; None where somebody else took it."""
    await tx.lock(ports.practice.id, known.draft.to)
    at = ports.clock()
    message = await tx.message(message_id)
    if message is None or message.state not in WAITING or message.not_before > at:
        return None
    # Asked for in a host's transaction, it may be the first text that leaves from the number.
    await tx.enrol(ports.practice, ports.provider.sender)
    return await admit(tx, ports, message, known, at)


async def admit(
    tx: Transaction, ports: Ports, message: Message, known: Brief, at: datetime
) -> Message | Unlinked | Limited | Outcome:
    """Decide about a text, keep the decision, and claim the text if it may go now.

    Returns:
        the claimed message, to be sent by whoever called; or the outcome, when nothing is to be
        sent now; or that only its link is missing, or its turn has not come, and then nothing
        was kept.
    """
    decided = await decide(tx, ports, known, practice_id=message.practice_id, at=at)
    decision = decided.decision
    moved, result = _consequence(message, decision, decided.told.body, ports)
    if result is None and decided.told.needs_link:
        return Unlinked(message)
    if result is None and (until := await take_tokens(tx, ports, decision.facts)):
        return Limited(message, until)
    await tx.save(moved, at)
    await tx.add_decision(message.message_id, decision)
    if result is None:
        await record_overrides(tx, ports, message, decision)
    if result is None and ports.practice.campaign is not None:
        await tx.add_volume(message.practice_id, at, decision.facts.readings.segments)
    return result or moved


def _consequence(
    message: Message, decision: Decision, body: str, ports: Ports
) -> tuple[Message, Outcome | None]:
    message_id, last, at = message.message_id, message.draft.not_after, decision.facts.at
    if decision.verdict is Verdict.BLOCK:
        blocked = Blocked(message_id=message_id, reasons=decision.reasons)
        return evolve(message, state=State.BLOCKED), blocked
    earliest = decision.until or at
    if last is not None and earliest > last:
        return evolve(message, state=State.CANCELLED), Cancelled(message_id=message_id)
    if decision.verdict is Verdict.HOLD:
        held = Held(message_id=message_id, until=earliest, reasons=decision.reasons)
        return evolve(message, state=State.HELD, not_before=earliest), held
    claimed = evolve(
        message,
        state=State.CLAIMED,
        claimed_until=at + ports.delivery.lease,
        attempts=message.attempts + 1,
        provider=ports.provider.name,
        departure=_departure(decision, body, ports),
    )
    return claimed, None


def _departure(decision: Decision, body: str, ports: Ports) -> Departure:
    facts = decision.facts
    return Departure(
        at=facts.at,
        message_class=facts.message_class,
        subject=facts.purpose.code,
        category=facts.decided_as.category,
        exempt=is_exempt(decision.findings),
        says_opt_out=facts.readings.opt_out is not OptOutShown.NO,
        appended=facts.readings.opt_out is OptOutShown.APPENDED,
        segments=facts.readings.segments,
        body=body,
        sender=ports.provider.sender.e164,
    )
