"""The forms that values of tests and of measurements are written in, at home or by a laboratory."""

from __future__ import annotations

import re
from functools import cache

_UNITS = (
    r"mg/dl|ng/ml|ng/dl|pg/ml|pg/dl|miu/l|miu/ml|uiu/ml|ug/dl|mcg/dl|mcg/l|ug/l|mmol/l|mmol/mol|meq/l|"
    r"iu/l|iu/ml|u/l|g/dl|mg/l|mg/g|ml/min|mmhg|bpm|copies/ml|mm/hr|l/min|copies"
)
_HOW = (
    r"(?: ?[=-] ?(?:low|high|normal|baj[oa]|alt[oa])\b| critical(?:ly (?:low|high))?\b"
    r"| \((?:low|high|normal|h|l)\))?"
)
_NUMBER = (
    r"(?:1:(?:[248]0?|16|32|64|128|256|160|320|640|1280|2560)(?!\d)"  # a titre
    r"|\d{1,2}0s(?!\w)"  # about so much: "in the 200s"
    r"|\d{2,3}-\d{2,3}(?![-\d])"  # from one to the other
    r"|1 in \d{1,5}"  # a risk
    r"|\d{1,3}(?:,\d{3}\b|\d{0,3}(?:[.,]\d{1,3})?(?:\+(?:\d|(?!\w)))?))"
    rf"(?: ?(?:%|percent|por ciento|{_UNITS}|lbs?|libras|pounds|kgs?|kilos|ml|cc|oz|degrees|grados|"
    r"mil|million|k|f|c|mm|cm)(?![\w/])"
    r"(?: \d{1,2}(?: ?oz)?\b)?)?(?: (?:out of|of|de) \d{1,3}\b|/10\b|/30\b|/27\b|/21\b)?"
)
# What follows makes it a date, a time, a price or a while.
_NO_VALUE = (
    r"(?![\w/%]|[:.,]\d|-\d| ?(?:off|am|pm|a\.m|p\.m|days?|weeks?|wks?|months?|hours?|hrs?|"
    r"years?|yrs?|mins?|minutes?|times?|x|dias?|semanas?|meses|horas?|mornings?|nights?|readings?|"
    r"checks?|pills?|tabs?|tablets?|units?|doses?|more|strips?|times|veces|anos|refills?|"
    r"appts?|patients?|people|pacientes|mg|mcg)\b)"
)


@cache
def value() -> re.Pattern[str]:
    """A figure with its unit, and how it is called right after: "18 ng/ml = low"."""
    return re.compile(rf"{_NUMBER}{_HOW}{_NO_VALUE}")


@cache
def with_unit() -> re.Pattern[str]:
    """A figure with a unit that only laboratories write."""
    return re.compile(rf"\d{{1,6}}(?:[.,]\d{{1,3}})? ?(?:{_UNITS})(?!\w){_HOW}")


@cache
def pressure() -> re.Pattern[str]:
    """Two figures as those of the blood pressure."""
    return re.compile(r"(\d{2,3})s? ?(/|over|sobre) ?(\d{2,3})(?:(?<=0)s)?(?![\w/-]|\.\d)")


@cache
def warmth() -> re.Pattern[str]:
    """A temperature, of either scale."""
    return re.compile(
        r"(?:(?:9[5-9]|10[0-7])\.\d|10[0-6]|(?:3[5-9]|4[0-2])(?:[.,]\d)?)"
        r"(?: ?(?:f|c|degrees|grados)\b)?(?![\w/:-]|[.,]\d)"
    )


@cache
def lens() -> re.Pattern[str]:
    """What glasses are made by: "-3.75 -1.25 x 170"."""
    return re.compile(r"\d{1,2}\.\d(?:0|5)(?: [+-]\d\.\d{2})?(?: ?x ?\d{1,3})?(?!\w|\.\d)")


@cache
def sight() -> re.Pattern[str]:
    """How well an eye sees: "20/40 in the left eye"."""
    return re.compile(r"20/\d{2,3}(?: in (?:the |your |my |his |her )?(?:left|right|both) eyes?)?")


@cache
def moved() -> re.Pattern[str]:
    """A weight: with ounces it is a newborn's, with "over" it is too much."""
    return re.compile(
        r"\d{1,3}(?:\.\d)? ?(?:lbs?|pounds|kgs?|kilos|libras)\b"
        r"(?P<told>,? \d{1,2}(?:\.\d)? ?(?:oz|ounces|onzas)\b| over\b)?"
    )


@cache
def blood_type() -> re.Pattern[str]:
    """A blood group behind the word for it."""
    return re.compile(
        r"(?:type|tipo(?: de sangre)?) (?:is |es )?"
        r"(?P<type>(?:ab|a|b|o)(?: ?[+-](?!\w)| (?:pos|neg)(?:itiv[eo]|ativ[eo])?\b))"
    )
