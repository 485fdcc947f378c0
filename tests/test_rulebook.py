"""What the rules add up to: verdicts, holds, replay, waivers, overrides and rules of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.classification import ContentLabel
from compliant_sms.errors import ConfigurationError, InvalidInput, InvalidPack
from compliant_sms.people import Profile
from compliant_sms.phi import ContentTier, beyond
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.rules import (
    RULES,
    Decision,
    Edition,
    Facts,
    Finding,
    InForce,
    OptOutShown,
    Override,
    Pack,
    PracticeCap,
    Readings,
    RevocationScope,
    Rule,
    Rulebook,
    SentBefore,
    Settings,
    allow,
    block,
    hold,
    load_pack,
    read,
)
from compliant_sms.rules.rows import HoursRow
from compliant_sms.waiver import Waiver
from facts_strategy import FACTS, SETTINGS
from test_rules import (
    ALLOW,
    BLOCK,
    COUNSEL,
    DAY,
    HOLD,
    HOUR,
    LAKESIDE,
    NIGHT,
    NOON,
    NOTHING,
    NUMBER,
    PEC,
    PROMOTES,
    SSN,
    TICK,
    agreed,
    facts,
    past,
    places,
    states,
    stopped,
)

# The same examples each time, however long they take.
STEADY = trials(derandomize=True, deadline=None)
SEVERITY = [ALLOW, HOLD, BLOCK]
NAMES = [rule.id for rule in RULES]
MORNING = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)


def waive(rule: str) -> Waiver:
    """Make a waiver of a rule."""
    return Waiver(of=rule, **COUNSEL)  # type: ignore[arg-type]


def codes(findings: Iterable[Finding]) -> list[str]:
    """Name what was found."""
    return [finding.code for finding in findings]


def strictness(decision: Decision) -> tuple[int, datetime]:
    """Say how strict an answer is; of two holds the longer is the stricter."""
    return SEVERITY.index(decision.verdict), decision.until or NOON


def test_a_text_within_consent_may_go() -> None:
    """A permitted text is allowed, and the record names the consent that it relies on."""
    decision = Rulebook().decide(facts())

    assert decision.verdict is ALLOW
    assert decision.relied_on == "g-1"
    assert decision.until is None
    assert decision.reasons == ()
    assert codes(decision.findings) == ["prior-express-consent"]


def test_all_reasons_come_at_once() -> None:
    """A front desk sees every reason against a text in one answer, in the order of the law."""
    decision = Rulebook().decide(
        facts(
            **PROMOTES,
            consent=stopped(),
            zones=(),
            readings=Readings(phi=(SSN,)),
            sender=evolve(LAKESIDE, business_associate=False),
        )
    )

    assert codes(decision.reasons) == [
        "revoked",
        "no-business-associate-agreement",
        "direct-identifier-in-body",
        "dnc-scrub-stale",
        "recipient-location-unknown",
    ]


def test_the_latest_of_several_holds_counts() -> None:
    """Several rules hold; the text goes when all of them permit it together."""
    often = past(HOUR, HOUR, HOUR)
    text = facts(**PROMOTES, states=states("FL"), sent=often)
    night = facts(at=NIGHT, **PROMOTES, sent=SentBefore(texts=often.texts), states=states("FL"))
    released = NOON + 23 * HOUR
    in_honolulu = evolve(text, zones=places("Pacific/Honolulu", "America/Chicago"))

    assert Rulebook().decide(text).until == released
    assert codes(Rulebook().decide(night).reasons) == [
        "frequency-cap",
        "quiet-hours",
        "quiet-hours",
    ]
    assert Rulebook().decide(night).until == released
    # 17:00 UTC is 7:00 in Honolulu, so the hours there add an hour.
    assert Rulebook().decide(in_honolulu).until == released + HOUR


CLOSED_IN_TURNS = """
pack = "closed-{half}"
edition = "1"
title = "A window that never meets another"
country = "US"

