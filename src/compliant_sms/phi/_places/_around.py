"""Where somebody is without an address: corners, counties, residences, streets. No finding."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._places._extent import tail
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import DATE_WORD, DWELLING, GIVEN, LIVES, ONES, WHERE
from compliant_sms.phi._words._place_words import (
    FIRMS,
    FIRMS_NEAR,
    HOTELS,
    LONG_DWELLINGS,
    ORDINAL_ENDS,
    OURS,
    STREETS,
    SURE_STREETS,
    THEIRS,
)

_Place = tuple[int, int, str]
_MOST_NAME = 3
_LEAD = 4
_LONG_LEAD = 6
_FEW = 8
_HOMES = word_set("assisted senior independent nursing retirement mobile trailer rehab")
_KINDS = _HOMES | {"home", "rv", "care"}
_NUMBERED = word_set("motel super studio")
_TITLED = word_set("the el la a an my our your this that")
_SPOKEN_OF = ("accepted", "accepts", "offers", "has a ")
_BY_ROADS = HOTELS | {"motel", "inn", "hotel", "lodge", "suites"}
_OF_CORNER, _APART = " &0123456789", " :,;.!?(-\n"
_ENDS = STREETS | ORDINAL_ENDS
_BOTH = frozenset({"and", "y"})
_OF_FIRMS = FIRMS | FIRMS_NEAR | OURS | word_set("your ur you")
_OWN = word_set("my our his her their")
_LEADS = word_set("at on near by en stop esquina corner of to")


@cache
def _corner() -> re.Pattern[str]:
    kind = r"(?: (?:st|street|ave|avenue|rd|road|blvd|ln|dr)\b\.?)?"
    street = rf"(?!the\b)[\w']+(?: (?!and\b|y\b)[A-Z\d][\w']*)?{kind}"
    return re.compile(rf" (?:of|at|de|con) (?P<all>{street} (?:and|&|y) {street})")


@cache
def _crossing() -> re.Pattern[str]:
    """Two streets that cross, one of them with a number: "Halsted & 63rd", "Route 9 and Elm Rd"."""
    nth = r"\d{1,3}(?:st|nd|rd|th)(?: (?:[Ss]t|[Aa]ve)\b)?"
    kind = r"(?: (?:St|Ave|Rd|Ln|Dr|Blvd|Street|Avenue|Road|Lane|Way))?"
    road = r"(?:[Rr]oute|[Hh]wy|[Hh]ighway|[Rr]t|[Ll]a) \d{1,3}"
    street = rf"[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}}{kind}"
    small = r"(?!(?:the|then|that|not)\b)[a-z]{3,}\b(?! [a-z])"
    sure = rf"[A-Z][a-z]+(?: [A-Z][a-z]+)?{kind[:-1]}"
    return re.compile(
        rf"(?P<all>(?:{nth}|{road}) (?:and|&|y) (?:{nth}|{street}|{small})"
        rf"|{street} (?:and|&|y) (?:{nth}|{road})|{sure} (?:and|&|y) {street}"
        rf"|[A-Z][a-z]+ (?:and|&|y) (?:[A-Z][a-z]+ ){{1,2}}{kind[4:-2]}\b)"
    )


def corner_by_word(view: View, at: int) -> _Place | None:
    """The corner of two streets behind "corner" or "esquina"."""
    found = _corner().match(view.plain, view.ends[at])
    return (*found.span("all"), "geo/corner") if found else None


def corner_at(view: View, at: int) -> _Place | None:
    """The corner of which a word is the end of a number ("5th"), or a road ("Route 9")."""
    begin = view.starts[at]
    if view.words[at] in STREETS | ORDINAL_ENDS:
        first = at
        while first > 0 and at - first < 5 and _is_of_corner(view, first - 1):
            if view.gaps[first].strip(_OF_CORNER):
                break
            first -= 1
        start = view.ends[first - 1] if first else 0
        opening = view.plain[start : view.starts[first]]
        begin = start + len(opening) - len(opening.lstrip(_APART))
        if not first and not opening.strip().isdigit() and view.words[first] in _ENDS:
            return None
    found = _crossing().match(view.plain, begin)
    if found is None or found.end("all") < view.starts[at]:
        return None
    told = view.said & (LIVES | ONES) or _is_answer(view, found)
    return (*found.span("all"), "geo/corner") if told else None


def _is_of_corner(view: View, index: int) -> bool:
    """Whether a word before the kind of a street can belong to the corner."""
    word = view.words[index]
    return word not in _LEADS and (view.capital[index] or word in _ENDS or word in _BOTH)


def _is_answer(view: View, corner: re.Match[str]) -> bool:
    """Whether few words answer where somebody is: "4th and Maple bus stop", not "4th and 5th"."""
    streets = any(word[0].isupper() for word in corner["all"].split())
    return streets and len(view.words) <= _FEW and not corner.start("all")


def street_at(view: View, at: int) -> _Place | None:
    """A street without a number, where somebody lives: "I live on Elm Street"."""
    first = at
    while first > 0 and at - first < _MOST_NAME and view.gaps[first] == " ":
        before = first - 1
        if view.marks[before] & WHERE and view.words[before] != "de":
            break
        if view.words[before] in _TITLED or view.marks[before] & DATE_WORD:
            return None
        if view.gaps[before][-1:].isdigit():
            return None
        first = before
    if first == at or not first or not view.marks[first - 1] & WHERE:
        return None
    if view.words[at + 1 : at + 2] and view.words[at + 1] in FIRMS:
        return None
    return (view.starts[first], view.ends[at], "geo/street") if _is_lived(view, first, at) else None


def _is_lived(view: View, first: int, at: int) -> bool:
    """Whether words before a street say that somebody lives there: a firm is farther than they."""
    if any(mark & LIVES for mark in view.marks[max(0, first - _MOST_NAME) : first - 1]):
        return True
    begin = max(0, first - _LONG_LEAD)
    named = view.capital[first] or view.words[at] in SURE_STREETS
    if not named or not _OF_FIRMS.isdisjoint(view.words[begin : first - 1]):
        return False
    # "can't find my place on Orchard Road"
    placed = view.words[first - 2] == "place" and view.words[first - 3] in _OWN
    return placed or any(mark & LIVES for mark in view.marks[begin : first - 1])


def county_at(view: View, at: int) -> _Place | None:
    """A county, behind its name or before it."""
    after = view.words[at + 1] if at + 1 < len(view.words) and view.gaps[at + 1] == " " else ""
    if view.words[at] == "condado":
        if after != "de" or at + 2 >= len(view.words) or not view.capital[at + 2]:
            return None
        return view.starts[at + 2], view.ends[at + 2], "geo/county"
    if after in FIRMS or (after and view.capital[at] and view.capital[at + 1]):
        return None
    first = at
    while first > 0 and at - first < 2 and view.gaps[first] == " ":
        before = first - 1
        if view.words[before] in _TITLED or view.marks[before] & WHERE:
            break
        if view.capital[at] and not view.capital[before]:
            break
        first = before
    if first == at:
        return None
    told = view.capital[first] or (first and view.marks[first - 1] & WHERE)
    return (view.starts[first], view.ends[at], "geo/county") if told else None


def residence_at(view: View, at: int) -> _Place | None:
    """A house, a park or a shelter that somebody lives or stays in, with its room.

    Args:
        view: the text.
        at: the index of the last word of its name, with a capital.
    """
    words, ahead = view.words, at + 1
    if ahead < len(words) and view.gaps[ahead] == " " and view.marks[ahead] & DWELLING:
        return None  # the name goes on
    first = _kind_begins(view, at)
    while first > 0 and at - first <= _MOST_NAME and view.gaps[first] in {" ", ". "}:
        if not view.capital[first - 1] or view.marks[first - 1] & DATE_WORD:
            break
        first -= 1
    numbered = words[at] in _NUMBERED and view.gaps[ahead][1:2].isdigit()
    named = numbered or words[at] in HOTELS
    if first < 0 or not view.capital[first] or (first == at and not named):
        return None
    if words[first] in _TITLED and first + 1 >= at:
        return None
    lead = view.marks[max(0, first - _LEAD) : first]
    start_of = view.starts[first]
    living = any(mark & LIVES for mark in lead)
    living = living or bool(_unit_before().search(view.lower, max(0, start_of - 12), start_of))
    living = living or not THEIRS.isdisjoint(words[max(0, first - _LEAD) : first])
    sure = words[at] in LONG_DWELLINGS | HOTELS or not _HOMES.isdisjoint(words[first:at])
    # "Holiday Inn has a discount" tells where nobody is.
    where = _is_where(view, first - 1) if first else not _is_spoken_of(words[ahead : ahead + 3])
    if not (living if not sure else living or where):
        return None
    if ahead < len(words) and view.gaps[ahead] == " " and words[ahead] in FIRMS:
        return None
    end = view.ends[at]
    if numbered:
        end = next(until for _, until in view.figures if until > end)
    start = view.starts[first + (words[first] == "the")]
    if unit := _unit_before().search(view.lower, max(0, start - 12), start):
        start = unit.start()
    return start, tail(view, _past_road(view, at, end)), "geo/residence"


def _past_road(view: View, at: int, end: int) -> int:
    """Where the road ends that a residence is on; of hotels, streets with a name too."""
    beside = _beside_road().match(view.lower, end)
    if beside is None and view.words[at] in _BY_ROADS:
        beside = _on_a_street().match(view.lower, end)
    return beside.end() if beside else end


def _is_spoken_of(after: list[str]) -> bool:
    """Whether the words after a hotel say what it has for everybody, and not who is there."""
    return " ".join(after).startswith(_SPOKEN_OF)


def _is_where(view: View, before: int) -> bool:
    """Whether a word says that a place follows."""
    return bool(view.marks[before] & WHERE) or view.words[before] in {"the", "at"}


def _kind_begins(view: View, at: int) -> int:
    """The first word of what a residence is called that a word ends; -1 if none is named.

    In capitals it is a part of the name; in small letters it stands behind it: "Shady Oaks nursing
    home".
    """
    if view.capital[at]:
        return at
    first = at
    least = max(0, at - _MOST_NAME)
    while first > least and view.words[first - 1] in _KINDS and view.gaps[first] == " ":
        first -= 1
    told = view.words[at] in LONG_DWELLINGS or first < at
    named = first > 0 and view.gaps[first] == " " and view.capital[first - 1]
    return first if told and named and not view.marks[first - 1] & GIVEN else -1


@cache
def _unit_before() -> re.Pattern[str]:
    return re.compile(r"\b(?:lot|unit|apt|space|spc|trailer|cottage|bldg) ?#?\d{1,4}[a-z]?,? $")


@cache
def _beside_road() -> re.Pattern[str]:
    return re.compile(
        r" (?:on|off|by|near) (?:the )?(?:route|rte|rt|hwy|highway|us|sr|i|county road|exit)"
        r"[ -]?\d{1,4}\b"
    )


@cache
def _on_a_street() -> re.Pattern[str]:
    """The street that tells one house of a chain from the others: "on Airline Hwy"."""
    return re.compile(
        r" (?:on|off) (?:the )?(?:(?:n|s|e|w|north|south|east|west) )?[a-z]+(?: [a-z]+)? "
        r"(?:st|street|ave|avenue|rd|road|blvd|hwy|highway|pkwy|parkway|dr|drive|ln|lane)\b"
    )
