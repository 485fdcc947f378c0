"""What holds for all facts: holds, strictness, order, and what reasons never tell."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from compliant_sms.classification import ContentLabel, Purpose
from compliant_sms.rules import (
    RULES,
    Facts,
    Readings,
    Rulebook,
    Settings,
    is_exempt,
)
from facts_strategy import CANARY, FACTS, OWN_PURPOSES, SETTINGS
from test_rulebook import NAMES, SEVERITY, STEADY, codes, strictness
from test_rules import (
    ALLOW,
    BLOCK,
    HOLD,
    NUMBER,
    SSN,
    TICK,
    WRITTEN,
    checked,
    stopped,
)


@STEADY
@given(FACTS, SETTINGS)
def test_every_finding_is_known_and_explained(known: Facts, settings: Settings) -> None:
    """Each code is in the table with its citation; each refusal has a remedy; holds alone end."""
    for finding in Rulebook(settings).decide(known).findings:
        if finding.code == "no-common-hours":
            assert finding.citation
            assert finding.remedy
        else:
            checked(finding)


@STEADY
@given(FACTS, SETTINGS)
def test_no_word_tells_what_was_said_or_who_it_is(known: Facts, settings: Settings) -> None:
    """No reason holds a piece of the text, a name of somebody, a number or a birth date."""
    decision = Rulebook(settings).decide(known)
    told = "".join(f"{f.words}{f.citation}{f.remedy}" for f in decision.findings)
    born = known.recipient.birth_date

    assert CANARY not in told
    assert NUMBER.e164[-7:] not in told + repr(decision)
    assert born is None or str(born) not in told + repr(decision)


@STEADY
@given(FACTS, SETTINGS)
def test_every_finding_is_reported_and_the_worst_decides(known: Facts, settings: Settings) -> None:
    """All rules are asked in order, a refusal silences none, and no rule outvotes another."""
    law = Rulebook(settings)
    said = [f for rule in RULES for f in rule.ask(known, law.at(known.at))]
    decision = law.decide(known)
    worst = SEVERITY[max((SEVERITY.index(f.verdict) for f in said), default=0)]

    assert list(decision.findings[: len(said)]) == said
    assert codes(decision.findings[len(said) :]) in ([], ["no-common-hours"])
    assert decision.verdict is (worst if decision.findings == tuple(said) else BLOCK)
    assert (decision.until is not None) == (decision.verdict is HOLD)
    assert decision.reasons == tuple(f for f in decision.findings if f.verdict is not ALLOW)
    assert decision.relied_on in {None, *(f.relies_on for f in said)}
    assert is_exempt(decision.findings) == ("exempt-healthcare" in codes(said))


@STEADY
@given(FACTS)
def test_a_rule_says_only_what_is_its_own(known: Facts) -> None:
    """Findings carry the id of their rule, and a rule holds only if it is known to."""
    law = Rulebook(Settings(healthcare_exemption=True)).at(known.at)
    for rule in RULES:
        said = tuple(rule.ask(known, law))

        assert {finding.rule for finding in said} <= {rule.id}
        assert rule.may_hold or not any(finding.verdict is HOLD for finding in said)


def later(known: Facts, until: datetime) -> Facts:
    """Make the facts of a later instant, with carriers' counts begun anew."""
    pacific, sent = ZoneInfo("America/Los_Angeles"), known.sent
    if until.astimezone(pacific).date() > known.at.astimezone(pacific).date():
        sent = evolve(sent, segments_today=sent.segments_today and 0)
    if until.replace(second=0, microsecond=0) > known.at.replace(second=0, microsecond=0):
        sent = evolve(sent, segments_this_minute=sent.segments_this_minute and 0)
    return evolve(known, at=until, sent=sent)


@trials(STEADY, max_examples=200)
@given(FACTS, SETTINGS)
def test_a_hold_passes_its_own_check(known: Facts, settings: Settings) -> None:
    """Asked again at the instant of a hold, no rule holds the text any more."""
    law = Rulebook(settings)
    until = law.decide(known).until
    if until is not None:
        again = law.decide(later(known, until))

        assert known.at < until <= known.at + timedelta(days=366)
        assert HOLD not in {finding.verdict for finding in again.findings}


