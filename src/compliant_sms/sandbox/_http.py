"""The web server around the carrier."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox import _control, _phones
from compliant_sms.sandbox._account import Account, Refused
from compliant_sms.sandbox._carrier import Carrier

_GRACE = 2  # seconds for requests that are being answered while the server stops
_KEEP_ALIVE = 75
_TURNS = 5  # of the event loop, in which it lets go of closed connections


class HangUpProtocol(H11Protocol):
    """HTTP/1.1 whose requests can close their connection: ``scope["state"]["hang_up"]()``."""

    def connection_made(  # type: ignore[override]  # as in the class above
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        application = self.app

        async def with_hang_up(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"]["hang_up"] = transport.close
            await application(scope, receive, send)

        self.app = with_hang_up


class PromptServer(uvicorn.Server):
    """Ends as uvicorn does, but without its pause where nobody is being answered."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what listens and what is idle; then wait for the others, if there are any."""
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
        elif not self.force_exit:
            await self.lifespan.shutdown()


class Server(PromptServer):
    """Serves until the carrier is to stop, and learns of that at once rather than by polling."""

    def __init__(
        self,
        carrier: Carrier,
        accounts: Sequence[Account],
        board: _phones.Board,
        on_start: Callable[[], None],
    ) -> None:
        self._carrier = carrier
        super().__init__(
            uvicorn.Config(
                _application(carrier, accounts, board, on_start),
                loop="asyncio",
                http=HangUpProtocol,
                ws="none",
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                # The carrier has a clock of its own, which need not be this machine's.
                date_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=_GRACE,
            )
        )

    async def main_loop(self) -> None:
        """Wait for the end."""
        await self._carrier.stopping.wait()


def _application(
    carrier: Carrier,
    accounts: Sequence[Account],
    board: _phones.Board,
    on_start: Callable[[], None],
) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with carrier.running():
            on_start()
            yield

    def no_route(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        path = request.url.path
        asked = (account for account in accounts if account.serves(path))
        return next(asked, accounts[0]).no_route(status)

    return Starlette(
        routes=[
            *(route for account in accounts for route in account.routes(carrier)),
            *_control.routes(carrier),
            *_phones.routes(carrier, board),
        ],
        middleware=[Middleware(_phones.Guard)],
        lifespan=lifespan,
        exception_handlers={
            Refused: _refuse,
            HTTPException: no_route,
            InvalidInput: _control.explain,
        },
    )


def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.response
