"""The plan for volume as arithmetic: what goes on which day, and which place a text gets."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import MessageClass, Purpose
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput
from compliant_sms.rules import PracticeCap
from compliant_sms.volume import (
    Pause,
    Place,
    Ramp,
    VolumePlan,
    day_of,
    first_place,
    first_place_on,
    scope_of,
)

CHICAGO = "America/Chicago"
MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)
# Clocks that change at two, at midnight, by half an hour, on the other side of the year, or never.
ZONES = ["America/Chicago", "America/Havana", "Australia/Lord_Howe", "Europe/London", "Asia/Tokyo"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

RAMPS = st.builds(
    Ramp,
    # Nobody looks for a place more than a year ahead, and that must do for all that are asked.
    begins=st.dates(date(2026, 1, 1), date(2026, 6, 30)),
    start=st.integers(1, 5),
    grow=st.floats(1.01, 3),
    until=st.integers(2, 40),
)
PLANS = st.builds(
    VolumePlan,
    ramp=st.none() | RAMPS,
    texts_per_day=st.none() | st.integers(1, 12),
    replies_per_day=st.none() | st.integers(1, 6),
    expected_reply_rate=st.floats(0.2, 1),
    staffed=st.sampled_from(["09:00-17:00", "00:00-24:00", "01:00-02:30", "02:00-03:00"]),
    quiet_days=st.lists(
        st.sampled_from(WEEKDAYS[2:]) | st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=4
    ),
)
# Around the days on which clocks change, and between.
INSTANTS = st.one_of(
    st.integers(0, 364 * 1440).map(lambda minute: (1, 1, minute)),
    st.tuples(
        st.sampled_from([(3, 7), (3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1)]),
        st.integers(-1440, 2880),
    ).map(lambda drawn: (*drawn[0], drawn[1])),
).map(lambda when: datetime(2026, *when[:2], tzinfo=UTC) + timedelta(minutes=when[2]))


START_OF_PLANS = datetime(2026, 6, 1, 15, tzinfo=UTC)  # ten in Chicago


class Book:
    """Places that were given, as a store keeps them."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[date, int]] = Counter()

    async def free(self, day: date, first: int) -> int:
        """The lowest place from a number on that nobody has."""
        while (day, first) in self.taken:
            first += 1
        return first

    def give(
        self, plan: VolumePlan, zone: str, at: datetime, *, sells: bool = False
    ) -> Place | None:
        """Give the first place from an instant on."""
        place = finish(first_place_on(plan, zone, self.free, at, sells=sells))
        if place is not None and place.number is not None:
            self.taken[place.day, place.number] += 1
        return place


@settings(deadline=None)  # what is counted is right or wrong, however busy the machine is
@given(PLANS, st.sampled_from(ZONES), st.lists(INSTANTS, min_size=1, max_size=40))
def test_no_day_gets_more_than_its_plan(plan: VolumePlan, zone: str, asked: list[datetime]) -> None:
    """Whenever texts are asked for, no place is given twice, and no day gets more than it may."""
    book, days = Book(), Counter[date]()
    for at in asked:
        place = book.give(plan, zone, at)

        assert place is not None, "everything gets a place"
        assert place.at >= at
        assert place.at.astimezone(ZoneInfo(zone)).date() == place.day == day_of(place.at, zone)
        assert not plan.is_quiet(place.day)
        assert plan.ramp is None or place.day >= plan.ramp.begins
        if plan.replies_per_day is not None:
            wall = place.at.astimezone(ZoneInfo(zone))
            assert wall.time().replace(tzinfo=None) in plan.staffed
        days[place.day] += 1
    assert max(book.taken.values(), default=1) == 1
    for day, texts in days.items():
        today = plan.on(day, zone)
        assert today is not None
        assert today.most is None or texts <= today.most
        if plan.texts_per_day is not None:
            assert texts <= plan.texts_per_day
        if plan.replies_per_day is not None:
            assert texts * plan.expected_reply_rate <= plan.replies_per_day + 1e-5


