"""Diagnoses, complaints and states of health."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term, found_at, is_of_one
from compliant_sms.phi._health._complaints import complaints
from compliant_sms.phi._health._drunk_or_due import drunk_or_due
from compliant_sms.phi._health._specialties import told_otherwise
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

_BODILY = Kind.BODY | Kind.COMPLAINT | Kind.CONDITION
_FARTHEST = 6  # words between a part of the body and what is wrong with it
_BLANKS = frozenset({" ", "-", "  ", "'", "/", " / "})


def find_conditions(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says what somebody has or feels."""
    terms = told_otherwise(view)
    some = [term for term in terms if term.kind & _BODILY]
    if len(some) > 1:
        some = _outermost(some)
    found = list(_amounts(view, terms)) if view.said & marks.VERDICT else []
    if terms and not _MINE.isdisjoint(view.words):
        found += _seen_to(view, terms)
    if view.said & _TOLD and is_of_one(view):
        found += _told(view, terms)
    at = 0
    while at < len(some):
        after = _run(view, some, at)
        run = some[at:after]
        if _tells(run) and not (
            _is_none(view, run[0])
            or _only_a_limit(view, run[-1])
            or _of_a_thing(view, run)
            or _no_state(view, run)
        ):
            start = view.starts[_first(view, run)]
            end = _with_object(view, max(run, key=lambda term: term.end))
            if start or end < len(view.lower):
                end = _once(view, end)
            if view.lower.startswith(_FOUND_SO, start):
                start = view.starts[run[0].first + 1]
            found.append(found_at((start, end), PhiLabel.CONDITION, "condition/term"))
        at = after
    return found


_SEEN_TO = frozenset({Kind.BODY, Kind.MEASURE})
_FOR = frozenset({"for", "about", "para", "de"})
_MINE = frozenset({"my", "his", "her", "mi", "su", "moms", "dads"})
_NO_COMPLAINT = frozenset(
    {"card", "code", "tooth", "teeth", "hair", "nails", "hand", "head", "eye", "eyes"}
)


def _seen_to(view: View, terms: Sequence[Term]) -> Iterator[PhiFinding]:
    """What somebody is treated for, and nothing more is said of it."""
    for term in terms:
        if term.kind in _SEEN_TO and _is_for(view, term):
            yield found_at((term.start, term.end), PhiLabel.CONDITION, "condition/seen-to")


def _is_for(view: View, term: Term) -> bool:
    """Whether it ends a clause about what ails somebody: "pills for my pressure"."""
    first, after = term.first, term.last + 1
    if first < _FEWEST_BEFORE or view.words[first - 1] not in _MINE:
        return False
    if view.words[first - 2] not in _FOR or view.words[term.last] in _NO_COMPLAINT:
        return False
    return after == len(view.words) or view.gaps[after].strip(" ") != ""


_FEWEST_BEFORE = 3


_TOLD = marks.BODY | marks.ILL_VERB | marks.SAYING


def _told(view: View, terms: Sequence[Term]) -> Iterator[PhiFinding]:
    """What is wrong, told in ordinary words."""
    spans = [(view.starts[first], view.ends[last]) for first, last in complaints(view, terms)]
    for span in (*spans, *drunk_or_due(view)):
        yield found_at(span, PhiLabel.CONDITION, "condition/told")


def _outermost(some: list[Term]) -> list[Term]:
    """Without the parts of the body inside longer terms: "bone on bone"."""
    kept: list[Term] = []
    until = 0
    for term in sorted(some, key=lambda each: (each.start, -each.end)):
        if term.end > until or term.kind != Kind.BODY:
            kept.append(term)
        until = max(until, term.end)
    return kept


_TOO = frozenset({"low", "high", "elevated"})


