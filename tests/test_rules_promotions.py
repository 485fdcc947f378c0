"""What binds promotions: do-not-call lists, other countries, and how often."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from attrs import evolve

from compliant_sms.classification import (
    MessageClass,
    Purpose,
)
from compliant_sms.consent import Tier
from compliant_sms.lookups import (
    DncAnswer,
    LookupAnswers,
)
from compliant_sms.people import Profile, SoftOptIn
from compliant_sms.rules import (
    CandidateState,
    OptOutShown,
    PracticeCap,
    Readings,
    Rulebook,
    SentBefore,
    Settings,
)
from test_rules import (
    BLOCK,
    DAY,
    HOUR,
    LAKESIDE,
    NOON,
    NOTHING,
    PEC,
    PEWC,
    PROMOTES,
    SELLS,
    SOUND,
    TICK,
    TODAY,
    WRITTEN,
    agreed,
    facts,
    found,
    past,
    states,
    stopped,
    until,
)

# Do not call

ON_LIST = LookupAnswers(national_dnc=DncAnswer(listed=True, as_of=TODAY))
LISTED_NUMBER: dict[str, object] = {**PROMOTES, "consent": agreed(PEC), "lookups": ON_LIST}


def listed(*, yes: bool = True, age: int = 0) -> dict[str, object]:
    """Make what the national registry said some days ago."""
    answer = DncAnswer(listed=yes, as_of=TODAY - age * DAY)
    return LISTED_NUMBER | {"lookups": LookupAnswers(national_dnc=answer)}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (listed(yes=False), []),
        (listed(yes=False, age=31), []),
        (listed(yes=False, age=32), ["dnc-scrub-stale"]),
        (listed(), ["national-dnc"]),
        (listed(age=31), ["national-dnc"]),
        (LISTED_NUMBER | {"lookups": LookupAnswers()}, ["dnc-scrub-stale"]),
        (LISTED_NUMBER | {"purpose": Purpose.APPOINTMENT_REMINDER}, []),
        (
            LISTED_NUMBER | {"purpose": Purpose.APPOINTMENT_REMINDER, "readings": SELLS},
            ["national-dnc"],
        ),
    ],
)
def test_the_national_registry(text: dict[str, object], codes: list[str]) -> None:
    """Promotions go to numbers that a copy of at most 31 days does not list."""
    assert found("do-not-call", **text) == codes


def test_a_registry_without_a_limit_never_grows_old() -> None:
    """Where no pack says how old a copy may be, any copy counts and none is needed still."""
    law = Rulebook(jurisdictions=("carriers",))
    old = facts(**listed(yes=False, age=9000))

    assert law.decide(old, rules=["do-not-call"]).findings == ()
    assert law.decide(evolve(old, lookups=LookupAnswers()), rules=["do-not-call"]).verdict is BLOCK


# Who is free from the registry, the first reason first.
LIFTS: dict[str, dict[str, object]] = {
    "nonprofit +": {"sender": evolve(LAKESIDE, tax_exempt_nonprofit=True)},
    "signed-permission +": {"consent": WRITTEN},
    "personal-relationship +": {"personal_relationship": True},
    "established-business-relationship +": {"last_transaction_on": TODAY},
}


def lifted(*codes: str, **profile: object) -> dict[str, object]:
    """Make a text that some reasons free from the registry."""
    changes = {name: value for code in codes for name, value in LIFTS[code].items()}
    about = {name: changes.pop(name) for name in list(changes) if name not in {"sender", "consent"}}
    return LISTED_NUMBER | changes | {"recipient": Profile(**(about | profile))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "codes",
    [pair for size in (1, 2, 4) for pair in itertools.combinations(LIFTS, size)],
    ids="&".join,
)
def test_who_is_free_from_the_registry(codes: tuple[str, ...]) -> None:
    """The first reason is told, and the practice's own list wins over all of them."""
    assert found("do-not-call", **lifted(*codes)) == [codes[0]]
    assert found("do-not-call", **lifted(*codes, do_not_call_on=date(2019, 1, 1))) == [
        "internal-dnc"
    ]


@pytest.mark.parametrize(
    "changes", [{"agreement": None}, {"agreement": evolve(SOUND, seller="Maple Dental")}]
)
def test_a_permission_that_nobody_can_show_frees_from_nothing(changes: dict[str, object]) -> None:
    """(c)(2)(ii) asks for a signed agreement that names the seller and the number."""
    consent = agreed(PEWC, **changes)

    assert found("do-not-call", **LISTED_NUMBER | {"consent": consent}) == ["national-dnc"]


