"""Diagnoses, complaints and states of health."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from compliant_sms.phi._health_data import cues
from compliant_sms.phi._health_terms import Kind, Term, found_at, spoken
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._view import View

__all__ = ["find_conditions"]

_BODILY = Kind.BODY | Kind.COMPLAINT | Kind.CONDITION
_FARTHEST = 6  # words between a part of the body and what is wrong with it
_BLANKS = frozenset({" ", "-", "  ", "'", "/", " / "})


def find_conditions(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says what somebody has or feels."""
    some = [term for term in spoken(view) if term.kind & _BODILY]
    found = []
    at = 0
    while at < len(some):
        after = _run(view, some, at)
        run = some[at:after]
        if _tells(run) and not _only_a_limit(view, run[-1]):
            start = view.starts[_with_side(view, run[0])]
            end = _with_object(view, max(run, key=lambda term: term.end))
            found.append(found_at((start, end), PhiLabel.CONDITION, "condition/term"))
        at = after
    return found


def _tells(run: list[Term]) -> bool:
    return any(term.kind != run[0].kind or term.kind == Kind.CONDITION for term in run)


def _run(view: View, some: list[Term], at: int) -> int:
    """Where the terms end that make one statement together."""
    kinds = some[at].kind  # a word can be both: "itching"
    after = at + 1
    while after < len(some):
        before, term = some[after - 1], some[after]
        if term.first > before.last:
            if not _joins(view, kinds, before, term):
                break
            kinds = 0
        kinds |= term.kind
        after += 1
    return after


def _joins(view: View, kinds: int, before: Term, after: Term) -> bool:
    between = view.words[before.last + 1 : after.first]
    if len(between) > _FARTHEST or any(
        view.gaps[index] not in _BLANKS for index in range(before.last + 1, after.first + 1)
    ):
        return False
    if after.kind == Kind.BODY:
        sided = bool(kinds & Kind.CONDITION) and not _SIDES.isdisjoint(between)
        return (sided or bool(kinds & Kind.COMPLAINT)) and cues("where").issuperset(between)
    if kinds & Kind.BODY:
        return not between or (after.kind == Kind.COMPLAINT and cues("feels").issuperset(between))
    if after.kind == Kind.COMPLAINT and kinds & Kind.COMPLAINT:
        return cues("and").issuperset(between)
    return not between and kinds != after.kind


def _only_a_limit(view: View, last: Term) -> bool:
    """Whether it is what something helps against, or a limit: "fever over 101"."""
    after = view.words[last.last + 1 : last.last + 3]
    return view.lower.endswith("for pain", 0, last.end) or (
        bool(after) and (after[0] in _LIMITS or after[-1] in _LIMITS)
    )


_LIMITS = frozenset({"over", "above", "greater", "higher"})
_SIDES = frozenset({"left", "right", "lower", "upper", "both", "rt", "lt", "inner", "outer", "big"})


def _with_side(view: View, first: Term) -> int:
    at = first.first
    beside = first.kind == Kind.BODY and at and view.gaps[at] == " "
    return at - 1 if beside and view.words[at - 1] in _SIDES else at


_AGAINST = frozenset({"allergic", "alergic", "alergico", "alergica"})
_TO = frozenset({"to", "a", "al", "la", "and", "y", "n"})


@cache
def _often() -> re.Pattern[str]:
    return re.compile(r" (?:(?:every )?\d{1,2} ?min(?:ute)?s? apart|nonstop)\b")


def _with_object(view: View, last: Term) -> int:
    """The end, with how often it comes, or with what somebody is allergic to."""
    if view.words[last.last] not in _AGAINST:
        found = _often().match(view.lower, last.end)
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
