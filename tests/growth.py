"""How long something takes, told so that a busy machine changes nothing.

What takes too long takes too long each time, so one measurement within a bound is enough. The time
is that of this thread: neither other programs nor the servers of other tests count, nor does
coverage's tracer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from time import thread_time

from unmeasured import untraced

__all__ = ["TRIES", "grows", "seconds", "shortest", "within"]

TRIES = 5
# No other measurement of the same is so much shorter.
_HOPELESS = 10


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
    for _ in range(TRIES):
        took = seconds(act)
        if took < bound:
            return True
        if took > _HOPELESS * bound:
            break
    return False


def grows(act: Callable[[str], object], text: str, times: float, spare: float = 0.0) -> bool:
    """Whether ten times the text takes at most so many times as long, and so many seconds more.

    A thousandth of the text comes first: what grows too fast fails there, and in moments.
    """
    rungs = [partial(act, text[: len(text) // part]) for part in (1_000, 100, 10, 1)]
    rungs[0]()
    return all(within(times * shortest(short) + spare, long) for short, long in pairwise(rungs))
