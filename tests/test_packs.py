"""Packs: what loads, what is refused with file, row and reason, and what an override changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.errors import ConfigurationError, InvalidInput, InvalidPack
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import (
    BUILT_IN,
    DayHours,
    Override,
    Pack,
    PastText,
    Rulebook,
    SentBefore,
    Settings,
    Verdict,
    load_pack,
)
from compliant_sms.rules.rows import TABLES, AreaCodes, Cap, HoursRow, Limit
from compliant_sms.waiver import Waiver
from test_rules import COUNSEL, DAY, NIGHT, NOON, PROMOTES, facts, states, stopped

HEAD = 'pack = "ours"\nedition = "1"\ntitle = "Ours"\ncountry = "US"\n'
SOURCED = {"source": "memo of counsel", "certainty": "policy"}
WEEK = {"monday_to_friday": "08:00-20:00", "saturday": "none", "sunday": "none"}
CARRIER = {"carrier": "Ours", "per": "brand-day", "segments": 5}
# A good row of each table.
GOOD: dict[str, dict[str, Any]] = {
    "hours": WEEK,
    "cap": {"count": 3, "hours": 24, "same_subject": True},
    "holiday": {"name": "Ours", "month": 5, "day": 2},
    "area_codes": {"state": "TX", "codes": ["210"]},
    "split_area_code": {"codes": ["210"], "zones": ["America/Chicago"]},
    "majority": {"age": 18},
    "relationship": {"transaction_months": 18, "inquiry_months": 3},
    "reassigned_check": {"unless_relationship": True},
    "written_consent": {"spares_nonprofit": True},
    "revocation_ruleset": {"ruleset": "ours", "cross_category": True},
    "limit": {"value": 0, "unit": "days"},
    "note": {"topic": "reach", "words": "Nothing."},
    "shortener": {"domains": ["s.example"]},
    "carrier_cap": CARRIER,
    "opt_in_element": {"element": "ours", "recurring_only": False},
}


def written(value: object) -> str:
    """Write a value as TOML has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {written(each)}' for key, each in value.items())}}}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def row(table: str, name: str = "a", /, **changes: Any) -> str:
    """Write a row; what is changed to None is left out."""
    fields = {"id": name, **SOURCED, **GOOD[table], **changes}
    lines = [f"{key} = {written(value)}" for key, value in fields.items() if value is not None]
    return "\n".join([f"[[{table}]]", *lines, ""])


def ours(*rows: str, head: str = HEAD) -> Pack:
    """Read a pack of these rows."""
    return Pack.parse("\n".join([head, *rows]), "ours.toml")


def problems(*rows: str, head: str = HEAD) -> list[str]:
    """Read a pack that is refused, and return why, without the name of its file."""
    with pytest.raises(InvalidPack) as caught:
        ours(*rows, head=head)
    assert str(caught.value) == "\n".join(caught.value.problems)
    assert all(each.startswith("ours.toml: ") for each in caught.value.problems)
    return [each.removeprefix("ours.toml: ") for each in caught.value.problems]


# What loads


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_each_table_loads(table: str) -> None:
    """A good row is read into its class, under its own name."""
    pack = ours(row(table))

    assert isinstance(pack, Pack)
    assert [type(each) for each in pack.rows] == [TABLES[table]]
    assert [each.id for each in pack.of(TABLES[table])] == ["a"]
    assert pack.own


def test_a_pack_shows_its_edition_and_not_its_rows() -> None:
    """A log line of a pack is short."""
    assert repr(ours(row("note"))) == "<Pack ours-1, 1 rows>"
    assert not load_pack().own
    assert load_pack() is load_pack("us")


def test_a_pack_may_be_of_any_country() -> None:
    """The library's countries are not the only ones; parts are known for four of them."""
    head = HEAD.replace("US", "NZ")
    country_less = HEAD.replace('country = "US"\n', "")

    assert ours(row("note"), head=head).country == "NZ"
    assert ours(row("note"), head=country_less).country is None
    assert problems(row("note", states=["AUK"]), head=head) == [
        "note a: AUK: no such state in NZ",
    ]
    assert problems(row("note", states=["TX"]), head=country_less) == [
        "note a: TX: no such state in a pack without a country",
    ]
    assert ours(row("note", states=["ON"]), head=HEAD.replace("US", "CA")).rows


