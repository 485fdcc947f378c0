"""The arithmetic of reminders: wall time, offsets, series, recalls, folding, and the words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.phone import PhoneNumber
from compliant_sms.reminders import (
    Appointment,
    DiaryEntry,
    Kind,
    Offset,
    RecallPlan,
    ReminderPlan,
    Status,
    instant_of,
    least_words,
    plan_for,
    planned,
    plans_of,
    reminders_of,
    series,
    succeeded,
)
from compliant_sms.text import segment
from conftest import PATIENT, PERSON

ANA = PhoneNumber(PATIENT)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Each with a night on which clocks go forward and one on which they go back.
NIGHTS = {
    "America/Chicago": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),  # by half an hour
    "America/Santiago": (date(2026, 9, 6), date(2026, 4, 4)),  # at midnight
}


def visit(start: datetime, **changes: object) -> Appointment:
    """A visit in Chicago, unless told otherwise."""
    made = Appointment(
        id="991", person=PERSON, numbers=PATIENT, start=start, time_zone="America/Chicago"
    )
    return evolve(made, **changes)  # type: ignore[arg-type]


WALL = datetime(2026, 12, 1, 14, 30)  # noqa: DTZ001 - what the clinic's clock shows
VISIT = visit(WALL)
DAY_BEFORE = ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])


def minutes_of(day: date, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Each minute around a day, with what clocks show: brute force over instants."""
    at = datetime.combine(day, time(), UTC) - timedelta(hours=30)
    for _ in range(60 * 24 * 4):
        yield at, at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        at += timedelta(minutes=1)


@pytest.mark.parametrize("zone", NIGHTS)
def test_wall_time_on_the_nights_of_change(zone: str) -> None:
    """Each wall time is the first instant at which clocks show it, or the first after the gap."""
    for day in NIGHTS[zone]:
        shown = list(minutes_of(day, zone))
        wall = datetime.combine(day, time()) - timedelta(hours=2)
        for _ in range(60 * 30):
            expected = next(
                (at for at, clock in shown if clock == wall),
                None,
            ) or next(at for at, clock in shown if clock > wall)
            assert instant_of(wall, zone) == expected, wall
            wall += timedelta(minutes=1)


@pytest.mark.parametrize("zone", NIGHTS)
@pytest.mark.parametrize("days", range(-3, 4))
def test_a_reminder_keeps_its_time_of_day(zone: str, days: int) -> None:
    """Around the nights of change it goes at ten by the clinic's clock, so many days before."""
    for night in NIGHTS[zone]:
        day = night + timedelta(days=days)
        start = datetime.combine(day + timedelta(days=2), time(9))
        at = Offset.parse("2 days before at 10:00").instant(start, zone)
        same = Offset.parse("2 days before").instant(start, zone)
        hours = Offset.parse("36 hours before").instant(start, zone)

        ten = datetime.combine(day, time(10))
        assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == ten
        assert same.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == ten.replace(hour=9)
        assert instant_of(start, zone) - hours == timedelta(hours=36)


def test_a_day_that_never_was() -> None:
    """Where a whole day is skipped the next one begins where it would have."""
    skipped = datetime(2011, 12, 30, 12, 0)  # noqa: DTZ001 - Samoa changed sides
    end = instant_of(skipped, "Pacific/Apia")

    assert end == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    assert end.astimezone(ZoneInfo("Pacific/Apia")).date() == date(2011, 12, 31)


