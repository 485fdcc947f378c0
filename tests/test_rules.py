"""The rulebook: shared vectors, every rule by itself, hours around the clock changes, replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import Category, ConsentState, LiveGrant, Tier
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.phi import PhiFinding, PhiLabel
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import (
    CandidateZone,
    Decision,
    Facts,
    Finding,
    ReplyFacts,
    Rulebook,
    Settings,
    Verdict,
    candidate_zones,
)
from compliant_sms.rules._pack import load_pack
from compliant_sms.rules._rules import RULES

# The same examples each time, however long they take.
STEADY = trials(derandomize=True, deadline=None)
# A Monday, noon in Chicago, and the night after it.
NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
MORNING_AFTER = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
NUMBER = PhoneNumber("+12175550134")
# A personal number says nothing of where somebody is.
PLACELESS = "+15005550123"
SSN = PhiFinding(start=4, end=15, label=PhiLabel.SSN, rule="ssn/form")
PURPOSES = sorted(
    (v for name in Purpose.__annotations__ if isinstance(v := getattr(Purpose, name, 0), Purpose)),
    key=lambda purpose: purpose.code,
)
SEVERITY = [Verdict.ALLOW, Verdict.HOLD, Verdict.BLOCK]


def zones(*names: str) -> tuple[CandidateZone, ...]:
    """Name the zones that a recipient may be in."""
    return tuple(CandidateZone(name, "profile") for name in names)


def agreed(tier: Tier, *categories: str, event_id: str = "g-1") -> ConsentState:
    """Make the consent of somebody who agreed to these categories, or to all of them."""
    if tier is Tier.NONE:
        return ConsentState()
    covered = tuple(sorted(categories or map(str, Category)))
    grant = LiveGrant(event_id=event_id, tier=tier, categories=covered, occurred_at=NOON)
    return ConsentState(grants=(grant,))


def revoked(at: datetime = NOON) -> ConsentState:
    """Make the consent of somebody who said STOP."""
    return ConsentState(revocation="r-1", revoked_at=at)


WRITTEN = agreed(Tier.PRIOR_EXPRESS_WRITTEN)


def facts(**changes: object) -> Facts:
    """Make the facts of a text that may go; any field can be replaced."""
    fields: dict[str, object] = {
        "at": NOON,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "number": NUMBER,
        "consent": WRITTEN,
        "zones": zones("America/Chicago"),
    }
    return Facts(**(fields | changes))  # type: ignore[arg-type]


def decide(**changes: object) -> Decision:
    """Decide about such a text under the default settings."""
    return Rulebook().decide(facts(**changes))


def reasons(decision: Decision) -> list[str]:
    """Name the rules that hold or block."""
    return [finding.rule for finding in decision.reasons]


# The shared vectors

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "rule-vectors.jsonl").read_bytes().splitlines()
]
LEFT_OUT = {
    "CN-005": "the carve-out for health care messages that advertise is not built",
    "CN-006": "as CN-005: there is no such class, nor a sender that is not a covered entity",
    "CN-007": "fundraising needs written consent here, stricter than the law asks of a nonprofit",
    "CN-012": "a reply within hours of the patient's own text needs a grant like any other text",
}
RUN = [vector for vector in VECTORS if vector["id"] not in LEFT_OUT]
VERDICTS = {"allow": Verdict.ALLOW, "defer": Verdict.HOLD, "block": Verdict.BLOCK}
TIERS = {
    "none": Tier.NONE,
    "prior_express": Tier.PRIOR_EXPRESS,
    "prior_express_written": Tier.PRIOR_EXPRESS_WRITTEN,
}
PURPOSE_BY_CLASS = {
    "telemarketing": Purpose.PROMOTION,
    "informational": Purpose.APPOINTMENT_REMINDER,
    "emergency": Purpose.EMERGENCY_ALERT,
    "opt_out_confirmation": Purpose.OPT_OUT_CONFIRMATION,
}
PURPOSE_BY_NAME = {
    "appointment_reminder": Purpose.APPOINTMENT_REMINDER,
    "appointment_reminder_with_offer": Purpose(
        "appointment_reminder_with_offer", MessageClass.MARKETING, Category.PROMOTIONS
    ),
    "billing_reminder": Purpose.BILLING,
    "emergency_recall": Purpose.EMERGENCY_ALERT,
    "office_closure": Purpose.ANNOUNCEMENT,
    "patient_survey": Purpose.PATIENT_SURVEY,
    "promotion": Purpose.PROMOTION,
}
# What each of the vectors' reasons is called here; None where no rule holds or blocks.
REASONS = {
    "confirmation_already_sent": "confirmation-already-sent",
    "courtesy_window": "courtesy-window",
    "emergency_purpose": None,
    "in_window": None,
    "late_confirmation": "late-confirmation",
    "not_telephone_solicitation": None,
    "opt_out_confirmation": None,
    "prior_express_consent": None,
    "prior_express_consent_required": "consent-tier",
    "prior_express_written_consent": None,
    "prior_express_written_consent_required": "consent-tier",
    "quiet_hours": "quiet-hours-federal",
    "recipient_location_unknown": "recipient-location-unknown",
    "within_five_minutes": None,
}


def translated(given: dict[str, Any]) -> tuple[Facts, Settings]:
    """Say in our words what a vector gives; what it does not mention passes."""
    recipient = given.get("recipient", {"timezone": "America/New_York"})
    area_code = recipient.get("area_code")
    number = PhoneNumber(f"+1{area_code}5550123" if area_code else PLACELESS)
    message_class = given.get("message_class", "opt_out_confirmation")
    received_at = given.get("opt_out_received_at")
    reply = received_at and ReplyFacts(
        received_at=datetime.fromisoformat(received_at),
        already_sent=given.get("confirmations_already_sent", 0),
    )
    at = given.get("now") or given.get("send_at") or "2026-11-24T16:00:00Z"
    courtesy = given.get("policy", {}).get("courtesy_window", True)
    return (
        Facts(
            at=datetime.fromisoformat(at),
            purpose=PURPOSE_BY_NAME.get(given.get("purpose", ""), PURPOSE_BY_CLASS[message_class]),
            number=number,
            consent=revoked(reply.received_at) if reply else agreed(TIERS[given["consent"]]),
            zones=candidate_zones(number, recipient.get("timezone")),
            reply=reply or None,
        ),
        Settings(courtesy_window=courtesy is not None),
    )


@pytest.mark.parametrize("vector", RUN, ids=lambda vector: vector["id"])
def test_vectors(vector: dict[str, Any]) -> None:
    """Decision, reason and first permitted instant are those of the shared vector."""
    expected = vector["expect"]
    until = expected.get("defer_until")
    known, settings = translated(vector["given"])
    decision = Rulebook(settings).decide(known)
    reason = REASONS[expected["reason"]]

    assert decision.verdict is VERDICTS[expected["decision"]]
    assert reasons(decision) == ([reason] if reason else [])
    assert decision.until == (until and datetime.fromisoformat(until))


def test_no_vector_is_forgotten() -> None:
    """Every vector of the file is run or left out for a reason, and the file is complete."""
    count = dict.fromkeys(("quiet_hours_federal", "consent_tier", "opt_out_confirmation"), 0)
    for vector in VECTORS:
        count[vector["rule"]] += 1

    assert count == {"quiet_hours_federal": 30, "consent_tier": 13, "opt_out_confirmation": 4}
    assert set(LEFT_OUT) <= {vector["id"] for vector in VECTORS}
    for vector in RUN:
        purpose = vector["given"].get("purpose")

        assert purpose is None or purpose in PURPOSE_BY_NAME


# Consent


def test_a_text_within_consent_may_go() -> None:
    """A permitted text is allowed, and the record names the consent that it relies on."""
    decision = decide()

    assert decision.verdict is Verdict.ALLOW
    assert decision.relied_on == "g-1"
    assert decision.until is None
    assert decision.reasons == ()
    assert [f.rule for f in decision.findings] == ["consent-tier"]
    assert "2026-11-30" in decision.findings[0].words


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
@pytest.mark.parametrize("tier", Tier)
def test_each_purpose_needs_its_tier(purpose: Purpose, tier: Tier) -> None:
    """A text may go exactly where a grant of its category reaches its tier."""
    reply = ReplyFacts(received_at=NOON)
    decision = decide(purpose=purpose, consent=agreed(tier), reply=reply)
    needs_consent = purpose.least_tier is not Tier.NONE
    enough = tier >= purpose.least_tier

    if purpose == Purpose.OPT_OUT_CONFIRMATION:
        assert reasons(decision) == ["confirmation-without-revocation"]
    else:
        assert reasons(decision) == ([] if enough else ["consent-tier"])
    assert decision.relied_on == ("g-1" if needs_consent and enough else None)


@pytest.mark.parametrize(
    ("purpose", "consent", "words", "citation"),
    [
        (Purpose.RECALL, agreed(Tier.NONE), "No consent", "47 CFR 64.1200(a)(1)"),
        (Purpose.PROMOTION, agreed(Tier.NONE), "No consent", "47 CFR 64.1200(a)(2), (f)(9)"),
        (
            Purpose.BILLING,
            agreed(Tier.PRIOR_EXPRESS, Category.CARE),
            "texts about billing",
            "47 CFR 64.1200(a)(1)",
        ),
        (
            Purpose.PROMOTION,
            agreed(Tier.PRIOR_EXPRESS, Category.PROMOTIONS),
            "promotion",
            "47 CFR 64.1200(a)(2), (f)(9)",
        ),
        (
            Purpose.PROMOTION,
            agreed(Tier.PRIOR_EXPRESS_WRITTEN, Category.FUNDRAISING),
            "promotion",
            "47 CFR 64.1200(a)(2), (f)(9)",
        ),
    ],
)
def test_lack_of_consent_is_explained(
    purpose: Purpose, consent: ConsentState, words: str, citation: str
) -> None:
    """A refusal says what is lacking, by which rule, and what would help."""
    [reason] = decide(purpose=purpose, consent=consent).reasons

    assert reason.verdict is Verdict.BLOCK
    assert words in reason.words
    assert reason.citation == citation
    assert reason.remedy


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
@pytest.mark.parametrize("at", [NOON, NIGHT])
def test_only_three_things_follow_a_revocation(purpose: Purpose, at: datetime) -> None:
    """After STOP go its confirmation, protocol answers and emergencies, at any hour."""
    decision = decide(
        at=at,
        purpose=purpose,
        consent=evolve(WRITTEN, revocation="r-1", revoked_at=at),
        reply=ReplyFacts(received_at=at),
    )
    may_follow = purpose.message_class in {MessageClass.EMERGENCY, MessageClass.PROTOCOL}

    assert (decision.verdict is Verdict.ALLOW) == may_follow
    assert ("revoked" in reasons(decision)) == (not may_follow)
    assert "consent-tier" not in [f.rule for f in decision.findings]
    assert decision.relied_on is None


# What a provider may carry


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
def test_nothing_goes_without_an_agreement(purpose: Purpose) -> None:
    """Without a business associate agreement nothing goes, whatever it is for."""
    decision = decide(purpose=purpose, business_associate=False)

    assert decision.verdict is Verdict.BLOCK
    assert "business-associate" in reasons(decision)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
def test_an_ssn_stops_every_text(purpose: Purpose) -> None:
    """A social security number stops any text, and the reason says where it stands."""
    decision = decide(purpose=purpose, phi=(SSN, evolve(SSN, start=20, end=24)))
    [reason] = [finding for finding in decision.reasons if finding.rule == "phi-in-body"]

    assert decision.verdict is Verdict.BLOCK
    assert "SSN at 4-15, SSN at 20-24" in reason.words


# Protocol and emergency


@pytest.mark.parametrize("purpose", [Purpose.HELP_REPLY, Purpose.OPT_IN_CONFIRMATION])
def test_answers_go_at_any_hour(purpose: Purpose) -> None:
    """Answers to HELP and START need no consent, no place and no hour."""
    for consent in (ConsentState(), revoked(), WRITTEN):
        decision = decide(purpose=purpose, consent=consent, at=NIGHT, zones=())

        assert decision.findings == ()
        assert decision.verdict is Verdict.ALLOW


def test_emergencies_go_at_any_hour() -> None:
    """Emergency texts need no consent, no place and no hour, even after STOP."""
    for consent in (ConsentState(), revoked()):
        for where in ((), zones("Pacific/Honolulu", "America/New_York")):
            decision = decide(
                purpose=Purpose.EMERGENCY_ALERT, consent=consent, at=NIGHT, zones=where
            )

            assert decision.findings == ()
            assert decision.relied_on is None


def confirm(*, after: timedelta, already: int = 0, consent: ConsentState | None = None) -> Decision:
    """Decide about the confirmation of a STOP, some time after it came in."""
    return decide(
        at=NOON + after,
        purpose=Purpose.OPT_OUT_CONFIRMATION,
        consent=revoked() if consent is None else consent,
        reply=ReplyFacts(received_at=NOON, already_sent=already),
    )


FIVE = timedelta(minutes=5)
TICK = timedelta(microseconds=1)


def test_five_minutes_are_the_limit() -> None:
    """A confirmation goes until five minutes are over, to the microsecond."""
    assert confirm(after=timedelta(0)).verdict is Verdict.ALLOW
    assert confirm(after=FIVE).verdict is Verdict.ALLOW
    assert reasons(confirm(after=FIVE + TICK)) == ["late-confirmation"]


def test_one_confirmation_is_enough() -> None:
    """A revocation that was confirmed, or may have been, is not confirmed again."""
    assert reasons(confirm(after=FIVE, already=1)) == ["confirmation-already-sent"]
    assert reasons(confirm(after=2 * FIVE, already=3)) == ["confirmation-already-sent"]


def test_only_a_revocation_is_confirmed() -> None:
    """Without a standing revocation, or without the text that asked, nothing is confirmed."""
    expected = ["confirmation-without-revocation"]

    assert reasons(confirm(after=TICK, consent=WRITTEN)) == expected
    assert reasons(decide(purpose=Purpose.OPT_OUT_CONFIRMATION, consent=revoked())) == expected


# Place and hours


@pytest.mark.parametrize("number", ["+18335550123", "+18005550123", PLACELESS])
def test_marketing_needs_a_place(number: str) -> None:
    """Who may be anywhere gets no marketing; a known zone helps."""
    for at in (NOON, NIGHT):
        nowhere = candidate_zones(PhoneNumber(number), None)
        decision = decide(at=at, purpose=Purpose.PROMOTION, zones=nowhere)

        assert reasons(decision) == ["recipient-location-unknown"]
        assert decision.verdict is Verdict.BLOCK
    known = candidate_zones(PhoneNumber(number), "America/Chicago")

    assert decide(purpose=Purpose.PROMOTION, zones=known).verdict is Verdict.ALLOW


def test_a_reminder_needs_no_place() -> None:
    """An informational text to somebody who may be anywhere is within the law at any hour."""
    assert decide(at=NIGHT, zones=()).verdict is Verdict.ALLOW


def test_the_courtesy_window_is_a_choice() -> None:
    """A practice may switch off the courtesy for reminders, and not the law on marketing."""
    free = Rulebook(Settings(courtesy_window=False))
    reminder = facts(at=NIGHT)
    promotion = facts(at=NIGHT, purpose=Purpose.PROMOTION)

    assert free.decide(reminder).verdict is Verdict.ALLOW
    assert reasons(Rulebook().decide(reminder)) == ["courtesy-window"]
    assert free.decide(promotion) == evolve(
        Rulebook().decide(promotion), settings=Settings(courtesy_window=False)
    )
    assert reasons(free.decide(promotion)) == ["quiet-hours-federal"]


def test_a_hold_says_until_when() -> None:
    """A held text names the first permitted instant, the hours and where they come from."""
    decision = decide(at=NIGHT, purpose=Purpose.PROMOTION)
    [reason] = decision.reasons

    assert decision.verdict is Verdict.HOLD
    assert decision.until == reason.until == MORNING_AFTER
    assert "08:00-21:00" in reason.words
    assert "America/Chicago" in reason.words
    assert reason.citation == "47 CFR 64.1200(c)(1), (e)"


def test_the_latest_of_several_holds_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several rules hold a text, it waits for the last of them."""
    [hold] = decide(at=NIGHT, purpose=Purpose.PROMOTION).reasons
    holds = [evolve(hold, rule=f"hold-{n}", until=NIGHT + n * FIVE) for n in (2, 3, 1)]
    rules = tuple(lambda _, __, found=found: found for found in holds)
    monkeypatch.setattr("compliant_sms.rules._rulebook.RULES", rules)

    assert decide(at=NIGHT).until == NIGHT + 3 * FIVE
    assert reasons(decide(at=NIGHT)) == ["hold-2", "hold-3", "hold-1"]


