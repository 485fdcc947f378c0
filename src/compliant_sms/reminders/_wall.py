"""Wall time and instants. A clinic's wall time does not shift when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


# A schedule asks for the same few again and again. They identify nobody.
@lru_cache(maxsize=1024)
def instant_of(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) at which clocks in a zone show a time.

    A time that is skipped when clocks go forward becomes the first one after it that exists. If a
    time occurs twice because they go back, the first one counts.

    Args:
        wall: a naive time.
        zone: IANA name.
    """
    first, second = (
        wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    # In a gap, and nowhere else, the later reading gives the earlier instant: PEP 495.
    return first if first <= second else _end_of_gap(second, first, ZoneInfo(zone))


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks changed, between two instants around it."""
    changed = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == changed:
            after = middle
        else:
            before = middle
    return after


def wall_of(instant: datetime, zone: str) -> datetime:
    """What clocks in a zone show at an instant: a naive time."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
