"""The consent ledger, as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import LiteralString, cast

from compliant_sms.consent import (
    ConsentEvent,
    FiledLink,
    Link,
    about_event,
    beginning,
    erased_event,
    filed_under,
    from_payload,
    link,
    opened_payload,
    sealed_payload,
    to_payload,
)
from compliant_sms.errors import LedgerTampered
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Chain
from compliant_sms.stores._connection import Row, as_written
from compliant_sms.stores._sql._subjects import SubjectRecords
from compliant_sms.stores._vault import Subject

EVENTS_AT: LiteralString = """SELECT person, chain_id, data_key, erased_below, position, payload
    FROM sms_chains c JOIN sms_consent_events e USING (chain_id)
    WHERE practice_id = :practice_id AND number = :number ORDER BY e.seq"""


class ConsentRecords(SubjectRecords):
    """Chains of events, which only grow."""

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        await self._lock_first(event.practice_id, event.number)
        subject = await self._subject(
            event.practice_id, event.number, filed_under(event), new_chain_id
        )
        new = await self._next(subject, event, await self._last(subject.chain_id))
        await self._soon(
            """INSERT INTO sms_consent_events (chain_id, position, payload, digest)
            VALUES (:chain_id, :position, :payload, :digest)""",
            chain_id=new.chain_id,
            position=new.position,
            payload=new.payload,
            digest=new.digest,
        )

    async def _last(self, chain_id: str) -> Link | None:
        if chain_id in self._empty:
            return None
        row = await self._one(
            """SELECT chain_id, position, payload, digest FROM sms_consent_events
            WHERE chain_id = :chain_id ORDER BY position DESC LIMIT 1""",
            chain_id=chain_id,
        )
        return link_of(row) if row else None

    async def _next(self, subject: Subject, event: ConsentEvent, last: Link | None) -> Link:
        payload = _payload(event, subject, last.position + 1 if last else 0)
        self._empty.discard(subject.chain_id)
        begins = None if last else await self._beginning(event)
        with as_written(f"the last record of chain {subject.chain_id}"):
            return link(subject.chain_id, payload, last or begins or b"")

    async def _beginning(self, event: ConsentEvent) -> bytes:
        return beginning(
            event.practice_id,
            await self._number(event.practice_id, event.number),
            await self._person(event.practice_id, filed_under(event)),
        )

    async def consent_events(self, practice_id: str, number: PhoneNumber) -> list[ConsentEvent]:
        filed = await self._number(practice_id, number)
        rows = await self._all(EVENTS_AT, practice_id=practice_id, number=filed)
        locked = self._is_locked(practice_id, number)
        events: list[ConsentEvent | None] = []
        for person, chain_id, data_key, erased_below, position, payload in rows:
            subject = self._vault.subject(chain_id, data_key, erased_below)
            if locked:  # nobody else erases them before the end
                self._subjects[practice_id, filed, person] = subject
            with as_written(f"record {position} of chain {chain_id}"):
                if position < erased_below:
                    event_id = f"{chain_id}/{position}"
                    events.append(erased_event(payload, event_id, practice_id, number))
                    continue
                event = _event(payload, subject, position)
            if (event.practice_id, event.number) != (practice_id, number):
                raise _misfiled(chain_id, position)
            events.append(event)
        return [event for event in events if event is not None]

    async def numbers_of(self, practice_id: str, person: str) -> list[PhoneNumber]:
        rows = await self._all(
            """SELECT chain_id, data_key, number, person, identity FROM sms_chains
            WHERE practice_id = :practice_id AND person = :person""",
            practice_id=practice_id,
            person=await self._person(practice_id, person),
        )
        numbers = [number for number, _ in map(self._who, rows) if number is not None]
        return sorted(numbers, key=lambda number: number.e164)

    async def chains(self, practice_id: str) -> list[Chain]:
        rows = await self._all(_CHAINS + "ORDER BY chain_id", practice_id=practice_id)
        return self._chains(practice_id, rows)

    async def chains_after(self, practice_id: str, after: str, limit: int) -> list[Chain]:
        rows = await self._all(
            _CHAINS + "AND chain_id > :after ORDER BY chain_id LIMIT :limit",
            practice_id=practice_id,
            after=after,
            limit=limit,
        )
        return self._chains(practice_id, rows)

    def _chains(self, practice_id: str, rows: Iterable[Row]) -> list[Chain]:
        return [
            Chain(chain_id=row[0], practice_id=practice_id, number=number, person=person)
            for row in rows
            for number, person in (self._who(row),)
        ]

    async def links(self, practice_id: str, chain_id: str) -> list[Link]:
        rows = await self._all(
            """SELECT chain_id, position, payload, digest
            FROM sms_chains c JOIN sms_consent_events e USING (chain_id)
            WHERE chain_id = :chain_id AND practice_id = :practice_id ORDER BY position""",
            practice_id=practice_id,
            chain_id=chain_id,
        )
        return [link_of(row) for row in rows]

    async def filed_links(
        self, practice_id: str, after: tuple[str, int] | None, limit: int
    ) -> list[FiledLink]:
        if after is None:
            rows = await self._all(_FILED + _FILED_ORDER, practice_id=practice_id, limit=limit)
        else:
            chain_id, position = after
            rows = await self._all(
                _FILED + _FILED_AFTER + _FILED_ORDER,
                practice_id=practice_id,
                limit=limit,
                chain_id=chain_id,
                position=position,
            )
        return cast("list[FiledLink]", rows)

    async def headless_chain(self, practice_id: str) -> str | None:
        row = await self._one(_HEADLESS, practice_id=practice_id)
        return str(row[0]) if row else None


_CHAINS: LiteralString = """SELECT chain_id, data_key, number, person, identity FROM sms_chains
    WHERE practice_id = :practice_id """
# In the order of an index of chains, which is about that in which they began: ids sort by time.
_FILED: LiteralString = """SELECT c.chain_id, e.position, e.payload, e.digest,
    c.number, c.person
    FROM sms_chains c JOIN sms_consent_events e ON e.chain_id = c.chain_id
    WHERE c.practice_id = :practice_id"""
# The tables refer to it, but whoever takes rows out can turn that off.
_HEADLESS: LiteralString = """SELECT chain_id FROM sms_messages t WHERE practice_id = :practice_id
    AND NOT EXISTS (SELECT 1 FROM sms_chains c
        WHERE c.chain_id = t.chain_id AND c.practice_id = t.practice_id)
    UNION ALL SELECT chain_id FROM sms_inbound t WHERE practice_id = :practice_id
    AND NOT EXISTS (SELECT 1 FROM sms_chains c
        WHERE c.chain_id = t.chain_id AND c.practice_id = t.practice_id)
    LIMIT 1"""
# The same bound for both tables: PostgreSQL merges them, and would read one from its beginning.
_FILED_AFTER: LiteralString = """
    AND c.chain_id >= :chain_id AND e.chain_id >= :chain_id
    AND (c.chain_id, e.position) > (:chain_id, :position)"""
_FILED_ORDER: LiteralString = " ORDER BY c.chain_id, e.position LIMIT :limit"


def _misfiled(chain_id: str, position: int) -> LedgerTampered:
    msg = (
        f"the consent ledger was altered: record {position} of chain {chain_id} is about another "
        "number than it is filed under. Run verify_ledger(), and restore a backup."
    )
    return LedgerTampered(msg, chain_id=chain_id, position=position)


def link_of(row: Row) -> Link:
    return Link(chain_id=row[0], position=row[1], payload=row[2], digest=row[3])


def _payload(event: ConsentEvent, subject: Subject, position: int) -> bytes:
    if subject.cipher is None:
        return to_payload(event)
    about = about_event(subject.chain_id, position)
    return sealed_payload(event, lambda plain: subject.seal(plain, about))


def _event(payload: bytes, subject: Subject, position: int) -> ConsentEvent:
    about = about_event(subject.chain_id, position)
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        return from_payload(opened_payload(payload, lambda kept: subject.open(kept, about)))
    # Outside of the handler: what went wrong quotes the record, and must not come along.
    msg = (
        f"the consent ledger was altered: record {position} of chain {subject.chain_id} cannot be "
        "read. Run verify_ledger(), and restore a backup."
    )
    raise LedgerTampered(msg, chain_id=subject.chain_id, position=position)
