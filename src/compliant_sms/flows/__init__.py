"""What happens, in order: written once as ``async def`` over ports, run by both facades.

Two rules keep this room: a flow does no I/O but through its ports; and whatever must hold together
happens in one transaction.
"""

from compliant_sms.flows._consent import (
    append_event,
    consent_events,
    consent_state,
    wish_for_detail,
)
from compliant_sms.flows._dispatch import cancel, dispatch_due
from compliant_sms.flows._history import History, TextRecord, history
from compliant_sms.flows._ledger import LedgerReport, verify_ledger
from compliant_sms.flows._receive import (
    Received,
    ReceivedStatus,
    ReceivedText,
    receive,
)
from compliant_sms.flows._reconcile import reconcile
from compliant_sms.flows._rotate import rotate_keys
from compliant_sms.flows._send import check, send

__all__ = [
    "History",
    "LedgerReport",
    "Received",
    "ReceivedStatus",
    "ReceivedText",
    "TextRecord",
    "append_event",
    "cancel",
    "check",
    "consent_events",
    "consent_state",
    "dispatch_due",
    "history",
    "receive",
    "reconcile",
    "rotate_keys",
    "send",
    "verify_ledger",
    "wish_for_detail",
]
