"""What is kept of threads with patients, of what waits in them, and of what hosts hear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.conversations import Entry, InboxEvent, OpenItem, Thread, ThreadState, Wait
from compliant_sms.messages import Inbound
from compliant_sms.phone import PhoneNumber
from compliant_sms.retention import Purged


@frozen(kw_only=True)
class ListedThreads:
    """Which threads to list.

    Attributes:
        practice_id: whose.
        queue: of one queue only; of all, if empty.
        outside: of none of these queues.
        state: in one state only; in any, if None.
        due_by: only those that wait, and were to be answered by then (UTC).
        limit: how many.
    """

    practice_id: str = field(repr=repr_of_practice)
    queue: str = ""
    outside: tuple[str, ...] = ()
    state: ThreadState | None = None
    due_by: datetime | None = None
    limit: int = 100


class Conversations(Protocol):
    """Threads with patients."""

    async def add_thread(self, thread: Thread) -> bool:
        """Keep a new thread; False where there is one of that person at that number."""

    async def save_thread(self, thread: Thread) -> None:
        """Keep what became of a thread. What waits in it is kept by itself."""

    async def thread(
        self, practice_id: str, thread_id: str, *, fixed: bool = False
    ) -> Thread | None:
        """The thread of that id; None where there is none, or its person was erased.

        Args:
            practice_id: whose.
            thread_id: its id.
            fixed: let nobody else change it until the end.
        """

    async def thread_of(
        self, practice_id: str, number: PhoneNumber | None, person: str | None
    ) -> Thread | None:
        """The thread of a person at a number; ``fixed``."""

    async def threads_at(self, practice_id: str, number: PhoneNumber) -> list[Thread]:
        """The threads of all persons at a number."""

    async def threads(self, listed: ListedThreads) -> list[Thread]:
        """Threads: those that wait first, by when they are to be answered; then the newest."""

    async def move_thread(self, thread: Thread, into: Thread) -> None:
        """Have all that is in a thread lie in another one, to which it is joined."""

    async def add_wait(self, practice_id: str, wait: Wait) -> bool:
        """Keep a text in its thread; False where it was there before."""

    async def waits(self, practice_id: str, thread_id: str) -> list[Wait]:
        """The texts of a thread, the oldest first."""

    async def thread_with(self, practice_id: str, inbound_id: str) -> Thread | None:
        """The thread that a text lies in; ``fixed``."""

    async def unask(self, practice_id: str, inbound_id: str, at: datetime) -> None:
        """Settle a text that nobody has to answer after all, if it waits."""

    async def raise_wait(self, practice_id: str, wait_id: str, raised: int) -> None:
        """Keep how many steps of a text somebody heard of."""

    async def requeue_waits(self, practice_id: str, thread_id: str, queue: str) -> None:
        """Count what waits in a thread for another queue."""

    async def answer_waits(self, practice_id: str, thread_id: str, message_id: str) -> None:
        """Have one of our texts answer all that is not settled, as soon as it leaves."""

    async def answers_in(self, practice_id: str, thread_id: str) -> list[str]:
        """The ids of our texts that answer something in a thread, the oldest first."""

    async def close_waits(self, practice_id: str, thread_id: str, at: datetime) -> None:
        """Settle all that waits in a thread, because somebody closed it."""

    async def settle_answered(self, practice_id: str, at: datetime, sent_by: datetime) -> int:
        """Settle what was answered for good, and return how many.

        Args:
            practice_id: whose.
            at: now (UTC).
            sent_by: an answer that left by then counts though nobody said that it arrived.
        """

    async def waits_to_raise(self, practice_id: str, at: datetime, limit: int) -> list[Wait]:
        """Of each thread the text that is due first, where its next step has come.

        Those go before that the point person is to have by now.
        """

    async def failed_answers(self, practice_id: str, limit: int) -> list[tuple[str, str, datetime]]:
        """Answers that did not go out, of which no event tells: thread, text, since when."""

    async def waits_between(self, practice_id: str, since: datetime, until: datetime) -> list[Wait]:
        """What came in from then on, and what had not been settled before."""

    async def without_thread(self, practice_id: str, limit: int) -> list[Inbound]:
        """Texts that lie in no thread, the oldest first."""

    async def inbound(self, practice_id: str, inbound_ids: Sequence[str]) -> list[Inbound]:
        """The texts with these ids that were not erased."""

    async def add_entry(self, practice_id: str, entry: Entry) -> None:
        """Keep what somebody did with a thread."""

    async def entries(self, practice_id: str, thread_id: str) -> list[Entry]:
        """What was done with a thread and was not dropped, the oldest first."""

    async def dropped_entries(
        self, practice_id: str, thread_id: str
    ) -> list[tuple[datetime, Purged]]:
        """When the others were done (UTC), and what stays of each, the oldest first."""

    async def add_inbox_event(self, practice_id: str, event: InboxEvent) -> bool:
        """Keep that something happened; False where that is known of the same text."""

    async def inbox_events(self, practice_id: str, limit: int) -> list[InboxEvent]:
        """Events that nobody acknowledged yet, the oldest first."""

    async def acknowledge_inbox_events(
        self, practice_id: str, event_ids: Sequence[str], at: datetime
    ) -> int:
        """Record that somebody knows of these, and return how many nobody knew of."""

    async def open_items(
        self, practice_id: str, at: datetime, held_since: datetime, limit: int
    ) -> list[OpenItem]:
        """What nobody has seen to, the oldest first.

        Args:
            practice_id: whose.
            at: now (UTC).
            held_since: a text that waits since then waits too long.
            limit: how many.
        """

    async def dismiss(self, practice_id: str, item: OpenItem, at: datetime) -> bool:
        """List an item no more; False where that was said before."""
