"""The system's clock, ids, sleep and tasks. No other file asks the system for them."""

from __future__ import annotations

import os
import time
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from asyncio import Task

__all__ = ["async_sleep", "blocking_sleep", "entropy", "new_id", "now", "to_the_end"]

T = TypeVar("T")

# Seconds that work which must not be left half done gets when its event loop ends. It may be
# waiting for something that has ended already: a handler for room in a queue, the store for another
# process.
_LONGEST_AT_THE_END = 5.0


def now() -> datetime:
    """The current instant in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """32 hexadecimal digits that nobody can guess.

    The first 12 are the milliseconds since 1970, as in a version 7 UUID (RFC 9562), so that ids
    made together are close together in an index.
    """
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


def entropy(count: int) -> bytes:
    """That many random bytes, fit for keys."""
    return os.urandom(count)


async def blocking_sleep(seconds: float) -> None:
    """Sleep on the calling thread, without suspending."""
    time.sleep(seconds)  # noqa: ASYNC251 - no event loop runs under blocking ports


async def async_sleep(seconds: float) -> None:
    """Sleep on the running event loop."""
    import asyncio  # noqa: PLC0415 - loaded by whoever awaits this; others need not load it

    await asyncio.sleep(seconds)


@cache
def _lasting() -> type[Task[Any]]:
    """The type of a task that goes on for a while when a loop cancels all tasks at its end."""
    import asyncio  # noqa: PLC0415 - as above

    class Lasting(asyncio.Task[Any]):
        def cancel(self, msg: object = None) -> bool:  # noqa: ARG002 - whatever it is
            self.get_loop().call_later(_LONGEST_AT_THE_END, super().cancel)
            return False

    return Lasting


async def to_the_end(rest: Coroutine[Any, Any, T]) -> T:
    """Run it in a task of its own, and wait for its end even if the caller is cancelled.

    Raises:
        asyncio.CancelledError: the caller was cancelled meanwhile; the task has ended.
    """
    import asyncio  # noqa: PLC0415 - as above

    task: asyncio.Task[T] = _lasting()(rest, loop=asyncio.get_running_loop())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):  # the first one is raised below
                await asyncio.wait([task])
        raise
    except GeneratorExit:  # nothing more can be awaited
        asyncio.Task.cancel(task)
        raise
