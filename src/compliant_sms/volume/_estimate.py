"""Estimates of batches of texts."""

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
        day: a day of the practice's calendar.
        texts: how many texts would go.
        segments: how many segments they take, with the line that says how to opt out.
        cost: what they cost, in the currency of the price.
    """

    day: date
    texts: int
    segments: int
    cost: Decimal


@frozen(kw_only=True)
class Estimate:
    """What would happen to a batch of texts.

    Attributes:
        verdicts: how many texts would go now, wait, or be refused. Texts that wait for the end of a
            pause, or for their place in the plan, count as waiting.
        reasons: how many are held or refused by each rule; a text may count for several.
        too_late: how many of the waiting texts could not go before their ``not_after``.
        days: what goes on which day, in order.
    """

    verdicts: Mapping[Verdict, int] = field(hash=False)
    reasons: Mapping[str, int] = field(hash=False)
    too_late: int
    days: tuple[DayEstimate, ...]

    @property
    def texts(self) -> int:
        """How many texts would go in the end."""
        return sum(each.texts for each in self.days)

    @property
    def segments(self) -> int:
        """How many segments they take."""
        return sum(each.segments for each in self.days)

    @property
    def cost(self) -> Decimal:
        """What they cost, in the currency of the price."""
        return sum((each.cost for each in self.days), Decimal(0))
