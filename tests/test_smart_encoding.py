"""Replacing what turns a text to UCS-2, and what a text costs with and without it."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.text import Encoding, cost, links, outside_gsm7, segment, smart_encode
from compliant_sms.text._segments import in_gsm7
from compliant_sms.text._smart_encoding import _parse, _table
from growth import shortest, within

DATA = json.loads((Path(__file__).parent / "data" / "smart_encoding.json").read_bytes())
ROWS = DATA["replacements"]
CHARACTERS = "".join(row["char"] for row in ROWS)


def replaced(text: str, *, lossy: bool = False) -> str:
    return smart_encode(text, lossy=lossy).text


def test_the_table_is_the_calculators() -> None:
    """Each of its characters has its replacement, a single blank for blanks."""
    for row in ROWS:
        theirs = row["replacement"]
        expected = " " if theirs.isspace() and row["codepoint"] != "U+0080" else theirs
        entry = _table()[row["char"]]

        assert expected.strip() == entry.instead.strip(), row["codepoint"]
        assert bool(expected) == bool(entry.instead), row["codepoint"]


def test_the_table_has_nothing_else() -> None:
    """What the calculator does not replace is not in it."""
    assert set(CHARACTERS) == set(_table())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We\u2019ll see you \u2014 \u201csoon\u201d\u2026", 'We\'ll see you - "soon"...'),
        ("Tue\u00a0Dec 1,\u202f2:30\u2009PM", "Tue Dec 1, 2:30 PM"),
        ("Dr.\u200b Lee", "Dr. Lee"),
        ("\ufeffHello", "Hello"),
        ("take \u00bd tablet", "take 1/2 tablet"),
        ("\u2022 Bring your card\n\u2022 Arrive early", "- Bring your card\n- Arrive early"),
        ("9\u201311 AM", "9-11 AM"),
        ("\uff12\uff1a\uff13\uff10", "2:30"),
        ("an\u0303o nuevo", "a\u00f1o nuevo"),
        ("5 k\u2126", "5 k\u03a9"),
        ("fill\tin", "fill in"),
        ("\u201cSee https://clinic.example/a\u201d", '"See https://clinic.example/a"'),
    ],
)
def test_what_says_the_same_is_replaced(text: str, expected: str) -> None:
    """Quotes, dashes, blanks, wide letters and split accents come to GSM-7."""
    found = smart_encode(text)

    assert (expected, Encoding.GSM_7) == (found.text, found.after.encoding)


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060", "\u200b\ufeff", "\x00"])
@pytest.mark.parametrize("text", ["Take 1{}\u00bd tablets", "\u00bd{}5 mg", "1{}\u2022"])
def test_what_nobody_sees_parts_no_digit_from_a_fraction(unseen: str, text: str) -> None:
    """Without it "1 and a half" would read "11/2", which is five and a half."""
    assert replaced(text.format(unseen)) == text.format(unseen)
    assert replaced(f"{unseen}\u00bd{unseen}") == "1/2"


@pytest.mark.parametrize(
    "text",
    [
        "take 1\u00bd tablets",
        "\u00bd0 mg",
        "\u20225 mg",
        "nin\u0303\u0301o",
        "dia\u0301",
        "d\u00eda",
        "6\u00f72",
        "cost 50\u0080",
        "e\u0338",
        "\u01c3xoo",
        "1\ufe10500",
        "\u0303 alone",
        "\u4e00\u0303",
        "It\u2019s on \U0001f600",
        "https://clinic.example/a\u2013b",
        "\u2026" * 70,
        "plain",
        "",
    ],
)
def test_what_would_say_something_else_stays(text: str) -> None:
    """Fractions behind digits, accents, links, misread bytes, and what would not pay."""
    found = smart_encode(text)

    assert (text, (), found.before) == (found.text, found.replaced, found.after)


@pytest.mark.parametrize(
    ("text", "expected"), [("6\u00f72", "6/2"), ("an\u0303\u0330o", "an~~o"), ("1\u00bd", "11/2")]
)
def test_who_asks_for_all_of_it_gets_it(text: str, expected: str) -> None:
    """Providers replace these too, whatever the text says afterwards."""
    assert expected == replaced(text, lossy=True)


def test_a_segment_can_be_saved_in_ucs2() -> None:
    """Where the text stays UCS-2, invisible characters are dropped if that saves a segment."""
    found = smart_encode("\U0001f600" + "a\u200b" * 60)

    assert (found.before.segments, found.after.segments) == (2, 1)
    assert Encoding.UCS_2 is found.after.encoding


def test_a_link_that_would_change_keeps_the_text_as_it_is() -> None:
    """A blank that nobody sees parts a link from the next word."""
    text = "Go to clinic.example/visit\u200bor call"

    assert text == replaced(text)


@given(st.text(st.sampled_from(f"{CHARACTERS}ab12 ./:e\u0301\U0001f600"), max_size=80))
def test_replacing_never_costs_more(text: str) -> None:
    """Never more segments; the offsets are those of the text as given; twice is once."""
    found = smart_encode(text)

    assert found.after.segments <= found.before.segments
    assert found.after == segment(found.text)
    rebuilt, at = "", 0
    for each in found.replaced:
        rebuilt += text[at : each.start] + (each.instead or "")
        at = each.end
    assert found.text == rebuilt + text[at:]
    assert found.text == replaced(found.text)
    assert [text[k.start : k.end] for k in links(text)] == [
        found.text[k.start : k.end] for k in links(found.text)
    ]


@given(st.text(max_size=60))
def test_every_character_outside_is_named(text: str) -> None:
    """A text without those places is in GSM-7, and they come in order without overlap."""
    found = outside_gsm7(text)
    inside, at = "", 0
    for each in found:
        assert at <= each.start < each.end
        inside += text[at : each.start]
        at = each.end

    assert in_gsm7(inside + text[at:])
    assert bool(found) != in_gsm7(text)


def test_a_letter_and_its_accent_are_one_place() -> None:
    """As one letter of GSM-7 they are the same to Unicode."""
    (found,) = outside_gsm7("man\u0303ana")

    assert (2, 4, unicodedata.lookup("LATIN SMALL LETTER N WITH TILDE")) == (
        found.start,
        found.end,
        found.instead,
    )


def test_a_preview_has_both_prices() -> None:
    """Segments times recipients times price, as it is and after smart encoding."""
    found = cost("We\u2019ll see you" * 8, Decimal("0.0083"), recipients=100)

    assert (200, Decimal("1.66"), Decimal("0.83")) == (
        found.segments,
        found.total,
        found.smart_total,
    )
    assert (found.size.segments, found.smart_size.segments) == (2, 1)
    assert len(found.outside_gsm7) == 8
    assert cost("Hi", 1).total == 1


@pytest.mark.parametrize(
    ("price", "recipients"),
    [(0.0083, 1), (True, 1), ("1", 1), (Decimal(-1), 1), (Decimal("NaN"), 1), (1, -1)],
)
def test_a_price_is_exact(price: object, recipients: int) -> None:
    """Floats, texts and what is below 0 are refused."""
    with pytest.raises(InvalidInput):
        cost("Hi", price, recipients=recipients)  # type: ignore[arg-type]


def test_nothing_of_the_text_shows() -> None:
    """Neither what is replaced nor the result shows the body in its repr."""
    assert "secret" not in repr(smart_encode("a secret\u2019s out"))
    assert "secret" not in repr(cost("a secret\u2019s out", 1))


@pytest.mark.parametrize("unit", ["\u2019", "e\u0301", "a.b/\u2019 ", "\u0301", "\u00bd1"])
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Eight times the text takes about eight times as long."""
    smart_encode(unit * 2_000)
    bound = 40 * shortest(lambda: smart_encode(unit * 2_000))

    assert within(bound, lambda: smart_encode(unit * 16_000))


ROW = '[[replacement]]\nkeeps = true\nwhy = "x"\n'


@pytest.mark.parametrize(
    "document",
    [
        "version =",
        "version = 1",
        '[[replacement]]\ncharacters = ["U+2019"]\nkeeps = true\n',
        ROW + 'instead = "\u00e1"\ncharacters = ["U+2019"]\n',
        ROW + 'instead = "a"\ncharacters = ["U+0041"]\n',
        ROW + 'instead = "a"\ncharacters = ["U+2019", "U+2019"]\n',
        ROW + 'instead = "a"\ncharacters = ["U+XYZ"]\n',
    ],
)
def test_a_damaged_table_is_refused(document: str) -> None:
    """Broken TOML, missing fields, and rows that replace nothing or do so twice."""
    with pytest.raises(ConfigurationError, match=r"smart-encoding\.toml"):
        _parse(document)
