"""Records of incoming texts and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from compliant_sms.messages import Inbound, InboundMedia
from compliant_sms.optout import Awaiting
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import InboundText, StatusUpdate


@frozen(kw_only=True)
class Callback:
    """A report on a text, as its provider sent it.

    Attributes:
        provider: the provider's name.
        at: when it arrived (UTC).
        update: its content.
    """

    provider: str
    at: datetime
    update: StatusUpdate


@frozen(kw_only=True)
class Unconfirmed:
    """A text that its callback did not prove, until the provider is asked whether it knows it.

    Attributes:
        inbound: the text, as it is kept.
        event: the text, as the callback told it.
        question: id of our text whose question was open when it came in; None where none was.
        awaiting: what that asked.
        doubted: it would have permitted something, and did not.
        revocations: ids of those events of the ledger that revoked before it, at its number.
        attempts: how often the provider was asked.
    """

    inbound: Inbound
    event: InboundText
    question: str | None = None
    awaiting: Awaiting | None = None
    doubted: bool = False
    revocations: tuple[str, ...] = ()
    attempts: int = 0


class InboundTexts(Protocol):
    """What patients wrote, and what providers reported."""

    async def add_inbound(self, inbound: Inbound) -> bool:
        """Keep a text that came in; False where it was kept before. Its media are due at once."""

    async def add_unconfirmed(self, pending: Unconfirmed) -> None:
        """Keep that the provider is to be asked for a text, which is kept; that is due at once."""

    async def claim_unconfirmed(
        self, practice_id: str, at: datetime, until: datetime
    ) -> Unconfirmed | None:
        """The text that has waited longest to be asked for; nobody else gets it until then.

        Args:
            practice_id: whose.
            at: the present.
            until: when it is due again, unless it is delayed or closed before.
        """

    async def delay_unconfirmed(self, claimed: Unconfirmed, again_at: datetime | None) -> None:
        """Ask for a text again then, or never; nothing, where somebody else has claimed it."""

    async def close_unconfirmed(self, practice_id: str, inbound_id: str) -> bool:
        """Ask for a text no more; False where that was done, or the text was dropped."""

    async def prove_inbound(self, inbound: Inbound, at: datetime) -> None:
        """Keep what a text means that the provider stands for now (``at``, UTC)."""

    async def claim_media(
        self, practice_id: str, at: datetime, until: datetime
    ) -> InboundMedia | None:
        """The media that has waited longest to be fetched; nobody else gets it until then.

        Args:
            practice_id: whose.
            at: the present.
            until: when it is due again, unless :meth:`save_media` says otherwise before.
        """

    async def save_media(self, practice_id: str, media: InboundMedia) -> None:
        """Keep what came of fetching it; nothing, where that is settled or it was dropped."""

    async def media(self, practice_id: str, inbound_id: str) -> list[InboundMedia]:
        """The media of a text, in their order."""

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        """When the newest text from that number came in."""

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        """All texts from that number, oldest first."""

    async def add_status(
        self,
        practice_id: str,
        provider: str,
        update: StatusUpdate,
        message_id: str | None,
        at: datetime,
    ) -> bool:
        """Keep a status callback; False where it was kept before.

        Args:
            practice_id: whose text it is about; without a text, who took it in.
            provider: who tells. What it calls things is its own, and the practice's.
            update: what it tells.
            message_id: of which text; None where that is not known, or not known yet.
            at: now (UTC).
        """

    async def hold_provider_id(self, practice_id: str, provider: str, provider_id: str) -> None:
        """Let nobody else keep news under a provider's id, or adopt it, until the end.

        What is read afterwards includes whatever was committed before.
        """

    async def adopt_statuses(
        self, practice_id: str, provider: str, provider_id: str, message_id: str
    ) -> list[StatusUpdate]:
        """News under that id that was no text's so far, in the order in which it came.

        From now on it is that text's.
        """

    async def last_heard(
        self, practice_id: str, provider: str
    ) -> tuple[datetime | None, datetime | None]:
        """When the newest callback of a provider came, and when the newest text by it left (UTC).

        Of texts only those that the provider took. None where there is none.
        """

    async def callbacks(self, practice_id: str, message_id: str) -> list[Callback]:
        """The status callbacks about a text, in the order in which they came."""
