"""Looking at threads, at what happened in them, and at how fast patients were answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.conversations import (
    Entry,
    InboxEvent,
    InboxMetrics,
    InboxPlan,
    Thread,
    WaitingThread,
    metrics_of,
)
from compliant_sms.errors import ConfigurationError, InvalidInput, UnknownThread
from compliant_sms.flows._deciding._holders import is_caller
from compliant_sms.flows._staff._secure_records import accesses_by_text
from compliant_sms.messages import Inbound, Message
from compliant_sms.ports import ListedThreads, Ports, Transaction
from compliant_sms.secure_pages import Accessed, PageAccess

_MOST_DAYS = 36_600
NO_QUEUE = "there is no queue of that name in the inbox plan of this messenger"
"""Words for a queue that nobody named in the plan."""


def the_plan(ports: Ports) -> InboxPlan:
    """Who answers patients.

    Raises:
        ConfigurationError: nobody said so.
    """
    if ports.inbox is None:
        msg = (
            "this messenger keeps no threads. Pass inbox=InboxPlan(...), with a point person who "
            "gets what nobody else answers, to every program that works for the practice."
        )
        raise ConfigurationError(msg)
    return ports.inbox


# Looking


@frozen(kw_only=True)
class ThreadText:
    """A text of a thread, in or out.

    Attributes:
        at: when it came in, left, or was asked for (UTC).
        inbound: what the patient wrote; None where the text is ours.
        message: our text; None where the text is the patient's.
        waits: whether it still waits for an answer.
        accesses: who came to the secure page behind our text, oldest first.
    """

    at: datetime
    inbound: Inbound | None = None
    message: Message | None = None
    waits: bool = False
    accesses: tuple[PageAccess, ...] = ()

    @property
    def read_at(self) -> datetime | None:
        """The read receipt: when (UTC) the page behind our text was first read; None if never."""
        return next((each.at for each in self.accesses if each.what is Accessed.READ), None)


@frozen(kw_only=True)
class ThreadView:
    """A thread with all that is in it.

    Attributes:
        thread: where it is.
        texts: in and out, the oldest first.
        entries: what staff did with it, the oldest first.
    """

    thread: Thread
    texts: tuple[ThreadText, ...] = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def waiting(self) -> tuple[Inbound, ...]:
        """What the patient wrote and still waits for an answer, the oldest first."""
        return tuple(each.inbound for each in self.texts if each.waits and each.inbound is not None)


async def threads(ports: Ports, listed: ListedThreads) -> tuple[Thread, ...]:
    """Threads: those that wait first, by when they are to be answered; then the newest."""
    plan = the_plan(ports)
    first, *others = (queue.name for queue in plan.queues)
    if listed.queue and listed.queue not in {first, *others}:
        raise InvalidInput(NO_QUEUE)
    if listed.queue == first:  # with what lies in a queue that was taken out of the plan
        listed = evolve(listed, queue="", outside=tuple(others))
    found = await ports.store.run(lambda tx: tx.threads(listed))
    return tuple(plan.placed(thread) for thread in found)


async def waiting_threads(ports: Ports, listed: ListedThreads) -> tuple[WaitingThread, ...]:
    """The threads in which a patient waits; ``listed`` must ask for no others."""
    return tuple(map(WaitingThread.of, await threads(ports, listed)))


async def thread_view(ports: Ports, thread_id: str) -> ThreadView:
    """A thread with all that is in it.

    Raises:
        UnknownThread: this practice has none of that id.
    """
    the_plan(ports)
    return await ports.store.run(lambda tx: _view(tx, ports, thread_id))


async def _view(tx: Transaction, ports: Ports, thread_id: str) -> ThreadView:
    thread = await found_thread(tx, ports, thread_id)
    waits = {
        w.inbound_id: w
        for w in await tx.waits(ports.practice.id, thread_id)
        if w.inbound_id is not None
    }
    received = await tx.inbound(thread.practice_id, list(waits)) if waits else []
    texts = [
        ThreadText(at=each.received_at, inbound=each, waits=waits[each.inbound_id].waits)
        for each in received
    ]
    if thread.number is not None:
        answers = set(await tx.answers_in(ports.practice.id, thread_id))
        came = await accesses_by_text(tx, thread.practice_id, thread.number)
        texts += [
            ThreadText(
                at=each.departure.at if each.departure else each.created_at,
                message=each,
                accesses=came.get(each.message_id, ()),
            )
            for each in await tx.messages_to(thread.practice_id, thread.number)
            if each.draft.person in {None, thread.person}
            or is_caller(each.draft.person)
            or each.message_id in answers
        ]
    texts.sort(key=lambda each: each.at)
    return ThreadView(
        thread=thread,
        texts=tuple(texts),
        entries=tuple(await tx.entries(ports.practice.id, thread_id)),
    )


async def inbox_events(ports: Ports, limit: int) -> tuple[InboxEvent, ...]:
    """Up to ``limit`` events that nobody acknowledged, the oldest first."""
    the_plan(ports)
    return tuple(await ports.store.run(lambda tx: tx.inbox_events(ports.practice.id, limit)))


async def acknowledge_inbox_events(ports: Ports, events: Sequence[InboxEvent]) -> int:
    """Leave these out of :func:`inbox_events` from now on, and return how many.

    Raises:
        InvalidInput: something is no event.
    """
    _given.each_of(events, InboxEvent, "an event", "what events() returned")
    ids, at = [each.event_id for each in events], ports.clock()
    practice_id = ports.practice.id
    return await ports.store.run(lambda tx: tx.acknowledge_inbox_events(practice_id, ids, at))


async def inbox_metrics(ports: Ports, days: int) -> InboxMetrics:
    """How patients were answered in the last days.

    Raises:
        InvalidInput: there is no day to tell of, or there are too many.
    """
    plan = the_plan(ports)
    if type(days) is not int or not 1 <= days <= _MOST_DAYS:
        msg = f"days must be a whole number, at least 1 and at most {_MOST_DAYS:,}"
        raise InvalidInput(msg)
    at = ports.clock()
    since = at - timedelta(days=days)
    begins = plan.day_begins(since)  # each queue's first day is a whole one
    found = await ports.store.run(lambda tx: tx.waits_between(ports.practice.id, begins, at))
    return metrics_of(plan, found, since=since, at=at)


async def found_thread(
    tx: Transaction, ports: Ports, thread_id: str, *, fixed: bool = False
) -> Thread:
    """The thread of that id; ``fixed``, as it is kept: in a queue that the plan may not have.

    Raises:
        UnknownThread: this practice has none.
    """
    _given.a_text(thread_id, "thread_id")
    thread = await tx.thread(ports.practice.id, thread_id, fixed=fixed)
    if thread is None:
        msg = (
            "this practice has no thread with that id. It may have been joined to another one, or "
            "its person erased. Look at threads(): it has those that there are."
        )
        raise UnknownThread(msg)
    return thread if fixed else the_plan(ports).placed(thread)


async def fixed_thread(tx: Transaction, ports: Ports, thread_id: str) -> Thread:
    """The thread, which nobody else changes until the end."""
    seen = await found_thread(tx, ports, thread_id)
    if seen.number is not None:
        await tx.lock(seen.practice_id, seen.number)
    return await found_thread(tx, ports, thread_id, fixed=True)
