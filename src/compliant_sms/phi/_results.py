"""Values and findings of tests, of the laboratory or taken at home."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import cues
from compliant_sms.phi._health_terms import Kind, Term, found_at, read_health
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._view import View

__all__ = ["find_results"]

_Place = tuple[int, int, str]  # with the rule that saw it
_HOUR = 1  # "at 9" is a time
_PART_OF_IT = frozenset({"sat", "sats", "level", "count"})
_TESTS = Kind.PROCEDURE | Kind.MEDICATION  # vitamin D is both
_UNITS = (
    r"mg/dl|ng/ml|ng/dl|pg/ml|miu/l|miu/ml|uiu/ml|ug/dl|mcg/dl|mmol/l|iu/l|u/l|g/dl|mmhg|bpm|"
    r"copies/ml"
)
_NUMBER = (
    r"\d{1,3}(?:,\d{3}\b|\d{0,3}(?:[.,]\d{1,3})?(?:\+\d)?)"
    rf"(?: ?(?:%|{_UNITS}|lbs?|ml|oz|pounds|kgs?|kilos|libras|degrees|grados|copies|f|c)(?![\w/])"
    r"(?: \d{1,2}(?: ?oz)?\b)?)?"
)
# What follows makes it a date, a time, a price or a while.
_NO_VALUE = (
    r"(?![\w/:%]|[.,]\d|-\d| ?(?:off|am|pm|a\.m|p\.m|days?|weeks?|wks?|months?|hours?|hrs?|"
    r"years?|yrs?|mins?|minutes?|times?|x|dias?|semanas?|meses|horas?)\b)"
)


@cache
def _value() -> re.Pattern[str]:
    return re.compile(rf"{_NUMBER}(?: ?[=-] ?(?:low|high|normal)\b)?{_NO_VALUE}")


@cache
def _with_unit() -> re.Pattern[str]:
    return re.compile(
        rf"\d{{1,5}}(?:\.\d{{1,3}})? ?(?:{_UNITS})(?!\w)(?: ?[=-] ?(?:low|high|normal)\b)?"
    )


@cache
def _pressure() -> re.Pattern[str]:
    return re.compile(r"(\d{2,3}) ?(/|over|sobre) ?(\d{2,3})(?![\w/-]|\.\d)")


@cache
def _warmth() -> re.Pattern[str]:
    return re.compile(
        r"(?:(?:9[5-9]|10[0-7])\.\d|10[0-6]|(?:3[5-9]|4[0-2])(?:[.,]\d)?)"
        r"(?: ?(?:f|c|degrees|grados)\b)?(?![\w/:-]|[.,]\d)"
    )


@cache
def _lens() -> re.Pattern[str]:
    """What glasses are made by: "-3.75 -1.25 x 170"."""
    return re.compile(r"\d{1,2}\.\d(?:0|5)(?: [+-]\d\.\d{2})?(?: ?x ?\d{1,3})?(?![\w.])")


@cache
def _grade() -> re.Pattern[str]:
    return re.compile(r"(?:completely|slightly|mildly|very|a bit|too|still|all|not|weakly) $")


@cache
def _positive_for() -> re.Pattern[str]:
    return re.compile(
        r" (?:for|a|para) (?:(?:type|tipo) \d{1,2}|[a-z][\w-]{0,20}(?: (?:a|b|c|[ivx]{1,3})\b)?)"
    )


@cache
def _blood_type() -> re.Pattern[str]:
    return re.compile(
        r"(?:type|tipo(?: de sangre)?) (?:is |es )?"
        r"(?P<type>(?:ab|a|b|o)(?: ?[+-](?!\w)| (?:pos|neg)(?:itiv[eo]|ativ[eo])?\b))"
    )


def find_results(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says what a test or a measurement gave."""
    verdict = view.said & marks.VERDICT
    typed = "type " in view.lower or "tipo " in view.lower
    if not (verdict or view.has_digit or typed):
        return ()
    read = view.health or read_health(view)
    spans = list(_numbers(view, read.terms)) if view.has_digit else []
    if verdict:
        spans += _verdicts(view, read.terms)
    for matched in _blood_type().finditer(view.lower) if typed else ():
        spans.append((*matched.span("type"), "blood-type"))
    if not spans or not read.personal:
        return ()
    return [
        found_at((start, end), PhiLabel.TEST_RESULT, f"result/{rule}") for start, end, rule in spans
    ]


def _numbers(view: View, terms: tuple[Term, ...]) -> Iterator[_Place]:
    for term in terms:
        if _has_value(view, term):
            yield from _values(view, term)
    lower = view.lower
    over = " over " in lower or " sobre " in lower
    slash = "/" in lower
    if not (terms or over or slash):
        return
    said = {view.words[term.last] for term in terms}
    bare = over or "bpm" in lower or "mmhg" in lower or not said.isdisjoint(cues("warm"))
    for start, end in view.figures:
        if not (bare or slash or lower[end : end + 1] == "."):
            continue
        before = lower[start - 1 : start] if start else " "
        if before in _SIGNS:
            if found := _lens().match(lower, start):
                yield start - 1, found.end(), "lens"
        elif not before.isalnum() and before not in _NO_NUMBER_AFTER:
            yield from _alone(lower, (start, end), said, over=over)


