"""Bad answers: how a fault changes what happens to a request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import assert_never

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from compliant_sms.sandbox._faults import Fault, FaultKind


class Silence(Response):
    """No answer at all: the connection is closed.

    Args:
        until: keep the connection open, silently, until the client goes away or this is set.
        background: what to do first.
    """

    def __init__(
        self, *, until: asyncio.Event | None = None, background: BackgroundTask | None = None
    ) -> None:
        super().__init__(background=background)
        self._until = until

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,  # noqa: ARG002 - ASGI hands it over, and nothing is sent
    ) -> None:
        if self.background is not None:
            await self.background()
        gone = asyncio.create_task(_client_gone(receive))
        if self._until is not None:
            stop = asyncio.create_task(self._until.wait())
            await asyncio.wait({gone, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
        # Put there by _server.HangUpProtocol: ASGI has no word for closing without an answer.
        scope["state"]["hang_up"]()
        await gone


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def misbehave(
    fault: Fault, accept: Callable[[], Response], stopping: asyncio.Event
) -> Response:
    """Answer a create request as a fault demands.

    Args:
        fault: what goes wrong.
        accept: takes the request properly and makes the proper answer.
        stopping: set when the server stops; nothing waits longer than that.
    """
    match fault.kind:
        case FaultKind.STATUS:
            return Response(fault.body, fault.status, fault.headers)
        case FaultKind.DROP:
            return Silence()
        case FaultKind.ACCEPT_THEN_DROP:
            return Silence(background=accept().background)
        case FaultKind.HANG:
            return Silence(until=stopping, background=accept().background)
        case FaultKind.DELAY:
            answer = accept()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), fault.seconds)
            return answer
        case _:
            assert_never(fault.kind)
