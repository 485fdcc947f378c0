"""What makes a text cost more than it must."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from compliant_sms.lint._copy import Copy
from compliant_sms.lint._finding import Fix, LintFinding, Severity
from compliant_sms.text import (
    Encoding,
    OutsideGsm7,
    Segmentation,
    outside_gsm7,
    segment,
    smart_encode,
)

_ALPHABETS = "3GPP TS 23.038, 6.2.1: the GSM 7 bit default alphabet"
_OTHER_SCRIPT = 4  # a text with a letter outside GSM-7 in each four is in another script


def ucs2_character(copy: Copy) -> Iterator[LintFinding]:
    """A smart quote or another character that turns all of a text to UCS-2."""
    outside = outside_gsm7(copy.text)
    if not outside or _other_script(copy.text, outside):
        return
    mendable = [each for each in outside if each.instead is not None]
    others = [each for each in outside if each.instead is None]
    size = segment(copy.text)
    # What is left keeps the text in UCS-2: then a quotation mark more or less costs nothing.
    if not others or smart_encode(copy.text).after.segments < size.segments:
        for each in mendable:
            yield _finding(size, each, "A character that GSM-7 lacks", each.instead)
    if others and _without(copy.text, outside) < size.segments:
        many = f" ({len(others)} of them)" if len(others) > 1 else ""
        yield _finding(size, others[0], f"A letter or picture that GSM-7 lacks{many}", None)


def too_many_segments(copy: Copy) -> Iterator[LintFinding]:
    """A text of many segments costs as many, and may arrive in pieces."""
    size, most = segment(copy.text), copy.settings.max_segments
    if most is not None and size.segments > most:
        yield LintFinding(
            start=0,
            end=len(copy.text),
            rule="too-many-segments",
            severity=Severity.WARNING,
            words=f"It takes {size.segments} segments ({size.encoding}); {most} are the limit.",
            source="library policy; 3GPP TS 23.040, 9.2.3.24",
            remedy="Shorten it, or put the details behind a link of the practice's own.",
        )


def _finding(size: Segmentation, place: OutsideGsm7, what: str, instead: str | None) -> LintFinding:
    fix = None
    if instead is not None:
        fix = Fix(start=place.start, end=place.end, replacement=instead)
    return LintFinding(
        start=place.start,
        end=place.end,
        rule="ucs2-character",
        severity=Severity.WARNING,
        words=f"{what} turns the text to {Encoding.UCS_2}, 70 characters to a segment in place of "
        f"160: {size.segments} in all.",
        source=_ALPHABETS,
        remedy="Write it with what stands in GSM-7, or accept what it costs.",
        fix=fix,
    )


def _without(text: str, outside: Sequence[OutsideGsm7]) -> int:
    """How many segments a text would take with GSM-7 letters for these."""
    return segment(_plain(text, outside)).segments


def _plain(text: str, outside: Sequence[OutsideGsm7]) -> str:
    letters = list(text)
    for each in outside:
        letters[each.start : each.end] = ["x"] * (each.end - each.start)
    return "".join(letters)


def _other_script(text: str, outside: Sequence[OutsideGsm7]) -> bool:
    foreign = sum(1 for each in outside if unicodedata.category(text[each.start])[0] == "L")
    return foreign * _OTHER_SCRIPT >= max(1, sum(map(str.isalpha, text)))
