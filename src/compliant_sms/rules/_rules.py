"""The rules, in the order in which they are asked.

Each is a pure function of the facts and of the law in force. Every rule is asked even when an
earlier one has refused: a front desk wants all reasons at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from attrs import frozen

from compliant_sms.rules import (
    _rules_abroad,
    _rules_calls,
    _rules_carriers,
    _rules_consent,
    _rules_hipaa,
    _rules_hours,
    _rules_number,
    _rules_solicitation,
    _rules_suppression,
    _rules_volume,
)
from compliant_sms.rules._decision import Finding
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce

RULES_VERSION = 1
"""Which version of the library's own rules this is; every decision records it.

Raise it, at most once between two releases, where the rules come to answer some facts otherwise
than those of the last release: another verdict, instant, finding, code or citation; or where
another state of consent is read in some ledger, which is what they are told. How a finding
or its remedy is worded needs no other version, and rows of a pack have an edition of their own."""

Ask: TypeAlias = Callable[[Facts, InForce], Iterable[Finding] | None]
"""What a rule is: it says nothing, or one finding for each thing that it finds."""


@frozen
class Rule:
    """A rule by its name.

    Args:
        id: how findings, waivers and :meth:`Rulebook.decide` name it.
        ask: a pure function that only ever adds findings.
        may_hold: it can answer "later", so it is asked again at the instant of a hold.
    """

    id: str
    ask: Ask
    may_hold: bool = False


RULES: tuple[Rule, ...] = (
    Rule("declared-purpose", _rules_consent.declared_purpose),
    Rule("revocation", _rules_suppression.revocation),
    Rule("opt-out-confirmation", _rules_suppression.opt_out_confirmation),
    Rule("country-known", _rules_abroad.country_known),
    Rule("number-deactivated", _rules_number.number_deactivated),
    Rule("number-flagged", _rules_number.number_flagged),
    Rule("line-type", _rules_number.line_type),
    Rule("reassigned-number", _rules_number.reassigned_number),
    Rule("consent", _rules_consent.consent, may_hold=True),
    Rule("written-agreement", _rules_consent.written_agreement),
    Rule("opt-in-transfer", _rules_consent.opt_in_transfer),
    Rule("business-associate", _rules_hipaa.business_associate),
    Rule("confidential-communication", _rules_hipaa.confidential_communication),
    Rule("representative", _rules_hipaa.representative),
    Rule("phi-in-body", _rules_hipaa.phi_in_body),
    Rule("hipaa-marketing", _rules_hipaa.hipaa_marketing),
    Rule("do-not-call", _rules_solicitation.do_not_call),
    Rule("canada-casl", _rules_abroad.canada_casl),
    Rule("uk-pecr", _rules_abroad.uk_pecr),
    Rule("australia-spam-act", _rules_abroad.australia_spam_act),
    Rule("frequency-cap-state", _rules_solicitation.frequency_cap_state, may_hold=True),
    Rule("frequency-cap-practice", _rules_solicitation.frequency_cap_practice, may_hold=True),
    Rule("frequency-promised", _rules_volume.frequency_promised, may_hold=True),
    Rule("identical-text", _rules_solicitation.identical_text),
    Rule("location-known", _rules_hours.location_known),
    Rule("quiet-hours-federal", _rules_hours.quiet_hours_federal, may_hold=True),
    Rule("quiet-hours-state", _rules_hours.quiet_hours_state, may_hold=True),
    Rule("courtesy-window", _rules_hours.courtesy_window, may_hold=True),
    Rule("opt-out-line", _rules_carriers.opt_out_line),
    Rule("practice-name", _rules_carriers.practice_name),
    Rule("two-way-replies", _rules_carriers.two_way_replies),
    Rule("link-shortener", _rules_carriers.link_shortener),
    Rule("opt-in-confirmation", _rules_carriers.opt_in_confirmation),
    Rule("carrier-cap", _rules_carriers.carrier_cap, may_hold=True),
    Rule("volume-plan", _rules_volume.volume_plan, may_hold=True),
    Rule("missed-call", _rules_calls.missed_call),
    Rule("not-production", _rules_volume.not_production),
)
"""In order: suppression, number, consent, HIPAA, do-not-call, caps, hours,
carriers, and what the practice holds back itself."""
