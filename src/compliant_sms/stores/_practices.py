"""Practices and their numbers, as SQL."""

from __future__ import annotations

from functools import lru_cache

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.stores._connection import Records

__all__ = ["PracticeRecords"]


@lru_cache(maxsize=64)
def _practice_record(practice: Practice) -> bytes:
    return records.encode(practice)


class PracticeRecords(Records):
    """Which practice each number of ours belongs to."""

    async def enrol(self, practice: Practice, sender: PhoneNumber) -> None:
        """Remember which practice a number of ours belongs to."""
        record = _practice_record(practice)
        known = await self._one(
            "SELECT record FROM sms_practices WHERE sender = :sender", sender=sender.e164
        )
        # An upsert locks the row even where it changes nothing, and all would wait in line.
        if known is not None and known[0] == record:
            return
        await self._do(
            """INSERT INTO sms_practices (sender, practice_id, record)
            VALUES (:sender, :practice_id, :record)
            ON CONFLICT (sender) DO UPDATE
            SET practice_id = excluded.practice_id, record = excluded.record""",
            sender=sender.e164,
            practice_id=practice.id,
            record=record,
        )

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""
        row = await self._one(
            "SELECT record FROM sms_practices WHERE sender = :sender", sender=sender.e164
        )
        return records.decode(row[0], Practice) if row else None
