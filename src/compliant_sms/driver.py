"""Runs a coroutine whose ports never suspend, without an event loop.

Flows are written once, as ``async def``. With blocking ports nothing in them ever waits for a
loop, so the first step is also the last.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["finish"]

T = TypeVar("T")


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine to its end and return what it returns.

    Raises:
        RuntimeError: it suspended: one of its ports does not block.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    msg = "a blocking flow suspended: one of its ports belongs to an event loop"
    raise RuntimeError(msg)
