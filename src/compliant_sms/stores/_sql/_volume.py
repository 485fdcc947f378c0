"""Places on a practice's plan, and its pauses, as SQL."""

from __future__ import annotations

from datetime import date, datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.errors import StoreError
from compliant_sms.stores._connection import text
from compliant_sms.stores._sql._subjects import SubjectRecords
from compliant_sms.volume import Pause

PAUSED_SCOPES: LiteralString = """SELECT scope FROM sms_pauses
    WHERE practice_id = :practice_id AND lifted_at IS NULL"""


def _paused(practice_id: str, scope: str) -> str:
    return f"sms_pauses.record/{practice_id}/{scope}"


class VolumeRecords(SubjectRecords):
    """The places of each local day, and what somebody has stopped."""

    async def fix_places(self, practice_id: str) -> None:
        await self._hold(f"places/{practice_id}")

    async def free_place(self, practice_id: str, day: date, first: int) -> int:
        row = await self._one(
            """SELECT min(taken.place) + 1 FROM sms_places taken
            WHERE taken.practice_id = :practice_id AND taken.day = :day AND taken.place >= :first
            AND taken.message_id <> ''
            AND NOT EXISTS (SELECT 1 FROM sms_places other WHERE other.practice_id = :practice_id
                AND other.day = :day AND other.place = taken.place + 1 AND other.message_id <> '')
            AND EXISTS (SELECT 1 FROM sms_places own WHERE own.practice_id = :practice_id
                AND own.day = :day AND own.place = :first AND own.message_id <> '')""",
            practice_id=practice_id,
            day=day.isoformat(),
            first=first,
        )
        return first if row is None or row[0] is None else int(row[0])

    async def has_place(self, practice_id: str, day: date, message_id: str) -> bool:
        row = await self._one(
            """SELECT 1 FROM sms_places WHERE message_id = :message_id
            AND practice_id = :practice_id AND day = :day""",
            practice_id=practice_id,
            day=day.isoformat(),
            message_id=message_id,
        )
        return row is not None

    async def take_place(self, practice_id: str, day: date, place: int, message_id: str) -> None:
        taken = await self._do(
            """INSERT INTO sms_places (practice_id, day, place, message_id)
            VALUES (:practice_id, :day, :place, :message_id)
            ON CONFLICT (practice_id, day, place) DO UPDATE
            SET message_id = excluded.message_id WHERE sms_places.message_id = ''""",
            practice_id=practice_id,
            day=day.isoformat(),
            place=place,
            message_id=message_id,
        )
        if not taken:
            msg = "another text has that place; somebody looked for one without fix_places()"
            raise StoreError(msg)

    async def leave_places(self, practice_id: str, since: date, message_id: str) -> None:
        await self._do(
            """UPDATE sms_places SET message_id = '' WHERE message_id = :message_id
            AND practice_id = :practice_id AND day >= :since""",
            practice_id=practice_id,
            since=since.isoformat(),
            message_id=message_id,
        )

    async def fix_pauses(self, practice_id: str) -> None:
        await self._hold(f"pauses/{practice_id}")

    async def paused_scopes(self, practice_id: str) -> frozenset[str]:
        await self._keep_pauses_first(practice_id)
        rows = await self._all(PAUSED_SCOPES, practice_id=practice_id)
        return frozenset(scope for (scope,) in rows)

    async def _keep_pauses_first(self, practice_id: str) -> None:
        await self._share_first(f"pauses/{practice_id}")

    async def place_pause(self, practice_id: str, pause: Pause) -> None:
        await self._begin(practice_id)  # it may be the practice's first record
        about = _paused(practice_id, pause.scope)
        await self._do(
            """INSERT INTO sms_pauses (practice_id, scope, since, record)
            VALUES (:practice_id, :scope, :since, :record)
            ON CONFLICT (practice_id, scope) DO UPDATE
            SET since = excluded.since, record = excluded.record, lifted_at = NULL""",
            practice_id=practice_id,
            scope=pause.scope,
            since=text(pause.since),
            record=await self._seal(practice_id, records.encode(pause), about),
        )

    async def lift_pause(self, practice_id: str, scope: str, at: datetime) -> bool:
        return bool(
            await self._do(
                """UPDATE sms_pauses SET lifted_at = :at
                WHERE practice_id = :practice_id AND scope = :scope AND lifted_at IS NULL""",
                practice_id=practice_id,
                scope=scope,
                at=text(at),
            )
        )

    async def pauses(self, practice_id: str) -> list[Pause]:
        rows = await self._all(
            """SELECT scope, record FROM sms_pauses WHERE practice_id = :practice_id
            AND lifted_at IS NULL ORDER BY since, scope""",
            practice_id=practice_id,
        )
        return [
            records.decode(
                await self._open(practice_id, bytes(record), _paused(practice_id, scope)), Pause
            )
            for scope, record in rows
        ]

    async def release_held(self, practice_id: str, until: datetime, at: datetime) -> int:
        return await self._do(
            """UPDATE sms_messages SET not_before = :at, reserved_until = NULL
            WHERE practice_id = :practice_id AND urgency IN (0, 1, 2)
            AND state IN ('due', 'held') AND not_before = :until""",
            practice_id=practice_id,
            until=text(until),
            at=text(at),
        )

    async def being_sent(self, practice_id: str) -> int:
        row = await self._one(
            """SELECT count(*) FROM sms_messages
            WHERE practice_id = :practice_id AND state = 'claimed'
            AND state IN ('claimed', 'uncertain')""",  # in the words of the index
            practice_id=practice_id,
        )
        return int(row[0]) if row else 0
