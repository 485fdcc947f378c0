"""What waits to be sent or settled."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from compliant_sms.messages import Message

__all__ = ["Queue"]


class Queue(Protocol):
    """Texts by when they are due, and by what is still open about them."""

    async def due(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts that are due or held until ``at`` or earlier, the longest due first."""

    async def lapsed(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts whose claim ran out before ``at``."""

    async def uncertain(self, practice_id: str, limit: int) -> list[Message]:
        """Texts whose request may have been processed, the oldest first."""
