"""What is kept of texts and news that came in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from compliant_sms.messages import Inbound
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import StatusUpdate

__all__ = ["Callback", "InboundTexts"]


@frozen(kw_only=True)
class Callback:
    """News of a text, as its provider told it.

    Attributes:
        provider: which one.
        at: when it came (UTC).
        update: what it says.
    """

    provider: str
    at: datetime
    update: StatusUpdate


class InboundTexts(Protocol):
    """What patients wrote, and what providers told."""

    async def add_inbound(self, inbound: Inbound) -> bool:
        """Keep a text that came in; False where it was kept before."""

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        """When the newest text from that number came in."""

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        """All texts from that number, oldest first."""

    async def add_status(
        self, provider: str, update: StatusUpdate, message_id: str | None, at: datetime
    ) -> bool:
        """Keep a status callback; False where it was kept before."""

    async def callbacks(self, message_id: str) -> list[Callback]:
        """The status callbacks about a text, in the order in which they came."""
