"""The dated packs hold what the fact sheet says, checked against tables written down by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from phonenumbers import parse, region_code_for_number
from phonenumbers.geodata import GEOCODE_DATA

from compliant_sms.rules import rows
from compliant_sms.rules._calendar import holidays
from compliant_sms.rules._pack import BUILT_IN, load_pack

TODAY = date(2026, 11, 23)
NAMES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "Washington D.C.",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington State", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia/Prince Edward Island",
    "NT": "Northwest Territories/Nunavut/Yukon", "ON": "Ontario", "QC": "Quebec",
    "SK": "Saskatchewan",
}  # fmt: skip
TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}
# Permitted hours in force today: Monday to Friday, Saturday, Sunday, legal holidays ("=": as the
# weekday says).
HOURS = {
    "8-21 8-21 8-21 =": "DC HI IL MO MT NJ NY NC ND SC TN VA WV WI",
    "8-20 8-20 8-20 =": "FL MD MA OK OR WA WY",
    "8-20 8-20 none none": "AL LA",
    "8-20 8-20 none =": "MS",
    "8-21 8-21 none none": "UT",
    "9-20 9-20 9-20 =": "CT NV",
    "9-21 9-21 9-21 =": "MI MN NM",
    "9-21 9-21 none =": "SD",
    "9-21 9-21 12-21 =": "TX",
    "10-21 10-21 10-21 =": "KY",
    "9-19 9-19 none none": "PA",
    "9-18 10-17 none none": "RI",
}
WITHOUT_HOURS = {
    "AK", "AZ", "AR", "CA", "CO", "DE", "GA", "ID", "IN", "IA", "KS",
    "ME", "NE", "NH", "OH", "VT",
}  # fmt: skip
LIMITS = {
    "us opt-out-confirmation": "5 minutes",
    "us honor-opt-out": "10 business days",
    "us dnc-registry-age": "31 days",
    "us reassigned-data-age": "31 days",
    "us reassigned-number-aging": "45 days",
    "us exemption-characters": "160 characters",
    "us exemption-per-day": "1 texts",
    "us exemption-per-week": "3 texts",
    "us care-reply-within": "24 hours",
    "us dnc-retention": "5 years",
    "us hipaa-retention": "6 years",
    "us opt-out-retention-va": "10 years",
    "us breach-notice": "60 days",
    "us claims": "4 years",
    "ca implied-consent-purchase": "24 months",
    "ca implied-consent-inquiry": "6 months",
    "ca unsubscribe": "10 business days",
    "ca contact-valid": "60 days",
    "ca unsubscribe-usable": "60 days",
    "au unsubscribe": "5 business days",
    "au contact-valid": "30 days",
    "au unsubscribe-usable": "30 days",
}
FEDERAL_HOLIDAYS = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 "
    "12-31",
}
STATE_HOLIDAYS = {  # of 2026, beside the federal ones
    "AL": "04-27",
    "LA": "02-17 04-03",
    "RI": "08-10",
    "UT": "07-24",
    "PA": "",
}
# Overlays that open metadata does not know yet. Each serves the area of an older code of its
# state, named here.
NEW_OVERLAYS = {
    "357": "559", "436": "440", "457": "318", "465": "718", "471": "662", "483": "334",
    "621": "713", "624": "716", "679": "313", "729": "423", "837": "530", "861": "309",
    "924": "507",
}  # fmt: skip
# The metadata spells one name in two ways.
MISSPELT = {"British Colombia": "British Columbia"}
CARRIER_CAPS = {
    "T-Mobile brand-day": "75-100:200000 50-74:40000 25-49:10000 1-24:2000 sole_proprietor:1000",
    "AT&T campaign-minute": "75-100:4500 50-74:2400 1-49:240 low_volume_mixed:75 "
    "sole_proprietor:15 charity:2400 emergency:4500",
}
US = load_pack("us")
HOURS_ROWS = US.of(rows.HoursRow)
FEDERAL = next(row for row in HOURS_ROWS if not row.states)
AREAS = [(pack, row) for pack in ("us", "ca") for row in load_pack(pack).of(rows.AreaCodes)]
STATE_OF = {code: row.state for _, row in AREAS for code in row.codes}
OPEN_ROWS = [pytest.param(row, id=row.id) for row in HOURS_ROWS]


def hours_row(state: str, day: date = TODAY) -> rows.HoursRow | None:
    """Give the row of a state that holds on a day; two would be a mistake."""
    found = [row for row in HOURS_ROWS if state in row.states and row.holds_on(day)]
    assert len(found) < 2
    return found[0] if found else None


def short(hours: object) -> str:
    """Write hours as the table does."""
    return "=" if hours is None else re.sub(r"0?(\d+):00", r"\1", str(hours))


def days(text: str, year: int) -> set[date]:
    """Read the dates of a table."""
    return {date.fromisoformat(f"{year}-{day}") for day in text.split()}


@cache
def names_of(code: str) -> frozenset[str]:
    """What open metadata says an area code's area is called: whole, or place by place."""
    found = GEOCODE_DATA.get(f"1{code}")
    places = [found] if found else [v for k, v in GEOCODE_DATA.items() if k.startswith(f"1{code}")]
    names = {place["en"].split(", ")[-1] for place in places if "en" in place}
    return frozenset(MISSPELT.get(name, name) for name in names)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_pack_loads_and_names_itself(name: str) -> None:
    """Each pack passes the loader's checks, under its own name and this edition."""
    pack = load_pack(name)

    assert (pack.name, pack.edition) == (name, "2026.11")
    assert pack.title.strip()
    assert pack.rows
    assert pack.country == {"us": "US", "ca": "CA", "uk": "GB", "au": "AU"}.get(name)


