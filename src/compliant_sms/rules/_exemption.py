"""The healthcare exemption: 47 CFR 64.1200(a)(9)(iv), all ten conditions together.

Condition 10, that opt-outs are honoured at once, is kept by the rule about revocations; here only
as far as somebody opted in to other texts since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from math import inf
from zoneinfo import ZoneInfo

from compliant_sms.classification import MessageClass
from compliant_sms.practice import SenderKind
from compliant_sms.rules._decision import Finding, Verdict, allow, block, hold
from compliant_sms.rules._facts import Facts, OptOutShown
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._revocations import reach
from compliant_sms.rules._rules_hipaa import phi_in_body

_CITE = "47 CFR 64.1200(a)(9)(iv)"
_REMEDY = "Ask the patient for consent; or change the text so that the exemption covers it."
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)


def exemption(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Whether the text may go without consent, and every condition that it misses."""
    missed = [
        block("consent", code, f"No consent is on record, and {words}.", citation, _REMEDY)
        for fails, code, words, citation in _conditions(facts, law)
        if fails
    ]
    limits = list(_limits(facts, law))
    yield from missed
    yield from limits
    if not missed and not limits:
        yield allow(
            "consent",
            "exempt-healthcare",
            "No consent is on record; the healthcare exemption covers this text.",
            _CITE,
        )


def is_exempt(findings: tuple[Finding, ...]) -> bool:
    """Whether a decision rests on the exemption."""
    return any(finding.code == "exempt-healthcare" for finding in findings)


def _conditions(facts: Facts, law: InForce) -> Iterator[tuple[bool, str, str, str]]:
    sender, readings = facts.sender, facts.readings
    limit = law.limit("exemption-characters")
    longest = limit.value if limit else inf
    acts_for_provider = {SenderKind.HEALTHCARE_PROVIDER, SenderKind.BUSINESS_ASSOCIATE}
    yield (
        not sender.free_to_end_user,
        "not-free-to-end-user",
        "this way of sending costs the patient something",
        "47 CFR 64.1200(a)(9)",
    )
    yield (
        sender.kind not in acts_for_provider,
        "sender-not-healthcare-provider",
        "only providers, or those who act for them, are exempt",
        _CITE,
    )
    yield (
        not facts.recipient.number_from_patient or bool(facts.consent.voided),
        "number-not-provided-by-patient",
        "nothing says that the patient gave this number",
        f"{_CITE}(A)",
    )
    yield (
        not readings.names_sender,
        "provider-name-missing",
        "the text does not name the practice",
        f"{_CITE}(B)",
    )
    yield (
        not readings.contact,
        "provider-contact-missing",
        "the text does not say how to reach the practice",
        f"{_CITE}(B)",
    )
    yield (
        not facts.purpose.exemptible,
        "purpose-not-listed",
        f"texts of the purpose {facts.purpose.code} are not exempt",
        f"{_CITE}(C)",
    )
    yield (
        any(map(reach(facts, law), facts.consent.lifted)),
        "opted-out-before",
        "the patient opted out, and agreed to other texts alone since",
        f"{_CITE}(H)",
    )
    yield (
        facts.message_class is MessageClass.MARKETING,
        "marketing-content",
        "the text holds a promotion",
        f"{_CITE}(D)",
    )
    yield (
        readings.financial,
        "financial-content",
        "the text speaks of money that is owed",
        f"{_CITE}(D)",
    )
    yield (
        any(f.verdict is not Verdict.ALLOW for f in phi_in_body(facts, law)),
        "hipaa-noncompliant",
        "the text holds health information that may not be sent so",
        f"{_CITE}(D)",
    )
    yield (
        readings.characters > longest,
        "over-160-characters",
        f"the text is longer than {longest} characters",
        f"{_CITE}(E)",
    )
    yield (
        readings.opt_out is OptOutShown.NO,
        "opt-out-missing",
        "the text does not say how to opt out",
        f"{_CITE}(G)",
    )


def _limits(facts: Facts, law: InForce) -> Iterator[Finding]:
    """One a day and three a week, texts and calls together (policy P-FC-1)."""
    exempt = sorted((text.at for text in facts.sent.texts if text.exempt), reverse=True)
    per_day, per_week = law.limit("exemption-per-day"), law.limit("exemption-per-week")
    if per_day and len(exempt) >= per_day.value:
        until = _day_over(exempt[per_day.value - 1], facts)
        if until > facts.at:
            yield _limited("exemption-daily-limit", f"{per_day.value} a day", until)
    if per_week and len(exempt) >= per_week.value:
        until = exempt[per_week.value - 1] + _A_WEEK
        if until > facts.at:
            yield _limited("exemption-weekly-limit", f"{per_week.value} a week", until)


def _limited(code: str, words: str, until: datetime) -> Finding:
    return hold(
        "consent",
        code,
        f"Without consent a patient may get {words}, and got them.",
        f"{_CITE}(F); policy P-FC-1",
        until=until,
    )


def _day_over(sent_at: datetime, facts: Facts) -> datetime:
    """When both the day that began with a text and its calendar day are over."""
    midnights = [_next_midnight(sent_at, ZoneInfo(zone.name)) for zone in facts.zones]
    return max([sent_at + _A_DAY, *midnights])


def _next_midnight(at: datetime, zone: ZoneInfo) -> datetime:
    day = at.astimezone(zone).date() + _A_DAY
    return datetime.combine(day, time(0), zone).astimezone(UTC)
