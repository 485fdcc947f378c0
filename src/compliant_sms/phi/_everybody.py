"""Whether what a text says of a day or a place is for everybody, or of one person.

45 CFR 164.514(b)(2)(i) is about one individual. A practice also writes of days and places that are
nobody's: opening hours, events, campaigns, closures. Words of either kind are counted, those of the
same sentence twice and those of the same clause four times. What no word tells anything of is taken
as one person's in a short text only.
"""

from __future__ import annotations

from bisect import bisect_left

from compliant_sms.phi._everybody_words import NOT_A_HOUSE, NOT_ANY, OPEN, SHUT
from compliant_sms.phi._marks import (
    CANDIDATE,
    ONES,
    PERHAPS_PUBLIC,
    PUBLIC,
    STAFF_CUE,
    SURE_NAME,
    YOURS,
)
from compliant_sms.phi._view import View

__all__ = ["Everybody", "ends_sentence"]

_PUBLIC = PUBLIC | PERHAPS_PUBLIC
_SAYS = _PUBLIC | ONES | YOURS
_WEIGHED = _SAYS | SURE_NAME | CANDIDATE
_FARTHEST = 25  # words; no sentence is longer
_SHORT = 9
_LINKED = frozenset("/.@_=")  # a word of a link says nothing
_ABBREVIATED = frozenset(("dr", "mr", "ms", "mrs", "st", "ave", "no", "rev", "sr", "sra", "dra"))
_CALLED = frozenset((",", ":", "!"))
_COMMAS = frozenset((",", ":"))
_YOUR = frozenset(("your", "ur", "su", "sus", "tu", "tus"))


def ends_sentence(view: View, index: int) -> bool:
    """Whether a sentence ends before a word."""
    gap = view.gaps[index]
    if gap == " ":
        return False
    if "!" in gap or "?" in gap or ";" in gap or "\n" in gap:
        return True
    if ". " not in gap:
        return False
    # What is written short ends with a full stop too, and no sentence is over.
    before = view.words[index - 1] if index else ""
    return (len(before) > 1 and before not in _ABBREVIATED) or gap[0] != "."


class Everybody:
    """Where a text speaks of what is for everybody.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._told: list[tuple[int, int]] | None = None
        self._all = 0
        # A text of one person without a word to others needs no weighing.
        self._personal = view.said & ONES and not view.said & _PUBLIC

    def means(self, index: int) -> bool:
        """Whether what stands at a word, or before it, is for everybody."""
        if self._personal:
            return False
        told = self._told
        if told is None:
            told = self._told = _told(self._view)
            self._all = _whole(self._view) + sum([weight for _, weight in told])
        index = min(index, len(self._view.words) - 1)
        if not told or (self._all > 0 and not self._view.said & _PUBLIC):
            return self._all <= 0
        first, clause_first = self._reach(index, max(0, index - _FARTHEST), -1)
        last, clause_last = self._reach(index, min(len(self._view.words), index + _FARTHEST), 1)
        score = self._all
        for at in range(bisect_left(told, (first, -_FARTHEST)), len(told)):
            place, weight = told[at]
            if place >= last:
                break
            score += weight * (3 if clause_first <= place < clause_last else 1)
        return score <= 0

    def _reach(self, index: int, limit: int, step: int) -> tuple[int, int]:
        """How far the sentence and the clause go from a word to one side, up to a limit."""
        view, gaps = self._view, self._view.gaps
        at = index if step < 0 else min(index + 1, limit)
        clause = limit
        while at != limit:
            gap = gaps[at]
            if gap != " ":
                if ends_sentence(view, at):
                    return at, at if clause == limit else clause
                if clause == limit and gap[:1] in _COMMAS:
                    clause = at
            at += step
        return limit, clause


def _told(view: View) -> list[tuple[int, int]]:
    """Which words say whom a text speaks to or of, and how much."""
    told: list[tuple[int, int]] = []
    marks, capital, gaps = view.marks, view.capital, view.gaps
    for index in view.marked(_WEIGHED):
        each = marks[index]
        if each & _SAYS:
            weight = _weight(view, index, each)
        elif capital[index]:
            weight = _weight_of_name(view, index)
        else:
            continue
        if weight and gaps[index][-1:] not in _LINKED:
            told.append((index, weight))
    return told


def _whole(view: View) -> int:
    """How much the form of a text says: small letters and few words are a person's."""
    small = view.plain[:1].islower() or not any(view.capital)
    return (3 if small else 0) + (2 if len(view.words) <= _SHORT else -1)


def _weight(view: View, index: int, marks: int) -> int:
    """How much a word says of one person; less than nothing if it speaks to everybody."""
    if marks & PUBLIC:
        word, before = view.words[index], view.words[index - 1] if index else ""
        return 0 if word in SHUT and before in NOT_A_HOUSE else -3
    if marks & ONES:
        return -1 if index and view.words[index - 1] in NOT_ANY else 3
    if marks & YOURS:
        return 2 if view.words[index] in _YOUR else 1
    return _perhaps(view, index)


def _weight_of_name(view: View, index: int) -> int:
    """How much a word with a capital says that can be a name, and none of staff."""
    if index and view.marks[index - 1] & STAFF_CUE:
        return 0
    after = view.gaps[index + 1][:1]
    if view.marks[index] & SURE_NAME:
        return 3 if not index or after in _CALLED else 2
    return 2 if view.words[index].endswith("'s") or (not index and after == ",") else 0


def _perhaps(view: View, index: int) -> int:
    word, before = view.words[index], view.words[index - 1] if index else ""
    if word == "off":  # a price, or nothing
        return -3 if not {"%", "$"}.isdisjoint(view.gaps[index]) else 0
    return -3 if word[:4] == "open" and before in OPEN else -1