@pytest.mark.parametrize(
    ("where", "about", "established"),
    [
        ("IL", {"last_transaction_on": date(2025, 5, 30)}, True),
        ("IL", {"last_transaction_on": date(2025, 5, 29)}, False),
        ("IL", {"last_transaction_on": TODAY + DAY}, False),
        ("IL", {"last_inquiry_on": date(2026, 8, 30)}, True),
        ("IL", {"last_inquiry_on": date(2026, 8, 29)}, False),
        ("PA", {"last_transaction_on": date(2025, 11, 30)}, True),
        ("PA", {"last_transaction_on": date(2025, 11, 29)}, False),
        ("PA", {"last_inquiry_on": date(2026, 8, 30)}, True),
        ("IL", {}, False),
    ],
)
def test_how_long_a_business_relationship_lasts(
    where: str,
    about: dict[str, object],
    established: bool,  # noqa: FBT001 - a column
) -> None:
    """18 months after a purchase, 12 in Pennsylvania; 3 after an inquiry; an opt-out ends it."""
    text = LISTED_NUMBER | {"states": states("IL", where), "recipient": Profile(**about)}  # type: ignore[arg-type]
    expected = ["established-business-relationship +"] if established else ["national-dnc"]

    assert found("do-not-call", **text) == expected
    assert found("do-not-call", **text | {"consent": stopped()}) == ["national-dnc"]


def test_no_relationship_without_a_definition() -> None:
    """Where no pack says what a relationship is, there is none."""
    text = facts(**lifted("established-business-relationship +"))
    law = Rulebook(jurisdictions=("carriers",))

    assert law.decide(text, rules=["do-not-call"]).verdict is BLOCK


# Abroad


def abroad(
    country: str, about: dict[str, object] | None = None, **changes: object
) -> dict[str, object]:
    """Make a promotion to somebody elsewhere who agreed to nothing."""
    told = {"country": country, "consent": NOTHING, "recipient": Profile(**(about or {}))}  # type: ignore[arg-type]
    return {**PROMOTES, **told, **changes}


ANONYMOUS = Readings(names_sender=False, opt_out=OptOutShown.NO)
SHORT = ["identity-missing", "unsubscribe-missing"]


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        ({}, ["consent-required"]),
        ({"last_transaction_on": date(2024, 11, 30)}, ["implied-consent-purchase +"]),
        ({"last_transaction_on": date(2024, 11, 29)}, ["implied-consent-expired"]),
        ({"last_inquiry_on": date(2026, 5, 30)}, ["implied-consent-inquiry +"]),
        ({"last_inquiry_on": date(2026, 5, 29)}, ["implied-consent-expired"]),
        (
            {"last_transaction_on": date(2020, 1, 1), "last_inquiry_on": TODAY},
            ["implied-consent-inquiry +"],
        ),
    ],
)
def test_canada(about: dict[str, object], codes: list[str]) -> None:
    """Consent is express, or implied for 24 and 6 months; each text says who sends it."""
    assert found("canada-casl", **abroad("CA", about)) == codes
    assert found("canada-casl", **abroad("CA", about, readings=ANONYMOUS)) == codes + SHORT
    assert found("canada-casl", **abroad("CA", about, consent=agreed(PEC))) == ["express-consent +"]
    for text in (abroad("US", about), abroad("CA", about, purpose=Purpose.RECALL)):
        assert found("canada-casl", **text) == []


def test_facts_in_canada_need_no_consent() -> None:
    """CASL s. 6(6): such a text names its sender and a way out; an answer needs neither."""
    for purpose, codes in {
        Purpose.RECALL: SHORT,
        Purpose.CARE_CONVERSATION: [],
        Purpose.ONE_TIME_CODE: [],
        Purpose.HELP_REPLY: [],
        Purpose.EMERGENCY_ALERT: [],
    }.items():
        assert found("canada-casl", **abroad("CA", purpose=purpose, readings=ANONYMOUS)) == codes


@pytest.mark.parametrize(
    ("country", "rule", "code"),
    [
        ("CA", "canada-casl", "consent-required"),
        ("GB", "uk-pecr", "consent-or-soft-opt-in-required"),
        ("AU", "australia-spam-act", "consent-required"),
    ],
)
@pytest.mark.parametrize("tier", [PEC, PEWC])
def test_consent_to_care_is_none_to_promotions(
    country: str, rule: str, code: str, tier: Tier
) -> None:
    """A grant counts abroad for what it covers, and for nothing without a tier."""
    assert found(rule, **abroad(country, consent=agreed(tier, "care"))) == [code]
    assert found(rule, **abroad(country, consent=agreed(Tier.NONE))) == [code]
    assert found(rule, **abroad(country, consent=agreed(tier, restored=True))) == [code]