def test_rows_that_follow_each_other_load() -> None:
    """The first day on which a row no longer holds may be the first of the next."""
    pack = ours(
        row("hours", "before", states=["TX"], effective_to=date(2026, 5, 1)),
        row("hours", "after", states=["TX"], effective_from=date(2026, 5, 1)),
        row("hours", "elsewhere", states=["OK"]),
        row("hours", "everywhere"),
    )
    days = [date(2026, 4, 30), date(2026, 5, 1)]

    assert [[r.id for r in pack.of(HoursRow)[:2] if r.holds_on(day)] for day in days] == [
        ["before"],
        ["after"],
    ]


# What is refused


def test_no_toml_is_refused() -> None:
    """The place of the mistake is told."""
    assert problems("[[hours]") == [
        "it is no TOML: Expected ']]' at the end of an array declaration (at line 6, column 8)"
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", ["pack is missing", "edition is missing", "title is missing"]),
        (HEAD.replace('"1"', "1"), ["edition: a text that is not empty is needed"]),
        (HEAD.replace("Ours", " "), ["title: a text that is not empty is needed"]),
        (
            HEAD.replace('"US"', '"Texas"'),
            ["country: a code of ISO 3166-1 is needed, for example US or CA"],
        ),
        (
            HEAD.replace('"US"', '["US"]'),
            ["country: a code of ISO 3166-1 is needed, for example US or CA"],
        ),
        (f"{HEAD}editon = 2", [f"editon is unknown; tables are: {', '.join(TABLES)}"]),
        (f"{HEAD}hours = 5", ["hours must be rows, each under [[hours]]"]),
        (f"{HEAD}hours = [5]", ["hours must be rows, each under [[hours]]"]),
        (f"{HEAD}[hours]\nid = 1", ["hours must be rows, each under [[hours]]"]),
        (f"{HEAD}[[window]]\nid = 1", [f"window is unknown; tables are: {', '.join(TABLES)}"]),
    ],
)
def test_a_bad_head_is_refused(head: str, expected: list[str]) -> None:
    """Whatever stands above the rows, or is no row, is told by its key."""
    assert problems(head=head) == expected


SURE = "one of these is needed: 'verified', 'verified, secondary', 'from memory', 'policy'"
A_TEXT = "a text that is not empty is needed"
SOME_TEXTS = 'a list of texts is needed, for example ["PA"]'
SOME_CODES = 'area codes are three digits in quotes, for example ["217", "447"]'
SOME_HOURS = 'hours are written as "08:00-20:00", or "none" for a day without any'
A_DAY = "a day is written as 2026-10-18, without quotes and without a time"
A_FLAG = "true or false is needed, without quotes"
A_COUNT = "a whole number of at least 1 is needed"
A_HOLIDAY = "a holiday needs month and day, or month, weekday and nth, or easter"


