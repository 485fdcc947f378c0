"""The name that begins at a word, if there is one."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from compliant_sms.phi._names._extent import (
    closes,
    ends_phrase,
    first_word,
    last_word,
    starts_phrase,
)
from compliant_sms.phi._names._places import in_link, is_place
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    DATE_WORD,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    LETTER,
    NAME_CUE,
    NO_NAME,
    PARTICLE,
    PLACE_WORD,
    SAINT,
    STAFF_CUE,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import (
    ALWAYS_CLOSING,
    CLOSING,
    DOES,
    MODAL,
    SECOND_HALVES,
    THINGS,
)


class Person(NamedTuple):
    """Somebody who is named, and where: offsets in the plain text."""

    start: int
    end: int
    last: int
    """The index of the name's last word."""
    rule: str
    """What found it; the part of a rule's name after the slash."""
    staff: bool = False


def as_named(found: Person, rule: str, *, staff: bool = False) -> Person:
    """The same, found by another rule."""
    return Person(found.start, found.end, found.last, rule, staff)


_INSIDE = frozenset({" ", "-", ". ", ' "', " (", " '"})
_SMALL_PARTS = PARTICLE | LETTER
_APART_BEFORE = frozenset({"", " ", ", ", ". ", "! ", "? ", ": ", " - ", "\n"})
_APART_BEHIND = frozenset({"", " ", ", ", ". ", "."})
_MEDICINE = HEALTH_TERM | GIVEN | COMMON | SURNAME
_BARRED = SURE_NAME | NO_NAME | HARDLY_NAME
_AN_ABBREVIATION = 5
OTHER_THINGS = NO_NAME | HARDLY_NAME | DATE_WORD | PLACE_WORD | STAFF_CUE
_NO_FIRST_NAMES = THINGS | word_set("summer autumn winter spring")
_DOES_OR_IS = DOES | {"is", "was", "has"}
_SUFFIXES = (["jr"], ["sr"], ["ii"], ["iii"], ["iv"])
_BLANKS = frozenset({" ", ", "})


class Openness(IntEnum):
    """What the words before a name allow it to be."""

    GIVEN = 1
    """A given name that is no ordinary word, or one with a capital that a surname follows."""
    CAPITAL = 2
    """Any name of the lists too, and every capitalised word that is no ordinary one."""
    RELATIVE = 3
    """In small letters too, when the words after it let it be a name."""
    ANY = 4
    """Every word that is no ordinary one."""


def name_at(view: View, index: int, openness: Openness, rule: str) -> Person | None:
    """The name that begins at a word.

    Args:
        view: the text.
        index: of the word; there may be none.
        openness: what the words before it allow it to be.
        rule: by which rule somebody is looked for there.

    Returns:
        who is named; nothing when there is no name, a place that is called after somebody, or a
        part of a link.
    """
    if index >= len(view.words) or not _begins(view, index, openness):
        return None
    last = index
    if view.gaps[index + 1] in _INSIDE and _may_go_on(view, index):
        last = last_word(view, index)
    if (view.has_digit or view.said & (PLACE_WORD | SAINT)) and is_place(view, index, last):
        return None
    apart = view.gaps[index] in _APART_BEFORE and view.gaps[last + 1] in _APART_BEHIND
    if not apart and in_link(view, index, last):
        return None
    first = first_word(view, index) if index else 0
    return Person(view.starts[first], _end(view, last), last, rule)


def _may_go_on(view: View, index: int) -> bool:
    """Whether the word behind could belong to the same name at all."""
    ahead = index + 1
    if ahead >= len(view.words):
        return False
    if view.capital[index] and not view.capital[ahead]:
        return bool(view.marks[ahead] & _SMALL_PARTS) or view.gaps[ahead] != " "
    return True


def _end(view: View, last: int) -> int:
    """Where a name ends with a word: without "'s", with "Jr" and the full stop of an initial."""
    end, word, ahead = view.ends[last], view.words[last], last + 1
    if word[-2:] == "'s":
        end -= 2
    if view.gaps[ahead] in _BLANKS and view.words[ahead : ahead + 1] in _SUFFIXES:
        end = view.ends[ahead]
    if len(word) == 1 and view.plain.startswith(".", end):
        capital = view.capital[last] or end + 1 == len(view.plain)
        return end + 1 if capital else end
    return end


def _begins(view: View, index: int, openness: Openness) -> bool:
    """Whether a name may begin with a word, by what it is and by what the words before allow."""
    marks = view.marks[index]
    length = view.ends[index] - view.starts[index]
    if marks & _BARRED == SURE_NAME and length > 3:
        return True
    if length < 4 and view.capital[index] and is_korean(view, index):
        return True
    if _is_barred(view, index, marks):
        return False
    if marks & GIVEN and is_in_capitals(view, index):
        return True
    if length < 4 and not _stands_alone(view, index):
        return False
    return bool(marks & SURE_NAME) or _is_open(view, index, openness, long=length > 2)


