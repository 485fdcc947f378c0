"""How long records are kept: classes with floors, and whether one may be dropped.

Nothing is dropped before its floor, or under a legal hold. What is dropped leaves a proof.
"""

from compliant_sms.retention._classes import Class, RecordClass, classes
from compliant_sms.retention._hold import LegalHold
from compliant_sms.retention._policy import (
    Floor,
    PurgeDecision,
    Retention,
    floors,
    may_purge,
    purged_until,
)
from compliant_sms.retention._purged import Proof, Purged, instead_of
from compliant_sms.retention._span import Span, span_of

__all__ = [
    "Class",
    "Floor",
    "LegalHold",
    "Proof",
    "PurgeDecision",
    "Purged",
    "RecordClass",
    "Retention",
    "Span",
    "classes",
    "floors",
    "instead_of",
    "may_purge",
    "purged_until",
    "span_of",
]
