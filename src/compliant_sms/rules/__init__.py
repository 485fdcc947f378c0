"""What decides whether a text may go. Pure; law is data beside it.

Two rules hold here: no rule turns a refusal into a permission, and each rule names its source.
"""

from compliant_sms.rules._basis import is_permitted
from compliant_sms.rules._calendar import deadline_to_honor, holidays
from compliant_sms.rules._day import DayHours
from compliant_sms.rules._decision import Finding, Verdict, allow, block, hold
from compliant_sms.rules._evidence import Evidence, EvidenceKind
from compliant_sms.rules._exemption import is_exempt
from compliant_sms.rules._facts import (
    Facts,
    OptOutShown,
    PastText,
    PromisedWait,
    Readings,
    ReplyFacts,
    Sender,
    SentBefore,
    VolumeWait,
    care_of,
    decided_as,
)
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._pack import BUILT_IN, Pack, load_pack
from compliant_sms.rules._places import CandidateState, CandidateZone, Whereabouts
from compliant_sms.rules._read import read
from compliant_sms.rules._row import Certainty, Row
from compliant_sms.rules._rulebook import Decision, Edition, Override, Rulebook
from compliant_sms.rules._rules import RULES, RULES_VERSION, Rule
from compliant_sms.rules._rules_carriers import segments_a_minute
from compliant_sms.rules._settings import PracticeCap, RevocationScope, Settings
from compliant_sms.rules._used import Used, used

__all__ = [
    "BUILT_IN",
    "RULES",
    "RULES_VERSION",
    "CandidateState",
    "CandidateZone",
    "Certainty",
    "DayHours",
    "Decision",
    "Edition",
    "Evidence",
    "EvidenceKind",
    "Facts",
    "Finding",
    "InForce",
    "OptOutShown",
    "Override",
    "Pack",
    "PastText",
    "PracticeCap",
    "PromisedWait",
    "Readings",
    "ReplyFacts",
    "RevocationScope",
    "Row",
    "Rule",
    "Rulebook",
    "Sender",
    "SentBefore",
    "Settings",
    "Used",
    "Verdict",
    "VolumeWait",
    "Whereabouts",
    "allow",
    "block",
    "care_of",
    "deadline_to_honor",
    "decided_as",
    "hold",
    "holidays",
    "is_exempt",
    "is_permitted",
    "load_pack",
    "read",
    "segments_a_minute",
    "used",
]
