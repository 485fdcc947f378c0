"""The rows of a pack: facts of law, each with its source, certainty and dates.

Every class checks itself, so that a bad row is refused with its reason when a pack is loaded.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import ClassVar

from attrs import converters, field, frozen
from attrs.validators import optional

from compliant_sms.errors import InvalidInput
from compliant_sms.practice import known_zone
from compliant_sms.rules._day import DayHours, hours_of
from compliant_sms.rules._row import (
    Row,
    area_codes,
    at_least_one,
    flag,
    not_blank,
    not_empty,
    one_of,
    text,
    texts,
    whole,
)

__all__ = [
    "TABLES",
    "TOPICS",
    "UNITS",
    "WEEKDAYS",
    "AreaCodes",
    "Cap",
    "CarrierCap",
    "Holiday",
    "HoursRow",
    "Limit",
    "Majority",
    "Note",
    "OptInElement",
    "ReassignedCheck",
    "Relationship",
    "RevocationRuleset",
    "Shortener",
    "SplitAreaCode",
    "WrittenConsent",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = (
    "minutes",
    "hours",
    "days",
    "business days",
    "months",
    "years",
    "characters",
    "texts",
    "segments",
)
TOPICS = (
    "consent",
    "registration",
    "penalty",
    "reach",
    "hours",
    "holidays",
    "devices",
    "do-not-call",
)
_A_LEAP_YEAR = 2024
# Easter is 22 March to 25 April: no further, and a feast would fall into another year.
_FROM_EASTER = (-80, 250)


def _zones(names: object) -> tuple[str, ...]:
    return tuple(map(known_zone, texts(names)))


@frozen(kw_only=True)
class HoursRow(Row):
    """Hours in which telephone solicitations may arrive, on the recipient's wall clock.

    Attributes:
        monday_to_friday: permitted hours.
        saturday: the same.
        sunday: the same.
        holidays: what replaces them on a legal holiday; None where it is like any other day.
        zone: IANA name of a clock that the law names beside the recipient's own.
        sender_clock: the law does not say whose clock counts, so that the sender's does too.
        unless_transaction_within_months: a purchase this recent lifts the row.
    """

    table: ClassVar[str] = "hours"

    monday_to_friday: DayHours = field(converter=hours_of)
    saturday: DayHours = field(converter=hours_of)
    sunday: DayHours = field(converter=hours_of)
    holidays: DayHours | None = field(default=None, converter=converters.optional(hours_of))
    zone: str | None = field(default=None, converter=converters.optional(known_zone))
    sender_clock: bool = field(default=False, validator=flag)
    unless_transaction_within_months: int | None = field(
        default=None, validator=optional(at_least_one)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse hours that never open."""
        super().__attrs_post_init__()
        if not any(self.on(weekday).opens for weekday in range(7)):
            msg = "its hours never open on any weekday"
            raise InvalidInput(msg)

    def on(self, weekday: int, *, holiday: bool = False) -> DayHours:
        """The permitted hours of a day: 0 is Monday."""
        if holiday and self.holidays is not None:
            return self.holidays
        return (*(self.monday_to_friday,) * 5, self.saturday, self.sunday)[weekday]


@frozen(kw_only=True)
class Cap(Row):
    """How many solicitations may go to one person.

    Attributes:
        count: at most that many.
        hours: within so many elapsed hours (policy P-FC-2).
        same_subject: only texts of the same subject count.
        unless_transaction_within_months: a purchase this recent lifts the row.
    """

    table: ClassVar[str] = "cap"

    count: int = field(validator=at_least_one)
    hours: int = field(validator=at_least_one)
    same_subject: bool = field(validator=flag)
    unless_transaction_within_months: int | None = field(
        default=None, validator=optional(at_least_one)
    )


