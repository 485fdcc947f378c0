"""What waits behind a notice's link: who may see it, how often one may guess, and what is kept."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Channel,
    Keyring,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
    flows,
)
from compliant_sms.consent import Revoked
from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError, InvalidInput, StoreError, UnknownMessage
from compliant_sms.flows._sending._secure_link import secure_link
from compliant_sms.flows._staff._secure_page import _Visit as Visit
from compliant_sms.messages import Message
from compliant_sms.messenger import StoreKind
from compliant_sms.optout import Intent
from compliant_sms.people import PatientFacts
from compliant_sms.phi import ContentTier, PhiLabel, beyond
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import SecureMessage
from compliant_sms.providers import Twilio
from compliant_sms.rules import read
from compliant_sms.sandbox import Sandbox
from compliant_sms.secure_pages import Page, PageRequest, SecurePages, new_token, safe
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.system import entropy
from compliant_sms.templates import Body, Catalogue, Text, Variable, neutral_notice
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply
from conftest import PATIENT, PERSON, WARNING
from secure_visits import (
    BORN,
    DRUG,
    FORM,
    RIGHT,
    URL,
    WRONG,
    Make,
    Visitor,
    notice,
    proof_in,
    showing,
    visitor,
    with_pages,
)
from templates_made import GIVEN, simple
from test_erase import WHY
from test_receive import from_patient
from test_sealed_store import on_disk
from test_send import NIGHT, agree, outgoing, remind, waits
from test_vault import columns

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
MONTH = timedelta(days=30)
DESK = {"by": "front-desk:ana", "reason": "called back on the number in the chart"}
both_databases = pytest.mark.both_databases
SPANISH = "Lakeside Family Medicine: Ana, su lisinopril ya esta listo. Responda STOP para salir."
FRENCH = "Lakeside Family Medicine : Ana, votre lisinopril est prêt. Reply STOP to opt out."


@pytest.fixture
def showing_pages(make_messenger: Make, practice: Practice) -> Messenger:
    return with_pages(make_messenger, practice)


@pytest.fixture
def ana(showing_pages: Messenger) -> Visitor:
    """Whoever holds the link of a notice that went out."""
    return notice(showing_pages)


def text_of(body: bytes) -> str:
    return body.decode()


# The link


def test_the_link_leads_to_a_page_that_asks_first(ana: Visitor, carrier: Sandbox) -> None:
    """The notice has the link and no detail; the page asks, and shows the message afterwards."""
    asked, shown = ana.get(), ana.answer()

    says = "Lakeside Family Medicine: you have a new message from us. Read it here:"
    assert outgoing(carrier) == [f"{says} {URL}/{ana.token} Reply STOP to opt out."]
    assert (asked.status, shown.status) == (200, 200)
    assert "lisinopril" not in text_of(asked.body)
    assert "Lakeside Family Medicine" in text_of(asked.body)
    assert DRUG in text_of(shown.body)
    assert ana.happened() == ["opened", "opened", "read"]


@both_databases
def test_asked_again_the_link_is_the_same(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """As often as a text is tried, and it expires a month after the last time."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)
    clock.advance(timedelta(days=20))
    [again] = [link_of(messenger, ana.message_id) for _ in range(1)]
    clock.advance(timedelta(days=20))

    assert again == f"{URL}/{ana.token}"
    assert ana.answer().status == 200


def link_of(messenger: Messenger, message_id: str, body: str = DRUG) -> str:
    """What the pages answer whoever asks for the link of a text."""
    ports = messenger._ports
    message = SecureMessage(
        message_id=message_id,
        practice=ports.practice,
        person=PERSON,
        number=PhoneNumber.parse(PATIENT),
        body=body,
    )
    assert ports.secure_pages is not None
    return finish(secure_link(ports, ports.secure_pages, message))


def test_what_is_unknown_gets_no_page(ana: Visitor) -> None:
    """Nor what was withdrawn; the text then waits, with the problem."""
    ana.messenger.secure_pages.withdraw(ana.message_id, **DESK)
    for message_id in ("unknown", ana.message_id):
        with pytest.raises(UnknownMessage, match="dropped or withdrawn"):
            link_of(ana.messenger, message_id)


def test_an_expired_page_is_made_anew(ana: Visitor, clock: MovableClock) -> None:
    """A text that leaves only then gets a fresh link; the old one stays dead."""
    clock.advance(MONTH)
    ana.messenger.purge(by="it:kim")
    fresh = link_of(ana.messenger, ana.message_id).removeprefix(f"{URL}/")

    assert fresh != ana.token
    assert ana.get().status == 404
    assert evolve(ana, token=fresh).answer().status == 200


def test_a_notice_says_nothing_whatever_its_token(practice: Practice) -> None:
    """A token is letters and figures by chance, and none of them reads as a detail or a word."""
    practice = showing(practice)
    for _ in range(2_000):
        body = neutral_notice(practice.name, f"{URL}/{new_token(entropy)}")
        readings = read(body, practice)
        assert beyond(readings.phi, ContentTier.MINIMUM) == ()


@pytest.mark.parametrize("domains", [[], ["elsewhere.example"], ["akeside.example"]])
def test_the_pages_lie_on_the_practices_own_host(
    domains: list[str], make_messenger: Make, practice: Practice
) -> None:
    """Carriers ask for it, and so does the messenger, before anything is sent."""
    with pytest.raises(ConfigurationError, match=r"link_domains=\['m.lakeside.example'\]"):
        make_messenger(
            practice=evolve(practice, link_domains=domains),
            keyring=Keyring.generate(),
            secure_links=SecurePages(url=URL),
        )


@pytest.mark.parametrize(
    "url",
    ["https://m.lakeside-ehr.example/s", "https://emr.example", "https://m.lakeside.example/gift"],
)
def test_a_host_with_a_record_in_its_name_is_no_record(
    url: str, make_messenger: Make, practice: Practice
) -> None:
    """Vendors of records have such hosts: their links carry a token, and no number of a chart."""
    messenger = make_messenger(
        practice=evolve(practice, phi="notice", link_domains=[urlsplit(url).netloc]),
        keyring=Keyring.generate(),
        secure_links=SecurePages(url=url),
    )
    agree(messenger)

    assert isinstance(remind(messenger, "1", body=DRUG), Sent)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://m.lakeside.example/hiv-clinic", "SPECIALTY_HINT"),
        ("https://gi.lakeside.example", "SPECIALTY_HINT"),
        ("https://m.lakeside.example/chemotherapy", "PROCEDURE"),
    ],
)
def test_links_that_tell_of_care_are_refused_at_once(
    url: str, label: str, make_messenger: Make, practice: Practice
) -> None:
    """Otherwise each notice would be blocked, and with a reason about a single text."""
    with pytest.raises(ConfigurationError, match=rf"tell of care \({label}\)"):
        make_messenger(
            practice=evolve(practice, phi="notice", link_domains=["lakeside.example"]),
            keyring=Keyring.generate(),
            secure_links=SecurePages(url=url),
        )


def test_a_messenger_without_pages_says_so(messenger: Messenger) -> None:
    """Its desk is there, and says what to pass."""
    assert not messenger.secure_pages.has_pages
    with pytest.raises(ConfigurationError, match="SecurePages"):
        messenger.secure_pages.answer(PageRequest(method="GET", token="x"))


