"""The interfaces that flows use. They are implemented in higher layers and passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of

if TYPE_CHECKING:
    from compliant_sms.ports._appointments import Appointments, KeptAppointment, ToldReminder
    from compliant_sms.ports._audit import AuditLog
    from compliant_sms.ports._consent import Chain, ConsentLedger
    from compliant_sms.ports._conversations import Conversations, ListedThreads
    from compliant_sms.ports._counts import Counts, Period, Stop
    from compliant_sms.ports._database import StoreKind
    from compliant_sms.ports._delivery import Delivery
    from compliant_sms.ports._erasure import Erased, Erasure
    from compliant_sms.ports._evidence import (
        EvidenceRecords,
        StoredChain,
        StoredLink,
    )
    from compliant_sms.ports._host import HostConnection
    from compliant_sms.ports._imports import Imports
    from compliant_sms.ports._inbound import Callback, InboundTexts, Unconfirmed
    from compliant_sms.ports._keys import AtRest, DataKeys, Plaintext
    from compliant_sms.ports._outside import (
        Entropy,
        Ids,
        People,
        Retry,
        SecureLinks,
        SecureMessage,
        Transport,
        Unbroken,
        as_it_is,
    )
    from compliant_sms.ports._pages import SecurePageRecords
    from compliant_sms.ports._ports import Ports, Tell, tell_nobody
    from compliant_sms.ports._practices import Practices, refuse_other_practice
    from compliant_sms.ports._queue import Buckets, Queue
    from compliant_sms.ports._recurring import Recurring
    from compliant_sms.ports._refusals import Refusals, RefusalTally, RefusedCallbacks
    from compliant_sms.ports._retention import Aged, Keeping
    from compliant_sms.ports._store import Store, Transaction
    from compliant_sms.ports._telemetry import NO_TELEMETRY, Measured, Span, Telemetry
    from compliant_sms.ports._texts import Step, Texts
    from compliant_sms.ports._tree import FiledLeaf, LedgerTree, StoredCheckpoint
    from compliant_sms.ports._volume import Pauses, Places

__all__ = [
    "NO_TELEMETRY",
    "Aged",
    "Appointments",
    "AtRest",
    "AuditLog",
    "Buckets",
    "Callback",
    "Chain",
    "ConsentLedger",
    "Conversations",
    "Counts",
    "DataKeys",
    "Delivery",
    "Entropy",
    "Erased",
    "Erasure",
    "EvidenceRecords",
    "FiledLeaf",
    "HostConnection",
    "Ids",
    "Imports",
    "InboundTexts",
    "Keeping",
    "KeptAppointment",
    "LedgerTree",
    "ListedThreads",
    "Measured",
    "Pauses",
    "People",
    "Period",
    "Places",
    "Plaintext",
    "Ports",
    "Practices",
    "Queue",
    "Recurring",
    "RefusalTally",
    "Refusals",
    "RefusedCallbacks",
    "Retry",
    "SecureLinks",
    "SecureMessage",
    "SecurePageRecords",
    "Span",
    "Step",
    "Stop",
    "Store",
    "StoreKind",
    "StoredChain",
    "StoredCheckpoint",
    "StoredLink",
    "Telemetry",
    "Tell",
    "Texts",
    "ToldReminder",
    "Transaction",
    "Transport",
    "Unbroken",
    "Unconfirmed",
    "as_it_is",
    "refuse_other_practice",
    "tell_nobody",
]

_FILES = {
    "_appointments": ("Appointments", "KeptAppointment", "ToldReminder"),
    "_audit": ("AuditLog",),
    "_consent": ("Chain", "ConsentLedger"),
    "_conversations": ("Conversations", "ListedThreads"),
    "_counts": ("Counts", "Period", "Stop"),
    "_database": ("StoreKind",),
    "_delivery": ("Delivery",),
    "_erasure": ("Erased", "Erasure"),
    "_evidence": ("EvidenceRecords", "StoredChain", "StoredLink"),
    "_host": ("HostConnection",),
    "_imports": ("Imports",),
    "_inbound": ("Callback", "InboundTexts", "Unconfirmed"),
    "_keys": ("AtRest", "DataKeys", "Plaintext"),
    "_outside": (
        "Entropy",
        "Ids",
        "People",
        "Retry",
        "SecureLinks",
        "SecureMessage",
        "Transport",
        "Unbroken",
        "as_it_is",
    ),
    "_pages": ("SecurePageRecords",),
    "_ports": ("Ports", "Tell", "tell_nobody"),
    "_practices": ("Practices", "refuse_other_practice"),
    "_queue": ("Buckets", "Queue"),
    "_recurring": ("Recurring",),
    "_refusals": ("Refusals", "RefusalTally", "RefusedCallbacks"),
    "_retention": ("Aged", "Keeping"),
    "_store": ("Store", "Transaction"),
    "_telemetry": ("NO_TELEMETRY", "Measured", "Span", "Telemetry"),
    "_texts": ("Step", "Texts"),
    "_tree": ("FiledLeaf", "LedgerTree", "StoredCheckpoint"),
    "_volume": ("Pauses", "Places"),
}
# PEP 562: a port is loaded when it is first implemented or used.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
