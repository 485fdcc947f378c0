"""What permits a text: consent of the right tier and scope, or the healthcare exemption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from compliant_sms.classification import CONSENT_CLASSES, ImpliedBy, MessageClass, PhraseKind
from compliant_sms.consent import AgreementDefect, LiveGrant, Tier, defects, same_sender
from compliant_sms.practice import SenderKind
from compliant_sms.rules._basis import basis
from compliant_sms.rules._decision import Finding, allow, block
from compliant_sms.rules._exemption import exemption
from compliant_sms.rules._facts import Facts, local_day
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._revocations import reach
from compliant_sms.rules.rows import WrittenConsent

_PEC, _PEWC = Tier.PRIOR_EXPRESS, Tier.PRIOR_EXPRESS_WRITTEN
# Phrases that advertise and name no price, no discount and nothing for sale. Any other closes the
# carve-out, one that joins the data later too.
_NAMES_NO_SALE = frozenset(
    {"blood-drive", "call-to-buy", "event", "event-invitation", "new-service", "urgency"}
)


def declared_purpose(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A text that sells is decided as a promotion, whatever it was declared to be.

    *Chesbro v. Best Buy*, 697 F.3d 1230 (9th Cir. 2012): dual purpose.
    """
    if facts.decided_as is not facts.purpose:
        yield allow(
            "declared-purpose",
            "decided-as-marketing",
            f"Declared as {facts.purpose.code}, and the text sells: it is decided as a promotion "
            f"({_selling(facts)}).",
            "47 CFR 64.1200(a)(2), (f)(13); Chesbro v. Best Buy, 697 F.3d 1230 (9th Cir. 2012)",
        )


def consent(facts: Facts, law: InForce) -> Iterator[Finding]:
    """A grant that covers the text at its tier, the patient's own act, or the exemption.

    47 CFR 64.1200(a)(1), (a)(2), (a)(9)(iv), (f)(4). Where staff found that the number is not the
    patient's, whatever came from it was no act of theirs.
    """
    purpose = facts.decided_as
    if purpose.message_class is MessageClass.EMERGENCY:
        yield allow(
            "consent",
            "emergency-purpose",
            "A threat to health and safety needs no consent.",
            "47 CFR 64.1200(a)(1), (f)(4)",
        )
    if purpose.message_class not in CONSENT_CLASSES or _is_ended(facts, law):
        return
    tier, code, citation = _needed(facts, law)
    grant = basis(facts, law, tier)
    if grant is not None:
        yield _permitted(facts, law, grant, code, citation)
    elif (implied := _implied(facts, law)) is not None:
        yield implied
    elif law.settings.healthcare_exemption:
        yield from exemption(facts, law)
    else:
        words = f"{_lacking(facts, tier)}{_covered_instead(facts, law)}"
        yield block("consent", f"{code}-required", words, citation, _ask_for(facts, tier))


def _is_ended(facts: Facts, law: InForce) -> bool:
    reaches = reach(facts, law)
    return any(map(reaches, facts.consent.revocations))


def _needed(facts: Facts, law: InForce) -> tuple[Tier, str, str]:
    """The least tier, the code of a permission by it, and where that stands."""
    purpose = facts.decided_as
    if purpose.least_tier < _PEWC:
        return purpose.least_tier, "prior-express-consent", "47 CFR 64.1200(a)(1)"
    written = "prior-express-written-consent"
    if (row := _state_asks_for_more(facts, law)) is not None:
        return _PEWC, written, f"47 CFR 64.1200(a)(2), (f)(9); {row.source}"
    sells = purpose.message_class is MessageClass.MARKETING
    if sells and facts.sender.tax_exempt_nonprofit:
        return _PEC, "nonprofit-prior-express-consent", "47 CFR 64.1200(a)(2)"
    if sells and _is_carved_out(facts, law):
        return (
            _PEC,
            "health-care-message-prior-express-consent",
            "47 CFR 64.1200(a)(2); Latner v. Mt. Sinai, 879 F.3d 52 (2d Cir. 2018)",
        )
    return _PEWC, written, "47 CFR 64.1200(a)(2), (f)(9)"


def _state_asks_for_more(facts: Facts, law: InForce) -> WrittenConsent | None:
    """The row of a state that grants no relief from written consent, where there is any relief."""
    nonprofit = facts.sender.tax_exempt_nonprofit
    if not nonprofit and not _is_carved_out(facts, law):
        return None
    here = {state.code for state in facts.states}
    rows = law.rows(WrittenConsent, facts.country)
    binding = (r for r in rows if here & set(r.states) and not (nonprofit and r.spares_nonprofit))
    return next(binding, None)


def _is_carved_out(facts: Facts, law: InForce) -> bool:
    sells = {p.rule for p in facts.readings.phrases if p.kind is PhraseKind.MARKETING}
    return (
        law.settings.health_care_message_carve_out
        and facts.purpose.care_message
        and facts.sender.kind is not SenderKind.OTHER
        and sells <= _NAMES_NO_SALE
    )


def _permitted(facts: Facts, law: InForce, grant: LiveGrant, code: str, citation: str) -> Finding:
    reaches, category = reach(facts, law), facts.decided_as.category
    same = (each for each in facts.consent.grants if category in each.categories)
    again = any(any(map(reaches, each.stopped_by)) for each in same)
    return allow(
        "consent",
        "re-opted-in" if again else code,
        f"The patient agreed to this {'again ' if again else ''}on "
        f"{local_day(facts, grant.occurred_at)}.",
        citation,
        relies_on=grant.event_id,
    )


