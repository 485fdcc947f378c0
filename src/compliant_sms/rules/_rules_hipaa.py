"""What HIPAA asks: of the sender, of the recipient, of the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from compliant_sms.classification import CONSENT_CLASSES, HipaaUse, MessageClass, Remuneration
from compliant_sms.people import Holder, Profile
from compliant_sms.phi import (
    OWN_NAME,
    ContentTier,
    PhiFinding,
    Sensitivity,
    beyond,
    remedy_of,
    tier_of,
)
from compliant_sms.practice import PhiMode
from compliant_sms.rules._decision import Finding, allow, block
from compliant_sms.rules._facts import Facts, OptOutShown, care_of
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules.rows import Majority

_MARKETING = "45 CFR 164.501 (marketing); 164.508(a)(3)"


def business_associate(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A provider that keeps patients' texts is a business associate.

    45 CFR 164.308(b), 164.502(e), 164.504(e).
    """
    if not facts.sender.business_associate:
        yield block(
            "business-associate",
            "no-business-associate-agreement",
            "No business associate agreement with the texting provider is on record.",
            "45 CFR 164.502(e), 164.504(e), 164.308(b)",
            "Sign one with the provider, then set baa_signed_on to its date.",
        )


def confidential_communication(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A patient may ask for other means than texts. 45 CFR 164.522(b)."""
    if facts.recipient.no_sms and facts.message_class in CONSENT_CLASSES:
        yield block(
            "confidential-communication",
            "confidential-communication-preference",
            "The patient asked not to be reached by text.",
            "45 CFR 164.522(b)",
            "Reach the patient by the means that they asked for.",
        )


def representative(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Whoever reads the texts must be the patient, or stand for them in law.

    45 CFR 164.502(g).
    """
    person = facts.recipient
    if person.holder is Holder.PATIENT or facts.message_class not in CONSENT_CLASSES:
        return
    if person.controls_care or facts.purpose.sensitivity is Sensitivity.MINOR_CONSENTED:
        yield _not_for(
            "minor-controls-this-information",
            "The minor consented to this care alone, so nobody else is told of it.",
            "45 CFR 164.502(g)(3)(i)",
            "Ask the minor how they want to be reached.",
        )
    elif person.holder is Holder.OTHER:
        yield _not_for(
            "no-authority",
            "The number belongs to somebody who may not act for the patient.",
            "45 CFR 164.502(g)(1), 164.510(b)",
            "Ask the patient for a number of their own.",
        )
    elif person.holder is Holder.PARENT:
        yield _parent(facts, person, _majority(facts, law))
    else:
        yield _stands_for()


def _parent(facts: Facts, person: Profile, majority: int) -> Finding:
    if person.birth_date is None:
        return _not_for(
            "patient-age-unknown",
            "Nothing says how old the patient is, so nobody can tell whether the parent still "
            "acts for them.",
            "45 CFR 164.502(g)(2), (3)",
            "Record the patient's date of birth.",
        )
    if _age(person.birth_date, facts.at.date()) >= majority:
        return _not_for(
            "proxy-authority-ended",
            f"The patient is {majority} or older, so the parent no longer acts for them.",
            "45 CFR 164.502(g)(2)",
            "Ask the patient for a number and for consent of their own.",
        )
    return _stands_for()


def _stands_for() -> Finding:
    return allow(
        "representative",
        "personal-representative",
        "The reader stands for the patient in law.",
        "45 CFR 164.502(g)",
    )


def _not_for(code: str, words: str, citation: str, remedy: str) -> Finding:
    return block("representative", code, words, citation, remedy)


def _age(birth: date, today: date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _majority(facts: Facts, law: InForce) -> int:
    rows = law.rows(Majority)
    usual = [row.age for row in rows if not row.states]
    here = [
        [row.age for row in rows if state.code in row.states] or usual for state in facts.states
    ]
    local = [age for ages in here for age in ages]
    # Where states differ the patient counts as grown up at the lower age: fewer people are told.
    return min(local or usual, default=18)


def phi_in_body(facts: Facts, _: InForce) -> Iterator[Finding]:
    """How much health information a text may carry (policy P-PHI; 78 FR 5566, 5634)."""
    readings, care = facts.readings, care_of(facts.purpose, facts.recipient)
    if readings.withheld_by is not None:
        withheld = _with_picture if readings.media else _withheld
        yield withheld(readings.withheld, readings.withheld_by)
    found = readings.phi
    if facts.message_class is MessageClass.PROTOCOL:
        # An answer has to name the sender (CTIA 5.1.3), and the patient wrote there first.
        found = tuple(f for f in found if not f.rule.startswith(OWN_NAME))
    if beyond(found, ContentTier.MINIMUM, care):
        yield _judged(facts, found, care)


def _judged(facts: Facts, found: Sequence[PhiFinding], care: Sensitivity) -> Finding:
    if never := beyond(found, ContentTier.DETAIL, care):
        return _never(never)
    if facts.phi_preference.allows_detail:
        return allow(
            "phi-in-body",
            "patient-preference-after-warning",
            "The patient was warned that texts can be read by others, and prefers them.",
            "78 FR 5566, 5634",
            relies_on=facts.phi_preference.event_id,
        )
    detail = beyond(found, ContentTier.MINIMUM, care)
    return block(
        "phi-in-body",
        "risk-warning-required",
        f"The text holds details ({_places(detail)}), and the patient was not warned that "
        "texts can be read by others, or did not then ask for them.",
        "78 FR 5566, 5634; 45 CFR 164.530(c); policy P-PHI tier 2",
        f"Warn the patient, and record their wish; or take the details out. {_remedies(detail)}",
    )


def _never(found: Sequence[PhiFinding]) -> Finding:
    direct = any(tier_of(f.label, f.rule) is ContentTier.NEVER for f in found)
    return block(
        "phi-in-body",
        "direct-identifier-in-body" if direct else "specially-protected-category",
        f"The text holds information that may not be sent by SMS: {_places(found)}.",
        "45 CFR 164.514(b)(2)(i), 164.530(c); policy P-PHI tier 3"
        if direct
        else "42 CFR Part 2 and state law; policy P-PHI tier 3",
        f"Take it out, and let the patient call or use the portal. {_remedies(found)}",
    )


def _withheld(found: Sequence[PhiFinding], mode: PhiMode) -> Finding:
    if mode is PhiMode.NOTICE:
        code = "neutral-notice"
        words = "The text says only that a message waits; what it is stands behind a link"
    else:
        code, words = "details-redacted", "What the recipient's tier does not allow was taken out"
    told = _places(found) or "nothing that had to be; its sender asked for the link"
    return allow(
        "phi-in-body",
        code,
        f"{words}. In the text as given: {told}.",
        "45 CFR 164.530(c); 78 FR 5566, 5634; policy P-PHI",
    )


def _with_picture(found: Sequence[PhiFinding], _: PhiMode) -> Finding:
    # Left out, nobody would know of it; sent along, it may tell what was taken out of the text.
    return block(
        "phi-in-body",
        "picture-with-details",
        f"The text tells more than its recipient's tier allows ({_places(found)}), and something "
        "goes along that nobody can look into: it may show the same.",
        "45 CFR 164.514(b)(2)(i)(Q), 164.530(c); policy P-PHI",
        "Send the text without what goes along; or take the details out, and see yourself that "
        "the picture shows nothing of the patient.",
    )


def _places(found: Iterable[PhiFinding]) -> str:
    return ", ".join(f"{f.label} at {f.start}-{f.end}" for f in found)


def _remedies(found: Iterable[PhiFinding]) -> str:
    # One each: what helps against one of a kind helps against all of it.
    told = dict.fromkeys((str(f.label), remedy_of(f)) for f in found)
    return " ".join(f"{label}: {remedy}" for label, remedy in told)


def hipaa_marketing(facts: Facts, _: InForce) -> Iterator[Finding]:
    """Whether the text is marketing under HIPAA, which is not the TCPA's question.

    45 CFR 164.501, 164.508(a)(3), 164.514(f).
    """
    use = _use(facts)
    if use is HipaaUse.FUNDRAISING:
        yield from _fundraising(facts)
    elif free := _needs_no_authorisation(use, facts.purpose.remuneration):
        if use in _WORTH_TELLING:
            yield free
    elif use not in _NEVER_MARKETING or _sold(facts):
        yield from _authorised(facts, use)


def _sold(facts: Facts) -> bool:
    paid = facts.purpose.remuneration is Remuneration.PAID
    return paid and facts.message_class is MessageClass.MARKETING


def _use(facts: Facts) -> HipaaUse:
    # A text that sells is no longer mere care, and selling does not spare it what it needed before.
    declared = facts.purpose.hipaa
    return declared if declared in _OWN_DUTIES else facts.decided_as.hipaa


_OWN_DUTIES = frozenset({HipaaUse.THIRD_PARTY_PRODUCT, HipaaUse.RESEARCH, HipaaUse.FUNDRAISING})
_NEVER_MARKETING = frozenset({HipaaUse.PAYMENT, HipaaUse.OPERATIONS})
_WORTH_TELLING = frozenset(
    {HipaaUse.OWN_SERVICE, HipaaUse.REFILL_REMINDER, HipaaUse.TREATMENT_ALTERNATIVE}
)


def _needs_no_authorisation(use: HipaaUse, paid: Remuneration) -> Finding | None:
    unpaid = paid is Remuneration.NONE
    reasons = (
        (
            use is HipaaUse.REFILL_REMINDER and paid is not Remuneration.PAID,
            "refill-reminder",
            "It reminds of a current prescription, and any payment only covers its cost.",
        ),
        (
            use is HipaaUse.OWN_SERVICE and unpaid,
            "not-marketing-own-service",
            "It describes the practice's own service and nobody pays for sending it.",
        ),
        (
            use in {HipaaUse.TREATMENT, HipaaUse.TREATMENT_ALTERNATIVE} and unpaid,
            "treatment-communication",
            "It is about treatment, and nobody pays for sending it.",
        ),
    )
    return next(
        (allow("hipaa-marketing", code, words, _MARKETING) for so, code, words in reasons if so),
        None,
    )


def _authorised(facts: Facts, use: HipaaUse) -> Iterator[Finding]:
    form, today = facts.recipient.authorisation, facts.at.date()
    lapsed = form is not None and form.expires_on is not None and form.expires_on < today
    if form is None or lapsed or form.signed_on > today:
        yield block(
            "hipaa-marketing",
            "authorization-required",
            "This text needs the patient's signed HIPAA authorisation, and none is in force.",
            _MARKETING if use is not HipaaUse.RESEARCH else "45 CFR 164.508, 164.512(i)",
            "Ask the patient to sign one; a texting consent is not enough.",
        )
    elif facts.purpose.remuneration is not Remuneration.NONE and not form.states_remuneration:
        yield block(
            "hipaa-marketing",
            "authorization-missing-remuneration-statement",
            "The practice is paid for this text, and the authorisation does not say so.",
            "45 CFR 164.508(a)(3)(ii)",
            "Ask the patient to sign an authorisation that says so.",
        )
    else:
        yield allow(
            "hipaa-marketing",
            "authorization",
            f"The patient signed a HIPAA authorisation on {form.signed_on}.",
            _MARKETING,
        )


def _fundraising(facts: Facts) -> Iterator[Finding]:
    if facts.readings.opt_out is OptOutShown.NO:
        yield block(
            "hipaa-marketing",
            "fundraising-opt-out-missing",
            "An appeal for donations must say clearly how to get no more of them.",
            "45 CFR 164.514(f)(2)",
            "Add how to opt out.",
        )