@pytest.mark.parametrize(
    ("table", "changes", "expected"),
    [
        # every row
        ("note", {"wordz": "x"}, ["wordz is unknown"]),
        ("note", {"source": None}, ["source is missing"]),
        ("note", {"certainty": None, "words": None}, ["certainty is missing", "words is missing"]),
        ("note", {"source": " "}, [f"source: {A_TEXT}"]),
        ("note", {"source": 5}, [f"source: {A_TEXT}"]),
        ("note", {"note": 5}, ["note: a text is needed"]),
        ("note", {"certainty": "sure"}, [f"certainty: {SURE}"]),
        ("note", {"certainty": ["policy"]}, [f"certainty: {SURE}"]),
        ("note", {"effective_from": "soon"}, [f"effective_from: {A_DAY}"]),
        ("note", {"effective_from": 2026}, [f"effective_from: {A_DAY}"]),
        ("note", {"effective_to": datetime(2026, 1, 1, tzinfo=UTC)}, [f"effective_to: {A_DAY}"]),
        (
            "note",
            {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)},
            ["it ends (2026-01-01) before it begins (2026-02-01)"],
        ),
        (
            "note",
            {"effective_from": date(2026, 1, 1), "effective_to": date(2026, 1, 1)},
            ["it ends (2026-01-01) before it begins (2026-01-01)"],
        ),
        ("note", {"states": ["TX", "ZZ", "XX"]}, ["XX, ZZ: no such state in US"]),
        ("note", {"states": ["ON"]}, ["ON: no such state in US"]),
        ("note", {"states": ["tx"]}, ["tx: no such state in US"]),
        ("note", {"states": "TX"}, [f"states: {SOME_TEXTS}"]),
        ("note", {"states": {"TX": 1}}, [f"states: {SOME_TEXTS}"]),
        ("note", {"states": [5]}, [f"states: {SOME_TEXTS}"]),
        ("note", {"states": ["TX", "TX"]}, ["states: listed twice: TX"]),
        (
            "note",
            {"states": []},
            ["states: the list is empty; without it the row holds in the whole country"],
        ),
        # hours
        ("hours", {"saturday": "8 to 9"}, [f"saturday: {SOME_HOURS}"]),
        ("hours", {"saturday": "8:00-9:00"}, [f"saturday: {SOME_HOURS}"]),
        ("hours", {"saturday": "08:00-24:01"}, [f"saturday: {SOME_HOURS}"]),
        ("hours", {"saturday": "24:00-24:00"}, [f"saturday: {SOME_HOURS}"]),
        ("hours", {"saturday": 8}, [f"saturday: {SOME_HOURS}"]),
        (
            "hours",
            {"sunday": "20:00-08:00", "holidays": "09:00-09:00"},
            [
                "sunday: the hours 20:00-08:00 never open; a window ends on the day on which",
                "holidays: the hours 09:00-09:00 never open; a window ends on the day on which",
            ],
        ),
        ("hours", {"monday_to_friday": "none"}, ["its hours never open on any weekday"]),
        (
            "hours",
            {"monday_to_friday": "none", "holidays": "08:00-20:00"},
            ["its hours never open on any weekday"],
        ),
        (
            "hours",
            {"zone": "America/Chicag"},
            ["zone: the time zone is not in the IANA database"],
        ),
        ("hours", {"zone": ""}, ["zone: "]),
        ("hours", {"zone": 5}, ["zone: "]),
        (
            "hours",
            {"unless_transaction_within_months": 0},
            [f"unless_transaction_within_months: {A_COUNT}"],
        ),
        # caps
        ("cap", {"count": 0, "hours": -1}, [f"count: {A_COUNT}", f"hours: {A_COUNT}"]),
        ("cap", {"count": True}, [f"count: {A_COUNT}"]),
        ("cap", {"hours": 1.5}, [f"hours: {A_COUNT}"]),
        ("cap", {"same_subject": "yes"}, [f"same_subject: {A_FLAG}"]),
        ("cap", {"same_subject": 1}, [f"same_subject: {A_FLAG}"]),
        # holidays
        ("holiday", {"easter": -2}, [A_HOLIDAY]),
        ("holiday", {"weekday": "monday", "nth": 1}, [A_HOLIDAY]),
        ("holiday", {"day": None}, [A_HOLIDAY]),
        ("holiday", {"day": None, "weekday": "monday"}, [A_HOLIDAY]),
        ("holiday", {"day": None, "month": None}, [A_HOLIDAY]),
        (
            "holiday",
            {"day": None, "weekday": "Monday", "nth": 1},
            ["weekday: one of these is needed: 'monday', "],
        ),
        (
            "holiday",
            {"day": None, "weekday": "monday", "nth": 5},
            ["nth: one of these is needed: 1, 2, 3, 4, -1"],
        ),
        (
            "holiday",
            {"day": None, "weekday": "monday", "nth": True},
            ["nth: one of these is needed"],
        ),
        ("holiday", {"month": 13}, ["month: a whole number from 1 to 12 is needed"]),
        ("holiday", {"month": 4, "day": 31}, ["month 4 has no day 31"]),
        ("holiday", {"day": 32}, ["day: a whole number from 1 to 31 is needed"]),
        (
            "holiday",
            {"month": None, "day": None, "easter": 300},
            ["easter: a whole number from -80 to 250"],
        ),
        ("holiday", {"observed": 1}, [f"observed: {A_FLAG}"]),
        # places
        ("area_codes", {"codes": ["21"]}, [f"codes: {SOME_CODES}"]),
        ("area_codes", {"codes": ["2170"]}, [f"codes: {SOME_CODES}"]),
        ("area_codes", {"codes": ["21a"]}, [f"codes: {SOME_CODES}"]),
        ("area_codes", {"codes": ["٢١٧"]}, [f"codes: {SOME_CODES}"]),
        ("area_codes", {"codes": []}, [f"codes: {SOME_CODES}"]),
        ("area_codes", {"codes": [217]}, [f"codes: {SOME_TEXTS}"]),
        ("area_codes", {"codes": ["217", "217"]}, ["codes: listed twice: 217"]),
        ("area_codes", {"state": "ZZ"}, ["ZZ: no such state in US"]),
        ("area_codes", {"state": 5}, [f"state: {A_TEXT}"]),
        ("split_area_code", {"zones": []}, ["zones: the list is empty"]),
        (
            "split_area_code",
            {"zones": ["CST6"]},
            ["zones: the time zone is not in the IANA database"],
        ),
        ("split_area_code", {"zones": "America/Chicago"}, [f"zones: {SOME_TEXTS}"]),
        # the rest
        ("majority", {"age": "18"}, [f"age: {A_COUNT}"]),
        ("relationship", {"inquiry_months": 0}, [f"inquiry_months: {A_COUNT}"]),
        ("reassigned_check", {"unless_relationship": "no"}, [f"unless_relationship: {A_FLAG}"]),
        (
            "revocation_ruleset",
            {"ruleset": "", "in_force": 0},
            [f"ruleset: {A_TEXT}", f"in_force: {A_FLAG}"],
        ),
        (
            "limit",
            {"value": -1, "unit": "day"},
            ["value: a whole number of at least 0", "unit: one of"],
        ),
        ("note", {"topic": "hour"}, ["topic: one of these is needed: 'consent', "]),
        ("shortener", {"domains": []}, ["domains: the list is empty"]),
        ("shortener", {"domains": [" "]}, [f"domains: {SOME_TEXTS}"]),
        ("carrier_cap", {"per": "day"}, ["per: one of these is needed: 'brand-day', "]),
        ("carrier_cap", {"use_case": 5}, ["use_case: a text is needed"]),
        ("carrier_cap", {"score_to": 101}, ["score_to: a whole number from 0 to 100 is needed"]),
        ("carrier_cap", {"score_from": 9, "score_to": 8}, ["score_from is higher than score_to"]),
        ("carrier_cap", {"resets": "Mars/Olympus"}, ["resets: the time zone is not"]),
        ("opt_in_element", {"element": ""}, [f"element: {A_TEXT}"]),
    ],
)
def test_a_bad_row_is_refused(table: str, changes: dict[str, Any], expected: list[str]) -> None:
    """File, table, row and reason are told, and every reason there is."""
    found = problems(row(table, **changes))

    assert len(found) == len(expected)
    for one, reason in zip(found, expected, strict=True):
        assert one.startswith(f"{table} a: {reason}")


