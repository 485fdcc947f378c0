"""A patient's text on its way in: read, kept, acted on."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from compliant_sms import optout
from compliant_sms.flows._heard import Heard, act_on
from compliant_sms.flows._question import Question, open_question
from compliant_sms.flows._replies import Asked
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Inbound, Message
from compliant_sms.optout import Author, Awaiting, Certainty, Intent, Reading, Reserved
from compliant_sms.ports import Ports, Transaction
from compliant_sms.practice import Practice
from compliant_sms.providers import InboundText

__all__ = ["ReceivedText", "take_in"]


@frozen(kw_only=True)
class ReceivedText:
    """A patient's text, kept.

    Attributes:
        inbound: the text, with what it is about.
        new: False where it was delivered before, and nothing was done again.
        reserved: the reserved word it is, or None.
        reading: what it says.
        answers: our text whose question it answers; None where none was open.
    """

    inbound: Inbound
    new: bool
    reserved: Reserved | None
    reading: Reading
    answers: Message | None = field(default=None, repr=False)


@frozen(kw_only=True)
class _Said:
    """What a text says, and what it was asked."""

    reading: Reading
    reserved: Reserved | None
    question: Question | None

    @property
    def answered(self) -> Message | None:
        """Our text whose question it answers."""
        if self.question is None or self.reading.author is not Author.PERSON:
            return None
        answers = self.reading.intent in _ANSWER_TO[self.question.awaiting]
        return self.question.message if answers else None

    @property
    def rule(self) -> str | None:
        """What read it; a revocation first."""
        revocation = self.reading.revocation
        return (revocation.rule if revocation else self.reading.rule) or None

    @property
    def unsure(self) -> bool:
        """Whether it may be a revocation, or one of a kind that is not known."""
        revocation = self.reading.revocation
        if revocation is None:
            return False
        unknown = revocation.limited and not revocation.categories
        return revocation.certainty is Certainty.UNSURE or unknown

    def needs_person(self, event: InboundText) -> bool:
        """Whether anything in it is answered by nothing that the library does."""
        reading = self.reading
        if reading.author is not Author.PERSON:
            return False
        lost = event.sender is None and reading.revocation is not None
        unbound = reading.intent is Intent.CONFIRM and self.answered is None
        others = {reading.intent, *(each for each in reading.also if each is not Intent.OTHER)}
        others -= _SETTLED
        if self.reserved in _ANSWERED:
            others = set()
        more = self._says_more(event.body)
        return bool(lost or unbound or others or more or self.unsure or event.media or reading.asks)

    def _says_more(self, body: str) -> bool:
        """Whether most of a text stands outside of what revokes in it."""
        revocation = self.reading.revocation
        if revocation is None or self.reserved is not None:
            return False
        return 2 * (revocation.end - revocation.start) < len(body.strip())


_SETTLED = frozenset({Intent.OPT_OUT, Intent.CONFIRM, Intent.GREETING_OR_THANKS})
_ANSWERED = frozenset({Reserved.STOP, Reserved.HELP, Reserved.START})
_ANSWER_TO = {
    Awaiting.CONFIRM: {Intent.CONFIRM, Intent.CANCEL_APPOINTMENT, Intent.RESCHEDULE},
    Awaiting.OPT_IN: {Intent.OPT_IN},
    Awaiting.SCOPE: {Intent.OPT_OUT},
}


async def take_in(tx: Transaction, ports: Ports, event: InboundText) -> ReceivedText:
    """Keep a text, do what it asks, and enqueue the answer to it."""
    practice = await _practice(tx, ports, event)
    if event.sender is not None:
        # What it means depends on what was written before: texts of one number come in in turn.
        await tx.lock(practice.id, event.sender)
    at = ports.clock()
    said = _read(event, await _question(tx, practice, event, at))
    answered = said.answered
    inbound = Inbound(
        inbound_id=ports.ids(),
        practice_id=practice.id,
        provider=ports.provider.name,
        provider_key=event.key,
        number=event.sender,
        body=event.body,
        media=event.media,
        received_at=at,
        rule=said.rule,
        intent=said.reading.intent,
        author=said.reading.author,
        answers=answered.message_id if answered else None,
        unsure=said.unsure,
        needs_person=said.needs_person(event),
    )
    new = await tx.add_inbound(inbound)
    if new and said.reading.author is Author.PERSON:
        draft = await _answer(tx, ports, practice, inbound, said)
        if draft is not None and not event.answered:
            await _enqueue(tx, ports, practice, draft, at)
    return ReceivedText(
        inbound=inbound,
        new=new,
        reserved=said.reserved,
        reading=said.reading,
        answers=answered,
    )


async def _practice(tx: Transaction, ports: Ports, event: InboundText) -> Practice:
    known = await tx.practice_at(event.to) if event.to is not None else None
    return known or ports.practice


async def _question(
    tx: Transaction, practice: Practice, event: InboundText, at: datetime
) -> Question | None:
    if event.sender is None:
        return None
    return await open_question(tx, practice.id, event.sender, at)


def _read(event: InboundText, question: Question | None) -> _Said:
    reading = optout.read(
        event.body,
        awaiting=question.awaiting if question else None,
        prompt=question.message.body if question else "",
    )
    word = optout.reserved_word(event.body)
    return _Said(reading=reading, reserved=word.reserved if word else None, question=question)


async def _answer(
    tx: Transaction, ports: Ports, practice: Practice, inbound: Inbound, said: _Said
) -> Draft | None:
    if inbound.number is None:
        return None
    asked = Asked(
        practice=practice, sender=inbound.number, inbound=inbound, language=said.reading.language
    )
    heard = Heard(asked=asked, reading=said.reading, reserved=said.reserved, question=said.question)
    return await act_on(tx, ports, heard)


async def _enqueue(
    tx: Transaction, ports: Ports, practice: Practice, draft: Draft, at: datetime
) -> None:
    message = Message(
        message_id=ports.ids(),
        practice_id=practice.id,
        draft=draft,
        created_at=at,
        state=State.DUE,
        not_before=at,
    )
    await tx.save(message, at)
