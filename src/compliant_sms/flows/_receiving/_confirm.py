"""Texts that their callbacks did not prove: the provider is asked for them, after the answer.

What they take away was taken at once. What they permit counts when the provider says that it knows
that very text, as of when it came in: it answers what was asked then, and whatever the patient
said since outweighs it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from attrs import evolve

from compliant_sms import _given
from compliant_sms.consent import Revoked
from compliant_sms.errors import TransportError
from compliant_sms.flows._receiving._about_visits import about_visits
from compliant_sms.flows._receiving._arrive import proved
from compliant_sms.flows._receiving._believe import (
    ELSEWHERE,
    OUTDATED,
    doubt_of,
    is_elsewhere,
    is_outdated,
)
from compliant_sms.flows._receiving._patient_text import Written, answer_to, enqueue_answer
from compliant_sms.flows._receiving._question import Question, bound_question
from compliant_sms.flows._receiving._said import Said, read_text, with_keyword
from compliant_sms.flows._receiving._threads import Filed
from compliant_sms.flows._receiving._visit_answers import has_newer_answer, keep_answers
from compliant_sms.messages import Draft, Inbound
from compliant_sms.optout import Reserved
from compliant_sms.ports import Ports, Transaction, Unconfirmed

# A provider may list a text some moments after its callback.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
_LEASE = timedelta(minutes=5)  # longer than one can take


async def confirm_received(ports: Ports, limit: int) -> tuple[Inbound, ...]:
    """Ask the providers for up to ``limit`` texts that are due, and do what comes of each.

    Returns:
        those that were asked for, as they are kept now.
    """
    _given.how_many(limit, "limit")
    asked: list[Inbound] = []
    while len(asked) < limit and not ports.dry_run:
        claimed = await ports.store.run(partial(_claim, ports=ports))
        if claimed is None:
            break
        known = await _is_known(ports, claimed)
        asked += await ports.store.run(partial(_settle, ports=ports, claimed=claimed, known=known))
    return tuple(asked)


async def _claim(tx: Transaction, ports: Ports) -> Unconfirmed | None:
    at = ports.clock()
    return await tx.claim_unconfirmed(ports.practice.id, at, at + _LEASE)


async def _is_known(ports: Ports, claimed: Unconfirmed) -> bool:
    """Whether the provider says so; of several accounts at it, one has the text."""
    for provider in ports.routes.named(claimed.inbound.provider):
        request = provider.confirm(claimed.event, at=ports.clock())
        if request is None:
            continue
        try:
            reply = await ports.transport.send(request)
        except TransportError:
            continue
        if provider.confirmed(reply, claimed.event):
            return True
    return False


async def _settle(
    tx: Transaction, ports: Ports, claimed: Unconfirmed, *, known: bool
) -> list[Inbound]:
    """Keep what the provider said; nothing, where somebody else did or the text was dropped."""
    inbound = claimed.inbound
    assert inbound.number is not None, "nobody is asked for a text without"  # noqa: S101
    await tx.lock(inbound.practice_id, inbound.number)
    if known and await tx.close_unconfirmed(inbound.practice_id, inbound.inbound_id):
        return [await _count(tx, ports, claimed)]
    if not known:
        given_up = claimed.attempts > len(_PAUSES)
        again_at = None if given_up else ports.clock() + _PAUSES[claimed.attempts - 1]
        await tx.delay_unconfirmed(claimed, again_at)
    return await tx.inbound(inbound.practice_id, [inbound.inbound_id])


async def _count(tx: Transaction, ports: Ports, claimed: Unconfirmed) -> Inbound:
    """Do what a text asks that is proved now, and was not when it came in."""
    at, event = ports.clock(), claimed.event
    said = await _said(tx, ports, claimed)
    inbound = evolve(claimed.inbound, proven=True)
    written = Written(practice=ports.practice, event=event, inbound=inbound, said=said)
    # Whatever was not doubted, or took something away, was done when it came in.
    left = claimed.doubted and not said.doubt
    draft = await answer_to(tx, ports, written, at=at) if left else None
    answered = said.is_answered_by(event)
    late = draft is not None and not answered and _is_late(draft, at)
    if draft is not None and not answered and not late:
        await enqueue_answer(tx, ports, ports.practice, draft)
    visits = await about_visits(tx, inbound.practice_id, event, said, inbound.received_at)
    thread = await tx.thread_with(inbound.practice_id, inbound.inbound_id)
    await keep_answers(
        tx,
        ports,
        inbound,
        visits.asked,
        says_more=visits.says_more,
        thread_id=thread.thread_id if thread else None,
    )
    # What needed somebody for another reason than that nothing proved it does so still.
    waits = claimed.inbound.needs_person and not claimed.doubted
    proven = evolve(
        inbound,
        rule=said.rule,
        intent=said.reading.intent,
        answers=said.answered.message_id if said.answered else None,
        unsure=said.unsure,
        needs_person=late or waits or visits.needs_person or said.needs_person(event),
    )
    await tx.prove_inbound(proven, at)
    filed = Filed(
        inbound=proven,
        written_to=event.to,
        language=said.reading.language,
        requests=visits.is_request(proven),
    )
    await proved(tx, ports, filed, at, quiet=draft is not None or event.answered)
    return proven


def _is_late(draft: Draft, at: datetime) -> bool:
    return draft.not_after is not None and draft.not_after < at


async def _said(tx: Transaction, ports: Ports, claimed: Unconfirmed) -> Said:
    """What a text says, read by what had been asked when it came in."""
    inbound, event = claimed.inbound, claimed.event
    question, stands = await _asked(tx, claimed)
    said = read_text(event, question)
    said = await with_keyword(tx, ports, inbound.practice_id, said, event)
    by_itself = said.reserved is Reserved.START or said.wanted is not None
    outdated = not (stands or by_itself)
    outdated = outdated or (said.grants and await _is_outweighed(tx, claimed))
    if said.answered is not None:
        intent = said.reading.intent
        outdated = outdated or await has_newer_answer(tx, inbound, said.answered, intent)
    if outdated:
        return evolve(said, doubt=OUTDATED)
    if (said.grants or said.confirms) and await is_elsewhere(tx, ports, inbound.practice_id, event):
        return evolve(said, doubt=ELSEWHERE)
    doubt = await doubt_of(tx, inbound.practice_id, event) if said.grants else ""
    return evolve(said, doubt=doubt)


async def _asked(tx: Transaction, claimed: Unconfirmed) -> tuple[Question | None, bool]:
    if claimed.question is None or claimed.awaiting is None:
        return None, True
    practice_id = claimed.inbound.practice_id
    question, stands = await bound_question(tx, practice_id, claimed.question, claimed.awaiting)
    return question, stands or not claimed.doubted


async def _is_outweighed(tx: Transaction, claimed: Unconfirmed) -> bool:
    """Whether texts were revoked since, whatever clock dated that."""
    inbound = claimed.inbound
    assert inbound.number is not None, "nobody is asked for a text without"  # noqa: S101
    if await is_outdated(tx, inbound.practice_id, claimed.event):
        return True
    events = await tx.consent_events(inbound.practice_id, inbound.number)
    known = set(claimed.revocations)
    return any(isinstance(each, Revoked) and each.event_id not in known for each in events)
