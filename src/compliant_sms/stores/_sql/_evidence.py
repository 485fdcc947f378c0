"""What proves what happened at a number, as SQL."""

from __future__ import annotations

from compliant_sms.consent import Link, about_event, opened_payload
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import StoredChain, StoredLink
from compliant_sms.stores._connection import Row
from compliant_sms.stores._sql._consent import ConsentRecords
from compliant_sms.stores._vault import Subject


class EvidenceReads(ConsentRecords):
    """Everything about a number, as it is stored."""

    async def chains_of(self, practice_id: str, number: PhoneNumber) -> list[StoredChain]:
        rows = await self._all(
            """SELECT chain_id, data_key, number, person, identity, erased_below FROM sms_chains
            WHERE practice_id = :practice_id AND number = :number ORDER BY chain_id""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        found = [await self._chain(practice_id, row) for row in rows]
        return sorted((each for each in found if each.links), key=_by_person)

    async def _chain(self, practice_id: str, row: Row) -> StoredChain:
        chain_id, data_key, *filed, _, erased_below = row
        _, person = self._who(row[:5])
        subject = self._vault.subject(chain_id, data_key, erased_below)
        links = await self.links(practice_id, chain_id)
        return StoredChain(
            chain_id=chain_id,
            filed=(filed[0], filed[1]),
            person=person,
            links=tuple([_opened(each, subject) for each in links]),
            key=await self.data_key(practice_id, chain_id),
        )


def _by_person(stored: StoredChain) -> str:
    return stored.person or ""


def _opened(link: Link, subject: Subject) -> StoredLink:
    if link.position < subject.erased_below:
        return StoredLink(link=link, opened=None)
    about = about_event(link.chain_id, link.position)
    opened = opened_payload(link.payload, lambda sealed: subject.open(sealed, about))
    return StoredLink(link=link, opened=opened)
