"""Everything that is read and written, as SQL: one part a topic."""

from __future__ import annotations

from compliant_sms.stores._audit import AuditRecords
from compliant_sms.stores._buckets import BucketRecords
from compliant_sms.stores._erasure import ErasureRecords
from compliant_sms.stores._evidence import EvidenceReads
from compliant_sms.stores._imports import ImportRecords
from compliant_sms.stores._inbound import InboundRecords
from compliant_sms.stores._practices import PracticeRecords
from compliant_sms.stores._queue import QueueRecords
from compliant_sms.stores._retention import RetentionRecords
from compliant_sms.stores._tree import TreeRecords

__all__ = ["SqlTransaction"]


class SqlTransaction(
    PracticeRecords,
    ImportRecords,
    EvidenceReads,
    TreeRecords,
    QueueRecords,
    InboundRecords,
    AuditRecords,
    BucketRecords,
    RetentionRecords,
    ErasureRecords,
):
    """Implements :class:`compliant_sms.ports.Transaction` over any driver."""
