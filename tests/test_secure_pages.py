"""The pure part of secure pages: settings, tokens, codes, dates of birth, forms, proofs, words."""

from __future__ import annotations

import hmac
import string
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber
from compliant_sms.secure_pages import (
    HEADERS,
    Accessed,
    Identity,
    Page,
    PageAccess,
    PageContent,
    PageProblem,
    PageRequest,
    PageView,
    SecurePages,
    Standing,
    Step,
    birth_dates,
    guesses_of,
    is_birth_date,
    is_token,
    kept_code,
    language_of,
    matches_code,
    new_code,
    new_token,
    prove,
    proven,
    token_hash,
)
from compliant_sms.secure_pages._words import LANGUAGES, Words, words_in
from compliant_sms.system import entropy

NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 30)
KEY = "5e" * 32

# Settings


@pytest.mark.parametrize(
    "url",
    [
        "http://m.clinic.example",
        "https://clinic",
        "https://user:secret@m.clinic.example",
        "https://m.clinic.example/s?x=1",
        "https://m.clinic.example/s#x",
        "https://m.clinic.example/a b",
        "https://M.clinic.example",
        "https://",
        "m.clinic.example/s",
        "javascript:alert(1)",
        "https://m.clinic.example/" + "x" * 200,
        "",
        None,
    ],
)
def test_pages_have_an_https_url(url: Any) -> None:
    """Whatever else somebody passes is refused before any link is made."""
    with pytest.raises(InvalidInput):
        SecurePages(url=url)


def test_what_follows_from_the_url() -> None:
    """Host, origin and links; a slash at its end is no matter."""
    pages = SecurePages(url="https://m.clinic.example:8443/s/")

    assert pages.host == "m.clinic.example"
    assert pages.origin == "https://m.clinic.example:8443"
    assert pages.link("abc") == "https://m.clinic.example:8443/s/abc"
    assert SecurePages(url="https://m.clinic.example").link("abc") == "https://m.clinic.example/abc"


@pytest.mark.parametrize(
    "options",
    [
        {"attempts": 0},
        {"attempts": 11},
        {"attempts": "5"},
        {"valid_for": timedelta(0)},
        {"valid_for": 30},
        {"identity": "password"},
    ],
)
def test_limits_stay_limits(options: dict[str, Any]) -> None:
    """No endless guessing, no page that can never be opened, no question that does not exist."""
    with pytest.raises(InvalidInput):
        SecurePages(url="https://m.clinic.example", **options)


# Tokens and codes


def test_tokens_are_drawn_evenly() -> None:
    """Each of 38 letters at each place alike, and 131 bits in all; none comes twice."""
    tokens = [new_token(entropy) for _ in range(4_000)]
    seen = Counter("".join(tokens))

    assert len(set(tokens)) == len(tokens)
    assert {len(token) for token in tokens} == {25}
    assert len(seen) == 38
    assert 38**25 > 2**131
    expected = 4_000 * 25 / 38
    assert all(0.85 * expected < count < 1.15 * expected for count in seen.values())
    assert all(map(is_token, tokens))
    assert not set("".join(tokens)) & set("aeiouyAEIOUY" + string.digits)


def test_a_token_takes_all_its_randomness() -> None:
    """Any bit of what was drawn changes it."""
    whole = new_token(lambda count: b"\xff" * count)
    for bit in range(0, 131, 7):
        changed = ((1 << 256) - 1) ^ (1 << bit)
        assert new_token(lambda count, c=changed: c.to_bytes(count, "big")) != whole  # type: ignore[misc]


def test_only_the_hash_is_kept() -> None:
    """It is the SHA-256, 32 bytes, and no token itself."""
    token = new_token(entropy)

    assert len(token_hash(token)) == 32
    assert not is_token(token_hash(token).hex())


def test_a_code_opens_and_another_does_not() -> None:
    """However it is written; what is kept differs each time."""
    code = new_code(entropy)
    kept = kept_code(code, entropy)

    assert code.isdigit()
    assert len(code) == 8
    assert kept != kept_code(code, entropy)
    assert code not in kept
    for written in (code, f" {code[:4]} {code[4:]}", f"{code[:4]}-{code[4:]}"):
        assert matches_code(written, kept)
    for zero in "\uff10\u0660\u06f0\u0966":  # wide, Arabic, Persian, Devanagari
        assert matches_code("".join(chr(ord(zero) + int(digit)) for digit in code), kept)
    for written in ("", code[:-1], code + "0", code[::-1] + "1", "x"):
        assert not matches_code(written, kept)


