"""The rows of packs and the fields of purposes in words, for tables and for the documentation."""

from __future__ import annotations

from functools import singledispatch

from attrs import frozen

from compliant_sms.classification import HipaaUse, HoursBound, MessageClass, OptOutLine, Purpose
from compliant_sms.consent import Tier
from compliant_sms.rules import DayHours, Row, Settings
from compliant_sms.rules.rows import (
    AreaCodes,
    Cap,
    CarrierCap,
    Holiday,
    HoursRow,
    Limit,
    Majority,
    Note,
    OptInElement,
    ReassignedCheck,
    Relationship,
    RevocationRuleset,
    Shortener,
    SplitAreaCode,
    WrittenConsent,
)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}


@singledispatch
def in_words(row: Row) -> str:
    """What a row says, as a sentence or the beginning of one; where it holds stands elsewhere."""
    return row.note.strip() or row.id


def hours(window: DayHours | None) -> str:
    """The permitted hours of a day, or what stands for them."""
    if window is None:
        return "as any day"
    return str(window) if window.opens else "closed"


@in_words.register
def _(row: HoursRow) -> str:
    week = row.monday_to_friday
    parts = [f"Mon-Fri {hours(week)}", f"Sat {hours(row.saturday)}", f"Sun {hours(row.sunday)}"]
    if row.saturday == week == row.sunday:
        parts = [f"Every day {hours(week)}"]
    if row.holidays is not None:
        parts.append(f"legal holidays {hours(row.holidays)}")
    zone = f", on the clock of {row.zone} too" if row.zone else ""
    return f"{', '.join(parts)}{zone}.{_unless_bought(row.unless_transaction_within_months)}"


def _unless_bought(months: int | None) -> str:
    return f" Not for who bought within {months} months." if months else ""


@in_words.register
def _(row: Cap) -> str:
    about = " about the same subject" if row.same_subject else ""
    spared = _unless_bought(row.unless_transaction_within_months)
    return f"At most {row.count} promotions{about} in {row.hours} hours.{spared}"


@in_words.register
def _(row: Holiday) -> str:
    observed = ", and the weekday on which it is observed" if row.observed else ""
    return f"{row.name}: {_when(row)}{observed}."


def _when(row: Holiday) -> str:
    if row.easter is not None:
        where = "before" if row.easter < 0 else "after"
        return f"{abs(row.easter)} days {where} Easter Sunday" if row.easter else "Easter Sunday"
    month = _MONTHS[(row.month or 1) - 1]
    if row.day is not None:
        return f"{month} {row.day}"
    return f"{_NTH[row.nth or 1]} {(row.weekday or '').title()} of {month}"


@in_words.register
def _(row: AreaCodes) -> str:
    return f"Area codes of {row.state}: {', '.join(row.codes)}."


@in_words.register
def _(row: SplitAreaCode) -> str:
    return f"Numbers with {', '.join(row.codes)} may be in {', '.join(row.zones)}."


@in_words.register
def _(row: Majority) -> str:
    return f"A patient acts alone from the age of {row.age}."


@in_words.register
def _(row: Relationship) -> str:
    return (
        f"A relationship lasts {row.transaction_months} months after a visit or purchase, and "
        f"{row.inquiry_months} after an inquiry."
    )


@in_words.register
def _(row: ReassignedCheck) -> str:
    spared = ", save for an established business relationship" if row.unless_relationship else ""
    return f"The reassigned numbers database is asked before a promotion{spared}."


@in_words.register
def _(row: WrittenConsent) -> str:
    spared = ", save of a tax-exempt nonprofit" if row.spares_nonprofit else ""
    return f"A promotion needs written consent, whatever the federal rule forgives{spared}."


@in_words.register
def _(row: RevocationRuleset) -> str:
    reach = (
        "an opt-out from one kind of text ends all that need consent"
        if row.cross_category
        else "an opt-out from one kind of text need not end others"
    )
    return f"{row.ruleset}: {reach}. By default this library ends all of them (P-RV-1)."


@in_words.register
def _(row: Limit) -> str:
    unit = row.unit.removesuffix("s") if row.value == 1 else row.unit
    words = row.id.replace("-", " ")
    for short, spelt in _SPELT.items():
        words = words.replace(short, spelt)
    return f"{words[0].upper()}{words[1:]}: {row.value} {unit}."


# Ids say it shortly.
_SPELT = {"opt out": "opt-out", "dnc": "do-not-call", "hipaa": "HIPAA", "care reply": "reply"}


@in_words.register
def _(row: Note) -> str:
    return row.words.strip()


@in_words.register
def _(row: Shortener) -> str:
    first = ", ".join(row.domains[:3])
    more = f" and {len(row.domains) - 3} others" if len(row.domains) > 3 else ""
    return f"No links through {first}{more}."