@given(PLANS, st.sampled_from(ZONES), INSTANTS, st.integers(2, 30))
def test_replies_come_in_evenly(plan: VolumePlan, zone: str, at: datetime, texts: int) -> None:
    """Of texts asked for at once no two have the same time, where replies are reckoned with."""
    book = Book()
    places = [book.give(plan, zone, at) for _ in range(texts)]
    times = [place.at for place in places if place is not None]

    assert len(times) == texts
    assert times == sorted(times)
    if plan.replies_per_day is not None:
        assert len(set(times)) == texts
        for earlier, later in pairwise(times[1:]):
            today = plan.on(day_of(later, zone), zone)
            assert today is not None
            assert today.most is not None
            if day_of(earlier, zone) == day_of(later, zone):
                assert later - earlier >= (today.closes - today.opens) // today.most


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_of_a_year(zone: str) -> None:
    """On each local day, however long, exactly as many places are given as the plan has."""
    plan = VolumePlan(replies_per_day=3, expected_reply_rate=0.5, staffed="00:00-24:00")
    book, at = Book(), datetime(2026, 1, 1, 12, tzinfo=UTC)
    places = []
    for _ in range(6 * 364):
        place = book.give(plan, zone, at)
        assert place is not None
        places.append(place)
        at = max(at, place.at - 2 * DAY)  # the days before are full
    days = Counter(place.day for place in places)

    first, last = min(days), max(days)
    assert [days[first + n * DAY] for n in range(1, (last - first).days)] == [6] * (
        (last - first).days - 1
    )


def test_a_ramp_grows_by_days_of_texting() -> None:
    """Each day permits more; days without texts do not count, and then it is over."""
    plan = VolumePlan(
        ramp=Ramp(begins=MONDAY, start=50, grow=1.5, until=200), quiet_days=["tuesday"]
    )
    found = [plan.on(MONDAY + n * DAY, CHICAGO) for n in range(-1, 7)]

    assert [each and (each.most, each.code) for each in found] == [
        None,
        (50, "ramp"),
        None,
        (75, "ramp"),
        (112, "ramp"),
        (168, "ramp"),
        (None, ""),
        (None, ""),
    ]


def test_a_ramp_that_is_long_over() -> None:
    """However many days have passed, it is over."""
    ramp = Ramp(begins=MONDAY, start=50, grow=2, until=60)

    assert [ramp.most_on(day) for day in (0, 1, 10_000_000)] == [50, None, None]


def test_the_least_of_all_limits_counts() -> None:
    """A day's number is the least that ramp, staff and the plain limit permit."""
    plan = VolumePlan(
        ramp=Ramp(begins=MONDAY, start=40, grow=3, until=1000),
        replies_per_day=30,
        expected_reply_rate=0.1,
        texts_per_day=310,
    )
    found = [plan.on(MONDAY + n * DAY, CHICAGO) for n in range(4)]

    assert [each and (each.most, each.code) for each in found] == [
        (40, "ramp"),
        (120, "ramp"),
        (300, "replies"),
        (300, "replies"),
    ]
    first = found[0]
    assert first is not None
    assert first.begins(0) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert first.begins(1) == datetime(2026, 11, 30, 15, 12, tzinfo=UTC)
    assert first.first_at(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == 5


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (datetime(2026, 11, 28, 18, tzinfo=UTC), "quiet-day"),
        (datetime(2026, 11, 27, 18, tzinfo=UTC), "not-begun"),
        (datetime(2026, 11, 30, 14, tzinfo=UTC), "staffed-hours"),
        (datetime(2026, 11, 30, 18, tzinfo=UTC), "replies"),
        (datetime(2026, 11, 30, 23, tzinfo=UTC), "staffed-hours"),
        (datetime(2026, 12, 25, 18, tzinfo=UTC), "quiet-day"),
    ],
)
def test_why_a_text_waits(at: datetime, code: str) -> None:
    """The reason is that of the day on which it was asked for."""
    plan = VolumePlan(
        ramp=Ramp(begins=MONDAY, start=400, until=500),
        replies_per_day=10,
        quiet_days=["Saturday", date(2026, 12, 25)],
    )

    assert plan.why_not(at, CHICAGO) == code


def test_a_day_without_its_hours() -> None:
    """Where the clocks skip all staffed hours nothing goes on that day, and it goes on the next."""
    plan = VolumePlan(replies_per_day=1, expected_reply_rate=1, staffed="02:00-03:00")
    spring = date(2026, 3, 8)
    place = Book().give(plan, CHICAGO, datetime(2026, 3, 8, 6, 30, tzinfo=UTC))

    assert plan.on(spring, CHICAGO) is None
    assert plan.why_not(datetime(2026, 3, 8, 7, tzinfo=UTC), CHICAGO) == "staffed-hours"
    assert place is not None
    assert place.day == spring + DAY


