"""The report's data before it is drawn: sums by day, by hour, by rule, by waiting time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import quantiles
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.figures import Activity, Answered
from compliant_sms.lifecycle import State
from compliant_sms.report._shown import SMALLEST, shown, span

_MOST_DAYS = 62
_WEEK = timedelta(days=7)
_WEEKS_OF_A_YEAR = 52
_DECADE = timedelta(days=3653)
_WITHIN = (
    ("5 min", timedelta(minutes=5)),
    ("15 min", timedelta(minutes=15)),
    ("1 hour", timedelta(hours=1)),
    ("4 hours", timedelta(hours=4)),
    ("1 day", timedelta(days=1)),
)


@frozen(kw_only=True)
class Series:
    """Counts of one kind.

    Attributes:
        name: what is counted.
        color: its color, by the name of a variable of the style sheet.
        counts: one for each label of the chart.
    """

    name: str
    color: str
    counts: tuple[int, ...]


@frozen(kw_only=True)
class Chart:
    """Counts to draw as bars and show as a table.

    Attributes:
        name: its id within the page.
        title: what it shows.
        over: what the labels are.
        labels: one for each count.
        series: what is counted.
        stacked: whether the series are stacked; otherwise side by side.
        lying: whether bars are horizontal, to leave room for long labels.
    """

    name: str
    title: str
    over: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = False
    lying: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(any(each.counts) for each in self.series)

    @property
    def words(self) -> str:
        """A description for readers who do not see it; the table has all numbers."""
        told = [f"{each.name}: {_highest(each, self.labels)}" for each in self.series]
        return f"Bars by {self.over}. {'; '.join(told)}. The table below has every number."


def _highest(series: Series, labels: Sequence[str]) -> str:
    most = max(series.counts, default=0)
    if not most:
        return "none"
    if most < SMALLEST:
        return f"{shown(most)} in each"
    return f"most at {labels[series.counts.index(most)]}, {shown(most)}"


def by_hour(activity: Activity, zone: ZoneInfo) -> Chart:
    """How many texts left, and how many came in, by the hour of the practice's day."""
    left = ((m.at, m.count) for m in activity.moves if m.state is State.CLAIMED)
    return Chart(
        name="hours",
        title="Texts by hour of the day",
        over="hour of the day",
        labels=tuple(f"{hour:02}:00" for hour in range(24)),
        series=(
            Series(name="left", color="blue", counts=_hours(left, zone)),
            Series(name="came in", color="amber", counts=_hours(activity.received.items(), zone)),
        ),
    )


def _hours(counts: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> tuple[int, ...]:
    sums = [0] * 24
    for at, count in counts:
        sums[at.astimezone(zone).hour] += count
    return tuple(sums)


def delivery(activity: Activity, zone: ZoneInfo) -> Chart:
    """What providers reported, by day."""
    kinds = (
        ("delivered", "green", State.DELIVERED),
        ("undelivered", "amber", State.UNDELIVERED),
        ("failed", "red", State.FAILED),
    )
    days = _Days(activity, zone)
    return Chart(
        name="delivery",
        title="Delivery",
        over=days.over,
        labels=days.labels,
        series=tuple(
            Series(
                name=name,
                color=color,
                counts=days.counts((m.at, m.count) for m in activity.moves if m.state is state),
            )
            for name, color, state in kinds
        ),
        stacked=True,
    )


def opt_outs(activity: Activity, zone: ZoneInfo) -> Chart:
    """How many asked for texts to stop, by day."""
    days = _Days(activity, zone)
    counts = days.counts(activity.opt_outs.items())
    return Chart(
        name="opt-outs",
        title="Opt-outs",
        over=days.over,
        labels=days.labels,
        series=(Series(name="opt-outs", color="red", counts=counts),),
    )


class _Days:
    """The days of a period on the practice's calendar; weeks, if there are too many days."""

    def __init__(self, activity: Activity, zone: ZoneInfo) -> None:
        self._zone = zone
        first, last = self._ends(activity)
        self._weekly = (last - first).days >= _MOST_DAYS
        self.over = "week, by its Monday" if self._weekly else "day"
        first = self._place(first)
        step = _WEEK if self._weekly else timedelta(days=1)
        self._days = [first + step * number for number in range((last - first) // step + 1)]
        years = len(self._days) > _WEEKS_OF_A_YEAR  # the same days come again
        self.labels = tuple(
            f"{day:%b} {day.day}{f', {day.year}' if years else ''}" for day in self._days
        )

    def _ends(self, activity: Activity) -> tuple[date, date]:
        """The first day and the last; without a start, the day of the first record.

        A period of decades starts and ends with the record too: nobody looks at empty years.
        """
        figures = activity.figures
        last = figures.until - timedelta.resolution
        told = [*(m.at for m in activity.moves), *activity.received, *activity.opt_outs]
        first = figures.since or min(told, default=last)
        if last - first > _DECADE:
            first, last = min(told, default=last), max(told, default=last)
        return first.astimezone(self._zone).date(), last.astimezone(self._zone).date()

    def _place(self, day: date) -> date:
        return day - timedelta(days=day.weekday()) if self._weekly else day

    def counts(self, counts: Iterable[tuple[datetime, int]]) -> tuple[int, ...]:
        sums = dict.fromkeys(self._days, 0)
        for at, count in counts:
            sums[self._place(at.astimezone(self._zone).date())] += count
        return tuple(sums.values())


def by_rule(name: str, title: str, color: str, counts: Mapping[str, int]) -> Chart:
    """How often each rule spoke, the most frequent first."""
    return Chart(
        name=name,
        title=title,
        over="rule",
        labels=tuple(counts),
        series=(Series(name="decisions", color=color, counts=tuple(counts.values())),),
        lying=True,
    )


def waits(answers: Sequence[Answered]) -> Chart:
    """How long patients waited for the first answer."""
    labels = (*(f"within {name}" for name, _ in _WITHIN), "later", "not answered")
    sums = dict.fromkeys(labels, 0)
    for answer in answers:
        sums[_label(answer)] += 1
    counts = tuple(sums.values())
    return Chart(
        name="answers",
        title="How long patients waited for an answer",
        over="time until the first answer",
        labels=labels,
        series=(Series(name="texts", color="blue", counts=counts),),
        lying=True,
    )


def _label(answer: Answered) -> str:
    if answer.after is None:
        return "not answered"
    after = answer.after
    return next((f"within {name}" for name, limit in _WITHIN if after <= limit), "later")


def waits_words(answers: Sequence[Answered]) -> str:
    """The median and the 90th percentile, if there are enough answers to hide each one."""
    times = [each.after for each in answers if each.after is not None]
    if len(times) < SMALLEST:
        return f"Fewer than {SMALLEST} were answered: too few to say how fast."
    tenths = quantiles([each.total_seconds() for each in times], n=10, method="inclusive")
    half, most = (span(timedelta(seconds=tenths[place])) for place in (4, 8))
    return f"Half of those that were answered waited at most {half}, nine in ten at most {most}."
