"""The line that a text came in and somebody will answer: void once somebody has."""

from __future__ import annotations

from compliant_sms.classification import Purpose
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Transaction

KEY_PREFIX = "inbox/"
"""The beginning of the keys of texts that the inbox sends by itself; the thread's id follows."""

RECEIVED = "received"
"""What follows the thread's id in the key of the line that a text came in."""

ANSWERED = "Somebody had answered the thread before it left."
"""Why the line does not go; it tells nothing of a patient."""

# One that is held may be so for hours, and meanwhile the line is true.
_GOES = frozenset({State.DUE, State.CLAIMED, State.UNCERTAIN, State.SENT, State.DELIVERED})


async def is_answered_already(tx: Transaction, message: Message) -> bool:
    """Whether a text is that line, and a person's answer to all that waits has been committed."""
    draft = message.draft
    inbox, thread_id, once, *_ = [*draft.idempotency_key.split("/"), "", ""]
    said = (f"{inbox}/", once, draft.purpose.code)
    if said != (KEY_PREFIX, RECEIVED, Purpose.AUTOMATIC_REPLY.code):
        return False
    asked = [each.at for each in await tx.waits(message.practice_id, thread_id) if each.asks]
    if not asked:  # the thread was joined to another one
        return False
    for message_id in await tx.answers_in(message.practice_id, thread_id):
        answer = await tx.message(message.practice_id, message_id)
        # A question that came after the answer is still to be answered, as the line says.
        if answer and answer.state in _GOES and answer.created_at >= max(asked):
            return True
    return False