@pytest.mark.parametrize(
    ("written", "code", "days", "minutes", "at"),
    [
        ("7 days before at 10:00", "7d@10:00", 7, None, time(10)),
        ("1 week before at 9:30 am", "7d@09:30", 7, None, time(9, 30)),
        ("1 day before at 12:05 PM", "1d@12:05", 1, None, time(12, 5)),
        ("1 day before at 12:00 am", "1d@00:00", 1, None, time(0)),
        ("0 days before at 08:00", "0d@08:00", 0, None, time(8)),
        ("on the day at 8:00", "0d@08:00", 0, None, time(8)),
        ("On the day at 1:15 pm", "0d@13:15", 0, None, time(13, 15)),
        ("3 days before", "3d", 3, None, None),
        ("2 hours before", "2h", None, 120, None),
        ("90 minutes before", "90m", None, 90, None),
        (" 60 minutes before ", "1h", None, 60, None),
    ],
)
def test_offsets_in_words(
    written: str, code: str, days: int | None, minutes: int | None, at: time | None
) -> None:
    """An offset in words is the typed one, and has one name on record."""
    assert Offset.parse(written) == Offset(days=days, minutes=minutes, at=at)
    assert Offset.parse(written).code == code
    assert Offset.parse(Offset.parse(written)) == Offset.parse(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "tomorrow",
        "0 days before",
        "0 hours before",
        "2 hours before at 10:00",
        "2 hours after",
        "-1 days before at 10:00",
        "1 day before at 25:00",
        "1 day before at 10:60",
        "1 day before at 13:00 pm",
        "1 day before at 0:30 am",
        "1000 days before",
        5,
    ],
)
def test_words_that_say_no_offset(written: str) -> None:
    """Whatever names no moment before a visit is refused, with an example."""
    with pytest.raises(InvalidInput, match=r"before|type"):
        Offset.parse(written)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"days": 1, "minutes": 1},
        {"days": 0},
        {"days": -1, "at": time(10)},
        {"minutes": 0},
        {"minutes": 5, "at": time(10)},
        {"at": time(10)},
        {"days": 1, "at": time(10, 0, 1)},
        {"days": 1, "at": time(10, tzinfo=UTC)},
    ],
)
def test_offsets_that_say_nothing(fields: dict[str, object]) -> None:
    """The typed form is no laxer than the words."""
    with pytest.raises(InvalidInput):
        Offset(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": " "}, "empty"),
        ({"id": "i" * 151}, "150"),
        ({"id": 7}, "str"),
        ({"id": "a\0"}, "NUL"),
        ({"occurrence": "o" * 51}, "50"),
        ({"occurrence": "a/b"}, "/"),
        ({"place": "\ud800"}, "surrogate"),
        ({"person": ""}, "empty"),
        ({"numbers": ()}, "at least one"),
        ({"time_zone": "Chicago"}, "IANA"),
        ({"time_zone": "EST"}, "'America/New_York'"),
        ({"time_zone": "UTC"}, "patients would be told its time in UTC"),
        ({"time_zone": "Etc/Zulu"}, "patients would be told its time in UTC"),
        ({"start": date(2026, 12, 1)}, "datetime"),
        ({"start": datetime(1, 1, 1)}, "1970"),  # noqa: DTZ001
        ({"start": datetime.min.replace(tzinfo=UTC)}, "1970"),
        ({"start": datetime.max.replace(tzinfo=UTC), "time_zone": "Asia/Tokyo"}, "1970"),
        ({"status": "moved"}, "booked"),
        ({"kind": Kind("x"), "language": "de"}, "en, es, fr"),
    ],
)
def test_appointments_that_nobody_can_be_reminded_of(
    changes: dict[str, object], words: str
) -> None:
    """What cannot be used is refused where it is made, with what to do."""
    with pytest.raises(InvalidInput, match=words):
        evolve(VISIT, **changes)  # type: ignore[arg-type]
    with pytest.raises(InvalidPhoneNumber):
        evolve(VISIT, numbers=["12"])


@pytest.mark.parametrize("zone", ["UTC", "EST"])
def test_a_visit_that_was_kept_in_a_zone_no_longer_taken_is_read(zone: str) -> None:
    """Nobody's reminders end, and no database counts as damaged, as such zones were taken once."""
    kept = records.encode(VISIT).replace(b"America/Chicago", zone.encode())
    read = records.decode(kept, Appointment)
    assert (read.time_zone, read.start) == (zone, WALL)
    assert records.encode(read) == kept


def test_an_aware_start_is_brought_home() -> None:
    """An instant becomes the clinic's wall time; it comes back from its record as it was."""
    aware = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    made = visit(aware, kind=Kind("okapi", "mental_health"), numbers=[PATIENT, "+12175550135"])

    assert made.start == WALL
    assert made.starts_at == aware
    assert records.decode(records.encode(made), Appointment) == made
    assert "okapi" not in repr(made)
    assert PATIENT not in repr(made)


