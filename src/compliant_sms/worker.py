"""Workers: they dispatch and reconcile for practices, until somebody says stop.

As many as you like can share one store: each text goes out once, whoever gets to it.
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
# Seconds. A signal that comes in the instant before a wait does not end it, and is heard after it.
_LONGEST_NAP = 1.0


def _told_nobody(_: Progress) -> None:
    pass


M = TypeVar("M", Messenger, AsyncMessenger)


def _each(given: M | Iterable[M], kind: type[M], other: str) -> list[M]:
    """The messengers, all of the kind that this worker can wait for."""
    them = list(given) if isinstance(given, Iterable) else [given]
    if not all(isinstance(each, kind) for each in them):
        msg = (
            f"this worker works for a {kind.__name__}, or several; for the other kind take {other}"
        )
        raise InvalidInput(msg)
    return them


class _Worker:
    """What both workers are made of."""

    def __init__(
        self,
        practices: list[Ports],
        shift: Shift,
        on_progress: Callable[[Progress], object] | None,
    ) -> None:
        if not practices:
            msg = "a worker needs at least one messenger to work for"
            raise InvalidInput(msg)
        self._practices = practices
        self._shift = shift
        self._on_progress = on_progress or _told_nobody


class Worker(_Worker):
    """Works for messengers on the calling thread.

    What goes wrong ends nothing: it is counted, and logged as a warning
    (:class:`compliant_sms.events.WorkFailed`), at once and then ever more rarely.

    Args:
        messengers: one, or several, which may share a store.
        quantum: how many texts of one practice go before it is the next one's turn.
        poll: how often a practice without due texts is looked at.
        reconcile_every: how often the provider is asked about uncertain texts, and about those
            whose last report never came.
        on_progress: is told after each turn that changed anything. What it raises ends the work.

    Raises:
        InvalidInput: there is no messenger, or one of the other kind, or something is not positive.
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
                hand is finished. A second signal does what it did before.
        """
        return self._work(self._shift, signals=signals)

    def drain(self, *, within: timedelta | None = None, signals: bool = True) -> Progress:
        """Work until nothing is due any more, or until :meth:`stop`.

        What has to wait for more than five minutes, as a provider asked for that or the allowance
        of a day is used up, stays due for the next one.

        Args:
            within: after what time to return in any case.
            signals: as for :meth:`run`.
        """
        return self._work(evolve(self._shift, once=True, within=within), signals=signals)

    def stop(self) -> None:
        """Finish the text in hand and return, for good; from any thread, or a signal handler."""
        self._stopping = True
        self._wake.put(None)

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stopping

    async def rest(self, seconds: float) -> None:
        """Do nothing for so long, or until :meth:`stop`; a long rest is several short ones."""
        try:
            self._wake.get(timeout=min(seconds, _LONGEST_NAP))
        except Empty:
            return

    def _work(self, shift: Shift, *, signals: bool) -> Progress:
        with stopped_by_signals(self.stop, wanted=signals):
            return finish(flows.work(self._practices, self, shift, self._on_progress))


@contextmanager
def stopped_by_signals(stop: Callable[[], object], *, wanted: bool) -> Iterator[None]:
    """Have SIGTERM and SIGINT call something once; on the main thread only."""
    if not wanted or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in _SIGNALS}

    def restore() -> None:
        for each, handler in before.items():
            # None was not set from Python, and cannot be set again from here.
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
        messengers: one, or several, which may share a store.
        quantum: how many texts of one practice go before it is the next one's turn.
        poll: how often a practice without due texts is looked at.
        reconcile_every: how often the provider is asked about uncertain texts, and about those
            whose last report never came.
        on_progress: is told after each turn that changed anything. What it raises ends the work.

    Raises:
        InvalidInput: there is no messenger, or one of the other kind, or something is not positive.
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
        import asyncio  # noqa: PLC0415 - whoever runs this has imported it

        them = _each(messengers, AsyncMessenger, "Worker")
        shift = Shift(quantum=quantum, poll=poll, reconcile_every=reconcile_every)
        super().__init__([each._ports for each in them], shift, on_progress)  # noqa: SLF001
        self._stop = asyncio.Event()

    async def run(self) -> Progress:
        """Work until :meth:`stop`. A signal handler of the loop may call that."""
        return await flows.work(self._practices, self, self._shift, self._on_progress)

    async def drain(self, *, within: timedelta | None = None) -> Progress:
        """Work until nothing is due any more, for at most so long, or until :meth:`stop`."""
        once = evolve(self._shift, once=True, within=within)
        return await flows.work(self._practices, self, once, self._on_progress)

    def stop(self) -> None:
        """Finish the text in hand and return; from the loop's own thread."""
        self._stop.set()

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    async def rest(self, seconds: float) -> None:
        """Do nothing for so long, or until :meth:`stop`."""
        import asyncio  # noqa: PLC0415 - as above

        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return
