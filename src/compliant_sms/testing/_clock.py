"""A clock that moves only when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput

MORNING: Final = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""A Monday, 10 a.m. in Chicago: outside quiet hours, and not a holiday."""


class MovableClock:
    """A clock to pass as ``clock=``. It stays at one instant until you move it forward.

    Args:
        at: the instant at which it starts (aware).

    Raises:
        InvalidInput: the instant is naive.
    """

    def __init__(self, at: datetime) -> None:
        self._at = as_utc(at)
        self._lock = Lock()

    def __call__(self) -> datetime:
        """Return the current instant in UTC."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move forward by a duration.

        Raises:
            InvalidInput: the duration is negative.
        """
        with self._lock:
            self._move(self._at + by)

    def move_to(self, at: datetime) -> None:
        """Move forward to an instant (aware).

        Raises:
            InvalidInput: the instant is naive, or lies in the past.
        """
        with self._lock:
            self._move(as_utc(at))

    def _move(self, at: datetime) -> None:
        if at < self._at:
            msg = "the clock only moves forwards: pass a later instant, or make a new clock"
            raise InvalidInput(msg)
        self._at = at
