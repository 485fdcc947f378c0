"""Where a recipient may be: the zones of area codes, compared by their clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from compliant_sms.errors import InvalidPhoneNumber
from compliant_sms.people import Profile
from compliant_sms.phone import NumberKind, PhoneNumber
from compliant_sms.rules import (
    CandidateState,
    CandidateZone,
    EvidenceKind,
    Rulebook,
    load_pack,
)
from compliant_sms.rules._evidence import metadata_zones
from compliant_sms.rules.rows import AreaCodes, SplitAreaCode

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "numbers.jsonl").read_bytes().splitlines()
]
NORTH_AMERICAN = [row for row in ROWS if row["country"] in {"US", "CA"} and row["geographic"]]
PLACELESS = [row for row in ROWS if row["e164"] and not row["geographic"]]
# Rows whose labelled zones we widen. Every expected clock must be among ours even so.
WIDER = {
    "num-d-0126": "219: labelled Central; its eastern edge keeps Eastern time",
}
# Zones of the area codes that span two, as the fact sheet has them; 729 overlays 423.
SPLIT = {
    "208 986": "Boise Los_Angeles",
    "219": "Chicago Indiana/Indianapolis",
    "270 364": "Chicago New_York",
    "308": "Chicago Denver",
    "423 729": "New_York Chicago",
    "541 458": "Los_Angeles Boise",
    "574": "Indiana/Indianapolis Chicago",
    "605": "Chicago Denver",
    "606": "New_York Chicago",
    "620": "Chicago Denver",
    "701": "Chicago Denver",
    "775": "Los_Angeles Boise",
    "785": "Chicago Denver",
    "812 930": "Indiana/Indianapolis Chicago",
    "850 448": "New_York Chicago",
    "906": "Detroit Menominee",
    "907": "Anchorage Adak",
    "928": "Phoenix Denver",
}
# Those of Canada: British Columbia's overlays cover all of it, and 867 three territories.
CANADIAN = {
    "236 250 257 672 778": "Vancouver Edmonton Dawson_Creek",
    "474": "Regina",
    "807": "Toronto Winnipeg",
    "867": "Whitehorse Edmonton Rankin_Inlet Iqaluit",
}
SPLIT_BY_CODE = {
    code: tuple(f"America/{zone}" for zone in zones.split())
    for codes, zones in SPLIT.items()
    for code in codes.split()
}


@cache
def clock(zone: str) -> tuple[timedelta | None, ...]:
    """What the zone's clocks show through 2026, hour by hour."""
    here, start = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    hours = (start + timedelta(hours=hour) for hour in range(365 * 24))
    return tuple(instant.astimezone(here).utcoffset() for instant in hours)


def names(number: str, known: str | None = None) -> tuple[str, ...]:
    """Name the zones in which the holder of a number may be."""
    found = Rulebook().whereabouts(PhoneNumber(number), Profile(time_zone=known))
    return tuple(zone.name for zone in found.zones)


def codes(number: str, known: str | None = None) -> tuple[str, ...]:
    """Name the states in which the holder of a number may be."""
    found = Rulebook().whereabouts(PhoneNumber(number), Profile(state=known))
    return tuple(state.code for state in found.states)


def test_split_area_codes_are_the_fact_sheets() -> None:
    """Each area code that spans two zones is in the pack with both, and no other is."""
    listed = {code: row.zones for row in load_pack().of(SplitAreaCode) for code in row.codes}

    # El Paso lies in Texas and is on one clock, which is another than the rest of Texas has.
    assert listed == SPLIT_BY_CODE | {"915": ("America/Denver",)}


@pytest.mark.parametrize("code", SPLIT_BY_CODE)
def test_a_split_area_code_gives_both_clocks(code: str) -> None:
    """A number in such an area may be on either clock, and the two really differ."""
    first, second = SPLIT_BY_CODE[code]
    found = {clock(zone) for zone in names(f"+1{code}5550123")}

    assert {clock(first), clock(second)} <= found
    assert clock(first) != clock(second)


@pytest.mark.parametrize(("codes", "zones"), CANADIAN.items())
def test_canadian_area_codes_give_every_clock(codes: str, zones: str) -> None:
    """Open metadata gives one zone for each, whichever exchange, or a wrong one."""
    expected = {clock(f"America/{zone}") for zone in zones.split()}

    for code in codes.split():
        assert expected <= {clock(zone) for zone in names(f"+1{code}5550123")}