def test_canada_without_its_limits() -> None:
    """Without the Canadian pack nothing says how long consent is implied, so it is not."""
    text = facts(**abroad("CA", {"last_transaction_on": TODAY}))

    assert Rulebook(jurisdictions=("us",)).decide(text, rules=["canada-casl"]).verdict is BLOCK


SOFT = SoftOptIn(details_from_sale=True, similar_products=True, opt_out_at_collection=True)


def test_the_united_kingdom() -> None:
    """Consent, or all parts of the soft opt-in with a way out in each text."""
    refused = ["consent-or-soft-opt-in-required"]
    soft = abroad("GB", {"soft_opt_in": SOFT})

    assert found("uk-pecr", **abroad("GB")) == refused
    assert found("uk-pecr", **abroad("GB", consent=agreed(PEC))) == ["consent +"]
    assert found("uk-pecr", **abroad("GB", consent=stopped())) == refused
    assert found("uk-pecr", **soft) == ["soft-opt-in +"]
    assert found("uk-pecr", **soft, readings=ANONYMOUS) == ["soft-opt-in +", *reversed(SHORT)]
    anonymous = abroad("GB", consent=agreed(PEC), readings=ANONYMOUS)
    assert found("uk-pecr", **anonymous) == ["consent +", "identity-missing"]
    for missing in ("details_from_sale", "similar_products", "opt_out_at_collection"):
        partly = {"soft_opt_in": evolve(SOFT, **{missing: False})}
        assert found("uk-pecr", **abroad("GB", partly)) == refused
    assert found("uk-pecr", **abroad("GB", purpose=Purpose.RECALL)) == []
    assert found("uk-pecr", **abroad("US")) == []


def test_australia() -> None:
    """Consent is express or inferred; a factual text needs only a name."""
    assert found("australia-spam-act", **abroad("AU")) == ["consent-required"]
    assert found("australia-spam-act", **abroad("AU", consent=agreed(PEC))) == ["express-consent +"]
    for about in ({"last_transaction_on": date(2001, 1, 1)}, {"personal_relationship": True}):
        assert found("australia-spam-act", **abroad("AU", about)) == ["inferred-consent +"]
    anonymous = abroad("AU", readings=ANONYMOUS)
    assert found("australia-spam-act", **anonymous) == ["consent-required", *SHORT]
    designated = anonymous | {"purpose": Purpose.APPOINTMENT_REMINDER}
    assert found("australia-spam-act", **designated) == ["identity-missing"]
    assert found("australia-spam-act", **anonymous | {"purpose": Purpose.HELP_REPLY}) == []
    assert found("australia-spam-act", **anonymous | {"country": "US"}) == []


# How often


@pytest.mark.parametrize(
    ("state", "sent", "ends"),
    [
        ("FL", past(HOUR, 2 * HOUR), None),
        ("FL", past(HOUR, 2 * HOUR, 24 * HOUR), None),
        ("FL", past(HOUR, 2 * HOUR, 24 * HOUR - TICK), NOON + TICK),
        ("FL", past(HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR), NOON + 21 * HOUR),
        ("FL", past(HOUR, 2 * HOUR, 3 * HOUR, subject="new_service"), None),
        ("OR", past(HOUR, 2 * HOUR, 3 * HOUR, subject="new_service"), NOON + 21 * HOUR),
        ("OR", past(HOUR, 2 * HOUR, 3 * HOUR, message_class=MessageClass.TRANSACTIONAL), None),
        ("IL", past(HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR), None),
    ],
)
def test_what_states_cap(state: str, sent: SentBefore, ends: datetime | None) -> None:
    """Three promotions in 24 elapsed hours, of one subject where the statute says so."""
    where = {"states": states("IL", state), "sent": sent}

    assert until("frequency-cap-state", **PROMOTES, **where) == ends
    assert found("frequency-cap-state", **PROMOTES, **where) == (
        ["frequency-cap ~"] if ends else []
    )
    assert found("frequency-cap-state", **where) == []


