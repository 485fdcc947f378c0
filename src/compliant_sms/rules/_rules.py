"""The rules, in the order in which they are asked.

Each is a pure function of the facts that returns a finding, or None when it has nothing to say.
Every rule is asked even when an earlier one has refused: a front desk wants all reasons at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import Tier
from compliant_sms.rules._decision import Finding, Verdict
from compliant_sms.rules._facts import Facts, Settings
from compliant_sms.rules._pack import Window, load_pack

__all__ = ["RULES", "Rule"]

Rule: TypeAlias = Callable[[Facts, Settings], Finding | None]

# 47 CFR 64.1200(a)(12): a confirmation within five minutes is presumed to be within consent.
# A later one needs a reason that software cannot give (policy P-CF-1).
_CONFIRMATION_LIMIT = timedelta(minutes=5)

_NEEDS_CONSENT = frozenset({MessageClass.TRANSACTIONAL, MessageClass.MARKETING})


def _block(rule: str, words: str, citation: str, remedy: str) -> Finding:
    return Finding(rule=rule, verdict=Verdict.BLOCK, words=words, citation=citation, remedy=remedy)


def revoked(facts: Facts, _: Settings) -> Finding | None:
    """Nothing follows a revocation but its confirmation, the answer to HELP, and emergencies."""
    since = facts.consent.revoked_at
    if since is None or facts.purpose.message_class not in _NEEDS_CONSENT:
        return None
    return _block(
        "revoked",
        f"This number asked us to stop texting on {since:%Y-%m-%d}.",
        "47 CFR 64.1200(a)(10); policy P-RV-1",
        "Call or write instead. Texting may resume after the patient agrees anew.",
    )


def consent_tier(facts: Facts, _: Settings) -> Finding | None:
    """The text needs a grant of its category at its tier."""
    purpose = facts.purpose
    if purpose.message_class not in _NEEDS_CONSENT or facts.consent.revoked_at is not None:
        return None
    grant = facts.consent.basis_for(purpose.category, purpose.least_tier)
    if grant is not None:
        return Finding(
            rule="consent-tier",
            verdict=Verdict.ALLOW,
            words=f"The patient agreed to this on {grant.occurred_at:%Y-%m-%d}.",
            citation=_consent_citation(purpose),
            remedy="",
        )
    return _block("consent-tier", _lacking(facts), _consent_citation(purpose), _ask_for(purpose))


def _consent_citation(purpose: Purpose) -> str:
    written = purpose.least_tier is Tier.PRIOR_EXPRESS_WRITTEN
    return "47 CFR 64.1200(a)(2), (f)(9)" if written else "47 CFR 64.1200(a)(1)"


def _lacking(facts: Facts) -> str:
    if facts.consent.tier is Tier.NONE:
        return "No consent to texts is on record for this patient at this number."
    if facts.purpose.message_class is MessageClass.MARKETING:
        return "This is a promotion, and the patient gave no written permission for promotions."
    return f"The patient's consent does not cover texts about {facts.purpose.category}."


def _ask_for(purpose: Purpose) -> str:
    if purpose.least_tier is Tier.PRIOR_EXPRESS_WRITTEN:
        return "Ask for signed permission that names the practice, the number and promotions."
    return f"Ask the patient whether texts about {purpose.category} are welcome, and record it."


def business_associate(facts: Facts, _: Settings) -> Finding | None:
    """A provider that keeps patients' texts is a business associate."""
    if facts.business_associate:
        return None
    return _block(
        "business-associate",
        "No business associate agreement with the texting provider is on record.",
        "45 CFR 164.502(e), 164.504(e), 164.308(b)",
        "Sign one with the provider, then set baa_signed_on to its date.",
    )


def phi_in_body(facts: Facts, _: Settings) -> Finding | None:
    """Some identifiers never belong in a text, whatever the patient prefers."""
    if not facts.phi:
        return None
    places = ", ".join(f"{f.label} at {f.start}-{f.end}" for f in facts.phi)
    return _block(
        "phi-in-body",
        f"The text holds information that may not be sent by SMS: {places}.",
        "45 CFR 164.514(b)(2)(i), 164.530(c); policy P-PHI tier 3",
        "Take it out, and let the patient call or use the portal.",
    )


def opt_out_confirmation(facts: Facts, _: Settings) -> Finding | None:
    """One confirmation, within five minutes, of a revocation that stands."""
    if facts.purpose != Purpose.OPT_OUT_CONFIRMATION:
        return None
    reply, citation = facts.reply, "47 CFR 64.1200(a)(12)"
    if reply is None or facts.consent.revoked_at is None:
        return _block(
            "confirmation-without-revocation",
            "There is no revocation to confirm.",
            citation,
            "Nothing to do.",
        )
    if reply.already_sent:
        return _block(
            "confirmation-already-sent",
            "This revocation was confirmed before; only one confirmation may go out.",
            citation,
            "Nothing to do.",
        )
    if facts.at - reply.received_at > _CONFIRMATION_LIMIT:
        return _block(
            "late-confirmation",
            "More than five minutes have passed since the patient's text.",
            f"{citation}; policy P-CF-1",
            "Nothing to do: the revocation holds without a confirmation.",
        )
    return None


def location_known(facts: Facts, _: Settings) -> Finding | None:
    """Without a place nobody can tell the recipient's hours (P-TZ-3)."""
    if facts.zones or facts.purpose.message_class is not MessageClass.MARKETING:
        return None
    return _block(
        "recipient-location-unknown",
        "Nothing says where this patient is, so nobody can tell what time it is there.",
        "47 CFR 64.1200(c)(1); policy P-TZ-3",
        "Record the patient's time zone or address.",
    )


def quiet_hours(facts: Facts, settings: Settings) -> Finding | None:
    """The hours of every window that binds the text, in every zone the patient may be in."""
    windows = tuple(_binding_windows(facts, settings))
    until = _first_open(facts, windows)
    if until == facts.at:
        return None
    window = windows[0]
    zones = ", ".join(zone.name for zone in facts.zones)
    hours = f"{window.start:%H:%M}-{window.end:%H:%M}"
    if until is None:
        return _block(
            "no-common-hours",
            f"The zones that the patient may be in ({zones}) are never within {hours} together.",
            window.citation,
            "Record the patient's time zone or address.",
        )
    return Finding(
        rule=window.rule,
        verdict=Verdict.HOLD,
        words=f"It is outside {hours} for the patient ({zones}).",
        citation=window.citation,
        remedy="Nothing to do: the text goes out when the hours begin.",
        until=until,
    )


def _binding_windows(facts: Facts, settings: Settings) -> Iterator[Window]:
    message_class = facts.purpose.message_class
    if message_class is MessageClass.TRANSACTIONAL and not settings.courtesy_window:
        return
    yield from load_pack().windows_for(message_class, facts.at.date())


# Windows repeat daily and move by an hour twice a year: what does not meet in a year never will.
_A_YEAR = timedelta(days=366)


def _first_open(facts: Facts, windows: tuple[Window, ...]) -> datetime | None:
    at = facts.at
    while at - facts.at <= _A_YEAR:
        latest = max(
            (w.next_open(at, ZoneInfo(z.name)) for w in windows for z in facts.zones), default=at
        )
        if latest == at:
            return at
        at = latest
    return None


RULES: tuple[Rule, ...] = (
    revoked,
    consent_tier,
    business_associate,
    phi_in_body,
    opt_out_confirmation,
    location_known,
    quiet_hours,
)
