"""Values of the store in the form in which a pack keeps them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime

from compliant_sms import records
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.conversations import Entry, Thread
from compliant_sms.evidence import (
    AccessRecord,
    ChainRecord,
    DroppedRecord,
    EntryRecord,
    EventRecord,
    Left,
    PageActRecord,
    PracticeRecord,
    ProblemRecord,
    ReceivedRecord,
    ReportRecord,
    SaidRecord,
    StepRecord,
    TemplateRecord,
    TextRecord,
)
from compliant_sms.flows._records._history import TextRecord as OnRecord
from compliant_sms.messages import Departure, Inbound
from compliant_sms.ports import Callback, StoredChain, StoredLink
from compliant_sms.practice import Practice
from compliant_sms.providers import Problem
from compliant_sms.retention import Purged
from compliant_sms.secure_pages import PageAccess
from compliant_sms.templates import TemplateRef

PAGE_ACTS = frozenset({Act.CODE_ISSUED, Act.PAGE_WITHDRAWN})
"""What is done with the secure page behind a text."""


def practice_record(practice: Practice) -> PracticeRecord:
    """Who texted."""
    return PracticeRecord(
        id=practice.id,
        name=practice.name,
        phone=practice.phone.e164,
        time_zone=practice.time_zone,
        state=practice.state,
    )


def chain_record(stored: StoredChain) -> ChainRecord:
    """A whole chain, without its proofs."""
    return ChainRecord(
        chain_id=stored.chain_id,
        filed=stored.filed,
        person=stored.person,
        events=tuple(map(_event, stored.links)),
        key=_base64(stored.key or b""),
    )


def _event(stored: StoredLink) -> EventRecord:
    return EventRecord(
        payload=_base64(stored.link.payload),
        digest=stored.link.digest.hex(),
        event=None if stored.opened is None else json.loads(stored.opened),
    )


def in_base64(hashes: Iterable[bytes]) -> tuple[str, ...]:
    """Hashes of a proof, as a pack keeps them."""
    return tuple(map(_base64, hashes))


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def text_record(told: OnRecord, done: Iterable[AuditEvent]) -> TextRecord:
    """A text and all that became of it, also by what people did, with it or with others."""
    message, draft = told.message, told.message.draft
    its = [event for event in done if event.subject == message.message_id]
    return TextRecord(
        message_id=message.message_id,
        person=draft.person,
        purpose=draft.purpose.code,
        idempotency_key=draft.idempotency_key,
        created_at=message.created_at,
        body=draft.body,
        not_after=draft.not_after,
        answers=draft.answers,
        asks=str(draft.asks or ""),
        template=_template(draft.template) if draft.template else None,
        left=_left(message.departure) if message.departure else None,
        state=str(message.state),
        attempts=message.attempts,
        provider=message.provider or "",
        provider_id=message.provider_id or "",
        problem=_problem(message.problem),
        dropped=_dropped(message.purged) if message.purged else None,
        decisions=tuple(map(records.unstructure, told.decisions)),
        dropped_decisions=tuple(map(_dropped, told.purged)),
        steps=tuple(StepRecord(at=step.at, state=str(step.state)) for step in told.steps),
        reports=tuple(map(_report, told.callbacks)),
        accesses=tuple(map(_access, told.accesses)),
        page_acts=tuple(_page_act(event) for event in its if event.act in PAGE_ACTS),
        said=tuple(_said(event) for event in its if event.act is Act.SETTLED_BY_HAND),
    )


def _said(event: AuditEvent) -> SaidRecord:
    return SaidRecord(
        at=event.at, sent=bool(event.details["sent"]), by=event.actor, reason=event.reason
    )


def _page_act(event: AuditEvent) -> PageActRecord:
    return PageActRecord(at=event.at, what=str(event.act), by=event.actor, reason=event.reason)


def _access(access: PageAccess) -> AccessRecord:
    return AccessRecord(
        at=access.at,
        what=str(access.what),
        address=access.address,
        inbound_id=access.inbound_id or "",
    )


def entry_record(thread: Thread, entry: Entry) -> EntryRecord:
    """What somebody did with a conversation."""
    return EntryRecord(
        thread_id=thread.thread_id,
        person=thread.person,
        at=entry.at,
        kind=str(entry.kind),
        actor=entry.actor,
        words=entry.words,
        to=entry.to,
        message_id=entry.message_id,
    )


def dropped_entry(thread: Thread, at: datetime, purged: Purged) -> EntryRecord:
    """That somebody did something with a conversation, and what stays of it."""
    return EntryRecord(
        thread_id=thread.thread_id,
        person=thread.person,
        at=at,
        kind="dropped",
        actor="",
        dropped=_dropped(purged),
    )


def _template(ref: TemplateRef) -> TemplateRecord:
    return TemplateRecord(
        name=ref.name,
        version=ref.version,
        fingerprint=ref.fingerprint,
        language=ref.language,
        tier=ref.tier,
        by=ref.by,
    )


def _left(departure: Departure) -> Left:
    return Left(
        at=departure.at,
        body=departure.body,
        message_class=str(departure.message_class),
        category=departure.category,
        exempt=departure.exempt,
        says_opt_out=departure.says_opt_out,
        appended=departure.appended,
        segments=departure.segments,
        media=departure.media,
        sender=departure.sender,
    )


def _report(report: Callback) -> ReportRecord:
    update = report.update
    state = str(update.state or "")
    if state and update.part is not None:
        part, parts = update.part
        state += f" (part {part} of {parts})"
    return ReportRecord(
        at=report.at,
        provider=report.provider,
        key=update.key,
        provider_id=update.provider_id,
        state=state,
        problem=_problem(update.problem),
    )


def _dropped(purged: Purged) -> DroppedRecord:
    return DroppedRecord(
        at=purged.at,
        rule=purged.rule,
        proofs={proof.record: proof.sha256 for proof in purged.proofs},
    )


def _problem(problem: Problem | None) -> ProblemRecord | None:
    if problem is None:
        return None
    return ProblemRecord(category=str(problem.category), code=problem.code, words=problem.words)


def received_record(inbound: Inbound) -> ReceivedRecord:
    """A text that came in, and how it was read."""
    return ReceivedRecord(
        inbound_id=inbound.inbound_id,
        at=inbound.received_at,
        provider=inbound.provider,
        key=inbound.provider_key,
        body=inbound.body,
        media=inbound.media,
        rule=inbound.rule or "",
        intent=str(inbound.intent),
        author=str(inbound.author),
        answers=inbound.answers or "",
        unsure=inbound.unsure,
        needs_person=inbound.needs_person,
        dropped=_dropped(inbound.purged) if inbound.purged else None,
    )
