"""How fast patients were answered, in business time, and whether the pile climbs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.conversations._plan import InboxPlan, Queue
from compliant_sms.conversations._thread import Wait

__all__ = ["InboxMetrics", "QueueDay", "metrics_of"]

# So many days in a row must be worse than the one before; one bad day is no trend.
_RISES = 3


@frozen(kw_only=True)
class QueueDay:
    """One queue on one day of its own calendar.

    Attributes:
        day: which.
        queue: which.
        received: texts that came in and asked for an answer.
        answered: those of them that were answered.
        median: the business time until the first answer that half of them took at most; None
            where none was answered.
        ninetieth: the same for nine of ten.
        backlog: texts that waited at the end of the day, whenever they came.
    """

    day: date
    queue: str
    received: int
    answered: int
    median: timedelta | None
    ninetieth: timedelta | None
    backlog: int


@frozen(kw_only=True)
class InboxMetrics:
    """How patients were answered.

    Attributes:
        days: each queue on each day, the oldest first.
        backlog: texts that wait now.
        trend: how many more wait now than at the end of the first day.
        alarms: names of queues in which the backlog, or the time of nine in ten, climbed three
            days in a row and the last day missed the goal.
    """

    days: tuple[QueueDay, ...]
    backlog: int
    trend: int
    alarms: tuple[str, ...]

    @property
    def alarm(self) -> bool:
        """Whether any queue climbs."""
        return bool(self.alarms)


def metrics_of(
    plan: InboxPlan, waits: Iterable[Wait], *, since: datetime, at: datetime
) -> InboxMetrics:
    """What came of texts that asked for an answer.

    Args:
        plan: whose queues and hours.
        waits: those that came in since then, and those that were not settled before it.
        since: the first instant (UTC).
        at: now (UTC).
    """
    by_queue: dict[str, list[Wait]] = defaultdict(list)
    for wait in waits:
        if wait.asks:
            by_queue[plan.queue(wait.queue).name].append(wait)
    days, alarms, now, first = list[QueueDay](), list[str](), 0, 0
    for queue in plan.queues:
        told = _days_of(queue, by_queue[queue.name], since, at)
        days += told
        first += told[0].backlog
        now += sum(_waits_at(wait, at) for wait in by_queue[queue.name])
        if _climbs(queue, told):
            alarms.append(queue.name)
    days.sort(key=lambda each: each.day)
    return InboxMetrics(days=tuple(days), backlog=now, trend=now - first, alarms=tuple(alarms))


def _days_of(queue: Queue, waits: Sequence[Wait], since: datetime, at: datetime) -> list[QueueDay]:
    zone = ZoneInfo(queue.hours.zone)
    day, last = since.astimezone(zone).date(), at.astimezone(zone).date()
    came: dict[date, list[Wait]] = defaultdict(list)
    for wait in waits:
        came[wait.at.astimezone(zone).date()].append(wait)
    told = []
    while day <= last:
        following = day + timedelta(days=1)
        end = min(datetime(following.year, following.month, following.day, tzinfo=zone), at)
        took = sorted(
            queue.hours.elapsed(wait.at, wait.answered_at)
            for wait in came[day]
            if wait.answered_at is not None
        )
        told.append(
            QueueDay(
                day=day,
                queue=queue.name,
                received=len(came[day]),
                answered=len(took),
                median=_nearest(took, 50),
                ninetieth=_nearest(took, 90),
                backlog=sum(_waits_at(wait, end) for wait in waits),
            )
        )
        day = following
    return told


def _nearest(values: Sequence[timedelta], percent: int) -> timedelta | None:
    """The nearest-rank percentile."""
    return values[ceil(percent * len(values) / 100) - 1] if values else None


def _waits_at(wait: Wait, at: datetime) -> bool:
    ended = min((t for t in (wait.answered_at, wait.settled_at) if t is not None), default=None)
    return wait.at <= at and (ended is None or ended > at)


def _climbs(queue: Queue, days: Sequence[QueueDay]) -> bool:
    """Whether it gets worse, on days on which anything came or waited."""
    busy = [each for each in days if each.received or each.backlog][-(_RISES + 1) :]
    if len(busy) <= _RISES:
        return False
    piles = all(later.backlog > earlier.backlog for earlier, later in pairwise(busy))
    slow = [each.ninetieth for each in busy]
    slower = all(
        earlier is not None and later is not None and later > earlier
        for earlier, later in pairwise(slow)
    )
    missed = slow[-1] is not None and slow[-1] > queue.goal
    return piles or (slower and missed)
