"""A patient's text that was read, and what it means for the ledger and for our answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from attrs import frozen

from compliant_sms.classification import MessageClass
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    Granted,
    Restored,
    Revoked,
    Tier,
    Wording,
    fold,
    fold_for_holder,
)
from compliant_sms.flows._question import Question
from compliant_sms.flows._replies import (
    Asked,
    help_reply,
    opt_in_confirmation,
    opt_out_confirmation,
)
from compliant_sms.flows._revoke import append_heard
from compliant_sms.messages import Draft
from compliant_sms.optout import Awaiting, Certainty, Intent, Reading, Reserved
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.templates import which_to_stop

__all__ = ["Heard", "act_on"]

# A STOP answers the last text of the past month; later nobody can tell which one it was about.
_ANSWERED_WITHIN = timedelta(days=30)
_BY_WORD = "keyword:"
_TO_PATIENTS = frozenset({MessageClass.TRANSACTIONAL, MessageClass.MARKETING})
# As much as a number given at intake covers, and no more: 47 CFR 64.1200(a)(1), FCC 2015 order.
_AGREED_BY_TEXT = (Category.APPOINTMENTS, Category.CARE, Category.ANSWERS)


@frozen(kw_only=True)
class Heard:
    """A person's text with all that is needed to act on it.

    Attributes:
        asked: who wrote it to whom.
        reading: what it says.
        reserved: the reserved word it is, or None.
        question: what was last asked of the number, and can still be answered.
    """

    asked: Asked
    reading: Reading
    reserved: Reserved | None
    question: Question | None

    @property
    def at(self) -> datetime:
        """When it came in (UTC)."""
        return self.asked.inbound.received_at

    @property
    def awaiting(self) -> Awaiting | None:
        """What was asked."""
        return self.question.awaiting if self.question else None


async def act_on(tx: Transaction, ports: Ports, heard: Heard) -> Draft | None:
    """Write what a text means to the ledger; the draft of the answer to it."""
    if heard.reading.revocation is not None:
        return await _stop(tx, ports, heard)
    if heard.reserved is Reserved.START:
        restored = await _restore(tx, ports, heard)
        return opt_in_confirmation(heard.asked) if restored else None
    if heard.reserved is Reserved.HELP and heard.reading.intent is Intent.HELP:
        return help_reply(heard.asked)
    if heard.awaiting is Awaiting.OPT_IN and heard.reading.intent is Intent.OPT_IN:
        return await _agree(tx, ports, heard)
    return None


async def _stop(tx: Transaction, ports: Ports, heard: Heard) -> Draft | None:
    """Revoke, or narrow what was revoked; the confirmation, unless a life is in danger."""
    revocation = heard.reading.revocation
    assert revocation is not None, "only called for one"  # noqa: S101
    agreed = await _agreed(tx, heard)
    # What is no kind of the library's own cannot have been spared by words that it knows.
    kept = tuple(sorted((agreed & set(Category)) - revocation.categories))
    if not revocation.categories:
        kept = ()
    if heard.awaiting is Awaiting.SCOPE and revocation.categories:
        await tx.append(_clarified(ports, heard, kept), ports.ids())
        return None
    # Whoever may not have meant it, or not all of it, is asked. Until then everything stops.
    doubtful = revocation.certainty is Certainty.UNSURE or (revocation.limited and not kept)
    choice = which_to_stop(agreed, language=heard.asked.language)
    ask = doubtful and len(choice) > 1 and heard.awaiting is not Awaiting.SCOPE
    await _revoke(tx, ports, heard, kept=() if doubtful else kept, asks=ask)
    if heard.reading.intent is Intent.EMERGENCY:
        return None
    return opt_out_confirmation(
        heard.asked, choice if ask else (), limited=bool(kept) and not doubtful
    )


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
        recorded_at=heard.at,
        actor="patient",
    )


async def _agreed(tx: Transaction, heard: Heard) -> set[str]:
    """What somebody at the number had agreed to."""
    events = await tx.consent_events(heard.asked.practice.id, heard.asked.sender)
    return {name for grant in fold_for_holder(events).grants for name in grant.categories}


async def _revoke(
    tx: Transaction, ports: Ports, heard: Heard, *, kept: tuple[str, ...], asks: bool
) -> None:
    inbound = heard.asked.inbound
    since = heard.at - _ANSWERED_WITHIN
    gone = await tx.departures(inbound.practice_id, heard.asked.sender, since)
    # Only a bare word leaves open what it is about; then it is the last text to a patient.
    answered = gone[-1] if gone and (inbound.rule or "").startswith(_BY_WORD) else None
    if answered is not None and answered.message_class not in _TO_PATIENTS:
        answered = None
    event = Revoked(
        **_said_now(ports, heard),
        channel=Channel.TEXT,
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
    """Record START; whether it gave anybody at the number anything back."""
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
        fold(before, person).revoked_at is not None and fold([*before, event], person).tier
        for person in people
    )


async def _agree(tx: Transaction, ports: Ports, heard: Heard) -> Draft:
    """Record that a patient agreed to what our text asked; the confirmation of it.

    A reply by text is no signature, so it gives prior express consent and nothing more: 47 CFR
    64.1200(a)(1), (f)(9).
    """
    assert heard.question is not None, "only called for an answer"  # noqa: S101
    inbound, asked = heard.asked.inbound, heard.question.message
    assert asked.draft.person, "no text without a person asks for consent"  # noqa: S101
    event = Granted(
        **_said_now(ports, heard),
        person=asked.draft.person,
        basis=Basis.TEXT_MESSAGE,
        tier=Tier.PRIOR_EXPRESS,
        categories=_AGREED_BY_TEXT,
        wording=Wording(text=asked.body, version=asked.message_id),
        reference=inbound.inbound_id,
    )
    await tx.append(event, ports.ids())
    return opt_in_confirmation(heard.asked)
