"""Appointments as the practice's software knows them."""

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
    """Where an appointment is."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    """The patient said so. It is still reminded of, and no longer asked about."""
    ARRIVED = "arrived"
    DONE = "done"
    """Recalls count from here."""
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    @property
    def is_ahead(self) -> bool:
        """Whether the patient is still to come."""
        return self in {Status.BOOKED, Status.CONFIRMED}


@frozen
class Kind:
    """What kind of visit it is.

    Args:
        code: yours, for example ``"cleaning"``. Plans are chosen by it.
        sensitivity: the kind of care. A text about anything but general care keeps to the least
            words, and tells of no other visit.
    """

    code: str = field(validator=_given.storable)
    sensitivity: Sensitivity = field(default=Sensitivity.GENERAL, converter=Sensitivity)

    @property
    def is_sensitive(self) -> bool:
        """Whether it is more than general care."""
        return self.sensitivity is not Sensitivity.GENERAL


def _kind(value: str | Kind) -> Kind:
    return value if isinstance(value, Kind) else Kind(value)


def _numbers(values: Iterable[str | PhoneNumber] | str | PhoneNumber) -> tuple[PhoneNumber, ...]:
    # None, as of a patient whose number nobody knows, is told as that: no number.
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
        id: yours.
        occurrence: which visit of a series; it stays the same when that visit moves. Empty for a
            visit of its own.
        person: your id of the patient.
        numbers: where to text, the preferred first. One text goes, to the first at which the
            patient agreed to such texts and nothing on record ends them.
        start: the clinic's wall time, without a time zone; an aware time is turned into it.
        time_zone: IANA name of the zone in which that is, as that of a place.
        place: where, for your own words. The library's never name it.
        kind: what kind of visit, or its code.
        status: where it is.
        language: of the library's own words, ``"en"``, ``"es"`` or ``"fr"``, where the profile of
            the person says nothing else.

    Raises:
        InvalidInput: an argument cannot be used.
        InvalidPhoneNumber: one of the numbers is none.
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
        """Refuse what nobody can be reminded of; bring the start into the clinic's wall time."""
        _given.a_kind(self.start, datetime, "start", "a datetime, the clinic's wall time")
        if self.start.tzinfo is not None:
            with suppress(OverflowError):  # at the ends of the calendar, which are refused below
                object.__setattr__(self, "start", wall_of(self.start, self.time_zone))
        object.__setattr__(self, "start", self.start.replace(tzinfo=None, fold=0, microsecond=0))
        if not _FIRST_YEAR < self.start.year < _LAST_YEAR:
            msg = f"start is no day of a visit; pass one between {_FIRST_YEAR} and {_LAST_YEAR}"
            raise InvalidInput(msg)
        if not self.numbers:
            msg = "an appointment needs at least one number to be texted about"
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
            msg = f"the library's own words are in {', '.join(sorted(LANGUAGES))}; pass one of them"
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
    """The visits of a recurring appointment.

    The wall time stays the same while clocks change. Each has its day and time for an occurrence,
    as RECURRENCE-ID names it in iCalendar (RFC 5545, 3.8.4.4), and can be moved or cancelled by
    itself.

    Args:
        first: the first visit, without an occurrence.
        rule: an RRULE (RFC 5545, 3.3.10), for example ``"FREQ=WEEKLY;COUNT=6"``. Its UNTIL is in
            UTC, as calendars write it beside a time zone, or the clinic's wall time; a day counts
            to its end. Lines with ``EXDATE:`` and the clinic's wall times leave visits out, also
            the first.
        until: the last day (on the clinic's calendar); needed where the rule has no end.

    Raises:
        InvalidInput: it is no rule, the first visit is none of its series (3.8.5.3 leaves open what
            that would mean), it has no end, or it has more than 1,000 visits.
    """
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - few have series

    _given.a_text(rule, "the rule")
    if first.occurrence:
        msg = (
            "the first appointment of a series has an occurrence already. Leave occurrence out; "
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
        msg = "the rule is no RRULE of RFC 5545. Pass one such as 'FREQ=WEEKLY;COUNT=6'."
        raise InvalidInput(msg) from error
    if begins != first.start:
        msg = (
            "the first appointment is no visit of the series: the rule has none at its day and "
            "time, or ends before. Pass the first one that the rule has, for BYDAY=MO on a Monday; "
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
    """A rule whose UNTIL, a day or in UTC, is what the clinic's clock shows.

    Raises:
        ValueError: it is no day or time.
    """

    def written(found: re.Match[str]) -> str:
        day, clock, in_utc = found.groups()
        last = datetime.strptime(day + (clock or _END_OF_DAY), "%Y%m%d%H%M%S")  # noqa: DTZ007
        if in_utc:
            last = wall_of(last.replace(tzinfo=UTC), zone)
        return f"UNTIL={last:%Y%m%dT%H%M%S}"

    return _UNTIL.sub(written, rule)


def _recorded(appointment: Appointment) -> object:
    # A naive time is no instant, and must not be kept as one.
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
    # Checked when it was kept: numbering plans change, as does which zones are taken, and no visit
    # may vanish with them.
    numbers = [PhoneNumber(number) for number in data["numbers"]]
    rest = {**data, "numbers": numbers, "start": datetime.fromisoformat(data["start"])}
    kind, zone = Kind(rest.pop("kind"), rest.pop("sensitivity")), rest.pop("zone")
    visit = Appointment(**rest, time_zone=_ANY_ZONE, kind=kind)
    object.__setattr__(visit, "time_zone", zone)
    return visit


records.keep_as(Appointment, _recorded, _from_record)
