"""The healthcare exemption: all ten conditions of 47 CFR 64.1200(a)(9)(iv)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from compliant_sms.classification import (
    ContentLabel,
    MessageClass,
    Purpose,
)
from compliant_sms.consent import ConsentState
from compliant_sms.people import Profile
from compliant_sms.practice import SenderKind
from compliant_sms.rules import (
    OptOutShown,
    PastText,
    Readings,
    RevocationScope,
    SentBefore,
    Settings,
    is_exempt,
)
from test_rules import (
    DRUG,
    HOUR,
    LAKESIDE,
    NOON,
    NOTHING,
    PAST,
    PEC,
    PURPOSES,
    SSN,
    TICK,
    WANTS,
    WRITTEN,
    book,
    facts,
    found,
    grant,
    past,
    places,
    stop,
    stopped,
    until,
)

# The healthcare exemption

EXEMPT = Settings(healthcare_exemption=True)
FREE = evolve(LAKESIDE, free_to_end_user=True)
LISTED = Readings(characters=160, segments=3)
COVERED: dict[str, object] = {
    "consent": NOTHING,
    "sender": FREE,
    "recipient": Profile(number_from_patient=True),
    "readings": LISTED,
}
# One change to a covered text for each condition that it then misses.
MISSED: dict[str, dict[str, object]] = {
    "not-free-to-end-user": {"sender": LAKESIDE},
    "sender-not-healthcare-provider": {"sender": evolve(FREE, kind=SenderKind.HEALTH_PLAN)},
    "number-not-provided-by-patient": {"recipient": Profile()},
    "provider-name-missing": {"readings": evolve(LISTED, names_sender=False)},
    "provider-contact-missing": {"readings": evolve(LISTED, contact=False)},
    "purpose-not-listed": {"purpose": Purpose.PATIENT_SURVEY},
    "marketing-content": {"readings": evolve(LISTED, content=ContentLabel.MIXED)},
    "financial-content": {"readings": evolve(LISTED, financial=True)},
    "hipaa-noncompliant": {"readings": evolve(LISTED, phi=(SSN,))},
    "over-160-characters": {"readings": evolve(LISTED, characters=161)},
    "opt-out-missing": {"readings": evolve(LISTED, opt_out=OptOutShown.NO)},
}
EVERYTHING_WRONG = evolve(
    LISTED,
    names_sender=False,
    contact=False,
    content=ContentLabel.MIXED,
    financial=True,
    phi=(SSN,),
    characters=161,
    opt_out=OptOutShown.NO,
)


def test_a_listed_text_may_go_without_consent() -> None:
    """With all conditions met, the switch on and no consent, the text is exempt."""
    assert found("consent", EXEMPT, **COVERED) == ["exempt-healthcare +"]
    assert found("consent", **COVERED) == ["prior-express-consent-required"]
    assert found("consent", EXEMPT, **COVERED | {"consent": WRITTEN}) == ["prior-express-consent +"]
    assert found("consent", EXEMPT, **COVERED | {"consent": stopped()}) == []


def test_an_opt_in_to_other_texts_gives_no_exempt_ones_back() -> None:
    """Who opted out and agreed to bills alone since gets no exempt texts; by START, all again."""
    billing = grant(PEC, "billing", event_id="g-2", occurred_at=NOON - HOUR)
    before = ConsentState(grants=(billing,), lifted=(stop(),))
    narrow = evolve(EXEMPT, revocation_scope=RevocationScope.CATEGORY)
    about_bills = stop(category="billing", message_class=MessageClass.TRANSACTIONAL)

    assert found("consent", EXEMPT, **COVERED | {"consent": before}) == ["opted-out-before"]
    again = evolve(before, grants=(billing, grant(PEC, "appointments")))
    assert found("consent", EXEMPT, **COVERED | {"consent": again}) == ["prior-express-consent +"]
    spared = evolve(before, lifted=(about_bills,))
    assert found("consent", narrow, **COVERED | {"consent": spared}) == ["exempt-healthcare +"]


def test_whose_consent_was_an_error_gave_no_number() -> None:
    """A number that staff found not to be the patient's was not provided by them."""
    error = {"consent": ConsentState(voided="w-1")}
    assert found("consent", EXEMPT, **COVERED | error) == ["number-not-provided-by-patient"]


@pytest.mark.parametrize("code", MISSED)
def test_each_condition_of_the_exemption_counts(code: str) -> None:
    """Each condition by itself closes the path."""
    assert found("consent", EXEMPT, **COVERED | MISSED[code]) == [code]


def test_all_missed_conditions_are_told_at_once() -> None:
    """A front desk sees everything that stands in the way, limits too."""
    gone = past(HOUR, 30 * HOUR, 60 * HOUR, exempt=True)
    wrong = COVERED | {
        "sender": evolve(LAKESIDE, kind=SenderKind.OTHER),
        "recipient": Profile(),
        "purpose": Purpose.PATIENT_SURVEY,
        "readings": EVERYTHING_WRONG,
        "sent": gone,
    }

    assert found("consent", EXEMPT, **wrong) == [
        *MISSED,
        "exemption-daily-limit ~",
        "exemption-weekly-limit ~",
    ]