def _amounts(view: View, terms: Iterable[Term]) -> Iterator[PhiFinding]:
    """Too little or too much of what is measured: "low potassium", "potasio alto"."""
    for term in terms:
        if term.kind == Kind.MEASURE and term.first and view.words[term.first - 1] in _TOO:
            span = view.starts[term.first - 1], term.end
            yield found_at(span, PhiLabel.CONDITION, "condition/amount")
        elif term.kind == Kind.MEASURE and _next(view, term.last) in _TOO_ES:
            span = term.start, view.ends[term.last + 1]
            yield found_at(span, PhiLabel.CONDITION, "condition/amount")


_TOO_ES = frozenset({"alto", "alta", "bajo", "baja", "elevado", "elevada"})


def _next(view: View, last: int) -> str:
    """The word that follows directly, or nothing."""
    at = last + 1
    return view.words[at] if at < len(view.words) and view.gaps[at] == " " else ""


def _tells(run: list[Term]) -> bool:
    return any(term.kind != run[0].kind or term.kind == Kind.CONDITION for term in run)


def _run(view: View, some: list[Term], at: int) -> int:
    """Where the terms end that make one statement together."""
    begins = kinds = some[at].kind  # a word can be both: "itching"
    after = at + 1
    while after < len(some):
        before, term = some[after - 1], some[after]
        if term.first > before.last:
            if not _joins(view, (begins, kinds), before, term):
                break
            kinds = 0
        kinds |= term.kind
        after += 1
    return after


def _joins(view: View, kinds: tuple[int, int], before: Term, after: Term) -> bool:
    """Whether a term goes on with what the one before says.

    Args:
        view: the text.
        kinds: of the first term of the statement, and of the last word in it.
        before: the last term.
        after: the next one.
    """
    between = view.words[before.last + 1 : after.first]
    if len(between) > _FARTHEST or any(
        view.gaps[index] not in _BLANKS for index in range(before.last + 1, after.first + 1)
    ):
        return False
    begins, lasts = kinds
    if after.kind == Kind.BODY:
        return _goes_to(between, begins, lasts)
    if after.kind == Kind.COMPLAINT and lasts & Kind.COMPLAINT:
        return cues("and").issuperset(between)
    if lasts & Kind.BODY:
        return not between or (after.kind == Kind.COMPLAINT and cues("feels").issuperset(between))
    one_word = before.first == before.last  # "itchy rash", not "won't stop coughing"
    return not between and one_word and after.kind == Kind.CONDITION and lasts != after.kind


def _goes_to(between: list[str], begins: int, lasts: int) -> bool:
    """Whether a part of the body says where: "pain in my arm and neck"."""
    if not cues("where").issuperset(between):
        return False
    if lasts & Kind.COMPLAINT:
        return begins != Kind.BODY or cues("and").isdisjoint(between)
    if lasts & Kind.BODY:
        return bool(begins & Kind.COMPLAINT) and not cues("and").isdisjoint(between)
    return not _SIDES.isdisjoint(between)


def _is_none(view: View, first: Term) -> bool:
    """Whether it is what a test did not show: "no growth on the culture"."""
    at = first.first
    return at > 0 and view.words[at] == "growth" and view.words[at - 1] == "no"


def _only_a_limit(view: View, last: Term) -> bool:
    """Whether it is what something helps against, or a limit: "fever over 101"."""
    after = view.words[last.last + 1 : last.last + 3]
    warm = view.words[last.last] in cues("warm")
    return view.lower.endswith("for pain", 0, last.end) or (
        warm and bool(after) and (after[0] in _LIMITS or after[-1] in _LIMITS)
    )


def _of_a_thing(view: View, run: Sequence[Term]) -> bool:
    """Whether it is a call, a form or a rule: "can't hear you", "you can't eat before"."""
    first, last = run[0].first, run[-1].last
    if view.words[first] not in _CANNOT or not any(
        map(_SENSED.__contains__, view.words[first : last + 1])
    ):
        return False
    if first and view.words[first - 1] in _YOU:
        return True
    after, kinds = view.words[last + 1 : last + 2], view.marks[last : last + 3]
    thing = bool(after and after[0] in _THE) or view.words[last] in _THE
    return thing and view.gaps[last + 1][:1] == " " and not any(each & marks.BODY for each in kinds)


