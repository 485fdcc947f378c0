"""How far a name reaches, and where a phrase begins and ends."""

from __future__ import annotations

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    COMMON,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    MONTH,
    NO_NAME,
    PARTICLE,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_lists import VIETNAMESE, word_set
from compliant_sms.phi._words._name_staff_words import CREDENTIALS, MIXED, NOT_AFTER_TITLE
from compliant_sms.phi._words._name_words import (
    CLOSING,
    DOES,
    HAPPENS,
    JOINING,
    NO_SURNAMES,
    OPENING_PARTICLES,
    SECOND_HALVES,
    SMALL_LETTERS_NO_INITIAL,
    SMALL_PARTICLES,
)

_MOST_WORDS = 8  # "Maria de los Angeles Perez Viuda de Soto"
_WIDOW = "vda"
_FEW = 3
_MUHAMMAD = frozenset({"md", "mohd", "muhd"})
_ANSWERS = (["here"], ["again"], ["calling"], ["dob"])
_NEWBORN = frozenset({"girl", "boy"})
_AFTER_INITIAL = frozenset({"", " ", ".", ",", "!", "?"})
_NICKNAMED = {' "': '" ', " (": ") ", " '": "' "}
"""What stands before a nickname inside a name, and what behind it."""
_ARABIC = frozenset({"al", "el", "abu", "bin", "ibn"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_DEVOTED = frozenset({"dios", "jesus", "carmen", "rosario", "luz", "paz", "refugio", "socorro"})
"""What given names of Spanish end with behind "de", and hardly a sentence goes on with."""


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


# Behind somebody of whom, or to whom, something is told: "call robert miller back".
_TOLD_OF = DOES | word_set(
    "back to on about that tmrw twice hi yesterday instead be can cannot es there"
)


def closes(view: View, index: int) -> bool:
    """Whether a name may end with a word that is a word too: "roberta stokes dob"."""
    if ends_phrase(view, index) or view.gaps[index + 1].strip()[:1].isdigit():
        return True
    if index + 1 >= len(view.words):
        return False
    after = view.words[index + 1]
    return after in CLOSING or after in _SUFFIXES or after in _TOLD_OF


def last_word(view: View, first: int) -> int:
    """The index of the last word of a name that begins with a word."""
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
            part = view.capital[ahead] or not view.marks[ahead] & COMMON or _ends_korean(view, last)
            return ahead if part and not word.endswith("'s") else last
        if between != ". " or (len(word) > 2 and word != _WIDOW):
            return _past_nickname(view, last) if between in _NICKNAMED else last
    if word.endswith("'s"):
        return last
    if view.marks[ahead] & PARTICLE and between == " ":
        return last if _are_two(view, ahead) else _past_particles(view, last)
    return ahead if _goes_on(view, last, ahead) else last


def _past_nickname(view: View, last: int) -> int:
    """The surname behind a nickname: "Robert "Bobby" Tran", "William (Bill) Hargrove"."""
    ahead = last + 2
    if ahead >= len(view.words) or view.gaps[ahead] != _NICKNAMED[view.gaps[last + 1]]:
        return last
    barred = HARDLY_NAME | NO_NAME | HEALTH_TERM
    named = view.capital[last] == view.capital[ahead - 1] and not view.marks[ahead - 1] & barred
    return ahead if named and _goes_on(view, last, ahead) else last


def _ends_korean(view: View, last: int) -> bool:
    """Whether the second half of a given name follows, in small letters: "Jun-ho"."""
    return view.capital[last] and view.words[last + 1].removesuffix("'s") in SECOND_HALVES


def _are_two(view: View, index: int) -> bool:
    """Whether "y" joins two people rather than two surnames: "Ana y Luis"."""
    if view.words[index] != "y" or index + 1 >= len(view.words):
        return False
    return bool(view.marks[index - 1] & view.marks[index + 1] & SURE_NAME)


def _past_particles(view: View, last: int) -> int:
    words, marks = view.words, view.marks
    ahead = last + 1
    if not view.capital[last]:
        after = ahead + 1
        if words[ahead] in _ARABIC and view.gaps[after] == "-" and after < len(words):
            return after  # "omar al-hassan"
        if words[ahead] not in JOINING:
            return ahead if _goes_on(view, last, ahead) else last
        if after >= len(words):
            return last
        named = not marks[after] & COMMON or marks[after] & SURNAME or words[after] in _DEVOTED
        return after if named else last
    while ahead + 1 < len(words) and marks[ahead] & PARTICLE and ahead < last + 4:
        if view.gaps[ahead + 1] != " " and words[ahead] != _WIDOW:
            break
        ahead += 1
    return ahead if view.capital[ahead] and view.gaps[ahead] in {" ", "-"} else last


def _goes_on(view: View, last: int, index: int) -> bool:
    """Whether a word goes on the name that the word before it belongs to."""
    marks, capital, word = view.marks[index], view.capital[index], view.words[index]
    if len(word) == 1 or (word[1:] == "'s" and capital):  # "Tyrone W's"
        return _is_initial(view, last, index)
    if marks & (HARDLY_NAME | NO_NAME) or marks & (HEALTH_TERM | SURNAME) == HEALTH_TERM:
        return False
    dated = marks & MONTH and view.gaps[index + 1][1:2].isdigit()  # "Rosa Ruiz April 5"
    if dated or word in NO_SURNAMES or (word in CREDENTIALS and _is_credential(view, last, index)):
        return False
    before = view.capital[last] or (view.gaps[last] == "-" and view.capital[last - 1])
    if not capital or not before:
        return capital == before and _goes_on_small(view, index, marks, word)
    shouted = view.is_shouted(last) and len(view.words[last]) > 1
    if len(word) < 5 and not shouted and view.is_shouted(index):
        return False
    amid = shouted and _is_amid_small(view, index)
    surname = marks & SURNAME and (not shouted or amid or closes(view, index))
    return not marks & COMMON or bool(surname) or (bool(marks & GIVEN) and (amid or not shouted))


def _is_shouted(view: View, index: int) -> bool:
    return index < len(view.words) and view.is_shouted(index)


def _is_amid_small(view: View, index: int) -> bool:
    """Whether a word in capitals ends a few of them in a text that has small letters."""
    last = index
    while last < index + _FEW and view.gaps[last + 1] == " " and _is_shouted(view, last + 1):
        last += 1
    return not view.shouts and view.is_shouted(index) and last < index + _FEW


def _is_credential(view: View, last: int, index: int) -> bool:
    """Whether a word behind a name is a degree, not a part of the name: "PhD", "RN"."""
    return view.words[index] in MIXED or (view.is_shouted(index) and not view.is_shouted(last))


def _is_initial(view: View, last: int, index: int) -> bool:
    """Whether one letter is an initial: "Kelsey M", and in small letters "shanice w again"."""
    after = view.gaps[index + 1][:1]
    if after == "-" or (view.marks[index] & HARDLY_NAME and after != "."):
        return False
    if view.capital[index]:
        return True
    if view.capital[last]:
        return index + 1 == len(view.words) and not view.gaps[index + 1].strip(".")
    return after in _AFTER_INITIAL and _is_small_initial(view, index, after)


def _is_small_initial(view: View, index: int, after: str) -> bool:
    """Whether what follows one small letter lets it be an initial."""
    word = view.words[index]
    if after == " " and view.words[index + 1 : index + 2] in _ANSWERS:
        return True
    if after == " ":
        return word not in SMALL_LETTERS_NO_INITIAL and _goes_on_behind(view, index + 1)
    return after != "" or word not in SMALL_LETTERS_NO_INITIAL


def _goes_on_behind(view: View, index: int) -> bool:
    """Whether a sentence goes on after a name: "shanice w again", not "jaxxon w two x's"."""
    if index >= len(view.words):
        return True
    return view.words[index] in CLOSING or view.gaps[index].strip()[:1].isdigit()


def _goes_on_small(view: View, index: int, marks: int, word: str) -> bool:
    if marks & COMMON:
        barred = marks & PARTICLE or word in HAPPENS or word in NOT_AFTER_TITLE
        owns = word.endswith("'s")
        return bool(marks & SURNAME) and not barred and (owns or closes(view, index))
    return len(word) > 2 and (bool(marks & SURNAME) or len(word) > 4)


def first_word(view: View, index: int) -> int:
    """Where a name begins whose first known word is given: with "De la", "bin" or "Big"."""
    first = index
    while first and view.marks[first - 1] & PARTICLE and view.gaps[first] == " ":
        first -= 1
    while first < index and not (view.capital[first] or view.words[first] in SMALL_PARTICLES):
        first += 1
    if first < index and view.words[first] in OPENING_PARTICLES:
        return first - _is_behind_vietnamese(view, first)  # "Nguyen Van Anh"
    if not index or not view.capital[index - 1]:
        return index
    before = view.words[index - 1]
    muhammad = view.gaps[index] == ". " and before in _MUHAMMAD and not view.is_shouted(index - 1)
    if muhammad or (view.words[index] == "van" and _is_behind_vietnamese(view, index)):
        return index - 1
    if view.gaps[index] != " ":
        return index
    if before in _NEWBORN and index > 1 and view.words[index - 2] == "baby":
        return index - 2  # as they are called before they have a name
    surname = view.marks[index] & (SURNAME | SURE_NAME) == SURNAME
    return index - (before == "big" or (before == "baby" and surname))


def _is_behind_vietnamese(view: View, index: int) -> bool:
    """Whether a surname of Vietnam stands right before a word."""
    if not index or view.gaps[index] != " " or not view.capital[index - 1]:
        return False
    return view.words[index - 1] in VIETNAMESE