@trials(STEADY, max_examples=200)
@given(FACTS, SETTINGS)
def test_a_hold_is_no_longer_than_it_must_be(known: Facts, settings: Settings) -> None:
    """Just before the instant of a hold some rule still holds the text."""
    law = Rulebook(settings)
    until = law.decide(known).until
    if until is not None:
        again = law.decide(later(known, until - TICK))

        assert HOLD in {finding.verdict for finding in again.findings}


BITS = st.lists(st.booleans(), min_size=len(NAMES), max_size=len(NAMES))


@trials(STEADY, max_examples=200)
@given(FACTS, SETTINGS, BITS, BITS)
def test_more_rules_are_never_laxer(
    known: Facts, settings: Settings, few: list[bool], more: list[bool]
) -> None:
    """Whatever rules are asked, asking others too never makes an answer laxer."""
    law = Rulebook(settings)
    subset = [name for name, taken in zip(NAMES, few, strict=True) if taken]
    added = [name for name, taken in zip(NAMES, more, strict=True) if taken]
    by_few = law.decide(known, subset)
    by_more = law.decide(known, {*subset, *added})

    assert strictness(by_more) >= strictness(by_few)
    assert strictness(law.decide(known)) >= strictness(by_more)


@STEADY
@given(FACTS, st.sampled_from(NAMES))
def test_no_rule_turns_a_refusal_into_a_permission(known: Facts, name: str) -> None:
    """What one rule refuses by itself is refused, whatever all others say."""
    law = Rulebook()
    alone, together = law.decide(known, [name]), law.decide(known)

    assert together.verdict is BLOCK or alone.verdict is not BLOCK


def shuffled(known: Facts, dice: random.Random) -> Facts:
    """Put everything that comes in a row into another order."""

    def mix(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(dice.sample(items, len(items)))

    readings, sent, consent = known.readings, known.sent, known.consent
    return evolve(
        known,
        zones=mix(known.zones),
        states=mix(known.states),
        consent=evolve(consent, grants=mix(consent.grants)),
        sent=evolve(sent, texts=mix(sent.texts)),
        readings=evolve(
            readings,
            phi=mix(readings.phi),
            links=mix(readings.links),
            phrases=mix(readings.phrases),
        ),
    )


@trials(STEADY, max_examples=200)
@given(FACTS, SETTINGS, st.randoms(use_true_random=False))
def test_order_decides_nothing(known: Facts, settings: Settings, dice: random.Random) -> None:
    """The same facts in another order get the same answer for the same reasons."""
    law = Rulebook(settings)
    one, other = law.decide(known), law.decide(shuffled(known, dice))

    assert other.verdict is one.verdict
    assert other.until == one.until
    assert set(codes(other.findings)) == set(codes(one.findings))
    assert other.relied_on == one.relied_on


def worse(known: Facts) -> Iterable[Facts]:
    """Make facts that speak against sending as much or more."""
    yield evolve(known, readings=evolve(known.readings, phi=(*known.readings.phi, SSN)))
    yield evolve(known, sender=evolve(known.sender, business_associate=False))
    yield evolve(known, consent=evolve(known.consent, grants=()))
    yield evolve(known, recipient=evolve(known.recipient, no_sms=True))
    if known.purpose != Purpose.OPT_OUT_CONFIRMATION:
        yield evolve(known, consent=stopped())


@STEADY
@given(FACTS)
def test_reasons_against_a_text_never_help_it(known: Facts) -> None:
    """More reasons against a text never make it easier to send."""
    law = Rulebook()
    now = SEVERITY.index(law.decide(known).verdict)
    for other in worse(known):
        assert SEVERITY.index(law.decide(other).verdict) >= now


CARE = st.sampled_from((Purpose.RECALL, Purpose.BILLING, *OWN_PURPOSES))


@STEADY
@given(FACTS, SETTINGS, CARE, st.sampled_from([ContentLabel.MIXED, ContentLabel.MARKETING]))
def test_selling_never_helps_a_text(
    known: Facts, settings: Settings, purpose: Purpose, content: ContentLabel
) -> None:
    """A text of care that sells as well is never easier to send than the same text without.

    Consent covers both here, and the courtesy window is no narrower than the hours of the law.
    """
    law = Rulebook(evolve(settings, courtesy_window="08:00-21:00"))
    plain = evolve(known, purpose=purpose, consent=WRITTEN, readings=Readings())
    sells = evolve(plain, readings=Readings(content=content))

    assert SEVERITY.index(law.decide(sells).verdict) >= SEVERITY.index(law.decide(plain).verdict)
