"""Practices and their numbers, as SQL."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import LiteralString

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import refuse_other_practice
from compliant_sms.practice import Practice
from compliant_sms.stores._connection import Connection, Records
from compliant_sms.stores._vault import Vault

# An upsert would hold the row even where it changes nothing, and all who begin at once would wait
# in line, each for the whole transaction of the one before.
_ENROL: LiteralString = """INSERT INTO sms_practices (sender, practice_id, plaintext, record)
    VALUES (:sender, :practice_id, :plaintext, :record) ON CONFLICT (sender) DO NOTHING"""
_ENROL_ANEW: LiteralString = """UPDATE sms_practices SET plaintext = :plaintext, record = :record
    WHERE sender = :sender AND practice_id = :practice_id
    AND (record <> :record OR plaintext <> :plaintext)"""


_PROVED_BY = "proved_by"


@lru_cache(maxsize=64)
def _enrolled(practice: Practice, proofs: frozenset[str]) -> bytes:
    """A practice, and beside what it is, what proves callbacks to one of its numbers."""
    return records.canonical({**records.unstructure(practice), _PROVED_BY: sorted(proofs)})


@lru_cache(maxsize=64)
def _practice_of(record: bytes) -> Practice:
    """The practice of a record that was read just now: the same bytes are the same practice."""
    return records.decode(record, Practice)


class PracticeRecords(Records):
    """Which practice each number of ours belongs to."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        super().__init__(connection, vault)
        self._written: set[str] = set()

    async def enroll(
        self, practice: Practice, sender: PhoneNumber, proofs: Collection[str]
    ) -> bool:
        reason = self._vault.plaintext.reason if self._vault.plaintext else ""
        record = _enrolled(practice, frozenset(proofs))
        # Asked once: a row that another process wrote since is newer, and stays.
        if self._vault.enrolled.get(sender.e164) == (record, reason):
            return False
        if sender.e164 in self._written:  # by another provider; not committed yet
            return False
        self._vault.enrolled.pop(sender.e164, None)
        columns = {
            "sender": sender.e164,
            "practice_id": practice.id,
            "plaintext": reason,
            "record": record,
        }
        known = await self._known(practice, sender)
        if known is None:
            if await self._do(_ENROL, **columns):
                self._written.add(sender.e164)
                return True
            # Others were faster, and hold nothing any more.
            known = await self._known(practice, sender)
        if known == (record, reason):
            self._vault.enrolled[sender.e164] = known
            return False
        self._written.add(sender.e164)
        return bool(await self._do(_ENROL_ANEW, **columns))

    async def _known(self, practice: Practice, sender: PhoneNumber) -> tuple[bytes, str] | None:
        row = await self._one(
            "SELECT practice_id, record, plaintext FROM sms_practices WHERE sender = :sender",
            sender=sender.e164,
        )
        refuse_other_practice(row[0] if row else None, practice)
        return (bytes(row[1]), row[2]) if row else None

    async def practices(self) -> list[Practice]:
        rows = await self._all("SELECT record FROM sms_practices ORDER BY practice_id, sender")
        found = [_practice_of(bytes(record)) for (record,) in rows]
        return list({practice.id: practice for practice in found}.values())

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        row = await self._one(
            "SELECT record FROM sms_practices WHERE sender = :sender", sender=sender.e164
        )
        return _practice_of(bytes(row[0])) if row else None

    async def callback_proofs(self, practice_id: str) -> dict[str, frozenset[str]]:
        rows = await self._all(
            "SELECT sender, record FROM sms_practices WHERE practice_id = :practice_id",
            practice_id=practice_id,
        )
        return {
            sender: frozenset(json.loads(bytes(record)).get(_PROVED_BY, ()))
            for sender, record in rows
        }

    async def practice_of(self, message_id: str) -> str | None:
        row = await self._one(
            "SELECT practice_id FROM sms_messages WHERE message_id = :message_id",
            message_id=message_id,
        )
        return str(row[0]) if row else None
