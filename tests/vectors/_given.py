"""What a vector gives, and which of it nobody has read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

__all__ = ["Given", "a_day", "an_instant"]

# Words for people; nothing follows from them.
_NO_FACTS = frozenset({"note", "comment", "medium", "channel", "delivery", "evidence"})


class Given:
    """An object of a vector. It remembers what was asked for, so that nothing is overlooked."""

    def __init__(self, data: dict[str, Any] | None) -> None:
        """Wrap what the vector says; None says nothing."""
        self._data = {key: _wrapped(value) for key, value in (data or {}).items()}
        self._asked: set[str] = set()

    def __call__(self, *names: str, default: Any = None) -> Any:
        """The value under the first of these names that the vector uses."""
        self._asked.update(names)
        return next((self._data[name] for name in names if name in self._data), default)

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def part(self, name: str) -> Given:
        """An object inside; an empty one where the vector has none, or only a plain value."""
        found = self(name)
        return found if isinstance(found, Given) else Given(None)

    def parts(self, name: str) -> list[Given]:
        """The objects of a list inside; one object counts as a list of one."""
        found = self(name) or []
        return [found] if isinstance(found, Given) else list(found)

    def unread(self, path: str = "given") -> Iterator[str]:
        """Names that the vector uses and nobody asked for."""
        for name, value in self._data.items():
            here = f"{path}.{name}"
            if name not in self._asked | _NO_FACTS:
                yield here
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Given):
                    yield from each.unread(here)


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Given(value)
    if isinstance(value, list):
        return [_wrapped(each) for each in value]
    return value


def an_instant(text: str) -> datetime:
    """An instant; a bare day is its noon (UTC)."""
    if len(text) == len("2026-11-24"):
        return datetime.combine(date.fromisoformat(text), time(12), UTC)
    return datetime.fromisoformat(text)


def a_day(text: str | None) -> date | None:
    """A day, also where the vector gives an instant of it."""
    return date.fromisoformat(text[:10]) if text else None