# Who it is


def test_nobody_else_is_shown_anything(ana: Visitor) -> None:
    """A wrong answer shows how many are left, and the date of birth is asked of the host."""
    wrong = ana.answer(WRONG)

    assert wrong.status == 403
    assert "That is not what we have on record. You can try 4 more times." in text_of(wrong.body)
    assert "lisinopril" not in text_of(wrong.body)
    assert ana.happened() == ["opened", "wrong_answer"]


@pytest.mark.parametrize("written", ["tomorrow", "1985", "", "3/14", "99/99/1985", "x" * 99])
def test_what_is_no_date_costs_no_attempt(ana: Visitor, written: str) -> None:
    """It cannot be a guess; the page says how to write it."""
    unreadable = ana.answer(written)

    assert unreadable.status == 422
    assert "like the example" in text_of(unreadable.body)
    assert ana.happened() == ["opened"]


def test_too_many_wrong_answers_lock_a_page(ana: Visitor) -> None:
    """For good, also for the right answer, and with a page that was asked for before."""
    before = proof_in(ana.get())
    statuses = [ana.answer(WRONG).status for _ in range(5)]
    late = [ana.send("answer", RIGHT, before), ana.answer(), ana.get()]

    assert statuses == [403] * 5
    assert [page.status for page in late] == [403] * 3
    assert all("This page is locked" in text_of(page.body) for page in late)
    assert ana.happened()[-2:] == ["wrong_answer", "locked"]
    assert ana.happened().count("wrong_answer") == 5


def test_right_answers_do_not_win_back_attempts(ana: Visitor) -> None:
    """Wrong ones add up over the life of a page, so that nobody guesses in between."""
    for _ in range(4):
        ana.answer(WRONG)
        assert ana.answer().status == 200
    ana.answer(WRONG)

    assert ana.answer().status == 403


def test_a_code_unlocks_and_takes_the_place_of_the_birth_date(ana: Visitor) -> None:
    """Told by somebody, on record; only it opens the page, and an older one no more."""
    for _ in range(5):
        ana.answer(WRONG)
    old = ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    code = ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    statuses = [ana.answer(words).status for words in (RIGHT, old, f" {code[:4]}-{code[4:]} ")]
    [first, second] = ana.messenger.audit()

    assert re.fullmatch("[0-9]{8}", code)
    assert statuses == [403, 403, 200]
    assert (first.act, first.actor, first.subject) == ("code_issued", DESK["by"], ana.message_id)
    assert code not in repr(second)


def test_a_code_shuts_out_who_had_read_the_page(ana: Visitor) -> None:
    """Whoever knew the date of birth reads on no more: what they typed waits for the code."""
    before = proof_in(ana.answer())
    code = ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    shut_out = [ana.send("reply", words, before) for words in ("call me", "")]
    after = ana.send("answer", code, proof_in(shut_out[0]), unsent="call me")

    assert [page.status for page in shut_out] == [403, 403]
    assert all("lisinopril" not in text_of(page.body) for page in shut_out)
    assert ana.happened() == ["opened", "read", "read"]
    assert "lisinopril" in text_of(after.body)
    assert "call me" in text_of(after.body)
    assert ana.send("reply", "call me", proof_in(after)).status == 200


