"""What nobody has seen to yet: one list, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.conversations import InboxPlan, OpenItem
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._staff._escalate import adopt_all
from compliant_sms.ports import Ports, Transaction

_HELD_TOO_LONG = timedelta(days=1)  # as for an inbox that says nothing else


async def open_items(ports: Ports, limit: int) -> tuple[OpenItem, ...]:
    """What nobody has seen to, the oldest first; without an inbox, what lies in no thread."""
    plan = ports.inbox
    if plan is not None:
        await adopt_all(ports)
    at, practice_id = ports.clock(), ports.practice.id
    since = at - (plan.held_too_long if plan else _HELD_TOO_LONG)
    found = await ports.store.run(lambda tx: tx.open_items(practice_id, at, since, limit))
    return tuple(_placed(plan, each) if plan else each for each in found)


def _placed(plan: InboxPlan, item: OpenItem) -> OpenItem:
    if not item.queue:  # only what waits in a thread has one
        return item
    queue = plan.queue(item.queue).name
    return evolve(item, queue=queue, assignee=plan.holder(item.assignee, queue))


async def dismiss(ports: Ports, items: Sequence[OpenItem], *, by: str, reason: str) -> int:
    """Take texts that did not arrive, or never left, off the list, and return how many.

    Raises:
        InvalidInput: something is no such item: the others end when they are answered or settled.
    """
    _given.each_of(items, OpenItem, "an item", "what open_items() returned")
    if not all(item.kind.is_dismissed for item in items):
        msg = (
            "only what did not arrive, or had no place in time, can be dismissed. Answer a "
            "thread or close it, settle an uncertain text, cancel one that waits."
        )
        raise InvalidInput(msg)
    at, practice_id = ports.clock(), ports.practice.id
    said = [
        AuditEvent(
            practice_id=practice_id,
            act=Act.ITEM_DISMISSED,
            at=at,
            actor=by,
            reason=reason,
            subject=item.reference,
        )
        for item in items
    ]

    async def work(tx: Transaction) -> int:
        count = 0
        for item, event in zip(items, said, strict=True):
            if await tx.dismiss(practice_id, item, at):
                await tx.audit(event)
                count += 1
        return count

    return await ports.store.run(work)
