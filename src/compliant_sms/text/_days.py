"""Days and times as patients read them, in English, Spanish and French.

Letters of GSM-7 alone, as in all that the library writes: an accent on "sab" would more than double
what a text costs, and "aout" is how the spelling reform of 1990 has it. English and Spanish say AM
and PM, as texts to patients in the United States do; French has twenty-four hours.
"""

from __future__ import annotations

from datetime import date, time

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "fr": (
        *("janv", "févr", "mars", "avr", "mai", "juin"),
        *("juil", "aout", "sept", "oct", "nov", "déc"),
    ),
}
_NOON = 12

LANGUAGES = frozenset(_DAYS)
"""The languages in which days and times are written."""


def day_in(language: str, day: date, *, year: bool) -> str:
    """A day: ``Tue Dec 1``, ``mar 1 dic``, ``mar 1er déc``; with its year ``Tue Dec 1, 2026``.

    Args:
        language: one of :data:`LANGUAGES`.
        day: which.
        year: whether the year is told too.
    """
    name, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    if language == "en":
        return f"{name} {month} {day.day}" + (f", {day.year}" if year else "")
    number = "1er" if language == "fr" and day.day == 1 else day.day
    return f"{name} {number} {month}" + (f" {day.year}" if year else "")


def time_in(language: str, moment: time) -> str:
    """A time of the clock: ``2:30 PM``, with ``12:00 AM`` for midnight; in French ``14 h 30``.

    Args:
        language: one of :data:`LANGUAGES`.
        moment: which; its seconds are left out.
    """
    if language == "fr":
        return f"{moment.hour} h" + (f" {moment.minute:02}" if moment.minute else "")
    hour, half = moment.hour % _NOON or _NOON, "AM" if moment.hour < _NOON else "PM"
    return f"{hour}:{moment.minute:02} {half}"
