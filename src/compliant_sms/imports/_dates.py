"""Dates and times of a file: as exact as they are written, and never guessed.

What is known to the minute only, or falls into the hour that a clock in autumn shows twice, is the
earliest such instant for a consent and the latest for an opt-out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliant_sms.errors import InvalidInput

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d{1,6})?)?)"
    r"(?P<offset> ?(?:Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII,
)
_NOT_ISO = (
    "it is no date such as 2026-03-02, or 2026-03-02T14:30-06:00. If all are written alike in "
    "another way, say how with date_format, for example '%m/%d/%Y'."
)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_INSTANT = timedelta(microseconds=1)


def _in_zone(value: datetime, zone: ZoneInfo) -> list[datetime]:
    if value.tzinfo is not None:
        return [value.astimezone(UTC)]
    return [value.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]


def earliest(value: datetime, _: timedelta, zone: ZoneInfo) -> datetime:
    """The first instant that a time can mean."""
    return min(_in_zone(value, zone))


def latest(value: datetime, unit: timedelta, zone: ZoneInfo) -> datetime:
    """The last instant that a time, known to that unit, can mean."""
    return max(_in_zone(value, zone)) + unit - _INSTANT


def first_instant(when: date, zone: ZoneInfo) -> datetime:
    """An aware instant, or the first of a day."""
    if isinstance(when, datetime):
        return when
    return earliest(datetime.combine(when, time.min), _INSTANT, zone)


def last_instant(when: date | None, zone: ZoneInfo) -> datetime | None:
    """An aware instant, or the last of a day."""
    if when is None or isinstance(when, datetime):
        return when
    return latest(datetime.combine(when, time.max), _INSTANT, zone)


Choice = Callable[[datetime, timedelta, ZoneInfo], datetime]


def reader(
    zone: ZoneInfo, choose: Choice, date_format: str | None
) -> Callable[[str], date | datetime]:
    """A function that reads a cell.

    Args:
        zone: of times that name no offset.
        choose: :func:`earliest` or :func:`latest`.
        date_format: as for :meth:`datetime.strptime`; None for ISO 8601.

    Raises:
        InvalidInput: the format names no whole date, has a year of two figures, or a time zone
            by its name.
    """
    if date_format is None:
        return lambda text: _iso(text, zone, choose)
    unit = _unit_of(date_format)

    def formatted(text: str) -> date | datetime:
        try:
            value = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone joins below
        except ValueError:
            msg = "it is no date as date_format writes one: mend the cell, or name another format"
            raise InvalidInput(msg) from None
        return value.date() if unit is None else _chosen(value, unit, zone, choose)

    return formatted


def _iso(text: str, zone: ZoneInfo, choose: Choice) -> date | datetime:
    found = _ISO.fullmatch(text)
    if not found:
        raise InvalidInput(_NOT_ISO)
    try:
        day = date.fromisoformat(found["day"])
        if not found["time"]:
            return day
        offset = (found["offset"] or "").strip()
        value = datetime.fromisoformat(f"{found['day']}T{found['time']}{offset}")
    except ValueError:
        msg = "there is no such date or time; read the row again where it comes from"
        raise InvalidInput(msg) from None
    unit = _INSTANT if found["fraction"] else _SECOND if found["seconds"] else _MINUTE
    return _chosen(value, unit, zone, choose)


def _chosen(value: datetime, unit: timedelta, zone: ZoneInfo, choose: Choice) -> datetime:
    try:
        return choose(value, unit, zone)
    except OverflowError:
        msg = "there is no such date or time; read the row again where it comes from"
        raise InvalidInput(msg) from None


_WHOLE_DATES = ({"Y", "m", "d"}, {"Y", "b", "d"}, {"Y", "B", "d"})
_HOURS = ({"H"}, {"I", "p"})


def _unit_of(date_format: str) -> timedelta | None:
    """How exact a format is; None, if it tells the day only."""
    told = set(re.findall("%([A-Za-z])", date_format.replace("%%", "")))
    if not any(whole <= told for whole in _WHOLE_DATES):
        msg = (
            "date_format tells no day with a year of four figures. Write it, for "
            "example, as '%m/%d/%Y' or '%d.%m.%Y %H:%M'."
        )
        raise InvalidInput(msg)
    if "Z" in told:
        msg = (
            "date_format has %Z, and names of time zones are read by nobody: CST is Chicago's and "
            "China's. Have the file name offsets (%z), or leave them out of file and format."
        )
        raise InvalidInput(msg)
    if not any(hour <= told for hour in _HOURS) or "M" not in told:
        return None
    if "S" not in told:
        return _MINUTE
    return _INSTANT if "f" in told else _SECOND
