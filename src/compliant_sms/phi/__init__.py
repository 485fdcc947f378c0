"""Finding health information that could identify a patient, and how much of it may be sent. Pure.

Two rules hold here: a finding says where and why and never holds the text that it found, and each
recognizer has one concern.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.consent import PhiPreference
from compliant_sms.people import PatientFacts
from compliant_sms.phi._known import NOTHING_KNOWN, Known, OwnFacts
from compliant_sms.phi._labels import (
    OWN_NAME,
    Confidence,
    Direction,
    PhiFinding,
    PhiLabel,
    Sensitivity,
)
from compliant_sms.phi._sealer import Sealer
from compliant_sms.phi._tiers import (
    ContentTier,
    TierRow,
    allowed_tier,
    beyond,
    remedy_of,
    tier_of,
    tier_rows,
    worst_tier,
)

if TYPE_CHECKING:
    from compliant_sms.phi._find import find
    from compliant_sms.phi._redaction._redact import Redaction, Redactor, redact
    from compliant_sms.phi._redaction._restore import redact_reversibly, restore
    from compliant_sms.phi._redaction._without import without

__all__ = [
    "NOTHING_KNOWN",
    "OWN_NAME",
    "Confidence",
    "ContentTier",
    "Direction",
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

_FILES = {
    "_find": ("find",),
    "_redaction._redact": ("Redaction", "Redactor", "redact"),
    "_redaction._restore": ("redact_reversibly", "restore"),
    "_redaction._without": ("without",),
}
# PEP 562: the recognizers and their word lists load when a text is first read, not on import.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
