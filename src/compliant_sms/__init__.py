"""Text patients without breaking the law, leaking health information or losing a message.

Start with :class:`Messenger`. What is not here sits in named rooms: ``providers``, ``stores``,
``consent``, ``rules``, ``phi``, ``optout``, ``text``, ``errors``, ``testing``.
"""

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import Basis, Category, Channel, Signature, Tier, Wording
from compliant_sms.messages import (
    Blocked,
    Cancelled,
    Failed,
    Held,
    Outcome,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Delivery, Profile
from compliant_sms.practice import Practice
from compliant_sms.rules import Decision, Finding, Rulebook, Settings
from compliant_sms.wire import WebhookRequest

__all__ = [
    "AsyncMessenger",
    "Basis",
    "Blocked",
    "Cancelled",
    "Category",
    "Channel",
    "Decision",
    "Delivery",
    "Failed",
    "Finding",
    "Held",
    "MessageClass",
    "Messenger",
    "Outcome",
    "PhoneNumber",
    "Practice",
    "Profile",
    "Purpose",
    "Queued",
    "Rulebook",
    "Sent",
    "Settings",
    "Signature",
    "Tier",
    "Uncertain",
    "WebhookRequest",
    "Wording",
]
