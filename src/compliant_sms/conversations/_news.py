"""Events that a host is told of, and the list of open items, so that nothing is lost."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from compliant_sms.choices import Word


class InboxEventKind(Word):
    """What happened."""

    EMERGENCY = "emergency"
    """A patient seems to be in danger. Call at once; the library only told them whom to call."""
    DUE = "due"
    """A text still waits after the queue's ``warn_after``."""
    OVERDUE = "overdue"
    """A text was not answered within the queue's goal."""
    POINT_PERSON = "point_person"
    """Nobody answered; it is now the point person's."""
    REPLY_FAILED = "reply_failed"
    """An answer did not go out, so the patient waits again."""


@frozen(kw_only=True)
class InboxEvent:
    """Something that somebody must be told of. It holds no text, name or number.

    Attributes:
        event_id: the library's id of it; opaque.
        kind: what happened.
        at: when (UTC).
        thread_id: in which thread.
        queue: the queue that the thread was in then.
        to: the member who has it; the queue's name if nobody has it.
        reference: the id of the text that waits, or of the answer that failed; if somebody
            reopened the thread, the library's id of that.
    """

    event_id: str
    kind: InboxEventKind
    at: datetime
    thread_id: str
    queue: str
    to: str
    reference: str


class OpenKind(Word):
    """Why something is on the list of open items."""

    UNANSWERED = "unanswered"
    UNMATCHED = "unmatched"
    """A waiting text from an unknown sender."""
    UNDELIVERABLE = "undeliverable"
    """A text to a patient that did not arrive, or was refused after it had waited."""
    UNCERTAIN = "uncertain"
    HELD_TOO_LONG = "held_too_long"
    NO_PLACE = "no_place"
    """A reminder that was cancelled: the practice's plan for its volume had no place in time."""

    @property
    def remedy(self) -> str:
        """What to do, in plain words."""
        return _REMEDIES[self]

    @property
    def is_dismissed(self) -> bool:
        """Whether it ends by being dismissed; others end by being answered or settled."""
        return self in {OpenKind.UNDELIVERABLE, OpenKind.NO_PLACE}


_REMEDIES = {
    OpenKind.UNANSWERED: "Answer the patient, or close the conversation and say why.",
    OpenKind.UNMATCHED: "Find out who wrote, and record it. Then answer, or close it and say why.",
    OpenKind.UNDELIVERABLE: "Reach the patient in another way. Then take it off the list; say how.",
    OpenKind.UNCERTAIN: "It is looked up. If it stays here, ask the provider whether it went, and "
    "record the answer.",
    OpenKind.HELD_TOO_LONG: "See in its record why it waits. Reach the patient in another way, or "
    "cancel it.",
    OpenKind.NO_PLACE: "It was cancelled: the practice's plan for its volume had no place for "
    "it in time. Reach the patient in another way. Then take it off the list; say how.",
}


@frozen(kw_only=True)
class OpenItem:
    """Something that still needs attention. It holds no text, name or number.

    Attributes:
        kind: why it is listed.
        since: since when (UTC).
        reference: the id of the text that it is about, one that came in or one of ours.
        thread_id: the thread that it belongs to; empty if none.
        queue: the queue that the thread is in; empty if none.
        assignee: the member who has it; empty if nobody has it.
    """

    kind: OpenKind
    since: datetime
    reference: str
    thread_id: str = ""
    queue: str = ""
    assignee: str = ""

    @property
    def remedy(self) -> str:
        """What to do, in plain words."""
        return self.kind.remedy
