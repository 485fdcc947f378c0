"""What is kept of practices."""

from __future__ import annotations

from typing import Protocol

from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice

__all__ = ["Practices"]


class Practices(Protocol):
    """Which practice each number of ours belongs to."""

    async def enrol(self, practice: Practice, sender: PhoneNumber) -> bool:
        """Remember which practice a number of ours belongs to; whether any of it is new.

        A reason to keep its records in the clear is part of it.
        """

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""
