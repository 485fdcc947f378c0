"""Places on the days of a plan: which place a text gets, and when that is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import frozen

_A_YEAR = timedelta(days=366)
_A_DAY = timedelta(days=1)


@frozen(kw_only=True)
class DayPlan:
    """The plan for one local day.

    Attributes:
        opens: when texts may start (UTC).
        closes: when they must end (UTC, exclusive).
        most: how many texts; None for no limit.
        marketing_share: the share of what is left of them that promotions may take.
        code: which part of the plan limits them; empty if none does.
        paced: whether they are spread evenly: each place has its time.
    """

    opens: datetime
    closes: datetime
    most: int | None
    marketing_share: float
    code: str
    paced: bool

    def end(self, first: int, *, sells: bool) -> int | None:
        """The number before which a text's place must lie; None for no limit.

        Args:
            first: the first place that is not over.
            sells: whether the text is a promotion. From any hour on it leaves the rest to care.
        """
        if self.most is None or not sells:
            return self.most
        return first + ceil(round((self.most - first) * self.marketing_share, 6))

    def first_at(self, at: datetime) -> int:
        """The place whose time it is, counted from 0; earlier places are over."""
        return (at - self.opens) // self._apart if self._apart else 0

    def begins(self, place: int) -> datetime:
        """When a place may be used (UTC)."""
        return self.opens + place * self._apart

    @property
    def _apart(self) -> timedelta:
        if not self.paced or self.most is None:
            return timedelta(0)
        return (self.closes - self.opens) // self.most


@frozen(kw_only=True)
class Place:
    """When a text may go by the plan.

    Attributes:
        day: on which local day.
        at: from when on (UTC).
        number: which place of the day it takes; None if the day has no limit.
    """

    day: date
    at: datetime
    number: int | None


class Days(Protocol):
    """Plans of days, such as :class:`VolumePlan`."""

    def on(self, day: date, zone: str) -> DayPlan | None:
        """The plan for a local day; None if nothing goes on it."""


Free = Callable[[date, int], Awaitable[int]]
"""Returns the lowest free place of a day from a number on."""


def day_of(at: datetime, zone: str) -> date:
    """The local day of an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


async def first_place_on(
    plan: Days, zone: str, free: Free, at: datetime, *, sells: bool
) -> Place | None:
    """The first free place by the plan alone.

    Args:
        plan: the practice's plan.
        zone: IANA name of the practice's zone.
        free: returns free places.
        at: the earliest instant (UTC) that is wanted.
        sells: whether the text is a promotion.

    Returns:
        the place; None if there is none within a year.
    """
    day = day_of(at, zone)
    last = day + _A_YEAR
    while day <= last:
        today = plan.on(day, zone)
        if today is not None and at < today.closes:
            earliest = max(at, today.opens)
            first = today.first_at(earliest)
            end = today.end(first, sells=sells)
            if end is None:
                return Place(day=day, at=earliest, number=None)
            number = await free(day, first)
            if number < end:
                begins = max(earliest, today.begins(number))
                return Place(day=day, at=begins.astimezone(UTC), number=number)
        day += _A_DAY
    return None


async def first_place(
    plan: Days,
    zone: str,
    free: Free,
    lawful: Callable[[datetime], datetime | None],
    at: datetime,
    *,
    sells: bool,
) -> Place | None:
    """The first free place at whose time no rule holds the text.

    Args:
        plan: the practice's plan.
        zone: IANA name of the practice's zone.
        free: returns free places.
        lawful: returns the first instant from one on at which no rule holds the text, if any.
        at: the earliest instant (UTC) that is wanted; the rules do not hold the text then.
        sells: whether the text is a promotion.

    Returns:
        the place; None if there is none within a year.
    """
    wanted = at
    while wanted - at <= _A_YEAR:
        place = await first_place_on(plan, zone, free, wanted, sells=sells)
        if place is None:
            return None
        permitted = place.at if place.at == at else lawful(place.at)
        if permitted is None or permitted == place.at:
            return place if permitted else None
        wanted = permitted
    return None