@pytest.mark.parametrize("kind", SenderKind)
def test_who_is_exempt(kind: SenderKind) -> None:
    """Providers and those who act for them; no plan and no wellness brand."""
    acts = kind in {SenderKind.HEALTHCARE_PROVIDER, SenderKind.BUSINESS_ASSOCIATE}
    codes = found("consent", EXEMPT, **COVERED | {"sender": evolve(FREE, kind=kind)})

    assert codes == (["exempt-healthcare +"] if acts else ["sender-not-healthcare-provider"])


@pytest.mark.parametrize(
    "purpose",
    [p for p in PURPOSES if p.message_class is MessageClass.TRANSACTIONAL],
    ids=lambda p: p.code,
)
def test_what_is_exempt(purpose: Purpose) -> None:
    """The listed purposes, and those only; what the patient asked for needs none of it."""
    codes = found("consent", EXEMPT, **COVERED | {"purpose": purpose})
    listed = {
        "appointment_confirmation", "appointment_reminder", "wellness_checkup",
        "hospital_pre_registration", "pre_operative_instructions", "lab_result_notification",
        "post_discharge_follow_up", "prescription_notification", "home_healthcare_instructions",
    }  # fmt: skip

    assert (codes == ["exempt-healthcare +"]) == (purpose.code in listed)
    assert ("purpose-not-listed" in codes) == (not {purpose.code} & (listed | {"one_time_code"}))


def test_what_rests_on_the_exemption_is_known() -> None:
    """It shows in a decision, whatever else was found."""
    told = COVERED | {"readings": evolve(LISTED, phi=(DRUG,)), "phi_preference": WANTS}
    exempt, agreed_to = (book(EXEMPT).decide(facts(**each)) for each in (told, {}))

    assert len(exempt.findings) > 1
    assert is_exempt(exempt.findings)
    assert not is_exempt(agreed_to.findings)
    assert not is_exempt(())


def test_a_wish_for_details_permits_no_text() -> None:
    """A text without consent relies on no event, whatever the patient wants to read in one."""
    wish = evolve(WANTS, event_id="w-1")
    wanted = COVERED | {"readings": evolve(LISTED, phi=(DRUG,)), "phi_preference": wish}
    decision = book(EXEMPT).decide(facts(**wanted))

    assert "phi-in-body" in {f.rule for f in decision.findings if f.relies_on}
    assert decision.relied_on is None


def test_details_that_the_patient_wants_are_exempt() -> None:
    """Health details close the path exactly where they may not be sent."""
    text = COVERED | {"readings": evolve(LISTED, phi=(DRUG,))}

    assert found("consent", EXEMPT, **text) == ["hipaa-noncompliant"]
    assert found("consent", EXEMPT, **text, phi_preference=WANTS) == ["exempt-healthcare +"]


CHICAGO_MIDNIGHT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ages", "ends"),
    [
        ([], None),
        ([24 * HOUR - TICK], NOON + TICK),
        ([24 * HOUR], None),
        ([HOUR], NOON + 23 * HOUR),
        # 50 exempt texts count once each: the newest one opens the day.
        ([HOUR, 30 * HOUR], NOON + 23 * HOUR),
        ([30 * HOUR, 60 * HOUR, 168 * HOUR - TICK], NOON + TICK),
        ([30 * HOUR, 60 * HOUR, 168 * HOUR], None),
        ([25 * HOUR, 26 * HOUR, 27 * HOUR, 150 * HOUR], NOON + 141 * HOUR),
        # Both at once: the later end counts.
        ([HOUR, 2 * HOUR, 3 * HOUR], NOON + 165 * HOUR),
    ],
)
def test_one_a_day_and_three_a_week(ages: list[timedelta], ends: datetime | None) -> None:
    """24 and 168 elapsed hours, to the microsecond, counted over exempt texts only."""
    exempt = past(*ages, exempt=True)

    assert until("consent", EXEMPT, **COVERED, sent=exempt) == ends
    assert until("consent", EXEMPT, **COVERED, sent=past(*ages)) is None
    assert until("consent", EXEMPT, **COVERED | {"consent": WRITTEN}, sent=exempt) is None


def test_a_day_is_over_at_midnight_everywhere() -> None:
    """A calendar day of more than 24 hours, as clocks change, counts to its end."""
    began = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    told = COVERED | {
        "at": began + 24 * HOUR,
        "sent": SentBefore(texts=(PastText(**PAST | {"at": began, "exempt": True}),)),
    }  # type: ignore[arg-type]

    assert until("consent", EXEMPT, **told) == began + 25 * HOUR
    assert until("consent", EXEMPT, **told | {"zones": places("America/Phoenix")}) is None
    assert until("consent", EXEMPT, **told | {"zones": ()}) is None
    both = places("America/Phoenix", "America/Chicago")
    assert until("consent", EXEMPT, **told | {"zones": both}) == began + 25 * HOUR