@pytest.mark.parametrize(("state", "told"), [("FL", True), ("OR", False)])
def test_the_reason_says_whether_one_subject_is_counted(state: str, told: bool) -> None:  # noqa: FBT001
    """Oregon counts whatever the subject, Florida does not."""
    known = facts(**PROMOTES, states=states(state), sent=past(HOUR, 2 * HOUR, 3 * HOUR))
    [reason] = Rulebook().decide(known, rules=["frequency-cap-state"]).reasons

    assert ("3 promotion(s) on one subject in 24 hours" in reason.words) is told


def test_oregon_spares_customers() -> None:
    """A purchase in the last 18 months lifts the cap of Oregon, and that of no other state."""
    often = past(HOUR, 2 * HOUR, 3 * HOUR)
    text: dict[str, object] = {**PROMOTES, "sent": often, "states": states("OR")}
    bought = {"recipient": Profile(last_transaction_on=date(2025, 5, 30))}
    long_ago = {"recipient": Profile(last_transaction_on=date(2025, 5, 29))}

    assert found("frequency-cap-state", **text, **bought) == ["established-business-relationship +"]
    assert found("frequency-cap-state", **text, **long_ago) == ["frequency-cap ~"]
    in_both = text | {"states": states("OR", "MD")}
    assert until("frequency-cap-state", **in_both, **bought) == NOON + 21 * HOUR


TWO_A_DAY = Settings(caps=(PracticeCap(count=2, within=DAY),))
ONE_OFFER = Settings(caps=(PracticeCap(count=1, within=7 * DAY, marketing_only=True),))


def test_what_a_practice_caps() -> None:
    """A cap of the practice's own counts all texts or promotions only, and spares answers."""
    often = {"sent": past(HOUR, DAY - TICK, message_class=MessageClass.TRANSACTIONAL)}
    rule = "frequency-cap-practice"

    assert found(rule, **often) == []
    assert until(rule, TWO_A_DAY, **often) == NOON + TICK
    assert found(rule, TWO_A_DAY, sent=past(HOUR, DAY)) == []
    assert until(rule, TWO_A_DAY, **PROMOTES, sent=past(HOUR, HOUR)) == NOON + 23 * HOUR
    assert found(rule, ONE_OFFER, **PROMOTES, **often) == []
    assert until(rule, ONE_OFFER, **PROMOTES, sent=past(HOUR)) == NOON + 7 * DAY - HOUR
    assert found(rule, ONE_OFFER, sent=past(HOUR)) == []
    for purpose in (Purpose.EMERGENCY_ALERT, Purpose.HELP_REPLY, Purpose.CARE_CONVERSATION):
        assert found(rule, TWO_A_DAY, purpose=purpose, **often) == []


@pytest.mark.parametrize(
    ("age", "purpose", "within", "codes"),
    [
        (12 * HOUR - TICK, Purpose.RECALL, 12 * HOUR, ["identical-text"]),
        (12 * HOUR, Purpose.RECALL, 12 * HOUR, []),
        (HOUR, Purpose.PROMOTION, 12 * HOUR, ["identical-text"]),
        (HOUR, Purpose.RECALL, None, []),
        (None, Purpose.RECALL, 12 * HOUR, []),
        (HOUR, Purpose.ONE_TIME_CODE, 12 * HOUR, []),
        (HOUR, Purpose.EMERGENCY_ALERT, 12 * HOUR, []),
        (HOUR, Purpose.HELP_REPLY, 12 * HOUR, []),
    ],
)
def test_nobody_is_texted_twice(
    age: timedelta | None, purpose: Purpose, within: timedelta | None, codes: list[str]
) -> None:
    """The same words wait twelve hours, but for answers and emergencies."""
    sent = SentBefore(identical_at=None if age is None else NOON - age)

    assert (
        found("identical-text", Settings(identical_text_within=within), purpose=purpose, sent=sent)
        == codes
    )


@pytest.mark.parametrize(
    ("code", "country", "refused"),
    [
        ("FLORIDA", "US", True),
        ("XX", None, True),
        ("FL", "US", False),
        ("AE", "US", False),  # a post office of the armed forces
        ("JAL", "MX", False),  # whose states nobody listed
        ("SRY", "GB", False),  # whose counties have no law of their own
    ],
)
def test_promotions_need_a_state_that_there_is(
    code: str, country: str | None, *, refused: bool
) -> None:
    """Its law would be passed over in silence; a reminder does not ask for it."""
    here = {"states": (CandidateState(code, "profile"),), "country": country}
    codes = ["recipient-state-unknown"] if refused else []

    assert found("location-known", **PROMOTES, **here) == codes
    assert found("location-known", **here) == []
