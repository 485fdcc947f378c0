"""A practice's texting in figures, which concern nobody in particular."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.lifecycle import State

__all__ = ["OVERDUE_AFTER", "Activity", "Answered", "Figures", "Moves", "summed"]

OVERDUE_AFTER = timedelta(minutes=5)
"""A text that is due for longer is overdue: no worker is running, or too few are."""


@frozen(kw_only=True)
class Figures:
    """A practice's texting in a period, in figures.

    Attributes:
        practice_id: whose they are; empty if nobody said.
        since: the start of the period (UTC); None for the start of the record.
        until: its end (UTC), exclusive.
        texts: how many different texts reached each state in it. A text counts once for each
            state that it reached.
        held_by: how often each rule held a text, by the rule's id.
        blocked_by: how often each rule refused a text, by the rule's id.
        received: how many texts came in.
        opt_outs: how often somebody asked for texts to stop, by whatever channel.
        uncertain: how many texts are uncertain at the end of the record.
        overdue: how many have been due for more than five minutes without being claimed.
    """

    since: datetime | None
    until: datetime
    texts: Mapping[State, int]
    held_by: Mapping[str, int] = field(factory=dict)
    blocked_by: Mapping[str, int] = field(factory=dict)
    received: int = 0
    opt_outs: int = 0
    uncertain: int = 0
    overdue: int = 0
    practice_id: str = field(default="", repr=repr_of_practice)

    @property
    def allowed(self) -> int:
        """How many texts every rule allowed; their requests left, or may have left."""
        return self.texts.get(State.CLAIMED, 0)

    @property
    def held(self) -> int:
        """How many texts rules held."""
        return self.texts.get(State.HELD, 0)

    @property
    def blocked(self) -> int:
        """How many texts rules refused."""
        return self.texts.get(State.BLOCKED, 0)

    @property
    def delivered(self) -> int:
        """How many texts reached a phone, according to providers."""
        return self.texts.get(State.DELIVERED, 0)

    @property
    def opt_out_rate(self) -> float | None:
        """Opt-outs per allowed text, as carriers calculate it; None if no text was allowed."""
        return self.opt_outs / self.allowed if self.allowed else None


@frozen(kw_only=True)
class Moves:
    """How many texts reached a state within a minute.

    Attributes:
        at: the start of the minute (UTC).
        state: the state.
        count: how many.
    """

    at: datetime
    state: State
    count: int


@frozen(kw_only=True)
class Answered:
    """A text that a person had to read, and when its number was first answered.

    Attributes:
        received_at: when it came in (UTC).
        answered_at: when the answer left (UTC); None where none did.
    """

    received_at: datetime
    answered_at: datetime | None

    @property
    def after(self) -> timedelta | None:
        """How long the patient waited."""
        return None if self.answered_at is None else self.answered_at - self.received_at


@frozen(kw_only=True)
class Activity:
    """A period minute by minute, as the report shows it.

    Attributes:
        figures: its totals.
        moves: how many texts reached which state in each minute.
        received: how many came in, by minute (UTC).
        opt_outs: how many opt-outs there were, by minute (UTC).
        answers: the texts that a person had to read, and when they were answered.
    """

    figures: Figures
    moves: tuple[Moves, ...]
    received: Mapping[datetime, int]
    opt_outs: Mapping[datetime, int]
    answers: tuple[Answered, ...]


def summed(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by name, largest first; equal counts by name."""
    sums: dict[str, int] = {}
    for name, count in counts:
        sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
