"""Workers dispatch and reconcile for practices until they are stopped.

Any number of them can share one store: each text goes out once, whichever worker takes it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TypeVar

from attrs import evolve

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput
from compliant_sms.flows import Progress, Shift
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.ports import Ports

__all__ = ["AsyncWorker", "Progress", "Worker"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Seconds. A signal that comes just before a wait does not end it, and is noticed after it.
_LONGEST_NAP = 1.0


def _told_nobody(_: Progress) -> None:
    pass


M = TypeVar("M", Messenger, AsyncMessenger)


def _each(given: M | Iterable[M], kind: type[M], other: str) -> list[M]:
    """The messengers as a list, if all are of the class that this worker can run."""
    them = list(given) if isinstance(given, Iterable) else [given]
    if not all(isinstance(each, kind) for each in them):
        msg = f"this worker takes one or several {kind.__name__}; for the other kind use {other}"
        raise InvalidInput(msg)
    return them


class _Worker:
    """What both workers share."""

    def __init__(
        self,
        practices: list[Ports],
        shift: Shift,
        on_progress: Callable[[Progress], object] | None,
    ) -> None:
        if not practices:
            msg = "a worker needs at least one messenger"
            raise InvalidInput(msg)
        self._practices = practices
        self._shift = shift
        self._on_progress = on_progress or _told_nobody


class Worker(_Worker):
    """Works for messengers on the calling thread.

    A failure does not end the work: it is counted, and logged as a warning
    (:class:`compliant_sms.events.WorkFailed`), at once and then less and less often.

    Args:
        messengers: one or several, which may share a store.
        quantum: how many texts of one practice go before the next practice has its turn.
        poll: how often to look at a practice without due texts.
        reconcile_every: how often to ask the provider about uncertain texts, and about those
            whose final report never came.
        on_progress: called after each turn that changed anything. What it raises ends the work.

    Raises:
        InvalidInput: there is no messenger, one is of the other kind, or a figure is not positive.
    """

    def __init__(
        self,
        messengers: Messenger | Iterable[Messenger],
        *,
        quantum: int = 20,
        poll: timedelta = timedelta(seconds=5),
        reconcile_every: timedelta = timedelta(minutes=1),
        on_progress: Callable[[Progress], object] | None = None,
    ) -> None:
        them = _each(messengers, Messenger, "AsyncWorker")
        shift = Shift(quantum=quantum, poll=poll, reconcile_every=reconcile_every)
        super().__init__([each._ports for each in them], shift, on_progress)  # noqa: SLF001
        # Unlike an event's set(), its put() may interrupt its get(), as a signal does.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._stopping = False

    def run(self, *, signals: bool = True) -> Progress:
        """Work until :meth:`stop`.

        Args:
            signals: whether SIGTERM and SIGINT stop it too; on the main thread only. The text in
                hand is finished. A second signal has its usual effect.
        """
        return self._work(self._shift, signals=signals)

    def drain(self, *, within: timedelta | None = None, signals: bool = True) -> Progress:
        """Work until nothing is due, or until :meth:`stop`.

        Texts that must wait for more than five minutes, because a provider asked for it or a day's
        allowance is used up, stay due for the next run.

        Args:
            within: return after this time in any case.
            signals: as for :meth:`run`.
        """
        return self._work(evolve(self._shift, once=True, within=within), signals=signals)

    def stop(self) -> None:
        """Finish the text in hand and stop for good. Call it from any thread or signal handler."""
        self._stopping = True
        self._wake.put(None)

    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping

    async def rest(self, seconds: float) -> None:
        """Rest for that many seconds, or until :meth:`stop`. A long rest is several short ones."""
        try:
            self._wake.get(timeout=min(seconds, _LONGEST_NAP))
        except Empty:
            return

    def _work(self, shift: Shift, *, signals: bool) -> Progress:
        with stopped_by_signals(self.stop, wanted=signals):
            return finish(flows.work(self._practices, self, shift, self._on_progress))


@contextmanager
def stopped_by_signals(stop: Callable[[], object], *, wanted: bool) -> Iterator[None]:
    """Let SIGTERM and SIGINT call a function once; on the main thread only."""
    if not wanted or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in _SIGNALS}

    def restore() -> None:
        for each, handler in before.items():
            # A handler of None was not set from Python, and cannot be restored from here.
            signal.signal(each, signal.SIG_DFL if handler is None else handler)

    def handle(_: int, __: FrameType | None) -> None:
        restore()
        stop()

    try:
        for each in _SIGNALS:
            signal.signal(each, handle)
        yield
    finally:
        restore()


class AsyncWorker(_Worker):
    """:class:`Worker` for an event loop: the same names, the same logic, the same warnings.

    Args:
        messengers: one or several, which may share a store.
        quantum: how many texts of one practice go before the next practice has its turn.
        poll: how often to look at a practice without due texts.
        reconcile_every: how often to ask the provider about uncertain texts, and about those
            whose final report never came.
        on_progress: called after each turn that changed anything. What it raises ends the work.

    Raises:
        InvalidInput: there is no messenger, one is of the other kind, or a figure is not positive.
    """

    def __init__(
        self,
        messengers: AsyncMessenger | Iterable[AsyncMessenger],
        *,
        quantum: int = 20,
        poll: timedelta = timedelta(seconds=5),
        reconcile_every: timedelta = timedelta(minutes=1),
        on_progress: Callable[[Progress], object] | None = None,
    ) -> None:
        import asyncio  # noqa: PLC0415 - loaded by whoever runs this

        them = _each(messengers, AsyncMessenger, "Worker")
        shift = Shift(quantum=quantum, poll=poll, reconcile_every=reconcile_every)
        super().__init__([each._ports for each in them], shift, on_progress)  # noqa: SLF001
        self._stop = asyncio.Event()

    async def run(self) -> Progress:
        """Work until :meth:`stop`. A signal handler of the loop may call that."""
        return await flows.work(self._practices, self, self._shift, self._on_progress)

    async def drain(self, *, within: timedelta | None = None) -> Progress:
        """Work until nothing is due, for at most ``within``, or until :meth:`stop`."""
        once = evolve(self._shift, once=True, within=within)
        return await flows.work(self._practices, self, once, self._on_progress)

    def stop(self) -> None:
        """Finish the text in hand and stop. Call it from the loop's own thread."""
        self._stop.set()

    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    async def rest(self, seconds: float) -> None:
        """Rest for that many seconds, or until :meth:`stop`."""
        import asyncio  # noqa: PLC0415 - as above

        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return
