"""The consent ledger, what came in, and the keyring."""

from __future__ import annotations

from compliant_sms.consent import (
    ChainCheck,
    ConsentEvent,
    FiledLink,
    Link,
    beginning,
    verify_chain,
)
from compliant_sms.errors import CannotUnseal
from compliant_sms.messages import Inbound
from compliant_sms.ports import Chain, Transaction
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work, raises
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    THERE,
    a_decision,
    a_status,
    a_text,
    an_event,
    an_inbound,
    minutes,
    saving,
)


def appending(event: ConsentEvent) -> Work[None]:
    """Work that appends an event."""
    return lambda tx: tx.append(event, f"chain {event.event_id}")


def linked(chain_id: str) -> Work[list[Link]]:
    """Work that reads a chain."""
    return lambda tx: tx.links(HERE, chain_id)


def following(after: tuple[str, int]) -> Work[list[FiledLink]]:
    """Work that reads the next two links of the practice."""
    return lambda tx: tx.filed_links(HERE, after, 2)


def paged_chains(after: str, limit: int) -> Work[list[Chain]]:
    """Work that reads some chains of the practice."""
    return lambda tx: tx.chains_after(HERE, after, limit)


def whole(chain: Chain, links: list[Link]) -> int:
    """How many links a chain has, which must verify."""
    number = chain.number.e164 if chain.number else ""
    return verify_chain(links, beginning(chain.practice_id, number, chain.person or ""))


def coming(inbound: Inbound) -> Work[bool]:
    """Work that keeps what came in."""
    return lambda tx: tx.add_inbound(inbound)


