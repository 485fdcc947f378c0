"""The name of who writes, where a text surely comes from a patient and begins or ends with it."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.phi._audience._audience import ends_sentence
from compliant_sms.phi._names._reading import Person
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    BIRTH,
    CANDIDATE,
    COMMON,
    DATE_WORD,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    NAME_CUE,
    NO_NAME,
    PHONE_WORD,
    RECORD_CUE,
    STAFF_CUE,
    SURNAME,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import THANKS, THINGS

_OTHER = DATE_WORD | HARDLY_NAME | NO_NAME | NAME_CUE | STAFF_CUE
_SURELY = GIVEN | SURNAME
_REPORTS = word_set("again writing here aca aqui")
_FIELDS = RECORD_CUE | BIRTH | PHONE_WORD
_LONG = 6
_RULE = "writer"


def writers(view: View) -> Iterator[Person]:
    """The names at both ends of what a patient writes.

    Args:
        view: the text, which is inbound.
    """
    last = len(view.words) - 1
    if last >= 0 and _is_name(view, 0) and _opens(view):
        first = int(_is_initial(view, 1))
        end = view.ends[first] + (first and view.plain.startswith(".", view.ends[first]))
        yield Person(view.starts[0], end, first, _RULE)
    if last > 0 and _is_name(view, last) and _closes(view, last):
        yield Person(view.starts[last], view.ends[last], last, _RULE)


def _is_name(view: View, index: int) -> bool:
    """Whether a word with a capital can be a name, and is of no other kind."""
    mark = view.marks[index]
    if not view.capital[index] or mark & _OTHER or view.words[index] in THANKS:
        return False
    listed = mark & GIVEN or (mark & SURNAME and not mark & COMMON)
    return bool(listed or mark & (CANDIDATE | COMMON | HEALTH_TERM) == CANDIDATE)


def _is_initial(view: View, index: int) -> bool:
    """Whether a letter in capitals stands right behind a word: "Szabo V., need ..."."""
    if index >= len(view.words) or view.gaps[index] != " " or len(view.words[index]) > 1:
        return False
    return view.capital[index] and view.gaps[index + 1][:1] in {".", ",", ":"}


def _opens(view: View) -> bool:
    """Whether a name stands alone at the start, or before a number of its bearer."""
    behind, after = view.gaps[1], view.words[1:2]
    follows = behind == " " and bool(after)
    if follows and after[0] in _REPORTS:
        return True  # of no list too: "Kateryna writing back"
    if not view.marks[0] & _SURELY:
        return False
    alone = not follows and behind.strip(" !\n") in {"", "."}
    if alone or _is_initial(view, 1):
        return True
    if view.words[0] in THINGS:
        return False
    if follows:
        return view.has_digit and bool(view.marks[1] & _FIELDS)
    return behind[:1] in {" ", ","} and sum(map(str.isdigit, behind)) >= _LONG


def _closes(view: View, last: int) -> bool:
    """Whether a name stands alone at the end, or behind a number of its bearer."""
    if view.gaps[last + 1].strip(" .!") or not view.marks[last] & _SURELY:
        return False
    between = view.gaps[last]
    signs = between[:1] == "," or between.strip() == "-" or between.strip().isdigit()
    return signs or ends_sentence(view, last)
