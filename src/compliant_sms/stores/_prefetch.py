"""What deciding about a text reads, asked for on one way to the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from compliant_sms.phone import PhoneNumber
from compliant_sms.stores._buckets import BUCKET, BucketRecords
from compliant_sms.stores._connection import text
from compliant_sms.stores._consent import EVENTS_AT, ConsentRecords
from compliant_sms.stores._texts import DEPARTURES, TextRecords, at_number
from compliant_sms.stores._volume import PAUSED_SCOPES, VolumeRecords


class PrefetchedReads(ConsentRecords, TextRecords, BucketRecords, VolumeRecords):
    """Each query as the method asks it that is called for its answer."""

    async def prefetch(
        self, practice_id: str, number: PhoneNumber, *, since: datetime, buckets: Iterable[str]
    ) -> None:
        """Have pauses, buckets, events and departures travel behind the next query."""
        filed = await self._number(practice_id, number)
        about = {"practice_id": practice_id, "number": filed}
        await self._keep_pauses_first(practice_id)
        await self._prefetch(PAUSED_SCOPES, practice_id=practice_id)
        for name in buckets:
            await self._prefetch(BUCKET, name=name)
        await self._prefetch(EVENTS_AT, **about)
        left = {"practice_id": practice_id, **at_number(filed)}
        await self._prefetch(DEPARTURES, **left, since=text(since))
