"""A text that somebody asks for: made anew, or met again under its key."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.errors import IdempotencyConflict
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message


def due_text(
    draft: Draft,
    message_id: str,
    practice_id: str,
    at: datetime,
    *,
    not_before: datetime | None = None,
) -> Message:
    """A new text, due now or from an instant on.

    Args:
        draft: what is asked for.
        message_id: a new id.
        practice_id: who sends it.
        at: now (UTC).
        not_before: the earliest instant at which to send it (UTC); now, if not given.
    """
    return Message(
        message_id=message_id,
        practice_id=practice_id,
        draft=draft,
        created_at=at,
        state=State.DUE,
        not_before=not_before or at,
    )


def is_decided_again(message: Message) -> bool:
    """Whether a text is decided anew when it is asked for again: a blocked one, unless purged."""
    return message.state is State.BLOCKED and message.purged is None


def refuse_other_text(known: Message, draft: Draft) -> None:
    """Refuse a draft under the key of another text.

    Raises:
        IdempotencyConflict: it is not the text that was asked for under its key, or that is erased.
    """
    if known.draft.is_erased:
        msg = (
            "the text under this idempotency key was erased with its person, so nobody can tell "
            "whether this is the same one, and nothing was sent. Use a new key if it is to go."
        )
        raise IdempotencyConflict(msg)
    if not known.is_for(draft):
        msg = (
            "this idempotency key was used for a different text. Use a new key for new content; "
            "to change a text that has not gone out, cancel it first."
        )
        raise IdempotencyConflict(msg)
