"""Redaction of log records, for the host's own logging and for structlog.

This library logs nothing about a patient, so its own records stay as they are. Your code may, and
so may the libraries that it calls::

    handler.addFilter(PhiFilter())

Put the filter on handlers: on a logger it does not see records from the loggers below it. What to
redact is found by rules, so this is a safety net and no license to log bodies.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, TypeGuard

from compliant_sms.log_fields import LOG_FIELDS
from compliant_sms.phi import NOTHING_KNOWN, Known, PhiLabel, Redactor
from compliant_sms.phi._redaction._ids import is_id

__all__ = ["HIDDEN_FIELDS", "EventRedactor", "PhiFilter", "redact_event"]

HIDDEN_FIELDS = frozenset(
    {
        *("body", "smsbody", "messagebody", "text", "smstext", "messagetext"),
        *("name", "names", "firstname", "lastname", "middlename", "fullname", "patientname"),
        *("givenname", "familyname", "surname", "dob", "birthdate", "dateofbirth", "ssn", "mrn"),
        *("address", "addresses", "street", "streetaddress", "phone", "phones", "phonenumber"),
        *("email", "emails", "insuranceid", "insuranceids", "memberid", "policynumber"),
    }
)
"""Fields whose names say that they hold patient data: their values are never logged.

In lowercase letters and digits, as ``patient_name`` and ``Patient-Name`` both read ``patientname``.
"""

_WITHHELD = "[withheld]"
_LARGE = 1_000_000  # an integer part of seven digits: a telephone number without its area code
# The attributes of every record; the rest came in as ``extra``. Formatters add the last two.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"taskName", "message", "asctime"}
_NAMED_BY_THE_HOST = ("threadName", "processName", "taskName", "message")
_RENDERING = frozenset({"_record", "_from_structlog"})
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
# A name and the quote that opens its value, as JSON, ``repr`` and logfmt write them; in JSON inside
# of JSON, each quote has backslashes before it.
_FIELD = re.compile(
    r"""(?:(?P<quote>\\{0,7}["'])(?P<key>[A-Za-z][\w -]{0,40})(?P=quote)\s{0,2}:\s{0,2}"""
    r"""|(?<![\w.])(?P<name>[A-Za-z]\w{0,40})=)(?P<open>\\{0,7}["'])"""
)
_BEHIND = re.compile(
    r"""\s{0,2}(?:[}\])]{1,9}(?:[\s,"']|\Z)|,\s{0,2}(?:["']|[A-Za-z]\w{0,40}=)|\Z)"""
)
# A field of a form or a query, RFC 3986 3.4; the first one only with another behind it.
_SENT = re.compile(
    r"""(?:(?<=[?&])|(?<![^\s"'])(?=[\w-]{1,41}=[^&\s"'<>]*&))"""
    r"""(?P<name>[A-Za-z][\w-]{0,40})=[^&\s"'<>]+"""
)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_Container = Mapping[Any, Any] | list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]


class PhiFilter(logging.Filter):
    """Redacts every record except this library's own, and lets all pass.

    The message (with its arguments), exceptions, stacks, thread names and everything passed as
    ``extra`` are redacted strictly: whatever :func:`compliant_sms.phi.find` finds, and each number
    of seven or more digits and each email address, whoever owns it. Hidden fields are withheld, in
    ``extra``, in mappings among the arguments, and where a text has them as in JSON, ``repr``, or a
    form. Within a record a value has one placeholder. Objects become their redacted text. The
    record's ``exc_info`` becomes ``exc_text``, because other handlers would show the exception as
    it is.

    What fields such as ``practice_id`` and ``message_id`` hold, here and in texts, stays whole if
    it looks like an id: one that the library made, or a word and up to six digits.

    A record that cannot be redacted is replaced by one that says so, with the type of the failure.

    The records of :data:`compliant_sms.log_fields.LOG_FIELDS` keep their message and fields, which
    hold no more than that table says. Whatever was added to one is redacted.

    Args:
        known: what is known beforehand of patients and of the practice.
        keep: labels to leave unredacted, such as ``PhiLabel.DATE``.
        hidden: names of fields whose values are never logged, such as :data:`HIDDEN_FIELDS`.

    Raises:
        InvalidInput: there is no such label.
    """

    def __init__(
        self,
        known: Known = NOTHING_KNOWN,
        *,
        keep: Iterable[PhiLabel] = (),
        hidden: Iterable[str] = HIDDEN_FIELDS,
    ) -> None:
        super().__init__()
        self._known = known
        self._keep = frozenset(map(PhiLabel, keep))
        self._hidden = frozenset(map(_bare, hidden))

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact a record in place. Always returns true."""
        try:
            changes = self._redacted(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may get through
            changes = _failed(error)
        for field in set(vars(record)) - _STANDARD:
            delattr(record, field)
        vars(record).update(changes)
        return True

    def _scrub(self) -> _Scrub:
        return _Scrub(Redactor(self._known, keep=self._keep, strict=True), self._hidden)

    def _redacted(self, record: logging.LogRecord) -> dict[str, Any]:
        scrub, own = self._scrub(), _own(record)
        if not own:  # fields have no names any more once they are part of a sentence
            scrub.withhold_in(record)
        given, said = vars(record), record.getMessage()
        changes: dict[str, Any] = {"msg": said if own else scrub.text(said), "args": ()}
        exception = record.exc_text or _formatted(record.exc_info)
        changes["exc_text"] = scrub.text(exception) if exception else None
        changes["exc_info"] = None
        changes["stack_info"] = scrub.text(record.stack_info) if record.stack_info else None
        for field in _NAMED_BY_THE_HOST:
            if given.get(field) and not (own and field == "message"):
                changes[field] = scrub.text(str(given[field]))
        known = {*_STANDARD, *own}
        extra = {field: value for field, value in given.items() if field not in known}
        return {**scrub.fields(extra), **changes, **own}


_LOGGERS = "compliant_sms."


def _own(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a record that this library wrote; none for other records."""
    given = vars(record)
    event = given.get("event")
    named = LOG_FIELDS.get(event) if isinstance(event, str) else None
    if not named or not record.name.startswith(_LOGGERS) or not given.keys() >= set(named):
        return {}
    return {"event": event, **{field: given[field] for field in named}}


def _failed(error: Exception) -> dict[str, Any]:
    changes: dict[str, Any] = dict.fromkeys(_NAMED_BY_THE_HOST, _WITHHELD)
    changes |= {"msg": _apology(error), "args": (), "message": _apology(error)}
    return changes | {"exc_info": None, "exc_text": None, "stack_info": None}


def _apology(error: Exception) -> str:
    return f"a log record was withheld: it could not be redacted ({type(error).__name__})"


class EventRedactor:
    """A structlog processor that redacts events as :class:`PhiFilter` does records.

    Put it last before the renderer. An exception becomes the redacted text under ``exception``;
    ``timestamp`` stays if it is an instant. structlog itself is not needed to import this.

    Args:
        known: as for :class:`PhiFilter`.
        keep: as for :class:`PhiFilter`.
        hidden: as for :class:`PhiFilter`.

    Raises:
        InvalidInput: there is no such label.
    """

    def __init__(
        self,
        known: Known = NOTHING_KNOWN,
        *,
        keep: Iterable[PhiLabel] = (),
        hidden: Iterable[str] = HIDDEN_FIELDS,
    ) -> None:
        self._filter = PhiFilter(known, keep=keep, hidden=hidden)

    def __call__(
        self,
        logger: object,  # noqa: ARG002 - what structlog passes
        method: str,  # noqa: ARG002 - as above
        event_dict: MutableMapping[str, Any],
    ) -> MutableMapping[str, Any]:
        """Return the redacted event; if that is impossible, one that says so."""
        rendering = {key: event_dict[key] for key in _RENDERING & event_dict.keys()}
        record = rendering.get("_record")
        own: dict[str, Any] = {}
        if isinstance(record, logging.LogRecord):
            own = _own(record)
            self._filter.filter(record)
        try:
            event: dict[str, Any] = self._redacted(event_dict, own)
        except Exception as error:  # noqa: BLE001 - as in the filter
            event = {"event": _apology(error)}
        return {**event, **rendering}

    def _redacted(self, event_dict: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
        scrub = self._filter._scrub()  # noqa: SLF001 - both are in this file
        event = {key: value for key, value in event_dict.items() if key not in _RENDERING}
        stays = {key: event.pop(key) for key in own if event.get(key) == own[key]}
        if _is_instant(event.get("timestamp")):
            stays["timestamp"] = event.pop("timestamp")
        exception = _formatted(_exc_info(event.pop("exc_info", None)))
        if exception:
            event.setdefault("exception", exception)
        return {**scrub.fields(event), **stays}


def _is_instant(value: object) -> bool:
    """Whether structlog's ``TimeStamper`` made it; its default is a float of seconds since 1970."""
    if isinstance(value, str):
        return _INSTANT.fullmatch(value) is not None
    return type(value) is float and not value.is_integer()  # a phone number would be whole


def redact_event(
    logger: object, method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """:class:`EventRedactor` without arguments, for structlog's list of processors."""
    return EventRedactor()(logger, method, event_dict)


def _exc_info(given: object) -> _ExcInfo | None:
    """What structlog takes under ``exc_info``: an exception, a triple, or anything true."""
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if isinstance(given, tuple):
        return given
    return sys.exc_info() if given else None


def _formatted(exc_info: _ExcInfo | None) -> str:
    if not exc_info or exc_info[1] is None:
        return ""
    return "".join(traceback.format_exception(exc_info[1])).rstrip("\n")


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


class _Scrub:
    """Redacts the parts of one record with one numbering of placeholders."""

    def __init__(self, redactor: Redactor, hidden: frozenset[str]) -> None:
        self._redactor = redactor
        self._hidden = hidden
        # Containers may hold themselves, or one another in a cycle.
        self._seen: dict[int, tuple[object, object]] = {}

    def text(self, text: str) -> str:
        return self._redactor.redact(self._without_fields(text)).text

    def _without_fields(self, text: str) -> str:
        """The text without the values that it quotes behind the name of a hidden field."""
        kept: list[str] = []
        at = 0
        if "=" in text:
            text = _SENT.sub(self._sent, text)
        while (found := _FIELD.search(text, at)) is not None:
            kept.append(text[at : found.end()])
            at = found.end()
            if _bare(found["key"] or found["name"]) in self._hidden:
                kept.append(_WITHHELD)
                at = _end_of_quoted(text, at, found["open"])
        return "".join([*kept, text[at:]])

    def _sent(self, found: re.Match[str]) -> str:
        hidden = _bare(found["name"]) in self._hidden
        return f"{found['name']}={_WITHHELD}" if hidden else found[0]

    def fields(self, fields: Mapping[Any, Any]) -> dict[Any, Any]:
        return {self._key(key): self._field(key, value) for key, value in fields.items()}

    def withhold_in(self, record: logging.LogRecord) -> None:
        """Withhold the hidden fields in what a record says, and leave the rest as it is."""
        record.msg = self._withheld(record.msg, frozenset())
        record.args = self._withheld(record.args, frozenset())  # type: ignore[assignment]

    def _withheld(self, value: object, around: frozenset[int]) -> object:
        if not isinstance(value, Mapping | list | tuple | set | frozenset):
            return value
        if id(value) in around:
            return _WITHHELD
        around |= {id(value)}
        if isinstance(value, Mapping):
            fields = {
                key: _WITHHELD if self._hides(key, each) else self._withheld(each, around)
                for key, each in value.items()
            }
            return fields if any(fields[key] is not value[key] for key in fields) else value
        items = [self._withheld(each, around) for each in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return tuple(items) if isinstance(value, tuple) else items

    def _hides(self, key: object, value: object) -> bool:
        return value is not None and isinstance(key, str) and _bare(key) in self._hidden

    def _key(self, key: object) -> object:
        return key if key is None or isinstance(key, bool) else self.value(_flat(key))

    def _field(self, key: object, value: object) -> object:
        if self._hides(key, value):
            return _WITHHELD
        return value if is_id(key, value) else self.value(value)

    def value(self, value: object) -> object:
        """The value, if its type is harmless; otherwise redacted text or a redacted container."""
        if value is None or isinstance(value, bool):
            return value
        if _is_number(value) and -_LARGE < value < _LARGE:
            return value
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._container(value)
        text = _as_text(value)
        redacted = self.text(text)
        return value if _is_number(value) and redacted == text else redacted

    def _container(self, value: _Container) -> object:
        if id(value) not in self._seen:
            self._seen[id(value)] = value, _WITHHELD
            self._seen[id(value)] = value, self._inside(value)
        return self._seen[id(value)][1]

    def _inside(self, value: _Container) -> object:
        if isinstance(value, Mapping):
            return self.fields(value)
        items = [self.value(each) for each in value]
        return tuple(items) if isinstance(value, tuple) else items


def _end_of_quoted(text: str, start: int, quote: str) -> int:
    """Where the quote stands that ends a value; the end of the text if it was cut off."""
    slashes = len(quote) - 1
    at = text.find(quote[-1], start)
    while at >= 0:
        before = at - start - len(text[start:at].rstrip("\\"))
        # Each time that something is escaped doubles the backslashes, and adds one to a quote; but
        # Python adds none where it quotes with another one. What follows has to tell.
        ends = before % (2 * slashes + 2) == slashes and _BEHIND.match(text, at + 1)
        if before == slashes or ends:
            return at - slashes
        at = text.find(quote[-1], at + 1)
    return len(text)


def _is_number(value: object) -> TypeGuard[float]:
    # A subclass of a number may have any repr.
    return type(value) in {int, float}


def _flat(key: object) -> object:
    return key if _is_number(key) else _as_text(key)


def _as_text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, BaseException):
        return "".join(traceback.format_exception_only(value)).rstrip("\n")
    return str(value)
