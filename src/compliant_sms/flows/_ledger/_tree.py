"""The Merkle tree of a practice: taking events in, and proving what it holds.

Of the nodes only those at every eighth height are kept, one for 256 below it: a proof reads some
hundreds of hashes, whatever the ledger's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliant_sms.errors import LedgerTampered
from compliant_sms.evidence import (
    Frontier,
    complete_subtrees,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    tree_root,
)
from compliant_sms.ports import Transaction

_HEIGHTS = 8
_BATCH = 4096


async def add_leaves_to_tree(tx: Transaction, practice_id: str) -> bool:
    """Make leaves of events that are none yet. Returns whether there may be more of them."""
    await tx.lock_tree(practice_id)
    old = await tx.tree_size(practice_id)
    size = old + await tx.add_leaves(practice_id, old, _BATCH)
    level, before, after = 1, old >> _HEIGHTS, size >> _HEIGHTS
    while after:
        for position in range(before, after):
            node = tree_root(await _row(tx, practice_id, level - 1, position, _HEIGHTS))
            await tx.add_node(practice_id, level, position, node)
        level, before, after = level + 1, before >> _HEIGHTS, after >> _HEIGHTS
    return size - old == _BATCH


async def root_at(tx: Transaction, practice_id: str, size: int) -> bytes:
    """The root over the first leaves of the tree."""
    return await _root(tx, practice_id, range(size))


async def inclusion_of(
    tx: Transaction, practice_id: str, leaf: int, size: int
) -> tuple[bytes, ...]:
    """What proves that the tree of that size has the leaf: RFC 6962, section 2.1.1."""
    return await _roots(tx, practice_id, inclusion_ranges(leaf, size))


async def consistency_of(
    tx: Transaction, practice_id: str, old: int, size: int
) -> tuple[bytes, ...]:
    """What proves that the tree of that size begins with the older one: RFC 6962, 2.1.2."""
    return await _roots(tx, practice_id, consistency_ranges(old, size))


async def _roots(tx: Transaction, practice_id: str, ranges: Iterable[range]) -> tuple[bytes, ...]:
    return tuple([await _root(tx, practice_id, leaves) for leaves in ranges])


async def _root(tx: Transaction, practice_id: str, leaves: range) -> bytes:
    peaks = [
        await _subtree(tx, practice_id, height, position)
        for height, position in complete_subtrees(leaves)
    ]
    return Frontier(len(leaves), peaks).root()


async def _subtree(tx: Transaction, practice_id: str, height: int, position: int) -> bytes:
    level, above = divmod(height, _HEIGHTS)
    return tree_root(await _row(tx, practice_id, level, position, above))


async def _row(
    tx: Transaction, practice_id: str, level: int, position: int, above: int
) -> Sequence[bytes]:
    """The kept nodes under one that lies so many heights above their level."""
    positions = range(position << above, (position + 1) << above)
    if level:
        found = await tx.nodes(practice_id, level, positions)
    else:
        found = [leaf_hash(each) for each in await tx.leaf_digests(practice_id, positions)]
    if len(found) != len(positions):
        msg = (
            "the consent ledger was altered: leaves or nodes of its Merkle tree are missing. "
            "Restore a backup and compare."
        )
        raise LedgerTampered(msg)
    return found
