"""How long before a visit a reminder goes."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.reminders._wall import instant_of

_WRITTEN = re.compile(
    r"\s*(\d{1,3})\s+(week|day|hour|minute)s?\s+before(?:\s+at\s+(\d{1,2}):(\d{2})\s*([ap]m)?)?\s*",
    re.IGNORECASE,
)
_ON_THE_DAY = re.compile(r"\s*on\s+the\s+day\s+at\s+(\d{1,2}):(\d{2})\s*([ap]m)?\s*", re.IGNORECASE)
_MOST_DAYS, _A_DAY = 999 * 7, 24 * 60
_IN_WORDS = (
    "a reminder's offset is written as '7 days before at 10:00', '1 day before', "
    "'on the day at 8:00' or '2 hours before'"
)


@frozen(kw_only=True)
class Offset:
    """How long before a visit a reminder goes.

    Days count on the clinic's calendar, so a time of day stays the same when clocks change. Hours
    and minutes are elapsed time.

    Args:
        days: this many days before, at the time ``at``; or
        minutes: this many minutes before.
        at: the clinic's time of day, for days; the visit's own by default.

    Raises:
        InvalidInput: it has neither days nor minutes, or both; or it is not before the visit, or
            more than 999 weeks before it.
    """

    days: int | None = field(default=None, validator=_given.whole)
    minutes: int | None = field(default=None, validator=_given.whole)
    at: time | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an offset that is not a moment before a visit."""
        of_day = self.at is None or (self.at.tzinfo is None and self.at == _to_minute(self.at))
        least = 1 if self.at is None else 0
        in_days = self.minutes is None and self.days is not None and self.days >= least
        in_minutes = self.days is None and self.at is None and (self.minutes or 0) > 0
        if not (of_day and (in_days or in_minutes)):
            raise InvalidInput(_IN_WORDS)
        if (self.days or 0) > _MOST_DAYS or (self.minutes or 0) > _MOST_DAYS * _A_DAY:
            msg = f"a reminder's offset must be at most {_MOST_DAYS:,} days before the visit"
            raise InvalidInput(msg)

    @classmethod
    def parse(cls, written: str | Offset) -> Offset:
        """Parse words such as ``"7 days before at 10:00"`` or ``"2 hours before"``.

        Raises:
            InvalidInput: they are not an offset.
        """
        if isinstance(written, Offset):
            return written
        _given.a_text(written, "the offset")
        if found := _ON_THE_DAY.fullmatch(written):
            return cls(days=0, at=_time(*found.groups()))
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise InvalidInput(_IN_WORDS)
        count, unit = int(found[1]), found[2].lower()
        at = _time(found[3], found[4], found[5]) if found[3] else None
        if unit in {"week", "day"}:
            return cls(days=count * (7 if unit == "week" else 1), at=at)
        return cls(minutes=count * (60 if unit == "hour" else 1), at=at)

    @property
    def code(self) -> str:
        """Its name on record, such as ``"7d@10:00"``, ``"1d"``, ``"2h"`` or ``"90m"``."""
        if self.minutes is not None:
            whole, rest = divmod(self.minutes, 60)
            return f"{self.minutes}m" if rest else f"{whole}h"
        return f"{self.days}d" + (f"@{self.at:%H:%M}" if self.at else "")

    def instant(self, wall: datetime, zone: str) -> datetime:
        """When (UTC) a reminder of a visit goes.

        Args:
            wall: the visit's naive wall time.
            zone: IANA name of its zone.
        """
        if self.minutes is not None:
            return instant_of(wall, zone) - timedelta(minutes=self.minutes)
        day = wall.date() - timedelta(days=self.days or 0)
        return instant_of(datetime.combine(day, self.at or wall.time()), zone)


def _to_minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


def _time(hour: str, minute: str, half: str | None) -> time:
    hours, minutes = int(hour), int(minute)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    elif half:
        raise InvalidInput(_IN_WORDS)
    try:
        return time(hours, minutes)
    except ValueError as error:
        raise InvalidInput(_IN_WORDS) from error
