"""Sends HTTP requests. The only file that imports httpx; no httpx type or error leaves it.

It uses httpx's transports rather than its clients: a client logs each full URL at INFO, and a
lookup's URL holds a phone number.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpx

from compliant_sms._masking import OwnWords
from compliant_sms.errors import NoAnswer, ReplyTooLarge, RequestNotSent
from compliant_sms.wire import HttpReply, HttpRequest

__all__ = ["AsyncTransport", "BlockingTransport", "NoTransport"]

# Raised before a byte of the request was written; with any other error, bytes may have left.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    UnicodeError,  # the host is not a name that can be resolved
)


def _translate(error: httpx.RequestError | UnicodeError) -> RequestNotSent | NoAnswer:
    kind = type(error).__name__
    if isinstance(error, _NEVER_LEFT):
        return RequestNotSent(OwnWords(f"the provider could not be reached ({kind})"))
    return NoAnswer(OwnWords(f"the provider took the request and gave no answer ({kind})"))


def _body(answer: httpx.Response, largest: int | None) -> bytes:
    if largest is None:
        return answer.read()
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > largest:
            msg = f"the answer has more than {largest:,} bytes"
            raise ReplyTooLarge(msg)
    return bytes(body)


_ONE_CONNECTION = httpx.Limits(max_connections=1, max_keepalive_connections=1)


@lru_cache(maxsize=64)  # parsing a URL takes a tenth of the time of a request on loopback
def _url(url: str) -> httpx.URL:
    return httpx.URL(url)


class BlockingTransport:
    """Sends on the calling thread; its coroutines never suspend. Safe to share among threads.

    Args:
        connect_timeout: seconds to wait for a connection.
        answer_timeout: seconds to wait for each part of the answer.
        kept: how many connections to keep open between requests, at most.
    """

    def __init__(
        self, *, connect_timeout: float = 5.0, answer_timeout: float = 15.0, kept: int = 64
    ) -> None:
        self._timeouts = {
            "connect": connect_timeout,
            "read": answer_timeout,
            "write": answer_timeout,
            "pool": connect_timeout,
        }
        self._tls = httpx.create_ssl_context()
        self._kept = kept
        # One connection in each: a shared pool looks at every connection for each request.
        self._idle: list[httpx.HTTPTransport] = []
        self._opened_by = os.getpid()

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request and read the whole answer.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
            ReplyTooLarge: the answer is larger than the request allows.
        """
        return self.send_now(request)

    def send_now(self, request: HttpRequest) -> HttpReply:
        """:meth:`send` for callers that are not coroutines."""
        outgoing = self._outgoing(request)
        if not request.may_leave():
            msg = "the time reserved for sending ran out while the request waited"
            raise RequestNotSent(OwnWords(msg))
        with self._connection() as connection:
            try:
                answer = connection.handle_request(outgoing)
                try:
                    body = _body(answer, request.largest_reply)
                finally:
                    answer.close()
            except (httpx.RequestError, UnicodeError) as error:
                raise _translate(error) from error
        return HttpReply(status=answer.status_code, headers=answer.headers.multi_items(), body=body)

    def _outgoing(self, request: HttpRequest) -> httpx.Request:
        try:
            return httpx.Request(
                request.method,
                _url(request.url),
                headers=list(request.headers),
                content=request.body,
                extensions={"timeout": self._timeouts},
            )
        except httpx.InvalidURL as error:
            msg = "the provider's URL is not a URL"
            raise RequestNotSent(OwnWords(msg)) from error
        except UnicodeEncodeError:  # which holds the header
            msg = (
                "the provider's key, or a header, has a character that HTTP does not allow. "
                "Copy the key again from the provider's console."
            )
            raise RequestNotSent(OwnWords(msg)) from None

    @contextmanager
    def _connection(self) -> Iterator[httpx.HTTPTransport]:
        if self._opened_by != os.getpid():
            # After a fork they are the parent's: both would read each other's answers.
            self._idle, self._opened_by = [], os.getpid()
        try:
            connection = self._idle.pop()  # the one used last is the warmest
        except IndexError:
            connection = httpx.HTTPTransport(verify=self._tls, limits=_ONE_CONNECTION)
        try:
            yield connection
        finally:
            self._idle.append(connection)
            self._close_beyond(self._kept)

    def _close_beyond(self, kept: int) -> None:
        while len(self._idle) > kept:
            with suppress(IndexError):  # another thread was first
                self._idle.pop(0).close()

    def close(self) -> None:
        """Close idle connections now, and the others after their answer."""
        self._kept = 0
        self._close_beyond(0)


class NoTransport:
    """The transport of a dry run: nothing leaves."""

    async def send(self, request: HttpRequest) -> HttpReply:  # noqa: ARG002 - whatever it is
        """Refuse a request.

        Raises:
            RequestNotSent: always.
        """
        msg = "this is a dry run, so no request is sent"
        raise RequestNotSent(OwnWords(msg))


class AsyncTransport:
    """Sends for an event loop, on threads of its own.

    Measured with 64 requests in flight, httpx's asynchronous pool reaches a third of the throughput
    of threads: it looks at every connection for each request, and tries to import an optional
    module each time.

    Args:
        connect_timeout: seconds to wait for a connection.
        answer_timeout: seconds to wait for each part of the answer.
        in_flight: how many requests at the same time; more wait their turn.
    """

    def __init__(
        self, *, connect_timeout: float = 5.0, answer_timeout: float = 15.0, in_flight: int = 64
    ) -> None:
        self._http = BlockingTransport(
            connect_timeout=connect_timeout, answer_timeout=answer_timeout, kept=in_flight
        )
        self._in_flight = in_flight
        self._threads = self._new_threads()

    def _new_threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._in_flight, thread_name_prefix="compliant_sms")

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request and read the whole answer.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
            ReplyTooLarge: the answer is larger than the request allows.
            asyncio.CancelledError: the caller was cancelled; if the request had not had its turn
                yet, the cause is a :class:`RequestNotSent`.
        """
        # If no thread can be started it raises, and yet another thread takes the request.
        turn = self._threads.submit(self._http.send_now, request)
        try:
            return await asyncio.wrap_future(turn)
        except asyncio.CancelledError as error:
            if not turn.cancelled():  # it was under way
                raise
            msg = "the request waited its turn when its caller was cancelled or all was closed"
            not_sent = RequestNotSent(OwnWords(msg))
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise error from not_sent
            raise not_sent from None  # closed, and nobody was cancelled

    async def aclose(self) -> None:
        """Close all connections; requests that wait their turn are not sent.

        New connections are opened when they are needed again.
        """
        threads, self._threads = self._threads, self._new_threads()
        threads.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
