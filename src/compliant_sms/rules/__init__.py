"""What decides whether a text may go. Pure; law is data beside it.

Two rules keep this room: no rule turns a refusal into a permission, and each rule names its
source.
"""

from compliant_sms.rules._decision import Decision, Finding, Verdict
from compliant_sms.rules._facts import Facts, ReplyFacts, Settings
from compliant_sms.rules._rulebook import Rulebook
from compliant_sms.rules._zones import CandidateZone, candidate_zones

__all__ = [
    "CandidateZone",
    "Decision",
    "Facts",
    "Finding",
    "ReplyFacts",
    "Rulebook",
    "Settings",
    "Verdict",
    "candidate_zones",
]
