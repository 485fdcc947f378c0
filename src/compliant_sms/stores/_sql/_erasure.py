"""Destroying a person's keys, as SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString

from compliant_sms import records
from compliant_sms.messages import Departure, Draft
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Erased
from compliant_sms.retention import Purged
from compliant_sms.stores._sql._appointments import AppointmentRecords
from compliant_sms.stores._sql._conversations import ThreadRecords
from compliant_sms.stores._sql._media import MediaRecords
from compliant_sms.stores._sql._pages import SecurePageRecords
from compliant_sms.stores._sql._subjects import with_proofs
from compliant_sms.stores._sql._texts import at_number, left
from compliant_sms.stores._sql._unconfirmed import UnconfirmedRecords
from compliant_sms.stores._vault import Subject

# The person's own chains, and those of their numbers at which nobody else is known.
_CHAINS: LiteralString = """SELECT c.chain_id, c.person, c.number FROM sms_chains c
    JOIN sms_chains own ON own.practice_id = c.practice_id AND own.number = c.number
    WHERE own.practice_id = :practice_id AND own.person = :person
    AND (c.person = :person OR c.person = '' AND NOT EXISTS (
        SELECT 1 FROM sms_chains other WHERE other.practice_id = c.practice_id
        AND other.number = c.number AND other.person NOT IN ('', :person)
        AND other.data_key IS NOT NULL))
    AND c.data_key IS NOT NULL ORDER BY c.chain_id"""

# A hold on a number is about whoever else is known there, too.
_HOLDS: LiteralString = """UPDATE sms_holds SET person = '', number = '', record = :nothing
    WHERE practice_id = :practice_id AND lifted_at IS NOT NULL
    AND (person = :person OR number IN (SELECT own.number FROM sms_chains own
        WHERE own.practice_id = :practice_id AND own.person = :person AND NOT EXISTS (
            SELECT 1 FROM sms_chains other WHERE other.practice_id = own.practice_id
            AND other.number = own.number AND other.person NOT IN ('', :person)
            AND other.data_key IS NOT NULL)))"""

_OWN: LiteralString = """SELECT chain_id FROM sms_chains
    WHERE practice_id = :practice_id AND person = :person ORDER BY chain_id"""


class ErasureRecords(
    MediaRecords, UnconfirmedRecords, SecurePageRecords, AppointmentRecords, ThreadRecords
):
    """What is left of a person when their keys are destroyed."""

    async def seals(self, practice_id: str) -> bool:
        row = await self._one(
            "SELECT index_key FROM sms_vaults WHERE practice_id = :practice_id",
            practice_id=practice_id,
        )
        if row is not None:  # an index that was opened before may be sealed otherwise by now
            self._opened_index(practice_id, row[0])
        return await self._index(practice_id) is not None

    async def hold_keys(self, practice_id: str, person: str) -> None:
        await self._all(
            _OWN + self._dialect.for_update,
            practice_id=practice_id,
            person=await self._person(practice_id, person),
        )

    async def erase(
        self, practice_id: str, person: str, purged: Purged, numbers: Collection[PhoneNumber]
    ) -> Erased:
        if self._dialect.scrub:
            await self._db.fetch(self._dialect.scrub, {})
        filed = await self._person(practice_id, person)
        locked = {await self._number(practice_id, number) for number in numbers}
        found = await self._all(_CHAINS, practice_id=practice_id, person=filed)
        chains = [(chain_id, who) for chain_id, who, number in found if number in locked]
        events = texts = received = 0
        for chain_id, _ in chains:
            owner = await self._owner_of(chain_id)
            events += await self._destroy_key(chain_id)
            texts += await self._erase_texts(owner, purged)
            received += await self._erase_inbound(practice_id, chain_id, purged)
            await self._erase_appointments(chain_id, purged)
            await self._erase_threads(chain_id, purged)
        # Sealed by no key of theirs. None stands, or they could not be erased.
        await self._do(_HOLDS, practice_id=practice_id, person=filed, nothing=b"{}")
        self._subjects.clear()
        own = sum(who == filed for _, who in chains)
        return Erased(numbers=own, events=events, texts=texts, received=received)

    async def _destroy_key(self, chain_id: str) -> int:
        ((events, fresh),) = await self._all(
            """SELECT count(*),
                coalesce(sum(CASE WHEN position < erased_below THEN 0 ELSE 1 END), 0)
            FROM sms_consent_events JOIN sms_chains USING (chain_id)
            WHERE chain_id = :chain_id""",
            chain_id=chain_id,
        )
        await self._do(
            """UPDATE sms_chains SET data_key = NULL, key_id = NULL, identity = NULL,
                erased_below = :events WHERE chain_id = :chain_id""",
            chain_id=chain_id,
            events=int(events),
        )
        return int(fresh)

    async def _erase_texts(self, owner: Subject, purged: Purged) -> int:
        rows = await self._all(
            """SELECT message_id, idempotency_key, draft, departure, purged, number
            FROM sms_messages
            WHERE chain_id = :chain_id AND substr(number, 1, 1) NOT IN ('', '-')""",
            chain_id=owner.chain_id,
        )
        for message_id, key, draft, departure, earlier, number in rows:
            gone = owner.open(bytes(departure), left(message_id)) if departure else None
            await self._do(
                """UPDATE sms_messages SET number = :erased, person = '', draft = :draft,
                    departure = :departure, purged = :purged WHERE message_id = :message_id""",
                message_id=message_id,
                erased=at_number(number)["erased"] if gone else "",
                draft=records.encode(Draft.erased(key)),
                departure=records.encode(records.decode(gone, Departure).erased())
                if gone
                else None,
                purged=earlier or with_proofs(purged, draft=draft, departure=departure),
            )
            await self._drop_page(message_id)
            await self._erase_decisions(message_id, purged)
        return len(rows)

    async def _erase_decisions(self, message_id: str, purged: Purged) -> None:
        rows = await self._all(
            "SELECT seq, record FROM sms_decisions WHERE message_id = :id AND purged IS NULL",
            id=message_id,
        )
        for seq, record in rows:
            await self._do(
                "UPDATE sms_decisions SET record = :record, purged = :purged WHERE seq = :seq",
                seq=seq,
                record=b"{}",
                purged=with_proofs(purged, record=record),
            )

    async def _erase_inbound(self, practice_id: str, chain_id: str, purged: Purged) -> int:
        rows = await self._all(
            """SELECT inbound_id, record, purged FROM sms_inbound
            WHERE chain_id = :chain_id AND number <> ''""",
            chain_id=chain_id,
        )
        for inbound_id, record, earlier in rows:
            await self.close_unconfirmed(practice_id, inbound_id)
            media = await self._drop_media(inbound_id)
            await self._do(
                """UPDATE sms_inbound SET number = '', record = :record, purged = :purged
                WHERE inbound_id = :inbound_id""",
                inbound_id=inbound_id,
                record=b"{}",
                purged=earlier or with_proofs(purged, record=record, **media),
            )
        return len(rows)
