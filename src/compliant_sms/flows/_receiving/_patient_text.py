"""A patient's text on its way in: read, kept, acted on."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from attrs import evolve, field, frozen

from compliant_sms.consent import Channel, Revoked
from compliant_sms.flows._receiving._about_visits import AboutVisits, about_visits
from compliant_sms.flows._receiving._arrive import arrive
from compliant_sms.flows._receiving._believe import ELSEWHERE, UNPROVEN, doubt_of, is_elsewhere
from compliant_sms.flows._receiving._heard import Heard, act_on
from compliant_sms.flows._receiving._question import (
    Question,
    asked_by_hand,
    question_on_page,
    questions,
)
from compliant_sms.flows._receiving._replies import Asked
from compliant_sms.flows._receiving._said import Said, read_answer, read_text, with_keyword
from compliant_sms.flows._receiving._threads import Filed
from compliant_sms.flows._receiving._visit_answers import keep_answers
from compliant_sms.flows._sending._asked import due_text
from compliant_sms.messages import Draft, Inbound, Message
from compliant_sms.optout import Author, Intent, Reading, Reserved
from compliant_sms.ports import Ports, Transaction, Unconfirmed
from compliant_sms.practice import Practice
from compliant_sms.providers import InboundText
from compliant_sms.reminders import AppointmentAnswer

ON_PAGE = "secure-page"
"""In place of the provider's name: it was written on the page behind a link."""


@frozen(kw_only=True)
class ReceivedText:
    """A patient's text, kept.

    Attributes:
        inbound: the text, with what it is about.
        new: False where it was delivered before, and nothing was done again.
        reserved: the reserved word it is, or None.
        reading: what it says.
        answers: our text whose question it answers; None where none was open.
        visits: what it wants done with the visits that our text asked about. They wait to be
            taken, with :meth:`~compliant_sms.messenger.ReminderDesk.answers`, as well.
        thread_id: the thread that it lies in; None where no threads are kept.
        pending: the provider is asked for it after the answer: until it says that it knows the
            text, that permits nothing. :meth:`compliant_sms.Messenger.confirm_received` asks.
    """

    inbound: Inbound
    new: bool
    reserved: Reserved | None
    reading: Reading
    answers: Message | None = field(default=None, repr=False)
    visits: tuple[AppointmentAnswer, ...] = ()
    thread_id: str | None = None
    pending: bool = False


class Proof(Enum):
    """Whether the provider stands for what a callback says."""

    GIVEN = auto()
    TO_COME = auto()
    """It is asked afterwards; see :func:`compliant_sms.flows.confirm_received`."""
    MISSING = auto()
    """And there is no way to ask it, or no need."""


@frozen(kw_only=True)
class Written:
    """A text on its way in.

    Attributes:
        practice: whom it was written to.
        event: as the provider told it.
        inbound: as it is kept.
        said: what it says.
    """

    practice: Practice
    event: InboundText
    inbound: Inbound
    said: Said


async def take_in(
    tx: Transaction,
    ports: Ports,
    practice: Practice,
    provider: str,
    event: InboundText,
    *,
    proof: Proof = Proof.GIVEN,
    page: Message | None = None,
) -> ReceivedText:
    """Keep a text, do what it asks, and enqueue the answer to it.

    Args:
        tx: the transaction.
        ports: what to work with.
        practice: whom it was written to.
        provider: who brought it; :data:`ON_PAGE`, where that was nobody.
        event: the text.
        proof: whether the provider stands for it. Otherwise it permits nothing, or not yet.
        page: the message on whose page it was written, if it was. Such a reply can stop texts and
            start none, gets no answer by text, and is always for a person.
    """
    if event.sender is not None:
        # What it means depends on what was written before: texts of one number come in in turn.
        await tx.lock(practice.id, event.sender)
    way = _WayIn(
        tx=tx,
        ports=ports,
        practice=practice,
        provider=provider,
        event=event,
        proof=proof,
        page=page,
        at=ports.clock(),
    )
    read = await way.read()
    inbound = way.inbound(read)
    new = await tx.add_inbound(inbound)
    made = ReceivedText(
        inbound=inbound,
        new=new,
        reserved=read.said.reserved,
        reading=read.said.reading,
        answers=read.said.answered,
        pending=proof is Proof.TO_COME,
    )
    if not new:
        return made
    answered = await way.act(read, inbound)
    thread_id = await way.file(read, inbound, answered=answered)
    visits, more = read.visits.asked, read.visits.says_more
    kept = await keep_answers(tx, ports, inbound, visits, says_more=more, thread_id=thread_id)
    return evolve(made, visits=kept, thread_id=thread_id)


