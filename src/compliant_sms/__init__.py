"""Text patients without breaking the law, leaking health information or losing a message.

Start with :class:`Messenger`. Everything else is in subpackages and modules: ``providers``,
``stores``, ``consent``, ``rules``, ``phi``, ``optout``, ``text``, ``errors``, ``testing``.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of

if TYPE_CHECKING:
    from compliant_sms.classification import MessageClass, Purpose
    from compliant_sms.consent import Basis, Category, Channel, Signature, Tier, Wording
    from compliant_sms.keyring import Keyring
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
    from compliant_sms.people import Profile
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Delivery, Plaintext
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
    "Keyring",
    "MessageClass",
    "Messenger",
    "Outcome",
    "PhoneNumber",
    "Plaintext",
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

_ROOMS = {
    "classification": ("MessageClass", "Purpose"),
    "consent": ("Basis", "Category", "Channel", "Signature", "Tier", "Wording"),
    "keyring": ("Keyring",),
    "messages": (
        "Blocked",
        "Cancelled",
        "Failed",
        "Held",
        "Outcome",
        "Queued",
        "Sent",
        "Uncertain",
    ),
    "messenger": ("AsyncMessenger", "Messenger"),
    "people": ("Profile",),
    "phone": ("PhoneNumber",),
    "ports": ("Delivery", "Plaintext"),
    "practice": ("Practice",),
    "rules": ("Decision", "Finding", "Rulebook", "Settings"),
    "wire": ("WebhookRequest",),
}
# PEP 562: importing the package, or one subpackage, does not load all of them.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _ROOMS)