def test_a_code_issued_while_a_reply_comes_shuts_it_out(
    ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither kept nor lost: it stands in the box again behind the code."""
    proof, take = proof_in(ana.answer()), SqlTransaction.lock
    issued: list[str] = []

    async def lock(self: SqlTransaction, practice_id: str, number: PhoneNumber) -> None:
        if not issued:
            issued.append("")
            page = await self.page_of("lakeside", ana.message_id)
            assert page is not None
            await self.save_page(page.told("00$00"))
        await take(self, practice_id, number)

    monkeypatch.setattr(SqlTransaction, "lock", lock)
    shut_out = ana.send("reply", "call me", proof)

    assert shut_out.status == 403
    assert "lisinopril" not in text_of(shut_out.body)
    assert 'name="unsent" value="call me"' in shut_out.body.decode()
    assert ana.messenger.history(PERSON).received == ()


def test_no_code_lies_in_the_database(ana: Visitor, database: Path) -> None:
    """Nor anything from which it follows quickly; the record of it is sealed besides."""
    code = ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    ana.messenger.close()

    assert code.encode() not in on_disk(database)


RECORDED = {"recorded_by": DESK["by"], "reason": "their number ends in 73"}


def _wrong(messenger: Messenger) -> None:
    """Whoever holds the number writes that it is not the patient's."""
    messenger.receive(from_patient("Wrong number", "SM7"))


def _void(messenger: Messenger, **changes: Any) -> None:
    """Staff find that it is not."""
    messenger.consent.void(PATIENT, **RECORDED | {"person": PERSON} | changes)


@pytest.mark.parametrize("tell", [_wrong, _void])
def test_a_link_that_went_to_a_stranger_needs_a_code(
    ana: Visitor, clock: MovableClock, tell: Callable[[Messenger], None]
) -> None:
    """The right date of birth opens it no more, nor does a form that somebody has open."""
    shown = ana.answer()
    asked, replying = proof_in(ana.get()), proof_in(shown)
    clock.advance(timedelta(minutes=1))
    tell(ana.messenger)
    shut = [
        ana.get(),
        ana.send("answer", RIGHT, asked),
        ana.send("reply", "", replying),
        ana.send("reply", "call me", replying),
    ]

    assert [page.status for page in shut] == [200, 200, 200, 422]
    assert all("you need a code" in text_of(page.body) for page in shut)
    assert all("lisinopril" not in text_of(page.body) for page in shut)
    assert "has not been sent" in text_of(shut[-1].body)
    assert [each.body for each in ana.messenger.history(PERSON).received] == (
        ["Wrong number"] if tell is _wrong else []
    )
    code = ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    assert "lisinopril" in text_of(ana.answer(code).body)


def test_who_agrees_anew_has_their_new_pages_and_a_code_for_the_old(
    ana: Visitor, clock: MovableClock
) -> None:
    """That the number is theirs now does not tell who had the old link meanwhile."""
    clock.advance(timedelta(minutes=1))
    _wrong(ana.messenger)
    clock.advance(timedelta(minutes=1))
    agree(ana.messenger)
    later = notice(ana.messenger, "2", f"{DRUG} 2")

    assert "lisinopril" in text_of(later.answer().body)
    assert "you need a code" in text_of(ana.get().body)


def test_what_goes_to_a_stranger_all_the_same_needs_a_code(
    showing_pages: Messenger, clock: MovableClock
) -> None:
    """An emergency text may follow; what waits behind its link is still the patient's."""
    remind(showing_pages, "1")
    clock.advance(timedelta(minutes=1))
    _wrong(showing_pages)
    clock.advance(timedelta(minutes=1))
    warned = notice(showing_pages, "2", purpose=Purpose.EMERGENCY_ALERT)

    assert "you need a code" in text_of(warned.get().body)


def test_whose_consent_was_no_error_keeps_their_pages(
    ana: Visitor, showing_pages: Messenger, clock: MovableClock
) -> None:
    """It is said of one person; and a STOP ends texts, not what was sent before."""
    clock.advance(timedelta(minutes=1))
    agree(showing_pages, person="pat-882")
    _void(showing_pages, person="pat-882")
    showing_pages.receive(from_patient("STOP", "SM7"))

    assert "lisinopril" in text_of(ana.answer().body)


@pytest.mark.parametrize("step", ["answer", "reply"])
def test_word_that_it_is_a_strangers_shuts_out_whoever_answers_just_then(
    ana: Visitor, monkeypatch: pytest.MonkeyPatch, clock: MovableClock, step: str
) -> None:
    """It comes between the form and the transaction that takes it."""
    proof = proof_in(ana.get() if step == "answer" else ana.answer())
    before = ana.happened()
    clock.advance(timedelta(minutes=1))
    message_of = Visit._message

    async def late(visit: Visit, page: Page) -> Message:
        _void(ana.messenger)
        return await message_of(visit, page)

    monkeypatch.setattr(Visit, "_message", late)
    shut_out = ana.send(step, RIGHT, proof)

    assert "you need a code" in text_of(shut_out.body)
    assert "lisinopril" not in text_of(shut_out.body)
    assert ana.happened() == before


def test_a_code_issued_in_between_takes_the_answer_back(
    make_messenger: Make, practice: Practice
) -> None:
    """What was checked against something else counts neither way."""
    meanwhile: list[Callable[[], object]] = []

    def people(_: str) -> Profile:
        for each in meanwhile:
            each()
        return Profile(birth_date=BORN)

    messenger = with_pages(make_messenger, practice, people=people)
    ana = notice(messenger)
    proof = proof_in(ana.get())
    meanwhile.append(lambda: messenger.secure_pages.issue_code(ana.message_id, **DESK))
    during = ana.send("answer", RIGHT, proof)

    assert during.status == 403
    assert "open for too long" in text_of(during.body)
    assert ana.happened() == ["opened"]


@pytest.mark.parametrize("why", ["unknown", "wanted"])
def test_where_a_code_is_asked_nothing_opens_before_there_is_one(
    why: str, make_messenger: Make, practice: Practice
) -> None:
    """Because the practice wants one, or because nobody knows the date of birth."""
    pages = SecurePages(url=URL, identity="code" if why == "wanted" else "birth_date")
    messenger = with_pages(
        make_messenger, practice, born=BORN if why == "wanted" else None, secure_links=pages
    )
    ana = notice(messenger)
    asked = ana.get()
    code = messenger.secure_pages.issue_code(ana.message_id, **DESK)

    assert asked.status == 200
    assert "you need a code" in text_of(asked.body)
    assert proof_in(asked) == ""
    assert "8 digits" in text_of(ana.get().body)
    assert [ana.answer(words).status for words in (RIGHT, code)] == [403, 200]


def test_a_birth_date_that_is_gone_costs_no_attempt(
    make_messenger: Make, practice: Practice
) -> None:
    """The host may lose it, or fail to tell: nobody is locked out for that, and nothing shows."""
    known: list[Profile | None] = [Profile(birth_date=BORN)]
    messenger = with_pages(make_messenger, practice, people=lambda _: known[0])
    ana = notice(messenger)
    known[0] = None
    unknown = ana.answer()

    assert unknown.status == 503
    assert "cannot check that right now" in text_of(unknown.body)
    assert ana.happened() == ["opened"]


@pytest.mark.parametrize("step", ["answer", "reply"])
def test_a_page_that_closes_in_between_shows_nothing(ana: Visitor, step: str) -> None:
    """Where it is withdrawn after a form came, and before the form counts."""
    desk = ana.messenger.secure_pages
    proof = proof_in(ana.get() if step == "answer" else ana.answer())
    before = ana.happened()

    class Store:
        """Has somebody withdraw the page before the last transaction of a form."""

        left = 2 if step == "answer" else 3

        async def run(self, work: Any) -> Any:
            self.left -= 1
            if not self.left:
                desk.withdraw(ana.message_id, **DESK)
            return await desk._ports.store.run(work)

    gone = finish(
        flows.answer_page(
            evolve(desk._ports, store=Store()),
            PageRequest(
                method="POST",
                token=ana.token,
                headers=FORM,
                body=urlencode({"step": step, "proof": proof, "words": RIGHT}).encode(),
            ),
        )
    )

    assert gone.status == 410
    assert "lisinopril" not in text_of(gone.body)
    assert ana.happened() == before


# How long


@both_databases
def test_an_expired_page_loses_what_it_showed(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """It is not shown from that instant on, and a purge drops it; the text itself stays."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)
    proof = proof_in(ana.answer())
    clock.advance(MONTH)
    expired = [ana.get(), ana.send("answer", RIGHT, proof), ana.send("reply", "hello", proof)]
    report = messenger.purge(by="it:kim")
    [text] = messenger.history(PERSON).texts

    assert [page.status for page in expired] == [410] * 3
    assert "This link has expired" in text_of(expired[0].body)
    assert report.dropped == 0
    assert ana.get().status == 410
    assert text.message.draft.body == DRUG
    assert messenger.history(PERSON).received == ()


def test_many_expired_pages_go_bit_by_bit(
    showing_pages: Messenger, clock: MovableClock, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, each transaction stays short."""
    monkeypatch.setattr("compliant_sms.flows._staff._secure_records._AT_ONCE", 2)
    for key in range(5):
        notice(showing_pages, f"{key}", f"{DRUG} {key}")
    clock.advance(MONTH)
    showing_pages.purge(by="it:kim")

    assert columns(database, "SELECT count(*) FROM sms_secure_pages WHERE record IS NOT NULL") == [
        (0,)
    ]


def test_a_dry_run_drops_no_page(ana: Visitor, clock: MovableClock, database: Path) -> None:
    """It only counts."""
    clock.advance(MONTH)
    ana.messenger.purge(by="it:kim", dry_run=True)
    kept = columns(database, "SELECT record IS NOT NULL FROM sms_secure_pages")
    ana.messenger.purge(by="it:kim")

    assert kept == [(1,)]
    assert columns(database, "SELECT record IS NOT NULL FROM sms_secure_pages") == [(0,)]


def test_a_withdrawn_page_shows_nothing(ana: Visitor, clock: MovableClock) -> None:
    """At once, for whoever has it open as well; who did so is on record."""
    proof = proof_in(ana.answer())
    first = ana.messenger.secure_pages.withdraw(ana.message_id, **DESK)
    clock.advance(timedelta(minutes=1))
    again = ana.messenger.secure_pages.withdraw(ana.message_id, **DESK)
    gone = [ana.get(), ana.send("reply", "hello", proof)]

    assert first == again == clock() - timedelta(minutes=1)
    assert [page.status for page in gone] == [410, 410]
    assert "lisinopril" not in text_of(gone[1].body)
    assert [event.act for event in ana.messenger.audit()] == ["page_withdrawn"] * 2
    with pytest.raises(UnknownMessage):
        ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)


def test_only_pages_that_are_there(ana: Visitor, clock: MovableClock) -> None:
    """No code for an expired page or another practice's; and nobody acts without a name."""
    desk = ana.messenger.secure_pages
    for do in (desk.issue_code, desk.withdraw):
        with pytest.raises(UnknownMessage):
            do("unknown", **DESK)
        with pytest.raises(InvalidInput, match="actor is empty"):
            do(ana.message_id, by=" ", reason="x")
    clock.advance(MONTH)
    with pytest.raises(UnknownMessage):
        desk.issue_code(ana.message_id, **DESK)


@both_databases
def test_erasing_a_person_destroys_the_page(make_messenger: Make, practice: Practice) -> None:
    """Nothing of it can be read, and whoever has the link sees that it is gone."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)
    proof = proof_in(ana.answer(address="192.0.2.7"))
    messenger.erase(PERSON, **WHY)
    gone = [ana.get(), ana.send("reply", "hello", proof)]
    accesses = messenger.secure_pages.accesses(ana.message_id)

    assert [page.status for page in gone] == [410, 410]
    assert [each.what for each in accesses] == ["opened", "read"]
    assert {each.address for each in accesses} == {""}


def test_a_hold_keeps_what_an_expired_page_showed(
    ana: Visitor, clock: MovableClock, database: Path
) -> None:
    """It is not shown, and not dropped, until the hold is lifted."""
    hold = ana.messenger.legal_holds.place(person=PERSON, reason="M-1", by="counsel:kim")
    clock.advance(MONTH)
    ana.messenger.purge(by="it:kim")
    held = columns(database, "SELECT record IS NOT NULL FROM sms_secure_pages")
    ana.messenger.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:kim")
    ana.messenger.purge(by="it:kim")

    assert held == [(1,)]
    assert ana.get().status == 410
    assert columns(database, "SELECT record IS NOT NULL FROM sms_secure_pages") == [(0,)]


# What lies in the database


def test_nothing_in_the_database_opens_a_page(ana: Visitor, database: Path) -> None:
    """Whoever reads it without the keys finds no token; every text in it leads nowhere."""
    ana.answer(address="192.0.2.77")
    ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
    written = on_disk(database)
    size = len(ana.token)
    runs = {found.decode() for found in re.findall(rb"[0-9A-Za-z]{25,}", written)}
    pieces = {run[at : at + size] for run in runs for at in range(min(len(run) - size + 1, 200))}
    columns_ = columns(database, "SELECT token_hash, hex(token_hash) FROM sms_secure_pages")
    pieces |= {columns_[0][1], columns_[0][1].lower(), columns_[0][0].hex()[:size]}

    assert ana.token.encode() not in written
    for secret in (b"lisinopril", b"192.0.2.77", b"1985"):
        assert secret not in written
    assert {evolve(ana, token=piece).get().status for piece in pieces} == {404}


def test_a_page_of_another_practice_does_not_open(
    ana: Visitor, make_messenger: Make, practice: Practice, provider: Twilio
) -> None:
    """Though it lies in the same database."""
    other = make_messenger(
        practice=evolve(showing(practice), id="hilltop"),
        provider=evolve(provider, sender="+12175550112"),
        keyring=Keyring.generate(),
        secure_links=SecurePages(url=URL),
    )

    assert evolve(ana, messenger=other).get().status == 404
    assert other.secure_pages.accesses(ana.message_id) == ()


# Forged requests


FOREIGN = [
    (("origin", "https://evil.example"),),
    (("origin", "https://m.lakeside.example.evil.example"),),
    (("origin", "http://m.lakeside.example"),),
    (("sec-fetch-site", "cross-site"),),
    (("sec-fetch-site", "same-site"),),
    (("origin", "null"), ("sec-fetch-site", "cross-site")),
]
OWN = [
    (("origin", "https://m.lakeside.example"), ("sec-fetch-site", "same-origin")),
    (("origin", "null"), ("sec-fetch-site", "same-origin")),
    (("sec-fetch-site", "none"),),
    (),
]


@pytest.mark.parametrize("step", ["answer", "reply"])
def test_other_sites_forms_are_refused(ana: Visitor, step: str) -> None:
    """Even with the link and a proof: what a browser says of where a form comes from counts."""
    for headers in FOREIGN:
        proof = proof_in(ana.get() if step == "answer" else ana.answer())
        refused = ana.send(step, RIGHT, proof, headers)
        assert (refused.status, "could not take that" in text_of(refused.body)) == (403, True)
    for headers in OWN:
        proof = proof_in(ana.get() if step == "answer" else ana.answer())
        assert ana.send(step, RIGHT, proof, headers).status == 200
    assert len(ana.messenger.history(PERSON).received) == (4 if step == "reply" else 0)


@pytest.mark.parametrize(
    ("port", "sent", "taken"),
    [(":443", "", True), (":8443", ":8443", True), (":8443", "", False), ("", ":8443", False)],
)
def test_a_port_that_https_implies_is_not_sent(
    make_messenger: Make, practice: Practice, port: str, sent: str, *, taken: bool
) -> None:
    """Whoever writes it into the URL shuts nobody out: browsers leave it out of ``Origin``."""
    pages = SecurePages(url=f"https://m.lakeside.example{port}/s")
    messenger = with_pages(make_messenger, practice, secure_links=pages)
    outcome = remind(messenger, "1", body=DRUG)
    [text] = messenger.history(PERSON).texts
    ana = Visitor(messenger, outcome.message_id, text.message.body.split("/s/")[1].split()[0])

    headers = (("origin", f"https://m.lakeside.example{sent}"),)
    assert (ana.answer(headers=headers).status == 200) is taken


def test_a_form_counts_for_its_page_and_its_step_only(
    ana: Visitor, showing_pages: Messenger, clock: MovableClock
) -> None:
    """Proofs of another page, another step, another time, or of nobody, are refused."""
    other = notice(showing_pages, "2", f"{DRUG} 2")
    answers, replies = proof_in(ana.get()), proof_in(ana.answer())
    until, nonce, mac = answers.split(".")
    flipped = "0" if mac[0] != "0" else "1"
    forged = {
        "answer": [
            "",
            "x",
            replies,
            proof_in(other.get()),
            f"{int(until) + 1}.{nonce}.{mac}",
            f"{until}.{nonce}0.{mac}",
            f"{until}.{nonce}.{flipped}{mac[1:]}",
        ],
        "reply": ["", answers, proof_in(other.get()), proof_in(other.answer())],
    }
    before = ana.happened()
    for step, proofs in forged.items():
        for proof in proofs:
            refused = ana.send(step, RIGHT, proof)
            assert (refused.status, "lisinopril" in text_of(refused.body)) == (403, False)
    clock.advance(timedelta(hours=1))

    assert ana.send("answer", RIGHT, answers).status == 403
    assert ana.send("reply", "hello", replies).status == 403
    assert ana.happened() == before
    assert showing_pages.history(PERSON).received == ()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", FORM),
        (b"step=answer", ()),
        (b"step=answer&step=reply&words=x", FORM),
        (b"step=delete&words=x", FORM),
        (b"words=x", FORM),
        (b"step=answer&words=%ff", FORM),
        ("step=answer&words=é".encode(), FORM),
        (b"&".join(b"a%d=1" % number for number in range(9)), FORM),
        (b"step=answer&words=" + b"x" * 32_000, FORM),
        (b'{"step": "answer"}', (("content-type", "application/json"),)),
        (b"step=answer&broken", FORM),
    ],
)
def test_what_is_no_form_changes_nothing(ana: Visitor, body: bytes, headers: Any) -> None:
    """It is refused before anything is looked up."""
    refused = ana.ask("POST", body=body, headers=headers)

    assert refused.status == 400
    assert ana.happened() == []


UNKNOWN = ["", "x", "../admin", "b" * 24, "b" * 25, "b" * 26, "é" * 25, "0" * 25, "' OR 1=1 --"]


@pytest.mark.parametrize("token", UNKNOWN)
def test_unknown_links_all_look_alike(ana: Visitor, token: str) -> None:
    """Whether there could be a page or not."""
    missing = evolve(ana, token=token).get()

    assert missing.status == 404
    assert missing == evolve(ana, token="c" * 25).get()
    assert evolve(ana, token=token).send("answer", RIGHT, "x").status == 404


# What people write


MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "</p></main><form action=https://evil.example>",
    "<svg/onload=alert(1)>",
    "&lt;script&gt; &amp; &#x3c;",
    "{name} {0} %s {{7*7}} ${7*7}",
    "' onfocus='alert(1)",
    "</style><style>*{display:none}</style>",
    "<!-- \x00\x08\x1b\u202e <b>",
]
_TAGS = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)


@pytest.mark.parametrize("words", MARKUP)
def test_markup_is_shown_as_text(make_messenger: Make, practice: Practice, words: str) -> None:
    """In a message, in a reply, and in a reply that has to be mended: no tag of theirs exists."""
    messenger = with_pages(make_messenger, practice)
    plain, marked = notice(messenger), notice(messenger, "2", f"{DRUG} {words}".replace("\0", ""))

    def structure(page: bytes) -> list[Any]:
        seen: list[Any] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: Any) -> None:
                seen.append((tag, [pair for pair in attrs if pair[0] != "value"]))

            def handle_comment(self, data: str) -> None:
                seen.append(data)

        Reader().feed(text_of(page))
        return seen

    same = [
        (plain.answer(), marked.answer()),
        (plain.reply("hello"), plain.reply(words)),
        (plain.reply("x" * 2001), plain.reply(words + "x" * 2001)),
    ]
    for harmless, hostile in same:
        assert structure(hostile.body) == structure(harmless.body)
        assert hostile.status == harmless.status
    assert messenger.history(PERSON).received[-1].body == words.replace("\0", "").strip()


def test_every_answer_keeps_to_itself(ana: Visitor) -> None:
    """Nothing is cached, framed, sniffed, referred or fetched, and no cookie is set."""
    pages = [
        ana.get(),
        ana.answer(WRONG),
        ana.reply("hello"),
        evolve(ana, token="x").get(),
        ana.ask("POST"),
    ]
    for page in pages:
        policy = page.header("content-security-policy") or ""
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        for part in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        assert page.header("cache-control") == "no-store"
        assert page.header("referrer-policy") == "no-referrer"
        assert page.header("x-frame-options") == "DENY"
        assert page.header("x-content-type-options") == "nosniff"
        assert "camera=()" in (page.header("permissions-policy") or "")
        assert page.header("set-cookie") is None
        assert page.header("content-type") == "text/html; charset=utf-8"
        for word in ("http://", "https://", "src=", "<script", "javascript:", "@import", "url("):
            assert word not in text_of(page.body)


@both_databases
def test_guesses_at_several_links_add_up(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Ten at all pages of a patient; then a code opens one, as after the five of a page."""
    messenger = with_pages(make_messenger, practice)
    first, second, third, fourth = (
        notice(messenger, f"{number}", f"{DRUG} {number}") for number in range(4)
    )
    for guessed in (first, second):
        told = [text_of(guessed.answer(WRONG).body) for _ in range(4)]
        assert "You can try 4 more times." in told[0]
    assert "locked" in text_of(first.answer(WRONG).body)
    assert "You can try once more." not in text_of(third.get().body)
    assert "locked" in text_of(third.answer(WRONG).body)  # the tenth, and the first on this page
    refused = fourth.answer(RIGHT)

    assert refused.status == 403
    assert DRUG not in text_of(refused.body)
    assert fourth.happened()[-1] == "locked"
    code = messenger.secure_pages.issue_code(fourth.message_id, **DESK)
    assert fourth.answer(code).status == 200
    assert second.answer(RIGHT).status == 200  # who reads one begins anew at what is still open
    clock.advance(timedelta(days=1))
    assert third.answer(RIGHT).status == 403


@both_databases
def test_guesses_of_a_family_at_one_number_do_not_add_up(
    make_messenger: Make, practice: Practice
) -> None:
    """Each has a date of birth of their own: nobody shuts out another, or begins for them anew."""
    messenger = with_pages(make_messenger, practice)
    agree(messenger, person="pat-902")
    ben = notice(messenger, "ben", person="pat-902")
    first, second, third = (notice(messenger, f"{n}", f"{DRUG} {n}") for n in range(3))
    for guessed in [first] * 5 + [second] * 4:
        guessed.answer(WRONG)

    assert "You can try 4 more times." in text_of(ben.answer(WRONG).body)
    assert ben.answer(RIGHT).status == 200
    assert "locked" in text_of(third.answer(WRONG).body)  # Ana's tenth


def test_guesses_before_a_page_was_read_shut_nobody_out(
    make_messenger: Make, practice: Practice
) -> None:
    """Ten since then: those of before count for their own page alone."""
    messenger = with_pages(make_messenger, practice)
    first, second, third = (notice(messenger, f"{n}", f"{DRUG} {n}") for n in range(3))
    for guessed, answers in ((first, [*[WRONG] * 4, RIGHT]), (second, [WRONG] * 4)):
        for answer in answers:
            guessed.answer(answer)
    third.answer(WRONG)
    third.answer(WRONG)

    assert first.answer(RIGHT).status == 200


def test_a_page_can_be_opened_on_the_whole_day_that_it_names(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """It expires at the hour at which its text went, a month later: the day before is named."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)  # at 10 in the morning of November 30
    assert "You can open this page until December 29, 2026." in text_of(ana.answer().body)
    clock.advance(timedelta(days=29, hours=13))
    assert "You can open this page until December 29, 2026." in text_of(ana.answer().body)
    clock.advance(timedelta(hours=10))
    assert "You can open this page until December 30, 2026." in text_of(ana.answer().body)
    clock.advance(timedelta(hours=1))
    assert ana.answer().status == 410


# Replies


@both_databases
def test_a_reply_comes_in_for_a_person(make_messenger: Make, practice: Practice) -> None:
    """As a text from that number, marked for a person; it is not answered by text."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)
    sent = ana.reply("Thank you!", address="192.0.2.7")
    [inbound] = messenger.history(PERSON).received
    last = messenger.secure_pages.accesses(ana.message_id)[-1]

    assert sent.status == 200
    assert "Your reply was sent." in text_of(sent.body)
    assert (inbound.body, inbound.provider, inbound.needs_person) == (
        "Thank you!",
        "secure-page",
        True,
    )
    assert inbound.number is not None
    assert inbound.number.e164 == PATIENT
    assert (last.what, last.address, last.inbound_id) == (
        "replied",
        "192.0.2.7",
        inbound.inbound_id,
    )
    assert messenger.dispatch_due() == ()


def test_a_reply_that_is_sent_again_counts_once(ana: Visitor) -> None:
    """A browser that reloads sends the same form again."""
    proof = proof_in(ana.answer())
    first, again = (ana.send("reply", "hello", proof) for _ in range(2))

    assert "Your reply was sent." in text_of(first.body)
    assert "Your reply was sent." in text_of(again.body)
    assert [text.body for text in ana.messenger.history(PERSON).received] == ["hello"]
    assert ana.happened().count("replied") == 1


def test_a_reply_that_was_mended_after_going_back_comes_in_too(ana: Visitor) -> None:
    """A phone shows the page as it was, with the same proof: what is sent then is another reply."""
    proof = proof_in(ana.answer())
    ana.send("reply", "Is it for the morning?", proof)
    page, again = (ana.send("reply", "STOP", proof) for _ in range(2))

    replies = [text.body for text in ana.messenger.history(PERSON).received]
    assert replies == ["Is it for the morning?", "STOP"]
    assert "We will send no more texts to your number." in text_of(page.body)
    assert again.status == 200
    assert ana.messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None
    assert ana.happened().count("replied") == 2


def test_a_reply_from_a_page_that_was_open_for_long_is_kept(
    ana: Visitor, clock: MovableClock
) -> None:
    """Who they are is asked again; what they wrote comes back, and nobody takes it for sent."""
    words = 'Is it "for" the morning?\n<b>And one at night</b>'
    proof = proof_in(ana.answer())
    clock.advance(timedelta(minutes=61))
    late = ana.send("reply", words.replace("\n", "\r\n"), proof)
    wrong = ana.send("answer", WRONG, proof_in(late), unsent=kept_in(late))
    unread = ana.send("answer", "?", proof_in(wrong), unsent=kept_in(wrong))
    shown = ana.send("answer", RIGHT, proof_in(unread), unsent=kept_in(unread))

    assert [page.status for page in (late, wrong, unread, shown)] == [403, 403, 422, 422]
    for page in (late, wrong, unread, shown):
        assert "Your reply has not been sent yet." in text_of(page.body)
        assert "<b>" not in text_of(page.body)
    assert kept_in(late) == kept_in(wrong) == kept_in(unread) == words
    assert DRUG not in text_of(unread.body)
    assert f"\n{safe(words)}</textarea>" in text_of(shown.body)
    assert not ana.messenger.history(PERSON).received
    sent = ana.send("reply", words, proof_in(shown))
    assert "Your reply was sent." in text_of(sent.body)
    assert [text.body for text in ana.messenger.history(PERSON).received] == [words]


@both_databases
def test_a_reply_that_was_sent_is_not_told_as_unsent_after_its_hour(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """A phone that shows its tabs again sends the form again: its writer must not write anew."""
    ana = notice(with_pages(make_messenger, practice))
    proof = proof_in(ana.answer())
    ana.send("reply", "Yes", proof)
    clock.advance(timedelta(hours=9))
    again, other = (ana.send("reply", words, proof) for words in ("Yes", "No"))

    assert (kept_in(again), kept_in(other)) == ("", "No")
    assert "has not been sent" not in text_of(again.body)
    assert ana.happened().count("replied") == 1


def test_a_reply_that_was_sent_is_not_told_as_unsent_after_a_code(ana: Visitor) -> None:
    """The same, where the practice told codes since; what was not sent goes back."""
    proof = proof_in(ana.answer())
    ana.send("reply", "Yes", proof)
    again = []
    for _ in range(2):
        ana.messenger.secure_pages.issue_code(ana.message_id, **DESK)
        again += [ana.send("reply", words, proof) for words in ("Yes", "No")]

    assert [page.status for page in again] == [403] * 4
    assert [*map(kept_in, again)] == ["", "No", "", "No"]
    assert ana.happened().count("replied") == 1


def _withdraw(ana: Visitor, _: MovableClock) -> None:
    ana.messenger.secure_pages.withdraw(ana.message_id, **DESK)


def _expire(_: Visitor, clock: MovableClock) -> None:
    clock.advance(timedelta(days=40))


def _lock(ana: Visitor, _: MovableClock) -> None:
    for _ in range(5):
        ana.answer(WRONG)


def _misdirect(ana: Visitor, clock: MovableClock) -> None:
    clock.advance(timedelta(minutes=1))
    _void(ana.messenger)


@both_databases
@pytest.mark.parametrize(
    ("shut", "statuses"),
    [
        (_withdraw, [410, 410]),
        (_expire, [410, 410]),
        (_lock, [403, 403]),
        (_misdirect, [200, 422]),
    ],
)
def test_a_reply_to_a_page_that_was_shut_is_not_lost_from_sight(
    make_messenger: Make,
    practice: Practice,
    clock: MovableClock,
    shut: Callable[[Visitor, MovableClock], None],
    statuses: list[int],
) -> None:
    """Its writer is told that it was not sent, and what it was; not of one that was sent."""
    ana = notice(with_pages(make_messenger, practice))
    proof = proof_in(ana.answer())
    ana.send("reply", "Yes", proof)
    shut(ana, clock)
    sent, unsent = (ana.send("reply", words, proof) for words in ("Yes", "Call <b>me</b>"))

    assert [sent.status, unsent.status] == statuses
    assert "has not been sent" not in text_of(sent.body)
    assert "Your reply has not been sent yet." in text_of(unsent.body)
    assert "You wrote:" in text_of(unsent.body)
    assert "Call &lt;b&gt;me&lt;/b&gt;" in text_of(unsent.body)
    assert "lisinopril" not in text_of(unsent.body)
    assert [text.body for text in ana.messenger.history(PERSON).received].count("Yes") == 1


@both_databases
def test_a_reply_too_many_is_not_lost_from_sight(make_messenger: Make, practice: Practice) -> None:
    """From another tab, or one page back, where there is a box still; even if it is a STOP."""
    ana = notice(with_pages(make_messenger, practice))
    proof = proof_in(ana.answer())
    for number in range(10):
        ana.send("reply", f"number {number}", proof)
    again, more = (ana.send("reply", words, proof) for words in ("number 3", "STOP"))

    assert "Your reply was sent." in text_of(again.body)
    assert more.status == 422
    assert "Your reply has not been sent yet." in text_of(more.body)
    assert "STOP</p>" in text_of(more.body)
    assert "was sent." not in text_of(more.body)
    assert len(ana.messenger.history(PERSON).received) == 10


def kept_in(page: HttpReply) -> str:
    """The reply that goes back with the next answer."""
    found = re.search('name="unsent" value="([^"]*)"', text_of(page.body))
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("words", ["STOP", "please stop texting me", "Stop! And call me back."])
def test_a_stop_on_a_page_stops_texts(ana: Visitor, words: str, carrier: Sandbox) -> None:
    """By way of the web, at once; the page says so, and no text follows."""
    page = ana.reply(words)
    [event] = [e for e in ana.messenger.consent.events(PATIENT) if isinstance(e, Revoked)]
    texts = len(outgoing(carrier))
    ana.messenger.dispatch_due()

    assert "We will send no more texts to your number." in text_of(page.body)
    assert event.channel is Channel.WEB
    assert ana.messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None
    assert len(outgoing(carrier)) == texts
    assert remind(ana.messenger, "2").reasons[0].rule == "revocation"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "We will send no more texts of that kind to your number."),
        ("es", "No enviaremos más mensajes de texto de ese tipo a su número."),
        ("fr", "Nous n&#x27;enverrons plus de SMS de ce type à votre numéro."),
    ],
)
def test_a_stop_to_some_texts_is_not_told_as_one_to_all(
    ana: Visitor, language: str, said: str
) -> None:
    """The others go on, so that the page must not say that none will come."""
    speaks = (("accept-language", language),)
    proof = proof_in(ana.answer())
    pages = [ana.send("reply", "please stop the promotions", proof, speaks) for _ in range(2)]

    assert all(said in text_of(page.body) for page in pages)
    assert isinstance(remind(ana.messenger, "2"), Sent)
    all_of_them = ana.reply("STOP")
    assert "We will send no more texts to your number." in text_of(all_of_them.body)