def _alone(
    lower: str, figure: tuple[int, int], said: AbstractSet[str], *, over: bool
) -> Iterator[_Place]:
    """What tells by its form what it measures: a pressure, a unit, a temperature."""
    start, end = figure
    after = lower[end : end + 1]
    if (over or after == "/") and (found := _pressure().match(lower, start)):
        cue = after != "/" or not said.isdisjoint(cues("pressure"))
        if _plausible(int(found[1]), int(found[3]), cue=cue):
            yield *found.span(), "pressure"
    elif lower.startswith(_OF_TEN, end) and not said.isdisjoint(_PAIN):
        yield start, end + len(_OF_TEN), "pain"
    elif found := _with_unit().match(lower, start):
        yield *found.span(), "unit"
    elif (found := _warmth().match(lower, start)) and _is_warmth(lower, found, said):
        yield *found.span(), "warmth"


_SIGNS = frozenset("+-")
_NO_VALUE_AFTER = frozenset(".$/-")
_NO_NUMBER_AFTER = frozenset(".$/-:,")
_PAIN = frozenset({"pain", "dolor"})
_OF_TEN = "/10"


def _values(view: View, term: Term) -> Iterator[_Place]:
    """What follows a measure: its value, then further ones: "8.2 %, up from 7.1 %"."""
    lower, figures = view.lower, view.figures
    begin, last, links = term.end, term.last, cues("to a value")
    at = bisect_left(figures, (begin,))
    while at < len(figures):
        start = figures[at][0]
        after = view.word_at(start)
        if after - last > _FARTHEST:
            return
        between = view.words[last + 1 : after]
        if not links.issuperset(between):
            return
        gap = lower[begin:start]
        if (
            ". " in gap
            or not (found := _value().match(lower, start))
            or gap[-1:] in _NO_VALUE_AFTER
        ):
            return
        if between and between[-1] == "at" and len(found[0]) <= _HOUR:
            return
        whole = begin == term.end and term.kind == Kind.MEASURE and _PART_OF_IT.issuperset(between)
        yield term.start if whole else start - (gap[-1:] in _LIMITS), found.end(), "measure"
        begin, links = found.end(), cues("to a further value")
        last, at = view.word_at(begin) - 1, bisect_left(figures, (begin,))


_FARTHEST = 10  # words between a measure and its value
_LIMITS = frozenset("<>")


def _is_warmth(lower: str, match: re.Match[str], said: AbstractSet[str]) -> bool:
    """Whether a number is somebody's temperature, not a limit."""
    if not said.isdisjoint(cues("warm")):
        return not lower.endswith(
            ("over ", "above ", "than ", "mas de ", "under ", "below "), 0, match.start()
        )
    return "." in match[0] and lower.endswith(_HAS, 0, match.start())


_HAS = ("had ", "at ", "has ", "of ", "is ", "was ", "tiene ", "tuvo ", "a ", "con ")


def _has_value(view: View, term: Term) -> bool:
    return term.kind == Kind.MEASURE or (
        bool(term.kind & _TESTS) and view.words[term.last] in cues("valued")
    )


def _plausible(upper: int, lower: int, *, cue: bool) -> bool:
    return 70 <= upper <= 260 and 35 <= lower <= 160 and upper > lower and (cue or upper >= 100)


_BACK = 6  # words between a test and what it gave


def _verdicts(view: View, terms: tuple[Term, ...]) -> Iterator[_Place]:
    tests = {term.last for term in terms if term.kind & _PROVED}
    for index in view.marked(marks.VERDICT):
        start, end = view.starts[index], view.ends[index]
        if view.words[index] in _NONE_OF:
            if terms and index and view.words[index - 1] == "no":
                what = _of().match(view.lower, end)
                yield view.starts[index - 1], what.end() if what else end, "verdict"
            continue
        sure = view.words[index] in cues("sure verdicts")
        what = _positive_for().match(view.lower, end) if sure else None
        if what or (_tested(view, index, tests)):
            grade = _grade().search(view.lower, max(0, start - 12), start)
            yield grade.start() if grade else start, what.end() if what else end, "verdict"


@cache
def _of() -> re.Pattern[str]:
    return re.compile(r" of [a-z]{3,20}")


_NONE_OF = frozenset({"evidence", "growth", "sign", "signs"})
_PROVED = Kind.PROCEDURE | Kind.MEASURE | Kind.CONDITION


def _tested(view: View, index: int, tests: set[int]) -> bool:
    """Whether a test stands before a verdict, with nothing but small words between."""
    for at in range(index - 1, max(-1, index - 1 - _BACK), -1):
        if at in tests or view.words[at] in cues("tested"):
            return True
        if view.words[at] not in cues("gave") or "." in view.gaps[at + 1]:
            return False
    return False
