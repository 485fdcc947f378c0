"""Ids of practices, texts and threads in what programs write: they tell nothing of a patient."""

from __future__ import annotations

import re

ID_FIELDS = frozenset(
    {"answer_id", "event_id", "inbound_id", "message_id", "practice_id", "thread_id"}
)
"""The fields of this library's records that hold ids; others may hold what a patient is called."""

# One that the library makes; or a host's own, a word and a number that is no telephone number.
_SHAPE = r"(?:[0-9a-f]{32}|[a-z]{2,24}[-_]?[0-9]{1,6})"
_ID = re.compile(_SHAPE)
_WRITTEN = re.compile(
    rf"(?<![\w.-])(?:{'|'.join(sorted(ID_FIELDS))})\\{{0,7}}[\"']?\s{{0,2}}[=:]\s{{0,2}}"
    rf"\\{{0,7}}[\"']?{_SHAPE}(?![\w@+-]|[.:/]\w)"
)


def is_id(name: object, value: object) -> bool:
    """Whether a field is one of those and its value looks as ids do."""
    return name in ID_FIELDS and type(value) is str and _ID.fullmatch(value) is not None


def ids_in(text: str) -> list[tuple[int, int]]:
    """Where a text has such a field, from its name to the end of its value."""
    return [found.span() for found in _WRITTEN.finditer(text)]
