"""Legal holidays and business days, against a plain search through the days of each year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidInput
from compliant_sms.rules import Pack, deadline_to_honor, holidays, load_pack
from compliant_sms.rules.rows import WEEKDAYS

US = load_pack()
YEARS = range(2019, 2047)
A_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
# Federal holidays (5 U.S.C. 6103): month and day, or month, weekday (Monday is 0) and which.
FIXED = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]
MOVING = [(1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4)]
EASTERS = {
    2019: "04-21", 2020: "04-12", 2021: "04-04", 2022: "04-17", 2023: "04-09", 2024: "03-31",
    2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01", 2030: "04-21",
    2035: "03-25", 2038: "04-25",
}  # fmt: skip


def days_of(year: int) -> Iterator[date]:
    """Name every day of a year."""
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += A_DAY


def nth(year: int, month: int, weekday: int, which: int) -> date:
    """Find a weekday of a month by listing all of them."""
    found = [d for d in days_of(year) if (d.month, d.weekday()) == (month, weekday)]
    return found[which - 1 if which > 0 else which]


def observed(year: int, month: int, day: int) -> set[date]:
    """Name a day, and the weekday that stands in for one at a weekend."""
    itself = date(year, month, day)
    instead = {SATURDAY: itself - A_DAY, SUNDAY: itself + A_DAY}
    return {itself, instead.get(itself.weekday(), itself)}


@cache
def federal(year: int) -> set[date]:
    """Name the federal holidays that fall into a year, those of its neighbours among them."""
    began = [(month, day) for month, day in FIXED if (month, day) != (6, 19) or year >= 2021]
    fixed = {d for each in (year, year + 1) for md in began for d in observed(each, *md)}
    return {d for d in fixed if d.year == year} | {nth(year, *each) for each in MOVING}


def ours(*rows: str) -> Pack:
    """Read a pack of these holidays."""
    head = 'pack = "ours"\nedition = "1"\ntitle = "Ours"\ncountry = "US"\n'
    each = (
        f'[[holiday]]\nid = "h{place}"\nname = "h{place}"\nsource = "ours"\n'
        f'certainty = "policy"\n{fields}\n'
        for place, fields in enumerate(rows)
    )
    return Pack.parse(head + "".join(each), "ours.toml")


@pytest.mark.parametrize("year", YEARS)
def test_federal_holidays_are_those_of_the_code(year: int) -> None:
    """Each federal holiday is there, on its day and on the weekday that stands in, and no other."""
    assert holidays((US,), year, ()) == federal(year)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2021-12-31", True),  # for Saturday, the first of January 2022
        ("2022-01-01", True),
        ("2022-12-31", False),  # Saturday; the first is a Sunday, observed after it
        ("2023-01-02", True),
        ("2027-12-31", True),
        ("2026-07-03", True),
        ("2026-07-04", True),
        ("2027-07-05", True),
        ("2020-06-19", False),
        ("2022-06-20", True),
        ("2026-11-27", False),
    ],
)
def test_days_that_stand_in_for_others(day: str, closed: bool) -> None:  # noqa: FBT001 - a column
    """Both the holiday and the weekday on which it is observed count (P-HOL-1)."""
    when = date.fromisoformat(day)

    assert (when in holidays((US,), when.year, ())) is closed


@pytest.mark.parametrize(("year", "easter"), EASTERS.items())
def test_feasts_that_move_with_easter(year: int, easter: str) -> None:
    """Mardi Gras is 47 days before Easter Sunday, Good Friday two."""
    sunday = date.fromisoformat(f"{year}-{easter}")
    louisiana = holidays((US,), year, ("LA",)) - holidays((US,), year, ())

    assert sunday.weekday() == SUNDAY
    assert louisiana == {sunday - timedelta(days=47), sunday - timedelta(days=2)} - federal(year)


@pytest.mark.parametrize("month", range(1, 13))
def test_each_weekday_of_each_month(month: int) -> None:
    """The first to the fourth and the last weekday of a month are found as by counting."""
    places = [(weekday, which) for weekday in range(7) for which in (1, 2, 3, 4, -1)]
    for weekday, which in places:
        pack = ours(f'month = {month}\nweekday = "{WEEKDAYS[weekday]}"\nnth = {which}')
        for year in (2026, 2028):
            assert holidays((pack,), year, ()) == {nth(year, month, weekday, which)}


def test_a_leap_day_is_missing_in_other_years() -> None:
    """A holiday on 29 February falls in leap years alone, by the rule of centuries too."""
    pack = ours("month = 2\nday = 29")
    years = [1996, 1999, 2000, 2024, 2026, 2028, 2100]

    assert [y for y in years if holidays((pack,), y, ())] == [1996, 2000, 2024, 2028]
    assert holidays((pack,), 2028, ()) == {date(2028, 2, 29)}


def test_a_holiday_without_observation_moves_nowhere() -> None:
    """What is not observed on another day closes its own day alone."""
    assert holidays((ours("month = 7\nday = 4"),), 2026, ()) == {date(2026, 7, 4)}
    assert holidays((ours("month = 7\nday = 4\nobserved = true"),), 2026, ()) == {
        date(2026, 7, 3),
        date(2026, 7, 4),
    }


def test_a_holiday_has_its_dates() -> None:
    """It counts where it falls while its row holds."""
    pack = ours("month = 5\nday = 2\neffective_from = 2026-05-02\neffective_to = 2028-05-02")

    assert [year for year in range(2024, 2031) if holidays((pack,), year, ())] == [2026, 2027]


def test_states_add_their_own() -> None:
    """A state's holidays close that state alone; several states close on those of each."""
    both = holidays((US,), 2026, ("AL", "UT"))

    assert both == holidays((US,), 2026, ("AL",)) | holidays((US,), 2026, ("UT",))
    assert both - federal(2026) == {date(2026, 4, 27), date(2026, 7, 24)}
    assert holidays((US,), 2026, ("TX",)) == federal(2026)
    assert holidays((), 2026, ("AL",)) == frozenset()
    assert holidays((US, ours("month = 5\nday = 2")), 2026, ()) == federal(2026) | {
        date(2026, 5, 2)
    }


