"""What becomes of texts that nobody answers: members hear of them, then the point person does."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve

from compliant_sms.conversations import (
    Entry,
    EntryKind,
    InboxEvent,
    InboxEventKind,
    InboxPlan,
    Wait,
)
from compliant_sms.flows._receiving._arrive import arrive
from compliant_sms.flows._receiving._threads import Filed
from compliant_sms.flows._staff._inbox import the_plan
from compliant_sms.messages import Inbound
from compliant_sms.optout import read
from compliant_sms.ports import Ports, Transaction

_STEPS = (InboxEventKind.DUE, InboxEventKind.OVERDUE, InboxEventKind.POINT_PERSON)
# Few networks report later than this whether a text arrived.
_NEWS_WITHIN = timedelta(days=3)
_PAGE = 100
_BY_ITSELF = "inbox"


async def escalate(ports: Ports, limit: int) -> int:
    """Raise what is due, overdue, or the point person's, each once. Returns how many events.

    Raises:
        ConfigurationError: the messenger has no inbox.
    """
    plan = the_plan(ports)
    await adopt_all(ports)
    at, practice_id = ports.clock(), ports.practice.id
    await ports.store.run(lambda tx: tx.settle_answered(practice_id, at, at - _NEWS_WITHIN))
    raised = await ports.store.run(lambda tx: _tell_failures(tx, ports, plan, at, limit))
    while raised < limit:
        waits = await ports.store.run(lambda tx: tx.waits_to_raise(practice_id, at, _PAGE))
        before = raised
        for wait in waits[: limit - raised]:
            raised += await _raise(ports, plan, wait, at)
        if raised == before:
            break
    return raised


async def _tell_failures(
    tx: Transaction, ports: Ports, plan: InboxPlan, at: datetime, limit: int
) -> int:
    raised = 0
    for thread_id, message_id, _ in await tx.failed_answers(ports.practice.id, limit):
        thread = await tx.thread(ports.practice.id, thread_id)
        if thread is None:  # joined or erased a moment ago; the next call looks again
            continue
        thread = plan.placed(thread)
        event = InboxEvent(
            event_id=ports.ids(),
            kind=InboxEventKind.REPLY_FAILED,
            at=at,
            thread_id=thread_id,
            queue=thread.queue,
            to=thread.assignee or thread.queue,
            reference=message_id,
        )
        raised += await tx.add_inbox_event(ports.practice.id, event)
    return raised


async def _raise(ports: Ports, plan: InboxPlan, wait: Wait, at: datetime) -> bool:
    async def work(tx: Transaction) -> bool:
        practice_id = ports.practice.id
        seen = await tx.thread(practice_id, wait.thread_id)
        if seen is not None and seen.number is not None:
            await tx.lock(practice_id, seen.number)
        thread = await tx.thread(practice_id, wait.thread_id, fixed=True)
        waits = {each.wait_id: each for each in await tx.waits(practice_id, wait.thread_id)}
        now = waits.get(wait.wait_id)
        if thread is None or now != wait:  # answered, closed, moved or raised in the meantime
            return False
        kind = _STEPS[wait.raised]
        if kind is InboxEventKind.POINT_PERSON and thread.assignee != plan.point_person:
            thread = evolve(thread, assignee=plan.point_person)
            await tx.save_thread(thread)
            entry = Entry(
                entry_id=ports.ids(),
                thread_id=thread.thread_id,
                at=at,
                kind=EntryKind.ESCALATED,
                actor=_BY_ITSELF,
                to=plan.point_person,
            )
            await tx.add_entry(practice_id, entry)
        thread = plan.placed(thread)
        event = InboxEvent(
            event_id=ports.ids(),
            kind=kind,
            at=at,
            thread_id=thread.thread_id,
            queue=thread.queue,
            to=thread.assignee or thread.queue,
            reference=wait.inbound_id or wait.wait_id,
        )
        await tx.raise_wait(practice_id, wait.wait_id, wait.raised + 1)
        return await tx.add_inbox_event(practice_id, event)

    return await ports.store.run(work)


async def adopt_all(ports: Ports) -> None:
    """Put into threads what came in through a program that keeps none."""
    while True:
        found = await ports.store.run(lambda tx: tx.without_thread(ports.practice.id, _PAGE))
        for inbound in found:
            await _adopt(ports, inbound)
        if len(found) < _PAGE:
            return


async def _adopt(ports: Ports, inbound: Inbound) -> None:
    """Put a text into its thread; whoever is in danger is still told whom to call."""

    async def work(tx: Transaction) -> None:
        if inbound.number is not None:
            await tx.lock(inbound.practice_id, inbound.number)
        answered, practice_id = inbound.answers, inbound.practice_id
        answers = await tx.message(practice_id, answered) if answered else None
        filed = Filed(inbound=inbound, answers=answers, language=read(inbound.body).language)
        await arrive(tx, ports, filed, ports.clock(), quiet=True)

    await ports.store.run(work)
