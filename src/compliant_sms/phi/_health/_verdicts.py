"""What tests gave, in words: "positive", "no growth", "grew MRSA"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

Place = tuple[int, int, str]  # with the rule that saw it

_BACK = 8  # words between a test and what it gave
_PROVED = Kind.PROCEDURE | Kind.MEASURE | Kind.CONDITION
_ORDERED = Kind.PROCEDURE | Kind.MEASURE


@cache
def _grade() -> re.Pattern[str]:
    return re.compile(
        r"(?:completely|slightly|mildly|very|a bit|too|still|non|not|none|weak(?:ly)?|faint(?:ly)?"
        r"|strong(?:ly)?)[ -]$"
    )


@cache
def _positive_for() -> re.Pattern[str]:
    return re.compile(
        r" (?:for|a|para|de|con) (?:(?:type|tipo) \d{1,2}"
        r"|(?:strep|hep|group|influenza|flu|type|covid|e|c|h|high|bacterial|yeast|genital)\.?"
        r" [a-z\d][\w-]{0,20}|[a-z][\w-]{0,20}(?: (?:a|b|c|[ivx]{1,3})\b)?)"
    )


@cache
def _of() -> re.Pattern[str]:
    return re.compile(r" of [a-z]{3,20}")


_NONE_OF = frozenset({"evidence", "growth", "sign", "signs"})


def verdicts(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Words that say what a test gave."""
    tests = {term.last: term for term in terms if term.kind & _PROVED}
    begins = {term.first for term in terms if term.kind & _ORDERED and not term.everyday}
    for index in view.marked(marks.VERDICT):
        end, word = view.ends[index], view.words[index]
        if word in _NONE_OF:
            if terms and index and view.words[index - 1] == "no":
                what = _of().match(view.lower, end)
                yield view.starts[index - 1], what.end() if what else end, "verdict"
        elif word not in cues("finds"):
            yield from _verdict(view, index, tests, begins)


def _verdict(view: View, index: int, tests: dict[int, Term], begins: set[int]) -> Iterator[Place]:
    start, end, word = view.starts[index], view.ends[index], view.words[index]
    sure = word in cues("sure verdicts")
    what = _positive_for().match(view.lower, end) if sure else None
    if what:
        yield start, what.end(), "verdict"
    elif sure and (analyte := _analyte(view, index, tests)):
        yield analyte.start, end, "verdict"
    elif (sure or word in _BEFORE_A_TEST) and _is_before(view, index, begins):
        yield start, end, "verdict"
    elif _tested(view, index, tests, sure=sure):
        grade = _grade().search(view.lower, max(0, start - 12), start)
        risk = word in _AMOUNTS and view.words[index + 1 : index + 2] == ["risk"]
        if word == "reactive" and view.gaps[index] == "-" and view.words[index - 1] == "non":
            start = view.starts[index - 1]
        code = in_brackets().match(view.plain, end)
        end = code.end() if code else view.ends[index + risk]
        yield grade.start() if grade else start, end, "verdict"


@cache
def in_brackets() -> re.Pattern[str]:
    """How a laboratory calls it, or its gene: "abnormal (ASC-US)", "Lynch syndrome (MSH2)"."""
    return re.compile(r" \([A-Z]{2,5}(?:-[A-Z]{1,3})?(?:-?\d{1,3})?\)")


def _is_before(view: View, index: int, begins: set[int]) -> bool:
    """Whether a test follows: "positive strep test", "salio positiva la prueba"."""
    if view.gaps[index + 1] != " ":
        return False
    if index + 2 in begins:
        return view.words[index + 1] in {"la", "el", "mi", "su"} and view.gaps[index + 2] == " "
    return index + 1 in begins


_BEFORE_A_TEST = frozenset({"abnormal", "anormal"})
_AMOUNTS = frozenset({"low", "high", "elevated", "borderline", "alto", "alta", "bajo", "baja"})
_OF_A_TEST = frozenset(
    {"igm", "igg", "iga", "ige", "ab", "antibody", "antibodies", "antigen", "ag"}
)


def _analyte(view: View, index: int, tests: dict[int, Term]) -> Term | None:
    """The germ or gene right before a verdict: "HPV 16 positive", "BRCA2 positive"."""
    at = index - 1
    while at >= 0 and view.words[at] in _OF_A_TEST:
        at -= 1
    term = None if index in tests else tests.get(at)  # "hiv positive" is a state
    if term is None or term.kind != Kind.CONDITION or not _WITHIN.issuperset(view.gaps[index]):
        return None
    return term


_WITHIN = frozenset(" 0123456789+")


def _tested(view: View, index: int, tests: dict[int, Term], *, sure: bool) -> bool:
    """Whether a test stands before a verdict, with nothing but small words between."""
    amount = view.words[index] in _AMOUNTS
    for at in range(index - 1, max(-1, index - 1 - _BACK), -1):
        gap = view.gaps[at + 1]
        if ". " in gap or (amount and any(map(str.isdigit, gap))):
            return False
        if at in tests or view.words[at] in cues("tested") or view.words[at] in _OF_A_TEST:
            return sure or at not in tests or tests[at].kind != Kind.CONDITION
        if view.words[at] not in cues("gave"):
            return False
    return False


def findings_of_tests(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Illnesses that a test showed: "the culture grew MRSA"."""
    ill = [term for term in terms if term.kind == Kind.CONDITION]
    if not ill:
        return
    tests = cues("proving")
    proving = [at for at, word in enumerate(view.words) if word in tests]
    for term in ill if proving else ():
        before = bisect_left(proving, term.first)
        begin = _shown(view, proving[before - 1], term.first) if before else None
        if begin is not None:
            after = _after_finding().match(view.lower, term.end)
            yield view.starts[begin], after.end() if after else term.end, "finding"


@cache
def _after_finding() -> re.Pattern[str]:
    return re.compile(
        r" in situ\b| \d(?:/\d)?\b|,? (?:right|left) (?:upper|lower|middle) lobe\b| seen\b"
    )


_FAR = 12  # words between a test and what it showed


def _shown(view: View, test: int, first: int) -> int | None:
    """The first word of what a test showed, when nothing but that stands between."""
    if first - test > _FAR:
        return None
    begin = first
    while begin > test + 1 and view.words[begin - 1] in cues("of a finding"):
        begin -= 1
    said = view.words[begin - 1] in cues("finds") or "=" in view.gaps[begin]
    if not said or any("." in view.gaps[at] for at in range(test + 1, first + 1)):
        return None
    while view.words[begin] in _ARTICLES and begin < first:
        begin += 1
    return begin


_ARTICLES = frozenset({"a", "an", "un", "una", "some", "the"})