@pytest.mark.parametrize("words", ["START", "UNSTOP", "yes"])
def test_no_page_starts_texts(ana: Visitor, words: str) -> None:
    """Only the phone itself does; a person reads it."""
    ana.messenger.receive(from_patient("STOP", "SM1"))
    before = ana.messenger.consent.events(PATIENT)
    ana.reply(words)

    assert ana.messenger.consent.events(PATIENT) == before
    assert ana.messenger.history(PERSON).received[-1].needs_person


def test_a_reply_answers_what_the_page_asks(showing_pages: Messenger) -> None:
    """And nothing that was texted since: it was read on this page."""
    asking = notice(showing_pages, "1", f"{DRUG} Reply C to confirm.")
    telling = notice(showing_pages, "2", f"{DRUG} 2", purpose=Purpose.PRESCRIPTION_NOTIFICATION)
    asking.reply("C")
    telling.reply("C")
    bound, unbound = showing_pages.history(PERSON).received

    assert (bound.intent, bound.answers) == (Intent.CONFIRM, asking.message_id)
    assert unbound.answers is None


@pytest.mark.parametrize("words", ["Ok", "yes", "C"])
def test_a_text_answers_what_its_page_asks_once_that_was_read(
    showing_pages: Messenger, words: str
) -> None:
    """The notice asks nothing: until the page was shown a person reads what comes."""
    asking = notice(showing_pages, "1", f"{DRUG} Reply C to confirm.")
    asking.answer(WRONG)
    showing_pages.receive(from_patient(words, "SM1"))
    asking.answer()
    showing_pages.receive(from_patient(words, "SM2"))
    before, after = showing_pages.history(PERSON).received

    assert (before.answers, before.needs_person) == (None, True)
    assert (after.intent, after.answers) == (Intent.CONFIRM, asking.message_id)
    assert not after.needs_person


