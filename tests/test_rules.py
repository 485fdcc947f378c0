"""Each rule by itself: what it says yes and no to, where the line lies, by which law.

Hours, zones and packs have tests of their own, and so has what the rules add up to.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from attrs import evolve

from compliant_sms.classification import (
    ContentLabel,
    MessageClass,
    OptOutLine,
    PhraseKind,
    Purpose,
    catalogue,
    read_content,
)
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentState,
    Flag,
    FlaggedNumber,
    LiveGrant,
    Revocation,
    SignatureKind,
    Tier,
    WrittenAgreement,
)
from compliant_sms.lookups import (
    LineAnswer,
    LineType,
    LookupAnswers,
    Reassigned,
    ReassignedAnswer,
)
from compliant_sms.people import Profile
from compliant_sms.phi import PhiFinding, PhiLabel, PhiPreference
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Campaign
from compliant_sms.rules import (
    RULES,
    CandidateState,
    CandidateZone,
    Facts,
    Finding,
    OptOutShown,
    PastText,
    Readings,
    ReplyFacts,
    Rulebook,
    Sender,
    SentBefore,
    Settings,
    Verdict,
    VolumeWait,
)
from compliant_sms.text import Link

# A Monday, noon in Chicago, and the night after it.
NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
TODAY = NOON.date()
TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NUMBER = PhoneNumber("+12175550134")
OTHER_NUMBER = PhoneNumber("+12175550135")
LAKESIDE = Sender(name="Lakeside Family Medicine", also_known_as=("Lakeside",))
SOUND = WrittenAgreement(
    seller="Lakeside Family Medicine",
    number=NUMBER,
    signature=SignatureKind.TICKED_BOX,
    authorises_automated_marketing=True,
    not_a_condition_of_purchase=True,
    clear_and_conspicuous=True,
)
ALL = tuple(sorted(map(str, Category)))
PEC, PEWC = Tier.PRIOR_EXPRESS, Tier.PRIOR_EXPRESS_WRITTEN
PURPOSES = sorted(catalogue().values(), key=lambda purpose: purpose.code)
TO_PATIENTS = {MessageClass.TRANSACTIONAL, MessageClass.MARKETING}
ALLOW, HOLD, BLOCK = Verdict.ALLOW, Verdict.HOLD, Verdict.BLOCK
COUNSEL = {"reason": "Counsel looked at it.", "by": "counsel:j.ortiz", "on": date(2026, 11, 1)}


# What rules are told


def places(*names: str) -> tuple[CandidateZone, ...]:
    """Name the zones that a recipient may be in."""
    return tuple(CandidateZone(name, "profile") for name in names)


def states(*codes: str) -> tuple[CandidateState, ...]:
    """Name the states that a recipient may be in."""
    return tuple(CandidateState(code, "profile") for code in codes)


def grant(tier: Tier = PEWC, *categories: str, **changes: object) -> LiveGrant:
    """Make a grant of last week that covers these categories, or all of them."""
    fields: dict[str, object] = {
        "event_id": "g-1",
        "tier": tier,
        "categories": tuple(sorted(categories or ALL)),
        "occurred_at": NOON - 7 * DAY,
        "basis": Basis.WEB_FORM,
        "agreement": SOUND if tier is PEWC else None,
    }
    return LiveGrant(**(fields | changes))  # type: ignore[arg-type]


def agreed(tier: Tier, *categories: str, **changes: object) -> ConsentState:
    """Make the consent of somebody who agreed, and never took it back."""
    return ConsentState(grants=(grant(tier, *categories, **changes),))


NOTHING = ConsentState()
WRITTEN = agreed(PEWC)


def stop(**changes: object) -> Revocation:
    """Make a STOP by text, which answers nothing in particular."""
    fields: dict[str, object] = {
        "event_id": "r-1",
        "occurred_at": NOON - DAY,
        "channel": Channel.TEXT,
    }
    return Revocation(**(fields | changes))  # type: ignore[arg-type]


def stopped(*stops: Revocation, **changes: object) -> ConsentState:
    """Make the consent of somebody who had agreed to everything and then said STOP."""
    given = stops or (stop(**changes),)
    return ConsentState(grants=(grant(stopped_by=given),), revocations=given)


def facts(**changes: object) -> Facts:
    """Make the facts of a text that may go; any field can be replaced."""
    fields: dict[str, object] = {
        "at": NOON,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "number": NUMBER,
        "consent": WRITTEN,
        "zones": places("America/Chicago"),
        "states": states("IL"),
        "sender": LAKESIDE,
    }
    return Facts(**(fields | changes))  # type: ignore[arg-type]


def own(
    code: str = "own", message_class: MessageClass = MessageClass.TRANSACTIONAL, **more: object
) -> Purpose:
    """Make a purpose of a practice's own."""
    return Purpose(code, message_class, Category.CARE, **more)  # type: ignore[arg-type]


PAST = {"at": NOON, "subject": "promotion", "message_class": MessageClass.MARKETING}


def past(*ages: timedelta, **changes: object) -> SentBefore:
    """Make texts that went out so long before NOON."""
    texts = (PastText(**(PAST | changes | {"at": NOON - age})) for age in ages)  # type: ignore[arg-type]
    return SentBefore(texts=tuple(texts))


