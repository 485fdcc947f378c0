"""A patient's text on its way in: read, kept, acted on."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from attrs import evolve, field, frozen

from compliant_sms.consent import Channel, Revoked
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
from compliant_sms.flows._receiving._visit_answers import (
    asked_visits,
    is_beside_visits,
    is_request,
    keep_answers,
    names_other_time,
)
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
            taken, with :meth:`~compliant_sms.reminder_desk.ReminderDesk.answers`, as well.
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
    at = ports.clock()
    said = await _said(tx, ports, practice, event, page)
    asked = said.question
    if page is None:
        said = await with_keyword(tx, ports, practice.id, said, event)
    meant = said.answered
    said = evolve(said, doubt=await _doubt(tx, ports, practice.id, said, event, proof=proof))
    visits_asked = await asked_visits(tx, practice.id, said.answered)
    other_time = names_other_time(event.body, said.answered, visits_asked, at)
    # Whoever answers about a visit as it was has to be told how it stands.
    needs_person = (
        page is not None
        or said.needs_person(event)
        or any(each.is_stale for each in visits_asked)
        or other_time
        or await is_beside_visits(tx, said.answered, visits_asked, at)
        or await _may_accept(tx, ports, practice.id, said, event)
    )
    inbound_id = ports.ids()
    inbound = Inbound(
        inbound_id=inbound_id,
        practice_id=practice.id,
        provider=provider,
        provider_key=_key(event, said, inbound_id),
        number=event.sender,
        body=event.body,
        media=event.media,
        received_at=at,
        rule=said.rule,
        intent=said.reading.intent,
        author=said.reading.author,
        answers=said.answered.message_id if said.answered else None,
        unsure=said.unsure,
        needs_person=needs_person,
        proven=proof is Proof.GIVEN,
    )
    new = await tx.add_inbound(inbound)
    made = ReceivedText(
        inbound=inbound,
        new=new,
        reserved=said.reserved,
        reading=said.reading,
        answers=said.answered,
        pending=proof is Proof.TO_COME,
    )
    if not new:
        return made
    written = Written(practice=practice, event=event, inbound=inbound, said=said)
    draft: Draft | None = None
    if proof is Proof.TO_COME:
        await _await_proof(tx, written, asked)
    # Whatever STOP it narrows holds; before it is proved it would only add another one.
    if not (proof is Proof.TO_COME and said.narrows):
        draft = await answer_to(tx, ports, written)
    if draft is not None and not said.is_answered_by(event) and page is None:
        await enqueue_answer(tx, ports, practice, draft)
    more = other_time or said.says_more(event)
    filed = Filed(
        inbound=inbound,
        # Whose it is, tells what it would answer, though nothing may prove that it does.
        answers=meant or page,
        written_to=event.to,
        language=said.reading.language,
        requests=is_request(inbound, visits_asked, says_more=more),
    )
    quiet = draft is not None or event.answered or page is not None
    quiet = quiet or inbound.author is not Author.PERSON
    thread_id = await arrive(tx, ports, filed, at, quiet=quiet)
    visits = await keep_answers(
        tx, ports, inbound, visits_asked, says_more=more, thread_id=thread_id
    )
    return evolve(made, visits=visits, thread_id=thread_id)


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
