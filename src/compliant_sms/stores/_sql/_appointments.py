"""Appointments, the texts about them, and what patients answered, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import KeptAppointment, ToldReminder
from compliant_sms.reminders import Answer, Appointment, AppointmentAnswer
from compliant_sms.retention import Purged
from compliant_sms.stores._connection import Connection, Row, instant, text
from compliant_sms.stores._sql._subjects import SubjectRecords, with_proofs
from compliant_sms.stores._vault import Vault
from compliant_sms.volume import UNTIL_RESUMED

_KEPT: LiteralString = """SELECT a.practice_id, appointment_id, occurrence, sequence, revision,
    since, look_at, record, a.chain_id,
    (SELECT data_key FROM sms_chains c WHERE c.chain_id = a.chain_id)
    FROM sms_appointments a WHERE a.practice_id = :practice_id AND purged IS NULL """
_OF_VISIT: LiteralString = """ WHERE practice_id = :practice_id
    AND appointment_id = :appointment_id AND occurrence = :occurrence"""
_CHANGED: LiteralString = """UPDATE sms_appointments SET chain_id = :chain_id, number = :number,
    person = :person, status = :status, sequence = :sequence, revision = :revision, since = :since,
    look_at = :look_at, changed_at = :changed_at, record = :record, purged = NULL"""
_LOOKED_AT: LiteralString = "UPDATE sms_appointments SET look_at = :look_at"
_FINISHED: LiteralString = """SELECT record FROM sms_appointments
    WHERE seq = :seq AND practice_id = :practice_id AND purged IS NULL AND look_at IS NULL"""
_SETTLED: LiteralString = "UPDATE sms_visit_answers SET settled_at = :at"
_TOLD: LiteralString = """SELECT appointment_id, occurrence, code, number, sequence, revision,
    message_id, until_at, void FROM sms_reminders """
_ANSWERS: LiteralString = """SELECT answer_id, appointment_id, occurrence, answer, at, message_id,
    inbound_id, stands, shared, replaces, says_more, (SELECT w.thread_id FROM sms_waits w
        WHERE w.practice_id = a.practice_id AND w.inbound_id = a.inbound_id)
    FROM sms_visit_answers a """


def _visit(practice_id: str, key: tuple[str, str]) -> dict[str, object]:
    return {"practice_id": practice_id, "appointment_id": key[0], "occurrence": key[1]}


def _about(practice_id: str, key: tuple[str, str]) -> str:
    return f"sms_appointments.record/{practice_id}/{key[1]}/{key[0]}"


class AppointmentRecords(SubjectRecords):
    """The diary, as far as patients are reminded of it."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        super().__init__(connection, vault)
        # In one transaction the same visit comes up again and again.
        self._visits: dict[tuple[str, bytes], Appointment] = {}

    async def add_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> bool:
        return bool(
            await self._do(
                """INSERT INTO sms_appointments (practice_id, appointment_id, occurrence, chain_id,
                    number, person, status, sequence, revision, since, look_at, changed_at, record)
                VALUES (:practice_id, :appointment_id, :occurrence, :chain_id, :number, :person,
                    :status, :sequence, :revision, :since, :look_at, :changed_at, :record)
                ON CONFLICT (practice_id, appointment_id, occurrence) DO NOTHING""",
                **await self._visit_columns(kept, at, new_id),
            )
        )

    async def save_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> None:
        await self._do(
            _CHANGED + _OF_VISIT,
            **await self._visit_columns(kept, at, new_id),
        )

    async def _visit_columns(
        self, kept: KeptAppointment, at: datetime, new_id: str
    ) -> dict[str, object]:
        visit, practice_id = kept.appointment, kept.practice_id
        number = visit.numbers[0]
        # The number is not locked: its person must not be erased in the meantime.
        await self._keep_key(practice_id, number, visit.person)
        owner = await self._subject(practice_id, number, visit.person, new_id)
        return {
            **_visit(practice_id, visit.key),
            "chain_id": owner.chain_id,
            "number": await self._number(practice_id, number),
            "person": await self._person(practice_id, visit.person),
            "status": visit.status,
            "sequence": kept.sequence,
            "revision": kept.revision,
            "since": text(kept.since),
            "look_at": text(kept.look_at) if kept.look_at else None,
            "changed_at": text(at),
            "record": owner.seal(records.encode(visit), _about(practice_id, visit.key)),
        }

    async def look_again(
        self, practice_id: str, key: tuple[str, str], look_at: datetime | None
    ) -> None:
        await self._do(
            _LOOKED_AT + _OF_VISIT,
            **_visit(practice_id, key),
            look_at=text(look_at) if look_at else None,
        )

    async def appointment(
        self, practice_id: str, key: tuple[str, str], *, fixed: bool = False
    ) -> KeptAppointment | None:
        row = await self._one(
            _KEPT
            + "AND appointment_id = :appointment_id AND occurrence = :occurrence"
            + (self._dialect.for_update if fixed else ""),
            **_visit(practice_id, key),
        )
        return self._kept_appointment(row) if row else None

    async def appointments_due(
        self, practice_id: str, at: datetime, limit: int, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        rows = await self._all(
            _KEPT
            + "AND look_at <= :at ORDER BY look_at, appointment_id, occurrence LIMIT :limit"
            + (self._dialect.skip_locked if fixed else ""),
            practice_id=practice_id,
            at=text(at),
            limit=limit,
        )
        return [self._kept_appointment(row) for row in rows]

    async def open_appointments_at(
        self, practice_id: str, number: PhoneNumber, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        rows = await self._all(
            _KEPT
            + """AND number = :number AND look_at IS NOT NULL
            ORDER BY appointment_id, occurrence"""
            + (self._dialect.for_update if fixed else ""),
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return [self._kept_appointment(row) for row in rows]

    async def appointments_of(self, practice_id: str, person: str) -> list[KeptAppointment]:
        rows = await self._all(
            _KEPT + "AND person = :person ORDER BY appointment_id, occurrence",
            practice_id=practice_id,
            person=await self._person(practice_id, person),
        )
        return [self._kept_appointment(row) for row in rows]

    def _kept_appointment(self, row: Row) -> KeptAppointment:
        practice_id, appointment_id, occurrence, sequence, revision, since, look_at, *rest = row
        record, chain_id, data_key = rest
        about, kept = _about(practice_id, (appointment_id, occurrence)), bytes(record)
        visit = self._visits.get((about, kept))
        if visit is None:
            opened = self._vault.subject(chain_id, data_key).open(kept, about)
            visit = self._visits[about, kept] = records.decode(opened, Appointment)
        return KeptAppointment(
            practice_id=practice_id,
            appointment=visit,
            sequence=sequence,
            revision=revision,
            since=instant(since),
            look_at=instant(look_at) if look_at else None,
        )

    # The texts

    async def add_told(self, practice_id: str, told: ToldReminder) -> None:
        await self._do(
            """INSERT INTO sms_reminders (practice_id, appointment_id, occurrence, code, number,
                sequence, revision, message_id, until_at, void)
            VALUES (:practice_id, :appointment_id, :occurrence, :code, :number, :sequence,
                :revision, :message_id, :until_at, :void)""",
            practice_id=practice_id,
            appointment_id=told.appointment_id,
            occurrence=told.occurrence,
            code=told.code,
            number=told.number,
            sequence=told.sequence,
            revision=told.revision,
            message_id=told.message_id,
            until_at=text(told.until),
            void=told.void,
        )

    async def told_of(self, practice_id: str, key: tuple[str, str]) -> list[ToldReminder]:
        rows = await self._all(
            _TOLD + _OF_VISIT + " ORDER BY code, number", **_visit(practice_id, key)
        )
        return [_told(row) for row in rows]

    async def waits_to_tell(
        self, practice_id: str, key: tuple[str, str], at: datetime
    ) -> datetime | None:
        ((first,),) = await self._all(
            """SELECT min(CASE WHEN m.state IN ('claimed', 'uncertain') OR m.not_before = :paused
                THEN :at ELSE m.not_before END)
            FROM sms_reminders r
            JOIN sms_messages m ON m.message_id = r.message_id
            WHERE r.practice_id = :practice_id AND r.appointment_id = :appointment_id
            AND r.occurrence = :occurrence AND r.void = '' AND r.until_at > :at
            AND m.state IN ('due', 'held', 'claimed', 'uncertain')""",
            **_visit(practice_id, key),
            at=text(at),
            paused=text(UNTIL_RESUMED),
        )
        return instant(first) if first else None

    async def told_in(self, practice_id: str, message_id: str) -> list[ToldReminder]:
        rows = await self._all(
            _TOLD
            + """WHERE message_id = :message_id AND practice_id = :practice_id
            ORDER BY appointment_id, occurrence, code""",
            practice_id=practice_id,
            message_id=message_id,
        )
        return [_told(row) for row in rows]

    async def void_told(self, practice_id: str, message_id: str, reason: str) -> None:
        await self._do(
            """UPDATE sms_reminders SET void = :reason
            WHERE message_id = :message_id AND practice_id = :practice_id""",
            practice_id=practice_id,
            message_id=message_id,
            reason=reason,
        )

    # The answers

    async def add_answer(self, practice_id: str, answer: AppointmentAnswer) -> None:
        visit = _visit(practice_id, (answer.appointment_id, answer.occurrence))
        await self._do(
            _SETTLED + _OF_VISIT + " AND settled_at IS NULL",
            **visit,
            at=text(answer.at),
        )
        await self._do(
            """INSERT INTO sms_visit_answers (answer_id, practice_id, appointment_id, occurrence,
                answer, at, message_id, inbound_id, stands, shared, replaces, says_more)
            VALUES (:answer_id, :practice_id, :appointment_id, :occurrence, :answer, :at,
                :message_id, :inbound_id, :stands, :shared, :replaces, :says_more)""",
            **visit,
            answer_id=answer.answer_id,
            answer=answer.answer,
            at=text(answer.at),
            message_id=answer.message_id,
            inbound_id=answer.inbound_id,
            stands=int(answer.stands),
            shared=int(answer.shared),
            replaces=answer.replaces,
            says_more=int(answer.says_more),
        )

    async def last_answer(self, practice_id: str, key: tuple[str, str]) -> AppointmentAnswer | None:
        row = await self._one(
            _ANSWERS + _OF_VISIT + " ORDER BY seq DESC LIMIT 1", **_visit(practice_id, key)
        )
        return _answer(row) if row else None

    async def open_answers(self, practice_id: str, limit: int) -> list[AppointmentAnswer]:
        rows = await self._all(
            _ANSWERS
            + """WHERE practice_id = :practice_id AND settled_at IS NULL
            ORDER BY seq LIMIT :limit""",
            practice_id=practice_id,
            limit=limit,
        )
        return [_answer(row) for row in rows]

    async def acknowledge_answers(
        self, practice_id: str, answer_ids: Sequence[str], at: datetime
    ) -> int:
        taken = 0
        for answer_id in answer_ids:
            taken += await self._do(
                """UPDATE sms_visit_answers SET settled_at = :at
                WHERE practice_id = :practice_id AND answer_id = :answer_id
                AND settled_at IS NULL""",
                practice_id=practice_id,
                answer_id=answer_id,
                at=text(at),
            )
        return taken

    # What is dropped

    async def _drop_appointment(self, practice_id: str, key: str, purged: Purged) -> bool:
        row = await self._one(
            _FINISHED + self._dialect.for_update, practice_id=practice_id, seq=int(key)
        )
        if row is None:
            return False
        await self._do(
            """UPDATE sms_appointments SET number = '', person = '', record = :record,
                purged = :purged WHERE seq = :seq""",
            seq=int(key),
            record=b"{}",
            purged=with_proofs(purged, record=row[0]),
        )
        return True

    async def _erase_appointments(self, chain_id: str, purged: Purged) -> None:
        rows = await self._all(
            """SELECT seq, record FROM sms_appointments
            WHERE chain_id = :chain_id AND purged IS NULL""",
            chain_id=chain_id,
        )
        for seq, record in rows:
            await self._do(
                """UPDATE sms_appointments SET number = '', person = '', look_at = NULL,
                    record = :record, purged = :purged WHERE seq = :seq""",
                seq=seq,
                record=b"{}",
                purged=with_proofs(purged, record=record),
            )


def _told(row: Row) -> ToldReminder:
    appointment_id, occurrence, code, number, sequence, revision, message_id, until, void = row
    return ToldReminder(
        appointment_id=appointment_id,
        occurrence=occurrence,
        code=code,
        number=number,
        sequence=sequence,
        revision=revision,
        message_id=message_id,
        until=instant(until),
        void=void,
    )


def _answer(row: Row) -> AppointmentAnswer:
    answer_id, appointment_id, occurrence, answer, at, message_id, inbound_id, *rest = row
    stands, shared, replaces, says_more, thread_id = rest
    return AppointmentAnswer(
        answer_id=answer_id,
        appointment_id=appointment_id,
        occurrence=occurrence,
        answer=Answer(answer),
        at=instant(at),
        message_id=message_id,
        inbound_id=inbound_id,
        stands=bool(stands),
        shared=bool(shared),
        replaces=Answer(replaces) if replaces else None,
        says_more=bool(says_more),
        thread_id=thread_id,
    )