SELLS = Readings(content=ContentLabel.MARKETING)
PROMOTES = {"purpose": Purpose.PROMOTION}
APPEAL = {"purpose": Purpose.FUNDRAISING}
SSN = PhiFinding(start=4, end=15, label=PhiLabel.SSN, rule="ssn/form")
DRUG = PhiFinding(start=4, end=15, label=PhiLabel.MEDICATION, rule="drug")
HERS = PhiFinding(start=0, end=3, label=PhiLabel.NAME, rule="known")
WANTS = PhiPreference(warned=True, prefers=True)


# What rules say

CITED: dict[str, dict[str, str]] = {
    "declared-purpose": {"decided-as-marketing +": "47 CFR 64.1200(a)(2), (f)(13); Chesbro"},
    "revocation": {
        "revoked": "47 CFR 64.1200(a)(10)",
        "revoked-presumed": "47 CFR 64.1200(a)(11)",
        "clarified-by-recipient +": "47 CFR 64.1200(a)(12)",
        "other-category-consent-intact +": "DA 26-12; FCC 24-24",
        "opted-in-since +": "CTIA Messaging Principles (May 2023), 5.1.2.1",
    },
    "opt-out-confirmation": dict.fromkeys(
        (
            "confirmation-without-revocation",
            "confirmation-already-sent",
            "confirmation-out-of-date",
            "late-confirmation",
            "marketing-in-confirmation",
            "clarification-without-categories",
        ),
        "47 CFR 64.1200(a)(12)",
    ),
    "country-known": {"country-without-rules": "library policy"},
    "number-deactivated": {
        "number-deactivated": "CTIA Messaging Principles 5.1.5",
        "agreed-since-deactivation +": "CTIA Messaging Principles 5.1.5; 84 FR 11226",
    },
    "number-flagged": dict.fromkeys(
        ("number-invalid", "number-unreachable", "number-blocked", "compliance-blocked"),
        "CTIA Messaging Principles 5.1.3, 5.1.5",
    )
    | {"number-wrong": "45 CFR 164.530(c)"},
    "line-type": {"landline": "45 CFR 164.530(c)"},
    "reassigned-number": {
        "number-reassigned": "47 CFR 64.1200(m); DA 21-1649",
        "safe-harbor +": "47 CFR 64.1200(m); DA 21-1649",
        "no-safe-harbor": "47 CFR 64.1200(m); DA 21-1649; policy P-RND-1",
        "rnd-check-required": "10 M.R.S. 1499-B",
    },
    "consent": {
        "emergency-purpose +": "47 CFR 64.1200(a)(1), (f)(4)",
        "prior-express-consent +": "47 CFR 64.1200(a)(1)",
        "prior-express-consent-required": "47 CFR 64.1200(a)(1)",
        "prior-express-written-consent +": "47 CFR 64.1200(a)(2), (f)(9)",
        "prior-express-written-consent-required": "47 CFR 64.1200(a)(2), (f)(9)",
        "nonprofit-prior-express-consent +": "47 CFR 64.1200(a)(2)",
        "nonprofit-prior-express-consent-required": "47 CFR 64.1200(a)(2)",
        "health-care-message-prior-express-consent +": "47 CFR 64.1200(a)(2); Latner",
        "health-care-message-prior-express-consent-required": "47 CFR 64.1200(a)(2); Latner",
        "re-opted-in +": "47 CFR 64.1200(a)",
        "requested-by-recipient +": "47 CFR 64.1200(a)(1)",
        "reply-to-recipient-inbound +": "CTIA Messaging Principles (May 2023), Exhibit II",
        "exempt-healthcare +": "47 CFR 64.1200(a)(9)(iv)",
        "not-free-to-end-user": "47 CFR 64.1200(a)(9)",
        "sender-not-healthcare-provider": "47 CFR 64.1200(a)(9)(iv)",
        "number-not-provided-by-patient": "47 CFR 64.1200(a)(9)(iv)(A)",
        "provider-name-missing": "47 CFR 64.1200(a)(9)(iv)(B)",
        "provider-contact-missing": "47 CFR 64.1200(a)(9)(iv)(B)",
        "purpose-not-listed": "47 CFR 64.1200(a)(9)(iv)(C)",
        "marketing-content": "47 CFR 64.1200(a)(9)(iv)(D)",
        "financial-content": "47 CFR 64.1200(a)(9)(iv)(D)",
        "hipaa-noncompliant": "47 CFR 64.1200(a)(9)(iv)(D)",
        "over-160-characters": "47 CFR 64.1200(a)(9)(iv)(E)",
        "exemption-daily-limit ~": "47 CFR 64.1200(a)(9)(iv)(F); policy P-FC-1",
        "exemption-weekly-limit ~": "47 CFR 64.1200(a)(9)(iv)(F); policy P-FC-1",
        "opt-out-missing": "47 CFR 64.1200(a)(9)(iv)(G)",
        "opted-out-before": "47 CFR 64.1200(a)(9)(iv)(H)",
    },
    "written-agreement": {
        "agreement-not-recorded": "47 CFR 64.1200(f)(9)",
        "no-signature": "47 CFR 64.1200(f)(9); 15 U.S.C. 7001",
        "prechecked-box": "47 CFR 64.1200(f)(9); 15 U.S.C. 7001",
        "authorization-disclosure-missing": "47 CFR 64.1200(f)(9)(i)(A)",
        "no-purchase-condition-disclosure-missing": "47 CFR 64.1200(f)(9)(i)(B)",
        "disclosure-not-conspicuous": "47 CFR 64.1200(f)(3)",
        "seller-not-named": "47 CFR 64.1200(f)(9)",
        "phone-number-mismatch": "47 CFR 64.1200(f)(9)",
    },
    "opt-in-transfer": {"opt-in-not-transferable": "CTIA Messaging Principles (May 2023), 5.1.2.2"},
    "business-associate": {"no-business-associate-agreement": "45 CFR 164.502(e), 164.504(e)"},
    "confidential-communication": {
        "confidential-communication-preference": "45 CFR 164.522(b)",
    },
    "representative": {
        "no-authority": "45 CFR 164.502(g)(1)",
        "minor-controls-this-information": "45 CFR 164.502(g)(3)(i)",
        "patient-age-unknown": "45 CFR 164.502(g)(2), (3)",
        "proxy-authority-ended": "45 CFR 164.502(g)(2)",
        "personal-representative +": "45 CFR 164.502(g)",
    },
    "phi-in-body": {
        "specially-protected-category": "42 CFR Part 2 and state law; policy P-PHI tier 3",
        "direct-identifier-in-body": "45 CFR 164.514(b)(2)(i), 164.530(c); policy P-PHI tier 3",
        "risk-warning-required": "78 FR 5566, 5634; 45 CFR 164.530(c); policy P-PHI tier 2",
        "patient-preference-after-warning +": "78 FR 5566, 5634",
        "details-redacted +": "45 CFR 164.530(c); 78 FR 5566, 5634; policy P-PHI",
        "neutral-notice +": "45 CFR 164.530(c); 78 FR 5566, 5634; policy P-PHI",
        "picture-with-details": "45 CFR 164.514(b)(2)(i)(Q), 164.530(c); policy P-PHI",
    },
    "hipaa-marketing": {
        "refill-reminder +": "45 CFR 164.501",
        "not-marketing-own-service +": "45 CFR 164.501",
        "treatment-communication +": "45 CFR 164.501",
        "authorization +": "45 CFR 164.501",
        "authorization-required": "45 CFR 164.5",
        "authorization-missing-remuneration-statement": "45 CFR 164.508(a)(3)(ii)",
        "fundraising-opt-out-missing": "45 CFR 164.514(f)(2)",
    },
    "do-not-call": {
        "internal-dnc": "47 CFR 64.1200(d)(3), (d)(6), (f)(5); policy P-DNC-1",
        "nonprofit +": "47 CFR 64.1200(f)(15)(iii)",
        "signed-permission +": "47 CFR 64.1200(c)(2)(ii)",
        "personal-relationship +": "47 CFR 64.1200(c)(2)(iii)",
        "established-business-relationship +": "47 CFR 64.1200(f)(5)",
        "dnc-scrub-stale": "47 CFR 64.1200(c)(2)(i)(D); policy P-DNC-2",
        "national-dnc": "47 CFR 64.1200(c)(2)",
    },
    "canada-casl": {
        "express-consent +": "CASL s. 6, s. 10(1)",
        "implied-consent-purchase +": "CASL s. 10(10)(a)",
        "implied-consent-inquiry +": "CASL s. 10(10)(e)",
        "implied-consent-expired": "CASL s. 6, s. 10(9), (10)",
        "consent-required": "CASL s. 6, s. 10(9), (10)",
        "identity-missing": "CASL s. 6(2)(a), (b)",
        "unsubscribe-missing": "CASL s. 6(2)(c), s. 11",
    },
    "uk-pecr": {
        "consent +": "PECR reg. 22(2)",
        "soft-opt-in +": "PECR reg. 22(3)",
        "consent-or-soft-opt-in-required": "PECR reg. 22(2)",
        "identity-missing": "PECR reg. 23",
        "unsubscribe-missing": "PECR reg. 22(3)(c)",
    },
    "australia-spam-act": {
        "express-consent +": "Spam Act 2003 Sch. 2",
        "inferred-consent +": "Spam Act 2003 Sch. 2",
        "consent-required": "Spam Act 2003 s. 16",
        "identity-missing": "Spam Act 2003 ",
        "unsubscribe-missing": "Spam Act 2003 s. 18",
    },
    "frequency-cap-state": {
        "frequency-cap ~": "",
        "established-business-relationship +": "ORS 646.561, 646.563",
    },
    "frequency-cap-practice": {"practice-cap ~": "setting of the practice: caps"},
    "frequency-promised": {"promised-frequency ~": "CTIA Messaging Principles (May 2023), 5.1.2.1"},
    "identical-text": {"identical-text": "library policy: nobody is texted twice"},
    "location-known": {
        "recipient-location-unknown": "47 CFR 64.1200(c)(1); policy P-TZ-3",
        "recipient-state-unknown": "policy P-ST-1",
    },
    "quiet-hours-federal": {
        "quiet-hours ~": "47 CFR 64.1200(c)(1), (e)",
        "no-common-hours": "47 CFR 64.1200(c)(1), (e)",
    },
    "quiet-hours-state": {"quiet-hours ~": "", "no-common-hours": ""},
    "courtesy-window": {
        "courtesy-window ~": "library policy P-QH-3",
        "no-common-hours": "library policy P-QH-3",
    },
    "opt-out-line": {"opt-out-line-appended +": "CTIA Messaging Principles (May 2023), 5.1.2.1"},
    "practice-name": {
        "practice-name-missing": "47 CFR 64.1200(d)(4)",
        "practice-name-missing +": "library policy",
    },
    "two-way-replies": {"two-way-unavailable-without-disclosure": "47 CFR 64.1200(a)(10)"},
    "link-shortener": {
        "public-url-shortener": "CTIA Messaging Principles (May 2023), 5.3.2; carriers",
        "dedicated-domain +": "CTIA Messaging Principles (May 2023), 5.3.2",
    },
    "opt-in-confirmation": {
        "complete-opt-in-confirmation +": "CTIA Messaging Principles (May 2023), 5.1.2.1",
    }
    | dict.fromkeys(
        (
            "program-name-missing",
            "customer-care-missing",
            "opt-out-missing",
            "frequency-missing",
            "fees-missing",
        ),
        "CTIA Messaging Principles and Best Practices (May 2023) 5.1.2.1",
    ),
    "carrier-cap": {"carrier-cap ~": ""},
    "volume-plan": dict.fromkeys(
        (
            "ramp ~",
            "texts-per-day ~",
            "replies ~",
            "quiet-day ~",
            "staffed-hours ~",
            "your-own-plan ~",
        ),
        "setting of the messenger: volume",
    ),
    "missed-call": {
        "own-number": "library policy for texts after missed calls",
        "line-type-unknown": "45 CFR 164.530(c); library policy",
        "not-mobile": "45 CFR 164.530(c); library policy",
        "once-a-day": "CTIA Messaging Principles (May 2023), Exhibit II; library policy",
    },
    "not-production": {"not-on-allow-list": "setting of the messenger: only_to"},
}
"""Every code of every rule and where it stands in the law: + permits, ~ holds, others refuse."""
MARKS = {ALLOW: " +", HOLD: " ~", BLOCK: ""}