@in_words.register
def _(row: CarrierCap) -> str:
    scores = ""
    if row.score_from is not None or row.score_to is not None:
        scores = f", vetting score {row.score_from or 0} to {row.score_to or 100}"
    case = f", use case {row.use_case}" if row.use_case else ""
    per, _, time = row.per.partition("-")
    return f"{row.carrier} takes {row.segments:,} segments a {time} from one {per}{case}{scores}."


@in_words.register
def _(row: OptInElement) -> str:
    what = row.element.replace("_", " ")
    recurring = " (where texts recur)" if row.recurring_only else ""
    return f"The confirmation of an opt-in says: {what}{recurring}."


_TIERS = {
    Tier.NONE: "None is needed.",
    Tier.PRIOR_EXPRESS: "Prior express consent: the patient agreed, in any form.",
    Tier.PRIOR_EXPRESS_WRITTEN: (
        "Prior express written consent: signed, naming the practice and the number."
    ),
}
_IMPLIED = {
    "nothing": "",
    "own_text": " One answer to the patient's own text rests on that text.",
    "request": " The patient's request for this very text is enough.",
}
_LINES = {
    OptOutLine.NEVER: "Not needed.",
    OptOutLine.PERIODIC: "In the first text, and again {every} days later.",
    OptOutLine.EACH: "In every text.",
}
_HIPAA = {
    HipaaUse.TREATMENT: "Treatment, and no HIPAA marketing while nobody pays for sending it.",
    HipaaUse.REFILL_REMINDER: (
        "A refill reminder, and no HIPAA marketing while any payment only covers its cost."
    ),
    HipaaUse.TREATMENT_ALTERNATIVE: (
        "About treatment alternatives or coordination: no HIPAA marketing while nobody pays for it."
    ),
    HipaaUse.PAYMENT: "Payment: no HIPAA marketing.",
    HipaaUse.OPERATIONS: "Health care operations: no HIPAA marketing.",
    HipaaUse.OWN_SERVICE: (
        "The practice's own service: no HIPAA marketing while nobody pays for sending it; a signed "
        "authorisation otherwise."
    ),
    HipaaUse.THIRD_PARTY_PRODUCT: "HIPAA marketing: needs a signed authorisation.",
    HipaaUse.FUNDRAISING: "Fundraising: a clear opt-out in each text, which holds for ever.",
    HipaaUse.RESEARCH: "Research: needs a signed authorisation, or a board's waiver of it.",
}
"""What a text is under HIPAA. 45 CFR 164.501, 164.508(a)(3), 164.512(i), 164.514(f)."""


@frozen
class Answer:
    """What holds for a purpose by itself, whatever the place.

    Attributes:
        topic: what it is about.
        words: what holds.
        citation: the source of exactly this; empty, where it is the purpose's.
    """

    topic: str
    words: str
    citation: str = ""


def answers(purpose: Purpose) -> tuple[Answer, ...]:
    """What a purpose of the catalogue needs, wherever the patient is."""
    settings = Settings()
    line = _LINES[purpose.opt_out_line].format(every=settings.opt_out_line_every.days)
    exempt = (
        "Listed: it may go without consent where all ten conditions hold, which needs a way of "
        "sending that is free to the patient."
        if purpose.exemptible
        else "Not listed."
    )
    return (
        Answer("class", f"{_CLASSES[purpose.message_class]}; category {purpose.category}."),
        Answer("consent", _TIERS[purpose.least_tier] + _IMPLIED[purpose.implied_by]),
        Answer("hours", _bound(purpose.hours, settings)),
        Answer("opt-out line", line, "CTIA Messaging Principles (May 2023), 5.1.2.1, 5.1.3"),
        Answer("HIPAA", _HIPAA[purpose.hipaa], "45 CFR 164.501, 164.508(a)(3), 164.514(f)"),
        Answer("healthcare exemption", exempt, "47 CFR 64.1200(a)(9)(iv)(C)"),
    )


_CLASSES = {
    MessageClass.TRANSACTIONAL: "Transactional (TCPA informational)",
    MessageClass.MARKETING: "Marketing (TCPA telemarketing)",
    MessageClass.EMERGENCY: "Emergency",
    MessageClass.PROTOCOL: "Protocol: the library's own answers to STOP, START and HELP",
}


def _bound(bound: HoursBound, settings: Settings) -> str:
    if bound is HoursBound.LAW:
        return "The hours of the law bind: see the rows."
    if bound is HoursBound.NONE:
        return "No hours bind."
    return (
        f"No law sets any. The courtesy window {settings.courtesy_window} on the patient's clock "
        "holds by default (P-QH-3); a practice can change it."
    )
