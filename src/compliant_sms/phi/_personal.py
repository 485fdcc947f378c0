"""Is a text about one person's care, or does it speak to everybody in general terms?

A dictionary cannot tell: "flu shot" in a campaign says nothing of the reader. 45 CFR 160.103 asks
for what relates to the health of an individual. Signs of both are weighed against each other; the
words are data (``data/audience.txt``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TYPE_CHECKING

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import Kind, cues
from compliant_sms.phi._view import View

if TYPE_CHECKING:
    from compliant_sms.phi._health_terms import Term

__all__ = ["is_personal"]

_GENERAL = marks.TO_ALL | marks.TO_MANY | marks.SELLING | marks.PHRASE
_OF_SOMEBODY = marks.OF_ONE | marks.YOUR | marks.EVENT

# What speaks for one person; the figure behind is how often it counts.
_AT_FIRST = 1
_OF_ONE, _MOST_OF_ONE = 3, 2
_YOURS, _MOST_YOURS = 3, 2
_EVENT, _MOST_EVENTS = 1, 3
_NAMED = 4
_VALUED = 3
_SMALL_LETTER = 1  # few practices begin with one
# What speaks for everybody.
_TO_ALL = 3  # a word, an offer, a way of speaking, figures
_TO_MANY = 1
_HELP_LINE = "988"
_PRICED = 2


def is_personal(view: View, terms: Sequence[Term]) -> bool:
    """Whether a text speaks about the care of one person.

    What nothing marks as a word to everybody is taken as personal: hiding too much of a lone
    result does less harm than hiding too little. Where nothing but a practice's name may tell of
    care, something has to speak for one person.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    general = _PRICED if "$" in view.lower else 0
    if terms and all(term.everyday and term.kind & _NAMES_OF_CARE for term in terms):
        general += _TO_ALL
    if _HELP_LINE in view.lower and any(
        view.plain[start:end] == _HELP_LINE for start, end in view.figures
    ):
        general += _TO_ALL
    if view.said & _GENERAL:
        general += _words_to_all(view)
    if view.has_digit and ("-" in view.lower or "+" in view.lower or "%" in view.lower):
        general += _TO_ALL * _in_figures(view)
    if general <= _AT_FIRST + (_OF_ONE if view.said & marks.OF_ONE else 0):
        return True  # whatever the rest says
    weight = _AT_FIRST + _weight_of_one(view, terms)
    return weight >= general or weight + _NAMED * _named(view) >= general


_NAMES_OF_CARE = Kind.SPECIALTY | Kind.MEASURE


def _words_to_all(view: View) -> int:
    weight = 0
    for at in view.marked(_GENERAL):
        mark = view.marks[at]
        if mark & (marks.TO_ALL | marks.SELLING) or (mark & marks.PHRASE and _is_phrase(view, at)):
            weight += _TO_ALL
        elif mark & marks.TO_MANY:
            weight += _TO_MANY
    return weight


def _weight_of_one(view: View, terms: Sequence[Term]) -> int:
    cared_for = {term.first for term in terms if term.kind & _CARED and not term.everyday}
    one = yours = events = 0
    for at in view.marked(_OF_SOMEBODY):
        mark = view.marks[at]
        if mark & marks.OF_ONE:
            one += 1
        if mark & marks.EVENT:
            events += 1
        if mark & marks.YOUR and _is_cared_for(view, at + 1, cared_for):
            yours += 1
    weight = _OF_ONE * min(one, _MOST_OF_ONE) + _YOURS * min(yours, _MOST_YOURS)
    weight += _EVENT * min(events, _MOST_EVENTS) + _SMALL_LETTER * (view.capital[:1] == [False])
    return weight + _VALUED * (view.has_digit and _valued(view, terms))


_CARED = Kind.CONDITION | Kind.MEDICATION | Kind.PROCEDURE | Kind.MEASURE
_DOSED = Kind.MEDICATION | Kind.MEASURE


def _valued(view: View, terms: Sequence[Term]) -> bool:
    """Whether a figure follows what has a dose or a value."""
    return any(
        view.gaps[term.last + 1].lstrip(" :=#<>")[:1].isdigit()
        for term in terms
        if term.kind & _DOSED
    )


_FAR = 3
_STOPS = frozenset(".,;:!?")


def _is_cared_for(view: View, first: int, cared_for: AbstractSet[int]) -> bool:
    """Whether something of one's own follows "your", with at most two words between."""
    for at in range(first, min(first + _FAR, len(view.words))):
        if not _STOPS.isdisjoint(view.gaps[at]):
            return False
        if at in cared_for or view.marks[at] & marks.CARE_OF_ONE:
            return True
    return False


def _is_phrase(view: View, at: int) -> bool:
    words = view.words
    return any(words[at + 1 : at + 1 + len(rest)] == rest for rest in _phrases().get(words[at], ()))


@cache
def _phrases() -> Mapping[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for phrase in cues("to everybody"):
        first, *rest = phrase.split()
        found.setdefault(first, []).append(rest)
    return found


@cache
def _figures() -> re.Pattern[str]:
    """What is said to everybody in figures: "50 % off", "50+", "9-4 pm"."""
    return re.compile(
        r"\d{1,2} ?% (?:of|off)\b|\d{2} ?\+"
        r"|\d{1,2}(?::\d\d)? ?(?:am|a|pm|p)? ?- ?\d{1,2}(?::\d\d)? ?(?:am|pm|p)\b"
    )


_NO_START = frozenset("0123456789/-:.$")


def _in_figures(view: View) -> int:
    return sum(
        view.plain[start - 1 : start] not in _NO_START
        and _figures().match(view.lower, start) is not None
        for start, end in view.figures
        if end - start < _FAR
    )


_CALLED = frozenset(",!:-")
_STAFF = frozenset({"dr", "dra", "st", "san", "santa", "with", "con", "nurse", "join", "by"})


def _named(view: View) -> bool:
    """Whether somebody is called by a name, or is spoken of by one."""
    for at in view.marked(marks.GIVEN):
        if not view.capital[at] or view.marks[at] & (marks.HEALTH_TERM | marks.DATE_WORD):
            continue
        if at and view.words[at - 1] in _STAFF:
            continue
        begins = view.gaps[at] != " "
        alone = begins or not view.capital[at - 1]
        if alone and view.marks[at] & marks.SURE_NAME and not _goes_on(view, at):
            return True
        last = at
        while begins and view.gaps[last + 1] == " " and view.capital[last + 1 : last + 2] == [True]:
            last += 1
        after = view.gaps[last + 1].lstrip()[:1]
        if begins and (after in _CALLED or last + 1 == len(view.words) > 1):
            return True
    return False


def _goes_on(view: View, at: int) -> bool:
    """Whether a name is only the beginning of another one: "Clayton Family Dental"."""
    after = at + 1
    if after == len(view.words) or view.gaps[after] != " " or not view.capital[after]:
        return False
    return not view.marks[after] & (marks.SURNAME | marks.GIVEN)
