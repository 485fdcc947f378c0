"""The library's own answers to STOP, START and HELP as drafts."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve, frozen

from compliant_sms import templates
from compliant_sms.classification import Purpose
from compliant_sms.consent import OptInOffer
from compliant_sms.messages import Draft, Inbound
from compliant_sms.optout import Awaiting
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.templates import dialed, sender_name

# 47 CFR 64.1200(a)(12): within five minutes a confirmation is presumed to be within consent.
_CONFIRM_WITHIN = timedelta(minutes=5)
# A patient who asked for help over an hour ago has found it elsewhere.
_ANSWER_WITHIN = timedelta(hours=1)


@frozen(kw_only=True)
class Asked:
    """A patient's text that gets one of these answers.

    Attributes:
        practice: whom it was written to.
        sender: who wrote it.
        inbound: the text.
        language: in which it is written, ISO 639-1.
        written_to: the number of ours that they wrote to; None where nobody knows.
    """

    practice: Practice
    sender: PhoneNumber
    inbound: Inbound
    language: str
    written_to: PhoneNumber | None = None


def opt_out_confirmation(
    asked: Asked, kinds: tuple[str, ...] = (), *, limited: bool = False
) -> Draft:
    """The one confirmation that texts have stopped.

    Args:
        asked: the text that is confirmed.
        kinds: words that the patient may answer with; with any, it asks which were meant.
        limited: the patient's own words stopped one kind of text only.
    """
    body = templates.opt_out_text(
        sender_name(asked.practice),
        dialed(asked.practice.phone),
        language=asked.language,
        kinds=kinds,
        limited=limited,
    )
    asks = Awaiting.SCOPE if kinds else None
    return _reply(asked, Purpose.OPT_OUT_CONFIRMATION, body, within=_CONFIRM_WITHIN, asks=asks)


def opt_in_confirmation(asked: Asked) -> Draft:
    """What START brought back."""
    body = templates.opt_in_text(sender_name(asked.practice), language=asked.language)
    return _reply(asked, Purpose.OPT_IN_CONFIRMATION, body, within=_ANSWER_WITHIN)


def opt_in_question(asked: Asked, body: str, person: str, offer: OptInOffer) -> Draft:
    """What a patient is asked who texted the keyword of a programme."""
    draft = _reply(asked, Purpose.OPT_IN_CONFIRMATION, body, within=_ANSWER_WITHIN)
    return evolve(draft, person=person, asks=Awaiting.OPT_IN, opt_in=offer)


def welcome_reply(asked: Asked, body: str) -> Draft:
    """The confirmation of a yes. CTIA Messaging Principles 5.1.2.1."""
    return _reply(asked, Purpose.OPT_IN_CONFIRMATION, body, within=_ANSWER_WITHIN)


def help_reply(asked: Asked) -> Draft:
    """Who texts, and how to reach a person."""
    body = templates.help_text(
        sender_name(asked.practice), dialed(asked.practice.phone), language=asked.language
    )
    return _reply(asked, Purpose.HELP_REPLY, body, within=_ANSWER_WITHIN)


def reply_key(inbound_id: str) -> str:
    """The idempotency key of the answer to a patient's text."""
    return f"reply/{inbound_id}"


def _reply(
    asked: Asked, purpose: Purpose, body: str, *, within: timedelta, asks: Awaiting | None = None
) -> Draft:
    at = asked.inbound.received_at
    return Draft(
        to=asked.sender,
        purpose=purpose,
        body=body,
        idempotency_key=reply_key(asked.inbound.inbound_id),
        not_after=at + within,
        answers=at,
        asks=asks,
        sender=asked.written_to,
    )
