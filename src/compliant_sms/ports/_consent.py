"""What is kept of consent."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from compliant_sms.consent import ConsentEvent, Link
from compliant_sms.phone import PhoneNumber

__all__ = ["Chain", "ConsentLedger"]


@frozen(kw_only=True)
class Chain:
    """One hash chain of the ledger, and what its events must be about.

    Attributes:
        chain_id: opaque.
        practice_id: whose.
        number: which number.
        person: which person at it; None for the events of the number itself.
    """

    chain_id: str
    practice_id: str
    number: PhoneNumber
    person: str | None


class ConsentLedger(Protocol):
    """Chains of events, which only grow."""

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        """Add an event to its chain, which is begun under the id where there is none."""

    async def consent_events(self, practice_id: str, number: PhoneNumber) -> list[ConsentEvent]:
        """All events of the practice about that number, oldest record first."""

    async def numbers_of(self, practice_id: str, person: str) -> list[PhoneNumber]:
        """The numbers at which the person has events or texts."""

    async def chains(self, practice_id: str) -> list[Chain]:
        """All chains of the practice."""

    async def links(self, chain_id: str) -> list[Link]:
        """The records of one chain in order."""
