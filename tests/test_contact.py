"""Links, codes and the snippet with which people text a practice."""

from __future__ import annotations

import builtins
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
import zxingcpp
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from compliant_sms import Practice
from compliant_sms.contact import TextUs, qr_code, qr_text, sms_link
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber, MissingExtra
from compliant_sms.phone import PhoneNumber
from compliant_sms.text import notices

NUMBER = "+12175550111"
HELLO = "Hello, I have a question & more: 50% ñ?"
PRIVACY, TERMS = "https://lakeside.example/privacy", "https://lakeside.example/terms?a=1&b=2"


def android(link: str) -> tuple[str, str]:
    """What Android makes of a link: a query after ``?``, its parts between ``&`` (RFC 3986)."""
    number, _, query = link.removeprefix("sms:").partition("?")
    fields = dict(each.partition("=")[::2] for each in query.split("&"))
    return number, unquote(fields.get("body", ""))


def ios(link: str) -> tuple[str, str]:
    """What Messages makes of it: what stands before the first sign is the number."""
    number, _, rest = link.removeprefix("sms:").partition("&body=")
    return number.rstrip("?"), unquote(rest)


@pytest.mark.parametrize("phone", [android, ios])
@given(body=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=100))
def test_both_kinds_of_phone_read_the_link(phone: Any, body: str) -> None:
    """Whatever the first words are, they come out as they are."""
    try:
        link = sms_link(NUMBER, body)
    except InvalidInput:  # a word that carriers know
        return

    assert phone(link) == (NUMBER, body)
    assert link.isascii()


def test_the_form_of_a_link() -> None:
    """One that stands in the documentation."""
    assert sms_link(NUMBER) == "sms:+12175550111"
    assert sms_link(PhoneNumber.parse(NUMBER), " Hello ") == "sms:+12175550111?&body=Hello"
    assert qr_text(NUMBER, "Hello: you") == "SMSTO:+12175550111:Hello: you"


@pytest.mark.parametrize(
    "body", ["STOP", "start", " Help ", "x" * 161, "a\nb", "a\u202eb", "\ud800", "ALTO"]
)
def test_first_words_that_cannot_stand_there(body: str) -> None:
    """Nobody opts out, or in, by a link that somebody else wrote."""
    for make in (sms_link, qr_text, qr_code):
        with pytest.raises(InvalidInput):
            make(NUMBER, body)
    with pytest.raises(InvalidPhoneNumber):
        sms_link("911")


@pytest.mark.parametrize("body", ["", "Hello, I have a question.", HELLO, "¿Qué tal? 你好"])
def test_a_camera_reads_the_code(body: str) -> None:
    """Read back by another program, on paper and on a screen."""
    code = qr_code(NUMBER, body)
    picture = Image.open(BytesIO(code.png(scale=5)))
    [read] = zxingcpp.read_barcodes(picture)

    assert read.text == code.text == f"SMSTO:{NUMBER}:{body}"
    width = picture.size[0] // 5
    svg = code.svg(title='<script>"&', scale=1)
    assert svg.startswith("<svg")
    assert f'width="{width}"' in svg
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "HELLO" not in repr(code).upper() or body


@pytest.mark.parametrize("scale", [0, 101, "4", 1.5])
def test_a_scale_that_cannot_be_drawn(scale: Any) -> None:
    """It is refused in our own words."""
    for draw in (qr_code(NUMBER).png, qr_code(NUMBER).svg):
        with pytest.raises(InvalidInput, match="scale"):
            draw(scale=scale)


def test_without_segno(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    real = builtins.__import__

    def no_segno(name: str, *rest: Any) -> Any:
        if name == "segno":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_segno)
    with pytest.raises(MissingExtra, match=r"compliant-sms\[qr\]"):
        qr_code(NUMBER)


class Page(HTMLParser):
    """What a browser makes of a snippet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not {name for name in given if name.startswith("on") or name == "style"}
        if tag == "a":
            self.links.append(given["href"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def snippet(sender: Practice, **changes: Any) -> TextUs:
    """The practice's snippet."""
    arguments = {
        "practice": sender,
        "number": NUMBER,
        "privacy_url": PRIVACY,
        "terms_url": TERMS,
    }
    return TextUs(**(arguments | changes))


IN_EACH = {
    "en": ("Hello", "treated"),
    "es": ("Hol", "atención"),
    "fr": ("Bonjour", "soins"),
}


@pytest.mark.parametrize("language", IN_EACH)
def test_what_must_stand_beside_the_link(practice: Practice, language: str) -> None:
    """CTIA 5.1.1: who, which number, fees, how often, how to opt out, help, privacy policy."""
    made = snippet(practice, language=language)
    page = Page(made.html())

    assert page.links == [made.link, PRIVACY, TERMS]
    assert "?&amp;body=" in made.html()
    begins, tells = IN_EACH[language]
    assert made.link.startswith(f"sms:+12175550111?&body={begins}")
    told = " ".join(made.disclosure)
    assert all(each in page.text for each in made.disclosure)
    read = notices(told, names=(practice.name,), phone_digits=practice.phone.e164[1:], own_hosts=())
    assert read.names_sender
    assert read.contact
    assert read.opt_out
    assert read.help
    assert read.fees
    assert read.frequency
    assert "217-555-0111" in told
    assert "911" in told
    assert tells in told


@pytest.mark.parametrize(
    "evil", ['"><script>alert(1)</script>', "<img src=x onerror=a()>", "{name}"]
)
def test_nothing_of_a_practice_becomes_markup(practice: Practice, evil: str) -> None:
    """Its name and first words are text, whatever stands in them."""
    named = evolve(practice, name=f"Lakeside {evil}")
    page = Page(snippet(named, body=evil).html())

    assert set(page.tags) == {"section", "p", "a"}
    assert evil in page.text
    assert ios(page.links[0]) == (NUMBER, evil)


@pytest.mark.parametrize(
    "changes",
    [
        {"privacy_url": "javascript:alert(1)"},
        {"terms_url": "http://lakeside.example/"},
        {"terms_url": "https://"},
        {"terms_url": "https://lakeside.example/ x"},
        {"privacy_url": "https://lakeside.example/\n"},
        {"privacy_url": 7},
        {"language": "vi"},
        {"practice": "Lakeside"},
        {"body": "STOP"},
    ],
)
def test_a_snippet_that_cannot_be_made(practice: Practice, changes: dict[str, Any]) -> None:
    """It is refused with its reason."""
    with pytest.raises(InvalidInput):
        snippet(practice, **changes)
