"""Permitted hours, against a search through every minute of a year on every clock of the country.

The search reads a wall clock minute by minute, and the hours as the packs' files write them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, reduce
from importlib.resources import files
from itertools import groupby
from operator import and_
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import (
    Decision,
    Pack,
    PastText,
    Rulebook,
    SentBefore,
    Settings,
    Verdict,
    load_pack,
)
from compliant_sms.rules._day import DayHours, hours_of
from compliant_sms.rules._windows import A_YEAR, first_open, open_on
from compliant_sms.rules.rows import AreaCodes, HoursRow
from test_calendar import federal
from test_rules import LAKESIDE, PROMOTES, facts, places, states

US = load_pack()
ROWS = {row.id: row for row in US.of(HoursRow)}
WRITTEN: dict[str, dict[str, Any]] = {row["id"]: row for row in US.data["hours"]}
DAYS = ("monday_to_friday",) * 5 + ("saturday", "sunday")
HOLIDAYS = {  # of the states, beside the federal ones
    "AL": "2026-04-27 2027-04-26",
    "LA": "2026-02-17 2026-04-03 2027-02-09 2027-03-26",
    "RI": "2026-08-10 2027-08-09",
    "UT": "2026-07-24 2027-07-23 2027-07-24",
}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OPEN = b"\1"
HOURS_RULES = ("frequency-cap-state", "quiet-hours-federal", "quiet-hours-state")
CAPPED = {"FL": 3, "MD": 3, "OK": 3, "OR": 3}
STEADY = trials(derandomize=True, deadline=None)
NEW_YORK, GUAM, HONOLULU = "America/New_York", "Pacific/Guam", "Pacific/Honolulu"


# The search


def _american_zones() -> Iterator[str]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line[:2] in {"US", "AS", "GU", "MP", "PR", "VI"}:
            yield line.split("\t")[2]


ZONES = sorted(_american_zones())


# One zone for each of the different clocks.
CLOCKS = (
    "America/Adak", "America/Anchorage", "America/Boise", "America/Chicago", "America/Detroit",
    "America/Los_Angeles", "America/Phoenix", "America/Puerto_Rico", "Pacific/Guam",
    "Pacific/Honolulu", "Pacific/Pago_Pago",
)  # fmt: skip


@cache
def same_clock(zone: str) -> str:
    """Name the zone whose clock shows the same at every quarter of an hour of two years."""
    return next(each for each in CLOCKS if _offsets(each) == _offsets(zone))


@cache
def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    here, start = ZoneInfo(zone), int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    seconds = range(start, start + 2 * 365 * 86400, 900)
    return tuple(datetime.fromtimestamp(second, here).utcoffset() for second in seconds)


@cache
def clock(zone: str, year: int) -> list[tuple[date, bytes]]:
    """Read a clock at each minute of a year (UTC): what it shows, by the day that it shows."""
    here, (begins, ends) = ZoneInfo(zone), (datetime(y, 1, 1, tzinfo=UTC) for y in (year, year + 1))
    seconds = range(int(begins.timestamp()), int(ends.timestamp()), 60)
    by_day = groupby((datetime.fromtimestamp(each, here) for each in seconds), datetime.date)
    return [
        (day, array("H", [wall.hour * 60 + wall.minute for wall in walls]).tobytes())
        for day, walls in by_day
    ]


@cache
def permits(shown: bytes, hours: str) -> bytes:
    """Say for each minute that a clock shows on a day whether the hours permit it: 1 or 0."""
    if hours == "none":
        return bytes(len(shown) // 2)
    begins, ends = (int(part[:2]) * 60 + int(part[3:]) for part in hours.split("-"))
    return bytes(begins <= each < ends for each in array("H", shown))


def is_closed(day: date, state: str) -> bool:
    """Whether it is a legal holiday there."""
    return day in federal(day.year) or str(day) in HOLIDAYS.get(state, "").split()


def hours_on(row: dict[str, Any], day: date) -> str:
    """Read what a row's file says about a day."""
    if not row.get("effective_from", date.min) <= day < row.get("effective_to", date.max):
        return "00:00-24:00"
    if "holidays" in row and is_closed(day, row["states"][0]):
        return str(row["holidays"])
    return str(row[DAYS[day.weekday()]])


