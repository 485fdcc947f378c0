"""Legal holidays and business days (policy P-HOL-1; 47 CFR 1.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.rules._pack import Pack, load_pack
from compliant_sms.rules.rows import WEEKDAYS, Holiday

_A_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


def _day_in(year: int, row: Holiday) -> date | None:
    if row.easter is not None:
        from dateutil.easter import easter  # noqa: PLC0415 - few texts ever ask

        return easter(year) + timedelta(days=row.easter)
    month = row.month or 1
    if row.day is not None:
        leap_day_is_missing = (month, row.day) == (2, 29) and not _leap(year)
        return None if leap_day_is_missing else date(year, month, row.day)
    return _nth(year, month, WEEKDAYS.index(row.weekday or ""), row.nth or 1)


def _leap(year: int) -> bool:
    return (date(year, 3, 1) - _A_DAY).day == 29


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - _A_DAY
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _days(year: int, row: Holiday) -> Iterator[date]:
    day = _day_in(year, row)
    if day is None or not row.holds_on(day):
        return
    yield day
    if row.observed and day.weekday() == _SATURDAY:
        yield day - _A_DAY
    if row.observed and day.weekday() == _SUNDAY:
        yield day + _A_DAY


@lru_cache(maxsize=512)
def holidays(packs: tuple[Pack, ...], year: int, states: tuple[str, ...]) -> frozenset[date]:
    """The legal holidays of a year, federal ones and those of the states.

    A holiday counts on its day and on the weekday on which it is observed; the first of January
    may be observed on the last day of the year before.

    Args:
        packs: whose rows to read.
        year: which year.
        states: postal codes.
    """
    return frozenset(
        day
        for pack in packs
        for row in pack.of(Holiday)
        if not row.states or set(row.states) & set(states)
        for each in (year, year + 1)
        for day in _days(each, row)
        if day.year == year
    )


def deadline_to_honor(
    received_on: date, business_days: int = 10, *, packs: tuple[Pack, ...] | None = None
) -> date:
    """The last day on which an opt-out may be honoured by law.

    It is an alarm threshold and never a target: this library honours an opt-out before the next
    text (policy P-RV-2). 47 CFR 64.1200(a)(10), (d)(3). Business days are Monday to Friday
    without federal holidays; the day of receipt does not count (47 CFR 1.4).

    Args:
        received_on: the day on which the request came in; of an instant, its day by its own clock.
        business_days: how many; ten in the United States and Canada, five in Australia.
        packs: whose holidays to read; those of the United States, if not given.

    Raises:
        InvalidInput: the number of days is negative.
    """
    if business_days < 0:
        msg = (
            "business_days is negative, and a deadline lies on or after the day of receipt. Pass 0 "
            "or more."
        )
        raise InvalidInput(msg)
    known = packs or (load_pack("us"),)
    day = _given.day(received_on)
    while business_days:
        day += _A_DAY
        if day.weekday() < _SATURDAY and day not in holidays(known, day.year, ()):
            business_days -= 1
    return day
