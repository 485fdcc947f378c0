"""The parts of countries, by postal code."""

from __future__ import annotations

_US = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
_CA = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
_AU = "ACT NSW NT QLD SA TAS VIC WA"
_GB = "ENG NIR SCT WLS"

PARTS: dict[str, frozenset[str]] = {
    country: frozenset(codes.split())
    for country, codes in {"US": _US, "CA": _CA, "AU": _AU, "GB": _GB}.items()
}
"""The postal codes of the parts of a country, by its ISO 3166-1 code."""


_TERRITORIES = frozenset(("AS", "GU", "MP", "PR", "VI"))
# Of the postal service, and of no state: armed forces, and states in free association.
_OTHERS = frozenset(("AA", "AE", "AP", "FM", "MH", "PW"))


def law_of(country: str | None) -> str | None:
    """The country whose law holds in one: in a territory of the United States, theirs."""
    return "US" if country in _TERRITORIES else country


def is_part(state: str) -> bool:
    """Whether there is such a postal code in a country whose parts are known."""
    return state in _OTHERS or any(state in codes for codes in PARTS.values())


def country_of(state: str) -> str | None:
    """The country (ISO 3166-1) of a state or province of North America, or None."""
    return next((name for name in ("US", "CA") if state in PARTS[name]), None)
