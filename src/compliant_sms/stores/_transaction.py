"""Everything that is read and written, as SQL. Knows no driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, LiteralString, Protocol

from compliant_sms import records
from compliant_sms.consent import (
    ConsentEvent,
    Link,
    filed_under,
    from_payload,
    link,
    to_payload,
)
from compliant_sms.lifecycle import State
from compliant_sms.messages import Departure, Draft, Inbound, Message
from compliant_sms.phi import Sealer
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Chain, Step
from compliant_sms.practice import Practice
from compliant_sms.providers import Problem, StatusUpdate
from compliant_sms.rules import Decision
from compliant_sms.stores._bodies import Bodies

__all__ = ["Connection", "SqlTransaction"]

Row = Sequence[Any]

_NOBODY = ""  # NULLs are distinct in a UNIQUE constraint; an empty text is not.

_MESSAGE: LiteralString = """SELECT message_id, practice_id, draft, created_at, state, not_before,
    claimed_until, attempts, provider, provider_id, problem, departure FROM sms_messages """


class Connection(Protocol):
    """What a driver has to offer: statements with ``:name`` parameters."""

    async def fetch(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of a query."""

    async def execute(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """How many rows a statement changed."""


def _text(instant: datetime) -> str:
    return records.instant_to_text(instant)


@lru_cache(maxsize=64)
def _practice_record(practice: Practice) -> bytes:
    return records.encode(practice)


def _instant(text: str) -> datetime:
    return records.instant_from_text(text)


def _minute(at: datetime) -> str:
    return _text(at.replace(second=0, microsecond=0))


def _message(row: Row, bodies: Bodies) -> Message:
    return Message(
        message_id=row[0],
        practice_id=row[1],
        draft=bodies.decode(row[2], Draft, _drafted(row[0])),
        created_at=_instant(row[3]),
        state=State(row[4]),
        not_before=_instant(row[5]),
        claimed_until=_instant(row[6]) if row[6] else None,
        attempts=row[7],
        provider=row[8],
        provider_id=row[9],
        problem=records.decode(row[10], Problem) if row[10] else None,
        departure=bodies.decode(row[11], Departure, _left(row[0])) if row[11] else None,
    )


def _drafted(message_id: str) -> str:
    return f"sms_messages.draft/{message_id}"


def _left(message_id: str) -> str:
    return f"sms_messages.departure/{message_id}"


def _came(inbound_id: str) -> str:
    return f"sms_inbound.record/{inbound_id}"


class SqlTransaction:
    """Implements :class:`compliant_sms.ports.Transaction` over any driver."""

    def __init__(self, connection: Connection, keyring: Sealer | None = None) -> None:
        self._db = connection
        self._bodies = Bodies(keyring)

    async def _one(self, sql: LiteralString, **parameters: object) -> Row | None:
        rows = await self._db.fetch(sql, parameters)
        return rows[0] if rows else None

    async def _all(self, sql: LiteralString, **parameters: object) -> list[Row]:
        return await self._db.fetch(sql, parameters)

    async def _do(self, sql: LiteralString, **parameters: object) -> int:
        return await self._db.execute(sql, parameters)

    # Practices

    async def enrol(self, practice: Practice, sender: PhoneNumber) -> None:
        """Remember which practice a number of ours belongs to."""
        await self._do(
            """INSERT INTO sms_practices (sender, practice_id, record)
            VALUES (:sender, :practice_id, :record)
            ON CONFLICT (sender) DO UPDATE
            SET practice_id = excluded.practice_id, record = excluded.record
            WHERE sms_practices.record <> excluded.record""",
            sender=sender.e164,
            practice_id=practice.id,
            record=_practice_record(practice),
        )

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""
        row = await self._one(
            "SELECT record FROM sms_practices WHERE sender = :sender", sender=sender.e164
        )
        return records.decode(row[0], Practice) if row else None

    # Consent

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        """Add an event to its chain, which is begun under the id where there is none."""
        subject = {
            "practice_id": event.practice_id,
            "number": event.number.e164,
            "person": filed_under(event) or _NOBODY,
        }
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
        await self._add_link(link(row[0], to_payload(event), last))

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

    # Texts out

    async def save(self, message: Message, at: datetime) -> None:
        """Store a new text, or a text's new state."""
        claimed_until = message.claimed_until
        where_it_is = {
            "message_id": message.message_id,
            "state": message.state,
            "not_before": _text(message.not_before),
            "claimed_until": _text(claimed_until) if claimed_until else None,
            "attempts": message.attempts,
            "provider": message.provider,
            "provider_id": message.provider_id,
            "problem": records.encode(message.problem) if message.problem else None,
        }
        known = await self._do(
            """UPDATE sms_messages SET state = :state, not_before = :not_before,
                claimed_until = :claimed_until, attempts = :attempts, provider = :provider,
                provider_id = :provider_id, problem = :problem
            WHERE message_id = :message_id""",
            **where_it_is,
        )
        if not known:
            await self._add_message(message, where_it_is)
        elif message.state is State.CLAIMED:
            await self._leave(message)
        await self._do(
            "INSERT INTO sms_steps (message_id, at, state) VALUES (:message_id, :at, :state)",
            message_id=message.message_id,
            at=_text(at),
            state=message.state,
        )

    async def _add_message(self, message: Message, where_it_is: Mapping[str, object]) -> None:
        await self._do(
            """INSERT INTO sms_messages (message_id, practice_id, idempotency_key, number, person,
                purpose, draft, created_at, state, not_before, claimed_until, attempts, provider,
                provider_id, problem, left_at, departure)
            VALUES (:message_id, :practice_id, :key, :number, :person, :purpose, :draft,
                :created_at, :state, :not_before, :claimed_until, :attempts, :provider,
                :provider_id, :problem, :left_at, :departure)""",
            practice_id=message.practice_id,
            key=message.draft.idempotency_key,
            number=message.draft.to.e164,
            person=message.draft.person or _NOBODY,
            purpose=message.draft.purpose.code,
            draft=self._bodies.encode(message.draft, _drafted(message.message_id)),
            created_at=_text(message.created_at),
            **self._departure(message),
            **where_it_is,
        )

    def _departure(self, message: Message) -> dict[str, object]:
        departure, about = message.departure, _left(message.message_id)
        return {
            "left_at": _text(departure.at) if departure else None,
            "departure": self._bodies.encode(departure, about) if departure else None,
        }

    async def _leave(self, message: Message) -> None:
        await self._do(
            """UPDATE sms_messages SET left_at = :left_at, departure = :departure
            WHERE message_id = :message_id""",
            message_id=message.message_id,
            **self._departure(message),
        )

    async def message(self, message_id: str) -> Message | None:
        """The text with that id."""
        row = await self._one(_MESSAGE + "WHERE message_id = :message_id", message_id=message_id)
        return _message(row, self._bodies) if row else None

    async def message_by_key(self, practice_id: str, key: str) -> Message | None:
        """The text that was asked for under that idempotency key."""
        row = await self._one(
            _MESSAGE + "WHERE practice_id = :practice_id AND idempotency_key = :key",
            practice_id=practice_id,
            key=key,
        )
        return _message(row, self._bodies) if row else None

    async def message_by_provider_id(self, provider: str, provider_id: str) -> Message | None:
        """The text that the provider calls so."""
        row = await self._one(
            _MESSAGE + "WHERE provider = :provider AND provider_id = :provider_id",
            provider=provider,
            provider_id=provider_id,
        )
        return _message(row, self._bodies) if row else None

    async def due(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts that are due or held until ``at`` or earlier, the longest due first."""
        rows = await self._all(
            _MESSAGE
            + """WHERE practice_id = :practice_id AND state IN ('due', 'held')
            AND not_before <= :at ORDER BY not_before LIMIT :limit""",
            practice_id=practice_id,
            at=_text(at),
            limit=limit,
        )
        return [_message(row, self._bodies) for row in rows]

    async def lapsed(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts whose claim ran out before ``at``."""
        rows = await self._all(
            _MESSAGE
            + """WHERE practice_id = :practice_id AND state = 'claimed'
            AND claimed_until <= :at ORDER BY claimed_until LIMIT :limit""",
            practice_id=practice_id,
            at=_text(at),
            limit=limit,
        )
        return [_message(row, self._bodies) for row in rows]

    async def uncertain(self, practice_id: str, limit: int) -> list[Message]:
        """Texts whose request may have been processed, the oldest first."""
        rows = await self._all(
            _MESSAGE
            + """WHERE practice_id = :practice_id AND state = 'uncertain'
            ORDER BY claimed_until LIMIT :limit""",
            practice_id=practice_id,
            limit=limit,
        )
        return [_message(row, self._bodies) for row in rows]

    async def messages_to(self, practice_id: str, number: PhoneNumber) -> list[Message]:
        """All texts to that number, oldest first."""
        rows = await self._all(
            _MESSAGE
            + """WHERE practice_id = :practice_id AND number = :number
            ORDER BY created_at, message_id""",
            practice_id=practice_id,
            number=number.e164,
        )
        return [_message(row, self._bodies) for row in rows]

    async def departures(
        self, practice_id: str, number: PhoneNumber, since: datetime
    ) -> list[Departure]:
        """How texts left to that number after ``since``, or may have left; oldest first."""
        rows = await self._all(
            """SELECT message_id, departure FROM sms_messages
            WHERE practice_id = :practice_id AND number = :number AND left_at > :since
            AND state IN ('claimed', 'sent', 'delivered', 'undelivered', 'uncertain')
            ORDER BY left_at""",
            practice_id=practice_id,
            number=number.e164,
            since=_text(since),
        )
        return [self._bodies.decode(record, Departure, _left(key)) for key, record in rows]

    async def departed(
        self, practice_id: str, number: PhoneNumber, since: datetime, limit: int
    ) -> list[Message]:
        """The texts that :meth:`departures` tells of, the newest first."""
        rows = await self._all(
            _MESSAGE
            + """WHERE practice_id = :practice_id AND number = :number AND left_at > :since
            AND state IN ('claimed', 'sent', 'delivered', 'undelivered', 'uncertain')
            ORDER BY left_at DESC LIMIT :limit""",
            practice_id=practice_id,
            number=number.e164,
            since=_text(since),
            limit=limit,
        )
        return [_message(row, self._bodies) for row in rows]

    async def add_volume(self, practice_id: str, at: datetime, segments: int) -> None:
        """Count segments that leave now."""
        await self._do(
            """INSERT INTO sms_volume (practice_id, minute, segments)
            VALUES (:practice_id, :minute, :segments) ON CONFLICT (practice_id, minute)
            DO UPDATE SET segments = sms_volume.segments + excluded.segments""",
            practice_id=practice_id,
            minute=_minute(at),
            segments=segments,
        )

    async def volume(self, practice_id: str, since: datetime) -> int:
        """Segments that were counted since the beginning of that minute."""
        row = await self._one(
            """SELECT coalesce(sum(segments), 0) FROM sms_volume
            WHERE practice_id = :practice_id AND minute >= :minute""",
            practice_id=practice_id,
            minute=_minute(since),
        )
        return int(row[0]) if row else 0

    async def steps(self, message_id: str) -> list[Step]:
        """The states that a text went through."""
        rows = await self._all(
            "SELECT at, state FROM sms_steps WHERE message_id = :message_id ORDER BY seq",
            message_id=message_id,
        )
        return [
            Step(message_id=message_id, at=_instant(at), state=State(state)) for at, state in rows
        ]

    async def add_decision(self, message_id: str, decision: Decision) -> None:
        """Keep a decision about a text."""
        await self._do(
            "INSERT INTO sms_decisions (message_id, record) VALUES (:message_id, :record)",
            message_id=message_id,
            record=records.encode(decision),
        )

    async def decisions(self, message_id: str) -> list[Decision]:
        """All decisions about a text, oldest first."""
        rows = await self._all(
            "SELECT record FROM sms_decisions WHERE message_id = :message_id ORDER BY seq",
            message_id=message_id,
        )
        return [records.decode(record, Decision) for (record,) in rows]

    # Texts and news in

    async def add_inbound(self, inbound: Inbound) -> bool:
        """Keep a text that came in; False where it was kept before."""
        return bool(
            await self._do(
                """INSERT INTO sms_inbound (inbound_id, practice_id, provider, provider_key, number,
                    received_at, record)
                VALUES (:inbound_id, :practice_id, :provider, :provider_key, :number,
                    :received_at, :record)
                ON CONFLICT (provider, provider_key) DO NOTHING""",
                inbound_id=inbound.inbound_id,
                practice_id=inbound.practice_id,
                provider=inbound.provider,
                provider_key=inbound.provider_key,
                number=inbound.number.e164 if inbound.number else _NOBODY,
                received_at=_text(inbound.received_at),
                record=self._bodies.encode(inbound, _came(inbound.inbound_id)),
            )
        )

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        """When the newest text from that number came in."""
        row = await self._one(
            """SELECT max(received_at) FROM sms_inbound
            WHERE practice_id = :practice_id AND number = :number""",
            practice_id=practice_id,
            number=number.e164,
        )
        return _instant(row[0]) if row and row[0] else None

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        """All texts from that number, oldest first."""
        rows = await self._all(
            """SELECT inbound_id, record FROM sms_inbound
            WHERE practice_id = :practice_id AND number = :number ORDER BY received_at""",
            practice_id=practice_id,
            number=number.e164,
        )
        return [self._bodies.decode(record, Inbound, _came(key)) for key, record in rows]

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
                at=_text(at),
                record=records.encode(update),
            )
        )


def _link(row: Row) -> Link:
    return Link(chain_id=row[0], position=row[1], previous=row[2], payload=row[3], digest=row[4])
