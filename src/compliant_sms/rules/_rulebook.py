"""Asks the rules and adds up what they say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from compliant_sms.consent import Tier
from compliant_sms.errors import ConfigurationError
from compliant_sms.rules._decision import Decision, Finding, Verdict
from compliant_sms.rules._facts import Facts, Settings
from compliant_sms.rules._pack import load_pack
from compliant_sms.rules._rules import RULES

__all__ = ["Rulebook"]


def _verdict(findings: Iterable[Finding]) -> Verdict:
    said = {finding.verdict for finding in findings}
    if Verdict.BLOCK in said:
        return Verdict.BLOCK
    return Verdict.HOLD if Verdict.HOLD in said else Verdict.ALLOW


@frozen
class Rulebook:
    """The rules under the settings of one practice.

    Args:
        settings: what the practice chose.
    """

    settings: Settings = field(factory=Settings)

    @property
    def version(self) -> str:
        """Which edition of rules and data this is."""
        return load_pack().version

    def decide(self, facts: Facts) -> Decision:
        """Whether the text may go now, later or not at all.

        Any block wins over any hold; of several holds the latest instant wins.
        """
        findings = tuple(
            finding for rule in RULES if (finding := rule(facts, self.settings)) is not None
        )
        verdict = _verdict(findings)
        return Decision(
            verdict=verdict,
            until=_until(findings) if verdict is Verdict.HOLD else None,
            findings=findings,
            relied_on=_relied_on(facts),
            rulebook=self.version,
            settings=self.settings,
            facts=facts,
        )

    @classmethod
    def replay(cls, decision: Decision) -> Decision:
        """Decide again on what the record says was known then, under the rules of then.

        Raises:
            ConfigurationError: the record names an edition that this installation does not have.
        """
        book = cls(decision.settings)
        if decision.rulebook != book.version:
            msg = (
                f"the decision was made under rulebook {decision.rulebook}, and this installation "
                f"has {book.version}. Install the version of compliant-sms that has it."
            )
            raise ConfigurationError(msg)
        return book.decide(decision.facts)


def _until(findings: Iterable[Finding]) -> datetime | None:
    return max((f.until for f in findings if f.until is not None), default=None)


def _relied_on(facts: Facts) -> str | None:
    purpose = facts.purpose
    if facts.consent.revoked_at is not None or purpose.least_tier is Tier.NONE:
        return None
    grant = facts.consent.basis_for(purpose.category, purpose.least_tier)
    return grant.event_id if grant else None
