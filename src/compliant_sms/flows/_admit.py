"""Deciding about a text, and claiming it in the same transaction."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.classification import Purpose
from compliant_sms.consent import ConsentState, fold, fold_for_holder
from compliant_sms.lifecycle import State
from compliant_sms.messages import Blocked, Cancelled, Draft, Held, Message, Outcome
from compliant_sms.phi import find
from compliant_sms.ports import Ports, Profile, Transaction
from compliant_sms.rules import Decision, Facts, ReplyFacts, Verdict, candidate_zones
from compliant_sms.text import segment

__all__ = ["admit", "decide"]

# A confirmation that never left does not count as "the one"; all others may have arrived.
_NEVER_LEFT = frozenset({State.DUE, State.HELD, State.BLOCKED, State.CANCELLED, State.FAILED})


async def decide(
    tx: Transaction,
    ports: Ports,
    draft: Draft,
    profile: Profile | None,
    *,
    practice_id: str,
    at: datetime,
) -> Decision:
    """What the rulebook says about a draft now."""
    events = await tx.consent_events(practice_id, draft.to)
    consent = fold(events, draft.person) if draft.person else fold_for_holder(events)
    facts = Facts(
        at=at,
        purpose=draft.purpose,
        number=draft.to,
        consent=consent,
        zones=candidate_zones(draft.to, profile.time_zone if profile else None),
        phi=find(draft.body),
        segments=segment(draft.body).segments,
        business_associate=ports.provider.may_carry_phi,
        reply=await _reply_facts(tx, draft, consent, practice_id),
    )
    return ports.rulebook.decide(facts)


async def _reply_facts(
    tx: Transaction, draft: Draft, consent: ConsentState, practice_id: str
) -> ReplyFacts | None:
    if draft.answers is None:
        return None
    already = 0
    if draft.purpose == Purpose.OPT_OUT_CONFIRMATION and consent.revoked_at is not None:
        since = consent.revoked_at
        already = sum(
            message.draft.purpose == draft.purpose
            and message.created_at >= since
            and message.state not in _NEVER_LEFT
            for message in await tx.messages_to(practice_id, draft.to)
        )
    return ReplyFacts(received_at=draft.answers, already_sent=already)


async def admit(
    tx: Transaction, ports: Ports, message: Message, profile: Profile | None, at: datetime
) -> Message | Outcome:
    """Decide about a text, keep the decision, and claim the text if it may go now.

    Returns:
        the claimed message, to be sent by whoever called; or the outcome, when nothing is to be
        sent now.
    """
    decision = await decide(
        tx, ports, message.draft, profile, practice_id=message.practice_id, at=at
    )
    moved, result = _consequence(message, decision, ports, at)
    await tx.save(moved, at)
    await tx.add_decision(message.message_id, decision)
    return result or moved


def _consequence(
    message: Message, decision: Decision, ports: Ports, at: datetime
) -> tuple[Message, Outcome | None]:
    message_id, last = message.message_id, message.draft.not_after
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
    )
    return claimed, None
