"""Revocations and consent: how far an opt-out reaches, and what permits a text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms.classification import (
    ContentLabel,
    MessageClass,
    Phrase,
    PhraseKind,
    Purpose,
)
from compliant_sms.classification._phrase_rules import rulebook
from compliant_sms.consent import (
    Channel,
    ConsentState,
    Revocation,
    SignatureKind,
    Tier,
)
from compliant_sms.practice import SenderKind
from compliant_sms.rules import (
    Override,
    Readings,
    ReplyFacts,
    RevocationScope,
    Rulebook,
    Settings,
)
from compliant_sms.rules import _rules_consent as consent_rules
from compliant_sms.waiver import Waiver
from test_rules import (
    ALLOW,
    APPEAL,
    BLOCK,
    COUNSEL,
    DAY,
    HOUR,
    LAKESIDE,
    MINUTE,
    NIGHT,
    NOON,
    NOTHING,
    OTHER_NUMBER,
    PEC,
    PEWC,
    PROMOTES,
    PURPOSES,
    SELLS,
    SOUND,
    TICK,
    TO_PATIENTS,
    WRITTEN,
    agreed,
    facts,
    found,
    grant,
    own,
    states,
    stop,
    stopped,
)

# Revocations

SPARES = stop(keep=("appointments", "care"))
OWN_PROTOCOL = Purpose("own_protocol", MessageClass.PROTOCOL, "answers")


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
@pytest.mark.parametrize("at", [NOON, NIGHT])
def test_only_three_things_follow_a_revocation(purpose: Purpose, at: datetime) -> None:
    """After STOP go its confirmation, the answer to HELP and emergencies, at any hour."""
    decision = Rulebook().decide(
        facts(
            at=at,
            purpose=purpose,
            consent=stopped(occurred_at=at),
            reply=ReplyFacts(received_at=at),
        )
    )
    may_follow = purpose in {
        Purpose.OPT_OUT_CONFIRMATION,
        Purpose.HELP_REPLY,
        Purpose.EMERGENCY_ALERT,
    }

    assert (decision.verdict is ALLOW) == may_follow
    assert ("revoked" in [finding.code for finding in decision.reasons]) == (not may_follow)
    assert decision.relied_on is None


@pytest.mark.parametrize(
    ("stops", "purpose", "reply", "expected"),
    [
        ([SPARES], Purpose.OPT_IN_CONFIRMATION, ReplyFacts(received_at=NOON), "opted-in-since +"),
        ([SPARES], Purpose.OPT_IN_CONFIRMATION, ReplyFacts(received_at=NOON - DAY), "revoked"),
        ([SPARES], Purpose.OPT_IN_CONFIRMATION, None, "revoked"),
        ([SPARES], OWN_PROTOCOL, ReplyFacts(received_at=NOON), "revoked"),
        ([SPARES, stop()], Purpose.OPT_IN_CONFIRMATION, ReplyFacts(received_at=NOON), "revoked"),
        ([stop()], Purpose.OPT_IN_CONFIRMATION, ReplyFacts(received_at=NOON), "revoked"),
    ],
)
def test_an_opt_in_is_confirmed_after_a_no_to_other_texts(
    stops: list[Revocation], purpose: Purpose, reply: ReplyFacts | None, expected: str
) -> None:
    """What was agreed to after it is; nothing from before, nothing else, and nothing after STOP."""
    consent = stopped(*stops)

    assert found("revocation", purpose=purpose, consent=consent, reply=reply) == [expected]


@pytest.mark.parametrize("channel", Channel)
def test_any_channel_revokes(channel: Channel) -> None:
    """Whatever way the request came, texting ends; only the law that says so differs."""
    per_se = channel in {Channel.TEXT, Channel.WEB, Channel.PROVIDER}
    expected = ["revoked"] if per_se else ["revoked-presumed"]

    assert found("revocation", consent=stopped(channel=channel)) == expected
    assert found("revocation", **PROMOTES, consent=stopped(channel=channel)) == expected


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (Channel.SPOKEN, "somebody at this number asked us to stop texting, by word of mouth."),
        (Channel.OTHER_SYSTEM, "to stop texting, as another system has it on its list."),
        (Channel.UNKNOWN, "to stop texting; how is not on record, and the request stands."),
        (Channel.PROVIDER, "the provider reported that this number opted out of our texts."),
    ],
)
def test_the_reason_tells_how_the_request_came(channel: Channel, words: str) -> None:
    """In plain words, and without saying that it was whom the text is for."""
    law = Rulebook()
    [reason] = law.decide(facts(consent=stopped(channel=channel)), rules=["revocation"]).reasons

    assert words in reason.words


def test_without_a_revocation_nothing_is_said() -> None:
    """Consent that stands, or was never given, is no matter of this rule."""
    assert found("revocation") == []
    assert found("revocation", consent=NOTHING) == []
    assert found("revocation", purpose=Purpose.OPT_IN_CONFIRMATION) == []


NARROW = Settings(revocation_scope=RevocationScope.CATEGORY)
BILLING = {"category": "billing", "message_class": "transactional"}
OFFERS = {"category": "promotions", "message_class": "marketing"}
INTACT = ["other-category-consent-intact +"]
IN_2027 = datetime(2027, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answers", "text", "narrowly"),
    [
        ({}, {}, ["revoked"]),
        (BILLING, {}, INTACT),
        (BILLING, {"purpose": Purpose.BILLING}, ["revoked"]),
        (BILLING, PROMOTES, INTACT),
        (OFFERS, {}, INTACT),
        (OFFERS, PROMOTES, ["revoked"]),
        # (a)(10), (d)(3): a STOP to one promotion ends all promotion.
        (OFFERS, APPEAL, ["revoked"]),
        (OFFERS, {"readings": SELLS}, ["revoked"]),
        # FCC 24-24: a STOP to an exempt text ends all but emergencies.
        (BILLING | {"exempt": True}, {}, ["revoked"]),
        # (a)(12): asked which texts, and not answered.
        (BILLING | {"clarification_asked": True}, {}, ["revoked"]),
        (BILLING | {"clarification_asked": True, "keep": ("care",)}, {}, ["revoked"]),
    ],
)
def test_how_far_one_opt_out_reaches(
    answers: dict[str, object], text: dict[str, object], narrowly: list[str]
) -> None:
    """By default it ends everything; a practice may read it as narrowly as the law permits."""
    consent = stopped(**answers)

    assert found("revocation", consent=consent, **text) == ["revoked"]
    assert found("revocation", NARROW, consent=consent, **text) == narrowly


@pytest.mark.parametrize("settings", [Settings(), NARROW])
def test_who_says_what_may_go_on_gets_that(settings: Settings) -> None:
    """The patient's answer keeps its categories alive, and nothing else."""
    consent = stopped(**BILLING, keep=("appointments", "promotions"))

    assert found("revocation", settings, consent=consent) == ["clarified-by-recipient +"]
    assert found("revocation", settings, consent=consent, **PROMOTES) == [
        "clarified-by-recipient +"
    ]
    assert found("revocation", settings, consent=consent, purpose=Purpose.BILLING) == ["revoked"]
    assert found(
        "revocation", settings, consent=consent, purpose=Purpose.RECALL, readings=SELLS
    ) == ["clarified-by-recipient +"]


