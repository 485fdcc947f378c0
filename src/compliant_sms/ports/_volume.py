"""What is kept of a practice's volume: places on its plan, and pauses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from compliant_sms.volume import Pause


class Places(Protocol):
    """The places of each local day of a practice, which all workers share."""

    async def fix_places(self, practice_id: str) -> None:
        """Let nobody else look for a place of the practice until the end."""

    async def free_place(self, practice_id: str, day: date, first: int) -> int:
        """The lowest place of a day from ``first`` on that no text has."""

    async def has_place(self, practice_id: str, day: date, message_id: str) -> bool:
        """Whether a text has a place of a day."""

    async def take_place(self, practice_id: str, day: date, place: int, message_id: str) -> None:
        """Give a free place to a text. It keeps those that it has on other days.

        Raises:
            StoreError: another text has it, because somebody forgot :meth:`fix_places`.
        """

    async def leave_places(self, practice_id: str, since: date, message_id: str) -> None:
        """Let others have the places of a text from a day on."""


class Pauses(Protocol):
    """What somebody has stopped."""

    async def fix_pauses(self, practice_id: str) -> None:
        """Let nobody else pause, resume, or read what is paused, until the end."""

    async def paused_scopes(self, practice_id: str) -> frozenset[str]:
        """The scopes of the pauses that stand; nobody changes them until the end."""

    async def place_pause(self, practice_id: str, pause: Pause) -> None:
        """Keep a pause in place of the one of the same scope."""

    async def lift_pause(self, practice_id: str, scope: str, at: datetime) -> bool:
        """End a pause; False where there is none of that scope."""

    async def pauses(self, practice_id: str) -> list[Pause]:
        """The pauses that stand, the oldest first."""

    async def release_held(self, practice_id: str, until: datetime, at: datetime) -> int:
        """Have texts that are held until an instant looked at from ``at`` on. Returns how many."""

    async def being_sent(self, practice_id: str) -> int:
        """How many texts are claimed, so that a request may be on its way."""
