"""What this library logs: one table of names and the fields that each has, and nothing else.

Records go to loggers below ``compliant_sms`` of the standard library. A record's ``event`` is one
of the names, and its other fields are those of the table, so that a formatter for JSON shows the
same keys each time. No field holds a body, a number, a name, or a host's id of a person; a
``practice_id`` that is a phone number is masked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from compliant_sms._masking import shown_practice
from compliant_sms.events import EVENTS, Event, logged

__all__ = ["LOG_FIELDS", "log_event", "log_failure"]

LOG_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: logged(kind) for name, kind in EVENTS.items()},
        "handler_failed": ("happened", "handler", "error", "where"),
        "web_failed": ("error", "where"),
        "web_refused": ("status", "why", "times"),
    }
)
"""The fields of each record, by the record's ``event``.

The names of :data:`compliant_sms.events.EVENTS` have the fields of their class. Beside them:

``handler_failed``
    A handler of yours raised: ``happened`` is the event that it was told of, ``handler`` its
    name, ``error`` the type of what it raised, ``where`` the file and line.
``web_failed``
    A provider's callback, what it made due, or a page could not be worked on: ``error`` and
    ``where`` likewise.
``web_refused``
    Callbacks are answered with ``status`` before any signature is checked, by ``why``; ``times`` is
    how many so far. Told as rarely as :class:`compliant_sms.events.CallbackRefused`.
"""

_log = logging.getLogger("compliant_sms.events")


def log_event(event: Event) -> None:
    """Log what happened: at INFO, and at WARNING where somebody should look at it."""
    level = logging.WARNING if event.urgent else logging.INFO
    if event.name is None or not _log.isEnabledFor(level):
        return
    values = {name: _plain(getattr(event, name)) for name in LOG_FIELDS[event.name]}
    values["practice_id"] = shown_practice(event.practice_id)
    told = " ".join(f"{name}={value}" for name, value in values.items())
    _log.log(level, "%s %s", event.name, told, extra={"event": event.name, **values})


def log_failure(logger: logging.Logger, name: str, words: str, **values: str) -> None:
    """Log that something failed: at ERROR, and at WARNING what anybody can bring about.

    Args:
        logger: under which name.
        name: of the table.
        words: what the record says.
        values: the fields that the table has under that name.
    """
    assert tuple(values) == LOG_FIELDS[name], "a record has the fields of the table"  # noqa: S101
    level = logging.WARNING if name in _BY_ANYBODY else logging.ERROR
    logger.log(level, "%s", words, extra={"event": name, **values})


_BY_ANYBODY = frozenset({"web_refused"})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return value if value is None or isinstance(value, bool) else str(value)