def test_every_revocation_must_spare_a_text() -> None:
    """One that spares it does not lift another that reaches it."""
    spares, ends = stop(**BILLING), stop(event_id="r-2", **OFFERS)

    assert found("revocation", NARROW, consent=stopped(spares, ends)) == INTACT
    assert found("revocation", NARROW, consent=stopped(spares, ends), **PROMOTES) == ["revoked"]
    kept = evolve(spares, keep=("appointments",))
    assert found("revocation", NARROW, consent=stopped(kept, ends)) == INTACT
    assert found("revocation", consent=stopped(kept, ends)) == ["revoked"]


def ruled(**rows: dict[str, object]) -> Rulebook:
    """Make rules that read narrowly, with some rulesets about revocations changed."""
    changes = tuple(
        Override(
            row=f"revocation-{name.replace('_', '-')}",
            values=values,
            waiver=Waiver(of=f"revocation-{name}", **COUNSEL),  # type: ignore[arg-type]
        )
        for name, values in rows.items()
    )
    return Rulebook(NARROW, overrides=changes)


def reached(law: Rulebook, said_on: datetime, at: datetime) -> bool:
    """Whether a STOP to a bill ends reminders."""
    known = facts(at=at, consent=stopped(**BILLING, occurred_at=said_on))
    [finding] = law.decide(known, rules=["revocation"]).findings
    return finding.code == "revoked"


