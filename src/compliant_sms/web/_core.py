"""What all frameworks share: a raw callback in, a plain answer out.

It is written once, as coroutines; under a blocking framework nothing in them ever waits.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Generic, ParamSpec, Protocol, TypeVar, cast

from attrs import field, frozen

from compliant_sms import log_fields
from compliant_sms._masking import where
from compliant_sms.errors import ConfigurationError, StoreError, WebhookRejected
from compliant_sms.flows import Received, ReceivedText
from compliant_sms.ports import Recurring
from compliant_sms.web._address import Arrival, PublicAddress
from compliant_sms.wire import LARGEST_BODY, HttpReply, WebhookRequest

READ_AT_ONCE = 1 << 16
"""Bytes of a body that are read in one piece; providers' callbacks have a few thousand."""

Read = Callable[[], Awaitable[bytes]]
"""Reads the next part of the body; empty at its end."""

_FORM_OR_TEXT = frozenset({"application/x-www-form-urlencoded", "text/plain"})
_LENGTH = re.compile("[0-9]{1,18}")
_ASKS_TO_REPEAT = 500
_log = logging.getLogger("compliant_sms.web")


class _Receiver(Protocol):
    @property
    def provider_names(self) -> tuple[str, ...]: ...

    def receive(
        self, request: WebhookRequest, *, provider: str | None = None
    ) -> Received | Awaitable[Received]: ...


P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=_Receiver)