@pytest.mark.parametrize("row", NORTH_AMERICAN, ids=lambda row: row["id"])
def test_expected_clocks_are_among_ours(row: dict[str, str]) -> None:
    """Each labelled clock of a number with a place is a candidate, and no others but listed."""
    ours = {clock(zone) for zone in names(row["e164"])}
    expected = {clock(zone) for zone in row["time_zones"]}

    assert expected
    assert expected <= ours
    assert (ours == expected) == (row["id"] not in WIDER)


@pytest.mark.parametrize("row", PLACELESS, ids=lambda row: row["id"])
def test_numbers_without_a_place_give_none(row: dict[str, str]) -> None:
    """Toll-free and other placeless numbers say nothing of where somebody is."""
    assert names(row["e164"]) == ()
    assert names(row["e164"], "America/Denver") == ("America/Denver",)


@pytest.mark.parametrize(
    ("number", "hours"),
    [
        ("+16025550123", -7),
        ("+18085550123", -10),
        ("+17875550123", -4),
        ("+19395550123", -4),
        ("+13405550123", -4),
        ("+16715550123", 10),
        ("+16705550123", 10),
        ("+16846221234", -11),
        ("+16842581234", -11),
        ("+16845550123", -11),
    ],
)
def test_places_without_summer_time(number: str, hours: int) -> None:
    """Arizona, Hawaii and the islands keep one clock all year."""
    assert {offset for zone in names(number) for offset in clock(zone)} == {timedelta(hours=hours)}


def test_a_mobile_number_of_the_islands_is_where_its_area_code_is() -> None:
    """Where mobiles have digits of their own they are on one clock too, not on all of +1's."""
    for number in ("+16842581234", "+16847331234", "+16847701234"):
        assert PhoneNumber(number).kind is NumberKind.MOBILE
        assert names(number) == ("Pacific/Pago_Pago",)
    assert names("+18765551234") == ("America/Jamaica",)
    found = Rulebook().whereabouts(PhoneNumber("+18005550123"), Profile(state="AS"))
    assert [zone.name for zone in found.zones] == ["Pacific/Pago_Pago"]


def test_a_number_of_no_country_is_nowhere() -> None:
    """Of what belongs to no country metadata says that the clock is unknown, which is no clock."""
    number = PhoneNumber("+80012345678")

    assert list(metadata_zones(number, phonenumbers.parse(number.e164))) == []


def test_el_paso_is_on_mountain_time() -> None:
    """Area code 915 lies in Texas and keeps Denver's clock."""
    assert {clock(zone) for zone in names("+19155550123")} == {clock("America/Denver")}


def test_evidence_names_its_source() -> None:
    """Each candidate says whether the profile or the number speaks for it."""
    moved = Profile(time_zone="America/Denver", state="CO")
    here = Rulebook().whereabouts(PhoneNumber("+12125550123"), moved)
    abroad = Rulebook().whereabouts(PhoneNumber("+442079460123"))

    assert here.zones == (
        CandidateZone("America/Denver", "profile"),
        CandidateZone("America/New_York", "area code 212"),
    )
    assert here.states == (
        CandidateState("CO", "profile"),
        CandidateState("NY", "area code 212"),
    )
    assert here.country == "US"
    assert abroad.zones == (CandidateZone("Europe/London", "country code"),)
    assert abroad.states == ()
    assert abroad.country == "GB"


@pytest.mark.parametrize(
    ("number", "state", "found", "country"),
    [
        ("+12175550123", None, ("IL",), "US"),
        ("+12175550123", "IL", ("IL",), "US"),
        ("+12175550123", "TX", ("TX", "IL"), "US"),
        ("+14165550123", None, ("ON",), "CA"),
        ("+14165550123", "NY", ("NY", "ON"), "US"),
        ("+12125550123", "ON", ("ON", "NY"), "CA"),
        ("+17875550123", None, ("PR",), "US"),
        ("+18005550123", None, (), None),
        ("+18005550123", "FL", ("FL",), "US"),
        ("+61255501234", None, (), "AU"),
        ("+61255501234", "NSW", ("NSW",), "AU"),
    ],
)
def test_states_and_country(
    number: str, state: str | None, found: tuple[str, ...], country: str | None
) -> None:
    """A record and an area code each give a state; the record's decides on the country."""
    where = Rulebook().whereabouts(PhoneNumber(number), Profile(state=state))

    assert codes(number, state) == found
    assert where.country == country