def test_late_bookings_skip_what_is_past() -> None:
    """Whoever books between two reminders gets the second; what would have gone is left out."""
    first, second = (each.instant(WALL, VISIT.time_zone) for each in DAY_BEFORE.offsets)
    moment = timedelta(microseconds=1)

    def codes(since: datetime) -> list[str]:
        return [each.code for each in reminders_of(VISIT, [DAY_BEFORE], since=since)]

    assert codes(first) == ["1d@10:00", "2h"]
    assert codes(first + moment) == ["2h"]
    assert codes(second + moment) == []
    assert codes(VISIT.starts_at) == []


def test_a_reminder_ends_where_the_next_begins() -> None:
    """One that could not go makes room for the next; the last one ends with the visit."""
    day, hours = reminders_of(VISIT, [DAY_BEFORE], since=LONG_AGO)

    assert (day.until, hours.until) == (hours.at, VISIT.starts_at)
    late = ReminderPlan(offsets=["on the day at 18:00"])  # after the visit
    assert reminders_of(VISIT, [late], since=LONG_AGO) == ()


@pytest.mark.parametrize("status", Status)
def test_only_who_is_to_come_is_reminded(status: Status) -> None:
    """Of a visit that was cancelled, began or is over nobody is reminded."""
    found = reminders_of(evolve(VISIT, status=status), [DAY_BEFORE], since=LONG_AGO)

    assert bool(found) == (status in {Status.BOOKED, Status.CONFIRMED})


def test_plans_by_kind() -> None:
    """The plan that names a kind counts, or the one that names none; without one nothing goes."""
    cleaning = ReminderPlan(offsets=["2 days before"], kinds=[Kind("cleaning")])
    plans = [DAY_BEFORE, cleaning]

    assert plan_for(plans, Kind("cleaning")) is cleaning
    assert plan_for(plans, Kind("visit")) is DAY_BEFORE
    assert plan_for([cleaning], Kind("visit")) is None
    assert reminders_of(VISIT, [cleaning], since=LONG_AGO) == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReminderPlan(offsets="2 hours before"),
        lambda: ReminderPlan(offsets=5),  # type: ignore[arg-type]
        lambda: ReminderPlan(offsets=["2 hours before", "120 minutes before"]),
        lambda: ReminderPlan(offsets=[], kinds="cleaning"),
        lambda: ReminderPlan(offsets=[], recall="6 months"),  # type: ignore[arg-type]
        lambda: RecallPlan(after="soon"),
        lambda: RecallPlan(after="6 months", at_most=0),
        lambda: RecallPlan(after="6 months", at_most=13),
        lambda: RecallPlan(after="21 years"),
        lambda: RecallPlan(after="6 months", every="9999 years"),
        lambda: RecallPlan(after="9999 days"),
        lambda: Offset(days=6994),
        lambda: Offset(days=10**20),
        lambda: Offset(minutes=6994 * 24 * 60),
    ],
)
def test_plans_that_say_nothing(make: object) -> None:
    """A plan that cannot be meant is refused where it is made."""
    with pytest.raises(InvalidInput):
        make()  # type: ignore[operator]


def test_the_longest_plans() -> None:
    """The last visits of all calendars are reminded of, and recalled after."""
    plan = RecallPlan(after="20 years", every="20 years", at_most=12)
    last = evolve(VISIT, start=datetime(8999, 12, 31, 9), status="done")  # noqa: DTZ001
    since = datetime(1990, 1, 1, tzinfo=UTC)
    assert len(reminders_of(last, [ReminderPlan(offsets=[], recall=plan)], since=since)) == 12
    first = evolve(VISIT, start=datetime(1971, 1, 1, 9))  # noqa: DTZ001
    offset = Offset.parse("999 weeks before")
    assert offset.instant(first.start, first.time_zone).year == 1951


