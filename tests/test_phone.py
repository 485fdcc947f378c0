"""Reading and showing phone numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidInput, InvalidPhoneNumber, PhoneNumberProblem
from compliant_sms.phone import NumberKind, PhoneNumber

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "numbers.jsonl").read_bytes().splitlines()
]
READ = "+13125550142"


def outcome(text: str, region: str = "US") -> str:
    """Name the number or the problem."""
    try:
        return PhoneNumber.parse(text, region=region).e164
    except InvalidPhoneNumber as error:
        return str(error.problem)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_labelled_numbers(row: dict[str, str]) -> None:
    """Every labelled text is read or refused as its row says."""
    assert outcome(row["input"], row["region"]) in {row["outcome"], *row.get("also_ok", [])}


@pytest.mark.parametrize("row", [row for row in ROWS if row["e164"]], ids=lambda row: row["id"])
def test_kinds(row: dict[str, str]) -> None:
    """Every labelled number has the kind that its row says."""
    assert row["number_type"] == PhoneNumber(row["e164"]).kind


@pytest.mark.parametrize(
    "text",
    [
        "Cell: (312) 555-0142",
        "(h) 312.555.0142",
        "you can text me at 312 555 0142 please",
        "312-555-0142 (mom's cell)",
        "312 555 0142 is my number",
        "sms:+1-312-555-0142",
        "tel:+1-312-555-0142;ext=5",
        "tel:+13125550142;phone-context=+1",
        "(+1) 312 555 0142",
        "011 1 312 555 0142",
        "312-555-0142 extn. 12",
        "312-555-0142 × 12",
        "312-555-0142;45",
        "☎️ 312-555-0142",
        "«312-555-0142»",
        "312·555·0142",
        "+١٣١٢٥٥٥٠١٤٢",
        "𝟑𝟏𝟐-555-0142",
        '="3125550142"',
        "3125550142.00",
        "\u2066312-555-0142\u2069",
        "\u202d(312) 555-0142\u202c",
        "3125550142 ",
    ],
)
def test_everyday_dress(text: str) -> None:
    """Labels, brackets, other digits, extensions and spreadsheet residue do not hide a number."""
    assert outcome(text) == READ


@pytest.mark.parametrize(
    "text",
    [
        "<b>312-555-0142</b>",
        "312-555-0142<",
        "<312-555-0142",
        "$(3125550142)",
        "3125550142; ls",
        "3125550142|cat",
        "@SUM(3125550142)",
        "{{3125550142}}",
        "DROP 3125550142",
        "STOP 3125550142",
        "whatsapp:+13125550142",
        "fax 312-555-0142",
        "not 312-555-0142",
        "312-555-0142 (do not call)",
        "312-555-0142, 0143",
        "312-555-0142, 555-0143",
        "312-555-0142 and 312-555-0143",
        "312\n555-0142",
        "312\u2028555-0142",
        "312\t555\t0142",
        "O12-555-0142",
        "3I2-555-0142",
        "312-555-o142",
        "312-555-OIOI",
        "312-555-OIOI cell",
        "312-555-XXXX",
        "(312) 555-xxxx (cell)",
        "312-XXX-XXXX",
        "312-5XX-XXXX",
        "1-312-NXX-XXXX",
        "312-555-NNNN",
        "312-555-ＸＸＸＸ",
        "³¹²5550142",
        "③①②5550142",
        "312📱555📱0142",
        "\u202e312-555-0142",
        "\u202d312-\u202e555-0142\u202c",
        "++13125550142",
        "+1+3125550142",
        "312-555-0142\ud800",
        "tel:312-555-0142;phone-context=example.com",
        "a" * 5_000,
    ],
)
def test_refused(text: str) -> None:
    """Markup, commands, several numbers, look-alikes and refusals are no phone number."""
    assert outcome(text) == PhoneNumberProblem.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1-800-AAA-HELP", "+18002224357"),
        ("800-COOL-OIL", "+18002665645"),
        ("312-555-EXXO cell", "+13125553996"),
    ],
)
def test_words_on_a_keypad(text: str, number: str) -> None:
    """Letters that spell something are dialed, also where some of them repeat."""
    assert outcome(text) == number


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("7946 0018", "GB", "missing_area_code"),
        ("7", "GB", "too_short"),
        ("020 7946 00181 1", "GB", "too_long"),
        ("312 555 0142", "CA", READ),
        ("+1 555 0142", "US", "missing_area_code"),
        ("+33 1 99 00 12", "US", "too_short"),
        ("+33 1 99 00 12 34 56", "US", "too_long"),
        ("+" + "9" * 17, "US", "invalid"),
        ("+1" + "2" * 20, "US", "too_long"),
        ("1 " * 5_000, "US", "too_long"),
        ("+3125550142", "US", "invalid"),
        ("888888", "US", "short_code"),
        ("888-888", "US", "too_short"),
        ("9-8-8", "US", "short_code"),
        ("(911)", "US", "short_code"),
        ("9-1-2", "US", "too_short"),
        ("9-1-1", "GB", "too_short"),
    ],
)
def test_regions_and_lengths(text: str, region: str, expected: str) -> None:
    """National forms follow the region, and the problem names what is wrong with the length."""
    assert outcome(text, region) == expected


@pytest.mark.parametrize("region", ["", "UK", "us", "USA"])
def test_unknown_region(region: str) -> None:
    """A region that the numbering metadata does not know is the caller's mistake."""
    with pytest.raises(InvalidInput, match="ISO 3166-1"):
        PhoneNumber.parse("312-555-0142", region=region)


