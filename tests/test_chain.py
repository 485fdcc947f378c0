"""The hash chain: whatever is done to its records shows, and where."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

import pytest
from attrs import evolve

from compliant_sms.consent import ChainCheck, FiledLink, Link, beginning, link, verify_chain
from compliant_sms.errors import LedgerTampered

TRIALS = 300
FILED = ("lakeside", "+12175550134", "pat-881")
BEGINS = beginning(*FILED)


def chain_of(payloads: list[bytes], chain_id: str = "c-1") -> list[Link]:
    """Link payloads one after the other."""
    links: list[Link] = []
    for payload in payloads:
        links.append(link(chain_id, payload, links[-1] if links else BEGINS))
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
    name = chance.choice(["payload", "digest"])
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
    before = links[place - 1] if place else BEGINS
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


def change_type(links: list[Link], chance: random.Random) -> int:
    """Store a text where bytes must be, or bytes where a number must be, as SQLite lets one do."""
    place = chance.randrange(len(links))
    name, value = chance.choice([("payload", "text"), ("digest", "text"), ("position", b"1")])
    links[place] = evolve(links[place], **{name: value})
    return place


def begin_elsewhere(links: list[Link], chance: random.Random) -> int:
    """Chain everything anew on the beginning of another number's chain."""
    before: Link | bytes = beginning("lakeside", "+12175550136", "pat-881")
    for place, each in enumerate(links):
        links[place] = before = link(each.chain_id, each.payload, before)
    return 0


def cut_in_front(links: list[Link], chance: random.Random) -> int:
    """Drop the oldest records and renumber the rest."""
    del links[: chance.randint(1, len(links) - 1)]
    links[:] = [evolve(each, position=index) for index, each in enumerate(links)]
    return 0


TAMPERING = [
    flip,
    delete,
    insert,
    repeat,
    swap,
    renumber,
    reposition,
    rename,
    cut_in_front,
    begin_elsewhere,
]


def as_filed(links: list[Link]) -> list[FiledLink]:
    """The links as a store hands them out."""
    return [
        (
            each.chain_id,
            each.position,
            each.payload,
            each.digest,
            *FILED[1:],
        )
        for each in links
    ]


@pytest.mark.parametrize(
    "tamper",
    TAMPERING,
    ids=lambda tamper: tamper.__name__,
)
def test_tampering_is_found(tamper: Callable[[list[Link], random.Random], int]) -> None:
    """Every kind of tampering is found in hundreds of chains, and the first bad record named."""
    for seed in range(TRIALS):
        chance = random.Random(f"{tamper.__name__} {seed}")
        links = random_chain(chance)
        first_bad = tamper(links, chance)

        with pytest.raises(LedgerTampered) as caught:
            verify_chain(links, BEGINS)

        assert caught.value.position == first_bad
        assert caught.value.chain_id == links[first_bad].chain_id


@pytest.mark.parametrize("tamper", [*TAMPERING, change_type], ids=lambda tamper: tamper.__name__)
def test_tampering_is_found_among_other_chains(
    tamper: Callable[[list[Link], random.Random], int],
) -> None:
    """The check of a whole ledger names the same record, wherever a page of it ends."""
    for seed in range(TRIALS):
        chance = random.Random(f"{tamper.__name__} {seed}")
        before, links, after = (random_chain(chance) for _ in range(3))
        first_bad = tamper(links, chance)
        rows = [
            *as_filed(chained(before, "c-0")),
            *as_filed(links),
            *as_filed(chained(after, "c-9")),
        ]
        cut = chance.randrange(len(rows))
        check = ChainCheck("lakeside")

        with pytest.raises(LedgerTampered) as caught:
            take_all(check, rows[:cut], rows[cut:])

        named = (caught.value.chain_id, caught.value.position)
        if tamper is rename:  # a record under a stranger's name begins a chain that it cannot
            assert named == ("c-2", 0)
        else:
            assert named == (links[first_bad].chain_id, first_bad)


def take_all(check: ChainCheck, *pages: list[FiledLink]) -> None:
    """Check one page after the other."""
    for page in pages:
        check.take(page)


