"""How long things may take."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from compliant_sms.errors import InvalidInput

__all__ = ["Delivery"]


@frozen(kw_only=True)
class Delivery:
    """How long things may take.

    Args:
        lease: how long a claim lasts. No request is written after it; a claim that outlives it
            was left by a process that died.
        settle_after: how long after the lease a text that the provider does not list counts as
            never received.
        attempts: how often a text that the provider surely did not take is tried, over all.
        pause: between such tries; it doubles each time.

    Raises:
        InvalidInput: something is not positive.
    """

    lease: timedelta = timedelta(seconds=60)
    settle_after: timedelta = timedelta(seconds=60)
    attempts: int = 8
    pause: timedelta = timedelta(seconds=30)

    def __attrs_post_init__(self) -> None:
        """Refuse what would send in a loop or never."""
        if min(self.lease, self.settle_after, self.pause) <= timedelta(0) or self.attempts < 1:
            msg = "lease, settle_after, attempts and pause must all be more than zero"
            raise InvalidInput(msg)
