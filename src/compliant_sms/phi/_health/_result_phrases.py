"""Results told in set phrases: "within normal limits", "the polyps were benign", "8w2d"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._health._readings import SHOWN
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

Place = tuple[int, int, str]  # with the rule that saw it

_ORDERED = Kind.MEASURE | Kind.PROCEDURE


def phrased_results(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Results told in set phrases, as counts, or of what was found before."""
    yield from _set_phrases(view, terms)
    yield from _counted_results(view)
    yield from _found_to_be(view, terms)


@cache
def telling() -> frozenset[str]:
    """What such a result, or one that a meter shows, cannot be told without."""
    return _PHRASED | _TOGETHER | _COUNTS | SHOWN | cues("found to be")


@cache
def _phrase() -> re.Pattern[str]:
    """How values lie, and how all tests together came out."""
    return re.compile(
        r"\b(?:within (?:the )?(?:normal|expected) (?:limits|range)"
        r"|(?:back |still |now )?(?:in|out of) (?:the )?(?:low |high |mid )?"
        r"(?:normal |target |therapeutic |healthy |prediabetic |diabetic |safe )?range"
        r"|right where (?:we|i|they) (?:want|like) (?:it|them)"
        r"|dentro de (?:lo|los limites|el rango) normal(?:es)?|fuera de rango)\b"
    )


@cache
def _all_together() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:everything|it all|all|todo|todos|todas) (?:the tests |of it )?(?:came back|came out|"
        r"turned out|checked out|salio|salieron) (?P<how>(?:all |completely |perfectly |totally |"
        r"muy )?(?:normal(?:es)?|fine|good|clear|negativ[eoa]s?|ok|okay|great|clean|bien|"
        r"limpi[oa]s?))\b"
    )


_PHRASED = frozenset({"range", "limits", "normal", "where", "rango", "normales"})
_TOGETHER = frozenset({"everything", "all", "todo", "todos", "todas"})


def _set_phrases(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Phrases that say how a value lies: "back in range"; and how everything came out."""
    words = view.words
    measured = view.said & marks.EXAMINED or any(term.kind & _ORDERED for term in terms)
    if measured and not _PHRASED.isdisjoint(words):
        for found in _phrase().finditer(view.lower):
            yield *found.span(), "phrase"
    if not _TOGETHER.isdisjoint(words):
        for found in _all_together().finditer(view.lower):
            yield *found.span("how"), "phrase"


_MOST_BETWEEN = 4
_BLANKS = frozenset({" ", "  "})


@cache
def _by_how_much() -> re.Pattern[str]:
    return re.compile(r" (?:since \d{4}|by (?:half|a third|\d{1,3} ?%)|in size|completely)")


def _found_to_be(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """What a growth or an injury was found to be: "polyps were benign", "has shrunk by half"."""
    grown, told, links = cues("grown"), cues("found to be"), cues("before a trend")
    for term in terms:
        if not term.kind & _GROWING or view.words[term.last] not in grown:
            continue
        for at in range(term.last + 1, min(term.last + 2 + _MOST_BETWEEN, len(view.words))):
            word = view.words[at]
            if view.gaps[at] not in _BLANKS:
                break
            if word in told:
                more = _by_how_much().match(view.lower, view.ends[at])
                yield view.starts[at], more.end() if more else view.ends[at], "growth"
                break
            if word not in links and word not in cues("degrees of a trend"):
                break


_GROWING = Kind.CONDITION | Kind.BODY | Kind.COMPLAINT


@cache
def _counted() -> re.Pattern[str]:
    """Counts of what only an examination counts."""
    return re.compile(
        r"(?<![\w.,/$-])(?:\d{1,3}(?:\.\d)? (?:events?|apneas?|eventos)"
        r"(?: ?(?:/|per|an|por|a|every) ?(?:hour|hr|hora|h)\b)?"
        r"|\d{1,2} (?:mature )?(?:follicles?|foliculos?|embryos?|embriones|blastocysts?)\b"
        r"|\d{1,2} ?w(?:ks?)? ?\d ?d(?:ays)?\b"
        r"|\d{1,2}(?:\.5)? ?cm dilated\b)"
        r"|\bdilated (?:to )?\d{1,2}(?: ?cm)?\b"
    )


_COUNTS = frozenset({"events", "event", "apneas", "apnea", "eventos", "follicles", "follicle"})
_COUNTS |= {"foliculos", "embryos", "embriones", "blastocysts", "dilated", "w", "wk", "wks"}


def _counted_results(view: View) -> Iterator[Place]:
    """Such as "32 events per hour", "9 follicles", "8w2d", "dilated to 4"."""
    if not _COUNTS.isdisjoint(view.words):
        for found in _counted().finditer(view.lower):
            yield *found.span(), "counted"
