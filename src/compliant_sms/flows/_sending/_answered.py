"""A text that answers a patient by what it is for, whichever way it was asked for."""

from __future__ import annotations

from compliant_sms.classification import Purpose
from compliant_sms.messages import Draft, Message
from compliant_sms.ports import Ports, Transaction


async def answer_thread(tx: Transaction, ports: Ports, message: Message) -> None:
    """Have a new text count for what waits in its person's thread, if it is an answer.

    Whoever answers from a screen of their own calls ``send``, and must not be told for ever after
    that the patient waits. So it is with a prepared answer that somebody picked. Nothing else is an
    answer: a reminder that leaves meanwhile stops no clock. A thread of which nobody knows whose it
    is goes on to wait for somebody to say so.

    Args:
        tx: the transaction. The thread is not fixed: in a host's transaction the patient's next
            text, which may be a STOP, would have to wait for that.
        ports: what to work with.
        message: the text, as it was just kept.
    """
    draft = message.draft
    if ports.inbox is None or draft.person is None or not is_answer(ports, draft):
        return
    for thread in await tx.threads_at(message.practice_id, draft.to):
        if thread.person == draft.person:
            await tx.answer_waits(thread.practice_id, thread.thread_id, message.message_id)


def is_answer(ports: Ports, draft: Draft) -> bool:
    """Whether a text is somebody's answer to a patient, by what it is for."""
    if draft.purpose.code == Purpose.CARE_CONVERSATION.code:
        return True
    made = draft.template
    # A prepared answer is one, whatever it is about.
    found = ports.templates.version(made.name, made.version) if made and ports.templates else None
    return found is not None and found.picked_by_people
