"""Terms of health in a text: looked for once, for all recognizers of health information."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from compliant_sms.phi._audience._personal import is_personal
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind
from compliant_sms.phi._words._health_words import Entry, terms_from

HEALTH = marks.HEALTH
_ANY = marks.HEALTH | marks.A1C
_GENERAL = Sensitivity.GENERAL


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
    """What a text says of health. What is None, nobody has looked for so far.

    It does not keep the view, which keeps it: a reading leaves nothing to the garbage collector.

    Attributes:
        terms: in their order; those of one kind do not overlap.
        cared: which of them are about a specially protected kind of care.
        personal: whether it is about the care of one person; see :func:`is_of_one`.
        told: the terms but for those that give away the kind of care.
        hints: where words give away the kind of care.
    """

    __slots__ = ("cared", "hints", "personal", "terms", "told")

    def __init__(self, view: View) -> None:
        self.terms: tuple[Term, ...] = _found(view) if view.said & _ANY else ()
        self.cared = [at for at, term in enumerate(self.terms) if term.care is not _GENERAL]
        self.personal: bool | None = None
        self.told: tuple[Term, ...] | None = None
        self.hints: list[tuple[int, int]] | None = None


def read_health(view: View) -> HealthRead:
    """What a text says of health; read once for each text."""
    found = view.health
    if found is None:
        found = view.health = HealthRead(view)
    return found


def is_of_one(view: View) -> bool:
    """Whether what a text says of health is about the care of one person, not to everybody."""
    read = view.health or read_health(view)
    if read.personal is None:
        read.personal = is_personal(view, read.terms)
    return read.personal


def spoken(view: View) -> tuple[Term, ...]:
    """The terms of a text that speaks of one person; none of a text to everybody."""
    terms = (view.health or read_health(view)).terms
    return terms if terms and is_of_one(view) else ()


def found_at(span: tuple[int, int], label: PhiLabel, rule: str) -> PhiFinding:
    """A finding; as sure as words can make it."""
    return PhiFinding(
        start=span[0], end=span[1], label=label, rule=rule, confidence=Confidence.LIKELY
    )


def joined(view: View, first: int, after: int) -> bool:
    """Whether no sentence ends between two words, and nothing is listed."""
    return _BETWEEN.issuperset(view.gaps[first + 1 : after + 1])


_BETWEEN = frozenset({" ", "-", "/", ".", "  ", "\n", "+", "&", " & ", " - ", "'", " / ", "/ "})
_JUDGED_LATER = Kind.MEASURE | Kind.SPECIALTY  # by figures, by a name around it
_OWNERS = frozenset({"my", "your", "his", "her", "their", "our", "mi", "mis", "su", "sus", "tu"})
_HERS = frozenset({"mi", "su", "tu", "la", "una", "de", "con", "nuestra"})
_PLACES = ("room ", "rm ", "gate ", "lot ", "deck ", "suite ", "unit ", "apt ", "code ", "bus ")
_A1C = "a1c"  # "a" alone begins nothing


def _found(view: View) -> tuple[Term, ...]:
    found: list[Term] = []
    words = view.words
    following = [*words[1:], ""]
    places = view.marked(HEALTH)
    if view.said & marks.A1C:
        places = sorted([*places, view.word_at(view.lower.index(_A1C))])
    for index in places:
        word = words[index]
        if (word[-2:] == "'s" and _is_somebodys(view, index)) or _is_aunt(view, index):
            continue
        alone, further, figured = terms_from(word)
        if further:
            for entry in _begun(further, following[index]):
                if _follows(view, index, entry.rest):
                    last = index + len(entry.rest)
                    _take(view, (index, last, view.ends[last]), entry, found)
        if figured and view.has_digit:
            _figured(view, index, figured, found)
        for entry in alone:
            if found or entry.before or entry.capitals:
                _take(view, (index, index, view.ends[index]), entry, found)
            else:
                start, end = view.starts[index], view.ends[index]
                found.append(Term(start, end, index, index, entry.kind, entry.care, entry.everyday))
    return _meant(view, found) if found else ()


def _begun(further: Mapping[str, tuple[Entry, ...]], after: str) -> tuple[Entry, ...]:
    """The terms whose second word is that one, or the one of which it is the plural."""
    entries = further.get(after)
    if entries is None and after[-1:] == "s":
        entries = further.get(after[:-1]) or further.get(after[:-2])
    return entries or ()


def _is_somebodys(view: View, index: int) -> bool:
    """Whether a word that ends so is of a person: "Ana's"."""
    if view.words[index + 1 : index + 2] in _NAMED_AFTER:
        return False  # "Addison's disease"
    return view.capital[index] and bool(view.marks[index] & marks.GIVEN)


def _is_aunt(view: View, index: int) -> bool:
    """Whether it is Spanish for an aunt, and no stroke: "mi tia", "la tía", "Tía Rosa"."""
    if view.words[index] != "tia" or view.is_shouted(index):
        return False
    if index and view.words[index - 1] in _HERS:
        return True
    behind = view.marks[index + 1] if index + 1 < len(view.words) else 0
    named = behind & (marks.GIVEN | marks.DATE_WORD) == marks.GIVEN
    return bool(named) and view.capital[index + 1] and view.gaps[index + 1] == " "


def _take(view: View, words: tuple[int, int, int], entry: Entry, found: list[Term]) -> None:
    """Keep a term, if its small words stand before it and no longer one of its kind is there."""
    at, last, end = words
    before, _, _, kind, care, everyday, capitals = entry
    first = at
    if before:
        first = at - len(before)
        if first < 0 or tuple(view.words[first:at]) != before:
            return
        if not joined(view, first, at) and view.gaps[at] != ". ":  # "E. coli"
            return
    if found and found[-1].last >= first:
        for other in reversed(found):
            if other.last < first:
                break
            if other.kind == kind:
                return
    start = view.starts[first]
    if not capitals or _stands_out(view, start, end):
        found.append(Term(start, end, first, last, kind, care, everyday))


def _stands_out(view: View, start: int, end: int) -> bool:
    """Whether a part is in capitals, in a text that is not."""
    if sum(map(str.isupper, view.plain[start:end])) < _FEW or view.shouts:
        return False
    zip_follows = view.lower[end : end + 2].strip().isdigit()  # a state, not an illness
    zone = view.lower.endswith(("am ", "pm "), 0, start)  # of the clock
    return not (zone or zip_follows)


_FEW = 2
_NAMED_AFTER = (["disease"], ["syndrome"])


def _follows(view: View, index: int, rest: tuple[str, ...]) -> bool:
    last = index + len(rest)
    words, after = view.words[index + 1 : last + 1], rest[-1]
    if len(words) < len(rest) or (len(rest) > 1 and words[:-1] != list(rest[:-1])):
        return False
    if words[-1] != after and words[-1] not in {after + "s", after + "es"}:
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
    if True not in [term.everyday for term in found]:
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
