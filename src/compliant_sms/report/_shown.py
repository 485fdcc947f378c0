"""How counts are shown. Small ones are hidden: a reader might know whom they are about."""

from __future__ import annotations

from datetime import timedelta

SMALLEST = 5
"""The smallest count, other than 0, that is shown as it is."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def is_small(count: int) -> bool:
    """Whether a count is hidden."""
    return 0 < count < SMALLEST


def shown(count: int) -> str:
    """A count as shown in tables."""
    return f"under {SMALLEST}" if is_small(count) else f"{count:,}"


def drawn(count: int) -> float:
    """A count as drawn: all small ones alike."""
    return SMALLEST / 2 if is_small(count) else float(count)


def span(time: timedelta) -> str:
    """A duration in words, roughly."""
    if time < _HOUR:
        return f"{round(time / timedelta(minutes=1))} min"
    if time < _DAY:
        return f"{time / _HOUR:.1f} h"
    return f"{time / _DAY:.1f} days"
