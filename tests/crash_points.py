"""Ports that count what a flow asks for, and let something happen at one of these points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx

from compliant_sms import Profile
from compliant_sms.clock import Clock
from compliant_sms.messenger import StoreKind
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpRequest

# Nothing is written between one of these and the point before it.
_FINE = (" done", ".complete", "SELECT", "clock", "id", "people", "begin")


class Points:
    """Counts points; at the n-th something strikes.

    Args:
        at: which point that is; None for none.
        strike: what happens there.
        fine: count every question; otherwise those only between which something is written, here
            or at the carrier.
        store_only: count the questions to the store only.
    """

    def __init__(
        self, at: int | None, strike: Callable[[], object], *, fine: bool, store_only: bool
    ) -> None:
        self.kinds: Counter[str] = Counter()
        self.strike = strike
        self._at = at
        self._fine = fine
        self._store_only = store_only
        self._counting = True

    def __call__(self, kind: str) -> None:
        if not self._counting or (not self._fine and kind.endswith(_FINE)):
            return
        if self._store_only and not kind.startswith("store"):
            return
        self.kinds[kind] += 1
        if self.kinds.total() == self._at:
            self.strike()

    @contextmanager
    def spared(self) -> Iterator[None]:
        """What the block does counts for nothing: it prepares, or looks."""
        before, self._counting = self._counting, False
        try:
            yield
        finally:
            self._counting = before

    def before(self, kind: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        """The same question, with a point before it is asked."""

        def asked(*arguments: Any) -> Any:
            self(kind)
            return ask(*arguments)

        return asked


class StruckConnection:
    """A connection with a point before and after each statement."""

    def __init__(self, connection: Any, point: Points) -> None:
        self._connection = connection
        self._point = point
        self.dialect = connection.dialect

    async def fetch(self, sql: str, parameters: Mapping[str, object]) -> Any:
        return await self._around(self._connection.fetch, sql, parameters)

    async def execute(self, sql: str, parameters: Mapping[str, object]) -> Any:
        return await self._around(self._connection.execute, sql, parameters)

    async def later(self, sql: str, parameters: Mapping[str, object]) -> Any:
        return await self._around(self._connection.later, sql, parameters)

    async def prefetch(self, sql: str, parameters: Mapping[str, object]) -> None:
        await self._connection.prefetch(sql, parameters)  # it asks nothing by itself

    async def _around(self, ask: Any, sql: str, parameters: Mapping[str, object]) -> Any:
        verb = sql.split(None, 1)[0]
        self._point(f"store {verb}")
        answer = await ask(sql, parameters)
        self._point(f"store {verb} done")
        return answer


class StruckStore:
    """A store with points around each transaction, each statement and each commit."""

    def __init__(self, store: StoreKind, point: Points) -> None:
        self._store = store
        self._point = point

    def blocking(self, keyring: Any = None) -> Any:
        self._port = self._store.blocking(keyring)
        return self

    async def run(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def watched(tx: Any) -> Any:
            self._point("store begin done")
            tx._db = StruckConnection(tx._db, self._point)
            result = await work(tx)
            self._point("store before commit")
            return result

        self._point("store before begin")
        result = await self._port.run(watched)
        self._point("store after commit")
        return result

    def close(self) -> None:
        self._store.close()


class StruckTransport(BlockingTransport):
    """The real transport, with a point at each step of the HTTP client underneath.

    Among them: the request is written, and nothing of the answer is read.
    """

    def __init__(self, point: Points) -> None:
        super().__init__()
        self._point = point

    def _outgoing(self, request: HttpRequest) -> httpx.Request:
        self._point("before request")
        outgoing = super()._outgoing(request)
        outgoing.extensions["trace"] = lambda event, _: self._point(event)
        return outgoing

    async def send(self, request: HttpRequest) -> Any:
        reply = await super().send(request)
        self._point("answer read")
        return reply


def struck_ports(
    store: StoreKind, clock: Clock, ids: Callable[[], str], point: Points
) -> dict[str, Any]:
    """What to pass to a Messenger so that anything can happen at any question that it asks."""
    told: Callable[[], datetime] = point.before("clock", clock)
    return {
        "store": StruckStore(store, point),
        "clock": told,
        "ids": point.before("id", ids),
        "people": point.before("people", lambda _: Profile(time_zone="America/Chicago")),
        "transport": StruckTransport(point),
    }
