"""Enumerations whose members callers may pass as such or by value."""

from __future__ import annotations

import re
from enum import Enum, IntEnum, StrEnum
from typing import NoReturn

from compliant_sms.errors import InvalidInput

__all__ = ["Grade", "Word"]


def _refuse(kind: type[Enum]) -> NoReturn:
    known = ", ".join(str(each.value) for each in kind)
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
    msg = f"there is no such {name}. Pass one of: {known}."
    raise InvalidInput(msg)


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
