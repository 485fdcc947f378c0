"""Pictures and the like that came with texts, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from compliant_sms import records
from compliant_sms.messages import Inbound, InboundMedia
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._subjects import SubjectRecords

_DUE: LiteralString = """SELECT inbound_id, position FROM sms_media
    WHERE practice_id = :practice_id AND again_at <= :at
    ORDER BY again_at, inbound_id, position LIMIT 1"""
_OPEN: LiteralString = """SELECT 1 FROM sms_media
    WHERE inbound_id = :inbound_id AND position = :position AND practice_id = :practice_id
    AND again_at IS NOT NULL"""

_MEDIA: LiteralString = """SELECT m.inbound_id, i.provider, i.record, i.purged, i.chain_id,
    m.position, m.again_at, m.attempts, m.problem, m.content_type, m.content
    FROM sms_media m JOIN sms_inbound i ON i.inbound_id = m.inbound_id
    WHERE m.practice_id = :practice_id AND m.inbound_id = :inbound_id"""


def came(inbound_id: str) -> str:
    return f"sms_inbound.record/{inbound_id}"


def _sent_along(inbound_id: str, position: int) -> str:
    return f"sms_media.content/{inbound_id}/{position}"


class MediaRecords(SubjectRecords):
    """What patients sent along. Its URLs stand in the records of the texts."""

    async def _await_media(self, inbound: Inbound) -> None:
        for position in range(len(inbound.media)):
            await self._do(
                """INSERT INTO sms_media (inbound_id, position, practice_id, again_at, attempts,
                    problem, content_type)
                VALUES (:inbound_id, :position, :practice_id, :again_at, 0, '', '')""",
                inbound_id=inbound.inbound_id,
                position=position,
                practice_id=inbound.practice_id,
                again_at=text(inbound.received_at),
            )

    async def claim_media(
        self, practice_id: str, at: datetime, until: datetime
    ) -> InboundMedia | None:
        due = await self._one(
            _DUE + self._dialect.skip_locked, practice_id=practice_id, at=text(at)
        )
        if due is None:
            return None
        inbound_id, position = due
        await self._do(
            """UPDATE sms_media SET attempts = attempts + 1, again_at = :until
            WHERE inbound_id = :inbound_id AND position = :position""",
            inbound_id=inbound_id,
            position=position,
            until=text(until),
        )
        row = await self._one(
            _MEDIA + " AND m.position = :position",
            practice_id=practice_id,
            inbound_id=inbound_id,
            position=position,
        )
        return await self._medium(row) if row else None

    async def save_media(self, practice_id: str, media: InboundMedia) -> None:
        at: dict[str, object] = {"inbound_id": media.inbound_id, "position": media.position}
        # Who erases a person waits for this row: their key is there until the end.
        fixed = _OPEN + self._dialect.for_update
        if await self._one(fixed, **at, practice_id=practice_id) is None:
            return
        ((chain_id,),) = await self._all(
            "SELECT chain_id FROM sms_inbound WHERE inbound_id = :inbound_id",
            inbound_id=media.inbound_id,
        )
        owner, about = await self._owner_of(chain_id), _sent_along(media.inbound_id, media.position)
        await self._do(
            """UPDATE sms_media SET again_at = :again_at, problem = :problem,
                content_type = :content_type, content = :content
            WHERE inbound_id = :inbound_id AND position = :position""",
            **at,
            again_at=text(media.again_at) if media.again_at else None,
            problem=media.problem,
            content_type=media.content_type,
            content=owner.seal(media.content, about) if media.content else None,
        )

    async def media(self, practice_id: str, inbound_id: str) -> list[InboundMedia]:
        rows = await self._all(
            _MEDIA + " ORDER BY m.position", practice_id=practice_id, inbound_id=inbound_id
        )
        return [await self._medium(row) for row in rows]

    async def _medium(self, row: Row) -> InboundMedia:
        inbound_id, provider, record, purged, chain_id, *rest = row
        position, again_at, attempts, problem, kind, kept = rest
        url, content = "", b""
        if not purged:  # afterwards nothing opens them
            owner = await self._owner_of(chain_id)
            inbound = records.decode(owner.open(bytes(record), came(inbound_id)), Inbound)
            url = inbound.media[position]
            content = owner.open(bytes(kept), _sent_along(inbound_id, position)) if kept else b""
        return InboundMedia(
            inbound_id=inbound_id,
            position=position,
            provider=provider,
            url=url,
            attempts=attempts,
            again_at=instant(again_at) if again_at else None,
            content_type=kind,
            content=content,
            problem=problem,
        )

    async def _drop_media(self, inbound_id: str) -> dict[str, bytes]:
        """What was kept of a text's media, by name, and is no more."""
        rows = await self._all(
            """SELECT position, content FROM sms_media
            WHERE inbound_id = :inbound_id AND content IS NOT NULL ORDER BY position""",
            inbound_id=inbound_id,
        )
        await self._do(
            """UPDATE sms_media SET content = NULL, again_at = NULL, problem = 'it was dropped'
            WHERE inbound_id = :inbound_id""",
            inbound_id=inbound_id,
        )
        return {f"media_{position}": content for position, content in rows}
