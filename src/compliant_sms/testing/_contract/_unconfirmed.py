"""Texts for which their providers are still to be asked."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.messages import Inbound
from compliant_sms.optout import Awaiting
from compliant_sms.ports import Transaction, Unconfirmed
from compliant_sms.providers import InboundText
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    HERE,
    NOON,
    SENDER,
    THERE,
    an_event,
    an_inbound,
    minutes,
)

_TEXT = evolve(an_inbound("1"), proven=False, media=("https://carrier.example/1.jpg",))
PENDING = Unconfirmed(
    inbound=_TEXT,
    event=InboundText(
        key=_TEXT.provider_key,
        provider_id="SM1",
        sender=ANA,
        to=SENDER,
        body=_TEXT.body,
        media=_TEXT.media,
        authenticated=False,
        sent_at=NOON - minutes(1),
    ),
    question="lakeside/1",
    awaiting=Awaiting.OPT_IN,
    doubted=True,
    revocations=("event-1", "event-2"),
)


async def _keep(tx: Transaction) -> None:
    await tx.add_inbound(_TEXT)
    await tx.add_unconfirmed(PENDING)


def _claiming(practice_id: str = HERE, after: float = 0) -> Work[Unconfirmed | None]:
    at = NOON + minutes(after)
    return lambda tx: tx.claim_unconfirmed(practice_id, at, at + minutes(5))


def _closing() -> Work[bool]:
    return lambda tx: tx.close_unconfirmed(HERE, _TEXT.inbound_id)


def _reading() -> Work[list[Inbound]]:
    return lambda tx: tx.inbound_from(HERE, ANA)


class UnconfirmedContract(Contract):
    """What :class:`~compliant_sms.ports.InboundTexts` promises of texts that nothing proves yet."""

    def test_unconfirmed_wait_for_one(self, make_store: MakeStore) -> None:
        """Each is due at once, claimed by one at a time, and due again where nobody settles it."""
        with self._bench(make_store) as store:
            store.run(_keep)
            assert store.run(_claiming(THERE)) is None
            assert store.run(_claiming(after=-1)) is None
            claimed = [each for each in store.together([_claiming()] * 4) if each]
            assert claimed == [evolve(PENDING, attempts=1)]
            assert store.run(_claiming(after=4)) is None
            assert store.run(_claiming(after=5)) == evolve(PENDING, attempts=2)

    def test_unconfirmed_are_closed_once(self, make_store: MakeStore) -> None:
        """Of several who close one, one learns that it did; nobody is asked again."""
        with self._bench(make_store) as store:
            store.run(_keep)
            assert sorted(map(bool, store.together([_closing()] * 4))) == [False] * 3 + [True]
            assert store.run(_claiming(after=99)) is None

    def test_unconfirmed_are_delayed(self, make_store: MakeStore) -> None:
        """Whoever claimed one last says when it is due again, or that it never is."""
        with self._bench(make_store) as store:
            store.run(_keep)
            first, second = store.run(_claiming()), store.run(_claiming(after=5))
            assert first is not None
            assert second is not None
            store.run(lambda tx: tx.delay_unconfirmed(first, None))
            store.run(lambda tx: tx.delay_unconfirmed(first, NOON))
            store.run(lambda tx: tx.delay_unconfirmed(second, NOON + minutes(30)))
            assert store.run(_claiming(after=29)) is None
            third = store.run(_claiming(after=30))
            assert third == evolve(PENDING, attempts=3)
            assert third is not None
            store.run(lambda tx: tx.delay_unconfirmed(third, None))
            assert store.run(_claiming(after=99)) is None
            assert store.run(_reading()) == [_TEXT]

    def test_proven_texts_are_kept(self, make_store: MakeStore) -> None:
        """What a text means replaces what it meant before."""
        proven = evolve(_TEXT, proven=True, rule="keyword", answers="lakeside/1")
        with self._bench(make_store) as store:
            store.run(_keep)
            store.run(lambda tx: tx.prove_inbound(proven, NOON))
            assert store.run(_reading()) == [proven]

    def test_unconfirmed_are_dropped_with_their_text(self, make_store: MakeStore) -> None:
        """Nobody is asked for it any more, and no claim of before brings it back."""
        with self._bench(make_store) as store:
            store.run(_keep)
            claimed = store.run(_claiming())
            assert claimed is not None
            purged = Purged(at=NOON, rule="its time has passed", run="run", proofs=())
            record, key = RecordClass.INBOUND_BODY, _TEXT.inbound_id
            assert store.run(lambda tx: tx.drop_content(record, HERE, key, purged=purged))
            assert not store.run(_closing())
            store.run(lambda tx: tx.prove_inbound(claimed.inbound, NOON))
            assert store.run(_claiming(after=99)) is None
            (left,) = store.run(_reading())
            assert left.body != _TEXT.body

    def test_unconfirmed_are_sealed_and_erased(self, make_store: MakeStore) -> None:
        """They open with the keys of whoever wrote them, and are gone with them."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()

        async def write(tx: Transaction) -> None:
            await tx.append(an_event(person="pat-1"), "chain")
            await _keep(tx)

        with self._bench(make_store) as store:
            store.run(write, keyring)
            claimed = store.run(_claiming(), keyring)
            assert claimed == evolve(PENDING, attempts=1)
            purged = Purged(at=NOON, rule="erased", run="run", proofs=())
            store.run(lambda tx: tx.erase(HERE, "pat-1", purged, [ANA]), keyring)
            store.run(lambda tx: tx.prove_inbound(_TEXT, NOON), keyring)
            assert not store.run(_closing(), keyring)
            assert store.run(_claiming(after=99), keyring) is None
            assert store.run(_reading(), keyring) == []
