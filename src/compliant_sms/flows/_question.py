"""What was last asked of a number, as long as an answer can mean it."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from compliant_sms.classification import Purpose
from compliant_sms.consent import Clarified, Granted, Restored, Revoked, fold_for_holder
from compliant_sms.flows._replies import reply_key
from compliant_sms.lifecycle import State
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
        if asks is None or message.state is State.UNDELIVERED:
            continue
        live = _is_live(message, at) and await _still_stands(tx, practice_id, message, asks)
        return Question(message=message, awaiting=asks) if live else None
    return None


async def _still_stands(
    tx: Transaction, practice_id: str, message: Message, asks: Awaiting
) -> bool:
    """Whether nothing came to the ledger since that makes an answer mean something else."""
    if asks is Awaiting.CONFIRM:
        return True
    events = await tx.consent_events(practice_id, message.draft.to)
    if asks is Awaiting.OPT_IN:
        left = message.departure.at if message.departure else message.created_at
        return not any(isinstance(e, Revoked) and e.occurred_at >= left for e in events)
    # An answer narrows all that stands, so it must stand for nothing that was said plainly.
    said = [e for e in events if isinstance(e, Revoked | Restored | Clarified | Granted)]
    standing = fold_for_holder(events).revocations
    return bool(
        isinstance(said[-1], Revoked)
        and message.draft.idempotency_key == reply_key(said[-1].reference)
        and all(each.clarification_asked for each in standing)
    )


def _is_live(message: Message, at: datetime) -> bool:
    """Whether it still makes sense; the answer to the question about scope always does."""
    not_after = message.draft.not_after
    return not_after is None or at <= not_after or message.draft.asks is Awaiting.SCOPE
