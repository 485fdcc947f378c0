"""Putting on record that a text goes because somebody departed from a rule."""

from __future__ import annotations

from compliant_sms.audit import Act, AuditEvent
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Decision, used


async def record_overrides(
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
