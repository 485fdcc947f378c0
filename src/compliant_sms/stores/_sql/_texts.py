"""Texts on their way out, as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.errors import StoreError
from compliant_sms.lifecycle import State
from compliant_sms.messages import Departure, Draft, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Step
from compliant_sms.providers import Problem
from compliant_sms.retention import Purged
from compliant_sms.rules import Decision
from compliant_sms.stores._connection import Connection, Overtaken, Row, instant, text
from compliant_sms.stores._sql._subjects import SubjectRecords
from compliant_sms.stores._vault import Subject, Vault

COLUMNS: LiteralString = """message_id, practice_id, draft, created_at, state, not_before,
    claimed_until, attempts, provider, provider_id, problem, departure, purged, chain_id,
    (SELECT data_key FROM sms_chains WHERE sms_chains.chain_id = sms_messages.chain_id),
    refusals"""
MESSAGE: LiteralString = "SELECT " + COLUMNS + " FROM sms_messages "  # noqa: S608 - no value in it
# Under the number itself nothing finds an erased text. Limits still count it at that number.
_ERASED = "-"
_LEFT: LiteralString = "SELECT message_id, departure, m.chain_id, data_key, m.number FROM "
_LATELY: LiteralString = """
    WHERE m.chain_id = c.chain_id AND m.practice_id = :practice_id AND left_at > :since
    AND state IN ('claimed', 'sent', 'delivered', 'undelivered', 'uncertain') """
_IN_ORDER: LiteralString = "ORDER BY left_at, message_id"
_HERE: LiteralString = (
    _LEFT
    + "sms_messages m CROSS JOIN sms_chains c"
    + _LATELY
    + "AND m.number IN (:number, :erased) "
)
DEPARTURES: LiteralString = _HERE + _IN_ORDER
_THEIRS: LiteralString = _HERE + "AND c.person = :person " + _IN_ORDER
# CROSS JOIN: their chains come first, which SQLite has to be told.
_ELSEWHERE: LiteralString = (
    _LEFT
    + "sms_chains c CROSS JOIN sms_messages m"
    + _LATELY
    + """AND m.number IN (c.number, '-' || c.number) AND c.practice_id = :practice_id
    AND c.person = :person AND c.number <> :number """
    + _IN_ORDER
)

_NEW: LiteralString = """INSERT INTO sms_messages (message_id, practice_id, idempotency_key,
    chain_id, number, person, purpose, draft, created_at, state, urgency, not_before, claimed_until,
    attempts, refusals, provider, provider_id, problem, unreported_since, left_at, departure)
    VALUES (:message_id, :practice_id, :key, :chain_id, :number, :person, :purpose, :draft,
    :created_at, :state, :urgency, :not_before, :claimed_until, :attempts, :refusals, :provider,
    :provider_id, :problem, :unreported_since, :left_at, :departure) """

_CHANGED: LiteralString = """UPDATE sms_messages SET state = :state, not_before = :not_before,
    claimed_until = :claimed_until, attempts = :attempts, refusals = :refusals,
    provider = :provider, provider_id = :provider_id, problem = :problem,
    unreported_since = :unreported_since, reserved_until = NULL, reservations = 0"""
_NOTED: LiteralString = "UPDATE sms_messages SET problem = :problem"
_LEAVES: LiteralString = ", left_at = :left_at, departure = :departure"
_AT: LiteralString = " WHERE message_id = :message_id AND practice_id = :practice_id"
_IF_CLAIMED: LiteralString = """ AND state = 'claimed' AND attempts = :attempts
    AND claimed_until = :claimed_until AND provider_id IS NULL"""


def _minute(at: datetime) -> str:
    return text(at.replace(second=0, microsecond=0))


# A sealed record opens for its own place only.
def drafted(message_id: str) -> str:
    return f"sms_messages.draft/{message_id}"


def at_number(filed: str) -> dict[str, str]:
    """Where what left to a number is filed, before its erasure and after it."""
    return {"number": filed, "erased": _ERASED + filed}


def left(message_id: str) -> str:
    return f"sms_messages.departure/{message_id}"


def decided(message_id: str) -> str:
    return f"sms_decisions.record/{message_id}"


def _erased(kept: bytes) -> Draft | None:
    """What stands in place of a draft that was erased; None where it is another's record.

    It lies in the clear, and nothing else may.
    """
    draft = records.decode(kept, Draft) if kept[:1] == b"{" else None
    return draft if draft is not None and draft.is_erased else None


def _unknown() -> StoreError:
    msg = "the practice has no text of that id: one of another practice is not changed"
    return StoreError(msg)


def _where_it_is(message: Message, at: datetime) -> dict[str, object]:
    claimed_until = message.claimed_until
    return {
        "message_id": message.message_id,
        "practice_id": message.practice_id,
        "state": message.state,
        "not_before": text(message.not_before),
        "claimed_until": text(claimed_until) if claimed_until else None,
        "attempts": message.attempts,
        "refusals": message.refusals,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "problem": _problem_of(message),
        # From now on its provider can tell what becomes of it.
        "unreported_since": text(at) if _is_unreported(message) else None,
    }


def _problem_of(message: Message) -> bytes | None:
    return records.encode(message.problem) if message.problem else None


def _is_unreported(message: Message) -> bool:
    return message.state is State.SENT and message.provider_id is not None


class TextRecords(SubjectRecords):
    """Each text, where it is, and what was decided about it."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        super().__init__(connection, vault)
        self._owners: dict[tuple[str, str], Subject] = {}

    def _message(self, row: Row) -> Message:
        message_id, departure = row[0], row[11]
        owner = self._owners[row[1], message_id] = self._vault.subject(row[13], row[14])
        erased = draft = _erased(bytes(row[2])) if row[12] is not None else None
        if draft is None:
            draft = records.decode(owner.open(bytes(row[2]), drafted(message_id)), Draft)
        # What is left of how an erased one went is for limits alone.
        has_left = departure and not erased
        gone = owner.open(bytes(departure), left(message_id)) if has_left else None
        return Message(
            message_id=message_id,
            practice_id=row[1],
            draft=draft,
            created_at=instant(row[3]),
            state=State(row[4]),
            not_before=instant(row[5]),
            claimed_until=instant(row[6]) if row[6] else None,
            attempts=row[7],
            refusals=row[15],
            provider=row[8],
            provider_id=row[9],
            problem=records.decode(row[10], Problem) if row[10] else None,
            departure=records.decode(gone, Departure) if gone else None,
            purged=records.decode(row[12], Purged) if row[12] else None,
        )

    def _messages(self, rows: Iterable[Row], unreadable: list[Exception] | None) -> list[Message]:
        """The texts that can be read. Errors of others go into the list, if one is given."""
        found: list[Message] = []
        for row in rows:
            try:
                found.append(self._message(row))
            except Exception as error:
                if unreadable is None:
                    raise
                unreadable.append(error)
        return found

    async def _owner(self, practice_id: str, message_id: str) -> Subject | None:
        """Whose text it is; None where the practice has none of that id."""
        its = practice_id, message_id
        if its not in self._owners:
            row = await self._one(
                """SELECT chain_id, data_key FROM sms_chains WHERE chain_id = (
                    SELECT chain_id FROM sms_messages
                    WHERE message_id = :message_id AND practice_id = :practice_id)""",
                practice_id=practice_id,
                message_id=message_id,
            )
            if row is None:
                return None
            self._owners[its] = self._vault.subject(*row)
        return self._owners[its]

    async def add(self, message: Message, at: datetime) -> bool:
        # The number is not locked: its person must not be erased in the meantime.
        await self._keep_key(message.practice_id, message.draft.to, message.draft.person)
        added = await self._add_message(message, at, unless="ON CONFLICT DO NOTHING")
        if added:
            await self._add_step(message, at)
        return added

    async def save(self, message: Message, at: datetime) -> None:
        # What was not read before is new, most likely.
        its = message.practice_id, message.message_id
        may_be_new = its not in self._owners
        # A server logs the value that a constraint refuses, and the key may be anything.
        is_new = may_be_new and await self._add_message(
            message, at, unless="ON CONFLICT DO NOTHING"
        )
        if may_be_new and not is_new:
            await self._refuse_taken_key(message)
        if not (is_new or await self._move(message, at)):
            raise _unknown()
        await self._add_step(message, at)

    async def _refuse_taken_key(self, message: Message) -> None:
        """Refuse a text under whose key another one was kept since somebody looked."""
        row = await self._one(
            """SELECT message_id FROM sms_messages
            WHERE practice_id = :practice_id AND idempotency_key = :key""",
            practice_id=message.practice_id,
            key=message.draft.idempotency_key,
        )
        if row is not None and row[0] != message.message_id:
            msg = (
                "somebody else asked for a text under this idempotency key at the same time. "
                "Roll back, and do the whole transaction again."
            )
            raise Overtaken(msg)

    async def close_claim(self, settled: Message, at: datetime) -> bool:
        closed = await self._do(_CHANGED + _AT + _IF_CLAIMED, **_where_it_is(settled, at))
        if closed:
            await self._add_step(settled, at)
        return bool(closed)

    async def note(self, message: Message) -> None:
        await self._do(
            _NOTED + _AT,
            message_id=message.message_id,
            practice_id=message.practice_id,
            problem=_problem_of(message),
        )

    async def _move(self, message: Message, at: datetime) -> int:
        if message.state is State.CLAIMED:
            owner = await self._owner(message.practice_id, message.message_id)
            if owner is None:
                raise _unknown()
            departure = self._departure(message, owner)
            return await self._do(
                _CHANGED + _LEAVES + _AT, **_where_it_is(message, at), **departure
            )
        return await self._do(_CHANGED + _AT, **_where_it_is(message, at))

    async def _add_step(self, message: Message, at: datetime) -> None:
        await self._soon(
            "INSERT INTO sms_steps (message_id, at, state) VALUES (:message_id, :at, :state)",
            message_id=message.message_id,
            at=text(at),
            state=message.state,
        )

    async def _add_message(
        self, message: Message, at: datetime, unless: LiteralString = ""
    ) -> bool:
        message_id, draft = message.message_id, message.draft
        owner = await self._subject(message.practice_id, draft.to, draft.person, message_id)
        added = await self._do(
            _NEW + unless,
            key=draft.idempotency_key,
            chain_id=owner.chain_id,
            number=await self._number(message.practice_id, draft.to),
            person=await self._person(message.practice_id, draft.person),
            purpose=draft.purpose.code,
            draft=owner.seal(records.encode(draft), drafted(message_id)),
            created_at=text(message.created_at),
            urgency=draft.urgency,
            **self._departure(message, owner),
            **_where_it_is(message, at),
        )
        if added:
            self._owners[message.practice_id, message_id] = owner
        return bool(added)

    @staticmethod
    def _departure(message: Message, owner: Subject) -> dict[str, object]:
        departure, about = message.departure, left(message.message_id)
        return {
            "left_at": text(departure.at) if departure else None,
            "departure": owner.seal(records.encode(departure), about) if departure else None,
        }

    async def message(self, practice_id: str, message_id: str) -> Message | None:
        row = await self._one(
            MESSAGE
            + "WHERE message_id = :message_id AND practice_id = :practice_id"
            + self._dialect.for_update,
            message_id=message_id,
            practice_id=practice_id,
        )
        return self._message(row) if row else None

    async def message_by_key(self, practice_id: str, key: str) -> Message | None:
        row = await self._one(
            MESSAGE
            + "WHERE practice_id = :practice_id AND idempotency_key = :key"
            + self._dialect.for_update,
            practice_id=practice_id,
            key=key,
        )
        return self._message(row) if row else None

    async def message_by_provider_id(
        self,
        practice_id: str,
        provider: str,
        provider_id: str,
        *,
        reference: str | None = None,
        recipient: PhoneNumber | None = None,
    ) -> Message | None:
        number = await self._number(practice_id, recipient) if recipient else ""
        row = await self._one(
            MESSAGE
            + """WHERE practice_id = :practice_id AND provider = :provider
            AND provider_id = :provider_id ORDER BY CASE WHEN message_id = :reference THEN 0
            WHEN number = :number THEN 1 ELSE 2 END, created_at DESC, message_id DESC LIMIT 1"""
            + self._dialect.for_update,
            practice_id=practice_id,
            provider=provider,
            provider_id=provider_id,
            reference=reference or "",
            number=number,
        )
        return self._message(row) if row else None

    async def messages_to(
        self,
        practice_id: str,
        number: PhoneNumber,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        rows = await self._all(
            MESSAGE
            + """WHERE practice_id = :practice_id AND number = :number
            ORDER BY created_at, message_id""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return self._messages(rows, unreadable)

    async def departures(
        self, practice_id: str, number: PhoneNumber, since: datetime, person: str | None = None
    ) -> list[Departure]:
        whose = {} if person is None else {"person": await self._person(practice_id, person)}
        rows = await self._all(
            _THEIRS if whose else DEPARTURES,
            practice_id=practice_id,
            **at_number(await self._number(practice_id, number)),
            since=text(since),
            **whose,
        )
        return self._departures(rows)

    async def departures_elsewhere(
        self, practice_id: str, number: PhoneNumber, since: datetime, person: str
    ) -> list[Departure]:
        rows = await self._all(
            _ELSEWHERE,
            practice_id=practice_id,
            number=await self._number(practice_id, number),
            person=await self._person(practice_id, person),
            since=text(since),
        )
        return self._departures(rows)

    def _departures(self, rows: Iterable[Row]) -> list[Departure]:
        return [
            records.decode(
                bytes(record)
                if number.startswith(_ERASED)
                else self._vault.subject(chain_id, data_key).open(bytes(record), left(message_id)),
                Departure,
            )
            for message_id, record, chain_id, data_key, number in rows
        ]

    async def departed(
        self, practice_id: str, number: PhoneNumber, since: datetime, limit: int
    ) -> list[Message]:
        rows = await self._all(
            MESSAGE
            + """WHERE practice_id = :practice_id AND number = :number AND left_at > :since
            AND state IN ('claimed', 'sent', 'delivered', 'undelivered', 'uncertain')
            ORDER BY left_at DESC, message_id DESC LIMIT :limit""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
            since=text(since),
            limit=limit,
        )
        return [self._message(row) for row in rows]

    async def add_volume(self, practice_id: str, at: datetime, segments: int) -> None:
        await self._do(
            """INSERT INTO sms_volume (practice_id, minute, segments)
            VALUES (:practice_id, :minute, :segments) ON CONFLICT (practice_id, minute)
            DO UPDATE SET segments = sms_volume.segments + excluded.segments""",
            practice_id=practice_id,
            minute=_minute(at),
            segments=segments,
        )

    async def volume(self, practice_id: str, since: datetime) -> int:
        await self._hold_volume(practice_id)
        row = await self._one(
            """SELECT coalesce(sum(segments), 0) FROM sms_volume
            WHERE practice_id = :practice_id AND minute >= :minute""",
            practice_id=practice_id,
            minute=_minute(since),
        )
        return int(row[0]) if row else 0

    async def _hold_volume(self, practice_id: str) -> None:
        await self._hold_first(f"{practice_id}/volume")

    async def steps(self, practice_id: str, message_id: str) -> list[Step]:
        rows = await self._all(
            """SELECT at, s.state FROM sms_steps s JOIN sms_messages m USING (message_id)
            WHERE message_id = :message_id AND practice_id = :practice_id ORDER BY seq""",
            practice_id=practice_id,
            message_id=message_id,
        )
        return [
            Step(message_id=message_id, at=instant(at), state=State(state)) for at, state in rows
        ]

    async def add_decision(self, practice_id: str, message_id: str, decision: Decision) -> None:
        owner = await self._owner(practice_id, message_id)
        if owner is None:
            raise _unknown()
        await self._soon(
            "INSERT INTO sms_decisions (message_id, record) VALUES (:message_id, :record)",
            message_id=message_id,
            record=owner.seal(records.encode(decision), decided(message_id)),
        )

    async def decisions(self, practice_id: str, message_id: str) -> list[Decision]:
        owner, about = await self._owner(practice_id, message_id), decided(message_id)
        if owner is None:
            return []
        rows = await self._all(
            """SELECT record FROM sms_decisions
            WHERE message_id = :message_id AND purged IS NULL ORDER BY seq""",
            message_id=message_id,
        )
        return [records.decode(owner.open(bytes(record), about), Decision) for (record,) in rows]