@frozen(kw_only=True)
class Holiday(Row):
    """A legal holiday: a date, a weekday of a month, or a distance from Easter Sunday.

    Attributes:
        name: what it is called.
        month: 1 to 12.
        day: of that month.
        weekday: ``"monday"`` to ``"sunday"``.
        nth: which of that month; -1 for the last.
        easter: days from western Easter Sunday, within the year.
        observed: one on a Saturday is observed on the Friday too, on a Sunday on the Monday.
    """

    table: ClassVar[str] = "holiday"

    name: str = field(validator=not_blank)
    month: int | None = field(default=None, validator=optional(whole(1, 12)))
    day: int | None = field(default=None, validator=optional(whole(1, 31)))
    weekday: str | None = field(default=None, validator=optional(one_of(*WEEKDAYS)))
    nth: int | None = field(default=None, validator=optional(one_of(1, 2, 3, 4, -1)))
    easter: int | None = field(default=None, validator=optional(whole(*_FROM_EASTER)))
    observed: bool = field(default=False, validator=flag)

    def __attrs_post_init__(self) -> None:
        """Refuse a holiday that is no day, or two."""
        super().__attrs_post_init__()
        given = (self.month, self.day, self.weekday, self.nth, self.easter)
        forms = {(1, 1, 0, 0, 0), (1, 0, 1, 1, 0), (0, 0, 0, 0, 1)}
        if tuple(int(part is not None) for part in given) not in forms:
            msg = "a holiday needs month and day, or month, weekday and nth, or easter"
            raise InvalidInput(msg)
        if self.month and self.day:
            _refuse_no_day(self.month, self.day)

    def subjects(self) -> tuple[Hashable, ...]:
        """It is about its name in each state."""
        return tuple((self.name, state) for state in self.states or ("everywhere",))


def _refuse_no_day(month: int, day: int) -> None:
    try:
        date(_A_LEAP_YEAR, month, day)
    except ValueError:
        msg = f"month {month} has no day {day}. Use a day that is in some year's calendar."
        raise InvalidInput(msg) from None


@frozen(kw_only=True)
class AreaCodes(Row):
    """The area codes of a state or province.

    Attributes:
        state: its postal code.
        codes: three digits each.
    """

    table: ClassVar[str] = "area_codes"

    state: str = field(validator=not_blank)
    codes: tuple[str, ...] = field(converter=texts, validator=area_codes)

    def subjects(self) -> tuple[Hashable, ...]:
        """An area code lies in one state."""
        return self.codes


@frozen(kw_only=True)
class SplitAreaCode(Row):
    """Area codes whose time zones open metadata does not tell right.

    Attributes:
        codes: three digits each.
        zones: IANA names of all zones in which their numbers may be.
    """

    table: ClassVar[str] = "split_area_code"

    codes: tuple[str, ...] = field(converter=texts, validator=area_codes)
    zones: tuple[str, ...] = field(converter=_zones, validator=not_empty)

    def subjects(self) -> tuple[Hashable, ...]:
        """An area code has one row."""
        return self.codes


@frozen(kw_only=True)
class Majority(Row):
    """The age from which a patient acts alone. 45 CFR 164.502(g)(2).

    Attributes:
        age: in years.
    """

    table: ClassVar[str] = "majority"

    age: int = field(validator=at_least_one)


@frozen(kw_only=True)
class Relationship(Row):
    """What an established business relationship is. 47 CFR 64.1200(f)(5).

    Attributes:
        transaction_months: so long after a purchase.
        inquiry_months: so long after an inquiry.
    """

    table: ClassVar[str] = "relationship"

    transaction_months: int = field(validator=at_least_one)
    inquiry_months: int = field(validator=at_least_one)


@frozen(kw_only=True)
class ReassignedCheck(Row):
    """Where the reassigned numbers database must be asked before a solicitation.

    Attributes:
        unless_relationship: not for an established business relationship.
    """

    table: ClassVar[str] = "reassigned_check"

    unless_relationship: bool = field(validator=flag)


@frozen(kw_only=True)
class WrittenConsent(Row):
    """Where a promotion needs written consent even if the federal rule would ask for less.

    Attributes:
        spares_nonprofit: not of a tax-exempt nonprofit.
    """

    table: ClassVar[str] = "written_consent"

    spares_nonprofit: bool = field(validator=flag)


