"""How long something takes, told so that a busy machine changes nothing.

What takes too long takes too long each time, so one measurement within a bound is enough. The time
is that of this thread: neither other programs nor the servers of other tests count, nor does
coverage's tracer.
"""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

from unmeasured import untraced

__all__ = ["TRIES", "seconds", "shortest", "within"]

TRIES = 5


def seconds(act: Callable[[], object]) -> float:
    """What the processor needs for it once."""
    with untraced():
        begun = thread_time()
        act()
        return thread_time() - begun


def shortest(act: Callable[[], object]) -> float:
    """The least of a few measurements: what a longer one is held against."""
    return min(seconds(act) for _ in range(3))


def within(bound: float, act: Callable[[], object]) -> bool:
    """Whether it can be done in so many seconds."""
    return any(seconds(act) < bound for _ in range(TRIES))