[[hours]]
id = "{half}"
states = ["{state}"]
monday_to_friday = "{hours}"
saturday = "none"
sunday = "none"
source = "ordinance of {half}"
certainty = "policy"
"""


def test_rules_that_never_agree_refuse() -> None:
    """Where each rule has hours of its own and none are common, a text is not held for ever."""
    halves = [("early", "CO", "08:00-12:00"), ("late", "DE", "12:00-16:00")]
    packs = tuple(
        Pack.parse(CLOSED_IN_TURNS.format(half=half, state=state, hours=hours), f"{half}.toml")
        for half, state, hours in halves
    )
    law = Rulebook(packs=packs)
    decision = law.decide(facts(at=NIGHT, **PROMOTES, states=states("CO", "DE")))

    assert decision.verdict is BLOCK
    assert decision.until is None
    assert codes(decision.reasons)[-1] == "no-common-hours"
    assert "ordinance of early; ordinance of late" in decision.reasons[-1].citation
    assert law.decide(facts(at=NIGHT, **PROMOTES, states=states("CO"))).verdict is HOLD
    federal = Rulebook().decide(facts(at=NIGHT, **PROMOTES, states=states("CO")))
    assert [finding.rule for finding in federal.reasons] == ["quiet-hours-federal"]


def test_a_subset_of_rules_can_be_asked() -> None:
    """Only the named rules speak, and the record says which they were."""
    known = facts(**PROMOTES, consent=NOTHING, zones=())
    decision = Rulebook().decide(known, rules=["location-known", "consent"])

    assert [finding.rule for finding in decision.findings] == ["consent", "location-known"]
    assert decision.asked == ("consent", "location-known")
    assert Rulebook().decide(known).asked is None
    assert decision.replay() == decision
    with pytest.raises(ConfigurationError, match=r"no rule quiet-hour\. Name one of: declared"):
        Rulebook().decide(known, rules=["consent", "quiet-hour"])


def test_the_law_of_a_day_is_made_once() -> None:
    """One day's data serves all texts of that day, and no more days are kept than are of use."""
    law = Rulebook()
    first = law.at(NOON)

    assert law.at(NOON + HOUR) is first
    assert isinstance(first, InForce)
    for count in range(200):
        assert law.at(NOON + count * DAY).day == (NOON + count * DAY).date()
        assert len(law._laws) <= 64


def test_facts_have_no_naive_instant() -> None:
    """The instant of a decision is aware, and kept in UTC."""
    with pytest.raises(InvalidInput, match="time zone"):
        facts(at=datetime(2026, 11, 30, 12, 0))  # noqa: DTZ001 - what is refused

    assert facts(at=NOON.astimezone(ZoneInfo("Asia/Kolkata"))).at.tzinfo is UTC


def test_a_rulebook_knows_where_people_may_be() -> None:
    """It puts together what the number and the profile tell."""
    of_number = Rulebook().whereabouts(NUMBER)
    of_profile = Rulebook().whereabouts(NUMBER, Profile(time_zone="Pacific/Honolulu", state="HI"))

    assert [zone.name for zone in of_number.zones] == ["America/Chicago"]
    assert [state.code for state in of_number.states] == ["IL"]
    assert [zone.name for zone in of_profile.zones] == ["Pacific/Honolulu", "America/Chicago"]
    assert [state.code for state in of_profile.states] == ["HI", "IL"]
    assert Rulebook().whereabouts(PhoneNumber("+18005550123")).zones == ()


# Replay

NO_SUNDAYS = Override(
    row="hours-il",
    values={"sunday": "none", "effective_from": date(2020, 1, 1)},
    waiver=waive("hours-il"),
)
BOOKS = st.builds(
    Rulebook,
    SETTINGS,
    jurisdictions=st.sampled_from([("us", "ca", "uk", "au", "carriers"), ("us",)]),
    overrides=st.sampled_from([(), (NO_SUNDAYS,)]),
    waivers=st.sampled_from([(), (waive("consent"), waive("do-not-call"))]),
)


@STEADY
@given(FACTS, BOOKS, st.none() | st.sets(st.sampled_from(NAMES)))
def test_a_decision_replays_from_its_record(
    known: Facts, law: Rulebook, asked: set[str] | None
) -> None:
    """What is read back from the record is equal, and decides the same again to the last word."""
    decision = law.decide(known, asked)
    record = records.encode(decision)
    back = records.decode(record, Decision)

    assert back == decision
    assert back.replay() == decision
    assert records.encode(back) == record