def test_no_zone_is_named_twice() -> None:
    """A profile that agrees with the number stands alone; a split code adds its other zone."""
    assert names("+12125550123", "America/New_York") == ("America/New_York",)
    assert names("+18505550123", "America/Chicago") == ("America/Chicago", "America/New_York")
    for code in SPLIT_BY_CODE:
        found = names(f"+1{code}5550123")

        assert len(found) == len(set(found))


def test_an_unassigned_number_is_nowhere() -> None:
    """A number that no plan assigns gives no zone, and none that is not a place."""
    assert PhoneNumber("+19995550123").kind is NumberKind.OTHER
    assert names("+19995550123") == ()


def test_every_candidate_is_a_zone() -> None:
    """Whatever zone is named can be loaded."""
    for row in ROWS:
        for name in names(row["e164"]) if row["e164"] else ():
            assert ZoneInfo(name).key == name
    for row in load_pack().of(SplitAreaCode):
        assert len(row.zones) == len(set(row.zones)) <= 2
        assert all(ZoneInfo(zone).key == zone for zone in row.zones)


def test_nobody_knows_where_an_unknown_country_is() -> None:
    """A country code that no plan has gives no place, and no error."""
    where = Rulebook().whereabouts(PhoneNumber("+9995550123"), None)

    assert (where.zones, where.states, where.country) == ((), (), None)


def told(number: str, profile: Profile | None = None) -> list[tuple[str, str, str, str]]:
    """What speaks for each zone: place, kind, value and row."""
    found = Rulebook().whereabouts(PhoneNumber(number), profile).zone_evidence
    return [(each.place, each.kind.value, each.value, each.row) for each in found]


def test_a_split_area_code_names_its_row_and_its_exchange() -> None:
    """The table's row speaks for both zones, the exchange for one of them."""
    assert told("+18504330123") == [
        ("America/New_York", "area-code", "850", "us/zones-850-448"),
        ("America/Chicago", "area-code", "850", "us/zones-850-448"),
        ("America/Chicago", "exchange", "850-43", ""),
    ]


@pytest.mark.parametrize(
    ("number", "kind", "value"),
    [
        ("+12125550123", EvidenceKind.AREA_CODE, "212"),
        ("+442079460123", EvidenceKind.COUNTRY_CODE, "+442"),
        ("+61491570156", EvidenceKind.COUNTRY_CODE, "+61"),
        ("+12423456789", EvidenceKind.AREA_CODE, "242"),
    ],
)
def test_metadata_names_the_digits_it_went_by(number: str, kind: EvidenceKind, value: str) -> None:
    """What no row says comes from open metadata, which says by which digits and its version."""
    found = Rulebook().whereabouts(PhoneNumber(number)).zone_evidence

    assert {(each.kind, each.value, each.row) for each in found} == {(kind, value, "")}
    assert all(each.source.startswith("open metadata of phonenumbers") for each in found)


def test_the_record_speaks_for_its_own_zone_or_for_those_of_its_state() -> None:
    """A zone in the record stands for itself; a state alone for each zone of its area codes."""
    by_zone = told("+12125550123", Profile(time_zone="America/Denver", state="CO"))
    by_state = told("+12125550123", Profile(state="IN"))

    assert by_zone[0] == ("America/Denver", "record-zone", "America/Denver", "")
    assert {each[0] for each in by_state if each[1:] == ("record-state", "IN", "us/area-codes-in")}
    assert by_state[-1] == ("America/New_York", "area-code", "212", "")


