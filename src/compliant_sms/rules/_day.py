"""Days and hours as packs write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from attrs import frozen

from compliant_sms.errors import InvalidInput

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_NEVER = "none"
_HOUR = 60
_DAY = 24 * _HOUR


@frozen
class DayHours:
    """Permitted hours of one day, half open (policy P-QH-2).

    Attributes:
        start: the first permitted minute, counted from midnight on the wall clock.
        end: the first minute that is too late; 1440 for midnight.
    """

    start: int
    end: int

    @property
    def opens(self) -> bool:
        """Whether there is any permitted minute."""
        return self.start < self.end

    def __contains__(self, wall: time) -> bool:
        return self.start <= wall.hour * _HOUR + wall.minute < self.end

    def __str__(self) -> str:
        if not self.opens:
            return _NEVER
        return "-".join(f"{m // _HOUR:02}:{m % _HOUR:02}" for m in (self.start, self.end))


def hours_of(text: str | DayHours) -> DayHours:
    """What a pack writes as ``"08:00-20:00"``, or ``"none"`` for a day without any.

    Raises:
        InvalidInput: it is neither, or it closes before it opens.
    """
    if isinstance(text, DayHours):
        return text
    if text == _NEVER:
        return DayHours(0, 0)
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        msg = 'hours are written as "08:00-20:00", or "none" for a day without any'
        raise InvalidInput(msg)
    from_hour, from_minute, to_hour, to_minute = found.groups()
    end = int(to_hour) * _HOUR + int(to_minute) if to_hour else _DAY
    hours = DayHours(int(from_hour) * _HOUR + int(from_minute), end)
    if not hours.opens:
        msg = f"the hours {text} never open; a window ends on the day on which it begins"
        raise InvalidInput(msg)
    return hours


def day_of(value: object) -> date | None:
    """A day as TOML or a record holds it.

    Raises:
        InvalidInput: it is none.
    """
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = 0
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    msg = "a day is written as 2026-10-18, without quotes and without a time"
    raise InvalidInput(msg)
