"""Appointments, as the practice's software knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from itertools import islice, takewhile
from typing import Any

from attrs import Attribute, evolve, field, frozen

from compliant_sms import _given, records
from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput
from compliant_sms.phi import Sensitivity
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.practice import visit_zone
from compliant_sms.reminders._wall import instant_of, wall_of
from compliant_sms.text import LANGUAGES

_LONGEST_ID = 150
_LONGEST_OCCURRENCE = 50
_MOST_OCCURRENCES = 1000
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_UNTIL = re.compile(r"\bUNTIL=(\d{8})(?:T(\d{6})(Z?))?(?![^;\s])", re.IGNORECASE | re.ASCII)
_EXDATE = re.compile(r"^EXDATE\b.*$", re.IGNORECASE | re.MULTILINE)
_END_OF_DAY = "235959"
_ANY_ZONE = "America/New_York"


class Status(Word):
    """The state of an appointment, as you say it: no clock changes it.

    - ``BOOKED``: reminders go, and ask to confirm.
    - ``CONFIRMED``: reminders go, and no longer ask.
    - ``ARRIVED``: no more reminders.
    - ``DONE``: no more reminders; recalls count from it.
    - ``CANCELLED``, ``NO_SHOW``: no more reminders, and it does not end the recalls of an earlier
      visit. All others do.

    An answer of the patient that you have not acknowledged stands while the visit stays booked or
    confirmed at its time.
    """

    BOOKED = "booked"
    """The patient is expected, is reminded, and is asked to confirm."""
    CONFIRMED = "confirmed"
    """The patient confirmed it. They are still reminded of it, but no longer asked to confirm."""
    ARRIVED = "arrived"
    """The patient is there. Nobody is reminded any more; no recall counts from it yet."""
    DONE = "done"
    """It took place. Recalls count from it."""
    CANCELLED = "cancelled"
    """It will not take place. Waiting reminders are cancelled."""
    NO_SHOW = "no_show"
    """The patient did not come. Nothing more goes by itself."""

    @property
    def is_ahead(self) -> bool:
        """Whether the patient is still expected."""
        return self in {Status.BOOKED, Status.CONFIRMED}


@frozen
class Kind:
    """A kind of visit.

    Args:
        code: your code for it, for example ``"cleaning"``. Plans are chosen by it.
        sensitivity: the kind of care. A text about anything but general care says as little as
            possible, and mentions no other visit.
    """

    code: str = field(validator=_given.storable)
    sensitivity: Sensitivity = field(default=Sensitivity.GENERAL, converter=Sensitivity)

    @property
    def is_sensitive(self) -> bool:
        """Whether it is anything but general care."""
        return self.sensitivity is not Sensitivity.GENERAL


def _kind(value: str | Kind) -> Kind:
    return value if isinstance(value, Kind) else Kind(value)


def _numbers(values: Iterable[str | PhoneNumber] | str | PhoneNumber) -> tuple[PhoneNumber, ...]:
    # None, for a patient whose number is not known, is reported as having no number.
    each = [values] if isinstance(values, str | PhoneNumber | None) else [*values]
    return tuple(map(as_number, each))


def _named(of: object, attribute: Attribute[str], value: str) -> None:
    _given.storable(of, attribute, value)
    if not value.strip():
        msg = f"an appointment's {attribute.name} is empty; pass your own id of it"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Appointment:
    """A visit, as it stands now.

    Args:
        id: your id of it.
        occurrence: which visit of a series; it stays the same when that visit moves. Empty for a
            single visit.
        person: your id of the patient.
        numbers: where to text, in order of preference. One text goes, to the first number at which
            the patient agreed to such texts and nothing on record ends them.
        start: the clinic's wall time, without a time zone; an aware time is converted to it.
        time_zone: IANA name of the clinic's zone, as a place, such as ``"America/Chicago"``.
        place: where it is, for your own wording. The library's own wording never names it.
        kind: the kind of visit, or its code.
        status: its state.
        language: language of the library's own wording, ``"en"``, ``"es"`` or ``"fr"``, unless the
            person's profile has one.

    Raises:
        InvalidInput: an argument cannot be used.
        InvalidPhoneNumber: one of the numbers is not a phone number.
    """

    id: str = field(validator=_named)
    occurrence: str = field(default="", validator=_given.storable)
    person: str = field(validator=_named)
    numbers: tuple[PhoneNumber, ...] = field(converter=_numbers, repr=False)
    start: datetime = field()
    time_zone: str = field(converter=visit_zone)
    place: str = field(default="", validator=_given.storable, repr=False)
    kind: Kind = field(default=Kind("visit"), converter=_kind, repr=False)
    status: Status = field(default=Status.BOOKED, converter=Status)
    language: str = field(default="en")

    def __attrs_post_init__(self) -> None:
        """Refuse visits that nobody can be reminded of; convert the start to wall time."""
        _given.a_kind(self.start, datetime, "start", "a datetime, the clinic's wall time")
        if self.start.tzinfo is not None:
            with suppress(OverflowError):  # at the ends of the calendar, which are refused below
                object.__setattr__(self, "start", wall_of(self.start, self.time_zone))
        object.__setattr__(self, "start", self.start.replace(tzinfo=None, fold=0, microsecond=0))
        if not _FIRST_YEAR < self.start.year < _LAST_YEAR:
            msg = f"start is not a plausible day; pass one between {_FIRST_YEAR} and {_LAST_YEAR}"
            raise InvalidInput(msg)
        if not self.numbers:
            msg = "an appointment needs at least one number to text"
            raise InvalidInput(msg)
        if len(self.id) > _LONGEST_ID or len(self.occurrence) > _LONGEST_OCCURRENCE:
            msg = (
                "id or occurrence of an appointment is too long for the key of a reminder. Use at "
                f"most {_LONGEST_ID} characters for the id, and {_LONGEST_OCCURRENCE} for the "
                "occurrence."
            )
            raise InvalidInput(msg)
        if "/" in self.occurrence:
            msg = (
                "the occurrence holds a '/', which separates the parts of a reminder's key. Use "
                "another character, for example '-'."
            )
            raise InvalidInput(msg)
        if self.language not in LANGUAGES:
            msg = f"language must be one of: {', '.join(sorted(LANGUAGES))}"
            raise InvalidInput(msg)

    @property
    def starts_at(self) -> datetime:
        """The instant (UTC) of its start."""
        return instant_of(self.start, self.time_zone)

    @property
    def key(self) -> tuple[str, str]:
        """Its id and its occurrence."""
        return self.id, self.occurrence


def series(first: Appointment, rule: str, *, until: date | None = None) -> tuple[Appointment, ...]:
    """List the visits of a recurring appointment.

    The wall time stays the same when clocks change. Each visit has its day and time as its
    occurrence, like RECURRENCE-ID in iCalendar (RFC 5545, 3.8.4.4), and can be moved or cancelled
    by itself.

    Args:
        first: the first visit, without an occurrence.
        rule: an RRULE (RFC 5545, 3.3.10), for example ``"FREQ=WEEKLY;COUNT=6"``. Its UNTIL is in
            UTC, as calendars write it with a time zone, or in the clinic's wall time; a day counts
            to its end. Lines with ``EXDATE:`` and the clinic's wall times leave out visits, even
            the first.
        until: the last day (on the clinic's calendar); required if the rule has no end.

    Raises:
        InvalidInput: it is not a rule, the first visit is not in its series (3.8.5.3 does not say
            what that would mean), it has no end, or it has more than 1,000 visits.
    """
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - few have series

    _given.a_text(rule, "the rule")
    if first.occurrence:
        msg = (
            "the first appointment of a series already has an occurrence. Leave occurrence out; "
            "each visit of the series gets its own."
        )
        raise InvalidInput(msg)
    last = datetime.combine(until, time.max) if until else None
    if last is not None and first.start > last:
        return ()
    try:
        written = _in_wall_time(rule, first.time_zone)
        every: Iterable[datetime] = rrulestr(written, dtstart=first.start)
        begins = next(iter(rrulestr(_EXDATE.sub("", written), dtstart=first.start)), None)
        starts = list(
            islice(
                takewhile(lambda start: last is None or start <= last, every),
                _MOST_OCCURRENCES + 1,
            )
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        msg = "the rule is not an RRULE of RFC 5545. Pass one such as 'FREQ=WEEKLY;COUNT=6'."
        raise InvalidInput(msg) from error
    if begins != first.start:
        msg = (
            "the first appointment is not in the series: the rule has no visit at its day and "
            "time, or ends before it. Pass the first visit of the rule, for BYDAY=MO on a Monday; "
            "or change the rule."
        )
        raise InvalidInput(msg)
    if len(starts) > _MOST_OCCURRENCES:
        msg = (
            f"the series has more than {_MOST_OCCURRENCES:,} visits. Add COUNT or UNTIL to the "
            "rule, or pass until=..."
        )
        raise InvalidInput(msg)
    return tuple(
        evolve(first, start=start, occurrence=f"{start:%Y%m%dT%H%M%S}") for start in starts
    )


def _in_wall_time(rule: str, zone: str) -> str:
    """Convert a rule's UNTIL, a day or in UTC, to the clinic's wall time.

    Raises:
        ValueError: it is not a day or time.
    """

    def written(found: re.Match[str]) -> str:
        day, clock, in_utc = found.groups()
        last = datetime.strptime(day + (clock or _END_OF_DAY), "%Y%m%d%H%M%S")  # noqa: DTZ007
        if in_utc:
            last = wall_of(last.replace(tzinfo=UTC), zone)
        return f"UNTIL={last:%Y%m%dT%H%M%S}"

    return _UNTIL.sub(written, rule)


def _recorded(appointment: Appointment) -> object:
    # A naive time is not an instant, and must not be stored as one.
    return {
        "id": appointment.id,
        "occurrence": appointment.occurrence,
        "person": appointment.person,
        "numbers": [number.e164 for number in appointment.numbers],
        "start": appointment.start.isoformat(),
        "zone": appointment.time_zone,
        "place": appointment.place,
        "kind": appointment.kind.code,
        "sensitivity": appointment.kind.sensitivity.value,
        "status": appointment.status.value,
        "language": appointment.language,
    }


def _from_record(data: Any) -> Appointment:  # noqa: ANN401 - what JSON holds
    # It was checked when it was stored. Numbering plans and accepted zones change, and no visit may
    # vanish with them.
    numbers = [PhoneNumber(number) for number in data["numbers"]]
    rest = {**data, "numbers": numbers, "start": datetime.fromisoformat(data["start"])}
    kind, zone = Kind(rest.pop("kind"), rest.pop("sensitivity")), rest.pop("zone")
    visit = Appointment(**rest, time_zone=_ANY_ZONE, kind=kind)
    object.__setattr__(visit, "time_zone", zone)
    return visit


records.keep_as(Appointment, _recorded, _from_record)
