"""Instants: always aware, stored and compared in UTC.

Nothing here reads a clock. Code that needs "now" takes a :data:`Clock` or an ``at``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from compliant_sms.errors import InvalidInput

__all__ = ["Clock", "as_utc"]

Clock: TypeAlias = Callable[[], datetime]
"""Returns the current instant as an aware ``datetime`` (any zone)."""

# Where a day begins first, it is that much earlier there.
_FIRST_ON_EARTH = timedelta(hours=14)


def as_utc(instant: datetime, name: str = "the instant") -> datetime:
    """The same instant in UTC.

    Args:
        instant: an aware datetime.
        name: what to call it in the error.

    Raises:
        InvalidInput: it is not a datetime, or a naive one, which does not say which instant it
            means; or it is out of range in UTC.
    """
    if not isinstance(instant, datetime) or instant.tzinfo is None or instant.utcoffset() is None:
        lack = "has no time zone" if isinstance(instant, datetime) else "is not a datetime"
        msg = (
            f"{name} {lack}. Pass an aware datetime, for example "
            "datetime(2026, 12, 1, 14, 30, tzinfo=ZoneInfo('America/Chicago'))."
        )
        raise InvalidInput(msg)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        msg = f"{name} is out of range: it has no year in UTC. Pass a more plausible instant."
        raise InvalidInput(msg) from None


def first_day_on_earth(at: datetime) -> date:
    """The calendar day where days begin first: whatever is dated today anywhere is not after it."""
    return (at + _FIRST_ON_EARTH).date()
