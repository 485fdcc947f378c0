"""Words that give away the kind of care, in the practice's own name too."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term, found_at, read_health, spoken
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind, cues

_GROUND = Kind.BODY | Kind.CONDITION | Kind.PROCEDURE | Kind.SPECIALTY
_AILING = Kind.BODY | Kind.CONDITION
_MOST_NAMED = 8  # terms in the name of a practice
_AND = frozenset({" & ", " ", " and ", " y ", "/"})


def find_specialties(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a name, a department or a visit tells the kind of care."""
    hints = _hints(view)
    if not hints:
        return ()
    return [found_at(span, PhiLabel.SPECIALTY_HINT, "specialty/term") for span in hints]


def told_otherwise(view: View) -> tuple[Term, ...]:
    """The terms of a text but for those that a hint at the kind of care is made of."""
    read = view.health or read_health(view)
    if read.told is None:
        terms = spoken(view)
        read.told = _without_hints(terms, _hints(view)) if terms else terms
    return read.told


def _without_hints(terms: tuple[Term, ...], hints: Sequence[tuple[int, int]]) -> tuple[Term, ...]:
    if not hints:
        return terms
    starts = [start for start, _ in hints]
    return tuple(term for term in terms if term.end > _end_of_hint(term, hints, starts))


def _end_of_hint(term: Term, hints: Sequence[tuple[int, int]], starts: Sequence[int]) -> int:
    """Where the hint ends that begins at or before a term; 0 when there is none."""
    at = bisect_right(starts, term.start)
    return hints[at - 1][1] if at else 0


def _hints(view: View) -> list[tuple[int, int]]:
    """Where hints stand; looked for once in a text."""
    read = view.health or read_health(view)
    if read.hints is None:
        read.hints = _found(view, [term for term in spoken(view) if term.kind & _GROUND])
    return read.hints


def _found(view: View, some: Sequence[Term]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    if not some:
        return found
    ailing = {(term.start, term.end) for term in some if term.kind & _AILING}
    specialty = Kind.SPECIALTY
    # In a text of capitals alone they tell nothing.
    capital = [False] * len(view.capital) if view.shouts else view.capital
    at = 0
    while at < len(some):
        last, term = at, some[at]
        named = capital[term.first] and capital[term.last]
        if not (named or term.kind == specialty or _place_after(view, term.last)):
            at += 1
            continue
        # A name is short, and a text of nothing else takes no square of time.
        until = min(at + _MOST_NAMED, len(some) - 1)
        while named and last < until and _beside(view, some[last], some[last + 1]):
            last += 1
        start, ends = some[at].start, some[at].end
        if end := _end(view, some[at : last + 1], named=named, ailing=(start, ends) in ailing):
            found.append((start, end))
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


def _end(view: View, run: Sequence[Term], *, named: bool, ailing: bool) -> int:
    """Where the hint ends; 0 when it is none.

    Args:
        view: the text.
        run: terms beside each other.
        named: whether they have capitals.
        ailing: whether the first one can be what somebody suffers from: "help with anxiety".
    """
    last = max(term.last for term in run)
    while named and last > run[0].first and view.words[last] in _institutions():
        last -= 1
    ours = [term for term in run if term.kind == Kind.SPECIALTY]
    sure = any(not term.everyday for term in ours) and not _is_short(view, run)
    told = sure or (bool(ours) and not ailing and _sent_to(view, run[0].first))
    place = _place_after(view, last)
    if place and named and view.capital[place] and view.words[last] in _ONLY_THERE:
        # "Cancer" alone is an illness, "Cancer Center" a kind of care.
        return view.ends[place] if view.words[place] in _CENTERS else view.ends[last]
    if place and not (named and view.capital[place]):
        return view.ends[last] if ours or view.words[place] in cues("places of care of any") else 0
    if told or (named and (place or _ends_a_name(view, (ours or run)[0], last))):
        return view.ends[last]
    return 0


_ONLY_THERE = frozenset({"cancer", "pain", "breast", "birth"})
_CENTERS = frozenset({"center", "centre"})


def _is_short(view: View, run: Sequence[Term]) -> bool:
    """Whether a hint is "PT" and the like, which are more often what is done there."""
    return view.words[run[0].first] in _DONE_THERE and run[0].first == run[-1].last


_DONE_THERE = frozenset({"pt", "ot"})


def end_of_place(view: View, end: int) -> int:
    """Where the words for a place end that a hint leaves out: behind "HIV" in "HIV Clinic".

    Args:
        view: the text.
        end: of the hint, in :attr:`View.plain`.
    """
    at = view.word_at(end)
    while at < len(view.words) and view.words[at] in _institutions() and view.starts[at] == end + 1:
        end, at = view.ends[at], at + 1
    return end


@cache
def _institutions() -> frozenset[str]:
    return cues("places of care") - {"care", "health"}


_VISITED = frozenset({"see", "with", "seeing", "saw"})
_SENT = frozenset({"sent", "referred", "referral", "referrals", "refer", "order", "you", "him"})


_OWN = frozenset({"your", "my", "the", "a", "his", "her", "our"})


def _sent_to(view: View, first: int) -> bool:
    """Whether somebody is sent to a kind of care: "see your counselor", "referral to PT"."""
    if not first or view.gaps[first] != " ":
        return False
    before = first - 1
    if view.words[before] in _OWN and before:
        before -= 1
    if view.words[before] in _VISITED:
        return True
    return view.words[before] == "to" and before > 0 and view.words[before - 1] in _SENT


def _place_after(view: View, last: int) -> int:
    """The word that says that care is given, if it follows: "clinic"."""
    after = last + 1
    if view.gaps[after] != " " or after >= len(view.words):
        return 0
    return after if view.words[after] in cues("places of care") else 0


_ENDS_A_NAME = frozenset(":-.,(!")


def _ends_a_name(view: View, first: Term, last: int) -> bool:
    """Whether a practice's name ends with the word: "New Dawn Recovery:", "Bayou Sleep"."""
    before = first.first - 1
    if before < 0 or view.gaps[first.first] not in _AND or not view.capital[before]:
        return False
    after = view.gaps[last + 1].strip()
    if first.kind == Kind.SPECIALTY:
        return True
    if first.kind == Kind.PROCEDURE or first.everyday:
        return False
    return after[0] in _ENDS_A_NAME if after else last + 1 == len(view.words)
