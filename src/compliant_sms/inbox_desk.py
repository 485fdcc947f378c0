"""Where a practice answers its patients: the inbox's part of the facades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliant_sms import _given, flows
from compliant_sms.classification import Purpose
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.conversations import (
        InboxEvent,
        InboxMetrics,
        InboxPlan,
        OpenItem,
        Thread,
        ThreadState,
        WaitingThread,
    )
    from compliant_sms.messages import Outcome
    from compliant_sms.ports import ListedThreads, Ports

__all__ = ["AsyncInboxDesk", "InboxDesk", "an_inbox"]


def an_inbox(plan: InboxPlan | None) -> InboxPlan | None:
    """The plan, if it is one.

    Raises:
        InvalidInput: it is something else.
    """
    from compliant_sms.conversations import InboxPlan

    if plan is not None:
        _given.a_kind(plan, InboxPlan, "inbox", "InboxPlan(...)")
    return plan


def _listed(ports: Ports, queue: str, state: ThreadState | str | None, limit: int) -> ListedThreads:
    from compliant_sms.conversations import ThreadState
    from compliant_sms.ports import ListedThreads

    wanted = None if state is None else ThreadState(state)
    return ListedThreads(practice_id=ports.practice.id, queue=queue, state=wanted, limit=limit)


def _waiting(ports: Ports, queue: str, limit: int) -> ListedThreads:
    from compliant_sms.conversations import ThreadState

    return _listed(ports, queue, ThreadState.WAITING, limit)


def _overdue(ports: Ports, queue: str, limit: int) -> ListedThreads:
    from compliant_sms.ports import ListedThreads

    return ListedThreads(
        practice_id=ports.practice.id, queue=queue, due_by=ports.clock(), limit=limit
    )


class InboxDesk:
    """Where staff see who waits, and answer."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def threads(
        self, *, queue: str = "", state: ThreadState | str | None = None, limit: int = 100
    ) -> tuple[Thread, ...]:
        """Threads: those that wait first, the first that is due before others; then the newest.

        Args:
            queue: of this queue only.
            state: ``"waiting"``, ``"answered"`` or ``"closed"``; in any, if not given.
            limit: how many.

        Raises:
            ConfigurationError: the messenger has no inbox; all methods here say so.
            InvalidInput: there is no such queue, or state.
        """
        return finish(flows.threads(self._ports, _listed(self._ports, queue, state, limit)))

    def waiting(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """Threads in which a patient waits, by when they are to be answered (``due_at``).

        Of those that are due at one time, as all are that came in at night, whoever waits longest
        is first. A text stays on this list until an answer to it left, somebody closed its thread,
        or the visit that it asked to move or cancel became so. An answer is a :meth:`reply`, and
        also a text to that person at that number whose purpose is ``care_conversation``, whichever
        way it is sent; no reminder is one.
        """
        return finish(flows.waiting_threads(self._ports, _waiting(self._ports, queue, limit)))

    def overdue(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """Those of :meth:`waiting` that should have been answered by now."""
        return finish(flows.waiting_threads(self._ports, _overdue(self._ports, queue, limit)))

    def thread(self, thread_id: str) -> flows.ThreadView:
        """A thread with its texts in and out, in their order, and what staff did with it.

        Raises:
            UnknownThread: this practice has none of that id; all methods with an id say so.
        """
        return finish(flows.thread_view(self._ports, thread_id))

    def reply(
        self,
        thread_id: str,
        *,
        body: str,
        by: str,
        idempotency_key: str,
        purpose: Purpose = Purpose.CARE_CONVERSATION,
        media: Sequence[str] = (),
    ) -> Outcome:
        """Answer all that waits in a thread now.

        The text goes the way of every other: the rules decide, and it may be held or blocked. What
        it answers is answered once it left, and waits again where it turns out to have failed.
        A thread of an unknown sender can be answered as well: once, as the patient wrote first.

        Args:
            thread_id: the thread.
            body: what the patient reads.
            by: who answers, for example ``"ben"``. It goes on record as it is said, here and in all
                methods, whoever that is: your program knows who is signed in.
            idempotency_key: one key is one text, as in :meth:`Messenger.send`.
            purpose: what the text is for.
            media: public https URLs of pictures and the like.

        Raises:
            InvalidInput: an argument cannot be used, or there is no number to answer to.
            Unsupported: no provider of this messenger can do it; nothing was kept.
            IdempotencyConflict: the key was used for a different text.
        """
        said = flows.Reply(
            thread_id=thread_id,
            body=body,
            by=by,
            idempotency_key=idempotency_key,
            purpose=purpose,
            media=media,
        )
        return finish(flows.reply(self._ports, said))

    def note(self, thread_id: str, *, words: str, by: str) -> Thread:
        """Write a note into a thread, which no patient sees.

        Raises:
            InvalidInput: it is empty, or nobody says who wrote it.
        """
        return finish(flows.note(self._ports, thread_id, words, by=by))

    def assign(self, thread_id: str, *, to: str, by: str, reason: str = "") -> Thread:
        """Give a thread to a member of its queue, or to the point person.

        Raises:
            InvalidInput: ``to`` is neither.
        """
        return finish(flows.assign(self._ports, thread_id, to, by=by, reason=reason))

    def hand_over(self, thread_id: str, *, queue: str, by: str, reason: str) -> Thread:
        """Give a thread to another queue. By when it is to be answered stays: the patient waits.

        Raises:
            InvalidInput: there is no such queue, or nobody says who and why.
        """
        return finish(flows.hand_over(self._ports, thread_id, queue, by=by, reason=reason))

    def close(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Close a thread: nothing in it waits, until the patient writes again.

        Args:
            thread_id: the thread.
            by: who decided so.
            reason: why no answer is needed, or none more.

        Raises:
            InvalidInput: nobody says who and why.
        """
        return finish(flows.close(self._ports, thread_id, by=by, reason=reason))

    def reopen(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Have a thread wait for an answer, from now on.

        Raises:
            InvalidInput: nobody says who and why.
        """
        return finish(flows.reopen(self._ports, thread_id, by=by, reason=reason))

    def identify(self, thread_id: str, *, person: str, by: str) -> Thread:
        """Say whose thread it is, of which nobody knew.

        Args:
            thread_id: the thread.
            person: your id of the patient.
            by: who says so.

        Returns:
            the person's thread at that number, with all that was in the other one.

        Raises:
            InvalidInput: it is another person's already, or has no number.
        """
        return finish(flows.join_thread(self._ports, thread_id, person, by=by))

    def escalate(self, *, limit: int = 100) -> int:
        """Raise what is due, overdue, or the point person's, each once; a worker does so by itself.

        Returns:
            how many events were raised: :meth:`events`.
        """
        return finish(flows.escalate(self._ports, limit))

    def events(self, *, limit: int = 100) -> tuple[InboxEvent, ...]:
        """What happened and was not acknowledged yet, the oldest first: emergencies, escalations.

        The same events come again until :meth:`acknowledge`.
        """
        return finish(flows.inbox_events(self._ports, limit))

    def acknowledge(self, *events: InboxEvent) -> int:
        """Say that somebody knows of these; how many nobody had known of.

        Raises:
            InvalidInput: something is no event.
        """
        return finish(flows.acknowledge_inbox_events(self._ports, events))

    def dismiss(self, *items: OpenItem, by: str, reason: str) -> int:
        """Say that you saw to texts that did not arrive: ``open_items()`` lists them no more.

        Args:
            items: of the kind ``"undeliverable"``; the others end by being answered or settled.
            by: who did; for the audit log.
            reason: how; likewise.

        Returns:
            how many were still listed.

        Raises:
            InvalidInput: something is no such item, or nobody says who and why.
        """
        return finish(flows.dismiss(self._ports, items, by=by, reason=reason))

    def metrics(self, *, days: int = 30) -> InboxMetrics:
        """How fast patients were answered lately, in business time, and whether it gets worse.

        Args:
            days: how many, and today; each from midnight to midnight by the clock on the wall.

        Raises:
            InvalidInput: ``days`` is no whole number from 1 to 36,600.
        """
        return finish(flows.inbox_metrics(self._ports, days))


class AsyncInboxDesk:
    """:class:`InboxDesk` for an event loop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def threads(
        self, *, queue: str = "", state: ThreadState | str | None = None, limit: int = 100
    ) -> tuple[Thread, ...]:
        """See :meth:`InboxDesk.threads`."""
        return await flows.threads(self._ports, _listed(self._ports, queue, state, limit))

    async def waiting(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """See :meth:`InboxDesk.waiting`."""
        return await flows.waiting_threads(self._ports, _waiting(self._ports, queue, limit))

    async def overdue(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """See :meth:`InboxDesk.overdue`."""
        return await flows.waiting_threads(self._ports, _overdue(self._ports, queue, limit))

    async def thread(self, thread_id: str) -> flows.ThreadView:
        """See :meth:`InboxDesk.thread`."""
        return await flows.thread_view(self._ports, thread_id)

    async def reply(
        self,
        thread_id: str,
        *,
        body: str,
        by: str,
        idempotency_key: str,
        purpose: Purpose = Purpose.CARE_CONVERSATION,
        media: Sequence[str] = (),
    ) -> Outcome:
        """See :meth:`InboxDesk.reply`."""
        said = flows.Reply(
            thread_id=thread_id,
            body=body,
            by=by,
            idempotency_key=idempotency_key,
            purpose=purpose,
            media=media,
        )
        return await flows.reply(self._ports, said)

    async def note(self, thread_id: str, *, words: str, by: str) -> Thread:
        """See :meth:`InboxDesk.note`."""
        return await flows.note(self._ports, thread_id, words, by=by)

    async def assign(self, thread_id: str, *, to: str, by: str, reason: str = "") -> Thread:
        """See :meth:`InboxDesk.assign`."""
        return await flows.assign(self._ports, thread_id, to, by=by, reason=reason)

    async def hand_over(self, thread_id: str, *, queue: str, by: str, reason: str) -> Thread:
        """See :meth:`InboxDesk.hand_over`."""
        return await flows.hand_over(self._ports, thread_id, queue, by=by, reason=reason)

    async def close(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """See :meth:`InboxDesk.close`."""
        return await flows.close(self._ports, thread_id, by=by, reason=reason)

    async def reopen(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """See :meth:`InboxDesk.reopen`."""
        return await flows.reopen(self._ports, thread_id, by=by, reason=reason)

    async def identify(self, thread_id: str, *, person: str, by: str) -> Thread:
        """See :meth:`InboxDesk.identify`."""
        return await flows.join_thread(self._ports, thread_id, person, by=by)

    async def escalate(self, *, limit: int = 100) -> int:
        """See :meth:`InboxDesk.escalate`."""
        return await flows.escalate(self._ports, limit)

    async def events(self, *, limit: int = 100) -> tuple[InboxEvent, ...]:
        """See :meth:`InboxDesk.events`."""
        return await flows.inbox_events(self._ports, limit)

    async def acknowledge(self, *events: InboxEvent) -> int:
        """See :meth:`InboxDesk.acknowledge`."""
        return await flows.acknowledge_inbox_events(self._ports, events)

    async def dismiss(self, *items: OpenItem, by: str, reason: str) -> int:
        """See :meth:`InboxDesk.dismiss`."""
        return await flows.dismiss(self._ports, items, by=by, reason=reason)

    async def metrics(self, *, days: int = 30) -> InboxMetrics:
        """See :meth:`InboxDesk.metrics`."""
        return await flows.inbox_metrics(self._ports, days)
