"""What waits in threads with patients, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from compliant_sms.conversations import Wait
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._subjects import SubjectRecords

# An answer counts from the moment on at which it left, and no more once it is known that it failed.
_REACHED: LiteralString = """FROM sms_answers a JOIN sms_messages m ON m.message_id = a.message_id
    WHERE a.wait_id = w.wait_id AND m.state IN ('sent', 'delivered')"""
OPEN: LiteralString = " w.settled = '' AND NOT EXISTS (SELECT 1 " + _REACHED + ") "
WAIT: LiteralString = (
    """SELECT wait_id, thread_id, queue, inbound_id, at, asks, warn_at, due_at, point_at, raised,
    settled, settled_at, (SELECT min(m.left_at) """  # noqa: S608
    + _REACHED
    + ") FROM sms_waits w "
)
# By the thread's own row: SQLite would go through all that waits in the practice.
_OF_THREAD: LiteralString = """ thread_id = (SELECT t.thread_id FROM sms_threads t
    WHERE t.thread_id = :thread_id AND t.practice_id = :practice_id) """


class WaitRecords(SubjectRecords):
    """What waits: patients' texts in their threads, and what answers them."""

    async def add_wait(self, practice_id: str, wait: Wait) -> bool:
        warn_at, due_at, point_at = wait.steps
        added = bool(
            await self._do(
                """INSERT INTO sms_waits (wait_id, practice_id, thread_id, queue, inbound_id, at,
                    asks, warn_at, due_at, point_at, raised, settled, settled_at)
                VALUES (:wait_id, :practice_id, :thread_id, :queue, :inbound_id, :at, :asks,
                    :warn_at, :due_at, :point_at, :raised, :settled, :settled_at)
                ON CONFLICT DO NOTHING""",
                wait_id=wait.wait_id,
                practice_id=practice_id,
                thread_id=wait.thread_id,
                queue=wait.queue,
                inbound_id=wait.inbound_id,
                at=text(wait.at),
                asks=int(wait.asks),
                warn_at=text(warn_at),
                due_at=text(due_at),
                point_at=text(point_at),
                raised=wait.raised,
                settled=wait.settled,
                settled_at=text(wait.settled_at) if wait.settled_at else None,
            )
        )
        if wait.inbound_id is not None:
            await self._do(
                """UPDATE sms_inbound SET filed = 1 WHERE inbound_id = :inbound_id
                AND practice_id = :practice_id AND filed = 0""",
                practice_id=practice_id,
                inbound_id=wait.inbound_id,
            )
        return added

    async def waits(self, practice_id: str, thread_id: str) -> list[Wait]:
        rows = await self._all(
            WAIT + "WHERE w.thread_id = :thread_id AND w.practice_id = :practice_id ORDER BY w.seq",
            practice_id=practice_id,
            thread_id=thread_id,
        )
        return [wait_of(row) for row in rows]

    async def unask(self, practice_id: str, inbound_id: str, at: datetime) -> None:
        await self._do(
            """UPDATE sms_waits SET asks = 0, settled = 'nothing-asked', settled_at = :at
            WHERE practice_id = :practice_id AND inbound_id = :inbound_id AND settled = ''""",
            practice_id=practice_id,
            inbound_id=inbound_id,
            at=text(at),
        )

    async def raise_wait(self, practice_id: str, wait_id: str, raised: int) -> None:
        await self._do(
            """UPDATE sms_waits SET raised = :raised
            WHERE wait_id = :wait_id AND practice_id = :practice_id AND raised < :raised""",
            practice_id=practice_id,
            wait_id=wait_id,
            raised=raised,
        )

    async def requeue_waits(self, practice_id: str, thread_id: str, queue: str) -> None:
        await self._do(
            "UPDATE sms_waits SET queue = :queue WHERE settled = '' AND" + _OF_THREAD,  # noqa: S608
            practice_id=practice_id,
            thread_id=thread_id,
            queue=queue,
        )

    async def answer_waits(self, practice_id: str, thread_id: str, message_id: str) -> None:
        await self._do(
            """INSERT INTO sms_answers (wait_id, message_id)
            SELECT wait_id, :message_id FROM sms_waits WHERE settled = '' AND"""  # noqa: S608
            + _OF_THREAD
            + "ON CONFLICT DO NOTHING",
            practice_id=practice_id,
            thread_id=thread_id,
            message_id=message_id,
        )

    async def answers_in(self, practice_id: str, thread_id: str) -> list[str]:
        rows = await self._all(
            """SELECT m.message_id FROM sms_messages m WHERE m.message_id IN (
                SELECT a.message_id FROM sms_answers a JOIN sms_waits w ON w.wait_id = a.wait_id
                WHERE w.thread_id = :thread_id AND w.practice_id = :practice_id)
            ORDER BY m.created_at, m.message_id""",
            practice_id=practice_id,
            thread_id=thread_id,
        )
        return [message_id for (message_id,) in rows]

    async def close_waits(self, practice_id: str, thread_id: str, at: datetime) -> None:
        await self._do(
            "UPDATE sms_waits AS w SET settled = 'closed', settled_at = :at "  # noqa: S608
            "WHERE" + _OF_THREAD + "AND" + OPEN,
            practice_id=practice_id,
            thread_id=thread_id,
            at=text(at),
        )


def wait_of(row: Row) -> Wait:
    """A text in a thread, from what :data:`WAIT` selects."""
    wait_id, thread_id, queue, inbound_id, at, asks, *rest = row
    warn_at, due_at, point_at, raised, settled, settled_at, answered_at = rest
    return Wait(
        wait_id=wait_id,
        thread_id=thread_id,
        queue=queue,
        inbound_id=inbound_id,
        at=instant(at),
        asks=bool(asks),
        steps=(instant(warn_at), instant(due_at), instant(point_at)),
        raised=raised,
        settled=settled,
        settled_at=instant(settled_at) if settled_at else None,
        answered_at=instant(answered_at) if answered_at else None,
    )
