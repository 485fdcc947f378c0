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
from compliant_sms.stores._subjects import SubjectRecords

__all__ = ["InboundRecords", "came"]


def came(inbound_id: str) -> str:
    return f"sms_inbound.record/{inbound_id}"


class InboundRecords(SubjectRecords):
    """What patients wrote, and what providers told."""

    async def add_inbound(self, inbound: Inbound) -> bool:
        """Keep a text that came in; False where it was kept before."""
        owner = await self._subject(inbound.practice_id, inbound.number, None, inbound.inbound_id)
        return bool(
            await self._do(
                """INSERT INTO sms_inbound (inbound_id, practice_id, provider, provider_key,
                    chain_id, number, received_at, record)
                VALUES (:inbound_id, :practice_id, :provider, :provider_key, :chain_id, :number,
                    :received_at, :record)
                ON CONFLICT (provider, provider_key) DO NOTHING""",
                inbound_id=inbound.inbound_id,
                practice_id=inbound.practice_id,
                provider=inbound.provider,
                provider_key=inbound.provider_key,
                chain_id=owner.chain_id,
                number=await self._number(inbound.practice_id, inbound.number),
                received_at=text(inbound.received_at),
                record=owner.seal(records.encode(inbound), came(inbound.inbound_id)),
            )
        )

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        """When the newest text from that number came in."""
        row = await self._one(
            """SELECT max(received_at) FROM sms_inbound
            WHERE practice_id = :practice_id AND number = :number""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return instant(row[0]) if row and row[0] else None

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        """All texts from that number, oldest first."""
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
        self, provider: str, update: StatusUpdate, message_id: str | None, at: datetime
    ) -> bool:
        """Keep a status callback; False where it was kept before."""
        return bool(
            await self._do(
                """INSERT INTO sms_callbacks (provider, provider_key, message_id, at, record)
                VALUES (:provider, :provider_key, :message_id, :at, :record)
                ON CONFLICT (provider, provider_key) DO NOTHING""",
                provider=provider,
                provider_key=update.key,
                message_id=message_id,
                at=text(at),
                record=records.encode(update),
            )
        )

    async def callbacks(self, message_id: str) -> list[Callback]:
        """The status callbacks about a text, in the order in which they came."""
        rows = await self._all(
            """SELECT provider, at, record FROM sms_callbacks
            WHERE message_id = :message_id ORDER BY seq""",
            message_id=message_id,
        )
        return [
            Callback(provider=provider, at=instant(at), update=records.decode(record, StatusUpdate))
            for provider, at, record in rows
        ]
