"""The vectors about carriers and their association."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from compliant_sms.classification import Purpose
from compliant_sms.consent import ConsentState, Tier, fold
from compliant_sms.lookups import LookupAnswers
from compliant_sms.rules import OptOutShown, Readings, ReplyFacts
from compliant_sms.text import links
from vectors._consents import PERSON, consent, granted, revoked
from vectors._facts import (
    Question,
    facts,
    instant,
    rulebook,
    sender,
)
from vectors._given import Given
from vectors._readings import readings
from vectors._words import purpose_of

__all__ = ["KINDS"]


_A_YEAR = timedelta(days=365)
_SAID = {
    "program_name": ("names_sender",),
    "customer_care_or_help": ("help", "contact"),
    "customer_care": ("contact",),
    "help": ("help",),
    "opt_out_instructions": ("opt_out",),
    "frequency_and_recurring": ("frequency",),
    "frequency": ("frequency",),
    "fees_notice": ("fees",),
}


_RULES = (
    "revocation",
    "opt-out-confirmation",
    "number-deactivated",
    "opt-in-transfer",
    "two-way-replies",
    "link-shortener",
    "opt-in-confirmation",
)


def _industry_rules(given: Given) -> Question:
    kind, at = given("message_type", default="informational"), instant(given)
    told = _said(given)
    host = next((link.host for link in told.links), "")
    own = (host,) if given("domain_dedicated_to_sender") else ()
    gone = at.date() if given("on_deactivation_list") else None
    purpose = purpose_of(kind if kind != "informational" else None)
    known = facts(
        given,
        purpose,
        _opted_in(given, purpose),
        readings=told,
        sender=sender(
            given,
            takes_replies=given("replies_supported", default=True),
            recurring=given("recurring", default=True),
            link_domains=own,
        ),
        lookups=LookupAnswers(deactivated_on=gone),
        reply=_answered(given, purpose),
    )
    rules = [*_RULES]
    if "consent" in given:
        rules.append("consent")
    return Question(
        facts=known,
        ask=tuple(rules),
        otherwise={kind, *(name for fact, name in _FINE.items() if fact in given)},
        book=rulebook(given),
    )


_FINE = {
    "replies_supported": "no_reply_notice_present",
    "on_deactivation_list": "number_active",
    "opt_in_given_to": "opt_in_given_to_sender",
    "url": "not_a_shortener",
}
"""What the vectors may say where no rule has anything against the fact."""


def _said(given: Given) -> Readings:
    more: dict[str, Any] = {
        "links": links(given("url", default="")),
        "no_reply": bool(given("no_reply_notice")),
        "other_opt_out": bool(given("alternative_opt_out")),
    }
    if "has" in given:
        said = {flag for element in given("has") for flag in _SAID.get(element, ())}
        all_flags = {flag for flags in _SAID.values() for flag in flags}
        more |= {flag: flag in said for flag in all_flags - {"opt_out"}}
        more["opt_out"] = OptOutShown.BY_AUTHOR if "opt_out" in said else OptOutShown.NO
    return readings(given, **more)


def _opted_in(given: Given, purpose: Purpose) -> ConsentState:
    at, taken = instant(given), given("opt_in_source", "list_source")
    to = given("opt_in_given_to", default="")
    if any(word in (taken or "") for word in ("purchased", "bought", "rented", "shared", "sold")):
        to = to or "a seller of lists"  # CTIA 5.1.4
    out = given("recipient_opted_out") or purpose == Purpose.OPT_OUT_CONFIRMATION
    events = [revoked(at - timedelta(minutes=1))] if out else []
    if "consent" in given:
        return consent(given, *events)
    return fold([granted(at - _A_YEAR, Tier.PRIOR_EXPRESS_WRITTEN, given_to=to), *events], PERSON)


def _answered(given: Given, purpose: Purpose) -> ReplyFacts | None:
    already = given("confirmations_already_sent", default=0)
    if purpose != Purpose.OPT_OUT_CONFIRMATION:
        return None
    return ReplyFacts(received_at=instant(given) - timedelta(minutes=1), already_sent=already)


KINDS = {
    "industry_rules": _industry_rules,
}
