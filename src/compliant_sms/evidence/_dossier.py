"""What is on record about one number and one period, in the pack's own form.

These classes are a format of their own (docs/explanation/evidence-pack.md): a pack must be read
for years, whatever becomes of the values that flows work with. So no default here ever changes.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from compliant_sms import records
from compliant_sms.consent import Link, beginning
from compliant_sms.evidence._text_records import EntryRecord, ReceivedRecord, TextRecord

FORMAT = "compliant_sms evidence 1"


@records.lean
@frozen(kw_only=True)
class PracticeRecord:
    """Who texted."""

    id: str
    name: str
    phone: str
    time_zone: str
    state: str


@records.lean
@frozen(kw_only=True)
class EventRecord:
    """One record of a chain.

    Attributes:
        payload: the stored bytes, in base64.
        digest: SHA-256, in hexadecimal.
        event: what the payload says, opened; None where its content was erased.
        leaf: its place in the practice's Merkle tree, from 0; None where the checkpoint is older.
        inclusion: the hashes that prove it, each in base64.
    """

    payload: str = field(repr=False)
    digest: str
    event: Mapping[str, Any] | None = field(default=None, repr=False)
    leaf: int | None = None
    inclusion: tuple[str, ...] = field(default=(), repr=False)


@records.lean
@frozen(kw_only=True)
class ChainRecord:
    """One whole chain of the ledger, from its beginning.

    Attributes:
        chain_id: opaque.
        filed: number and person as they stand in the database: under a keyring keyed hashes.
        person: whose it is; None for what was said for whoever holds the number.
        events: its records in order.
        key: the key that opens the payloads, in base64; empty where they are stored in the clear.
    """

    chain_id: str
    filed: tuple[str, str] = field(repr=False)
    person: str | None = None
    events: tuple[EventRecord, ...]
    key: str = field(default="", repr=False)

    def begins(self, practice_id: str) -> bytes:
        """What its first record follows."""
        return beginning(practice_id, *self.filed)

    def links(self) -> Iterator[Link]:
        """The records as the ledger has them; raises ValueError where they are no such bytes."""
        for position, record in enumerate(self.events):
            yield Link(
                chain_id=self.chain_id,
                position=position,
                payload=b64decode(record.payload, validate=True),
                digest=bytes.fromhex(record.digest),
            )


@records.lean
@frozen(kw_only=True)
class Dossier:
    """Everything on record about a number that belongs to a period.

    Attributes:
        format: name and version of this format.
        page: version of the page's layout.
        made_at: the instant at which the record was read.
        made_by: who asked for it.
        reason: why.
        practice: who texted.
        number: which number, E.164.
        since: the beginning of the period.
        until: its end; what happened then or later is not part of it.
        chains: the whole chains of the number, also from before and after the period.
        texts: the texts of which anything happened in the period, oldest first.
        received: the texts that came from the number in the period, and those that an event of
            the chains refers to; oldest first.
        entries: what staff did in the period with the conversations at the number, oldest first.
        checkpoint: the newest checkpoint of the practice's ledger, as its text; empty where
            there is none.
        earlier: an older one, as its text; empty where none was given.
        consistency: the hashes that prove that the newest grew from it, each in base64.
    """

    format: str = field()
    page: int
    made_at: datetime
    made_by: str
    reason: str
    practice: PracticeRecord
    number: str = field(repr=False)
    since: datetime
    until: datetime
    chains: tuple[ChainRecord, ...] = ()
    texts: tuple[TextRecord, ...] = ()
    received: tuple[ReceivedRecord, ...] = ()
    entries: tuple[EntryRecord, ...] = ()
    checkpoint: str = field(default="", repr=False)
    earlier: str = field(default="", repr=False)
    consistency: tuple[str, ...] = field(default=(), repr=False)
