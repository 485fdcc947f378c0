"""What is read to prove what happened at a number."""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

from compliant_sms.consent import Link
from compliant_sms.phone import PhoneNumber


@frozen(kw_only=True)
class StoredLink:
    """One record of a chain as it is stored, and what it says.

    Attributes:
        link: the stored record.
        opened: the payload in the clear; None where its content was erased.
    """

    link: Link
    opened: bytes | None = field(repr=False)


@frozen(kw_only=True)
class StoredChain:
    """One whole chain, with what its payloads are opened with.

    Attributes:
        chain_id: opaque.
        filed: number and person as they stand in their columns, with which the chain begins.
        person: which person at the number; None for the number itself, or where it is erased.
        links: its records in order.
        key: the key that opens its payloads; None where they lie in the clear.
    """

    chain_id: str
    filed: tuple[str, str]
    person: str | None
    links: tuple[StoredLink, ...]
    key: bytes | None = field(default=None, repr=False)


class EvidenceRecords(Protocol):
    """Everything about a number, as it is stored."""

    async def chains_of(self, practice_id: str, number: PhoneNumber) -> list[StoredChain]:
        """The whole chains of the number: that of the number itself first, then by person."""
