"""Telephone and fax numbers, whole or in part: 45 CFR 164.514(b)(2)(i)(D) and (E).

Form: the North American Numbering Plan; other plans are read by ``phonenumbers``. The number of a
practice reads like that of a patient: the words around it say whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from operator import or_

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._numbers._phone_parts import told_apart
from compliant_sms.phi._numbers._spoken_figures import spoken_runs
from compliant_sms.phi._numbers._whose_phone import Whose, is_fax
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words import _marks as marks

_TOLL_FREE = frozenset(("800", "833", "844", "855", "866", "877", "888"))
_BEFORE, _NEAR, _TWO, _AREA, _LAST, _TEN = 4, 8, 2, 3, 4, 10
_SPOKEN_LENGTHS = frozenset((7, 10, 11))
# How many figures a number of ten or seven may begin with; a longer run is one of elsewhere.
_BEGINNINGS = frozenset((6, 7, 10, 11))
_LENGTHS = _BEGINNINGS | {1, _AREA}
_EITHER = frozenset(("or", "and", "o", "y", "/", "&", "or (", "vs"))
_SEPARATORS = frozenset("-). /·(_*")


@cache  # compiled at first use, like all patterns here
def _american() -> re.Pattern[str]:
    """From the area code on; with fewer figures the area is left out."""
    gap = r"[-. /·_*]{0,3}"
    last = rf"[2-9][0-9]{{2}}{gap}[0-9]{{4}}"
    end = r"(?!(?!x[0-9])\w|[-./][0-9])"
    extension = r"(?P<extension>,? ?(?:ext(?:\.|ension)?|x) ?[0-9]{1,5}\b)?"
    return re.compile(
        rf"(?:1{gap}\(?)?(?P<area>[2-9][0-9]{{2}})\)?{gap}{last}{end}{extension}"
        rf"|[2-9][0-9]{{2}}(?P<gap>[-. ·]{{0,3}})[0-9]{{4}}{end}"
        r"(?:,? ?(?:ext(?:\.|ension)?|x) ?[0-9]{1,5}\b)?"
    )


@cache
def _foreign() -> re.Pattern[str]:
    """With a country's code, or with the nought of a call inside another country."""
    return re.compile(
        r"(?P<area>)(?P<extension>)(?:[1-9](?:[-. ()]{0,2}[0-9]){6,13}"
        r"|0\)?[0-9]?(?:[-. ()]{0,2}[0-9]){8,12})(?!\w|-[0-9])"
    )


@cache
def _last_figures() -> re.Pattern[str]:
    return re.compile(
        r"(?:\W|\b(?:4|in|with|en|con|four|cuatro|digits?|numbers?|digitos|are|is|of|son|es|ssn|my"
        r"|the|mi|de|code|phone|cell|mobile|telefono|celular)\b){0,16}?"
        r"(?P<last>[0-9]{2} [0-9]{2}|[0-9]{2,4})(?![\w/%-]|[.,:]\d)"
    )


@cache
def _other_figures() -> re.Pattern[str]:
    return re.compile(
        r",? (?:(?:and|now|but|y) )?(?:not|instead of|no longer|isn't|no) (?P<last>[0-9]{4})"
        r"(?![\w/%-]|[.,:]\d)"
    )


@cache
def _named_figures() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:the|that|my|old|new) (?P<one>0[0-9]{3}|[2-9][0-9]{3}) (?:one|number|cell|phone)\b"
        r"|\bmy (?:(?:new|old|cell|phone|best) )?(?:number|cell|phone)(?: is|,|:)"
        r" (?P<last>[0-9]{4})(?![\w/%-]|[.,:][0-9])"
    )


@cache
def _masked() -> re.Pattern[str]:
    return re.compile(r"\(?[*x•#]{3}\)?[-. ]{0,2}[*x•#]{3}[-. ]?(?P<last>[0-9]{4})(?!\w)")


_BETWEEN_FIGURES = r"(?: - |  |[-. ])"


