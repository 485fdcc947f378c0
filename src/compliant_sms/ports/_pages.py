"""What is kept of pages behind links, and of who came to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from compliant_sms.phone import PhoneNumber
from compliant_sms.secure_pages import Page, PageAccess


class SecurePageRecords(Protocol):
    """Pages behind links. One that is read here stays as it is for all others until the end."""

    async def add_page(self, page: Page) -> bool:
        """Keep a new page, in place of one that expired and shows nothing any more.

        Returns:
            False where its text has a page, or one that was withdrawn; or where what the text says
            is unknown, dropped or erased.
        """

    async def page_of(self, practice_id: str, message_id: str) -> Page | None:
        """The page of a text."""

    async def page_at(self, practice_id: str, token_hash: bytes) -> Page | None:
        """The page whose token has that hash."""

    async def save_page(self, page: Page) -> None:
        """Keep what became of a page; what it shows is not brought back once it was dropped."""

    async def add_access(self, practice_id: str, access: PageAccess) -> None:
        """Put an access on record; lock the page first. The address goes with what it showed."""

    async def accesses(self, practice_id: str, message_id: str) -> list[PageAccess]:
        """Every access to the page of a text, oldest first."""

    async def accesses_at(self, practice_id: str, number: PhoneNumber) -> list[PageAccess]:
        """Every access to the pages of all texts to a number, oldest first."""

    async def paged(self, practice_id: str, number: PhoneNumber) -> set[str]:
        """The ids of the texts to a number that have a page."""

    async def accesses_beside(self, practice_id: str, message_id: str) -> list[PageAccess]:
        """Every access to the pages of all texts to the person of that one there, oldest first."""

    async def new_accesses(self, practice_id: str, limit: int) -> list[PageAccess]:
        """Accesses that nobody acknowledged yet, oldest first."""

    async def acknowledge_accesses(
        self, practice_id: str, access_ids: Collection[int], at: datetime
    ) -> int:
        """Leave these out of :meth:`new_accesses` from now on; how many that were."""

    async def drop_expired_pages(
        self, practice_id: str, at: datetime, after: str, limit: int
    ) -> tuple[int, str]:
        """Drop what expired pages show, but for those under a legal hold.

        Args:
            practice_id: whose.
            at: the present.
            after: the id of the last text of the page before; empty at the beginning.
            limit: how many pages are looked at.

        Returns:
            how many were dropped; and where to go on, empty at the end.
        """
