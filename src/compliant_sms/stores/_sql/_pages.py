"""Pages behind links, as SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString

from attrs import evolve

from compliant_sms import records
from compliant_sms.phone import PhoneNumber
from compliant_sms.secure_pages import Accessed, Page, PageAccess, PageContent
from compliant_sms.stores._connection import Row, instant, text
from compliant_sms.stores._sql._subjects import SubjectRecords

_PAGE: LiteralString = """SELECT p.message_id, p.practice_id, p.token_hash, p.created_at,
    p.expires_at, p.attempts, p.opened, p.replies, p.read_at, p.withdrawn_at, p.record, m.chain_id
    FROM sms_secure_pages p JOIN sms_messages m ON m.message_id = p.message_id
    WHERE p.practice_id = :practice_id AND """
_LOCK: LiteralString = "SELECT 1 FROM sms_secure_pages WHERE practice_id = :practice_id AND "
_SHOWS: LiteralString = "SELECT record FROM sms_secure_pages WHERE message_id = :message_id"
_ACCESSES: LiteralString = """SELECT a.seq, a.message_id, a.at, a.what, a.inbound_id, a.record,
    m.chain_id FROM sms_page_accesses a JOIN sms_messages m ON m.message_id = a.message_id
    WHERE a.practice_id = :practice_id AND """
# By the number first, which has an index.
_BESIDE: LiteralString = """m.practice_id = :practice_id AND m.number = (SELECT number
    FROM sms_messages WHERE practice_id = :practice_id AND message_id = :message_id)
    AND m.chain_id = (SELECT chain_id FROM sms_messages
    WHERE practice_id = :practice_id AND message_id = :message_id) ORDER BY a.seq"""
EXPIRED: LiteralString = """SELECT p.message_id, c.number, c.person FROM sms_secure_pages p
    JOIN sms_messages m ON m.message_id = p.message_id JOIN sms_chains c ON c.chain_id = m.chain_id
    WHERE p.practice_id = :practice_id AND p.expires_at <= :at AND p.record IS NOT NULL
    AND p.message_id > :after ORDER BY p.message_id LIMIT :limit"""
# It is read under the lock of its text, which whoever drops or erases that takes first.
_OWNER: LiteralString = """SELECT chain_id FROM sms_messages WHERE practice_id = :practice_id
    AND message_id = :message_id AND number <> '' AND purged IS NULL"""


def _shown(message_id: str) -> str:
    return f"sms_secure_pages.record/{message_id}"


def _came_from(message_id: str) -> str:
    return f"sms_page_accesses.record/{message_id}"


class SecurePageRecords(SubjectRecords):
    """Pages, what they show, and who came to them."""

    async def add_page(self, page: Page) -> bool:
        row = await self._one(
            _OWNER + self._dialect.for_update,
            practice_id=page.practice_id,
            message_id=page.message_id,
        )
        if row is None:
            return False
        return bool(
            await self._do(
                """INSERT INTO sms_secure_pages (message_id, practice_id, token_hash, created_at,
                    expires_at, attempts, opened, replies, read_at, withdrawn_at, record)
                VALUES (:message_id, :practice_id, :token_hash, :created_at, :expires_at,
                    :attempts, :opened, :replies, :read_at, :withdrawn_at, :record)
                ON CONFLICT (message_id) DO UPDATE SET token_hash = :token_hash,
                    expires_at = :expires_at, record = :record
                WHERE sms_secure_pages.record IS NULL AND sms_secure_pages.withdrawn_at IS NULL""",
                **await self._page_columns(page, row[0]),
            )
        )

    async def page_of(self, practice_id: str, message_id: str) -> Page | None:
        where: LiteralString = "message_id = :message_id"
        return await self._page(where, practice_id=practice_id, message_id=message_id)

    async def page_at(self, practice_id: str, token_hash: bytes) -> Page | None:
        where: LiteralString = "token_hash = :token_hash"
        return await self._page(where, practice_id=practice_id, token_hash=token_hash)

    async def _page(self, where: LiteralString, **parameters: object) -> Page | None:
        if await self._one(_LOCK + where + self._dialect.for_update, **parameters) is None:
            return None
        row = await self._one(_PAGE + "p." + where, **parameters)
        assert row is not None, "no page is ever removed"  # noqa: S101
        *columns, record, chain_id = row
        content = None
        if record is not None:
            owner = await self._owner_of(chain_id)
            opened = owner.open(bytes(record), _shown(columns[0]))
            content = records.decode(opened, PageContent)
        return _paged(columns, content)

    async def save_page(self, page: Page) -> None:
        ((chain_id,),) = await self._all(
            """SELECT chain_id FROM sms_messages
            WHERE message_id = :message_id AND practice_id = :practice_id""",
            practice_id=page.practice_id,
            message_id=page.message_id,
        )
        columns = await self._page_columns(page, chain_id)
        del columns["created_at"]
        await self._do(
            """UPDATE sms_secure_pages SET token_hash = :token_hash, expires_at = :expires_at,
                attempts = :attempts, opened = :opened, replies = :replies, read_at = :read_at,
                withdrawn_at = :withdrawn_at,
                record = CASE WHEN record IS NULL THEN record ELSE :record END
            WHERE practice_id = :practice_id AND message_id = :message_id""",
            **columns,
        )

    async def _page_columns(self, page: Page, chain_id: str) -> dict[str, object]:
        record = None
        if page.content is not None:
            owner = await self._owner_of(chain_id)
            record = owner.seal(records.encode(page.content), _shown(page.message_id))
        return {
            "message_id": page.message_id,
            "practice_id": page.practice_id,
            "token_hash": page.token_hash,
            "created_at": text(page.created_at),
            "expires_at": text(page.expires_at),
            "attempts": page.attempts,
            "opened": page.opened,
            "replies": page.replies,
            "read_at": text(page.read_at) if page.read_at else None,
            "withdrawn_at": text(page.withdrawn_at) if page.withdrawn_at else None,
            "record": record,
        }

    # Accesses

    async def add_access(self, practice_id: str, access: PageAccess) -> None:
        ((chain_id, shows),) = await self._all(
            """SELECT m.chain_id, p.record IS NOT NULL FROM sms_secure_pages p
            JOIN sms_messages m ON m.message_id = p.message_id
            WHERE p.message_id = :message_id AND p.practice_id = :practice_id""",
            practice_id=practice_id,
            message_id=access.message_id,
        )
        record = None
        if access.address and shows:
            owner = await self._owner_of(chain_id)
            record = owner.seal(access.address.encode(), _came_from(access.message_id))
        await self._do(
            """INSERT INTO sms_page_accesses (message_id, practice_id, at, what, inbound_id, record)
            VALUES (:message_id, :practice_id, :at, :what, :inbound_id, :record)""",
            message_id=access.message_id,
            practice_id=practice_id,
            at=text(access.at),
            what=access.what.value,
            inbound_id=access.inbound_id,
            record=record,
        )

    async def accesses(self, practice_id: str, message_id: str) -> list[PageAccess]:
        rows = await self._all(
            _ACCESSES + "a.message_id = :message_id ORDER BY a.seq",
            practice_id=practice_id,
            message_id=message_id,
        )
        return [await self._access(row) for row in rows]

    async def accesses_at(self, practice_id: str, number: PhoneNumber) -> list[PageAccess]:
        rows = await self._all(
            _ACCESSES + "m.practice_id = :practice_id AND m.number = :number ORDER BY a.seq",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return [await self._access(row) for row in rows]

    async def paged(self, practice_id: str, number: PhoneNumber) -> set[str]:
        rows = await self._all(
            """SELECT p.message_id FROM sms_messages m
            JOIN sms_secure_pages p ON p.message_id = m.message_id
            WHERE m.practice_id = :practice_id AND m.number = :number""",
            practice_id=practice_id,
            number=await self._number(practice_id, number),
        )
        return {message_id for (message_id,) in rows}

    async def accesses_beside(self, practice_id: str, message_id: str) -> list[PageAccess]:
        rows = await self._all(_ACCESSES + _BESIDE, practice_id=practice_id, message_id=message_id)
        return [await self._access(row) for row in rows]

    async def new_accesses(self, practice_id: str, limit: int) -> list[PageAccess]:
        rows = await self._all(
            _ACCESSES + "a.acknowledged_at IS NULL ORDER BY a.seq LIMIT :limit",
            practice_id=practice_id,
            limit=limit,
        )
        return [await self._access(row) for row in rows]

    async def _access(self, row: Row) -> PageAccess:
        access_id, message_id, at, what, inbound_id, record, chain_id = row
        access = PageAccess(
            access_id=access_id,
            message_id=message_id,
            at=instant(at),
            what=Accessed(what),
            inbound_id=inbound_id,
        )
        if record is None:
            return access
        owner = await self._owner_of(chain_id)
        return evolve(access, address=owner.open(bytes(record), _came_from(message_id)).decode())

    async def acknowledge_accesses(
        self, practice_id: str, access_ids: Collection[int], at: datetime
    ) -> int:
        return sum(
            [
                await self._do(
                    """UPDATE sms_page_accesses SET acknowledged_at = :at WHERE seq = :access_id
                    AND practice_id = :practice_id AND acknowledged_at IS NULL""",
                    practice_id=practice_id,
                    access_id=access_id,
                    at=text(at),
                )
                for access_id in sorted(access_ids)
            ]
        )

    # Dropping

    async def _drop_page(self, message_id: str) -> dict[str, bytes]:
        """What was kept of a text's page, by name, and is no more."""
        row = await self._one(_SHOWS + self._dialect.for_update, message_id=message_id)
        # The page before its accesses: whoever is about to add one holds it.
        await self._do(
            "UPDATE sms_secure_pages SET record = NULL WHERE message_id = :message_id",
            message_id=message_id,
        )
        await self._do(
            "UPDATE sms_page_accesses SET record = NULL WHERE message_id = :message_id",
            message_id=message_id,
        )
        return {"page": row[0]} if row and row[0] else {}


def _paged(columns: Row, content: PageContent | None) -> Page:
    message_id, practice_id, token_hash, created, expires, *counts, read, withdrawn = columns
    attempts, opened, replies = counts
    return Page(
        message_id=message_id,
        practice_id=practice_id,
        token_hash=bytes(token_hash),
        created_at=instant(created),
        expires_at=instant(expires),
        attempts=attempts,
        opened=opened,
        replies=replies,
        read_at=instant(read) if read else None,
        withdrawn_at=instant(withdrawn) if withdrawn else None,
        content=content,
    )