def opened(zone: str, year: int, row: dict[str, Any]) -> bytes:
    """Say for each minute of a year (UTC) whether a row permits it on a clock."""
    days = clock(same_clock(zone), year)
    return b"".join(permits(shown, hours_on(row, day)) for day, shown in days)


def together(zones: Iterable[str], year: int, rows: Iterable[dict[str, Any]]) -> bytes:
    """Say for each minute of a year whether all rows permit it on all clocks."""
    every = [opened(zone, year, row) for row in rows for zone in {*zones, row.get("zone")} - {None}]
    both = reduce(and_, (int.from_bytes(each) for each in every))
    return both.to_bytes(len(every[0]))


def is_capped(at: datetime, texts: Iterable[datetime], codes: Iterable[str]) -> bool:
    """Whether a state's limit in 24 elapsed hours is used up."""
    young = sum(at - DAY < text <= at for text in texts)
    return any(young >= CAPPED[code] for code in codes if code in CAPPED)


def search(
    at: datetime,
    zones: Iterable[str],
    rows: Iterable[dict[str, Any]],
    texts: Iterable[datetime] = (),
    codes: Iterable[str] = (),
) -> datetime | None:
    """Find the first permitted instant by looking at one minute after the other."""
    zones, rows, texts, codes = list(zones), list(rows), list(texts), list(codes)
    for year in range(at.year, at.year + 3):
        begins = datetime(year, 1, 1, tzinfo=UTC)
        minutes = together(zones, year, rows)
        place = minutes.find(OPEN, max(0, (at - begins) // MINUTE))
        while place >= 0:
            instant = max(at, begins + place * MINUTE)
            if instant - at > A_YEAR:
                return None
            if not is_capped(instant, texts, codes):
                return instant
            place = minutes.find(OPEN, place + 1)
    return None


# Every window, every day, every clock


def test_these_are_all_clocks_of_the_country() -> None:
    """Every zone that an area code of the United States gives is among those searched."""
    rulebook = Rulebook()
    given_zones = {
        zone.name
        for row in US.of(AreaCodes)
        for code in row.codes
        for zone in rulebook.whereabouts(PhoneNumber(f"+1{code}5550123")).zones
    }

    assert given_zones <= set(ZONES)
    assert len(ZONES) == 34
    assert {same_clock(zone) for zone in ZONES} == set(CLOCKS) == set(map(same_clock, CLOCKS))


@pytest.mark.many_rounds
@pytest.mark.parametrize("zone", ZONES)
def test_every_window_is_that_of_the_wall_clock(zone: str) -> None:
    """Each window of the packs opens and closes as a clock read minute by minute says."""
    texts = sorted({row[day] for row in WRITTEN.values() for day in DAYS})
    begins, place = datetime(2026, 1, 1, tzinfo=UTC), 0
    for day, shown in clock(same_clock(zone), 2026):
        for text in texts if date(2026, 1, 1) < day < date(2026, 12, 31) else ():
            minutes = permits(shown, text)
            first, last = minutes.find(OPEN), minutes.rfind(OPEN) + 1
            found = open_on(zone, day, [hours_of(text)])

            assert minutes.count(OPEN) == last - first if text != "none" else found is None
            if found:
                assert (found[0] - begins) / MINUTE == place + first
                assert (found[1] - begins) / MINUTE == place + last
        place += len(shown) // 2


@pytest.mark.many_rounds
@pytest.mark.parametrize("zone", CLOCKS)
def test_every_row_opens_when_the_search_finds_it_open(zone: str) -> None:
    """From each local midnight and noon on, the first instant of each row is the search's."""
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    for name, written in {name: row for name, row in WRITTEN.items() if "zone" not in row}.items():
        minutes, place = opened(zone, 2026, written), 0
        for _, shown in clock(zone, 2026)[:-5]:
            for start in (place, place + len(shown) // 4):
                at = begins + start * MINUTE
                found = first_open(at, [zone], [ROWS[name]], (US,))

                assert found == begins + minutes.find(OPEN, start) * MINUTE
            place += len(shown) // 2


# Several places at once

INSTANTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(2027, 12, 15),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
SOME_ZONES = st.lists(
    st.sampled_from(
        [NEW_YORK, GUAM, "America/Chicago", "America/Los_Angeles", HONOLULU, "America/Adak"]
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
WITH_HOURS = sorted({state for row in WRITTEN.values() for state in row.get("states", ())})
SOME_STATES = st.lists(st.sampled_from(WITH_HOURS), max_size=3, unique=True)


def decide(
    at: datetime,
    zones: Iterable[str],
    codes: Iterable[str],
    texts: Iterable[datetime] = (),
    law: Rulebook | None = None,
    **known: Any,
) -> Decision:
    """Ask for the hours and caps of a promotion."""
    sent = tuple(
        PastText(at=text, message_class=MessageClass.MARKETING, subject="promotion")
        for text in texts
    )
    promotion = facts(
        at=at,
        purpose=Purpose.PROMOTION,
        zones=places(*zones),
        states=states(*codes),
        sent=SentBefore(texts=sent),
        **known,
    )
    return (law or Rulebook()).decide(promotion, rules=HOURS_RULES)


def rows_of(codes: Iterable[str]) -> list[dict[str, Any]]:
    """Name the rows that bind somebody in these states."""
    wanted = set(codes)
    return [r for r in WRITTEN.values() if "states" not in r or wanted & set(r["states"])]


@STEADY
@given(INSTANTS, SOME_ZONES, SOME_STATES, st.lists(st.integers(1, 1600), max_size=5))
@example(datetime(2026, 10, 17, 23, tzinfo=UTC), [NEW_YORK], ["PA"], [])
@example(datetime(2026, 10, 18, 14, tzinfo=UTC), [NEW_YORK], ["PA"], [])
@example(datetime(2026, 10, 31, 23, tzinfo=UTC), ["America/Chicago"], ["AL"], [])
@example(datetime(2027, 12, 31, 0, tzinfo=UTC), [NEW_YORK], ["PA", "AL"], [])
@example(datetime(2026, 7, 2, 23, tzinfo=UTC), [HONOLULU], ["RI"], [])
@example(datetime(2027, 2, 8, 23, tzinfo=UTC), ["America/Chicago", GUAM], ["LA", "MS"], [])
@example(datetime(2026, 11, 27, 20, tzinfo=UTC), [NEW_YORK], ["FL"], [1, 2, 3])
@example(datetime(2026, 11, 27, 16, tzinfo=UTC), [NEW_YORK], ["FL", "PA"], [90, 100, 700])
def test_a_hold_ends_at_the_first_instant_that_suits_all(
    at: datetime, zones: list[str], codes: list[str], ages: list[int]
) -> None:
    """In every candidate zone and state, with caps: what the search finds, and not later."""
    texts = [at.replace(second=0, microsecond=0) - age * MINUTE for age in ages]
    found = search(at, zones, rows_of(codes), texts, codes)
    decision = decide(at, zones, codes, texts)

    if found == at:
        assert decision.verdict is Verdict.ALLOW
    elif found is None:
        assert decision.verdict is Verdict.BLOCK
        assert {finding.code for finding in decision.reasons} >= {"no-common-hours"}
    else:
        assert decision.verdict is Verdict.HOLD
        assert decision.until == found
        assert decide(found, zones, codes, texts).verdict is Verdict.ALLOW


@STEADY
@given(INSTANTS, SOME_ZONES, st.sampled_from(["OR", "TX"]))
def test_a_purchase_lifts_the_hours_that_say_so(at: datetime, zones: list[str], state: str) -> None:
    """Where a state spares customers, the federal hours alone count for them."""
    bought = Profile(last_transaction_on=at.date() - timedelta(days=200))
    decision = decide(at, zones, [state], recipient=bought)

    assert (decision.until or at) == search(at, zones, rows_of([]))
    assert (decide(at, zones, [state]).until or at) == search(at, zones, rows_of([state]))


def local(zone: str, text: str) -> datetime:
    """Read a wall-clock time of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "state", "at", "until"),
    [
        # Pennsylvania: holidays until 2026-10-17; from the 18th shorter hours and no Sunday.
        (NEW_YORK, "PA", "2026-10-17 19:30", None),
        (NEW_YORK, "PA", "2026-10-17 21:00", "2026-10-19 09:00"),
        (NEW_YORK, "PA", "2026-10-18 10:00", "2026-10-19 09:00"),
        (NEW_YORK, "PA", "2026-10-11 10:00", None),
        (NEW_YORK, "PA", "2026-10-12 10:00", "2026-10-13 08:00"),
        # Changes of the clocks
        (NEW_YORK, "NY", "2026-03-07 21:00", "2026-03-08 08:00"),
        (NEW_YORK, "NY", "2026-10-31 21:00", "2026-11-01 08:00"),
        ("America/Chicago", "AL", "2026-03-07 20:00", "2026-03-09 08:00"),
        ("America/Chicago", "AL", "2026-10-31 20:00", "2026-11-02 08:00"),
        ("America/Phoenix", "AZ", "2026-10-31 21:00", "2026-11-01 08:00"),
        # Holidays that are observed on another day, and the turn of the year
        ("America/Chicago", "AL", "2026-07-02 20:00", "2026-07-06 08:00"),
        ("America/Chicago", "AL", "2027-12-23 20:00", "2027-12-27 08:00"),
        ("America/Chicago", "AL", "2027-12-30 20:00", "2028-01-03 08:00"),
        (NEW_YORK, "RI", "2027-12-30 18:00", "2028-01-03 09:00"),
        # Sundays and holidays in a row
        ("America/Denver", "UT", "2026-05-23 21:00", "2026-05-26 08:00"),
        ("America/Chicago", "LA", "2027-02-08 20:00", "2027-02-10 08:00"),
        ("America/Chicago", "TX", "2026-11-29 09:00", "2026-11-29 12:00"),
        # Mississippi names the Central clock; these people live by the Eastern one.
        (NEW_YORK, "MS", "2026-11-30 08:00", "2026-11-30 09:00"),
        (NEW_YORK, "MS", "2026-11-30 20:00", "2026-12-01 09:00"),
    ],
)
def test_known_holds(zone: str, state: str, at: str, until: str | None) -> None:
    """Instants that anybody can check with a calendar."""
    decision = decide(local(zone, at), [zone], [state])

    assert decision.until == (local(zone, until) if until else None)


@pytest.mark.parametrize(
    ("practice", "at", "until"),
    [
        ("America/Los_Angeles", "2026-12-01 08:30", "2026-12-01 11:00"),
        ("America/Los_Angeles", "2026-12-01 11:00", None),
        ("America/Los_Angeles", "2026-12-01 21:00", "2026-12-02 11:00"),
        (NEW_YORK, "2026-12-01 08:30", None),
        (None, "2026-12-01 08:30", None),
    ],
)
def test_where_the_law_names_no_clock_the_practices_counts_too(
    practice: str | None, at: str, until: str | None
) -> None:
    """North Carolina does not say whose clock; elsewhere only the patient's counts."""
    sender = evolve(LAKESIDE, time_zone=practice)
    known = {"at": local(NEW_YORK, at), "zones": places(NEW_YORK), "sender": sender}
    here = Rulebook().decide(
        facts(**PROMOTES, **known, states=states("NC")), rules=["quiet-hours-state"]
    )
    there = Rulebook().decide(
        facts(**PROMOTES, **known, states=states("VA")), rules=["quiet-hours-state"]
    )

    assert here.until == (local(NEW_YORK, until) if until else None)
    assert (there.until is None) == (at < "2026-12-01 21")
    if until:
        assert "the clock of America/Los_Angeles counts too" in here.reasons[0].words


# Places that hardly meet, or never do


@pytest.mark.parametrize("at", ["2027-03-20", "2027-07-05", "2027-11-07"])
def test_clocks_that_meet_in_winter_only(at: str) -> None:
    """Ten hours a day meet on the clocks of New York and Guam while it is winter in New York."""
    start = datetime.fromisoformat(at).replace(tzinfo=UTC)
    hold = decide(start, [NEW_YORK, GUAM], ["PA"])

    assert hold.until == local(NEW_YORK, "2027-11-08 18:00")
    assert hold.until == local(GUAM, "2027-11-09 09:00")
    assert hold.until == search(start, [NEW_YORK, GUAM], rows_of(["PA"]))
    assert decide(hold.until, [NEW_YORK, GUAM], ["PA"]).verdict is Verdict.ALLOW


@pytest.mark.parametrize("at", ["2027-03-20", "2027-07-05", "2027-11-07"])
def test_states_that_meet_in_winter_only(at: str) -> None:
    """Each of two states is open on both clocks daily, both together only in winter."""
    start = datetime.fromisoformat(at).replace(tzinfo=UTC)
    hold = decide(start, [NEW_YORK, GUAM], ["FL", "KY"])

    for state in ("FL", "KY"):
        alone = decide(start, [NEW_YORK, GUAM], [state])
        assert (alone.until or start) - start < DAY
    assert hold.until == search(start, [NEW_YORK, GUAM], rows_of(["FL", "KY"]))
    assert hold.until == local(NEW_YORK, "2027-11-07 19:00")


@pytest.mark.parametrize(
    ("codes", "rule"),
    [(["RI"], "quiet-hours-state"), (["PA", "KY"], "quiet-hours-state")],
)
def test_clocks_that_never_meet(codes: list[str], rule: str) -> None:
    """Nobody is texted where no minute of a year suits every place, and the reason is told."""
    at = datetime(2027, 1, 4, 12, tzinfo=UTC)
    refused = decide(at, [NEW_YORK, GUAM], codes)
    reason = next(each for each in refused.reasons if each.code == "no-common-hours")

    assert search(at, [NEW_YORK, GUAM], rows_of(codes)) is None
    assert refused.verdict is Verdict.BLOCK
    assert refused.until is None
    assert reason.rule == rule
    assert "time zone" in reason.remedy


def hours(
    name: str, week: str, saturday: str = "none", sunday: str = "none", more: str = ""
) -> str:
    """Write a row of hours in a state, named by its postal code."""
    return f"""
        [[hours]]
        id = "{name}"
        states = ["{name}"]
        monday_to_friday = "{week}"
        saturday = "{saturday}"
        sunday = "{sunday}"
        source = "ordinance of {name}"
        certainty = "policy"
        {more}
    """


def law_of(*rows: str) -> Rulebook:
    """Make a rulebook with these rows beside the library's."""
    head = 'pack = "ours"\nedition = "1"\ntitle = "Ours"\ncountry = "US"\n'
    return Rulebook(packs=(Pack.parse(head + "".join(rows), "ours.toml"),))


@pytest.mark.parametrize(
    ("one", "other", "until"),
    [
        # Their hours meet on Saturdays alone
        (("08:00-10:00", "08:00-18:00"), ("16:00-18:00", "16:00-18:00"), "2026-12-05 16:00"),
        # One is open on weekdays, the other at weekends
        (("08:00-18:00",), ("none", "08:00-18:00", "08:00-18:00"), None),
        # One ends when the other begins
        (("08:00-12:00",), ("12:00-18:00",), None),
        (("08:00-12:01",), ("12:00-18:00",), "2026-12-01 12:00"),
        # From a day on
        (
            ("08:00-12:00", "none", "none", "effective_to = 2027-02-01"),
            ("12:00-18:00",),
            "2027-02-01 12:00",
        ),
    ],
)
def test_hours_that_do_not_meet_on_a_day(
    one: tuple[str, ...], other: tuple[str, ...], until: str | None
) -> None:
    """Two states whose hours miss each other on most days, or on all."""
    law = law_of(hours("CO", *one), hours("DE", *other))
    written = {row["id"]: row for row in law.packs[0].data["hours"]}
    at = local("America/Chicago", "2026-11-30 18:00")
    decision = decide(at, ["America/Chicago"], ["CO", "DE"], law=law)
    found = search(at, ["America/Chicago"], [*rows_of([]), *written.values()])

    assert decision.until == found == (local("America/Chicago", until) if until else None)
    assert decision.verdict is (Verdict.HOLD if until else Verdict.BLOCK)


def test_hours_of_one_state_that_miss_each_other() -> None:
    """Rows of one state, of two packs: both bind, and where they never meet, nothing goes."""
    law = law_of(hours("TX", "21:00-23:00", "21:00-23:00"))
    at = local("America/Chicago", "2026-11-30 12:00")
    rows = [row for pack in law.all_packs for row in pack.of(HoursRow) if "TX" in row.states]
    decision = decide(at, ["America/Chicago"], ["TX"], law=law)

    assert len(rows) == 2
    assert first_open(at, ["America/Chicago"], rows, law.all_packs) is None
    assert [(each.rule, each.code) for each in decision.reasons] == [
        ("quiet-hours-state", "no-common-hours")
    ]


def test_windows_without_a_clock_are_open() -> None:
    """Where no place is known, no hours bind; another rule refuses such a text."""
    at = datetime(2026, 11, 30, 4, tzinfo=UTC)

    assert first_open(at, [], [ROWS["quiet-hours-federal"]], (US,)) == at
    assert first_open(at, [NEW_YORK], [], (US,)) == at
    assert decide(at, [], ["PA"]).findings == ()
    # Mississippi's row brings its clock with it.
    assert first_open(at, [], [ROWS["hours-ms"]], (US,)) == local(
        "America/Chicago", "2026-11-30 08:00"
    )


# Wall-clock times that happen twice, or never

EARLY = DayHours(90, 300)  # 01:30 to 05:00


@pytest.mark.parametrize(
    ("zone", "day", "text", "begins", "ends"),
    [
        # Clocks go back at 02:00, so 01:30 happens twice, at 05:30 and 06:30 UTC.
        (NEW_YORK, "2026-11-01", "01:30-05:00", "06:30", "10:00"),
        (NEW_YORK, "2026-11-01", "00:30-01:30", "04:30", "05:30"),
        (NEW_YORK, "2026-11-01", "01:10-01:50", None, None),
        (NEW_YORK, "2026-11-01", "00:30-05:00", "04:30", "10:00"),
        (NEW_YORK, "2026-11-01", "00:00-24:00", "04:00", "05:00+1"),
        # Clocks go forward at 02:00, which is 07:00 UTC, so 02:30 never happens.
        (NEW_YORK, "2026-03-08", "01:30-05:00", "06:30", "09:00"),
        (NEW_YORK, "2026-03-08", "02:30-05:00", "07:30", "09:00"),
        (NEW_YORK, "2026-03-08", "00:30-02:30", "05:30", "06:30"),
        (NEW_YORK, "2026-03-08", "02:10-02:50", None, None),
        # No change there
        ("America/Phoenix", "2026-11-01", "01:30-05:00", "08:30", "12:00"),
    ],
)
def test_the_stricter_reading_counts(
    zone: str, day: str, text: str, begins: str | None, ends: str | None
) -> None:
    """A window opens at the later of two readings and closes at the earlier one."""

    def instant(written: str) -> datetime:
        clock_time, _, later = written.partition("+")
        return datetime.combine(
            date.fromisoformat(day) + timedelta(days=int(later or 0)),
            time.fromisoformat(clock_time),
            UTC,
        )

    found = open_on(zone, date.fromisoformat(day), [hours_of(text)])

    assert found == ((instant(begins), instant(ends)) if begins and ends else None)


CHANGES = [
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
    ("America/Adak", date(2026, 11, 1)),
    ("America/Havana", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
]


@trials(STEADY, max_examples=60)
@given(st.sampled_from(CHANGES), st.integers(0, 1439), st.integers(1, 1440))
def test_no_reading_is_laxer_than_the_clock(
    change: tuple[str, date], start: int, length: int
) -> None:
    """Each minute of a window shows a permitted time; without a doubtful edge it is all of them."""
    assume(start + length <= 1440)
    (zone, day), window = change, DayHours(start, start + length)
    here = ZoneInfo(zone)
    middle = datetime.combine(day, time(12), UTC)
    minutes = [middle + count * MINUTE for count in range(-2 * 1440, 2 * 1440)]
    walls = [each.astimezone(here) for each in minutes]
    permitted = [
        each
        for each, wall in zip(minutes, walls, strict=True)
        if wall.date() == day and wall.time() in window
    ]
    edges = [
        datetime.combine(day + timedelta(days=edge // 1440), time(edge % 1440 // 60, edge % 60))
        for edge in (window.start, window.end)
    ]
    plain = all([wall.replace(tzinfo=None) for wall in walls].count(edge) == 1 for edge in edges)
    found = open_on(zone, day, [window])
    ours = [each for each in minutes if found and found[0] <= each < found[1]]

    assert set(ours) <= set(permitted)
    assert not plain or ours == permitted


def test_hours_of_a_practices_own_take_the_stricter_reading() -> None:
    """A row of one's own at night: between two readings of 01:30 it is too early yet."""
    law = law_of(hours("CO", "01:30-05:00", "01:30-05:00", "01:30-05:00"))
    rows = law.packs[0].of(HoursRow)
    twice = [datetime(2026, 11, 1, hour, 45, tzinfo=UTC) for hour in (5, 6)]

    assert [each.astimezone(ZoneInfo(NEW_YORK)).time() for each in twice] == [time(1, 45)] * 2
    assert [first_open(each, [NEW_YORK], rows, law.all_packs) for each in twice] == [
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        twice[1],
    ]


@STEADY
@given(st.integers(0, 24 * 60), st.sampled_from([EARLY, DayHours(0, 100), DayHours(480, 1260)]))
@example(5 * 60 + 45, EARLY)
def test_a_courtesy_window_takes_the_stricter_reading(minute: int, window: DayHours) -> None:
    """On the day on which clocks go back, a text waits for the window, or it is in it."""
    at = datetime(2026, 11, 1, tzinfo=UTC) + minute * MINUTE
    law = Rulebook(Settings(courtesy_window=window))
    reminder = facts(at=at, zones=places(NEW_YORK))
    decision = law.decide(reminder, rules=["courtesy-window"])
    spans = [open_on(NEW_YORK, date(2026, 11, 1) + k * DAY, [window]) for k in (-1, 0, 1)]
    found = min(max(at, span[0]) for span in spans if span and at < span[1])

    assert (decision.until or at) == found
    assert law.decide(evolve(reminder, at=found), rules=["courtesy-window"]).until is None
