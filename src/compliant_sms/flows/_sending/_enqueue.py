"""Asking for a text inside somebody else's transaction: it is kept there, and decided later."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.flows._deciding._routes import refuse_others_senders
from compliant_sms.flows._sending._answered import answer_thread
from compliant_sms.flows._sending._asked import due_text, is_decided_again, refuse_other_text
from compliant_sms.flows._sending._outcome import outcome_of, recorded_outcome
from compliant_sms.flows._sending._send import prepared, send
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Outcome
from compliant_sms.ports import Ports, Transaction


async def enqueue(ports: Ports, draft: Draft) -> Outcome:
    """Keep the draft as due, in the transaction of the store port; :func:`dispatch_due` decides.

    Nothing is decided here: whatever is read now may have changed by the time the transaction
    commits, and whoever reads the ledger without its lock must not send by it.
    """
    draft = prepared(ports, draft)
    return await ports.store.run(lambda tx: enter(tx, ports, draft))


async def ask_for(ports: Ports, draft: Draft) -> Outcome:
    """Send the draft; in a host's transaction only keep it."""
    return await (enqueue(ports, draft) if ports.within else send(ports, draft))


async def enter(
    tx: Transaction, ports: Ports, draft: Draft, not_before: datetime | None = None
) -> Outcome:
    """Keep the draft as due now, or from an instant on.

    Raises:
        IdempotencyConflict: another text was asked for under its key.
    """
    # Neither number nor practice is held: a STOP must not wait until the host's transaction ends.
    await refuse_others_senders(tx, ports)
    at = ports.clock()
    new = due_text(draft, ports.ids(), ports.practice.id, at, not_before=not_before)
    if await tx.add(new, at):
        await answer_thread(tx, ports, new)
        return outcome_of(new)
    known = await tx.message_by_key(ports.practice.id, draft.idempotency_key)
    assert known is not None, "its key was taken just before"  # noqa: S101
    refuse_other_text(known, draft)
    # Asked for again, it is decided again.
    if is_decided_again(known):
        known = known.moved(State.DUE, not_before=at)
        await tx.save(known, at)
    return await recorded_outcome(tx, known)
