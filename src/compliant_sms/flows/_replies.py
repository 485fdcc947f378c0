"""The library's own answers to STOP, START and HELP.

CTIA Messaging Principles 5.1.3 asks for one plain confirmation; 47 CFR 64.1200(a)(12) lets it
hold nothing else. HELP names the sender and a way to reach a person (Short Code Monitoring
Handbook).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from compliant_sms.classification import Purpose
from compliant_sms.flows._withhold import sender_name
from compliant_sms.messages import Draft
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice

__all__ = ["help_reply", "opt_in_confirmation", "opt_out_confirmation"]

# 47 CFR 64.1200(a)(12): within five minutes a confirmation is presumed to be within consent.
_CONFIRM_WITHIN = timedelta(minutes=5)
# A patient who asks for help an hour ago has found it elsewhere.
_ANSWER_WITHIN = timedelta(hours=1)


def _callable(phone: PhoneNumber) -> str:
    digits = phone.e164.removeprefix("+1")
    if phone.area_code is None:
        return phone.e164
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def _reply(
    purpose: Purpose,
    body: str,
    *,
    to: PhoneNumber,
    inbound_id: str,
    at: datetime,
    within: timedelta,
) -> Draft:
    return Draft(
        to=to,
        purpose=purpose,
        body=body,
        idempotency_key=f"reply/{inbound_id}",
        not_after=at + within,
        answers=at,
    )


def opt_out_confirmation(
    practice: Practice, to: PhoneNumber, inbound_id: str, at: datetime
) -> Draft:
    """The one confirmation that texts have stopped."""
    body = (
        f"{sender_name(practice)}: you will get no more texts from us. "
        f"Questions? Call {_callable(practice.phone)}. Reply START to get texts again."
    )
    return _reply(
        Purpose.OPT_OUT_CONFIRMATION,
        body,
        to=to,
        inbound_id=inbound_id,
        at=at,
        within=_CONFIRM_WITHIN,
    )


def opt_in_confirmation(
    practice: Practice, to: PhoneNumber, inbound_id: str, at: datetime
) -> Draft:
    """What START brought back."""
    body = (
        f"{sender_name(practice)}: you will get texts about your care again. Msg frequency varies. "
        "Msg & data rates may apply. Reply HELP for help, STOP to opt out."
    )
    return _reply(
        Purpose.OPT_IN_CONFIRMATION,
        body,
        to=to,
        inbound_id=inbound_id,
        at=at,
        within=_ANSWER_WITHIN,
    )


def help_reply(practice: Practice, to: PhoneNumber, inbound_id: str, at: datetime) -> Draft:
    """Who texts, and how to reach a person."""
    body = (
        f"{sender_name(practice)}: for help call {_callable(practice.phone)}. "
        "Msg & data rates may apply. Reply STOP to opt out."
    )
    return _reply(
        Purpose.HELP_REPLY, body, to=to, inbound_id=inbound_id, at=at, within=_ANSWER_WITHIN
    )
