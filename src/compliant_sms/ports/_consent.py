"""Records of consent."""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.consent import ConsentEvent, FiledLink, Link
from compliant_sms.phone import PhoneNumber


@frozen(kw_only=True)
class Chain:
    """One hash chain of the ledger, and what its events must be about.

    Attributes:
        chain_id: an opaque id.
        practice_id: the practice.
        number: the number; None if it was erased.
        person: the person at the number; None for the events of the number itself.
    """

    chain_id: str
    practice_id: str = field(repr=repr_of_practice)
    number: PhoneNumber | None
    person: str | None


class ConsentLedger(Protocol):
    """Chains of events, which only grow."""

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        """Add an event to its chain. If there is none, it begins under the given id."""

    async def consent_events(self, practice_id: str, number: PhoneNumber) -> list[ConsentEvent]:
        """Return all events of the practice about that number, oldest record first.

        Of erased events only revocations are left, which only a fresh opt-in lifts.

        Raises:
            LedgerTampered: one of them is about another number.
        """

    async def numbers_of(self, practice_id: str, person: str) -> list[PhoneNumber]:
        """The numbers at which the person has events or texts."""

    async def chains(self, practice_id: str) -> list[Chain]:
        """All chains of the practice."""

    async def chains_after(self, practice_id: str, after: str, limit: int) -> list[Chain]:
        """Chains of the practice in the order of their ids, those of what is erased among them.

        Args:
            practice_id: the practice.
            after: the id of the chain to continue after; empty to begin.
            limit: the most to return.
        """

    async def links(self, practice_id: str, chain_id: str) -> list[Link]:
        """The records of one chain in order."""

    async def filed_links(
        self, practice_id: str, after: tuple[str, int] | None, limit: int
    ) -> list[FiledLink]:
        """The links of the practice as they are stored, chain after chain, each in order.

        Args:
            practice_id: the practice.
            after: the chain's id and position of the link to continue after; None to begin.
            limit: the most to return.
        """

    async def headless_chain(self, practice_id: str) -> str | None:
        """A chain that texts of the practice are filed under, but that is missing."""

    async def data_key(self, practice_id: str, chain_id: str) -> bytes | None:
        """The key of a chain's records; None if they are in the clear or erased."""

    async def to_rewrap(self) -> int:
        """How many data keys an older key of the keyring seals. Rereads the keyring first.

        Raises:
            ConfigurationError: its keys cannot be read.
        """

    async def rewrap(self, limit: int) -> int:
        """Seal up to ``limit`` data keys again with the newest key, and return how many.

        Those of the practices' indexes come first, so that nothing new is sealed with an older
        key from then on. Keys that no key of the keyring sealed belong to another practice and are
        left alone.
        """

    async def sealed_with(self) -> list[str]:
        """The ids of the keys that seal the indexes of all practices."""
