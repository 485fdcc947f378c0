"""Sums over a practice's records, as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.figures import Answered, Moves
from compliant_sms.lifecycle import State
from compliant_sms.ports import Period, Stop
from compliant_sms.rules import Decision, Verdict
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._inbound import InboundRecords
from compliant_sms.stores._sql._texts import decided

# The first sixteen characters of an instant are its minute.
_BY_STATE: LiteralString = """SELECT state, count(DISTINCT message_id)
    FROM sms_steps s WHERE at >= :since AND at < :until
    AND EXISTS (SELECT 1 FROM sms_messages m
        WHERE m.message_id = s.message_id AND m.practice_id = :practice_id)
    GROUP BY state"""
_MOVES: LiteralString = """SELECT substr(at, 1, 16), state, count(DISTINCT message_id)
    FROM sms_steps s WHERE at >= :since AND at < :until
    AND EXISTS (SELECT 1 FROM sms_messages m
        WHERE m.message_id = s.message_id AND m.practice_id = :practice_id)
    GROUP BY 1, 2 ORDER BY 1, 2"""
# CROSS JOIN: what comes first is small, which SQLite has to be told.
_STOPS: LiteralString = """SELECT d.seq, d.record, d.message_id, m.chain_id, data_key
    FROM (SELECT DISTINCT message_id FROM sms_steps
        WHERE state IN ('held', 'blocked') AND at >= :since AND at < :until) s
    CROSS JOIN sms_messages m CROSS JOIN sms_decisions d CROSS JOIN sms_chains c
    WHERE m.message_id = s.message_id AND d.message_id = s.message_id AND c.chain_id = m.chain_id
    AND m.practice_id = :practice_id AND d.purged IS NULL AND d.seq > :after
    ORDER BY d.seq LIMIT :limit"""
# What kind of event it is, and when it happened, lies in the clear also where it is sealed.
_OPT_OUTS: LiteralString = """SELECT substr(occurred_at, 1, 16), count(*) FROM (
        SELECT {kind} AS kind, {occurred_at} AS occurred_at
        FROM sms_consent_events e CROSS JOIN sms_chains c
        WHERE {revoked} AND c.chain_id = e.chain_id AND c.practice_id = :practice_id) AS told
    WHERE kind = 'revoked' AND occurred_at >= :since AND occurred_at < :until
    GROUP BY 1 ORDER BY 1"""
# The second condition says nothing new, but in the words of the index.
_UNCERTAIN: LiteralString = """SELECT count(*) FROM sms_messages
    WHERE practice_id = :practice_id AND state = 'uncertain'
    AND state IN ('claimed', 'uncertain')"""
_OVERDUE: LiteralString = """SELECT count(*) FROM sms_messages
    WHERE practice_id = :practice_id AND state IN ('due', 'held') AND not_before < :at"""
_RECEIVED: LiteralString = """SELECT substr(received_at, 1, 16), count(*) FROM sms_inbound
    WHERE practice_id = :practice_id AND received_at >= :since AND received_at < :until
    GROUP BY 1 ORDER BY 1"""
_ANSWERS: LiteralString = """SELECT inbound_id, record, purged, i.chain_id, data_key,
    (SELECT min(left_at) FROM sms_messages m WHERE m.practice_id = i.practice_id
        AND m.number = i.number AND m.purpose = :purpose AND m.left_at >= i.received_at
        AND m.state IN ('sent', 'delivered', 'undelivered', 'uncertain', 'claimed'))
    FROM sms_inbound i JOIN sms_chains c ON c.chain_id = i.chain_id
    WHERE i.practice_id = :practice_id AND i.number <> ''
    AND received_at >= :since AND received_at < :until ORDER BY seq"""


def _bounds(period: Period) -> dict[str, str]:
    since, until = period
    return {"since": text(since) if since else "", "until": text(until)}


def _minute(found: str) -> datetime:
    return instant(f"{found}:00.000000Z")


class CountRecords(InboundRecords):
    """Sums over the records of a practice."""

    async def texts_by_state(self, practice_id: str, period: Period) -> Mapping[State, int]:
        rows = await self._all(_BY_STATE, practice_id=practice_id, **_bounds(period))
        return {State(state): int(count) for state, count in rows}

    async def moves(self, practice_id: str, period: Period) -> list[Moves]:
        rows = await self._all(_MOVES, practice_id=practice_id, **_bounds(period))
        return [
            Moves(at=_minute(minute), state=State(state), count=int(count))
            for minute, state, count in rows
        ]

    async def stops(
        self, practice_id: str, period: Period, after: int, limit: int
    ) -> tuple[list[Stop], int | None]:
        rows = await self._all(
            _STOPS, practice_id=practice_id, after=after, limit=limit, **_bounds(period)
        )
        since, until = period
        found = [self._stop(row) for row in rows]
        stops = [
            stop
            for stop in found
            if stop.verdict is not Verdict.ALLOW
            and (since is None or since <= stop.at)
            and stop.at < until
        ]
        return stops, found[-1].place if len(found) == limit else None

    def _stop(self, row: Row) -> Stop:
        place, record, message_id, chain_id, data_key = row
        opened = self._vault.subject(chain_id, data_key).open(bytes(record), decided(message_id))
        decision = records.decode(opened, Decision)
        return Stop(
            place=int(place),
            at=decision.facts.at,
            verdict=decision.verdict,
            rules=tuple(
                dict.fromkeys(f.rule for f in decision.reasons if f.verdict is decision.verdict)
            ),
        )

    async def received_by_minute(self, practice_id: str, period: Period) -> dict[datetime, int]:
        rows = await self._all(_RECEIVED, practice_id=practice_id, **_bounds(period))
        return {_minute(minute): int(count) for minute, count in rows}

    async def opt_outs_by_minute(self, practice_id: str, period: Period) -> dict[datetime, int]:
        rows = await self._all(
            self._dialect.reading(_OPT_OUTS), practice_id=practice_id, **_bounds(period)
        )
        return {_minute(minute): int(count) for minute, count in rows}

    async def answers(self, practice_id: str, period: Period, purpose: str) -> list[Answered]:
        rows = await self._all(
            _ANSWERS, practice_id=practice_id, purpose=purpose, **_bounds(period)
        )
        read = [(self._inbound(row[:5]), row[5]) for row in rows]
        return [
            Answered(
                received_at=inbound.received_at, answered_at=instant(left_at) if left_at else None
            )
            for inbound, left_at in read
            if inbound.needs_person
        ]

    async def count_uncertain(self, practice_id: str) -> int:
        row = await self._one(_UNCERTAIN, practice_id=practice_id)
        return int(row[0]) if row else 0

    async def count_overdue(self, practice_id: str, at: datetime) -> int:
        row = await self._one(_OVERDUE, practice_id=practice_id, at=text(at))
        return int(row[0]) if row else 0
