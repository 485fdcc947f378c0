"""What the rules are told. They look nothing up."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from compliant_sms.classification import Purpose
from compliant_sms.clock import as_utc
from compliant_sms.consent import ConsentState
from compliant_sms.phi import PhiFinding
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._zones import CandidateZone

__all__ = ["Facts", "ReplyFacts", "Settings"]


@frozen(kw_only=True)
class Settings:
    """What a practice chooses within the rules.

    Args:
        courtesy_window: keep informational texts within 08:00-21:00 too, as no law asks (P-QH-3).
    """

    courtesy_window: bool = True


@frozen(kw_only=True)
class ReplyFacts:
    """What a protocol reply answers.

    Attributes:
        received_at: when the patient's text came in (UTC).
        already_sent: confirmations of the same revocation that went out, or may have.
    """

    received_at: datetime
    already_sent: int = 0


@frozen(kw_only=True)
class Facts:
    """Everything that decides about one text.

    Attributes:
        at: the instant of the decision, aware.
        purpose: what it is for.
        number: who gets it.
        consent: what the person at that number agrees to.
        zones: where the recipient may be.
        phi: what the text gives away.
        segments: parts that it takes on the air.
        business_associate: the provider signed a business associate agreement, or carries no
            patient's text (a simulated carrier).
        reply: for a protocol reply, what it answers.
    """

    at: datetime = field(converter=as_utc)
    purpose: Purpose
    number: PhoneNumber
    consent: ConsentState
    zones: tuple[CandidateZone, ...]
    phi: tuple[PhiFinding, ...] = ()
    segments: int = 1
    business_associate: bool = True
    reply: ReplyFacts | None = None
