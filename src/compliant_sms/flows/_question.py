"""What was last asked of a number, as long as an answer can mean it."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from compliant_sms.classification import Purpose
from compliant_sms.messages import Message
from compliant_sms.optout import Awaiting
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction

__all__ = ["Question", "open_question"]

# What texts of these purposes ask, where nothing else is said.
_ASKED_BY = {
    Purpose.APPOINTMENT_REMINDER.code: Awaiting.CONFIRM,
    Purpose.APPOINTMENT_CONFIRMATION.code: Awaiting.CONFIRM,
}
# Reminders go out up to a week before; a later "yes" means something else. Not law.
_LIVES = timedelta(days=7)
_FARTHEST = 20  # texts back


@frozen(kw_only=True)
class Question:
    """A text of ours that asks something.

    Attributes:
        message: the text.
        awaiting: what it asks.
    """

    message: Message
    awaiting: Awaiting


async def open_question(
    tx: Transaction, practice_id: str, number: PhoneNumber, at: datetime
) -> Question | None:
    """The newest question that left to a number and that can still be answered."""
    for message in await tx.departed(practice_id, number, at - _LIVES, _FARTHEST):
        asks = message.draft.asks or _ASKED_BY.get(message.draft.purpose.code)
        if asks is not None:
            return Question(message=message, awaiting=asks) if _is_live(message, at) else None
    return None


def _is_live(message: Message, at: datetime) -> bool:
    """Whether it still makes sense; the answer to the question about scope always does."""
    not_after = message.draft.not_after
    return not_after is None or at <= not_after or message.draft.asks is Awaiting.SCOPE