def test_a_row_without_a_name_is_told_by_its_place() -> None:
    """What has no id is counted."""
    assert problems(row("cap"), row("cap", id=None, states=["TX"])) == ["cap no. 2: id is missing"]
    assert problems(row("cap", id=5)) == [f"cap 5: id: {A_TEXT}"]


def test_everything_wrong_is_told_at_once() -> None:
    """Header, rows, fields of one row, and rows that contradict each other."""
    found = problems(
        row("hours", "one", states=["TX"]),
        row("hours", "two", states=["TX", "OK"]),
        row("hours", "two", zone="Nowhere", satturday="none", sunday=None, states=["TX", "ZZ"]),
        row("cap", "three", count=0, hours=0),
        head=HEAD.replace("title", "titel"),
    )

    assert [each.partition(". ")[0] for each in found] == [
        "title is missing",
        f"titel is unknown; tables are: {', '.join(TABLES)}",
        "hours two: satturday is unknown",
        "hours two: sunday is missing",
        "hours two: ZZ: no such state in US",
        "hours two: zone: the time zone is not in the IANA database",
        f"cap three: count: {A_COUNT}",
        f"cap three: hours: {A_COUNT}",
        "one, two: both hold for TX on the same days",
    ]


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ((None, None), (None, None), True),
        ((None, 5), (4, None), True),
        ((None, 5), (5, None), False),
        ((2, 8), (4, 6), True),
        ((2, None), (8, None), True),
        ((2, 4), (4, 6), False),
        ((4, 6), (2, 4), False),
        ((None, 4), (None, 3), True),
    ],
)
@pytest.mark.parametrize("table", ["hours", "cap", "majority", "holiday"])
def test_overlapping_dates_are_refused(
    table: str,
    first: tuple[int | None, int | None],
    second: tuple[int | None, int | None],
    meet: bool,  # noqa: FBT001 - a column
) -> None:
    """Of two rows about the same, one holds on a day."""

    def dated(name: str, days: tuple[int | None, int | None]) -> str:
        begins, ends = (date(2026, 5, each) if each else None for each in days)
        return row(table, name, states=["TX"], effective_from=begins, effective_to=ends)

    rows = dated("one", first), dated("two", second)
    what = "Ours, TX" if table == "holiday" else "TX"
    if meet:
        assert problems(*rows) == [f"one, two: both hold for {what} on the same days"]
    else:
        assert len(ours(*rows).rows) == 2


