"""Gathering all that proves what happened at a number, in one transaction."""

from __future__ import annotations

from attrs import evolve

from compliant_sms import evidence
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import as_utc
from compliant_sms.consent import Link, verify_chain
from compliant_sms.errors import InvalidInput
from compliant_sms.evidence import (
    ChainRecord,
    Checkpoint,
    Dossier,
    EntryRecord,
    EventRecord,
    ReceivedRecord,
    TextRecord,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from compliant_sms.flows._ledger._checkpoint import (
    altered_since,
    consistency_proof,
    inclusion_proof,
    newest_checkpoint,
)
from compliant_sms.flows._records._evidence_request import EvidenceRequest
from compliant_sms.flows._records._history import TextRecord as OnRecord
from compliant_sms.flows._records._history import text_record as on_record
from compliant_sms.flows._records._on_record import (
    PAGE_ACTS,
    chain_record,
    dropped_entry,
    entry_record,
    in_base64,
    practice_record,
    received_record,
    text_record,
)
from compliant_sms.lifecycle import State
from compliant_sms.ports import Ports, StoredChain, Transaction


async def gather(tx: Transaction, ports: Ports, question: EvidenceRequest) -> Dossier:
    """Everything on record that answers the question."""
    practice = ports.practice
    # Nothing is claimed, nothing joins the ledger and nothing is dropped while all of it is read.
    await tx.lock(practice.id, question.number)
    await tx.fix_holds(practice.id)
    newest = await newest_checkpoint(tx, practice.id)
    if newest is not None and await tx.tree_size(practice.id) < newest.size:
        raise altered_since(newest)  # nobody asked for a checkpoint that is yet to come
    stored = await tx.chains_of(practice.id, question.number)
    chains = tuple([await _proved(tx, practice.id, each, newest) for each in stored])
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
        entries=await _entries(tx, practice.id, question),
        checkpoint=str(newest or ""),
        earlier=str(question.earlier or ""),
        consistency=await _growth(tx, practice.id, newest, question.earlier),
    )


async def _proved(
    tx: Transaction, practice_id: str, stored: StoredChain, newest: Checkpoint | None
) -> ChainRecord:
    """A chain with the proofs of what the checkpoint holds of it.

    A pack that does not verify helps nobody, and hides that something is wrong.
    """
    record = chain_record(stored)
    verify_chain((each.link for each in stored.links), record.begins(practice_id))
    if newest is None:
        return record
    events = [
        await _in_checkpoint(tx, each.link, event, newest)
        for each, event in zip(stored.links, record.events, strict=True)
    ]
    return evolve(record, events=tuple(events))


async def _in_checkpoint(
    tx: Transaction, link: Link, event: EventRecord, newest: Checkpoint
) -> EventRecord:
    practice_id, size, root = newest.practice_id, newest.size, newest.root
    proof = await inclusion_proof(tx, practice_id, link.chain_id, link.position, size)
    if proof is None:
        return event
    if not verify_inclusion(leaf_hash(link.digest), proof.leaf, size, root, proof.hashes):
        raise altered_since(newest)
    return evolve(event, leaf=proof.leaf, inclusion=in_base64(proof.hashes))


async def _growth(
    tx: Transaction, practice_id: str, newest: Checkpoint | None, earlier: Checkpoint | None
) -> tuple[str, ...]:
    """What proves that the newest checkpoint grew from the earlier one."""
    if earlier is None:
        return ()
    if newest is None or newest.size < earlier.size or practice_id != earlier.practice_id:
        msg = (
            "earlier must be a checkpoint of this practice, and no larger than the newest one. "
            "Call messenger.checkpoint() first."
        )
        raise InvalidInput(msg)
    proof = await consistency_proof(tx, practice_id, earlier.size, newest.size)
    if not verify_consistency(earlier.size, earlier.root, newest.size, newest.root, proof):
        raise altered_since(earlier)
    return in_base64(proof)


async def _texts(
    tx: Transaction, practice_id: str, asked: EvidenceRequest
) -> tuple[TextRecord, ...]:
    told: list[OnRecord] = []
    paged = await tx.paged(practice_id, asked.number)
    done = await _done(tx, practice_id) if paged else []
    for listed in await tx.messages_to(practice_id, asked.number):
        # Read again for a change: news of it comes before, or waits until its steps are read.
        message = await tx.message(listed.practice_id, listed.message_id) or listed
        steps = await tx.steps(message.practice_id, message.message_id)
        reports = await tx.callbacks(message.practice_id, message.message_id)
        came = await tx.accesses(practice_id, message.message_id)
        later = [*(s.at for s in steps), *(r.at for r in reports), *(c.at for c in came)]
        later += (each.at for each in done if each.subject == message.message_id)
        if any(map(asked.covers, [message.created_at, *later])):
            told.append(await on_record(tx, message))
    doubtful = any(step.state is State.UNCERTAIN for each in told for step in each.steps)
    if doubtful and not paged:
        done = await _done(tx, practice_id)
    return tuple(text_record(each, done) for each in told)


async def _done(tx: Transaction, practice_id: str) -> list[AuditEvent]:
    """What people did with texts, and with the pages behind them."""
    acts = {Act.SETTLED_BY_HAND, *PAGE_ACTS}
    return [event for event in await tx.audit_events(practice_id) if event.act in acts]


async def _entries(
    tx: Transaction, practice_id: str, asked: EvidenceRequest
) -> tuple[EntryRecord, ...]:
    found: list[EntryRecord] = []
    for thread in await tx.threads_at(practice_id, asked.number):
        found += [
            entry_record(thread, entry)
            for entry in await tx.entries(thread.practice_id, thread.thread_id)
        ]
        dropped = await tx.dropped_entries(thread.practice_id, thread.thread_id)
        found += [dropped_entry(thread, at, purged) for at, purged in dropped]
    found = [record for record in found if asked.covers(record.at)]
    return tuple(sorted(found, key=lambda record: record.at))


async def _received(
    tx: Transaction, practice_id: str, asked: EvidenceRequest, chains: tuple[ChainRecord, ...]
) -> tuple[ReceivedRecord, ...]:
    told = [record.event for chain in chains for record in chain.events if record.event]
    meant = {event.get("reference") for event in told}
    return tuple(
        received_record(inbound)
        for inbound in await tx.inbound_from(practice_id, asked.number)
        if asked.covers(inbound.received_at) or inbound.inbound_id in meant
    )
