"""The labels: the identifiers of 45 CFR 164.514(b)(2)(i)."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

__all__ = ["PhiFinding", "PhiLabel"]


class PhiLabel(StrEnum):
    """What kind of information it is."""

    SSN = "SSN"
    """45 CFR 164.514(b)(2)(i)(G), whole or in part; taxpayer numbers of the same form too."""


@frozen(kw_only=True)
class PhiFinding:
    """Where a text holds what it should not. The text itself is not part of it.

    Attributes:
        start: offset of the first character, in code points of the text as given.
        end: offset after the last one.
        label: what kind of information.
        rule: which rule found it.
    """

    start: int
    end: int
    label: PhiLabel
    rule: str