def test_a_series_to_the_end_of_the_calendar() -> None:
    """It is ended by its rule."""
    assert len(series(VISIT, "FREQ=YEARLY;COUNT=3", until=date.max)) == 3


@pytest.mark.parametrize(
    "plans",
    [
        DAY_BEFORE,
        [DAY_BEFORE, DAY_BEFORE],
        "plans",
        ["2 hours before"],
        [DAY_BEFORE, *([ReminderPlan(offsets=[], kinds=["a", "b"])] * 2)],
    ],
)
def test_plans_that_contradict_each_other(plans: list[ReminderPlan]) -> None:
    """One kind of visit has one plan; anything but a list of plans is refused."""
    with pytest.raises(InvalidInput, match="reminders"):
        plans_of(plans)
    assert plans_of([DAY_BEFORE]) == (DAY_BEFORE,)


RECALL = RecallPlan(after="6 months", every="30 days", at_most=3, at=time(9))
YEARLY = ReminderPlan(offsets=[], recall=RECALL)


def test_recalls_count_on_the_calendar() -> None:
    """Six months after the last day of August is the last of February; then each thirty days."""
    done = visit(datetime(2026, 8, 31, 8, 0), status="done")  # noqa: DTZ001
    found = reminders_of(done, [YEARLY], since=LONG_AGO)

    walls = [each.at.astimezone(ZoneInfo(done.time_zone)).replace(tzinfo=None) for each in found]
    assert [each.code for each in found] == ["recall-1", "recall-2", "recall-3"]
    assert walls == [
        datetime(2027, 2, 28, 9, 0),  # noqa: DTZ001
        datetime(2027, 3, 30, 9, 0),  # noqa: DTZ001 - in summer time
        datetime(2027, 4, 29, 9, 0),  # noqa: DTZ001
    ]
    assert [each.until for each in found[:-1]] == [each.at for each in found[1:]]
    assert found[-1].until - found[-1].at == timedelta(days=30)
    assert reminders_of(done, [DAY_BEFORE], since=LONG_AGO) == ()
    late = reminders_of(done, [YEARLY], since=found[1].at)
    assert [each.code for each in late] == ["recall-2", "recall-3"]


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({}, True),
        ({"status": "done"}, True),
        ({"status": "arrived"}, True),
        ({"status": "cancelled"}, False),
        ({"status": "no_show"}, False),
        ({"kind": Kind("okapi")}, False),
        ({"start": WALL - timedelta(days=365)}, False),
    ],
)
def test_recalls_stop_when_booked(changes: dict[str, object], stops: bool) -> None:  # noqa: FBT001
    """A later visit of the kind that stands ends them; no other does."""
    done = visit(WALL - timedelta(days=90), status="done")

    assert succeeded(done, [done, evolve(VISIT, id="992", **changes)]) is stops  # type: ignore[arg-type]


def test_series_keep_their_time() -> None:
    """Each visit of a series has the wall time of the first, and a name that stays."""
    first = visit(datetime(2026, 10, 25, 8, 0))  # noqa: DTZ001
    visits = series(first, "FREQ=WEEKLY;COUNT=3")

    assert [each.start.hour for each in visits] == [8, 8, 8]
    assert [each.occurrence for each in visits] == [
        "20261025T080000",
        "20261101T080000",
        "20261108T080000",
    ]
    assert visits[1].starts_at - visits[0].starts_at == timedelta(days=7, hours=1)
    assert len(series(first, "FREQ=WEEKLY", until=date(2026, 11, 8))) == 3
    assert len(series(first, "RRULE:FREQ=DAILY;COUNT=1000")) == 1000