@pytest.mark.parametrize(
    ("edition", "missing"),
    [
        (Edition(packs=("us-1999.01",)), "us-1999.01"),
        (Edition(packs=("us-1999.01", "ours-7")), "us-1999.01, ours-7"),
        (Edition(packs=(load_pack().id,), rules=("no-mondays",)), "no-mondays"),
    ],
)
def test_another_edition_does_not_replay(edition: Edition, missing: str) -> None:
    """A record of rules that are not installed is refused, and the error names them all."""
    decision = evolve(Rulebook().decide(facts()), edition=edition)

    with pytest.raises(ConfigurationError, match=f"made under {missing}, which") as caught:
        decision.replay()

    assert load_pack().id in str(caught.value)


def test_a_decision_replays_with_packs_and_rules_of_ones_own() -> None:
    """What is the user's own is passed again, and found by its name."""
    text = CLOSED_IN_TURNS.format(half="early", state="CO", hours="08:00-12:00")
    mine, other = Pack.parse(text, "a.toml"), Pack.parse(text.replace('"1"', '"2"'), "b.toml")
    law = Rulebook(jurisdictions=("us",), packs=(mine,), rules=(NO_MONDAYS,))
    decision = law.decide(facts(at=NIGHT, **PROMOTES, states=states("CO")))

    assert [name.partition("+")[0] for name in decision.edition.packs] == [
        "us-2026.11",
        "closed-early-1",
    ]
    assert decision.edition.rules == ("no-mondays",)
    assert decision.replay(packs=[other, mine], rules=[NO_MONDAYS]) == decision
    with pytest.raises(ConfigurationError, match=r"closed-early-1\+[0-9a-f]{12}, no-mondays"):
        decision.replay(packs=[other])


def test_a_record_is_short() -> None:
    """What is as usual is left out of the record of a decision."""
    record = records.encode(Rulebook().decide(facts(consent=agreed(PEC))))

    assert len(record) < 1200
    assert b"opt_out" not in record
    assert b"courtesy" not in record


def test_a_decision_shows_no_number() -> None:
    """The repr of a decision shows the number masked."""
    assert "5550134" not in repr(Rulebook().decide(facts()))


# Waivers


def test_a_waiver_is_recorded_and_shown() -> None:
    """A waived rule still speaks, permits, and says who answers for that."""
    law = Rulebook(waivers=(waive("consent"),))
    decision = law.decide(facts(consent=NOTHING))
    [finding] = decision.findings

    assert decision.verdict is ALLOW
    assert decision.edition.waivers == (waive("consent"),)
    assert finding.code == "prior-express-consent-required"
    assert finding.words.startswith(
        "Waived by counsel:j.ortiz on 2026-11-01: Counsel looked at it. Otherwise: No consent"
    )
    assert finding.remedy == ""
    assert decision.replay() == decision


def test_a_waived_hold_holds_nothing() -> None:
    """Without the courtesy window a text goes at night, and other holds stay."""
    law = Rulebook(
        Settings(caps=(PracticeCap(count=1, within=DAY),)), waivers=(waive("courtesy-window"),)
    )
    held = law.decide(facts(at=NIGHT, sent=past(HOUR)))

    assert law.decide(facts(at=NIGHT)).verdict is ALLOW
    assert law.decide(facts(at=NIGHT)).findings[-1].until is None
    assert held.until == NOON + 23 * HOUR
    assert codes(held.reasons) == ["practice-cap"]


def test_a_waiver_leaves_permissions_alone() -> None:
    """What permits a text is told as ever."""
    law = Rulebook(waivers=(waive("consent"),))

    assert law.decide(facts()).findings == Rulebook().decide(facts()).findings


NEVER_WAIVED = {
    "revocation",
    "opt-out-confirmation",
    "confidential-communication",
    "declared-purpose",
    "frequency-promised",
    "volume-plan",
    "not-production",
}