@cache
def book(settings: Settings) -> Rulebook:
    """Make the library's rules under some settings."""
    return Rulebook(settings)


def checked(finding: Finding) -> str:
    """Look a finding up in the table; every one has words, and every refusal a remedy."""
    code = f"{finding.code}{MARKS[finding.verdict]}"

    assert finding.citation.startswith(CITED[finding.rule][code]), (finding.rule, code)
    assert finding.words.endswith(".")
    assert finding.citation
    assert bool(finding.remedy) == (finding.verdict is not ALLOW)
    assert (finding.until is not None) == (finding.verdict is HOLD)
    return code


def found(rule: str, settings: Settings | None = None, **changes: object) -> list[str]:
    """Ask one rule about a text; name what it says, with a mark for what does not refuse."""
    law = book(settings or Settings())
    return [checked(each) for each in law.decide(facts(**changes), rules=[rule]).findings]


def until(rule: str, settings: Settings | None = None, **changes: object) -> datetime | None:
    """Ask one rule until when it holds a text."""
    return book(settings or Settings()).decide(facts(**changes), rules=[rule]).until


def test_every_rule_is_in_the_table() -> None:
    """Each rule has its codes here; ids are unique; rules are asked in the order of the law."""
    names = [rule.id for rule in RULES]

    assert names == list(CITED)
    assert len(set(names)) == len(names)
    assert [rule.id for rule in RULES if rule.may_hold] == [
        "consent",
        "frequency-cap-state",
        "frequency-cap-practice",
        "frequency-promised",
        "quiet-hours-federal",
        "quiet-hours-state",
        "courtesy-window",
        "carrier-cap",
        "volume-plan",
    ]


