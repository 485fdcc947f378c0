"""What is kept of imports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from compliant_sms.consent import ConsentEvent
from compliant_sms.imports import Kind


class Imports(Protocol):
    """Which rows were imported, so that none is imported twice."""

    async def remember_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Keep that these rows were imported; those of them that were not before."""

    async def known_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Those of the rows that were imported before."""

    async def has_imported(self, practice_id: str, kind: Kind) -> bool:
        """Whether any row of that kind was ever imported."""

    async def knows_practice(self, practice_id: str) -> bool:
        """Whether the practice sent, imported, or wrote anything on the ledger under this id."""

    async def append_all(
        self, practice_id: str, events: Sequence[ConsentEvent], new_chain_ids: Sequence[str]
    ) -> None:
        """Add events of one practice as :meth:`ConsentLedger.append` does, with an id for each."""