@pytest.mark.parametrize("name", BUILT_IN)
def test_rows_have_plain_ids_and_sources(name: str) -> None:
    """Ids are kebab-case; sources, notes and words are whole sentences without loose blanks."""
    for row in load_pack(name).rows:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.id), row.id
        assert row.source == row.source.strip()
        words = [row.note, row.words] if isinstance(row, rows.Note) else [row.note]
        for each in filter(None, words):
            assert each == " ".join(each.split()), row.id
            assert each.endswith("."), row.id


def test_every_state_has_hours_or_a_note_on_them() -> None:
    """No state is forgotten: hours of its own, or a note that the federal ones bind."""
    noted = {
        s for n in US.of(rows.Note) if n.topic == "hours" and n.holds_on(TODAY) for s in n.states
    }
    with_hours = {state for state in NAMES if hours_row(state)}

    assert with_hours == NAMES.keys() - WITHOUT_HOURS
    assert noted >= WITHOUT_HOURS | TERRITORIES


@pytest.mark.parametrize(
    ("state", "hours"),
    [(state, hours) for hours, states in HOURS.items() for state in states.split()],
)
def test_hours_are_the_fact_sheets(state: str, hours: str) -> None:
    """Each state with hours of its own has them as the fact sheet's table does."""
    row = hours_row(state)

    assert row is not None
    found = (row.monday_to_friday, row.saturday, row.sunday, row.holidays)
    assert " ".join(map(short, found)) == hours


def test_the_table_of_hours_is_complete() -> None:
    """The table of this test and the pack speak of the same states."""
    assert sorted(" ".join(HOURS.values()).split()) == sorted(NAMES.keys() - WITHOUT_HOURS)


def test_federal_hours() -> None:
    """08:00 to 21:00 every day, for texts since 2024-03-26."""
    assert {str(FEDERAL.on(day)) for day in range(7)} == {"08:00-21:00"}
    assert FEDERAL.holidays is None
    assert FEDERAL.effective_from == date(2024, 3, 26)


@pytest.mark.parametrize("row", OPEN_ROWS)
def test_no_state_opens_when_the_federal_window_is_closed(row: rows.HoursRow) -> None:
    """State hours lie within the federal ones."""
    for weekday in range(7):
        for holiday in (False, True):
            hours = row.on(weekday, holiday=holiday)
            inside = FEDERAL.on(weekday)
            assert not hours.opens or inside.start <= hours.start < hours.end <= inside.end


def test_the_strictest_union() -> None:
    """All rows together leave weekdays 10:00-18:00, Saturdays 10:00-17:00 and no Sunday."""
    current = [row for row in HOURS_ROWS if row.holds_on(TODAY)]

    def both(weekday: int) -> tuple[int, int]:
        hours = [row.on(weekday) for row in current]
        return max(h.start for h in hours), min(h.end for h in hours)

    assert both(0) == (600, 1080)
    assert both(5) == (600, 1020)
    assert both(6)[1] == 0


def test_pennsylvania_changes_without_a_gap() -> None:
    """One row ends on the day on which the other begins, and each day has exactly one."""
    old, new = sorted(
        (row for row in HOURS_ROWS if "PA" in row.states),
        key=lambda row: row.effective_from or date.min,
    )

    assert old.effective_from is None
    assert old.effective_to == new.effective_from == date(2026, 10, 18)
    assert new.effective_to is None
    assert hours_row("PA", date(2026, 10, 17)) is old
    assert hours_row("PA", date(2026, 10, 18)) is new
    assert {short(old.on(day)) for day in range(7)} == {"8-21"}
    assert short(old.holidays) == short(new.holidays) == "none"