@pytest.mark.parametrize(
    ("said_on", "at", "reaches"),
    [
        # Before any ruleset nobody knows better than that all ends.
        (datetime(2025, 4, 10, tzinfo=UTC), NOON, True),
        (datetime(2025, 4, 11, tzinfo=UTC), NOON, False),
        (NOON, IN_2027 - TICK, False),
        (NOON, IN_2027, True),
        (IN_2027 - TICK, IN_2027 - TICK, False),
        (IN_2027, IN_2027, True),
        (IN_2027 + 30 * DAY, IN_2027 + 60 * DAY, True),
    ],
)
def test_the_law_of_the_day_says_how_far(said_on: datetime, at: datetime, reaches: bool) -> None:  # noqa: FBT001 - a column
    """DA 26-12 waives the reach over categories to 2027-01-31, and not a day longer."""
    assert reached(ruled(), said_on, at) is reaches


def test_a_coming_ruleset_is_put_in_force_by_an_override() -> None:
    """FCC 26-67 counts from the day that the practice names, and replaces what was to come."""
    begun = datetime(2027, 6, 1, tzinfo=UTC)
    after = ruled(fcc_26_67={"in_force": True, "effective_from": begun.date()})
    before = ruled(fcc_26_67={"in_force": True, "effective_from": "2026-12-15"})

    assert reached(ruled(), begun, begun + DAY)
    assert not reached(after, begun, begun + DAY)
    # A STOP of the day before was read under the wider rule, and stays so.
    assert reached(after, begun - TICK, begun + DAY)
    assert reached(after, NOON, begun + DAY)
    assert not reached(before, NOON, begun)
    assert not reached(before, begun, begun + DAY)


RULED = [
    ruled(),
    ruled(fcc_26_67={"in_force": True, "effective_from": date(2027, 6, 1)}),
    ruled(revoke_all={"effective_to": date(2027, 6, 1)}),
    ruled(
        fcc_26_67={"in_force": True, "effective_from": date(2026, 12, 15)},
        revoke_all={"in_force": False},
    ),
]


@pytest.mark.parametrize("law", RULED)
def test_no_ruleset_gives_back_what_was_revoked(law: Rulebook) -> None:
    """What an opt-out has ended once stays ended, whatever comes into force or ends after it."""
    days = [datetime(2025, 1, 1, tzinfo=UTC) + 20 * DAY * count for count in range(50)]
    for said_on in days:
        over = False
        for at in (day for day in days if day >= said_on):
            now = reached(law, said_on, at)

            assert now or not over
            over = now


# The one confirmation


def confirm(after: timedelta = MINUTE, already: int = 0, **changes: object) -> list[str]:
    """Ask about the confirmation of a STOP, some time after it came in."""
    told = {"purpose": Purpose.OPT_OUT_CONFIRMATION, "consent": stopped(occurred_at=NOON)}
    reply = ReplyFacts(received_at=NOON, already_sent=already)
    return found("opt-out-confirmation", **(told | {"at": NOON + after, "reply": reply} | changes))


def test_five_minutes_are_the_limit() -> None:
    """A confirmation goes until five minutes are over, to the microsecond."""
    assert confirm(timedelta(0)) == []
    assert confirm(5 * MINUTE) == []
    assert confirm(5 * MINUTE + TICK) == ["late-confirmation"]


