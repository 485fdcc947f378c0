"""A host's event handlers, and how events reach them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from inspect import isawaitable, iscoroutine
from threading import Lock
from typing import TypeAlias, TypeVar, cast

from attrs import frozen

from compliant_sms import _given
from compliant_sms._masking import where
from compliant_sms.errors import InvalidInput
from compliant_sms.events import Event
from compliant_sms.log_fields import log_event, log_failure

__all__ = ["Handler", "Hooks", "Unsubscribe"]

E = TypeVar("E", bound=Event)
Handler: TypeAlias = Callable[[E], object]
"""Handles an event. What it returns is ignored, or awaited on an event loop."""
Unsubscribe: TypeAlias = Callable[[], None]
"""Ends a subscription made by :meth:`compliant_sms.Messenger.on`. Calling it again does nothing."""

_log = logging.getLogger("compliant_sms.hooks")
_BLOCKING = (
    "the handler is a coroutine function, and a Messenger has no event loop to run it on. Pass a "
    "plain function, or use AsyncMessenger."
)


@frozen(eq=False)
class _Subscription:
    kind: type[Event]
    handler: Handler[Event]


class Hooks:
    """Passes events to handlers, which do not affect one another. Safe to share among threads.

    Args:
        awaits: whether handlers may be coroutine functions.
    """

    def __init__(self, *, awaits: bool) -> None:
        self._awaits = awaits
        self._lock = Lock()
        self._subscriptions: tuple[_Subscription, ...] = ()

    def on(self, kind: type[E], handler: Handler[E]) -> Unsubscribe:
        """Call a handler with each event of a class.

        Raises:
            InvalidInput: it is not a class of events, or the handler cannot be called here.
        """
        if not (isinstance(kind, type) and issubclass(kind, Event)):
            msg = "the first argument is not an event class. Pass one from compliant_sms.events."
            raise InvalidInput(msg)
        if not callable(handler):
            msg = "the handler is not callable. Pass a function that takes the event."
            raise InvalidInput(msg)
        if _given.is_awaited(handler) and not self._awaits:
            raise InvalidInput(_BLOCKING)
        new = _Subscription(kind, cast("Handler[Event]", handler))
        with self._lock:
            self._subscriptions = (*self._subscriptions, new)

        def unsubscribe() -> None:
            with self._lock:
                self._subscriptions = tuple(s for s in self._subscriptions if s is not new)

        return unsubscribe

    async def tell(self, events: Sequence[Event]) -> None:
        """Log each event and call its handlers in the order in which they subscribed."""
        for event in events:
            log_event(event)
            for each in self._subscriptions:
                if isinstance(event, each.kind):
                    await self._call(each.handler, event)

    async def _call(self, handler: Handler[Event], event: Event) -> None:
        try:
            answer = handler(event)
            if isawaitable(answer):
                await self._awaited(answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, the event itself is on record
            _failed(handler, event, error)
        except BaseException as error:
            if not (self._awaits and _cancelled_elsewhere(error)):
                raise
            _failed(handler, event, error)

    async def _awaited(self, answer: Awaitable[object]) -> None:
        if self._awaits:
            await answer
            return
        if iscoroutine(answer):
            cast("Coroutine[object, object, object]", answer).close()
        raise InvalidInput(_BLOCKING)


def _cancelled_elsewhere(error: BaseException) -> bool:
    """Whether what the handler awaited was cancelled, rather than the task that runs it."""
    import asyncio  # noqa: PLC0415 - loaded by whoever awaits this; others need not load it

    task = asyncio.current_task() if isinstance(error, asyncio.CancelledError) else None
    return task is not None and not task.cancelling()


def _failed(handler: Handler[Event], event: Event, error: BaseException) -> None:
    name, kind, place = _name(handler), type(error).__name__, where(error)
    words = f"a handler of {event.name} failed, {name}: {kind} at {place}"
    told = {"happened": event.name or "", "handler": name, "error": kind, "where": place}
    log_failure(_log, "handler_failed", words, **told)


def _name(handler: object) -> str:
    # For anything but a function only the type: its repr may say anything.
    return str(getattr(handler, "__qualname__", type(handler).__qualname__))
