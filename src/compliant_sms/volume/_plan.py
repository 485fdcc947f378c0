"""A practice's plan for its volume."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

from attrs import Attribute, field, frozen

from compliant_sms.classification import CONSENT_CLASSES, ImpliedBy, MessageClass, Purpose
from compliant_sms.errors import InvalidInput
from compliant_sms.rules import DayHours, PracticeCap
from compliant_sms.rules._day import hours_of
from compliant_sms.rules._windows import open_on
from compliant_sms.volume._days import DayPlan, day_of

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE_DAY = hours_of("00:00-24:00")
_LEAST_GROWTH, _MOST_GROWTH = 1.01, 10.0


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _count(_: object, attribute: Attribute[Any], value: object) -> None:
    if value is None and attribute.default is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        msg = f"{attribute.name} must be a whole number, 1 or more; for less use messenger.pause()"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Ramp:
    """How the volume grows in a practice that is new to texting.

    Carriers take a number that suddenly sends a lot for spam, and a front desk has to learn how
    many replies come: so start small.

    Args:
        begins: the first local day on which the practice texts; earlier texts wait for it.
        start: how many texts go on that day.
        grow: the factor from one texting day to the next, from 1.01 to 10: ``1.25`` is a quarter
            more.
        until: at this many texts a day the ramp is over and no longer limits anything.

    Raises:
        InvalidInput: ``begins`` is not a day, a figure cannot be used, or it would never be over.
    """

    begins: date = field()
    start: int = field(default=50, validator=_count)
    grow: float = 1.25
    until: int = field(default=1000, validator=_count)

    def __attrs_post_init__(self) -> None:
        """Refuse a ramp that never grows."""
        if not _is_day(self.begins):
            msg = (
                "begins of a ramp is not a day. Pass the day on which the practice began to text, "
                "for example date(2026, 12, 1)."
            )
            raise InvalidInput(msg)
        growth = self.grow if isinstance(self.grow, int | float) else 0.0
        if not isfinite(growth) or not _LEAST_GROWTH <= growth <= _MOST_GROWTH:
            msg = "grow of a ramp is a factor from 1.01 to 10, for example 1.25 for a quarter more"
            raise InvalidInput(msg)

    def most_on(self, texting_day: int) -> int | None:
        """How many texts go on a day; None once the ramp is over.

        Args:
            texting_day: which day of texting, counted from 0.
        """
        most = float(self.start)
        for _ in range(texting_day):
            if most >= self.until:
                break
            most *= self.grow
        return None if most >= self.until else int(most)


def _hours(value: str | DayHours) -> DayHours:
    hours = hours_of(value)
    if not hours.opens:
        msg = "nobody is ever there by these staffed hours; write them as '09:00-17:00'"
        raise InvalidInput(msg)
    return hours


def _days(values: Iterable[str | date]) -> tuple[str | date, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        msg = "quiet_days is a list of weekdays and dates: ['sunday', date(2026, 12, 25)]"
        raise InvalidInput(msg)
    days = tuple(each.lower() if isinstance(each, str) else each for each in values)
    if not all(each in _WEEKDAYS if isinstance(each, str) else _is_day(each) for each in days):
        msg = "a quiet day is a weekday such as 'sunday', or a date(2026, 12, 25)"
        raise InvalidInput(msg)
    if set(_WEEKDAYS) <= set(days):
        msg = (
            "every day of the week is a quiet day, so no text would ever go. Leave one out of "
            "quiet_days; to stop all texts, call messenger.pause()."
        )
        raise InvalidInput(msg)
    return days


def _caps(values: Iterable[PracticeCap]) -> tuple[PracticeCap, ...]:
    caps = tuple(values)
    if not all(isinstance(each, PracticeCap) for each in caps):
        msg = (
            "caps of a volume plan holds something other than caps. Pass PracticeCap values, from "
            "compliant_sms.rules."
        )
        raise InvalidInput(msg)
    return caps


@frozen(kw_only=True)
class VolumePlan:
    """How many texts go out on a local day of the practice, and at what hours.

    Emergencies, the answers to STOP, START and HELP, and answers to what a patient wrote neither
    wait for the plan nor count. Other texts over a day's number get a place on a later day.

    Args:
        ramp: how the volume grows from the first day on.
        texts_per_day: at most this many in any case.
        replies_per_day: how many replies the staff can answer in a day. Texts then leave only in
            the staffed hours, spread evenly, and only as many as bring in that many replies. Texts
            that missed their time, for lack of a worker or because of a pause, go later that day.
        expected_reply_rate: the share of texts that is replied to, more than 0, at most 1.
        marketing_share: the share of what is left of a day that promotions may take, more than 0,
            at most 1. A campaign leaves the rest to care.
        staffed: when somebody is there to answer, by the practice's clock; used only with
            ``replies_per_day``.
        quiet_days: days on which the practice does not text: weekdays and dates.
        caps: how many texts one person gets: see :class:`compliant_sms.rules.PracticeCap`. They
            are added to those of the rulebook's settings.

    Raises:
        InvalidInput: a text could never go under it, or something cannot be read.
    """

    ramp: Ramp | None = None
    texts_per_day: int | None = field(default=None, validator=_count)
    replies_per_day: int | None = field(default=None, validator=_count)
    expected_reply_rate: float = 0.3
    marketing_share: float = 0.5
    staffed: DayHours = field(default=hours_of("09:00-17:00"), converter=_hours)
    quiet_days: tuple[str | date, ...] = field(default=(), converter=_days)
    caps: tuple[PracticeCap, ...] = field(default=(), converter=_caps)

    def __attrs_post_init__(self) -> None:
        """Refuse shares that nothing could be computed from."""
        for name in ("expected_reply_rate", "marketing_share"):
            share = getattr(self, name)
            if not isinstance(share, int | float) or not 0 < share <= 1:
                msg = f"{name} is a share of all texts: more than 0, at most 1, such as 0.3"
                raise InvalidInput(msg)

    @staticmethod
    def sells(purpose: Purpose) -> bool:
        """Whether texts for a purpose, by content, take promotions' places."""
        return purpose.message_class is MessageClass.MARKETING

    @staticmethod
    def counts(purpose: Purpose) -> bool:
        """Whether texts for a purpose, by content, count and wait."""
        return purpose.message_class in CONSENT_CLASSES and purpose.implied_by is ImpliedBy.NOTHING

    def is_quiet(self, day: date) -> bool:
        """Whether the practice does not text on a local day."""
        return day in self.quiet_days or _WEEKDAYS[day.weekday()] in self.quiet_days

    def on(self, day: date, zone: str) -> DayPlan | None:
        """The plan for a local day; None if nothing goes on it.

        Args:
            day: a day of the practice's calendar.
            zone: IANA name of the practice's zone.
        """
        if self.is_quiet(day) or (self.ramp is not None and day < self.ramp.begins):
            return None
        paced = self.replies_per_day is not None
        window = open_on(zone, day, [self.staffed if paced else _WHOLE_DAY])
        if window is None:  # a clock change skips all of it
            return None
        most, code = self._most(day)
        return DayPlan(
            opens=window[0],
            closes=window[1],
            most=most,
            marketing_share=self.marketing_share,
            code=code,
            paced=paced,
        )

    def why_not(self, at: datetime, zone: str) -> str:
        """The code of why a text that gets a later place does not go at an instant (aware)."""
        day = day_of(at, zone)
        today = self.on(day, zone)
        if self.is_quiet(day):
            return "quiet-day"
        if self.ramp is not None and day < self.ramp.begins:
            return "not-begun"
        is_open = today is not None and today.opens <= at < today.closes
        return today.code if today is not None and is_open else "staffed-hours"

    def _most(self, day: date) -> tuple[int | None, str]:
        limits = []
        if self.ramp is not None and (most := self.ramp.most_on(self._texting_day(day))):
            limits.append((most, "ramp"))
        if self.replies_per_day is not None:
            # Rounded before it is cut, or 30 replies at 0.1 would be 299 texts.
            texts = int(round(self.replies_per_day / self.expected_reply_rate, 6))
            limits.append((texts, "replies"))
        if self.texts_per_day is not None:
            limits.append((self.texts_per_day, "texts-per-day"))
        return min(limits, default=(None, ""))

    def _texting_day(self, day: date) -> int:
        assert self.ramp is not None, "asked for a ramp only"  # noqa: S101
        count, each = 0, self.ramp.begins
        while each < day and self.ramp.most_on(count) is not None:
            count += not self.is_quiet(each)
            each += timedelta(days=1)
        return count
