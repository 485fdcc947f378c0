"""What staff do with threads: note, assign, hand over, close, reopen, say whose it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.conversations import Entry, EntryKind, Thread, ThreadState, Wait
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._staff._inbox import NO_QUEUE, fixed_thread, found_thread, the_plan
from compliant_sms.ports import Ports, Transaction


@frozen(kw_only=True)
class ThreadAct:
    """Something that somebody does with a thread, and puts on record."""

    ports: Ports
    kind: EntryKind
    actor: str
    words: str = field(default="", repr=False)
    to: str = ""
    message_id: str = ""

    async def record(self, tx: Transaction, thread: Thread) -> None:
        entry = Entry(
            entry_id=self.ports.ids(),
            thread_id=thread.thread_id,
            at=self.ports.clock(),
            kind=self.kind,
            actor=self.actor,
            words=self.words,
            to=self.to,
            message_id=self.message_id,
        )
        await tx.add_entry(thread.practice_id, entry)


def named(value: str, name: str) -> None:
    _given.a_text(value, name)
    if not value.strip():
        msg = f"{name} is empty; whoever reads the thread later must know who, and why"
        raise InvalidInput(msg)


async def _change(
    ports: Ports, thread_id: str, change: Callable[[Transaction, Thread], Awaitable[Thread]]
) -> Thread:
    the_plan(ports)

    async def work(tx: Transaction) -> Thread:
        thread = await fixed_thread(tx, ports, thread_id)
        await change(tx, thread)
        return await found_thread(tx, ports, thread_id)

    return await ports.store.run(work)


async def note(ports: Ports, thread_id: str, words: str, *, by: str) -> Thread:
    """Write a note into a thread, which no patient sees."""
    named(words, "the note")
    named(by, "by")
    act = ThreadAct(ports=ports, kind=EntryKind.NOTE, actor=by, words=words)

    async def change(tx: Transaction, thread: Thread) -> Thread:
        await act.record(tx, thread)
        return thread

    return await _change(ports, thread_id, change)


async def assign(ports: Ports, thread_id: str, to: str, *, by: str, reason: str) -> Thread:
    """Give a thread to a member of its queue, or to the point person.

    Raises:
        InvalidInput: ``to`` is neither.
    """
    plan = the_plan(ports)
    named(to, "to")
    named(by, "by")
    act = ThreadAct(ports=ports, kind=EntryKind.ASSIGNED, actor=by, words=reason, to=to)

    async def change(tx: Transaction, thread: Thread) -> Thread:
        members = plan.queue(thread.queue).members
        if to not in {*members, plan.point_person}:
            known = ", ".join(dict.fromkeys([*members, plan.point_person]))
            msg = (
                f"to is no member of {thread.queue!r}, the thread's queue, nor the point person. "
                f"Pass one of: {known}; or hand the thread over to another queue first, with "
                "inbox.hand_over(...)."
            )
            raise InvalidInput(msg)
        if thread.assignee == to:
            return thread
        thread = evolve(thread, assignee=to)
        await tx.save_thread(thread)
        await act.record(tx, thread)
        return thread

    return await _change(ports, thread_id, change)


async def hand_over(ports: Ports, thread_id: str, queue: str, *, by: str, reason: str) -> Thread:
    """Give a thread to another queue. By when it is to be answered stays.

    Raises:
        InvalidInput: there is no such queue.
    """
    plan = the_plan(ports)
    named(by, "by")
    named(reason, "reason")
    if queue not in {each.name for each in plan.queues}:
        raise InvalidInput(NO_QUEUE)
    act = ThreadAct(ports=ports, kind=EntryKind.HANDED_OVER, actor=by, words=reason, to=queue)

    async def change(tx: Transaction, thread: Thread) -> Thread:
        if plan.placed(thread).queue == queue:
            return thread
        thread = evolve(thread, queue=queue, assignee="")
        await tx.save_thread(thread)
        await tx.requeue_waits(thread.practice_id, thread.thread_id, queue)
        await act.record(tx, thread)
        return thread

    return await _change(ports, thread_id, change)


async def close(ports: Ports, thread_id: str, *, by: str, reason: str) -> Thread:
    """Close a thread; nothing in it waits any more, until the patient writes again."""
    named(by, "by")
    named(reason, "reason")
    act = ThreadAct(ports=ports, kind=EntryKind.CLOSED, actor=by, words=reason)

    async def change(tx: Transaction, thread: Thread) -> Thread:
        if thread.state is ThreadState.CLOSED:
            return thread
        at = ports.clock()
        thread = evolve(thread, closed_at=at)
        await tx.save_thread(thread)
        await tx.close_waits(thread.practice_id, thread.thread_id, at)
        await act.record(tx, thread)
        return thread

    return await _change(ports, thread_id, change)


async def reopen(ports: Ports, thread_id: str, *, by: str, reason: str) -> Thread:
    """Have a thread wait for an answer again."""
    plan = the_plan(ports)
    named(by, "by")
    named(reason, "reason")
    act = ThreadAct(ports=ports, kind=EntryKind.REOPENED, actor=by, words=reason)

    async def change(tx: Transaction, thread: Thread) -> Thread:
        if thread.state is ThreadState.WAITING:
            return thread
        at, queue = ports.clock(), plan.queue(thread.queue)
        thread = evolve(thread, closed_at=None)
        await tx.save_thread(thread)
        wait = Wait(
            wait_id=ports.ids(),
            thread_id=thread.thread_id,
            queue=queue.name,
            inbound_id=None,
            at=at,
            asks=True,
            steps=queue.steps(at),
        )
        await tx.add_wait(thread.practice_id, wait)
        await act.record(tx, thread)
        return thread

    return await _change(ports, thread_id, change)


async def join_thread(ports: Ports, thread_id: str, person: str, *, by: str) -> Thread:
    """Say whose a thread from an unknown sender is. Returns the thread that holds it now.

    Raises:
        InvalidInput: it is another person's, or has no number.
    """
    the_plan(ports)
    named(person, "person")
    named(by, "by")
    act = ThreadAct(ports=ports, kind=EntryKind.JOINED, actor=by)

    async def work(tx: Transaction) -> Thread:
        thread = await fixed_thread(tx, ports, thread_id)
        if thread.person == person:
            return thread
        if thread.person is not None or thread.number is None:
            msg = (
                "the thread is another person's, or came from what is no phone number. Pass a "
                "thread of which nobody knows whose it is: only such a one can be joined."
            )
            raise InvalidInput(msg)
        into = await tx.thread_of(thread.practice_id, thread.number, person)
        if into is None:
            into = evolve(thread, person=person)
            await tx.save_thread(into)
        else:
            into = _with(into, thread)
            await tx.save_thread(into)
            await tx.move_thread(thread, into)
            await tx.requeue_waits(into.practice_id, into.thread_id, into.queue)
        await act.record(tx, into)
        return await found_thread(tx, ports, into.thread_id)

    return await ports.store.run(work)


def _with(into: Thread, thread: Thread) -> Thread:
    """What a thread is with another one in it: whoever has what waits keeps it."""
    into = evolve(into, last_at=max(into.last_at, thread.last_at))
    if thread.state is not ThreadState.WAITING:
        return into
    if into.state is not ThreadState.WAITING:
        into = evolve(into, queue=thread.queue, assignee=thread.assignee)
    return evolve(into, closed_at=None)