@pytest.mark.parametrize(
    ("table", "changes", "what"),
    [
        ("area_codes", {"codes": ["512", "210"], "state": "OK"}, "210"),
        ("split_area_code", {"codes": ["512", "210"]}, "210"),
        ("shortener", {"domains": ["t.example", "s.example"]}, "s.example"),
        ("opt_in_element", {"recurring_only": True}, "ours"),
        ("revocation_ruleset", {}, "ours"),
        ("carrier_cap", {"segments": 6}, "Ours, brand-day, , None"),
        ("hours", {}, "everywhere"),
    ],
)
def test_rows_about_the_same_are_refused(table: str, changes: dict[str, Any], what: str) -> None:
    """An area code lies in one state, a host is listed once, and so on."""
    found = problems(row(table, "one"), row(table, "two", **changes))

    assert found == [f"one, two: both hold for {what} on the same days"]


def test_an_id_names_one_row() -> None:
    """In one pack, whatever the table, no two rows have one id."""
    assert problems(row("cap", "same"), row("majority", "same")) == [
        "same: two rows have this id",
    ]


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_librarys_packs_would_pass_as_ones_own(name: str) -> None:
    """Its own rows are held to the same checks, also when a row is changed to itself."""
    pack = load_pack(name)
    again = pack.changed({each.id: {} for each in pack.rows})

    assert again.rows == pack.rows
    assert again.id == pack.id


def test_there_are_packs_of_certain_names_only() -> None:
    """A pack that the library lacks is a mistake of configuration."""
    with pytest.raises(ConfigurationError, match=r"no pack 'usa'\. Name one of: us, ca, uk"):
        load_pack("usa")
    with pytest.raises(ConfigurationError, match=r"no pack usa\. Name one of: us, ca, uk"):
        Rulebook(jurisdictions=("usa",))


def test_two_packs_have_two_names() -> None:
    """A record names packs, so no two in use have one name."""
    pack = ours(row("note"))
    for packs in ((pack, ours()), (ours(head=HEAD.replace("ours", "us")),)):
        with pytest.raises(ConfigurationError, match="two packs have the same name"):
            Rulebook(packs=packs)
    assert Rulebook(packs=(pack,)).packs == (pack,)


