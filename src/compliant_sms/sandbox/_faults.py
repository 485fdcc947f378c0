"""Misbehaviour on request: what may happen to the next text that is created."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from compliant_sms.errors import InvalidInput

_LOWEST_STATUS, _HIGHEST_STATUS = 200, 599
_LONGEST_DELAY = 3600
_MOST_TIMES = 100_000


class FaultKind(StrEnum):
    """How a create request goes wrong."""

    STATUS = "status"
    """Answered with some status and not recorded."""
    HANG = "hang"
    """Recorded, and never answered; it ends when the client goes away."""
    DROP = "drop"
    """Not recorded; the connection is closed without an answer."""
    ACCEPT_THEN_DROP = "accept_then_drop"
    """Recorded; the connection is closed without an answer."""
    DELAY = "delay"
    """Recorded at once and answered properly, but late."""


@frozen(kw_only=True)
class Fault:
    """One misbehaviour, used up by one create request."""

    kind: FaultKind
    status: int = 503
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 0.0


def make_faults(
    kind: str,
    *,
    status: int = 503,
    headers: Mapping[str, str] | None = None,
    body: str | Mapping[str, object] = "",
    seconds: float = 0.0,
    times: int = 1,
) -> list[Fault]:
    """Check and build a fault.

    Args:
        kind: one of :class:`FaultKind`.
        status: for ``status``, what to answer.
        headers: for ``status``, for example ``{"Retry-After": "2"}``.
        body: for ``status``; a mapping goes out as JSON, a text as HTML or plain text.
        seconds: for ``delay``, how late.
        times: how many requests it hits.

    Returns:
        The fault, as often as it happens.

    Raises:
        InvalidInput: an unknown kind, an impossible status, delay or count.
    """
    _check(kind, status, seconds, times)
    content, encoded = _encode(body)
    complete = {**content, **{name.lower(): value for name, value in (headers or {}).items()}}
    fault = Fault(
        kind=FaultKind(kind), status=status, headers=complete, body=encoded, seconds=seconds
    )
    return [fault] * times


def _check(kind: str, status: int, seconds: float, times: int) -> None:
    if kind not in set(FaultKind):
        msg = f"there is no fault of that kind. Pass one of {', '.join(FaultKind)}."
        raise InvalidInput(msg)
    if not _LOWEST_STATUS <= status <= _HIGHEST_STATUS:
        msg = f"status {status} cannot be answered. Pass one from 200 to 599."
        raise InvalidInput(msg)
    if not 0 <= seconds <= _LONGEST_DELAY:
        msg = f"seconds must be from 0 to {_LONGEST_DELAY}."
        raise InvalidInput(msg)
    if not 1 <= times <= _MOST_TIMES:
        msg = f"times must be from 1 to {_MOST_TIMES}."
        raise InvalidInput(msg)


def _encode(body: str | Mapping[str, object]) -> tuple[dict[str, str], bytes]:
    if not isinstance(body, str):
        return {"content-type": "application/json"}, json.dumps(dict(body)).encode()
    if not body:
        return {}, b""
    kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
    return {"content-type": f"{kind}; charset=utf-8"}, body.encode()
