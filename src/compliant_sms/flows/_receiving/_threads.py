"""A patient's text finds its thread, in the transaction in which it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, frozen

from compliant_sms.conversations import (
    Arrival,
    InboxEvent,
    InboxEventKind,
    InboxPlan,
    Thread,
    ThreadState,
    Wait,
)
from compliant_sms.flows._deciding._holders import known_among
from compliant_sms.messages import Inbound, Message
from compliant_sms.optout import Author, Intent
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction

# To whom we wrote in this time is known at the number, whether they consented or not.
_KNOWN_FOR = timedelta(days=30)
_FARTHEST = 20  # texts back
# What was asked before that waits no more, where no thread was kept then.
_ASKED_LATELY = timedelta(days=30)


@frozen(kw_only=True)
class Filed:
    """A text on its way into its thread.

    Attributes:
        inbound: the text, kept.
        answers: our text whose question it answers.
        written_to: our number that it was written to.
        language: in which it is written.
        requests: whether it asks to move or cancel a visit as we told of it, and says no more.
    """

    inbound: Inbound
    answers: Message | None = None
    written_to: PhoneNumber | None = None
    language: str = "en"
    requests: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person has to answer."""
        return self.inbound.needs_person or self.danger

    @property
    def danger(self) -> bool:
        """Whether a patient seems in danger."""
        written = self.inbound.author is Author.PERSON
        return written and self.inbound.intent is Intent.EMERGENCY


async def file_text(
    tx: Transaction, ports: Ports, plan: InboxPlan, filed: Filed, at: datetime
) -> Thread:
    """Put a text into its thread, which it opens where it asks for an answer.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        plan: who answers.
        filed: the text.
        at: now (UTC).
    """
    inbound = filed.inbound
    asks = filed.asks and inbound.received_at > at - _ASKED_LATELY
    thread = await _thread(tx, ports, plan, filed)
    before, thread = thread, _moved(plan, thread, filed, asks=asks)
    queue, came = plan.queue(thread.queue), inbound.received_at
    wait = Wait(
        wait_id=ports.ids(),
        thread_id=thread.thread_id,
        queue=queue.name,
        inbound_id=inbound.inbound_id,
        at=came,
        asks=asks,
        steps=(came, came, came) if filed.danger else queue.steps(came),
        settled="" if asks else "nothing-asked",
        settled_at=None if asks else came,
    )
    if not await tx.add_wait(inbound.practice_id, wait):
        return before  # somebody else has filed it, and may have closed the thread since
    await tx.save_thread(thread)
    if filed.danger and asks:
        event = InboxEvent(
            event_id=ports.ids(),
            kind=InboxEventKind.EMERGENCY,
            at=at,
            thread_id=thread.thread_id,
            queue=queue.name,
            to=thread.assignee or plan.point_person,
            reference=inbound.inbound_id,
        )
        await tx.add_inbox_event(inbound.practice_id, event)
    return thread


async def _thread(tx: Transaction, ports: Ports, plan: InboxPlan, filed: Filed) -> Thread:
    inbound = filed.inbound
    practice_id, number = inbound.practice_id, inbound.number
    person = await _person(tx, filed)
    found = await tx.thread_of(practice_id, number, person)
    if found is not None:
        return found
    new = Thread(
        thread_id=ports.ids(),
        practice_id=practice_id,
        number=number,
        person=person,
        queue=plan.queues[0].name,
        opened_at=inbound.received_at,
        last_at=inbound.received_at,
    )
    if await tx.add_thread(new):
        return new
    # Without a number there is nothing to lock: somebody else may have been faster.
    found = await tx.thread_of(practice_id, number, person)
    assert found is not None, "it was there just before"  # noqa: S101
    return found


async def _person(tx: Transaction, filed: Filed) -> str | None:
    """Who wrote, where only one can have."""
    inbound = filed.inbound
    if filed.answers is not None and filed.answers.draft.person:
        return filed.answers.draft.person
    if inbound.number is None:
        return None
    practice_id, since = inbound.practice_id, inbound.received_at - _KNOWN_FOR
    agreed = await tx.consent_events(practice_id, inbound.number)
    texted = await tx.departed(practice_id, inbound.number, since, _FARTHEST)
    threads = await tx.threads_at(practice_id, inbound.number)
    seen = {event.person for event in agreed} | {text.draft.person for text in texted}
    known = known_among(agreed, seen | {thread.person for thread in threads})
    return known.pop() if len(known) == 1 else None


def _moved(plan: InboxPlan, thread: Thread, filed: Filed, *, asks: bool) -> Thread:
    """The thread with a text in it: who has it stays, as long as something waits."""
    place = plan.place_of(filed.written_to) or thread.place
    moved = evolve(
        thread,
        place=place,
        language=filed.language,
        written_to=filed.written_to or thread.written_to,
        last_at=max(thread.last_at, filed.inbound.received_at),
    )
    if asks:
        moved = evolve(moved, closed_at=None)
    if asks and thread.state is not ThreadState.WAITING:
        arrival = Arrival(at=filed.inbound.received_at, intent=filed.inbound.intent, place=place)
        queue = plan.queue_for(arrival).name
        moved = evolve(
            moved, queue=queue, assignee=thread.assignee if queue == thread.queue else ""
        )
    return moved
