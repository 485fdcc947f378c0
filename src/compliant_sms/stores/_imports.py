"""Imports, as SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from compliant_sms.consent import ConsentEvent
from compliant_sms.imports import Kind
from compliant_sms.stores._consent import ConsentRecords

__all__ = ["ImportRecords"]


class ImportRecords(ConsentRecords):
    """Which rows were imported, so that none is imported twice."""

    async def remember_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Keep that these rows were imported; those of them that were not before."""
        fresh = set()
        # In one order, so that of two imports at once neither waits for the other's next row.
        for key in sorted(keys):
            if await self._do(
                """INSERT INTO sms_imports (practice_id, kind, row_key)
                VALUES (:practice_id, :kind, :row_key) ON CONFLICT DO NOTHING""",
                practice_id=practice_id,
                kind=kind.value,
                row_key=key,
            ):
                fresh.add(key)
        return frozenset(fresh)

    async def known_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Those of the rows that were imported before."""
        known = set()
        for key in keys:
            if await self._one(
                """SELECT 1 FROM sms_imports
                WHERE practice_id = :practice_id AND kind = :kind AND row_key = :row_key""",
                practice_id=practice_id,
                kind=kind.value,
                row_key=key,
            ):
                known.add(key)
        return frozenset(known)

    async def has_imported(self, practice_id: str, kind: Kind) -> bool:
        """Whether any row of that kind was ever imported."""
        row = await self._one(
            "SELECT 1 FROM sms_imports WHERE practice_id = :practice_id AND kind = :kind LIMIT 1",
            practice_id=practice_id,
            kind=kind.value,
        )
        return row is not None

    async def knows_practice(self, practice_id: str) -> bool:
        """Whether the practice texted or imported before, or nobody ever did."""
        row = await self._one(
            """SELECT EXISTS (SELECT 1 FROM sms_practices WHERE practice_id = :practice_id)
                OR EXISTS (SELECT 1 FROM sms_chains WHERE practice_id = :practice_id)
                OR NOT EXISTS (SELECT 1 FROM sms_practices)""",
            practice_id=practice_id,
        )
        return row is not None and bool(row[0])

    async def append_all(
        self, events: Sequence[ConsentEvent], new_chain_ids: Sequence[str]
    ) -> None:
        """Add events as :meth:`ConsentLedger.append` does, one id for each."""
        pairs = zip(events, new_chain_ids, strict=True)
        # In one order, as above: each append locks its number until the end.
        for event, new_chain_id in sorted(pairs, key=lambda pair: pair[0].number.e164):
            await self.append(event, new_chain_id)
