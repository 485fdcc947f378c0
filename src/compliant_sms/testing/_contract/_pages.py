"""Pages behind links, and who came to them."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction
from compliant_sms.retention import LegalHold, Purged, RecordClass
from compliant_sms.secure_pages import Accessed, Page, PageAccess, PageContent, token_hash
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    THERE,
    a_text,
    an_event,
    minutes,
    saving,
)

_OPENS = "0123456789abcdefghijkl"
_LATE = NOON + minutes(60)


def a_page(key: str = "1", token: str = _OPENS) -> Page:
    """The page of a text, for an hour."""
    return Page(
        message_id=a_text(key).message_id,
        practice_id=HERE,
        token_hash=token_hash(token),
        created_at=NOON,
        expires_at=_LATE,
        content=PageContent(token=token, key="00" * 32, person="pat-1", body="okapi \0 مرحبا"),
    )


def an_access(what: Accessed = Accessed.READ, address: str = "192.0.2.7") -> PageAccess:
    """Somebody came."""
    return PageAccess(message_id=a_text().message_id, at=NOON, what=what, address=address)


def opening(page: Page, practice_id: str = HERE) -> Work[Page | None]:
    """Work that finds a page by its token."""
    return lambda tx: tx.page_at(practice_id, page.token_hash)


def adding(page: Page) -> Work[bool]:
    """Work that keeps a new page."""
    return lambda tx: tx.add_page(page)


def expiring(after: float, practice_id: str = HERE) -> Work[tuple[int, str]]:
    """Work that drops what expired, some minutes after noon."""
    return lambda tx: tx.drop_expired_pages(practice_id, NOON + minutes(after), "", 10)


async def guess(tx: Transaction) -> int:
    """Count one wrong answer."""
    page = await tx.page_at(HERE, token_hash(_OPENS))
    assert page is not None
    await tx.save_page(evolve(page, attempts=page.attempts + 1))
    await tx.add_access(HERE, an_access(Accessed.WRONG_ANSWER, ""))
    return page.attempts + 1


class PageContract(Contract):
    """What :class:`~compliant_sms.ports.SecurePageRecords` promises."""

    def test_a_page_comes_back_as_it_was(self, make_store: MakeStore) -> None:
        """By its text and by the hash of its token, in its own practice, and each text has one."""
        with self._bench(make_store) as store:
            assert not store.run(adding(a_page()))
            store.run(saving(a_text()))
            assert store.run(adding(a_page()))
            assert not store.run(adding(a_page(token="l" * 22)))
            for found in (
                store.run(opening(a_page())),
                store.run(lambda tx: tx.page_of(HERE, a_page().message_id)),
            ):
                assert found == a_page()
            assert store.run(opening(a_page(), THERE)) is None
            assert store.run(opening(a_page(token="l" * 22))) is None
            later = evolve(
                a_page(),
                attempts=2,
                opened=3,
                replies=1,
                read_at=NOON,
                expires_at=_LATE + minutes(1),
            )
            store.run(lambda tx: tx.save_page(later))
            assert store.run(opening(a_page())) == later

    def test_guesses_are_counted_one_by_one(self, make_store: MakeStore) -> None:
        """Who changes a page has it alone until the end: no two guesses count as one."""
        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            store.run(adding(a_page()))
            counts = store.together([guess] * 8)
            assert sorted(count for count in counts if isinstance(count, int)) == [*range(1, 9)]
            assert len(store.run(lambda tx: tx.accesses(HERE, a_text().message_id))) == 8

    def test_accesses_wait_to_be_acknowledged(self, make_store: MakeStore) -> None:
        """They come again until then, in their order, and stay on record afterwards."""
        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            store.run(adding(a_page()))
            for each in (an_access(Accessed.OPENED), an_access(Accessed.READ, "")):
                store.run(lambda tx, each=each: tx.add_access(HERE, each))  # type: ignore[misc]
            told = store.run(lambda tx: tx.new_accesses(HERE, 10))
            assert [(each.what, each.address) for each in told] == [
                (Accessed.OPENED, "192.0.2.7"),
                (Accessed.READ, ""),
            ]
            assert store.run(lambda tx: tx.new_accesses(HERE, 1)) == told[:1]
            assert store.run(lambda tx: tx.new_accesses(THERE, 10)) == []
            first = [each.access_id for each in told[:1] if each.access_id is not None]
            assert store.run(lambda tx: tx.acknowledge_accesses(THERE, first, NOON)) == 0
            assert store.run(lambda tx: tx.acknowledge_accesses(HERE, first, NOON)) == 1
            assert store.run(lambda tx: tx.acknowledge_accesses(HERE, first, NOON)) == 0
            assert store.run(lambda tx: tx.new_accesses(HERE, 10)) == told[1:]
            assert store.run(lambda tx: tx.accesses(HERE, a_text().message_id)) == told

    def test_accesses_beside_those_to_one_text(self, make_store: MakeStore) -> None:
        """To the same person at the same number: each has a date of birth of their own."""
        others = [a_text("3", person="pat-902"), a_text("4", to=BEN)]
        with self._bench(make_store) as store:
            for key, text in enumerate([a_text(), a_text("2"), *others], start=1):
                store.run(saving(text))
                store.run(adding(a_page(f"{key}", token=f"{key}" * 22)))
                access = evolve(an_access(), message_id=text.message_id)
                store.run(lambda tx, access=access: tx.add_access(HERE, access))  # type: ignore[misc]
            known = a_text("2").message_id
            beside = store.run(lambda tx: tx.accesses_beside(HERE, known))
            assert [each.message_id for each in beside] == [a_text().message_id, known]
            assert store.run(lambda tx: tx.accesses_beside(THERE, known)) == []

    def test_expired_pages_show_nothing(self, make_store: MakeStore) -> None:
        """What they showed is dropped, and not brought back, but by a new page for the text."""
        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            store.run(adding(a_page()))
            store.run(lambda tx: tx.add_access(HERE, an_access()))
            assert store.run(expiring(59)) == (0, "")
            assert store.run(expiring(99, THERE)) == (0, "")
            assert store.run(expiring(60)) == (1, "")
            assert store.run(expiring(60)) == (0, "")
            store.run(lambda tx: tx.save_page(a_page()))
            assert store.run(opening(a_page())) == evolve(a_page(), content=None)
            (access,) = store.run(lambda tx: tx.accesses(HERE, a_text().message_id))
            assert access.address == ""
            store.run(lambda tx: tx.add_access(HERE, an_access()))
            assert [
                each.address for each in store.run(lambda tx: tx.accesses(HERE, "lakeside/1"))
            ] == ["", ""]
            anew = evolve(a_page(token="n" * 22), expires_at=_LATE + minutes(9))
            assert store.run(adding(anew))
            assert store.run(opening(a_page())) is None
            assert store.run(opening(anew)) == anew
            withdrawn = evolve(anew, withdrawn_at=NOON, content=None)
            store.run(lambda tx: tx.save_page(withdrawn))
            assert not store.run(adding(anew))

    def test_a_hold_keeps_what_expired(self, make_store: MakeStore) -> None:
        """Pages of a held person stay, and the others go page by page."""
        hold = LegalHold(
            hold_id="h",
            practice_id=HERE,
            person="pat-1",
            reason="M-1",
            placed_at=NOON,
            placed_by="k",
        )

        async def write(tx: Transaction) -> None:
            for key, number, person in (("1", ANA, "pat-1"), ("2", BEN, "pat-2"), ("3", BEN, "p")):
                await tx.save(a_text(key, to=PhoneNumber(number.e164), person=person), NOON)
                await tx.add_page(a_page(key, key * 22))
            await tx.place_hold(hold)

        with self._bench(make_store) as store:
            store.run(write)
            assert store.run(lambda tx: tx.paged(HERE, BEN)) == {"lakeside/2", "lakeside/3"}
            assert store.run(lambda tx: tx.paged("elsewhere", BEN)) == set()
            late = NOON + minutes(99)
            dropped, after = store.run(lambda tx: tx.drop_expired_pages(HERE, late, "", 2))
            assert (dropped, after) == (1, "lakeside/2")
            assert store.run(lambda tx: tx.drop_expired_pages(HERE, late, after, 2)) == (1, "")
            left = [store.run(opening(a_page(key, key * 22))) for key in "123"]
            assert [page is not None and page.content is not None for page in left] == [
                True,
                False,
                False,
            ]

    def test_pages_are_dropped_with_their_text(self, make_store: MakeStore) -> None:
        """And the proof tells of them; no page is made for what was dropped."""
        with self._bench(make_store) as store:
            store.run(saving(a_text(state=State.DELIVERED)))
            store.run(adding(a_page()))
            purged = Purged(at=NOON, rule="its time has passed", run="run", proofs=())
            record, key = RecordClass.TEXT_BODY, a_text().message_id
            assert store.run(lambda tx: tx.drop_content(record, HERE, key, purged=purged))
            assert store.run(opening(a_page())) == evolve(a_page(), content=None)
            assert not store.run(adding(a_page()))
            (text,) = store.run(lambda tx: tx.messages_to(HERE, ANA))
            assert text.purged is not None
            assert [proof.record for proof in text.purged.proofs] == ["draft", "page"]

    def test_pages_are_sealed_and_erased(self, make_store: MakeStore) -> None:
        """They open with the keys of their patient, and never again once those are gone."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()

        async def write(tx: Transaction) -> None:
            await tx.append(an_event(person="pat-1"), "chain")
            await tx.save(a_text(person="pat-1"), NOON)
            await tx.add_page(a_page())
            await tx.add_access(HERE, an_access())

        with self._bench(make_store) as store:
            store.run(write, keyring)
            assert store.run(opening(a_page()), keyring) == a_page()
            purged = Purged(at=NOON, rule="erased", run="run", proofs=())
            store.run(lambda tx: tx.erase(HERE, "pat-1", purged, [ANA]), keyring)
            assert store.run(opening(a_page()), keyring) == evolve(a_page(), content=None)
            assert not store.run(adding(a_page()), keyring)
            (access,) = store.run(lambda tx: tx.accesses(HERE, a_text().message_id), keyring)
            assert (access.what, access.address) == (Accessed.READ, "")
