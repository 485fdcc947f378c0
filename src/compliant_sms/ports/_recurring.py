"""What goes wrong again and again: told at once, and then ever more rarely."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import define, field, frozen

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
# Whoever can choose what goes wrong must not fill the memory.
_MOST = 64


@define
class _Course:
    last_at: datetime
    told_at: datetime
    pause: timedelta = _FIRST_PAUSE
    times: int = 1


@frozen
class Recurring:
    """Says when to tell of each trouble: at once, after a minute, after two, up to an hour.

    Safe to share among threads: no step fails whatever another does in between.
    """

    _of: dict[str, _Course] = field(factory=dict, repr=False, init=False)

    def add(self, what: str, at: datetime) -> int:
        """Note that it went wrong; how often it has so far where that is to be told now, or 0.

        Args:
            what: the trouble, in words that are the same each time.
            at: now (UTC). What was well for more than an hour begins anew.
        """
        course = self._of.get(what)
        if course is None or at - course.last_at > _LONGEST_PAUSE:
            if len(self._of) >= _MOST:
                self._of.clear()
            self._of[what] = _Course(at, at)
            return 1
        course.times, course.last_at = course.times + 1, at
        # A clock that was turned back must not keep it untold.
        if course.told_at <= at < course.told_at + course.pause:
            return 0
        course.told_at, course.pause = at, min(course.pause * 2, _LONGEST_PAUSE)
        return course.times
