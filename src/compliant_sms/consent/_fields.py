"""What the fields of events, and of what they hold, are checked and turned into."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import Attribute

from compliant_sms import _given
from compliant_sms.errors import InvalidInput


def storable(of: object, attribute: Attribute[str], value: str | None) -> None:
    """Refuse what is no text, and what no UTF-8 can hold."""
    if value is None:
        return
    _given.text(of, attribute, value)
    _given.utf_8(value, attribute.name)


def a_text(of: object, attribute: Attribute[str], value: str) -> None:
    """Refuse what is no text, or blank."""
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"{attribute.name} must not be empty"
        raise InvalidInput(msg)
    storable(of, attribute, value)


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of categories, each once."""
    found = set(names) if isinstance(names, Iterable) and not isinstance(names, str) else {""}
    if not all(isinstance(name, str) and name.strip() for name in found):
        msg = "categories are texts in a list, for example [Category.CARE], and none is empty"
        raise InvalidInput(msg)
    for name in found:
        _given.utf_8(name, "a category")
    return tuple(sorted(map(str, found)))