@pytest.mark.parametrize(
    ("zone", "state", "told"),
    [
        ("America/Chicago", "CA", ["America/Chicago", "America/Los_Angeles"]),
        ("America/New_York", "AZ", ["America/New_York", "America/Phoenix", "America/Denver"]),
        ("US/Pacific", "CA", ["US/Pacific"]),
        ("America/New_York", "MI", ["America/New_York"]),
        ("America/Chicago", "FL", ["America/Chicago"]),
        ("America/Chicago", "FLORIDA", ["America/Chicago"]),
        ("EST", None, ["EST", "America/New_York"]),
        ("Etc/GMT+6", None, ["Etc/GMT+6", "America/Chicago"]),
        ("EST", "NY", ["EST", "America/New_York"]),
        ("MST", "AZ", ["MST", "America/Denver"]),
        ("HST", "HI", ["HST"]),
        ("UTC", None, ["UTC"]),
    ],
)
def test_a_record_that_contradicts_itself_names_both(
    zone: str, state: str | None, told: list[str]
) -> None:
    """Where its state has no such clock those of the state count too; an offset is no place."""
    found = Rulebook().whereabouts(
        PhoneNumber("+18005550123"), Profile(time_zone=zone, state=state)
    )

    assert [each.name for each in found.zones] == told


@pytest.mark.parametrize(
    ("profile", "country"),
    [
        (Profile(country="PR"), "US"),
        (Profile(country="GU", state="GU"), "US"),
        (Profile(country="MX", state="IL"), "MX"),
        (Profile(state="ON"), "CA"),
        (Profile(), "US"),
    ],
)
def test_a_territory_has_the_law_of_the_united_states(profile: Profile, country: str) -> None:
    """What the record says of a country wins over state and number."""
    assert Rulebook().whereabouts(PhoneNumber("+12175550123"), profile).country == country


def test_area_codes_that_open_metadata_does_not_know_are_read_and_placed() -> None:
    """Whoever has such a number can be texted, by the clocks of the rest of the state."""
    listed = [
        (code, row.state)
        for row in load_pack().of(AreaCodes)
        for code in row.codes
        if row.state not in {"AS", "GU", "MP"}  # which have no such exchange
    ]
    for code, state in listed:
        number = PhoneNumber.parse(f"+1{code}5550123")
        where = Rulebook().whereabouts(number)

        assert PhoneNumber.parse(f"({code}) 555-0123") == number
        assert where.zones
        assert [each.code for each in where.states] == [state]
        assert where.country == "US"
    texas = Rulebook().whereabouts(PhoneNumber("+16215550123"))

    assert {each.name for each in texas.zones} == {"America/Chicago", "America/Denver"}
    assert {(each.kind, each.value) for each in texas.zone_evidence} == {("area-code", "621")}
    for wrong in ("+16211550123", "+16219115012", "+12225550123", "621 055 0123"):
        with pytest.raises(InvalidPhoneNumber):
            PhoneNumber.parse(wrong)


def test_a_territory_as_a_country_is_a_place() -> None:
    """Whoever lives in Puerto Rico with a number of Illinois has the hours of both, and its law."""
    found = Rulebook().whereabouts(PhoneNumber("+12175550123"), Profile(country="PR"))

    assert [each.name for each in found.zones] == ["America/Puerto_Rico", "America/Chicago"]
    assert [each.code for each in found.states] == ["PR", "IL"]


def test_a_state_is_told_by_the_record_and_by_a_row() -> None:
    """Both are kept where they agree, so that who asks sees how sure it is."""
    found = Rulebook().whereabouts(PhoneNumber("+12175550123"), Profile(state="IL")).state_evidence

    assert [(each.place, each.kind.value, each.row) for each in found] == [
        ("IL", "record-state", ""),
        ("IL", "area-code", "us/area-codes-il"),
    ]


@pytest.mark.parametrize("state", [None, "IL", "ON", "AK"])
@pytest.mark.parametrize("zone", [None, "America/Denver"])
def test_nothing_is_a_candidate_without_evidence(zone: str | None, state: str | None) -> None:
    """Evidence and candidates name the same places, each with a source and no whole number."""
    profile = Profile(time_zone=zone, state=state)
    for row in (row for row in ROWS if row["e164"]):
        found = Rulebook().whereabouts(PhoneNumber(row["e164"]), profile)

        assert [z.name for z in found.zones] == list(
            dict.fromkeys(each.place for each in found.zone_evidence)
        )
        assert [s.code for s in found.states] == list(
            dict.fromkeys(each.place for each in found.state_evidence)
        )
        for each in (*found.zone_evidence, *found.state_evidence):
            assert each.source
            assert row["e164"][1:] not in repr(each)
