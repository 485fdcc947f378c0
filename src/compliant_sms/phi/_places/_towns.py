"""Towns that a text names as where somebody lives, is or goes, with their state. No finding."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._places._extent import is_another, state_behind, town_ahead
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    DATE_WORD,
    GIVEN,
    HEALTH_TERM,
    LIVES,
    STATE,
    SURE_NAME,
    SURNAME,
    WHERE,
    YOURS,
)
from compliant_sms.phi._words._place_words import FIRMS, FIRMS_NEAR, OURS, STATES, towns

_Place = tuple[int, int, str]
_INSIDE = word_set("in near nearer outside en through around")
_FROM = word_set("from desde")
_DWELLS = word_set(
    "live lives living lived staying stay stays reside resides resident settled settling vivo vive"
    " viven vivimos viviendo moved relocated back drive driving commuting coming ride home raised"
    " sleep sleeping"
)
_FOR = word_set("for por hacia toward towards")
_BOUND = word_set("leave leaves leaving left headed heading bound flight drive driving salgo")
# What else must be so behind words that seldom stand before a town: somebody lives, a name stands
# before them, or somebody goes.
_ONLY_WITH = {"de": 0, "a": 0, "of": 1} | dict.fromkeys(_FOR, 2)
_MOVED = word_set("moved moving transferred relocated")
_AT_HOME = word_set("in at from of en near outside")
# Of clinicians, whose names they follow in the same way.
_CREDENTIALS = word_set("MD PA MA ND DC OR IN ME HI OK")
_WITH_ARTICLE = word_set("bronx dalles villages woodlands hammocks poconos hamptons bay acreage")
_LEADS = WHERE | LIVES
_POSTAL = frozenset(map(str.lower, STATES))
_NAMES = SURE_NAME | SURNAME | CANDIDATE
_OTHER = HEALTH_TERM | DATE_WORD
_FOR_AND_TO = frozenset((" 4 ", " 2 "))  # "we leave 4 Duluth"
_LEAD = 5
_BACK = 50
_FEW = 3
_AFTER_TOWN = frozenset(("", ".", ","))
_OPENING = frozenset(("", ",", ".", "(", "-"))


@cache
def _street_before() -> re.Pattern[str]:
    """A number and a name before a town, with no word for the kind of street."""
    return re.compile(
        r"(?:(?:[Aa]pt|[Uu]nit|[Ff]lat|#)\.? ?\w{1,4}, )?(?<![\w$:/.-])\d{2,6} (?:[NSEW]\.? )?"
        r"(?P<name>[A-Z][a-z]+)(?: [A-Z][a-z]+)?, $"
    )


@cache
def _numbered_name() -> re.Pattern[str]:
    return re.compile(
        r" (?:[a-z]+ ){0,2}(?:at|en|to|on) "
        r"(?P<all>\d{2,6} (?:[NSEW]\.? )?(?P<name>[A-Z][a-z]{2,}\b))(?! [A-Z\d])"
    )


@cache
def _state() -> re.Pattern[str]:
    return re.compile(r", (?P<state>[A-Z][A-Z])(?![\w'.-])")


def places_by_state(view: View) -> list[_Place]:
    """Places of no list that a state's abbreviation shows to be some: "Pine Hollow, WV"."""
    found: list[_Place] = []
    for state in _state().finditer(view.plain):
        last = view.word_at(state.start()) - 1
        named = last >= 0 and view.ends[last] == state.start() and view.capital[last]
        if named and state["state"] in STATES and state["state"] not in _CREDENTIALS:
            first = last
            while first > 0 and view.gaps[first] == " " and last - first < 2:
                if not view.capital[first - 1] or view.is_shouted(first - 1):
                    break
                first -= 1
            found.append((view.starts[first], state.end(), "geo/town-and-state"))
    return found


def is_led(view: View, at: int) -> bool:
    """Whether the word before a town tells that somebody is, lives or goes there."""
    if not at:
        return False
    if view.words[at - 1] == "the":
        lead = _lead(view, at)
        return lead >= 0 and view.marks[lead] & _LEADS != 0
    return view.marks[at - 1] & _LEADS != 0


