"""Answers about visits: kept with the patient's text, and taken by the host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeGuard

from attrs import evolve, frozen

from compliant_sms import _given
from compliant_sms.consent import ConsentEvent, Flag, NumberFlagged, Voided
from compliant_sms.messages import Inbound, Message
from compliant_sms.optout import Intent
from compliant_sms.ports import Ports, ToldReminder, Transaction
from compliant_sms.reminders import KEY_PREFIX, Answer, AppointmentAnswer, Status

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
        came: whether the patient is there already, or was.
        start: when it begins, by its own clock; None where nobody knows it any more.
        time_zone: of that clock, an IANA name.
    """

    told: ToldReminder
    stands: bool
    came: bool = False
    start: datetime | None = None
    time_zone: str = "UTC"

    @property
    def is_stale(self) -> bool:
        """Whether who answers about it has to be told how it stands."""
        return not (self.stands or self.came)


async def asked_visits(
    tx: Transaction, practice_id: str, asked: Message | None
) -> tuple[AskedVisit, ...]:
    """The visits that a text asks about; none where it tells of none."""
    if asked is None or not asked.draft.idempotency_key.startswith(KEY_PREFIX):
        return ()
    told = await tx.told_in(asked.practice_id, asked.message_id)
    return tuple([await _asked(tx, practice_id, each) for each in told])


async def keep_answers(
    tx: Transaction,
    ports: Ports,
    inbound: Inbound,
    asked: Sequence[AskedVisit],
    *,
    says_more: bool = False,
    thread_id: str | None = None,
) -> tuple[AppointmentAnswer, ...]:
    """Keep what a text answers about the visits that ours asked about, in its transaction.

    What nothing proves to come from the patient moves and cancels no visit: a person reads it.
    """
    answer = _MEANS.get(inbound.intent) if inbound.proven else None
    if answer is None:
        return ()
    made: list[AppointmentAnswer] = []
    for each in asked:
        told = each.told
        key = told.appointment_id, told.occurrence
        before = await tx.last_answer(inbound.practice_id, key)
        said = AppointmentAnswer(
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
            says_more=says_more,
            thread_id=thread_id,
        )
        await tx.add_answer(inbound.practice_id, said)
        made.append(said)
    return tuple(made)


async def has_newer_answer(
    tx: Transaction, inbound: Inbound, asked: Message, intent: Intent
) -> bool:
    """Whether something that came in after a text answered about the same visits.

    Of two that came in at one instant nobody knows which is the last word: what says otherwise is
    taken for it.

    Args:
        tx: the transaction.
        inbound: the text.
        asked: our text that it answers.
        intent: what it says.
    """
    if not asked.draft.idempotency_key.startswith(KEY_PREFIX):
        return False
    for each in await tx.told_in(asked.practice_id, asked.message_id):
        key = each.appointment_id, each.occurrence
        last = await tx.last_answer(inbound.practice_id, key)
        if last is None or last.at < inbound.received_at:
            continue
        if last.at > inbound.received_at or last.answer is not _MEANS.get(intent):
            return True
    return False


async def mistakable(tx: Transaction, practice_id: str, asked: Sequence[Message]) -> frozenset[str]:
    """The ids of the texts whose answer may be meant for another of them, about another visit.

    Of texts that no plan made nobody knows the visits: they are told apart by their persons.

    Args:
        tx: the transaction.
        practice_id: who asked.
        asked: the texts to one number that ask to confirm, and can be answered.
    """
    if len(asked) < 2:
        return frozenset()
    told = [await asked_visits(tx, practice_id, message) for message in asked]
    answered: set[str | None] = set()
    if not all(told):  # of what tells of visits, those say whether it was answered
        received = await tx.inbound_from(practice_id, asked[0].draft.to)
        answered = {each.answers for each in received}
    every = [
        await _asking(tx, practice_id, message, visits, answered=message.message_id in answered)
        for message, visits in zip(asked, told, strict=True)
    ]
    return frozenset(
        one.message.message_id
        for one in every
        if any(one.is_apart_from(other) for other in every if other is not one)
    )


@frozen
class _Asking:
    """A text that asks to confirm.

    Attributes:
        message: the text.
        visits: the keys of those that it tells of; empty for a text that no plan made.
        waiting: of which of them nobody has said since what becomes of them.
        answered: whether a text answered it, where one of those that it is held against tells of
            no visits.
    """

    message: Message
    visits: frozenset[tuple[str, str]]
    waiting: frozenset[tuple[str, str]]
    answered: bool

    def is_apart_from(self, other: _Asking) -> bool:
        """Whether another one waits to be answered about something else."""
        if self.visits and other.visits:
            return bool(other.waiting - self.visits)
        return not other.answered and self.message.draft.person != other.message.draft.person