def test_the_table_lists_what_can_be_found() -> None:
    """Every mark of the table is one of a verdict, so that a typing error shows."""
    marks = {code.partition(" ")[2] for told in CITED.values() for code in told}

    assert marks == {mark.strip() for mark in MARKS.values()}


_SOURCES = ("CFR", "CTIA", "olic", "CASL", "S.C. 2010", "PECR", "Spam Act", "Chesbro", "M.R.S.")


def test_every_rule_tells_its_source() -> None:
    """The description of a rule says where it comes from, or that it is policy."""
    sourceless = {"frequency-cap-practice", "identical-text", "opt-out-line", "carrier-cap"}
    for rule in RULES:
        told = rule.ask.__doc__ or ""
        cited = any(word in told for word in _SOURCES)

        assert told
        assert cited or rule.id in sourceless


# The declared purpose and the content


@pytest.mark.parametrize(
    ("declared", "content", "decided"),
    [
        (Purpose.APPOINTMENT_REMINDER, ContentLabel.TRANSACTIONAL, Purpose.APPOINTMENT_REMINDER),
        (Purpose.APPOINTMENT_REMINDER, ContentLabel.MIXED, Purpose.REMINDER_WITH_OFFER),
        (Purpose.APPOINTMENT_REMINDER, ContentLabel.MARKETING, Purpose.REMINDER_WITH_OFFER),
        (Purpose.PROMOTION, ContentLabel.TRANSACTIONAL, Purpose.PROMOTION),
        (Purpose.FUNDRAISING, ContentLabel.MARKETING, Purpose.FUNDRAISING),
        (Purpose.EMERGENCY_ALERT, ContentLabel.MIXED, Purpose.REMINDER_WITH_OFFER),
        (Purpose.EMERGENCY_ALERT, ContentLabel.TRANSACTIONAL, Purpose.EMERGENCY_ALERT),
        (Purpose.EMERGENCY_ALERT, ContentLabel.MARKETING, Purpose.REMINDER_WITH_OFFER),
        (Purpose.HELP_REPLY, ContentLabel.MARKETING, Purpose.HELP_REPLY),
    ],
)
def test_content_wins_over_the_label(
    declared: Purpose, content: ContentLabel, decided: Purpose
) -> None:
    """What sells is decided as a promotion; a warning that mentions a sale stays a warning."""
    known = facts(purpose=declared, readings=Readings(content=content))

    assert known.decided_as is decided
    assert known.message_class is decided.message_class
    expected = [] if decided is declared else ["decided-as-marketing +"]
    assert found("declared-purpose", purpose=declared, readings=known.readings) == expected


