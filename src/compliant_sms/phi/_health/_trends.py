"""How a value is or went, told without a figure: "your A1c is a bit better", "doubled to 1,240"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind, cues

Place = tuple[int, int, str]  # with the rule that saw it

_FAR = 6  # words between a measure and how it is
_TIMES = frozenset({"doubled", "tripled", "halved", "quadrupled"})
"""They say more than the figure behind them."""
_ONLY_BEHIND_A_LINK = frozenset({"up", "down", "off", "good", "great", "fine", "better", "high"})


@cache
def _further() -> re.Pattern[str]:
    """By how much, or to what."""
    return re.compile(
        r"(?: (?:a (?:bit|little|lot|touch|tad)|again|slightly|nicely|un poco))?"
        r"(?: (?:half a|a|one|two|\d{1,2}) (?:points?|percent)\b"
        r")?"
    )


@cache
def _to_figure() -> re.Pattern[str]:
    """A figure, which is the value itself."""
    return re.compile(r" (?:up |down )?(?:to|from|by|at) \d{1,6}(?:[.,]\d{1,3}){0,2}%?(?![\w/:])")


def trends(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Words behind what is measured that say how it is or how it changed."""
    measure, body = Kind.MEASURE, Kind.BODY
    for term in terms:
        if term.kind == measure:
            if place := _trend(view, term):
                yield place
        elif term.kind == body and view.words[term.last] in cues("organs"):
            yield from _examined(view, term)


_SOUND = frozenset({"clear", "normal", "stable", "unremarkable", "healthy", "enlarged", "clean"})
_SOUND |= {"normales", "limpios", "sanos", "estables", "failing", "intact", "closed"}
_MOST_BETWEEN = 3


def _examined(view: View, organ: Term) -> Iterator[Place]:
    """How an organ was found to be: "lungs are clear", "your thyroid looks normal"."""
    for at in range(organ.last + 1, min(organ.last + 2 + _MOST_BETWEEN, len(view.words))):
        word = view.words[at]
        if view.gaps[at] != " ":
            return
        if word in _SOUND:
            yield view.starts[at], view.ends[at], "organ"
            return
        if word not in cues("before a trend") and word not in cues("degrees of a trend"):
            return


def _trend(view: View, term: Term) -> Place | None:
    first = linked = 0
    for at in range(term.last + 1, min(term.last + 1 + _FAR, len(view.words))):
        if view.gaps[at] != " ":
            return None
        word = view.words[at]
        if word in cues("trends"):
            if not linked and word in _ONLY_BEHIND_A_LINK:
                return None
            end = view.ends[at]
            if figure := _to_figure().match(view.lower, end):
                told = word in _TIMES
                return (view.starts[at], figure.end(), "trend") if told else None
            found = _further().match(view.lower, end)
            return view.starts[first or at], found.end() if found else end, "trend"
        if word in cues("degrees of a trend"):
            first = first or at
        elif word in cues("before a trend"):
            first, linked = 0, at
        else:
            return None
    return None
