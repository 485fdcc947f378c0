"""Answering a thread: the answer counts once it left, and no more if it failed."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen

from compliant_sms.classification import Purpose
from compliant_sms.conversations import EntryKind, Thread
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._deciding._admit import Limited
from compliant_sms.flows._sending._dispatch import dispatch_one
from compliant_sms.flows._sending._enqueue import enter
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.flows._sending._send import prepared
from compliant_sms.flows._staff._inbox import fixed_thread, the_plan
from compliant_sms.flows._staff._thread_acts import ThreadAct, named
from compliant_sms.messages import Draft, Outcome, Queued
from compliant_sms.ports import Ports, Transaction


@frozen(kw_only=True)
class Reply:
    """What somebody answers.

    Attributes:
        thread_id: in which thread.
        body: what the patient reads.
        by: who answers.
        idempotency_key: one key is one text.
        purpose: what the text is for.
        media: public https URLs of what goes along.
        secure: it is read on a page behind a link, whatever it says.
    """

    thread_id: str
    body: str = field(repr=False)
    by: str
    idempotency_key: str
    purpose: Purpose | str = Purpose.CARE_CONVERSATION
    media: Sequence[str] = field(default=(), repr=False)
    secure: bool = False


async def reply(ports: Ports, said: Reply) -> Outcome:
    """Answer what waits in a thread; durable before it returns, and answered once it left.

    Raises:
        UnknownThread: this practice has none of that id.
        InvalidInput: an argument cannot be used, or the thread has no number to answer to.
        Unsupported: no provider of this messenger can do it; nothing was kept.
        IdempotencyConflict: the key was used for a different text.
    """
    the_plan(ports)
    named(said.by, "by")
    asked = await ports.store.run(lambda tx: _ask(tx, ports, said))
    if ports.within or not isinstance(asked, Queued):
        return asked
    message_id = asked.message_id
    message = await ports.store.run(lambda tx: tx.message(ports.practice.id, message_id))
    assert message is not None, "it was kept just before"  # noqa: S101
    step = await dispatch_one(ports, message)
    if isinstance(step, Limited):
        return outcome_of(step.message)
    return step or asked  # somebody else has just taken it


async def _ask(tx: Transaction, ports: Ports, said: Reply) -> Outcome:
    thread = await fixed_thread(tx, ports, said.thread_id)
    draft = _draft(ports, thread, said)
    known = await tx.message_by_key(ports.practice.id, said.idempotency_key)
    if known is not None:  # whose number it is, and which of ours, may have become known since
        draft = evolve(draft, person=known.draft.person, sender=known.draft.sender)
    outcome = await enter(tx, ports, draft)
    if known is None:
        await tx.answer_waits(thread.practice_id, thread.thread_id, outcome.message_id)
        act = ThreadAct(
            ports=ports, kind=EntryKind.REPLIED, actor=said.by, message_id=outcome.message_id
        )
        await act.record(tx, thread)
        await tx.save_thread(evolve(thread, closed_at=None))
    return outcome


def _draft(ports: Ports, thread: Thread, said: Reply) -> Draft:
    if thread.number is None:
        msg = "the texts of this thread came from what is no phone number; nobody can answer there"
        raise InvalidInput(msg)
    draft = Draft(
        to=thread.number,
        person=thread.person,
        purpose=said.purpose,
        body=said.body,
        idempotency_key=said.idempotency_key,
        media=said.media,
        secure=said.secure,
        sender=thread.written_to,
    )
    return prepared(ports, draft, to_anybody=True)
