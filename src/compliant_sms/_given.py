"""What callers pass, refused where it is of another kind, before anything looks into it.

No message repeats what was passed: it may be a patient's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from inspect import iscoroutinefunction
from math import nan
from numbers import Real
from typing import Any, TypeGuard

from attrs import Attribute

from compliant_sms.errors import InvalidInput

A_TEXT = "a str; of a whole number, such as a key of your own database, str(...)"
"""What to pass where a text is needed."""

LONGEST = timedelta(days=36_600)
"""A hundred years, behind and before any instant that is asked about."""
_MOST = 2**63 - 1  # what a column of a database holds

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# RFC 5646, 2.1, as far as a language and what narrows it go.
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


def a_text(value: object, name: str) -> None:
    """Refuse what is no text."""
    a_kind(value, str, name, A_TEXT)


def a_kind(value: object, kinds: type | tuple[type, ...], name: str, instead: str) -> None:
    """Refuse what is none of these.

    Args:
        value: what was passed.
        kinds: what it may be.
        name: what to call it in the error.
        instead: what to pass.
    """
    if not isinstance(value, kinds):
        msg = f"{name} is of a type that cannot be used. Pass {instead}."
        raise InvalidInput(msg)


def is_awaited(function: object) -> bool:
    """Whether whoever calls it must await what it returns."""
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)


def each_of(
    values: Any,  # noqa: ANN401 - whatever was passed
    kinds: type | tuple[type, ...],
    name: str,
    instead: str,
) -> None:
    """Refuse what is no list of these, or no tuple."""
    a_kind(values, (list, tuple), name, instead)
    for value in values:
        a_kind(value, kinds, name, instead)


def yes_or_no(value: object, name: str) -> None:
    """Refuse anything else: a form's "no" would count as a yes."""
    if not isinstance(value, bool):
        msg = f"{name} must be True or False"
        raise InvalidInput(msg)


def bit(value: bool) -> bool:  # noqa: FBT001 - a converter
    """A converter of fields: what a column of a database has, 0 or 1."""
    return bool(value) if type(value) is int and value in {0, 1} else value


def flag(_: object, attribute: Attribute[bool], value: object) -> None:
    """A validator of fields: :func:`yes_or_no`."""
    yes_or_no(value, attribute.name)


def _is_whole(value: object) -> TypeGuard[int]:
    """Also one of an IntEnum: only True and False say something else."""
    return isinstance(value, int) and not isinstance(value, bool)


def how_many(value: object, name: str) -> None:
    """Refuse what is no whole number of things, or more than a database counts."""
    if not _is_whole(value) or not 0 <= value <= _MOST:
        msg = f"{name} says how many at most; pass a whole number, 0 or more"
        raise InvalidInput(msg)


def whole(_: object, attribute: Attribute[Any], value: object) -> None:
    """A validator of fields: a whole number, or None where that is the default."""
    if not _is_whole(value) and not (value is None and attribute.default is None):
        msg = f"{attribute.name} must be a whole number"
        raise InvalidInput(msg)


def a_number(value: object, name: str) -> None:
    """Refuse what is no number, or not finite."""
    # Whatever counts as one, such as a Fraction, but for what no float holds.
    number: Any = value if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not abs(number) <= _MOST:
        msg = f"{name} must be a number, and finite"
        raise InvalidInput(msg)


def span(_: object, attribute: Attribute[Any], value: object) -> None:
    """A validator of fields: a timedelta, or None where that is the default."""
    if value is None and attribute.default is None:
        return
    if not isinstance(value, timedelta) or abs(value) > LONGEST:
        msg = (
            f"{attribute.name} must be a timedelta, for example timedelta(seconds=60), of at "
            f"most {LONGEST.days:,} days"
        )
        raise InvalidInput(msg)


def positive_span(of: object, attribute: Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """A validator of fields: :func:`span`, of more than nothing."""
    span(of, attribute, value)
    if value <= timedelta(0):
        msg = f"{attribute.name} must be more than zero, and at most {LONGEST.days:,} days"
        raise InvalidInput(msg)


def day(value: date) -> date:
    """A converter of fields: the day of an instant, by its own clock."""
    return value.date() if isinstance(value, datetime) else value


def day_or_none(value: date | None) -> date | None:
    """The same, where there may be none."""
    # A table of pandas has NaT there, an instant that equals nothing.
    return None if value is None or value != value else day(value)  # noqa: PLR0124


def a_day(_: object, attribute: Attribute[Any], value: object) -> None:
    """A validator of fields: what is no day is refused; None where that is the default."""
    if value is not None or attribute.default is not None:
        instead = "a datetime.date, for example date(2026, 11, 30)"
        a_kind(value, date, attribute.name, instead)


def text(_: object, attribute: Attribute[Any], value: object) -> None:
    """A validator of fields: :func:`a_text`."""
    if not isinstance(value, str):  # asked here, as hundreds of fields of each text are checked
        a_text(value, attribute.name)


def told(of: object, attribute: Attribute[Any], value: str) -> None:
    """A validator of fields that go on record: who did something, or why; not blank."""
    text(of, attribute, value)
    if not value.strip():
        msg = (
            f"{attribute.name} is empty; whoever reads the record must know of what it is, by whom "
            "and why. Pass words, for example 'front-desk:ana' as by."
        )
        raise InvalidInput(msg)


def storable(of: object, attribute: Attribute[Any], value: str | None) -> None:
    """A validator of fields: what every store can keep; or None where that is the default."""
    if value is None and attribute.default is None:
        return
    text(of, attribute, value)
    if _UNSTORABLE.search(value or ""):
        msg = f"{attribute.name} holds a NUL or half a surrogate pair; pass whole characters"
        raise InvalidInput(msg)


def utf_8(value: str, name: str) -> bytes:
    """A text in UTF-8, which holds no half of a surrogate pair."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        pass
    # Outside of the handler: what it caught holds the text.
    msg = f"{name} holds half a surrogate pair; decode it properly before"
    raise InvalidInput(msg)


def language(_: object, attribute: Attribute[Any], value: str) -> None:
    """A validator of fields: a tag of a language, and not its name."""
    a_text(value, attribute.name)
    if not _TAG.fullmatch(value):
        msg = f"{attribute.name} must be a tag such as 'es' or 'es-MX' (BCP 47)"
        raise InvalidInput(msg)


def primary(tag: str) -> str:
    """The language of a tag: ``"es"`` of ``"es-MX"``, and of ``"es_MX"`` (BCP 47)."""
    return tag.replace("_", "-").partition("-")[0].lower()


def kind(
    kinds: type | tuple[type, ...], instead: str
) -> Callable[[object, Attribute[Any], Any], None]:
    """A validator of fields: :func:`a_kind`, or None where that is the default."""

    def check(_: object, attribute: Attribute[Any], value: object) -> None:
        if value is not None or attribute.default is not None:
            a_kind(value, kinds, attribute.name, instead)

    return check
