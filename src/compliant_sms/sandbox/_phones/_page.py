"""The page's own routes, beside the control API's, which it uses too.

::

    GET  /                     the page
    GET  /sandbox/page/{name}  what it is made of
    GET  /sandbox/events       what it shows, as server-sent events; goes on after Last-Event-ID
    POST /sandbox/time         {"move": "hour", "tomorrow" or "now"}
    POST /sandbox/phones       {"number": text, "name": text}
    POST /sandbox/texts        {"to": text, "purpose": text, "body": text}: the practice sends it
    GET  /sandbox/purposes     what a practice's text may be for
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from importlib.resources import files
from typing import Final, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from compliant_sms.classification import catalogue
from compliant_sms.errors import CompliantSmsError, InvalidInput
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._control import Shape, read_object
from compliant_sms.sandbox._phones._board import Board
from compliant_sms.sandbox._phones._feed import Batch
from compliant_sms.sandbox._phones._practice import PatientPhone, Records
from compliant_sms.sandbox._phones._time import move

P = ParamSpec("P")
T = TypeVar("T")

_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PARTS: Final = ("phones.css", "icon.svg", "page.js", "feed.js", "made.js", "thread.js", "side.js")
_TIME: Final[Shape] = {"move": (str,)}
_PHONE: Final[Shape] = {"number": (str,), "name": (str,)}
_TEXT: Final[Shape] = {"to": (str,), "purpose": (str,), "body": (str,)}
# The attached messenger tells what it does. What a worker in another process does, or the host in a
# transaction of its own, nobody here is told of.
_LOOK_AGAIN: Final = timedelta(seconds=5)
_STILL_THERE: Final = 3  # looks without news, after which a comment shows that somebody is there


def routes(carrier: Carrier, board: Board) -> list[Route]:
    """The routes of the page."""
    page = _Page(carrier, board)
    return [
        Route("/", _part("index.html"), methods=["GET"]),
        *(Route(f"/sandbox/page/{name}", _part(name), methods=["GET"]) for name in _PARTS),
        Route("/sandbox/events", page.get_events, methods=["GET"]),
        Route("/sandbox/time", page.post_time, methods=["POST"]),
        Route("/sandbox/phones", page.post_phone, methods=["POST"]),
        Route("/sandbox/texts", page.post_text, methods=["POST"]),
        Route("/sandbox/purposes", page.get_purposes, methods=["GET"]),
    ]


def _part(name: str) -> Response:
    """A file of the page, which is an ASGI application of its own."""
    content = files(__package__).joinpath("page", name).read_bytes()
    suffix = name[name.rindex(".") :]
    return Response(content, media_type=_KINDS[suffix])


class _Page:
    def __init__(self, carrier: Carrier, board: Board) -> None:
        self._carrier = carrier
        self._board = board
        self._refreshing = asyncio.Lock()

    async def get_events(self, request: Request) -> Response:
        mark = request.headers.get("last-event-id", "")
        return StreamingResponse(self._news(mark), media_type="text/event-stream")

    async def _news(self, mark: str) -> AsyncIterator[str]:
        # How long a page waits before it comes back.
        yield "retry: 500\n\n"
        quiet = 0
        with self._carrier.watching() as woken:
            while not self._carrier.stopping.is_set():
                woken.clear()
                await self._refresh()
                batch = self._board.since(mark)
                if batch.changes or batch.whole:
                    mark, quiet = batch.mark, 0
                    yield _event(batch)
                elif (quiet := quiet + 1) % _STILL_THERE == 0:
                    yield ": still there\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), _LOOK_AGAIN.total_seconds())

    async def _refresh(self) -> None:
        # One at a time, so that no page is shown older records after newer ones.
        async with self._refreshing:
            self._board.refresh(await self._records())

    async def _records(self) -> Records | None:
        side = self._board.side
        if side is None:
            return Records()
        try:
            return await run_in_threadpool(side.records)
        except CompliantSmsError:
            return None  # the messenger was closed: what is known of it stays

    async def post_time(self, request: Request) -> Response:
        wanted = await read_object(request, _TIME, "move")
        words = await self._do(move, self._carrier, self._board.side, wanted["move"])
        self._carrier.tell_watchers()
        return JSONResponse({"words": words})

    async def post_phone(self, request: Request) -> Response:
        wanted = await read_object(request, _PHONE, "number")
        self._board.add_phone(PatientPhone(number=wanted["number"], name=wanted.get("name", "")))
        return Response(status_code=204)

    async def post_text(self, request: Request) -> Response:
        wanted = await read_object(request, _TEXT, "to", "purpose", "body")
        side = self._board.side
        if side is None:
            msg = "no messenger is attached. Pass one to Sandbox.attach(), or start with --demo."
            raise InvalidInput(msg)
        outcome = await self._do(side.send, wanted["to"], wanted["purpose"], wanted["body"])
        self._carrier.tell_watchers()
        return JSONResponse({"outcome": type(outcome).__name__.lower()})

    async def get_purposes(self, _: Request) -> Response:
        codes = [
            {"code": code, "class": purpose.message_class.value}
            for code, purpose in catalogue().items()
            if purpose.message_class.value != "protocol"
        ]
        return JSONResponse({"purposes": codes})

    async def _do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have the practice do something, on a thread where it may block."""
        try:
            return await run_in_threadpool(work, *args, **kwargs)
        except CompliantSmsError as error:
            raise InvalidInput(str(error)) from error


def _event(batch: Batch) -> str:
    changes = [
        {"key": change.key, "value": change.value, "seen": change.seen} for change in batch.changes
    ]
    data = json.dumps({"whole": batch.whole, "changes": changes})
    return f"id: {batch.mark}\ndata: {data}\n\n"
