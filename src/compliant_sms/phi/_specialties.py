"""Words that give away the kind of care, in the practice's own name too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from compliant_sms.phi._health_data import cues
from compliant_sms.phi._health_terms import Kind, Term, found_at, spoken
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._view import View

__all__ = ["find_specialties"]

_GROUND = Kind.BODY | Kind.CONDITION | Kind.PROCEDURE | Kind.SPECIALTY
_AND = frozenset({" & ", " ", " and ", "/"})


def find_specialties(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a name, a department or a visit tells the kind of care."""
    some = [term for term in spoken(view) if term.kind & _GROUND]
    found = []
    at = 0
    while at < len(some):
        last = at
        named = _capital(view, some[at])
        if not (named or some[at].kind == Kind.SPECIALTY or _place_after(view, some[at].last)):
            at += 1
            continue
        while named and last + 1 < len(some) and _beside(view, some[last], some[last + 1]):
            last += 1
        if end := _end(view, some[at : last + 1], named=named):
            found.append(found_at((some[at].start, end), PhiLabel.SPECIALTY_HINT, "specialty/term"))
            at = last
        at += 1
    return found


def _capital(view: View, term: Term) -> bool:
    return view.capital[term.first] and view.capital[term.last]


def _beside(view: View, before: Term, after: Term) -> bool:
    """Whether two words stand in one name: "Spine & Pain"."""
    if not _capital(view, after):
        return False
    return after.first <= before.last or view.lower[before.end : after.start] in _AND


def _end(view: View, run: Sequence[Term], *, named: bool) -> int:
    """Where the hint ends; 0 when it is none."""
    last = max(term.last for term in run)
    while named and last > run[0].first and view.words[last] in _institutions():
        last -= 1
    end = view.ends[last]
    place = _place_after(view, last)
    told = any(term.kind == Kind.SPECIALTY and not term.everyday for term in run)
    if place and not (named and view.capital[place]):
        return view.ends[place] if not told or view.words[place] in _JOINED else end
    if told or (named and (place or _ends_a_name(view, run[0], last))):
        return end
    return 0


@cache
def _institutions() -> frozenset[str]:
    return cues("places of care") - {"care", "health"}


_JOINED = frozenset({"clinic", "doctor", "suite", "unit", "dr", "doc"})


def _place_after(view: View, last: int) -> int:
    """The word that says that care is given, if it follows: "clinic"."""
    after = last + 1
    follows = after < len(view.words) and view.gaps[after] == " "
    return after if follows and view.words[after] in cues("places of care") else 0


def _ends_a_name(view: View, first: Term, last: int) -> bool:
    """Whether a practice's name ends with the word: "New Dawn Recovery:", "Bayou Sleep"."""
    before = first.first - 1
    if before < 0 or view.gaps[first.first] not in _AND or not view.capital[before]:
        return False
    after = view.gaps[last + 1]
    if not after.strip():
        return last + 1 == len(view.words)
    return after.strip()[0] in ":-.,(" or first.kind == Kind.SPECIALTY
