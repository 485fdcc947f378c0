"""Answering a dispute: the pack, and that somebody took it."""

from __future__ import annotations

from hashlib import sha256

from compliant_sms import records
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.evidence import make_pack
from compliant_sms.flows._records._evidence_request import EvidenceRequest
from compliant_sms.flows._records._gather import gather
from compliant_sms.ports import Ports, Transaction


async def evidence_pack(ports: Ports, question: EvidenceRequest) -> bytes:
    """The pack that answers the question, as bytes; that it was taken is on record before.

    Raises:
        InvalidInput: the earlier checkpoint is not one of before.
        LedgerTampered: the consent ledger of the number does not verify.
    """
    dossier = await ports.store.run(lambda tx: gather(tx, ports, question))
    pack = make_pack(dossier)
    taken = AuditEvent(
        practice_id=ports.practice.id,
        act=Act.EVIDENCE_READ,
        at=dossier.made_at,
        actor=question.by,
        reason=question.reason,
        details={
            "sha256": sha256(pack).hexdigest(),
            "since": records.instant_to_text(question.since),
            "until": records.instant_to_text(question.until),
        },
    )

    async def keep(tx: Transaction) -> None:
        await tx.lock(ports.practice.id, question.number)
        await tx.audit(taken, question.number)

    await ports.store.run(keep)
    return pack