def is_in_capitals(view: View, index: int) -> bool:
    """Whether a given name and a surname stand in capitals amid small letters: "for WEI ZHANG"."""
    ahead = index + 1
    if view.shouts or ahead >= len(view.words) or view.gaps[ahead] not in {" ", "-"}:
        return False
    if not (view.is_shouted(index) and view.is_shouted(ahead)):
        return False
    if index and view.is_shouted(index - 1) and view.gaps[index] == " ":
        return False
    kinds = view.marks[ahead]
    named = kinds & (SURNAME | GIVEN) and not kinds & (HARDLY_NAME | NO_NAME)
    named = named or is_unlisted_surname(view, ahead)
    last = ahead
    while last < ahead + 3 and view.gaps[last + 1] in {" ", "-"} and last + 1 < len(view.words):
        if not view.is_shouted(last + 1):
            break
        last += 1
    words = view.marks[index : last + 1]
    sure = not all(each & COMMON for each in words) or _are_first_and_last(view, index)
    return bool(named) and sure


def is_unlisted_surname(view: View, index: int) -> bool:
    """Whether a word is in no dictionary, and too long for an abbreviation."""
    known = view.marks[index] & (CANDIDATE | COMMON | HEALTH_TERM | NO_NAME | PLACE_WORD)
    return known == CANDIDATE and len(view.words[index]) > _AN_ABBREVIATION


def _are_first_and_last(view: View, index: int) -> bool:
    """Whether two words are a first name and a surname, though each is a word: "LINDA SMITH"."""
    first, second = view.marks[index], view.marks[index + 1]
    if not first & GIVEN or not second & SURNAME or (first | second) & OTHER_THINGS:
        return False
    ill = first & HEALTH_TERM or second & (HEALTH_TERM | GIVEN) == HEALTH_TERM
    if ill or view.words[index] in _NO_FIRST_NAMES:
        return False
    signed = index > 0 and index + 2 == len(view.words)
    return signed or not starts_phrase(view, index) or _is_spoken_of(view, index + 1)


def _is_spoken_of(view: View, last: int) -> bool:
    """Whether a text goes on as about somebody, and not as behind a heading: "LINDA SMITH has"."""
    owns = view.words[last].endswith("'s")
    return owns or view.gaps[last + 1][:1] in {",", ":", "-"} or does_something(view, last)


def does_something(view: View, index: int) -> bool:
    """Whether a text goes on to say what somebody did or is: "J Baker missed her visit"."""
    after = view.words[index + 1 : index + 2]
    return bool(after) and view.gaps[index + 1] == " " and after[0] in _DOES_OR_IS


def _is_barred(view: View, index: int, marks: int) -> bool:
    return bool(
        marks & NO_NAME or (marks & HARDLY_NAME and not (view.capital[index] and marks & GIVEN))
    )


def _is_open(view: View, index: int, openness: Openness, *, long: bool) -> bool:
    """Whether the words before a word, or those behind, let it be a name."""
    marks, capital = view.marks[index], view.capital[index]
    if openness is Openness.GIVEN or marks & _MEDICINE == HEALTH_TERM:
        return False
    shouted = view.is_shouted(index) and not view.shouts and bool(marks & COMMON)
    if marks & GIVEN and not shouted:
        meant = openness is Openness.RELATIVE and view.words[index] not in MODAL
        return capital or meant or _reads_as_name(view, index)
    if marks & COMMON:
        loud = shouted or view.gaps[index] == "! "
        return capital and long and bool(marks & SURNAME) and not loud
    small = long and (openness is not Openness.CAPITAL or bool(marks & SURNAME))
    return capital or (small and (openness is Openness.ANY or _reads_as_name(view, index)))


def is_korean(view: View, index: int) -> bool:
    """Whether it is the first half of a given name: "Jun-ho"."""
    if index + 1 >= len(view.words):
        return False
    second = view.words[index + 1].removesuffix("'s")
    return view.gaps[index + 1] == "-" and second in SECOND_HALVES


def _stands_alone(view: View, index: int) -> bool:
    """Whether a short word is neither an abbreviation in capitals nor a part of another."""
    plain, start, end = view.plain, view.starts[index], view.ends[index]
    joined = view.gaps[index]
    if joined[-1:] in {"-", "/"} and not (joined == "/" and view.marks[index] & SURE_NAME):
        return False
    if end - start < 3 and view.gaps[index + 1][:1] in {"-", "/"}:
        return False
    return (
        end - start < 2
        or not plain[start:end].isupper()
        or plain[max(0, start - 40) : end + 40].isupper()
    )


def _reads_as_name(view: View, index: int) -> bool:
    """Whether what follows a word in small letters lets it be a name."""
    if ends_phrase(view, index):
        return True
    after = view.words[index + 1] if index + 1 < len(view.words) else ""
    if view.words[index] in MODAL:
        return after in ALWAYS_CLOSING
    if after in CLOSING or not after or view.gaps[index + 1] != " ":
        return after in CLOSING
    first, second = view.marks[index], view.marks[index + 1]
    if first & (GIVEN | NAME_CUE) == GIVEN and second & (SURE_NAME | COMMON) == SURE_NAME:
        return True  # "rosa maria pena"
    ends = second & SURNAME and (closes(view, index + 1) or _are_surnames(view, index + 1))
    return bool(ends)


def _are_surnames(view: View, index: int) -> bool:
    """Whether two surnames end a phrase, as in Spanish: "angel saldivar meza"."""
    ahead = index + 1
    if ahead >= len(view.words) or view.gaps[ahead] != " " or not view.marks[ahead] & SURNAME:
        return False
    return not view.marks[index] & COMMON and closes(view, ahead)