# Dates of birth

WRITTEN = [
    ("\u202a03/14/1985\u202c", "1985-03-14"),
    ("\u200f14/3/1985", "1985-03-14"),
    ("14 de setiembre de 1985", "1985-09-14"),
    ("03/14/1985", "1985-03-14"),
    ("3/14/85", "1985-03-14"),
    ("3-14-1985", "1985-03-14"),
    ("3.14.1985", "1985-03-14"),
    ("3 14 1985", "1985-03-14"),
    ("14/03/1985", "1985-03-14"),
    ("14.3.85", "1985-03-14"),
    ("1985-03-14", "1985-03-14"),
    ("1985/3/14", "1985-03-14"),
    ("03141985", "1985-03-14"),
    ("14031985", "1985-03-14"),
    ("19850314", "1985-03-14"),
    ("031485", "1985-03-14"),
    ("140385", "1985-03-14"),
    ("Mar. 14, \u201985", "1985-03-14"),
    ("March 14, 1985", "1985-03-14"),
    ("march 14th 1985", "1985-03-14"),
    ("14 March 85", "1985-03-14"),
    ("Mar. 14, '85", "1985-03-14"),
    ("14-Mar-1985", "1985-03-14"),
    ("the 14th of March, 1985", "1985-03-14"),
    ("1985 March 14", "1985-03-14"),
    ("14 de marzo de 1985", "1985-03-14"),
    ("el 14 de marzo del 1985", "1985-03-14"),
    ("1er janvier 1990", "1990-01-01"),
    ("14 F\u00c9VRIER 1985", "1985-02-14"),
    ("14 fe\u0301vrier 1985", "1985-02-14"),
    ("5 ao\u00fbt 1960", "1960-08-05"),
    ("5 sept 1960", "1960-09-05"),
    ("  03/14/1985\n", "1985-03-14"),
    ("\uff10\uff13\uff0f\uff11\uff14\uff0f\uff11\uff19\uff18\uff15", "1985-03-14"),
    ("\u0663/\u0661\u0664/\u0661\u0669\u0668\u0665", "1985-03-14"),
    ("03\u201314\u20131985", "1985-03-14"),
    ("2/29/2024", "2024-02-29"),
    ("11/30/26", "2026-11-30"),
    ("12/31/26", "1926-12-31"),
]
NO_DATES = [
    "",
    "tomorrow",
    "3/14",
    "1985",
    "13/13/1985",
    "2/29/2023",
    "12/31/2026",
    "1/1/1895",
    "3/14/985",
    "3/14/19855",
    "0/14/1985",
    "ju 14 1985",
    "jui 14 1985",
    "march april 1985",
    "march 1985",
    "14 14 march 1985",
    "1 2 3 4",
    "850314",
    "0314985",
    "31485",
    "3/14/1985; DROP TABLE",
    "<b>3/14/1985</b>",
    "03/14/1985" + " " * 5 + "1" * 40,
    "\u00b2/\u00b9/1985x",
    "9" * 41,
]


@pytest.mark.parametrize(("written", "meant"), WRITTEN)
def test_dates_as_people_write_them(written: str, meant: str) -> None:
    """In figures, in words, in three languages and several scripts."""
    assert date.fromisoformat(meant) in birth_dates(written, TODAY)