def test_a_block_wins_over_a_hold() -> None:
    """A text that is refused is not held as well, though the hold is among the reasons."""
    decision = decide(at=NIGHT, consent=ConsentState())

    assert decision.verdict is Verdict.BLOCK
    assert decision.until is None
    assert reasons(decision) == ["consent-tier", "courtesy-window"]


def test_law_holds_since_its_date() -> None:
    """A past night is decided under the rules of that night."""
    before, since = datetime(2024, 3, 25, 9, tzinfo=UTC), datetime(2024, 3, 26, 9, tzinfo=UTC)

    assert decide(at=before, purpose=Purpose.PROMOTION).verdict is Verdict.ALLOW
    assert decide(at=since, purpose=Purpose.PROMOTION).verdict is Verdict.HOLD
    assert decide(at=before).verdict is Verdict.HOLD


APART = zones("Africa/Abidjan", "Asia/Manila", "Pacific/Pitcairn")


@pytest.mark.parametrize("hour", range(24))
def test_zones_that_never_meet_block(hour: int) -> None:
    """Where no hour suits all zones the text is refused, not held for ever."""
    for purpose in (Purpose.PROMOTION, Purpose.APPOINTMENT_REMINDER):
        decision = decide(at=NOON + timedelta(hours=hour), purpose=purpose, zones=APART)
        [reason] = decision.reasons

        assert reason.rule == "no-common-hours"
        assert decision.verdict is Verdict.BLOCK
        assert "Asia/Manila" in reason.words

    assert Rulebook(Settings(courtesy_window=False)).decide(facts(zones=APART)).reasons == ()


