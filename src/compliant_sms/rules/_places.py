"""Where a recipient may be: every zone and state that the facts allow (P-TZ-1, P-ST-1).

No rule says how to find where a mobile phone is (47 CFR 64.1200(c)(1) speaks of the called
party's location), so a text must be permitted in each candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from phonenumbers import (
    NumberParseException,
    PhoneNumberType,
    number_type,
    parse,
    region_code_for_number,
)

from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._evidence import (
    Evidence,
    EvidenceKind,
    listed_states,
    listed_zones,
    metadata_zones,
    of_recorded_state,
    of_recorded_zone,
    of_state,
)
from compliant_sms.rules._pack import Pack
from compliant_sms.rules._parts import country_of, law_of
from compliant_sms.rules.rows import AreaCodes

_PLACELESS = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.VOIP,
    }
)


@frozen
class CandidateZone:
    """A zone in which the recipient may be.

    Attributes:
        name: IANA name.
        evidence: ``"profile"`` or ``"area code 217"``.
    """

    name: str
    evidence: str


@frozen
class CandidateState:
    """A state or province in which the recipient may be.

    Attributes:
        code: postal code.
        evidence: ``"profile"`` or ``"area code 217"``.
    """

    code: str
    evidence: str


@frozen
class Whereabouts:
    """Where somebody may be.

    Attributes:
        zones: by the clock; empty when nothing is known.
        states: by the law.
        country: ISO 3166-1 code; None where nobody can tell.
        zone_evidence: all that speaks for each of the zones, one or more entries for each.
        state_evidence: the same for the states.
    """

    zones: tuple[CandidateZone, ...]
    states: tuple[CandidateState, ...]
    country: str | None
    zone_evidence: tuple[Evidence, ...] = ()
    state_evidence: tuple[Evidence, ...] = ()


_NOWHERE = Whereabouts((), (), None)
_SOLSTICES = (datetime(2026, 12, 21, tzinfo=UTC), datetime(2026, 6, 21, tzinfo=UTC))


@lru_cache(maxsize=4096)
def _of_number(packs: tuple[Pack, ...], number: PhoneNumber) -> Whereabouts:
    try:
        known = parse(number.e164)
    except NumberParseException:  # no such country code: nobody knows where that is
        return _NOWHERE
    if number_type(known) in _PLACELESS:
        return _NOWHERE
    code = number.area_code or ""
    where = f"area code {code}" if code else "country code"
    states = tuple(listed_states(packs).get(code, ()))
    # Open metadata does not know each area code yet.
    zones = _zones_of(packs, number) or tuple(_zones_by_state(packs, code, states))
    return Whereabouts(
        tuple(CandidateZone(name, where) for name in _places(zones)),
        tuple(CandidateState(state, where) for state in _places(states)),
        next(map(country_of, _places(states)), None) or region_code_for_number(known),
        zones,
        states,
    )


def _zones_of(packs: tuple[Pack, ...], number: PhoneNumber) -> tuple[Evidence, ...]:
    listed = listed_zones(packs).get(number.area_code or "", ())
    return (*listed, *metadata_zones(number, parse(number.e164)))


def _zones_by_state(
    packs: tuple[Pack, ...], code: str, states: Iterable[Evidence]
) -> Iterator[Evidence]:
    """Those that the other area codes of its states lie in."""
    for state in states:
        for each in _zones_of_state(packs, state.place):
            yield evolve(each, kind=EvidenceKind.AREA_CODE, value=code)


def _places(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.place for each in evidence))


@lru_cache(maxsize=256)
def _zones_of_state(packs: tuple[Pack, ...], state: str) -> tuple[Evidence, ...]:
    """All zones that the area codes of a state lie in."""
    return tuple(
        dict.fromkeys(
            of_state(zone.place, state, pack, row)
            for pack in packs
            for row in pack.of(AreaCodes)
            if row.state == state
            for code in row.codes
            for zone in _zones_of(packs, PhoneNumber(f"+1{code}5550100"))
        )
    )


@lru_cache(maxsize=4096)
def whereabouts(
    packs: tuple[Pack, ...],
    number: PhoneNumber,
    zone: str | None,
    state: str | None,
    country: str | None = None,
) -> Whereabouts:
    """Every zone and state in which the holder of a number may be.

    Args:
        packs: whose area codes to read.
        number: the recipient's.
        zone: IANA name of the zone in the patient's record, or None.
        state: postal code of the state in the patient's record, or None.
        country: ISO 3166-1 code of the country in the patient's record, or None.

    Returns:
        what the record says and what the area code says, without repeats, and all that speaks
        for each.
    """
    by_number = _of_number(packs, number)
    if state is None and law_of(country) != country:  # a territory, which is a place as well
        state = country
    told = _zones_told(packs, zone, state)
    home = (of_recorded_state(state),) if state else ()
    names = _places(told)
    zones = [CandidateZone(name, "profile") for name in names]
    states = [CandidateState(name, "profile") for name in _places(home)]
    return Whereabouts(
        (*zones, *(each for each in by_number.zones if each.name not in names)),
        (*states, *(each for each in by_number.states if each.code != state)),
        law_of(country) or country_of(state or "") or by_number.country,
        (*told, *by_number.zone_evidence),
        (*home, *by_number.state_evidence),
    )


def _zones_told(
    packs: tuple[Pack, ...], zone: str | None, state: str | None
) -> tuple[Evidence, ...]:
    """What the record says of zones: its own, and those of its state where that has no such clock.

    A record that names California and the practice's own zone is wrong about one of them.
    """
    in_state = _zones_of_state(packs, state) if state else ()
    if not zone:
        return in_state
    told = of_recorded_zone(zone)
    agree = not in_state or any(_clock(zone) == _clock(each.place) for each in in_state)
    return told if agree else (*told, *in_state)


@lru_cache(maxsize=256)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How far a zone is from UTC in winter and in summer."""
    return tuple(each.astimezone(ZoneInfo(zone)).utcoffset() for each in _SOLSTICES)
