"""Places smaller than a state: addresses, towns, counties, ZIPs, street corners, residences.

45 CFR 164.514(b)(2)(i)(B). Places of the practice itself are none: it says where to find it.
"""

from __future__ import annotations

from collections.abc import Iterable

from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._places._addresses import address_by_cue, street_address
from compliant_sms.phi._places._around import (
    corner_at,
    corner_by_word,
    county_at,
    residence_at,
    street_at,
)
from compliant_sms.phi._places._bare import flats, houses, named_houses
from compliant_sms.phi._places._towns import (
    dwelling_place,
    is_addressed,
    is_led,
    lone_town,
    numbered_place,
    places_by_state,
    town_at,
)
from compliant_sms.phi._places._whose import is_theirs
from compliant_sms.phi._places._zips import lone_zip, zip_at
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    ADDRESS_CUE,
    DWELLING,
    LIVES,
    STREET,
    TOWN,
    WHERE,
)
from compliant_sms.phi._words._place_words import CORNERS, COUNTIES, ROADS

_BUILT = STREET | ADDRESS_CUE | DWELLING
_ANCHORS = STREET | ADDRESS_CUE | DWELLING | TOWN | LIVES
_ZIP = 5
_BOTH = (["and"], ["y"])
_JOINED = frozenset((", ", " ", ",", ". "))
_Place = tuple[int, int, str]


def find_geo(view: View, known: Known) -> Iterable[PhiFinding]:
    """Places that say where a patient lives, stays or is, smaller than a state.

    Args:
        view: the text.
        known: not needed here; the engine leaves out what is the practice's own.

    Returns:
        The findings, in the order of the text; an address is one.
    """
    del known
    found: list[_Place] = []
    if view.said & _ANCHORS:
        _at_words(view, found)
    if ", " in view.plain:
        found += places_by_state(view)
    if view.has_digit:
        found += houses(view)
        flat = "apt" in view.lower or "unit" in view.lower
        if view.said & STREET or flat:
            found += named_houses(view)
        if flat or "#" in view.lower or "lot " in view.lower:
            found += flats(view)
    if view.longest >= _ZIP:
        for start, end in view.figures:
            if end - start == _ZIP and (place := zip_at(view, start, end)):
                found.append(place)
    if not found:
        alone = lone_zip(view) or (lone_town(view) if view.said & TOWN else None)
        return (_finding(*alone),) if alone else ()
    everybody: list[Everybody] = []
    places = _outer(view, found) if len(found) > 1 else found
    return [_finding(*place) for place in places if is_theirs(view, place[0], place[1], everybody)]


def _at_words(view: View, found: list[_Place]) -> None:
    """Add the places that words belong to or announce."""
    marks = view.marks
    # A street needs a number, another street, or somebody who lives there.
    near = view.has_digit or view.said & LIVES or " and " in view.lower or "&" in view.lower
    built = _BUILT if near else ADDRESS_CUE | DWELLING
    for at in view.marked(_ANCHORS):
        mark = marks[at]
        if mark & TOWN and (is_led(view, at) or (view.capital[at] and is_addressed(view, at))):
            _add(town_at(view, at), found)
        if mark & LIVES:
            _add(dwelling_place(view, at) or numbered_place(view, at), found)
        if mark & built:
            _at_built(view, at, mark, found)


def _add(place: _Place | None, found: list[_Place]) -> None:
    if place:
        found.append(place)


def _at_built(view: View, at: int, mark: int, found: list[_Place]) -> None:
    """Add the places of which a word is the kind."""
    if mark & STREET:
        _at_street(view, at, found)
    if mark & ADDRESS_CUE:
        _at_cue(view, at, found)
    if mark & DWELLING and (view.capital[at] or view.has_digit or view.said & (LIVES | WHERE)):
        _add(residence_at(view, at), found)


def _at_street(view: View, at: int, found: list[_Place]) -> None:
    if view.has_digit and (span := street_address(view, at)):
        found.append((*span, "geo/address"))
    elif view.gaps[at] == " " and view.said & LIVES:
        _add(street_at(view, at), found)
    ahead = at + 1
    crossed = view.gaps[ahead] == " & " or view.words[ahead : ahead + 1] in _BOTH
    crossed = crossed or view.gaps[at - 1] == " & " or view.words[at - 2 : at - 1] in _BOTH
    if (crossed or view.gaps[at][-1:].isdigit()) and (place := corner_at(view, at)):
        found.append(place)


def _at_cue(view: View, at: int, found: list[_Place]) -> None:
    word = view.words[at]
    named = corner_by_word(view, at) if word in CORNERS else None
    if word in COUNTIES:
        named = county_at(view, at)
    if named:
        found.append(named)
    elif (span := address_by_cue(view, at)) is not None:
        found.append((*span, "geo/address"))
    elif word in ROADS and (place := corner_at(view, at)):
        found.append(place)


def _outer(view: View, found: list[_Place]) -> list[_Place]:
    """What lies in nothing else, in the order of the text; a house and its street are one."""
    kept: list[_Place] = []
    for place in sorted(found, key=lambda place: (place[0], -place[1])):
        if kept and place[0] < kept[-1][1]:
            if place[1] > kept[-1][1]:
                kept[-1] = (kept[-1][0], place[1], kept[-1][2])
        elif kept and _is_joined(view, kept[-1], place):
            kept[-1] = (kept[-1][0], place[1], "geo/address")
        else:
            kept.append(place)
    return kept


def _is_joined(view: View, one: _Place, other: _Place) -> bool:
    both = {one[2], other[2]}
    if both.isdisjoint({"geo/address", "geo/residence"}):
        return False
    return view.plain[one[1] : other[0]] in _JOINED


def _finding(start: int, end: int, rule: str) -> PhiFinding:
    return PhiFinding(
        start=start, end=end, label=PhiLabel.GEO, rule=rule, confidence=Confidence.LIKELY
    )
