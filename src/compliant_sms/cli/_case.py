"""One text, what the options say about it, and the decision about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms.classification import (
    CONSENT_CLASSES,
    ImpliedBy,
    OptOutLine,
    Purpose,
)
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentState,
    LiveGrant,
    Revocation,
    SignatureKind,
    Tier,
    WrittenAgreement,
)
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import stand_in
from compliant_sms.rules import (
    Decision,
    Facts,
    OptOutShown,
    Readings,
    ReplyFacts,
    Rulebook,
    Sender,
    decided_as,
    read,
)
from compliant_sms.templates import with_opt_out_line
from compliant_sms.text import segment

_TIERS = {"express": Tier.PRIOR_EXPRESS, "written": Tier.PRIOR_EXPRESS_WRITTEN}
_SOMEBODY = "the practice"


@frozen(kw_only=True)
class Case:
    """A text, and what the options say about it.

    Attributes:
        body: the text.
        to: who would get it.
        purpose: what it is declared to be for.
        consent: ``"none"``, ``"express"`` or ``"written"``.
        revoked: whether the number revoked consent after that.
        practice_name: the practice's name; None if none was given.
        nonprofit: whether the practice is a tax-exempt nonprofit.
        state: postal code of the state where the patient lives.
        time_zone: IANA name of the patient's zone.
        at: the instant of the decision, aware.
    """

    body: str = field(repr=False)
    to: PhoneNumber
    purpose: Purpose
    consent: str
    revoked: bool
    practice_name: str | None
    nonprofit: bool
    state: str | None
    time_zone: str | None
    at: datetime


def decided(case: Case) -> Decision:
    """Return the rulebook's answer under the library's default settings."""
    book = Rulebook()
    profile = Profile(time_zone=case.time_zone, state=case.state)
    where = book.whereabouts(case.to, profile)
    return book.decide(
        Facts(
            at=case.at,
            purpose=case.purpose,
            number=case.to,
            consent=_consent(case),
            zones=where.zones,
            states=where.states,
            country=where.country,
            readings=_readings(case),
            recipient=profile,
            sender=Sender(
                name=case.practice_name or _SOMEBODY, tax_exempt_nonprofit=case.nonprofit
            ),
            reply=reply(case),
        )
    )


def _readings(case: Case) -> Readings:
    plain = read(case.body, stand_in(case.practice_name))
    if case.practice_name is None:
        plain = evolve(plain, names_sender=True)
    if plain.opt_out is not OptOutShown.NO or not _needs_line(case.purpose, plain):
        return plain
    longer = with_opt_out_line(case.body, language=plain.language)
    return evolve(
        plain,
        characters=len(longer),
        segments=segment(longer).segments,
        opt_out=OptOutShown.APPENDED,
    )


def _needs_line(purpose: Purpose, plain: Readings) -> bool:
    """Whether a first text of that kind gets the opt-out line when it is sent."""
    decided = decided_as(purpose, plain)
    due = decided.opt_out_line is not OptOutLine.NEVER
    return decided.message_class in CONSENT_CLASSES and due


def _consent(case: Case) -> ConsentState:
    stop = Revocation(event_id="as told", occurred_at=case.at, channel=Channel.TEXT)
    stops = (stop,) if case.revoked else ()
    tier = _TIERS.get(case.consent)
    if tier is None:
        return ConsentState(revocations=stops)
    agreement = WrittenAgreement(
        seller=case.practice_name or _SOMEBODY,
        number=case.to,
        signature=SignatureKind.WET_INK,
        authorises_automated_marketing=True,
        not_a_condition_of_purchase=True,
        clear_and_conspicuous=True,
    )
    grant = LiveGrant(
        event_id="as told",
        tier=tier,
        categories=tuple(sorted({*(each.value for each in Category), case.purpose.category})),
        occurred_at=case.at - timedelta(seconds=1),
        basis=Basis.PAPER_FORM,
        agreement=agreement if tier is Tier.PRIOR_EXPRESS_WRITTEN else None,
        stopped_by=stops,
    )
    return ConsentState(grants=(grant,), revocations=stops)


def reply(case: Case) -> ReplyFacts | None:
    """Return what the text answers, if its purpose is an answer: a text received just now."""
    answers = case.purpose.implied_by is ImpliedBy.OWN_TEXT
    if answers or case.purpose == Purpose.OPT_OUT_CONFIRMATION:
        return ReplyFacts(received_at=case.at)
    return None