def _implied(facts: Facts, law: InForce) -> Finding | None:
    if facts.consent.voided:
        return None
    if facts.decided_as.implied_by is ImpliedBy.REQUEST:
        return allow(
            "consent",
            "requested-by-recipient",
            "The patient asked for this very text.",
            "47 CFR 64.1200(a)(1)",
        )
    if not is_one_answer(facts, law):
        return None
    return allow(
        "consent",
        "reply-to-recipient-inbound",
        "The patient wrote first, and this is the one answer to it.",
        "CTIA Messaging Principles (May 2023), Exhibit II",
    )


def is_one_answer(facts: Facts, law: InForce) -> bool:
    """Whether a text is the one answer to what was written to us, within its time."""
    reply = facts.reply
    own_text = facts.decided_as.implied_by is ImpliedBy.OWN_TEXT
    if not own_text or reply is None or reply.already_sent:
        return False
    limit = law.limit("care-reply-within")
    within = timedelta(hours=limit.value) if limit else timedelta(0)
    return timedelta(0) <= facts.at - reply.received_at <= within


def _lacking(facts: Facts, tier: Tier) -> str:
    if facts.consent.voided:
        return "The consent that was on record for this patient at this number was an error."
    if facts.consent.tier is Tier.NONE:
        return "No consent to texts is on record for this patient at this number."
    if facts.decided_as is not facts.purpose:
        return (
            f"The text is declared as {facts.purpose.code} and sells ({_selling(facts)}), so it is "
            "a promotion; the patient gave no written permission for promotions."
        )
    if facts.message_class is MessageClass.MARKETING:
        if tier is _PEC and any(grant.restored for grant in facts.consent.grants):
            return "The patient texted START, which brings back no consent to offers and appeals."
        return "This is a promotion, and the patient gave no written permission for promotions."
    return f"The patient's consent does not cover texts about {facts.decided_as.category}."


def _covered_instead(facts: Facts, law: InForce) -> str:
    """What the patient did agree to, where it is something else; the cause may be a wrong name."""
    grants = facts.consent.grants_for(reach(facts, law))
    found = sorted({category for grant in grants for category in grant.categories})
    if not found or facts.decided_as.category in found:
        return ""
    return f" The consent on record covers {_and(found)}."


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _selling(facts: Facts) -> str:
    selling = (p for p in facts.readings.phrases if p.kind is PhraseKind.MARKETING)
    return ", ".join(f"{p.rule} at {p.start}-{p.end}" for p in selling)


def _ask_for(facts: Facts, tier: Tier) -> str:
    if facts.consent.voided and facts.decided_as.implied_by is not ImpliedBy.NOTHING:
        return (
            "Answer somebody else who has this phone in the thread that their own texts open. If "
            "the number is the patient's after all, record their consent anew."
        )
    if facts.decided_as is not facts.purpose:
        return "Take out what sells, or ask for signed permission for promotions."
    if tier is _PEWC:
        return "Ask for signed permission that names the practice, the number and promotions."
    about = facts.decided_as.category
    return f"Ask the patient whether texts about {about} are welcome, and record it."


def _relied_on(facts: Facts, law: InForce) -> LiveGrant | None:
    if facts.message_class not in CONSENT_CLASSES:
        return None
    return basis(facts, law, _needed(facts, law)[0])


def written_agreement(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Written consent holds all that makes it written consent. 47 CFR 64.1200(f)(9)."""
    if facts.decided_as.least_tier is not _PEWC:
        return
    grant = _relied_on(facts, law)
    if grant is None or grant.tier is not _PEWC or _needed(facts, law)[0] is not _PEWC:
        return
    if grant.agreement is None:
        yield block(
            "written-agreement",
            "agreement-not-recorded",
            "The patient is said to have agreed in writing, and nothing tells what was signed.",
            "47 CFR 64.1200(f)(9)",
            "Record what was signed: agreement=WrittenAgreement(...).",
        )
        return
    names = (facts.sender.name, *facts.sender.also_known_as)
    found = defects(grant.agreement, seller=names, number=facts.number)
    yield from map(_defective, found)


def _defective(defect: AgreementDefect) -> Finding:
    return block(
        "written-agreement",
        defect.value,
        defect.words,
        defect.citation,
        "Ask for signed permission anew, on a form that has everything.",
    )


def opt_in_transfer(facts: Facts, law: InForce) -> Iterator[Finding]:
    """An opt-in is given to one sender and cannot be passed on. CTIA 5.1.2.2, 5.1.4."""
    if not any(grant.given_to for grant in facts.consent.grants):
        return
    grant = _relied_on(facts, law)
    names = (facts.sender.name, *facts.sender.also_known_as)
    if grant is None or not grant.given_to or same_sender(grant.given_to, names):
        return
    yield block(
        "opt-in-transfer",
        "opt-in-not-transferable",
        "The patient agreed to texts of another sender.",
        "CTIA Messaging Principles (May 2023), 5.1.2.2, 5.1.4",
        "Ask the patient for consent of your own.",
    )
