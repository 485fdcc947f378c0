"""Texts and news that came in, as SQL."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms import records
from compliant_sms.messages import Inbound
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Callback
from compliant_sms.providers import StatusUpdate
from compliant_sms.retention import Purged
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._media import MediaRecords, came
from compliant_sms.stores._sql._unconfirmed import UnconfirmedRecords
from compliant_sms.stores._vault import blind


class InboundRecords(MediaRecords, UnconfirmedRecords):
    """What patients wrote, and what providers told."""

    async def add_inbound(self, inbound: Inbound) -> bool:
        owner = await self._subject(inbound.practice_id, inbound.number, None, inbound.inbound_id)
        # Without an id of the provider's it is a hash of number and words, which could be tried.
        index, key = await self._index(inbound.practice_id), inbound.provider_key
        added = bool(
            await self._do(
                """INSERT INTO sms_inbound (inbound_id, practice_id, provider, provider_key,
                    chain_id, number, received_at, record)
                VALUES (:inbound_id, :practice_id, :provider, :provider_key, :chain_id, :number,
                    :received_at, :record)
                ON CONFLICT (practice_id, provider, provider_key) DO NOTHING""",
                inbound_id=inbound.inbound_id,
                practice_id=inbound.practice_id,
                provider=inbound.provider,
                provider_key=key if index is None else blind(index, "callback", key),
                chain_id=owner.chain_id,
                number=await self._number(inbound.practice_id, inbound.number),
                received_at=text(inbound.received_at),
                record=owner.seal(records.encode(inbound), came(inbound.inbound_id)),
            )
        )
        if added:
            await self._await_media(inbound)
        return added

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        row = await self._one(
            """SELECT max(received_at) FROM sms_inbound
            WHERE practice_id = :practice_id AND number = :number""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return instant(row[0]) if row and row[0] else None

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        rows = await self._all(
            """SELECT inbound_id, record, purged, i.chain_id, data_key
            FROM sms_inbound i JOIN sms_chains c ON c.chain_id = i.chain_id
            WHERE i.practice_id = :practice_id AND i.number = :number ORDER BY seq""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return [self._inbound(row) for row in rows]

    def _inbound(self, row: Row) -> Inbound:
        inbound_id, record, purged, chain_id, data_key = row
        opened = self._vault.subject(chain_id, data_key).open(bytes(record), came(inbound_id))
        inbound = records.decode(opened, Inbound)
        return evolve(inbound, purged=records.decode(purged, Purged)) if purged else inbound

    async def add_status(
        self,
        practice_id: str,
        provider: str,
        update: StatusUpdate,
        message_id: str | None,
        at: datetime,
    ) -> bool:
        return bool(
            await self._do(
                """INSERT INTO sms_callbacks (practice_id, provider, provider_key, provider_id,
                    message_id, at, record)
                VALUES (:practice_id, :provider, :provider_key, :provider_id, :message_id, :at,
                    :record)
                ON CONFLICT (practice_id, provider, provider_key) DO NOTHING""",
                practice_id=practice_id,
                provider=provider,
                provider_key=update.key,
                provider_id=update.provider_id,
                message_id=message_id,
                at=text(at),
                record=records.encode(update),
            )
        )

    async def hold_provider_id(self, practice_id: str, provider: str, provider_id: str) -> None:
        await self._hold_first(f"{practice_id}/{provider}/{provider_id}")

    async def adopt_statuses(
        self, practice_id: str, provider: str, provider_id: str, message_id: str
    ) -> list[StatusUpdate]:
        rows = await self._all(
            """UPDATE sms_callbacks SET message_id = :message_id
            WHERE practice_id = :practice_id AND provider = :provider
            AND provider_id = :provider_id AND message_id IS NULL RETURNING seq, record""",
            practice_id=practice_id,
            provider=provider,
            provider_id=provider_id,
            message_id=message_id,
        )
        return [records.decode(record, StatusUpdate) for _, record in sorted(map(tuple, rows))]

    async def last_heard(
        self, practice_id: str, provider: str
    ) -> tuple[datetime | None, datetime | None]:
        row = await self._one(
            """SELECT
                (SELECT max(at) FROM sms_callbacks
                WHERE practice_id = :practice_id AND provider = :provider),
                (SELECT max(received_at) FROM sms_inbound
                WHERE practice_id = :practice_id AND provider = :provider),
                (SELECT max(left_at) FROM sms_messages WHERE practice_id = :practice_id
                AND provider = :provider AND provider_id IS NOT NULL)""",
            practice_id=practice_id,
            provider=provider,
        )
        *heard, left_at = row or (None, None, None)
        newest = max((each for each in heard if each), default=None)
        return instant(newest) if newest else None, instant(left_at) if left_at else None

    async def callbacks(self, practice_id: str, message_id: str) -> list[Callback]:
        rows = await self._all(
            """SELECT provider, at, record FROM sms_callbacks
            WHERE message_id = :message_id AND practice_id = :practice_id ORDER BY seq""",
            practice_id=practice_id,
            message_id=message_id,
        )
        return [
            Callback(provider=provider, at=instant(at), update=records.decode(record, StatusUpdate))
            for provider, at, record in rows
        ]
