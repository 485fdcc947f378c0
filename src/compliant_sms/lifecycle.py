"""The states of a text and the transitions between them, as one table.

States never run backwards: what a provider reports late, twice or out of order changes nothing
that the table does not allow.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["TRANSITIONS", "State", "can_become"]


class State(StrEnum):
    """The state of a text."""

    DUE = "due"
    """Stored; goes out with the next dispatch."""
    HELD = "held"
    """Stored; does not go out before the instant on record."""
    CLAIMED = "claimed"
    """A worker is sending it, until the lease runs out."""
    SENT = "sent"
    """The provider accepted it."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    """The provider refused it."""
    BLOCKED = "blocked"
    """A rule refused it."""
    UNCERTAIN = "uncertain"
    """The request may or may not have been processed."""
    CANCELLED = "cancelled"


IN_FLIGHT = frozenset({State.CLAIMED, State.UNCERTAIN})
"""The states of a text that may be on its way, for all that is known."""


# A report on an earlier claim can arrive after its lease ran out, whatever the text waits for now.
_LATE_NEWS = frozenset(
    {State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.UNCERTAIN}
)
_CLAIMABLE = _LATE_NEWS | {State.CLAIMED, State.HELD, State.BLOCKED, State.CANCELLED}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.DUE: _CLAIMABLE,
    # It may go, but lacks a link, or room under the sender's rate.
    State.HELD: _CLAIMABLE | {State.DUE},
    # Requested again under the same key, it is decided again, at once or by the next dispatch.
    State.BLOCKED: _CLAIMABLE | {State.DUE},
    # A callback can overtake the answer to the request that caused it.
    State.CLAIMED: frozenset(
        {
            State.DUE,
            State.SENT,
            State.DELIVERED,
            State.UNDELIVERED,
            State.FAILED,
            State.UNCERTAIN,
        }
    ),
    State.UNCERTAIN: frozenset(
        {State.DUE, State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED}
    ),
    State.SENT: frozenset({State.DELIVERED, State.UNDELIVERED, State.FAILED}),
    # A receipt may come late; the reverse never happens.
    State.UNDELIVERED: frozenset({State.DELIVERED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    # Called back when the provider did not know of it; the provider may know better later.
    State.CANCELLED: _LATE_NEWS - {State.UNCERTAIN},
}


def can_become(now: State, wanted: State) -> bool:
    """Whether a text that is ``now`` may become ``wanted``."""
    return wanted in TRANSITIONS[now]
