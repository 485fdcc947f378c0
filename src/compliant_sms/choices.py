"""Enumerations whose members callers may pass as such or by value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, IntEnum, StrEnum
from typing import NoReturn

from compliant_sms.errors import InvalidInput

__all__ = ["Grade", "Word", "no_such"]


def no_such(what: str, known: Iterable[object], given: str = "") -> str:
    """Say that there is no such choice, which ones there are, and which is close.

    Args:
        what: the kind of choice, for example ``"purpose"``.
        known: all that can be chosen.
        given: what was passed, if a slip in it is to be recognized. It is not repeated.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    names = [str(each) for each in known]
    close = get_close_matches(given.strip().casefold(), names, 1)
    if close:
        others = ", ".join(name for name in names if name != close[0])
        return f"there is no such {what}, and {close[0]!r} is close to it. Pass that, or: {others}."
    return f"there is no such {what}. Pass one of: {', '.join(names)}."


def _refuse(kind: type[Enum]) -> NoReturn:
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
    raise InvalidInput(no_such(name, (each.value for each in kind)))


class Word(StrEnum):
    """One of a fixed list of words. Calling the class with any other raises InvalidInput."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:  # noqa: ARG003 - the name is the enum's
        _refuse(cls)


class Grade(IntEnum):
    """A step on a fixed scale. Calling the class with any other value raises InvalidInput."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:  # noqa: ARG003 - the name is the enum's
        _refuse(cls)
