"""Places of which no word says the kind: "2210 Birchcrest, yellow house", "Fairmont Arms, apt 9".

They are places by the number before them or the flat behind them. No finding by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._places._extent import tail
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import (
    COMMON,
    DATE_WORD,
    GIVEN,
    HEALTH_TERM,
    MONTH,
    NO_NAME,
    PLACE_WORD,
    STAFF_CUE,
    STREET,
    WHERE,
)

_Place = tuple[int, int, str]
_SIZES = frozenset((2, 3, 4, 5))
_NOT_BEFORE = frozenset("$#/:.-_@")
_BARRED = DATE_WORD | HEALTH_TERM | STAFF_CUE | NO_NAME
_LEADS = word_set(
    "its it's is at on to live lives address addr house home near im i'm by not no now thats that's"
    " over here new old actually meant was"
)
_SURE_LEADS = word_set("at to address addr home")
_SIZE_OF_HOUSES = 3  # figures and the blank
_ENDS = frozenset((",", "", ".", "?", "!"))
_SAYS = word_set("is not isnt isn't was and or now wrong right thats")
_FLATS = word_set("apt apartment unit apto depto lot trlr")
_SURE_FLATS = word_set("apt apartment apto depto trlr")
_MOST_NAME = 3


@cache
def _flat() -> re.Pattern[str]:
    return re.compile(
        r",? (?:apt|apartment|unit|apto|depto|lot|trlr)\b\.? ?#?\s?(?=[\w-]*\d|[a-z]\b)"
    )


@cache
def _numbered_flat() -> re.Pattern[str]:
    """A house, up to the flat behind the name of its street: "1520 W Camelback, apt 212"."""
    ways = "n|s|e|w|ne|nw|se|sw|north|south|east|west"
    return re.compile(
        rf"\d{{2,6}}[a-z]? (?P<way>(?:{ways})\.? )?"
        r"(?P<names>[a-z][a-z'-]{1,20}(?: [a-z][a-z'-]{1,20})?)"
        r"(?P<flat>,? (?:apt|apartment|apto|trlr|unit|lot)\b\.? ?#?\s?(?=\d|[a-z]\b)"
        r"|,? #\s?(?=\d))"
    )


def flats(view: View) -> Iterator[_Place]:
    """A number, a name and a flat: an address, though no word says the kind of street."""
    lower = view.lower
    for start, end in view.figures:
        if end - start < 2 or lower[end : end + 1] != " ":
            continue
        if start and lower[start - 1] not in _BEFORE_HOUSES:
            continue
        found = _numbered_flat().match(lower, start)
        if found is None:
            continue
        at = view.word_at(found.start("names"))
        last = view.word_at(found.end("names")) - 1
        words, marks = view.words[at : last + 1], view.marks[at : last + 1]
        sure = found["way"] or found["flat"].lstrip(", ").startswith(_SURE)
        never = (DATE_WORD if sure else _BARRED) | WHERE
        barred = any(mark & never for mark in marks) or not _NO_STREETS.isdisjoint(words)
        if not barred and (sure or view.capital[at]):
            yield start, tail(view, found.end("names")), "geo/address"


_BEFORE_HOUSES = frozenset(" (:,\n")
_SURE = ("apt", "apartment", "apto", "trlr")
_NO_STREETS = word_set(
    "people units patients of the a an my your per each unit apt is are was min mins minutes late"
)


def houses(view: View) -> Iterator[_Place]:
    """A number and a name with a capital, as somebody says where a house is.

    Only who is no practice leaves the kind of street out.
    """
    if not patient_writes(view):
        return
    plain = view.plain
    for start, end in view.figures:
        if end - start not in _SIZES or plain[end : end + 1] != " ":
            continue
        at = view.word_at(end)
        if at == len(view.words) or view.starts[at] != end + 1 or not view.capital[at]:
            continue
        if start and plain[start - 1] in _NOT_BEFORE:
            continue
        last = at
        while last + 1 < len(view.words) and view.gaps[last + 1] == " " and view.capital[last + 1]:
            last += 1
        if last - at < _MOST_NAME and _is_house(view, start, at, last):
            yield start, tail(view, view.ends[last]), "geo/address"


def _is_house(view: View, start: int, at: int, last: int) -> bool:
    marks = view.marks[at : last + 1]
    if any(mark & _BARRED for mark in marks) or view.is_shouted(at) or len(view.words[at]) < 3:
        return False
    if marks[-1] & STREET and last > at:
        return False  # it has a word for its kind
    first = not start
    led = first or (at > 0 and view.words[at - 1] in _LEADS and view.ends[at - 1] == start - 1)
    if not led:
        led = view.plain.startswith((", ", "; "), max(0, start - 2))
    behind = view.gaps[last + 1][:1]
    told = behind in _ENDS or view.words[last + 1 : last + 2] == [] or view.words[last + 1] in _SAYS
    if not led or not told:
        return False
    # A word of English needs more: "its 12 Questions".
    ordinary = marks[0] & COMMON and not marks[0] & (GIVEN | PLACE_WORD)
    long = view.word_at(start) == at and view.starts[at] - start > _SIZE_OF_HOUSES
    sure = long and at > 0 and view.words[at - 1] in _SURE_LEADS and behind in _ENDS
    return not ordinary or behind == "," or sure


def named_houses(view: View) -> Iterator[_Place]:
    """A name with a capital and the flat behind it: "the Fairmont Arms, apt 9"."""
    for at, word in enumerate(view.words):
        if word not in _FLATS or not at or view.gaps[at] not in {", ", " "}:
            continue
        if not view.capital[at - 1] or (word not in _SURE_FLATS and view.gaps[at] != ", "):
            continue
        first = at - 1
        while first and at - first < _MOST_NAME and view.gaps[first] == " ":
            if not view.capital[first - 1]:
                break
            first -= 1
        barred = any(mark & (_BARRED | MONTH) for mark in view.marks[first:at])
        named = view.marks[at - 1] & GIVEN and first == at - 1
        if not (barred or named) and _flat().match(view.lower, view.ends[at - 1]):
            yield view.starts[first], tail(view, view.ends[at - 1]), "geo/residence"
