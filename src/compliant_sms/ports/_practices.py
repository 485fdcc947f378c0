"""What is kept of practices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from compliant_sms.errors import ConfigurationError
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice


def refuse_other_practice(known: str | None, practice: Practice) -> None:
    """Refuse a practice whose sender is on record for another: it would miss what was said there.

    Args:
        known: the id of the practice that the sender belongs to; None where it is nobody's yet.
        practice: who wants to use it.

    Raises:
        ConfigurationError: it is another's.
    """
    if known not in {None, practice.id}:
        msg = (
            f"the sender belongs to the practice with the id {known!r} in this database, and this "
            f"one has the id {practice.id!r}, under which no STOP that was sent to it is known. "
            f"If they are the same, pass Practice(id={known!r}, ...); without id= it is the "
            "practice's phone number of the time. If they are two, give each a sender of its own."
        )
        raise ConfigurationError(msg)


class Practices(Protocol):
    """Which practice each number of ours belongs to."""

    async def enroll(
        self, practice: Practice, sender: PhoneNumber, proofs: Collection[str]
    ) -> bool:
        """Remember which practice a number of ours belongs to. Returns whether any of it is new.

        A reason to keep its records in the clear is part of it.

        Args:
            practice: whose number it is.
            sender: the number.
            proofs: digests of what proves the callbacks of its account.

        Raises:
            ConfigurationError: the number belongs to a practice with another id.
        """

    async def practices(self) -> list[Practice]:
        """All practices that a number of ours belongs to, each once, by their ids."""

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""

    async def callback_proofs(self, practice_id: str) -> Mapping[str, Collection[str]]:
        """What each number of a practice (E.164) was last enrolled with as proof of callbacks.

        None, for one that was enrolled before that was kept.
        """

    async def practice_of(self, message_id: str) -> str | None:
        """The id of the practice whose text that is; only for callbacks of a shared account."""