@frozen(kw_only=True)
class RevocationRuleset(Row):
    """How far the law lets one opt-out reach.

    Attributes:
        ruleset: its name.
        cross_category: an opt-out from one category ends all that need consent.
        in_force: False while nobody knows from when; a practice may say so by an override.
        supersedes: the rulesets that it replaces, whatever their dates.
    """

    table: ClassVar[str] = "revocation_ruleset"

    ruleset: str = field(validator=not_blank)
    cross_category: bool = field(validator=flag)
    in_force: bool = field(default=True, validator=flag)
    supersedes: tuple[str, ...] = field(default=(), converter=texts)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.in_force and super().holds_on(day)

    def subjects(self) -> tuple[Hashable, ...]:
        """Later ones supersede earlier ones, so they may overlap."""
        return (self.ruleset,)


@frozen(kw_only=True)
class Limit(Row):
    """A number that the law or a policy names.

    Attributes:
        value: how much.
        unit: of what.
    """

    table: ClassVar[str] = "limit"

    value: int = field(validator=whole(0))
    unit: str = field(validator=one_of(*UNITS))

    def subjects(self) -> tuple[Hashable, ...]:
        """It is about what its id says."""
        return (self.id,)


@frozen(kw_only=True)
class Note(Row):
    """Something for a lawyer to read; nothing is decided by it.

    Attributes:
        topic: what it is about.
        words: what it says.
    """

    table: ClassVar[str] = "note"

    topic: str = field(validator=one_of(*TOPICS))
    words: str = field(validator=not_blank)

    def subjects(self) -> tuple[Hashable, ...]:
        """Any number of notes may be about anything."""
        return (self.id,)


@frozen(kw_only=True)
class Shortener(Row):
    """Hosts of public link shorteners.

    Attributes:
        domains: lower case.
    """

    table: ClassVar[str] = "shortener"

    domains: tuple[str, ...] = field(converter=texts, validator=not_empty)

    def subjects(self) -> tuple[Hashable, ...]:
        """A host is listed once."""
        return self.domains


@frozen(kw_only=True)
class CarrierCap(Row):
    """How much a carrier takes from one 10DLC brand or campaign.

    Attributes:
        carrier: whose limit.
        per: ``"brand-day"`` or ``"campaign-minute"``.
        segments: at most that many.
        score_from: vetting scores from this on; absent, whatever the score.
        score_to: up to this.
        use_case: only campaigns of this use case; absent, all others.
        resets: IANA name of the zone at whose midnight a day begins.
    """

    table: ClassVar[str] = "carrier_cap"

    carrier: str = field(validator=not_blank)
    per: str = field(validator=one_of("brand-day", "campaign-minute"))
    segments: int = field(validator=at_least_one)
    score_from: int | None = field(default=None, validator=optional(whole(0, 100)))
    score_to: int | None = field(default=None, validator=optional(whole(0, 100)))
    use_case: str = field(default="", validator=text)
    resets: str | None = field(default=None, converter=converters.optional(known_zone))

    def __attrs_post_init__(self) -> None:
        """Refuse a score that nobody has."""
        super().__attrs_post_init__()
        if (self.score_from or 0) > (100 if self.score_to is None else self.score_to):
            msg = "score_from is higher than score_to; swap them"
            raise InvalidInput(msg)

    def subjects(self) -> tuple[Hashable, ...]:
        """It is about a carrier, a use case and a score."""
        return ((self.carrier, self.per, self.use_case, self.score_from),)


@frozen(kw_only=True)
class OptInElement(Row):
    """What an opt-in confirmation must say. CTIA 5.1.2.1.

    Attributes:
        element: which part.
        recurring_only: only where texts recur.
    """

    table: ClassVar[str] = "opt_in_element"

    element: str = field(validator=not_blank)
    recurring_only: bool = field(validator=flag)

    def subjects(self) -> tuple[Hashable, ...]:
        """It is about its element."""
        return (self.element,)


TABLES: dict[str, type[Row]] = {
    kind.table: kind
    for kind in (
        HoursRow,
        Cap,
        Holiday,
        AreaCodes,
        SplitAreaCode,
        Majority,
        Relationship,
        ReassignedCheck,
        WrittenConsent,
        RevocationRuleset,
        Limit,
        Note,
        Shortener,
        CarrierCap,
        OptInElement,
    )
}
