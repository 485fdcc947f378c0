"""Pictures and the like that came with texts."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.messages import Inbound, InboundMedia
from compliant_sms.ports import Transaction
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    HERE,
    NOON,
    THERE,
    an_event,
    an_inbound,
    minutes,
)

_URLS = ("https://carrier.example/1.jpg", "https://carrier.example/2.jpg")
_PICTURE = b"\xff\xd8\x00 okapi \xff\xd9"
_SOON = NOON + minutes(5)


def with_pictures(key: str = "1") -> Inbound:
    """A text with two pictures."""
    return evolve(an_inbound(key), media=_URLS)


def coming(inbound: Inbound) -> Work[bool]:
    """Work that keeps a text."""
    return lambda tx: tx.add_inbound(inbound)


def claiming(practice_id: str = HERE, after: float = 0) -> Work[InboundMedia | None]:
    """Work that claims the next one, some minutes after noon."""
    at = NOON + minutes(after)
    return lambda tx: tx.claim_media(practice_id, at, at + minutes(5))


def saving(media: InboundMedia) -> Work[None]:
    """Work that keeps what came of one."""
    return lambda tx: tx.save_media(HERE, media)


def listing(practice_id: str = HERE) -> Work[list[InboundMedia]]:
    """Work that lists those of the text."""
    return lambda tx: tx.media(practice_id, with_pictures().inbound_id)


class MediaContract(Contract):
    """What :class:`~compliant_sms.ports.InboundTexts` promises of media."""

    def test_media_wait_for_one(self, make_store: MakeStore) -> None:
        """Each is due at once, claimed by one at a time, and due again where nobody settles it."""
        with self._bench(make_store) as store:
            assert store.run(coming(with_pictures()))
            assert not store.run(coming(evolve(with_pictures(), inbound_id="again")))
            assert store.run(claiming(THERE)) is None
            assert store.run(claiming(after=-1)) is None
            claimed = [each for each in store.together([claiming()] * 4) if each]
            assert {each.url for each in claimed if isinstance(each, InboundMedia)} == set(_URLS)
            assert len(claimed) == 2
            assert store.run(claiming(after=4)) is None
            once_more = store.run(claiming(after=5))
            assert once_more is not None
            assert (once_more.position, once_more.attempts) == (0, 2)

    def test_media_come_back_as_they_were(self, make_store: MakeStore) -> None:
        """What was fetched is kept once; what failed is due again when it was said."""
        with self._bench(make_store) as store:
            store.run(coming(with_pictures()))
            first, second = store.run(claiming()), store.run(claiming())
            assert first is not None
            assert second is not None
            here = evolve(first, again_at=None, content_type="image/jpeg", content=_PICTURE)
            later = evolve(second, again_at=_SOON, problem="the provider gave no answer")
            store.run(saving(here))
            store.run(saving(later))
            store.run(saving(evolve(here, content=b"another", again_at=_SOON)))
            assert store.run(listing()) == [here, later]
            assert store.run(listing(THERE)) == []
            again = store.run(claiming(after=5))
            assert again == evolve(later, attempts=2, again_at=NOON + minutes(10))

    def test_media_are_dropped_with_their_text(self, make_store: MakeStore) -> None:
        """Nothing of them is left, no claim of before brings one back, and the proof tells them."""
        with self._bench(make_store) as store:
            store.run(coming(with_pictures()))
            first, second = store.run(claiming()), store.run(claiming())
            assert first is not None
            assert second is not None
            store.run(saving(evolve(first, again_at=None, content=_PICTURE)))
            purged = Purged(at=NOON, rule="its time has passed", run="run", proofs=())
            record, key = RecordClass.INBOUND_BODY, with_pictures().inbound_id
            assert store.run(lambda tx: tx.drop_content(record, HERE, key, purged=purged))
            store.run(saving(evolve(second, again_at=None, content=_PICTURE)))
            assert [(e.url, e.content, e.again_at) for e in store.run(listing())] == [
                ("", b"", None)
            ] * 2
            assert store.run(claiming(after=99)) is None
            (text,) = store.run(lambda tx: tx.inbound_from(HERE, ANA))
            assert text.purged is not None
            assert [proof.record for proof in text.purged.proofs] == ["record", "media_0"]

    def test_media_are_sealed_and_erased(self, make_store: MakeStore) -> None:
        """They open with the keys of whoever sent them, and never again once those are gone."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()

        async def write(tx: Transaction) -> None:
            await tx.append(an_event(person="pat-1"), "chain")
            await tx.add_inbound(with_pictures())

        with self._bench(make_store) as store:
            store.run(write, keyring)
            first, second = store.run(claiming(), keyring), store.run(claiming(), keyring)
            assert first is not None
            assert second is not None
            here = evolve(first, again_at=None, content=_PICTURE)
            store.run(saving(here), keyring)
            assert store.run(listing(), keyring) == [here, second]
            purged = Purged(at=NOON, rule="erased", run="run", proofs=())
            store.run(lambda tx: tx.erase(HERE, "pat-1", purged, [ANA]), keyring)
            store.run(saving(evolve(second, again_at=None, content=_PICTURE)), keyring)
            left = store.run(listing(), keyring)
            assert [(each.url, each.content) for each in left] == [("", b"")] * 2
            assert store.run(claiming(after=99), keyring) is None