def test_one_confirmation_is_enough() -> None:
    """A revocation that was confirmed, or may have been, is not confirmed again."""
    assert confirm(already=1) == ["confirmation-already-sent"]
    assert confirm(10 * MINUTE, 3) == ["confirmation-already-sent", "late-confirmation"]


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("keep", [(), ("care",)], ids=["all", "some"])
@pytest.mark.parametrize("then", [None, (), ("billing",)], ids=["nothing", "all", "some"])
def test_a_confirmation_that_says_less_than_the_last_stop_is_out_of_date(
    keep: tuple[str, ...], then: tuple[str, ...] | None, *, asks: bool
) -> None:
    """Whoever ends the offers, then everything, is told of the end of everything."""
    agreed = (grant(PEC, "care"), grant(PEC, "billing"))
    first = evolve(stop(), occurred_at=NOON - MINUTE, keep=keep)
    later = () if then is None else (evolve(stop(), occurred_at=NOON, keep=then),)
    codes = confirm(
        MINUTE,
        consent=ConsentState(grants=agreed, revocations=(first, *later)),
        reply=ReplyFacts(received_at=NOON - MINUTE, asks_which=asks),
    )

    assert (codes == ["confirmation-out-of-date"]) is (then == () and (keep != () or asks))


def test_only_a_revocation_is_confirmed() -> None:
    """Without a standing revocation, or without the text that asked, nothing is confirmed."""
    assert confirm(consent=WRITTEN) == ["confirmation-without-revocation"]
    assert confirm(reply=None) == ["confirmation-without-revocation"]
    assert found("opt-out-confirmation", reply=ReplyFacts(received_at=NOON)) == []


@pytest.mark.parametrize("content", ContentLabel)
def test_a_confirmation_holds_nothing_else(content: ContentLabel) -> None:
    """Nothing that sells may stand in it."""
    refused = [] if content is ContentLabel.TRANSACTIONAL else ["marketing-in-confirmation"]

    assert confirm(readings=Readings(content=content)) == refused


def test_a_confirmation_may_ask_who_agreed_to_several_things() -> None:
    """It may ask which texts were meant where there was more than one kind."""
    asks = ReplyFacts(received_at=NOON, asks_which=True)
    one = ConsentState(grants=(grant(PEC, "care"),), revocations=(stop(),))
    two = ConsentState(grants=(grant(PEC, "care"), grant(PEC, "billing")), revocations=(stop(),))

    assert confirm(reply=asks) == []
    assert confirm(reply=asks, consent=two) == []
    assert confirm(reply=asks, consent=one) == ["clarification-without-categories"]
    assert confirm(consent=one) == []


# Consent


def needed(purpose: Purpose) -> str:
    """Name the consent that a purpose needs."""
    return (
        "prior-express-written-consent" if purpose.least_tier is PEWC else "prior-express-consent"
    )


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
@pytest.mark.parametrize("tier", Tier)
def test_each_purpose_needs_its_tier(purpose: Purpose, tier: Tier) -> None:
    """A text may go exactly where a grant of its category reaches its tier."""
    codes = found("consent", purpose=purpose, consent=agreed(tier))
    by_other = found("consent", purpose=purpose, consent=agreed(tier, "other"))

    if purpose.message_class not in TO_PATIENTS:
        emergency = purpose.message_class is MessageClass.EMERGENCY
        assert codes == by_other == (["emergency-purpose +"] if emergency else [])
    elif purpose == Purpose.ONE_TIME_CODE:
        assert by_other == ["requested-by-recipient +"]
    else:
        refused = [f"{needed(purpose)}-required"]
        assert codes == ([f"{needed(purpose)} +"] if tier >= purpose.least_tier else refused)
        assert by_other == refused


def test_a_permission_names_its_event() -> None:
    """What a text relies on is the newest grant that covers it."""
    older = grant(PEC, "appointments", event_id="g-0", occurred_at=NOON - 90 * DAY)
    newer = grant(PEC, "billing", event_id="g-2", occurred_at=NOON - DAY)
    decision = Rulebook().decide(facts(consent=ConsentState(grants=(older, grant(), newer))))

    assert decision.relied_on == "g-1"
    assert "2026-11-23" in decision.findings[0].words
    assert Rulebook().decide(facts(consent=ConsentState(grants=(older, newer)))).relied_on == "g-0"