class LedgerContract(Contract):
    """What :class:`~compliant_sms.ports.ConsentLedger` and ``InboundTexts`` promise."""

    def test_events_in_order(self, make_store: MakeStore) -> None:
        """Events of a number come in the order in which they were recorded, whoever's they are."""
        events = [
            an_event("1", person="pat-b", at=NOON),
            an_event("2", at=NOON - minutes(9)),
            an_event("3", person="pat-a", at=NOON + minutes(1)),
            an_event("4", person="pat-b", at=NOON),
        ]
        with self._bench(make_store) as store:
            for event in events:
                store.run(appending(event))
            store.run(lambda tx: tx.append(an_event("x", number=BEN), "x"))
            store.run(lambda tx: tx.append(an_event("y", practice_id=THERE), "y"))
            assert store.run(lambda tx: tx.consent_events(HERE, ANA)) == events

    def test_chains(self, make_store: MakeStore) -> None:
        """Each person at each number has one chain, which verifies from its beginning."""

        async def append(tx: Transaction) -> None:
            for name in range(6):
                await tx.append(an_event(str(name), person=f"pat-{name % 2}"), f"chain {name}")
            await tx.append(an_event("of the number"), "chain 6")

        with self._bench(make_store) as store:
            store.run(append)
            chains = store.run(lambda tx: tx.chains(HERE))
            links = [store.run(linked(chain.chain_id)) for chain in chains]
            assert sum(map(whole, chains, links)) == 7
            whose = [(each.number, each.person) for each in chains]
            assert sorted(whose, key=str) == [(ANA, "pat-0"), (ANA, "pat-1"), (ANA, None)]
            assert store.run(lambda tx: tx.links(HERE, "nothing")) == []

    def test_chains_by_pages(self, make_store: MakeStore) -> None:
        """The chains of one practice come in the order of their ids, and pages leave none out."""

        async def append(tx: Transaction) -> None:
            for name in "31524":
                await tx.append(an_event(name, person=f"pat-{name}"), f"chain {name}")
            await tx.append(an_event("theirs", practice_id=THERE), "chain 0")

        with self._bench(make_store) as store:
            store.run(append)
            pages = [store.run(paged_chains(after, 2)) for after in ("", "chain 2", "chain 4")]
            assert [[each.chain_id for each in page] for page in pages] == [
                ["chain 1", "chain 2"],
                ["chain 3", "chain 4"],
                ["chain 5"],
            ]
            assert [each.person for page in pages for each in page] == [f"pat-{n}" for n in "12345"]
            assert {each.number for page in pages for each in page} == {ANA}
            assert store.run(paged_chains("chain 5", 2)) == []

    def test_all_links_by_pages(self, make_store: MakeStore) -> None:
        """All links of a practice come chain after chain, and pages leave none out."""
        events = [an_event(str(name), number=(ANA, BEN)[name % 2]) for name in range(5)]
        with self._bench(make_store) as store:
            for event in [*events, an_event("theirs", practice_id=THERE)]:
                store.run(appending(event))
            rows = store.run(lambda tx: tx.filed_links(HERE, None, 9))
            check = ChainCheck(HERE)
            check.take(rows)
            assert (check.chains, check.events) == (2, 5)
            assert [(row[0], row[1]) for row in rows] == sorted((row[0], row[1]) for row in rows)
            paged = store.run(lambda tx: tx.filed_links(HERE, None, 2))
            while len(paged) < 5:
                after = paged[-1][:2]
                paged += store.run(following(after))
            assert paged == rows

    def test_tree(self, make_store: MakeStore) -> None:
        """Events become leaves once each, in order, and nodes and checkpoints are kept."""
        events = [an_event(str(name), person="pat") for name in range(3)]

        async def grow(tx: Transaction) -> int:
            await tx.lock_tree(HERE)
            return await tx.add_leaves(HERE, await tx.tree_size(HERE), 2)

        with self._bench(make_store) as store:
            for event in events:
                store.run(appending(event))
            assert [store.run(grow) for _ in range(3)] == [2, 1, 0]
            assert store.run(lambda tx: tx.tree_size(HERE)) == 3
            assert store.run(lambda tx: tx.tree_size(THERE)) == 0
            (chain,) = store.run(lambda tx: tx.chains(HERE))
            digests = [link.digest for link in store.run(linked(chain.chain_id))]
            assert list(store.run(lambda tx: tx.leaf_digests(HERE, range(3)))) == digests
            assert store.run(lambda tx: tx.leaf_of(HERE, chain.chain_id, 2)) == 2
            assert store.run(lambda tx: tx.leaf_of(HERE, chain.chain_id, 3)) is None
            filed = store.run(lambda tx: tx.filed_leaves(HERE, 1, 9))
            assert [tuple(leaf) for leaf in filed] == [
                (leaf, chain.chain_id, leaf, digests[leaf], digests[leaf]) for leaf in (1, 2)
            ]

    def test_nodes_and_checkpoints(self, make_store: MakeStore) -> None:
        """Nodes come in order, and checkpoints by size, the newest last."""

        async def keep(tx: Transaction) -> None:
            for position in (1, 0):
                await tx.add_node(HERE, 1, position, bytes([position]) * 32)
            for size, note in ((1, "one"), (3, "three"), (3, "three again")):
                await tx.add_checkpoint(HERE, size, note)

        with self._bench(make_store) as store:
            assert store.run(lambda tx: tx.newest_checkpoint(HERE)) is None
            store.run(keep)
            nodes = store.run(lambda tx: tx.nodes(HERE, 1, range(2)))
            assert [node[0] for node in nodes] == [0, 1]
            first, second = store.run(lambda tx: tx.checkpoints(HERE, (-1, 0), 2))
            assert (first[0], first[2], second[2]) == (1, "one", "three")
            (third,) = store.run(lambda tx: tx.checkpoints(HERE, (second[0], second[1]), 9))
            assert third[2] == "three again"
            assert store.run(lambda tx: tx.newest_checkpoint(HERE)) == "three again"

    def test_numbers_of_a_person(self, make_store: MakeStore) -> None:
        """A person is known at the numbers of their texts, in their order, once each."""
        texts = [
            a_text("1", to=BEN, person="pat"),
            a_text("2", person="pat"),
            a_text("3", person="pat"),
            a_text("4", person="another"),
            a_text("5", person="pat", practice_id=THERE),
        ]
        with self._bench(make_store) as store:
            for text in texts:
                store.run(saving(text))
            assert store.run(lambda tx: tx.numbers_of(HERE, "pat")) == [ANA, BEN]
            assert store.run(lambda tx: tx.numbers_of(HERE, "nobody")) == []

    def test_appending_at_once(self, make_store: MakeStore) -> None:
        """Chains stay whole when many append at once."""
        events = [
            an_event(str(name), number=(ANA, BEN)[name % 2], person=f"pat-{name % 3}")
            for name in range(16)
        ]
        with self._bench(make_store) as store:
            assert store.together([appending(event) for event in events]) == [None] * 16
            chains = store.run(lambda tx: tx.chains(HERE))
            links = [store.run(linked(chain.chain_id)) for chain in chains]
            assert sum(map(whole, chains, links)) == 16

    def test_inbound_once(self, make_store: MakeStore) -> None:
        """A text that is delivered again is kept once, also when both come at once."""
        again = [an_inbound(name=f"try {number}") for number in range(8)]
        works = [coming(inbound) for inbound in again]
        with self._bench(make_store) as store:
            assert sorted(str(new) for new in store.together(works)) == ["False"] * 7 + ["True"]
            other = an_inbound(provider="other")
            assert store.run(lambda tx: tx.add_inbound(other))
            kept = store.run(lambda tx: tx.inbound_from(HERE, ANA))
            assert kept[0] in again
            assert kept[1:] == [other]

    def test_inbound_in_order(self, make_store: MakeStore) -> None:
        """What a number wrote comes as it was, oldest first; nobody's is kept as well."""
        texts = [an_inbound(str(n), at=NOON + minutes(n)) for n in range(3)]
        with self._bench(make_store) as store:
            assert store.run(lambda tx: tx.last_inbound_at(HERE, ANA)) is None
            for text in texts:
                assert store.run(coming(text))
            assert store.run(lambda tx: tx.add_inbound(an_inbound("none", number=None)))
            assert store.run(lambda tx: tx.inbound_from(HERE, ANA)) == texts
            assert store.run(lambda tx: tx.last_inbound_at(HERE, ANA)) == NOON + minutes(2)
            assert store.run(lambda tx: tx.inbound_from(HERE, BEN)) == []

    def test_status_once(self, make_store: MakeStore) -> None:
        """News is new once, also when it comes twice at once; each provider's on its own.

        Two practices' providers of one name are two.
        """

        def work(provider: str, practice_id: str = HERE) -> Work[bool]:
            return lambda tx: tx.add_status(practice_id, provider, a_status(), None, NOON)

        with self._bench(make_store) as store:
            new = store.together([work("twilio")] * 8)
            assert sorted(map(str, new)) == ["False"] * 7 + ["True"]
            for others in (work("other"), work("twilio", THERE)):
                assert store.run(others)
                assert not store.run(others)

    def test_sealed(self, make_store: MakeStore) -> None:
        """With a keyring everything comes back as it was; without it, nothing that was sealed."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        decision = a_decision("See you.")

        async def write(tx: Transaction) -> None:
            await tx.save(a_text(), NOON)
            await tx.add_decision(HERE, f"{HERE}/1", decision)
            await tx.append(an_event(person="pat-1"), "chain")
            await tx.add_inbound(an_inbound())

        async def read(tx: Transaction) -> list[object]:
            return [
                await tx.message(HERE, f"{HERE}/1"),
                *await tx.decisions(HERE, f"{HERE}/1"),
                *await tx.consent_events(HERE, ANA),
                *await tx.inbound_from(HERE, ANA),
            ]

        with self._bench(make_store) as store:
            store.run(write, keyring)
            told = [a_text(), decision, an_event(person="pat-1"), an_inbound()]
            assert store.run(read, keyring) == told
            with raises(CannotUnseal):
                store.run(read)
            with raises(CannotUnseal):
                store.run(read, Keyring.generate())
