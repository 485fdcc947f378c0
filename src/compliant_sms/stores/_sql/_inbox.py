"""What a practice has to see to, as SQL: escalations, events, what must not be lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.conversations import InboxEvent, InboxEventKind, OpenItem, OpenKind, Wait
from compliant_sms.messages import Inbound
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._conversations import ThreadRecords
from compliant_sms.stores._sql._inbound import InboundRecords
from compliant_sms.stores._sql._many import AT_ONCE, each, listed
from compliant_sms.stores._sql._waits import OPEN, WAIT, wait_of
from compliant_sms.volume import NO_PLACE

_NEXT_STEP: LiteralString = (
    "CASE w.raised WHEN 0 THEN w.warn_at WHEN 1 THEN w.due_at ELSE w.point_at END"
)
_TO_RAISE: LiteralString = (
    WAIT  # noqa: S608
    + "WHERE w.practice_id = :practice_id AND w.raised < 3 AND "
    + _NEXT_STEP
    + " <= :at AND"
    + OPEN
    + "AND w.seq = (SELECT o.seq FROM sms_waits o WHERE o.thread_id = w.thread_id AND"
    + OPEN.replace("w.", "o.")
    # What the point person is to have now, such as danger, waits behind nothing that is late.
    + "ORDER BY o.point_at > :at, o.due_at, o.seq LIMIT 1) ORDER BY w.due_at, w.seq LIMIT :limit"
)
_FAILED: LiteralString = """SELECT DISTINCT w.thread_id, m.message_id,
    (SELECT max(s.at) FROM sms_steps s WHERE s.message_id = m.message_id)
    FROM sms_answers a JOIN sms_waits w ON w.wait_id = a.wait_id
    JOIN sms_messages m ON m.message_id = a.message_id
    WHERE w.practice_id = :practice_id AND w.settled = ''
    AND m.state IN ('failed', 'undelivered', 'blocked', 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM sms_inbox_events e WHERE e.practice_id = :practice_id
        AND e.kind = 'reply_failed' AND e.reference = m.message_id)
    ORDER BY m.message_id LIMIT :limit"""
_ANSWERED: LiteralString = """FROM sms_answers a JOIN sms_messages m ON m.message_id = a.message_id
    WHERE a.wait_id = sms_waits.wait_id"""
_WITHOUT: LiteralString = """SELECT inbound_id, record, purged, i.chain_id, data_key
    FROM sms_inbound i JOIN sms_chains c ON c.chain_id = i.chain_id
    WHERE i.practice_id = :practice_id AND i.filed = 0 AND i.purged IS NULL
    ORDER BY i.seq LIMIT :limit"""
_THESE: LiteralString = (
    """SELECT inbound_id, record, purged, i.chain_id, data_key
    FROM sms_inbound i JOIN sms_chains c ON c.chain_id = i.chain_id
    WHERE i.practice_id = :practice_id AND i.record <> :erased AND inbound_id IN ("""  # noqa: S608
    + each(":id_#")
    + ") ORDER BY seq"
)
_NO_PLACE = records.encode(NO_PLACE)
# Each branch: why, since when, what, thread, queue, assignee. A text waits since it was asked for,
# also one that is tried each hour; a reminder may have been asked for days ahead, and waits since
# it was first held or tried. A reminder that did not arrive needs somebody until its visit is past,
# also one that was moved: what may still come is looked at again. So does one that had no place on
# the plan for volume, which is found from the visits that something may still come of.
_OPEN_ITEMS: LiteralString = (
    """SELECT CASE WHEN t.person = '' THEN 'unmatched' ELSE 'unanswered' END, w.at,
        coalesce(w.inbound_id, w.wait_id), t.thread_id, t.queue, t.assignee
    FROM sms_waits w JOIN sms_threads t ON t.thread_id = w.thread_id
    WHERE w.practice_id = :practice_id AND"""  # noqa: S608
    + OPEN
    + """UNION ALL SELECT 'undeliverable', coalesce(
            (SELECT max(s.at) FROM sms_steps s WHERE s.message_id = m.message_id), m.created_at),
        m.message_id, '', '', ''
    FROM sms_messages m WHERE m.practice_id = :practice_id
    AND m.state IN ('failed', 'undelivered', 'blocked') AND m.purged IS NULL
    AND m.purpose <> 'opt_out_confirmation'
    AND (m.state <> 'blocked' OR m.purpose NOT IN ('automatic_reply', 'help_reply',
            'opt_in_confirmation') AND EXISTS (SELECT 1 FROM sms_steps s
            WHERE s.message_id = m.message_id AND s.state IN ('due', 'held', 'claimed')))
    AND NOT EXISTS (SELECT 1 FROM sms_answers a JOIN sms_waits w ON w.wait_id = a.wait_id
        WHERE a.message_id = m.message_id AND w.settled <> 'answered')
    AND NOT EXISTS (SELECT 1 FROM sms_dismissed d WHERE d.practice_id = m.practice_id
        AND d.kind = 'undeliverable' AND d.reference = m.message_id)
    AND (NOT EXISTS (SELECT 1 FROM sms_reminders r WHERE r.message_id = m.message_id)
        OR EXISTS (SELECT 1 FROM sms_reminders r WHERE r.message_id = m.message_id
            AND (r.until_at > :at OR r.code LIKE 'recall-%' OR EXISTS (
                SELECT 1 FROM sms_appointments a WHERE a.practice_id = r.practice_id
                AND a.appointment_id = r.appointment_id AND a.occurrence = r.occurrence
                AND a.look_at IS NOT NULL AND a.status IN ('booked', 'confirmed')))))
    UNION ALL SELECT 'uncertain', m.claimed_until, m.message_id, '', '', ''
    FROM sms_messages m WHERE m.practice_id = :practice_id
    AND m.state IN ('claimed', 'uncertain')
    AND (m.state = 'uncertain' OR m.state = 'claimed' AND m.claimed_until <= :at)
    UNION ALL SELECT 'held_too_long', since, message_id, '', '', '' FROM (
        SELECT m.message_id, CASE WHEN NOT EXISTS (SELECT 1 FROM sms_reminders r
            WHERE r.message_id = m.message_id) THEN m.created_at
            ELSE coalesce((SELECT min(s.at) FROM sms_steps s WHERE s.message_id = m.message_id
                AND s.state IN ('held', 'claimed')), m.not_before) END AS since
        FROM sms_messages m WHERE m.practice_id = :practice_id AND m.urgency IN (0, 1, 2)
        AND m.state IN ('due', 'held') AND m.created_at <= :held_since
        AND (m.state = 'held' OR m.attempts > 0 OR m.not_before <= :held_since)) waiting
    WHERE since <= :held_since
    UNION ALL SELECT DISTINCT 'no_place', coalesce(
            (SELECT max(s.at) FROM sms_steps s WHERE s.message_id = m.message_id), m.created_at),
        m.message_id, '', '', ''
    FROM sms_appointments a JOIN sms_reminders r ON r.practice_id = a.practice_id
        AND r.appointment_id = a.appointment_id AND r.occurrence = a.occurrence
    JOIN sms_messages m ON m.message_id = r.message_id
    WHERE a.practice_id = :practice_id AND a.look_at IS NOT NULL
    AND (r.until_at > :at OR r.code LIKE 'recall-%' OR a.status IN ('booked', 'confirmed'))
    AND m.state = 'cancelled' AND m.problem = :no_place AND m.purged IS NULL
    AND NOT EXISTS (SELECT 1 FROM sms_dismissed d WHERE d.practice_id = m.practice_id
        AND d.kind = 'no_place' AND d.reference = m.message_id)
    ORDER BY 2, 3 LIMIT :limit"""
)


class InboxRecords(InboundRecords, ThreadRecords):
    """What a practice has to see to."""

    async def settle_answered(self, practice_id: str, at: datetime, sent_by: datetime) -> int:
        return await self._do(
            "UPDATE sms_waits SET settled = 'answered', settled_at = :at "  # noqa: S608
            "WHERE practice_id = :practice_id AND settled = '' AND EXISTS (SELECT 1 "
            + _ANSWERED
            + " AND (m.state = 'delivered' OR m.state = 'sent' AND m.left_at <= :sent_by))",
            practice_id=practice_id,
            at=text(at),
            sent_by=text(sent_by),
        )

    async def waits_to_raise(self, practice_id: str, at: datetime, limit: int) -> list[Wait]:
        rows = await self._all(_TO_RAISE, practice_id=practice_id, at=text(at), limit=limit)
        return [wait_of(row) for row in rows]

    async def failed_answers(self, practice_id: str, limit: int) -> list[tuple[str, str, datetime]]:
        rows = await self._all(_FAILED, practice_id=practice_id, limit=limit)
        return [(thread_id, message_id, instant(at)) for thread_id, message_id, at in rows]

    async def waits_between(self, practice_id: str, since: datetime, until: datetime) -> list[Wait]:
        rows = await self._all(
            WAIT
            + """WHERE w.practice_id = :practice_id AND w.asks = 1 AND w.at <= :until
            AND (w.at >= :since OR w.settled = '' OR w.settled_at >= :since) ORDER BY seq""",
            practice_id=practice_id,
            since=text(since),
            until=text(until),
        )
        return [wait_of(row) for row in rows]

    async def without_thread(self, practice_id: str, limit: int) -> list[Inbound]:
        rows = await self._all(_WITHOUT, practice_id=practice_id, limit=limit)
        return [self._inbound(row) for row in rows]

    async def inbound(self, practice_id: str, inbound_ids: Sequence[str]) -> list[Inbound]:
        found: list[Row] = []
        for start in range(0, len(inbound_ids), AT_ONCE):
            some = inbound_ids[start : start + AT_ONCE]
            found += await self._all(
                _THESE, practice_id=practice_id, erased=b"{}", **listed("id", some)
            )
        return [self._inbound(row) for row in found]

    # Events

    async def add_inbox_event(self, practice_id: str, event: InboxEvent) -> bool:
        return bool(
            await self._do(
                """INSERT INTO sms_inbox_events (event_id, practice_id, kind, at, thread_id, queue,
                    told, reference)
                VALUES (:event_id, :practice_id, :kind, :at, :thread_id, :queue, :told, :reference)
                ON CONFLICT DO NOTHING""",
                event_id=event.event_id,
                practice_id=practice_id,
                kind=event.kind,
                at=text(event.at),
                thread_id=event.thread_id,
                queue=event.queue,
                told=event.to,
                reference=event.reference,
            )
        )

    async def inbox_events(self, practice_id: str, limit: int) -> list[InboxEvent]:
        rows = await self._all(
            """SELECT event_id, kind, at, thread_id, queue, told, reference FROM sms_inbox_events
            WHERE practice_id = :practice_id AND acknowledged_at IS NULL
            ORDER BY seq LIMIT :limit""",
            practice_id=practice_id,
            limit=limit,
        )
        return [
            InboxEvent(
                event_id=event_id,
                kind=InboxEventKind(kind),
                at=instant(at),
                thread_id=thread_id,
                queue=queue,
                to=told,
                reference=reference,
            )
            for event_id, kind, at, thread_id, queue, told, reference in rows
        ]

    async def acknowledge_inbox_events(
        self, practice_id: str, event_ids: Sequence[str], at: datetime
    ) -> int:
        known = 0
        for event_id in event_ids:
            known += await self._do(
                """UPDATE sms_inbox_events SET acknowledged_at = :at
                WHERE practice_id = :practice_id AND event_id = :event_id
                AND acknowledged_at IS NULL""",
                practice_id=practice_id,
                event_id=event_id,
                at=text(at),
            )
        return known

    # What must not be lost

    async def open_items(
        self, practice_id: str, at: datetime, held_since: datetime, limit: int
    ) -> list[OpenItem]:
        rows = await self._all(
            _OPEN_ITEMS,
            practice_id=practice_id,
            at=text(at),
            held_since=text(held_since),
            no_place=_NO_PLACE,
            limit=limit,
        )
        return [
            OpenItem(
                kind=OpenKind(kind),
                since=instant(since),
                reference=reference,
                thread_id=thread_id,
                queue=queue,
                assignee=assignee,
            )
            for kind, since, reference, thread_id, queue, assignee in rows
        ]

    async def dismiss(self, practice_id: str, item: OpenItem, at: datetime) -> bool:
        return bool(
            await self._do(
                """INSERT INTO sms_dismissed (practice_id, kind, reference, at)
                VALUES (:practice_id, :kind, :reference, :at) ON CONFLICT DO NOTHING""",
                practice_id=practice_id,
                kind=item.kind,
                reference=item.reference,
                at=text(at),
            )
        )