@frozen(kw_only=True)
class _Read:
    """A text, read.

    Attributes:
        said: what it says, and why it is not believed where it would permit something.
        asked: what it was read as an answer to.
        meant: our text that it would answer, though nothing may prove that it does.
        visits: what it means for the visits that ours asked about.
        needs_person: whether a person has to see to it.
    """

    said: Said
    asked: Question | None
    meant: Message | None
    visits: AboutVisits
    needs_person: bool


@frozen(kw_only=True)
class _WayIn:
    """The steps of a text on its way in: read, acted on, filed.

    Attributes:
        tx: the transaction, with the number locked.
        ports: what to work with.
        practice: whom it was written to.
        provider: who brought it.
        event: as the provider told it.
        proof: whether the provider stands for it.
        page: the message on whose page it was written.
        at: now (UTC).
    """

    tx: Transaction
    ports: Ports
    practice: Practice
    provider: str
    event: InboundText
    proof: Proof
    page: Message | None
    at: datetime

    async def read(self) -> _Read:
        """What it says, whether that is believed, and who has to see to it."""
        tx, ports, practice_id, event = self.tx, self.ports, self.practice.id, self.event
        said = await _said(tx, ports, self.practice, event, self.page)
        asked = said.question
        if self.page is None:
            said = await with_keyword(tx, ports, practice_id, said, event)
        meant = said.answered
        doubt = await _doubt(tx, ports, practice_id, said, event, proof=self.proof)
        said = evolve(said, doubt=doubt)
        visits = await about_visits(tx, practice_id, event, said, self.at)
        needs_person = (
            self.page is not None
            or said.needs_person(event)
            or visits.needs_person
            or await _may_accept(tx, ports, practice_id, said, event)
        )
        return _Read(said=said, asked=asked, meant=meant, visits=visits, needs_person=needs_person)

    def inbound(self, read: _Read) -> Inbound:
        """The text as it is kept."""
        said, event, inbound_id = read.said, self.event, self.ports.ids()
        return Inbound(
            inbound_id=inbound_id,
            practice_id=self.practice.id,
            provider=self.provider,
            provider_key=_key(event, said, inbound_id),
            number=event.sender,
            body=event.body,
            media=event.media,
            received_at=self.at,
            rule=said.rule,
            intent=said.reading.intent,
            author=said.reading.author,
            answers=said.answered.message_id if said.answered else None,
            unsure=said.unsure,
            needs_person=read.needs_person,
            proven=self.proof is Proof.GIVEN,
        )

    async def act(self, read: _Read, inbound: Inbound) -> bool:
        """Write what it means to the ledger. Returns whether there is an answer to it."""
        said = read.said
        written = Written(practice=self.practice, event=self.event, inbound=inbound, said=said)
        if self.proof is Proof.TO_COME:
            await _await_proof(self.tx, written, read.asked)
            if said.narrows:
                # Whatever STOP it narrows holds; before it is proved it would only add another one.
                return False
        draft = await answer_to(self.tx, self.ports, written)
        if draft is not None and not said.is_answered_by(self.event) and self.page is None:
            await enqueue_answer(self.tx, self.ports, self.practice, draft)
        return draft is not None

    async def file(self, read: _Read, inbound: Inbound, *, answered: bool) -> str | None:
        """Put it into its thread, and return the thread's id; None where no threads are kept."""
        filed = Filed(
            inbound=inbound,
            # Whose it is, tells what it would answer, though nothing may prove that it does.
            answers=read.meant or self.page,
            written_to=self.event.to,
            language=read.said.reading.language,
            requests=read.visits.is_request(inbound),
        )
        quiet = answered or self.event.answered or self.page is not None
        quiet = quiet or inbound.author is not Author.PERSON
        return await arrive(self.tx, self.ports, filed, self.at, quiet=quiet)


