"""What other sources know about a number, and as of when.

The library asks nobody by itself: you pass functions that ask your own vendor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from attrs import field, frozen

from compliant_sms import _given, records
from compliant_sms.choices import Word
from compliant_sms.phone import PhoneNumber

__all__ = [
    "AsyncLookups",
    "DncAnswer",
    "LineAnswer",
    "LineType",
    "LookupAnswers",
    "Lookups",
    "Reassigned",
    "ReassignedAnswer",
]


class LineType(Word):
    """What kind of line a number is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"


class Reassigned(Word):
    """An answer of the reassigned numbers database. DA 21-1649; 47 CFR 64.1200(m)."""

    YES = "yes"
    """A permanent disconnect since the day asked about is recorded."""
    NO = "no"
    NO_DATA = "no_data"


@frozen(kw_only=True)
class DncAnswer:
    """Whether a number is in the national do-not-call registry. 47 CFR 64.1200(c)(2).

    Attributes:
        listed: whether it is.
        as_of: the day of the copy of the registry that was asked.
    """

    listed: bool = field(converter=_given.bit, validator=_given.flag)
    as_of: date = field(converter=_given.day, validator=_given.a_day)


@frozen(kw_only=True)
class ReassignedAnswer:
    """Whether a number changed hands.

    Attributes:
        answer: what the database said.
        since: the day asked about: that of the consent, or the last on which the number was known
            to be right.
        as_of: the day on which it was asked.
    """

    answer: Reassigned = field(converter=Reassigned)
    since: date = field(converter=_given.day, validator=_given.a_day)
    as_of: date = field(converter=_given.day, validator=_given.a_day)


@frozen(kw_only=True)
class LineAnswer:
    """What kind of line a number is.

    Attributes:
        kind: the kind of line.
        as_of: the day on which this was found out; numbers move between lines.
    """

    kind: LineType = field(converter=LineType)
    as_of: date = field(converter=_given.day, validator=_given.a_day)


@records.lean
@frozen(kw_only=True)
class LookupAnswers:
    """What was found out about the recipient's number; None where nobody asked.

    Attributes:
        national_dnc: the national do-not-call registry.
        reassigned: the reassigned numbers database.
        line: what kind of line it is.
        deactivated_on: since when a carrier lists it as deactivated (CTIA 5.1.5).
    """

    national_dnc: DncAnswer | None = None
    reassigned: ReassignedAnswer | None = None
    line: LineAnswer | None = None
    deactivated_on: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day
    )


@frozen(kw_only=True)
class Lookups:
    """Your lookup functions, for :class:`compliant_sms.Messenger`. None means not to ask.

    Args:
        national_dnc: asks the national do-not-call registry; promotions only.
        reassigned: asks the reassigned numbers database about the number since a day: that of the
            newest consent, or of a booking only if there is no other consent.
        line_type: asks what kind of line it is.
        deactivated_on: asks since when a carrier lists the number as deactivated. Somebody who
            agreed more than 45 days after that, other than by booking, is taken to hold it now.
    """

    national_dnc: Callable[[PhoneNumber], DncAnswer | None] | None = None
    reassigned: Callable[[PhoneNumber, date], ReassignedAnswer | None] | None = None
    line_type: Callable[[PhoneNumber], LineAnswer | None] | None = None
    deactivated_on: Callable[[PhoneNumber], date | None] | None = None


@frozen(kw_only=True)
class AsyncLookups:
    """:class:`Lookups` for an event loop.

    Args:
        national_dnc: asks the national do-not-call registry; promotions only.
        reassigned: asks the reassigned numbers database about the number since a day: that of the
            newest consent, or of a booking only if there is no other consent.
        line_type: asks what kind of line it is.
        deactivated_on: asks since when a carrier lists the number as deactivated.
    """

    national_dnc: Callable[[PhoneNumber], Awaitable[DncAnswer | None]] | None = None
    reassigned: Callable[[PhoneNumber, date], Awaitable[ReassignedAnswer | None]] | None = None
    line_type: Callable[[PhoneNumber], Awaitable[LineAnswer | None]] | None = None
    deactivated_on: Callable[[PhoneNumber], Awaitable[date | None]] | None = None
