"""Who did what besides sending: listing and checking the audit log of a practice."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.audit import AuditEvent, from_payload
from compliant_sms.clock import as_utc
from compliant_sms.consent import verify_chain
from compliant_sms.errors import LedgerTampered
from compliant_sms.ports import Ports

__all__ = ["audit_log", "verify_audit"]


async def audit_log(
    ports: Ports, since: datetime | None, until: datetime | None
) -> tuple[AuditEvent, ...]:
    """The events from ``since`` on and before ``until``, in the order of the record."""
    first = as_utc(since, "since") if since else None
    last = as_utc(until, "until") if until else None
    found = await ports.store.run(lambda tx: tx.audit_events(ports.practice.id, first, last))
    return tuple(found)


async def verify_audit(ports: Ports) -> int:
    """Check the audit log of the practice.

    Returns:
        how many events are in it.

    Raises:
        LedgerTampered: a record was changed, removed, inserted, moved or filed elsewhere.
    """
    found = await ports.store.run(lambda tx: tx.audit_links(ports.practice.id))
    count = verify_chain([link for link, _ in found])
    for link, at in found:
        event = from_payload(link.payload)
        if (event.practice_id, event.at) != (ports.practice.id, at):
            msg = (
                f"the audit log was altered: record {link.position} of chain {link.chain_id} "
                "is filed under another practice or instant."
            )
            raise LedgerTampered(msg, chain_id=link.chain_id, position=link.position)
    return count
