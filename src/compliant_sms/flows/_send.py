"""Sending: decide and claim in one transaction, hand over, record."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.classification import MessageClass
from compliant_sms.errors import IdempotencyConflict, InvalidInput
from compliant_sms.flows._admit import admit, decide
from compliant_sms.flows._deliver import deliver, outcome_of
from compliant_sms.lifecycle import State
from compliant_sms.messages import Blocked, Draft, Held, Message, Outcome
from compliant_sms.ports import Ports, Profile, Transaction
from compliant_sms.rules import Decision

__all__ = ["check", "profile_of", "send"]


async def profile_of(ports: Ports, draft: Draft) -> Profile | None:
    """What the host knows of the recipient."""
    return await ports.people(draft.person) if draft.person else None


def _refuse_unsendable(ports: Ports, draft: Draft) -> None:
    if draft.purpose.message_class is MessageClass.PROTOCOL:
        msg = (
            f"{draft.purpose.code} is an answer that the library gives by itself when a patient "
            "texts STOP, START or HELP; it cannot be sent by hand."
        )
        raise InvalidInput(msg)
    if not (draft.person or "").strip():
        msg = "person is empty: consent is held for a person at a number. Pass the host's id."
        raise InvalidInput(msg)
    longest = ports.provider.max_characters
    if len(draft.body) > longest:
        msg = (
            f"the body has {len(draft.body)} characters and {ports.provider.name} takes {longest}. "
            "Shorten it, or send a link."
        )
        raise InvalidInput(msg)


async def check(ports: Ports, draft: Draft) -> Decision:
    """What :func:`send` would decide now; nothing is stored and nothing is sent."""
    _refuse_unsendable(ports, draft)
    profile = await profile_of(ports, draft)
    at = ports.clock()
    return await ports.store.run(
        lambda tx: decide(tx, ports, draft, profile, practice_id=ports.practice.id, at=at)
    )


async def send(ports: Ports, draft: Draft) -> Outcome:
    """Send the draft, hold it or block it; durable before it returns."""
    _refuse_unsendable(ports, draft)
    profile = await profile_of(ports, draft)
    step = await ports.store.run(lambda tx: _enter(tx, ports, draft, profile))
    return await deliver(ports, step) if isinstance(step, Message) else step


async def _enter(
    tx: Transaction, ports: Ports, draft: Draft, profile: Profile | None
) -> Message | Outcome:
    # The clock is read inside: a claim's lease must not have run while it waited for the store.
    at = ports.clock()
    await tx.enrol(ports.practice, ports.provider.sender)
    known = await tx.message_by_key(ports.practice.id, draft.idempotency_key)
    if known is None:
        new = Message(
            message_id=ports.ids(),
            practice_id=ports.practice.id,
            draft=draft,
            created_at=at,
            state=State.DUE,
            not_before=at,
        )
        return await admit(tx, ports, new, profile, at)
    if known.draft != draft:
        msg = (
            "this idempotency key was used for a different text. Use a new key for new content; "
            "to change a text that has not gone out, cancel it first."
        )
        raise IdempotencyConflict(msg)
    if known.state is State.BLOCKED:
        return await admit(tx, ports, known, profile, at)
    return await recorded_outcome(tx, known)


async def recorded_outcome(tx: Transaction, message: Message) -> Outcome:
    """The outcome on record, with its reasons."""
    outcome = outcome_of(message)
    if isinstance(outcome, Held | Blocked):
        last = (await tx.decisions(message.message_id))[-1]
        return evolve(outcome, reasons=last.reasons)
    return outcome
