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
from compliant_sms.consent import Link

__all__ = [
    "FORMAT",
    "ChainRecord",
    "Dossier",
    "DroppedRecord",
    "EventRecord",
    "Left",
    "PracticeRecord",
    "ProblemRecord",
    "ReceivedRecord",
    "ReportRecord",
    "StepRecord",
    "TextRecord",
]

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
class ProblemRecord:
    """What went wrong at the provider: in the library's words, and the provider's own code."""

    category: str
    code: str
    words: str


@records.lean
@frozen(kw_only=True)
class DroppedRecord:
    """What stays of content whose time to be kept had passed.

    Attributes:
        at: when it was dropped.
        rule: how long it was kept, and why no longer.
        proofs: SHA-256, in hexadecimal, of each record that was dropped, by its name.
    """

    at: datetime
    rule: str
    proofs: Mapping[str, str] = field(factory=dict)


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
        person: whose it is; None for what was said for whoever holds the number.
        events: its records in order.
        key: the key that opens the payloads, in base64; empty where they are stored in the clear.
    """

    chain_id: str
    person: str | None = None
    events: tuple[EventRecord, ...]
    key: str = field(default="", repr=False)

    def links(self) -> Iterator[Link]:
        """The records as the ledger has them; raises ValueError where they are no such bytes."""
        previous = bytes(32)
        for position, record in enumerate(self.events):
            digest = bytes.fromhex(record.digest)
            yield Link(
                chain_id=self.chain_id,
                position=position,
                previous=previous,
                payload=b64decode(record.payload, validate=True),
                digest=digest,
            )
            previous = digest


@records.lean
@frozen(kw_only=True)
class StepRecord:
    """One state that a text went through."""

    at: datetime
    state: str


@records.lean
@frozen(kw_only=True)
class ReportRecord:
    """A provider's callback about a text.

    Attributes:
        at: when it came in.
        provider: whose.
        key: the same for each delivery of the same news.
        provider_id: the provider's id of the text.
        state: what it says of the text; empty where it says nothing new.
        problem: why it was not delivered.
    """

    at: datetime
    provider: str
    key: str
    provider_id: str
    state: str = ""
    problem: ProblemRecord | None = None


@records.lean
@frozen(kw_only=True)
class Left:
    """How a text left, or may have left.

    Attributes:
        at: when it was claimed for sending.
        body: what the patient reads.
        message_class: as what it was decided.
        category: what the patient agreed to.
        exempt: it went under the healthcare exemption.
        says_opt_out: it told how to opt out.
        appended: the library added that line.
        segments: parts that it takes on the air.
    """

    at: datetime
    body: str = field(repr=False)
    message_class: str
    category: str
    exempt: bool = False
    says_opt_out: bool = False
    appended: bool = False
    segments: int = 1


@records.lean
@frozen(kw_only=True)
class TextRecord:
    """A text of the practice, and all that became of it.

    Attributes:
        message_id: the library's.
        person: the practice's id of the patient; None for the library's own replies.
        purpose: code of what it was for.
        idempotency_key: one key is one text.
        created_at: when it was asked for.
        body: as it was asked for.
        not_after: the last instant at which it still made sense.
        answers: for a reply, when the text it answers came in.
        asks: what it asked its reader.
        left: how it left; None where it never did.
        state: where it is.
        attempts: how often it was claimed.
        provider: which provider it was handed to.
        provider_id: the provider's id of it.
        problem: why it failed or was not delivered.
        dropped: what stays of its bodies, where those were dropped.
        decisions: the records of what was decided about it, oldest first.
        dropped_decisions: what stays of those that were dropped.
        steps: the states it went through.
        reports: what the provider told of it.
    """

    message_id: str
    person: str | None = None
    purpose: str
    idempotency_key: str
    created_at: datetime
    body: str = field(repr=False)
    not_after: datetime | None = None
    answers: datetime | None = None
    asks: str = ""
    left: Left | None = None
    state: str
    attempts: int = 0
    provider: str = ""
    provider_id: str = ""
    problem: ProblemRecord | None = None
    dropped: DroppedRecord | None = None
    decisions: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    dropped_decisions: tuple[DroppedRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    reports: tuple[ReportRecord, ...] = ()


@records.lean
@frozen(kw_only=True)
class ReceivedRecord:
    """A text that came from the number, and how it was read.

    Attributes:
        inbound_id: the library's.
        at: when it came in.
        provider: which provider brought it.
        key: the same for each delivery of the same text.
        body: what was written, unchanged.
        media: addresses of pictures and the like.
        rule: which rule read it; empty where none did.
        intent: what it is about.
        author: who wrote it: a person, or a machine.
        answers: id of the text whose question it answers.
        unsure: a person had to see whether texts should stop; they did stop.
        needs_person: somebody had to read it.
        dropped: what stays of its body and pictures, where those were dropped.
    """

    inbound_id: str
    at: datetime
    provider: str
    key: str
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    rule: str = ""
    intent: str
    author: str
    answers: str = ""
    unsure: bool = False
    needs_person: bool = False
    dropped: DroppedRecord | None = None


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
    checkpoint: str = field(default="", repr=False)
    earlier: str = field(default="", repr=False)
    consistency: tuple[str, ...] = field(default=(), repr=False)