@pytest.mark.parametrize("written", NO_DATES)
def test_what_is_no_date_of_birth(written: str) -> None:
    """Nothing is guessed from it, and it costs no attempt."""
    assert birth_dates(written, TODAY) == frozenset()


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_every_day_can_be_written(born: date) -> None:
    """In each of the usual ways; and none of them stands for more than two days."""
    months = {tag: words_in(tag).months[born.month - 1] for tag in LANGUAGES}
    for written in (
        f"{born:%m/%d/%Y}",
        f"{born:%d/%m/%Y}",
        f"{born:%d.%m.%Y}",
        f"{born:%Y-%m-%d}",
        f"{born:%m%d%Y}",
        *([f"{born:%m%d%y}"] if TODAY.year - 100 < born.year < TODAY.year else []),
        *(f"{born.day} {month} {born.year}" for month in months.values()),
        *(words_in(tag).on(born) for tag in LANGUAGES),
    ):
        found = birth_dates(written, TODAY)
        assert born in found
        assert is_birth_date(found, born)
        assert len(found) <= 2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3/14/24", {"2024-03-14", "1924-03-14"}),
        ("14.3.24", {"2024-03-14", "1924-03-14"}),
        ("031424", {"2024-03-14", "1924-03-14"}),
        ("4 March 24", {"2024-03-04", "1924-03-04"}),
        ("4/4/24", {"2024-04-04", "1924-04-04"}),
        ("2/29/00", {"2000-02-29"}),
        ("3/4/24", {"2024-03-04", "2024-04-03"}),
        ("3/14/1985", {"1985-03-14"}),
        ("3/14/85", {"1985-03-14"}),
        ("12/31/26", {"1926-12-31"}),
    ],
)
def test_people_over_a_hundred_write_two_digits_too(written: str, meant: set[str]) -> None:
    """Their century counts as well, as long as that makes no more than two guesses of one."""
    assert {each.isoformat() for each in birth_dates(written, TODAY)} == meant


@given(st.text(max_size=60))
def test_anything_may_be_written(written: str) -> None:
    """It is a date or none, and never an error or more than two guesses at once."""
    assert len(birth_dates(written, TODAY)) <= 2


def test_a_wrong_date_is_wrong() -> None:
    """Also beside a right one that was not written."""
    assert not is_birth_date(birth_dates("3/15/1985", TODAY), date(1985, 3, 14))
    assert is_birth_date(birth_dates("3/4/1985", TODAY), date(1985, 4, 3))
    assert not is_birth_date(frozenset(), date(1985, 3, 14))


# Proofs


def test_a_proof_counts_until_its_time() -> None:
    """For its key and its step, and gives back its nonce."""
    proof = prove(KEY, Step.REPLY, nonce="n1", at=NOON)

    assert proven(KEY, Step.REPLY, proof, at=NOON) == "n1"
    assert proven(KEY, Step.REPLY, proof, at=NOON + timedelta(minutes=59)) == "n1"
    assert proven(KEY, Step.REPLY, proof, at=NOON + timedelta(minutes=60)) is None
    assert proven(KEY, Step.ANSWER, proof, at=NOON) is None
    assert proven("00" * 32, Step.REPLY, proof, at=NOON) is None


@given(st.data())
def test_no_altered_proof_counts(data: st.DataObject) -> None:
    """Whichever of its characters is another one."""
    proof = prove(KEY, Step.REPLY, nonce="abc123", at=NOON)
    place = data.draw(st.integers(0, len(proof) - 1))
    other = data.draw(st.characters().filter(lambda char: char != proof[place]))
    altered = proof[:place] + other + proof[place + 1 :]

    assert proven(KEY, Step.REPLY, altered, at=NOON) is None


@given(st.text())
def test_no_text_is_a_proof(text: str) -> None:
    """It is refused, and never an error."""
    assert proven(KEY, Step.ANSWER, text, at=NOON) is None


# Pages


def page(**where: Any) -> Page:
    """A page for a day."""
    usual = {
        "message_id": "m",
        "practice_id": "p",
        "token_hash": b"x" * 32,
        "created_at": NOON,
        "expires_at": NOON + timedelta(days=1),
        "content": PageContent(token="t", key=KEY, body="okapi"),
    }
    return Page(**{**usual, **where})


@given(answers=st.lists(st.booleans(), max_size=30), limit=st.integers(1, 10))
def test_never_more_guesses_than_the_limit(answers: list[bool], limit: int) -> None:
    """Whatever is answered in whatever order: a page takes so many wrong answers and no more."""
    current, wrong, locked = page(), 0, 0
    for right in answers:
        if current.standing(NOON, limit) is not Standing.OPEN:
            break
        current, what = current.answered(right=right, at=NOON, limit=limit)
        wrong += "wrong_answer" in what
        locked += "locked" in what

    assert wrong == min(answers.count(False), limit)
    assert locked == (wrong == limit)
    assert (current.standing(NOON, limit) is Standing.LOCKED) == (wrong == limit)


