"""Plans: which visits patients are reminded of, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.practice import Practice
from compliant_sms.reminders._appointment import Appointment, Kind
from compliant_sms.reminders._offset import Offset
from compliant_sms.retention import Span, span_of

_MOST = 12
_LONGEST_YEARS = 20
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - lengths are compared from it


@frozen(kw_only=True)
class ReminderContext:
    """What a text is about, for the function that words it.

    Attributes:
        practice: who texts.
        appointment: the visit; for a recall, the visit that it counts from.
        start: when it starts, in the clinic's zone.
        code: which reminder: an offset's code, or ``"recall-1"`` and so on.
        asks: whether the patient is asked to confirm.
    """

    practice: Practice
    appointment: Appointment
    start: datetime
    code: str
    asks: bool


Body: TypeAlias = Callable[[ReminderContext], str]
"""Returns the body of a text. It is called again if something changed before the text left."""

Values: TypeAlias = Callable[[ReminderContext], Mapping[str, object]]
"""Returns values for a template, by variable, in addition to those of the visit itself."""


def _one_wording(body: Body | None, template: str | None, values: Values | None) -> None:
    """Refuse a plan with both a body and a template.

    Raises:
        InvalidInput: it has both, values without a template, or something that cannot be called.
    """
    if template is not None:
        _given.a_text(template, "a plan's template")
    for name, given in (("body", body), ("values", values)):
        if given is not None and not callable(given):  # or no reminder would ever go
            msg = f"{name} of a plan is not a function. Pass one that takes a ReminderContext."
            raise InvalidInput(msg)
    if body is not None and template is not None:
        msg = "a plan has a body or a template, not both: pass body=... or template=..."
        raise InvalidInput(msg)
    if values is not None and template is None:
        msg = "values are for a template: pass template=... too"
        raise InvalidInput(msg)


def _offsets(values: Iterable[str | Offset]) -> tuple[Offset, ...]:
    if isinstance(values, str | Offset) or not isinstance(values, Iterable):
        msg = "offsets are a list, for example ['7 days before at 10:00', '2 hours before']"
        raise InvalidInput(msg)
    return tuple(Offset.parse(each) for each in values)


def _kinds(values: Iterable[str | Kind]) -> tuple[str, ...]:
    if isinstance(values, str | Kind) or not isinstance(values, Iterable):
        msg = "kinds are a list, for example ['cleaning']"
        raise InvalidInput(msg)
    return tuple(each.code if isinstance(each, Kind) else each for each in values)


@frozen(kw_only=True)
class RecallPlan:
    """When a patient is asked to book again.

    Recalls stop as soon as a later visit of that kind is booked.

    Args:
        after: how long after the last visit, for example ``"6 months"``.
        every: how long after each recall the next one goes, for example ``"30 days"``.
        at_most: how many go, 1 to 12.
        at: the clinic's time of day.
        body: returns the text; the library's own wording by default.
        template: name of a template to make the text from, instead of ``body``.
        values: returns the values of the template's variables, in addition to the visit's
            ``place``.

    Raises:
        InvalidInput: a period cannot be read, or is more than 20 years; the count is not 1 to 12;
            or there is both a body and a template.
    """

    after: Span = field(converter=span_of)
    every: Span = field(default=Span(30, "days"), converter=span_of)
    at_most: int = field(default=3)
    at: time = time(10)
    body: Body | None = field(default=None, eq=False)
    template: str | None = None
    values: Values | None = field(default=None, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse both a body and a template."""
        _one_wording(self.body, self.template, self.values)

    @after.validator
    @every.validator
    def _within_reason(self, attribute: Attribute[Span], length: Span) -> None:
        if length.after(_ANY_DAY) > _ANY_DAY.replace(year=_ANY_DAY.year + _LONGEST_YEARS):
            msg = f"{attribute.name} of a recall must be {_LONGEST_YEARS} years or less"
            raise InvalidInput(msg)

    @at_most.validator
    def _some(self, of: Attribute[int], count: int) -> None:
        _given.whole(self, of, count)
        if not 1 <= count <= _MOST:
            msg = f"at_most, the number of recalls, must be from 1 to {_MOST}"
            raise InvalidInput(msg)

    def times(self, start: datetime) -> tuple[datetime, ...]:
        """The wall times of the recalls after a visit."""
        first = self.after.after(datetime.combine(start.date(), self.at))
        days = [first]
        while len(days) < self.at_most:
            days.append(self.every.after(days[-1]))
        return tuple(days)


@frozen(kw_only=True)
class ReminderPlan:
    """When patients are reminded of visits of some kinds.

    Args:
        offsets: how long before a visit, in words or as :class:`Offset`.
        body: returns the text about a single visit; the library's own wording by default. That is
            also used for visits of a sensitive kind, and for one text about several visits.
        template: name of a template of :class:`compliant_sms.Messenger` to make that text from,
            instead of ``body``: in the patient's language, and as detailed as they wish at the
            moment when it goes.
        values: returns the values of the template's variables. The visit itself provides ``date``,
            ``time`` and ``place``, if the template has such variables and this does not set them.
        confirm: whether patients are asked to confirm, while the visit is booked; with a template,
            whether the template may ask.
        kinds: for which kinds of visit; if empty, for all that no other plan names.
        recall: when a patient is asked to book again after such a visit.

    Raises:
        InvalidInput: an offset cannot be read, or occurs twice; or there is both a body and a
            template.
    """

    offsets: tuple[Offset, ...] = field(converter=_offsets)
    body: Body | None = field(default=None, eq=False)
    template: str | None = None
    values: Values | None = field(default=None, eq=False)
    confirm: bool = True
    kinds: tuple[str, ...] = field(default=(), converter=_kinds)
    recall: RecallPlan | None = field(
        default=None, validator=_given.kind(RecallPlan, "a RecallPlan, or None")
    )

    def __attrs_post_init__(self) -> None:
        """Refuse both a body and a template."""
        _one_wording(self.body, self.template, self.values)

    @offsets.validator
    def _distinct(self, _: Attribute[tuple[Offset, ...]], offsets: tuple[Offset, ...]) -> None:
        if len({each.code for each in offsets}) < len(offsets):
            msg = "an offset is in the plan twice; each is one reminder, so leave one out"
            raise InvalidInput(msg)


def plans_of(given: Sequence[ReminderPlan]) -> tuple[ReminderPlan, ...]:
    """Return the plans of a practice, checked.

    Raises:
        InvalidInput: something is not a plan, or two are for the same kind of visit.
    """
    _given.each_of(given, ReminderPlan, "reminders", "a list of ReminderPlan")
    kinds = [kind for plan in given for kind in plan.kinds or ("",)]
    if len(set(kinds)) < len(kinds):
        msg = (
            "two plans in reminders are for the same kind of visit, or two name no kind. Put "
            "their offsets into one."
        )
        raise InvalidInput(msg)
    return tuple(given)


def plan_for(plans: Sequence[ReminderPlan], kind: Kind) -> ReminderPlan | None:
    """The plan for a kind of visit: the one that names it, otherwise the one that names none."""
    naming = [plan for plan in plans if kind.code in plan.kinds]
    rest = [plan for plan in plans if not plan.kinds]
    return next(iter([*naming, *rest]), None)
