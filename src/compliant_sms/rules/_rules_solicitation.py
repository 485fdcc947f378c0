"""What binds promotions only: do-not-call lists, and how many texts are too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from compliant_sms.classification import CONSENT_CLASSES, ImpliedBy, MessageClass
from compliant_sms.consent import Tier
from compliant_sms.rules._basis import basis, stands
from compliant_sms.rules._decision import Finding, allow, block, hold
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._relationship import bought_within, established
from compliant_sms.rules.rows import Cap

_NATIONAL = "47 CFR 64.1200(c)(2)"


def do_not_call(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The practice's own list, then the national registry and who is free from it.

    47 CFR 64.1200(c)(2), (d), (f)(5), (f)(15); policies P-DNC-1, P-DNC-2.
    """
    if facts.message_class is not MessageClass.MARKETING:
        return
    asked_on = facts.recipient.do_not_call_on
    if asked_on is not None:
        yield block(
            "do-not-call",
            "internal-dnc",
            f"On {asked_on} this person asked not to be called or texted with offers.",
            "47 CFR 64.1200(d)(3), (d)(6), (f)(5); policy P-DNC-1",
            "Send no promotions. Written permission that the patient gives later ends this: take "
            "the entry off your list then.",
        )
        return
    free = _free_from_registry(facts, law)
    if free:
        yield free
        return
    yield from _registry(facts, law)


def _free_from_registry(facts: Facts, law: InForce) -> Finding | None:
    reasons = (
        (
            facts.sender.tax_exempt_nonprofit,
            "nonprofit",
            "A tax-exempt nonprofit is free from the national registry.",
            "47 CFR 64.1200(f)(15)(iii)",
        ),
        (
            _signed_permission(facts, law),
            "signed-permission",
            "The patient signed that this practice may send offers to this number.",
            f"{_NATIONAL}(ii)",
        ),
        (
            facts.recipient.personal_relationship,
            "personal-relationship",
            "The person who texts knows the patient personally.",
            f"{_NATIONAL}(iii)",
        ),
        (
            established(facts, law),
            "established-business-relationship",
            "A recent visit or inquiry makes an established business relationship.",
            "47 CFR 64.1200(f)(5)",
        ),
    )
    return next((allow("do-not-call", *rest) for applies, *rest in reasons if applies), None)


def _signed_permission(facts: Facts, law: InForce) -> bool:
    written = Tier.PRIOR_EXPRESS_WRITTEN
    grant = basis(facts, law, written)
    return grant is not None and stands(facts, grant, written)


def _registry(facts: Facts, law: InForce) -> Iterator[Finding]:
    answer, limit = facts.lookups.national_dnc, law.limit("dnc-registry-age")
    oldest = timedelta(days=limit.value) if limit else timedelta(days=36500)
    today = facts.at.date()
    if answer is None or not answer.as_of <= today <= answer.as_of + oldest:
        yield block(
            "do-not-call",
            "dnc-scrub-stale",
            "No current answer of the national do-not-call registry is on record for this number.",
            f"{_NATIONAL}(i)(D); policy P-DNC-2",
            "Scrub the number against a copy of the registry that is at most "
            f"{oldest.days} days old.",
        )
    elif answer.listed:
        yield block(
            "do-not-call",
            "national-dnc",
            "This number is in the national do-not-call registry.",
            _NATIONAL,
            "Ask for signed written permission that names the practice and the number.",
        )


def _release(times: Iterable[datetime], count: int, within: timedelta) -> datetime | None:
    """When fewer than ``count`` of the times are younger than ``within`` again."""
    newest = sorted(times, reverse=True)
    return newest[count - 1] + within if len(newest) >= count else None


def frequency_cap_state(facts: Facts, law: InForce) -> Iterator[Finding]:
    """How many promotions a state permits in elapsed hours (policy P-FC-2)."""
    if facts.message_class is not MessageClass.MARKETING:
        return
    here = {state.code for state in facts.states}
    for row in law.rows(Cap, facts.country):
        if row.states and not here & set(row.states):
            continue
        counted = [
            text.at
            for text in facts.sent.texts
            if text.message_class is MessageClass.MARKETING
            and (not row.same_subject or text.subject == facts.purpose.code)
        ]
        until = _release(counted, row.count, timedelta(hours=row.hours))
        if until is None or until <= facts.at:
            continue
        if bought_within(facts, row.unless_transaction_within_months):
            yield allow(
                "frequency-cap-state",
                "established-business-relationship",
                f"The limit of {', '.join(row.states)} spares people who bought here lately.",
                row.source,
            )
            continue
        about = " on one subject" if row.same_subject else ""
        yield hold(
            "frequency-cap-state",
            "frequency-cap",
            f"{', '.join(row.states)} permits at most {row.count} promotion(s){about} in "
            f"{row.hours} hours, and this person got them.",
            row.source,
            until=until,
        )


def frequency_cap_practice(facts: Facts, law: InForce) -> Iterator[Finding]:
    """What the practice itself finds too many."""
    if facts.message_class not in CONSENT_CLASSES:
        return
    if facts.decided_as.implied_by is not ImpliedBy.NOTHING:
        return
    for cap in law.settings.caps:
        if not cap.counts(facts.message_class):
            continue
        counted = [text.at for text in facts.sent.texts if cap.counts(text.message_class)]
        until = _release(counted, cap.count, cap.within)
        if until is not None and until > facts.at:
            yield hold(
                "frequency-cap-practice",
                "practice-cap",
                f"The practice sends a person at most {cap.count} texts in "
                f"{cap.within.total_seconds() / 3600:g} hours.",
                "setting of the practice: caps",
                until=until,
            )


def identical_text(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The same words to the same person twice in a short time are a mistake of some program.

    Promotions are about nobody, so that they count by number.
    """
    last, within = facts.sent.identical_at, law.settings.identical_text_within
    if last is None or within is None or facts.at - last >= within:
        return
    bound = facts.message_class in CONSENT_CLASSES
    if bound and facts.decided_as.implied_by is ImpliedBy.NOTHING:
        yield block(
            "identical-text",
            "identical-text",
            f"The same text went to this number at {last:%Y-%m-%d %H:%M} UTC.",
            "library policy: nobody is texted twice",
            "Pass the idempotency key of the first text to learn what became of it; change the "
            "words if the patient should get another one.",
        )
