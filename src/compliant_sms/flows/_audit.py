"""Who did what besides sending: listing and checking the audit log of a practice."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.audit import AuditEvent
from compliant_sms.clock import as_utc
from compliant_sms.consent import beginning, verify_chain
from compliant_sms.ports import Ports, Store

__all__ = ["audit_log", "verify_audit"]


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


async def verify_audit(store: Store, practice_id: str) -> int:
    """Check the audit log of the practice.

    Returns:
        how many events are in it.

    Raises:
        LedgerTampered: a record was changed, removed, inserted, moved or filed elsewhere.
    """
    links = await store.run(lambda tx: tx.audit_links(practice_id))
    return verify_chain(links, beginning(f"audit/{practice_id}"))
