"""Which texts are to go about which visits, and when. Pure arithmetic over a schedule."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from attrs import field, frozen

from compliant_sms.phone import PhoneNumber
from compliant_sms.reminders._appointment import Appointment, Status
from compliant_sms.reminders._plan import ReminderPlan, plan_for
from compliant_sms.reminders._wall import instant_of, wall_of

KEY_PREFIX = "appt/"
RECALL = "recall-"


@frozen(kw_only=True)
class Reminder:
    """One reminder of one visit, or one recall after it.

    Attributes:
        appointment: the visit.
        code: which one: an offset's code, or ``"recall-1"`` and so on.
        at: when it goes (UTC).
        until: when it no longer makes sense (UTC): the next one goes, or the visit begins.
        day: the day on the clinic's calendar whose texts it may be combined with.
    """

    appointment: Appointment
    code: str
    at: datetime
    until: datetime
    day: date

    @property
    def is_recall(self) -> bool:
        """Whether it asks to book again."""
        return self.code.startswith(RECALL)

    @property
    def key(self) -> str:
        """The idempotency key of the first text about it."""
        return f"{KEY_PREFIX}{self.appointment.id}/{self.appointment.occurrence}/{self.code}"


@frozen(kw_only=True)
class DiaryEntry:
    """A visit with what planning needs to know.

    Attributes:
        appointment: the visit as it stands.
        since: since when (UTC) it has been at that time. Reminders that would have gone before
            are skipped.
        told: codes of its reminders for which there is already a text.
        number: where the text goes.
        household: visits at one number are combined if these are equal.
    """

    appointment: Appointment
    since: datetime
    told: frozenset[str] = frozenset()
    number: PhoneNumber = field(repr=False)
    household: Hashable = None


@frozen(kw_only=True)
class PlannedText:
    """A text that is to go.

    Attributes:
        number: where it goes.
        at: when (UTC).
        until: when it no longer makes sense (UTC).
        reminders: what it is about; several if they were combined.
    """

    number: PhoneNumber = field(repr=False)
    at: datetime
    until: datetime
    reminders: tuple[Reminder, ...]

    @property
    def key(self) -> str:
        """The idempotency key: that of the first visit's."""
        return self.reminders[0].key


def reminders_of(
    appointment: Appointment, plans: Sequence[ReminderPlan], *, since: datetime
) -> tuple[Reminder, ...]:
    """All reminders of a visit as it stands, earliest first.

    Args:
        appointment: the visit.
        plans: the practice's plans.
        since: since when the visit has been at that time. Reminders that would have gone before
            are left out: somebody who booked a moment ago knows.
    """
    plan = plan_for(plans, appointment.kind)
    if plan is None:
        return ()
    start, zone = appointment.starts_at, appointment.time_zone
    if appointment.status.is_ahead:
        moments = [(each.instant(appointment.start, zone), each.code) for each in plan.offsets]
        coming = sorted(each for each in moments if since <= each[0] < start)
        return tuple(_between(appointment, coming, start))
    if appointment.status is Status.DONE and plan.recall is not None:
        walls = plan.recall.times(appointment.start)
        numbered = [(instant_of(wall, zone), f"{RECALL}{n}") for n, wall in enumerate(walls, 1)]
        end = instant_of(plan.recall.every.after(walls[-1]), zone)
        return tuple(_between(appointment, [each for each in numbered if since <= each[0]], end))
    return ()


def _between(
    appointment: Appointment, moments: Sequence[tuple[datetime, str]], end: datetime
) -> Iterator[Reminder]:
    for (at, code), (until, _) in pairwise([*moments, (end, "")]):
        wall = wall_of(at, appointment.time_zone) if code.startswith(RECALL) else appointment.start
        yield Reminder(appointment=appointment, code=code, at=at, until=until, day=wall.date())


def succeeded(appointment: Appointment, others: Iterable[Appointment]) -> bool:
    """Whether the person has a later visit of that kind, so that recalls stop."""
    return any(
        each.kind.code == appointment.kind.code
        and each.starts_at > appointment.starts_at
        and each.status not in {Status.CANCELLED, Status.NO_SHOW}
        for each in others
    )


def planned(
    diary: Iterable[DiaryEntry], plans: Sequence[ReminderPlan], now: datetime
) -> tuple[PlannedText, ...]:
    """The texts still to go about the visits of a schedule, earliest first.

    Reminders of one offset, at one number and of one day, are combined into one text, which goes
    when the first of them would.

    Args:
        diary: the visits.
        plans: the practice's plans.
        now: the current instant; texts that no longer make sense are left out.
    """
    folds: dict[Hashable, list[Reminder]] = {}
    numbers: dict[Hashable, PhoneNumber] = {}
    for entry in diary:
        for reminder in reminders_of(entry.appointment, plans, since=entry.since):
            if reminder.code in entry.told or reminder.until <= now:
                continue
            visit = entry.appointment
            own = visit.key if visit.kind.is_sensitive else None
            fold = entry.number, entry.household, own, reminder.code, reminder.day
            folds.setdefault(fold, []).append(reminder)
            numbers[fold] = entry.number
    texts = [_text(numbers[fold], reminders) for fold, reminders in folds.items()]
    return tuple(sorted(texts, key=lambda text: (text.at, text.key)))


def _text(number: PhoneNumber, reminders: list[Reminder]) -> PlannedText:
    return PlannedText(
        number=number,
        at=min(each.at for each in reminders),
        until=max(each.until for each in reminders),
        reminders=tuple(
            sorted(reminders, key=lambda each: (each.appointment.starts_at, each.appointment.key))
        ),
    )
