"""Values and findings of tests, of the laboratory or taken at home."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from compliant_sms.phi._audience._health_terms import Term, found_at, is_of_one, read_health
from compliant_sms.phi._health import _values as forms
from compliant_sms.phi._health._findings_told import findings_seen, findings_told, passed
from compliant_sms.phi._health._readings import (
    later_values,
    shown_on_meters,
    value_again,
    values_before,
)
from compliant_sms.phi._health._result_phrases import phrased_results, telling
from compliant_sms.phi._health._trends import trends
from compliant_sms.phi._health._verdicts import Place, findings_of_tests, verdicts
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

_HOUR = 1  # "at 9" is a time
_MEASURE = Kind.MEASURE
_TESTS = Kind.PROCEDURE | Kind.MEDICATION  # vitamin D is both


def find_results(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says what a test or a measurement gave."""
    verdict = view.said & marks.VERDICT or " = " in view.lower
    examined = view.said & marks.EXAMINED
    typed = "type " in view.lower or "tipo " in view.lower
    if not (verdict or examined or view.has_digit or typed or view.said & marks.HEALTH_TERM):
        return ()
    terms = read_health(view).terms
    spans = list(_numbers(view, terms)) if view.has_digit else []
    if view.has_digit:
        spans += values_before(view, terms)
    spans += trends(view, terms)
    if not telling().isdisjoint(view.words):
        spans += shown_on_meters(view)
        spans += phrased_results(view, terms)
    if view.has_digit and not any(rule == "measure" for _, _, rule in spans):
        spans += later_values(view, terms)
    if view.has_digit:
        spans += [again for place in spans if (again := value_again(view.lower, place))]
    if verdict:
        spans += verdicts(view, terms)
        spans += findings_of_tests(view, terms)
    if examined:
        spans += findings_told(view, terms)
        spans += findings_seen(view)
        spans += passed(view, terms)
    for matched in forms.blood_type().finditer(view.lower) if typed else ():
        spans.append((*matched.span("type"), "blood-type"))
    if not spans or not is_of_one(view):
        return ()
    return [
        found_at((start, end), PhiLabel.TEST_RESULT, f"result/{rule}") for start, end, rule in spans
    ]


def _numbers(view: View, terms: tuple[Term, ...]) -> Iterator[Place]:
    reached: set[tuple[int, bool]] = set()
    for term in terms:
        if term.kind == _MEASURE or (term.kind & _TESTS and _has_value(view, term)):
            yield from _values(view, term, reached)
    lower = view.lower
    over = " over " in lower or " sobre " in lower
    slash = "/" in lower
    weighed = "lb" in lower or "pounds" in lower or "kilo" in lower or "libras" in lower
    if not (terms or over or slash or weighed):
        return
    said = {view.words[term.last] for term in terms}
    bare = over or weighed or "bpm" in lower or "mmhg" in lower or not said.isdisjoint(cues("warm"))
    hurts = not said.isdisjoint(_PAIN)
    bare = bare or hurts
    for start, end in view.figures:
        if not (bare or slash or lower[end : end + 1] in _GOES_ON):
            continue
        before = lower[start - 1 : start] if start else " "
        if before in _SIGNS:
            if found := forms.lens().match(lower, start):
                yield start - 1, found.end(), "lens"
        elif before == " " or not (before.isalnum() or before in _NO_NUMBER_AFTER):
            yield from _alone(lower, (start, end), said, over=over, weighed=weighed, hurts=hurts)


_GOES_ON = frozenset({".", ",", "t", "s", "n", "r"})  # "101.4", "5th"


def _alone(
    lower: str,
    figure: tuple[int, int],
    said: AbstractSet[str],
    *,
    over: bool,
    weighed: bool,
    hurts: bool,
) -> Iterator[Place]:
    """What tells by its form what it measures: a pressure, a unit, a temperature."""
    start, end = figure
    after = lower[end : end + 1]
    if (over or after == "/" or lower[end : end + 2] == "s/") and (
        found := forms.pressure().match(lower, start)
    ):
        cue = after != "/" or not said.isdisjoint(cues("pressure"))
        if _plausible(int(found[1]), int(found[3]), cue=cue):
            yield start, found.end(), "pressure"
        elif lower.startswith(_SIGHT, start) and not said.isdisjoint(cues("sight")):
            seen = forms.sight().match(lower, start)
            yield start, seen.end() if seen else end, "sight"
    elif hurts and (ten := _of_ten(lower, end)):
        yield start, ten, "pain"
    elif found := forms.with_unit().match(lower, start):
        yield *found.span(), "unit"
    elif weighed and (place := _moved(lower, start)):
        yield place
    elif lower.startswith(_PERCENTILE, end + 2):
        yield start, end + 2 + len(_PERCENTILE), "percentile"
    elif (found := forms.warmth().match(lower, start)) and _is_warmth(lower, found, said):
        yield *found.span(), "warmth"


