"""Days with their month in words: "3 March", "the seventh of December". No finding by itself."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._dates._figures import Form, Kind
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import JOINING, NUMBERS, ORDINALS

_REACH = 20
_JOIN_ENDS = frozenset("dr&yoal")
_JOINS = frozenset(("and", "or", "y", "o", "to", "thru", "through", "a", "al"))
_NTHS = frozenset(("st", "nd", "rd", "th"))
_FIGURES = frozenset(map(str, range(1, 32)))
_HALVES: tuple[list[str], ...] = (
    ["am"],
    ["pm"],
    ["a"],
    ["p"],
    [],
)  # or nothing, which can be a year, too
_MOST_SPOKEN = 7
_YEARS = (["mil"], ["dos"])  # a year begins so
_BEFORE_MONTH = frozenset(("of", "de", "st", "nd", "rd", "th", "o", "day"))


@cache
def _after_month() -> re.Pattern[str]:
    return re.compile(
        r"\.?(?:\s{0,2}|\s?-\s?|\sthe\s|/)(?P<day>\d{1,2})(?:st|nd|rd|th|ish)?"
        r"(?![\d%]|:\d|\.\d|/\d(?!\d{3}(?!\d))|\s?[ap]\.?m\b)"
        r"(?:\s?-\s?\d{1,2}(?![\d:/])(?:st|nd|rd|th)?)?"
        r"(?:(?:,\s?|\s|-|/|,?\sdel?\s)"
        r"(?:(?:19|20)\d\d(?!\d)|'?\d\d(?![\d:/%'-])(?!\s?[ap]\.?m?\b)))?"
    )


@cache
def _before_month() -> re.Pattern[str]:
    nth = r"\d{1,2}(?:st|nd|rd|th|o)?"
    return re.compile(
        rf"(?<![\w:/$.#\-])(?:{nth}\s?-\s?)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|o)?"
        r"(?:\s(?:day\s)?(?:of|de)\s|\s?-\s?|[./]|\s{0,2})$"
    )


@cache
def year_after() -> re.Pattern[str]:
    return re.compile(
        r"\.?(?:,?\s(?:de |del |of )?|-|/|\.|,|)(?:19|20)\d\d(?!\d)|'\d\d(?!\d)|-\d\d(?!\d)"
        r"|\.?,?\s(?:del?\s)?'?\d\d(?![\d:/\-])(?!\s?[ap]\.?m?\b)(?=\W|$)|\d\d(?!\d)"
    )


@cache
def _more_days() -> re.Pattern[str]:
    """Another day of the same month: "Feb 3 or 5"."""
    return re.compile(
        r" ?(?:and|or|&|y|o|to|thru|through|al?) ?(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
        r"(?![:/%]|[.,]\d| ?[ap]\.?m?\b)"
    )


@cache
def _days_before() -> re.Pattern[str]:
    """The same before it: "del 3 al 10 de marzo"."""
    return re.compile(r"(?<![\w/:.$-])(?P<day>\d{1,2})(?:st|nd|rd|th)? ?(?:and|or|&|y|o|to|al?) $")


def around_month(view: View, at: int, word: str, forms: list[Form]) -> None:
    form = _around_month(view, at, view.starts[at] + len(word))
    forms.append(form)
    if form.kind == Kind.WRITTEN:
        _more(view, at, form, forms)


def _more(view: View, at: int, form: Form, forms: list[Form]) -> None:
    """Other days of the same month, before it and behind it."""
    lower, start = view.lower, form.start
    before = behind = None
    if lower[start - 1 : start] == " " and lower[start - 2 : start - 1] in _JOIN_ENDS:
        before = _days_before().search(lower, max(0, start - _REACH), start)
    ahead = at + 1
    if ahead < len(view.words) and view.words[ahead] in _NTHS:
        ahead += 1
    if "&" in view.gaps[ahead] or (ahead < len(view.words) and view.words[ahead] in _JOINS):
        behind = _more_days().match(lower, form.end)
    if before or behind:
        forms += [
            Form(*found.span("day"), Kind.WRITTEN)
            for found in (before, behind)
            if found and 0 < int(found["day"]) <= 31
        ]


def _around_month(view: View, at: int, end: int) -> Form:
    text, start, gap = view.lower, view.starts[at], view.gaps[at]
    packed = gap[-1:].isdigit()
    if packed or gap[-2:-1].isdigit() or (at and view.words[at - 1] in _BEFORE_MONTH):
        before = _before_month().search(text, max(0, start - _REACH), start)
        if before and 0 < int(before["day"]) <= 31:
            year = year_after().match(text, end)
            return Form(before.start(), year.end() if year else end, Kind.WRITTEN)
    behind = view.gaps[at + 1]
    if behind == " ":
        after = None
        if view.words[at + 1 : at + 2] == ["the"]:
            after = _after_month().match(text, end)
    elif (
        behind[:1] == behind[-1:] == " "
        and behind[1:-1] in _FIGURES
        and (view.words[at + 1 : at + 2] not in _HALVES)
    ):
        return Form(start, end + len(behind) - 1, Kind.WRITTEN)  # as most are: "Dec 1 at two"
    else:
        after = _after_month().match(text, end)
    if after and 0 < int(after["day"]) <= 31:
        return Form(start, after.end(), Kind.WRITTEN)
    form = _spelled(view, at, end)
    year_end = long_year(year_after().match(text, form.end))
    if year_end:
        kind = Kind.MONTHLY if form.kind == Kind.MONTH else form.kind
        return Form(form.start, year_end, kind)
    return form


def long_year(year: re.Match[str] | None) -> int:
    """Where a year ends that is surely one: "2025", "'25"; 0 if there is none."""
    return year.end() if year and (year[0][-4:].isdigit() or "'" in year[0]) else 0


def _spelled(view: View, at: int, end: int) -> Form:
    """A month with its day in words ("the seventh of December"), or else alone."""
    words = view.words
    first, last = at, at
    if at > 1 and words[at - 1] in {"of", "de"} and words[at - 2] in ORDINALS:
        first = at - 2
    elif at and words[at - 1] in ORDINALS:
        first = at - 1
    elif at + 1 < len(words) and words[at + 1] in NUMBERS - JOINING and view.gaps[at + 1] == " ":
        last = at + 1
    elif words[at + 1 : at + 2] == ["the"] and words[at + 2 : at + 3] and words[at + 2] in ORDINALS:
        last = at + 2
    if first == last:
        return Form(view.starts[at], end, Kind.MONTH)
    if first and words[first - 1] in {"twenty", "thirty"}:
        first -= 1
    last = last_number(view, last)
    if words[last + 1 : last + 2] in (["de"], ["del"]) and words[last + 2 : last + 3] in _YEARS:
        last = last_number(view, last + 2)
    return Form(view.starts[first], view.ends[last], Kind.WRITTEN)


def last_number(view: View, last: int) -> int:
    """The last of the words that say figures behind a word."""
    limit = min(len(view.words), last + _MOST_SPOKEN)
    while last + 1 < limit and view.words[last + 1] in NUMBERS:
        last += 1
    return last - (view.words[last] in JOINING)
