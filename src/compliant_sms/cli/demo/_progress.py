"""Where the day stands, in a table of the demo's own beside the library's."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_FIRST_DAY = date(2026, 11, 30)
_OPENING = time(9, 0)


class Progress:
    """The demo's clock and whether its day is over.

    Args:
        database: a file in which the library has its tables already.
        zone: the practice's.
    """

    def __init__(self, database: Path, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._db = sqlite3.connect(database, isolation_level=None)
        self._db.execute(
            """CREATE TABLE IF NOT EXISTS demo_days
            (day TEXT PRIMARY KEY, clock TEXT NOT NULL, finished INTEGER NOT NULL)"""
        )
        self.day, self.clock = self._resume()

    def _resume(self) -> tuple[date, datetime]:
        last = self._db.execute(
            "SELECT day, clock, finished FROM demo_days ORDER BY day DESC LIMIT 1"
        ).fetchone()
        if last is not None and not last[2]:
            return date.fromisoformat(last[0]), datetime.fromisoformat(last[1])
        day = date.fromisoformat(last[0]) + timedelta(days=1) if last else _FIRST_DAY
        return day, datetime.combine(day, _OPENING, self._zone).astimezone(UTC)

    def at(self, hour: int, minute: int) -> datetime:
        """A time of the day on the practice's clock, in UTC."""
        return datetime.combine(self.day, time(hour, minute), self._zone).astimezone(UTC)

    def save(self, clock: datetime, *, finished: bool = False) -> None:
        """Keep where the day stands."""
        self._db.execute(
            """INSERT INTO demo_days (day, clock, finished) VALUES (?, ?, ?)
            ON CONFLICT (day) DO UPDATE SET clock = excluded.clock, finished = excluded.finished""",
            (self.day.isoformat(), clock.isoformat(), finished),
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()
