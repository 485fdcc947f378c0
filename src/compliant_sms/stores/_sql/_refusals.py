"""How many callbacks were refused, as SQL."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.ports import Refusals
from compliant_sms.stores._connection import Records, instant, text


class RefusalRecords(Records):
    """A count for each day, which is all that is kept of a callback that proved nothing."""

    async def add_refusals(self, practice_id: str, provider: str, count: int, at: datetime) -> None:
        await self._do(
            """INSERT INTO sms_refusals (practice_id, provider, day, refused, last_at)
            VALUES (:practice_id, :provider, :day, :count, :at)
            ON CONFLICT (practice_id, provider, day)
            DO UPDATE SET refused = sms_refusals.refused + excluded.refused,
                last_at = CASE WHEN excluded.last_at > sms_refusals.last_at
                    THEN excluded.last_at ELSE sms_refusals.last_at END""",
            practice_id=practice_id,
            provider=provider,
            day=text(at)[:10],
            count=count,
            at=text(at),
        )

    async def refusals(self, practice_id: str, provider: str, since: datetime) -> Refusals | None:
        row = await self._one(
            """SELECT sum(refused), max(last_at) FROM sms_refusals
            WHERE practice_id = :practice_id AND provider = :provider AND day >= :day""",
            practice_id=practice_id,
            provider=provider,
            day=text(since)[:10],
        )
        if row is None or row[0] is None:
            return None
        return Refusals(count=int(row[0]), last_at=instant(row[1]))
