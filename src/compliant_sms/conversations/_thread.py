"""A thread: the texts with one person at one number, and which of them wait for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import field, fields, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word
from compliant_sms.phone import PhoneNumber


class ThreadState(Word):
    """The state of a thread."""

    WAITING = "waiting"
    """The patient waits for an answer."""
    ANSWERED = "answered"
    """Nothing waits, and nobody closed it."""
    CLOSED = "closed"


class EntryKind(Word):
    """What somebody did with a thread."""

    NOTE = "note"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    """It went to another queue."""
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
        thread_id: the library's id of it; opaque.
        practice_id: the practice that it belongs to.
        number: the patient's number; None if a text came from what is not a phone number.
        person: your id of the patient; None if it is not known yet who writes.
        queue: the queue that answers.
        assignee: the member who has it; empty if nobody has it.
        place: which of the practice's places it concerns, as far as known.
        language: the language that the patient last wrote in, ISO 639-1.
        written_to: our number that was last written to.
        opened_at: when the first text came (UTC).
        last_at: when the last text came (UTC).
        closed_at: when somebody closed it (UTC); None if it is open.
        waits_since: since when (UTC) the oldest unanswered text waits; None if none does.
        due_at: when (UTC) the first answer to a waiting text is due: by the queue's goal, or at
            once if the patient seems to be in danger.
        joined_to: the thread that it was joined to; empty if none.
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
        """Its state."""
        if self.waits_since is not None:
            return ThreadState.WAITING
        return ThreadState.CLOSED if self.closed_at else ThreadState.ANSWERED

    @property
    def alone(self) -> Thread:
        """The thread without what is derived from its waiting texts."""
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
        due_at: when (UTC) the first answer to a waiting text is due.
    """

    waits_since: datetime
    due_at: datetime

    @classmethod
    def of(cls, thread: Thread) -> WaitingThread:
        """The same thread, as one whose patient is known to wait."""
        return cls(**_all_of(thread))


def _all_of(thread: Thread) -> dict[str, Any]:
    return {each.name: getattr(thread, each.name) for each in fields(Thread)}


@frozen(kw_only=True)
class Wait:
    """A text in a thread, or a reopening, and whether it waits for an answer.

    Attributes:
        wait_id: the library's id of it; opaque.
        thread_id: in which thread.
        queue: the queue that it came to.
        inbound_id: the text; None if somebody reopened the thread.
        at: when it came in (UTC).
        asks: whether a person has to answer it.
        steps: when (UTC) the members are warned, it is overdue, and it goes to the point person.
        raised: how many of those steps were reported.
        settled: ``"nothing-asked"``, ``"closed"``, ``"answered"`` or ``"erased"``; empty while it
            may wait.
        settled_at: since when (UTC).
        answered_at: when (UTC) the first answer that reached the provider left; None if none did.
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
    """The record of what somebody did with a thread.

    Attributes:
        entry_id: the library's id of it; opaque.
        thread_id: in which thread.
        at: when (UTC).
        kind: what was done.
        actor: who did it, for example ``"front-desk:ana"``.
        words: the note or the reason; empty if there is none. Erasure and retention drop it.
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
