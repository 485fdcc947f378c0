"""Words of a fixed list, as people pass them: the member itself, or its value."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from compliant_sms.errors import InvalidInput

__all__ = ["choice", "one_of"]

E = TypeVar("E", bound=Enum)


def one_of(kind: type[E], value: E | str | int) -> E:
    """The member of an enum.

    Raises:
        InvalidInput: there is none of that value.
    """
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(each.value) for each in kind)
        name = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
        msg = f"there is no such {name}. Pass one of: {known}."
        raise InvalidInput(msg) from None


def choice(kind: type[E]) -> Callable[[E | str | int], E]:
    """What makes a member of what was passed: a converter for a field."""

    def convert(value: E | str | int) -> E:
        return one_of(kind, value)

    return convert
