"""An application's webhooks on loopback: they keep what comes, or hand it to a messenger."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

import uvicorn
from attrs import define, field, frozen
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from compliant_sms.wire import WebhookRequest
from servers import QuickServer

PATIENCE = 60.0  # what a busy machine may need
Take = Callable[[WebhookRequest], int]
T = TypeVar("T")


def until(so: Callable[[], T]) -> T:
    """Ask until the answer is true; fails when it never is."""
    ends = monotonic() + PATIENCE
    while not (answer := so()):
        assert monotonic() < ends, "it never came"
    return answer


@frozen
class Call:
    """A callback as it arrived."""

    path: str
    request: WebhookRequest

    @property
    def content(self) -> Any:
        """Its JSON."""
        return json.loads(self.request.body)

    def header(self, name: str) -> str:
        """One of its headers."""
        return self.request.header(name) or ""


@define
class Room:
    """A path where ``take`` answers with a status; without it, ``status`` is answered."""

    path: str = ""
    calls: queue.Queue[Call] = field(factory=queue.Queue)
    status: int = 200
    take: Take | None = None


@define
class Hooks:
    """What listens, in one room for each test."""

    address: str
    room: Room = field(factory=Room)

    @property
    def base(self) -> str:
        """What addresses of callbacks begin with."""
        return self.address + self.room.path

    def begin(self) -> None:
        """Hear what comes from now on; what was sent before may still be on its way."""
        self.room = Room(f"/{uuid4().hex}")

    def next(self) -> Call:
        """The next callback; fails when none comes."""
        return self.room.calls.get(timeout=PATIENCE)

    def so_far(self) -> list[Call]:
        """Those that have come and were not looked at."""
        calls = self.room.calls
        return [calls.get_nowait() for _ in range(calls.qsize())]

    async def handle(self, request: Request) -> Response:
        """Take a callback."""
        room = self.room  # another test may begin while the body is still on its way
        query = request.scope["query_string"].decode()
        path = request.scope["raw_path"].decode() + (f"?{query}" if query else "")
        if not path.startswith(room.path):
            return Response(status_code=410)
        called = WebhookRequest(
            method=request.method,
            url=self.address + path,
            headers=request.headers.items(),
            body=await request.body(),
        )
        room.calls.put(Call(path.removeprefix(room.path), called))
        if room.take is None:
            return Response(status_code=room.status)
        return Response(status_code=await run_in_threadpool(room.take, called))


@contextmanager
def listening() -> Iterator[Hooks]:
    """Webhooks, while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hooks = Hooks(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = Starlette(routes=[Route("/{path:path}", hooks.handle, methods=["GET", "POST"])])
        server = QuickServer(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield hooks
        server.should_exit = True
        thread.join(PATIENCE)