@pytest.mark.parametrize(
    ("state", "first_day"), [("OR", date(2026, 1, 1)), ("TX", date(2025, 9, 1))]
)
def test_rows_that_began(state: str, first_day: date) -> None:
    """There is no row before the first day."""
    assert hours_row(state, first_day - timedelta(days=1)) is None
    assert hours_row(state, first_day) is not None


def test_exceptions_and_clocks_of_hours() -> None:
    """Only Oregon and Texas name a relationship, only Mississippi a clock, North Carolina none."""
    excepted = {r.states: r.unless_transaction_within_months for r in HOURS_ROWS}
    clocks = {r.states: r.zone for r in HOURS_ROWS if r.zone}

    assert {s: m for s, m in excepted.items() if m} == {("OR",): 18, ("TX",): 18}
    assert clocks == {("MS",): "America/Chicago"}
    assert [r.states for r in HOURS_ROWS if r.sender_clock] == [("NC",)]


def test_caps() -> None:
    """Three in 24 hours in four states; Oregon counts whatever the subject, but for customers."""
    found = {
        row.states: (row.count, row.hours, row.same_subject, row.unless_transaction_within_months)
        for row in US.of(rows.Cap)
    }

    assert found == {
        ("FL",): (3, 24, True, None),
        ("MD",): (3, 24, True, None),
        ("OK",): (3, 24, True, None),
        ("OR",): (3, 24, False, 18),
    }
    assert [r.effective_from for r in US.of(rows.Cap) if r.effective_from] == [date(2026, 1, 1)]


def test_limits() -> None:
    """Each number stands with its unit, and no other does."""
    found = {
        f"{name} {row.id}": f"{row.value} {row.unit}"
        for name in BUILT_IN
        for row in load_pack(name).of(rows.Limit)
    }

    assert found == LIMITS


def test_relationships_lookups_and_majority() -> None:
    """The three small tables."""
    relations = {
        r.states: (r.transaction_months, r.inquiry_months) for r in US.of(rows.Relationship)
    }
    checks = [
        (r.states, r.unless_relationship, r.effective_from) for r in US.of(rows.ReassignedCheck)
    ]
    ages = {row.states: row.age for row in US.of(rows.Majority)}

    assert relations == {(): (18, 3), ("PA",): (12, 3)}
    assert checks == [(("ME",), True, date(2024, 7, 16))]
    assert ages == {(): 18, ("AL", "NE"): 19, ("MS",): 21}


def test_revocation_rulesets() -> None:
    """The newest in force counts, and one waits for its day."""
    found = {
        r.ruleset: (r.cross_category, r.effective_from, r.in_force)
        for r in US.of(rows.RevocationRuleset)
    }

    assert found == {
        "fcc-24-24": (False, date(2025, 4, 11), True),
        "fcc-24-24+revoke-all": (True, date(2027, 1, 31), True),
        "fcc-26-67": (False, None, False),
    }


@pytest.mark.parametrize("year", FEDERAL_HOLIDAYS)
def test_federal_holidays(year: int) -> None:
    """The holidays of a year, on their days and on the weekdays that stand in for them."""
    assert holidays((US,), year, ()) == days(FEDERAL_HOLIDAYS[year], year)


@pytest.mark.parametrize("state", STATE_HOLIDAYS)
def test_state_holidays(state: str) -> None:
    """A state adds its own to the federal ones."""
    extra = holidays((US,), 2026, (state,)) - holidays((US,), 2026, ())

    assert extra == days(STATE_HOLIDAYS[state], 2026)


def test_juneteenth_began_in_2021() -> None:
    """Eleven federal holidays, one of them since 2021-06-17."""
    federal = [row for row in US.of(rows.Holiday) if not row.states]

    assert len(federal) == 11
    assert {r.name: r.effective_from for r in federal if r.effective_from} == {
        "Juneteenth National Independence Day": date(2021, 6, 17)
    }


def test_an_area_code_lies_in_one_place() -> None:
    """No code stands in two rows of the two countries."""
    counted = Counter(code for _, row in AREAS for code in row.codes)

    assert set(counted.values()) == {1}
    assert all(re.fullmatch("[2-9][0-8][0-9]", code) for code in counted)


def test_every_state_has_area_codes() -> None:
    """One row by state, district, territory and group of provinces."""
    by_pack = {pack: [row.state for p, row in AREAS if p == pack] for pack in ("us", "ca")}

    assert sorted(by_pack["us"]) == sorted(NAMES.keys() | TERRITORIES)
    assert sorted(by_pack["ca"]) == sorted(PROVINCES)