async def _await_proof(tx: Transaction, written: Written, asked: Question | None) -> None:
    """Keep what a text has to be read by, once the provider stands for it."""
    sender = written.inbound.number
    assert sender is not None, "nobody is asked for a text without a sender"  # noqa: S101
    events = await tx.consent_events(written.practice.id, sender)
    pending = Unconfirmed(
        inbound=written.inbound,
        event=written.event,
        question=asked.message.message_id if asked else None,
        awaiting=asked.awaiting if asked else None,
        doubted=bool(written.said.doubt),
        revocations=tuple(each.event_id for each in events if isinstance(each, Revoked)),
    )
    await tx.add_unconfirmed(pending)


def _key(event: InboundText, said: Said, inbound_id: str) -> str:
    """The same for each delivery of a text; where no id tells two apart, each STOP counts."""
    stops_anew = not event.provider_id and said.reading.revocation is not None
    return f"{event.key}/{inbound_id}" if stops_anew else event.key


async def _said(
    tx: Transaction, ports: Ports, practice: Practice, event: InboundText, page: Message | None
) -> Said:
    """What a text says: as an answer to what was asked last, while that can be answered."""
    if page is not None:
        return read_text(event, question_on_page(page, ports.clock()))
    asked: list[Question] = []
    if event.sender is not None:
        asked = await questions(tx, ports, practice.id, event.sender, written=event.sent_at)
    return read_answer(event, asked)


async def _doubt(
    tx: Transaction,
    ports: Ports,
    practice_id: str,
    said: Said,
    event: InboundText,
    *,
    proof: Proof,
) -> str:
    """Why a text that would permit something permits nothing; empty where it may."""
    if not (said.grants or said.confirms):
        return ""
    if proof is not Proof.GIVEN:
        return UNPROVEN
    if await is_elsewhere(tx, ports, practice_id, event):
        return ELSEWHERE
    return await doubt_of(tx, practice_id, event) if said.grants else ""


async def _may_accept(
    tx: Transaction, ports: Ports, practice_id: str, said: Said, event: InboundText
) -> bool:
    """Whether "sounds good", or a tapped thumb, may accept what somebody offered by hand."""
    polite = said.reading.intent is Intent.GREETING_OR_THANKS
    if event.sender is None or not (polite or said.reading.author is Author.REACTION):
        return False
    return await asked_by_hand(tx, ports, practice_id, event.sender)


async def answer_to(
    tx: Transaction, ports: Ports, written: Written, *, at: datetime | None = None
) -> Draft | None:
    """Write what a text means to the ledger, and return the draft of the answer to it.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        written: the text.
        at: now (UTC), where that is not when it came in.
    """
    inbound, said = written.inbound, written.said
    if inbound.number is None or said.reading.author is not Author.PERSON:
        return None
    asked = Asked(
        practice=written.practice,
        sender=inbound.number,
        inbound=inbound,
        language=said.reading.language,
        written_to=written.event.to,
    )
    heard = Heard(
        asked=asked,
        reading=said.reading,
        reserved=said.reserved,
        question=said.question,
        doubted=bool(said.doubt),
        wanted=said.wanted,
        agrees=said.agrees,
        channel=Channel.WEB if inbound.provider == ON_PAGE else Channel.TEXT,
        recorded_at=at or inbound.received_at,
    )
    return await act_on(tx, ports, heard)


async def enqueue_answer(tx: Transaction, ports: Ports, practice: Practice, draft: Draft) -> None:
    """Have the answer to a text go out."""
    at = ports.clock()
    message = due_text(draft, ports.ids(), practice.id, at)
    await tx.save(message, at)
