"""Finding health information that could identify a patient, and how much of it may be sent. Pure.

Two rules keep this room: a finding says where and why and never holds the text it found, and each
recognizer has one concern.
"""

from compliant_sms.phi._find import find
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._ssn import find_ssns
from compliant_sms.phi._tiers import (
    ContentTier,
    PhiPreference,
    Sensitivity,
    TierRow,
    tier_of,
    tier_rows,
    worst_tier,
)

__all__ = [
    "Confidence",
    "ContentTier",
    "PhiFinding",
    "PhiLabel",
    "PhiPreference",
    "Sensitivity",
    "TierRow",
    "find",
    "find_ssns",
    "tier_of",
    "tier_rows",
    "worst_tier",
]