# Hours and days as they are written


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("08:00-21:00", 480, 1260), ("00:00-24:00", 0, 1440), ("23:59-24:00", 1439, 1440)],
)
def test_hours_are_written_as_they_are_read(text: str, start: int, end: int) -> None:
    """Hours come back in the form in which packs write them."""
    hours = ours(row("hours", sunday=text)).of(HoursRow)[0].sunday

    assert hours == DayHours(start, end)
    assert str(hours) == text
    assert hours.opens
    assert str(DayHours(0, 0)) == "none"
    assert not DayHours(0, 0).opens


def test_hours_contain_a_wall_clock_time() -> None:
    """Half open: the first minute is in, the last is not (P-QH-2)."""
    hours = DayHours(8 * 60, 21 * 60)
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    inside = [m for m in range(1440) if (midnight + timedelta(minutes=m)).time() in hours]

    assert inside == list(range(8 * 60, 21 * 60))
    assert (midnight + timedelta(hours=21) - timedelta(microseconds=1)).time() in hours


# What a rulebook does with packs

NO_SUNDAYS = Override(
    row="quiet-hours-federal",
    values={"sunday": "none"},
    waiver=Waiver(of="quiet-hours-federal", **COUNSEL),  # type: ignore[arg-type]
)
SUNDAY = NOON - DAY


def test_an_override_changes_decisions_and_is_on_record() -> None:
    """The decision follows the changed row, tells of it, and replays under it."""
    changed = Rulebook(overrides=(NO_SUNDAYS,))
    text = facts(at=SUNDAY, **PROMOTES)
    hold = changed.decide(text)

    assert Rulebook().decide(text).verdict is Verdict.ALLOW
    assert hold.verdict is Verdict.HOLD
    assert hold.until == datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert hold.edition.overrides == (NO_SUNDAYS,)
    assert hold.edition.overrides[0].waiver.by == "counsel:j.ortiz"
    assert hold.edition.packs == Rulebook().edition.packs
    assert hold.replay() == hold
    assert changed.decide(facts(at=NOON, **PROMOTES)).verdict is Verdict.ALLOW


def test_an_override_is_checked_as_a_pack_is() -> None:
    """All problems of all overrides come at once, and say that an override made them."""

    def override(name: str, **values: object) -> Override:
        return evolve(NO_SUNDAYS, row=name, values=values)

    with pytest.raises(InvalidPack) as caught:
        Rulebook(
            overrides=(
                override("hours-tx", sunday="8", zone="Texas"),
                override("hours-pa", effective_from=None, states=[]),
                override("hours-fl", monday_to_friday="none", saturday="none", sunday="none"),
                override("cap-fl", counts=4),
                override("hours-pa-before-act-47", effective_to=None),
            )
        )

    where = "us-2026.11 with overrides: "
    assert [each.removeprefix(where)[:48] for each in caught.value.problems] == [
        "hours hours-fl: its hours never open on any weekday"[:48],
        "hours hours-pa: states: the list is empty; without it"[:48],
        f"hours hours-tx: sunday: {SOME_HOURS}"[:48],
        "hours hours-tx: zone: the time zone is not in the IANA"[:48],
        "cap cap-fl: counts is unknown",
    ]
    with pytest.raises(InvalidPack, match="hours-pa: both hold for PA on the same days"):
        Rulebook(overrides=(override("hours-pa-before-act-47", effective_to=None),))


@pytest.mark.parametrize("name", ["hours-zz", "us/hours-zz", "ca/hours-tx", "", "unsubscribe"])
def test_an_override_names_one_row(name: str) -> None:
    """A row that is not there, or in two packs, is refused."""
    with pytest.raises(ConfigurationError, match="an override names the row"):
        Rulebook(overrides=(evolve(NO_SUNDAYS, row=name),))


