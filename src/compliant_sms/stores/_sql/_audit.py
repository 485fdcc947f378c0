"""The audit log, as SQL."""

from __future__ import annotations

from operator import index

from attrs import evolve

from compliant_sms.audit import AuditEvent, from_payload, to_payload
from compliant_sms.consent import Link, beginning, link
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores._connection import Row, as_written
from compliant_sms.stores._sql._subjects import SubjectRecords


def _chain_id(practice_id: str) -> str:
    return f"audit/{practice_id}"


def _about(practice_id: str, position: int) -> str:
    return f"sms_audit.payload/{practice_id}/{position}"


class AuditRecords(SubjectRecords):
    """One hash chain a practice, which only grows."""

    async def audit(self, event: AuditEvent, number: PhoneNumber | None = None) -> None:
        practice_id = event.practice_id
        await self._hold_first(_chain_id(practice_id))
        await self._begin(practice_id)
        if number is not None:
            event = evolve(event, subject=await self._number(practice_id, number))
        last = await self.audit_head(practice_id)
        about = _about(practice_id, last.position + 1 if last else 0)
        payload = await self._seal(practice_id, to_payload(event), about)
        chain_id = _chain_id(practice_id)
        new = link(chain_id, payload, last or beginning(chain_id))
        await self._do(
            """INSERT INTO sms_audit (practice_id, position, payload, digest)
            VALUES (:practice_id, :position, :payload, :digest)""",
            practice_id=practice_id,
            position=new.position,
            payload=new.payload,
            digest=new.digest,
        )

    async def audit_head(self, practice_id: str) -> Link | None:
        row = await self._one(
            """SELECT practice_id, position, payload, digest FROM sms_audit
            WHERE practice_id = :practice_id ORDER BY position DESC LIMIT 1""",
            practice_id=practice_id,
        )
        if row is None:
            return None
        with as_written("the last record of the audit log"):
            index(row[1])
        return _link(row)

    async def audit_links(self, practice_id: str) -> list[Link]:
        rows = await self._all(
            """SELECT practice_id, position, payload, digest FROM sms_audit
            WHERE practice_id = :practice_id ORDER BY position""",
            practice_id=practice_id,
        )
        return [_link(row) for row in rows]

    async def audit_events(self, practice_id: str) -> list[AuditEvent]:
        events: list[AuditEvent] = []
        for each in await self.audit_links(practice_id):
            about = _about(practice_id, each.position)
            payload = await self._open(practice_id, each.payload, about)
            with as_written(f"record {each.position} of the audit log"):
                events.append(from_payload(payload))
        return events


def _link(row: Row) -> Link:
    return Link(
        chain_id=_chain_id(row[0]),
        position=row[1],
        payload=_bytes(row[2]),
        digest=_bytes(row[3]),
    )


def _bytes(value: object) -> bytes:
    # Whoever edits SQLite by hand leaves other types behind, and that must show as tampering.
    return value if isinstance(value, bytes) else b""
