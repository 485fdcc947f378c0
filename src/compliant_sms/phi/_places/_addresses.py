"""Postal addresses: streets with a number, boxes, rural routes, English and Spanish. No finding."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._places._extent import tail
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import DAYS, MONTHS, word_set
from compliant_sms.phi._words._marks import LIVES, WHERE
from compliant_sms.phi._words._place_words import (
    ADDRESS,
    BOXES,
    CALLES,
    DISTRICTS,
    ORDINAL_ENDS,
    ROADS,
    SURE_DISTRICTS,
    SURE_STREETS,
)

_DIRECTIONS = word_set(
    "n s e w ne nw se sw north south east west northeast northwest southeast southwest"
)
# No part of a street's name: with one of them between, a number and a street do not belong.
_NO_NAME = word_set(
    "a about after am an and are as at be before but by call can cant dont for from get go has have"
    " he her his hour hours hr hrs i if in into is it its me mg miles min mins minute minutes ml"
    " months more my no of off on or our out per please pls pm she so than that the their them then"
    " there these they this times to tabs tablet tablets u until up us via was we weeks when will"
    " with x y you your days day week month year years yr yrs block blocks pills pill units each"
    " left right bed doctor dr mr mrs ms patients people feet ft lbs step steps steady bpm reading"
    " today tomorrow tonight"
    " ago para las los con que es en"
)
_DATES = DAYS | MONTHS
_CUES = word_set(
    "at to is address addr live lives im from moved mail send ship dropped home delivery deliver"
    " still our en"
)
_SHORT_STREETS = word_set("dr ct pl ter cir ln trl xing sq pkwy")
_MOST_NAME = 5
_BEFORE = 40
_FEW = 12
_LATIN = word_set("via rua rue")  # English words, or rare: only with a number and a capital
_LONG_LEAD = 9
_NAMED_GAPS = frozenset((" ", ". ", "-", " #"))


@cache
def _numbered() -> re.Pattern[str]:
    """A house number and the name of a street, at the end of what stands before its kind."""
    return re.compile(
        r"(?<![\w/$.:#-])(?:#?\d{1,6}(?:-\d{1,4}|\u2044\d)?[a-zA-Z]?(?: 1/2)?|[NSEW]\d{2,5})"
        r"(?P<names>(?: (?:[A-Za-z][\w'.-]*|\d{1,3}(?:st|nd|rd|th)?)){1,4}) $"
    )


@cache
def _unit_before() -> re.Pattern[str]:
    return re.compile(
        r"(?:\b(?:unit|flat|apt|apartment|suite|ste|room|rm|casa|pmb|lot)\.? ?#?|(?<!\w)#)"
        r"\w{1,4}(?:, ?| at | of | @ )$"
    )


@cache
def _direction() -> re.Pattern[str]:
    return re.compile(r"\.?(?: (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b(?!')\.?)?")


@cache
def _box() -> re.Pattern[str]:
    return re.compile(r"(?: postal| is| number|:)? ?#? ?\d{1,6}[a-z]?\b")


@cache
def _box_before() -> re.Pattern[str]:
    route = (
        r"(?:(?:rural )?(?:route|rte)|r\.?r\.?|hc|rfd|star route|psc|cmr|unit)[ -]?#? ?\d{1,5},? "
    )
    return re.compile(rf"\b(?:p\.? ?o\.? ?|post office |(?P<route>{route}))$")


@cache
def _road_before() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w/$#.:-])[nsew]?\d{1,6} (?:(?:old|us|state|county|n|s|e|w|farm to market) )?$"
    )


@cache
def _calle_before() -> re.Pattern[str]:
    return re.compile(r"(?<![\w/$#.:-])\d{1,5} $")


@cache
def _numbered_road() -> re.Pattern[str]:
    return re.compile(
        r"\.?(?:(?: (?:road|rd|hwy|highway|route))? (?:pr-?)?\d{1,4}[a-z]?\b(?!:)(?: [nsew]\b)?"
        r"| (?:road|rd|hwy|highway) ([b-z])\1?\b(?!'))"
        r"(?:,? km\.? \d{1,3}(?:\.\d)?)?"
    )


@cache
def _calle() -> re.Pattern[str]:
    other = "en|y|con|a|para|es|mi|esta|numero|no|num|is|in|at|my|and|near|on|for|with|by|not|or"
    name = rf"(?!(?:{other}|hasta|por|que|thats)\b)[a-z][a-z']+"
    return re.compile(
        rf"\.?(?: (?:{name}|\d{{1,2}}(?= [a-z]-?\d)|\d{{1,3}}(?=,? (?:#|casa #?) ?\d))){{1,5}}"
        r"(?P<after>,? ?(?:#|num\.?|numero|no\.?|casa)? ?(?:\d{1,5}[a-z]?|[a-z]-?\d{1,4})\b)?"
    )


@cache
def _district() -> re.Pattern[str]:
    return re.compile(
        r"\.? [A-Z][\w']*(?: [A-Z][\w']*){0,3}(?:,? #\d{1,4}\b|-\d{1,3}\b| \d{1,4}\b(?!:))?"
    )


@cache
def _named() -> re.Pattern[str]:
    return re.compile(
        r"(?: (?:is|was|now|changed|to|at|en|es|still|que)|:)*"
        r" (?P<all>#?\d{1,6} (?:[nsew]\.? )?(?P<name>[a-z]{3,})\b)(?! [a-z])"
    )


def street_address(view: View, at: int) -> tuple[int, int] | None:
    """The address with the street whose kind is a word: from its number, or the unit before it."""
    start = _on_numbered_street(view, at) if view.words[at] in ORDINAL_ENDS else None
    if start is None:
        start = _house_number(view, at)
    if start is None:
        return None
    behind = _direction().match(view.lower, view.ends[at])
    end = behind.end() if behind else view.ends[at]
    reach = tail(view, end)
    if reach == end and view.lower[end - 1] == ".":
        reach -= 1
    return start - _unit_size(view, start), reach


@cache
def _ordinal_street() -> re.Pattern[str]:
    """A house on a street with a number and no word for its kind: "1411 e. 9th"."""
    return re.compile(r"(?<![\w/$.:#-])\d{2,6}[a-z]? (?:n|s|e|w|north|south|east|west)\.? \d{1,3}$")


def _on_numbered_street(view: View, at: int) -> int | None:
    end = view.starts[at]
    found = _ordinal_street().search(view.lower, max(0, end - 20), end)
    return found.start() if found else None


def _unit_size(view: View, start: int) -> int:
    """How long a unit is that stands right before an address."""
    unit = _unit_before().search(view.lower, max(0, start - 20), start)
    return len(unit[0]) if unit else 0


def _house_number(view: View, at: int) -> int | None:
    """Where the number stands of the street whose kind is a word; None if it is no address."""
    first = at
    while view.gaps[first] in _NAMED_GAPS and first > at - _MOST_NAME:
        first -= 1
        if first < 0 or view.words[first] in _NO_NAME or view.words[first] in _DATES:
            return None
    if not view.gaps[first].strip()[-1:].isdigit():
        return None
    end = view.starts[at]
    near = view.ends[first - 1] if first else 0
    found = _numbered().search(view.plain, near, end)
    if found is None:  # the figure was a part of the name: "350 E 62 St"
        found = _numbered().search(view.plain, max(0, near - _FEW), end)
    if found is None:
        return None
    names = found["names"].split()
    bare = {name.lower().rstrip(".") for name in names}
    if not bare.isdisjoint(_NO_NAME) or not _is_street(view, at, found.start(), names):
        return None
    return found.start()


def _is_street(view: View, at: int, start: int, names: list[str]) -> bool:
    """Whether a number, names and a kind of street are an address, by capitals and neighbours."""
    names = [name for name in names if name.lower().rstrip(".") not in _DIRECTIONS] or names
    capital = all(name[0].isupper() or name[0].isdigit() for name in names)
    word = view.words[at]
    if capital and (word in SURE_STREETS or (view.capital[at] and not _is_scan(view, at))):
        return True
    before = view.word_at(start) - 1
    cue = before >= 0 and view.words[before] in _CUES
    long = view.plain[start + 1].isdigit()
    if word in SURE_STREETS:
        return cue or start == 0 or long
    told = cue or (start == 0 and word in _SHORT_STREETS)
    return told and (capital or long)


def _is_scan(view: View, at: int) -> bool:
    return view.plain[view.starts[at] : view.ends[at]] == "CT"


def address_by_cue(view: View, at: int) -> tuple[int, int] | None:
    """The address that a word announces which is no kind of a street: a box, a route, "calle"."""
    word, start, end = view.words[at], view.starts[at], view.ends[at]
    if word in BOXES:
        return _boxed(view, at)
    if word in DISTRICTS:
        found = _district().match(view.plain, end)
        sure = view.capital[at] or word in SURE_DISTRICTS
        return (start, tail(view, found.end())) if found and sure else None
    if word in ADDRESS:
        found = _named().match(view.lower, end)
        if found is None or found["name"] in _NO_NAME:
            return None
        return found.start("all"), tail(view, found.end("all"))
    behind = view.gaps[at + 1]
    if word in ROADS and (word == "county" or any(map(str.isdigit, behind))):
        return _numbered_road_at(view, at)
    return _calle_at(view, at) if word in CALLES else None


def _boxed(view: View, at: int) -> tuple[int, int] | None:
    start, end = view.starts[at], view.ends[at]
    if view.words[at] == "delivery":
        general = at and view.words[at - 1] == "general" and view.gaps[at] == " "
        return (view.starts[at - 1], tail(view, end)) if general else None
    number = _box().match(view.lower, end)
    if number is None:
        return None
    reach = tail(view, number.end())
    before = _box_before().search(view.lower, max(0, start - _BEFORE), start)
    if before:
        return before.start(), reach
    alone = view.words[at] in {"apartado", "pob"} or reach > number.end()
    return (start, reach) if alone else None


def _numbered_road_at(view: View, at: int) -> tuple[int, int] | None:
    """A road with a number, and a house number before it: "12345 County Road 12"."""
    road = _numbered_road().match(view.lower, view.ends[at])
    number = road and _road_before().search(
        view.lower, max(0, view.starts[at] - _BEFORE), view.starts[at]
    )
    if road and number:
        return number.start(), tail(view, road.end())
    if road and ("km" in road[0] or _is_lived_on(view, at) or _house_behind(view, road.end())):
        return view.starts[at], tail(view, road.end())
    return None


def _house_behind(view: View, end: int) -> bool:
    """Whether a house stands behind a road: "county rd 440, house 18"."""
    return _unit_behind().match(view.lower, end) is not None


@cache
def _unit_behind() -> re.Pattern[str]:
    return re.compile(r",? (?:house|lot|apt|unit|trailer|space|box) ?#?\d")


def _is_lived_on(view: View, at: int) -> bool:
    """Whether somebody lives on the road with the number."""
    if not at or not view.marks[at - 1] & WHERE:
        return False
    return any(mark & LIVES for mark in view.marks[max(0, at - _LONG_LEAD) : at - 1])


def _calle_at(view: View, at: int) -> tuple[int, int] | None:
    found = _calle().match(view.lower, view.ends[at])
    if found is None:
        return None
    start = view.starts[at]
    number = _calle_before().search(view.lower, max(0, start - _BEFORE), start)
    if view.words[at] in _LATIN and not (number and view.capital[at]):
        return None
    if not number:
        return (start, tail(view, found.end())) if found["after"] else None
    return number.start() - _unit_size(view, number.start()), tail(view, found.end())
