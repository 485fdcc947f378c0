"""ZIPs, with the town and the state before them or alone. No finding."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._places._extent import is_state, town_before
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import LIVES
from compliant_sms.phi._words._place_words import towns

_Place = tuple[int, int, str]
_INSIDE = word_set("in near nearer outside en through around from desde")
_WORDS = word_set("or in me hi de oh ok")  # states in small letters only beside a town in such
_ZIPS = word_set("zip zipcode zipcodes postal cp p")
_ABROAD = word_set("apo fpo dpo")  # the towns of soldiers, sailors and diplomats
_FAR = 12
_FEW = 3
_ZIP = 5


@cache
def _zip_cue() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:zip(?: ?codes?)?(?:\+4)?|postal|c\.?p\.?)(?<=[a-z4.])[^\da-z\n][^\d\n]{0,24}$"
    )


@cache
def _zip_before() -> re.Pattern[str]:
    return re.compile(r"(?<!\d)\d{5},?(?: (?:now|and|or|not|was|is|instead|of|its|but)){1,3},? $")


def lone_zip(view: View) -> _Place | None:
    """The ZIP that a whole text is."""
    if view.words or len(view.figures) != 1:
        return None
    start, end = view.figures[0]
    alone = end - start == _ZIP and view.plain.strip(" .!?") == view.plain[start:end]
    return (start, end, "geo/zip") if alone else None


def zip_at(view: View, start: int, end: int) -> _Place | None:
    """The ZIP of five figures, with the town and state before it if they are there."""
    plain = view.plain
    if plain[start - 1 : start] and (plain[start - 1].isalnum() or plain[start - 1] in "$#.,/-_"):
        return None
    if plain[end : end + 1] == "-" and plain[end + 1 : end + 5].isdigit():
        end += 5
    after, beyond = plain[end : end + 1], plain[end + 1 : end + 2]
    if after.isalnum() or after in {"/", "-"} or (after in {".", ","} and beyond.isdigit()):
        return None
    at = view.word_at(start) - 1
    if (at >= 0 and _is_called_zip(view, at, start)) or _is_zip().match(view.lower, end):
        return start, end, "geo/zip"
    where = at > 0 and view.words[at] in _INSIDE and view.ends[at] + 1 == start
    if where and any(mark & LIVES for mark in view.marks[max(0, at - _FEW) : at]):
        return start, end, "geo/zip"
    first = _before_zip(view, start)
    return None if first is None else (first, end, "geo/town-and-zip")


@cache
def _is_zip() -> re.Pattern[str]:
    return re.compile(r"(?: is|'s|,| -| =)?(?: (?:my|the|our|her|his|new|old|billing|home))* zip\b")


def _is_called_zip(view: View, at: int, start: int) -> bool:
    """Whether a word near before calls it a ZIP, or it corrects one: "30312 now not 30310"."""
    if _ZIPS.isdisjoint(view.words[max(0, at - _FAR) : at + 1]):
        return False
    if _zip_cue().search(view.lower, max(0, start - 60), start):
        return True
    return _zip_before().search(view.lower, max(0, start - 30), start) is not None


def _before_zip(view: View, start: int) -> int | None:
    """Where the town begins before a ZIP, with its state between or without."""
    at = view.word_at(start)
    if not at or _gap_before(view, at, start) not in {" ", ", ", ". "}:
        return None
    begin, end = view.starts[at - 1], view.ends[at - 1]
    state = view.plain[begin:end]
    joined = at > 1 and view.gaps[at - 1] in {" ", ", "}
    if joined and view.words[at - 2] in _ABROAD:
        return view.starts[at - 2]
    if joined and is_state(state, small=state not in _WORDS or not view.capital[at - 2]):
        count = town_before(view, at - 1)
        if count:
            return view.starts[at - 1 - count]
        if view.gaps[at - 1] == ", " and view.capital[at - 2]:
            return view.starts[at - 2]
    count = town_before(view, at)
    if not count:
        return None
    name = " ".join(view.words[at - count : at])
    first = at - count
    return view.starts[first] if name not in towns().ordinary or view.capital[first] else None


def _gap_before(view: View, at: int, start: int) -> str:
    """What stands between the word before an index and an offset."""
    return view.lower[view.ends[at - 1] : start]
