"""A patient's text that was read, and what it means for the ledger and for our answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from attrs import frozen

from compliant_sms import optout
from compliant_sms.classification import CONSENT_CLASSES, MessageClass, Purpose, catalogue
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    ConsentState,
    Flag,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    Restored,
    Revoked,
    Signature,
    Tier,
    Wording,
    fold,
    fold_for_holder,
)
from compliant_sms.flows._deciding._opt_in import Wanted, asked_in
from compliant_sms.flows._receiving._question import Question
from compliant_sms.flows._receiving._replies import (
    Asked,
    help_reply,
    opt_in_confirmation,
    opt_in_question,
    opt_out_confirmation,
    welcome_reply,
)
from compliant_sms.flows._sending._revoke import append_heard
from compliant_sms.messages import Departure, Draft
from compliant_sms.optout import Awaiting, Certainty, Intent, Reading, Reserved
from compliant_sms.permission import by_reply, offer_of, question, welcome_to
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import RevocationScope, is_permitted
from compliant_sms.templates import which_to_stop

# A STOP answers the last text of the past month; later nobody can tell which one it was about.
_ANSWERED_WITHIN = timedelta(days=30)
_BY_WORD = "keyword:"
# The reading of a text that says this and no more: what is said beside it may be about pills, a
# chart, or a number that somebody else dialed.
_WRONG_NUMBER = f"intent:{Intent.WRONG_NUMBER}/only-wrong-number"
_SELLING = frozenset({Category.PROMOTIONS, Category.FUNDRAISING})  # START gives none of it back
_YES = "replied yes to the text that carried the disclosures"
# Answers that take whoever reads them for the patient: what a keyword or START brings, and a yes.
_TO_WHO_AGREES = Purpose.OPT_IN_CONFIRMATION.code
# As much as a number given at intake covers, and no more: 47 CFR 64.1200(a)(1), FCC 2015 order.
_AGREED_BY_TEXT = (Category.APPOINTMENTS, Category.CARE, Category.ANSWERS)


@frozen(kw_only=True)
class Heard:
    """A person's text with all that is needed to act on it.

    Attributes:
        asked: who wrote it to whom.
        recorded_at: now (UTC): when it came in, or when the provider said that it knows it.
        reading: what it says.
        reserved: the reserved word it is, or None.
        question: what was last asked of the number, and can still be answered.
        channel: how it came.
        doubted: it may be forged or old, so that it permits nothing.
        wanted: the programme that it asks for by its keyword.
        agrees: it is the yes to the question for consent.
    """

    asked: Asked
    recorded_at: datetime
    reading: Reading
    reserved: Reserved | None
    question: Question | None
    channel: Channel = Channel.TEXT
    doubted: bool = False
    wanted: Wanted | None = None
    agrees: bool = False

    @property
    def at(self) -> datetime:
        """When it came in (UTC)."""
        return self.asked.inbound.received_at

    @property
    def awaiting(self) -> Awaiting | None:
        """What was asked."""
        return self.question.awaiting if self.question else None


async def act_on(tx: Transaction, ports: Ports, heard: Heard) -> Draft | None:
    """Write what a text means to the ledger, and return the draft of the answer to it."""
    if heard.reading.revocation is not None:
        return await _stop(tx, ports, heard)
    if heard.doubted or heard.channel is not Channel.TEXT:
        return None  # only the phone itself can ask for texts to it
    if heard.reading.rule == _WRONG_NUMBER:
        await _flag(tx, ports, heard)
        return None
    if heard.reserved is Reserved.START:
        restored = await _restore(tx, ports, heard)
        return opt_in_confirmation(heard.asked) if restored else None
    if heard.reserved is Reserved.HELP and heard.reading.intent is Intent.HELP:
        return help_reply(heard.asked)
    return await _opt_in(tx, ports, heard)


async def _flag(tx: Transaction, ports: Ports, heard: Heard) -> None:
    """Stop texts to the number about the patient, if the words answer one of our texts."""
    inbound = heard.asked.inbound
    if any(_is_for_patient(text) for text in await _answerable(tx, heard)):
        said = _said_now(ports, heard) | {"actor": "holder of the number"}
        event = NumberFlagged(**said, why=Flag.WRONG_NUMBER, reference=inbound.inbound_id)
        await append_heard(tx, ports, event)


def _is_for_patient(text: Departure) -> bool:
    return text.message_class in CONSENT_CLASSES or text.subject == _TO_WHO_AGREES


async def _answerable(tx: Transaction, heard: Heard) -> list[Departure]:
    """Recent texts to whoever writes, but for erased ones, which have no words any more."""
    practice_id, since = heard.asked.inbound.practice_id, heard.at - _ANSWERED_WITHIN
    left = await tx.departures(practice_id, heard.asked.sender, since)
    return [text for text in left if text.body]


async def _opt_in(tx: Transaction, ports: Ports, heard: Heard) -> Draft | None:
    """Ask whoever sent a keyword, or take the yes of whoever was asked."""
    if heard.wanted is not None:
        return _ask(ports, heard, heard.wanted)
    return await _agree(tx, ports, heard) if heard.agrees else None


def _ask(ports: Ports, heard: Heard, wanted: Wanted) -> Draft | None:
    """The question whether the patient really wants what the keyword stands for."""
    if wanted.person is None or wanted.again or wanted.stopped or ports.permission is None:
        return None
    programme, permission = wanted.programme, ports.permission
    language = heard.asked.language
    asked = question(programme, heard.asked.practice, permission.legal, language)
    offer = offer_of(permission, programme, keyword=programme.keyword)
    return opt_in_question(heard.asked, asked.text, wanted.person, offer)


async def _stop(tx: Transaction, ports: Ports, heard: Heard) -> Draft | None:
    """Revoke, or narrow what was revoked. Returns the confirmation, unless a life is in danger."""
    revocation = heard.reading.revocation
    assert revocation is not None, "only called for one"  # noqa: S101
    events = await tx.consent_events(heard.asked.practice.id, heard.asked.sender)
    # A revocation binds the whole number, so it must spare what others there agreed to as well.
    agreed = {name for e in events if isinstance(e, Granted) for name in e.categories}
    # What is no kind of the library's own cannot have been spared by words that it knows.
    kept = tuple(sorted((agreed & set(Category)) - revocation.categories))
    if not revocation.categories:
        kept = ()
    declined = _declined(heard, events)
    if declined is not None:
        kept = tuple(sorted(agreed - {*declined.categories}))
        await tx.append(_answered(ports, heard, declined, agreed=False), ports.ids())
    if heard.awaiting is Awaiting.SCOPE and revocation.categories and not heard.doubted:
        await tx.append(_clarified(ports, heard, kept), ports.ids())
        return None
    # Whoever may not have meant it, or not all of it, is asked. Until then everything stops.
    unsure = revocation.certainty is Certainty.UNSURE or (revocation.limited and not kept)
    doubtful = unsure or heard.doubted
    choice = which_to_stop(_agreed(events), language=heard.asked.language)
    by_text = heard.channel is Channel.TEXT
    ask = by_text and doubtful and len(choice) > 1 and heard.awaiting is not Awaiting.SCOPE
    await _revoke(tx, ports, heard, events, kept=() if doubtful else kept, asks=ask)
    if heard.reading.intent is Intent.EMERGENCY:
        return None
    limited = (bool(kept) and not doubtful) or await _goes_on(tx, ports, heard, agreed)
    return opt_out_confirmation(heard.asked, choice if ask else (), limited=limited)


async def _goes_on(tx: Transaction, ports: Ports, heard: Heard, agreed: set[str]) -> bool:
    """Whether texts of some kind may go on, so that nobody may be told that none will."""
    if ports.rulebook.settings.revocation_scope is not RevocationScope.CATEGORY:
        return False
    asked, law = heard.asked, ports.rulebook.at(heard.recorded_at)
    events = await tx.consent_events(asked.practice.id, asked.sender)
    people = {event.person for event in events if isinstance(event, Granted)}
    known = [each for each in catalogue().values() if each.message_class in CONSENT_CLASSES]
    own = [Purpose(name, MessageClass.TRANSACTIONAL, name) for name in agreed - set(Category)]
    return any(
        is_permitted(
            fold(events, person),
            purpose,
            law,
            seller=(asked.practice.name, *asked.practice.also_known_as),
            number=asked.sender,
        )
        for person in people
        for purpose in (*known, *own)
    )


def _declined(heard: Heard, events: Sequence[ConsentEvent]) -> OptInAsked | None:
    """The question that a plain "no" turns down. Whoever says more than no ends more."""
    if heard.awaiting is not Awaiting.OPT_IN or heard.question is None or heard.doubted:
        return None
    if optout.read(heard.asked.inbound.body).revocation is not None:
        return None
    return asked_in(events, heard.question.message.message_id)


class _Said(TypedDict):
    event_id: str
    practice_id: str
    number: PhoneNumber
    occurred_at: datetime
    recorded_at: datetime
    actor: str


def _said_now(ports: Ports, heard: Heard) -> _Said:
    """What every event has that a patient's text is."""
    return _Said(
        event_id=ports.ids(),
        practice_id=heard.asked.practice.id,
        number=heard.asked.sender,
        occurred_at=heard.at,
        recorded_at=heard.recorded_at,
        actor="patient",
    )


