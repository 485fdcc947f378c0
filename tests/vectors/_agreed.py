"""The vectors about what was agreed to and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from compliant_sms.classification import ContentLabel, MessageClass, Purpose
from compliant_sms.consent import (
    Clarified,
    ConsentEvent,
    ConsentState,
    SignatureKind,
    Tier,
    WrittenAgreement,
    fold,
)
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import ReplyFacts
from vectors._consents import PERSON, clarified, consent, granted, restored, revoked
from vectors._facts import (
    OAK,
    Question,
    facts,
    instant,
    rulebook,
    sender,
)
from vectors._given import Given, an_instant
from vectors._readings import readings
from vectors._words import CLASSES, TIERS, channel_of, purpose_of, signature_of

__all__ = ["KINDS"]

_WRITTEN = Tier.PRIOR_EXPRESS_WRITTEN
_MONTH = timedelta(days=30)


def _consent_tier(given: Given) -> Question:
    eligible = bool(given("exemption_eligible"))
    at, hours = instant(given), given("inbound_within_hours", "inbound_hours_ago")
    reply = None
    if hours is not None:
        already = given("replies_already_sent", default=0)
        reply = ReplyFacts(received_at=at - timedelta(hours=hours), already_sent=already)
    of = given("message_class")
    told = readings(given)
    purpose = purpose_of(given("purpose"), of)
    if CLASSES.get(of) is MessageClass.MARKETING and not told.sells:
        told = evolve(told, content=ContentLabel.MIXED)
    known = facts(
        given,
        purpose,
        consent(given),
        readings=told,
        reply=reply,
        recipient=Profile(number_from_patient=eligible),
        sender=sender(given, free_to_end_user=eligible),
    )
    return Question(
        facts=known,
        ask=("consent",),
        otherwise={"emergency_purpose"},
        book=rulebook(given, exemption=eligible),
    )


def _pewc_validity(given: Given) -> Question:
    form = given.part("agreement")
    at, number = instant(given), given("to")
    act = signature_of(form("signature"))
    agreement = WrittenAgreement(
        # A dash stands for wording that names nobody, and our own number for one without any.
        seller=_named(form("names_seller"), given("sender")) or "-",
        number=PhoneNumber(form("phone_in_agreement") or OAK.phone.e164),
        signature=act,
        box_was_unticked=form("checkbox_default") in {"unchecked", None}
        or act is not SignatureKind.TICKED_BOX,
        authorises_automated_marketing=form(
            "disclosure_authorizes_automated_marketing", default=True
        ),
        not_a_condition_of_purchase=form("disclosure_not_condition_of_purchase", default=True),
        clear_and_conspicuous=form("clear_and_conspicuous", default=True),
    )
    state = fold([granted(at - _MONTH, _WRITTEN, agreement=agreement)], PERSON)
    return Question(
        facts=facts(given, Purpose.PROMOTION, state, number=PhoneNumber(number)),
        ask=("written-agreement",),
        otherwise={"valid"},
        book=rulebook(given),
    )


def _named(seller: str | list[str] | None, sender: str) -> str:
    """Whom the wording names; of several the one that texts, if it is among them."""
    named = seller if isinstance(seller, list) else [seller or ""]
    return sender if sender in named else next(iter(named), "")


def _revocation_scope(given: Given) -> Question:
    send = given.part("send")
    at, category = an_instant(send("at")), send("category", default="appointment_reminder")
    send("from_number", "to_number")  # a revocation runs against the sender: (a)(10)
    of = send("message_class")
    purpose, confirms = purpose_of(category, of), of == "opt_out_confirmation"
    if not confirms:
        # The vectors' categories are what a patient agrees to or declines as one thing.
        purpose = evolve(purpose, category=category)
    events = [e for stop in given.parts("revocation") for e in _events(stop, purpose)]
    names = {category, *(getattr(event, "category", "") for event in events)} - {""}
    kept = {name for event in events if isinstance(event, Clarified) for name in event.keep}
    first = min([at, *(event.occurred_at for event in events)]) - _MONTH
    before = granted(first, _WRITTEN, names | kept)
    state = fold([before, *events], PERSON, as_known_at=at)
    reply = _answered(events, at, send) if confirms else None
    known = facts(send, purpose, state, reply=reply)
    return Question(
        facts=known,
        ask=("revocation", "consent", *(["opt-out-confirmation"] if confirms else [])),
        otherwise={"opt_out_confirmation", "within_five_minutes"},
        book=rulebook(given),
    )


def _answered(events: list[ConsentEvent], at: datetime, send: Given) -> ReplyFacts | None:
    """The stop that a confirmation answers."""
    stops = [event.occurred_at for event in events if event.occurred_at <= at]
    already = send("confirmations_already_sent", default=0)
    return ReplyFacts(received_at=max(stops), already_sent=already) if stops else None


def _events(stop: Given, purpose: Purpose) -> Iterator[ConsentEvent]:
    at, of = an_instant(stop("at")), stop("in_reply_to_class")
    about = stop("in_reply_to_category") or (purpose_of(None, of).code if of else "")
    answered_class = CLASSES.get(of or "", purpose_of(about).message_class) if about else ""
    yield revoked(
        at,
        channel=channel_of(stop("method")),
        in_reply_to=about,
        category=about,
        message_class=str(answered_class),
        exempt=of == "exempt_healthcare",
        clarification_asked=bool(stop("clarification_requested")),
    )
    keep = stop("clarified_keep", default=stop("clarification_reply"))
    if keep is not None:
        moment = stop("clarified_at", "clarification_at")
        then = an_instant(moment) if moment else at + timedelta(minutes=1)
        yield clarified(then, _kept([keep] if isinstance(keep, str) else keep))
    again = stop("re_opt_in")
    if isinstance(again, Given):
        yield _agreed_again(again, purpose)


def _kept(words: list[str]) -> tuple[str, ...]:
    """The categories that may go on; "all" and "stop" keep nothing."""
    nothing = {"all", "everything", "stop", "stop_all", "none", ""}
    return tuple(word for word in words if word.lower().replace(" ", "_") not in nothing)


def _agreed_again(again: Given, purpose: Purpose) -> ConsentEvent:
    at, kind = an_instant(again("at")), again("kind", default="prior_express_written")
    if kind not in TIERS:  # START, by whatever name
        return restored(at)
    return granted(at, TIERS[kind], again("categories") or [purpose.category])


def _opt_out_confirmation(given: Given) -> Question:
    received = an_instant(given("opt_out_received_at"))
    count = given("consented_categories", default=1)
    agreed = count if isinstance(count, int) else len(count)
    reply = ReplyFacts(
        received_at=received,
        already_sent=given("confirmations_already_sent", default=0),
        asks_which=bool(given("requests_clarification")),
    )
    known = facts(
        given,
        Purpose.OPT_OUT_CONFIRMATION,
        _stopped(received, agreed),
        readings=readings(given),
        reply=reply,
    )
    return Question(
        facts=known,
        ask=("opt-out-confirmation",),
        otherwise={"within_five_minutes"},
        book=rulebook(given),
    )


def _stopped(at: datetime, among: int) -> ConsentState:
    """What holds after a stop by somebody who had agreed to so many categories."""
    names = [f"category-{position}" for position in range(among)]
    return fold([granted(at - _MONTH, _WRITTEN, names), revoked(at)], PERSON)


KINDS = {
    "consent_tier": _consent_tier,
    "pewc_validity": _pewc_validity,
    "revocation_scope": _revocation_scope,
    "opt_out_confirmation": _opt_out_confirmation,
}