@pytest.mark.parametrize(
    ("ends", "days"),
    [
        ("20261215T203000Z", [1, 8, 15]),  # 14:30 in Chicago
        ("20261215T202959Z", [1, 8]),
        ("20261216T000000Z", [1, 8, 15]),  # the day before in Chicago
        ("20261215T143000", [1, 8, 15]),
        ("20261215T142959", [1, 8]),
        ("20261215", [1, 8, 15]),
        ("20261214", [1, 8]),
    ],
)
def test_series_until_an_instant_a_time_or_a_day(ends: str, days: list[int]) -> None:
    """UTC counts as what clocks show then, and a day to its end, wherever it stands in the rule."""
    for rule in (f"FREQ=WEEKLY;UNTIL={ends}", f"RRULE:UNTIL={ends};FREQ=WEEKLY"):
        assert [each.start.day for each in series(VISIT, rule)] == days
        assert [each.start.day for each in series(VISIT, rule.replace("U", "u"))] == days
    tokyo = evolve(VISIT, time_zone="Asia/Tokyo")
    assert len(series(tokyo, "FREQ=WEEKLY;UNTIL=20261208T053000Z")) == 2
    assert len(series(tokyo, "FREQ=WEEKLY;UNTIL=20261208T052959Z")) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=9;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20261130",
        "FREQ=WEEKLY;COUNT=0",
        "DTSTART:20200101T090000\nRRULE:FREQ=DAILY;COUNT=2",
        "DTSTART:20261201T143000Z\nRRULE:FREQ=DAILY;COUNT=2",
    ],
)
def test_series_that_do_not_begin_with_their_first_visit(rule: str) -> None:
    """It would be lost without a word, so it is refused with what to do."""
    with pytest.raises(InvalidInput, match="Pass the first visit of the rule"):
        series(VISIT, rule)
    assert series(VISIT, "FREQ=WEEKLY", until=WALL.date() - timedelta(days=1)) == ()


@pytest.mark.parametrize(
    ("left_out", "days"),
    [
        ("EXDATE:20261201T143000", [2, 3]),
        ("exdate:20261202T143000", [1, 3]),
        ("EXDATE:20261201T143000,20261203T143000", [2]),
        ("EXDATE:20261201T143000\r\nEXDATE:20261202T143000\r\n", [3]),
        ("EXDATE:20261201T143000,20261202T143000,20261203T143000", []),
    ],
)
def test_series_with_exceptions(left_out: str, days: list[int]) -> None:
    """Whichever visit a calendar left out, the others are there, of the same series."""
    visits = series(VISIT, f"RRULE:FREQ=DAILY;COUNT=3\n{left_out}")

    assert [each.start.day for each in visits] == days
    assert [each.occurrence for each in visits] == [f"202612{day:02}T143000" for day in days]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=SOMETIMES", "RRULE"),
        ("FREQ=WEEKLY;UNTIL=20261332", "RRULE"),
        ("FREQ=WEEKLY;UNTIL=00010101T000000Z", "RRULE"),
        ("FREQ=WEEKLY;UNTIL=20261231T240000Z", "RRULE"),
        ("FREQ=WEEKLY;UNTIL=20261231T235959+01", "RRULE"),
        ("FREQ=DAILY;COUNT=3\nEXDATE:20261202T203000Z", "RRULE"),
        ("", "RRULE"),
        ("weekly", "RRULE"),
        ("FREQ=DAILY", "1,000"),
        (7, "str"),
    ],
)
def test_series_that_never_end(rule: str, words: str) -> None:
    """A rule that cannot be read, or has no end, is refused."""
    with pytest.raises(InvalidInput, match=words):
        series(VISIT, rule)
    with pytest.raises(InvalidInput, match="already has an occurrence"):
        series(evolve(VISIT, occurrence="1"), "FREQ=DAILY;COUNT=2")


def entry(appointment: Appointment, **changes: object) -> DiaryEntry:
    """An appointment in the diary, booked long ago."""
    return evolve(DiaryEntry(appointment=appointment, since=LONG_AGO, number=ANA), **changes)  # type: ignore[arg-type]


