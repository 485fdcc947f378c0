"""Who did what besides sending: listing and checking the audit log of a practice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from compliant_sms.audit import AuditEvent
from compliant_sms.clock import as_utc
from compliant_sms.consent import beginning, verify_chain
from compliant_sms.errors import LedgerTampered, RecordAltered
from compliant_sms.evidence import Checkpoint
from compliant_sms.ports import Ports, Store


async def audit_log(
    ports: Ports, since: datetime | None, until: datetime | None
) -> tuple[AuditEvent, ...]:
    """The events from ``since`` on and before ``until``, in the order of the record."""
    first = as_utc(since, "since") if since else None
    last = as_utc(until, "until") if until else None
    return tuple(
        event
        for event in await ports.store.run(lambda tx: tx.audit_events(ports.practice.id))
        if (first is None or event.at >= first) and (last is None or event.at < last)
    )


async def verify_audit(store: Store, practice_id: str, marks: Sequence[Checkpoint] = ()) -> int:
    """Check the audit log of the practice.

    Args:
        store: where it is.
        practice_id: whose.
        marks: checkpoints, which may say how long it was, and how it ended.

    Returns:
        how many events are in it.

    Raises:
        LedgerTampered: a record was changed, removed, inserted, moved or filed elsewhere.
    """
    chain_id = f"audit/{practice_id}"
    try:
        links = await store.run(lambda tx: tx.audit_links(practice_id))
    except RecordAltered as error:
        msg = f"the audit log was altered: {error}"
        raise LedgerTampered(msg, chain_id=chain_id) from None
    count = verify_chain(links, beginning(chain_id))
    for mark in marks:
        head = mark.audit
        if head is not None and (count < head.size or links[head.size - 1].digest != head.digest):
            msg = (
                f"the audit log was altered: its first {head.size} records are not those that the "
                f"checkpoint of {mark.at:%Y-%m-%d %H:%M:%S} UTC fixed. Restore a backup and "
                "compare."
            )
            raise LedgerTampered(
                msg, chain_id=chain_id, position=min(count, head.size - 1), checkpoint=mark.size
            )
    return count
