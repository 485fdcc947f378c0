"""The Merkle tree over the ledger, and its checkpoints, as SQL."""

from __future__ import annotations

from typing import cast

from compliant_sms.ports import FiledLeaf, StoredCheckpoint
from compliant_sms.stores._connection import Records


class TreeRecords(Records):
    """Leaves, which get their index when a checkpoint takes them in; nodes; checkpoints.

    Serial numbers of events cannot be the indexes: on PostgreSQL they commit out of order.
    """

    async def lock_tree(self, practice_id: str) -> None:
        await self._hold(f"tree/{practice_id}")

    async def tree_size(self, practice_id: str) -> int:
        row = await self._one(
            """SELECT leaf + 1 FROM sms_leaves WHERE practice_id = :practice_id
            ORDER BY leaf DESC LIMIT 1""",
            practice_id=practice_id,
        )
        return int(row[0]) if row else 0

    async def add_leaves(self, practice_id: str, size: int, limit: int) -> int:
        added = await self._do(
            """INSERT INTO sms_leaves (practice_id, leaf, chain_id, position, digest)
            SELECT practice_id, :size - 1 + row_number() OVER (ORDER BY seq), chain_id, position,
                digest
            FROM (SELECT c.practice_id, e.seq, e.chain_id, e.position, e.digest
                FROM sms_consent_events e JOIN sms_chains c ON c.chain_id = e.chain_id
                WHERE e.leaf IS NULL AND c.practice_id = :practice_id
                ORDER BY e.seq LIMIT :limit) fresh""",
            practice_id=practice_id,
            size=size,
            limit=limit,
        )
        await self._do(
            """UPDATE sms_consent_events SET leaf = l.leaf FROM sms_leaves l
            WHERE l.practice_id = :practice_id AND l.leaf >= :size
            AND sms_consent_events.chain_id = l.chain_id
            AND sms_consent_events.position = l.position""",
            practice_id=practice_id,
            size=size,
        )
        return added

    async def leaf_of(self, practice_id: str, chain_id: str, position: int) -> int | None:
        row = await self._one(
            """SELECT l.leaf FROM sms_consent_events e JOIN sms_leaves l
                ON l.leaf = e.leaf AND l.chain_id = e.chain_id AND l.position = e.position
            WHERE e.chain_id = :chain_id AND e.position = :position
            AND l.practice_id = :practice_id""",
            practice_id=practice_id,
            chain_id=chain_id,
            position=position,
        )
        return int(row[0]) if row else None

    async def leaf_digests(self, practice_id: str, leaves: range) -> list[bytes]:
        rows = await self._all(
            """SELECT digest FROM sms_leaves WHERE practice_id = :practice_id
            AND leaf >= :first AND leaf < :stop ORDER BY leaf""",
            practice_id=practice_id,
            first=leaves.start,
            stop=leaves.stop,
        )
        return [digest for (digest,) in rows]

    async def filed_leaves(self, practice_id: str, first: int, limit: int) -> list[FiledLeaf]:
        rows = await self._all(
            """SELECT l.leaf, l.chain_id, l.position, l.digest, e.digest
            FROM sms_leaves l
            LEFT JOIN sms_chains c ON c.chain_id = l.chain_id AND c.practice_id = l.practice_id
            LEFT JOIN sms_consent_events e ON e.chain_id = c.chain_id AND e.position = l.position
            WHERE l.practice_id = :practice_id AND l.leaf >= :first
            ORDER BY l.leaf LIMIT :limit""",
            practice_id=practice_id,
            first=first,
            limit=limit,
        )
        return cast("list[FiledLeaf]", rows)

    async def add_node(self, practice_id: str, level: int, position: int, node: bytes) -> None:
        await self._do(
            """INSERT INTO sms_tree (practice_id, level, position, hash)
            VALUES (:practice_id, :level, :position, :hash)""",
            practice_id=practice_id,
            level=level,
            position=position,
            hash=node,
        )

    async def nodes(self, practice_id: str, level: int, positions: range) -> list[bytes]:
        rows = await self._all(
            """SELECT hash FROM sms_tree WHERE practice_id = :practice_id AND level = :level
            AND position >= :first AND position < :stop ORDER BY position""",
            practice_id=practice_id,
            level=level,
            first=positions.start,
            stop=positions.stop,
        )
        return [node for (node,) in rows]

    async def add_checkpoint(self, practice_id: str, size: int, note: str) -> None:
        await self._do(
            """INSERT INTO sms_checkpoints (practice_id, size, note)
            VALUES (:practice_id, :size, :note)""",
            practice_id=practice_id,
            size=size,
            note=note,
        )

    async def checkpoints(
        self, practice_id: str, after: tuple[int, int], limit: int
    ) -> list[StoredCheckpoint]:
        size, seq = after
        rows = await self._all(
            """SELECT size, seq, note FROM sms_checkpoints
            WHERE practice_id = :practice_id AND (size, seq) > (:size, :seq)
            ORDER BY size, seq LIMIT :limit""",
            practice_id=practice_id,
            size=size,
            seq=seq,
            limit=limit,
        )
        return cast("list[StoredCheckpoint]", rows)

    async def newest_checkpoint(self, practice_id: str) -> str | None:
        row = await self._one(
            """SELECT note FROM sms_checkpoints WHERE practice_id = :practice_id
            ORDER BY size DESC, seq DESC LIMIT 1""",
            practice_id=practice_id,
        )
        return str(row[0]) if row else None
