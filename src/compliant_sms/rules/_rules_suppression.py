"""Who asked us to stop, and the one answer that may follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from compliant_sms.classification import CONSENT_CLASSES, ContentLabel, MessageClass, Purpose
from compliant_sms.consent import Channel, Revocation
from compliant_sms.rules._decision import Finding, allow, block
from compliant_sms.rules._facts import Facts, ReplyFacts, local_day
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._revocations import is_presumed, kept_by_patient, reach

_NOTHING = "Nothing to do: the revocation holds without a confirmation."


def revocation(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Nothing follows a revocation but its confirmation, the answer to HELP, and emergencies.

    47 CFR 64.1200(a)(10)-(12); policy P-RV-1.
    """
    standing = facts.consent.revocations
    if standing and facts.message_class is MessageClass.PROTOCOL and not _may_follow(facts):
        yield from _answered(facts, standing)
    if not standing or facts.message_class not in CONSENT_CLASSES:
        return
    reaches = reach(facts, law)
    ending = [each for each in standing if reaches(each)]
    if ending:
        yield _refused(ending[0], facts)
    elif all(kept_by_patient(each, facts.decided_as) for each in standing):
        yield allow(
            "revocation",
            "clarified-by-recipient",
            "The patient opted out, and when asked said that these texts may go on.",
            "47 CFR 64.1200(a)(12)",
        )
    else:
        yield allow(
            "revocation",
            "other-category-consent-intact",
            "The patient opted out of other texts, and the practice reads that narrowly.",
            "DA 26-12; FCC 24-24",
        )


def _may_follow(facts: Facts) -> bool:
    return facts.purpose in {Purpose.OPT_OUT_CONFIRMATION, Purpose.HELP_REPLY}


def _answered(facts: Facts, standing: Sequence[Revocation]) -> Iterator[Finding]:
    """Whether the confirmation of an opt-in may follow: only where other texts were meant before.

    An answer to START is out of date once somebody says STOP after it.
    """
    reply = facts.reply if facts.purpose == Purpose.OPT_IN_CONFIRMATION else None
    since = reply.received_at if reply else None
    ending = [s for s in standing if not s.keep or since is None or since <= s.occurred_at]
    if ending:
        yield _refused(ending[0], facts)
        return
    yield allow(
        "revocation",
        "opted-in-since",
        "The patient opted out of other texts, and this answers their opt-in since.",
        "CTIA Messaging Principles (May 2023), 5.1.2.1",
    )


def _refused(revocation: Revocation, facts: Facts) -> Finding:
    day = local_day(facts, revocation.occurred_at)
    remedy = "Call or write instead. Texting may resume after the patient agrees anew."
    if is_presumed(revocation):
        return block(
            "revocation",
            "revoked-presumed",
            f"On {day} somebody at this number asked us to stop texting{_HOW[revocation.channel]}.",
            "47 CFR 64.1200(a)(11); policy P-RV-1",
            remedy,
        )
    return block(
        "revocation",
        "revoked",
        f"On {day} the provider reported that this number opted out of our texts."
        if revocation.channel is Channel.PROVIDER
        else f"This number asked us to stop texting on {day}.",
        "47 CFR 64.1200(a)(10); policy P-RV-1",
        remedy,
    )


# Who asked may be another person at the number than the one whom the text is for.
_HOW = {
    Channel.SPOKEN: ", by word of mouth",
    Channel.VOICEMAIL: ", by voicemail",
    Channel.EMAIL: ", by email",
    Channel.LETTER: ", by letter",
    Channel.OTHER_SYSTEM: ", as another system has it on its list",
    Channel.UNKNOWN: "; how is not on record, and the request stands",
}


def opt_out_confirmation(facts: Facts, law: InForce) -> Iterator[Finding]:
    """One confirmation, within five minutes, of a revocation that stands, and nothing in it else.

    47 CFR 64.1200(a)(12); policy P-CF-1.
    """
    if facts.purpose != Purpose.OPT_OUT_CONFIRMATION:
        return
    reply = facts.reply
    if reply is None or not facts.consent.revocations:
        yield _no_confirmation(
            "confirmation-without-revocation", "There is no revocation to confirm."
        )
        return
    if reply.already_sent:
        yield _no_confirmation(
            "confirmation-already-sent",
            "This revocation was confirmed before; only one confirmation may go out.",
        )
    elif _out_of_date(facts, reply):
        yield _no_confirmation(
            "confirmation-out-of-date",
            "The patient has asked since to stop all texts, and this says less than that.",
        )
    limit = law.limit("opt-out-confirmation")
    if limit and facts.at - reply.received_at > timedelta(minutes=limit.value):
        yield _no_confirmation(
            "late-confirmation",
            f"More than {limit.value} minutes have passed since the patient's text.",
            "; policy P-CF-1",
        )
    yield from _content_of_confirmation(facts, reply)


def _out_of_date(facts: Facts, reply: ReplyFacts) -> bool:
    """Whether it says that some texts go on, or asks whether, and all were ended since."""
    revocations = facts.consent.revocations
    limited = all(each.keep for each in revocations if each.occurred_at <= reply.received_at)
    ended = any(not each.keep and each.occurred_at > reply.received_at for each in revocations)
    return ended and (limited or reply.asks_which)


def _content_of_confirmation(facts: Facts, reply: ReplyFacts) -> Iterator[Finding]:
    if facts.readings.content is not ContentLabel.TRANSACTIONAL:
        yield _no_confirmation(
            "marketing-in-confirmation", "A confirmation may hold no promotion of any kind."
        )
    if reply.asks_which and len(_categories(facts)) < 2:
        yield _no_confirmation(
            "clarification-without-categories",
            "It asks which texts were meant, and the patient had agreed to one kind only.",
        )


def _categories(facts: Facts) -> set[str]:
    return {category for grant in facts.consent.grants for category in grant.categories}


def _no_confirmation(code: str, words: str, more: str = "") -> Finding:
    return block("opt-out-confirmation", code, words, f"47 CFR 64.1200(a)(12){more}", _NOTHING)
