"""Misbehaviour on request, or by chance: what may happen to requests and to callbacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from random import Random
from typing import Final, TypeAlias, TypeVar

from attrs import field, frozen

from compliant_sms.errors import InvalidInput

_LOWEST_STATUS, _HIGHEST_STATUS = 200, 599
_LONGEST_DELAY = 3600
_MOST_TIMES = 100_000


class FaultKind(StrEnum):
    """How a create request goes wrong."""

    STATUS = "status"
    """Answered with some status and not recorded."""
    RATE_LIMITED = "rate_limited"
    """Not recorded; the provider's own answer to too many requests."""
    HANG = "hang"
    """Recorded, and never answered; it ends when the client goes away."""
    DROP = "drop"
    """Not recorded; the connection is closed without an answer."""
    ACCEPT_THEN_DROP = "accept_then_drop"
    """Recorded; the connection is closed without an answer."""
    DELAY = "delay"
    """Recorded at once and answered properly, but late."""
    STOP_BEFORE_ACCEPT = "stop_before_accept"
    """The recipient's STOP comes in first: the provider knows of it when it takes the request,
    and the application's webhook hears of it only after the answer."""
    STOP_BEFORE_ANSWER = "stop_before_answer"
    """Recorded; then the recipient's STOP comes in, and the webhook hears of it before the
    request is answered."""


class CallbackFault(StrEnum):
    """How an attempt to hand a callback over goes wrong."""

    LOST = "lost"
    """It never arrives. Providers that try again do so."""
    DUPLICATE = "duplicate"
    """It arrives twice."""
    REORDERED = "reordered"
    """It arrives only after the next callback about the same patient, or with
    :meth:`Sandbox.drain`."""


AnyFault: TypeAlias = FaultKind | CallbackFault
_Kind = TypeVar("_Kind", FaultKind, CallbackFault)
FAULTS: Final[Mapping[str, AnyFault]] = {kind.value: kind for kind in (*FaultKind, *CallbackFault)}


@frozen(kw_only=True)
class Fault:
    """One misbehaviour, used up by one create request or one callback."""

    kind: AnyFault
    provider: str | None = None
    status: int = 503
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 0.0


def make_faults(
    kind: str,
    *,
    provider: str | None = None,
    status: int = 503,
    headers: Mapping[str, str] | None = None,
    body: str | Mapping[str, object] = "",
    seconds: float = 0.0,
    times: int = 1,
) -> list[Fault]:
    """Check and build a fault.

    Args:
        kind: one of :class:`FaultKind` or :class:`CallbackFault`.
        provider: whose requests or callbacks it hits; None for anybody's.
        status: for ``status``, what to answer.
        headers: for ``status``, for example ``{"Retry-After": "2"}``.
        body: for ``status``; a mapping goes out as JSON, a text as HTML or plain text.
        seconds: for ``delay``, how late; for ``rate_limited``, how long to wait.
        times: how many requests or callbacks it hits.

    Returns:
        The fault, as often as it happens.

    Raises:
        InvalidInput: an unknown kind, an impossible status, delay or count.
    """
    known = require_kind(kind)
    _check(status, seconds, times)
    content, encoded = _encode(body)
    complete = {**content, **{name.lower(): value for name, value in (headers or {}).items()}}
    fault = Fault(
        kind=known,
        provider=provider,
        status=status,
        headers=complete,
        body=encoded,
        seconds=seconds,
    )
    return [fault] * times


def require_kind(kind: str) -> AnyFault:
    """The fault of that name.

    Raises:
        InvalidInput: there is none.
    """
    if kind not in FAULTS:
        msg = f"there is no fault of that kind. Pass one of {', '.join(FAULTS)}."
        raise InvalidInput(msg)
    return FAULTS[kind]


def _check(status: int, seconds: float, times: int) -> None:
    if not _LOWEST_STATUS <= status <= _HIGHEST_STATUS:
        msg = f"status {status} cannot be answered. Pass one from 200 to 599."
        raise InvalidInput(msg)
    _check_seconds(seconds)
    if not 1 <= times <= _MOST_TIMES:
        msg = f"times must be from 1 to {_MOST_TIMES}."
        raise InvalidInput(msg)


def _check_seconds(seconds: float) -> None:
    if not 0 <= seconds <= _LONGEST_DELAY:
        msg = f"seconds must be from 0 to {_LONGEST_DELAY}."
        raise InvalidInput(msg)


def _encode(body: str | Mapping[str, object]) -> tuple[dict[str, str], bytes]:
    if not isinstance(body, str):
        return {"content-type": "application/json"}, json.dumps(dict(body)).encode()
    if not body:
        return {}, b""
    kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
    return {"content-type": f"{kind}; charset=utf-8"}, body.encode()


@frozen(kw_only=True)
class FaultRates:
    """How often things go wrong by chance.

    Args:
        requests: the share of create requests that each kind hits.
        callbacks: the share of attempts to hand a callback over that each kind hits.
        seconds: the longest delay, and what a rate limit asks to wait.
    """

    requests: Mapping[FaultKind, float] = field(factory=dict)
    callbacks: Mapping[CallbackFault, float] = field(factory=dict)
    seconds: float = 0.0

    def for_request(self, chance: Random) -> Fault | None:
        """What happens to one request, if anything."""
        kind = _drawn(self.requests, chance)
        if kind is None:
            return None
        late = kind is FaultKind.DELAY
        return Fault(kind=kind, seconds=self.seconds * (chance.random() if late else 1))

    def for_callback(self, chance: Random) -> Fault | None:
        """What happens to one attempt to hand a callback over, if anything."""
        kind = _drawn(self.callbacks, chance)
        return None if kind is None else Fault(kind=kind)


def make_rates(rates: Mapping[str, float], seconds: float) -> FaultRates:
    """Check and sort rates.

    Raises:
        InvalidInput: an unknown kind, a share below 0, shares above 1 together, or an impossible
            delay.
    """
    _check_seconds(seconds)
    known = {require_kind(kind): float(share) for kind, share in rates.items()}
    requests = {kind: share for kind, share in known.items() if isinstance(kind, FaultKind)}
    callbacks = {kind: share for kind, share in known.items() if isinstance(kind, CallbackFault)}
    for shares in (requests.values(), callbacks.values()):
        if min(shares, default=0) < 0 or sum(shares) > 1:
            msg = "rates are shares: from 0 to 1, and not above 1 for all requests or callbacks."
            raise InvalidInput(msg)
    return FaultRates(requests=requests, callbacks=callbacks, seconds=seconds)


def _drawn(shares: Mapping[_Kind, float], chance: Random) -> _Kind | None:
    """One kind at most, each as often as its share says."""
    left = chance.random()
    for kind, share in shares.items():
        if left < share:
            return kind
        left -= share
    return None
