"""Staff's work on what patients write: ``messenger.inbox``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.classification import Purpose
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.conversations import (
        InboxEvent,
        InboxMetrics,
        OpenItem,
        Thread,
        ThreadState,
        WaitingThread,
    )
    from compliant_sms.messages import Outcome
    from compliant_sms.ports import ListedThreads, Ports


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
    """Shows staff which threads wait for an answer, and sends what they answer."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def threads(
        self, *, queue: str = "", state: ThreadState | str | None = None, limit: int = 100
    ) -> tuple[Thread, ...]:
        """List threads: waiting ones first, in the order they are due; then the newest.

        Args:
            queue: this queue only.
            state: ``"waiting"``, ``"answered"`` or ``"closed"``; any, if not given.
            limit: how many, at most.

        Raises:
            ConfigurationError: the messenger has no inbox. All methods here raise this.
            InvalidInput: there is no such queue or state.
        """
        return finish(flows.threads(self._ports, _listed(self._ports, queue, state, limit)))

    def waiting(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """List threads in which a patient waits, by when an answer is due (``due_at``).

        Among those due at the same time, such as all that came in at night, the longest wait comes
        first. A text stays on this list until an answer to it has left, somebody closes its thread,
        or the visit that it asked to move or cancel is moved or cancelled. An answer is a
        :meth:`reply`, or any text to that person at that number with the purpose
        ``care_conversation``, however it is sent. A reminder is not an answer.
        """
        return finish(flows.waiting_threads(self._ports, _waiting(self._ports, queue, limit)))

    def overdue(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """List the threads of :meth:`waiting` that should have been answered by now."""
        return finish(flows.waiting_threads(self._ports, _overdue(self._ports, queue, limit)))

    def thread(self, thread_id: str) -> flows.ThreadView:
        """A thread with its texts in both directions, in order, and what staff did with it.

        Raises:
            UnknownThread: this practice has no thread with that id. All methods that take an id
                raise this.
        """
        return finish(flows.thread_view(self._ports, thread_id))

    def reply(
        self,
        thread_id: str,
        *,
        body: str,
        by: str,
        idempotency_key: str,
        purpose: Purpose | str = Purpose.CARE_CONVERSATION,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Outcome:
        """Answer everything that waits in a thread now.

        The rules decide about the reply as about any text: it may be held or blocked. The patient's
        texts count as answered once it has left, and wait again if it turns out to have failed.
        A thread with an unknown sender can be answered too, but only once, because they wrote
        first.

        Args:
            thread_id: the thread.
            body: what the patient reads.
            by: who answers, for example ``"ben"``. Here and in all methods it is recorded as given:
                your program knows who is signed in.
            idempotency_key: one key is one text, as in :meth:`Messenger.send`.
            purpose: what the text is for; of the catalogue, its code will do.
            media: public https URLs of pictures and other media.
            secure: put the reply behind a link, as in :meth:`Messenger.send`.

        Raises:
            InvalidInput: an argument cannot be used, or there is no number to answer to.
            Unsupported: no provider of this messenger can do this; nothing was stored.
            IdempotencyConflict: the key was used for a different text.
            ConfigurationError: ``secure`` needs what the messenger was not given.
        """
        said = flows.Reply(
            thread_id=thread_id,
            body=body,
            by=by,
            idempotency_key=idempotency_key,
            purpose=purpose,
            media=media,
            secure=secure,
        )
        return finish(flows.reply(self._ports, said))

    def note(self, thread_id: str, *, words: str, by: str) -> Thread:
        """Add a note to a thread. No patient sees it.

        Raises:
            InvalidInput: ``words`` or ``by`` is empty.
        """
        return finish(flows.note(self._ports, thread_id, words, by=by))

    def assign(self, thread_id: str, *, to: str, by: str, reason: str = "") -> Thread:
        """Assign a thread to a member of its queue, or to the point person.

        Raises:
            InvalidInput: ``to`` is neither; the error names the queue and its members.
        """
        return finish(flows.assign(self._ports, thread_id, to, by=by, reason=reason))

    def hand_over(self, thread_id: str, *, queue: str, by: str, reason: str) -> Thread:
        """Hand a thread over to another queue. When the answer is due does not change.

        Raises:
            InvalidInput: there is no such queue, or ``by`` or ``reason`` is empty.
        """
        return finish(flows.hand_over(self._ports, thread_id, queue, by=by, reason=reason))

    def close(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Close a thread: nothing in it waits until the patient writes again.

        Args:
            thread_id: the thread.
            by: who decided so.
            reason: why no answer, or no further answer, is needed.

        Raises:
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.close(self._ports, thread_id, by=by, reason=reason))

    def reopen(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Reopen a thread: it waits for an answer again, from now on.

        Raises:
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.reopen(self._ports, thread_id, by=by, reason=reason))

    def identify(self, thread_id: str, *, person: str, by: str) -> Thread:
        """Assign a thread from an unknown sender to a patient.

        Args:
            thread_id: the thread.
            person: your id of the patient.
            by: who says so.

        Returns:
            the person's thread at that number, with everything that was in this one.

        Raises:
            InvalidInput: it is already another person's, or has no number.
        """
        return finish(flows.join_thread(self._ports, thread_id, person, by=by))

    def escalate(self, *, limit: int = 100) -> int:
        """Raise an event, once each, for what is due, overdue or now the point person's.

        A worker does this by itself.

        Returns:
            how many events were raised: :meth:`events`.
        """
        return finish(flows.escalate(self._ports, limit))

    def events(self, *, limit: int = 100) -> tuple[InboxEvent, ...]:
        """Emergencies and escalations that nobody has acknowledged yet, oldest first.

        The same events are returned until you :meth:`acknowledge` them.
        """
        return finish(flows.inbox_events(self._ports, limit))

    def acknowledge(self, *events: InboxEvent) -> int:
        """Acknowledge events, and return how many had not been acknowledged before.

        Raises:
            InvalidInput: an argument is not an event.
        """
        return finish(flows.acknowledge_inbox_events(self._ports, events))

    def dismiss(self, *items: OpenItem, by: str, reason: str) -> int:
        """Mark texts that did not arrive as dealt with: ``open_items()`` no longer lists them.

        Args:
            items: of the kinds ``"undeliverable"`` and ``"no_place"``; the others end by being
                answered or settled.
            by: who dealt with them; for the audit log.
            reason: how; for the audit log.

        Returns:
            how many were still listed.

        Raises:
            InvalidInput: an argument is not such an item, or ``by`` or ``reason`` is empty.
        """
        return finish(flows.dismiss(self._ports, items, by=by, reason=reason))

    def metrics(self, *, days: int = 30) -> InboxMetrics:
        """How fast patients were answered, in business time, and whether it is getting worse.

        Args:
            days: how many days before today; today counts too. A day runs from midnight to
                midnight, local time.

        Raises:
            InvalidInput: ``days`` is not a whole number from 1 to 36,600.
        """
        return finish(flows.inbox_metrics(self._ports, days))


class AsyncInboxDesk:
    """:class:`InboxDesk` for an event loop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def threads(
        self, *, queue: str = "", state: ThreadState | str | None = None, limit: int = 100
    ) -> tuple[Thread, ...]:
        """List threads: waiting ones first, in the order they are due; then the newest.

        See :meth:`InboxDesk.threads`.
        """
        return await flows.threads(self._ports, _listed(self._ports, queue, state, limit))

    async def waiting(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """List threads in which a patient waits, by when an answer is due (``due_at``).

        See :meth:`InboxDesk.waiting`.
        """
        return await flows.waiting_threads(self._ports, _waiting(self._ports, queue, limit))

    async def overdue(self, *, queue: str = "", limit: int = 100) -> tuple[WaitingThread, ...]:
        """List the threads of :meth:`waiting` that should have been answered by now.

        See :meth:`InboxDesk.overdue`.
        """
        return await flows.waiting_threads(self._ports, _overdue(self._ports, queue, limit))

    async def thread(self, thread_id: str) -> flows.ThreadView:
        """A thread with its texts in both directions, in order, and what staff did with it.

        See :meth:`InboxDesk.thread`.
        """
        return await flows.thread_view(self._ports, thread_id)

    async def reply(
        self,
        thread_id: str,
        *,
        body: str,
        by: str,
        idempotency_key: str,
        purpose: Purpose | str = Purpose.CARE_CONVERSATION,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Outcome:
        """Answer everything that waits in a thread now.

        See :meth:`InboxDesk.reply`.
        """
        said = flows.Reply(
            thread_id=thread_id,
            body=body,
            by=by,
            idempotency_key=idempotency_key,
            purpose=purpose,
            media=media,
            secure=secure,
        )
        return await flows.reply(self._ports, said)

    async def note(self, thread_id: str, *, words: str, by: str) -> Thread:
        """Add a note to a thread. No patient sees it.

        See :meth:`InboxDesk.note`.
        """
        return await flows.note(self._ports, thread_id, words, by=by)

    async def assign(self, thread_id: str, *, to: str, by: str, reason: str = "") -> Thread:
        """Assign a thread to a member of its queue, or to the point person.

        See :meth:`InboxDesk.assign`.
        """
        return await flows.assign(self._ports, thread_id, to, by=by, reason=reason)

    async def hand_over(self, thread_id: str, *, queue: str, by: str, reason: str) -> Thread:
        """Hand a thread over to another queue. When the answer is due does not change.

        See :meth:`InboxDesk.hand_over`.
        """
        return await flows.hand_over(self._ports, thread_id, queue, by=by, reason=reason)

    async def close(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Close a thread: nothing in it waits until the patient writes again.

        See :meth:`InboxDesk.close`.
        """
        return await flows.close(self._ports, thread_id, by=by, reason=reason)

    async def reopen(self, thread_id: str, *, by: str, reason: str) -> Thread:
        """Reopen a thread: it waits for an answer again, from now on.

        See :meth:`InboxDesk.reopen`.
        """
        return await flows.reopen(self._ports, thread_id, by=by, reason=reason)

    async def identify(self, thread_id: str, *, person: str, by: str) -> Thread:
        """Assign a thread from an unknown sender to a patient.

        See :meth:`InboxDesk.identify`.
        """
        return await flows.join_thread(self._ports, thread_id, person, by=by)

    async def escalate(self, *, limit: int = 100) -> int:
        """Raise an event, once each, for what is due, overdue or now the point person's.

        See :meth:`InboxDesk.escalate`.
        """
        return await flows.escalate(self._ports, limit)

    async def events(self, *, limit: int = 100) -> tuple[InboxEvent, ...]:
        """Emergencies and escalations that nobody has acknowledged yet, oldest first.

        See :meth:`InboxDesk.events`.
        """
        return await flows.inbox_events(self._ports, limit)

    async def acknowledge(self, *events: InboxEvent) -> int:
        """Acknowledge events, and return how many had not been acknowledged before.

        See :meth:`InboxDesk.acknowledge`.
        """
        return await flows.acknowledge_inbox_events(self._ports, events)

    async def dismiss(self, *items: OpenItem, by: str, reason: str) -> int:
        """Mark texts that did not arrive as dealt with: ``open_items()`` no longer lists them.

        See :meth:`InboxDesk.dismiss`.
        """
        return await flows.dismiss(self._ports, items, by=by, reason=reason)

    async def metrics(self, *, days: int = 30) -> InboxMetrics:
        """How fast patients were answered, in business time, and whether it is getting worse.

        See :meth:`InboxDesk.metrics`.
        """
        return await flows.inbox_metrics(self._ports, days)
