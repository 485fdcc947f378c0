"""How long records are kept: floors of law, what a practice may choose, and the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.retention import (
    RecordClass,
    Retention,
    Span,
    classes,
    floors,
    may_purge,
    purged_until,
)
from compliant_sms.rules import Certainty, Pack, Rulebook
from compliant_sms.rules.rows import Limit
from conftest import MORNING

BOOK = Rulebook()
# One state's floor, and a floor of the whole country.
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def ask(record: str, age: timedelta, **more: Any) -> Any:
    return may_purge(record, made_at=MORNING - age, at=MORNING, **more)


def years(count: float) -> timedelta:
    return timedelta(days=365.25 * count)


def test_every_class_is_in_the_table_and_explained() -> None:
    """The enumeration and the data agree; floors exist in the packs, with a source."""
    known = {row.id: row for pack in BOOK.all_packs for row in pack.of(Limit)}

    assert {*classes()} == {*RecordClass}
    for row in classes().values():
        assert row.why.strip()
        assert row.title.strip()
        for floor in row.floors:
            assert known[floor].unit in {"days", "months", "years"}
            assert known[floor].certainty is not Certainty.UNKNOWN


def test_no_default_lies_below_a_floor() -> None:
    """The defaults can be used as they are, wherever people live."""
    for record in RecordClass:
        purged_until(record, at=MORNING, retention=Retention(), rulebook=BOOK)


def test_suppressions_never_expire() -> None:
    """Not after a floor, not after a century (P-DNC-1)."""
    for record in ("text_opt_out", "do_not_call_request", "consent_event", "audit_event"):
        decision = ask(record, years(100))
        assert (decision.allowed, decision.code, decision.until) == (False, "never-purged", None)
        with pytest.raises(InvalidInput, match="never dropped"):
            Retention(keep={record: "20 years"})


def test_a_practice_can_keep_longer_and_shorter_down_to_the_floor() -> None:
    """Longer holds; shorter holds above the floor; below it nothing is decided at all."""
    longer = Retention(keep={"decision": "8 years"})
    shorter = Retention(keep={"text_body": "90 days"})
    too_short = Retention(keep={"decision": "2 years"})

    assert ask("decision", years(7)).allowed
    kept = ask("decision", years(7), retention=longer)
    assert (kept.allowed, kept.code) == (False, "retention-period")
    assert kept.until == MORNING - years(7) + timedelta(days=8 * 365 + 2)
    assert ask("text_body", timedelta(days=91), retention=shorter).allowed
    assert not ask("text_body", timedelta(days=91)).allowed
    with pytest.raises(ConfigurationError, match=r"decision would be kept for 2 years.* 6 years"):
        ask("decision", years(7), retention=too_short)
    with pytest.raises(ConfigurationError, match="P-KEEP-1"):
        ask("text_body", years(7), retention=Retention(keep={"text_body": "1 day"}))


def test_a_pack_of_ones_own_raises_a_floor() -> None:
    """The longer of two binds, whoever's it is."""
    row = """
    pack = "ours"
    edition = "1"
    title = "Ours"

    [[limit]]
    id = "hipaa-retention"
    value = {years}
    unit = "years"
    source = "memo of counsel"
    certainty = "policy"
    """
    law = {
        each: Rulebook(packs=[Pack.parse(row.format(years=each), "ours.toml")]) for each in (3, 9)
    }
    policy = Retention(keep={"decision": "6 years"})

    assert not ask("decision", years(5), retention=policy, rulebook=law[3]).allowed
    assert ask("decision", years(7), retention=policy, rulebook=law[3]).allowed
    with pytest.raises(ConfigurationError, match=r"must be for 9 years \(memo of counsel\)"):
        ask("decision", years(7), retention=policy, rulebook=law[9])


def test_the_floor_that_lasts_longest_is_named() -> None:
    """With its citation, and until when."""
    decision = ask("text_opt_out", years(1), states=["VA"])

    assert decision.code == "retention-floor-10y"
    assert "59.1-5" in decision.citation
    assert decision.until == datetime(2035, 11, 30, 10, 0, tzinfo=UTC)


def test_where_nobody_knows_the_state_every_state_binds() -> None:
    """A state's floor falls away only where the state is known to be another one."""
    assert ask("text_opt_out", years(9)).code == "retention-floor-10y"
    assert ask("text_opt_out", years(9), states=["IL", "VA"]).code == "retention-floor-10y"
    assert ask("text_opt_out", years(9), states=["IL"]).code == "never-purged"


