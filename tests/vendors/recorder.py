"""A server on loopback that keeps what clients send; and what our adapters build, likewise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from compliant_sms.providers import Provider
from compliant_sms.wire import HttpReply, HttpRequest


@frozen
class Seen:
    """A request as a server sees it, its body decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: Any
    body: bytes = field(repr=False, eq=False)
    host: str = field(default="", eq=False)

    def only(self, headers: Iterable[str]) -> Seen:
        """The same with the headers that matter."""
        kept = {name: self.headers.get(name, "") for name in headers}
        return Seen(self.method, self.path, self.query, kept, self.content, self.body)


def seen(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Seen:
    """A request in the form in which two can be compared."""
    named = {name.lower(): value for name, value in headers}
    kind = named.get("content-type", "").partition(";")[0].strip()
    named |= {"content-type": kind} if kind else {}
    content: Any = body.decode()
    if body and "json" in kind:
        content = json.loads(body)
    elif kind == "application/x-www-form-urlencoded":
        content = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    parts = urlsplit(url)
    return Seen(
        method, parts.path, dict(parse_qsl(parts.query)), named, content, body, parts.netloc
    )


def built(request: HttpRequest) -> Seen:
    """What an adapter built."""
    return seen(request.method, request.url, request.headers, request.body)


def inspected(provider: Provider, answers: Iterable[Any], *, at: datetime) -> list[Seen]:
    """What an adapter asks about its sender, given these answers.

    Args:
        provider: the adapter.
        answers: the contents of 200s, in the order in which it asks.
        at: the present.
    """
    asked, inspection = [], provider.inspect_sender(at=at)
    try:
        request = next(inspection)
        for answer in answers:
            asked.append(built(request))
            request = inspection.send(HttpReply(status=200, body=json.dumps(answer).encode()))
    except StopIteration:
        return asked
    raise AssertionError(request)


class Recorder:
    """Keeps requests, and answers each with the next reply, or with an empty JSON object."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.replies: list[tuple[int, Any]] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                recorder.requests.append(seen(self.command, self.path, self.headers.items(), body))
                status, content = recorder.replies.pop(0) if recorder.replies else (200, {})
                reply = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - as http.server asks

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
