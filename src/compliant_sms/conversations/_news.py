"""What a host hears of, and what is listed so that nothing is lost."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from compliant_sms.choices import Word


class InboxEventKind(Word):
    """What happened."""

    EMERGENCY = "emergency"
    """A patient seems in danger. Call at once; the library only told them whom to call."""
    DUE = "due"
    """A text still waits after the queue's ``warn_after``."""
    OVERDUE = "overdue"
    """A text was not answered within the queue's goal."""
    POINT_PERSON = "point_person"
    """Nobody answered; it is the point person's now."""
    REPLY_FAILED = "reply_failed"
    """An answer did not go out, so that its patient waits again."""


@frozen(kw_only=True)
class InboxEvent:
    """Something that somebody has to hear of. It holds no text, name or number.

    Attributes:
        event_id: ours; opaque.
        kind: what happened.
        at: when (UTC).
        thread_id: in which thread.
        queue: whose thread it was then.
        to: the member who has it; the queue's name, where nobody has.
        reference: the id of the text that waits, or of the answer that failed; ours of the
            reopening, where somebody reopened the thread.
    """

    event_id: str
    kind: InboxEventKind
    at: datetime
    thread_id: str
    queue: str
    to: str
    reference: str


class OpenKind(Word):
    """Why something is on the list of what must not be lost."""

    UNANSWERED = "unanswered"
    UNMATCHED = "unmatched"
    """A text that waits, of which nobody knows whose it is."""
    UNDELIVERABLE = "undeliverable"
    """A text to a patient that did not arrive, or was refused after it had waited."""
    UNCERTAIN = "uncertain"
    HELD_TOO_LONG = "held_too_long"

    @property
    def remedy(self) -> str:
        """What to do, in plain words."""
        return _REMEDIES[self]


_REMEDIES = {
    OpenKind.UNANSWERED: "Answer it: inbox.reply(); or say why not: inbox.close().",
    OpenKind.UNMATCHED: "Find out whose it is: inbox.identify(); then answer it or close it.",
    OpenKind.UNDELIVERABLE: "Reach the patient by another way, then inbox.dismiss() the item.",
    OpenKind.UNCERTAIN: "Wait for reconcile(), or ask the provider and say it: settle().",
    OpenKind.HELD_TOO_LONG: "See in history() why it waits; send it another way, or cancel() it.",
}


@frozen(kw_only=True)
class OpenItem:
    """Something that nobody has seen to yet. It holds no text, name or number.

    Attributes:
        kind: why it is listed.
        since: since when (UTC).
        reference: the id of what it is about: of the text that came in, or of ours.
        thread_id: the thread that it belongs to; empty where it belongs to none.
        queue: who answers there; empty likewise.
        assignee: the member who has it; empty where nobody has.
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
