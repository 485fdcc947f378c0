"""What a practice's texting came to in a while, as numbers: of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from compliant_sms.lifecycle import State

__all__ = ["OVERDUE_AFTER", "Activity", "Answered", "Figures", "Moves", "summed"]

OVERDUE_AFTER = timedelta(minutes=5)
"""A text that is due for longer is overdue: no worker runs, or too few do."""


@frozen(kw_only=True)
class Figures:
    """What a practice's texting came to in a period.

    Attributes:
        since: its beginning (UTC); None for that of the record.
        until: its end (UTC), which does not belong to it.
        texts: how many different texts came to each state in it. One text counts once for each of
            the states that it came to.
        held_by: how often each rule held a text, by the rule's id.
        blocked_by: how often each rule refused one, by the rule's id.
        received: how many texts came in.
        opt_outs: how often somebody asked for texts to stop, by whatever channel.
        uncertain: how many texts are uncertain at the end of the record.
        overdue: how many are due for more than five minutes, and nobody has taken them.
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

    @property
    def allowed(self) -> int:
        """How many texts every rule allowed, so that their requests left or may have left."""
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
        """How many texts reached a phone, as far as providers said so."""
        return self.texts.get(State.DELIVERED, 0)

    @property
    def opt_out_rate(self) -> float | None:
        """Opt-outs for each text that was allowed, as carriers reckon; None where none was."""
        return self.opt_outs / self.allowed if self.allowed else None


@frozen(kw_only=True)
class Moves:
    """How many texts came to a state within a minute.

    Attributes:
        at: the minute's beginning (UTC).
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
    """A period minute by minute, as the report draws it.

    Attributes:
        figures: its sums.
        moves: how many texts came to which state in each minute.
        received: how many came in, by minute (UTC).
        opt_outs: how many opt-outs there were, by minute (UTC).
        answers: what had to be read by a person, and when it was answered.
    """

    figures: Figures
    moves: tuple[Moves, ...]
    received: Mapping[datetime, int]
    opt_outs: Mapping[datetime, int]
    answers: tuple[Answered, ...]


def summed(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by name, the largest first, and equal ones by name."""
    sums: dict[str, int] = {}
    for name, count in counts:
        sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
