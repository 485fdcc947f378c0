"""What this library logs: one table of record names with their fields, and nothing else.

Records go to the standard library's loggers below ``compliant_sms``. A record's ``event`` is one of
the names, and its other fields are those in the table, so that a JSON formatter shows the same keys
each time. No field holds a body, a number, a name, or your id of a person. A ``practice_id`` that
is a phone number is masked.
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

The names of :data:`compliant_sms.events.EVENTS` have the fields of their class. The others:

``handler_failed``
    A handler of yours raised: ``happened`` is the event that it got, ``handler`` its name,
    ``error`` the type of what it raised, ``where`` the file and line.
``web_failed``
    A provider's callback, what it made due, or a page could not be processed: ``error`` and
    ``where`` as above.
``web_refused``
    Callbacks are answered with ``status`` before any signature is checked, for the reason ``why``;
    ``times`` is how many so far. Logged as rarely as
    :class:`compliant_sms.events.CallbackRefused`.
"""

_log = logging.getLogger("compliant_sms.events")


def log_event(event: Event) -> None:
    """Log an event: at INFO, or at WARNING if somebody should look at it."""
    level = logging.WARNING if event.urgent else logging.INFO
    if event.name is None or not _log.isEnabledFor(level):
        return
    values = {name: _plain(getattr(event, name)) for name in LOG_FIELDS[event.name]}
    values["practice_id"] = shown_practice(event.practice_id)
    told = " ".join(f"{name}={value}" for name, value in values.items())
    _log.log(level, "%s %s", event.name, told, extra={"event": event.name, **values})


def log_failure(logger: logging.Logger, name: str, words: str, **values: str) -> None:
    """Log a failure: at ERROR, or at WARNING if anybody can cause it.

    Args:
        logger: the logger to use.
        name: a name from the table.
        words: the record's message.
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