def test_an_override_may_name_the_pack() -> None:
    """Where two packs have such a row, the pack's name tells which."""
    changed = Rulebook(overrides=(evolve(NO_SUNDAYS, row="ca/unsubscribe", values={"value": 3}),))
    law = changed.at(NOON)

    assert [getattr(law.limit("unsubscribe", each), "value", 0) for each in ("CA", "AU")] == [3, 5]


def test_of_two_limits_the_less_counts() -> None:
    """A pack of one's own makes a limit stricter, never laxer, and only in the same unit."""
    values = {
        (value, unit): Rulebook(
            packs=(ours(row("limit", "care-reply-within", value=value, unit=unit)),)
        )
        .at(NOON)
        .limit("care-reply-within")
        for value, unit in ((2, "hours"), (48, "hours"), (1, "days"))
    }

    assert [(each.value, each.unit) for each in values.values() if each] == [
        (2, "hours"),
        (24, "hours"),
        (24, "hours"),
    ]


def test_a_pack_of_ones_own_only_widens_how_far_an_opt_out_reaches() -> None:
    """What gives back anything is an override, and names who answers for it."""
    billing = {"category": "billing", "message_class": MessageClass.TRANSACTIONAL}

    def ended(at: datetime, **ruleset: Any) -> bool:
        own = () if not ruleset else (ours(row("revocation_ruleset", **ruleset)),)
        law = Rulebook(Settings(revocation_scope="category"), packs=own)
        known = facts(at=at, consent=stopped(**billing, occurred_at=at - DAY))
        return law.decide(known, rules=["revocation"]).verdict is Verdict.BLOCK

    then = datetime(2027, 3, 1, 16, tzinfo=UTC)

    assert ended(then)
    for supersedes in ([], ["fcc-24-24+revoke-all"]):
        assert ended(
            then,
            cross_category=False,
            effective_from=date(2027, 2, 1),
            supersedes=supersedes,
        )
    assert not ended(NOON)
    assert ended(NOON, effective_from=date(2026, 11, 1))
    assert not ended(NOON, effective_from=date(2026, 12, 31))


def test_a_pack_of_ones_own_makes_hours_stricter() -> None:
    """Each row that holds must permit the text, the library's and one's own."""
    strict = ours(row("hours", states=["TX"], monday_to_friday="10:00-17:00"))
    wide = ours(row("hours", states=["TX"], monday_to_friday="00:00-24:00", sunday="00:00-24:00"))
    texan = facts(at=NIGHT, **PROMOTES, states=states("TX"))

    # NIGHT is 23:00 on a Monday in Chicago.
    assert Rulebook().decide(texan).until == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert Rulebook(packs=(strict,)).decide(texan).until == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert Rulebook(packs=(wide,)).decide(texan).until == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert Rulebook(packs=(strict,)).edition.packs[-1].startswith("ours-1+")


def test_a_pack_of_ones_own_makes_a_country_known() -> None:
    """A number in a country without a pack gets nothing until somebody wrote one."""
    auckland = Rulebook().whereabouts(PhoneNumber("+6495550123"))
    text = facts(zones=auckland.zones, states=auckland.states, country=auckland.country)
    known = Rulebook(packs=(ours(row("note"), head=HEAD.replace("US", "NZ")),))

    assert auckland.country == "NZ"
    assert [f.code for f in Rulebook().decide(text, ["country-known"]).findings] == [
        "country-without-rules"
    ]
    assert known.decide(text, ["country-known"]).findings == ()


def test_a_pack_of_ones_own_adds_holidays_and_places() -> None:
    """Area codes and holidays of one's own stand beside the library's."""
    pack = ours(
        row("area_codes", codes=["999"], state="GU"),
        row("split_area_code", "b", codes=["999"], zones=["Pacific/Guam"]),
        row("holiday", "c", states=["AL"], month=12, day=1),
    )
    law = Rulebook(packs=(pack,))
    found = law.whereabouts(PhoneNumber("+19995550123"), Profile(state="AL"))
    text = facts(at=NIGHT, **PROMOTES, states=states("AL"))

    assert [zone.name for zone in found.zones] == ["America/Chicago", "Pacific/Guam"]
    assert [state.code for state in found.states] == ["AL", "GU"]
    assert Rulebook().decide(text).until == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert law.decide(text).until == datetime(2026, 12, 2, 14, tzinfo=UTC)


