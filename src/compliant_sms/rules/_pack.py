"""The dated data that rules read, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.classification import MessageClass

__all__ = ["Pack", "Window", "load_pack"]


@frozen(kw_only=True)
class Window:
    """Hours in which texts of one class may arrive, on the recipient's wall clock.

    Attributes:
        rule: id of the rule.
        applies_to: the class of texts that it binds.
        start: first permitted time of day.
        end: first time of day that is too late (P-QH-2: the window is half open).
        effective_from: since when.
        citation: where it comes from.
    """

    rule: str
    applies_to: MessageClass
    start: time
    end: time
    effective_from: date
    citation: str

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first permitted instant at or after ``at`` in that zone, in UTC."""
        local = at.astimezone(zone)
        if self.start <= local.time() < self.end:
            return at
        day = local.date() if local.time() < self.start else local.date() + timedelta(days=1)
        return datetime.combine(day, self.start, zone).astimezone(UTC)


@frozen(kw_only=True)
class Pack:
    """One edition of the data.

    Attributes:
        version: its name, kept with every decision.
        windows: all rows, whatever their dates.
        split_area_codes: zones by area code.
    """

    version: str
    windows: tuple[Window, ...]
    split_area_codes: Mapping[str, tuple[str, ...]]

    def windows_for(self, message_class: MessageClass, on: date) -> tuple[Window, ...]:
        """What binds that class on that day."""
        return tuple(
            row
            for row in self.windows
            if row.applies_to is message_class and row.effective_from <= on
        )


def _window(row: dict[str, Any]) -> Window:
    return Window(
        rule=row["id"],
        applies_to=MessageClass(row["applies_to"]),
        start=row["start"],
        end=row["end"],
        effective_from=row["effective_from"],
        citation=row["citation"],
    )


@cache
def load_pack() -> Pack:
    """The pack for the United States, read once, at first use."""
    import tomllib  # noqa: PLC0415 - needed once, and not by whoever only imports the library
    from importlib.resources import files  # noqa: PLC0415 - as above

    text = files("compliant_sms.rules").joinpath("data/us.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Pack(
        version=data["version"],
        windows=tuple(map(_window, data["window"])),
        split_area_codes={
            code: tuple(zones) for code, zones in data["split_area_codes"]["zones"].items()
        },
    )