def chained(links: list[Link], chain_id: str) -> list[Link]:
    """The same payloads in another chain."""
    return chain_of([each.payload for each in links], chain_id)


def test_an_untouched_ledger_verifies_page_by_page() -> None:
    """Chains and links are counted, wherever pages end, and an empty ledger has none."""
    rows = [row for name in "abc" for row in as_filed(chain_of([b"1", b"2", b"3"], name))]
    for cut in range(len(rows) + 1):
        check = ChainCheck("lakeside")
        for page in (rows[:cut], [], rows[cut:]):
            check.take(page)

        assert (check.chains, check.events) == (3, 9)


def test_a_chain_shows_where_it_is_filed() -> None:
    """Filed under another practice, number or person, the first record is named and says why."""
    links = chain_of([b"a", b"b"])
    for other in (("hillside", *FILED[1:]), ("lakeside", "+1", "pat-881"), (*FILED[:2], "pat-9")):
        with pytest.raises(LedgerTampered, match="filed under") as caught:
            verify_chain(links, beginning(*other))
        assert caught.value.position == 0
    with pytest.raises(LedgerTampered, match="filed under") as caught:
        ChainCheck("hillside").take(as_filed(links))
    assert caught.value.position == 0


def test_an_untouched_chain_verifies() -> None:
    """Chains that nobody touched verify and are counted."""
    assert verify_chain([], BEGINS) == 0
    for seed in range(TRIALS):
        links = random_chain(random.Random(seed))

        assert verify_chain(links, BEGINS) == len(links)
        assert verify_chain(iter(links), BEGINS) == len(links)


def test_a_shorter_chain_is_a_chain() -> None:
    """A chain cut off at its end verifies, as the documentation admits."""
    links = chain_of([b"a", b"b", b"c"])

    assert verify_chain(links[:2], BEGINS) == 2


def test_the_digest_is_the_documented_one() -> None:
    """The digest is SHA-256 over the documented bytes, written out by hand."""
    first, second = chain_of([b'{"kind":"granted"}', b"\x00\xff"], chain_id="ché")
    begins = hashlib.sha256(
        b"compliant_sms chain 2\n"
        + (b"\0\0\0\0\0\0\0\x08" + b"lakeside")
        + (b"\0\0\0\0\0\0\0\x0c" + b"+12175550134")
        + (b"\0\0\0\0\0\0\0\x07" + b"pat-881")
    ).digest()
    head = b"compliant_sms ledger 2\n" + b"\0\0\0\0\0\0\0\x04" + b"ch\xc3\xa9"
    expected = hashlib.sha256(head + b"\0" * 8 + begins + b'{"kind":"granted"}').digest()

    assert begins == BEGINS
    assert first.position == 0
    assert first.digest == expected
    assert second.position == 1
    assert (
        second.digest
        == hashlib.sha256(head + b"\0" * 7 + b"\x01" + expected + b"\x00\xff").digest()
    )


def test_the_digest_never_changes() -> None:
    """A digest made years ago still verifies."""
    only = link("chain", b"payload", BEGINS)

    assert only.digest.hex() == "fbfc5b25fc47f1fb73d7b3b40843ea612318c4bd8ecf3a757f6a0c8005d358d6"


def test_lengths_cannot_be_shifted_between_fields() -> None:
    """Bytes moved from the id into the payload give another digest."""
    assert link("ab", b"c", BEGINS).digest != link("a", b"bc", BEGINS).digest
    assert beginning("ab", "c", "d") != beginning("a", "bc", "d") != beginning("a", "b", "cd")
    assert beginning("a", "b", "") != beginning("a", "", "b") != beginning("a", "b")


def test_an_error_and_a_repr_show_no_payload() -> None:
    """Neither the error nor a link's repr shows what the records hold."""
    links = chain_of([b"canary-1", b"canary-2"])
    links[1] = evolve(links[1], payload=b"canary-3")

    with pytest.raises(LedgerTampered, match="record 1 of chain c-1") as caught:
        verify_chain(links, BEGINS)

    assert "canary" not in str(caught.value) + repr(links)
