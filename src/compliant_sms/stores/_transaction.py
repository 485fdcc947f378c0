"""Everything that is read and written, as SQL: one part a topic.

What a method promises stands where it is asked for, in :mod:`compliant_sms.ports`.
"""

from __future__ import annotations

from compliant_sms.stores._audit import AuditRecords
from compliant_sms.stores._buckets import BucketRecords
from compliant_sms.stores._counts import CountRecords
from compliant_sms.stores._erasure import ErasureRecords
from compliant_sms.stores._evidence import EvidenceReads
from compliant_sms.stores._imports import ImportRecords
from compliant_sms.stores._inbox import InboxRecords
from compliant_sms.stores._practices import PracticeRecords
from compliant_sms.stores._prefetch import PrefetchedReads
from compliant_sms.stores._queue import QueueRecords
from compliant_sms.stores._refusals import RefusalRecords
from compliant_sms.stores._retention import RetentionRecords
from compliant_sms.stores._tree import TreeRecords
from compliant_sms.stores._volume import VolumeRecords


class SqlTransaction(
    PracticeRecords,
    PrefetchedReads,
    ImportRecords,
    EvidenceReads,
    TreeRecords,
    QueueRecords,
    InboxRecords,
    CountRecords,
    AuditRecords,
    BucketRecords,
    RefusalRecords,
    RetentionRecords,
    ErasureRecords,
    VolumeRecords,
):
    """Implements :class:`compliant_sms.ports.Transaction` over any driver."""
