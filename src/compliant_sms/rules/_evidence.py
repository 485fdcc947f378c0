"""What speaks for a zone or a state as the place of somebody with a number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from attrs import frozen

from compliant_sms.choices import Word
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._pack import Pack
from compliant_sms.rules._row import Row
from compliant_sms.rules.rows import AreaCodes, SplitAreaCode

_NORTH_AMERICA = 1


class EvidenceKind(Word):
    """What a piece of evidence is taken from."""

    RECORD_ZONE = "record-zone"
    """The time zone in the patient's record."""
    RECORD_STATE = "record-state"
    """The state in the patient's record."""
    AREA_CODE = "area-code"
    """The first three digits of a North American number."""
    EXCHANGE = "exchange"
    """More than the area code: the local exchange, as a line without porting would have it."""
    COUNTRY_CODE = "country-code"
    """The calling code, with the digits of an area where open metadata knows them."""


@frozen(kw_only=True)
class Evidence:
    """One reason to think that somebody may be in a place. Of the number it holds a prefix only.

    Attributes:
        place: IANA name of a zone, or postal code of a state.
        kind: what it is taken from.
        value: what that says: ``"850"``, ``"850-43"`` (an exchange or its beginning), ``"+442"``,
            ``"IL"``.
        row: the row of a pack that knows it, for example ``"us/zones-850-448"``; empty where none.
        source: where that comes from.
    """

    place: str
    kind: EvidenceKind
    value: str
    row: str = ""
    source: str


_RECORD = "the patient's record"


def of_recorded_state(state: str) -> Evidence:
    """The state in the record."""
    return Evidence(place=state, kind=EvidenceKind.RECORD_STATE, value=state, source=_RECORD)


# What people write for a place that keeps summer time all the same. P-TZ-1 wants places.
_MEANT = {
    "EST": "America/New_York",
    "MST": "America/Denver",
    "Etc/GMT+5": "America/New_York",
    "Etc/GMT+6": "America/Chicago",
    "Etc/GMT+7": "America/Denver",
    "Etc/GMT+8": "America/Los_Angeles",
    "Etc/GMT+9": "America/Anchorage",
}


def of_recorded_zone(zone: str) -> tuple[Evidence, ...]:
    """The zone in the record; with an abbreviation or an offset the place that may be meant."""
    kind, places = EvidenceKind.RECORD_ZONE, (zone, _MEANT.get(zone, zone))
    return tuple(
        Evidence(place=place, kind=kind, value=zone, source=_RECORD)
        for place in dict.fromkeys(places)
    )


def of_state(zone: str, state: str, pack: Pack, row: AreaCodes) -> Evidence:
    """A zone, as the state in the record has area codes there."""
    return Evidence(
        place=zone,
        kind=EvidenceKind.RECORD_STATE,
        value=state,
        row=_id(pack, row),
        source=row.source,
    )


@lru_cache(maxsize=64)
def listed_zones(packs: tuple[Pack, ...]) -> dict[str, list[Evidence]]:
    """What packs say of zones, by area code."""
    found: dict[str, list[Evidence]] = {}
    for pack in packs:
        for row in pack.of(SplitAreaCode):
            for code in row.codes:
                found.setdefault(code, []).extend(
                    _by_area_code(zone, code, pack, row) for zone in row.zones
                )
    return found


@lru_cache(maxsize=64)
def listed_states(packs: tuple[Pack, ...]) -> dict[str, list[Evidence]]:
    """What packs say of states, by area code."""
    found: dict[str, list[Evidence]] = {}
    for pack in packs:
        for row in pack.of(AreaCodes):
            for code in row.codes:
                found.setdefault(code, []).append(_by_area_code(row.state, code, pack, row))
    return found


def metadata_zones(number: PhoneNumber, known: phonenumbers.PhoneNumber) -> Iterator[Evidence]:
    """What the open metadata of ``phonenumbers`` says of a number's zones."""
    from phonenumbers import timezone  # noqa: PLC0415 - its tables are needed at first use only

    zones = _zones_of(known)
    kind, value = _prefix(number, zones)
    for zone in zones:
        if zone != timezone.UNKNOWN_TIMEZONE:
            source = f"open metadata of phonenumbers {phonenumbers.__version__}"
            yield Evidence(place=zone, kind=kind, value=value, source=source)


def _zones_of(known: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    from phonenumbers import timezone, tzdata  # noqa: PLC0415 - as above

    if known.country_code != _NORTH_AMERICA:
        return timezone.time_zones_for_number(known)
    # Its mobile numbers have area codes as well. Asked about a number by its kind, metadata gives
    # those that have digits of their own, as in American Samoa, every zone from Guam to Bermuda.
    zones = timezone.time_zones_for_geographical_number(known)
    return () if zones == tzdata.TIMEZONE_DATA[str(_NORTH_AMERICA)] else zones


def _prefix(number: PhoneNumber, zones: tuple[str, ...]) -> tuple[EvidenceKind, str]:
    from phonenumbers import tzdata  # noqa: PLC0415 - as above

    digits, code = number.e164[1:], number.area_code
    prefixes = (digits[:length] for length in range(tzdata.TIMEZONE_LONGEST_PREFIX, 0, -1))
    # A mobile number of another country has the zones of all of it, whatever its digits.
    known = (prefix for prefix in prefixes if tzdata.TIMEZONE_DATA.get(prefix) == zones)
    prefix = next(known, "")
    if code is None:
        return EvidenceKind.COUNTRY_CODE, f"+{prefix}"
    exchange = prefix[4:]
    if exchange:
        return EvidenceKind.EXCHANGE, f"{code}-{exchange}"
    return EvidenceKind.AREA_CODE, code


def _by_area_code(place: str, code: str, pack: Pack, row: Row) -> Evidence:
    return Evidence(
        place=place,
        kind=EvidenceKind.AREA_CODE,
        value=code,
        row=_id(pack, row),
        source=row.source,
    )


def _id(pack: Pack, row: Row) -> str:
    return f"{pack.name}/{row.id}"