def test_floors_are_dated() -> None:
    """Virginia's ten years bind from 2026 on."""
    before = datetime(2025, 12, 31, tzinfo=UTC)
    citations = [
        [f.citation for f in floors(RecordClass.TEXT_OPT_OUT, at=at, rulebook=BOOK)]
        for at in (before, MORNING)
    ]

    assert [any("Va." in each for each in found) for found in citations] == [False, True]


def test_a_pack_of_your_own_cannot_take_a_floor_away() -> None:
    """Rows of the library stay in force beside it."""
    pack = Pack.parse(
        'pack = "mine"\nedition = "1"\ntitle = "Mine"\n[[limit]]\nid = "x"\nvalue = 1\n'
        'unit = "days"\nsource = "us"\ncertainty = "policy"\n',
        "mine.toml",
    )
    found = ask("decision", years(5), rulebook=Rulebook(packs=(pack,)))

    assert found.code == "retention-floor-6y"


def test_documents_count_from_the_last_day_in_effect() -> None:
    """45 CFR 164.316(b)(2)(i): from creation or the last day in effect, whichever is later."""
    made, ended = MORNING - years(20), MORNING - years(5)
    decision = may_purge("hipaa_policy_document", made_at=made, last_in_effect=ended, at=MORNING)

    assert (decision.allowed, decision.code) == (False, "retention-floor-6y")


@given(made=INSTANTS, at=INSTANTS)
def test_until_is_the_first_instant_or_later(made: datetime, at: datetime) -> None:
    """What must stay until an instant may go a day after it, and never before it."""
    kept = Retention(keep={"inbound_body": "1 year"})
    decision = may_purge("inbound_body", made_at=made, at=at, retention=kept, rulebook=BOOK)
    limit = purged_until(RecordClass.INBOUND_BODY, at=at, retention=kept, rulebook=BOOK)

    assert decision.allowed == (limit is not None and made <= limit)
    if decision.until is not None:
        later, sooner = decision.until + timedelta(days=1), decision.until - timedelta(seconds=1)
        ends = [
            may_purge("inbound_body", made_at=made, at=when, retention=kept, rulebook=BOOK).allowed
            for when in (sooner, later)
        ]
        # The floor may end before the practice's own time does.
        assert ends[0] is False
        assert ends[1] or decision.code.startswith("retention-floor")


@pytest.mark.parametrize(
    ("written", "before"),
    [
        ("1 year", date(2025, 11, 30)),
        ("6 years", date(2020, 11, 30)),
        ("18 months", date(2025, 5, 30)),
        ("90 days", date(2026, 9, 1)),
    ],
)
def test_spans_count_as_the_calendar_does(written: str, before: date) -> None:
    """Years, months and days; written back as they came."""
    span = Retention(keep={"text_body": written}).keep[RecordClass.TEXT_BODY]

    assert span.before(MORNING).date() == before
    assert str(span) == written
    assert Retention(keep={"text_body": span}) == Retention(keep={"text_body": written})


@pytest.mark.parametrize("written", ["", "6", "six years", "0 days", "-1 year", "6 weeks"])
def test_what_says_no_length_is_refused(written: str) -> None:
    """And so is a unit that nobody counts records in."""
    with pytest.raises(InvalidInput):
        Retention(keep={"text_body": written})
    with pytest.raises(InvalidInput):
        Span(6, "weeks")


@pytest.mark.parametrize("written", ["9999 years", "2500 years", "8000 years"])
def test_longer_than_any_calendar_is_for_ever(written: str) -> None:
    """So people write that nothing shall go; it is no crash of the purge."""
    policy = Retention(keep={"text_body": written})
    span = policy.keep[RecordClass.TEXT_BODY]

    assert span.before(MORNING.replace(tzinfo=None)).year == 1  # a wall clock has no zone
    assert span.after(datetime.max.replace(tzinfo=UTC)) == datetime.max.replace(tzinfo=UTC)
    decision = may_purge("text_body", made_at=MORNING, at=MORNING, retention=policy)
    assert not decision.allowed
    assert purged_until(
        RecordClass.TEXT_BODY, at=MORNING, retention=policy, rulebook=Rulebook()
    ) == datetime.min.replace(tzinfo=UTC)


def test_leap_days_never_shorten_a_floor() -> None:
    """29 February counts as the 28th when going back, so that nothing goes a day early."""
    made = datetime(2024, 2, 29, 12, tzinfo=UTC)
    policy = Retention(keep={"text_body": "1 year"})
    allowed = [
        may_purge(
            "text_body",
            made_at=made,
            at=datetime(2025, month, day, 12, tzinfo=UTC),
            retention=policy,
        ).allowed
        for month, day in [(2, 28), (3, 1)]
    ]

    assert allowed == [False, True]
