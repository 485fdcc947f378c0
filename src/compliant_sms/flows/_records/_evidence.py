"""Answering a dispute: the pack, and that somebody took it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from attrs import Attribute, field, frozen

from compliant_sms import _given, records
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.evidence import Checkpoint
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.ports import Ports, Transaction


def _told(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"{attribute.name} is empty; access to evidence is on record, so say who and why"
        raise InvalidInput(msg)


def _since(value: datetime) -> datetime:
    return as_utc(value, "since")


def _until(value: datetime) -> datetime:
    return as_utc(value, "until")


# The years of which the page can tell the day in any zone, and draw an axis.
_YEARS = range(1900, 3000)
_a_checkpoint = _given.kind(Checkpoint, "a Checkpoint; of its text, Checkpoint.parse(...)")


@frozen(kw_only=True)
class EvidenceRequest:
    """What somebody wants to see, and why.

    Attributes:
        number: which number.
        since: the beginning of the period (UTC).
        until: its end (UTC); what happened then or later is not part of it.
        by: who asks.
        reason: why.
        earlier: a checkpoint of before, to prove that the ledger only grew from it.
    """

    number: PhoneNumber = field(converter=as_number)
    since: datetime = field(converter=_since)
    until: datetime = field(converter=_until)
    by: str = field(validator=_told)
    reason: str = field(validator=_told, repr=False)
    earlier: Checkpoint | None = field(default=None, validator=_a_checkpoint)

    def __attrs_post_init__(self) -> None:
        """Refuse a period in which nothing can have happened, or that no page can show."""
        if self.since >= self.until:
            msg = "the period ends before it begins: until must be later than since"
            raise InvalidInput(msg)
        if not (self.since.year in _YEARS and self.until.year in _YEARS):
            msg = (
                "the period reaches further than any clock of the practice tells. For all that is "
                "on record pass instants such as the beginnings of the years 2000 and 2100."
            )
            raise InvalidInput(msg)

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.since <= at < self.until


async def evidence_pack(ports: Ports, question: EvidenceRequest) -> bytes:
    """The pack that answers the question, as bytes; that it was taken is on record before.

    Raises:
        InvalidInput: the earlier checkpoint is not one of before.
        LedgerTampered: the consent ledger of the number does not verify.
    """
    from compliant_sms.evidence import make_pack  # noqa: PLC0415 - not for who only texts
    from compliant_sms.flows._records._gather import gather  # noqa: PLC0415 - as above

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