@pytest.mark.parametrize("rule", NAMES)
def test_no_waiver_lifts_a_revocation(rule: str) -> None:
    """Whatever else is waived, who said STOP gets nothing more."""
    if rule in NEVER_WAIVED:
        with pytest.raises(ConfigurationError, match=f"waiver of '{rule}' is not possible"):
            Rulebook(waivers=(waive(rule),))
        return
    law = Rulebook(waivers=(waive(rule),))

    assert law.decide(facts(consent=stopped())).verdict is BLOCK
    assert law.decide(facts(recipient=Profile(no_sms=True))).verdict is BLOCK


def test_an_unknown_rule_cannot_be_waived() -> None:
    """A waiver of nothing is refused, and the error lists what there is."""
    with pytest.raises(
        ConfigurationError, match="waiver of 'quiet-hours' is not possible"
    ) as caught:
        Rulebook(waivers=(waive("quiet-hours"),))

    assert "quiet-hours-federal" in str(caught.value)
    assert ", revocation" not in str(caught.value)


@STEADY
@given(FACTS, st.lists(st.sampled_from(NAMES), unique=True))
def test_a_waiver_lifts_its_own_rule_only(known: Facts, waived: list[str]) -> None:
    """All other rules decide as if there were no waiver."""
    possible = [name for name in waived if name not in NEVER_WAIVED]
    law = Rulebook(waivers=tuple(evolve(waive(name), on=date.min) for name in possible))
    rest = [name for name in NAMES if name not in possible]

    assert law.decide(known).verdict is Rulebook().decide(known, rest).verdict
    assert law.decide(known).until == Rulebook().decide(known, rest).until


@pytest.mark.parametrize("name", ["of", "reason", "by"])
@pytest.mark.parametrize("blank", ["", " \n"])
def test_a_waiver_can_be_asked_about(name: str, blank: str) -> None:
    """A waiver without a reason or a person is none."""
    with pytest.raises(InvalidInput, match=f"^{name} is empty"):
        evolve(waive("consent"), **{name: blank})


# What a practice chooses


@pytest.mark.parametrize(
    ("count", "within"),
    [(0, DAY), (-1, DAY), (1, timedelta(0)), (1, -HOUR), (1, 7 * DAY + TICK)],
)
def test_a_cap_that_cannot_be_kept_is_refused(count: int, within: timedelta) -> None:
    """A cap lets something through, and looks back a week at most."""
    with pytest.raises(InvalidInput, match="at most seven days"):
        PracticeCap(count=count, within=within)

    assert PracticeCap(count=1, within=7 * DAY).within == 7 * DAY


def test_caps_of_earlier_records_are_read() -> None:
    """What counted for a number or for a yes then counts in the record of the decision."""
    cap = PracticeCap(count=3, within=DAY, marketing_only=True)
    kept = records.unstructure(cap) | {"count": 3.0, "marketing_only": "yes"}

    assert records.structure(kept, PracticeCap) == cap


def test_settings_are_read_as_people_write_them() -> None:
    """Hours and words of a list may be texts; what is none is refused."""
    written = Settings(courtesy_window="09:00-17:30", revocation_scope="category")  # type: ignore[arg-type]

    assert str(written.courtesy_window) == "09:00-17:30"
    assert written.revocation_scope is RevocationScope.CATEGORY
    with pytest.raises(InvalidInput, match="hours are written as"):
        Settings(courtesy_window="9 to 5")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="everything, category"):
        Settings(revocation_scope="some")  # type: ignore[arg-type]


# What is read in a body


def test_a_body_is_read_for_the_rules() -> None:
    """All that the rules need to know of a body, and nothing of the body itself."""
    practice = Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        link_domains=("lakeside.example",),
    )
    body = (
        "Lakeside Family Medicine: Ana, see you Tue 2:30 PM. https://lakeside.example/a "
        "Reply STOP to opt out."
    )
    said = read(body, practice)
    sold = read("20% off teeth whitening this week only! SSN 219-09-9998", practice)

    assert (said.characters, said.segments) == (len(body), 1)
    assert said.content is ContentLabel.TRANSACTIONAL
    assert not said.sells
    assert said.names_sender
    assert said.opt_out is OptOutShown.BY_AUTHOR
    assert [link.host for link in said.links] == ["lakeside.example"]
    assert [str(finding.label) for finding in said.phi] == ["NAME", "DATE"]
    assert beyond(said.phi, ContentTier.MINIMUM) == ()
    assert sold.sells
    assert sold.opt_out is OptOutShown.NO
    assert not sold.names_sender
    assert [str(finding.label) for finding in sold.phi] == ["SSN"]
    assert not any(word in repr((said, sold)) for word in ("Ana", "whitening", "219-09"))


