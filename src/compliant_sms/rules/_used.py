"""Which waivers and overrides a text owes it to that it may go."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from compliant_sms.classification import catalogue
from compliant_sms.rules._rulebook import Decision, Rulebook
from compliant_sms.waiver import Waiver


@frozen(kw_only=True)
class Used:
    """A departure from the rules that a decision rests on.

    Attributes:
        what: ``"rule ID"`` that was waived, ``"row ID"`` that was changed, or ``"purpose CODE"`` of
            a practice's own that is laxer than its class.
        waiver: why, and who answers for it.
    """

    what: str
    waiver: Waiver


def used(rulebook: Rulebook, decision: Decision) -> Iterator[Used]:
    """The waivers and overrides without which the text would have waited or been refused.

    What was changed in rows is told as a whole: rules read them together. Why a purpose of the
    catalogue is laxer than its class is the catalogue's to say, and nobody departed from a rule.

    Args:
        rulebook: under which the decision was made.
        decision: one that lets a text go.
    """
    purpose = decision.facts.purpose
    if purpose.waiver is not None and catalogue().get(purpose.code) != purpose:
        yield Used(what=f"purpose {purpose.code}", waiver=purpose.waiver)
    if not (rulebook.waivers or rulebook.overrides):
        return
    refusing = {reason.rule for reason in rulebook.unbent.decide(decision.facts).reasons}
    for waiver in rulebook.waivers:
        if waiver.of in refusing:
            yield Used(what=f"rule {waiver.of}", waiver=waiver)
    if refusing - {waiver.of for waiver in rulebook.waivers}:
        for override in rulebook.overrides:
            yield Used(what=f"row {override.row}", waiver=override.waiver)
