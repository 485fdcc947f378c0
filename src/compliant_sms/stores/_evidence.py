"""What proves what happened at a number, as SQL."""

from __future__ import annotations

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Chain, StatusReport, StoredChain, StoredLink
from compliant_sms.providers import StatusUpdate
from compliant_sms.stores._connection import instant
from compliant_sms.stores._consent import ConsentRecords

__all__ = ["EvidenceReads"]


class EvidenceReads(ConsentRecords):
    """Everything about a number, as it is stored."""

    async def chains_of(self, practice_id: str, number: PhoneNumber) -> list[StoredChain]:
        """The whole chains of the number: that of the number itself first, then by person."""
        rows = await self._all(
            """SELECT chain_id, person FROM sms_chains
            WHERE practice_id = :practice_id AND number = :number ORDER BY person""",
            practice_id=practice_id,
            number=number.e164,
        )
        return [
            StoredChain(
                chain=Chain(
                    chain_id=chain_id,
                    practice_id=practice_id,
                    number=number,
                    person=person or None,
                ),
                links=tuple(
                    [
                        StoredLink(link=each, opened=each.payload)
                        for each in await self.links(chain_id)
                    ]
                ),
            )
            for chain_id, person in rows
        ]

    async def status_reports(self, message_id: str) -> list[StatusReport]:
        """All callbacks about a text, in the order in which they came."""
        rows = await self._all(
            """SELECT provider, at, record FROM sms_callbacks
            WHERE message_id = :message_id ORDER BY seq""",
            message_id=message_id,
        )
        return [
            StatusReport(
                provider=provider, at=instant(at), update=records.decode(record, StatusUpdate)
            )
            for provider, at, record in rows
        ]
