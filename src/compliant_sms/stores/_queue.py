"""What waits to be sent or settled, as SQL."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.messages import Message
from compliant_sms.stores._connection import text
from compliant_sms.stores._texts import MESSAGE, TextRecords

__all__ = ["QueueRecords"]


class QueueRecords(TextRecords):
    """Texts by when they are due, and by what is still open about them."""

    async def due(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts that are due or held until ``at`` or earlier, the longest due first."""
        rows = await self._all(
            MESSAGE
            + """WHERE practice_id = :practice_id AND state IN ('due', 'held')
            AND not_before <= :at ORDER BY not_before, message_id LIMIT :limit""",
            practice_id=practice_id,
            at=text(at),
            limit=limit,
        )
        return [self._message(row) for row in rows]

    async def lapsed(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts whose claim ran out before ``at``; not those of which news comes in just now."""
        rows = await self._all(
            MESSAGE
            + """WHERE practice_id = :practice_id AND state = 'claimed'
            AND claimed_until <= :at ORDER BY claimed_until, message_id LIMIT :limit"""
            + self._dialect.skip_locked,
            practice_id=practice_id,
            at=text(at),
            limit=limit,
        )
        return [self._message(row) for row in rows]

    async def uncertain(self, practice_id: str, limit: int) -> list[Message]:
        """Texts whose request may have been processed, the oldest first."""
        rows = await self._all(
            MESSAGE
            + """WHERE practice_id = :practice_id AND state = 'uncertain'
            ORDER BY claimed_until, message_id LIMIT :limit""",
            practice_id=practice_id,
            limit=limit,
        )
        return [self._message(row) for row in rows]
