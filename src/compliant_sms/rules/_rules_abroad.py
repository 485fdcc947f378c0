"""Recipients elsewhere: Canada, the United Kingdom, Australia, and countries that nobody read.

These rules only add to what holds for a practice in the United States.
"""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.classification import CONSENT_CLASSES, ImpliedBy, MessageClass
from compliant_sms.consent import Tier
from compliant_sms.rules._decision import Finding, allow, block
from compliant_sms.rules._facts import Facts, OptOutShown
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._relationship import within_months
from compliant_sms.rules._revocations import reach

_CASL, _PECR, _SPAM_ACT = "canada-casl", "uk-pecr", "australia-spam-act"


def country_known(facts: Facts, law: InForce) -> Iterator[Finding]:
    """No text goes to a country whose law is in no pack (policy: when unsure, fewer texts)."""
    known = {pack.country for pack in law.packs}
    if facts.country in known or facts.country is None or law.settings.unknown_countries:
        return
    yield block(
        "country-known",
        "country-without-rules",
        f"This number is in a country ({facts.country}) whose rules the library does not know.",
        "library policy",
        "Add a pack of that country's rules, or set unknown_countries after a lawyer looked.",
    )


def _consented(facts: Facts, law: InForce) -> bool:
    """Whether a promotion was agreed to; START brings no consent to one back."""
    grants = [g for g in facts.consent.grants_for(reach(facts, law)) if not g.restored]
    category = facts.decided_as.category
    return any(g.tier >= Tier.PRIOR_EXPRESS and category in g.categories for g in grants)


def canada_casl(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Commercial electronic messages: consent, identity, unsubscribing. S.C. 2010, c. 23.

    Texts that complete a transaction or tell facts need no consent, and the rest all the same:
    s. 6(6). An answer to the person's own text is free of all of it.
    """
    if facts.country != "CA" or facts.message_class not in CONSENT_CLASSES:
        return
    if facts.decided_as.implied_by is not ImpliedBy.NOTHING:
        return
    if facts.message_class is MessageClass.MARKETING:
        yield _casl_consent(facts, law)
    yield from _identity(facts, _CASL, "CASL s. 6(2)(a), (b)")
    yield from _unsubscribe(facts, _CASL, "CASL s. 6(2)(c), s. 11")


def _casl_consent(facts: Facts, law: InForce) -> Finding:
    if _consented(facts, law):
        return allow(
            _CASL, "express-consent", "The person agreed expressly.", "CASL s. 6, s. 10(1)"
        )
    today, person, lapsed = facts.at.date(), facts.recipient, False
    for since, limit_id, code, citation in (
        (
            person.last_transaction_on,
            "implied-consent-purchase",
            "implied-consent-purchase",
            "CASL s. 10(10)(a)",
        ),
        (
            person.last_inquiry_on,
            "implied-consent-inquiry",
            "implied-consent-inquiry",
            "CASL s. 10(10)(e)",
        ),
    ):
        limit = law.limit(limit_id, "CA")
        if since is None or limit is None:
            continue
        if within_months(since, limit.value, today):
            return allow(_CASL, code, f"Consent is implied since {since}.", citation)
        lapsed = True
    return block(
        _CASL,
        "implied-consent-expired" if lapsed else "consent-required",
        "Consent that was implied by a purchase or an inquiry has run out."
        if lapsed
        else "Nothing permits promotions to this person in Canada.",
        "CASL s. 6, s. 10(9), (10)",
        "Ask for express consent, on paper or in person: a text that asks is itself commercial.",
    )


def uk_pecr(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Direct marketing by text to individuals. PECR 2003, reg. 22."""
    if facts.country != "GB" or facts.message_class is not MessageClass.MARKETING:
        return
    soft = facts.recipient.soft_opt_in
    if _consented(facts, law):
        yield allow(_PECR, "consent", "The person agreed.", "PECR reg. 22(2)")
    elif soft is not None and soft.holds:
        yield allow(
            _PECR,
            "soft-opt-in",
            "A customer's details from a sale, for similar services, with a way out each time.",
            "PECR reg. 22(3)",
        )
        yield from _unsubscribe(facts, _PECR, "PECR reg. 22(3)(c)")
    else:
        yield block(
            _PECR,
            "consent-or-soft-opt-in-required",
            "Nothing permits promotions to this person in the United Kingdom.",
            "PECR reg. 22(2)",
            "Ask for consent.",
        )
    yield from _identity(facts, _PECR, "PECR reg. 23")


def australia_spam_act(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Commercial electronic messages. Spam Act 2003 (Cth), s. 16 to 18 and Schedules 1, 2."""
    if facts.country != "AU":
        return
    if facts.message_class is MessageClass.TRANSACTIONAL:
        yield from _identity(facts, _SPAM_ACT, "Spam Act 2003 Sch. 1 (designated messages)")
        return
    if facts.message_class is not MessageClass.MARKETING:
        return
    person = facts.recipient
    if _consented(facts, law):
        yield allow(_SPAM_ACT, "express-consent", "The person agreed.", "Spam Act 2003 Sch. 2")
    elif person.last_transaction_on is not None or person.personal_relationship:
        yield allow(
            _SPAM_ACT,
            "inferred-consent",
            "Consent can be inferred from the relationship.",
            "Spam Act 2003 Sch. 2",
        )
    else:
        yield block(
            _SPAM_ACT,
            "consent-required",
            "Nothing permits promotions to this person in Australia.",
            "Spam Act 2003 s. 16",
            "Ask for consent.",
        )
    yield from _identity(facts, _SPAM_ACT, "Spam Act 2003 s. 17")
    yield from _unsubscribe(facts, _SPAM_ACT, "Spam Act 2003 s. 18")


def _identity(facts: Facts, rule: str, citation: str) -> Iterator[Finding]:
    if not facts.readings.names_sender:
        yield block(
            rule,
            "identity-missing",
            "The text does not say who sends it.",
            citation,
            "Begin the text with the practice's name.",
        )


def _unsubscribe(facts: Facts, rule: str, citation: str) -> Iterator[Finding]:
    if facts.readings.opt_out is OptOutShown.NO:
        yield block(
            rule,
            "unsubscribe-missing",
            "The text does not say how to unsubscribe.",
            citation,
            "Say how to unsubscribe.",
        )
