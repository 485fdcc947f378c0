"""How long things may take."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.rates import Rate

__all__ = ["Delivery"]

_MOST_ASKS = 10  # with an hour at first, the last one is three weeks later
_LATEST_ASK = timedelta(days=30)


@frozen(kw_only=True)
class Delivery:
    """How long things may take.

    Args:
        lease: how long a claim lasts. No request is written after it; a claim that outlives it
            was left by a process that died.
        settle_after: how long after the lease a text that the provider does not list counts as
            never received.
        attempts: how often a text that the provider surely did not take is tried, over all; where
            it refuses the account, that counts for no text.
        pause: between such tries; it doubles each time.
        report_after: how long after a provider took a text it is asked what became of it, where
            it tells and no last report has come; the pauses between such questions double.
        report_asks: how often it is asked; 0 for never.
        rate: how fast the sender's number may send, for all workers together; what is over waits.
            As fast as it goes, if not given. A 10DLC campaign is kept to its carriers' limits in
            any case: ``Practice.campaign``.

    Raises:
        InvalidInput: something is not positive; ``report_asks`` is no whole number from 0 to 10, or
            ``report_after`` longer than 30 days.
    """

    lease: timedelta = timedelta(seconds=60)
    settle_after: timedelta = timedelta(seconds=60)
    attempts: int = 8
    pause: timedelta = timedelta(seconds=30)
    report_after: timedelta = timedelta(hours=1)
    report_asks: int = 5
    rate: Rate | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what would send in a loop or never."""
        spans = self.lease, self.settle_after, self.pause, self.report_after
        if min(spans) <= timedelta(0) or self.attempts < 1:
            msg = "lease, settle_after, attempts, pause and report_after must be more than zero"
            raise InvalidInput(msg)
        if not isinstance(self.report_asks, int) or not 0 <= self.report_asks <= _MOST_ASKS:
            msg = f"report_asks must be a whole number: 0, to ask never, to {_MOST_ASKS}"
            raise InvalidInput(msg)
        if self.report_after > _LATEST_ASK:
            msg = "report_after must be 30 days or less"
            raise InvalidInput(msg)