@cache
def _one_by_one() -> re.Pattern[str]:
    """At least ten figures, each by itself."""
    return re.compile(rf"[0-9](?<![0-9][0-9])(?:{_BETWEEN_FIGURES}[0-9](?![0-9])){{{_TEN - 1},}}+")


@cache
def _goes_on() -> re.Pattern[str]:
    return re.compile(rf"{_BETWEEN_FIGURES}[0-9]")


def find_phones(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Numbers at which somebody is reached, but for the practice's own and public ones."""
    found: list[PhiFinding] = []
    if view.said & marks.CAR_OR_DIGIT:
        found += _spoken(view)
    if not view.figures:
        return found
    text = view.lower
    numbers = list(_numbers(view))
    if numbers:
        found += _judged(view, numbers)
    if len(view.figures) >= _TEN:
        found += [_part(*span, "phone/apart") for span in _apart(view)]
    if "***" in text or "xxx" in text or "•••" in text:
        found += [_part(*match.span("last"), "phone/part") for match in _masked().finditer(text)]
    if view.said & marks.PART and view.said & marks.PHONE_WORD:
        found += _partial(view)
    if view.said & marks.PHONE_WORD and any(end - begin == _LAST for begin, end in view.figures):
        found += _named_parts(view)
    if not found and len(view.figures) == _TWO and patient_writes(view):
        found += [_part(*span, "phone/part") for span in told_apart(view)]
    if found:
        found += _corrected(view, found)
    return found


def _apart(view: View) -> Iterator[tuple[int, int]]:
    """Ten figures one by one: "6 1 4 5 5 5 0 1 3 3"."""
    text = view.lower
    for match in _one_by_one().finditer(text):
        ten = text[match.start()] not in "01" and sum(map(str.isdigit, match[0])) == _TEN
        if ten and not _goes_on().match(text, match.end()):
            yield match.span()


def _numbers(view: View) -> Iterator[re.Match[str]]:
    """All that reads as a telephone number, whosever it is."""
    text, until = view.lower, 0
    abroad = "+" in text or (view.said & marks.PHONE_WORD and "0" in text)
    if not abroad and view.longest < _AREA:
        return
    for begin, end in view.figures:
        if begin < until or not (abroad or end - begin in _LENGTHS):
            continue
        if end - begin == 1 and not abroad and not text[end + 2 : end + 4].isdigit():
            continue  # no area code behind a country's 1
        if _may_begin(text, begin, end) or (abroad and _may_be_abroad(text, begin)):
            match = _number(view, begin, end - begin)
            if match:
                until = match.end()
                yield match


def _may_begin(text: str, begin: int, end: int) -> bool:
    """A quick look: an area code, a country's 1, or seven figures and more in one piece."""
    long = end - begin
    if long == 1:
        return text[begin] == "1" and text[end + 1 : end + 3].strip("(").isdigit()
    return (long == _AREA and text[end : end + 1] in _SEPARATORS) or long in _BEGINNINGS


def _may_be_abroad(text: str, begin: int) -> bool:
    return text[begin] == "0" or text[begin - 1 : begin] == "+"


def _number(view: View, begin: int, length: int) -> re.Match[str] | None:
    """A number that begins with a run of figures: of North America, or of elsewhere."""
    text = view.lower
    if text[begin - 1 : begin] == "+" and text[begin] != "1":
        match = _foreign().match(text, begin)
        return match if match and _has_country(match[0]) else None
    match = _american().match(text, begin) if text[begin] != "0" else None
    if match and _is_start(text, begin):
        if match["area"]:
            # Ten digits in one piece may count anything, unless the area code is in use.
            return match if length != _TEN or _is_area(match["area"]) else None
        if match["gap"].strip() or _is_near(view, begin):
            return match
    if text[begin] == "0" and view.said & marks.PHONE_WORD:
        match = _foreign().match(text, begin)
        return match if match and _is_start(text, begin) else None
    return None


def _is_start(text: str, begin: int) -> bool:
    """Not inside a word, a price or a longer number."""
    at = begin - 1
    while at >= 0 and text[at] in "(+":
        at -= 1
    if at < 0 or text[at] == " ":
        return True
    if text[at] in ".#" and text.endswith(_CUES, 0, at):
        return True  # "ph#6145550133", "cel.6145550133"
    if text[at] in "-./":
        return at == 0 or not text[at - 1].isalnum()
    return not text[at].isalnum() and text[at] not in "_$#"


_CUES = ("ph", "phone", "cell", "cel", "tel", "fax", "my", "mobile", "home")


def _is_near(view: View, begin: int) -> bool:
    """Whether the words right before are of a telephone or of a person."""
    at = view.word_at(begin)
    return any(
        mark & (marks.PHONE_WORD | marks.PERSONS) and not mark & marks.NAMING
        for mark in view.marks[max(0, at - _BEFORE) : at]
    )


def _has_country(written: str) -> bool:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 - few texts get here

    digits = "".join(filter(str.isdigit, written[:5]))
    return any(int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3))


