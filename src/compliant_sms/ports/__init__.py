"""What a flow may ask for. Everything here is implemented further up and passed in."""

from __future__ import annotations

from attrs import frozen

from compliant_sms.clock import Clock
from compliant_sms.lookups import AsyncLookUps
from compliant_sms.ports._audit import AuditLog
from compliant_sms.ports._buckets import Buckets
from compliant_sms.ports._consent import Chain, ConsentLedger
from compliant_sms.ports._delivery import Delivery
from compliant_sms.ports._erasure import Erased, Erasure
from compliant_sms.ports._evidence import (
    EvidenceRecords,
    StoredChain,
    StoredLink,
)
from compliant_sms.ports._host import HostConnection
from compliant_sms.ports._imports import Imports
from compliant_sms.ports._inbound import Callback, InboundTexts
from compliant_sms.ports._keys import AtRest, DataKeys, Plaintext
from compliant_sms.ports._outside import (
    Ids,
    People,
    Retry,
    SecureLinks,
    SecureMessage,
    Transport,
)
from compliant_sms.ports._practices import Practices, refuse_other_practice
from compliant_sms.ports._queue import Queue
from compliant_sms.ports._retention import Aged, Keeping
from compliant_sms.ports._store import Store, Transaction
from compliant_sms.ports._texts import Step, Texts
from compliant_sms.ports._tree import FiledLeaf, LedgerTree, StoredCheckpoint
from compliant_sms.practice import Practice
from compliant_sms.providers import Provider
from compliant_sms.rules import Rulebook

__all__ = [
    "Aged",
    "AtRest",
    "AuditLog",
    "Buckets",
    "Callback",
    "Chain",
    "ConsentLedger",
    "DataKeys",
    "Delivery",
    "Erased",
    "Erasure",
    "EvidenceRecords",
    "FiledLeaf",
    "HostConnection",
    "Ids",
    "Imports",
    "InboundTexts",
    "Keeping",
    "LedgerTree",
    "People",
    "Plaintext",
    "Ports",
    "Practices",
    "Queue",
    "Retry",
    "SecureLinks",
    "SecureMessage",
    "Step",
    "Store",
    "StoredChain",
    "StoredCheckpoint",
    "StoredLink",
    "Texts",
    "Transaction",
    "Transport",
    "refuse_other_practice",
]


@frozen(kw_only=True)
class Ports:
    """Everything that a flow works with."""

    practice: Practice
    provider: Provider
    rulebook: Rulebook
    delivery: Delivery
    store: Store
    transport: Transport
    retry: Retry
    clock: Clock
    ids: Ids
    people: People
    lookups: AsyncLookUps
    secure_links: SecureLinks | None = None
    plaintext: Plaintext | None = None
