"""Is a text with terms of health about one person's care, or does it speak to everybody?

"Flu shot" in a campaign says nothing of the reader. What nothing marks as a word to everybody is
taken as personal: hiding too much of a lone result does less harm than hiding too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._audience import audience_of
from compliant_sms.phi._audience_form import named
from compliant_sms.phi._health_data import Kind
from compliant_sms.phi._view import View

if TYPE_CHECKING:
    from compliant_sms.phi._health_terms import Term

__all__ = ["is_personal"]

_AT_FIRST = 2
_NAMED = 4
_VALUED = 4
_DATED = 1
_TOPIC = -2  # what a text begins with, it is about
_ANY_ONE, _THAT_ONE = -1, 1
_ONLY_A_NAME = -1  # of a practice, perhaps
_HAS_IT = 3
_SHOWN = 3
_SHOWS = frozenset(
    ("shows", "showed", "grew", "revealed", "came", "found", "confirms", "confirmed")
)
_HAS = frozenset(("im", "i'm", "am", "hes", "shes", "he's", "she's", "have", "has", "had", "got"))
_HAS |= frozenset(("tengo", "tiene", "tienen", "ive", "i've"))
_ANYBODY = frozenset(("you", "who", "people", "adults", "they", "patients", "many", "if", "we"))
_ANYBODY |= frozenset(("children", "women", "men", "anyone", "someone", "usted", "que", "to"))
_ANY = frozenset(("a", "an", "any"))
_THAT = frozenset(("the", "this", "that", "these"))
_IS = frozenset(("is", "was", "of", "at", "now"))
_NAMES_OF_CARE = Kind.SPECIALTY | Kind.MEASURE
_DOSED = Kind.MEDICATION | Kind.MEASURE


def is_personal(view: View, terms: Sequence[Term]) -> bool:
    """Whether a text speaks about the care of one person.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    weight = _AT_FIRST + audience_of(view).whole + _of_terms(view, terms)
    if view.said & marks.DATE_WORD:
        weight += _DATED
    if view.said & marks.EXAMINED:
        weight += _SHOWN * _is_shown(view)
    return weight > 0 or weight + _NAMED * named(view) > 0


def _is_shown(view: View) -> bool:
    """Whether it is told what an examination showed."""
    return any(
        view.words[at + 1 : at + 2] and view.words[at + 1] in _SHOWS
        for at in view.marked(marks.EXAMINED)
    )


def _of_terms(view: View, terms: Sequence[Term]) -> int:
    """How much the terms say by what stands around them."""
    weight = _VALUED if view.has_digit and _valued(view, terms) else 0
    if not terms:
        return weight
    if terms[0].first == 0 and view.capital[0]:
        weight += _TOPIC
    if all(term.everyday and term.kind & _NAMES_OF_CARE for term in terms):
        weight += _ONLY_A_NAME
    if any(term.kind == Kind.CONDITION and _has_it(view, term.first) for term in terms):
        weight += _HAS_IT
    return weight + sum([_of_article(view, term.first) for term in terms if term.first])


def _has_it(view: View, first: int) -> bool:
    """Whether it is said of somebody: "im allergic", "both boys have sore throats"."""
    if not first or view.words[first - 1] not in _HAS:
        return False
    return first == 1 or view.words[first - 2] not in _ANYBODY


def _of_article(view: View, first: int) -> int:
    before = view.words[first - 1]
    return _ANY_ONE * (before in _ANY) + _THAT_ONE * (before in _THAT)


def _valued(view: View, terms: Sequence[Term]) -> bool:
    """Whether a figure follows what has a dose or a value."""
    return any(_has_value(view, term.last + 1) for term in terms if term.kind & _DOSED)


def _has_value(view: View, at: int) -> bool:
    if at < len(view.words) and view.words[at] in _IS and view.gaps[at] == " ":
        at += 1
    return view.gaps[at].lstrip(" :=#<>")[:1].isdigit()
