"""The hash chain: whatever is done to its records shows, and where."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

import pytest
from attrs import evolve

from compliant_sms.consent import GENESIS, Link, link, verify_chain
from compliant_sms.errors import LedgerTampered

TRIALS = 300


def chain_of(payloads: list[bytes], chain_id: str = "c-1") -> list[Link]:
    """Link payloads one after the other."""
    links: list[Link] = []
    for payload in payloads:
        links.append(link(chain_id, payload, links[-1] if links else None))
    return links


def random_chain(chance: random.Random) -> list[Link]:
    """Make a chain of 3 to 12 records; payloads may repeat."""
    payloads = [chance.randbytes(chance.randint(1, 40)) for _ in range(chance.randint(2, 11))]
    payloads.append(chance.choice(payloads))
    chance.shuffle(payloads)
    return chain_of(payloads)


def flipped(value: bytes, chance: random.Random) -> bytes:
    """Flip one bit."""
    bit = chance.randrange(len(value) * 8)
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def flip(links: list[Link], chance: random.Random) -> int:
    """Change one bit of one record, wherever; the first bad position."""
    place = chance.randrange(len(links))
    name = chance.choice(["payload", "digest", "previous"])
    changed = flipped(getattr(links[place], name), chance)
    links[place] = evolve(links[place], **{name: changed})
    return place


def delete(links: list[Link], chance: random.Random) -> int:
    """Take a record out, not at the end."""
    place = chance.randrange(len(links) - 1)
    del links[place]
    return place


def insert(links: list[Link], chance: random.Random) -> int:
    """Put a record in that follows properly from the one before, so that the next one shows it."""
    place = chance.randrange(len(links))
    before = links[place - 1] if place else None
    links.insert(place, link("c-1", b"forged" + chance.randbytes(4), before))
    return place + 1


def repeat(links: list[Link], chance: random.Random) -> int:
    """Put a record in a second time, anywhere after itself."""
    place = chance.randrange(len(links))
    again = chance.randint(place + 1, len(links))
    links.insert(again, links[place])
    return again


def swap(links: list[Link], chance: random.Random) -> int:
    """Let two records change places."""
    first, second = sorted(chance.sample(range(len(links)), 2))
    links[first], links[second] = links[second], links[first]
    return first


def renumber(links: list[Link], chance: random.Random) -> int:
    """Give a record another position."""
    place = chance.randrange(len(links))
    other = (place + chance.randint(1, 99)) * chance.choice([1, 1, 2**30])
    links[place] = evolve(links[place], position=other)
    return place


def reposition(links: list[Link], chance: random.Random) -> int:
    """Take a record out and put it in elsewhere, renumbered to look right."""
    place, other = chance.sample(range(len(links)), 2)
    moved = links.pop(place)
    links.insert(other, moved)
    links[:] = [evolve(each, position=index) for index, each in enumerate(links)]
    return min(place, other)


def rename(links: list[Link], chance: random.Random) -> int:
    """Claim that a record belongs to another chain."""
    place = chance.randrange(len(links))
    links[place] = evolve(links[place], chain_id="c-2")
    return place


def cut_in_front(links: list[Link], chance: random.Random) -> int:
    """Drop the oldest records and renumber the rest."""
    del links[: chance.randint(1, len(links) - 1)]
    links[:] = [evolve(each, position=index) for index, each in enumerate(links)]
    return 0


@pytest.mark.parametrize(
    "tamper",
    [flip, delete, insert, repeat, swap, renumber, reposition, rename, cut_in_front],
    ids=lambda tamper: tamper.__name__,
)
def test_tampering_is_found(tamper: Callable[[list[Link], random.Random], int]) -> None:
    """Every kind of tampering is found in hundreds of chains, and the first bad record named."""
    for seed in range(TRIALS):
        chance = random.Random(f"{tamper.__name__} {seed}")
        links = random_chain(chance)
        first_bad = tamper(links, chance)

        with pytest.raises(LedgerTampered) as caught:
            verify_chain(links)

        assert caught.value.position == first_bad
        assert caught.value.chain_id == links[first_bad].chain_id


def test_an_untouched_chain_verifies() -> None:
    """Chains that nobody touched verify and are counted."""
    assert verify_chain([]) == 0
    for seed in range(TRIALS):
        links = random_chain(random.Random(seed))

        assert verify_chain(links) == len(links)
        assert verify_chain(iter(links)) == len(links)


def test_a_shorter_chain_is_a_chain() -> None:
    """A chain cut off at its end verifies, as the documentation admits."""
    links = chain_of([b"a", b"b", b"c"])

    assert verify_chain(links[:2]) == 2


def test_the_digest_is_the_documented_one() -> None:
    """The digest is SHA-256 over the documented bytes, written out by hand."""
    first, second = chain_of([b'{"kind":"granted"}', b"\x00\xff"], chain_id="ché")
    head = b"compliant_sms ledger 1\n" + b"\0\0\0\0\0\0\0\x04" + b"ch\xc3\xa9"
    expected = hashlib.sha256(head + b"\0" * 8 + b"\0" * 32 + b'{"kind":"granted"}').digest()

    assert bytes(32) == GENESIS == first.previous
    assert first.position == 0
    assert first.digest == expected
    assert second.previous == expected
    assert second.position == 1
    assert (
        second.digest
        == hashlib.sha256(head + b"\0" * 7 + b"\x01" + expected + b"\x00\xff").digest()
    )


def test_the_digest_never_changes() -> None:
    """A digest made years ago still verifies."""
    only = link("chain", b"payload", None)

    assert only.digest.hex() == "5768495d50e031954d53a2b5283b60709676dd65c1e4ccd95827614dd2dda854"


def test_lengths_cannot_be_shifted_between_fields() -> None:
    """Bytes moved from the id into the payload give another digest."""
    assert link("ab", b"c", None).digest != link("a", b"bc", None).digest


def test_an_error_and_a_repr_show_no_payload() -> None:
    """Neither the error nor a link's repr shows what the records hold."""
    links = chain_of([b"canary-1", b"canary-2"])
    links[1] = evolve(links[1], payload=b"canary-3")

    with pytest.raises(LedgerTampered, match="record 1 of chain c-1") as caught:
        verify_chain(links)

    assert "canary" not in str(caught.value) + repr(links)
