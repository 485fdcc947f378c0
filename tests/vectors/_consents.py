"""What was agreed to and taken back, as events of the ledger and their fold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    ConsentState,
    Granted,
    Restored,
    Revoked,
    Signature,
    SignatureKind,
    Tier,
    Wording,
    WrittenAgreement,
    fold,
)
from compliant_sms.phone import PhoneNumber
from vectors._facts import OAK, instant, whereabouts
from vectors._given import Given
from vectors._words import TIERS

__all__ = ["PERSON", "clarified", "consent", "granted", "restored", "revoked"]

PERSON = "pat-1"
_LATELY = timedelta(days=30)


def _event(kind: str, at: datetime) -> dict[str, Any]:
    return {
        "event_id": f"{kind}-{at.isoformat()}",
        "practice_id": OAK.id,
        "number": PhoneNumber("+12125550142"),
        "person": PERSON,
        "occurred_at": at,
        "recorded_at": at,
        "actor": "front-desk",
    }


def granted(
    at: datetime,
    tier: Tier,
    categories: Iterable[str] = (),
    *,
    agreement: WrittenAgreement | None = None,
    given_to: str = "",
) -> Granted:
    """An agreement to texts, to all categories unless some are named."""
    return Granted(
        **_event("granted", at),
        basis=Basis.WEB_FORM,
        tier=tier,
        categories=tuple(categories) or tuple(Category),
        wording=Wording(text="what the patient was shown", version="1"),
        signature=Signature(signer=PERSON, act="as the agreement says"),
        agreement=agreement,
        given_to=given_to,
    )


def revoked(at: datetime, **more: Any) -> Revoked:
    """A stop, unless more is said by a text that answers nothing in particular."""
    return Revoked(**(_event("revoked", at) | {"channel": Channel.TEXT} | more))


def clarified(at: datetime, keep: Iterable[str]) -> Clarified:
    """Which texts may go on after a stop."""
    return Clarified(**_event("clarified", at), keep=tuple(keep), channel=Channel.TEXT)


def restored(at: datetime) -> Restored:
    """A START."""
    return Restored(**_event("restored", at))


def consent(given: Given, *events: ConsentEvent, tier: Tier | None = None) -> ConsentState:
    """What the person agrees to: the vector's tier, if none is named here."""
    at = instant(given)
    tier = TIERS[given("consent")] if tier is None else tier
    if tier is Tier.NONE:
        return fold(events, PERSON, as_known_at=at)
    form = _sound(given) if tier is Tier.PRIOR_EXPRESS_WRITTEN else None
    first = granted(at - _LATELY, tier, agreement=form)
    return fold([first, *events], PERSON, as_known_at=at)


def _sound(given: Given) -> WrittenAgreement:
    """What was signed, without a fault."""
    return WrittenAgreement(
        seller=given("sender", default=OAK.name),
        number=whereabouts(given)[0],
        signature=SignatureKind.WET_INK,
        authorises_automated_marketing=True,
        not_a_condition_of_purchase=True,
        clear_and_conspicuous=True,
    )
