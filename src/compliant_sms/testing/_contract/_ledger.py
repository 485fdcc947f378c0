"""The consent ledger, what came in, and the keyring."""

from __future__ import annotations

from compliant_sms.consent import ConsentEvent, Link, verify_chain
from compliant_sms.errors import CannotUnseal
from compliant_sms.messages import Inbound
from compliant_sms.ports import Transaction
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

__all__ = ["LedgerContract"]


def appending(event: ConsentEvent) -> Work[None]:
    """Work that appends an event."""
    return lambda tx: tx.append(event, f"chain {event.event_id}")


def linked(chain_id: str) -> Work[list[Link]]:
    """Work that reads a chain."""
    return lambda tx: tx.links(chain_id)


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
            assert sum(verify_chain(each) for each in links) == 7
            whose = [(each.number, each.person) for each in chains]
            assert sorted(whose, key=str) == [(ANA, "pat-0"), (ANA, "pat-1"), (ANA, None)]
            assert store.run(lambda tx: tx.links("nothing")) == []

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
            assert sum(verify_chain(each) for each in links) == 16

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
        """News is new once, also when it comes twice at once; each provider's on its own."""

        def work(provider: str) -> Work[bool]:
            return lambda tx: tx.add_status(provider, a_status(), None, NOON)

        with self._bench(make_store) as store:
            new = store.together([work("twilio")] * 8)
            assert sorted(map(str, new)) == ["False"] * 7 + ["True"]
            assert store.run(work("other"))
            assert not store.run(work("other"))

    def test_sealed(self, make_store: MakeStore) -> None:
        """With a keyring everything comes back as it was; without it, nothing that was sealed."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        decision = a_decision("See you.")

        async def write(tx: Transaction) -> None:
            await tx.save(a_text(), NOON)
            await tx.add_decision(f"{HERE}/1", decision)
            await tx.append(an_event(person="pat-1"), "chain")
            await tx.add_inbound(an_inbound())

        async def read(tx: Transaction) -> list[object]:
            return [
                await tx.message(f"{HERE}/1"),
                *await tx.decisions(f"{HERE}/1"),
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
