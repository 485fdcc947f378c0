"""What happens, in order: written once as ``async def`` over ports, run by both facades.

Two rules keep this room: a flow does no I/O but through its ports; and whatever must hold together
happens in one transaction. Everywhere ``tx`` is the transaction, ``ports`` what to work with, and
``at`` the present instant (UTC), unless something else is said of them.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of

if TYPE_CHECKING:
    from compliant_sms.contact import MissedCall
    from compliant_sms.flows._deciding._checked import Checked, CheckResult
    from compliant_sms.flows._deciding._pause import pause, paused, resume
    from compliant_sms.flows._doctor._examine import examine
    from compliant_sms.flows._ledger._audit import audit_log, verify_audit
    from compliant_sms.flows._ledger._checkpoint import (
        InclusionProof,
        checkpoint,
        consistency_proof,
        inclusion_proof,
        newest_checkpoint,
    )
    from compliant_sms.flows._ledger._consent import (
        append_event,
        consent_events,
        consent_state,
        wish_for_detail,
    )
    from compliant_sms.flows._ledger._consent_form import (
        Submitted,
        consent_form,
        submit_form,
    )
    from compliant_sms.flows._ledger._export import (
        ExportPlan,
        ExportProgress,
        TextSink,
        export_consents,
    )
    from compliant_sms.flows._ledger._form_page import answer_form
    from compliant_sms.flows._ledger._import import ImportProgress, import_consents
    from compliant_sms.flows._ledger._opt_out_lists import OptOutDrift, sync_opt_outs
    from compliant_sms.flows._ledger._permission import (
        invite,
        paper_wording,
        programme_state,
        record_agreement,
        spoken_wording,
        to_ask_again,
    )
    from compliant_sms.flows._ledger._registered import registration
    from compliant_sms.flows._ledger._verify import LedgerReport, verify_ledger
    from compliant_sms.flows._receiving._confirm import confirm_received
    from compliant_sms.flows._receiving._media import fetch_media, media
    from compliant_sms.flows._receiving._patient_text import ReceivedText
    from compliant_sms.flows._receiving._receive import Received, receive
    from compliant_sms.flows._receiving._visit_answers import acknowledge_answers, open_answers
    from compliant_sms.flows._records._by_id import received, text
    from compliant_sms.flows._records._evidence import evidence_pack
    from compliant_sms.flows._records._evidence_request import EvidenceRequest
    from compliant_sms.flows._records._figures import activity, figures
    from compliant_sms.flows._records._history import History, TextRecord, history
    from compliant_sms.flows._sending._dispatch import cancel, dispatch_due
    from compliant_sms.flows._sending._enqueue import enqueue
    from compliant_sms.flows._sending._from_template import send_template
    from compliant_sms.flows._sending._send import check, send
    from compliant_sms.flows._settling._reconcile import reconcile
    from compliant_sms.flows._settling._status import ReceivedStatus
    from compliant_sms.flows._staff._escalate import escalate
    from compliant_sms.flows._staff._inbox import (
        ThreadText,
        ThreadView,
        acknowledge_inbox_events,
        inbox_events,
        inbox_metrics,
        thread_view,
        threads,
        waiting_threads,
    )
    from compliant_sms.flows._staff._missed_calls import missed_call
    from compliant_sms.flows._staff._open_items import dismiss, open_items
    from compliant_sms.flows._staff._secure_page import answer_page
    from compliant_sms.flows._staff._secure_records import (
        acknowledge_accesses,
        drop_expired_pages,
        issue_code,
        new_accesses,
        page_accesses,
        withdraw_page,
    )
    from compliant_sms.flows._staff._settle import settle, uncertain
    from compliant_sms.flows._staff._thread_acts import (
        assign,
        close,
        hand_over,
        join_thread,
        note,
        reopen,
    )
    from compliant_sms.flows._staff._thread_reply import Reply, reply
    from compliant_sms.flows._upkeep._erase import ErasePlan, erase
    from compliant_sms.flows._upkeep._hold import holds, lift_hold, place_hold
    from compliant_sms.flows._upkeep._merge import Merged, MergePlan, merge_persons
    from compliant_sms.flows._upkeep._purge import PurgePlan, PurgeReport, Tally, purge
    from compliant_sms.flows._upkeep._rotate import rotate_keys
    from compliant_sms.flows._visits._appointments import keep_appointments
    from compliant_sms.flows._visits._estimate import Estimated, estimate
    from compliant_sms.flows._visits._reminders import PlannedReminders, plan_due
    from compliant_sms.flows._watch import Watched
    from compliant_sms.flows._work import Pace, Progress, Shift, work
    from compliant_sms.imports import ImportPlan
    from compliant_sms.messages import Draft, FromTemplate

__all__ = [
    "CheckResult",
    "Checked",
    "Draft",
    "ErasePlan",
    "Estimated",
    "EvidenceRequest",
    "ExportPlan",
    "ExportProgress",
    "FromTemplate",
    "History",
    "ImportPlan",
    "ImportProgress",
    "InclusionProof",
    "LedgerReport",
    "MergePlan",
    "Merged",
    "MissedCall",
    "OptOutDrift",
    "Pace",
    "PlannedReminders",
    "Progress",
    "PurgePlan",
    "PurgeReport",
    "Received",
    "ReceivedStatus",
    "ReceivedText",
    "Reply",
    "Shift",
    "Submitted",
    "Tally",
    "TextRecord",
    "TextSink",
    "ThreadText",
    "ThreadView",
    "Watched",
    "acknowledge_accesses",
    "acknowledge_answers",
    "acknowledge_inbox_events",
    "activity",
    "answer_form",
    "answer_page",
    "append_event",
    "assign",
    "audit_log",
    "cancel",
    "check",
    "checkpoint",
    "close",
    "confirm_received",
    "consent_events",
    "consent_form",
    "consent_state",
    "consistency_proof",
    "dismiss",
    "dispatch_due",
    "drop_expired_pages",
    "enqueue",
    "erase",
    "escalate",
    "estimate",
    "evidence_pack",
    "examine",
    "export_consents",
    "fetch_media",
    "figures",
    "hand_over",
    "history",
    "holds",
    "import_consents",
    "inbox_events",
    "inbox_metrics",
    "inclusion_proof",
    "invite",
    "issue_code",
    "join_thread",
    "keep_appointments",
    "lift_hold",
    "media",
    "merge_persons",
    "missed_call",
    "new_accesses",
    "newest_checkpoint",
    "note",
    "open_answers",
    "open_items",
    "page_accesses",
    "paper_wording",
    "pause",
    "paused",
    "place_hold",
    "plan_due",
    "programme_state",
    "purge",
    "receive",
    "received",
    "reconcile",
    "record_agreement",
    "registration",
    "reopen",
    "reply",
    "resume",
    "rotate_keys",
    "send",
    "send_template",
    "settle",
    "spoken_wording",
    "submit_form",
    "sync_opt_outs",
    "text",
    "thread_view",
    "threads",
    "to_ask_again",
    "uncertain",
    "verify_audit",
    "verify_ledger",
    "waiting_threads",
    "wish_for_detail",
    "withdraw_page",
    "work",
]

_FILES = {
    "_visits._appointments": ("keep_appointments",),
    "_ledger._audit": ("audit_log", "verify_audit"),
    "_records._by_id": ("received", "text"),
    "_deciding._checked": ("Checked", "CheckResult"),
    "_ledger._checkpoint": (
        "InclusionProof",
        "checkpoint",
        "consistency_proof",
        "inclusion_proof",
        "newest_checkpoint",
    ),
    "_receiving._confirm": ("confirm_received",),
    "_ledger._consent": ("append_event", "consent_events", "consent_state", "wish_for_detail"),
    "_ledger._consent_form": ("Submitted", "consent_form", "submit_form"),
    "_sending._dispatch": ("cancel", "dispatch_due"),
    "_doctor._examine": ("examine",),
    "_sending._enqueue": ("enqueue",),
    "_upkeep._erase": ("ErasePlan", "erase"),
    "_upkeep._merge": ("MergePlan", "Merged", "merge_persons"),
    "_staff._escalate": ("escalate",),
    "_visits._estimate": ("Estimated", "estimate"),
    "_records._evidence": ("evidence_pack",),
    "_records._evidence_request": ("EvidenceRequest",),
    "_records._figures": ("activity", "figures"),
    "_ledger._form_page": ("answer_form",),
    "_sending._from_template": ("FromTemplate", "send_template"),
    "_records._history": ("History", "TextRecord", "history"),
    "_upkeep._hold": ("holds", "lift_hold", "place_hold"),
    "_ledger._export": ("ExportPlan", "ExportProgress", "TextSink", "export_consents"),
    "_ledger._import": ("ImportPlan", "ImportProgress", "import_consents"),
    "_staff._inbox": (
        "ThreadText",
        "ThreadView",
        "acknowledge_inbox_events",
        "inbox_events",
        "inbox_metrics",
        "thread_view",
        "threads",
        "waiting_threads",
    ),
    "_ledger._verify": ("LedgerReport", "verify_ledger"),
    "_receiving._media": ("fetch_media", "media"),
    "_staff._missed_calls": ("MissedCall", "missed_call"),
    "_staff._open_items": ("dismiss", "open_items"),
    "_ledger._opt_out_lists": ("OptOutDrift", "sync_opt_outs"),
    "_receiving._patient_text": ("ReceivedText",),
    "_deciding._pause": ("pause", "paused", "resume"),
    "_ledger._permission": (
        "invite",
        "paper_wording",
        "programme_state",
        "record_agreement",
        "spoken_wording",
        "to_ask_again",
    ),
    "_upkeep._purge": ("PurgePlan", "PurgeReport", "Tally", "purge"),
    "_receiving._receive": ("Received", "receive"),
    "_settling._reconcile": ("reconcile",),
    "_ledger._registered": ("registration",),
    "_visits._reminders": ("PlannedReminders", "plan_due"),
    "_upkeep._rotate": ("rotate_keys",),
    "_staff._secure_page": ("answer_page",),
    "_staff._secure_records": (
        "acknowledge_accesses",
        "drop_expired_pages",
        "issue_code",
        "new_accesses",
        "page_accesses",
        "withdraw_page",
    ),
    "_sending._send": ("Draft", "check", "send"),
    "_staff._settle": ("settle", "uncertain"),
    "_settling._status": ("ReceivedStatus",),
    "_staff._thread_acts": ("assign", "close", "hand_over", "join_thread", "note", "reopen"),
    "_staff._thread_reply": ("Reply", "reply"),
    "_receiving._visit_answers": ("acknowledge_answers", "open_answers"),
    "_watch": ("Watched",),
    "_work": ("Pace", "Progress", "Shift", "work"),
}
# PEP 562: a flow loads when it first runs, and with it what a facade builds for it.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
