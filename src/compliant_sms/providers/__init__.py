"""One translate-only file per provider. No I/O: an adapter builds requests and reads answers.

Two rules keep this room: an adapter decides nothing about consent or content, and only its
``verify`` can make what its ``parse`` takes.
"""

from compliant_sms.providers._base import (
    Attempt,
    Category,
    Certainty,
    InboundText,
    OutboundText,
    Problem,
    Provider,
    ProviderEvent,
    SentText,
    StatusUpdate,
    VerifiedWebhook,
)
from compliant_sms.providers.twilio import Twilio

__all__ = [
    "Attempt",
    "Category",
    "Certainty",
    "InboundText",
    "OutboundText",
    "Problem",
    "Provider",
    "ProviderEvent",
    "SentText",
    "StatusUpdate",
    "Twilio",
    "VerifiedWebhook",
]
