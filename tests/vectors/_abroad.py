"""The vectors about other countries, and about stops that count at once."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve, field, frozen

from compliant_sms.classification import Purpose
from compliant_sms.consent import Tier, fold
from compliant_sms.people import Profile, SoftOptIn
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import OptOutShown, Readings
from vectors._consents import PERSON, granted, revoked
from vectors._facts import (
    Question,
    days_of,
    facts,
    instant,
    names,
    rulebook,
    sender,
)
from vectors._given import Given, a_day, an_instant
from vectors._readings import readings

__all__ = ["KINDS", "immediate"]


_A_YEAR = timedelta(days=365)


# A message that asks for consent is itself commercial: CASL s. 1(3).
_SELLS = ("commercial", "marketing", "promotion", "offer", "consent_request")


@frozen
class _Place:
    number: str
    country: str
    rule: str
    otherwise: frozenset[str] = field(converter=names)


_CANADA = _Place(
    "+14165550134", "CA", "canada-casl", {"exempt_from_consent", "consent_exempt", "not_commercial"}
)
_KINGDOM = _Place("+447400123456", "GB", "uk-pecr", {"service_message"})
_AUSTRALIA = _Place(
    "+61491570156", "AU", "australia-spam-act", {"factual_message", "designated_message"}
)


def _abroad(given: Given, place: _Place, person: Profile) -> Question:
    kind = given("message", default="commercial")
    sells = any(word in kind for word in _SELLS) and not kind.startswith("non")
    at = instant(given)
    agreed = given("consent") in {"express", "prior", "opt_in", "consent", "specific"}
    events = [revoked(at - timedelta(days=1))] if given("objected", "unsubscribed") else []
    since = a_day(given("basis_on")) or at.date() - _A_YEAR
    grants = [granted(an_instant(since.isoformat()), Tier.PRIOR_EXPRESS)] if agreed else []
    known = facts(
        given,
        Purpose.PROMOTION if sells else Purpose.APPOINTMENT_REMINDER,
        fold([*grants, *events], PERSON),
        readings=_opt_out_of(given),
        number=PhoneNumber(place.number),
        country=place.country,
        recipient=person,
    )
    return Question(
        facts=known,
        ask=("revocation", place.rule),
        otherwise=place.otherwise,
        book=rulebook(given),
    )


def _opt_out_of(given: Given) -> Readings:
    soft = given("soft_opt_in")
    offered = soft("opt_out_in_message", default=True) if isinstance(soft, Given) else True
    told = readings(given)
    return told if offered else evolve(told, opt_out=OptOutShown.NO)


def _jurisdiction_ca(given: Given) -> Question:
    basis, since = given("consent"), a_day(given("basis_on"))
    inquired = basis in {"implied_inquiry", "implied_application"}
    bought = not inquired and (basis or "").startswith("implied")
    days = days_of(given, instant(given).date())
    if bought:
        days["last_transaction_on"] = since
    if inquired:
        days["last_inquiry_on"] = since
    return _abroad(given, _CANADA, Profile(**days))


def _jurisdiction_uk(given: Given) -> Question:
    soft = given("soft_opt_in")
    held = None
    if isinstance(soft, Given):
        parts = ("details_from_sale", "similar_products", "opt_out_at_collection")
        held = SoftOptIn(**{part: bool(soft(part, default=True)) for part in parts})
    return _abroad(given, _KINGDOM, Profile(soft_opt_in=held))


def _jurisdiction_au(given: Given) -> Question:
    today = instant(given).date()
    days = days_of(given, today)
    if (given("consent") or "").startswith("inferred"):
        days["last_transaction_on"] = a_day(given("basis_on")) or today - _A_YEAR
    return _abroad(given, _AUSTRALIA, Profile(**days))


def immediate(given: Given) -> Question:
    """A stop that counts at once, as each does here (P-RV-2)."""
    at = an_instant(given("request_received_at"))
    exempt = given("basis", default="healthcare_exemption") == "healthcare_exemption"
    given("request_received_on", "limit")
    before = [] if exempt else [granted(at - _A_YEAR, Tier.PRIOR_EXPRESS_WRITTEN)]
    known = facts(
        given,
        Purpose.APPOINTMENT_REMINDER,
        fold([*before, revoked(at)], PERSON, as_known_at=instant(given)),
        recipient=Profile(number_from_patient=True),
        sender=sender(given, free_to_end_user=exempt),
    )
    return Question(
        facts=known,
        ask=("revocation", "consent"),
        otherwise={"within_limit"},
        book=rulebook(given, exemption=exempt),
    )


KINDS = {
    "jurisdiction_ca": _jurisdiction_ca,
    "jurisdiction_uk": _jurisdiction_uk,
    "jurisdiction_au": _jurisdiction_au,
}
