"""Repeats requests that were certainly not processed. The only file that imports tenacity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt
from tenacity.wait import wait_random_exponential

from compliant_sms.providers import Attempt

__all__ = ["BriefRetry"]

# The caller waits meanwhile: what takes longer is stored as due and left to dispatch.
_TRIES = 3
_LONGEST_WAIT = 2.0
_backoff = wait_random_exponential(multiplier=0.1, max=_LONGEST_WAIT)  # full jitter


def _last_attempt(state: RetryCallState) -> Attempt:
    assert state.outcome is not None, "tenacity asks after an attempt"  # noqa: S101
    result: Attempt = state.outcome.result()
    return result


def _worth_waiting_for(attempt: Attempt) -> bool:
    return attempt.may_be_repeated and (attempt.retry_after or 0) <= _LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    return max(_last_attempt(state).retry_after or 0, _backoff(state))


class BriefRetry:
    """Tries up to three times within a few seconds.

    Only a request that was refused for a passing reason is repeated
    (:attr:`Attempt.may_be_repeated`), never one that may have been processed.

    Args:
        sleep: waits for that many seconds.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep

    async def __call__(self, attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """Return the last attempt, whatever its result."""
        first = await attempt()
        if not _worth_waiting_for(first):
            return first  # nearly always, and without tenacity's overhead
        made = [first]

        async def next_attempt() -> Attempt:
            return made.pop() if made else await attempt()

        retrying = AsyncRetrying(
            retry=retry_if_result(_worth_waiting_for),
            wait=_wait,
            stop=stop_after_attempt(_TRIES),
            sleep=self._sleep,
            retry_error_callback=_last_attempt,
        )
        return await retrying(next_attempt)
