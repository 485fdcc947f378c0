"""A thread: one person at one number, and what of it still waits for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import field, fields, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word
from compliant_sms.phone import PhoneNumber


class ThreadState(Word):
    """Where a thread is."""

    WAITING = "waiting"
    """The patient waits for an answer."""
    ANSWERED = "answered"
    """Nothing waits; nobody closed it."""
    CLOSED = "closed"


class EntryKind(Word):
    """What somebody did with a thread."""

    NOTE = "note"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    """To another queue."""
    REPLIED = "replied"
    CLOSED = "closed"
    REOPENED = "reopened"
    JOINED = "joined"
    """Somebody said whose number it is."""
    ESCALATED = "escalated"
    """It went to the point person, because nobody had answered."""


@frozen(kw_only=True, eq=False)
class Thread:
    """A conversation with one person at one number.

    Attributes:
        thread_id: ours; opaque.
        practice_id: whose.
        number: the patient's; None where a text came from what is no phone number.
        person: the host's id; None where nobody knows yet who writes.
        queue: who answers.
        assignee: the member who has it; empty where nobody has.
        place: which of the practice's places it concerns, as far as known.
        language: in which the patient wrote last, ISO 639-1.
        written_to: our number that was written to last.
        opened_at: when the first text came (UTC).
        last_at: when the last one came (UTC).
        closed_at: when somebody closed it (UTC); None where it is open.
        waits_since: since when (UTC) the oldest unanswered text waits; None where none does.
        due_at: by when (UTC) one of those that wait is to be answered, the first that is due: by
            the queue's goal, and at once where the patient seems in danger.
        joined_to: the thread that it was joined to; empty where it stands by itself.
    """

    thread_id: str
    practice_id: str = field(repr=repr_of_practice)
    number: PhoneNumber | None
    person: str | None = field(default=None, repr=False)
    queue: str
    assignee: str = ""
    place: str = field(default="", repr=False)
    language: str = "en"
    written_to: PhoneNumber | None = field(default=None, repr=False)
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
    waits_since: datetime | None = None
    due_at: datetime | None = None
    joined_to: str = ""

    @property
    def state(self) -> ThreadState:
        """Where it is."""
        if self.waits_since is not None:
            return ThreadState.WAITING
        return ThreadState.CLOSED if self.closed_at else ThreadState.ANSWERED

    @property
    def alone(self) -> Thread:
        """The thread without what is read from the texts that wait."""
        return Thread(**_all_of(self) | {"waits_since": None, "due_at": None})

    def __eq__(self, other: object) -> bool:
        # However it was found: one that waits is a WaitingThread on one list only.
        return _all_of(self) == _all_of(other) if isinstance(other, Thread) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.thread_id)


@frozen(kw_only=True, eq=False)
class WaitingThread(Thread):
    """A thread in which the patient waits.

    Attributes:
        waits_since: since when (UTC) the oldest unanswered text waits.
        due_at: by when (UTC) one of those that wait is to be answered, the first that is due.
    """

    waits_since: datetime
    due_at: datetime

    @classmethod
    def of(cls, thread: Thread) -> WaitingThread:
        """The same thread, of which it is known that the patient waits."""
        return cls(**_all_of(thread))


def _all_of(thread: Thread) -> dict[str, Any]:
    return {each.name: getattr(thread, each.name) for each in fields(Thread)}


@frozen(kw_only=True)
class Wait:
    """A text in a thread, or a reopening, and whether it waits for an answer.

    Attributes:
        wait_id: ours; opaque.
        thread_id: of which thread.
        queue: where it came to.
        inbound_id: the text; None where somebody reopened the thread.
        at: when it came in (UTC).
        asks: whether a person has to answer it.
        steps: when (UTC) its members are warned, it is overdue, and it goes to the point person.
        raised: how many of those somebody heard of.
        settled: ``"nothing-asked"``, ``"closed"``, ``"answered"`` or ``"erased"``; empty while it
            may wait.
        settled_at: since when (UTC).
        answered_at: when (UTC) the first answer left that reached the provider; None where none.
    """

    wait_id: str
    thread_id: str
    queue: str
    inbound_id: str | None
    at: datetime
    asks: bool
    steps: tuple[datetime, datetime, datetime]
    raised: int = 0
    settled: str = ""
    settled_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it still waits."""
        return self.asks and not self.settled and self.answered_at is None


@frozen(kw_only=True)
class Entry:
    """What somebody did with a thread, on record.

    Attributes:
        entry_id: ours; opaque.
        thread_id: of which thread.
        at: when (UTC).
        kind: what.
        actor: who did it, for example ``"front-desk:ana"``.
        words: the note, or the reason; empty where there is none. Erasure and retention drop it.
        to: the member or the queue that got it; empty otherwise.
        message_id: the reply; empty otherwise.
    """

    entry_id: str
    thread_id: str
    at: datetime
    kind: EntryKind
    actor: str
    words: str = field(default="", repr=False)
    to: str = ""
    message_id: str = ""