@pytest.mark.parametrize("words", ["Ok", "C"])
def test_a_notice_that_nobody_read_stands_between(showing_pages: Messenger, words: str) -> None:
    """What comes after it may mean it, so that it answers nothing that was asked before."""
    remind(showing_pages, "1", body="Lakeside Family Medicine: reply C to confirm.")
    notice(showing_pages, "2", f"{DRUG} Reply C to confirm.")
    showing_pages.receive(from_patient(words, "SM1"))
    [inbound] = showing_pages.history(PERSON).received

    assert (inbound.answers, inbound.needs_person) == (None, True)


def test_a_redacted_text_asks_what_it_asks(make_messenger: Make, practice: Practice) -> None:
    """Only what it tells too much is left out of it."""
    messenger = make_messenger(practice=evolve(practice, phi="redact"))
    agree(messenger)
    asking = remind(messenger, "1", body=f"{DRUG} Reply C to confirm.")
    messenger.receive(from_patient("Ok", "SM1"))
    [sent] = messenger.history(PERSON).texts
    [inbound] = messenger.history(PERSON).received

    assert "lisinopril" not in sent.message.body
    assert inbound.answers == asking.message_id


def test_a_reply_within_bounds(ana: Visitor) -> None:
    """Something, and not too much; what was written stays in the box."""
    empty, long = ana.reply("  \r\n "), ana.reply("y" * 2001)
    longest = ana.reply("\U0001f600" * 2000)

    assert [page.status for page in (empty, long, longest)] == [422, 422, 200]
    assert "nothing in your reply" in text_of(empty.body)
    assert "y" * 2001 in text_of(long.body)
    assert [text.body for text in ana.messenger.history(PERSON).received] == ["\U0001f600" * 2000]