@cache  # there are 800
def _is_area(area: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - few texts get here

    return phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}2345678"))


def _judged(view: View, numbers: list[re.Match[str]]) -> Iterator[PhiFinding]:
    """Those that are a person's; of two that "or" joins, both are if one is."""
    whose = Whose(view)
    persons = [
        whose.is_persons(*match.span(), toll_free=match["area"] in _TOLL_FREE) for match in numbers
    ]
    for at, match in enumerate(numbers):
        if persons[at] or (
            any(persons[at + 1 : at + 2]) and _are_either(view, *numbers[at : at + 2])
        ):
            yield _whole(view, match)


def _are_either(view: View, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two numbers stand for the same: "503-555-0187 or 503-555-0188"."""
    between = view.lower[one.end() : other.start()]
    return len(between) < _NEAR and between.strip(" (+?") in _EITHER


def _whole(view: View, match: re.Match[str]) -> PhiFinding:
    start, end = match.span()
    before = view.lower[start - 1 : start]
    if before == "+" or (before == "(" and ")" in match[0]):
        start -= 1
    fax = is_fax(view, start, end)
    return PhiFinding(
        start=start,
        end=end,
        label=PhiLabel.FAX if fax else PhiLabel.PHONE,
        rule="fax/number" if fax else "phone/number",
        confidence=Confidence.LIKELY,
    )


def _corrected(view: View, found: list[PhiFinding]) -> Iterator[PhiFinding]:
    """``its 503-555-0187 not 0178``."""
    for finding in found:
        match = _other_figures().match(view.lower, finding.end)
        if match:
            yield _part(*match.span("last"), "phone/part")


def _named_parts(view: View) -> Iterator[PhiFinding]:
    """``trash the 0178 one``, ``my number, 0186``."""
    for match in _named_figures().finditer(view.lower):
        yield _part(*match.span(match.lastgroup or 0), "phone/part")


def _spoken(view: View) -> Iterator[PhiFinding]:
    """``five five five oh one three four``: seven or ten figures in words, and no others."""
    for start, end, count in spoken_runs(view):
        if count in _SPOKEN_LENGTHS:
            yield _part(start, end, "phone/spoken")


def _partial(view: View) -> Iterator[PhiFinding]:
    """Last figures of what the words say is a number to call."""
    for word in view.marked(marks.PART):
        match = _last_figures().match(view.lower, view.ends[word])
        if not match:
            continue
        before = range(max(0, word - _NEAR), word)
        # What is "on file" is no number of the file.
        near = reduce(or_, [view.marks[at] for at in before if view.words[at] != "file"], 0)
        between = view.marks[word + 1 : view.word_at(match.start("last"))]
        near |= reduce(or_, [mark for mark in between if not mark & marks.NAMING], 0)
        if near & marks.PHONE_WORD and not near & (marks.RECORD_CUE | marks.SOCIAL):
            yield _part(*match.span("last"), "phone/part")


def _part(start: int, end: int, rule: str) -> PhiFinding:
    return PhiFinding(
        start=start, end=end, label=PhiLabel.PHONE, rule=rule, confidence=Confidence.LIKELY
    )