@given(
    answers=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("wwwr")), max_size=60),
    limit=st.integers(1, 10),
)
def test_never_more_guesses_than_ten_at_all_pages(
    answers: list[tuple[int, str]], limit: int
) -> None:
    """Whoever found the phone has each of its links: a right answer alone begins anew.

    Nor fewer: a page locks with its own last guess, or with the tenth at all of them.
    """
    pages = [page(message_id=f"m{number}") for number in range(4)]
    accesses: list[PageAccess] = []
    since = 0
    for number, answer in answers:
        current = pages[number]
        if current.standing(NOON, limit) is not Standing.OPEN:
            continue
        guesses = guesses_of(accesses, NOON)
        pages[number], what = current.answered(
            right=answer == "r", at=NOON, limit=limit, guesses=guesses
        )
        accesses += [PageAccess(message_id=f"m{number}", at=NOON, what=each) for each in what]
        since = 0 if "read" in what else since + ("wrong_answer" in what)
        own = sum(
            each.message_id == f"m{number}" for each in accesses if each.what == "wrong_answer"
        )
        assert own <= limit
        assert since <= 10
        shut = pages[number].standing(NOON, limit) is Standing.LOCKED
        assert shut == ("locked" in what) == (own == limit or since == 10)


def test_guesses_are_forgotten_in_time() -> None:
    """After a month, so that no patient is shut out for good."""
    guess = PageAccess(message_id="m1", at=NOON, what=Accessed.WRONG_ANSWER)

    assert guesses_of([guess], NOON + timedelta(days=29)) == 1
    assert guesses_of([guess], NOON + timedelta(days=30)) == 0


def test_what_is_over_is_over() -> None:
    """Expired comes first, so that nobody learns why; a code brings nothing back."""
    late = NOON + timedelta(days=1)
    withdrawn = page().withdrawn(NOON)

    assert page().standing(late, 5) is Standing.EXPIRED
    assert page(attempts=9).standing(late, 5) is Standing.EXPIRED
    assert withdrawn.standing(late, 5) is Standing.EXPIRED
    assert withdrawn.standing(NOON, 5) is Standing.WITHDRAWN
    assert withdrawn.told("kept").standing(NOON, 5) is Standing.WITHDRAWN
    assert withdrawn.withdrawn(late).withdrawn_at == NOON


def test_neither_page_nor_request_shows_itself() -> None:
    """No repr has a token, a key, a body, an address or what somebody wrote."""
    request = PageRequest(
        method="POST",
        token="okapi-token",
        headers=(("content-type", "application/x-www-form-urlencoded"),),
        body=b"step=reply&words=okapi-words&proof=okapi-proof&unsent=okapi-unsent",
        address="192.0.2.7",
    )
    shown = repr(request) + repr(request.form()) + repr(page())

    assert "okapi" not in shown
    assert "192.0.2.7" not in shown
    assert KEY not in shown


# Words


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_says_everything(tag: str) -> None:
    """All problems, all months, and the same things to fill in as in English."""
    words, english = words_in(tag), words_in("en")

    assert words.problems.keys() == set(PageProblem)
    assert len(words.months) == 12
    assert words.left.keys() == english.left.keys()
    for field in fields(Words):
        ours, theirs = getattr(words, field.name), getattr(english, field.name)
        if isinstance(ours, str):
            assert named(ours) == named(theirs), field.name
            assert ours.strip(), field.name
    for problem in PageProblem:
        assert named(words.problems[problem]) == named(english.problems[problem])


def named(words: str) -> set[str]:
    """What is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@given(st.text())
def test_any_header_has_a_language(accepted: str) -> None:
    """Whatever a browser says it would like."""
    assert language_of(accepted, "es") in LANGUAGES


# HTML


def view(language: str = "en") -> PageView:
    return PageView(
        name="Lakeside & Co <b>",
        phone=PhoneNumber("+12175550100"),
        dialed="217-555-0100",
        language=language,
    )


def test_names_are_escaped_too() -> None:
    """A practice's own name may have letters that mean something in HTML."""
    said = view().waits_for_code().body.decode()

    assert "Lakeside &amp; Co &lt;b&gt;" in said
    assert "<b>" not in said