def test_replies_come_to_an_end(ana: Visitor) -> None:
    """Ten a page; then the page says to call."""
    for number in range(10):
        page = ana.reply(f"reply {number}")
    with_proof = proof_in(page)

    assert with_proof == ""
    assert "No more replies can be written here." in text_of(page.body)
    assert len(ana.messenger.history(PERSON).received) == 10
    proof = "1.x." + "0" * 64
    assert ana.send("reply", "one more", proof).status == 403


def test_the_last_reply_is_not_taken_twice(ana: Visitor) -> None:
    """Of two that come at once one is the tenth; the other is told to call."""
    for number in range(9):
        ana.reply(f"reply {number}")
    proofs = [proof_in(ana.answer()) for _ in range(2)]
    pages = [ana.send("reply", f"last {number}", proof) for number, proof in enumerate(proofs)]

    assert ["Your reply was sent." in text_of(page.body) for page in pages] == [True, False]
    assert "No more replies can be written here." in text_of(pages[1].body)
    assert len(ana.messenger.history(PERSON).received) == 10


# On record


@both_databases
def test_what_happened_waits_for_the_host(make_messenger: Make, practice: Practice) -> None:
    """A read receipt among it; it comes again until it is acknowledged, and stays on record."""
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger)
    ana.answer(address="192.0.2.7")
    desk = messenger.secure_pages
    events, again = desk.events(), desk.events()

    assert events == again
    assert [(each.message_id, each.what, each.address) for each in events] == [
        (ana.message_id, "opened", ""),
        (ana.message_id, "read", "192.0.2.7"),
    ]
    assert desk.events(limit=1) == events[:1]
    assert desk.acknowledge(*events[:1]) == 1
    assert desk.events() == events[1:]
    assert desk.acknowledge(*events) == 1
    assert desk.events() == ()
    assert ana.happened() == ["opened", "read"]
    assert "192.0.2.7" not in repr(events)
    with pytest.raises(InvalidInput, match="events"):
        desk.acknowledge("x")  # type: ignore[arg-type]


