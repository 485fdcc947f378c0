"""Whether logs reveal anything about patients."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from compliant_sms.log_fields import LOG_FIELDS
from compliant_sms.messenger import Messenger
from compliant_sms.phi import Confidence, PhiLabel, find
from compliant_sms.testing._known import Secret, secrets_of

if TYPE_CHECKING:
    import pytest

    from compliant_sms.testing._fake import FakeCarrier

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
# Logs contain instants, places and addresses of machines for good reason.
_TELLING: Final = frozenset(PhiLabel) - {
    PhiLabel.DATE,
    PhiLabel.DEVICE,
    PhiLabel.GEO,
    PhiLabel.IP,
    PhiLabel.PROVIDER_NAME,
    PhiLabel.URL,
}

_OURS: Final = re.compile(r"\+\d{1,3}\*+\d{4}\b|\b[0-9a-f]{32}\b")
"""The masked form of :class:`compliant_sms.PhoneNumber`, and the ids that the library makes."""


def assert_no_phi(
    caplog: pytest.LogCaptureFixture,
    source: Messenger | FakeCarrier | None = None,
    *,
    known: Iterable[str] = (),
) -> None:
    """Assert that no log record reveals anything about a patient.

    It searches messages, arguments, extra fields, and exceptions with their causes, but not the
    source lines that a traceback shows. It looks for the numbers, names and texts that the
    messenger or the carrier knows, for whatever else you pass, and for what the recognizers of
    :mod:`compliant_sms.phi` find: names, phone numbers, conditions and the like.

    Only captured records can be searched: call ``caplog.set_level(logging.DEBUG)`` first.

    Args:
        caplog: the pytest fixture.
        source: what knows about patients: a messenger, or the fake carrier, which also asks the
            messenger that it is connected to. An :class:`~compliant_sms.AsyncMessenger` is not
            asked.
        known: more strings that must not show, such as a patient's name.

    Raises:
        AssertionError: one does. The message says which logger and where, and quotes nothing.
    """
    __tracebackhide__ = True  # pytest shows the line of the test instead
    secrets = secrets_of(source, known)
    leaks = [
        f"{record.name} ({record.filename}:{record.lineno}): {leak}"
        for record in caplog.records
        for leak in dict.fromkeys(_leaks(record, secrets))
    ]
    if leaks:
        msg = "log records reveal something about patients:\n" + "\n".join(leaks)
        raise AssertionError(msg)


def _leaks(record: logging.LogRecord, secrets: Iterable[Secret]) -> Iterator[str]:
    for where, text in _said(record):
        for secret in secrets:
            if secret.pattern.search(text):
                yield f"{secret.kind} in {where}"
        for finding in find(_without_ours(record, text)):
            if finding.label in _TELLING and finding.confidence is not Confidence.HINT:
                yield f"{finding.label.value} ({finding.rule}) in {where}"


def _without_ours(record: logging.LogRecord, text: str) -> str:
    """A text without what tells of no patient, though it may look so.

    A practice's id is the host's choice, and may look like any other. Our own records name it.
    """
    practice = vars(record).get("practice_id")
    if practice and getattr(record, "event", None) in LOG_FIELDS:
        text = re.sub(rf"(?<!\w){re.escape(str(practice))}(?!\w)", "ours", text)
    return _OURS.sub("", text)


def _said(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    yield "its message", record.getMessage()
    args = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
    yield from (("its arguments", f"{arg} {arg!r}") for arg in args)
    if record.exc_info is not None and record.exc_info[1] is not None:
        yield from (("its exception", text) for text in _told(record.exc_info[1], set()))
    for name, value in vars(record).items():
        if name not in _STANDARD:
            yield f"its field {name}", f"{value} {value!r}"


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    yield f"{error} {error!r} {' '.join(getattr(error, '__notes__', ()))}"
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *inner):
        if other is not None:
            yield from _told(other, seen)
