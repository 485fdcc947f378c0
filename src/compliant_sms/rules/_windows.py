"""When a window is open, and the first instant at which several are open together.

Every window must hold in every candidate zone (P-TZ-1). Where a wall-clock time happens twice or
never, as when clocks change, the stricter reading counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from compliant_sms.rules._calendar import holidays
from compliant_sms.rules._day import DayHours
from compliant_sms.rules._pack import Pack
from compliant_sms.rules.rows import HoursRow

A_YEAR = timedelta(days=366)
"""Windows repeat weekly, move with the clocks twice a year and close on holidays: what does not
meet in a year never will."""

_A_DAY = timedelta(days=1)


@lru_cache(maxsize=8192)
def _instants(zone: str, day: date, minute: int) -> tuple[datetime, datetime]:
    """The first and the last instant (UTC) at which the wall clock shows that minute."""
    day += timedelta(days=minute // 1440)
    wall = datetime.combine(day, time(minute % 1440 // 60, minute % 60), ZoneInfo(zone))
    both = [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(both), max(both)


def open_on(zone: str, day: date, hours: Iterable[DayHours]) -> tuple[datetime, datetime] | None:
    """When all of these hours are open in a zone on a local day: [from, to) in UTC, or None.

    Args:
        zone: IANA name.
        day: on the zone's calendar.
        hours: permitted hours of that day; all must be open.
    """
    begins, ends = 0, 1440
    for each in hours:
        begins, ends = max(begins, each.start), min(ends, each.end)
    if begins >= ends:
        return None
    opening, closing = _instants(zone, day, begins)[1], _instants(zone, day, ends)[0]
    return (opening, closing) if opening < closing else None


def _hours(packs: tuple[Pack, ...], rows: Sequence[HoursRow], day: date) -> Iterator[DayHours]:
    for row in rows:
        if row.holds_on(day):
            closed = row.holidays is not None and day in holidays(packs, day.year, row.states)
            yield row.on(day.weekday(), holiday=closed)


def _next_in(
    at: datetime, zone: str, rows: Sequence[HoursRow], packs: tuple[Pack, ...]
) -> datetime | None:
    day = at.astimezone(ZoneInfo(zone)).date()
    last = day + A_YEAR
    while day <= last:
        found = open_on(zone, day, _hours(packs, rows, day))
        if found and at < found[1]:
            return max(at, found[0])
        day += _A_DAY
    return None


def first_open(
    at: datetime, zones: Iterable[str], rows: Sequence[HoursRow], packs: tuple[Pack, ...]
) -> datetime | None:
    """The first instant (UTC) from ``at`` on at which all rows are open in all zones.

    Args:
        at: aware, UTC.
        zones: IANA names; a zone that a row names is added.
        rows: whatever their dates; on each local day those count that are in force then.
        packs: whose holidays to read.

    Returns:
        ``at`` itself where they are open; None where they never are within a year.
    """
    clocks = list(dict.fromkeys([*zones, *(row.zone for row in rows if row.zone)]))
    now = at
    while now - at <= A_YEAR:
        following = [_next_in(now, zone, rows, packs) for zone in clocks]
        if None in following:
            return None
        latest = max((each for each in following if each), default=now)
        if latest == now:
            return now
        now = latest
    return None
