"""Where a recipient may be: every zone and state that the facts allow (P-TZ-1, P-ST-1).

No rule says how to find where a mobile phone is (47 CFR 64.1200(c)(1) speaks of the called
party's location), so a text must be permitted in each candidate.
"""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen
from phonenumbers import (
    NumberParseException,
    PhoneNumberType,
    number_type,
    parse,
    region_code_for_number,
)

from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._pack import Pack
from compliant_sms.rules._parts import country_of
from compliant_sms.rules._rows import AreaCodes, SplitAreaCode

__all__ = ["CandidateState", "CandidateZone", "Whereabouts", "whereabouts"]

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
    """

    zones: tuple[CandidateZone, ...]
    states: tuple[CandidateState, ...]
    country: str | None


_NOWHERE = Whereabouts((), (), None)


@lru_cache(maxsize=64)
def _by_area_code(packs: tuple[Pack, ...]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The zones and the states of area codes, as far as packs name them."""
    zones: dict[str, list[str]] = {}
    states: dict[str, list[str]] = {}
    for pack in packs:
        for split in pack.of(SplitAreaCode):
            for code in split.codes:
                zones.setdefault(code, []).extend(split.zones)
        for row in pack.of(AreaCodes):
            for code in row.codes:
                states.setdefault(code, []).append(row.state)
    return zones, states


@lru_cache(maxsize=4096)
def _of_number(packs: tuple[Pack, ...], number: PhoneNumber) -> Whereabouts:
    try:
        known = parse(number.e164)
    except NumberParseException:  # no such country code: nobody knows where that is
        return _NOWHERE
    if number_type(known) in _PLACELESS:
        return _NOWHERE
    from phonenumbers import timezone  # noqa: PLC0415 - its tables are needed at first use only

    code = number.area_code or ""
    where = f"area code {code}" if code else "country code"
    split, in_states = (found.get(code, []) for found in _by_area_code(packs))
    listed = [z for z in timezone.time_zones_for_number(known) if z != timezone.UNKNOWN_TIMEZONE]
    return Whereabouts(
        tuple(CandidateZone(name, where) for name in dict.fromkeys([*split, *listed])),
        tuple(CandidateState(state, where) for state in in_states),
        next(map(country_of, in_states), None) or region_code_for_number(known),
    )


@lru_cache(maxsize=256)
def _zones_of_state(packs: tuple[Pack, ...], state: str) -> tuple[str, ...]:
    """All zones that the area codes of a state lie in."""
    codes = [
        code for pack in packs for r in pack.of(AreaCodes) if r.state == state for code in r.codes
    ]
    found = [_of_number(packs, PhoneNumber(f"+1{code}5550100")) for code in codes]
    return tuple(dict.fromkeys(zone.name for where in found for zone in where.zones))


@lru_cache(maxsize=4096)
def whereabouts(
    packs: tuple[Pack, ...], number: PhoneNumber, zone: str | None, state: str | None
) -> Whereabouts:
    """Every zone and state in which the holder of a number may be.

    Args:
        packs: whose area codes to read.
        number: the recipient's.
        zone: IANA name of the zone in the patient's record, or None.
        state: postal code of the state in the patient's record, or None.

    Returns:
        what the record says and what the area code says, without repeats.
    """
    by_number = _of_number(packs, number)
    told = (zone,) if zone else _zones_of_state(packs, state) if state else ()
    zones = [CandidateZone(name, "profile") for name in told]
    states = [CandidateState(state, "profile")] if state else []
    return Whereabouts(
        (*zones, *(each for each in by_number.zones if each.name not in told)),
        (*states, *(each for each in by_number.states if each.code != state)),
        (country_of(state) if state else None) or by_number.country,
    )
