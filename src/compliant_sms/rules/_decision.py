"""What the rulebook answers, and the reasons for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from compliant_sms import records


class Verdict(StrEnum):
    """What a rule, or all of them together, says."""

    ALLOW = "allow"
    HOLD = "hold"
    BLOCK = "block"


@records.lean
@frozen(kw_only=True)
class Finding:
    """What one rule says about a text.

    Attributes:
        rule: id of the rule.
        code: what exactly it found, for programs.
        verdict: what it asks for.
        words: the reason, for a front desk.
        citation: where the rule comes from.
        remedy: what would make the text go; empty where nothing is needed.
        until: for a hold, the first instant (UTC) that this rule permits.
        relies_on: id of the consent event that it rests on; empty where there is none.
    """

    rule: str
    code: str
    verdict: Verdict
    words: str
    citation: str
    remedy: str = ""
    until: datetime | None = None
    relies_on: str = ""


def allow(rule: str, code: str, words: str, citation: str, *, relies_on: str = "") -> Finding:
    """The rule permits the text, and somebody will want to know why."""
    return Finding(
        rule=rule,
        code=code,
        verdict=Verdict.ALLOW,
        words=words,
        citation=citation,
        relies_on=relies_on,
    )


def block(rule: str, code: str, words: str, citation: str, remedy: str) -> Finding:
    """The rule refuses the text."""
    return Finding(
        rule=rule,
        code=code,
        verdict=Verdict.BLOCK,
        words=words,
        citation=citation,
        remedy=remedy,
    )


def hold(rule: str, code: str, words: str, citation: str, *, until: datetime) -> Finding:
    """The rule permits the text from ``until`` on."""
    return Finding(
        rule=rule,
        code=code,
        verdict=Verdict.HOLD,
        words=words,
        citation=citation,
        remedy="Nothing to do: the text goes out when it may.",
        until=until,
    )