# Overrides


def test_an_override_changes_a_row() -> None:
    """A practice's change of a row decides, is on record, and replays."""
    sunday = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
    law = Rulebook(overrides=(NO_SUNDAYS,))
    decision = law.decide(facts(at=sunday, **PROMOTES, lookups=facts().lookups))

    assert Rulebook().decide(facts(at=sunday, **PROMOTES)).verdict is ALLOW
    assert decision.until == datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    assert decision.edition.overrides == (NO_SUNDAYS,)
    assert records.decode(records.encode(decision), Decision).replay() == decision


def test_two_overrides_of_one_row_both_count() -> None:
    """Each changes its fields, of one field the later; the citation names whoever did so."""
    other = evolve(waive("hours-il"), by="board:a.cole")
    later = Override(row="us/hours-il", values={"saturday": "10:00-12:00"}, waiver=other)
    law = Rulebook(overrides=(NO_SUNDAYS, later))
    (row,) = (row for row in law.at(NOON).rows(HoursRow) if row.id == "hours-il")
    again = evolve(later, values={"sunday": "10:00-12:00"})
    (last,) = (
        row
        for row in Rulebook(overrides=(NO_SUNDAYS, again)).at(NOON).rows(HoursRow)
        if row.id == "hours-il"
    )

    assert (str(row.saturday), str(row.sunday)) == ("10:00-12:00", "none")
    assert row.source.count("changed by") == 2
    assert str(last.sunday) == "10:00-12:00"


@pytest.mark.parametrize(
    "values",
    [
        {"effective_from": date(2020, 1, 1)},
        {"effective_from": "2020-01-01"},
        {"states": ("IL", "WI")},
        {"states": ["IL", "WI"]},
        {"sunday": "10:00-12:00", "note": "asked for by the board"},
    ],
)
def test_an_override_is_kept_as_it_is(values: dict[str, object]) -> None:
    """Whatever form its values have, the record gives back an equal override."""
    override = Override(row="hours-il", values=values, waiver=waive("hours-il"))

    assert records.decode(records.encode(override), Override) == override
    assert hash(override) == hash(records.decode(records.encode(override), Override))


def test_an_override_of_nothing_is_refused() -> None:
    """An override names a row that there is, and leaves a row that can be used."""
    unknown = Override(row="hours-xx", values={"sunday": "none"}, waiver=waive("hours-xx"))
    broken = Override(row="hours-il", values={"sunday": "8 to 9"}, waiver=waive("hours-il"))

    with pytest.raises(ConfigurationError, match="the row hours-xx, which no pack has"):
        Rulebook(overrides=(unknown,))
    with pytest.raises(InvalidPack, match="hours-il"):
        Rulebook(overrides=(broken,))
    with pytest.raises(ConfigurationError, match="the row hours-il"):
        Rulebook(jurisdictions=("carriers",), overrides=(NO_SUNDAYS,))


@pytest.mark.parametrize("name", ["jurisdictions", "packs", "overrides", "waivers", "rules"])
def test_one_string_is_no_list(name: str) -> None:
    """A string given for a list would be read letter by letter, so it is refused by name."""
    given: dict[str, Any] = {name: "us"}

    with pytest.raises(InvalidInput, match=f"{name} of a Rulebook is one string"):
        Rulebook(**given)


# Rules of one's own


