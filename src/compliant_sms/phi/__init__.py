"""Finding health information that could identify a patient, and how much of it may be sent. Pure.

Two rules keep this room: a finding says where and why and never holds the text it found, and each
recognizer has one concern.
"""

from compliant_sms.phi._find import find
from compliant_sms.phi._known import NOTHING_KNOWN, Known, OwnFacts, PatientFacts
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._own import OWN_NAME
from compliant_sms.phi._redact import Redaction, Redactor, redact
from compliant_sms.phi._restore import redact_reversibly, restore
from compliant_sms.phi._sealer import Sealer
from compliant_sms.phi._tiers import (
    ContentTier,
    PhiPreference,
    TierRow,
    allowed_tier,
    beyond,
    remedy_of,
    tier_of,
    tier_rows,
    worst_tier,
)
from compliant_sms.phi._without import without

__all__ = [
    "NOTHING_KNOWN",
    "OWN_NAME",
    "Confidence",
    "ContentTier",
    "Known",
    "OwnFacts",
    "PatientFacts",
    "PhiFinding",
    "PhiLabel",
    "PhiPreference",
    "Redaction",
    "Redactor",
    "Sealer",
    "Sensitivity",
    "TierRow",
    "allowed_tier",
    "beyond",
    "find",
    "redact",
    "redact_reversibly",
    "remedy_of",
    "restore",
    "tier_of",
    "tier_rows",
    "without",
    "worst_tier",
]
