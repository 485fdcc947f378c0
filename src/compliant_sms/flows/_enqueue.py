"""Asking for a text inside somebody else's transaction: it is kept there, and decided later."""

from __future__ import annotations

from compliant_sms.flows._deliver import outcome_of, recorded_outcome
from compliant_sms.flows._send import prepared, refuse_other_text
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message, Outcome
from compliant_sms.ports import Ports, Transaction, refuse_other_practice

__all__ = ["enqueue"]


async def enqueue(ports: Ports, draft: Draft) -> Outcome:
    """Keep the draft as due, in the transaction of the store port; :func:`dispatch_due` decides.

    Nothing is decided here: whatever is read now may have changed by the time the transaction
    commits, and whoever reads the ledger without its lock must not send by it.
    """
    draft = prepared(ports, draft)
    return await ports.store.run(lambda tx: _enter(tx, ports, draft))


async def _enter(tx: Transaction, ports: Ports, draft: Draft) -> Outcome:
    # Neither number nor practice is held: a STOP must not wait until the host's transaction ends.
    known_as = await tx.practice_at(ports.provider.sender)
    refuse_other_practice(known_as.id if known_as else None, ports.practice)
    at = ports.clock()
    new = Message(
        message_id=ports.ids(),
        practice_id=ports.practice.id,
        draft=draft,
        created_at=at,
        state=State.DUE,
        not_before=at,
    )
    if await tx.add(new, at):
        return outcome_of(new)
    known = await tx.message_by_key(ports.practice.id, draft.idempotency_key)
    assert known is not None, "its key was taken just before"  # noqa: S101
    refuse_other_text(known, draft)
    # Asked for again, it is decided again.
    if known.state is State.BLOCKED and known.purged is None:
        known = known.moved(State.DUE, not_before=at)
        await tx.save(known, at)
    return await recorded_outcome(tx, known)
