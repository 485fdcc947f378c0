"""How far a number of record reaches, and what it looks like."""

from __future__ import annotations

import re
from functools import cache

from attrs import frozen

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks

_JOINING = frozenset("-*•_/:")
_BEFORE_UNITS = frozenset(" %$/:.,")
_LONGEST_FIRST = 9
_LONGEST, _LONGEST_LEAD, _LONGEST_GROUP, _MOST_GROUPS, _MOST_SMALL = 48, 18, 6, 5, 4
_FEW, _SOME, _MANY, _CODE = 4, 5, 6, 4
_NO_LEAD = marks.RECORD_CUE | marks.NAMING | marks.LINK | marks.OTHER_NUMBER


@cache  # compiled at first use, like all patterns here
def _rest() -> re.Pattern[str]:
    return re.compile(r"(?:(?:[-*_]|[/:](?=[0-9A-Z]{2}))?[A-Za-z0-9*]){0,63}+")


@cache
def _refused() -> re.Pattern[str]:
    """Dates, years, times, ordinals and amounts."""
    return re.compile(
        r"(?:0?[1-9]|[12]\d|3[01])([-/])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)?\d\d"
        r"|(?:19|20)\d\d([-/])\d{1,2}\2\d{1,2}|\d{1,2}-\d{1,2}|\d{1,3}/\d{1,3}|\d{1,2}:\d\d.*"
        r"|\d{1,2}-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-?(?:\d{2}){0,2}"
        r"|(?:19|20)\d\d-(?:19|20)?\d\d|(?:[01]\d|2[0-3])[0-5]\d-(?:[01]\d|2[0-3])[0-5]\d"
        r"|\d{1,4}(?:a|p)|\d{1,5}(?:mg|mcg|ml|kg|g|lbs?|am|pm|st|nd|rd|th|yo|hrs?|h|min|x|iu|k|ft)",
        re.IGNORECASE,
    )


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(
        r"[%$]|[/:]\d|\.\d|,\d{3}(?!\d)"
        r"| ?(?:mg|mcg|ml|units?|am|pm|dollars|bucks|days?|weeks?|months?|years?|times|people|%)\b"
    )


@cache
def _group() -> re.Pattern[str]:
    """What may stand behind a blank: figures, and capitals among them."""
    return re.compile(r" (?P<group>[0-9A-Z-]*[0-9][0-9A-Z-]*)(?![\w/%$]|[.:,]\d)")


@cache
def _lettered_group() -> re.Pattern[str]:
    return re.compile("[0-9]{3,4}[A-Z]")


@cache
def _check_digit() -> re.Pattern[str]:
    return re.compile(
        r"[A-Z] \d(?![\w/%$]|[.:,]\d)"
        r"|\d [A-HJ-Z](?=[.,;?!]|$| (?:is|but|and|still|on|or|for|my|in|not|it)\b)"
    )


@cache
def _spaced() -> re.Pattern[str]:
    """One character after the other."""
    return re.compile(r"(?:\s{1,4}[0-9A-Za-z](?!\w)){4,24}")


@cache
def _phone() -> re.Pattern[str]:
    return re.compile(r"(?:1?[- ]?[2-9]\d\d[- ]?[2-9]\d\d[- ]?|[2-9]\d\d[- ])\d{4}")


@cache
def _year() -> re.Pattern[str]:
    return re.compile(r"(?:19|20)\d\d")


@cache
def _procedure() -> re.Pattern[str]:
    """A code of a procedure or a drug that anybody may be billed for: HCPCS, CDT."""
    return re.compile(r"[A-V]\d{4}")


@frozen
class Number:
    """A run of letters and figures.

    Attributes:
        start: where it begins.
        end: where it ends.
        digits: how many figures it has.
        weight: how much it looks like a number of record, from -1 for a year.
        is_code: whether letters or dashes stand among the figures.
        is_phone: whether it reads as a telephone number.
    """

    start: int
    end: int
    digits: int
    weight: int
    is_code: bool
    is_phone: bool


def may_be_number(view: View, figure: int) -> bool:
    """Whether a run of figures is worth a closer look: not a day, an hour or an amount."""
    begin, end = view.figures[figure]
    if end - begin >= _FEW - 1:
        return True
    text = view.plain
    after, next_one = text[end : end + 1], text[end + 1 : end + 2]
    if after == " ":
        return next_one.isdigit() or text[end + 2 : end + 3] in (" ", "")
    if after in _JOINING and after:
        return next_one.isalnum() and (after not in "/:" or next_one.isalpha())
    before = text[begin - 1 : begin]
    return after.isalpha() or before.isalpha() or (before != "" and before in _JOINING)


