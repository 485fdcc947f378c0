"""Names that are a place's, a firm's or a part of a link."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    PARTICLE,
    PLACE_WORD,
    SAINT,
    SURE_NAME,
    SURNAME,
    TOWN,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import (
    AT,
    COMES,
    DISTANCES,
    FIRMS,
    NAMED_AFTER,
    PLACES,
    PLACES_TOO,
    SITES,
)

_EATERIES = word_set(
    "cafe diner deli bakery grill pizza pizzeria pub salon barbershop motors bistro coffee tavern"
    " brewery donuts bbq restaurant"
)
_LONGEST_TOKEN = 60
_NEAR = 24
_BLANKS = frozenset({" ", ", "})


def is_place(view: View, first: int, last: int) -> bool:
    """Whether a name is a street's, a town's or a firm's."""
    if view.has_digit:
        if view.gaps[last + 1] in _BLANKS and _before_state(view, first, last + 1):
            return True
        if view.figures[0][0] < view.starts[first]:
            at = _behind_number(view, first, last)
            if at is not None:
                return at
    if view.said & SAINT and first and _after_saint(view, first):
        return True
    if view.said & PLACE_WORD:
        for marks in view.marks[first + 1 : last + 4]:
            if marks & PLACE_WORD:
                return _before_a_site(view, last) or _before_a_place_word(view, first, last)
    return False


_AROUND = frozenset({"serving", "throughout", "greater", "downtown"})
_BEFORE_TOWNS = _AROUND | {"in", "from"}


def is_town(view: View, index: int) -> bool:
    """Whether a capitalised name is a town's: "now in Carmel", "2 hrs from Ely"."""
    if not index or view.gaps[index] != " " or view.words[index - 1] not in _BEFORE_TOWNS:
        return False
    if not view.marks[index] & TOWN or view.words[index].endswith("'s"):
        return False
    if view.words[index - 1] in _AROUND:
        return True
    before = view.words[index - 2] if index > 1 else ""
    return before in DISTANCES or (view.words[index - 1] == "in" and before not in COMES)


def _after_saint(view: View, first: int) -> bool:
    """Whether "Saint" or "Fort" stands before it: "San Pedro", "Fort de la Cruz"."""
    before = view.marks[first - 1]
    if before & SAINT:
        return view.gaps[first] in {" ", ". "}
    after_saint = first > 1 and view.marks[first - 2] & SAINT
    return bool(after_saint and before & PARTICLE) and view.capital[first]


def _before_a_place_word(view: View, first: int, last: int) -> bool:
    """Whether a capitalised "Street" or "Clinic" goes on the name."""
    words, marks = view.words, view.marks
    for index in range(first + 1, min(last + 3, len(words))):
        if not view.capital[index] or view.gaps[index] not in {" ", "-"}:
            return False
        credential = len(words[index]) == 2 and view.is_shouted(index)
        if words[index] == "dr" and _is_title(view, index):
            return False
        if words[index] in _EATERIES:
            return True
        if words[first].endswith("'s"):
            return words[index] in FIRMS or bool(view.said & SAINT and words[index] in PLACES)
        if words[index] in PLACES and not credential:
            named = marks[first] & SURE_NAME and words[index] in PLACES_TOO
            return index > last or not named or words[max(0, first - 1)] in AT
    return False


def _is_title(view: View, index: int) -> bool:
    """Whether "Dr" stands before a surname, with no house number before: "Connie Dr Yee"."""
    ahead = index + 1
    if ahead >= len(view.words) or not view.capital[ahead]:
        return False
    return view.gaps[ahead] in {" ", ". "} and bool(view.marks[ahead] & (SURNAME | CANDIDATE))


def _before_a_site(view: View, last: int) -> bool:
    """Whether "office" or "campus" follows, after another name too: "Augusta and Aiken offices"."""
    if view.words[last].endswith("'s"):
        return not NAMED_AFTER.isdisjoint(view.words[last + 1 : last + 2])
    words, gaps, ahead = view.words, view.gaps, last + 1
    if gaps[ahead] != " ":
        return False
    if words[ahead : ahead + 1] == ["and"]:
        ahead += 2
    for index in range(ahead, min(ahead + 2, len(words))):
        if words[index] in SITES and gaps[index] == " ":
            return True
    return False


def _behind_number(view: View, first: int, last: int) -> bool | None:
    """Whether a number before a name makes it a place's; nothing if it does not say."""
    start = view.starts[first]
    number = view.figures[bisect_left(view.figures, (start, start)) - 1]
    if number[1] < view.starts[max(0, first - 2)] - 1:
        return None  # at most two words stand between: "5th and Maple"
    before = view.plain[max(0, start - _NEAR - 2) : start]
    if _corner().search(before):
        return True
    if _house_number().search(before):
        return any(marks & PLACE_WORD for marks in view.marks[first : last + 3])
    return None


def _before_state(view: View, first: int, ahead: int) -> bool:
    """Whether a state in short and a ZIP stand behind a name with a capital: "Troy, NY 12180"."""
    if ahead >= len(view.words) or not (view.capital[ahead] and view.capital[first]):
        return False
    short = view.ends[ahead] - view.starts[ahead] == 2
    return short and bool(_state().match(view.plain, view.ends[ahead - 1]))


@cache
def _corner() -> re.Pattern[str]:
    return re.compile(r"\d(?:st|nd|rd|th) (?:and|&) $")


@cache
def _house_number() -> re.Pattern[str]:
    return re.compile(r"\d(?:st|nd|rd|th)? (?:and |& )?(?:[nsewNSEW]\.? |[A-Z][a-z']{0,20} )?$")


@cache
def _state() -> re.Pattern[str]:
    return re.compile(r",? [A-Z]{2},? \d{5}")


@cache
def _inside_link() -> re.Pattern[str]:
    return re.compile(r"@|://|www\.|\.(?:com|org|net|edu|gov|jpe?g|png|heic|pdf)\b|[_=]")


def in_link(view: View, first: int, last: int) -> bool:
    """Whether a name is a part of a link, an address or a file's name; see :func:`is_place`."""
    before, after = view.gaps[first][-1:], view.gaps[last + 1][:2]
    if before in {"", " ", "\n"} and (after[:1] in {"", " ", ","} or after in {".", ". ", ".\n"}):
        return False
    if before.isdigit() or after[:1].isdigit():
        return True
    plain, start, end = view.plain, view.starts[first], view.ends[last]
    left = max(plain.rfind(" ", max(0, start - _LONGEST_TOKEN), start), start - _LONGEST_TOKEN)
    right = plain.find(" ", end, end + _LONGEST_TOKEN)
    token = plain[max(left, 0) : right if right >= 0 else end + _LONGEST_TOKEN]
    return _inside_link().search(token) is not None