def test_a_reminder_that_sells_needs_what_a_promotion_needs() -> None:
    """Such a text is held to marketing in every rule, and told with offsets, never its words."""
    body = "Lakeside: Ana, see you Tue 9am. Add whitening for 20% off!"
    content = read_content(body)
    readings = Readings(content=content.label, phrases=content.phrases)
    known = facts(readings=readings, consent=agreed(PEC), zones=())
    decision = Rulebook().decide(known)
    told = " ".join(finding.words for finding in decision.findings)

    assert {finding.code for finding in decision.reasons} == {
        "prior-express-written-consent-required",
        "dnc-scrub-stale",
        "recipient-location-unknown",
    }
    for phrase in content.phrases:
        sells = phrase.kind is PhraseKind.MARKETING
        assert (f"{phrase.rule} at {phrase.start}-{phrase.end}" in told) == sells
    assert not any(word in told for word in ("20%", "whitening", "Ana", "Tue"))


# The number


@pytest.mark.parametrize(
    ("country", "unknown", "codes"),
    [
        ("US", False, []),
        ("CA", False, []),
        ("GB", False, []),
        ("AU", False, []),
        (None, False, []),
        ("FR", False, ["country-without-rules"]),
        ("FR", True, []),
    ],
)
def test_a_country_needs_rules(country: str | None, unknown: bool, codes: list[str]) -> None:  # noqa: FBT001 - a column
    """No text goes where nobody read the law, unless the practice says so."""
    settings = Settings(unknown_countries=unknown)

    assert found("country-known", settings, country=country) == codes


def test_a_country_without_its_pack_is_unknown() -> None:
    """A practice that leaves a pack out texts nobody in that country."""
    law = Rulebook(jurisdictions=("us",))

    assert law.decide(facts(), rules=["country-known"]).verdict is ALLOW
    assert law.decide(facts(country="CA"), rules=["country-known"]).verdict is BLOCK


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        (0, ["number-deactivated"]),
        (-3, ["number-deactivated"]),
        (45, ["number-deactivated"]),
        (46, ["agreed-since-deactivation +"]),
    ],
)
def test_who_agreed_once_a_number_could_be_given_out_anew_has_it(
    days: int, codes: list[str]
) -> None:
    """A list of years ago keeps nobody out; within the 45 days it was nobody's."""
    consent = agreed(PEC)
    since = consent.grants[0].occurred_at.date() - timedelta(days=days)
    lookups = LookupAnswers(deactivated_on=since)

    assert found("number-deactivated", consent=consent, lookups=lookups) == codes
    assert found("number-deactivated", consent=NOTHING, lookups=lookups) == ["number-deactivated"]
    for nothing_shown in ({"basis": Basis.BOOKING}, {"unproven": True}):
        told = agreed(PEC, **nothing_shown)
        assert found("number-deactivated", consent=told, lookups=lookups) == ["number-deactivated"]


@pytest.mark.parametrize(
    ("since", "codes"),
    [
        (None, []),
        (TODAY + DAY, []),
        (TODAY, ["number-deactivated"]),
        (TODAY - DAY, ["number-deactivated"]),
    ],
)
def test_a_deactivated_number_gets_nothing(since: date | None, codes: list[str]) -> None:
    """From the day on which a carrier lists it, whatever the text is."""
    lookups = LookupAnswers(deactivated_on=since)

    assert found("number-deactivated", lookups=lookups) == codes
    assert found("number-deactivated", lookups=lookups, purpose=Purpose.EMERGENCY_ALERT) == codes


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Flag.INVALID_NUMBER, "number-invalid"),
        (Flag.UNREACHABLE_PERMANENT, "number-unreachable"),
        (Flag.BLOCKED_NUMBER, "number-blocked"),
        (Flag.COMPLIANCE_BLOCKED, "compliance-blocked"),
        (Flag.WRONG_NUMBER, "number-wrong"),
    ],
)
def test_a_flagged_number_gets_no_texts(why: Flag, code: str) -> None:
    """What needs consent stops, with a way out; emergencies and answers go."""
    flagged = evolve(WRITTEN, flagged=FlaggedNumber(event_id="f", occurred_at=NOON, why=why))

    assert found("number-flagged") == []
    assert found("number-flagged", consent=flagged) == [code]
    for purpose in (Purpose.EMERGENCY_ALERT, Purpose.HELP_REPLY):
        assert found("number-flagged", consent=flagged, purpose=purpose) == []


