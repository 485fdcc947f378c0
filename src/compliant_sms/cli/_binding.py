"""Which rows of the packs bind a text: by place, purpose and day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

from attrs import frozen

from compliant_sms.classification import (
    CONSENT_CLASSES,
    HoursBound,
    ImpliedBy,
    MessageClass,
    Purpose,
)
from compliant_sms.rules import Pack, Row

TOPICS = (
    *("class", "consent", "healthcare exemption", "hours", "holidays", "caps", "opt-out line"),
    *("opt-out", "do-not-call", "reassigned numbers", "HIPAA", "majority", "registration"),
    *("devices", "carriers", "reach", "penalty", "records", "places", "limits"),
)
"""The order of tables."""

_BY_TABLE = {
    "hours": "hours",
    "cap": "caps",
    "holiday": "holidays",
    "area_codes": "places",
    "split_area_code": "places",
    "majority": "majority",
    "relationship": "do-not-call",
    "reassigned_check": "reassigned numbers",
    "written_consent": "consent",
    "revocation_ruleset": "opt-out",
    "shortener": "carriers",
    "carrier_cap": "carriers",
    "opt_in_element": "consent",
}
# By the beginning of a limit's id, which names what it limits.
_BY_LIMIT = {
    "opt-out-retention": "records",
    "opt-out": "opt-out",
    "honor-opt-out": "opt-out",
    "unsubscribe": "opt-out",
    "contact-valid": "opt-out",
    "exemption": "healthcare exemption",
    "dnc-retention": "records",
    "dnc": "do-not-call",
    "hipaa-retention": "records",
    "breach": "HIPAA",
    "reassigned": "reassigned numbers",
    "care-reply": "consent",
    "implied-consent": "consent",
    "claims": "penalty",
}
_OPT_IN = "opt_in_element"
_PLACES = frozenset({"area_codes", "split_area_code"})


class Status(StrEnum):
    """Whether a row is in force on the day."""

    IN_FORCE = "in force"
    LATER = "later"
    ENDED = "ended"
    NO_DATE = "no date is known yet"


@frozen(kw_only=True)
class Query:
    """A query for rows.

    Attributes:
        packs: the packs whose rows are searched.
        country: ISO 3166-1 code.
        day: the day in question.
        states: postal codes; none for what applies in the whole country.
        purpose: the purpose of the text; None for any.
        carriers: also what carriers and their association ask for.
        everything: all rows of the country, whatever their state, day and purpose.
    """

    packs: tuple[Pack, ...]
    country: str
    day: date
    states: tuple[str, ...] = ()
    purpose: Purpose | None = None
    carriers: bool = False
    everything: bool = False


@frozen(kw_only=True)
class Bound:
    """A row that binds.

    Attributes:
        topic: one of :data:`TOPICS`.
        pack: the pack that contains it.
        row: the row itself.
        status: whether it is in force on the day.
    """

    topic: str
    pack: Pack
    row: Row
    status: Status


def bound(query: Query) -> list[Bound]:
    """The rows that bind, by topic and in the order of the packs."""
    found = [
        Bound(topic=topic_of(row), pack=pack, row=row, status=_status(row, query.day))
        for pack in query.packs
        if pack.country in {None, query.country}
        for row in pack.rows
        if query.everything or _binds(row, pack, query)
    ]
    return sorted(found, key=lambda each: TOPICS.index(each.topic))


def topic_of(row: Row) -> str:
    """What a row is about: one of :data:`TOPICS`."""
    if row.table == "note":
        return str(getattr(row, "topic", "limits"))
    if row.table == "limit":
        fitting = (topic for begin, topic in _BY_LIMIT.items() if row.id.startswith(begin))
        return next(fitting, "limits")
    return _BY_TABLE.get(row.table, "limits")


def _status(row: Row, day: date) -> Status:
    if row.holds_on(day):
        return Status.IN_FORCE
    if row.effective_to is not None and row.effective_to <= day:
        return Status.ENDED
    begun = row.effective_from is None or row.effective_from <= day
    return Status.NO_DATE if begun else Status.LATER


def _binds(row: Row, pack: Pack, query: Query) -> bool:
    if row.table in _PLACES or _status(row, query.day) is Status.ENDED:
        return False
    if _is_carriers(pack) and not (query.carriers or (query.purpose and row.table == _OPT_IN)):
        return False
    if row.states and not set(row.states) & set(query.states):
        return False
    if row.table == "holiday" and not _closes_on_holidays(query):
        return False
    return query.purpose is None or _concerns(row, pack, query.purpose)


def _is_carriers(pack: Pack) -> bool:
    return pack.name == "carriers" and not pack.own


def _closes_on_holidays(query: Query) -> bool:
    if query.purpose is None and not query.states:
        return True
    return any(
        getattr(row, "holidays", None) is not None
        for row in _hours(query)
        if not row.states or set(row.states) & set(query.states)
    )


def _hours(query: Query) -> Iterator[Row]:
    for pack in query.packs:
        if pack.country in {None, query.country}:
            yield from (row for row in pack.rows if row.table == "hours")


def _sells(purpose: Purpose) -> bool:
    return purpose.message_class is MessageClass.MARKETING


def _needs_consent(purpose: Purpose) -> bool:
    return purpose.message_class in CONSENT_CLASSES


def _always(_: Purpose) -> bool:
    return True


_OF_TABLE: dict[str, Callable[[Purpose], bool]] = {
    "hours": lambda purpose: purpose.hours is HoursBound.LAW,
    "holiday": lambda purpose: purpose.hours is HoursBound.LAW,
    "cap": _sells,
    "relationship": _sells,
    "reassigned_check": _sells,
    "written_consent": _sells,
    "majority": _needs_consent,
    "revocation_ruleset": _needs_consent,
    _OPT_IN: lambda purpose: purpose.code == "opt_in_confirmation",
    "carrier_cap": lambda purpose: purpose.message_class is not MessageClass.EMERGENCY,
}
_OF_LIMIT: dict[str, Callable[[Purpose], bool]] = {
    "healthcare exemption": lambda purpose: purpose.exemptible,
    "do-not-call": _sells,
    "opt-out": lambda p: _needs_consent(p) or p.code == "opt_out_confirmation",
    "reassigned numbers": _needs_consent,
}
# What the notes of a country say about these binds everybody; the others are about solicitations,
# and so is all that a state's notes say (no state was found that binds care by text).
_FOR_ALL = frozenset({"consent", "penalty", "reach"})


def _concerns(row: Row, pack: Pack, purpose: Purpose) -> bool:
    if row.table == "limit":
        if row.id.startswith("care-reply"):
            return purpose.implied_by is ImpliedBy.OWN_TEXT
        if row.id.startswith(("implied-consent", "dnc")):
            return _sells(purpose)
        return _OF_LIMIT.get(topic_of(row), _always)(purpose)
    if row.table == "note":
        for_all = pack.country is None or (not row.states and topic_of(row) in _FOR_ALL)
        return for_all or _sells(purpose)
    return _OF_TABLE.get(row.table, _always)(purpose)
