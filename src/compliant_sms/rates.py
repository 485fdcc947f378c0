"""How fast texts may leave: token buckets, as plain arithmetic.

In any ``w`` seconds no more leaves than ``burst + per_second * w``. A text larger than a whole
burst leaves from a full bucket, and the next texts wait until the excess is paid back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from attrs import Attribute, evolve, field, frozen

from compliant_sms import _given
from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput

__all__ = ["Bucket", "Rate", "Unit", "full", "owed", "take", "waits_until"]

# Refilling adds up fractions, and a text must not wait for a rounding error.
_ROUNDING = 1e-6
# A clock that stepped back by more was wrong before; nothing waits until it catches up.
_WRONG_CLOCK = timedelta(hours=1)


class Unit(Word):
    """What a rate counts."""

    SEGMENTS = "segments"
    """Segments, as providers and carriers count them."""
    TEXTS = "texts"


def _positive(_: object, attribute: Attribute[float], value: float) -> None:
    _given.a_number(value, f"{attribute.name} of a rate")
    if value <= 0:
        msg = f"{attribute.name} of a rate must be more than zero"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Rate:
    """How fast texts may leave.

    Args:
        per_second: how many on average.
        burst: how many at once after a pause.
        unit: what is counted.

    Raises:
        InvalidInput: a figure is not positive, or the unit is unknown.
    """

    per_second: float = field(validator=_positive)
    burst: float = field(default=1.0, validator=_positive)
    unit: Unit = field(default=Unit.SEGMENTS, converter=Unit)

    @classmethod
    def a_minute(cls, most: int) -> Rate:
        """The fastest rate with at most ``most`` segments a minute, a fifth of them at once."""
        return cls(per_second=most * 0.8 / 60, burst=most / 5)


@frozen(kw_only=True)
class Bucket:
    """How much may leave at once.

    Attributes:
        level: how much; below zero after texts that could not wait.
        at: when that was the level (UTC).
    """

    level: float
    at: datetime


def full(rate: Rate, at: datetime) -> Bucket:
    """A full bucket, from which nothing has been taken for a while."""
    return Bucket(level=rate.burst, at=at)


def take(
    bucket: Bucket, rate: Rate, amount: float, at: datetime, *, waits: bool = True
) -> Bucket | datetime:
    """Take from a bucket.

    Args:
        bucket: as it was left.
        rate: how fast it fills.
        amount: how much is wanted.
        at: the current instant. If it is earlier than the bucket's, nothing is added.
        waits: True to wait for what is lacking; False to owe it.

    Returns:
        the bucket afterwards; or the instant (UTC) at which there will be enough.
    """
    now = _filled(bucket, rate, at)
    lacking = min(amount, rate.burst) - now.level - _ROUNDING
    if waits and lacking > 0:
        return now.at + timedelta(milliseconds=ceil(lacking / rate.per_second * 1000))
    return evolve(now, level=now.level - amount)


def set_right(bucket: Bucket, at: datetime) -> Bucket:
    """A bucket that a clock far ahead has dated, as it would be by this one; any other as it is.

    Args:
        bucket: as it was left.
        at: the current instant (UTC).
    """
    if at < bucket.at - _WRONG_CLOCK:
        return Bucket(level=min(bucket.level, 0), at=at)
    return bucket


def _filled(bucket: Bucket, rate: Rate, at: datetime) -> Bucket:
    bucket = set_right(bucket, at)
    if at <= bucket.at:
        return evolve(bucket, level=min(bucket.level, rate.burst))
    gained = (at - bucket.at).total_seconds() * rate.per_second
    return Bucket(level=min(rate.burst, bucket.level + gained), at=at)


def owed(seconds: float, at: datetime) -> Bucket:
    """A bucket in debt by so many seconds: nothing leaves until the debt is paid, at 1 a second.

    Args:
        seconds: how long nothing may leave.
        at: the current instant (UTC).
    """
    return Bucket(level=-seconds, at=at)


def waits_until(bucket: Bucket, at: datetime) -> datetime | None:
    """When a bucket that owes seconds has paid them (UTC); None if it has already.

    A clock that was far ahead when the wait began, or is far behind now, is not believed: whoever
    asked for the wait will ask again.
    """
    until = bucket.at - timedelta(seconds=bucket.level)
    return until if bucket.at - _WRONG_CLOCK <= at < until else None
