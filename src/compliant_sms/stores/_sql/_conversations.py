"""Threads with patients, and what was done with them, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from attrs import evolve

from compliant_sms import records
from compliant_sms.conversations import Entry, Thread, ThreadState
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import ListedThreads
from compliant_sms.retention import Purged
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._many import none_of
from compliant_sms.stores._sql._subjects import with_proofs
from compliant_sms.stores._sql._waits import OPEN, WaitRecords

_IN_THREAD: LiteralString = " FROM sms_waits w WHERE w.thread_id = t.thread_id AND" + OPEN
# A text in danger is due at once, whatever waits before it.
_THREAD: LiteralString = (
    """SELECT t.thread_id, t.record, t.chain_id,
    (SELECT data_key FROM sms_chains c WHERE c.chain_id = t.chain_id),
    (SELECT min(w.at)"""  # noqa: S608
    + _IN_THREAD
    + "), o.due_at FROM sms_threads t LEFT JOIN sms_waits o ON o.seq = (SELECT w.seq"
    + _IN_THREAD
    + "ORDER BY w.due_at, w.seq LIMIT 1) WHERE t.practice_id = :practice_id AND t.joined_to = '' "
)
_IN_STATE: dict[ThreadState | None, LiteralString] = {
    None: "",
    ThreadState.WAITING: "AND o.seq IS NOT NULL ",
    ThreadState.ANSWERED: "AND o.seq IS NULL AND t.closed_at IS NULL ",
    ThreadState.CLOSED: "AND o.seq IS NULL AND t.closed_at IS NOT NULL ",
}
# Whoever waits longest is first among equals: all that comes in at night is due at one time. The
# fifth column says since when.
_ORDER: LiteralString = """ORDER BY o.due_at IS NULL, o.due_at, 5,
    CASE WHEN o.seq IS NULL THEN t.last_at END DESC, t.thread_id LIMIT :limit"""
_FIX: LiteralString = """SELECT thread_id FROM sms_threads
    WHERE practice_id = :practice_id AND joined_to = '' """
_CHANGED: LiteralString = """UPDATE sms_threads SET chain_id = :chain_id, number = :number,
    person = :person, queue = :queue, assignee = :assignee, last_at = :last_at,
    closed_at = :closed_at, joined_to = :joined_to, record = :record
    WHERE thread_id = :thread_id AND practice_id = :practice_id"""
_NOTED: LiteralString = """SELECT record FROM sms_thread_entries
    WHERE seq = :seq AND practice_id = :practice_id AND purged IS NULL"""


def _about(thread_id: str) -> str:
    return f"sms_threads.record/{thread_id}"


def _new_chain(thread: Thread) -> str:
    """An id for the chain of whom it is with, where there is none: a thread is joined but once."""
    return f"{'person' if thread.person else 'number'}/{thread.thread_id}"


def _written(entry_id: str) -> str:
    return f"sms_thread_entries.record/{entry_id}"


class ThreadRecords(WaitRecords):
    """Threads, the texts in them, and what was done with them."""

    async def add_thread(self, thread: Thread) -> bool:
        return bool(
            await self._do(
                """INSERT INTO sms_threads (thread_id, practice_id, chain_id, number, person,
                    queue, assignee, last_at, closed_at, joined_to, record)
                VALUES (:thread_id, :practice_id, :chain_id, :number, :person, :queue, :assignee,
                    :last_at, :closed_at, :joined_to, :record) ON CONFLICT DO NOTHING""",
                **await self._thread_columns(thread),
            )
        )

    async def save_thread(self, thread: Thread) -> None:
        columns = await self._thread_columns(thread)
        sealed = await self._one(
            """SELECT chain_id FROM sms_threads
            WHERE thread_id = :thread_id AND practice_id = :practice_id""",
            practice_id=thread.practice_id,
            thread_id=thread.thread_id,
        )
        moves = sealed is not None and sealed[0] != columns["chain_id"]
        before = await self.entries(thread.practice_id, thread.thread_id) if moves else []
        await self._do(_CHANGED, **columns)
        await self._seal_entries(before, thread)

    async def _thread_columns(self, thread: Thread) -> dict[str, object]:
        practice_id, number, person = thread.practice_id, thread.number, thread.person
        if number is not None and not self._is_locked(practice_id, number):
            # Its person must not be erased in the meantime.
            await self._keep_key(practice_id, number, person)
        owner = await self._subject(practice_id, number, person, _new_chain(thread))
        record = records.encode(thread.alone)
        return {
            "thread_id": thread.thread_id,
            "practice_id": practice_id,
            "chain_id": owner.chain_id,
            "number": await self._number(practice_id, number),
            "person": await self._person(practice_id, person),
            "queue": thread.queue,
            "assignee": thread.assignee,
            "last_at": text(thread.last_at),
            "closed_at": text(thread.closed_at) if thread.closed_at else None,
            "joined_to": thread.joined_to,
            "record": owner.seal(record, _about(thread.thread_id)),
        }

    async def _seal_entries(self, entries: list[Entry], thread: Thread) -> None:
        """Have what was done with a thread open with the keys of whom it is with now."""
        owner = await self._subject(
            thread.practice_id, thread.number, thread.person, _new_chain(thread)
        )
        for entry in entries:
            moved = evolve(entry, thread_id=thread.thread_id)
            await self._do(
                """UPDATE sms_thread_entries SET thread_id = :thread_id, record = :record
                WHERE entry_id = :entry_id AND practice_id = :practice_id""",
                practice_id=thread.practice_id,
                thread_id=thread.thread_id,
                entry_id=entry.entry_id,
                record=owner.seal(records.encode(moved), _written(entry.entry_id)),
            )

    async def thread(
        self, practice_id: str, thread_id: str, *, fixed: bool = False
    ) -> Thread | None:
        if fixed:
            await self._one(
                _FIX + "AND thread_id = :thread_id" + self._dialect.for_update,
                practice_id=practice_id,
                thread_id=thread_id,
            )
        row = await self._one(
            _THREAD + "AND t.thread_id = :thread_id", practice_id=practice_id, thread_id=thread_id
        )
        return self._thread(row) if row else None

    async def thread_of(
        self, practice_id: str, number: PhoneNumber | None, person: str | None
    ) -> Thread | None:
        found = await self._one(
            _FIX + "AND number = :number AND person = :person" + self._dialect.for_update,
            practice_id=practice_id,
            number=await self._number(practice_id, number),
            person=await self._person(practice_id, person),
        )
        return await self.thread(practice_id, found[0]) if found else None

    async def threads_at(self, practice_id: str, number: PhoneNumber) -> list[Thread]:
        rows = await self._all(
            _THREAD + "AND t.number = :number ORDER BY t.thread_id",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return [self._thread(row) for row in rows]

    async def threads(self, listed: ListedThreads) -> list[Thread]:
        outside, others = none_of("t.queue", listed.outside)
        rows = await self._all(
            _THREAD
            + ("AND t.queue = :queue " if listed.queue else "")
            + outside
            + _IN_STATE[listed.state]
            + ("AND o.due_at <= :due_by " if listed.due_by else "")
            + _ORDER,
            practice_id=listed.practice_id,
            queue=listed.queue,
            due_by=text(listed.due_by) if listed.due_by else None,
            limit=listed.limit,
            **others,
        )
        return [self._thread(row) for row in rows]

    def _thread(self, row: Row) -> Thread:
        thread_id, record, chain_id, data_key, since, due_at = row
        opened = self._vault.subject(chain_id, data_key).open(bytes(record), _about(thread_id))
        return evolve(
            records.decode(opened, Thread),
            waits_since=instant(since) if since else None,
            due_at=instant(due_at) if due_at else None,
        )

    async def move_thread(self, thread: Thread, into: Thread) -> None:
        entries = await self.entries(thread.practice_id, thread.thread_id)
        moved: dict[str, object] = {
            "practice_id": thread.practice_id,
            "thread_id": thread.thread_id,
            "into": into.thread_id,
        }
        await self._do(
            """UPDATE sms_waits SET thread_id = :into
            WHERE thread_id = :thread_id AND practice_id = :practice_id""",
            **moved,
        )
        # Whoever hears of it only now must find it.
        await self._do(
            """UPDATE sms_inbox_events SET thread_id = :into
            WHERE thread_id = :thread_id AND practice_id = :practice_id""",
            **moved,
        )
        await self._seal_entries(entries, into)
        await self.save_thread(evolve(thread, joined_to=into.thread_id))

    # The texts in it

    async def thread_with(self, practice_id: str, inbound_id: str) -> Thread | None:
        found = await self._one(
            """SELECT thread_id FROM sms_waits
            WHERE practice_id = :practice_id AND inbound_id = :inbound_id""",
            practice_id=practice_id,
            inbound_id=inbound_id,
        )
        return await self.thread(practice_id, found[0], fixed=True) if found else None

    # What was done with it

    async def add_entry(self, practice_id: str, entry: Entry) -> None:
        row = await self._one(
            """SELECT t.chain_id, c.data_key FROM sms_threads t
            JOIN sms_chains c ON c.chain_id = t.chain_id
            WHERE t.thread_id = :thread_id AND t.practice_id = :practice_id""",
            practice_id=practice_id,
            thread_id=entry.thread_id,
        )
        assert row is not None, "each entry is of a thread that is there"  # noqa: S101
        owner = self._vault.subject(*row)
        await self._do(
            """INSERT INTO sms_thread_entries (entry_id, practice_id, thread_id, at, record)
            VALUES (:entry_id, :practice_id, :thread_id, :at, :record)""",
            entry_id=entry.entry_id,
            practice_id=practice_id,
            thread_id=entry.thread_id,
            at=text(entry.at),
            record=owner.seal(records.encode(entry), _written(entry.entry_id)),
        )

    async def entries(self, practice_id: str, thread_id: str) -> list[Entry]:
        rows = await self._all(
            """SELECT e.entry_id, e.record, t.chain_id, c.data_key FROM sms_thread_entries e
            JOIN sms_threads t ON t.thread_id = e.thread_id
            JOIN sms_chains c ON c.chain_id = t.chain_id
            WHERE e.thread_id = :thread_id AND e.practice_id = :practice_id
            AND e.purged IS NULL ORDER BY e.seq""",
            practice_id=practice_id,
            thread_id=thread_id,
        )
        return [
            records.decode(
                self._vault.subject(chain_id, data_key).open(bytes(record), _written(entry_id)),
                Entry,
            )
            for entry_id, record, chain_id, data_key in rows
        ]

    async def dropped_entries(
        self, practice_id: str, thread_id: str
    ) -> list[tuple[datetime, Purged]]:
        rows = await self._all(
            """SELECT at, purged FROM sms_thread_entries
            WHERE thread_id = :thread_id AND practice_id = :practice_id
            AND purged IS NOT NULL ORDER BY seq""",
            practice_id=practice_id,
            thread_id=thread_id,
        )
        return [(instant(at), records.decode(bytes(kept), Purged)) for at, kept in rows]

    # What is dropped

    async def _drop_entry(self, practice_id: str, key: str, purged: Purged) -> bool:
        row = await self._one(
            _NOTED + self._dialect.for_update, practice_id=practice_id, seq=int(key)
        )
        if row is None:
            return False
        await self._forget_entry(int(key), purged, row[0])
        return True

    async def _forget_entry(self, seq: int, purged: Purged, record: bytes) -> None:
        await self._do(
            "UPDATE sms_thread_entries SET record = :record, purged = :purged WHERE seq = :seq",
            seq=seq,
            record=b"{}",
            purged=with_proofs(purged, record=record),
        )

    async def _erase_threads(self, chain_id: str, purged: Purged) -> None:
        rows = await self._all(
            """SELECT e.seq, e.record FROM sms_thread_entries e JOIN sms_threads t
            ON t.thread_id = e.thread_id WHERE t.chain_id = :chain_id AND e.purged IS NULL""",
            chain_id=chain_id,
        )
        for seq, record in rows:
            await self._forget_entry(seq, purged, record)
        await self._do(
            """UPDATE sms_waits SET settled = 'erased', settled_at = :at WHERE settled = ''
            AND thread_id IN (SELECT thread_id FROM sms_threads WHERE chain_id = :chain_id)""",
            chain_id=chain_id,
            at=text(purged.at),
        )
        await self._do(
            """UPDATE sms_threads SET number = '', person = '', joined_to = 'erased',
                record = :record WHERE chain_id = :chain_id""",
            chain_id=chain_id,
            record=b"{}",
        )
