"""Sends requests. The only file that imports httpx, and no httpx type or error leaves it.

It uses httpx's transports rather than its clients: a client logs each full URL at INFO, and a
look-up's URL holds a phone number.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx

from compliant_sms.errors import NoAnswer, RequestNotSent
from compliant_sms.wire import HttpReply, HttpRequest

__all__ = ["AsyncTransport", "BlockingTransport"]

# Raised before a byte of the request was written; everything else may come too late to tell.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    UnicodeError,  # the host is no name that can be looked up
)


def _translate(error: httpx.RequestError | UnicodeError) -> RequestNotSent | NoAnswer:
    if isinstance(error, _NEVER_LEFT):
        return RequestNotSent(f"the provider could not be reached ({type(error).__name__})")
    return NoAnswer(f"the provider took the request and gave no answer ({type(error).__name__})")


class _Settings:
    def __init__(
        self, *, connect_timeout: float = 5.0, answer_timeout: float = 15.0, pool_size: int = 100
    ) -> None:
        self._timeouts = {
            "connect": connect_timeout,
            "read": answer_timeout,
            "write": answer_timeout,
            "pool": connect_timeout,
        }
        self._limits = httpx.Limits(max_connections=pool_size, max_keepalive_connections=pool_size)

    def _outgoing(self, request: HttpRequest) -> httpx.Request:
        try:
            return httpx.Request(
                request.method,
                request.url,
                headers=list(request.headers),
                content=request.body,
                extensions={"timeout": self._timeouts},
            )
        except httpx.InvalidURL as error:
            msg = "the provider's URL is not a URL"
            raise RequestNotSent(msg) from error


class BlockingTransport(_Settings):
    """Sends on the calling thread; its coroutines never suspend. Safe to share among threads.

    Args:
        connect_timeout: seconds to wait for a connection.
        answer_timeout: seconds to wait for each part of the answer.
        pool_size: connections kept at most.
    """

    def __init__(
        self, *, connect_timeout: float = 5.0, answer_timeout: float = 15.0, pool_size: int = 100
    ) -> None:
        super().__init__(
            connect_timeout=connect_timeout, answer_timeout=answer_timeout, pool_size=pool_size
        )
        self._http = httpx.HTTPTransport(limits=self._limits)

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request and read the whole answer.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
        """
        outgoing = self._outgoing(request)
        try:
            answer = self._http.handle_request(outgoing)
            try:
                body = answer.read()
            finally:
                answer.close()
        except (httpx.RequestError, UnicodeError) as error:
            raise _translate(error) from error
        return HttpReply(status=answer.status_code, headers=answer.headers.multi_items(), body=body)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()


class AsyncTransport(_Settings):
    """Sends on the running event loop.

    Args:
        connect_timeout: seconds to wait for a connection.
        answer_timeout: seconds to wait for each part of the answer.
        pool_size: connections kept at most.
    """

    def __init__(
        self, *, connect_timeout: float = 5.0, answer_timeout: float = 15.0, pool_size: int = 100
    ) -> None:
        super().__init__(
            connect_timeout=connect_timeout, answer_timeout=answer_timeout, pool_size=pool_size
        )
        self._http = httpx.AsyncHTTPTransport(limits=self._limits)

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request and read the whole answer.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
        """
        outgoing = self._outgoing(request)
        try:
            answer = await self._http.handle_async_request(outgoing)
            try:
                body = await answer.aread()
            finally:
                await answer.aclose()
        except (httpx.RequestError, UnicodeError) as error:
            raise _translate(error) from error
        return HttpReply(status=answer.status_code, headers=answer.headers.multi_items(), body=body)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
