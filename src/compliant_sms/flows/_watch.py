"""What a transaction writes, told as events once it has been committed.

Every flow writes through the one port, so that no flow has to say what it did, and none forgets.
What nobody writes, such as that something is overdue, a flow tells by ``ports.tell`` itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, TypeVar, cast

from attrs import evolve

from compliant_sms import consent, events
from compliant_sms.audit import AuditEvent
from compliant_sms.conversations import InboxEvent
from compliant_sms.events import Event
from compliant_sms.lifecycle import State
from compliant_sms.messages import Inbound, Message
from compliant_sms.optout import Author, Intent
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Store, Tell, Transaction
from compliant_sms.providers import Failure
from compliant_sms.reminders import AppointmentAnswer
from compliant_sms.rules import Decision
from compliant_sms.volume import UNTIL_RESUMED, pause_finding

T = TypeVar("T")


class Watched:
    """A store that tells what was written in it, after each commit.

    Args:
        store: where everything is kept.
        tell: whom to tell.
    """

    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._tell = tell

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the work in one transaction, then tell what it wrote.

        Raises:
            StoreError: the database could not; nothing was recorded, and nothing is told.
        """
        noted: list[Event] = []

        async def watched(tx: Transaction) -> T:
            noted.clear()  # work that lost a race is done anew
            return await work(cast("Transaction", _WatchedTransaction(tx, noted)))

        result = await self._store.run(watched)
        if noted:
            await self._tell(noted)
        return result


class _WatchedTransaction:
    """A transaction that notes what is written in it. Whatever is not here is the store's own."""

    def __init__(self, tx: Transaction, noted: list[Event]) -> None:
        self._tx = tx
        self._noted = noted
        self._seen: dict[str, tuple[State, datetime]] = {}
        self._at: dict[str, int] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            return getattr(self._tx, name)

    async def message(self, practice_id: str, message_id: str) -> Message | None:
        return self._saw(await self._tx.message(practice_id, message_id))

    async def message_by_key(self, practice_id: str, key: str) -> Message | None:
        return self._saw(await self._tx.message_by_key(practice_id, key))

    async def message_by_provider_id(
        self,
        practice_id: str,
        provider: str,
        provider_id: str,
        *,
        reference: str | None = None,
        recipient: PhoneNumber | None = None,
    ) -> Message | None:
        found = await self._tx.message_by_provider_id(
            practice_id, provider, provider_id, reference=reference, recipient=recipient
        )
        return self._saw(found)

    async def save(self, message: Message, at: datetime) -> None:
        await self._tx.save(message, at)
        self._became(message, at)

    async def close_claim(self, settled: Message, at: datetime) -> bool:
        closed = await self._tx.close_claim(settled, at)
        if closed:
            self._became(settled, at)
        return closed

    async def add_decision(self, practice_id: str, message_id: str, decision: Decision) -> None:
        """See :meth:`compliant_sms.ports.Texts.add_decision`; it says why the text was stopped."""
        await self._tx.add_decision(practice_id, message_id, decision)
        place = self._at.get(message_id)
        stopped = self._noted[place] if place is not None else None
        if place is not None and isinstance(stopped, events.TextHeld | events.TextBlocked):
            rules = tuple(dict.fromkeys(finding.rule for finding in decision.reasons))
            self._noted[place] = evolve(stopped, rules=rules)

    async def add_inbound(self, inbound: Inbound) -> bool:
        new = await self._tx.add_inbound(inbound)
        if new:
            self._noted.append(_came_in(inbound))
        return new

    async def prove_inbound(self, inbound: Inbound, at: datetime) -> None:
        await self._tx.prove_inbound(inbound, at)
        self._noted.append(_proved(inbound, at))

    async def add_answer(self, practice_id: str, answer: AppointmentAnswer) -> None:
        await self._tx.add_answer(practice_id, answer)
        self._noted.append(_answered(practice_id, answer))

    async def add_inbox_event(self, practice_id: str, event: InboxEvent) -> bool:
        new = await self._tx.add_inbox_event(practice_id, event)
        if new:
            self._noted.append(_raised(practice_id, event))
        return new

    async def append(self, event: consent.ConsentEvent, new_chain_id: str) -> None:
        await self._tx.append(event, new_chain_id)
        self._noted.append(_said(event))

    async def audit(self, event: AuditEvent, number: PhoneNumber | None = None) -> None:
        await self._tx.audit(event, number)
        self._noted.append(
            events.AuditEventRecorded(
                practice_id=event.practice_id, at=event.at, act=event.act, actor=event.actor
            )
        )

    def _saw(self, message: Message | None) -> Message | None:
        if message is not None:
            self._seen[message.message_id] = message.state, message.not_before
        return message

    def _became(self, message: Message, at: datetime) -> None:
        """Note what became of a text, if that is new: a callback can overtake an answer."""
        before = self._seen.get(message.message_id)
        self._saw(message)
        told = None if before == self._seen[message.message_id] else _became(message, at)
        if told is not None:
            self._at[message.message_id] = len(self._noted)
            self._noted.append(told)