def test_no_place_within_a_year() -> None:
    """Where all places of a year are taken, or no rule ever lets the text go, there is none."""
    plan, at = VolumePlan(texts_per_day=1), datetime(2026, 11, 30, 18, tzinfo=UTC)

    async def full(_: date, __: int) -> int:
        return 1

    async def empty(_: date, first: int) -> int:
        return first

    later = VolumePlan(texts_per_day=1, quiet_days=["monday"])
    assert finish(first_place_on(plan, CHICAGO, full, at, sells=False)) is None
    assert finish(first_place(plan, CHICAGO, full, lambda each: each, at, sells=False)) is None
    assert finish(first_place(later, CHICAGO, empty, lambda _: None, at, sells=False)) is None
    half_a_year = timedelta(days=180)
    assert (
        finish(first_place(later, CHICAGO, empty, lambda e: e + half_a_year, at, sells=False))
        is None
    )


def test_a_place_suits_the_rules_as_well() -> None:
    """A place at whose time a rule holds the text is passed over for one at which none does."""
    plan, at = VolumePlan(texts_per_day=2), datetime(2026, 11, 30, 18, tzinfo=UTC)
    noon = datetime(2026, 12, 1, 18, tzinfo=UTC)

    async def only_tomorrow(day: date, first: int) -> int:
        return first if day > MONDAY else 2

    place = finish(
        first_place(plan, CHICAGO, only_tomorrow, lambda e: max(e, noon), at, sells=False)
    )

    assert place == Place(day=MONDAY + DAY, at=noon, number=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"texts_per_day": 0},
        {"texts_per_day": True},
        {"replies_per_day": 2.5},
        {"expected_reply_rate": 0},
        {"expected_reply_rate": 1.01},
        {"expected_reply_rate": "0.3"},
        {"expected_reply_rate": float("nan")},
        {"marketing_share": 0},
        {"marketing_share": 1.5},
        {"marketing_share": "half"},
        {"staffed": "none"},
        {"staffed": "9-17"},
        {"quiet_days": "sunday"},
        {"quiet_days": 7},
        {"quiet_days": ["sundays"]},
        {"quiet_days": [datetime(2026, 12, 25, tzinfo=UTC)]},
        {"quiet_days": WEEKDAYS},
        {"caps": [3]},
    ],
)
def test_plans_under_which_nothing_would_go(wrong: dict[str, Any]) -> None:
    """What could never be kept, or let nothing go, is refused."""
    with pytest.raises(InvalidInput):
        VolumePlan(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": datetime(2026, 12, 1, tzinfo=UTC)},
        {"begins": "2026-12-01"},
        {"start": 0},
        {"start": None},
        {"until": 0},
        {"grow": 1},
        {"grow": 11},
        {"grow": float("nan")},
        {"grow": "fast"},
    ],
)
def test_ramps_that_never_grow(wrong: dict[str, Any]) -> None:
    """A ramp begins on a day and is over one day."""
    with pytest.raises(InvalidInput):
        Ramp(**{"begins": MONDAY} | wrong)


@pytest.mark.parametrize(
    ("purpose", "counts"),
    [
        (Purpose.APPOINTMENT_REMINDER, True),
        (Purpose.PROMOTION, True),
        (Purpose.EMERGENCY_ALERT, False),
        (Purpose.HELP_REPLY, False),
        (Purpose.OPT_OUT_CONFIRMATION, False),
        (Purpose.CARE_CONVERSATION, False),
        (Purpose.ONE_TIME_CODE, False),
    ],
)
def test_what_counts(purpose: Purpose, counts: bool) -> None:  # noqa: FBT001 - a column
    """Emergencies, protocol answers and answers to a patient's own text neither wait nor count."""
    assert VolumePlan.counts(purpose) is counts


