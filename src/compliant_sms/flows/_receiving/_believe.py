"""What a callback that proves little may do: take permission away, and never give any."""

from __future__ import annotations

from datetime import datetime

from compliant_sms import optout
from compliant_sms.consent import Revoked
from compliant_sms.flows._deciding._holders import is_anothers
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import InboundText, Provider, ProviderKeyword

UNPROVEN = "unproven-callback"
"""The rule of a text that would permit something, and that nothing proves."""
OUTDATED = "older-than-revocation"
"""The rule of a text that would permit something, and that was written before the last STOP."""
ANOTHERS = "number-gone"
"""The rule of a text that would permit something, from a number that somebody else may have now."""
ELSEWHERE = "other-number"
"""The rule of a text that would permit something, and was written to a number of nobody's here."""
PROVIDER_KEYWORD = "provider-keyword"
"""The rule of a text that the provider took for STOP, and blocked the number for."""


def can_be_confirmed(provider: Provider, event: InboundText, at: datetime) -> bool:
    """Whether the provider shall be asked for a text, once its callback has been answered.

    So it is where the proof of the callback's origin does not cover what it says, unless the text
    only stops texts: a STOP is believed at once.
    """
    if event.authenticated or event.sender is None:
        return False
    revocation = optout.read(event.body).revocation
    stops = revocation is not None and not revocation.limited
    if stops or event.recognized is ProviderKeyword.STOP:
        return False
    return provider.confirm(event, at=at) is not None


async def is_elsewhere(tx: Transaction, ports: Ports, practice_id: str, event: InboundText) -> bool:
    """Whether a text was written to a number that is none of the practice's with which it is kept.

    One account has numbers of several, and what somebody permits one of them binds no other.
    """
    ours = {ports.practice.phone, *(each.sender for each in ports.routes.providers)}
    if event.to is None or event.to in ours:
        return event.elsewhere
    known = await tx.practice_at(event.to)
    return known is None or known.id != practice_id


async def doubt_of(tx: Transaction, practice_id: str, event: InboundText) -> str:
    """Why a proved text that would permit something permits nothing; empty where it may.

    CTIA Messaging Principles 5.1.5: a number that was given up goes to somebody else. Their START
    restores nothing that the patient gave: a person has to find out whose it is.
    """
    if await is_outdated(tx, practice_id, event):
        return OUTDATED
    known = await tx.consent_events(practice_id, event.sender) if event.sender else ()
    return ANOTHERS if is_anothers(known) else ""


async def is_outdated(tx: Transaction, practice_id: str, event: InboundText) -> bool:
    """Whether a text was written before the last revocation of its number that is on record.

    Not every provider's signature shows when it was made, so an old START could be sent again.
    """
    if event.sent_at is None or event.sender is None:
        return False
    sent_at = event.sent_at
    events = await tx.consent_events(practice_id, event.sender)
    return any(isinstance(each, Revoked) and each.occurred_at > sent_at for each in events)
