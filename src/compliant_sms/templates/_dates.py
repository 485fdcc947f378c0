"""Days and times as patients read them, in English and Spanish.

Letters of GSM-7 alone, as in all that the library writes: an accent on "sab" would more than double
what a text costs. Both languages say AM and PM, as texts to patients in the United States do.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

__all__ = ["LANGUAGES", "day_in", "time_in", "wall"]

LANGUAGES = frozenset({"en", "es"})
"""The languages in which days and times are written."""

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
_NOON = 12


def wall(instant: datetime, zone: str) -> datetime:
    """An aware instant by the clock on the practice's wall."""
    return instant.astimezone(ZoneInfo(zone))


def day_in(language: str, day: date, *, year: bool) -> str:
    """A day: ``Tue Dec 1``, ``mar 1 dic``; with the year ``Tue Dec 1, 2026``, ``mar 1 dic 2026``.

    Args:
        language: one of :data:`LANGUAGES`.
        day: which.
        year: whether the year is told too.
    """
    name, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    if language == "en":
        return f"{name} {month} {day.day}" + (f", {day.year}" if year else "")
    return f"{name} {day.day} {month}" + (f" {day.year}" if year else "")


def time_in(moment: time) -> str:
    """A time by the clock with twelve hours: ``2:30 PM``; midnight is ``12:00 AM``."""
    hour, half = moment.hour % _NOON or _NOON, "AM" if moment.hour < _NOON else "PM"
    return f"{hour}:{moment.minute:02} {half}"