def _has_lived(marks: list[int]) -> bool:
    # A loop, not any(): it is the quicker one for a few words.
    for mark in marks:  # noqa: SIM110
        if mark & LIVES:
            return True
    return False


def _lead(view: View, at: int) -> int:
    """The index of the word before a town and its article: "in the Bronx"."""
    article = at > 1 and view.words[at - 1] == "the" and view.words[at] in _WITH_ARTICLE
    return at - 2 if article else at - 1


def is_addressed(view: View, at: int) -> bool:
    """Whether a state is near behind a word, or a comma stands between it and a street."""
    if view.said & STATE or (view.has_digit and view.gaps[at] == ", "):
        return True
    return not _POSTAL.isdisjoint(view.words[at + 1 : at + 4])


def town_at(view: View, at: int) -> _Place | None:
    """The town that begins at a word, if a state follows or somebody is, lives or goes there.

    Args:
        view: the text.
        at: the index of a word that :func:`is_led` or :func:`is_addressed` says more of.
    """
    count = town_ahead(view, at)
    if not count:
        return None
    last = at + count - 1
    capital, ordinary = view.capital[at], _is_ordinary(view, at, last)
    state = state_behind(view, last)
    if state and (capital or not ordinary) and not _titled(view, at, state):
        return view.starts[at], view.ends[state], "geo/town-and-state"
    if view.gaps[at] == ", ":
        return _behind_street(view, at, last)
    if not is_led(view, at) or _goes_on(view, last):
        return None
    if view.gaps[at] in _FOR_AND_TO:
        told = capital and not ordinary and view.marks[at - 1] & LIVES != 0
    else:
        told = view.gaps[at] in {" ", "-"} and _lives(view, at, ordinary=ordinary)
    return (view.starts[at], view.ends[last], "geo/town") if told else None


def lone_town(view: View) -> _Place | None:
    """The town that somebody answers with: "Skokie", "Skokie. near the library"."""
    if len(view.words) > _LEAD or not view.words or view.said & YOURS:
        return None
    count = town_ahead(view, 0)
    if not count or view.starts[0] or _is_ordinary(view, 0, count - 1):
        return None
    if (state := state_behind(view, count - 1)) and state + 1 == len(view.words):
        return 0, view.ends[state], "geo/town-and-state"
    # "Lakeside Clinic: ..." and "Lakeside office" are no town.
    more = view.gaps[count] == " " and count < len(view.words)
    goes_on = more and (view.words[count] in FIRMS or bool(view.marks[count] & HEALTH_TERM))
    stops = view.gaps[count].strip()[:1] in _AFTER_TOWN and not goes_on
    named = count == 1 and view.marks[0] & (SURE_NAME | GIVEN | COMMON | SURNAME)
    return (0, view.ends[count - 1], "geo/town") if stops and not named else None


def _is_ordinary(view: View, at: int, last: int) -> bool:
    """Whether a town's name is an ordinary word, too."""
    if at == last:
        return view.words[at] in towns().ordinary or bool(view.marks[at] & _OTHER)
    return " ".join(view.words[at : last + 1]) in towns().ordinary


def _behind_street(view: View, at: int, last: int) -> _Place | None:
    """The address that a town ends: "909 Magnolia, Salinas"."""
    start = view.starts[at]
    street = _street_before().search(view.plain, max(0, start - _BACK), start)
    if street is None or street["name"].lower() in FIRMS:
        return None
    return street.start(), view.ends[last], "geo/address"


def _titled(view: View, at: int, state: int) -> bool:
    """Whether a name stands before: "Jane Boston, MD" is no town."""
    if not at:
        return view.gaps[state] == " " and view.plain[view.starts[state] :][:2].isupper()
    return view.gaps[at] in {" ", ". "} and view.capital[at - 1] and not view.marks[at - 1] & WHERE


