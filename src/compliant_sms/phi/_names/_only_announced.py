"""Names that are none but for the word that announces them: "Mr. Ng", "WALKER, DAVID J"."""

from __future__ import annotations

from compliant_sms.phi._names._reading import Openness, Person, is_unlisted_surname, name_at
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import GIVEN, PARTICLE, SURNAME
from compliant_sms.phi._words._name_staff_words import NOT_AFTER_TITLE

_SHORTEST = 2


def in_capitals(view: View, index: int) -> Person | None:
    """A surname that is a word, before a first name, both in capitals: "WALKER, DAVID J"."""
    ahead = index + 1
    if ahead >= len(view.words) or not (view.is_shouted(index) and view.is_shouted(ahead)):
        return None
    surname = view.marks[index] & SURNAME or is_unlisted_surname(view, index)
    if not surname or not view.marks[ahead] & GIVEN:
        return None
    first = name_at(view, ahead, Openness.CAPITAL, "named")
    last, end = (first.last, first.end) if first else (ahead, view.ends[ahead])
    return Person(view.starts[index], end, last, "named")


def with_particles(view: View, index: int, rule: str) -> Person | None:
    """A surname that begins with particles: "Mr. van der Meulen"."""
    ahead = index
    while ahead < len(view.words) and ahead < index + 3 and view.marks[ahead] & PARTICLE:
        ahead += 1
    if ahead == index or ahead >= len(view.words) or not view.capital[ahead]:
        return None
    found = name_at(view, ahead, Openness.CAPITAL, rule)
    return Person(view.starts[index], found.end, found.last, rule) if found else None


def surname_only(view: View, index: int, rule: str, *, staff: bool) -> Person | None:
    """A surname that is a word, in small letters: a title before it leaves little else."""
    short = view.capital[index] and view.ends[index] - view.starts[index] == _SHORTEST
    if short and rule == "honorific" and view.marks[index] & SURNAME:
        return Person(view.starts[index], view.ends[index], index, "honorific")  # "Mr. Ng"
    if not staff or not view.marks[index] & SURNAME or view.words[index] in NOT_AFTER_TITLE:
        return None
    return Person(view.starts[index], view.ends[index], index, "title")