@pytest.mark.parametrize(
    ("purpose", "consent", "words", "remedy"),
    [
        (Purpose.RECALL, NOTHING, "No consent", "about appointments"),
        (Purpose.PROMOTION, NOTHING, "No consent", "signed permission"),
        (Purpose.BILLING, agreed(PEC, "care"), "texts about billing", "about billing"),
        (Purpose.PROMOTION, agreed(PEC), "no written permission", "signed permission"),
    ],
)
def test_lack_of_consent_is_explained(
    purpose: Purpose, consent: ConsentState, words: str, remedy: str
) -> None:
    """A refusal says what is lacking and what would help."""
    [reason] = Rulebook().decide(facts(purpose=purpose, consent=consent), rules=["consent"]).reasons

    assert words in reason.words
    assert remedy in reason.remedy


def test_who_agrees_again_is_told_so() -> None:
    """A grant after a revocation of the same texts is a new opt-in, and no other is."""
    ended = grant(PEC, "appointments", event_id="g-0", stopped_by=(stop(),))
    again = ConsentState(grants=(ended, grant(PEC, "appointments", occurred_at=NOON)))
    elsewhere = ConsentState(
        grants=(evolve(ended, categories=("surveys",)), grant(PEC, "appointments"))
    )

    assert found("consent", consent=again) == ["re-opted-in +"]
    assert found("consent", consent=elsewhere) == ["prior-express-consent +"]
    assert found("consent", NARROW, consent=stopped(**BILLING)) == ["prior-express-consent +"]


def test_a_revocation_leaves_nothing_to_rely_on() -> None:
    """Where a revocation reaches, consent is not asked for any more."""
    assert found("consent", consent=stopped()) == []
    assert found("consent", NARROW, consent=stopped(**BILLING), purpose=Purpose.BILLING) == []


def test_start_brings_back_nothing_that_sells() -> None:
    """Also where prior express consent is enough: a nonprofit's promotions and appeals."""
    charity = evolve(LAKESIDE, tax_exempt_nonprofit=True)
    needed, again = "nonprofit-prior-express-consent-required", agreed(PEC, restored=True)
    bills = agreed(PEC, "billing", restored=True)

    for sells in PROMOTES, APPEAL:
        known = sells | {"sender": charity}
        assert found("consent", **known | {"consent": again}) == [needed]
        assert found("consent", **known | {"consent": bills}) == [needed]
        assert found("consent", **known | {"consent": agreed(PEC)}) == [f"{needed[:-9]} +"]
        anew = ConsentState(grants=(*again.grants, *agreed(PEC).grants))
        assert found("consent", **known | {"consent": anew}) == [f"{needed[:-9]} +"]
    assert found("consent", consent=again) == ["prior-express-consent +"]


def test_a_nonprofit_needs_less() -> None:
    """A tax-exempt nonprofit promotes and appeals under prior express consent."""
    charity = evolve(LAKESIDE, tax_exempt_nonprofit=True)
    name = "nonprofit-prior-express-consent"
    strict = own(least_tier=PEWC)

    for text in (PROMOTES, APPEAL):
        assert found("consent", **text, consent=agreed(PEC), sender=charity) == [f"{name} +"]
        assert found("consent", **text, consent=NOTHING, sender=charity) == [f"{name}-required"]
    assert found("consent", consent=agreed(PEC), sender=charity) == ["prior-express-consent +"]
    assert found("consent", purpose=strict, consent=agreed(PEC), sender=charity) == [
        "prior-express-written-consent-required"
    ]


def selling(*rules: str) -> Readings:
    """Make a text that sells by these phrases, beside a reminder."""
    kinds = dict.fromkeys(rules, PhraseKind.MARKETING) | {"due": PhraseKind.TRANSACTIONAL}
    phrases = (Phrase(start=0, end=4, rule=rule, kind=kind) for rule, kind in kinds.items())
    return Readings(content=ContentLabel.MIXED, phrases=tuple(phrases))


CARVED = Settings(health_care_message_carve_out=True)
FLU = {
    "purpose": Purpose.IMMUNISATION_REMINDER,
    "consent": agreed(PEC),
    "readings": selling("event"),
}