def read_number(view: View, figure: int) -> Number | None:
    """The number of record that a run of figures belongs to, if it can be one."""
    text = view.plain
    begin, until = view.figures[figure]
    start = _begin(text, begin)
    if start is None:
        return None
    rest = _rest().match(text, until)
    end = rest.end() if rest else until
    if end - until > _LONGEST or text[end : end + 1].isalnum():
        return None
    if end - start > until - begin and _refused().fullmatch(text, start, end):
        return None
    after, further = text[end : end + 1], text[end + 1 : end + 2]
    if after and after in _BEFORE_UNITS and _unit().match(text, end):
        return None
    last = _further(text, start, end) if after.isspace() and further.strip() else end
    first = _lead(view, start) if text[start - 2 : start - 1].isupper() else start
    run = text[start:last].replace(" ", "")
    digits = sum(map(str.isdigit, run))
    if digits == 1:
        return None
    is_phone = bool(_phone().fullmatch(text, start, last))
    weight = 0 if is_phone else _weight(text[first:start], run)
    return Number(first, last, digits, weight, weight == _CODE, is_phone)


def _weight(lead: str, run: str) -> int:
    digits = sum(map(str.isdigit, run))
    letters = (lead.strip() + run).replace("-", "")
    jumbled = len(letters) >= _MANY and letters.isalnum() and run.isupper()
    if not run.isdigit() and (digits >= _FEW or jumbled):
        return 1 if _procedure().fullmatch(run) else _CODE
    if digits == _FEW:
        return -1 if _year().fullmatch(run) else 2 if lead else 1
    if lead and digits > _SOME:
        return _CODE
    return 0 if digits < _FEW else 2 if digits == _SOME else 3


def _begin(text: str, begin: int) -> int | None:
    """Where letters, dashes or a mask before figures begin; nowhere for a price or a decimal."""
    start = begin
    before = text[begin - 1 : begin]
    if not before or before in " \n(#":
        return start
    while start and begin - start < _LONGEST_LEAD:
        if not (text[start - 1].isalnum() or text[start - 1] in _JOINING):
            break
        start -= 1
    while text[start] in "-_/:":
        start += 1
    letters = text[start:begin]
    if letters.lower().strip("-_:") in _JOINED_CUES:
        return begin
    before = text[start - 1 : start]
    if before in "$+" and before:
        return None
    if before in ".," and before and text[max(0, start - 2)].isdigit():
        return None
    return None if letters.islower() and letters.isalpha() and len(letters) > _MOST_SMALL else start


_JOINED_CUES = frozenset(("rx", "mrn", "acct", "id", "no", "dl", "mr", "ssn"))


def _further(text: str, start: int, end: int) -> int:
    """The end of the groups of figures that follow behind blanks."""
    if end - start == 1 or text[end] != " ":
        spaced = _spaced().match(text, end)
        return spaced.end() if spaced else end
    groups = 1
    last = start
    longest = _LONGEST_GROUP if text[start:end].isdigit() else _LONGEST_FIRST
    while end - last <= longest and groups <= _MOST_GROUPS and "*" not in text[start:end]:
        found = _group().match(text, end)
        if not found or _is_other(text, found, groups):
            break
        last, end = found.span("group")
        longest = _LONGEST_GROUP
        groups += 1
    return end + 2 if _check_digit().match(text, end - 1) else end


def _is_other(text: str, found: re.Match[str], groups: int) -> bool:
    """Whether a group is rather a telephone number, a date, an amount or one of few figures."""
    start, end = found.span("group")
    few = end - start <= (0 if groups > 1 else 2)
    if few and not _group().match(text, end):
        return True
    if groups > 1 and _lettered_group().fullmatch(text, start, end):
        return False  # no hour: "884 221 907A"
    return bool(
        _phone().fullmatch(text, start, end)
        or _refused().fullmatch(text, start, end)
        or _unit().match(text, end)
    )


def _lead(view: View, start: int) -> int:
    """Where capitals before a blank begin: ``KLT 4471``."""
    at = view.word_at(start) - 1
    if at < 0 or view.ends[at] != start - 1 or view.plain[start - 1] != " ":
        return start
    begin = view.starts[at]
    short = start - begin <= _LONGEST_GROUP and view.is_shouted(at)
    apart = begin == 0 or view.plain[begin - 1] in " (:#\n"
    free = not view.marks[at] & _NO_LEAD or view.words[at] == "a"
    return begin if short and apart and free else start
