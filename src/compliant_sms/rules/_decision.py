"""What the rulebook answers, and the reasons for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from compliant_sms.rules._facts import Facts, Settings

__all__ = ["Decision", "Finding", "Verdict"]


class Verdict(StrEnum):
    """What a rule, or all of them together, says."""

    ALLOW = "allow"
    HOLD = "hold"
    BLOCK = "block"


@frozen(kw_only=True)
class Finding:
    """What one rule says about a text.

    Attributes:
        rule: id of the rule.
        verdict: what it asks for.
        words: the reason, for a front desk.
        citation: where the rule comes from.
        remedy: what would make the text go.
        until: for a hold, the first permitted instant (UTC).
    """

    rule: str
    verdict: Verdict
    words: str
    citation: str
    remedy: str
    until: datetime | None = None


@frozen(kw_only=True)
class Decision:
    """The answer for one text at one instant, with all that is needed to check it later.

    Attributes:
        verdict: allow, hold or block.
        until: for a hold, the earliest instant (UTC) at which every rule of time passes.
        findings: what each rule that spoke said, in the order of the rules.
        relied_on: id of the consent event that permits the text, if one was needed and found.
        rulebook: version of the rules and their data.
        settings: what the practice had chosen.
        facts: what the rules were told.
    """

    verdict: Verdict
    until: datetime | None
    findings: tuple[Finding, ...]
    relied_on: str | None
    rulebook: str
    settings: Settings
    facts: Facts

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that hold or block."""
        return tuple(f for f in self.findings if f.verdict is not Verdict.ALLOW)