def test_one_day_is_one_text() -> None:
    """Visits of one day at one number are told at once, when the first of them would be."""
    early = visit(WALL - timedelta(hours=5), id="1")
    late = visit(WALL, id="2", person="another")
    next_day = visit(WALL + timedelta(days=1), id="3")
    diary = [entry(late), entry(early), entry(next_day)]
    texts = planned(diary, [ReminderPlan(offsets=["2 hours before"])], LONG_AGO)

    assert [[each.appointment.id for each in text.reminders] for text in texts] == [
        ["1", "2"],
        ["3"],
    ]
    first, _ = texts
    assert first.key == "appt/1//2h"
    assert (first.at, first.until) == (early.starts_at - timedelta(hours=2), late.starts_at)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": PhoneNumber("+12175550135")},
        {"household": "another"},
        {"appointment": visit(WALL, id="2", kind=Kind("x", "hiv_sti"))},
        {"appointment": visit(WALL + timedelta(days=1), id="2")},
    ],
)
def test_what_is_not_told_together(changes: dict[str, object]) -> None:
    """Another number, other consent, a sensitive kind and another day have texts of their own."""
    other = evolve(entry(visit(WALL, id="2")), **changes)  # type: ignore[arg-type]
    texts = planned([entry(VISIT), other], [ReminderPlan(offsets=["2 hours before"])], LONG_AGO)

    assert [len(text.reminders) for text in texts] == [1, 1]
    alike = planned([entry(VISIT), entry(visit(WALL, id="2"))], [DAY_BEFORE], LONG_AGO)
    assert [len(text.reminders) for text in alike] == [2, 2]


def test_what_was_told_or_is_past_is_left_out() -> None:
    """No text is planned twice, and none whose time has gone."""
    day, hours = reminders_of(VISIT, [DAY_BEFORE], since=LONG_AGO)

    assert [t.at for t in planned([entry(VISIT)], [DAY_BEFORE], day.at)] == [day.at, hours.at]
    assert [t.at for t in planned([entry(VISIT)], [DAY_BEFORE], hours.at)] == [hours.at]
    assert planned([entry(VISIT)], [DAY_BEFORE], VISIT.starts_at) == ()
    told = entry(VISIT, told=frozenset({"1d@10:00"}))
    assert [t.at for t in planned([told], [DAY_BEFORE], LONG_AGO)] == [hours.at]


WORDS = {
    ("en", 1): "Lakeside: you have an appointment on Tue Dec 1 at 2:30 PM. "
    "Reply C to confirm or R to reschedule.",
    ("es", 1): "Lakeside: tiene una cita el mar 1 dic a las 2:30 PM. "
    "Responda C para confirmar o R para cambiarla.",
    ("en", 2): "Lakeside: you have 2 appointments on Tue Dec 1, at 2:30 PM and 3:00 PM. "
    "Reply C to confirm or R to reschedule.",
    ("en", 3): "Lakeside: you have 3 appointments on Tue Dec 1, at 2:30 PM, 3:00 PM and 3:30 PM. "
    "Reply C to confirm or R to reschedule.",
    ("fr", 1): "Lakeside : vous avez rendez-vous le mar 1er déc à 14 h 30. "
    "Répondez C pour confirmer ou R pour changer l'heure.",
    ("fr", 2): "Lakeside : vous avez 2 rendez-vous le mar 1er déc, à 14 h 30 et 15 h. "
    "Répondez C pour confirmer ou R pour changer l'heure.",
    ("fr", 5): "Lakeside : vous avez 5 rendez-vous le mar 1er déc, le premier à 14 h 30. "
    "Répondez C pour confirmer ou R pour changer l'heure.",
    ("es", 5): "Lakeside: tiene 5 citas el mar 1 dic, la primera a las 2:30 PM. "
    "Responda C para confirmar o R para cambiarla.",
}


OF_SEVERAL = {
    ("en", 2): "Lakeside: 2 appointments are booked on Tue Dec 1, at 2:30 PM and 3:00 PM.",
    ("en", 5): "Lakeside: 5 appointments are booked on Tue Dec 1, the first at 2:30 PM.",
    ("es", 2): "Lakeside: hay 2 citas el mar 1 dic, a las 2:30 PM y 3:00 PM.",
    ("es", 5): "Lakeside: hay 5 citas el mar 1 dic, la primera a las 2:30 PM.",
    ("fr", 2): "Lakeside : 2 rendez-vous sont prévus le mar 1er déc, à 14 h 30 et 15 h.",
    ("fr", 5): "Lakeside : 5 rendez-vous sont prévus le mar 1er déc, le premier à 14 h 30.",
}


