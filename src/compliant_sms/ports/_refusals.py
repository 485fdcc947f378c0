"""Callbacks that did not prove where they come from: how many, and when; nothing else of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from attrs import field, frozen, mutable

# Anybody can send what is refused, so that nobody may make the database write at will.
_WRITTEN_EVERY = timedelta(minutes=1)


@frozen(kw_only=True)
class Refusals:
    """What is known of a provider's refused callbacks.

    Attributes:
        count: at least how many there were.
        last_at: when the last of them came (UTC).
    """

    count: int
    last_at: datetime


class RefusedCallbacks(Protocol):
    """How many callbacks were refused, which ``doctor`` holds against those that were not."""

    async def add_refusals(self, practice_id: str, provider: str, count: int, at: datetime) -> None:
        """Add to the count of a day (``at``, UTC)."""

    async def refusals(self, practice_id: str, provider: str, since: datetime) -> Refusals | None:
        """Those of whole days (UTC) from that instant's on; None where there were none."""


@mutable
class _Uncounted:
    count: int = 0
    again_at: datetime | None = None


@frozen
class RefusalTally:
    """Counts in memory, and says when to write: once a minute for each provider, not more often.

    What a process has counted since it wrote last is lost when it ends.
    """

    _of: dict[str, _Uncounted] = field(factory=dict, repr=False, init=False)

    def add(self, provider: str, at: datetime) -> int:
        """Count one, and return how many are to be written now, or 0.

        Args:
            provider: whose callback it claims to be.
            at: now (UTC).
        """
        tally = self._of.setdefault(provider, _Uncounted())
        tally.count += 1
        # A clock that was turned back must not keep it from writing.
        if tally.again_at is not None and tally.again_at - _WRITTEN_EVERY <= at < tally.again_at:
            return 0
        due, tally.count, tally.again_at = tally.count, 0, at + _WRITTEN_EVERY
        return due
