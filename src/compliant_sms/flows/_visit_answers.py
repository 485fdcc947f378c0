"""Answers about visits: kept with the patient's text, and taken by the host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from compliant_sms import _given
from compliant_sms.messages import Inbound, Message
from compliant_sms.optout import Intent
from compliant_sms.ports import Ports, ToldReminder, Transaction
from compliant_sms.reminders import KEY_PREFIX, Answer, VisitAnswer

__all__ = [
    "AskedVisit",
    "acknowledge_answers",
    "asked_visits",
    "has_newer_answer",
    "keep_answers",
    "open_answers",
]

_MEANS = {
    Intent.CONFIRM: Answer.CONFIRM,
    Intent.RESCHEDULE: Answer.RESCHEDULE,
    Intent.CANCEL_APPOINTMENT: Answer.CANCEL,
}


@frozen
class AskedVisit:
    """A visit that a text of ours asks about.

    Attributes:
        told: what the text tells of it.
        stands: whether it is still as it was told; False where it was moved or cancelled since.
    """

    told: ToldReminder
    stands: bool


async def asked_visits(
    tx: Transaction, practice_id: str, asked: Message | None
) -> tuple[AskedVisit, ...]:
    """The visits that a text asks about; none where it tells of none."""
    if asked is None or not asked.draft.idempotency_key.startswith(KEY_PREFIX):
        return ()
    told = await tx.told_in(asked.message_id)
    return tuple([AskedVisit(each, await _stands(tx, practice_id, each)) for each in told])


async def keep_answers(
    tx: Transaction, ports: Ports, inbound: Inbound, asked: Sequence[AskedVisit]
) -> tuple[VisitAnswer, ...]:
    """Keep what a text answers about the visits that ours asked about, in its transaction.

    What nothing proves to come from the patient moves and cancels no visit: a person reads it.
    """
    answer = _MEANS.get(inbound.intent) if inbound.proven else None
    if answer is None:
        return ()
    made: list[VisitAnswer] = []
    for each in asked:
        told = each.told
        key = told.appointment_id, told.occurrence
        before = await tx.last_answer(inbound.practice_id, key)
        said = VisitAnswer(
            answer_id=ports.ids(),
            appointment_id=told.appointment_id,
            occurrence=told.occurrence,
            answer=answer,
            at=inbound.received_at,
            message_id=told.message_id,
            inbound_id=inbound.inbound_id,
            stands=each.stands,
            shared=len(asked) > 1,
            replaces=before.answer if before else None,
        )
        await tx.add_answer(inbound.practice_id, said)
        made.append(said)
    return tuple(made)


async def has_newer_answer(tx: Transaction, inbound: Inbound, asked: Message) -> bool:
    """Whether something that came in after a text answered about the same visits."""
    if not asked.draft.idempotency_key.startswith(KEY_PREFIX):
        return False
    for each in await tx.told_in(asked.message_id):
        key = each.appointment_id, each.occurrence
        last = await tx.last_answer(inbound.practice_id, key)
        if last is not None and last.at > inbound.received_at:
            return True
    return False


async def _stands(tx: Transaction, practice_id: str, told: ToldReminder) -> bool:
    visit = await tx.appointment(practice_id, (told.appointment_id, told.occurrence))
    return visit is not None and visit.sequence == told.sequence


async def open_answers(ports: Ports, limit: int) -> tuple[VisitAnswer, ...]:
    """Up to ``limit`` answers that the host has not acknowledged, the oldest first."""
    found = await ports.store.run(lambda tx: tx.open_answers(ports.practice.id, limit))
    return tuple(found)


async def acknowledge_answers(ports: Ports, answers: Iterable[VisitAnswer]) -> None:
    """The host has done what these ask for.

    Raises:
        InvalidInput: something is no answer.
    """
    given = list(answers)
    _given.each_of(given, VisitAnswer, "an answer", "what answers() returned")
    ids, at = [each.answer_id for each in given], ports.clock()
    await ports.store.run(lambda tx: tx.settle_answers(ports.practice.id, ids, at))
