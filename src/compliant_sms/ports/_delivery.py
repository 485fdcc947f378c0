"""How long things may take."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.rates import Rate

_MOST_ASKS = 10  # with an hour at first, the last one is three weeks later
_LATEST_ASK = timedelta(days=30)


@frozen(kw_only=True)
class Delivery:
    """How long things may take.

    Args:
        lease: how long a claim lasts. No request is written after it. A claim that outlives it
            was left by a process that died.
        settle_after: how long after the lease a text that the provider does not list counts as
            never received.
        attempts: how many times in all to try a text that the provider certainly did not accept.
            A refusal of the account does not count.
        pause: the pause between such tries; it doubles each time.
        report_after: how long after a provider accepted a text to ask what became of it, if the
            provider can be asked and no final report has come. The pauses between such questions
            double.
        report_asks: how many times to ask; 0 for never.
        rate: how fast the sender's number may send, for all workers together; what exceeds it
            waits. Unlimited by default. A 10DLC campaign always keeps its carriers' limits:
            ``Practice.campaign``.

    Raises:
        InvalidInput: a value is not positive, ``report_asks`` is not a whole number from 0 to 10,
            or ``report_after`` is longer than 30 days.
    """

    lease: timedelta = field(default=timedelta(seconds=60), validator=_given.positive_span)
    settle_after: timedelta = field(default=timedelta(seconds=60), validator=_given.positive_span)
    attempts: int = field(default=8, validator=_given.whole)
    pause: timedelta = field(default=timedelta(seconds=30), validator=_given.positive_span)
    report_after: timedelta = field(default=timedelta(hours=1), validator=_given.positive_span)
    report_asks: int = field(default=5, validator=_given.whole)
    rate: Rate | None = field(
        default=None, validator=_given.kind(Rate, "a Rate(per_second=...), or None")
    )

    def __attrs_post_init__(self) -> None:
        """Refuse values that would send in a loop or never."""
        if self.attempts < 1:
            msg = "attempts must be more than zero"
            raise InvalidInput(msg)
        if not 0 <= self.report_asks <= _MOST_ASKS:
            msg = f"report_asks must be a whole number from 0 (never ask) to {_MOST_ASKS}"
            raise InvalidInput(msg)
        if self.report_after > _LATEST_ASK:
            msg = "report_after must be 30 days or less"
            raise InvalidInput(msg)
