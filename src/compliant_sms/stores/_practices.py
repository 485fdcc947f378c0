"""Practices and their numbers, as SQL."""

from __future__ import annotations

from functools import lru_cache

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import refuse_other_practice
from compliant_sms.practice import Practice
from compliant_sms.stores._connection import Records

__all__ = ["PracticeRecords"]


@lru_cache(maxsize=64)
def _practice_record(practice: Practice) -> bytes:
    return records.encode(practice)


class PracticeRecords(Records):
    """Which practice each number of ours belongs to."""

    async def enrol(self, practice: Practice, sender: PhoneNumber) -> bool:
        """Remember which practice a number of ours belongs to; whether any of it is new."""
        reason = self._vault.plaintext.reason if self._vault.plaintext else ""
        record = _practice_record(practice)
        # Asked once: a row that another process wrote since is newer, and stays.
        if self._vault.enrolled.get(sender.e164) == (record, reason):
            return False
        known = await self._owned(practice, sender)
        # An upsert locks the row even where it changes nothing, and all would wait in line.
        if known == (record, reason):
            self._vault.enrolled[sender.e164] = record, reason
            return False
        self._vault.enrolled.pop(sender.e164, None)
        changed = await self._do(
            """INSERT INTO sms_practices (sender, practice_id, plaintext, record)
            VALUES (:sender, :practice_id, :plaintext, :record)
            ON CONFLICT (sender) DO UPDATE SET
                plaintext = excluded.plaintext, record = excluded.record
            WHERE sms_practices.practice_id = excluded.practice_id
            AND (sms_practices.record <> excluded.record
                OR sms_practices.plaintext <> excluded.plaintext)""",
            sender=sender.e164,
            practice_id=practice.id,
            plaintext=reason,
            record=record,
        )
        if not changed:  # somebody else was quicker, and may have another id
            await self._owned(practice, sender)
        return bool(changed)

    async def _owned(self, practice: Practice, sender: PhoneNumber) -> tuple[bytes, str] | None:
        row = await self._one(
            "SELECT practice_id, record, plaintext FROM sms_practices WHERE sender = :sender",
            sender=sender.e164,
        )
        if row is None:
            return None
        refuse_other_practice(row[0], practice)
        return row[1], row[2]

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""
        row = await self._one(
            "SELECT record FROM sms_practices WHERE sender = :sender", sender=sender.e164
        )
        return records.decode(row[0], Practice) if row else None