def _no_state(view: View, run: Sequence[Term]) -> bool:
    """Whether it is foretold, a way to stop, or what is logged: "you'll be numb a while"."""
    first, last = run[0].first, run[-1].last
    before = view.words[max(0, first - 3) : first]
    foretold = before[-1:] == ["be"] and (before[:-1] in _YOU_WILL or before[-2:-1] in _YOU_WILL)
    logged = view.words[last] == "pressure" and view.words[last + 1 : last + 2] in _LOGGED
    return foretold or logged or view.words[first : first + 2] == _AT_ONCE


_AT_ONCE = ["cold", "turkey"]
_YOU_WILL = (["you'll"], ["youll"], ["you", "will"])
_LOGGED = (["log"], ["logs"], ["check"], ["checks"], ["reading"], ["readings"], ["cuff"], ["goal"])


_CANNOT = frozenset({"cant", "can't", "cannot", "couldnt", "couldn't", "dont", "don't"})
_SENSED = frozenset({"see", "hear", "move", "eat", "drink", "open", "feel"})
_YOU = frozenset({"you", "u", "we"})
_THE = frozenset(
    {"the", "my", "your", "ur", "you", "u", "it", "this", "that", "a", "any", "dr", "what"}
)
_LIMITS = frozenset({"over", "above", "greater", "higher"})
_SIDES = frozenset({"left", "right", "lower", "upper", "both", "rt", "lt", "inner", "outer", "big"})


def _first(view: View, run: list[Term]) -> int:
    """The first word, with the side or how bad it is: "left knee hurts", "severe asthma"."""
    first = run[0]
    at = first.first
    if not at or view.gaps[at] != " ":
        return at
    told = _SIDES if first.kind == Kind.BODY else cues("degrees")
    return at - 1 if view.words[at - 1] in told else at


_AGAINST = frozenset({"allergic", "alergic", "alergico", "alergica"})
_TO = frozenset({"to", "a", "al", "la", "and", "y", "n"})


@cache
def _further() -> re.Pattern[str]:
    """How often it comes, on which side, how bad it is."""
    return re.compile(
        r" (?:(?:every )?\d{1,2} ?min(?:ute)?s? apart|izquierd[oa]"
        r"|derech[oa]|moderad[oa]|sever[oa]|leve|grave|agud[oa]|stage (?:\d[abc]?|i{1,3}v?)"
        r"|(?:still )?(?:wont|won't|will not|isnt|isn't|not) "
        r"(?:go(?:ing)? (?:away|down)|quit|stop|let up|letting up|getting better|heal)"
        r"|level [123]|bien|mucho|mucha|muchisimo)\b"
        r"|, (?:bilateral(?:ly)?|(?:left|right)(?: (?:ear|eye|side))?)(?=[.;,\n]|$)"
    )


def _with_object(view: View, last: Term) -> int:
    """The end, with how often it comes, or with what somebody is allergic to."""
    if view.words[last.last] not in _AGAINST:
        found = _further().match(view.lower, last.end)
        return found.end() if found else last.end
    at = last.last + 1
    while at < len(view.words) and view.gaps[at] == " " and view.words[at] in _TO:
        at += 1
    if not last.last + 1 < at < len(view.words) or view.gaps[at] != " ":
        return last.end
    if view.words[at + 1 : at + 2] in _ALSO and at + 2 < len(view.words):
        at += 2
    return view.ends[at]


_ALSO = (["and"], ["y"])


def _once(view: View, end: int) -> int:
    """The end without "again", unless nothing is said without it: "uti again", "drank again"."""
    if not view.lower.endswith(" again", 0, end):
        return end
    last = view.word_at(end) - 1
    return end if last and view.words[last - 1] in _ONLY_AGAIN else view.ends[last - 1]


_FOUND_SO = "tested "  # what a test gave is told behind it
_ONLY_AGAIN = frozenset({"drank", "used", "using", "high", "fell"})
