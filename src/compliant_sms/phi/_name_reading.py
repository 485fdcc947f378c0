"""How far a name reaches, and whether it is a place's."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from compliant_sms.phi._marks import (
    COMMON,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    LETTER,
    NO_NAME,
    OWN_VOICE,
    PARTICLE,
    PLACE_WORD,
    SAINT,
    SURE_NAME,
    SURNAME,
    TO_READER,
)
from compliant_sms.phi._name_places import in_link, is_place
from compliant_sms.phi._name_words import (
    ALWAYS_CLOSING,
    CLOSING,
    HAPPENS,
    JOINING,
    MODAL,
    SMALL_LETTERS_NO_INITIAL,
)
from compliant_sms.phi._view import View

__all__ = ["Openness", "Person", "as_named", "ends_phrase", "name_at", "practice_speaks", "starts_phrase"]


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


_MOST_WORDS = 5
_INSIDE = frozenset({" ", "-", ". "})
_SMALL_PARTS = PARTICLE | LETTER
_APART_BEFORE = frozenset({"", " ", ", ", ". ", "! ", "? ", ": ", " - ", "\n"})
_APART_BEHIND = frozenset({"", " ", ", ", ". ", "."})
_MEDICINE = HEALTH_TERM | GIVEN | COMMON | SURNAME
_BARRED = SURE_NAME | NO_NAME | HARDLY_NAME
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


def starts_phrase(view: View, index: int) -> bool:
    """Whether nothing, or a sign that ends a phrase, stands before a word."""
    before = view.gaps[index]
    if not index:
        return not before.strip(" \n\"'*([!-")
    return before != " " and any(sign in before for sign in ".:!?-\n;,(")


def ends_phrase(view: View, index: int) -> bool:
    """Whether nothing, or a sign that ends a phrase, stands after a word."""
    after = view.gaps[index + 1]
    if after == " ":
        return False
    after = after.lstrip(" ")
    return after[0] in ",.:;!?-)(\n/&+" if after else index + 1 >= len(view.words)


def practice_speaks(view: View) -> bool:
    """Whether a text speaks to its reader as a practice does, of "you" and never of "me"."""
    if view.said & OWN_VOICE:
        return False
    if view.said & TO_READER:
        return True
    called = bool(view.words) and view.marks[0] & GIVEN and not view.starts[0]
    return bool(called) and view.gaps[1] in {", ", ": ", "! "}


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
        last = _last_word(view, index)
    if (view.has_digit or view.said & (PLACE_WORD | SAINT)) and is_place(view, index, last):
        return None
    if view.gaps[index] not in _APART_BEFORE or view.gaps[last + 1] not in _APART_BEHIND:
        if in_link(view, index, last):
            return None
    return Person(view.starts[index], _end(view, last), last, rule)


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
    if len(word) == 1 and end + 1 == len(view.plain) and view.plain[end] == ".":
        end += 1
    return end


def _begins(view: View, index: int, openness: Openness) -> bool:
    marks, capital = view.marks[index], view.capital[index]
    length = view.ends[index] - view.starts[index]
    if marks & _BARRED == SURE_NAME and length > 3:
        return True
    barred = marks & NO_NAME or (marks & HARDLY_NAME and not (capital and marks & GIVEN))
    if barred or (length < 4 and not _stands_alone(view, index)):
        return False
    if marks & SURE_NAME:
        return True
    if openness is Openness.GIVEN or marks & _MEDICINE == HEALTH_TERM:
        return False
    if marks & GIVEN:
        meant = openness is Openness.RELATIVE and view.words[index] not in MODAL
        return capital or meant or _reads_as_name(view, index)
    if marks & COMMON:
        return capital and length > 2 and bool(marks & SURNAME)
    small = length > 2 and openness is not Openness.CAPITAL
    return capital or (small and (openness is Openness.ANY or _reads_as_name(view, index)))


def _stands_alone(view: View, index: int) -> bool:
    """Whether a short word is neither an abbreviation in capitals nor a part of another."""
    plain, start, end = view.plain, view.starts[index], view.ends[index]
    if view.gaps[index][-1:] in {"-", "/"}:
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
    if after in CLOSING:
        return True
    return bool(after) and bool(view.marks[index + 1] & SURNAME) and _closes(view, index + 1)


def _closes(view: View, index: int) -> bool:
    """Whether a name may end with a word that is a word too: "roberta stokes dob"."""
    if ends_phrase(view, index) or view.gaps[index + 1].strip()[:1].isdigit():
        return True
    return index + 1 < len(view.words) and view.words[index + 1] in CLOSING


def _last_word(view: View, first: int) -> int:
    last = first
    while last - first < _MOST_WORDS:
        following = _next_part(view, last)
        if following == last:
            break
        last = following
    return last


def _next_part(view: View, last: int) -> int:
    """The word that goes on a name, past particles; the same word when none does."""
    ahead = last + 1
    if ahead >= len(view.words):
        return last
    between, word = view.gaps[ahead], view.words[last]
    if between != " ":
        if between == "-":
            part = view.capital[ahead] or not view.marks[ahead] & COMMON
            joined = part and not word.endswith("'s")
            return ahead if joined else last
        if between != ". " or len(word) > 2:
            return last
    if word.endswith("'s"):
        return last
    if view.marks[ahead] & PARTICLE and between == " ":
        return _past_particles(view, last)
    return ahead if _goes_on(view, last, ahead) else last


def _past_particles(view: View, last: int) -> int:
    words, marks = view.words, view.marks
    ahead = last + 1
    if not view.capital[last]:
        if words[ahead] not in JOINING:
            return ahead if _goes_on(view, last, ahead) else last
        after = ahead + 1
        if after >= len(words):
            return last
        return after if not marks[after] & COMMON or marks[after] & SURNAME else last
    while ahead + 1 < len(words) and marks[ahead] & PARTICLE and ahead < last + 4:
        ahead += 1
    return ahead if view.capital[ahead] and view.gaps[ahead] in {" ", "-"} else last


def _goes_on(view: View, last: int, index: int) -> bool:
    """Whether a word goes on the name that the word before it belongs to."""
    marks, capital, word = view.marks[index], view.capital[index], view.words[index]
    after = view.gaps[index + 1][:1]
    if len(word) == 1 and (not marks & HARDLY_NAME or after in {".", "-"}):
        told = word not in SMALL_LETTERS_NO_INITIAL and after in {"", " ", "."}
        return after != "-" and (capital or (not view.capital[last] and told))
    if marks & (HARDLY_NAME | NO_NAME) or marks & (HEALTH_TERM | SURNAME) == HEALTH_TERM:
        return False
    if not capital or not view.capital[last]:
        return capital == view.capital[last] and _goes_on_small(view, index, marks, word)
    shouted = view.is_shouted(last) and len(view.words[last]) > 1
    if len(word) < 5 and not shouted and view.is_shouted(index):
        return False
    surname = marks & SURNAME and (not shouted or _closes(view, index))
    return not marks & COMMON or bool(surname) or (bool(marks & GIVEN) and not shouted)


def _goes_on_small(view: View, index: int, marks: int, word: str) -> bool:
    if marks & COMMON:
        barred = marks & PARTICLE or word in HAPPENS
        return bool(marks & SURNAME) and not barred and _closes(view, index)
    return len(word) > 2 and (bool(marks & SURNAME) or len(word) > 4)
