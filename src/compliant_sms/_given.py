"""Checks of arguments: wrong types and values are refused before anything uses them.

No message repeats what was passed: it may be a patient's data.
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

A_TEXT = "a str; for a whole number, such as a key of your own database, str(...)"
"""What to pass where a string is needed."""

LONGEST = timedelta(days=36_600)
"""A hundred years, before and after any instant that is asked about."""
_MOST = 2**63 - 1  # the most that a database column holds

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# RFC 5646, 2.1, for a language and its subtags.
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


def a_text(value: object, name: str) -> None:
    """Refuse anything but a string.

    Args:
        value: what was passed.
        name: what to call it in the error.
    """
    a_kind(value, str, name, A_TEXT)


def a_kind(value: object, kinds: type | tuple[type, ...], name: str, instead: str) -> None:
    """Refuse values of other types.

    Args:
        value: what was passed.
        kinds: the types it may have.
        name: what to call it in the error.
        instead: what to pass.
    """
    if not isinstance(value, kinds):
        msg = f"{name} is of a type that cannot be used. Pass {instead}."
        raise InvalidInput(msg)


def is_awaited(function: object) -> bool:
    """Whether a caller must await what it returns."""
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)


def each_of(
    values: Any,  # noqa: ANN401 - whatever was passed
    kinds: type | tuple[type, ...],
    name: str,
    instead: str,
) -> None:
    """Refuse anything but a list or tuple of these types."""
    a_kind(values, (list, tuple), name, instead)
    for value in values:
        a_kind(value, kinds, name, instead)


def yes_or_no(value: object, name: str) -> None:
    """Refuse anything else: a form's "no" would count as a yes."""
    if not isinstance(value, bool):
        msg = f"{name} must be True or False"
        raise InvalidInput(msg)


def bit(value: bool) -> bool:  # noqa: FBT001 - a converter
    """Convert a field: a database column has 0 or 1."""
    return bool(value) if type(value) is int and value in {0, 1} else value


def flag(_: object, attribute: Attribute[bool], value: object) -> None:
    """Validate a field with :func:`yes_or_no`."""
    yes_or_no(value, attribute.name)


def _is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number. An IntEnum's member is one; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def how_many(value: object, name: str) -> None:
    """Refuse anything but a whole number, 0 or more, that a database can hold."""
    if not _is_whole(value) or not 0 <= value <= _MOST:
        msg = f"{name} says how many at most; pass a whole number, 0 or more"
        raise InvalidInput(msg)


def whole(_: object, attribute: Attribute[Any], value: object) -> None:
    """Validate a field: a whole number, or None where that is the default."""
    if not _is_whole(value) and not (value is None and attribute.default is None):
        msg = f"{attribute.name} must be a whole number"
        raise InvalidInput(msg)


def a_number(value: object, name: str) -> None:
    """Refuse anything but a finite number."""
    # Any real number, such as a Fraction, unless no float holds it.
    number: Any = value if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not abs(number) <= _MOST:
        msg = f"{name} must be a finite number"
        raise InvalidInput(msg)


def span(_: object, attribute: Attribute[Any], value: object) -> None:
    """Validate a field: a timedelta, or None where that is the default."""
    if value is None and attribute.default is None:
        return
    if not isinstance(value, timedelta) or abs(value) > LONGEST:
        msg = (
            f"{attribute.name} must be a timedelta, for example timedelta(seconds=60), of at "
            f"most {LONGEST.days:,} days"
        )
        raise InvalidInput(msg)


def positive_span(of: object, attribute: Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Validate a field with :func:`span`, and more than zero."""
    span(of, attribute, value)
    if value <= timedelta(0):
        msg = f"{attribute.name} must be more than zero, and at most {LONGEST.days:,} days"
        raise InvalidInput(msg)


def day(value: date) -> date:
    """Convert a field: the day of an instant, by its own clock."""
    return value.date() if isinstance(value, datetime) else value


def day_or_none(value: date | None) -> date | None:
    """:func:`day`, or None."""
    # A pandas table has NaT there, an instant that equals nothing.
    return None if value is None or value != value else day(value)  # noqa: PLR0124


def a_day(_: object, attribute: Attribute[Any], value: object) -> None:
    """Validate a field: a day, or None where that is the default."""
    if value is not None or attribute.default is not None:
        instead = "a datetime.date, for example date(2026, 11, 30)"
        a_kind(value, date, attribute.name, instead)


def text(_: object, attribute: Attribute[Any], value: object) -> None:
    """Validate a field with :func:`a_text`."""
    if not isinstance(value, str):  # inlined: hundreds of fields are checked for each text
        a_text(value, attribute.name)


def told(of: object, attribute: Attribute[Any], value: str) -> None:
    """Validate a field that goes on record, such as who did something or why: not blank."""
    text(of, attribute, value)
    if not value.strip():
        msg = (
            f"{attribute.name} is empty; the record must tell its reader what was done, by whom "
            "and why. Pass words, for example by='front-desk:ana'."
        )
        raise InvalidInput(msg)


def storable(of: object, attribute: Attribute[Any], value: str | None) -> None:
    """Validate a field: a string that every store can hold, or None where that is the default."""
    if value is None and attribute.default is None:
        return
    text(of, attribute, value)
    if _UNSTORABLE.search(value or ""):
        msg = f"{attribute.name} holds a NUL or half a surrogate pair; pass whole characters"
        raise InvalidInput(msg)


def utf_8(value: str, name: str) -> bytes:
    """Encode a string in UTF-8; refuse half a surrogate pair.

    Args:
        value: the string.
        name: what to call it in the error.
    """
    try:
        return value.encode()
    except UnicodeEncodeError:
        pass
    # Outside the handler: the caught error holds the text.
    msg = f"{name} holds half a surrogate pair; decode it properly first"
    raise InvalidInput(msg)


def language(_: object, attribute: Attribute[Any], value: str) -> None:
    """Validate a field: a language tag, not the language's name."""
    a_text(value, attribute.name)
    if not _TAG.fullmatch(value):
        msg = f"{attribute.name} must be a tag such as 'es' or 'es-MX' (BCP 47)"
        raise InvalidInput(msg)


def primary(tag: str) -> str:
    """The language of a tag: ``"es"`` for ``"es-MX"`` and ``"es_MX"`` (BCP 47)."""
    return tag.replace("_", "-").partition("-")[0].lower()


def kind(
    kinds: type | tuple[type, ...], instead: str
) -> Callable[[object, Attribute[Any], Any], None]:
    """Make a validator of fields: :func:`a_kind`, or None where that is the default."""

    def check(_: object, attribute: Attribute[Any], value: object) -> None:
        if value is not None or attribute.default is not None:
            a_kind(value, kinds, attribute.name, instead)

    return check
