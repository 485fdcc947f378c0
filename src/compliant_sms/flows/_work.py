"""A worker's day: each practice in turn, so that none waits for another's pile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol, TypeAlias

from attrs import define, field, frozen

from compliant_sms import _given
from compliant_sms._masking import said_by_us, where
from compliant_sms.clock import Clock
from compliant_sms.errors import (
    CannotUnseal,
    ConfigurationError,
    InvalidInput,
    StoreError,
    TransportError,
)
from compliant_sms.events import WorkFailed
from compliant_sms.flows._receiving._confirm import confirm_received
from compliant_sms.flows._receiving._media import fetch_media
from compliant_sms.flows._sending._dispatch import Dispatched, dispatch
from compliant_sms.flows._settling._reconcile import is_of_the_store, look_up
from compliant_sms.flows._settling._unreported import ask_reports
from compliant_sms.flows._staff._escalate import escalate
from compliant_sms.flows._staff._secure_records import drop_expired_pages
from compliant_sms.flows._visits._reminders import PlannedReminders, plan_due
from compliant_sms.messages import Failed, Message, Queued, Sent, Uncertain
from compliant_sms.ports import Ports
from compliant_sms.providers import Problem

# How long a run that ends waits for room under a rate; longer waits are for the next run.
_WAITS_FOR_ROOM = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(minutes=1)
_MOST_DOUBLINGS = 6


@frozen(kw_only=True)
class Progress:
    """What a worker has done since it began. It names no patient.

    Attributes:
        sent: texts that the provider accepted.
        queued: texts that are tried again later.
        held: texts that wait for an hour at which they may go.
        blocked: texts that a rule refuses.
        failed: texts that the provider refuses.
        cancelled: texts that came too late to make sense.
        uncertain: texts of which nobody knows whether they went out.
        settled: how many of those the provider answered for afterwards.
        reported: texts whose last report never came, and of which the provider told when asked.
        reminded: texts about visits that were asked for; they are among the others as well, once
            they go.
        media: pictures and the like of patients that were fetched.
        confirmed: texts of patients that the provider stands for, though no callback proved them.
        escalated: events about threads that nobody answered in time.
        limited: how often a sender's rate made texts wait.
        errors: how often something else went wrong, by the type of the exception; or, where the
            provider refuses the account, by the category of the problem.
        problems: what the provider said, or why it was not reached, of how many texts that did
            not go.
    """

    sent: int = 0
    queued: int = 0
    held: int = 0
    blocked: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0
    settled: int = 0
    reported: int = 0
    reminded: int = 0
    media: int = 0
    confirmed: int = 0
    escalated: int = 0
    limited: int = 0
    errors: Mapping[str, int] = field(factory=dict, hash=False)
    problems: Mapping[Problem, int] = field(factory=dict, hash=False)


class Pace(Protocol):
    """When a worker rests, and when it stops."""

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""

    async def rest(self, seconds: float) -> None:
        """Do nothing for so long, or until somebody asks it to stop."""


@frozen(kw_only=True)
class Shift:
    """How a worker goes about it.

    Args:
        quantum: how many texts of one practice go before it is the next one's turn.
        poll: how often a practice without due texts is looked at.
        reconcile_every: how often the provider is asked about uncertain texts, and about those
            whose last report never came.
        once: whether to stop as soon as nothing is due any more but what has to wait for more than
            five minutes, as a provider asked for that or a day's allowance is used up.
        within: after what time to stop in any case.

    Raises:
        InvalidInput: something is of another type, or not positive.
    """

    quantum: int = field(default=20, validator=_given.whole)
    poll: timedelta = field(default=timedelta(seconds=5), validator=_given.span)
    reconcile_every: timedelta = field(default=timedelta(minutes=1), validator=_given.span)
    once: bool = False
    within: timedelta | None = field(default=None, validator=_given.span)

    def __attrs_post_init__(self) -> None:
        """Refuse what would never rest or never send."""
        if self.quantum < 1 or min(self.poll, self.reconcile_every) <= timedelta(0):
            msg = "a worker's quantum, poll and reconcile_every must all be more than zero"
            raise InvalidInput(msg)


@frozen
class _Until:
    """A pace that also ends at an instant."""

    pace: Pace
    clock: Clock
    end: datetime

    def stopping(self) -> bool:
        return self.pace.stopping() or self.clock() >= self.end

    async def rest(self, seconds: float) -> None:
        left = (self.end - self.clock()).total_seconds()
        await self.pace.rest(max(0.0, min(seconds, left)))


@define
class _Desk:
    """One practice, and when to look at it again."""

    ports: Ports
    since: datetime
    again: datetime
    reconcile_at: datetime
    last: Message | None = None
    failures: int = 0
    done: bool = False

    def pause(self, shift: Shift) -> float:
        """How many seconds until it is looked at again; none where the clock was set back."""
        left = self.again - self.ports.clock()
        return left.total_seconds() if left <= max(_LONGEST_PAUSE, shift.poll) else 0.0

    def is_to_reconcile(self, shift: Shift) -> bool:
        """Whether the provider is to be asked, once more from now on at the usual distance."""
        now = self.ports.clock()
        if now < self.reconcile_at <= now + shift.reconcile_every:
            return False
        self.reconcile_at = now + shift.reconcile_every
        return True


@define
class _Tally:
    count: Counter[str] = field(factory=Counter)
    errors: Counter[str] = field(factory=Counter)
    problems: Counter[Problem] = field(factory=Counter)
    # What went wrong in the turn that is on, by its name: why, and where.
    met: dict[str, tuple[str, str]] = field(factory=dict)

    def progress(self) -> Progress:
        return Progress(
            **self.count,
            errors=MappingProxyType(dict(self.errors)),
            problems=MappingProxyType(dict(self.problems)),
        )

    def add(self, done: Dispatched) -> None:
        for outcome in done.outcomes:
            self.count[type(outcome).__name__.lower()] += 1
            if isinstance(outcome, Queued | Failed | Uncertain) and outcome.problem is not None:
                self.problems[outcome.problem] += 1
        for error in done.failures:
            self.failed(error)
        stuck = [each.problem for each in done.outcomes if isinstance(each, Queued)]
        if any(isinstance(each, Sent) for each in done.outcomes):
            stuck = []
        for problem in (*stuck, done.refused):
            # What is about one phone, or the usual 429, keeps the worker from nothing.
            if problem is not None and problem.consequence.route_fails:
                self.met[problem.category.value] = f"{problem.words} {problem.remedy}", ""
        if done.refused is not None:
            self.errors[done.refused.category.value] += 1
        self.count["limited"] += done.limited_until is not None

    def failed(self, error: Exception) -> None:
        self.errors[type(error).__name__] += 1
        self.met[type(error).__name__] = _why(error), where(error)


def _why(error: Exception) -> str:
    """What an exception means; its own words only where they are ours, and about the set-up."""
    if isinstance(error, CannotUnseal | ConfigurationError | StoreError | TransportError):
        said = said_by_us(error)
        if said is not None:
            return said
    return "Something that the worker called raised this. Look at the place that it names."


async def work(
    practices: Sequence[Ports],
    pace: Pace,
    shift: Shift,
    on_progress: Callable[[Progress], object],
) -> Progress:
    """Dispatch and reconcile for practices in turn until somebody says stop.

    What goes wrong with one practice is counted, and that practice rests a while; the others do
    not notice.
    """
    if shift.within is not None:
        clock = practices[0].clock
        pace = _Until(pace, clock, clock() + shift.within)
    desks = [_Desk(ports, ports.clock(), ports.clock(), ports.clock()) for ports in practices]
    tally, told = _Tally(), Progress()
    while not pace.stopping():
        for desk in desks:
            if desk.pause(shift) > 0 or desk.done or pace.stopping():
                continue
            await _turn(desk, pace, shift, tally)
            await _tell(desk.ports, tally)
            if (now := tally.progress()) != told:
                told = now
                on_progress(told)
        waiting = [desk.pause(shift) for desk in desks if not desk.done]
        if not waiting:
            break
        if min(waiting) > 0:
            await pace.rest(min(waiting))
    return tally.progress()


async def _tell(ports: Ports, tally: _Tally) -> None:
    """Tell what went wrong in a turn."""
    at, here = ports.clock(), ports.practice.id
    met, tally.met = tally.met, {}
    told = [
        WorkFailed(practice_id=here, at=at, error=error, why=why, where=place, times=times)
        for error, (why, place) in met.items()
        if (times := ports.troubles.add(error, at))
    ]
    await ports.tell(told)


async def _turn(desk: _Desk, pace: Pace, shift: Shift, tally: _Tally) -> None:
    ports = desk.ports
    try:
        if desk.is_to_reconcile(shift):
            await _reconcile(desk, pace, shift, tally)
        planned = await _plan(ports, shift)
        tally.count["reminded"] += planned.texts
        for error in planned.failures:
            tally.failed(error)
        # Whoever works once tries each text once: those that fail would never end.
        since = desk.since if shift.once else None
        done = await dispatch(ports, shift.quantum, pace.stopping, since)
        tally.add(done)
        more = done.more or planned.more
        room = done.limited_until
        soon = room is not None and room <= ports.clock() + _WAITS_FOR_ROOM
        desk.done = shift.once and not more and not soon
        failed = done.refused is not None or (bool(done.failures) and not done.outcomes)
        failed = failed and not (shift.once and more)
        if not failed:
            desk.again = ports.clock() if planned.more else await _again(ports, done, shift)
    except Exception as error:  # noqa: BLE001 - the other practices must not wait for this one
        tally.failed(error)
        failed, desk.done = True, shift.once
    desk.failures = desk.failures + 1 if failed else 0
    if failed:
        pause = shift.poll * (1 << min(desk.failures - 1, _MOST_DOUBLINGS))
        desk.again = ports.clock() + min(pause, max(_LONGEST_PAUSE, shift.poll))


async def _plan(ports: Ports, shift: Shift) -> PlannedReminders:
    try:
        return await plan_due(ports, shift.quantum)
    except Exception as error:
        if is_of_the_store(error):  # whatever is due would meet it too
            raise
        return PlannedReminders(failures=(error,))


async def _reconcile(desk: _Desk, pace: Pace, shift: Shift, tally: _Tally) -> None:
    """See to what is not about texts that are due. What goes wrong with one stops none of them."""
    for kind, duty in _DUTIES:
        if pace.stopping():
            return
        try:
            tally.count[kind] += await duty(desk, pace, shift, tally)
        except Exception as error:
            if is_of_the_store(error):  # whatever else there is would meet it too
                raise
            tally.failed(error)


async def _settle(desk: _Desk, pace: Pace, shift: Shift, tally: _Tally) -> int:
    found = await look_up(desk.ports, shift.quantum, after=desk.last, stopping=pace.stopping)
    # Those that nobody can settle must not keep the others from being looked up.
    desk.last = found.last
    for error in found.failures:
        tally.failed(error)
    return sum(not isinstance(outcome, Uncertain) for outcome in found.outcomes)


async def _ask(desk: _Desk, pace: Pace, shift: Shift, _: _Tally) -> int:
    asked = await ask_reports(desk.ports, shift.quantum, stopping=pace.stopping)
    return sum(each.told for each in asked)


async def _confirm(desk: _Desk, _: Pace, shift: Shift, __: _Tally) -> int:
    return sum(each.proven for each in await confirm_received(desk.ports, shift.quantum))


async def _fetch(desk: _Desk, _: Pace, shift: Shift, __: _Tally) -> int:
    return sum(bool(each.content) for each in await fetch_media(desk.ports, shift.quantum))


async def _raise(desk: _Desk, _: Pace, shift: Shift, __: _Tally) -> int:
    return await escalate(desk.ports, shift.quantum) if desk.ports.inbox is not None else 0


async def _drop(desk: _Desk, _: Pace, __: Shift, ___: _Tally) -> int:
    ports = desk.ports
    await drop_expired_pages(ports.store, ports.practice.id, ports.clock())
    return 0


_Duty: TypeAlias = Callable[[_Desk, Pace, Shift, _Tally], Awaitable[int]]
# Each with what it counts.
_DUTIES: tuple[tuple[str, _Duty], ...] = (
    ("settled", _settle),
    ("reported", _ask),
    ("confirmed", _confirm),
    ("media", _fetch),
    ("escalated", _raise),
    ("escalated", _drop),
)


async def _again(ports: Ports, done: Dispatched, shift: Shift) -> datetime:
    now = ports.clock()
    if done.more and done.limited_until is None:
        return now
    due = done.limited_until or await ports.store.run(
        lambda tx: tx.next_due(ports.practice.id, now)
    )
    return min(due or now + shift.poll, now + shift.poll)
