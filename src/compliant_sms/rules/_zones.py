"""Where a recipient may be: every zone that the facts allow (policy P-TZ-1).

No rule says how to find where a mobile phone is (47 CFR 64.1200(c)(1) speaks of the called
party's location), so a text must be permitted in each candidate.
"""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen
from phonenumbers import NumberParseException, parse

from compliant_sms.phone import NumberKind, PhoneNumber
from compliant_sms.rules._pack import load_pack

__all__ = ["CandidateZone", "candidate_zones"]

_PLACELESS = frozenset(
    {NumberKind.TOLL_FREE, NumberKind.PREMIUM_RATE, NumberKind.PERSONAL_NUMBER, NumberKind.VOIP}
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


@lru_cache(maxsize=4096)
def _zones_of_number(number: PhoneNumber) -> tuple[str, ...]:
    if number.kind in _PLACELESS:
        return ()
    from phonenumbers import timezone  # noqa: PLC0415 - its tables are needed at first use only

    split = load_pack().split_area_codes.get(number.area_code or "", ())
    try:
        listed = timezone.time_zones_for_number(parse(number.e164))
    except NumberParseException:  # no such country code: nobody knows where that is
        return ()
    return tuple(dict.fromkeys([*split, *(z for z in listed if z != timezone.UNKNOWN_TIMEZONE)]))


def candidate_zones(number: PhoneNumber, known_zone: str | None) -> tuple[CandidateZone, ...]:
    """Every zone in which the holder of the number may be.

    Args:
        number: the recipient's.
        known_zone: IANA name of the zone in the patient's record, or None.

    Returns:
        the known zone and those of the area code, without repeats; empty when nothing is known.
    """
    where = f"area code {number.area_code}" if number.area_code else "country code"
    profile = [CandidateZone(known_zone, "profile")] if known_zone else []
    by_number = [CandidateZone(z, where) for z in _zones_of_number(number) if z != known_zone]
    return (*profile, *by_number)