def test_a_rulebook_tells_the_law_of_an_instant() -> None:
    """A row holds from its first day on, and to the day before its last (UTC)."""
    law = Rulebook()
    midnight = datetime(2026, 10, 18, tzinfo=UTC)

    def pennsylvania(at: datetime) -> list[str]:
        return [r.id for r in law.at(at).rows(HoursRow) if "PA" in r.states]

    assert pennsylvania(midnight - timedelta(microseconds=1)) == ["hours-pa-before-act-47"]
    assert pennsylvania(midnight) == ["hours-pa"]
    assert [r.id for r in law.at(midnight).dated(HoursRow) if "PA" in r.states] == [
        "hours-pa-before-act-47",
        "hours-pa",
    ]
    assert "cap-or" not in {r.id for r in law.at(datetime(2025, 12, 31, tzinfo=UTC)).rows(Cap)}
    assert "cap-or" in {r.id for r in law.at(datetime(2026, 1, 1, tzinfo=UTC)).rows(Cap)}
    assert law.at(midnight).limit("unsubscribe") is None
    assert law.at(midnight).limit("unsubscribe", "CA") is load_pack("ca").of(Limit)[2]
    at_home = {row.state for row in law.at(midnight).rows(AreaCodes)}
    to_canada = {row.state for row in law.at(midnight).rows(AreaCodes, "CA")}
    assert {"PA", "ON"} & at_home == {"PA"}  # what binds the sender binds each text
    assert {"PA", "ON"} & to_canada == {"PA", "ON"}


def test_the_law_of_a_naive_instant_is_refused() -> None:
    """An instant without a zone is none."""
    with pytest.raises(InvalidInput, match="the instant has no time zone"):
        Rulebook().at(datetime(2026, 11, 30, 12))  # noqa: DTZ001 - what is refused


def test_settings_read_hours_as_packs_do() -> None:
    """A courtesy window that never opens is refused where it is set."""
    with pytest.raises(InvalidInput, match="the hours 21:00-08:00 never open"):
        Settings(courtesy_window="21:00-08:00")  # type: ignore[arg-type]
    assert Settings(courtesy_window=DayHours(60, 120)).courtesy_window == DayHours(60, 120)


def test_hours_and_caps_of_an_own_pack_bind_in_its_country() -> None:
    """A row for Ontario holds a promotion to Toronto, and none to Chicago."""
    pack = Pack.parse(
        """
        pack = "on"
        edition = "1"
        title = "Ontario"
        country = "CA"

        [[hours]]
        id = "hours-on"
        states = ["ON"]
        source = "a statute"
        certainty = "verified"
        monday_to_friday = "10:00-12:00"
        saturday = "none"
        sunday = "none"

        [[cap]]
        id = "cap-on"
        states = ["ON"]
        source = "a statute"
        certainty = "verified"
        count = 1
        hours = 24
        same_subject = false
        """,
        "on.toml",
    )
    book = Rulebook(packs=[pack])
    at = datetime(2026, 11, 30, 20, tzinfo=UTC)  # three in the afternoon in Toronto
    before = SentBefore(
        texts=(PastText(at=at - timedelta(hours=1), message_class=MessageClass.MARKETING),)
    )
    asked = ["quiet-hours-state", "frequency-cap-state"]
    found = {}
    for number in ("+14165550134", "+13125550134"):
        to = PhoneNumber(number)
        where = book.whereabouts(to)
        known = facts(
            at=at,
            purpose=Purpose.PROMOTION,
            number=to,
            zones=where.zones,
            states=where.states,
            country=where.country,
            sent=before,
        )
        decision = book.decide(known, rules=asked)
        found[where.country] = [finding.code for finding in decision.reasons]

    assert found == {"CA": ["frequency-cap", "quiet-hours"], "US": []}
