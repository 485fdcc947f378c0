"""Sums over a practice's records, which reveal nothing about any one person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import frozen

from compliant_sms.figures import Answered, Moves
from compliant_sms.lifecycle import State
from compliant_sms.rules import Verdict

Period: TypeAlias = tuple[datetime | None, datetime]
"""Start (None for the beginning of the record) and end; the end itself is not included."""


@frozen(kw_only=True)
class Stop:
    """A decision that held or refused a text.

    Attributes:
        place: the decision's place among all; places only grow.
        at: when it was made (UTC).
        verdict: hold or block.
        rules: the ids of the rules that demanded it.
    """

    place: int
    at: datetime
    verdict: Verdict
    rules: tuple[str, ...]


class Counts(Protocol):
    """Sums over the records of a practice, each with one query."""

    async def texts_by_state(self, practice_id: str, period: Period) -> Mapping[State, int]:
        """How many different texts came to each state in a period."""

    async def moves(self, practice_id: str, period: Period) -> list[Moves]:
        """How many texts came to which state in each minute of a period, in order."""

    async def stops(
        self, practice_id: str, period: Period, after: int, limit: int
    ) -> tuple[list[Stop], int | None]:
        """Decisions about texts that were held or refused in a period.

        Args:
            practice_id: the practice.
            period: the period.
            after: the place to continue after; 0 to begin.
            limit: how many records to look at.

        Returns:
            those of them that stopped a text, and the place to continue after; None at the end.
        """

    async def received_by_minute(self, practice_id: str, period: Period) -> dict[datetime, int]:
        """How many texts came in, by minute (UTC)."""

    async def opt_outs_by_minute(self, practice_id: str, period: Period) -> dict[datetime, int]:
        """How many revocations happened, by minute (UTC); also those of persons erased since."""

    async def answers(self, practice_id: str, period: Period, purpose: str) -> list[Answered]:
        """Texts that came in for a person to read, and when a text of that purpose followed."""

    async def count_uncertain(self, practice_id: str) -> int:
        """How many texts are uncertain."""

    async def count_overdue(self, practice_id: str, at: datetime) -> int:
        """How many texts were due before an instant, and nobody has claimed them."""
