"""The consent ledger, as SQL."""

from __future__ import annotations

from compliant_sms.consent import (
    ConsentEvent,
    Link,
    filed_under,
    from_payload,
    link,
    to_payload,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Chain
from compliant_sms.stores._connection import NOBODY, Records, Row

__all__ = ["ConsentRecords"]


class ConsentRecords(Records):
    """Chains of events, which only grow."""

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        """Add an event to its chain, which is begun under the id where there is none."""
        await self.lock(event.practice_id, event.number)
        subject = self._subject(event)
        await self._do(
            """INSERT INTO sms_chains (chain_id, practice_id, number, person)
            VALUES (:chain_id, :practice_id, :number, :person) ON CONFLICT DO NOTHING""",
            chain_id=new_chain_id,
            **subject,
        )
        row = await self._one(
            """SELECT c.chain_id, e.position, e.previous, e.payload, e.digest FROM sms_chains c
            LEFT JOIN sms_consent_events e ON e.chain_id = c.chain_id
            WHERE practice_id = :practice_id AND number = :number AND person = :person
            ORDER BY e.position DESC LIMIT 1""",
            **subject,
        )
        assert row is not None, "the chain was inserted just before"  # noqa: S101
        last = _link(row) if row[1] is not None else None
        await self._add_link(self._next(row[0], last, event))

    def _subject(self, event: ConsentEvent) -> dict[str, str]:
        """What names the chain of an event."""
        return {
            "practice_id": event.practice_id,
            "number": event.number.e164,
            "person": filed_under(event) or NOBODY,
        }

    def _next(self, chain_id: str, last: Link | None, event: ConsentEvent) -> Link:
        """The link that holds an event."""
        return link(chain_id, to_payload(event), last)

    async def _add_link(self, new: Link) -> None:
        await self._do(
            """INSERT INTO sms_consent_events (chain_id, position, previous, payload, digest)
            VALUES (:chain_id, :position, :previous, :payload, :digest)""",
            chain_id=new.chain_id,
            position=new.position,
            previous=new.previous,
            payload=new.payload,
            digest=new.digest,
        )

    async def consent_events(self, practice_id: str, number: PhoneNumber) -> list[ConsentEvent]:
        """All events of the practice about that number, oldest record first."""
        rows = await self._all(
            """SELECT payload FROM sms_chains c JOIN sms_consent_events e USING (chain_id)
            WHERE practice_id = :practice_id AND number = :number ORDER BY e.seq""",
            practice_id=practice_id,
            number=number.e164,
        )
        return [from_payload(payload) for (payload,) in rows]

    async def numbers_of(self, practice_id: str, person: str) -> list[PhoneNumber]:
        """The numbers at which the person has events or texts."""
        rows = await self._all(
            """SELECT number FROM sms_chains WHERE practice_id = :practice_id AND person = :person
            UNION SELECT number FROM sms_messages
            WHERE practice_id = :practice_id AND person = :person ORDER BY number""",
            practice_id=practice_id,
            person=person,
        )
        return [PhoneNumber(number) for (number,) in rows]

    async def chains(self, practice_id: str) -> list[Chain]:
        """All chains of the practice."""
        rows = await self._all(
            """SELECT chain_id, practice_id, number, person FROM sms_chains
            WHERE practice_id = :practice_id ORDER BY chain_id""",
            practice_id=practice_id,
        )
        return [
            Chain(
                chain_id=chain_id,
                practice_id=practice,
                number=PhoneNumber(number),
                person=person or None,
            )
            for chain_id, practice, number, person in rows
        ]

    async def links(self, chain_id: str) -> list[Link]:
        """The records of one chain in order."""
        rows = await self._all(
            """SELECT chain_id, position, previous, payload, digest FROM sms_consent_events
            WHERE chain_id = :chain_id ORDER BY position""",
            chain_id=chain_id,
        )
        return [_link(row) for row in rows]


def _link(row: Row) -> Link:
    return Link(chain_id=row[0], position=row[1], previous=row[2], payload=row[3], digest=row[4])
