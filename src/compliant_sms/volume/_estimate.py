"""What a batch of texts would come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from compliant_sms.rules import Verdict


@frozen(kw_only=True)
class DayEstimate:
    """What would go on one day.

    Attributes:
        day: of the practice's calendar.
        texts: how many would go.
        segments: parts that they take on the air, with the line that says how to opt out.
        cost: what they cost, in the currency of the price.
    """

    day: date
    texts: int
    segments: int
    cost: Decimal


@frozen(kw_only=True)
class Estimate:
    """What a batch of texts would come to.

    Attributes:
        verdicts: how many texts would go now, wait, or be refused. One that waits for a pause, or
            for its place on the plan, is among those that wait.
        reasons: how many are held or refused by which rule; one text may be in several.
        too_late: how many of those that wait could not go before their ``not_after``.
        days: what goes on which day, in order.
    """

    verdicts: Mapping[Verdict, int] = field(hash=False)
    reasons: Mapping[str, int] = field(hash=False)
    too_late: int
    days: tuple[DayEstimate, ...]

    @property
    def texts(self) -> int:
        """How many would go in the end."""
        return sum(each.texts for each in self.days)

    @property
    def segments(self) -> int:
        """Parts that they take on the air."""
        return sum(each.segments for each in self.days)

    @property
    def cost(self) -> Decimal:
        """What they cost, in the currency of the price."""
        return sum((each.cost for each in self.days), Decimal(0))