class Call(Protocol):
    """How a coroutine calls a messenger's method: ``directly``, or on a thread."""

    async def __call__(
        self, method: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


async def directly(method: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a method here, and await what it returns if it is a coroutine function."""
    told = method(*args, **kwargs)
    return await told if isinstance(told, Awaitable) else told


async def at_once(method: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a method of a messenger where there is no event loop.

    Raises:
        ConfigurationError: it is one of an ``AsyncMessenger``.
    """
    told = method(*args, **kwargs)
    if isinstance(told, Coroutine):
        told.close()
        msg = (
            "this mapping gave an AsyncMessenger, and there is no event loop here: have it give a "
            "Messenger"
        )
        raise ConfigurationError(msg)
    return cast("T", told)


@frozen(kw_only=True)
class Answered(Generic[T]):
    """An answer to a provider or a browser.

    Attributes:
        reply: the answer.
        next: the messenger that has work to do after it is sent, if any.
    """

    reply: HttpReply
    next: T | None = None


@frozen
class Desk(Generic[R]):
    """Receives callbacks for one messenger, or for several by the first part of the path.

    Args:
        messengers: one, or a mapping with ``get``.
        address: where providers call.
        call: calls the messenger.
        refused: why callbacks were refused before any messenger saw them.
    """

    messengers: R | Mapping[str, R]
    address: PublicAddress
    call: Call = directly
    refused: Recurring = field(factory=Recurring, repr=False, eq=False, init=False)

    async def answer(self, arrival: Arrival, read: Read) -> Answered[R]:
        """Receive a callback; durable before this returns 2xx. It never raises.

        Args:
            arrival: everything but the body.
            read: reads the body, only if the rest is acceptable.
        """
        try:
            messenger, provider, request = await self._accepted(arrival, read)
            received = await self.call(messenger.receive, request, provider=provider)
        except WebhookRejected as error:
            if error.status >= _ASKS_TO_REPEAT:
                log_failure("a callback could not be taken in", error)
            return Answered(reply=_refusal(error.status, str(error)))
        except StoreError as error:
            log_failure("a callback could not be recorded", error)
            return Answered(reply=_refusal(503, "it could not be recorded; call again"))
        except Exception as error:  # noqa: BLE001 - the framework would log the body too
            log_failure("a callback could not be taken in", error)
            return Answered(reply=_refusal(500, "it could not be taken in"))
        told = any(isinstance(event, ReceivedText) and event.new for event in received.events)
        return Answered(reply=received.answer, next=messenger if told else None)

    async def _accepted(self, arrival: Arrival, read: Read) -> tuple[R, str | None, WebhookRequest]:
        """The messenger that receives it, the provider's name, and the whole callback.

        Raises:
            WebhookRejected: it is not acceptable; logged here, because no messenger knows of it.
        """
        try:
            messenger, provider = self._addressed(arrival)
            length = _acceptable_length(arrival)
            request = WebhookRequest(
                method=arrival.method,
                url=self.address.called(arrival),
                headers=arrival.headers,
                body=await _body(read, length),
            )
        except WebhookRejected as error:
            times = self.refused.add(str(error), datetime.now(UTC))
            if times:
                _warn_refused(error, times)
            raise
        return messenger, provider, request

    def _addressed(self, arrival: Arrival) -> tuple[R, str | None]:
        parts = [part for part in arrival.path.split("/") if part]
        if isinstance(self.messengers, Mapping):
            found = self.messengers.get(parts.pop(0)) if parts else None
        else:
            found = self.messengers
        provider = parts.pop(0) if parts else None
        if found is None or parts or provider not in {None, *found.provider_names}:
            msg = "nobody takes callbacks at this address"
            raise WebhookRejected(msg, status=404)
        return found, provider


def each_messenger(messengers: T | Mapping[str, T]) -> Iterable[T]:
    """The messengers that are there at the start: one, or those of a dictionary.

    A mapping of the host's own may load each one when it is asked for. It is left alone: the host
    has perhaps no database yet, and need not load every practice to begin.
    """
    if not isinstance(messengers, Mapping):
        return [messengers]
    return messengers.values() if isinstance(messengers, dict | MappingProxyType) else ()


def _acceptable_length(arrival: Arrival) -> int:
    """The least length that the body must have.

    Raises:
        WebhookRejected: the body need not be read.
    """
    if arrival.method not in {"GET", "POST"}:
        msg = "callbacks come with GET or POST"
        raise WebhookRejected(msg, status=405)
    lengths = arrival.values("content-length")
    if not all(_LENGTH.fullmatch(length) for length in lengths):
        msg = "the length of the callback is not a number"
        raise WebhookRejected(msg)
    length = max((int(length) for length in lengths), default=0)
    _refuse_larger(length)
    kinds = arrival.values("content-type")
    has_body = arrival.method == "POST" and (length > 0 or not lengths)
    if not all(_can_be_read(kind) for kind in kinds) or (has_body and not kinds):
        msg = "callbacks are forms, JSON or text/plain"
        raise WebhookRejected(msg, status=415)
    return length


def _can_be_read(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    json = kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
    return json or kind in _FORM_OR_TEXT


def _refuse_larger(size: int) -> None:
    if size > LARGEST_BODY:
        msg = f"the callback has more than {LARGEST_BODY:,} bytes; no provider sends that much"
        raise WebhookRejected(msg, status=413)


async def _body(read: Read, length: int) -> bytes:
    body = bytearray()
    while part := await read():
        body += part
        _refuse_larger(len(body))
    if len(body) < length:
        msg = "the callback broke off"
        raise WebhookRejected(msg)
    return bytes(body)


def _refusal(status: int, words: str) -> HttpReply:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if status == 405:
        headers["Allow"] = "GET, POST"
    return HttpReply(status=status, headers=headers, body=words.encode())


def _warn_refused(error: WebhookRejected, times: int) -> None:
    """Log a refusal. Its words are this module's or the address's, never the callback's."""
    words = (
        f"a callback was refused unread ({error.status}, {times} so far): {error}. Anybody can "
        "send one; but if your provider does, patients' texts are lost, even a STOP. Compare the "
        "URL that it calls, and your proxy, with this application's configuration"
    )
    told = {"status": str(error.status), "why": str(error), "times": str(times)}
    log_fields.log_failure(_log, "web_refused", words, **told)


def log_failure(what: str, error: Exception) -> None:
    """Log what failed and where; never what it was about, which an exception's message may say.

    Args:
        what: what could not be done.
        error: why.
    """
    kind, place = type(error).__name__, where(error)
    words = f"{what}: {kind} at {place}" if place else f"{what}: {kind}"
    log_fields.log_failure(_log, "web_failed", words, error=kind, where=place)