def test_whoever_said_that_a_number_is_wrong_gets_one_answer() -> None:
    """Once, and within its time; where a provider said that it is gone, nobody does."""
    answer = {"purpose": Purpose.CARE_CONVERSATION, "reply": ReplyFacts(received_at=NOON)}
    wrong, gone = (
        evolve(WRITTEN, flagged=FlaggedNumber(event_id="f", occurred_at=NOON, why=why))
        for why in (Flag.WRONG_NUMBER, Flag.UNREACHABLE_PERMANENT)
    )

    assert found("number-flagged", consent=wrong, **answer) == []
    assert found("number-flagged", consent=gone, **answer) == ["number-unreachable"]
    for late in {"at": NOON + 2 * DAY}, {"reply": None}:
        assert found("number-flagged", consent=wrong, **answer | late) == ["number-wrong"]


@pytest.mark.parametrize("line", [None, *LineType])
def test_a_landline_gets_nothing(line: LineType | None) -> None:
    """Only a landline is refused; who does not know goes on."""
    codes = ["landline"] if line is LineType.LANDLINE else []

    answer = LineAnswer(kind=line, as_of=date(2026, 11, 1)) if line else None

    assert found("line-type", lookups=LookupAnswers(line=answer)) == codes


def asked(
    answer: Reassigned, *, since: date = date(2026, 11, 1), age: int = 0
) -> dict[str, object]:
    """Make what the reassigned numbers database answered some days ago."""
    known = ReassignedAnswer(answer=answer, since=since, as_of=TODAY - age * DAY)
    return {"lookups": LookupAnswers(reassigned=known)}


HARBOR, NO_HARBOR = ["safe-harbor +"], ["no-safe-harbor"]
CHANGED = ["number-reassigned"]
AGREED_ON = (NOON - 7 * DAY).date()


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (asked(Reassigned.NO), HARBOR),
        (asked(Reassigned.NO, since=AGREED_ON), HARBOR),
        # Asked about a day after the consent: a change in between would not show.
        (asked(Reassigned.NO, since=AGREED_ON + DAY), NO_HARBOR),
        (asked(Reassigned.NO, age=31), HARBOR),
        (asked(Reassigned.NO, age=32), []),
        (asked(Reassigned.NO_DATA), NO_HARBOR),
        (asked(Reassigned.NO_DATA, age=31), NO_HARBOR),
        (asked(Reassigned.YES), CHANGED),
        # Only what permits grows old.
        (asked(Reassigned.NO_DATA, age=400), NO_HARBOR),
        (asked(Reassigned.YES, age=400), CHANGED),
        ({}, []),
    ],
)
def test_what_the_reassigned_numbers_database_says(
    answer: dict[str, object], codes: list[str]
) -> None:
    """Only a current "no" about the day of the consent is a safe harbour."""
    lenient = Settings(send_without_reassigned_data=True)

    assert found("reassigned-number", **answer) == codes
    assert found("reassigned-number", lenient, **answer) == [c for c in codes if c not in NO_HARBOR]
    assert found("reassigned-number", purpose=Purpose.EMERGENCY_ALERT, **answer) == []


def test_the_newest_consent_that_stands_tells_when_the_number_was_right() -> None:
    """A grant that a revocation ended, or an older one, says less about the number."""
    known = asked(Reassigned.NO, since=AGREED_ON)
    older = grant(event_id="g-0", occurred_at=NOON - 90 * DAY)
    ended = grant(event_id="g-2", occurred_at=NOON, stopped_by=(stop(),))
    later = asked(Reassigned.NO, since=AGREED_ON + DAY)

    renewed = ConsentState(grants=(older, grant()))
    taken_back = ConsentState(grants=(grant(), ended))

    assert found("reassigned-number", **known, consent=renewed) == HARBOR
    assert found("reassigned-number", **later, consent=taken_back) == NO_HARBOR


@pytest.mark.parametrize(
    ("state", "profile", "answer", "codes"),
    [
        ("ME", Profile(), {}, ["rnd-check-required"]),
        ("ME", Profile(), asked(Reassigned.NO, age=32), ["rnd-check-required"]),
        ("ME", Profile(), asked(Reassigned.NO), HARBOR),
        ("ME", Profile(last_inquiry_on=TODAY - 20 * DAY), {}, []),
        ("NH", Profile(), {}, []),
    ],
)
def test_maine_demands_the_question(
    state: str, profile: Profile, answer: dict[str, object], codes: list[str]
) -> None:
    """10 M.R.S. 1499-B: before a promotion, and not within a business relationship."""
    where = {"states": states("IL", state), "recipient": profile, **answer}

    assert found("reassigned-number", **PROMOTES, **where) == codes
    assert found("reassigned-number", **where) == [c for c in codes if c in HARBOR]


# Carriers


