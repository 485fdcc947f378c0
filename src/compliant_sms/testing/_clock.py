"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput

MORNING: Final = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Chicago: no quiet hours, no holiday."""


class MovableClock:
    """Pass it as ``clock=``; it tells the same instant until somebody moves it on.

    Args:
        at: where it begins (aware).

    Raises:
        InvalidInput: the instant is naive.
    """

    def __init__(self, at: datetime) -> None:
        self._at = as_utc(at)
        self._lock = Lock()

    def __call__(self) -> datetime:
        """The present instant in UTC."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move on by that much.

        Raises:
            InvalidInput: it would run backwards.
        """
        with self._lock:
            self._move(self._at + by)

    def move_to(self, at: datetime) -> None:
        """Move on to an instant (aware).

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
