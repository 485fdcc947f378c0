"""Everything on record about a person."""

from __future__ import annotations

from collections.abc import Container, Sequence

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.consent import ConsentEvent
from compliant_sms.conversations import Entry
from compliant_sms.messages import Inbound, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Callback, Ports, Step, Transaction
from compliant_sms.reminders import KEY_PREFIX
from compliant_sms.retention import Purged
from compliant_sms.rules import Decision
from compliant_sms.secure_pages import PageAccess


@frozen(kw_only=True)
class TextRecord:
    """A text that was asked for, and all that became of it.

    Attributes:
        message: the text and where it is.
        decisions: what was decided about it, oldest first.
        steps: the states it went through.
        callbacks: what its provider told of it, in the order in which that came.
        purged: what stays of decisions that were dropped, oldest first.
        accesses: who came to the secure page behind it, oldest first.
    """

    message: Message
    decisions: tuple[Decision, ...] = field(repr=False)
    steps: tuple[Step, ...]
    callbacks: tuple[Callback, ...] = ()
    purged: tuple[Purged, ...] = ()
    accesses: tuple[PageAccess, ...] = ()


@frozen(kw_only=True)
class History:
    """What a practice has on record about a person, each kind oldest first.

    Attributes:
        person: the host's id.
        consent: what they agreed to and took back, and what was said from their numbers.
        texts: what was sent to them, held or blocked; replies to their numbers; and reminders that
            told of a visit of theirs together with another person's.
        received: what came from their numbers.
        entries: what staff did with their threads, notes included.
    """

    person: str
    consent: tuple[ConsentEvent, ...]
    texts: tuple[TextRecord, ...]
    received: tuple[Inbound, ...]
    entries: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on record: nobody texted the person yet, or the id is mistyped."""
        return not (self.consent or self.texts or self.received or self.entries)


async def history(ports: Ports, person: str) -> History:
    """Everything on record about a person, at all their numbers.

    A text to somebody else that tells of the person's visits too is in it, without the decisions,
    which tell of the other one's consent.
    """
    _given.a_text(person, "person")
    return await ports.store.run(lambda tx: _history(tx, ports.practice.id, person))


async def _history(tx: Transaction, practice_id: str, person: str) -> History:
    await tx.one_moment()
    numbers = await tx.numbers_of(practice_id, person)
    events = [e for n in numbers for e in await tx.consent_events(practice_id, n)]
    return History(
        person=person,
        consent=tuple(e for e in events if e.person in {None, person}),
        texts=await _texts(tx, practice_id, person, numbers),
        received=tuple([i for n in numbers for i in await tx.inbound_from(practice_id, n)]),
        entries=await _entries(tx, practice_id, person, numbers),
    )


async def _texts(
    tx: Transaction, practice_id: str, person: str, numbers: Sequence[PhoneNumber]
) -> tuple[TextRecord, ...]:
    found = [m for number in numbers for m in await tx.messages_to(practice_id, number)]
    visits = {each.appointment.key for each in await tx.appointments_of(practice_id, person)}
    records = [await text_record(tx, m) for m in found if await _is_of(tx, m, person, visits)]
    return tuple(_told_to(person, each) for each in records)


def _told_to(person: str, record: TextRecord) -> TextRecord:
    """A record without what was decided about somebody else, of whose consent it tells."""
    own = record.message.draft.person in {None, person}
    return record if own else evolve(record, decisions=())


async def _is_of(
    tx: Transaction, message: Message, person: str, visits: Container[tuple[str, str]]
) -> bool:
    """Whether a text to a number is to a person, to whoever holds it, or tells of their visits."""
    if message.draft.person in {None, person}:
        return True
    if not message.draft.idempotency_key.startswith(KEY_PREFIX):
        return False
    told = await tx.told_in(message.practice_id, message.message_id)
    return any((each.appointment_id, each.occurrence) in visits for each in told)


async def _entries(
    tx: Transaction, practice_id: str, person: str, numbers: Sequence[PhoneNumber]
) -> tuple[Entry, ...]:
    threads = [t for n in numbers for t in await tx.threads_at(practice_id, n)]
    found = [
        entry
        for thread in threads
        if thread.person in {None, person}
        for entry in await tx.entries(thread.practice_id, thread.thread_id)
    ]
    return tuple(sorted(found, key=lambda entry: entry.at))


async def text_record(tx: Transaction, message: Message) -> TextRecord:
    """All that became of a text."""
    return TextRecord(
        message=message,
        decisions=tuple(await tx.decisions(message.practice_id, message.message_id)),
        steps=tuple(await tx.steps(message.practice_id, message.message_id)),
        callbacks=tuple(await tx.callbacks(message.practice_id, message.message_id)),
        purged=tuple(await tx.purged_decisions(message.practice_id, message.message_id)),
        accesses=tuple(await tx.accesses(message.practice_id, message.message_id)),
    )
