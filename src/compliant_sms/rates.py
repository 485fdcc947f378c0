"""How fast texts may leave: token buckets, as plain arithmetic.

In any stretch of ``w`` seconds no more leaves than ``burst + per_second * w``; a text that is
larger than a whole burst leaves from a full bucket, and what it took too much is waited for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, isfinite

from attrs import Attribute, evolve, field, frozen

from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput

__all__ = ["Bucket", "Rate", "Unit", "full", "owed", "take", "waits_until"]

# Refilling adds fractions up, and a text must not wait for the last bit of one.
_ROUNDING = 1e-6
# A clock that stepped back by more was wrong before; nobody shall wait until it is right again.
_WRONG_CLOCK = timedelta(hours=1)


class Unit(Word):
    """What a rate counts."""

    SEGMENTS = "segments"
    """Parts on the air, as providers and carriers count."""
    TEXTS = "texts"


def _positive(_: object, attribute: Attribute[float], value: float) -> None:
    if not (isfinite(value) and value > 0):
        msg = f"{attribute.name} of a rate must be more than zero, and finite"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Rate:
    """How fast texts may leave.

    Args:
        per_second: how many on the average.
        burst: how many at once after a pause.
        unit: what is counted.

    Raises:
        InvalidInput: a figure is not positive, or the unit unknown.
    """

    per_second: float = field(validator=_positive)
    burst: float = field(default=1.0, validator=_positive)
    unit: Unit = field(default=Unit.SEGMENTS, converter=Unit)

    @classmethod
    def a_minute(cls, most: int) -> Rate:
        """As fast as goes with at most so many segments in any minute: a fifth of it at once."""
        return cls(per_second=most * 0.8 / 60, burst=most / 5)


@frozen(kw_only=True)
class Bucket:
    """What may leave at once.

    Attributes:
        level: how much; below zero after what could not wait.
        at: when it was so (UTC).
    """

    level: float
    at: datetime


def full(rate: Rate, at: datetime) -> Bucket:
    """A bucket from which nothing was taken for long."""
    return Bucket(level=rate.burst, at=at)


def take(
    bucket: Bucket, rate: Rate, amount: float, at: datetime, *, waits: bool = True
) -> Bucket | datetime:
    """Take from a bucket.

    Args:
        bucket: as it was left.
        rate: how fast it fills.
        amount: how much is wanted.
        at: the present instant. Where it lies before what was seen earlier nothing is added.
        waits: whether what is not there has to be waited for; otherwise it is owed.

    Returns:
        the bucket afterwards; or the instant (UTC) at which there will be enough.
    """
    now = _filled(bucket, rate, at)
    lacking = min(amount, rate.burst) - now.level - _ROUNDING
    if waits and lacking > 0:
        return now.at + timedelta(milliseconds=ceil(lacking / rate.per_second * 1000))
    return evolve(now, level=now.level - amount)


def _filled(bucket: Bucket, rate: Rate, at: datetime) -> Bucket:
    if at < bucket.at - _WRONG_CLOCK:
        return Bucket(level=min(bucket.level, 0), at=at)
    if at <= bucket.at:
        return evolve(bucket, level=min(bucket.level, rate.burst))
    gained = (at - bucket.at).total_seconds() * rate.per_second
    return Bucket(level=min(rate.burst, bucket.level + gained), at=at)


def owed(seconds: float, at: datetime) -> Bucket:
    """A bucket that owes so many seconds, at one a second: nothing leaves until it is even.

    Args:
        seconds: how long nothing may leave.
        at: the present (UTC).
    """
    return Bucket(level=-seconds, at=at)


def waits_until(bucket: Bucket, at: datetime) -> datetime | None:
    """When a bucket is even that owes seconds (UTC); None where it is already.

    A clock that was ahead by much when the wait began, or is behind by much now, is not believed:
    whoever asked for the wait will ask again.
    """
    until = bucket.at - timedelta(seconds=bucket.level)
    return until if bucket.at - _WRONG_CLOCK <= at < until else None
