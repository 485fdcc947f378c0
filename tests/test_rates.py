"""Token buckets: no stretch of time lets more through than it may, whatever the clock does."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidInput
from compliant_sms.rates import Bucket, Rate, full, set_right, take
from conftest import MORNING

RATES = st.builds(
    Rate, per_second=st.floats(0.05, 50), burst=st.floats(0.3, 40), unit=st.just("segments")
)
# What somebody asks for, and how long after the one before.
ASKED = st.lists(st.tuples(st.integers(1, 5), st.floats(0, 30)), max_size=60)


def granted(rate: Rate, asked: list[tuple[int, float]]) -> list[tuple[float, int]]:
    """When, in seconds, how much was granted."""
    bucket, found = full(rate, MORNING), []
    for (amount, _), second in zip(asked, accumulate(pause for _, pause in asked), strict=True):
        taken = take(bucket, rate, amount, MORNING + timedelta(seconds=second))
        if isinstance(taken, Bucket):
            bucket = taken
            found.append((second, amount))
    return found


@given(rate=RATES, asked=ASKED)
def test_any_window(rate: Rate, asked: list[tuple[int, float]]) -> None:
    """In any stretch of w seconds no more passes than a burst (or one text) and rate times w."""
    found = granted(rate, asked)

    for first in range(len(found)):
        total = 0
        for last in range(first, len(found)):
            total += found[last][1]
            width = found[last][0] - found[first][0]
            largest = max(amount for _, amount in found[first : last + 1])
            assert total <= max(rate.burst, largest) + rate.per_second * width + 0.001


@given(rate=RATES, asked=ASKED, steps=st.lists(st.floats(-20, 20), min_size=60, max_size=60))
def test_a_clock_that_steps(rate: Rate, asked: list[tuple[int, float]], steps: list[float]) -> None:
    """With a clock that jumps back and forth no more passes than with its highest readings."""
    seconds = list(accumulate(steps[: len(asked)]))
    bucket, total, highest = full(rate, MORNING), 0, 0.0
    for (amount, _), second in zip(asked, seconds, strict=True):
        highest = max(highest, second)
        taken = take(bucket, rate, amount, MORNING + timedelta(seconds=second))
        if isinstance(taken, Bucket):
            bucket, total = taken, total + amount
            assert total <= max(rate.burst, 5) + rate.per_second * highest + 0.001


@given(rate=RATES, back=st.floats(0, 1e7))
def test_a_step_back_grants_nothing(rate: Rate, back: float) -> None:
    """From an empty bucket nothing comes after a step back, however long; and later it fills."""
    empty, then = Bucket(level=0.0, at=MORNING), MORNING - timedelta(seconds=back)
    later = take(empty, rate, 1, then)

    assert not isinstance(later, Bucket)
    # Nobody waits until a clock that was wrong by years is right again.
    assert (later - then).total_seconds() <= 3600 + 1 / rate.per_second + 1


@given(rate=RATES, level=st.floats(-10, 40), amount=st.integers(1, 5))
def test_come_back_then(rate: Rate, level: float, amount: int) -> None:
    """Whoever comes back at the instant that was named is let through, and not much earlier."""
    bucket = Bucket(level=min(level, rate.burst), at=MORNING)
    later = take(bucket, rate, amount, MORNING)
    if isinstance(later, Bucket):
        return

    assert isinstance(take(bucket, rate, amount, later), Bucket)
    early = later - timedelta(milliseconds=5) - timedelta(seconds=2e-6 / rate.per_second)
    assert early <= MORNING or not isinstance(take(bucket, rate, amount, early), Bucket)


def test_a_clock_far_ahead_is_set_right_once() -> None:
    """Whoever comes back again and again waits no longer than whoever comes back in time."""
    rate = Rate(per_second=1, burst=10)
    bucket = Bucket(level=9.0, at=MORNING + timedelta(days=1))
    right = set_right(bucket, MORNING)

    assert right == Bucket(level=0.0, at=MORNING)
    assert set_right(right, MORNING + timedelta(seconds=1)) == right
    assert isinstance(take(right, rate, 1, MORNING + timedelta(seconds=2)), Bucket)
    near = Bucket(level=9.0, at=MORNING + timedelta(seconds=5))
    assert set_right(near, MORNING) == near


def test_what_cannot_wait_is_owed() -> None:
    """An emergency takes what is not there, and others wait longer after it."""
    rate = Rate(per_second=1, burst=2)
    owed = take(Bucket(level=0.0, at=MORNING), rate, 3, MORNING, waits=False)

    assert owed == Bucket(level=-3.0, at=MORNING)
    assert take(owed, rate, 1, MORNING) == MORNING + timedelta(seconds=4)


@pytest.mark.parametrize("most", [1, 15, 75, 240, 4500])
def test_a_minute(most: int) -> None:
    """In no minute, wherever it begins, more single segments leave than a carrier takes in one."""
    rate = Rate.a_minute(most)
    found = granted(rate, [(1, 0.05)] * 2400)
    for first in range(0, len(found), 7):
        within = [a for second, a in found[first:] if second < found[first][0] + 60]
        assert sum(within) <= most


@pytest.mark.parametrize(
    "changes",
    [{"per_second": 0}, {"per_second": float("inf")}, {"burst": -1}, {"unit": "pages"}],
)
def test_rates_that_nobody_can_keep(changes: dict[str, Any]) -> None:
    """A rate of nothing, without end or in unknown units is refused."""
    with pytest.raises(InvalidInput):
        Rate(**{"per_second": 1.0} | changes)
