"""Business-hours arithmetic against counting minutes, in five zones, as clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.conversations import BusinessHours
from compliant_sms.errors import InvalidInput

MINUTE = timedelta(minutes=1)
# Days around which clocks change: forward and back; in Havana and Santiago at midnight, on Lord
# Howe by half an hour.
CHANGES = {
    "America/Chicago": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/St_Johns": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Santiago": [date(2026, 4, 4), date(2026, 9, 6)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
}
WEEKS = [
    {"mon-fri": "09:00-17:00"},
    {"mon-sun": "00:00-24:00"},
    {"mon-sun": "00:00-02:30, 22:00-24:00"},
    {"sat": "01:15-01:45", "sun": "00:30-03:00, 23:00-24:00"},
    {"mon": "08:00-12:00, 13:00-18:00", "sun": "01:00-02:00"},
]


def parsed(week: dict[str, str]) -> dict[int, list[tuple[int, int]]]:
    """Open minutes by weekday, read in another way than the library does."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    found: dict[int, list[tuple[int, int]]] = {}
    for days, written in week.items():
        first, last = (days.split("-") * 2)[0], days.split("-")[-1]
        for weekday in range(names.index(first), names.index(last) + 1):
            for span in written.split(", "):
                ends = [int(end[:2]) * 60 + int(end[3:]) for end in span.split("-")]
                found.setdefault(weekday, []).append((ends[0], ends[1]))
    return found


@lru_cache(maxsize=64)
def open_minutes(
    zone: str, week: int, closed: frozenset[date], start: datetime, count: int
) -> tuple[bool, ...]:
    """Minute by minute, whether the clock on the wall shows an open one."""
    hours, clock = parsed(WEEKS[week]), ZoneInfo(zone)
    told = []
    for n in range(count):
        wall = (start + n * MINUTE).astimezone(clock)
        minute = wall.hour * 60 + wall.minute
        spans = hours.get(wall.weekday(), []) if wall.date() not in closed else []
        told.append(any(a <= minute < b for a, b in spans))
    return tuple(told)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, int, frozenset[date], datetime]:
    """A zone, a week, closed days, and midnight (UTC) two days before clocks change."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[zone]))
    week = draw(st.integers(0, len(WEEKS) - 1))
    closed = draw(
        st.sampled_from([frozenset(), frozenset({change}), frozenset({change + 24 * 60 * MINUTE})])
    )
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=2)
    return zone, week, closed, start


COUNT = 9 * 1440


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 4 * 1440), st.integers(0, 4 * 1440), st.integers(0, 900))
def test_arithmetic_agrees_with_counting_minutes(
    case: tuple[str, int, frozenset[date], datetime], first: int, second: int, span: int
) -> None:
    """What is open, how much passed, and when so much has passed, minute by minute."""
    zone, week, closed, start = case
    hours = BusinessHours(time_zone=zone, week=WEEKS[week], closed_on=closed)
    minutes = open_minutes(zone, week, closed, start, COUNT)
    since, until = start + first * MINUTE, start + second * MINUTE

    assert hours.is_open(since) is minutes[first]
    assert hours.elapsed(since, until) == sum(minutes[first:second]) * MINUTE
    left, n = span, first
    while left and n < COUNT:
        left -= minutes[n]
        n += 1
    if not left:
        due = hours.after(since, span * MINUTE)
        assert due == start + n * MINUTE
        assert hours.elapsed(since, due) == span * MINUTE
    following = next((n for n in range(first, COUNT) if minutes[n]), None)
    if following is not None:
        assert hours.next_open(since) == start + following * MINUTE


def test_holidays_are_closed() -> None:
    """Legal ones, of a state as well, and the practice's own."""
    hours = BusinessHours(
        time_zone="America/Chicago",
        week={"mon-fri": "09:00-17:00"},
        holidays_of="IL",
        closed_on=[date(2026, 12, 24)],
    )
    plain = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "09:00-17:00"})
    chicago = ZoneInfo("America/Chicago")
    evening = datetime(2026, 12, 23, 18, 0, tzinfo=chicago)

    assert plain.next_open(evening) == datetime(2026, 12, 24, 9, 0, tzinfo=chicago)
    # The 25th is Christmas, a Friday.
    assert hours.next_open(evening) == datetime(2026, 12, 28, 9, 0, tzinfo=chicago)
    assert hours.after(evening, timedelta(hours=9)) == datetime(2026, 12, 29, 10, 0, tzinfo=chicago)


def test_who_never_opens_is_not_awaited() -> None:
    """What lies two years ahead is no answer."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(1300)]
    hours = BusinessHours(time_zone="UTC", week={"mon-sun": "09:00-17:00"}, closed_on=days)
    at = datetime(2026, 6, 1, tzinfo=UTC)

    assert hours.next_open(at) is None
    assert hours.after(at, timedelta(hours=1)) == at + timedelta(days=800)
    assert hours.after(at, timedelta(0)) == at
    with pytest.raises(InvalidInput, match="negative"):
        hours.after(at, -MINUTE)


@pytest.mark.parametrize(
    "week",
    [
        {},
        {"mon": "9-17"},
        {"mon": "09:00-25:00"},
        {"mon": "17:00-09:00"},
        {"mon": "09:60-10:00"},
        {"mon": "09:00-12:00, 11:00-13:00"},
        {"monday": "09:00-17:00"},
        {"fri-mon": "09:00-17:00"},
        {"mon-fri": "09:00-17:00", "fri": "09:00-12:00"},
        {"mon": 9},
        {1: "09:00-17:00"},
        "09:00-17:00",
    ],
)
def test_hours_that_nobody_can_read_are_refused(week: object) -> None:
    """Whatever is no time, overlaps, comes twice or never opens."""
    with pytest.raises(InvalidInput):
        BusinessHours(time_zone="America/Chicago", week=week)  # type: ignore[arg-type]


def test_days_that_are_none_are_refused() -> None:
    """closed_on takes dates; a datetime would be equal to none, and the day be open."""
    for closed in ("2026-12-24", ["2026-12-24"], [datetime(2026, 12, 24, tzinfo=UTC)]):
        with pytest.raises(InvalidInput):
            BusinessHours(time_zone="UTC", week={"mon": "09:00-17:00"}, closed_on=closed)  # type: ignore[arg-type]


def test_holidays_of_a_state_in_any_letters() -> None:
    """A state's own holidays are closed, however its code is written; no other name is taken."""
    mardi_gras = datetime(2027, 2, 9, 18, 0, tzinfo=UTC)
    for code, is_open in (("LA", False), ("la", False), (" La", False), ("IL", True), ("", True)):
        week = {"mon-fri": "09:00-17:00"}
        hours = BusinessHours(time_zone="America/Chicago", week=week, holidays_of=code)
        assert hours.is_open(mardi_gras) is is_open
        assert hours.holidays_of == code.strip().upper()
    for none in ("Louisiana", "ZZ", "US", 7):
        with pytest.raises(InvalidInput, match="holidays_of"):
            BusinessHours(time_zone="UTC", week={"mon": "09:00-17:00"}, holidays_of=none)  # type: ignore[arg-type]