# Business days


def is_business(day: date) -> bool:
    """Whether a plain reading of 47 CFR 1.4 counts the day."""
    return day.weekday() < SATURDAY and day not in federal(day.year)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-23", "2026-12-08"),  # over Thanksgiving
        ("2026-12-18", "2027-01-05"),  # over Christmas and New Year
        ("2026-06-12", "2026-06-29"),  # over Juneteenth
        ("2026-10-02", "2026-10-19"),  # over Columbus Day
        ("2026-03-02", "2026-03-16"),  # over a change of clocks
        ("2027-12-17", "2028-01-04"),  # two stand-ins, on 24 and 31 December
    ],
)
def test_the_deadlines_of_the_fact_sheet(received: str, last: str) -> None:
    """Ten business days, without the day of receipt."""
    day = date.fromisoformat(received)

    assert deadline_to_honor(day) == date.fromisoformat(last)
    assert deadline_to_honor(datetime.combine(day, time(23), UTC)) == date.fromisoformat(last)


@given(st.dates(date(2021, 7, 1), date(2045, 12, 1)), st.integers(0, 25))
def test_a_deadline_has_that_many_business_days(received: date, count: int) -> None:
    """From the day after receipt to the deadline lie exactly so many, the last one itself."""
    last = deadline_to_honor(received, count)
    between = [received + k * A_DAY for k in range(1, (last - received).days + 1)]

    assert sum(map(is_business, between)) == count
    assert is_business(last) if count else last == received
    assert last <= deadline_to_honor(received + A_DAY, count)
    assert last <= deadline_to_honor(received, count + 1)


def test_a_deadline_reads_the_packs_it_is_given() -> None:
    """Holidays of one's own make it later; those of a state, such as Alabama's here, do not."""
    received = date(2026, 4, 20)
    longer = deadline_to_honor(received, packs=(US, ours("month = 4\nday = 22")))

    assert deadline_to_honor(received) == date(2026, 5, 4)
    assert longer == date(2026, 5, 5)
    assert deadline_to_honor(received, 5, packs=(load_pack("au"),)) == date(2026, 4, 27)


def test_a_negative_count_is_refused() -> None:
    """A deadline is never before receipt."""
    with pytest.raises(InvalidInput, match="business_days is negative"):
        deadline_to_honor(date(2026, 11, 23), -1)
