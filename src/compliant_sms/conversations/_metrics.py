"""How fast patients were answered, in business time, and whether the backlog grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import ceil, nan
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.conversations._plan import InboxPlan, Queue
from compliant_sms.conversations._thread import Wait

# This many days in a row must be worse than the one before; one bad day is no trend.
_RISES = 3


@frozen(kw_only=True)
class QueueDay:
    """One queue on one day of its own calendar.

    Attributes:
        day: the day.
        queue: the queue's name.
        received: how many texts came in and asked for an answer.
        answered: how many of those were answered.
        median: the median business time until the first answer; None if none was answered.
        ninetieth: the 90th percentile of that time; None if none was answered.
        backlog: how many texts waited at the end of the day, whenever they came; a thread that
            somebody reopened counts as one.
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
        days: each queue on each day, oldest first.
        backlog: how many texts wait now.
        trend: how many more wait now than at the end of the first day.
        alarms: names of queues whose backlog grew three days in a row, or whose 90th percentile
            did and missed the goal on the last day. Days on which nobody is there do not count,
            nor days without a text. Today counts once its business hours begin, and ends no alarm
            before they are over, unless it is better than the day before.
    """

    days: tuple[QueueDay, ...]
    backlog: int
    trend: int
    alarms: tuple[str, ...]

    @property
    def alarm(self) -> bool:
        """Whether any queue has an alarm."""
        return bool(self.alarms)


def metrics_of(
    plan: InboxPlan, waits: Iterable[Wait], *, since: datetime, at: datetime
) -> InboxMetrics:
    """Compute the metrics of texts that asked for an answer.

    Args:
        plan: the queues and their hours.
        waits: texts that came in since the first day began, and those not settled before it.
        since: an instant (UTC) of the first day.
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
        if _climbs(queue, told, at):
            alarms.append(queue.name)
    days.sort(key=lambda each: each.day)
    return InboxMetrics(days=tuple(days), backlog=now, trend=now - first, alarms=tuple(alarms))


def _days_of(queue: Queue, waits: Sequence[Wait], since: datetime, at: datetime) -> list[QueueDay]:
    zone = ZoneInfo(queue.hours.time_zone)
    day, last = since.astimezone(zone).date(), at.astimezone(zone).date()
    came: dict[date, list[Wait]] = defaultdict(list)
    for wait in waits:
        if wait.inbound_id is not None:  # who reopens a thread has not written
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


def _climbs(queue: Queue, days: Sequence[QueueDay], at: datetime) -> bool:
    """Whether it gets worse, on days when somebody is there and anything came or waited.

    Texts that come while nobody is there are the next day's backlog: a weekend would end every
    trend, and before Monday's hours begin it would itself be one. A day that is not over only needs
    to be no better yet than the day before.
    """
    there = [d for d in days if _was_there(queue, d, at)]
    busy = [d for d in there if d.received or d.backlog or d is there[-1]]
    if not busy:
        return False
    _, ends = _of(queue, busy[-1])
    over, today = (busy[:-1], busy[-1:]) if queue.hours.elapsed(at, ends) else (busy, [])
    if _worsens([d.backlog for d in over], [d.backlog for d in today]):
        return True
    took, now = [_seconds(d) for d in over], [_seconds(d) for d in today if d.answered]
    missed = [each > queue.goal.total_seconds() for each in [*took, *now]]
    return any(missed[-1:]) and _worsens(took, now)


def _was_there(queue: Queue, told: QueueDay, at: datetime) -> bool:
    """Whether business hours of the day have begun."""
    starts, ends = _of(queue, told)
    return queue.hours.elapsed(starts, min(ends, at)) > timedelta(0)


def _of(queue: Queue, told: QueueDay) -> tuple[datetime, datetime]:
    zone, following = ZoneInfo(queue.hours.time_zone), told.day + timedelta(days=1)
    return datetime.combine(told.day, time(0), zone), datetime.combine(following, time(0), zone)


def _seconds(told: QueueDay) -> float:
    """The 90th percentile in seconds; NaN, which exceeds nothing, if none was answered."""
    return nan if told.ninetieth is None else told.ninetieth.total_seconds()


def _worsens(over: Sequence[float], today: Sequence[float]) -> bool:
    return _rises([*over, *today]) or (_rises(over) and all(each >= over[-1] for each in today))


def _rises(values: Sequence[float]) -> bool:
    last = values[-(_RISES + 1) :]
    return len(last) > _RISES and all(later > earlier for earlier, later in pairwise(last))