@pytest.mark.parametrize(("language", "count"), OF_SEVERAL)
def test_the_least_words_about_several_persons(language: str, count: int) -> None:
    """A parent of two has no appointment: who reads is not told that they have them."""
    visits = [
        visit(WALL + timedelta(minutes=30 * n), id=str(n), language=language, person=f"child-{n}")
        for n in range(count)
    ]
    found = [reminders_of(each, [DAY_BEFORE], since=LONG_AGO)[0] for each in visits]

    told = least_words("Lakeside", "217-555-0100", found, asks=False)
    assert told == OF_SEVERAL[language, count]


@pytest.mark.parametrize(("language", "count"), WORDS)
def test_the_least_words(language: str, count: int) -> None:
    """They name the practice, the day and the times, and nothing else."""
    visits = [
        visit(WALL + timedelta(minutes=30 * n), id=str(n), language=language, place="Oncology")
        for n in range(count)
    ]
    found = [reminders_of(each, [DAY_BEFORE], since=LONG_AGO)[0] for each in visits]

    assert least_words("Lakeside", "217-555-0100", found, asks=True) == WORDS[language, count]


@pytest.mark.parametrize(
    ("read", "visits", "spoken"),
    [
        ("es", "en", "es"),
        ("es-MX", "en", "es"),
        ("EN_us", "es", "en"),
        ("fr-CA", "en", "fr"),
        ("de", "es", "es"),
        ("", "es", "es"),
        (None, "en", "en"),
    ],
)
def test_the_least_words_in_the_readers_language(
    read: str | None, visits: str, spoken: str
) -> None:
    """Where there are none in it, in that of the visit."""
    found = reminders_of(visit(WALL, language=visits), [DAY_BEFORE], since=LONG_AGO)
    told = least_words("Lakeside", "217-555-0100", found[:1], asks=True, language=read)

    assert told == WORDS[spoken, 1]


def test_words_at_other_times() -> None:
    """Midnight and noon are told by the twelve-hour clock, one time once; a recall has its own."""
    night = reminders_of(visit(WALL.replace(hour=0, minute=5)), [DAY_BEFORE], since=LONG_AGO)
    noon = reminders_of(visit(WALL.replace(hour=12)), [DAY_BEFORE], since=LONG_AGO)
    done = visit(WALL, status="done")
    (recall, *_) = reminders_of(done, [YEARLY], since=LONG_AGO)

    assert "at 12:05 AM." in least_words("L", "1", night[:1], asks=False)
    for hour, told in ((1, "a la 1:30 AM."), (11, "a las 11:30 AM."), (13, "a la 1:30 PM.")):
        at = visit(WALL.replace(hour=hour), language="es")
        found = reminders_of(at, [DAY_BEFORE], since=LONG_AGO)
        assert least_words("L", "1", found[:1], asks=False).endswith(told)
    twice = least_words("L", "1", [noon[0], noon[0]], asks=False)
    assert twice == "L: you have 2 appointments on Tue Dec 1, at 12:30 PM."
    assert least_words("L", "217-555-0100", [recall], asks=False) == (
        "L: it is time to book your next visit. Call 217-555-0100."
    )


@given(st.sampled_from(["en", "es", "fr"]), st.integers(1, 9), st.booleans(), st.booleans())
def test_the_least_words_are_short(
    language: str,
    count: int,
    asks: bool,  # noqa: FBT001
    family: bool,  # noqa: FBT001
) -> None:
    """They take two parts on the air at most, with any name of 40 letters."""
    visits = [
        visit(
            WALL + timedelta(minutes=n),
            id=str(n),
            language=language,
            person=f"p-{n}" if family else "p",
        )
        for n in range(count)
    ]
    found = [reminders_of(each, [DAY_BEFORE], since=LONG_AGO)[0] for each in visits]
    parts = segment(least_words("L" * 40, "217-555-0100", found, asks=asks))

    assert (parts.encoding.value.startswith("GSM"), parts.segments <= 2) == (True, True)