def suits(at: datetime, where: tuple[CandidateZone, ...]) -> bool:
    """Look at the wall clock of every zone."""
    return all(8 <= at.astimezone(ZoneInfo(zone.name)).hour < 21 for zone in where)


def test_zones_that_meet_in_winter_only_hold() -> None:
    """A common hour that only the end of summer time brings is found."""
    where = zones("Pacific/Honolulu", "America/New_York", "Asia/Bangkok")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    hours = (at + timedelta(hours=count) for count in range(366 * 24))

    assert decide(at=at, zones=where).until == next(hour for hour in hours if suits(hour, where))


ZONE_SETS = [
    ("America/Chicago",),
    ("America/New_York", "America/Los_Angeles"),
    ("America/Phoenix", "America/Denver"),
    ("Pacific/Honolulu", "America/New_York"),
    ("America/Anchorage", "America/Adak"),
    ("America/St_Johns", "America/Boise", "America/Detroit"),
    ("Asia/Kathmandu", "America/New_York"),
    ("Australia/Lord_Howe", "America/Los_Angeles"),
    ("Europe/London", "America/Puerto_Rico"),
]


@pytest.mark.parametrize("names", ZONE_SETS, ids="+".join)
@pytest.mark.parametrize("day", ["2026-11-01", "2027-03-14"])
def test_holds_end_at_the_first_permitted_minute(names: tuple[str, ...], day: str) -> None:
    """Around both clock changes every minute's hold ends at the first minute that suits all."""
    where = zones(*names)
    start = datetime.fromisoformat(f"{day}T00:00:00Z") - timedelta(hours=18)
    minutes = [start + timedelta(minutes=count) for count in range(72 * 60)]
    first: dict[datetime, datetime] = {}
    for minute in reversed(minutes):
        following = first.get(minute + timedelta(minutes=1))
        found = minute if suits(minute, where) else following
        if found is not None:
            first[minute] = found
    known = facts(purpose=Purpose.PROMOTION, zones=where)
    held = 0
    for minute in minutes[: 46 * 60]:
        finding = RULES[-1](evolve(known, at=minute), Settings())

        assert (finding.until if finding else minute) == first[minute]
        held += finding is not None

    assert 0 < held < 46 * 60


