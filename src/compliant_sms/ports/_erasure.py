"""What is left of a person when their keys are destroyed."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from compliant_sms.retention import Purged


@frozen(kw_only=True)
class Erased:
    """What cannot be read any more.

    Attributes:
        numbers: at how many numbers the person was known.
        events: events of the consent ledger; their hashes stay, and that somebody revoked.
        texts: texts to them, and answers to their numbers.
        received: texts that came from their numbers.
    """

    numbers: int
    events: int
    texts: int
    received: int


class Erasure(Protocol):
    """Destroys the keys of a person's records."""

    async def seals(self, practice_id: str) -> bool:
        """Whether the records of the practice are sealed, so that they can be erased.

        Raises:
            CannotUnseal: they are, and the keyring does not know the key that seals them now.
            ConfigurationError: they are not, and there is a keyring; or its keys cannot be read.
        """

    async def hold_keys(self, practice_id: str, person: str) -> None:
        """Wait for whoever is about to keep something of the person, and let nobody begin."""

    async def erase(self, practice_id: str, person: str, purged: Purged) -> Erased:
        """Destroy the keys of everything that is kept of a person, and drop what they sealed.

        What came from a number, or was answered to it, goes too, unless somebody else is known
        there, and so does what legal holds that were lifted say of it. No hold stands.

        Args:
            practice_id: whose records.
            person: the host's id.
            purged: when and why; the store adds the proofs.
        """
