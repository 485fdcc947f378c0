"""Social security numbers, in every way that people write them.

Form and unused ranges: Social Security Administration, "Social Security Number Randomization"
(2011): the area is never 000, 666 or above 899, the group never 00, the serial never 0000. Areas
from 900 are taxpayer numbers (ITIN) that read the same and identify as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._labels import PhiFinding, PhiLabel

__all__ = ["find_ssns"]

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_HIDDEN = f"[{_INVISIBLE}]*"
_BREAK = f"{_HIDDEN}(?:[-.\\s/_·\u2010-\u2015\u2212\uff0d]{{1,3}}{_HIDDEN})"


# A longer number goes on with a digit, a word with a letter; a sentence ends with a full stop.
_END = rf"(?!{_HIDDEN}(?:\w|[-.]\d))"


def _digits(count: int) -> str:
    return _HIDDEN.join([r"\d"] * count)


_CUE = (
    r"(?:\bssns?(?![^\W\d])|\bss\s?(?:#|no\b|num\b|number\b)|\bsocial(?:\s+security)?\b(?!\s+work)"
    r"|\bseguro\s+social\b|\bitin\b|\btin\b|\btax(?:payer)?\s+id\b)"
)
_NEAR = r"[^\d\n]{0,24}?"
_MASKED = r"(?:[x*•#]{3}[-\s.]?[x*•#]{2}[-\s.]?)"
# Two searches stop early in most texts: each of the full patterns costs many times as much.
_HINT_OF_CUE = re.compile(r"ss|social|tin\b|tax|[x*•#]{3}", re.IGNORECASE)
_HAS_FOUR_DIGITS = re.compile(rf"{_digits(4)}")


@cache  # compiled at first use: together they take as long as importing a small library
def _form() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w-])(?<!\d\.){_digits(3)}{_BREAK}{_digits(2)}{_BREAK}{_digits(4)}"
        rf"{_END}"
    )


@cache
def _after_cue() -> re.Pattern[str]:
    return re.compile(
        rf"{_CUE}{_NEAR}(?<!\d)(?<!\d-)"
        rf"(?P<value>{_digits(3)}{_BREAK}?{_digits(2)}{_BREAK}?{_digits(4)}){_END}",
        re.IGNORECASE,
    )


@cache
def _last_four() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_CUE}{_NEAR}(?:\blast\s+(?:[4\uff14]|four)\b|\bend(?:s|ing)?(?:\s+in)?\b|{_MASKED})"
        rf"|\blast\s+(?:[4\uff14]|four)\b(?:\s+digits)?{_NEAR}{_CUE}|(?<!\w){_MASKED})"
        rf"[^\d\n]{{0,12}}?(?P<value>{_digits(4)})(?!\w)",
        re.IGNORECASE,
    )


_NOT_DIGITS = re.compile(r"\D")


def _could_be_issued(written: str) -> bool:
    number = "".join(str(int(digit)) for digit in _NOT_DIGITS.sub("", written))
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and group != "00" and serial != "0000"


def _findings(text: str) -> Iterator[PhiFinding]:
    for match in _form().finditer(text):
        if _could_be_issued(match[0]):
            yield _finding(match.span(), "ssn/form")
    if not _HINT_OF_CUE.search(text):
        return
    for match in _after_cue().finditer(text):
        yield _finding(match.span("value"), "ssn/after-cue")
    for match in _last_four().finditer(text):
        yield _finding(match.span("value"), "ssn/last-four")


def _finding(span: tuple[int, int], rule: str) -> PhiFinding:
    return PhiFinding(start=span[0], end=span[1], label=PhiLabel.SSN, rule=rule)


def find_ssns(text: str) -> list[PhiFinding]:
    """Where a text holds a social security number, whole or its last four digits.

    Digits of any script count, and invisible characters between them do not hide them.

    Args:
        text: as it will be sent.

    Returns:
        one finding a place, the first rule that saw it.
    """
    if not _HAS_FOUR_DIGITS.search(text):
        return []
    seen: dict[tuple[int, int], PhiFinding] = {}
    for finding in _findings(text):
        seen.setdefault((finding.start, finding.end), finding)
    return list(seen.values())