def test_programs_that_preview_links_fill_nothing(ana: Visitor) -> None:
    """A hundred times it goes on record that a link was opened; its head alone never does."""
    head = ana.ask("HEAD")
    for _ in range(102):
        ana.get()

    assert head.status == 200
    assert ana.happened() == ["opened"] * 100


def test_a_store_that_is_away_changes_nothing(
    ana: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever serves the page is told, and answers 503; the attempt is not lost, nor free."""
    proof = proof_in(ana.get())
    with monkeypatch.context() as broken:

        async def fail(*_: Any) -> None:
            msg = "away"
            raise StoreError(msg)

        broken.setattr("compliant_sms.stores._sql._pages.SecurePageRecords.add_access", fail)
        with pytest.raises(StoreError):
            ana.send("answer", WRONG, proof)
        with pytest.raises(StoreError):
            ana.send("answer", RIGHT, proof)

    assert ana.happened() == ["opened"]
    assert "4 more times" in text_of(ana.answer(WRONG).body)


# Languages


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de-DE,fr;q=0.7,en;q=0.3", "fr"),
        ("es;q=0.1, en;q=0.2", "en"),
        ("es;q=0", "en"),
        ("zh, *;q=0.5", "en"),
        ("<script>,fr", "fr"),
        (";;;,,q=", "en"),
    ],
)
def test_a_page_speaks_its_readers_language(ana: Visitor, accepted: str, spoken: str) -> None:
    """What the browser asks for, if the pages speak it; else that of the message."""
    page = ana.get(headers=(("accept-language", accepted),))

    assert f'<html lang="{spoken}">' in text_of(page.body)


def test_a_spanish_message_has_a_spanish_page(showing_pages: Messenger) -> None:
    """And the date of birth is understood in Spanish."""
    ana = notice(showing_pages, body=SPANISH)

    assert '<html lang="es">' in text_of(ana.get().body)
    assert "Fecha de nacimiento" in text_of(ana.get().body)
    assert SPANISH in text_of(ana.answer("14 de marzo de 1985").body)


@pytest.mark.parametrize(
    ("language", "body", "tag"),
    [
        ("en-US", DRUG, ' lang="en"'),
        ("es_MX", SPANISH, ' lang="es"'),
        # English and Spanish are all that words are read as.
        (None, DRUG, ""),
        ("zh", DRUG, ""),
        ("es", DRUG, ""),
        ("fr", FRENCH, ""),
        (None, FRENCH, ""),
    ],
)
def test_a_message_has_a_tag_where_its_language_is_known(
    make_messenger: Make, practice: Practice, language: str | None, body: str, tag: str
) -> None:
    """A wrong one would have it read out in a language that it is not in; WCAG 2.2, 3.1.2."""
    facts = PatientFacts(names=["Ana Gomez"])
    known = Profile(birth_date=BORN, facts=facts, language=language)
    messenger = with_pages(make_messenger, practice, people=lambda _: known)
    shown = text_of(notice(messenger, body=body).answer().body)

    assert f'<p class="words" dir="auto"{tag}>{html.escape(body)}</p>' in shown


def test_a_template_tells_the_language_of_its_text(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Whatever is read in its words: here of a patient who no longer wants details by text."""
    minimum = "{practice} : {given_name}, votre commande est prête. Répondez STOP pour arrêter."
    detail = minimum.replace("commande", "{what}")
    french = simple(
        bodies={"fr": Body(minimum=minimum, detail=detail)},
        variables=[GIVEN, Variable("what", Text(most=30), labels=[PhiLabel.MEDICATION])],
    )
    messenger = with_pages(make_messenger, practice, templates=Catalogue([french]))
    wish: dict[str, Any] = {"person": PERSON, "channel": "spoken", "recorded_by": "ana"}
    messenger.consent.record_phi_preference(PATIENT, warning=WARNING, **wish)
    clock.move_to(NIGHT)
    sent = messenger.send_template(
        template="hello",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana", "what": "lisinopril"},
        idempotency_key="1",
    )
    messenger.consent.withdraw_phi_preference(PATIENT, **wish)
    clock.advance(timedelta(hours=12))
    messenger.dispatch_due()
    shown = text_of(visitor(messenger, sent.message_id).answer().body)

    assert '<p class="words" dir="auto" lang="fr">Lakeside Family Medicine : Ana, votre' in shown
    assert "lisinopril" in shown


def test_the_name_on_the_page_tells_no_kind_of_care(
    make_messenger: Make, practice: Practice
) -> None:
    """Before anybody proved to be the patient, it is the one that the notice has."""
    practice = evolve(practice, name="Lakeside Oncology", also_known_as=["Lakeside Clinic"])
    messenger = with_pages(make_messenger, practice)
    ana = notice(messenger, body="Lakeside Clinic: Ana, your lisinopril is ready.")
    page = text_of(ana.get().body)

    assert "Lakeside Clinic" in page
    assert "Oncology" not in page


# On an event loop


def test_an_event_loop_does_the_same(
    practice: Practice, provider: Twilio, make_store: Callable[[], StoreKind], clock: MovableClock
) -> None:
    """The asynchronous facade makes the link, shows the page, and keeps the same records."""

    async def people(_: str) -> Profile:
        return Profile(birth_date=BORN)

    keyring = Keyring.generate()
    options: dict[str, Any] = {
        "practice": showing(practice),
        "provider": provider,
        "keyring": keyring,
        "secure_links": SecurePages(url=URL),
        "clock": clock,
    }

    async def day() -> list[str]:
        async with AsyncMessenger(**options, store=make_store(), people=people) as messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
            )
            outcome = await messenger.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.APPOINTMENT_REMINDER,
                body=DRUG,
                idempotency_key="1",
            )
            assert isinstance(outcome, Sent)
            desk = messenger.secure_pages
            assert desk.has_pages
            code = await desk.issue_code(outcome.message_id, **DESK)
            [text] = (await messenger.history(PERSON)).texts
            found = re.search(f"{re.escape(URL)}/([0-9A-Za-z]+)", text.message.body)
            assert found
            page = await desk.answer(PageRequest(method="GET", token=found[1]))
            body = f"step=answer&words={code}&proof={proof_in(page)}".encode()
            shown = await desk.answer(
                PageRequest(method="POST", token=found[1], headers=FORM, body=body)
            )
            assert DRUG in text_of(shown.body)
            events = await desk.events()
            assert await desk.acknowledge(*events) == 2
            await desk.withdraw(outcome.message_id, **DESK)
            return [each.what.value for each in await desk.accesses(outcome.message_id)]

    assert asyncio.run(day()) == ["opened", "read"]


