"""How a practice answers its patients: queues with hours and a goal, and which text goes where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from attrs import Attribute, Factory, evolve, field, frozen

from compliant_sms import _given
from compliant_sms.conversations._hours import BusinessHours
from compliant_sms.conversations._thread import Thread
from compliant_sms.errors import InvalidInput
from compliant_sms.optout import Intent
from compliant_sms.phone import PhoneNumber, as_number

_GOAL = timedelta(hours=4)


def _named(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"{attribute.name} of the inbox is empty; pass a name"
        raise InvalidInput(msg)


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    _given.each_of(values, str, "members, places and the like", "a list of str")
    return tuple(values)


def _intents(values: Iterable[Intent | str]) -> frozenset[Intent]:
    _given.a_kind(values, (list, tuple, set, frozenset), "intents", "a list of intents")
    try:
        return frozenset(Intent(each) for each in values)
    except ValueError:
        msg = f"there is no such intent. Pass one of these: {', '.join(Intent)}."
        raise InvalidInput(msg) from None


def _half(queue: Queue) -> timedelta:
    return queue.goal / 2


def _twice(queue: Queue) -> timedelta:
    try:
        return 2 * queue.goal
    except OverflowError:
        return queue.goal  # which is refused


@frozen(kw_only=True)
class Queue:
    """Who answers one kind of text, and how soon.

    Args:
        name: its name, for example ``"front-desk"``.
        members: ids of staff, as your software knows them.
        hours: when they are there.
        goal: the business time within which a patient is answered. The first reply states it.
        warn_after: the business time after which an unanswered text becomes due, so that the
            members are told; by default half of the goal.
        point_person_after: the business time after which the point person gets it; by default
            twice the goal.

    Raises:
        InvalidInput: the name is empty, or the times do not follow each other.
    """

    name: str = field(validator=_named)
    members: tuple[str, ...] = field(default=(), converter=_texts)
    hours: BusinessHours = field(validator=_given.kind(BusinessHours, "BusinessHours(...)"))
    goal: timedelta = field(default=_GOAL, validator=_given.positive_span)
    warn_after: timedelta = field(
        default=Factory(_half, takes_self=True), validator=_given.positive_span
    )
    point_person_after: timedelta = field(
        default=Factory(_twice, takes_self=True), validator=_given.positive_span
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a goal that comes before its warning or after the point person's turn."""
        if not self.warn_after <= self.goal <= self.point_person_after:
            msg = "warn_after must not be later than the goal, nor point_person_after earlier"
            raise InvalidInput(msg)

    def steps(self, at: datetime) -> tuple[datetime, datetime, datetime]:
        """When (UTC) a text of ``at`` becomes due, overdue, and the point person's."""
        after = (self.warn_after, self.goal, self.point_person_after)
        first, second, third = (self.hours.after(at, span) for span in after)
        return first, second, third


@frozen(kw_only=True)
class Arrival:
    """What is known of a text when its queue is chosen.

    Attributes:
        at: when it came in (UTC).
        intent: what it is about.
        place: which of the practice's places it concerns; empty if not known.
    """

    at: datetime
    intent: Intent
    place: str = ""


@frozen(kw_only=True)
class RoutingRule:
    """Which texts go to a queue. All given conditions must be met.

    Args:
        queue: the queue's name.
        intents: what they are about; anything by default.
        places: which place they concern; any by default.
        while_open: True if the queue must be open then, False if it must be closed.
    """

    queue: str = field(validator=_named)
    intents: frozenset[Intent] = field(default=frozenset(), converter=_intents)
    places: tuple[str, ...] = field(default=(), converter=_texts)
    while_open: bool | None = None

    def fits(self, arrival: Arrival, queue: Queue) -> bool:
        """Whether a text goes to the queue."""
        return (
            (not self.intents or arrival.intent in self.intents)
            and (not self.places or arrival.place in self.places)
            and self.while_open in {None, queue.hours.is_open(arrival.at)}
        )


def _queues(values: Sequence[Queue]) -> tuple[Queue, ...]:
    _given.each_of(values, Queue, "queues", "Queue(...) in a list")
    return tuple(values)