@pytest.mark.many_rounds
@pytest.mark.parametrize(("pack", "row"), AREAS, ids=lambda value: getattr(value, "id", value))
def test_area_codes_agree_with_open_metadata(pack: str, row: rows.AreaCodes) -> None:
    """Where the metadata names the place of a code, it is the row's."""
    if row.state in TERRITORIES:  # the metadata has them as countries
        found = {region_code_for_number(parse(f"+1{code}7335678")) for code in row.codes}
        assert found == {row.state}
        return
    name = NAMES[row.state] if pack == "us" else PROVINCES[row.state]
    for code in row.codes:
        known = names_of(code)
        assert bool(known) == (code not in NEW_OVERLAYS), code
        assert known <= {row.state, name}, code


def test_every_code_of_open_metadata_is_here() -> None:
    """What the metadata knows of the United States and Canada is in the packs."""
    known = {k[1:] for k in GEOCODE_DATA if len(k) == 4 and k.startswith("1")}

    assert known <= STATE_OF.keys()


def test_new_overlays_serve_an_area_of_their_state() -> None:
    """An overlay and the code over which it lies are in one state."""
    for overlay, older in NEW_OVERLAYS.items():
        assert STATE_OF[overlay] == STATE_OF[older]


def test_split_area_codes_are_codes_and_their_zones_differ() -> None:
    """Each code is assigned, and its zones exist and keep different clocks."""
    split = (*US.of(rows.SplitAreaCode), *load_pack("ca").of(rows.SplitAreaCode))

    def clock(zone: str) -> tuple[timedelta | None, ...]:
        return tuple(
            datetime(2026, month, 1, 12, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)
        )

    assert sum(len(row.codes) for row in split) == 25 + 8
    for row in split:
        assert set(row.codes) <= STATE_OF.keys()
        assert len({clock(zone) for zone in row.zones}) == len(row.zones)
        assert (len(row.zones) == 1) == (row.codes in {("915",), ("474",)})


def test_carrier_caps() -> None:
    """Each carrier's limits are those of the fact sheet."""
    caps = load_pack("carriers").of(rows.CarrierCap)
    found: dict[str, dict[str, int]] = {}
    for row in caps:
        key = row.use_case or f"{row.score_from}-{row.score_to}"
        found.setdefault(f"{row.carrier} {row.per}", {})[key] = row.segments

    assert {
        name: " ".join(f"{k}:{n}" for k, n in each.items()) for name, each in found.items()
    } == (CARRIER_CAPS)
    assert {r.resets for r in caps if r.carrier == "T-Mobile"} == {"America/Los_Angeles"}
    assert {r.resets for r in caps if r.carrier == "AT&T"} == {None}


@pytest.mark.parametrize("carrier", ["T-Mobile", "AT&T"])
def test_scores_meet_without_gap_or_overlap(carrier: str) -> None:
    """Every vetting score from 1 to 100 has one limit, and a better one is never worse off."""
    caps = [r for r in load_pack("carriers").of(rows.CarrierCap) if r.carrier == carrier]
    spans = sorted(
        (r.score_from, r.score_to, r.segments) for r in caps if r.score_from and r.score_to
    )

    assert (spans[0][0], spans[-1][1]) == (1, 100)
    for (_, end, fewer), (start, _, more) in pairwise(spans):
        assert start == end + 1
        assert fewer < more


def test_shorteners_are_hosts() -> None:
    """Public shorteners are listed once, as bare hosts in lower case."""
    hosts = [host for row in load_pack("carriers").of(rows.Shortener) for host in row.domains]

    assert len(set(hosts)) == len(hosts)
    assert {"bit.ly", "tinyurl.com", "t.co", "ow.ly", "rb.gy"} <= set(hosts)
    for host in hosts:
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host), host
        assert not host.startswith("www.")


def test_opt_in_elements() -> None:
    """Five parts, one of which only recurring texts need."""
    found = {r.element: r.recurring_only for r in load_pack("carriers").of(rows.OptInElement)}

    assert found == {
        "program_name": False,
        "customer_care_or_help": False,
        "opt_out_instructions": False,
        "frequency_and_recurring": True,
        "fees_notice": False,
    }


@pytest.mark.parametrize("name", ["ca", "uk", "au"])
def test_abroad_there_are_no_hours_or_caps(name: str) -> None:
    """Nothing but consent, identity and the way out is law there; a note says so of hours."""
    pack = load_pack(name)

    assert not pack.of(rows.HoursRow)
    assert not pack.of(rows.Cap)
    assert any(note.topic == "hours" for note in pack.of(rows.Note))
    assert any(note.topic == "consent" for note in pack.of(rows.Note))


def test_what_nobody_read_says_so() -> None:
    """States of which no law was found are marked unknown, never guessed."""
    unsure = {
        state
        for note in US.of(rows.Note)
        if note.topic == "hours" and note.certainty == "unknown"
        for state in note.states
    }

    assert unsure == {"IA", "VT"} | TERRITORIES
