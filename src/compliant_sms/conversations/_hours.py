"""Business hours in a clinic's wall time, and arithmetic with them on instants.

An instant is open if the wall clock shows an open minute on a day that is not a holiday. So an hour
that occurs twice when clocks go back is open twice, and one that is skipped is never open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from attrs import Factory, field, frozen

from compliant_sms import _given
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.practice import clock_of_place
from compliant_sms.rules import holidays, load_pack
from compliant_sms.rules._parts import PARTS

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_A_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NOTHING = timedelta(0)
_MIDNIGHT = 1440
# A practice that is closed for longer than this is not waited for.
_FARTHEST = 800  # days

_Minutes = tuple[int, int]


def _weekdays(named: str) -> range:
    first, _, last = named.strip().lower().partition("-")
    last = last or first
    if first not in _DAYS or last not in _DAYS or _DAYS.index(first) > _DAYS.index(last):
        msg = "the days of business hours are written as 'mon' or 'mon-fri', in that order"
        raise InvalidInput(msg)
    return range(_DAYS.index(first), _DAYS.index(last) + 1)


def _spans(written: object) -> tuple[_Minutes, ...]:
    _given.a_text(written, "the hours of a day")
    made = []
    for each in str(written).split(","):
        found = _SPAN.fullmatch(each.strip())
        if found is None:
            raise InvalidInput(_UNREADABLE)
        hours = [int(part) for part in found.groups()]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if max(hours[1], hours[3]) > 59 or not start < end <= _MIDNIGHT:
            raise InvalidInput(_UNREADABLE)
        made.append((start, end))
    made.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(made)):
        msg = "the hours of a day overlap; write each open minute once"
        raise InvalidInput(msg)
    return tuple(made)


_UNREADABLE = (
    "business hours are written as '09:00-17:00', or '09:00-12:00, 13:00-17:00'. They end by "
    "'24:00'; what goes on after midnight belongs to the next day."
)


def _week(given: Mapping[str, str]) -> Mapping[str, str]:
    instead = "for example {'mon-fri': '09:00-17:00', 'sat': '09:00-12:00'}"
    _given.a_kind(given, Mapping, "the week of business hours", instead)
    if not given:
        msg = f"business hours without any hour never open; pass {instead}"
        raise InvalidInput(msg)
    return MappingProxyType(dict(given))


def _by_day(week: Mapping[str, str]) -> Mapping[int, tuple[_Minutes, ...]]:
    made: dict[int, tuple[_Minutes, ...]] = {}
    for named, written in week.items():
        _given.a_text(named, "a day of business hours")
        for weekday in _weekdays(named):
            if weekday in made:
                msg = f"the hours of {_DAYS[weekday]} are given twice. Leave one of them out."
                raise InvalidInput(msg)
            made[weekday] = _spans(written)
    return made


def _dates(given: Collection[date]) -> frozenset[date]:
    _given.a_kind(given, (list, tuple, set, frozenset), "closed_on", "dates in a list")
    for each in given:
        _given.a_kind(each, date, "a day of closed_on", "a datetime.date")
        if isinstance(each, datetime):  # it is a date too, and equal to none
            msg = "a day of closed_on is a datetime; pass its .date()"
            raise InvalidInput(msg)
    return frozenset(given)


def _state(given: str) -> str:
    _given.a_text(given, "holidays_of")
    code = given.strip().upper()
    if code and code not in PARTS["US"]:
        msg = "holidays_of is not a US state. Pass its postal code, for example 'IL'."
        raise InvalidInput(msg)
    return code


@frozen(kw_only=True)
class BusinessHours:
    """When somebody is there to answer, in local time.

    Args:
        time_zone: IANA name of the local time zone.
        week: open hours by day, such as ``{"mon-fri": "09:00-12:00, 13:00-17:00"}``; a day that is
            not named is closed.
        closed_on: days on which nobody is there.
        holidays_of: a state's postal code: its legal holidays and the federal ones are closed too.

    Raises:
        InvalidInput: something cannot be read, hours overlap, or no hour is open.
    """

    time_zone: str = field(converter=clock_of_place)
    week: Mapping[str, str] = field(converter=_week, hash=False)
    closed_on: frozenset[date] = field(default=frozenset(), converter=_dates)
    holidays_of: str = field(default="", converter=_state)
    _minutes: Mapping[int, tuple[_Minutes, ...]] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: _by_day(self.week), takes_self=True),
    )

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at an instant (aware)."""
        at = as_utc(at, "at")
        day = at.astimezone(ZoneInfo(self.time_zone)).date()
        return any(start <= at < end for start, end in self._open_on(day))

    def next_open(self, at: datetime) -> datetime | None:
        """The first open instant (UTC) from ``at`` (aware) on; None if none within two years."""
        at = as_utc(at, "at")
        return next((max(at, start) for start, end in self._from(at)), None)

    def after(self, at: datetime, span: timedelta) -> datetime:
        """The first instant (UTC) when that much business time has passed since ``at`` (aware).

        If the practice does not open often enough, it is two years ahead.

        Raises:
            InvalidInput: the span is negative.
        """
        at, left = as_utc(at, "at"), span
        if left < _NOTHING:
            msg = "a span of business time is negative; pass zero or more"
            raise InvalidInput(msg)
        if left == _NOTHING:
            return at
        for start, end in self._from(at):
            begins = max(at, start)
            if end - begins >= left:
                return begins + left
            left -= end - begins
        return at + _FARTHEST * _A_DAY

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """The business time between two instants (aware); zero if ``until`` is earlier."""
        since, until = as_utc(since, "since"), as_utc(until, "until")
        total, day = _NOTHING, since.astimezone(ZoneInfo(self.time_zone)).date()
        last = until.astimezone(ZoneInfo(self.time_zone)).date()
        while day <= last:
            for start, end in self._open_on(day):
                total += max(min(end, until) - max(start, since), _NOTHING)
            day += _A_DAY
        return total

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans of instants from an instant on."""
        day = at.astimezone(ZoneInfo(self.time_zone)).date()
        for _ in range(_FARTHEST):
            yield from (span for span in self._open_on(day) if span[1] > at)
            day += _A_DAY

    def _open_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        hours = self._minutes.get(day.weekday(), ())
        if not hours or day in self.closed_on or self._is_holiday(day):
            return ()
        return _on(self.time_zone, day, hours)

    def _is_holiday(self, day: date) -> bool:
        if not self.holidays_of:
            return False
        return day in holidays((load_pack("us"),), day.year, (self.holidays_of,))


@lru_cache(maxsize=4096)
def _on(zone: str, day: date, hours: tuple[_Minutes, ...]) -> tuple[tuple[datetime, datetime], ...]:
    """The instants [from, to) at which a wall clock shows these minutes of a day, in order."""
    midnight = datetime.combine(day, time(0), UTC)
    found: list[tuple[datetime, datetime]] = []
    for begins, ends, offset in _offsets(zone, day):
        for first, last in hours:
            start = max(begins, midnight + timedelta(minutes=first) - offset)
            end = min(ends, midnight + timedelta(minutes=last) - offset)
            if start < end:
                found.append((start, end))
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def _offsets(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The parts of a day, and of those around it, in which a zone's offset stays the same."""
    clock = ZoneInfo(zone)
    at = datetime.combine(day, time(0), UTC) - _A_DAY
    last, stretches, begun = at + 3 * _A_DAY, [], at
    while at < last:
        following = at + timedelta(hours=6)
        if _offset(at, clock) != _offset(following, clock):
            change = _change(at, following, clock)
            stretches.append((begun, change, _offset(at, clock)))
            begun = change
        at = following
    return (*stretches, (begun, last, _offset(begun, clock)))


def _change(before: datetime, after: datetime, clock: ZoneInfo) -> datetime:
    """The first second at which the later offset is in force."""
    changed = _offset(after, clock)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, clock) == changed:
            after = middle
        else:
            before = middle
    return after


def _offset(at: datetime, clock: ZoneInfo) -> timedelta:
    offset = at.astimezone(clock).utcoffset()
    assert offset is not None, "an aware datetime has one"  # noqa: S101
    return offset
