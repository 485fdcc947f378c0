"""What is kept so that a practice can prove that its ledger only grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

FiledLeaf: TypeAlias = tuple[int, str, int, bytes, bytes | None]
"""A leaf beside its event, as a plain tuple.

Index of the leaf, id of the chain, position, the digest that became the leaf, and the digest that
the event has now; None where the practice has no such event any more.
"""

StoredCheckpoint: TypeAlias = tuple[int, int, str]
"""Size, a serial number, and the text of a checkpoint."""


class LedgerTree(Protocol):
    """The Merkle tree over the events of each practice, and the checkpoints that fixed it."""

    async def lock_tree(self, practice_id: str) -> None:
        """Let nobody else add leaves or checkpoints of the practice until the end."""

    async def tree_size(self, practice_id: str) -> int:
        """How many leaves the tree has."""

    async def add_leaves(self, practice_id: str, size: int, limit: int) -> int:
        """Make leaves of events that are none yet, in the order in which they were written.

        Args:
            practice_id: whose.
            size: how many leaves there are.
            limit: how many more at most.

        Returns:
            how many were added.
        """

    async def leaf_of(self, practice_id: str, chain_id: str, position: int) -> int | None:
        """The index of the leaf that an event is; None where no checkpoint took it in yet."""

    async def leaf_digests(self, practice_id: str, leaves: range) -> Sequence[bytes]:
        """The digests of the events that became those leaves, in order."""

    async def filed_leaves(self, practice_id: str, first: int, limit: int) -> Sequence[FiledLeaf]:
        """The leaves from that index on, in order, beside their events."""

    async def add_node(self, practice_id: str, level: int, position: int, node: bytes) -> None:
        """Keep the root of a complete subtree of 256 ** level leaves, the position-th of them."""

    async def nodes(self, practice_id: str, level: int, positions: range) -> Sequence[bytes]:
        """What :meth:`add_node` kept, in order."""

    async def add_checkpoint(self, practice_id: str, size: int, note: str) -> None:
        """Keep a checkpoint."""

    async def checkpoints(
        self, practice_id: str, after: tuple[int, int], limit: int
    ) -> Sequence[StoredCheckpoint]:
        """The checkpoints after that size and serial number, by both."""

    async def newest_checkpoint(self, practice_id: str) -> str | None:
        """The text of the checkpoint that was kept last."""