# All rules together

INSTANTS = st.datetimes(
    datetime(2024, 6, 1),  # noqa: DTZ001
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
IDS = st.text("abcdef0123456789", min_size=1, max_size=6)
GRANTS = st.builds(
    LiveGrant,
    event_id=IDS,
    tier=st.sampled_from(Tier),
    categories=st.lists(st.sampled_from(list(map(str, Category))), min_size=1).map(tuple),
    occurred_at=INSTANTS,
)
FACTS = st.builds(
    Facts,
    at=INSTANTS,
    purpose=st.sampled_from(PURPOSES),
    number=st.just(NUMBER),
    consent=st.builds(ConsentState, grants=st.lists(GRANTS, max_size=3).map(tuple))
    | st.builds(ConsentState, revocation=IDS, revoked_at=INSTANTS),
    zones=st.lists(
        st.sampled_from(sorted({name for names in ZONE_SETS for name in names})),
        unique=True,
        max_size=2,
    ).map(lambda names: zones(*names)),
    phi=st.sampled_from([(), (), (SSN,)]),
    segments=st.integers(1, 4),
    business_associate=st.sampled_from([True, True, False]),
    reply=st.none() | st.builds(ReplyFacts, received_at=INSTANTS, already_sent=st.integers(0, 2)),
)
SETTINGS = st.builds(Settings, courtesy_window=st.booleans())


@STEADY
@given(FACTS, SETTINGS)
def test_a_decision_replays_from_its_record(known: Facts, settings: Settings) -> None:
    """What is read back from the record decides the same again, to the last finding."""
    decision = Rulebook(settings).decide(known)
    record = records.encode(decision)
    back = records.decode(record, Decision)

    assert back == decision
    assert Rulebook.replay(back) == decision
    assert records.encode(back) == record


def test_another_edition_does_not_replay() -> None:
    """A record of rules that are not installed is refused, and the error names both editions."""
    decision = evolve(decide(), rulebook="us-1999.01")

    with pytest.raises(ConfigurationError, match=r"us-1999\.01") as caught:
        Rulebook.replay(decision)

    assert load_pack().version in str(caught.value)
    assert Rulebook().version == load_pack().version == decide().rulebook


@STEADY
@given(FACTS, SETTINGS)
def test_every_finding_is_reported_and_the_worst_decides(known: Facts, settings: Settings) -> None:
    """All rules are asked in order, a refusal silences none, and no rule outvotes another."""
    said = [finding for rule in RULES if (finding := rule(known, settings))]
    decision = Rulebook(settings).decide(known)
    holds = [f.until for f in said if f.verdict is Verdict.HOLD]

    assert list(decision.findings) == said
    assert decision.verdict is SEVERITY[max((SEVERITY.index(f.verdict) for f in said), default=0)]
    assert decision.until == (max(holds) if decision.verdict is Verdict.HOLD else None)
    assert [f for f in said if f.verdict is not Verdict.ALLOW] == list(decision.reasons)


@STEADY
@given(FACTS, SETTINGS)
def test_every_finding_has_a_source(known: Facts, settings: Settings) -> None:
    """Each finding has words and a citation, each refusal a remedy, and only a hold an instant."""
    for finding in Rulebook(settings).decide(known).findings:
        assert finding.rule
        assert finding.words
        assert finding.citation
        assert finding.remedy or finding.verdict is Verdict.ALLOW
        assert (finding.until is not None) == (finding.verdict is Verdict.HOLD)


@STEADY
@given(FACTS, SETTINGS)
def test_a_hold_passes_its_own_check(known: Facts, settings: Settings) -> None:
    """Asked again at the instant of a hold, hours have nothing to say any more."""
    until = Rulebook(settings).decide(known).until
    if until is not None:
        assert until > known.at
        assert suits(until, known.zones)
        assert Rulebook(settings).decide(evolve(known, at=until)).verdict is Verdict.ALLOW


def worse(known: Facts) -> Iterator[Facts]:
    """Make facts that speak against sending as much or more."""
    yield evolve(known, phi=(*known.phi, SSN))
    yield evolve(known, business_associate=False)
    yield evolve(known, consent=evolve(known.consent, grants=()))
    if known.purpose != Purpose.OPT_OUT_CONFIRMATION:
        yield evolve(known, consent=revoked())


@STEADY
@given(FACTS, SETTINGS)
def test_nothing_turns_a_refusal_into_a_permission(known: Facts, settings: Settings) -> None:
    """More reasons against a text, or stricter settings, never make it easier to send."""
    now = SEVERITY.index(Rulebook(settings).decide(known).verdict)
    for other in worse(known):
        assert SEVERITY.index(Rulebook(settings).decide(other).verdict) >= now
    assert SEVERITY.index(Rulebook(Settings()).decide(known).verdict) >= now


def test_all_reasons_come_at_once() -> None:
    """A front desk sees every reason against a text in one answer."""
    decision = decide(
        purpose=Purpose.PROMOTION,
        consent=revoked(),
        zones=(),
        phi=(SSN,),
        business_associate=False,
    )

    assert reasons(decision) == [
        "revoked",
        "business-associate",
        "phi-in-body",
        "recipient-location-unknown",
    ]
    assert "2026-11-30" in decision.reasons[0].words


def test_facts_have_no_naive_instant() -> None:
    """The instant of a decision is aware, and kept in UTC."""
    with pytest.raises(InvalidInput, match="time zone"):
        facts(at=datetime(2026, 11, 30, 12, 0))  # noqa: DTZ001

    assert facts(at=NOON.astimezone(ZoneInfo("Asia/Kolkata"))).at.tzinfo is UTC


def test_a_decision_shows_no_number() -> None:
    """The repr of a decision shows the number masked."""
    shown = repr(decide())

    assert "5550134" not in shown
    assert isinstance(decide().findings[0], Finding)