# Held texts


def test_a_text_that_waits_has_no_page_yet(
    make_messenger: Make, practice: Practice, clock: MovableClock, carrier: Sandbox
) -> None:
    """The link is made when the text goes, so that its time begins then."""
    messenger = with_pages(make_messenger, practice)
    clock.move_to(NIGHT)
    held = remind(messenger, body=DRUG)
    clock.advance(timedelta(hours=9))
    messenger.dispatch_due()
    ana = visitor(messenger, held.message_id)
    clock.advance(MONTH - timedelta(seconds=1))

    assert ana.answer().status == 200
    clock.advance(timedelta(seconds=1))
    assert ana.get().status == 410


def test_a_page_that_cannot_be_kept_holds_the_text_back(
    make_messenger: Make, practice: Practice, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never leaves as it was given, and goes when the page can be kept."""
    messenger = with_pages(make_messenger, practice)

    async def fail(*_: Any) -> bool:
        msg = "away"
        raise StoreError(msg)

    with monkeypatch.context() as broken:
        broken.setattr("compliant_sms.stores._sql._pages.SecurePageRecords.add_page", fail)
        outcome = remind(messenger, body=DRUG)

    assert isinstance(outcome, Queued)
    assert outcome.problem is not None
    assert outcome.problem.code == "no-secure-link"
    assert outgoing(carrier) == []


def test_agreeing_is_needed_all_the_same(make_messenger: Make, practice: Practice) -> None:
    """A page is no way round a missing consent."""
    messenger = with_pages(make_messenger, practice)
    agree(messenger)

    assert remind(messenger, person="nobody", body=DRUG).reasons
