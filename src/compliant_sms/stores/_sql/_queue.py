"""What waits to be sent or settled, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import LiteralString

from compliant_sms.messages import Message
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._texts import COLUMNS, MESSAGE, TextRecords

_URGENT_FIRST = (2, 1, 0)
_WAITS: LiteralString = """SELECT message_id FROM sms_messages
    WHERE practice_id = :practice_id AND urgency = :urgency
    AND state IN ('due', 'held') AND not_before <= :at """
# Nobody can have reserved one for so long but by a clock that was ahead.
_AGAIN: LiteralString = """AND reserved_until > ''
    AND NOT (reserved_until > :again AND reserved_until <= :until) """
_OLDEST: LiteralString = "ORDER BY reserved_until, message_id LIMIT "
_ONCE: LiteralString = _WAITS + _AGAIN + "AND reservations < 2 " + _OLDEST + ":share"
_FRESH: LiteralString = """AND reserved_until IS NULL
    ORDER BY not_before, message_id LIMIT (:limit - (SELECT count(*) FROM once))"""
_REST: LiteralString = """(:limit - (SELECT count(*) FROM once) - (SELECT count(*) FROM fresh))"""
_NOT_ONCE: LiteralString = "AND message_id NOT IN (SELECT message_id FROM once) "
# Picked once: PostgreSQL may ask a plain subquery again, and take other rows then.
_PICKS: tuple[LiteralString, ...] = (
    "WITH once AS MATERIALIZED (" + _ONCE,
    "), fresh AS MATERIALIZED (" + _WAITS + _FRESH,
    "), again AS MATERIALIZED (" + _WAITS + _AGAIN + _NOT_ONCE + _OLDEST + _REST,
)
_RESERVE: LiteralString = """)
    UPDATE sms_messages SET reserved_until = :until, reservations = reservations + 1
    WHERE message_id IN (SELECT message_id FROM once
        UNION ALL SELECT message_id FROM fresh UNION ALL SELECT message_id FROM again)
    RETURNING """
# Of so many places one is for what came to nothing once: a worker died, or in a bad moment.
_PLACES = 4


def reserving(skip_locked: LiteralString) -> LiteralString:
    """The statement that picks texts of one urgency, and reserves them."""
    picked: LiteralString = ""
    for pick in _PICKS:
        picked = picked + pick + skip_locked
    return picked + _RESERVE + COLUMNS


_NEXT: LiteralString = """SELECT not_before FROM sms_messages
    WHERE practice_id = :practice_id AND urgency = :urgency AND state IN ('due', 'held')
    AND (reserved_until IS NULL OR reserved_until <= :at)
    ORDER BY not_before LIMIT 1"""

_PICK_UNREPORTED: LiteralString = """WITH picked AS MATERIALIZED (
    SELECT message_id FROM sms_messages
    WHERE practice_id = :practice_id AND provider = :provider AND asked = :asked
    AND unreported_since <= :before ORDER BY unreported_since, message_id LIMIT 1"""
_ASKED: LiteralString = """)
    UPDATE sms_messages SET asked = asked + 1, unreported_since = :again
    WHERE message_id IN (SELECT message_id FROM picked) RETURNING """
# It says nothing new, but in the words of the index: SQLite does not see that one follows from
# the other, and would go through all texts of the practice.
_OPEN: LiteralString = " AND state IN ('claimed', 'uncertain') "
_AFTER: LiteralString = """ AND (claimed_until, message_id) > (:since, :after)
    ORDER BY claimed_until, message_id LIMIT :limit"""
_UNCERTAIN: LiteralString = "AND state = 'uncertain'" + _AFTER
_LAPSED: LiteralString = "AND state = 'claimed' AND claimed_until <= :at" + _AFTER


class QueueRecords(TextRecords):
    """Texts by when they are due, and by what is still open about them."""

    async def reserve(
        self,
        practice_id: str,
        at: datetime,
        until: datetime,
        limit: int,
        *,
        again: datetime | None = None,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        found: list[Message] = []
        for urgency in _URGENT_FIRST:  # each is a range of the index; all together are none
            if limit > 0:
                rows = await self._reserve(
                    practice_id=practice_id,
                    urgency=urgency,
                    at=text(at),
                    until=text(until),
                    limit=limit,
                    share=max(1, limit // _PLACES),
                    again=text(again or at),
                )
                limit -= len(rows)
                these = self._messages(rows, unreadable)
                found += sorted(these, key=attrgetter("not_before", "message_id"))
        return found

    async def _reserve(self, **which: object) -> list[Row]:
        return await self._all(reserving(self._dialect.skip_locked), **which)

    async def release(self, messages: Sequence[Message], until: datetime) -> None:
        for message in messages:
            await self._do(
                """UPDATE sms_messages SET reserved_until = NULL, reservations = reservations - 1
                WHERE message_id = :message_id AND practice_id = :practice_id
                AND reserved_until = :until""",
                practice_id=message.practice_id,
                message_id=message.message_id,
                until=text(until),
            )

    async def next_due(self, practice_id: str, at: datetime) -> datetime | None:
        found = [await self._next_due(practice_id, urgency, at) for urgency in _URGENT_FIRST]
        return min((each for each in found if each), default=None)

    async def _next_due(self, practice_id: str, urgency: int, at: datetime) -> datetime | None:
        row = await self._one(
            _NEXT,
            practice_id=practice_id,
            urgency=urgency,
            at=text(at),
        )
        return instant(row[0]) if row else None

    async def lapsed(
        self,
        practice_id: str,
        at: datetime,
        limit: int,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        which = _LAPSED + self._dialect.skip_locked
        return await self._in_hand(
            which, limit, None, unreadable, practice_id=practice_id, at=text(at)
        )

    async def uncertain(
        self,
        practice_id: str,
        limit: int,
        after: Message | None = None,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        return await self._in_hand(_UNCERTAIN, limit, after, unreadable, practice_id=practice_id)

    async def _in_hand(
        self,
        which: LiteralString,
        limit: int,
        after: Message | None,
        unreadable: list[Exception] | None,
        **where: object,
    ) -> list[Message]:
        last = after.message_id if after else ""
        since = text(after.claimed_until) if after and after.claimed_until else ""
        found, wanted = list[Message](), limit
        while True:
            rows = await self._all(
                MESSAGE + "WHERE practice_id = :practice_id" + _OPEN + which,
                **where,
                since=since,
                after=last,
                limit=wanted,
            )
            found += self._messages(rows, unreadable)
            if len(rows) != wanted or len(found) == limit:
                return found
            # Some cannot be read: none waits behind those.
            last, since, wanted = rows[-1][0], rows[-1][6], limit - len(found)

    async def claim_unreported(
        self, practice_id: str, provider: str, asked: int, before: datetime, again: datetime | None
    ) -> Message | None:
        row = await self._one(
            _PICK_UNREPORTED + self._dialect.skip_locked + _ASKED + COLUMNS,
            practice_id=practice_id,
            provider=provider,
            asked=asked,
            before=text(before),
            again=text(again) if again else None,
        )
        return self._message(row) if row else None
