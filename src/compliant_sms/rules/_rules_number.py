"""Whether the number is still the patient's, and takes texts at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from compliant_sms.classification import CONSENT_CLASSES, MessageClass
from compliant_sms.consent import Flag
from compliant_sms.lookups import LineType, Reassigned, ReassignedAnswer
from compliant_sms.rules._decision import Finding, allow, block
from compliant_sms.rules._facts import Facts, local_day
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._relationship import established
from compliant_sms.rules._revocations import reach
from compliant_sms.rules._rules_consent import is_one_answer
from compliant_sms.rules.rows import ReassignedCheck

_ASK_ANEW = "Ask the patient for the present number and for consent at it."


def number_deactivated(facts: Facts, law: InForce) -> Iterator[Finding]:
    """A number on a carrier's deactivation list belongs to nobody, and soon to somebody else.

    Whoever agreed once it could be given out anew has it: 84 FR 11226. A booking tells the number
    on file again, another system may have it wrong, and into a form anybody can type it: they show
    nothing. CTIA Messaging Principles 5.1.5.
    """
    since = facts.lookups.deactivated_on
    if since is None or since > facts.at.date():
        return
    ages = [timedelta(days=row.value) for row in law.limits("reassigned-number-aging")]
    fresh = (g.occurred_at.date() for g in facts.consent.grants if g.shows_the_number)
    agreed = max(fresh, default=date.min)
    if ages and agreed > since + max(ages):
        yield allow(
            "number-deactivated",
            "agreed-since-deactivation",
            f"The number was deactivated on {since}, and the patient agreed to texts there on "
            f"{agreed}.",
            "CTIA Messaging Principles 5.1.5; 84 FR 11226",
        )
    else:
        yield block(
            "number-deactivated",
            "number-deactivated",
            f"The carrier lists this number as deactivated since {since}.",
            "CTIA Messaging Principles 5.1.5",
            _ASK_ANEW,
        )


_FLAGS = {
    Flag.INVALID_NUMBER: ("number-invalid", "that this is no number that takes texts", _ASK_ANEW),
    Flag.UNREACHABLE_PERMANENT: (
        "number-unreachable",
        "that this number cannot be reached any more",
        _ASK_ANEW,
    ),
    Flag.BLOCKED_NUMBER: (
        "number-blocked",
        "that texts to this number are blocked",
        "Ask the patient in another way whether texts are welcome, and for consent if they are.",
    ),
    Flag.COMPLIANCE_BLOCKED: (
        "compliance-blocked",
        "that it may not carry texts to this number",
        "Have somebody look into it with the provider, and ask the patient for consent anew.",
    ),
    Flag.WRONG_NUMBER: ("number-wrong", "that it is the wrong one", _ASK_ANEW),
}


def number_flagged(facts: Facts, law: InForce) -> Iterator[Finding]:
    """What is said of a number may mean that it is somebody else's, or wants no texts.

    CTIA Messaging Principles 5.1.3, 5.1.5; 45 CFR 164.530(c). Emergencies and answers go all the
    same, and so does the one answer to whoever said that it is the wrong number.
    """
    flagged = facts.consent.flagged
    if flagged is None or facts.message_class not in CONSENT_CLASSES:
        return
    by_holder = flagged.why is Flag.WRONG_NUMBER
    if by_holder and is_one_answer(facts, law):
        return
    code, said, remedy = _FLAGS[flagged.why]
    who = "whoever has this number" if by_holder else "the provider"
    yield block(
        "number-flagged",
        code,
        f"On {local_day(facts, flagged.occurred_at)} {who} said {said}.",
        "45 CFR 164.530(c)" if by_holder else "CTIA Messaging Principles 5.1.3, 5.1.5",
        remedy,
    )


def line_type(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A landline shows no text; somebody may even hear it read out.

    45 CFR 164.530(c): reasonable safeguards.
    """
    line = facts.lookups.line
    if line is not None and line.kind is LineType.LANDLINE:
        yield block(
            "line-type",
            "landline",
            "This number is a landline: the patient would not read the text there.",
            "45 CFR 164.530(c)",
            "Ask the patient for a mobile number, or call.",
        )


def reassigned_number(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The reassigned numbers database, where it was asked or where a state demands it.

    47 CFR 64.1200(l), (m); DA 21-1649; 10 M.R.S. 1499-B; policy P-RND-1.
    """
    if facts.message_class is MessageClass.EMERGENCY:
        return
    answer = facts.lookups.reassigned
    if answer is None or not _is_current(answer, facts, law):
        yield from _required(facts, law)
        return
    if answer.answer is Reassigned.YES:
        yield block(
            "reassigned-number",
            "number-reassigned",
            f"This number was disconnected on or after {answer.since}: it may be somebody else's.",
            "47 CFR 64.1200(m); DA 21-1649",
            _ASK_ANEW,
        )
    elif answer.answer is Reassigned.NO and answer.since <= _consented_on(facts, law):
        yield allow(
            "reassigned-number",
            "safe-harbor",
            f"The reassigned numbers database knows of no change since {answer.since}.",
            "47 CFR 64.1200(m); DA 21-1649",
        )
    elif not law.settings.send_without_reassigned_data:
        yield block(
            "reassigned-number",
            "no-safe-harbor",
            "The reassigned numbers database cannot say whether this number changed hands since "
            "the patient agreed.",
            "47 CFR 64.1200(m); DA 21-1649; policy P-RND-1",
            "Confirm the number with the patient, and record the consent again.",
        )


def _consented_on(facts: Facts, law: InForce) -> date:
    grants = facts.consent.grants_for(reach(facts, law))
    return max((grant.occurred_at.date() for grant in grants), default=date.max)


def _is_current(answer: ReassignedAnswer, facts: Facts, law: InForce) -> bool:
    # New data comes monthly, and only the newest counts: 47 CFR 64.1200(m).
    limit = law.limit("reassigned-data-age")
    # Only the answer that permits grows old.
    old = limit is not None and facts.at.date() - answer.as_of > timedelta(days=limit.value)
    return answer.answer is not Reassigned.NO or not old


def _required(facts: Facts, law: InForce) -> Iterator[Finding]:
    if facts.message_class is not MessageClass.MARKETING:
        return
    here = {state.code for state in facts.states}
    for row in law.rows(ReassignedCheck):
        spared = row.unless_relationship and established(facts, law)
        if here & set(row.states) and not spared:
            yield block(
                "reassigned-number",
                "rnd-check-required",
                f"{', '.join(row.states)} demands that the reassigned numbers database is asked "
                "before a promotion, and no current answer is on record.",
                row.source,
                "Look the number up, and pass the answer through the look-up port.",
            )