@given(st.text(st.characters(), max_size=60) | st.text("0123456789+-() .x#l:;=,", max_size=40))
def test_any_text(text: str) -> None:
    """Any text is a number with a plus sign or an InvalidPhoneNumber, never another error."""
    try:
        number = PhoneNumber.parse(text)
    except InvalidPhoneNumber as error:
        assert isinstance(error.problem, PhoneNumberProblem)
        assert error.__context__ is None
    else:
        assert number == PhoneNumber(number.e164)


@given(st.sampled_from([row for row in ROWS if row["e164"]]), st.sampled_from(["ext 7", "cell"]))
def test_read_again(row: dict[str, str], tail: str) -> None:
    """The international form of any number is read as itself, with or without something after."""
    assert outcome(row["e164"]) == row["e164"]
    assert outcome(f"{row['e164']} {tail}") == row["e164"]


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_masked(e164: str) -> None:
    """Every text form shows at most the country code and four digits, and hides four or more."""
    number = PhoneNumber(e164)
    start, end = number.masked.split("*******")

    assert e164.startswith(start)
    assert e164.endswith(end)
    assert len(start) <= 4
    assert len(end) <= 4
    assert len(e164) - len(start) - len(end) >= min(4, len(e164) - 4)
    for shown in (str(number), repr(number), f"{number}", f"{number:>30}", f"{number!r}"):
        assert number.masked in shown
        assert e164[1:] not in shown


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+12175550134", "+1*******0134"),
        ("+442079460018", "+44*******0018"),
        ("+50321234567", "+503*******4567"),
        ("+2902158", "+290*******"),
        ("+9991234567", "+*******4567"),
    ],
)
def test_masked_examples(e164: str, masked: str) -> None:
    """The country code stands in front of stars whose count does not depend on the number."""
    assert masked == PhoneNumber(e164).masked


@pytest.mark.parametrize(
    "e164",
    ["", "12175550134", "+0217555013", "+123456", "+" + "1" * 16, "+1217555013x", "+١٢١٧٥٥٥٠١٣٤"],
)
def test_syntax_on_construction(e164: str) -> None:
    """Only the international form makes a PhoneNumber, and the error does not repeat the text."""
    with pytest.raises(InvalidPhoneNumber) as caught:
        PhoneNumber(e164)

    assert caught.value.problem is PhoneNumberProblem.INVALID
    assert "217" not in str(caught.value)


def test_value() -> None:
    """Equal numbers are one key, and nothing about a number can be changed."""
    number = PhoneNumber.parse("312-555-0142")

    assert {number: "found"}[PhoneNumber(READ)] == "found"
    with pytest.raises(AttributeError):
        number.e164 = "+12175550134"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("e164", "area_code"), [(READ, "312"), ("+442079460018", None), ("+1312555014", None)]
)
def test_area_code(e164: str, area_code: str | None) -> None:
    """Only a complete North American number has an area code."""
    assert area_code == PhoneNumber(e164).area_code


@pytest.mark.parametrize("e164", ["+9991234567", "+10555550142"])
def test_kind_of_nothing_assigned(e164: str) -> None:
    """A number that no plan knows is of no particular kind."""
    assert NumberKind.OTHER is PhoneNumber(e164).kind
