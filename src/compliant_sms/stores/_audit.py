"""The audit log, as SQL."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.audit import AuditEvent, from_payload, to_payload
from compliant_sms.consent import Link, link
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._subjects import SubjectRecords

__all__ = ["AuditRecords"]


def _chain_id(practice_id: str) -> str:
    return f"audit/{practice_id}"


class AuditRecords(SubjectRecords):
    """One hash chain a practice, which only grows."""

    async def audit(self, event: AuditEvent, number: PhoneNumber | None = None) -> None:
        """Put an event on record."""
        chain_id = _chain_id(event.practice_id)
        await self._hold(chain_id)
        if number is not None:
            event = evolve(event, subject=await self._number(event.practice_id, number))
        row = await self._one(
            """SELECT practice_id, position, previous, payload, digest FROM sms_audit
            WHERE practice_id = :practice_id ORDER BY position DESC LIMIT 1""",
            practice_id=event.practice_id,
        )
        new = link(chain_id, to_payload(event), _link(row) if row else None)
        await self._do(
            """INSERT INTO sms_audit (practice_id, position, at, previous, payload, digest)
            VALUES (:practice_id, :position, :at, :previous, :payload, :digest)""",
            practice_id=event.practice_id,
            position=new.position,
            at=text(event.at),
            previous=new.previous,
            payload=new.payload,
            digest=new.digest,
        )

    async def audit_links(self, practice_id: str) -> list[tuple[Link, datetime]]:
        """All records of the practice's log in order, and under which instant each is filed."""
        rows = await self._all(
            """SELECT practice_id, position, previous, payload, digest, at FROM sms_audit
            WHERE practice_id = :practice_id ORDER BY position""",
            practice_id=practice_id,
        )
        return [(_link(row), instant(row[5])) for row in rows]

    async def audit_events(
        self, practice_id: str, since: datetime | None = None, until: datetime | None = None
    ) -> list[AuditEvent]:
        """The events from ``since`` on and before ``until``, in the order of the record."""
        rows = await self._all(
            """SELECT payload FROM sms_audit
            WHERE practice_id = :practice_id AND at >= :since AND at < :until ORDER BY position""",
            practice_id=practice_id,
            since=text(since) if since else "",
            until=text(until) if until else "~",  # sorts after every digit
        )
        return [from_payload(payload) for (payload,) in rows]


def _link(row: Row) -> Link:
    return Link(
        chain_id=_chain_id(row[0]), position=row[1], previous=row[2], payload=row[3], digest=row[4]
    )
