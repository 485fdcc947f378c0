"""What patients agreed to and took back: events, their fold to a state, their hash chain. Pure.

Two rules keep this room: an event is a fact that happened and never changes; and what is unsure
counts against sending.
"""

from compliant_sms.consent._chain import GENESIS, Link, link, verify_chain
from compliant_sms.consent._encoding import from_payload, to_payload
from compliant_sms.consent._events import (
    Basis,
    Category,
    Channel,
    ConsentEvent,
    Granted,
    Restored,
    Revoked,
    Signature,
    Tier,
    Wording,
)
from compliant_sms.consent._state import ConsentState, LiveGrant, fold, fold_for_holder

__all__ = [
    "GENESIS",
    "Basis",
    "Category",
    "Channel",
    "ConsentEvent",
    "ConsentState",
    "Granted",
    "Link",
    "LiveGrant",
    "Restored",
    "Revoked",
    "Signature",
    "Tier",
    "Wording",
    "fold",
    "fold_for_holder",
    "from_payload",
    "link",
    "to_payload",
    "verify_chain",
]