_SIGNS = frozenset("+-")
_NO_VALUE_AFTER = frozenset(".$/-")
_NO_NUMBER_AFTER = frozenset(".$/-:,#")
_PAIN = frozenset({"pain", "dolor", "hurts", "duele", "hurting", "ache"})
_OF_TEN = ("/10", "/ 10", " out of 10", " of 10", " de 10")


def _of_ten(lower: str, end: int) -> int:
    """Where "out of 10" ends behind a figure; 0 where it does not stand there."""
    return next((end + len(each) for each in _OF_TEN if lower.startswith(each, end)), 0)


_SIGHT = "20/"
_PERCENTILE = " percentile"
_WAYS = ("up ", "down ", "lost ", "over ", "bajo ", "baje ", "subio ", "subi ", "perdi ", "perdio ")
_GAINED = ("gained ", "gaining ", "weight gain of ", "weight loss of ", "gano ", "aumento ")
_ABOUT = ("about ", "like ", "another ", "almost ")


def _moved(lower: str, start: int) -> Place | None:
    """By how much a weight changed, or what a newborn weighs."""
    found = forms.moved().match(lower, start)
    if found is None:
        return None
    begin = start
    for about in _ABOUT:
        begin -= len(about) if lower.endswith(about, 0, begin) else 0
    way = next((len(way) for way in _WAYS if lower.endswith(way, 0, begin)), 0)
    if way:
        return begin - way, found.end(), "weight"
    told = found["told"] or "." in found[0] or lower.endswith(_GAINED, 0, begin)
    return (start, found.end(), "weight") if told else None


def _values(view: View, term: Term, reached: set[tuple[int, bool]]) -> Iterator[Place]:
    """What follows a measure: its value, then further ones: "8.2 %, up from 7.1 %".

    Args:
        view: the text.
        term: what is measured.
        reached: the values behind which others were looked for already; more are added.
    """
    lower, figures = view.lower, view.figures
    begin, last, links = term.end, term.last, cues("to a value")
    warm = view.words[last] in cues("warm")
    at = bisect_left(figures, (begin,))
    while at < len(figures):
        start = figures[at][0]
        after = view.word_at(start)
        if after - last > _FARTHEST:
            return
        between = view.words[last + 1 : after]
        if not links.issuperset(between) and between[:3] != _CAME_IN:
            return
        gap = lower[begin:start]
        found = forms.value().match(lower, start)
        minus = gap.endswith((" -", "(-", "is -"))
        if ". " in gap or not found or (gap[-1:] in _NO_VALUE_AFTER and not minus):
            return
        if warm and not _LIMITED.isdisjoint(between):
            return
        if between and between[-1] == "at" and (len(found[0]) <= _HOUR or ":" in found[0]):
            return
        if begin == term.end and _is_whole(view, term, gap):
            yield term.start, found.end(), "measure"
        else:
            yield start - (minus or gap[-1:] in _LIMITS), found.end(), "measure"
        if (start, warm) in reached:
            return
        reached.add((start, warm))
        begin, links = found.end(), cues("to a further value")
        last, at = view.word_at(begin) - 1, bisect_left(figures, (begin,))


_CAME_IN = ["came", "in", "at"]
_LIMITED = frozenset({"over", "above", "under", "below"})  # "fever over 100.4?"
_FARTHEST = 10  # words between a measure and its value
_LIMITS = frozenset("<>")
_BELOW_NOTHING = " -"  # "T-score -2.1"
_DIRECT = frozenset({" ", ": ", " - ", " <", " >", " = ", "  ", ":", " sat ", " sats "})


def _is_whole(view: View, term: Term, gap: str) -> bool:
    """Whether a measure and its value are one finding: "LDL 131", not "sugar 212"."""
    if term.kind != Kind.MEASURE:
        return False
    if gap == _BELOW_NOTHING:
        return True
    return gap in _DIRECT and view.words[term.last] not in cues("only cues")


def _is_warmth(lower: str, match: re.Match[str], said: AbstractSet[str]) -> bool:
    """Whether a number is somebody's temperature, not a limit."""
    if lower.startswith(_TAKEN, match.end()):
        return True
    if not said.isdisjoint(cues("warm")):
        return not lower.endswith(_BOUNDS, 0, match.start())
    return "." in match[0] and lower.endswith(_HAS, 0, match.start())


_BOUNDS = ("over ", "above ", "than ", "mas de ", "under ", "below ", "de mas de ", ">")
_TAKEN = (" under the tongue", " under his", " under her", " rectal", " oral", " on the forehead")
_HAS = ("had ", "at ", "has ", "of ", "is ", "was ", "tiene ", "tuvo ", "a ", "con ")


def _has_value(view: View, test: Term) -> bool:
    return view.words[test.last] in cues("valued")


def _plausible(upper: int, lower: int, *, cue: bool) -> bool:
    return 70 <= upper <= 260 and 35 <= lower <= 160 and upper > lower and (cue or upper >= 100)
