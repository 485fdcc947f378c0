"""A dossier as a reader goes through it: everything numbered, so that it can be referred to."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime

from attrs import evolve, field, frozen

from compliant_sms import records
from compliant_sms.consent import ConsentEvent, Revoked, erased_event, from_payload
from compliant_sms.evidence._dossier import Dossier, EventRecord
from compliant_sms.evidence._page._markup import Zone, quoted, shown
from compliant_sms.evidence._text_records import (
    DroppedRecord,
    EntryRecord,
    Left,
    ReceivedRecord,
    TextRecord,
    has_left,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import Decision


@frozen(kw_only=True)
class Entry:
    """An entry of the consent ledger: C-1, C-2 and so on.

    Attributes:
        label: what the page calls it.
        chain_id: its chain.
        position: its place there.
        record: the stored record.
        event: what it says; None where its content was erased and it was no opt-out.
        kind: what kind of event it is, which erasure leaves.
        happened: when it happened, likewise.
    """

    label: str
    chain_id: str
    position: int
    record: EventRecord
    event: ConsentEvent | None = field(repr=False)
    kind: str
    happened: datetime


@frozen(kw_only=True)
class Text:
    """A text of the practice: T-1, T-2 and so on, with what was decided about it."""

    label: str
    record: TextRecord
    decisions: tuple[Decision, ...]

    @property
    def left(self) -> Left | None:
        """How it left, or may have left; None where it never did."""
        return None if has_left(self.record) is False else self.record.left


@frozen(kw_only=True)
class Received:
    """A text that came from the number: R-1, R-2 and so on."""

    label: str
    record: ReceivedRecord


@frozen(kw_only=True)
class Act:
    """What somebody of the practice did with a conversation: S-1, S-2 and so on."""

    label: str
    record: EntryRecord


class Case:
    """The dossier, its parts by their labels.

    Args:
        dossier: what is on record.

    Raises:
        Exception: it holds something that this version of the library cannot read.
    """

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.zone = Zone(dossier.practice.time_zone)
        self.entries = _entries(dossier)
        self.texts = tuple(
            Text(
                label=f"T-{place}",
                record=record,
                decisions=tuple(records.structure(d, Decision) for d in record.decisions),
            )
            for place, record in enumerate(dossier.texts, start=1)
        )
        self.received = tuple(
            Received(label=f"R-{place}", record=record)
            for place, record in enumerate(dossier.received, start=1)
        )
        self.acts = tuple(
            Act(label=f"S-{place}", record=record)
            for place, record in enumerate(dossier.entries, start=1)
        )
        self._labels = {each.record.message_id: each.label for each in self.texts}
        self._labels |= {each.record.inbound_id: each.label for each in self.received}
        self._labels |= {e.event.event_id: e.label for e in self.entries if e.event}

    @property
    def events(self) -> tuple[ConsentEvent, ...]:
        """What the entries say, but for those that were erased."""
        return tuple(entry.event for entry in self.entries if entry.event)

    @property
    def opt_outs(self) -> tuple[Revoked, ...]:
        """The requests to stop, the earliest first."""
        found = [event for event in self.events if isinstance(event, Revoked)]
        return tuple(sorted(found, key=lambda event: event.occurred_at))

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.dossier.since <= at < self.dossier.until

    def link(self, record_id: str) -> str:
        """A link to a part by the id of its record; the id itself where the pack has none."""
        label = self._labels.get(record_id)
        if label is None:
            return f"<code>{shown(record_id)}</code>"
        return f'<a class="ref" href="#{label}">{label}</a>'

    def body(self, text: str, dropped: DroppedRecord | None) -> str:
        """What was written, word for word; or that it was dropped, and what stays of it."""
        if dropped is None:
            return quoted(text)
        return f"<p>The words were dropped. <code>{shown(text)}</code></p>{self.dropped(dropped)}"

    def dropped(self, record: DroppedRecord) -> str:
        """What stays of content that was dropped."""
        proofs = "".join(
            f"<li>{shown(name)}: <code>{shown(digest)}</code></li>"
            for name, digest in record.proofs.items()
        )
        return (
            f'<p class="aside">Dropped {self.zone.time(record.at)}: {shown(record.rule)} '
            f"SHA-256 of what it was:</p><ul>{proofs}</ul>"
        )

    def links(self, ids: Iterable[str]) -> str:
        """Links to several parts."""
        return ", ".join(map(self.link, ids))


def _entries(dossier: Dossier) -> tuple[Entry, ...]:
    found = [
        _entry(dossier, chain.chain_id, position, record)
        for chain in dossier.chains
        for position, record in enumerate(chain.events)
    ]
    found.sort(key=lambda entry: entry.event.recorded_at if entry.event else entry.happened)
    return tuple(evolve(entry, label=f"C-{place}") for place, entry in enumerate(found, start=1))


def _entry(dossier: Dossier, chain_id: str, position: int, record: EventRecord) -> Entry:
    payload = b64decode(record.payload)
    if record.event is not None:
        event: ConsentEvent | None = from_payload(records.canonical(record.event))
    else:
        # Named as the store names it, so that later decisions can refer to it.
        name, number = f"{chain_id}/{position}", PhoneNumber(dossier.number)
        event = erased_event(payload, name, dossier.practice.id, number)
    outside = json.loads(payload)
    return Entry(
        label="",
        chain_id=chain_id,
        position=position,
        record=record,
        event=event,
        kind=outside["kind"],
        happened=records.instant_from_text(outside["occurred_at"]),
    )
