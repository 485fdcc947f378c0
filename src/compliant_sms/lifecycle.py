"""What can become of a text. All transitions live here, as one table.

Statuses never run backwards: what a provider says late, twice or out of order changes nothing
that the table does not allow.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["TRANSITIONS", "State", "can_become"]


class State(StrEnum):
    """Where a text is."""

    DUE = "due"
    """Stored; goes out with the next dispatch."""
    HELD = "held"
    """Stored; not before the instant on record."""
    CLAIMED = "claimed"
    """Somebody is sending it, until the lease runs out."""
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


# News of an earlier claim can come in after its lease has run out, however the text waits now.
_LATE_NEWS = frozenset(
    {State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.UNCERTAIN}
)
_CLAIMABLE = _LATE_NEWS | {State.CLAIMED, State.HELD, State.BLOCKED, State.CANCELLED}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.DUE: _CLAIMABLE,
    # It may go, but for a link or for room under the sender's rate.
    State.HELD: _CLAIMABLE | {State.DUE},
    # Asked for again under the same key, it is decided again, at once or by the next dispatch.
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
    # Receipts come late; the reverse never happens.
    State.UNDELIVERED: frozenset({State.DELIVERED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    # Called back once nobody knew of it at the provider, who may know better later.
    State.CANCELLED: _LATE_NEWS - {State.UNCERTAIN},
}


def can_become(now: State, wanted: State) -> bool:
    """Whether a text that is ``now`` may become ``wanted``."""
    return wanted in TRANSITIONS[now]