@pytest.mark.parametrize(
    ("changes", "spared"),
    [
        ({}, True),
        ({"readings": SELLS}, True),
        ({"sender": evolve(LAKESIDE, kind=SenderKind.HEALTH_PLAN)}, True),
        ({"sender": evolve(LAKESIDE, kind=SenderKind.OTHER)}, False),
        ({"purpose": Purpose.BILLING}, False),
        ({"purpose": Purpose.PROMOTION}, False),
        ({"readings": selling("event", "discount")}, False),
        ({"readings": selling("price")}, False),
        ({"readings": selling("goods")}, False),
        ({"readings": selling("a-phrase-of-tomorrow")}, False),
    ],
)
def test_health_care_messages_may_need_less(changes: dict[str, object], spared: bool) -> None:  # noqa: FBT001 - a column
    """Where a practice opens the carve-out, care of a covered entity that names no sale."""
    name = "health-care-message-prior-express-consent"
    refused = ["prior-express-written-consent-required"]
    text = FLU | changes

    assert found("consent", CARVED, **text) == ([f"{name} +"] if spared else refused)
    assert found("consent", **text) == (
        refused
        if facts(**text).message_class is MessageClass.MARKETING
        else found("consent", CARVED, **text)
    )
    if spared:
        assert found("consent", CARVED, **text | {"consent": NOTHING}) == [f"{name}-required"]


def test_phrases_without_a_sale_are_known_phrases() -> None:
    """What the carve-out spares is a phrase of the data, and names no price, discount or goods."""
    sell = {rule.id for rows in rulebook().selling.entries.values() for _, rule in rows}
    named = {"discount", "coupon", "special", "offer", "price-offer", "price", "financing", "free"}
    named |= {"free-offer", "gift", "membership", "goods", "purchase", "elective", "benefits"}

    assert sell >= consent_rules._NAMES_NO_SALE
    assert not consent_rules._NAMES_NO_SALE & named


@pytest.mark.parametrize(
    ("age", "already", "codes"),
    [
        (timedelta(0), 0, ["reply-to-recipient-inbound +"]),
        (24 * HOUR, 0, ["reply-to-recipient-inbound +"]),
        (24 * HOUR + TICK, 0, ["prior-express-consent-required"]),
        (-TICK, 0, ["prior-express-consent-required"]),
        (HOUR, 1, ["prior-express-consent-required"]),
    ],
)
def test_one_answer_to_the_patients_own_text(
    age: timedelta, already: int, codes: list[str]
) -> None:
    """Who writes first gets one answer within a day, and more only by consent."""
    reply = ReplyFacts(received_at=NOON - age, already_sent=already)
    text = {"purpose": Purpose.CARE_CONVERSATION, "reply": reply}

    assert found("consent", **text, consent=NOTHING) == codes
    assert found("consent", **text) == ["prior-express-consent +"]
    assert found("consent", reply=reply, consent=NOTHING) == ["prior-express-consent-required"]


def test_without_the_limit_a_reply_needs_consent() -> None:
    """Where no pack says how long an answer may take, nothing is implied."""
    text = facts(
        at=NOON + TICK,
        purpose=Purpose.CARE_CONVERSATION,
        consent=NOTHING,
        reply=ReplyFacts(received_at=NOON),
    )

    assert Rulebook(jurisdictions=("carriers",)).decide(text, rules=["consent"]).verdict is BLOCK
    nobody = evolve(text, reply=None)
    assert Rulebook().decide(nobody, rules=["consent"]).verdict is BLOCK


# Written consent


def test_written_consent_holds_all_elements() -> None:
    """A promotion rests on a sound agreement, and each defect is told."""
    unsound = evolve(
        SOUND, seller="Partner Leads LLC", signature=SignatureKind.NONE, number=OTHER_NUMBER
    )
    told = found("written-agreement", **PROMOTES, consent=agreed(PEWC, agreement=unsound))

    assert found("written-agreement", **PROMOTES) == []
    assert told == ["no-signature", "seller-not-named", "phone-number-mismatch"]
    assert found("written-agreement", **PROMOTES, consent=agreed(PEWC, agreement=None)) == [
        "agreement-not-recorded"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"box_was_unticked": False},
        {"authorises_automated_marketing": False},
        {"not_a_condition_of_purchase": False},
        {"clear_and_conspicuous": False},
        {"seller": "Lakeside Dental"},
        {"number": OTHER_NUMBER},
        {"signature": SignatureKind.UNRECORDED_VOICE},
    ],
)
def test_each_defect_refuses_a_promotion_only(changes: dict[str, object]) -> None:
    """A defective agreement is no written consent, and still consent to care."""
    consent = agreed(PEWC, agreement=evolve(SOUND, **changes))

    assert len(found("written-agreement", **PROMOTES, consent=consent)) == 1
    assert found("written-agreement", consent=consent) == []
    charity = evolve(LAKESIDE, tax_exempt_nonprofit=True)
    assert found("written-agreement", **PROMOTES, consent=consent, sender=charity) == []


