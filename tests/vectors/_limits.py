"""The vectors about hours, caps, the healthcare exemption and lists of numbers."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import evolve

from compliant_sms.classification import ContentLabel, MessageClass
from compliant_sms.consent import (
    ConsentState,
    Tier,
    fold,
)
from compliant_sms.lookups import DncAnswer, LookupAnswers, Reassigned, ReassignedAnswer
from compliant_sms.people import Profile
from compliant_sms.phi import PhiFinding, PhiLabel
from compliant_sms.rules import ReplyFacts
from vectors._consents import PERSON, consent, granted, revoked
from vectors._facts import (
    Question,
    days_of,
    facts,
    instant,
    past_texts,
    rulebook,
    sender,
)
from vectors._given import Given, a_day, an_instant
from vectors._readings import readings
from vectors._words import purpose_of

__all__ = ["KINDS"]

_HOURS = ("location-known", "quiet-hours-federal")
_BY_STATE = (*_HOURS, "quiet-hours-state")
_WRITTEN = Tier.PRIOR_EXPRESS_WRITTEN
_NO_SOLICITATION = "not_telephone_solicitation"
_MONTH = timedelta(days=30)


def _hours(given: Given, *ask: str) -> Question:
    """Which hours bind, whatever was agreed to (P-QH-1)."""
    of = given("message_class", default="telemarketing")
    purpose = purpose_of(given("purpose"), of)
    subject = given("subject")
    if subject and of == "telemarketing":  # whose subjects alone are counted
        purpose = evolve(purpose, code=subject)
    received = given("opt_out_received_at")
    events = [revoked(an_instant(received))] if received else []
    reply = ReplyFacts(received_at=an_instant(received)) if received else None
    known = facts(
        given,
        purpose,
        consent(given, *events, tier=None if "consent" in given else _WRITTEN),
        readings=readings(given),
        reply=reply,
        sent=past_texts(given, subject=purpose.code),
    )
    also = {"emergency": ("consent",), "opt_out_confirmation": ("opt-out-confirmation",)}
    return Question(
        facts=known,
        ask=(*ask, "courtesy-window", *also.get(of, ())),
        otherwise=_open(of, related=known.recipient.last_transaction_on is not None),
        book=rulebook(given),
    )


def _open(of: str, *, related: bool) -> set[str]:
    """What the vectors say where no hours are closed. A state's row may spare a relationship."""
    if of == "telemarketing":
        return {"in_window", *(["established_business_relationship"] if related else [])}
    if of == "opt_out_confirmation":
        return {"opt_out_confirmation"}
    return {_NO_SOLICITATION, "in_window"}


def _quiet_hours_federal(given: Given) -> Question:
    return _hours(given, *_HOURS)


def _quiet_hours_state(given: Given) -> Question:
    return _hours(given, *_BY_STATE)


def _frequency_cap_state(given: Given) -> Question:
    return _hours(given, "frequency-cap-state", *_BY_STATE)


def _healthcare_exemption(given: Given) -> Question:
    text = given.part("message")
    at, held = instant(given), given("consent")
    events = [revoked(at - timedelta(hours=1))] if text("opted_out") else []
    # What HIPAA forbids is content: here a medicine, for somebody who was not warned.
    leak = PhiFinding(start=0, end=1, label=PhiLabel.MEDICATION, rule="given")
    told = readings(text, phi=() if text("hipaa_compliant", default=True) else (leak,))
    if told.sells:
        told = evolve(told, content=ContentLabel.MIXED)
    patient = bool(text("number_provided_by_patient", default=True))
    profile = Profile(number_from_patient=patient, **days_of(given, at.date()))
    known = facts(
        given,
        purpose_of(text("purpose")),
        consent(given, *events),
        readings=told,
        recipient=profile,
        sender=sender(text, free_to_end_user=text("free_to_end_user", default=True)),
        sent=past_texts(text),
    )
    exemption = given("basis", default="healthcare_exemption") == "healthcare_exemption"
    return Question(
        facts=known,
        ask=("revocation", "consent", "courtesy-window"),
        otherwise={held or "exempt_healthcare"},
        book=rulebook(given, exemption=exemption),
    )


def _do_not_call(given: Given) -> Question:
    today, age = instant(given).date(), given("dnc_scrub_age_days", default=0)
    listed = bool(given("on_national_dnc"))
    answer = None
    if age is not None:
        answer = DncAnswer(listed=listed, as_of=today - timedelta(days=age))
    of = given("message_class", default="telemarketing")
    known = facts(
        given,
        purpose_of(given("purpose"), of),
        _permission(given),
        readings=readings(given),
        lookups=LookupAnswers(national_dnc=answer),
    )
    sells = known.message_class is MessageClass.MARKETING
    clear = {"not_on_national_dnc", "not_on_dnc", "not_listed", "not_on_registry"}
    return Question(
        facts=known,
        ask=("do-not-call",),
        otherwise=clear if sells else {_NO_SOLICITATION},
        book=rulebook(given),
    )


def _permission(given: Given) -> ConsentState:
    signed = given("signed_written_permission", default=given("consent") == "prior_express_written")
    return consent(given, tier=_WRITTEN if signed else Tier.NONE)


def _reassigned_number(given: Given) -> Question:
    at, since = instant(given), a_day(given("consent_on"))
    since = since or at.date() - _MONTH
    state = fold([granted(an_instant(since.isoformat()), _WRITTEN)], PERSON)
    related = "established_business_relationship"
    spared = {related} if given(related) else set()
    if given("response") == "no_data":
        spared = {"no_data_permitted"}
    known = facts(
        given,
        purpose_of(given("purpose"), given("message_class", default="informational")),
        state,
        lookups=LookupAnswers(reassigned=_answer(given, since, at.date())),
    )
    return Question(
        facts=known,
        ask=("reassigned-number",),
        otherwise=spared or {"check_not_required", _NO_SOLICITATION},
        book=rulebook(given),
    )


def _answer(given: Given, since: date, today: date) -> ReassignedAnswer | None:
    response = given("response")
    asked_since = a_day(given("query_date", "queried_since")) or since
    age = given("response_age_days", "data_age_days", default=0)
    if response is None:
        return None
    return ReassignedAnswer(
        answer=Reassigned(response), since=asked_since, as_of=today - timedelta(days=age)
    )


KINDS = {
    "quiet_hours_federal": _quiet_hours_federal,
    "quiet_hours_state": _quiet_hours_state,
    "frequency_cap_state": _frequency_cap_state,
    "healthcare_exemption": _healthcare_exemption,
    "do_not_call": _do_not_call,
    "reassigned_number": _reassigned_number,
}