def test_scopes_of_a_pause() -> None:
    """A pause names what it stops; a purpose of one's own is passed itself."""
    own = Purpose("pickup_ready", MessageClass.TRANSACTIONAL, "care")

    assert scope_of("all") == "all"
    assert scope_of("promotion") == "promotion"
    assert scope_of(own) == "pickup_ready"
    for wrong in ("promotions", "", None, 3, Purpose("all", MessageClass.MARKETING, "care")):
        with pytest.raises(InvalidInput, match="scope of a pause"):
            scope_of(wrong)  # type: ignore[arg-type]
    for blank in ("by", "reason"):
        with pytest.raises(InvalidInput, match=f"^{blank} is empty"):
            Pause(**{"scope": "all", "by": "it", "reason": "x", "since": _NOON} | {blank: " "})


_NOON = datetime(2026, 11, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize("scope", ["all", "marketing", "appointment_reminder"])
@pytest.mark.parametrize("message_class", list(MessageClass))
def test_what_a_pause_stops(scope: str, message_class: MessageClass) -> None:
    """Everything, promotions by content, or one purpose; never an answer to STOP or HELP."""
    stopped = Pause.stops(scope, Purpose.APPOINTMENT_REMINDER, message_class)
    protocol = message_class is MessageClass.PROTOCOL
    sells = message_class is MessageClass.MARKETING

    assert stopped is (not protocol and (scope != "marketing" or sells))
    assert not Pause.stops("recall", Purpose.APPOINTMENT_REMINDER, message_class)


def test_caps_of_a_class() -> None:
    """A cap counts both classes or one, and is for no other."""
    hours = timedelta(hours=24)
    both = PracticeCap(count=1, within=hours)
    sells = PracticeCap(count=1, within=hours, marketing_only=True)
    informs = PracticeCap(count=1, within=hours, message_class="transactional")

    kinds = (MessageClass.TRANSACTIONAL, MessageClass.MARKETING)
    assert [[cap.counts(kind) for kind in kinds] for cap in (both, sells, informs)] == [
        [True, True],
        [False, True],
        [True, False],
    ]
    for wrong in ({"message_class": "emergency"}, {"message_class": "transactional"}):
        only = "transactional" in wrong.values()
        with pytest.raises(InvalidInput, match="none that it can count"):
            PracticeCap(count=1, within=hours, marketing_only=only, **wrong)


@settings(deadline=None)
@given(PLANS, st.floats(0.05, 1), st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_campaign_leaves_each_day_the_rest(
    plan: VolumePlan, share: float, sells: list[bool]
) -> None:
    """Promotions take no more than their share of a day, however many come, and get a place."""
    plan, book = evolve(plan, marketing_share=share), Book()
    at, sold, all_ = START_OF_PLANS, Counter[date](), Counter[date]()
    for each in sells:
        place = book.give(plan, CHICAGO, at, sells=each)
        assert place is not None
        sold[place.day] += each
        all_[place.day] += 1
    for day, count in sold.items():
        today = plan.on(day, CHICAGO)
        assert today is not None
        if today.most is not None:
            assert count <= max(1, today.most * share + 1)
            assert all_[day] <= today.most


def test_a_booking_finds_room_beside_a_campaign() -> None:
    """Half of each day stays for care unless somebody says otherwise."""
    plan, book = VolumePlan(texts_per_day=10), Book()
    days = [book.give(plan, CHICAGO, START_OF_PLANS, sells=True) for _ in range(30)]
    per_day = Counter(place.day for place in days if place is not None)
    assert set(per_day.values()) == {5}
    booking = book.give(plan, CHICAGO, START_OF_PLANS)
    assert booking is not None
    assert booking.at == START_OF_PLANS

    hours = VolumePlan(replies_per_day=8, expected_reply_rate=1, staffed="09:00-17:00")
    afternoon = datetime(2026, 6, 1, 19, tzinfo=UTC)  # two in Chicago
    sold = [Book().give(hours, CHICAGO, afternoon, sells=each) for each in (True, False)]
    assert [place and place.at for place in sold] == [afternoon, afternoon], "of what is left"
    later = Book()
    at = [later.give(hours, CHICAGO, afternoon, sells=True) for _ in range(3)]
    assert [place and place.day.day for place in at] == [1, 1, 2]
    care = later.give(hours, CHICAGO, afternoon)
    assert care is not None
    assert care.day.day == 1

    all_of_it, full = VolumePlan(texts_per_day=10, marketing_share=1), Book()
    for _ in range(10):
        full.give(all_of_it, CHICAGO, START_OF_PLANS, sells=True)
    late = full.give(all_of_it, CHICAGO, START_OF_PLANS)
    assert late is not None
    assert late.at > START_OF_PLANS
