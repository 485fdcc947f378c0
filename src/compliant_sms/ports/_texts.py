"""What is kept of texts on their way out."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from compliant_sms.lifecycle import State
from compliant_sms.messages import Departure, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import Decision


@frozen(kw_only=True)
class Step:
    """One change of a text's state, as history shows it."""

    message_id: str
    at: datetime
    state: State


class Texts(Protocol):
    """Each text, where it is, and what was decided about it."""

    async def add(self, message: Message, at: datetime) -> bool:
        """Store a new text; False where the practice has one under its key already.

        Where somebody else is about to store one under that key, it waits to see.
        """

    async def save(self, message: Message, at: datetime) -> None:
        """Store a new text, or a text's new state.

        Raises:
            StoreError: the id is that of another practice's text.
        """

    async def close_claim(self, settled: Message, at: datetime) -> bool:
        """Store what became of a claim; False, and nothing, where news of it came first.

        Whoever claimed the text need not read it again, as long as it is still as claimed.
        """

    async def note(self, message: Message) -> None:
        """Store the problem of a text that is where it was: that is no step of it."""

    async def message(self, practice_id: str, message_id: str) -> Message | None:
        """The practice's text with that id.

        One of another practice is as unknown as none, and not opened: other keys may seal it.
        """

    async def message_by_key(self, practice_id: str, key: str) -> Message | None:
        """The text that was asked for under that idempotency key."""

    async def message_by_provider_id(
        self,
        practice_id: str,
        provider: str,
        provider_id: str,
        *,
        reference: str | None = None,
        recipient: PhoneNumber | None = None,
    ) -> Message | None:
        """The practice's text that its provider calls so.

        Where a provider calls several alike, the one whose id is ``reference``; otherwise one to
        ``recipient``; of those that are left, the newest.
        """

    async def messages_to(
        self,
        practice_id: str,
        number: PhoneNumber,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        """All texts to that number, oldest first.

        What is wrong with those that cannot be read goes into ``unreadable``, where that is given.
        """

    async def departures(
        self, practice_id: str, number: PhoneNumber, since: datetime, person: str | None = None
    ) -> list[Departure]:
        """How texts left to that number after ``since``, or may have left; oldest first.

        Of those to ``person`` only, where one is given. Of an erased text stays what limits count:
        it has no body.
        """

    async def departures_elsewhere(
        self, practice_id: str, number: PhoneNumber, since: datetime, person: str
    ) -> list[Departure]:
        """The same of texts to that person at other numbers than that one, erased ones too."""

    async def departed(
        self, practice_id: str, number: PhoneNumber, since: datetime, limit: int
    ) -> list[Message]:
        """The texts that :meth:`departures` tells of, the newest first, but for erased ones."""

    async def add_volume(self, practice_id: str, at: datetime, segments: int) -> None:
        """Count segments that leave now."""

    async def volume(self, practice_id: str, since: datetime) -> int:
        """Segments that were counted since the beginning of that minute."""

    async def steps(self, practice_id: str, message_id: str) -> list[Step]:
        """The states that a text went through."""

    async def add_decision(self, practice_id: str, message_id: str, decision: Decision) -> None:
        """Keep a decision about a text of the practice.

        Raises:
            StoreError: it has none of that id.
        """

    async def decisions(self, practice_id: str, message_id: str) -> list[Decision]:
        """The decisions about a text that were not purged, oldest first."""
