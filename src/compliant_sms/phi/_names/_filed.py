"""Names as a file has them, the surname first: "Okonkwo, Chidi - 4/12/77". No finding by itself."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.phi._names._extent import closes, ends_phrase, starts_phrase
from compliant_sms.phi._names._reading import OTHER_THINGS, Person, does_something
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
    PLACE_WORD,
    RECORD_CUE,
    STAFF_CUE,
    STATE,
    SURE_NAME,
    SURNAME,
    TOWN,
)
from compliant_sms.phi._words._name_lists import VIETNAMESE, word_set
from compliant_sms.phi._words._name_words import THINGS

_BARRED = HARDLY_NAME | NO_NAME | NAME_CUE | STAFF_CUE | HEALTH_TERM | DATE_WORD | PLACE_WORD
_SHORTEST = 3
_LAST = 3
_NEXT = frozenset({"dob", "here", "born", "date", "d"})
_OF_A_FILE = frozenset({"dob", "born", "mrn", "chart", "acct", "account", "room", "rm"})
_MIDDLES = frozenset({"thi", "van"})
_FIRST_OF_TWO = word_set("rosa luz blanca flor alma dulce angel dolores consuelo rose")
"""Words besides that are first names before another one: "Rosa Maria", "Rose Marie"."""
_PLEASE = word_set("will can may bill mark")  # "Davis, can you call", "Davis, mark your calendar"
_BEHIND_INITIAL = frozenset({" ", ". ", "."})
_ARTICLES = frozenset({"a", "i", "w"})
_NO_INITIALS = _ARTICLES | frozenset({"u", "y", "n", "x", "r"})
_BEFORE = word_set("for is its it's im i'm from name hi hey pt patient under cancel confirm yes ok")
_FILED = word_set("for re pt patient under cancel confirm statement")
_DOB = (["dob"], ["born"])
_GREETS = (["trong"],)  # "trân trọng", with regards
_OF_NAMES = frozenset("ảạấầẩẫậắằẳẵặẻẽẹếềểễệỉĩịỏọốồổỗộơớờởỡợủũụưứừửữựỳỷỹỵđ")
"""Letters that hardly another language writes."""


def filed(view: View) -> Iterator[Person]:
    """A surname at the start of a phrase, and the given name behind a comma.

    A number, an end or "dob" follows: else two people are called, or a sentence goes on.
    """
    for first, gap in enumerate(view.gaps[1:-1]):
        last = first + 1
        if gap != ", ":
            continue
        whole = first - (first > 0 and view.gaps[first] == "-" and view.capital[first - 1])
        if _is_lone_initial(view, last) and _may_be_filed(view, first):
            end = view.ends[last] + view.plain.startswith(".", view.ends[last])
            yield Person(view.starts[first], end, last, "filed")
        elif not _is_surname(view, first, whole):
            continue
        elif _is_given(view, last) and view.capital[first] == view.capital[last]:
            if _is_initial(view, last + 1) or _is_second(view, last + 1):
                last += 1
            if _closes(view, last):
                yield Person(view.starts[whole], view.ends[last], last, "filed")


def is_filed_under(view: View, index: int, *, told: bool) -> bool:
    """Whether "under" leads to a surname, and to no plan, street or rule; or something is filed."""
    if view.marks[index] & RECORD_CUE:
        return False  # "under Kaiser"
    if told:
        return True
    known = view.marks[index] & (SURNAME | COMMON) == SURNAME
    other = HEALTH_TERM | DATE_WORD | PLACE_WORD | STATE | TOWN
    if not known or not view.capital[index] or view.marks[index] & other:
        return False
    return ends_phrase(view, index) and not view.is_shouted(index)


def _may_be_filed(view: View, index: int) -> bool:
    """Whether a word in capitals can be a surname, given names of the lists too."""
    barred = view.marks[index] & (_BARRED | COMMON | STATE)
    long = len(view.words[index]) >= _SHORTEST
    return view.capital[index] and long and not barred and starts_phrase(view, index)


def _is_surname(view: View, index: int, whole: int) -> bool:
    """Whether a word, or the two of a hyphen, can be a surname where a phrase begins."""
    marks = view.marks[index]
    if marks & (_BARRED | COMMON | STATE) or len(view.words[index]) < _SHORTEST:
        return False
    if marks & TOWN and not marks & SURNAME:
        return False
    known = view.capital[index] or marks & SURNAME
    opens = starts_phrase(view, whole) or (
        view.capital[index] and view.gaps[whole] == " " and view.words[whole - 1] in _FILED
    )
    return bool(known and marks & (SURNAME | SURE_NAME) != SURE_NAME) and opens


def _is_given(view: View, index: int) -> bool:
    marks = view.marks[index]
    barred = _BARRED | STATE
    if view.capital[index] and marks & GIVEN:
        barred &= ~HEALTH_TERM  # "Ybarra, Dolores"
    return bool(marks & (SURE_NAME if not view.capital[index] else GIVEN)) and not marks & barred


def _is_initial(view: View, index: int) -> bool:
    if index >= len(view.words) or view.gaps[index] != " ":
        return False
    return len(view.words[index]) == 1 and view.capital[index]


def _is_second(view: View, index: int) -> bool:
    """Whether a second given name follows: "WHITFIELD, MARY ANN"."""
    if index >= len(view.words) or view.gaps[index] != " " or not _is_given(view, index):
        return False
    return view.capital[index] and view.is_shouted(index) == view.is_shouted(index - 1)


def _is_lone_initial(view: View, index: int) -> bool:
    """Whether an initial alone stands for the given name, and what a file says follows."""
    if len(view.words[index]) > 1 or not view.capital[index] or index + 1 == len(view.words):
        return False
    return view.gaps[index + 1] in _BEHIND_INITIAL and view.words[index + 1] in _OF_A_FILE


def _closes(view: View, last: int) -> bool:
    """Whether the name ends there, and a number or a word that comes with a file follows."""
    after = view.gaps[last + 1]
    if last + 1 == len(view.words):
        return True
    return after in {" - ", ": "} or any(map(str.isdigit, after)) or view.words[last + 1] in _NEXT


def small_initials(view: View) -> Iterator[Person]:
    """An initial and a surname in small letters: "r lopez 5/5/55", "refill for j ortega"."""
    for first in view.marked(LETTER):
        last = first + 1
        if len(view.words[first]) > 1 or view.capital[first] or last == len(view.words):
            continue
        if view.gaps[last] not in _BEHIND_INITIAL or view.capital[last]:
            continue
        dated = (
            any(map(str.isdigit, view.gaps[last + 1])) or view.words[last + 1 : last + 2] in _DOB
        )
        if view.words[first] in (_ARTICLES if dated else _NO_INITIALS):
            continue
        led = not view.gaps[first].strip() if not first else view.words[first - 1] in _BEFORE
        if led and _is_behind_initial(view, last, dated=dated) and closes(view, last):
            yield Person(view.starts[first], view.ends[last], last, "initial")


def _is_behind_initial(view: View, index: int, *, dated: bool) -> bool:
    """Whether a word can be the surname behind an initial; before a date, unlisted ones too."""
    marks = view.marks[index]
    if marks & _BARRED or len(view.words[index]) < _SHORTEST:
        return False
    if dated:
        return bool(marks & (SURNAME | CANDIDATE))
    return marks & (SURNAME | COMMON) == SURNAME


def viet(view: View) -> Iterator[Person]:
    """A name of Vietnam in small letters before a figure or at an end: "trần minh tú, 14/02/92"."""
    if VIETNAMESE.isdisjoint(view.words):
        return
    for first, word in enumerate(view.words):
        if word not in VIETNAMESE or view.capital[first] or not starts_phrase(view, first):
            continue
        if view.words[first + 1 : first + 2] in _GREETS:
            continue
        last = first
        while last - first < _LAST and last + 1 < len(view.words) and view.gaps[last + 1] == " ":
            last += 1
        after = view.gaps[last + 1]
        told = after.strip(" ,(-")[:1].isdigit() or after.strip(" ") in {"", ".", ","}
        start, end = view.place(view.starts[first], view.ends[last])
        middle = last - first > 1 and view.words[first + 1] in _MIDDLES
        written = not _OF_NAMES.isdisjoint(view.given[start:end].lower())
        if last > first and told and (written or (middle and not start)):
            yield Person(view.starts[first], view.ends[last], last, "filed")


def with_surname_before(view: View, index: int, found: Person) -> Person:
    """A surname first ("Last, First"), and a first name of no list before a second one."""
    if not index or view.gaps[index] not in {" ", ", "}:
        return found
    before, marks = view.words[index - 1], view.marks[index - 1]
    if view.gaps[index] == ", " and _is_filed(view, index, found):
        return Person(view.starts[index - 1], found.end, found.last, "full")
    if len(before) < 3 or marks & COMMON:
        two = before in _FIRST_OF_TWO and view.gaps[index] == " "
        two = two and view.capital[index - 1] == view.capital[index]
        return Person(view.starts[index - 1], found.end, found.last, "full") if two else found
    start, between = view.starts[index - 1], view.gaps[index]
    if not view.capital[index]:
        known = marks & SURNAME and not marks & GIVEN and starts_phrase(view, index - 1)
    elif not view.capital[index - 1]:
        known = False
    elif between == ", ":
        known = bool(marks & SURNAME) and not marks & SURE_NAME
    else:
        known = not marks & GIVEN
    if view.is_shouted(index - 1) and not view.is_shouted(index):
        known = False
    return Person(start, found.end, found.last, "full") if known else found


def _is_filed(view: View, index: int, found: Person) -> bool:
    """Whether a surname that is a word stands before a first name: "for Brown, Robert"."""
    before = index - 1
    marks, alike = view.marks[before], view.is_shouted(before) == view.is_shouted(index)
    if not view.capital[before] or not view.capital[index] or not alike:
        return False
    other = marks & OTHER_THINGS & ~PLACE_WORD or view.words[before] in THINGS
    if other or not marks & SURNAME:
        return False
    return not starts_phrase(view, before) or does_something(view, found.last)


def with_first_name_behind(view: View, found: Person) -> Person:
    """A surname with the first name behind it, which is a word elsewhere: "call Miller, Grace"."""
    last, ahead = found.last, found.last + 1
    if view.gaps[ahead] != ", " or ahead >= len(view.words) or view.starts[last] != found.start:
        return found
    marks, alike = view.marks[ahead], view.is_shouted(last) == view.is_shouted(ahead)
    surname = view.marks[last] & (SURNAME | SURE_NAME) == SURNAME
    named = surname and marks & GIVEN and not marks & OTHER_THINGS
    if not named or not view.capital[ahead] or not alike or view.words[ahead] in _PLEASE:
        return found
    told = closes(view, ahead) or view.words[ahead].endswith("'s")
    called = found.rule == "greeting" or starts_phrase(view, last)  # "Rosa, Tim from the office"
    if not does_something(view, ahead) and (called or not told):
        return found
    end = view.ends[ahead] - 2 * view.words[ahead].endswith("'s")
    return Person(found.start, end, ahead, found.rule, found.staff)
