"""Instants: always aware, stored and compared in UTC.

Nothing here reads a clock. What needs "now" is handed a :data:`Clock` or an ``at``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from compliant_sms.errors import InvalidInput

__all__ = ["Clock", "as_utc"]

Clock: TypeAlias = Callable[[], datetime]
"""Answers the present instant as an aware ``datetime`` (any zone)."""


def as_utc(instant: datetime, name: str = "the instant") -> datetime:
    """The same instant in UTC.

    Args:
        instant: an aware datetime.
        name: what to call it in the error.

    Raises:
        InvalidInput: it is no datetime, or a naive one, so that nobody can say which instant it
            means; or one that UTC has no year for.
    """
    if not isinstance(instant, datetime) or instant.tzinfo is None or instant.utcoffset() is None:
        lack = "has no time zone" if isinstance(instant, datetime) else "is no instant"
        msg = (
            f"{name} {lack}. Pass an aware datetime, for example "
            "datetime(2026, 12, 1, 14, 30, tzinfo=ZoneInfo('America/Chicago'))."
        )
        raise InvalidInput(msg)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        msg = f"{name} lies too far off: it has no year in UTC. Pass an instant of these times."
        raise InvalidInput(msg) from None
