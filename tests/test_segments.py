"""Encodings and segments, against three independent calculators and a splitter that cuts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidInput
from compliant_sms.text import Encoding, Segmentation, parts, segment

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "segments.jsonl").read_bytes().splitlines()
]
BASIC = "aZ0 @£\n\réΔΩà"
EXTENSION = "\f^{}\\[~]|€"


def cut(text: str, size: dict[str, int], otherwise: int, alone: int, joined: int) -> list[str]:
    """Cut a text into parts, one character at a time."""

    def units(part: str) -> int:
        return sum(size.get(character, otherwise) for character in part)

    if units(text) <= alone:
        return [text] if text else []
    parts = [""]
    for character in text:
        if units(parts[-1] + character) > joined:
            parts.append("")
        parts[-1] += character
    return parts


def test_calculators_agree() -> None:
    """Every text has the size on which three independent calculators agree."""
    for row in ROWS:
        found = segment(str(row["text"]))

        assert (row["id"], row["encoding"], row["units"], row["segments"]) == (
            row["id"],
            found.encoding,
            found.units,
            found.segments,
        )


def test_parts_are_the_segments() -> None:
    """Every text comes in as many parts as calculators count, each within its room."""
    for row in ROWS:
        text = str(row["text"])
        found = parts(text)
        room = {"GSM-7": 153, "UCS-2": 67}[str(row["encoding"])]

        assert text == "".join(found), row["id"]
        assert row["segments"] == len(found), row["id"]
        if len(found) > 1:
            # A part alone may be GSM-7 where the whole is not.
            whole = "" if row["encoding"] == "GSM-7" else "\u4e00"
            sizes = [segment(whole + part).units - len(whole) for part in found]
            assert max(sizes) <= room, row["id"]


@given(st.text(st.sampled_from(BASIC + EXTENSION), max_size=500))
def test_gsm_parts_themselves(text: str) -> None:
    """They are those of a splitter that cuts no extension character in two."""
    assert tuple(cut(text, dict.fromkeys(EXTENSION, 2), 1, 160, 153)) == parts(text)


@given(st.text(st.sampled_from("aé一ж😀🇺"), max_size=300).map(lambda text: "一" + text))
def test_ucs2_parts_themselves(text: str) -> None:
    """They are those of a splitter that cuts no surrogate pair in two."""
    assert tuple(cut(text, dict.fromkeys("😀🇺", 2), 1, 70, 67)) == parts(text)


@given(st.text(st.sampled_from(BASIC + EXTENSION), max_size=500))
def test_gsm_parts(text: str) -> None:
    """A GSM-7 text has as many segments as a splitter makes that cuts no extension character."""
    parts = cut(text, dict.fromkeys(EXTENSION, 2), 1, 160, 153)
    units = len(text.encode("utf-16-le")) // 2 + sum(text.count(c) for c in EXTENSION)

    assert Segmentation(Encoding.GSM_7, units, len(parts)) == segment(text)


@given(st.text(st.sampled_from("aé一ж😀🇺"), max_size=300).map(lambda text: "一" + text))
def test_ucs2_parts(text: str) -> None:
    """A UCS-2 text has as many segments as a splitter makes that cuts no surrogate pair."""
    parts = cut(text, dict.fromkeys("😀🇺", 2), 1, 70, 67)
    units = len(text.encode("utf-16-le")) // 2

    assert Segmentation(Encoding.UCS_2, units, len(parts)) == segment(text)


@given(st.text())
def test_any_text_has_a_size(text: str) -> None:
    """Any text without surrogates has at least as many units as characters, and a segment each."""
    found = segment(text)

    assert found.units >= len(text)
    assert bool(text) == bool(found.segments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segmentation(Encoding.GSM_7, 0, 0)),
        ("a" * 160, Segmentation(Encoding.GSM_7, 160, 1)),
        ("a" * 161, Segmentation(Encoding.GSM_7, 161, 2)),
        ("a" * 306, Segmentation(Encoding.GSM_7, 306, 2)),
        ("a" * 307, Segmentation(Encoding.GSM_7, 307, 3)),
        ("€" * 153, Segmentation(Encoding.GSM_7, 306, 3)),
        ("\x1b", Segmentation(Encoding.UCS_2, 1, 1)),
        ("ç", Segmentation(Encoding.UCS_2, 1, 1)),
        ("Ç", Segmentation(Encoding.GSM_7, 1, 1)),
        ("😀" * 35, Segmentation(Encoding.UCS_2, 70, 1)),
        ("😀" * 36, Segmentation(Encoding.UCS_2, 72, 2)),
        ("ж" * 66 + "😀" + "ж" * 66, Segmentation(Encoding.UCS_2, 134, 3)),
        ("\r\n", Segmentation(Encoding.GSM_7, 2, 1)),
    ],
)
def test_edges(text: str, expected: Segmentation) -> None:
    """The limits, and the texts on which calculators differ, come out as documented."""
    assert expected == segment(text)


@pytest.mark.parametrize("text", ["a\ud83d", "\ude00 secret", "\ud83d\ude00"])
def test_lone_surrogate(text: str) -> None:
    """Half of a surrogate pair is refused, without the text in the error or its causes."""
    with pytest.raises(InvalidInput, match="surrogate") as caught:
        segment(text)

    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)
