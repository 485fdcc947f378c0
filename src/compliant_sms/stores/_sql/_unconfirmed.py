"""Texts for which their providers are still to be asked, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from attrs import evolve

from compliant_sms import records
from compliant_sms.messages import Inbound
from compliant_sms.ports import Unconfirmed
from compliant_sms.stores._connection import Row, text
from compliant_sms.stores._sql._media import came
from compliant_sms.stores._sql._subjects import SubjectRecords

_DUE: LiteralString = """SELECT inbound_id FROM sms_unconfirmed
    WHERE practice_id = :practice_id AND again_at <= :at ORDER BY again_at, inbound_id LIMIT 1"""
_KEPT: LiteralString = """SELECT u.inbound_id, u.attempts, u.record, i.record, i.chain_id
    FROM sms_unconfirmed u JOIN sms_inbound i ON i.inbound_id = u.inbound_id
    WHERE u.inbound_id = :inbound_id"""
# A row stays: whoever uses the database need not be allowed to delete any.
_CLOSED: LiteralString = """UPDATE sms_unconfirmed SET again_at = NULL, record = :nothing
    WHERE inbound_id = :inbound_id AND practice_id = :practice_id AND again_at IS NOT NULL"""
_OWNED: LiteralString = """SELECT chain_id FROM sms_inbound
    WHERE inbound_id = :inbound_id AND practice_id = :practice_id AND purged IS NULL"""


def _its(inbound: Inbound) -> dict[str, object]:
    return {"inbound_id": inbound.inbound_id, "practice_id": inbound.practice_id}


def _told(inbound_id: str) -> str:
    return f"sms_unconfirmed.record/{inbound_id}"


class UnconfirmedRecords(SubjectRecords):
    """Texts that their callbacks did not prove. What they say stands in the texts' own records."""

    async def add_unconfirmed(self, pending: Unconfirmed) -> None:
        inbound = pending.inbound
        ((chain_id,),) = await self._all(_OWNED, **_its(inbound))
        owner = await self._owner_of(chain_id)
        rest = evolve(
            pending,
            inbound=evolve(inbound, body="", media=()),
            event=evolve(pending.event, body="", media=()),
            attempts=0,
        )
        await self._do(
            """INSERT INTO sms_unconfirmed (inbound_id, practice_id, again_at, attempts, record)
            VALUES (:inbound_id, :practice_id, :again_at, 0, :record)""",
            inbound_id=inbound.inbound_id,
            practice_id=inbound.practice_id,
            again_at=text(inbound.received_at),
            record=owner.seal(records.encode(rest), _told(inbound.inbound_id)),
        )

    async def claim_unconfirmed(
        self, practice_id: str, at: datetime, until: datetime
    ) -> Unconfirmed | None:
        due = await self._one(
            _DUE + self._dialect.skip_locked, practice_id=practice_id, at=text(at)
        )
        if due is None:
            return None
        await self._do(
            """UPDATE sms_unconfirmed SET attempts = attempts + 1, again_at = :until
            WHERE inbound_id = :inbound_id""",
            inbound_id=due[0],
            until=text(until),
        )
        row = await self._one(_KEPT, inbound_id=due[0])
        return await self._unconfirmed(row) if row else None

    async def _unconfirmed(self, row: Row) -> Unconfirmed:
        inbound_id, attempts, record, kept, chain_id = row
        owner = await self._owner_of(chain_id)
        pending = records.decode(owner.open(bytes(record), _told(inbound_id)), Unconfirmed)
        inbound = records.decode(owner.open(bytes(kept), came(inbound_id)), Inbound)
        event = evolve(pending.event, body=inbound.body, media=inbound.media)
        return evolve(pending, inbound=inbound, event=event, attempts=attempts)

    async def delay_unconfirmed(self, claimed: Unconfirmed, again_at: datetime | None) -> None:
        which: dict[str, object] = {
            **_its(claimed.inbound),
            "attempts": claimed.attempts,
        }
        if again_at is None:
            await self._do(_CLOSED + " AND attempts = :attempts", **which, nothing=b"{}")
            return
        await self._do(
            """UPDATE sms_unconfirmed SET again_at = :again_at
            WHERE inbound_id = :inbound_id AND practice_id = :practice_id
            AND again_at IS NOT NULL AND attempts = :attempts""",
            **which,
            again_at=text(again_at),
        )

    async def close_unconfirmed(self, practice_id: str, inbound_id: str) -> bool:
        which = {"practice_id": practice_id, "inbound_id": inbound_id}
        return bool(await self._do(_CLOSED, **which, nothing=b"{}"))

    async def prove_inbound(self, inbound: Inbound, at: datetime) -> None:  # noqa: ARG002
        for (chain_id,) in await self._all(_OWNED, **_its(inbound)):
            owner = await self._owner_of(chain_id)
            await self._do(
                "UPDATE sms_inbound SET record = :record WHERE inbound_id = :inbound_id",
                inbound_id=inbound.inbound_id,
                record=owner.seal(records.encode(inbound), came(inbound.inbound_id)),
            )
