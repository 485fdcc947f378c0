"""Where a store is tried out: its transactions one after the other, or many at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar, cast

from compliant_sms.driver import finish
from compliant_sms.messenger import StoreKind
from compliant_sms.ports import AtRest, Transaction

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]
MakeStore = Callable[[], StoreKind]


class Bench:
    """A store under test."""

    def __init__(self, make: MakeStore, loop: asyncio.AbstractEventLoop | None) -> None:
        self._make = make
        self._loop = loop
        self._store = make()

    def run(self, work: Work[T], keys: AtRest = None) -> T:
        """Run the work in a transaction, as either facade would."""
        if self._loop is None:
            return finish(cast("Coroutine[Any, Any, T]", self._store.blocking(keys).run(work)))
        port = self._store.asynchronous(keys)
        running = cast("Coroutine[Any, Any, T]", port.run(work))
        return asyncio.run_coroutine_threadsafe(running, self._loop).result()

    def together(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """Run all of them at once, each from a thread of its own; what came of each."""
        ready = threading.Barrier(len(works))

        def one(work: Work[T]) -> T | Exception:
            ready.wait()
            try:
                return self.run(work)
            except Exception as error:  # noqa: BLE001 - it is what came of it
                return error

        with ThreadPoolExecutor(max_workers=len(works)) as threads:
            return list(threads.map(one, works))

    def reopen(self) -> None:
        """Close the store, and make another over the same database."""
        self.close()
        self._store = self._make()

    def close(self) -> None:
        """Close the store."""
        if self._loop is None:
            self._store.close()
        else:
            asyncio.run_coroutine_threadsafe(self._store.aclose(), self._loop).result()


class Contract:
    """What all parts of the contract share.

    Attributes:
        on_event_loop: whether transactions run on an event loop, by ``asynchronous``.
        outlives_close: whether a store that was closed still has what was recorded.
    """

    on_event_loop: ClassVar[bool] = False
    outlives_close: ClassVar[bool] = True

    @contextmanager
    def _bench(self, make_store: MakeStore) -> Iterator[Bench]:
        if not self.on_event_loop:
            yield from _used(Bench(make_store, None))
            return
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield from _used(Bench(make_store, loop))
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


def _used(bench: Bench) -> Iterator[Bench]:
    try:
        yield bench
    finally:
        bench.close()


@contextmanager
def raises(kind: type[BaseException]) -> Iterator[list[BaseException]]:
    """The block must raise exactly that; it is then in the list. Needs no pytest."""
    caught: list[BaseException] = []
    try:
        yield caught
    except BaseException as error:
        if not isinstance(error, kind):
            raise
        caught.append(error)
    else:
        msg = f"{kind.__name__} was not raised"
        raise AssertionError(msg)
