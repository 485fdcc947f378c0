"""What happens, in order: written once as ``async def`` over ports, run by both facades.

Two rules keep this room: a flow does no I/O but through its ports; and whatever must hold together
happens in one transaction.
"""

from compliant_sms.flows._audit import audit_log, verify_audit
from compliant_sms.flows._checkpoint import (
    InclusionProof,
    checkpoint,
    consistency_proof,
    inclusion_proof,
    newest_checkpoint,
)
from compliant_sms.flows._consent import (
    append_event,
    consent_events,
    consent_state,
    wish_for_detail,
)
from compliant_sms.flows._dispatch import cancel, dispatch_due
from compliant_sms.flows._enqueue import enqueue
from compliant_sms.flows._erase import ErasePlan, erase
from compliant_sms.flows._evidence import Question, evidence_pack
from compliant_sms.flows._history import History, TextRecord, history
from compliant_sms.flows._hold import holds, lift_hold, place_hold
from compliant_sms.flows._import import ImportProgress, import_consents
from compliant_sms.flows._ledger import LedgerReport, verify_ledger
from compliant_sms.flows._purge import PurgePlan, PurgeReport, Tally, purge
from compliant_sms.flows._receive import (
    Received,
    ReceivedStatus,
    ReceivedText,
    receive,
)
from compliant_sms.flows._reconcile import reconcile
from compliant_sms.flows._rotate import rotate_keys
from compliant_sms.flows._send import check, send
from compliant_sms.flows._settle import settle, uncertain
from compliant_sms.flows._work import Pace, Progress, Shift, work

__all__ = [
    "ErasePlan",
    "History",
    "ImportProgress",
    "InclusionProof",
    "LedgerReport",
    "Pace",
    "Progress",
    "PurgePlan",
    "PurgeReport",
    "Question",
    "Received",
    "ReceivedStatus",
    "ReceivedText",
    "Shift",
    "Tally",
    "TextRecord",
    "append_event",
    "audit_log",
    "cancel",
    "check",
    "checkpoint",
    "consent_events",
    "consent_state",
    "consistency_proof",
    "dispatch_due",
    "enqueue",
    "erase",
    "evidence_pack",
    "history",
    "holds",
    "import_consents",
    "inclusion_proof",
    "lift_hold",
    "newest_checkpoint",
    "place_hold",
    "purge",
    "receive",
    "reconcile",
    "rotate_keys",
    "send",
    "settle",
    "uncertain",
    "verify_audit",
    "verify_ledger",
    "wish_for_detail",
    "work",
]