async def _asking(
    tx: Transaction,
    practice_id: str,
    message: Message,
    told: Sequence[AskedVisit],
    *,
    answered: bool,
) -> _Asking:
    visits = {(each.told.appointment_id, each.told.occurrence): each.stands for each in told}
    left = message.departure.at if message.departure else message.created_at
    waiting = [
        key for key, stands in visits.items() if stands and await _waits(tx, practice_id, key, left)
    ]
    return _Asking(message, frozenset(visits), frozenset(waiting), answered)


async def _waits(tx: Transaction, practice_id: str, key: tuple[str, str], left: datetime) -> bool:
    """Whether nobody has said what becomes of a visit since a text asked about it."""
    visit = await tx.appointment(practice_id, key)
    last = await tx.last_answer(practice_id, key)
    unsaid = last is None or last.at < left
    return visit is not None and visit.appointment.status is Status.BOOKED and unsaid


async def _asked(tx: Transaction, practice_id: str, told: ToldReminder) -> AskedVisit:
    visit = await tx.appointment(practice_id, (told.appointment_id, told.occurrence))
    stands = visit is not None and visit.sequence == told.sequence
    came = visit is not None and visit.appointment.status in {Status.ARRIVED, Status.DONE}
    when = (visit.appointment.start, visit.appointment.time_zone) if visit else ()
    return AskedVisit(told, stands, came, *when)


async def open_answers(ports: Ports, limit: int) -> tuple[AppointmentAnswer, ...]:
    """Up to ``limit`` answers that the host has not acknowledged, the oldest first."""
    return await ports.store.run(lambda tx: _open_answers(tx, ports.practice.id, limit))


async def _open_answers(
    tx: Transaction, practice_id: str, limit: int
) -> tuple[AppointmentAnswer, ...]:
    """The answers with what has become of their visits: one may have been moved since it came."""
    found = await tx.open_answers(practice_id, limit)
    return tuple([evolve(each, stands=await _stands(tx, practice_id, each)) for each in found])


async def _stands(tx: Transaction, practice_id: str, said: AppointmentAnswer) -> bool:
    key = said.appointment_id, said.occurrence
    told = [
        each
        for each in await tx.told_in(practice_id, said.message_id)
        if (each.appointment_id, each.occurrence) == key
    ]
    asked = [await _asked(tx, practice_id, each) for each in told]
    if not (said.stands and any(each.stands for each in asked)):
        return False
    message = await tx.message(practice_id, said.message_id)
    visit = await tx.appointment(practice_id, key)
    known = message is not None and not message.draft.is_erased
    found = await _found_since(tx, message, said.at) if message and known else []
    return visit is None or not _is_about(found, visit.appointment.person)


async def was_misdirected(tx: Transaction, message: Message, since: datetime) -> bool:
    """Whether it was found since then that the number of a text is not its patient's."""
    found = await _found_since(tx, message, since)
    if _is_about(found, message.draft.person):
        return True
    told = await tx.told_in(message.practice_id, message.message_id) if found else []
    keys = [(each.appointment_id, each.occurrence) for each in told]
    visits = [await tx.appointment(message.practice_id, key) for key in keys]
    return any(visit and _is_about(found, visit.appointment.person) for visit in visits)


async def _found_since(
    tx: Transaction, message: Message, since: datetime
) -> list[Voided | NumberFlagged]:
    """What was said since then of a text's number: that it is not the patient's."""
    events = await tx.consent_events(message.practice_id, message.draft.to)
    return [e for e in events if _is_not_theirs(e) and e.occurred_at >= since]


def _is_not_theirs(event: ConsentEvent) -> TypeGuard[Voided | NumberFlagged]:
    """Whether staff found, or whoever holds the number wrote, that it is the wrong one."""
    wrong = isinstance(event, NumberFlagged) and event.why is Flag.WRONG_NUMBER
    return wrong or isinstance(event, Voided)


def _is_about(found: Iterable[Voided | NumberFlagged], person: str | None) -> bool:
    """Whether it is said of a person: whoever writes "wrong number" names nobody."""
    return any(each.person == person or isinstance(each, NumberFlagged) for each in found)


async def acknowledge_answers(ports: Ports, answers: Iterable[AppointmentAnswer]) -> int:
    """Record that the host acted on these answers. Returns how many were still open.

    Raises:
        InvalidInput: something is no answer.
    """
    given = list(answers)
    _given.each_of(given, AppointmentAnswer, "an answer", "what answers() returned")
    ids, at = [each.answer_id for each in given], ports.clock()
    practice_id = ports.practice.id
    return await ports.store.run(lambda tx: tx.acknowledge_answers(practice_id, ids, at))
