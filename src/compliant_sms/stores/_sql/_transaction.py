"""Everything that is read and written, as SQL: one part a topic.

What a method promises stands where it is asked for, in :mod:`compliant_sms.ports`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from compliant_sms.phone import PhoneNumber
from compliant_sms.stores._connection import text
from compliant_sms.stores._sql._audit import AuditRecords
from compliant_sms.stores._sql._buckets import BUCKET, BucketRecords
from compliant_sms.stores._sql._consent import EVENTS_AT
from compliant_sms.stores._sql._counts import CountRecords
from compliant_sms.stores._sql._erasure import ErasureRecords
from compliant_sms.stores._sql._evidence import EvidenceReads
from compliant_sms.stores._sql._imports import ImportRecords
from compliant_sms.stores._sql._inbox import InboxRecords
from compliant_sms.stores._sql._practices import PracticeRecords
from compliant_sms.stores._sql._queue import QueueRecords
from compliant_sms.stores._sql._refusals import RefusalRecords
from compliant_sms.stores._sql._retention import RetentionRecords
from compliant_sms.stores._sql._texts import DEPARTURES, at_number
from compliant_sms.stores._sql._tree import TreeRecords
from compliant_sms.stores._sql._volume import PAUSED_SCOPES, VolumeRecords


class SqlTransaction(
    PracticeRecords,
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

    async def prefetch(
        self, practice_id: str, number: PhoneNumber, *, since: datetime, buckets: Iterable[str]
    ) -> None:
        """Have pauses, buckets, events and departures travel behind the next query.

        Each query is the one of the method that is called for its answer.
        """
        filed = await self._number(practice_id, number)
        about = {"practice_id": practice_id, "number": filed}
        await self._keep_pauses_first(practice_id)
        await self._prefetch(PAUSED_SCOPES, practice_id=practice_id)
        for name in buckets:
            await self._prefetch(BUCKET, name=name)
        await self._prefetch(EVENTS_AT, **about)
        left = {"practice_id": practice_id, **at_number(filed)}
        await self._prefetch(DEPARTURES, **left, since=text(since))