def _rules(values: Sequence[RoutingRule]) -> tuple[RoutingRule, ...]:
    _given.each_of(values, RoutingRule, "rules", "RoutingRule(...) in a list")
    return tuple(values)


def _places(values: Mapping[str | PhoneNumber, str]) -> Mapping[PhoneNumber, str]:
    _given.a_kind(values, Mapping, "numbers", "a place's name for each of your numbers")
    made = {as_number(each): place for each, place in values.items()}
    return MappingProxyType(made)


@frozen(kw_only=True)
class InboxPlan:
    """How a practice answers what patients write.

    Args:
        point_person: the id of the person who gets what nobody else answers.
        queues: who answers; a text that no rule matches goes to the first.
        rules: which text goes to which queue; the first rule that matches counts.
        numbers: the place that each of your numbers is for, by number.
        first_reply: whether a patient is told, once a day, that the text came in and by when
            somebody answers; after hours, when the practice opens.
        emergency_reply: whether a patient who seems to be in danger is told at once whom to call.
        emergency_number: the number to call in danger.
        crisis_number: the number that the same answer names for whoever may harm themselves; 988
            in the United States and Canada, empty for none.
        held_too_long: how long a text to a patient may be held before it is listed as an open
            item.

    Raises:
        InvalidInput: there is no queue, two have the same name, or a rule names an unknown one.
    """

    point_person: str = field(validator=_named)
    queues: tuple[Queue, ...] = field(converter=_queues)
    rules: tuple[RoutingRule, ...] = field(default=(), converter=_rules)
    numbers: Mapping[PhoneNumber, str] = field(factory=dict, converter=_places, hash=False)
    first_reply: bool = True
    emergency_reply: bool = True
    emergency_number: str = field(default="911", validator=_named)
    crisis_number: str = field(default="988", validator=_given.text)
    held_too_long: timedelta = field(default=timedelta(days=1), validator=_given.positive_span)

    def __attrs_post_init__(self) -> None:
        """Refuse a plan without queues, with duplicate names, or with rules for unknown queues."""
        names = [queue.name for queue in self.queues]
        if not names or len(set(names)) < len(names):
            msg = "the inbox needs at least one queue, each with a name of its own"
            raise InvalidInput(msg)
        if not all(rule.queue in names for rule in self.rules):
            msg = f"a rule of the inbox names an unknown queue. Use one of: {', '.join(names)}"
            raise InvalidInput(msg)

    def queue(self, name: str) -> Queue:
        """The queue of that name; the first one if the plan no longer has it."""
        return next((each for each in self.queues if each.name == name), self.queues[0])

    def holder(self, assignee: str, queue: str) -> str:
        """Who has a thread of a queue: its assignee; nobody if they are no longer a member.

        Args:
            assignee: whom it was assigned to; empty if nobody.
            queue: the queue's name.
        """
        there = assignee in {*self.queue(queue).members, self.point_person}
        return assignee if there else ""

    def placed(self, thread: Thread) -> Thread:
        """A thread in the queues and with the members of the plan as it is now."""
        queue = self.queue(thread.queue).name
        return evolve(thread, queue=queue, assignee=self.holder(thread.assignee, queue))

    def queue_for(self, arrival: Arrival) -> Queue:
        """The queue that answers a text."""
        for rule in self.rules:
            queue = self.queue(rule.queue)
            if rule.fits(arrival, queue):
                return queue
        return self.queues[0]

    def day_begins(self, at: datetime) -> datetime:
        """When (UTC) the day of an instant (aware) begins: the first of the queues' midnights."""
        zones = {ZoneInfo(each.hours.time_zone) for each in self.queues}
        begins = (datetime.combine(at.astimezone(zone).date(), time(0), zone) for zone in zones)
        return min(each.astimezone(UTC) for each in begins)

    def place_of(self, number: PhoneNumber | None) -> str:
        """The place that one of our numbers is for; empty if none was given."""
        return self.numbers.get(number, "") if number is not None else ""