def _no_mondays(known: Facts, law: InForce) -> list[Finding]:
    if law.day.weekday() != 0:
        return []
    after = (known.at + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    return [hold("no-mondays", "monday", "It is Monday.", "house rule 1", until=after)]


def _no_words(_: Facts, __: InForce) -> None:
    """Find nothing, and return nothing."""


def test_a_rule_that_returns_nothing_says_nothing() -> None:
    """A function that only says what it finds need not end with an empty list."""
    law = Rulebook(rules=(Rule("no-words", _no_words),))

    assert law.decide(facts()).findings == Rulebook().decide(facts()).findings


def test_a_waiver_counts_from_its_day_on() -> None:
    """What somebody will decide next year lets nothing through today."""
    waiver = waive("consent")
    begins = datetime.combine(waiver.on, datetime.min.time(), UTC)
    law = Rulebook(waivers=(waiver,))
    verdicts = [
        law.decide(facts(at=at, consent=NOTHING), rules=["consent"]).verdict
        for at in (begins - DAY, begins - 14 * HOUR, begins, NOON)
    ]

    assert verdicts == [BLOCK, ALLOW, ALLOW, ALLOW]


NO_MONDAYS = Rule("no-mondays", _no_mondays, may_hold=True)


def test_a_rule_of_ones_own_holds_like_any_other() -> None:
    """It is asked after the library's, named in the record, and asked again at its own end."""
    law = Rulebook(rules=(NO_MONDAYS,))
    decision = law.decide(facts())

    assert law.decide(facts(at=MORNING)).verdict is ALLOW
    assert [finding.rule for finding in decision.findings] == ["consent", "no-mondays"]
    # Midnight in UTC is 18:00 in Chicago.
    assert decision.until == datetime(2026, 12, 1, tzinfo=UTC)
    assert law.decide(facts(at=NIGHT - DAY)).until == datetime(2026, 12, 1, tzinfo=UTC)
    assert law.decide(facts(), rules=["no-mondays"]).asked == ("no-mondays",)
    assert (
        Rulebook(rules=(NO_MONDAYS,), waivers=(waive("no-mondays"),)).decide(facts()).verdict
        is ALLOW
    )


SAID = st.lists(
    st.sampled_from(
        [
            allow("own", "fine", "Fine.", "house rule 2"),
            block("own", "bad", "Bad.", "house rule 2", "Do better."),
            hold("own", "later", "Later.", "house rule 2", until=datetime(2026, 7, 4, tzinfo=UTC)),
        ]
    ),
    max_size=2,
)


@STEADY
@given(FACTS, SAID, st.booleans())
def test_a_rule_of_ones_own_makes_policy_stricter_only(
    known: Facts,
    said: list[Finding],
    may_hold: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever it says, the answer is at least as strict as without it."""
    mine = Rule("own", lambda *_: said, may_hold=may_hold)

    assert strictness(Rulebook(rules=(mine,)).decide(known)) >= strictness(Rulebook().decide(known))


@pytest.mark.parametrize("ends", [None, timedelta(0), -HOUR, timedelta(days=400), TICK])
@pytest.mark.parametrize("may_hold", [True, False])
def test_a_hold_that_never_ends_refuses(ends: timedelta | None, may_hold: bool) -> None:  # noqa: FBT001 - a column
    """A rule that holds without end, or again and again, does not hang a program."""

    def always(known: Facts, _: InForce) -> list[Finding]:
        until = None if ends is None else known.at + ends
        said = block("always", "held", "Held.", "house rule 3", "Nothing.")
        return [evolve(said, verdict=HOLD, until=until)]

    decision = Rulebook(rules=(Rule("always", always, may_hold=may_hold),)).decide(facts())
    once = ends == TICK and not may_hold

    endless = Rulebook(rules=(Rule("always", always, may_hold=may_hold),)).decide(facts(at=NIGHT))

    assert (endless.verdict is BLOCK) == (may_hold or ends in {None, timedelta(days=400)})
    assert decision.verdict is (HOLD if once else BLOCK)
    assert codes(decision.reasons) == ["held"] if once else ["held", "no-common-hours"]


def test_two_rules_have_two_ids() -> None:
    """A rule of one's own cannot stand in for one of the library's, or for another."""
    nothing = Rule("consent", lambda *_: ())

    with pytest.raises(ConfigurationError, match="two rules have the same id"):
        Rulebook(rules=(nothing,))
    with pytest.raises(ConfigurationError, match="two rules have the same id"):
        Rulebook(rules=(NO_MONDAYS, NO_MONDAYS))
