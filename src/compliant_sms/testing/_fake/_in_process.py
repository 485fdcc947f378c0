"""The sandbox's carrier and endpoints as plain functions, without waiting or listening."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Message, Scope

from compliant_sms._masking import OwnWords
from compliant_sms.clock import Clock
from compliant_sms.errors import NoAnswer, ReplyTooLarge
from compliant_sms.sandbox import Account
from compliant_sms.sandbox._account import Refused
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._chance import Chance
from compliant_sms.sandbox._creating import Silence
from compliant_sms.testing._clock import MovableClock
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

Inbox = Callable[[str, WebhookRequest], Awaitable[int]]
"""Takes a provider's callback and returns the HTTP status of the answer."""


class InProcessCarrier(Carrier):
    """A carrier that moves texts along on request, and passes callbacks to a function."""

    def __init__(self, book: Book, clock: Clock, chance: Chance) -> None:
        super().__init__(book, clock, chance)
        self.inbox: Inbox | None = None
        self._waiting: deque[str] = deque()

    async def start_delivery(self, sid: str) -> None:
        """Leave the text waiting until callbacks are asked for."""
        self._waiting.append(sid)

    async def drain(self) -> None:
        """Bring every text to its final status, and deliver what was held back."""
        while self._waiting:
            await self._deliver(self._waiting.popleft())
        for about in [*self._held_back]:
            await self._release(about)

    async def pause(self, seconds: float) -> None:
        """Move the clock forward, if it can be moved."""
        if isinstance(self._clock, MovableClock):
            self._clock.advance(timedelta(seconds=seconds))

    async def call(self, provider: str, request: HttpRequest) -> int:
        """Pass a callback to what the carrier is connected to. Returns 0 if that is nothing."""
        if self.inbox is None:
            return 0
        arrived = WebhookRequest(
            method=request.method, url=request.url, headers=request.headers, body=request.body
        )
        return await self.inbox(provider, arrived)


class Endpoints:
    """The providers' APIs as one function from a request to an answer."""

    def __init__(self, carrier: Carrier, accounts: Iterable[Account]) -> None:
        # Single addresses first, because prefixes are wider.
        known = sorted(accounts, key=lambda account: bool(account.prefix))
        self._served = [(account, account.routes(carrier)) for account in known]

    async def answer(self, request: HttpRequest) -> HttpReply:
        """Return the provider's answer.

        Raises:
            NoAnswer: the carrier does not answer.
            ReplyTooLarge: the answer is longer than the request allows.
        """
        try:
            response = await self._respond(request)
        except Refused as refused:
            response = refused.response
        if response.background is not None:
            await response.background()
        if isinstance(response, Silence):
            msg = "the provider took the request and gave no answer (the fake carrier was told so)"
            raise NoAnswer(OwnWords(msg))
        return _reply(response, request.largest_reply)

    async def _respond(self, request: HttpRequest) -> Response:
        scope = _scope(request)
        asked = [each for each in self._served if each[0].serves(scope["path"])]
        account, routes = (asked or self._served)[0]
        # Vonage serves its balance outside its prefix.
        every = routes if asked else [route for _, known in self._served for route in known]
        found = [(route, *route.matches(scope)) for route in every]
        for route, match, more in found:
            if match is Match.FULL:
                return await _endpoint(route)(Request({**scope, **more}, _receiver(request.body)))
        known = any(match is Match.PARTIAL for _, match, _ in found)
        return account.no_route(405 if known else 404)


def _endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
    endpoint: Callable[[Request], Awaitable[Response]] = route.endpoint
    return endpoint


def _scope(request: HttpRequest) -> Scope:
    parts = urlsplit(request.url)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    return {
        "type": "http",
        "method": request.method,
        "scheme": parts.scheme,
        "server": (parts.hostname, parts.port),
        "path": unquote(parts.path),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": headers,
        "state": {},
    }


def _receiver(body: bytes) -> Callable[[], Awaitable[Message]]:
    whole: Final[dict[str, Any]] = {"type": "http.request", "body": body, "more_body": False}

    async def receive() -> Message:
        return whole

    return receive


def _reply(response: Response, largest: int | None) -> HttpReply:
    body = bytes(response.body)
    if largest is not None and len(body) > largest:
        msg = f"the answer has more than {largest:,} bytes"
        raise ReplyTooLarge(msg)
    headers = [(name.decode(), value.decode()) for name, value in response.raw_headers]
    return HttpReply(status=response.status_code, headers=headers, body=body)
