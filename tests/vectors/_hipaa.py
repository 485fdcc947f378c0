"""The vectors about health information and HIPAA."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import evolve
from dateutil.relativedelta import relativedelta

from compliant_sms.classification import HipaaUse, Purpose, Remuneration
from compliant_sms.consent import Tier
from compliant_sms.people import Authorisation, Holder, Profile
from compliant_sms.phi import PhiPreference, Sensitivity
from compliant_sms.rules import Readings
from vectors._consents import consent, revoked
from vectors._facts import (
    Question,
    facts,
    instant,
    rulebook,
)
from vectors._given import Given, a_day
from vectors._patient_words import HIPAA_USES, finding_of, holder_of, sensitivity_of
from vectors._readings import readings

__all__ = ["KINDS"]

_PEC, _PEWC = Tier.PRIOR_EXPRESS, Tier.PRIOR_EXPRESS_WRITTEN
_A_YEAR = timedelta(days=365)


def _phi_content(given: Given) -> Question:
    elements = given("body_elements", default=[])
    kinds = [given("sensitivity"), *elements, given("service")]
    care = next((s for s in map(sensitivity_of, kinds) if s is not Sensitivity.GENERAL), None)
    wish = PhiPreference(
        warned=bool(given("unencrypted_risk_warned")),
        prefers=bool(given("patient_prefers_unencrypted")),
    )
    found = tuple(finding for finding in map(finding_of, elements) if finding)
    purpose = evolve(Purpose.APPOINTMENT_REMINDER, sensitivity=care or Sensitivity.GENERAL)
    known = facts(
        given,
        purpose,
        consent(given, tier=_PEC),
        readings=Readings(phi=found),
        phi_preference=wish,
        recipient=_reader(given),
    )
    rules = ("business-associate", "confidential-communication", "representative", "phi-in-body")
    return Question(facts=known, ask=rules, otherwise={"minimal_content"}, book=rulebook(given))


def _reader(given: Given) -> Profile:
    age, relation = given("patient_age"), given("recipient_relation")
    born = a_day(given("patient_birth_date"))
    if age is not None:
        born = instant(given).date() - relativedelta(years=age)
    own = given("minor_consented", "minor_lawfully_consented", "parent_agreed_confidentiality")
    wishes = given.part("confidential_communication")
    other = wishes("preferred_channel", default="sms") != "sms"
    holder = holder_of(relation, age, given("proxy_basis"))
    if holder is Holder.PARENT and born is None:
        born = instant(given).date() - relativedelta(years=10)
    return Profile(
        birth_date=born,
        holder=holder,
        no_sms=bool(wishes("no_sms")) or other,
        controls_care=bool(own) or given("service") == "minor_consented_service",
    )


def _hipaa_marketing(given: Given) -> Question:
    kind = given("kind", default="own_health_product_or_service")
    use = HIPAA_USES.get(kind, HipaaUse.THIRD_PARTY_PRODUCT)
    if use is HipaaUse.REFILL_REMINDER and not given("currently_prescribed", default=True):
        use = HipaaUse.TREATMENT_ALTERNATIVE  # 45 CFR 164.501(2)(i) asks for a current drug
    encourages = given("encourages_purchase_or_use", default=True)
    if not encourages and use in {HipaaUse.OWN_SERVICE, HipaaUse.THIRD_PARTY_PRODUCT}:
        use = HipaaUse.OPERATIONS
    purpose = evolve(Purpose.NEW_SERVICE, hipaa=use, remuneration=_paid(given))
    stopped = given("opted_out", "fundraising_opted_out", "previously_opted_out")
    day = instant(given) - timedelta(days=1)
    events = [revoked(day)] if stopped else []
    known = facts(
        given,
        purpose,
        consent(given, *events, tier=_PEWC),
        readings=readings(given),
        recipient=Profile(authorisation=_authorisation(given, instant(given).date())),
    )
    otherwise = {
        HipaaUse.FUNDRAISING: {"fundraising_opt_out_present", "fundraising_with_opt_out"},
        HipaaUse.TREATMENT: {"treatment_communication", "not_marketing"},
    }.get(use, {"not_marketing"})
    return Question(
        facts=known,
        ask=("revocation", "hipaa-marketing") if stopped else ("hipaa-marketing",),
        otherwise=otherwise,
        book=rulebook(given),
    )


def _paid(given: Given) -> Remuneration:
    covers = given("remuneration_reasonably_related_to_cost")
    if not given("financial_remuneration"):
        return Remuneration.NONE
    return Remuneration.COST_OF_MESSAGE if covers else Remuneration.PAID


def _authorisation(given: Given, today: date) -> Authorisation | None:
    ends = a_day(given("authorization_expires_on"))
    if given("authorization_expired"):
        ends = today - timedelta(days=1)
    states = given("authorization_states_remuneration", default=True)
    if not given("authorization_on_file") or given("authorization_revoked"):
        return None
    return Authorisation(
        signed_on=a_day(given("authorization_signed_on")) or today - _A_YEAR,
        states_remuneration=states,
        expires_on=ends,
    )


KINDS = {
    "phi_content": _phi_content,
    "hipaa_marketing": _hipaa_marketing,
}