@pytest.mark.parametrize("shown", OptOutShown)
def test_an_added_line_is_told(shown: OptOutShown) -> None:
    """What the library added to a text stands in the record; a missing line refuses nothing."""
    codes = ["opt-out-line-appended +"] if shown is OptOutShown.APPENDED else []

    assert found("opt-out-line", readings=Readings(opt_out=shown)) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (PROMOTES, ["practice-name-missing"]),
        ({"readings": evolve(SELLS, names_sender=False)}, ["practice-name-missing"]),
        ({}, ["practice-name-missing +"]),
        ({"reply": ReplyFacts(received_at=NOON)}, []),
        ({"purpose": Purpose.EMERGENCY_ALERT}, []),
        ({"purpose": Purpose.HELP_REPLY}, []),
    ],
)
def test_a_promotion_names_who_sends_it(text: dict[str, object], codes: list[str]) -> None:
    """Without the practice's name a promotion is refused, and other texts get a word about it."""
    nameless: dict[str, object] = {"readings": Readings(names_sender=False)}

    assert found("practice-name", **nameless | text) == codes
    assert found("practice-name", **text | {"readings": Readings()}) == []


def test_who_cannot_reply_is_told_so() -> None:
    """Each text by a way without replies says so, and tells another way out."""
    silent = evolve(LAKESIDE, takes_replies=False)
    for no_reply, other in itertools.product([True, False], repeat=2):
        readings = Readings(no_reply=no_reply, other_opt_out=other)
        refused = not (no_reply and other)

        assert found("two-way-replies", readings=readings) == []
        assert found("two-way-replies", readings=readings, sender=silent) == (
            ["two-way-unavailable-without-disclosure"] if refused else []
        )


@pytest.mark.parametrize(
    ("host", "codes"),
    [
        ("bit.ly", ["public-url-shortener"]),
        ("www.tinyurl.com", ["public-url-shortener"]),
        ("lakeside.example", ["dedicated-domain +"]),
        ("go.lakeside.example", ["dedicated-domain +"]),
        ("notlakeside.example", []),
        ("lakeside.example.org", []),
    ],
)
def test_where_links_may_lead(host: str, codes: list[str]) -> None:
    """No public shortener; hosts of the practice's own are told; others pass."""
    sender = evolve(LAKESIDE, link_domains=("Lakeside.example", "elsewhere.example"))
    links = (Link(5, 20, host),)

    assert found("link-shortener", readings=Readings(links=links), sender=sender) == codes
    assert found("link-shortener", sender=sender) == []


COMPLETE = Readings(help=True, frequency=True, fees=True, contact=False)
ELEMENTS = {
    "program-name-missing": {"names_sender": False},
    "customer-care-missing": {"help": False},
    "opt-out-missing": {"opt_out": OptOutShown.NO},
    "frequency-missing": {"frequency": False},
    "fees-missing": {"fees": False},
}


def test_an_opt_in_confirmation_says_five_things() -> None:
    """Each of the five is asked for, and all that are missing are told."""
    welcome = {"purpose": Purpose.OPT_IN_CONFIRMATION}
    nothing = evolve(COMPLETE, **{k: v for each in ELEMENTS.values() for k, v in each.items()})

    assert found("opt-in-confirmation", **welcome, readings=COMPLETE) == [
        "complete-opt-in-confirmation +"
    ]
    for code, missing in ELEMENTS.items():
        assert found("opt-in-confirmation", **welcome, readings=evolve(COMPLETE, **missing)) == [
            code
        ]
    assert found("opt-in-confirmation", **welcome, readings=nothing) == list(ELEMENTS)
    by_phone = evolve(COMPLETE, help=False, contact=True)
    assert found("opt-in-confirmation", **welcome, readings=by_phone) == [
        "complete-opt-in-confirmation +"
    ]
    assert found("opt-in-confirmation", readings=nothing) == []


def registered(score: int | None, use_case: str = "", **used: int) -> dict[str, object]:
    """Make a sender with a 10DLC registration that used some of it."""
    campaign = Campaign(vetting_score=score, use_case=use_case)
    return {"sender": evolve(LAKESIDE, campaign=campaign), "sent": SentBefore(**used)}  # type: ignore[arg-type]


PACIFIC_MIDNIGHT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
NEXT_MINUTE = NOON + MINUTE


@pytest.mark.parametrize(
    ("sender", "ends"),
    [
        (registered(80, segments_today=199_999), None),
        (registered(80, segments_today=200_000), PACIFIC_MIDNIGHT),
        (registered(60, segments_today=40_000), PACIFIC_MIDNIGHT),
        (registered(49, segments_today=10_000), PACIFIC_MIDNIGHT),
        (registered(1, segments_today=2_000), PACIFIC_MIDNIGHT),
        (registered(None, "sole_proprietor", segments_today=1_000), PACIFIC_MIDNIGHT),
        (registered(None, "sole_proprietor", segments_this_minute=15), NEXT_MINUTE),
        (registered(80, "low_volume_mixed", segments_this_minute=75), NEXT_MINUTE),
        (registered(80, segments_this_minute=4_499), None),
        (registered(80, segments_this_minute=4_500), NEXT_MINUTE),
        (registered(80, segments_this_minute=4_500, segments_today=200_000), PACIFIC_MIDNIGHT),
        # Who was not vetted counts as one with the lowest score.
        (registered(None, segments_today=1_999), None),
        (registered(None, "customer_care", segments_today=2_000), PACIFIC_MIDNIGHT),
        (registered(0, segments_today=2_000), PACIFIC_MIDNIGHT),
        # A use case with a limit of its own has that one, whatever its score.
        (registered(10, "charity", segments_this_minute=2_399), None),
        (registered(10, "charity", segments_this_minute=2_400), NEXT_MINUTE),
        (registered(80), None),
        ({"sent": SentBefore(segments_today=10**9)}, None),
        # Alone in its minute a long text gains nothing by waiting.
        (
            registered(None, "sole_proprietor", segments_this_minute=0)
            | {"readings": Readings(segments=16)},
            None,
        ),
    ],
)
def test_what_carriers_take(sender: dict[str, object], ends: datetime | None) -> None:
    """What is over a registration's limit waits for the carrier's next minute or day."""
    assert until("carrier-cap", **sender) == ends
    assert until("carrier-cap", **sender | {"at": NOON + 59 * timedelta(seconds=1)}) == ends
    assert found("carrier-cap", **sender | {"purpose": Purpose.EMERGENCY_ALERT}) == []


