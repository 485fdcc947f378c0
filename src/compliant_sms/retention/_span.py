"""Lengths of time as the law counts them: in years, months or days of the calendar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

_UNITS = ("days", "months", "years")
_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (day|month|year)s?")


def _counted(_: object, __: Attribute[str], unit: str) -> None:
    if unit not in _UNITS:
        msg = f"there is no such unit of time. Pass one of {', '.join(_UNITS)}."
        raise InvalidInput(msg)


@frozen
class Span:
    """A number of days, months or years.

    Attributes:
        value: how many.
        unit: ``"days"``, ``"months"`` or ``"years"``.
    """

    value: int
    unit: str = field(validator=_counted)

    def __str__(self) -> str:
        return f"{self.value} {self.unit if self.value > 1 else self.unit[:-1]}"

    def before(self, instant: datetime) -> datetime:
        """The instant that long before another; February 29 counts as the 28th.

        It is never before the first instant that Python can represent.
        """
        try:
            return instant - self._delta()
        except (ValueError, OverflowError):
            return datetime.min.replace(tzinfo=instant.tzinfo)

    def after(self, instant: datetime) -> datetime:
        """The instant that long after another; February 29 counts as the 28th.

        It is never after the last instant that Python can represent.
        """
        try:
            return instant + self._delta()
        except (ValueError, OverflowError):
            return datetime.max.replace(tzinfo=instant.tzinfo)

    def _delta(self) -> relativedelta:
        # Imported on first use: every text that is kept knows this room.
        from dateutil.relativedelta import relativedelta  # noqa: PLC0415

        return relativedelta(**{self.unit: self.value})  # type: ignore[arg-type]


def span_of(written: str | Span) -> Span:
    """Parse a length such as ``"6 years"``.

    Raises:
        InvalidInput: it is not a length.
    """
    if isinstance(written, Span):
        return written
    found = _WRITTEN.fullmatch(written)
    if found is None:
        msg = "how long records are kept is written as '8 years', '18 months' or '90 days'"
        raise InvalidInput(msg)
    return Span(int(found[1]), f"{found[2]}s")
