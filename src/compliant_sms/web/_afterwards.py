"""Work that callbacks and forms make due, done after they were answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.web._core import log_failure

_FAILED = "what is due after a callback or a form could not be done"


def work(messenger: Messenger) -> None:
    """Send due texts, confirm texts with providers, and fetch patients' media. Never raises."""
    try:
        messenger.dispatch_due()  # first: the confirmation of a STOP waits for no provider
        if any(each.proven for each in messenger.confirm_received()):
            messenger.dispatch_due()
        messenger.fetch_media()
    except Exception as error:  # noqa: BLE001 - the provider has its answer
        log_failure(_FAILED, error)


async def work_async(messenger: AsyncMessenger) -> None:
    """:func:`work` for an event loop."""
    try:
        await messenger.dispatch_due()
        if any(each.proven for each in await messenger.confirm_received()):
            await messenger.dispatch_due()
        await messenger.fetch_media()
    except Exception as error:  # noqa: BLE001 - the provider has its answer
        log_failure(_FAILED, error)


class Afterwards:
    """Works for messengers on one thread, which starts when asked and ends when it is done.

    A WSGI server can answer nobody else on a thread that works. A waiting messenger is listed once,
    however often it is asked for: its turn does everything that is due. The thread is not a daemon:
    a program that ends lets it finish, so that no text is cut off.

    Args:
        work: what to do for each.
    """

    def __init__(self, work: Callable[[Messenger], None] = work) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._waiting: dict[Messenger, None] = {}
        self._thread: threading.Thread | None = None

    def ask(self, messenger: Messenger) -> None:
        """Work for a messenger soon."""
        with self._lock:
            self._waiting[messenger] = None
            # After a fork the thread does not exist, whoever started it.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="compliant_sms.web")
                self._thread.start()

    def _run(self) -> None:
        while (messenger := self._next()) is not None:
            self._work(messenger)

    def _next(self) -> Messenger | None:
        with self._lock:
            if not self._waiting:
                self._thread = None
                return None
            messenger = next(iter(self._waiting))
            del self._waiting[messenger]
            return messenger


class AsyncAfterwards:
    """:class:`Afterwards` on an event loop, asked from another thread."""

    def __init__(self) -> None:
        self._running: set[Future[None]] = set()  # a loop holds its tasks only weakly

    def ask(self, messenger: AsyncMessenger, loop: asyncio.AbstractEventLoop) -> None:
        """Work for a messenger soon, if the loop still runs; under WSGI it has ended."""
        if not loop.is_closed():
            running = asyncio.run_coroutine_threadsafe(work_async(messenger), loop)
            self._running.add(running)
            running.add_done_callback(self._running.discard)
