"""What every row of a pack has, and how a row checks itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.rules._day import day_of

_AREA_CODE = 3
_Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"


class Certainty(StrEnum):
    """How sure a fact is. A lawyer approves any rule set before it guards live traffic."""

    VERIFIED = "verified"
    """The text, or a faithful quotation of it, was found in a public source."""
    SECONDARY = "verified, secondary"
    """Found in a summary of the source."""
    MEMORY = "from memory"
    """Check before relying on it."""
    POLICY = "policy"
    """Not law: the careful choice of this library."""
    UNKNOWN = "unknown"


def _certainty(value: object) -> Certainty:
    try:
        return Certainty(value)  # type: ignore[arg-type]
    except ValueError:
        msg = f"one of these is needed: {', '.join(repr(str(each)) for each in Certainty)}"
        raise InvalidInput(msg) from None


def _has_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def not_blank(_: object, __: Attribute[str], value: object) -> None:
    if not _has_words(value):
        msg = "a text that is not empty is needed"
        raise InvalidInput(msg)


def text(_: object, __: Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        msg = "a text is needed"
        raise InvalidInput(msg)


def texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or not all(map(_has_words, values)):
        msg = 'a list of texts is needed, for example ["PA"]'
        raise InvalidInput(msg)
    if len(set(values)) < len(values):
        twice = dict.fromkeys(value for value in values if values.count(value) > 1)
        msg = f"listed twice: {', '.join(twice)}. Name each once."
        raise InvalidInput(msg)
    return tuple(values)


def not_empty(_: object, __: Attribute[tuple[str, ...]], values: Collection[str]) -> None:
    if not values:
        msg = "the list is empty"
        raise InvalidInput(msg)


def area_codes(_: object, __: Attribute[tuple[str, ...]], codes: tuple[str, ...]) -> None:
    if not codes or not all(len(c) == _AREA_CODE and c.isascii() and c.isdigit() for c in codes):
        msg = 'area codes are three digits in quotes, for example ["217", "447"]'
        raise InvalidInput(msg)


def whole(least: int, most: int | None = None) -> _Validator:
    """A check for a whole number; true and false are none, though Python counts with them."""
    needed = f"of at least {least}" if most is None else f"from {least} to {most}"

    def check(_: object, __: Attribute[Any], value: object) -> None:
        if type(value) is not int or value < least or (most is not None and value > most):
            msg = f"a whole number {needed} is needed"
            raise InvalidInput(msg)

    return check


def one_of(*choices: object) -> _Validator:
    """A check for one of a few values."""

    def check(_: object, __: Attribute[Any], value: object) -> None:
        if not any(value == each and type(value) is type(each) for each in choices):
            msg = f"one of these is needed: {', '.join(map(repr, choices))}"
            raise InvalidInput(msg)

    return check


def flag(_: object, __: Attribute[bool], value: object) -> None:
    if not isinstance(value, bool):
        msg = "true or false is needed, without quotes"
        raise InvalidInput(msg)


at_least_one = whole(1)


@frozen(kw_only=True)
class Row:
    """What every row has.

    Attributes:
        id: its name, by which it is cited and overridden.
        source: where the fact comes from.
        certainty: how sure it is.
        effective_from: since when; None for as long as the data goes.
        effective_to: the first day on which it no longer holds; None while it does.
        states: the postal codes of where it holds; empty for the whole country.
        note: what a lawyer should know about it.
    """

    table: ClassVar[str]

    id: str = field(validator=not_blank)
    source: str = field(validator=not_blank)
    certainty: Certainty = field(converter=_certainty)
    effective_from: date | None = field(default=None, converter=day_of)
    effective_to: date | None = field(default=None, converter=day_of)
    states: tuple[str, ...] = field(default=(), converter=texts)
    note: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        """Refuse what never holds."""
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            msg = (
                f"it ends ({self.effective_to}) before it begins ({self.effective_from}). Make "
                "effective_to a later day, or leave it out."
            )
            raise InvalidInput(msg)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day < self.effective_to)

    def subjects(self) -> tuple[Hashable, ...]:
        """What it is about: of two rows about the same, only one may hold on a day."""
        return self.states or ("everywhere",)