class _Text(TypedDict):
    practice_id: str
    at: datetime
    message_id: str
    purpose: str


def _became(message: Message, at: datetime) -> Event | None:  # noqa: PLR0911 - one for each state
    purpose, provider = message.draft.purpose.code, message.provider or ""
    text = _Text(
        practice_id=message.practice_id, at=at, message_id=message.message_id, purpose=purpose
    )
    problem = message.problem.category if message.problem else Failure.UNKNOWN
    match message.state:
        case State.SENT:
            return events.TextSent(**text, provider=provider)
        case State.HELD:
            until = message.not_before
            rules = (pause_finding().rule,) if until == UNTIL_RESUMED else ()
            return events.TextHeld(**text, until=until, rules=rules)
        case State.BLOCKED:
            return events.TextBlocked(**text)
        case State.CANCELLED:
            return events.TextCancelled(**text)
        case State.FAILED:
            return events.TextFailed(**text, provider=provider, problem=problem)
        case State.UNCERTAIN:
            return events.TextUncertain(**text, provider=provider)
        case State.DELIVERED:
            return events.TextDelivered(**text, provider=provider)
        case State.UNDELIVERED:
            return events.TextUndelivered(**text, provider=provider, problem=problem)
        case _:  # due, or claimed: it is on its way
            return None


def _came_in(inbound: Inbound) -> Event:
    urgent = inbound.intent is Intent.EMERGENCY and inbound.author is Author.PERSON
    kind = events.EmergencyReceived if urgent else events.TextReceived
    return kind(
        practice_id=inbound.practice_id,
        at=inbound.received_at,
        inbound_id=inbound.inbound_id,
        intent=inbound.intent,
        needs_person=inbound.needs_person,
        unsure=inbound.unsure,
        answers=inbound.answers,
    )


def _proved(inbound: Inbound, at: datetime) -> Event:
    return events.TextProven(
        practice_id=inbound.practice_id,
        at=at,
        inbound_id=inbound.inbound_id,
        intent=inbound.intent,
        needs_person=inbound.needs_person,
        answers=inbound.answers,
    )


def _answered(practice_id: str, answer: AppointmentAnswer) -> Event:
    return events.AppointmentAnswered(
        practice_id=practice_id,
        at=answer.at,
        answer_id=answer.answer_id,
        appointment_id=answer.appointment_id,
        occurrence=answer.occurrence,
        answer=answer.answer,
        stands=answer.stands,
        says_more=answer.says_more,
        thread_id=answer.thread_id,
    )


def _raised(practice_id: str, event: InboxEvent) -> Event:
    return events.InboxEventRaised(
        practice_id=practice_id,
        at=event.at,
        kind=event.kind,
        event_id=event.event_id,
        thread_id=event.thread_id,
        queue=event.queue,
    )


class _Consent(TypedDict):
    practice_id: str
    at: datetime
    event_id: str
    person: str | None


def _said(event: consent.ConsentEvent) -> Event:  # noqa: PLR0911 - one for each kind
    about = _Consent(
        practice_id=event.practice_id,
        at=event.recorded_at,
        event_id=event.event_id,
        person=event.person,
    )
    match event:
        case consent.Granted():
            return events.ConsentGranted(**about, basis=event.basis, categories=event.categories)
        case consent.Revoked():
            return events.OptedOut(
                **about, channel=event.channel, rule=event.rule, reference=event.reference
            )
        case consent.Clarified():
            return events.OptOutNarrowed(**about, keep=event.keep)
        case consent.Restored():
            return events.OptedBackIn(**about)
        case consent.NumberFlagged():
            return events.NumberFlagged(**about, why=event.why)
        case consent.PhiPreferenceStated():
            return events.PhiPreferenceStated(**about, prefers=event.prefers)
        case consent.OptInAsked():
            return events.OptInAsked(**about, categories=event.categories)
        case consent.OptInAnswered():
            return events.OptInAnswered(**about, agreed=event.agreed)
        case _:  # consent.Voided
            return events.ConsentVoided(**about)
