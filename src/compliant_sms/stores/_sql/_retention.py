"""Dropping content and keeping its proof, and legal holds, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import LiteralString

from attrs import evolve, frozen

from compliant_sms import records
from compliant_sms.lifecycle import IN_FLIGHT, State
from compliant_sms.messages import Departure, Draft, Inbound
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Aged
from compliant_sms.retention import LegalHold, Purged, RecordClass, instead_of
from compliant_sms.stores._connection import instant, text
from compliant_sms.stores._sql._appointments import AppointmentRecords
from compliant_sms.stores._sql._conversations import ThreadRecords
from compliant_sms.stores._sql._media import MediaRecords, came
from compliant_sms.stores._sql._pages import EXPIRED, SecurePageRecords
from compliant_sms.stores._sql._subjects import with_proofs
from compliant_sms.stores._sql._texts import drafted, left
from compliant_sms.stores._sql._unconfirmed import UnconfirmedRecords
from compliant_sms.stores._vault import Subject

# Key, number, person, since when, state, whether dropped.
_TEXTS: LiteralString = """SELECT message_id, number, person,
    (SELECT max(at) FROM sms_steps s WHERE s.message_id = m.message_id), state, purged IS NOT NULL
    FROM sms_messages m WHERE practice_id = :practice_id AND message_id > :after
    ORDER BY message_id LIMIT :limit"""
_INBOUND: LiteralString = """SELECT inbound_id, number, '', received_at, '', purged IS NOT NULL
    FROM sms_inbound WHERE practice_id = :practice_id AND inbound_id > :after
    ORDER BY inbound_id LIMIT :limit"""
_DECISIONS: LiteralString = """SELECT d.seq, m.number, m.person,
    (SELECT max(at) FROM sms_steps s WHERE s.message_id = m.message_id), m.state,
    d.purged IS NOT NULL FROM sms_decisions d JOIN sms_messages m USING (message_id)
    WHERE m.practice_id = :practice_id AND d.seq > :after ORDER BY d.seq LIMIT :limit"""
_APPOINTMENTS: LiteralString = """SELECT seq, number, person, changed_at,
    CASE WHEN look_at IS NULL THEN '' ELSE 'due' END, purged IS NOT NULL
    FROM sms_appointments WHERE practice_id = :practice_id AND seq > :after
    ORDER BY seq LIMIT :limit"""
_ENTRIES: LiteralString = """SELECT e.seq, t.number, t.person, e.at, '', e.purged IS NOT NULL
    FROM sms_thread_entries e JOIN sms_threads t ON t.thread_id = e.thread_id
    WHERE e.practice_id = :practice_id AND e.seq > :after ORDER BY e.seq LIMIT :limit"""
_TEXT: LiteralString = """SELECT draft, departure, state, chain_id FROM sms_messages
    WHERE message_id = :key AND practice_id = :practice_id AND purged IS NULL"""
_CAME: LiteralString = """SELECT record, chain_id FROM sms_inbound
    WHERE inbound_id = :key AND practice_id = :practice_id AND purged IS NULL"""
_DECIDED: LiteralString = """SELECT record FROM sms_decisions d
    WHERE seq = :key AND purged IS NULL AND EXISTS (SELECT 1 FROM sms_messages m
        WHERE m.message_id = d.message_id AND m.practice_id = :practice_id)"""
_OPEN = IN_FLIGHT | {State.DUE, State.HELD}


@frozen
class _Paging:
    query: LiteralString
    key: Callable[[str], object] = str


@frozen(kw_only=True)
class _Held:
    """Numbers and persons under a hold, in the form of the columns."""

    numbers: frozenset[str]
    persons: frozenset[str]

    def has(self, number: str, person: str) -> bool:
        return number in self.numbers or person in self.persons


_PAGES = {
    RecordClass.TEXT_BODY: _Paging(_TEXTS),
    RecordClass.INBOUND_BODY: _Paging(_INBOUND),
    RecordClass.DECISION: _Paging(_DECISIONS, lambda after: int(after or 0)),
    RecordClass.APPOINTMENT: _Paging(_APPOINTMENTS, lambda after: int(after or 0)),
    RecordClass.CONVERSATION: _Paging(_ENTRIES, lambda after: int(after or 0)),
}
_COUNTS: dict[RecordClass, LiteralString] = {
    RecordClass.CONSENT_EVENT: """SELECT count(*) FROM sms_consent_events
        JOIN sms_chains USING (chain_id) WHERE practice_id = :practice_id""",
    RecordClass.AUDIT_EVENT: "SELECT count(*) FROM sms_audit WHERE practice_id = :practice_id",
}


class RetentionRecords(
    MediaRecords, UnconfirmedRecords, SecurePageRecords, AppointmentRecords, ThreadRecords
):
    """Records by their age, and legal holds."""

    async def fix_holds(self, practice_id: str) -> None:
        await self._hold(f"retention/{practice_id}")

    async def place_hold(self, hold: LegalHold) -> None:
        await self._begin(hold.practice_id)  # it may be the practice's first record
        await self._do(
            """INSERT INTO sms_holds (hold_id, practice_id, person, number, placed_at, record)
            VALUES (:hold_id, :practice_id, :person, :number, :placed_at, :record)""",
            hold_id=hold.hold_id,
            practice_id=hold.practice_id,
            person=await self._person(hold.practice_id, hold.person),
            number=await self._number(hold.practice_id, hold.number),
            placed_at=text(hold.placed_at),
            record=await self._seal(hold.practice_id, records.encode(hold), _placed(hold.hold_id)),
        )

    async def lift_hold(self, practice_id: str, hold_id: str, at: datetime) -> bool:
        return bool(
            await self._do(
                """UPDATE sms_holds SET lifted_at = :at
                WHERE practice_id = :practice_id AND hold_id = :hold_id AND lifted_at IS NULL""",
                practice_id=practice_id,
                hold_id=hold_id,
                at=text(at),
            )
        )

    async def holds(self, practice_id: str) -> list[LegalHold]:
        rows = await self._all(
            """SELECT hold_id, record FROM sms_holds WHERE practice_id = :practice_id
            AND lifted_at IS NULL ORDER BY placed_at, hold_id""",
            practice_id=practice_id,
        )
        return [
            records.decode(
                await self._open(practice_id, bytes(record), _placed(hold_id)), LegalHold
            )
            for hold_id, record in rows
        ]

    async def is_held(
        self, practice_id: str, *, number: PhoneNumber | None = None, person: str | None = None
    ) -> bool:
        held = await self._held(practice_id)
        filed = await self._person(practice_id, person)
        if filed and held.numbers:
            at = await self._all(
                """SELECT number FROM sms_chains
                WHERE practice_id = :practice_id AND person = :person""",
                practice_id=practice_id,
                person=filed,
            )
            if not held.numbers.isdisjoint(theirs for (theirs,) in at):
                return True
        return held.has(await self._number(practice_id, number), filed)

    async def _held(self, practice_id: str) -> _Held:
        # A person's hold reaches all numbers at which they have events or texts.
        numbers = await self._all(
            """SELECT number FROM sms_holds
            WHERE practice_id = :practice_id AND lifted_at IS NULL AND number <> ''
            UNION SELECT c.number FROM sms_chains c JOIN sms_holds h
            ON h.practice_id = c.practice_id AND h.person = c.person
            WHERE c.practice_id = :practice_id AND h.lifted_at IS NULL AND h.person <> ''""",
            practice_id=practice_id,
        )
        persons = await self._all(
            """SELECT person FROM sms_holds
            WHERE practice_id = :practice_id AND lifted_at IS NULL AND person <> ''""",
            practice_id=practice_id,
        )
        return _Held(
            numbers=frozenset(number for (number,) in numbers),
            persons=frozenset(person for (person,) in persons),
        )

    async def aged(
        self, record: RecordClass, practice_id: str, after: str, limit: int
    ) -> list[Aged]:
        page, held = _PAGES[record], await self._held(practice_id)
        rows = await self._all(
            page.query, practice_id=practice_id, after=page.key(after), limit=limit
        )
        return [
            Aged(
                key=str(key),
                since=instant(since),
                finished=state not in _OPEN,
                held=held.has(number, person),
                purged=bool(purged),
            )
            for key, number, person, since, state, purged in rows
        ]

    async def drop_content(
        self, record: RecordClass, practice_id: str, key: str, *, purged: Purged
    ) -> bool:
        if self._dialect.scrub:
            await self._db.fetch(self._dialect.scrub, {})
        drop = {
            RecordClass.TEXT_BODY: self._drop_text,
            RecordClass.INBOUND_BODY: self._drop_inbound,
            RecordClass.DECISION: self._drop_decision,
            RecordClass.APPOINTMENT: self._drop_appointment,
            RecordClass.CONVERSATION: self._drop_entry,
        }
        return await drop[record](practice_id, key, purged)

    async def _drop_text(self, practice_id: str, key: str, purged: Purged) -> bool:
        row = await self._one(_TEXT + self._dialect.for_update, practice_id=practice_id, key=key)
        if row is None or row[2] in _OPEN:
            return False
        owner = await self._owner_of(row[3])
        draft = records.decode(owner.open(bytes(row[0]), drafted(key)), Draft)
        rest = evolve(draft, body=instead_of(draft.body), media=())
        await self._do(
            """UPDATE sms_messages SET draft = :draft, departure = :departure, purged = :purged
            WHERE message_id = :key""",
            key=key,
            draft=owner.seal(records.encode(rest), drafted(key)),
            departure=_departed(row[1], owner, key) if row[1] else None,
            purged=with_proofs(
                purged, draft=row[0], departure=row[1], **await self._drop_page(key)
            ),
        )
        return True

    async def _drop_inbound(self, practice_id: str, key: str, purged: Purged) -> bool:
        row = await self._one(_CAME + self._dialect.for_update, practice_id=practice_id, key=key)
        if row is None:
            return False
        owner = await self._owner_of(row[1])
        inbound = records.decode(owner.open(bytes(row[0]), came(key)), Inbound)
        rest = evolve(inbound, body=instead_of(inbound.body), media=())
        await self.close_unconfirmed(practice_id, key)
        await self._do(
            "UPDATE sms_inbound SET record = :record, purged = :purged WHERE inbound_id = :key",
            key=key,
            record=owner.seal(records.encode(rest), came(key)),
            purged=with_proofs(purged, record=row[0], **await self._drop_media(key)),
        )
        return True

    async def _drop_decision(self, practice_id: str, key: str, purged: Purged) -> bool:
        row = await self._one(
            _DECIDED + self._dialect.for_update,
            practice_id=practice_id,
            key=int(key),
        )
        if row is None:
            return False
        await self._do(
            "UPDATE sms_decisions SET record = :record, purged = :purged WHERE seq = :key",
            key=int(key),
            record=b"{}",
            purged=with_proofs(purged, record=row[0]),
        )
        return True

    async def drop_expired_pages(
        self, practice_id: str, at: datetime, after: str, limit: int
    ) -> tuple[int, str]:
        if self._dialect.scrub:
            await self._db.fetch(self._dialect.scrub, {})
        held = await self._held(practice_id)
        rows = await self._all(
            EXPIRED, practice_id=practice_id, at=text(at), after=after, limit=limit
        )
        free = [row[0] for row in rows if not held.has(row[1], row[2])]
        for message_id in free:
            await self._drop_page(message_id)
        return len(free), rows[-1][0] if len(rows) == limit else ""

    async def purged_decisions(self, practice_id: str, message_id: str) -> list[Purged]:
        rows = await self._all(
            """SELECT d.purged FROM sms_decisions d JOIN sms_messages m USING (message_id)
            WHERE message_id = :message_id AND practice_id = :practice_id
            AND d.purged IS NOT NULL ORDER BY d.seq""",
            practice_id=practice_id,
            message_id=message_id,
        )
        return [records.decode(purged, Purged) for (purged,) in rows]

    async def count(self, record: RecordClass, practice_id: str) -> int:
        row = await self._one(_COUNTS[record], practice_id=practice_id)
        return int(row[0]) if row else 0


def _placed(hold_id: str) -> str:
    return f"sms_holds.record/{hold_id}"


def _departed(record: bytes, owner: Subject, message_id: str) -> bytes:
    departure = records.decode(owner.open(bytes(record), left(message_id)), Departure)
    rest = evolve(departure, body=instead_of(departure.body), media=())
    return owner.seal(records.encode(rest), left(message_id))