def _agreed(events: Sequence[ConsentEvent]) -> set[str]:
    """What somebody at the number had agreed to."""
    return {name for grant in fold_for_holder(events).grants for name in grant.categories}


async def _revoke(
    tx: Transaction,
    ports: Ports,
    heard: Heard,
    events: Sequence[ConsentEvent],
    *,
    kept: tuple[str, ...],
    asks: bool,
) -> None:
    inbound = heard.asked.inbound
    answerable = await _answerable(tx, heard)
    # Only a bare word leaves open what it is about; then it is the last text to a patient. A second
    # one ends all texts: so the confirmation says that told of the end of one kind.
    first = fold_for_holder(events).revoked_at is None
    by_word = (inbound.rule or "").startswith(_BY_WORD)
    bare = heard.channel is Channel.TEXT and by_word and first
    answered = answerable[-1] if answerable and bare else None
    if answered is not None and answered.message_class not in CONSENT_CLASSES:
        answered = None
    event = Revoked(
        **_said_now(ports, heard),
        channel=heard.channel,
        rule=inbound.rule or "",
        reference=inbound.inbound_id,
        in_reply_to=answered.subject if answered else "",
        category=answered.category if answered else "",
        message_class=answered.message_class if answered else "",
        exempt=answered.exempt if answered else False,
        clarification_asked=asks,
        except_for=kept,
    )
    await append_heard(tx, ports, event)


