"""The Merkle tree: as RFC 6962 has it, against vectors of others and against brute force."""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.evidence import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots that Certificate Transparency logs test with:
# https://github.com/transparency-dev/merkle/blob/main/testonly/constants.go
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_HASHES = [leaf_hash(leaf) for leaf in CT_LEAVES]

MANY = [leaf_hash(index.to_bytes(2, "big")) for index in range(70)]


# RFC 6962, 2.1, in its own words: the recursive definitions, and nothing clever.
def mth(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def test_roots_are_those_of_certificate_transparency() -> None:
    """The roots over the well-known eight leaves are the well-known ones, empty tree included."""
    assert CT_ROOTS[0] == EMPTY_ROOT.hex()
    for size, root in enumerate(CT_ROOTS):
        assert tree_root(CT_HASHES[:size]).hex() == root


def test_proofs_are_those_of_certificate_transparency() -> None:
    """Proofs over the well-known leaves are the published ones."""
    assert [each.hex() for each in inclusion_proof(CT_HASHES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in consistency_proof(CT_HASHES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in consistency_proof(CT_HASHES[:5], 2)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


@pytest.mark.parametrize("size", range(len(MANY)))
def test_clever_code_does_what_the_definitions_say(size: int) -> None:
    """Roots and all proofs of every small tree are those of the recursive definitions."""
    leaves = MANY[:size]

    assert tree_root(leaves) == mth(leaves)
    for index in range(size):
        assert list(inclusion_proof(leaves, index)) == path(index, leaves)
    for old in range(1, size + 1):
        assert list(consistency_proof(leaves, old)) == subproof(old, leaves, whole=True)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33])
def test_an_inclusion_proof_proves_one_place_only(size: int) -> None:
    """A proof holds for its leaf at its index, and for no other index, leaf or root."""
    leaves = MANY[:size]
    root = mth(leaves)
    for index in range(size):
        proof = inclusion_proof(leaves, index)

        assert verify_inclusion(leaves[index], index, size, root, proof)
        for other in range(-1, size + 2):
            assert verify_inclusion(leaves[index], other, size, root, proof) == (other == index)
        assert not verify_inclusion(MANY[size], index, size, root, proof)
        assert not verify_inclusion(leaves[index], index, size, mth(MANY[: size + 1]), proof)
        assert not verify_inclusion(leaves[index], index, size, root, [*proof, root])
        for place in range(len(proof)):
            fewer = [*proof[:place], *proof[place + 1 :]]
            changed = [*proof[:place], MANY[-1], *proof[place + 1 :]]
            assert not verify_inclusion(leaves[index], index, size, root, fewer)
            assert not verify_inclusion(leaves[index], index, size, root, changed)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33])
def test_a_consistency_proof_proves_one_beginning_only(size: int) -> None:
    """A proof holds for the two trees that it is about, and for no others."""
    leaves = MANY[:size]
    root = mth(leaves)
    for old in range(1, size + 1):
        old_root = mth(leaves[:old])
        proof = consistency_proof(leaves, old)

        assert verify_consistency(old, old_root, size, root, proof)
        assert not verify_consistency(old, mth(MANY[1 : old + 1]), size, root, proof)
        assert not verify_consistency(old, old_root, size, mth(MANY[1 : size + 1]), proof)
        assert not verify_consistency(size + 1, old_root, size, root, proof)
        assert not verify_consistency(old, old_root, size, root, [*proof, root])
        for place in range(len(proof)):
            fewer = [*proof[:place], *proof[place + 1 :]]
            changed = [*proof[:place], MANY[-1], *proof[place + 1 :]]
            assert not verify_consistency(old, old_root, size, root, fewer)
            assert not verify_consistency(old, old_root, size, root, changed)


def test_everything_follows_from_nothing() -> None:
    """An empty tree is the beginning of every tree, without proof, if its root is right."""
    assert consistency_proof(MANY, 0) == ()
    assert verify_consistency(0, EMPTY_ROOT, 3, mth(MANY[:3]), ())
    assert not verify_consistency(0, MANY[0], 3, mth(MANY[:3]), ())
    assert not verify_consistency(0, EMPTY_ROOT, 3, mth(MANY[:3]), (MANY[0],))


def test_a_leaf_is_no_node() -> None:
    """Whoever offers a node as a leaf proves nothing: they hash differently."""
    node = node_hash(MANY[0], MANY[1])

    assert leaf_hash(MANY[0] + MANY[1]) != node
    assert len(leaf_hash(b"")) == len(node) == 32


@given(st.lists(st.integers(0, 20), max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_frontier_goes_on_where_it_was_left(steps: list[int]) -> None:
    """A frontier taken up again from its size and peaks gives the roots of the whole tree."""
    frontier = Frontier()
    leaves: list[bytes] = []
    for step in steps:
        for _ in range(step):
            leaf = leaf_hash(len(leaves).to_bytes(4, "big"))
            leaves.append(leaf)
            frontier.add(leaf)
        frontier = Frontier(frontier.size, frontier.peaks)

        assert frontier.size == len(leaves)
        assert frontier.root() == mth(leaves)


def test_a_frontier_stays_small() -> None:
    """Memory is one hash for each 1 in the size, however many leaves there are."""
    frontier = Frontier()
    chance = random.Random(6962)
    for _ in range(5_000):
        frontier.add(chance.randbytes(32))

        assert len(frontier.peaks) == frontier.size.bit_count()


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    """Peaks that cannot belong to the size are a mistake of the caller's."""
    with pytest.raises(AssertionError):
        Frontier(3, [MANY[0]])


def test_a_proof_that_is_too_short_or_too_long_proves_nothing() -> None:
    """Neither nothing at all nor more than there can be is taken."""
    old, new = mth(MANY[:3]), mth(MANY[:5])
    proof = consistency_proof(MANY[:5], 3)

    assert verify_consistency(3, old, 5, new, proof)
    assert not verify_consistency(3, old, 5, new, [])
    for more in range(1, 4):
        assert not verify_consistency(3, old, 5, new, [*proof, *MANY[:more]])
        assert not verify_inclusion(MANY[0], 0, 1, MANY[0], MANY[:more])