def test_agreements_count_where_consent_counts() -> None:
    """Without consent, after a revocation and for other classes there is nothing to look at."""
    short = evolve(LAKESIDE, name="Other", also_known_as=("Lakeside Family Medicine",))

    assert found("written-agreement", **PROMOTES, sender=short) == []
    assert found("written-agreement", **PROMOTES, consent=NOTHING) == []
    assert found("written-agreement", **PROMOTES, consent=stopped()) == []
    assert found("written-agreement", purpose=Purpose.HELP_REPLY) == []


@pytest.mark.parametrize(
    ("given_to", "codes"),
    [
        ("", []),
        ("Lakeside Family Medicine, P.C.", []),
        ("LAKESIDE", []),
        ("Maple Dental", ["opt-in-not-transferable"]),
    ],
)
def test_an_opt_in_serves_one_sender(given_to: str, codes: list[str]) -> None:
    """Consent that was given to somebody else permits nothing here."""
    for text in ({}, PROMOTES):
        assert found("opt-in-transfer", consent=agreed(PEWC, given_to=given_to), **text) == codes
    assert found("opt-in-transfer", purpose=Purpose.ONE_TIME_CODE, consent=NOTHING) == []
    elsewhere = agreed(PEWC, given_to="Maple Dental")
    assert found("opt-in-transfer", purpose=Purpose.HELP_REPLY, consent=elsewhere) == []


@pytest.mark.parametrize(
    ("channel", "said"),
    [(Channel.TEXT, "on 2026-11-29"), (Channel.UNKNOWN, "how is not on record")],
)
def test_words_tell_the_day_of_the_patient(channel: Channel, said: str) -> None:
    """What came on an evening in Chicago is not of tomorrow; where no clock is known UTC counts."""
    evening = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    ended = stopped(occurred_at=evening, channel=channel)
    again = agreed(PEC, occurred_at=evening)
    words = [
        Rulebook().decide(facts(consent=each, **where)).findings[0].words
        for where in ({}, {"zones": ()})
        for each in (ended, again)
    ]

    assert said in words[0]
    assert ["2026-11-29" in each for each in words] == [True, True, False, False]
    assert all("2026-11-30" in each for each in words[2:])


@pytest.mark.parametrize(
    "later",
    [
        {"given_to": "Maple Dental"},
        {"agreement": None},
        {"agreement": evolve(SOUND, seller="Maple")},
    ],
)
def test_a_later_grant_that_does_not_stand_ends_none(later: dict[str, Any]) -> None:
    """What the patient agreed to before permits as it did, and is what the text rests on."""
    newer = grant(PEWC, event_id="g-2", occurred_at=NOON - DAY, **later)
    both = ConsentState(grants=(grant(), newer))
    decision = Rulebook().decide(facts(**PROMOTES, consent=both))

    assert decision.relied_on == "g-1"
    assert decision.verdict is ALLOW
    assert found("do-not-call", **PROMOTES, consent=both) == ["signed-permission +"]
    assert found("do-not-call", **PROMOTES, consent=ConsentState(grants=(newer,))) != [
        "signed-permission +"
    ]


def test_a_state_may_forgive_less_than_the_federal_rule() -> None:
    """Maryland asks a nonprofit for written consent too; Connecticut and Illinois do not."""
    charity = evolve(LAKESIDE, tax_exempt_nonprofit=True)
    asked = {
        state: found(
            "consent",
            purpose=Purpose.FUNDRAISING,
            sender=charity,
            states=states(state),
            consent=agreed(PEC, "fundraising"),
        )
        for state in ("MD", "CT", "IL")
    }

    assert asked == {
        "MD": ["prior-express-written-consent-required"],
        "CT": ["nonprofit-prior-express-consent +"],
        "IL": ["nonprofit-prior-express-consent +"],
    }
