"""What is left of a person when their keys are destroyed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from attrs import frozen

from compliant_sms.phone import PhoneNumber
from compliant_sms.retention import Purged


@frozen(kw_only=True)
class Erased:
    """Counts of what can no longer be read.

    Attributes:
        numbers: the numbers at which the person was known.
        events: events of the consent ledger. Their hashes stay, and the fact of a revocation.
        texts: texts to them, and answers to their numbers.
        received: texts that came from their numbers.
    """

    numbers: int
    events: int
    texts: int
    received: int


class Erasure(Protocol):
    """Destruction of the keys of a person's records."""

    async def seals(self, practice_id: str) -> bool:
        """Whether the records of the practice are sealed, so that they can be erased.

        Raises:
            CannotUnseal: they are, and the keyring does not know the key that seals them now.
            ConfigurationError: they are not, and there is a keyring; or its keys cannot be read.
        """

    async def hold_keys(self, practice_id: str, person: str) -> None:
        """Wait for transactions that are storing something about the person, and block new ones."""

    async def erase(
        self, practice_id: str, person: str, purged: Purged, numbers: Collection[PhoneNumber]
    ) -> Erased:
        """Destroy the keys of everything stored about a person, and drop what they sealed.

        What came from a number, or was answered to it, goes too, unless somebody else is known
        there. So does what lifted legal holds say about it. No hold may be in force.

        Args:
            practice_id: the practice.
            person: the host's id of the patient.
            purged: when and why; the store adds the proofs.
            numbers: those of their numbers that are locked. Where they became known at another
                one meanwhile, that came after the erasure, and stays.
        """