def _lives(view: View, at: int, *, ordinary: bool) -> bool:
    """Whether somebody is, lives or goes to a town."""
    before = _lead(view, at)
    where = view.words[before]
    lead = view.words[max(0, before - _LEAD) : before - is_another(view, before - 1)]
    practice = not patient_writes(view)
    if not OURS.isdisjoint(lead) or (practice and not FIRMS_NEAR.isdisjoint(lead)):
        return False
    capital = view.capital[at] and not view.is_shouted(before)
    living = _has_lived(view.marks[max(0, before - _LEAD) : before])
    if view.marks[before] & LIVES and where not in _INSIDE:
        return capital and where in {"trip", "ride", "pickup"}  # "round trip Gresham"
    named = before > 0 and view.capital[before - 1] and view.marks[before - 1] & _NAMES != 0
    if where in _ONLY_WITH:
        return capital and (living, named, view.words[before - 1] in _BOUND)[_ONLY_WITH[where]]
    if ordinary:
        return capital and (living or where in _INSIDE or (named and where in _FROM))
    inside = where in _INSIDE
    opening = where in _FROM and view.gaps[before].strip() in _OPENING and at < _LEAD
    if inside and not practice and not _is_common(view, at):
        return True
    return living or (capital and (inside or opening or (named and where in _FROM)))


def _is_common(view: View, at: int) -> bool:
    """Whether a town of one word can be an ordinary word."""
    return bool(view.marks[at] & COMMON) and view.words[at] in towns().names


def _goes_on(view: View, last: int) -> bool:
    """Whether a capital or a figure follows, so that it names something else."""
    gap, ahead = view.gaps[last + 1], last + 1
    if gap[:1] in {"'", "-"} or gap[1:2].isdigit():
        return True
    if gap != " " or ahead >= len(view.words):
        return False
    if view.words[ahead] in FIRMS:
        return True
    if not view.capital[last]:
        return bool(view.marks[ahead] & (CANDIDATE | SURNAME)) and not view.marks[ahead] & COMMON
    return view.capital[ahead] and not view.is_shouted(ahead)


def dwelling_place(view: View, at: int) -> _Place | None:
    """A place of no list where somebody lives or stays: "settling in at Willowmere"."""
    if view.words[at] not in _DWELLS:
        return None
    first, limit = at + 1, min(len(view.words), at + _FEW + 2)
    while first < limit and not view.capital[first] and view.gaps[first] == " ":
        first += 1
    if first >= limit or view.gaps[first] != " " or view.is_shouted(first):
        return None
    moved = view.words[at] in _MOVED and view.words[first - 1] == "to" and not view.capital[0]
    if view.words[first - 1] not in _AT_HOME and not moved:
        return None
    last = first
    while last + 1 < len(view.words) and view.gaps[last + 1] == " " and view.capital[last + 1]:
        last += 1
    marks = view.marks[first : last + 1]
    barred = any(
        mark & (DATE_WORD | HEALTH_TERM) for mark in marks[: _named_size(view, last, marks)]
    )
    common = last == first and marks[0] & (COMMON | SURE_NAME)
    if barred or common or last - first >= _FEW or view.gaps[last + 1][:1] == "'":
        return None
    if not FIRMS.isdisjoint(view.words[first : last + 2]):
        return None
    return view.starts[first], view.ends[last], "geo/residence"


def _named_size(view: View, last: int, marks: list[int]) -> int:
    """How many words are the name, without the kind of house behind it: "Cedar Grove Rehab"."""
    return len(marks) - (len(marks) > 1 and view.words[last] == "rehab")


def numbered_place(view: View, at: int) -> _Place | None:
    """A number and a name where somebody lives, with no word for the kind of street."""
    if not view.has_digit or not "".join(view.gaps[at + 2 : at + 5]).strip():
        return None
    found = _numbered_name().match(view.plain, view.ends[at])
    if found is None:
        return None
    named = view.marks[view.word_at(found.start("name"))]
    long = view.words[at] in _DWELLS and found["all"][2].isdigit()
    barred = DATE_WORD if long else DATE_WORD | COMMON
    return None if named & barred else (*found.span("all"), "geo/address")
