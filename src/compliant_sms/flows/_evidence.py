"""Gathering all that proves what happened at a number, in one transaction."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from attrs import Attribute, field, frozen

from compliant_sms import evidence, records
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import as_utc
from compliant_sms.consent import verify_chain
from compliant_sms.errors import InvalidInput
from compliant_sms.evidence import ChainRecord, Checkpoint, Dossier, ReceivedRecord, TextRecord
from compliant_sms.flows._on_record import (
    chain_record,
    practice_record,
    received_record,
    text_record,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, StoredChain, Transaction

__all__ = ["Question", "evidence_pack"]


def _told(_: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = f"{attribute.name} is empty; access to evidence is on record, with who and why"
        raise InvalidInput(msg)


def _number(value: str | PhoneNumber) -> PhoneNumber:
    return value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value)


def _since(value: datetime) -> datetime:
    return as_utc(value, "since")


def _until(value: datetime) -> datetime:
    return as_utc(value, "until")


@frozen(kw_only=True)
class Question:
    """What somebody wants to see, and why.

    Attributes:
        number: which number.
        since: the beginning of the period (UTC).
        until: its end (UTC); what happened then or later is not part of it.
        by: who asks.
        reason: why.
        earlier: a checkpoint of before, to prove that the ledger only grew from it.
    """

    number: PhoneNumber = field(converter=_number)
    since: datetime = field(converter=_since)
    until: datetime = field(converter=_until)
    by: str = field(validator=_told)
    reason: str = field(validator=_told, repr=False)
    earlier: Checkpoint | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a period in which nothing can have happened."""
        if self.since >= self.until:
            msg = "the period ends before it begins: until must be later than since"
            raise InvalidInput(msg)

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.since <= at < self.until


async def evidence_pack(ports: Ports, question: Question) -> bytes:
    """The pack that answers the question, as bytes; that it was taken is on record before.

    Raises:
        LedgerTampered: the consent ledger of the number does not verify.
    """
    dossier = await ports.store.run(lambda tx: _dossier(tx, ports, question))
    pack = evidence.make_pack(dossier)
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


async def _dossier(tx: Transaction, ports: Ports, question: Question) -> Dossier:
    practice = ports.practice
    # Nothing is claimed, and nothing joins the ledger, while all of it is read.
    await tx.lock(practice.id, question.number)
    stored = await tx.chains_of(practice.id, question.number)
    chains = tuple(map(_sound, stored))
    return Dossier(
        format=evidence.FORMAT,
        page=evidence.LAYOUT,
        made_at=as_utc(ports.clock()),
        made_by=question.by,
        reason=question.reason,
        practice=practice_record(practice),
        number=question.number.e164,
        since=question.since,
        until=question.until,
        chains=chains,
        texts=await _texts(tx, practice.id, question),
        received=await _received(tx, practice.id, question, chains),
    )


def _sound(stored: StoredChain) -> ChainRecord:
    # A pack that does not verify helps nobody, and hides that something is wrong.
    verify_chain(each.link for each in stored.links)
    return chain_record(stored)


async def _texts(tx: Transaction, practice_id: str, asked: Question) -> tuple[TextRecord, ...]:
    found: list[TextRecord] = []
    for message in await tx.messages_to(practice_id, asked.number):
        steps = await tx.steps(message.message_id)
        reports = await tx.status_reports(message.message_id)
        moments = [message.created_at, *(s.at for s in steps), *(r.at for r in reports)]
        if any(map(asked.covers, moments)):
            decisions = await tx.decisions(message.message_id)
            purged = await tx.purged_decisions(message.message_id)
            found.append(text_record(message, decisions, steps, reports, purged))
    return tuple(found)


async def _received(
    tx: Transaction, practice_id: str, asked: Question, chains: tuple[ChainRecord, ...]
) -> tuple[ReceivedRecord, ...]:
    told = [record.event for chain in chains for record in chain.events if record.event]
    meant = {event.get("reference") for event in told}
    return tuple(
        received_record(inbound)
        for inbound in await tx.inbound_from(practice_id, asked.number)
        if asked.covers(inbound.received_at) or inbound.inbound_id in meant
    )
