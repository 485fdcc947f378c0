"""Terms of health in a text: looked for once, for all recognizers of health information."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import NamedTuple

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import Kind
from compliant_sms.phi._health_words import Entry, terms_from
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._personal import is_personal
from compliant_sms.phi._view import View

__all__ = ["HEALTH", "HealthRead", "Kind", "Term", "found_at", "joined", "read_health", "spoken"]

HEALTH = marks.HEALTH_TERM | marks.BODY | marks.COMPLAINT


class Term(NamedTuple):
    """One term and its place, as offsets in :attr:`View.plain` and as indices of its words."""

    start: int
    end: int
    first: int
    last: int
    kind: int
    care: Sensitivity
    everyday: bool
    """Whether it means nothing of health without others."""


class HealthRead:
    """What a text says of health.

    Attributes:
        terms: in their order; those of one kind do not overlap.
        sayings: the kinds of care that ways of saying tell of, once somebody has looked.
        hints: where words give away the kind of care, once somebody has looked.
    """

    __slots__ = ("_personal", "_view", "hints", "sayings", "terms")

    def __init__(self, view: View) -> None:
        self._view = view
        self._personal: bool | None = None
        self.sayings: frozenset[Sensitivity] | None = None
        self.hints: list[tuple[int, int]] | None = None
        self.terms: tuple[Term, ...] = _found(view) if view.said & HEALTH or _a1c(view) else ()

    @property
    def personal(self) -> bool:
        """Whether it is about the care of one person, and not said to everybody."""
        if self._personal is None:
            self._personal = is_personal(self._view, self.terms)
        return self._personal


def read_health(view: View) -> HealthRead:
    """What a text says of health; read once for each text."""
    found = view.health
    if found is None:
        found = view.health = HealthRead(view)
    return found


def spoken(view: View) -> tuple[Term, ...]:
    """The terms of a text that speaks of one person; none of a text to everybody."""
    found = view.health or read_health(view)
    return found.terms if found.terms and found.personal else ()


def found_at(span: tuple[int, int], label: PhiLabel, rule: str) -> PhiFinding:
    """A finding; as sure as words can make it."""
    return PhiFinding(
        start=span[0], end=span[1], label=label, rule=rule, confidence=Confidence.LIKELY
    )


def joined(view: View, first: int, after: int) -> bool:
    """Whether no sentence ends between two words, and nothing is listed."""
    return all(view.gaps[at] in _BETWEEN for at in range(first + 1, after + 1))


_BETWEEN = frozenset({" ", "-", "/", ".", "  ", "\n", "+", "&", " & ", " - ", "'", " / ", "/ "})
_JUDGED_LATER = Kind.MEASURE | Kind.SPECIALTY  # by figures, by a name around it
_OWNERS = frozenset({"my", "your", "his", "her", "their", "our", "mi", "mis", "su", "sus", "tu"})
_PLACES = ("room ", "rm ", "gate ", "lot ", "deck ", "suite ", "unit ", "apt ", "code ", "bus ")
_A1C = "a1c"  # "a" alone begins nothing


def _a1c(view: View) -> bool:
    return view.has_digit and _A1C in view.lower


def _found(view: View) -> tuple[Term, ...]:
    found: list[Term] = []
    words = view.words
    places = view.marked(HEALTH)
    if _a1c(view):
        insort(places, view.word_at(view.lower.index(_A1C)))
    for index in places:
        terms = terms_from(words[index])
        if terms.further and index + 1 < len(words):
            following = words[index + 1]
            entries = terms.further.get(following)
            if entries is None and following[-1] == "s":
                entries = terms.further.get(following[:-1]) or terms.further.get(following[:-2])
            for entry in entries or ():
                if _follows(view, index, entry.rest):
                    last = index + len(entry.rest)
                    _take(view, (index, last, view.ends[last]), entry, found)
        if terms.figured and view.has_digit:
            _figured(view, index, terms.figured, found)
        for entry in terms.alone:
            _take(view, (index, index, view.ends[index]), entry, found)
    return _meant(view, found) if found else ()


def _take(view: View, words: tuple[int, int, int], entry: Entry, found: list[Term]) -> None:
    """Keep a term, if its small words stand before it and no longer one of its kind is there."""
    at, last, end = words
    first = at
    if entry.before:
        first = at - len(entry.before)
        if first < 0 or tuple(view.words[first:at]) != entry.before:
            return
        if not joined(view, first, at) and view.gaps[at] != ". ":  # "E. coli"
            return
    for other in reversed(found):
        if other.last < first:
            break
        if other.kind == entry.kind:
            return
    start = view.starts[first]
    if not entry.capitals or _stands_out(view, start, end):
        found.append(Term(start, end, first, last, entry.kind, entry.care, entry.everyday))


def _stands_out(view: View, start: int, end: int) -> bool:
    """Whether a part is in capitals, in a text that is not."""
    if sum(map(str.isupper, view.plain[start:end])) < _FEW or view.shouts:
        return False
    zip_follows = view.lower[end : end + 2].strip().isdigit()  # a state, not an illness
    zone = view.lower.endswith(("am ", "pm "), 0, start)  # of the clock
    return not (zone or zip_follows)


_FEW = 2


def _follows(view: View, index: int, rest: tuple[str, ...]) -> bool:
    last = index + len(rest)
    words = view.words[index + 1 : last + 1]
    if len(words) < len(rest) or words[:-1] != list(rest[:-1]):
        return False
    if words[-1] != rest[-1] and words[-1] not in {rest[-1] + "s", rest[-1] + "es"}:
        return False
    return joined(view, index, last)


def _goes_on(view: View, before: int, end: int, rest: tuple[str, ...]) -> bool:
    """Whether further words follow the figures of a term: "type 2 diabetes"."""
    at = before + 1
    if at == len(view.words) or view.lower[end : view.starts[at]] not in _BETWEEN:
        return False
    begins = view.words[at] in {rest[0], rest[0] + "s"}
    return begins and (len(rest) == 1 or _follows(view, at, rest[1:]))


def _figured(view: View, index: int, entries: tuple[Entry, ...], found: list[Term]) -> None:
    lower, begin = view.lower, view.ends[index]
    if lower[begin : begin + 1] in _TIES:
        begin += 1
    start = view.starts[index]
    inside = start > 0 and lower[start - 1].isdigit()  # of a longer code: "11d3"
    if inside or not lower[begin : begin + 1].isdigit() or lower.endswith(_PLACES, 0, start):
        return
    for entry in entries:
        end = begin + len(entry.figures)
        if lower[begin:end] != entry.figures or lower[end : end + 1].isalnum():
            continue
        before = bisect_left(view.starts, end) - 1
        if not entry.rest:
            _take(view, (index, before, end), entry, found)
        elif _goes_on(view, before, end, entry.rest):
            last = before + len(entry.rest)
            _take(view, (index, last, view.ends[last]), entry, found)


_TIES = frozenset({" ", "-"})


def _meant(view: View, found: list[Term]) -> tuple[Term, ...]:
    """Without the everyday words that nothing of health stands by."""
    if len(found) > 1:
        found.sort()
    if not any(term.everyday for term in found):
        return tuple(found)
    sure = any(not term.everyday and term.kind != Kind.COMPLAINT for term in found)
    return tuple(
        term
        for term in found
        if not term.everyday
        or term.kind & _JUDGED_LATER
        or sure
        or (term.first and view.words[term.first - 1] in _OWNERS)
    )