def _clarified(ports: Ports, heard: Heard, keep: tuple[str, ...]) -> Clarified:
    inbound = heard.asked.inbound
    return Clarified(
        **_said_now(ports, heard),
        keep=keep,
        channel=Channel.TEXT,
        rule=inbound.rule or "",
        reference=inbound.inbound_id,
    )


async def _restore(tx: Transaction, ports: Ports, heard: Heard) -> bool:
    """Record START. Returns whether anybody at the number may be texted about their care again."""
    inbound, sender = heard.asked.inbound, heard.asked.sender
    before = await tx.consent_events(inbound.practice_id, sender)
    event = Restored(
        **_said_now(ports, heard),
        rule=inbound.rule or "",
        reference=inbound.inbound_id,
    )
    await tx.append(event, ports.ids())
    people = {e.person for e in before}
    return any(
        fold(before, person).revoked_at is not None and _cares(fold([*before, event], person))
        for person in people
    )


def _cares(state: ConsentState) -> bool:
    """Whether texts about somebody's care may go."""
    if state.flagged is not None:
        return False
    return any({*g.categories} - _SELLING for g in state.grants if not g.stopped_by)


async def _agree(tx: Transaction, ports: Ports, heard: Heard) -> Draft:
    """Record that a patient agreed to what our text asked, and return the confirmation.

    Where the question is on record, that says what the yes covers. Otherwise it gives prior express
    consent and nothing more: 47 CFR 64.1200(a)(1), (f)(9).
    """
    assert heard.question is not None, "only called for an answer"  # noqa: S101
    inbound, message = heard.asked.inbound, heard.question.message
    assert message.draft.person, "no text without a person asks for consent"  # noqa: S101
    events = await tx.consent_events(heard.asked.practice.id, heard.asked.sender)
    asked = asked_in(events, message.message_id)
    if asked is not None:
        return await _agree_to(tx, ports, heard, asked)
    event = Granted(
        **_said_now(ports, heard),
        person=message.draft.person,
        basis=Basis.TEXT_MESSAGE,
        tier=Tier.PRIOR_EXPRESS,
        categories=_AGREED_BY_TEXT,
        wording=Wording(text=message.body, version=message.message_id),
        reference=inbound.inbound_id,
    )
    await tx.append(event, ports.ids())
    return opt_in_confirmation(heard.asked)


async def _agree_to(tx: Transaction, ports: Ports, heard: Heard, asked: OptInAsked) -> Draft:
    """Record the yes to a question that is on record: the answer, and the consent that it is."""
    practice, written = heard.asked.practice, asked.tier is Tier.PRIOR_EXPRESS_WRITTEN
    await tx.append(_answered(ports, heard, asked, agreed=True), ports.ids())
    event = Granted(
        **_said_now(ports, heard),
        person=asked.person,
        basis=Basis.TEXT_MESSAGE,
        tier=asked.tier,
        categories=asked.categories,
        wording=asked.wording,
        signature=Signature(signer=asked.person or "", act=_YES),
        agreement=by_reply(practice, heard.asked.sender) if written else None,
        reference=heard.asked.inbound.inbound_id,
    )
    await tx.append(event, ports.ids())
    # Of another practice of the same store nobody here knows the programmes.
    permission = ports.permission if practice.id == ports.practice.id else None
    said = welcome_to(permission, asked.wording.version, practice, heard.asked.language)
    return welcome_reply(heard.asked, said)


def _answered(ports: Ports, heard: Heard, asked: OptInAsked, *, agreed: bool) -> OptInAnswered:
    return OptInAnswered(
        **_said_now(ports, heard),
        person=asked.person,
        agreed=agreed,
        asked=asked.event_id,
        reference=heard.asked.inbound.inbound_id,
    )
