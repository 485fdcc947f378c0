"""The Merkle tree of RFC 6962, section 2.1, over SHA-256.

Everything here takes the hashes of leaves, never the leaves: :func:`leaf_hash` makes one of the
other. A tree of n leaves splits at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over a zero byte and the leaf, 32 bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256 over a byte of value one and the hashes of both sides."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree to which leaves are added, as the roots of its complete subtrees only.

    A million leaves need 20 hashes of memory, and adding one costs two hashes on average.

    Args:
        size: how many leaves there are already.
        peaks: the roots of the complete subtrees that they form, the largest first; one for each
            1 in the binary form of ``size``.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self._size = size
        self._peaks = list(peaks)
        assert len(self._peaks) == size.bit_count(), "one peak for each bit"  # noqa: S101

    @property
    def size(self) -> int:
        """How many leaves."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, the largest first."""
        return tuple(self._peaks)

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        peaks, node, size = self._peaks, leaf, self._size
        while size & 1:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            size >>= 1
        peaks.append(node)
        self._size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, node = self._peaks
        for peak in reversed(rest):
            node = node_hash(peak, node)
        return node


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def _middle(start: int, end: int) -> int:
    """Where the tree over those leaves splits; there are two at least."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> tuple[range, ...]:
    """Which leaves the hashes of an inclusion proof stand for, from the leaf upwards.

    Args:
        index: of the leaf, from 0.
        size: of the tree; larger than ``index``.
    """
    start, end = 0, size
    found: list[range] = []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            found.append(range(middle, end))
            end = middle
        else:
            found.append(range(start, middle))
            start = middle
    return tuple(reversed(found))


def consistency_ranges(old: int, size: int) -> tuple[range, ...]:
    """Which leaves the hashes of a consistency proof stand for, in its order.

    Args:
        old: the size of the older tree. Everything follows from an empty one, without proof.
        size: of the newer tree; not smaller.
    """
    if old in {0, size}:
        return ()
    start, end = 0, size
    found: list[range] = []
    while end != old:
        middle = _middle(start, end)
        if old <= middle:
            found.append(range(middle, end))
            end = middle
        else:
            found.append(range(start, middle))
            start = middle
    if start:
        found.append(range(start, end))
    return tuple(reversed(found))


def complete_subtrees(leaves: range) -> Iterator[tuple[int, int]]:
    """The complete subtrees that those leaves are made of, the largest first.

    Args:
        leaves: a range that :func:`inclusion_ranges` or :func:`consistency_ranges` gave, or all
            leaves of a tree.

    Yields:
        How many levels each has above its leaves, and the how-manieth of its kind it is in the
        whole tree, from 0.
    """
    start = leaves.start
    for height in reversed(range(len(leaves).bit_length())):
        if len(leaves) >> height & 1:
            yield height, start >> height
            start += 1 << height


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """What proves that a leaf stands at that index: the audit path of RFC 6962, 2.1.1."""
    return _roots(leaves, inclusion_ranges(index, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """What proves that the tree begins with the ``old`` first leaves: RFC 6962, 2.1.2."""
    return _roots(leaves, consistency_ranges(old, len(leaves)))


def _roots(leaves: Sequence[bytes], ranges: Iterable[range]) -> tuple[bytes, ...]:
    return tuple(tree_root(leaves[each.start : each.stop]) for each in ranges)


def verify_inclusion(
    leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of that size and root has the leaf at that index (RFC 9162, 2.1.3.2).

    Args:
        leaf: the hash of the leaf.
        index: where it should stand, from 0.
        size: of the tree.
        root: its root.
        proof: as :func:`inclusion_proof` makes it.
    """
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(each, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, each)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the newer tree begins with all leaves of the older one (RFC 9162, 2.1.4.2).

    Args:
        old: the size of the older tree.
        old_root: its root.
        size: of the newer tree.
        root: its root.
        proof: as :func:`consistency_proof` makes it.
    """
    if not 0 <= old <= size:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if old == size:
        return not proof and old_root == root
    # An older tree that is complete is itself the first subtree of the newer one.
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(each, before), node_hash(each, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, each)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == root
