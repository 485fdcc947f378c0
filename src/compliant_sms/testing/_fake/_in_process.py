"""The sandbox's carrier and endpoints, called as functions: nothing waits, and nothing listens."""

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
"""Takes a provider's callback; the HTTP status of the answer."""


class InProcessCarrier(Carrier):
    """Moves texts along when it is asked to, and hands callbacks to a function."""

    def __init__(self, book: Book, clock: Clock, chance: Chance) -> None:
        super().__init__(book, clock, chance)
        self.inbox: Inbox | None = None
        self._waiting: deque[str] = deque()

    async def start_delivery(self, sid: str) -> None:
        """Let the text wait until callbacks are asked for."""
        self._waiting.append(sid)

    async def drain(self) -> None:
        """Move every text to where it comes to rest, and hand over what was held back."""
        while self._waiting:
            await self._deliver(self._waiting.popleft())
        for about in [*self._held_back]:
            await self._release(about)

    async def pause(self, seconds: float) -> None:
        """Move the clock on, where it can be moved."""
        if isinstance(self._clock, MovableClock):
            self._clock.advance(timedelta(seconds=seconds))

    async def call(self, provider: str, request: HttpRequest) -> int:
        """Hand a callback to whom the carrier is connected to; 0 when that is nobody."""
        if self.inbox is None:
            return 0
        arrived = WebhookRequest(
            method=request.method, url=request.url, headers=request.headers, body=request.body
        )
        return await self.inbox(provider, arrived)


class Endpoints:
    """The providers' APIs as one function from a request to its answer."""

    def __init__(self, carrier: Carrier, accounts: Iterable[Account]) -> None:
        # What serves single addresses comes first; prefixes are wider.
        known = sorted(accounts, key=lambda account: bool(account.prefix))
        self._served = [(account, account.routes(carrier)) for account in known]

    async def answer(self, request: HttpRequest) -> HttpReply:
        """What the provider answers.

        Raises:
            NoAnswer: the carrier keeps silent.
            ReplyTooLarge: the request wants a shorter answer.
        """
        try:
            response = await self._respond(request)
        except Refused as refused:
            response = refused.response
        if response.background is not None:
            await response.background()
        if isinstance(response, Silence):
            msg = "the provider took the request and gave no answer (the fake carrier was told so)"
            raise NoAnswer(msg)
        return _reply(response, request.largest_reply)

    async def _respond(self, request: HttpRequest) -> Response:
        scope = _scope(request)
        asked = [each for each in self._served if each[0].serves(scope["path"])]
        account, routes = (asked or self._served)[0]
        # Vonage shows its balance outside of its prefix.
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