@given(st.text(max_size=200))
def test_no_words_leave_their_place(words: str) -> None:
    """Every page has as many tags as it would have without them."""
    proof = prove(KEY, Step.REPLY, nonce="n", at=NOON)

    def tags(shown: str) -> int:
        made = view().message(
            shown, spoken="en", until=TODAY, proof=proof, draft=shown, reply="x" + shown
        )
        return made.body.decode().count("<")

    assert tags(words) == tags("harmless")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", list(PageProblem))
def test_problems_are_errors_in_http_too(problem: PageProblem, language: str) -> None:
    """And the title says so first."""
    told = view(language).told(problem)

    assert told.status >= 400
    assert f"<title>{words_in(language).error}: " in told.body.decode()


def test_the_phone_can_be_called_from_the_page() -> None:
    """By its link; it is shown as it is dialed."""
    said = view().closed(Standing.LOCKED).body.decode()

    assert '<a href="tel:+12175550100">217-555-0100</a>' in said


def test_forms_can_be_used_without_sight_or_mouse() -> None:
    """Each field has a label and its hints; what was wrong is tied to it."""
    asked = view().question(Identity.BIRTH_DATE, "p", problem=PageProblem.WRONG, left=1)
    said = asked.body.decode()
    made = view().message("x", spoken="en", until=TODAY, proof="p", problem=PageProblem.EMPTY)
    reply = made.body.decode()

    assert "You can try once more." in said
    for shown in (said, reply):
        assert '<label for="words">' in shown
        assert 'aria-invalid="true"' in shown
        assert 'role="alert"' in shown
        described = shown.partition('aria-describedby="')[2].partition('"')[0].split()
        assert all(f'id="{name}"' in shown for name in described)
        assert "error" in described
        assert "tabindex" not in shown


def test_a_message_is_read_out_in_its_own_language() -> None:
    """Whatever language the page speaks; nobody knows in which one a reply is written."""
    made = view("en").message("Su cita", spoken="es", until=TODAY, proof="p", reply="Gracias")
    said = made.body.decode()

    assert '<html lang="en">' in said
    assert '<p class="words" dir="auto" lang="es">Su cita</p>' in said
    assert '<p class="words" dir="auto">Gracias</p>' in said


def test_the_policy_names_the_style() -> None:
    """The only style that a browser takes is the one in the page."""
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415

    body = view().told(PageProblem.MISSING).body
    style = body.partition(b"<style>")[2].partition(b"</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in HEADERS["Content-Security-Policy"]
    assert b"style=" not in body.replace(b"<style>", b"")


COLORS = [("ink", "page"), ("ink", "card"), ("bad", "card"), ("good", "card"), ("on-act", "act")]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), COLORS)
def test_colors_can_be_read(scheme: int, front: str, back: str) -> None:
    """Their contrast is at least 7 to 1, or 4.5 for the button: WCAG 2.2, 1.4.3 and 1.4.6."""
    style = view().told(PageProblem.MISSING).body.decode().split("@media")[scheme]
    light = [
        luminance(style.partition(f"--{name}:")[2].split(";")[0].split("}")[0])
        for name in (front, back)
    ]
    contrast = (max(light) + 0.05) / (min(light) + 0.05)

    assert contrast >= (4.5 if front == "on-act" else 7)


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proofs, codes and dates of birth, each date that was meant, however soon one differs."""
    compared: list[tuple[Any, Any]] = []
    real = hmac.compare_digest

    def spy(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    proof = prove(KEY, Step.ANSWER, nonce="n", at=NOON)
    proven(KEY, Step.ANSWER, proof, at=NOON)
    proven(KEY, Step.REPLY, proof, at=NOON)
    matches_code("12345678", kept_code("87654321", entropy))
    is_birth_date(birth_dates("3/4/1985", TODAY), date(1985, 3, 4))

    assert len(compared) == 2 + 1 + 2
    assert [len(one) == len(other) for one, other in compared] == [True] * 5
