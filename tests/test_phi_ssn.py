"""Social security numbers: found in every dress, and nothing else taken for one."""

from __future__ import annotations

import pytest
from attrs import asdict
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import phi
from compliant_sms.phi import PhiFinding, PhiLabel
from growth import grows


def find(text: str) -> tuple[PhiFinding, ...]:
    """What a text holds of social security numbers."""
    return tuple(found for found in phi.find(text) if found.label is PhiLabel.SSN)


# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
ZERO_WIDTH = "\u200b"
ARABIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
# Texts; what is to be found stands in double brackets.
FORMS = [
    "[[123-45-6789]]",
    "[[123 45 6789]]",
    "[[123.45.6789]]",
    "[[123/45/6789]]",
    "[[123_45_6789]]",
    "[[123·45·6789]]",
    "[[123 - 45 - 6789]]",
    "[[123--45--6789]]",
    "[[123-45 6789]]",
    "[[123\u201045\u20106789]]",
    "[[123\u201145\u20116789]]",
    "[[123\u201345\u20136789]]",
    "[[123\u201445\u20146789]]",
    "[[123\u221245\u22126789]]",
    "[[123\u00a045\u00a06789]]",
    "[[123\n45\n6789]]",
    "It is [[123-45-6789]].",
    "([[123-45-6789]])",
    "#[[123-45-6789]], thanks",
    "His is [[123-45-6789]] and hers is [[987-65-4321]]!",
    "On file: [[001-01-0001]]",
    "[[899-99-9999]]",
    "ITIN [[912-70-1234]]",
    "Ana 😀 [[123-45-6789]] 😀",
]
CUES = [
    "[[412-00-8836]] thats my social",
    "[[666-12-0098]] is her ssn",
    "SSN [[123456789]]",
    "ssn: [[123456789]]",
    "My SSN is [[123456789]].",
    "SSNs: [[123456789]]",
    "SS# [[123456789]]",
    "ss no. [[123456789]]",
    "SS num [[123456789]]",
    "SS number [[123456789]]",
    "Social [[123456789]]",
    "Social Security number: [[123456789]]",
    "social security [[12345 6789]]",
    "seguro social [[123456789]]",
    "Seguro Social: [[123-456789]]",
    "ITIN [[912701234]]",
    "TIN [[912701234]]",
    "tax id [[912701234]]",
    "Taxpayer ID: [[912701234]]",
    # Behind its cue even a number that was never issued counts: somebody mistyped theirs.
    "SSN [[000-45-6789]]",
    "SSN 😀: [[123456789]]",
]
LAST_FOUR = [
    "last 4 of SSN: [[6789]]",
    "Last four digits of your social? [[6789]]",
    "SSN last 4 is [[6789]]",
    "SSN ending in [[6789]]",
    "SSN ends [[6789]]",
    "Social Security number ending [[6789]]",
    "[[XXX-XX-6789]]",
    "[[xxx-xx-6789]]",
    "[[***-**-6789]]",
    "[[•••-••-6789]]",
    "[[###-##-6789]]",
    "[[*****6789]]",
    "SSN [[xxx xx 6789]]",
]
NOTHING = [
    "",
    "See you at 3.",
    "Call 217-555-0134",
    "Call (217) 555-0134 or 1-217-555-0134",
    "Call +1 217 555 0134",
    "217.555.0134",
    "2175550134",
    "Your SSN? Call 217-555-0134.",
    "2026-12-01",
    "12/01/2026",
    "01-12-2026 14:30",
    "Springfield, IL 62701-1234",
    "2:30 PM to 4:45 PM",
    "14:30-16:00",
    "You owe $1,234.56",
    "$123.45",
    "Order 123456789",
    "Order #112-3456789-1234567",
    "Order 123-45-67890",
    "Order 0123-45-6789",
    "Order A123-45-6789",
    "Order 123-45-6789-1",
    "Version 1.123.45.6789",
    "Claim 123-45-678",
    "123456789",
    "000-45-6789",
    "666-45-6789",
    "123-00-6789",
    "123-45-0000",
    "Social work, ext. 123456789",
    "Our social is at 6789 Main Street",
    "Passing grades: 123456789",
    "The last 4 visits: 2021",
    "Your card ends in 6789",
    "SSN ending in 67890",
    "SSN ending in 6789A",
    "Room 1234, floor 12, building 567",
    "tin roof, 1200 tiles",
]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Take the brackets out of a text; the spans that they stood around."""
    spans: list[tuple[int, int]] = []
    while "[[" in text:
        start = text.index("[[")
        end = text.index("]]") - 2
        text = text.replace("[[", "", 1).replace("]]", "", 1)
        spans.append((start, end))
    return text, spans


def spans_of(text: str) -> list[tuple[int, int]]:
    """Say where something is found."""
    return [(finding.start, finding.end) for finding in find(text)]


def assert_found(marked_text: str, rule: str | None = None) -> None:
    """Check that exactly the marked places are found."""
    text, spans = marked(marked_text)

    assert spans_of(text) == spans
    assert rule is None or {finding.rule for finding in find(text)} == {rule}


@pytest.mark.parametrize("text", FORMS)
def test_forms_are_found(text: str) -> None:
    """Three, two and four digits with breaks between them are found, exactly where they are."""
    assert_found(text, "ssn/form")


@pytest.mark.parametrize("text", CUES)
def test_numbers_behind_a_cue_are_found(text: str) -> None:
    """Nine digits in any grouping are found behind a word that announces them."""
    assert_found(text, "ssn/after-cue")


@pytest.mark.parametrize("text", LAST_FOUR)
def test_last_four_digits_are_found(text: str) -> None:
    """The last four digits are found where words or a mask say whose they are."""
    assert_found(text, "ssn/last-four")


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_else_is_found(text: str) -> None:
    """Phones, dates, ZIPs, times, prices, orders and unissued numbers are left alone."""
    assert find(text) == ()


@pytest.mark.parametrize("digits", [ARABIC, FULL_WIDTH], ids=["arabic", "full-width"])
@pytest.mark.parametrize("text", [*FORMS, *CUES, *LAST_FOUR])
def test_digits_of_any_script_count(text: str, digits: dict[int, int]) -> None:
    """Arabic-Indic and full-width digits are read as digits, cues untouched."""
    cue_safe = text.replace("last 4", "last four")

    assert_found(cue_safe.translate(digits))


@pytest.mark.parametrize("digits", [ARABIC, FULL_WIDTH], ids=["arabic", "full-width"])
@pytest.mark.parametrize("text", ["000-45-6789", "666-45-6789", "123-00-6789", "123-45-0000"])
def test_unissued_numbers_of_any_script_are_left_alone(text: str, digits: dict[int, int]) -> None:
    """What was never issued is not found in other digits either."""
    assert find(text.translate(digits)) == ()


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u200b\u200b\u2060"]
)
@pytest.mark.parametrize("text", ["[[123-45-6789]]", "SSN [[123456789]]", "[[XXX-XX-6789]]"])
def test_invisible_characters_hide_nothing(text: str, hidden: str) -> None:
    """Invisible characters between any two characters of a number do not hide it."""
    plain, ((start, end),) = marked(text)
    for place in range(start + 1, end):
        changed = plain[:place] + hidden + plain[place:]

        assert spans_of(changed) == [(start, end + len(hidden))]

    everywhere = plain[:start] + hidden.join(plain[start:end]) + plain[end:]

    assert spans_of(everywhere) == [(start, len(everywhere))]


def test_one_place_is_found_once() -> None:
    """A number that two rules see is one finding, of the first rule; findings are in order."""
    text = "SSN ending in 6789, and SSN 123-45-6789, xxx-xx-4321"
    found = find(text)

    assert [(text[f.start : f.end], f.rule) for f in found] == [
        ("6789", "ssn/last-four"),
        ("123-45-6789", "ssn/form"),
        ("xxx-xx-4321", "ssn/last-four"),
    ]


def test_a_finding_holds_no_text() -> None:
    """A finding has offsets, a label and a rule, and no part of what it found."""
    [finding] = find("SSN 123-45-6789")

    assert asdict(finding) == {
        "start": 4,
        "end": 15,
        "label": PhiLabel.SSN,
        "rule": "ssn/form",
        "confidence": "certain",
        "sensitivity": "general",
    }
    assert "6789" not in repr(finding)


AREAS = st.integers(1, 999).filter(lambda area: area != 666)
BREAKS = st.text("-. /_·\u2010\u2011\u2013\u2212\u00a0", min_size=1, max_size=3)
WORDS = st.text("abcdefghij ,!?é😀", max_size=30)


@STEADY
@given(
    st.tuples(AREAS, st.integers(1, 99), st.integers(1, 9999)),
    st.tuples(BREAKS, BREAKS),
    WORDS,
    WORDS,
)
def test_any_number_in_any_text_is_found(
    parts: tuple[int, int, int], breaks: tuple[str, str], before: str, after: str
) -> None:
    """Every number that can be issued is found at its place in any prose."""
    (area, group, serial), (first, second) = parts, breaks
    number = f"{area:03}{first}{group:02}{second}{serial:04}"

    assert spans_of(f"{before} {number} {after}") == [
        (len(before) + 1, len(before) + 1 + len(number))
    ]


@STEADY
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """No text whatever breaks the search, and offsets lie inside it around digits."""
    for finding in find(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start].isdecimal()
        assert text[finding.end - 1].isdecimal()


@pytest.mark.many_rounds
@pytest.mark.parametrize(
    "unit",
    [
        "1", "12-", "123-45-", "123-45-678 ", "1" + ZERO_WIDTH, ZERO_WIDTH, "123-45-6789 ",
        "ssn ", "ssn last 4 ", "social ", "social  security ", "last 4 ", "xxx-xx-", "x", "*", "#",
        "ssn x", "ss", "tax id ", "- ", " ", "1 ", "666-12-1234 ", "last four digits ssn ",
    ],
)  # fmt: skip
def test_hostile_texts_end(unit: str) -> None:
    """Long repetitions of everything that begins a match are read to their end."""
    text = (unit * 100_000)[:100_000]

    assert grows(find, text[:10_000], 40, 0.05)  # or it would take minutes to fail
    assert all(f.end <= len(text) + 4 for f in find(f"{text}1234"))
    find(f"ssn 1234 {text}")