@pytest.mark.parametrize("code", [code.partition(" ")[0] for code in CITED["volume-plan"]])
def test_a_place_on_the_plan_is_waited_for(code: str) -> None:
    """A text waits until its place, whatever part of the plan it waits for, and no longer."""
    wait = VolumeWait(until=NOON + HOUR, code=code)

    assert found("volume-plan", volume=wait) == [f"{code} ~"]
    assert until("volume-plan", volume=wait) == NOON + HOUR
    assert found("volume-plan", volume=wait, at=NOON + HOUR) == []


def test_who_is_not_on_the_allow_list() -> None:
    """Outside of production nobody else is texted, for whatever purpose."""
    assert found("not-production") == []
    for purpose in PURPOSES:
        refused = found("not-production", purpose=purpose, on_allow_list=False)
        assert refused == ["not-on-allow-list"]


def test_the_first_instant_that_suits_the_rules() -> None:
    """The rulebook tells from when on nothing holds a text, from any later instant on."""
    law = book(Settings())
    morning = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)

    assert law.free_from(facts(), NOON) == NOON
    assert law.free_from(facts(), NIGHT) == morning
    assert law.free_from(facts(), NOON + 11 * HOUR) == morning
    never = VolumeWait(until=NOON + 400 * DAY, code="ramp")
    assert law.free_from(facts(volume=never), NOON) is None


def test_a_text_waits_for_all_of_a_registration() -> None:
    """While another rule holds it past the minute, the day's count goes on."""
    busy = registered(80, segments_today=200_000) | {"at": NIGHT}
    minute = registered(80, segments_this_minute=4_500) | {"at": NIGHT}
    both = ["courtesy-window", "carrier-cap"]
    morning = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)

    assert Rulebook().decide(facts(**busy), rules=both).until == morning
    assert Rulebook().decide(facts(**minute), rules=both).until == morning


# Emergencies and answers


@pytest.mark.parametrize("consent", [NOTHING, stopped(), WRITTEN])
@pytest.mark.parametrize("where", [(), places("Pacific/Honolulu", "America/New_York")])
def test_emergencies_go_at_any_hour(
    consent: ConsentState, where: tuple[CandidateZone, ...]
) -> None:
    """Emergency texts need no consent, no place and no hour, even after STOP."""
    known = facts(
        purpose=Purpose.EMERGENCY_ALERT, consent=consent, at=NIGHT, zones=where, states=()
    )
    decision = Rulebook().decide(known)

    assert [finding.code for finding in decision.findings] == ["emergency-purpose"]
    assert decision.verdict is ALLOW
    assert decision.relied_on is None


@pytest.mark.parametrize("consent", [NOTHING, stopped(), WRITTEN])
def test_help_is_answered_at_any_hour(consent: ConsentState) -> None:
    """The answer to HELP needs no consent, no place and no hour."""
    known = facts(purpose=Purpose.HELP_REPLY, consent=consent, at=NIGHT, zones=(), states=())

    assert Rulebook().decide(known).findings == ()


def test_opt_out_lines_of_classes() -> None:
    """Every promotion says how to opt out, by its purpose."""
    for purpose in PURPOSES:
        if purpose.message_class is MessageClass.MARKETING:
            assert purpose.opt_out_line is OptOutLine.EACH


def test_after_a_missed_call() -> None:
    """To a mobile phone of somebody else, once in 24 hours; of other texts nothing is asked."""
    call, day = Purpose.MISSED_CALL_TEXT_BACK, timedelta(hours=24)
    mobile, voip = (
        LookupAnswers(line=LineAnswer(kind=kind, as_of=TODAY))
        for kind in (LineType.MOBILE, LineType.VOIP)
    )
    before = [
        PastText(at=NOON - age, message_class=call.message_class, subject=subject)
        for age, subject in ((day, call.code), (timedelta(hours=1), "recall"))
    ]
    again = evolve(before[0], at=NOON - day + timedelta(seconds=1))

    assert found("missed-call", own_number=True) == []
    assert found("missed-call", purpose=call) == ["line-type-unknown"]
    assert found("missed-call", purpose=call, lookups=voip) == ["not-mobile"]
    known = {"purpose": call, "lookups": mobile}
    assert found("missed-call", **known, own_number=True) == ["own-number"]
    assert found("missed-call", **known, sent=SentBefore(texts=tuple(before))) == []
    assert found("missed-call", **known, sent=SentBefore(texts=(again,))) == ["once-a-day"]
