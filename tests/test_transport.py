"""The transport and the retry over real connections: what did not leave, and what may have."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import pytest
from attrs import define, evolve, field

from carriers import CLOSED
from compliant_sms import system
from compliant_sms.driver import finish
from compliant_sms.errors import NoAnswer, RequestNotSent
from compliant_sms.providers import Attempt, Certainty, Failure, Problem
from compliant_sms.retry import BriefRetry
from compliant_sms.transport import AsyncTransport, BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from hooks import PATIENCE

CANARY = "zebra-canary"


def http(status: int, body: bytes = b"", headers: str = "") -> bytes:
    """A whole answer, as bytes on the wire."""
    return (
        f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
        + body
    )


@define
class Odd:
    """A loopback server that gives each connection the next of some raw answers.

    None keeps the connection open in silence until the client goes away.
    """

    listener: socket.socket
    answers: list[bytes | None]
    requests: list[bytes] = field(factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until there is nothing left to answer with."""
        for answer in self.answers:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENCE)
                self.requests.append(_request(connection))
                if answer is None:
                    connection.recv(1)
                else:
                    connection.sendall(answer)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower()[:15] == b"content-length:"),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def odd_server(*answers: bytes | None) -> Iterator[Odd]:
    """A server that gives those raw answers, one for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Odd(listener, list(answers))
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


Send: TypeAlias = Callable[..., HttpReply]


def blocking(request: HttpRequest, answer_timeout: float = PATIENCE) -> HttpReply:
    transport = BlockingTransport(answer_timeout=answer_timeout)
    try:
        return finish(transport.send(request))
    finally:
        transport.close()


def on_a_loop(request: HttpRequest, answer_timeout: float = PATIENCE) -> HttpReply:
    async def send() -> HttpReply:
        async with AsyncTransport(answer_timeout=answer_timeout) as transport:
            return await transport.send(request)

    return asyncio.run(send())


both = pytest.mark.parametrize("send", [blocking, on_a_loop])


def post(url: str, body: bytes = b"") -> HttpRequest:
    return HttpRequest(method="POST", url=url, headers={"X-Own": "1"}, body=body)


@both
def test_answer(send: Send) -> None:
    """Status, headers in their order, and the whole body come back; the request leaves whole."""
    body = gzip.compress(b"hello")
    with odd_server(http(201, body, "Content-Encoding: gzip\r\nA: 1\r\nA: 2\r\n")) as server:
        reply = send(post(f"{server.url}/path?q=%2B1", b"x" * 100_000))

    assert (reply.status, reply.body) == (201, b"hello")
    assert [value for name, value in reply.headers if name == "a"] == ["1", "2"]
    assert reply.header("A") == "1"
    assert server.requests[0].startswith(b"POST /path?q=%2B1 HTTP/1.1\r\n")
    assert b"x-own: 1" in server.requests[0].lower()
    assert server.requests[0].endswith(b"x" * 100_000)


@both
def test_no_redirect_is_followed(send: Send) -> None:
    """A redirect is an answer like any other: a patient's text goes nowhere else."""
    with odd_server(http(302, b"", "Location: http://127.0.0.1:1/\r\n")) as server:
        assert send(post(server.url)).status == 302


@both
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        None,
        b"HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nhalf",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 201 OK\r\n" + CANARY.encode() + b"\r\n\r\n",
        http(201, b"not gzip", "Content-Encoding: gzip\r\n"),
    ],
    ids=["closed", "silent", "cut off", "no HTTP", "bad header", "not decodable"],
)
def test_no_answer(send: Send, answer: bytes | None) -> None:
    """Once the request was written, whatever goes wrong may have come after it was processed."""
    with odd_server(answer) as server, pytest.raises(NoAnswer, match="gave no answer") as caught:
        send(post(server.url, CANARY.encode()), PATIENCE if answer is not None else 0.2)

    assert CANARY not in str(caught.value)
    assert server.requests[0].endswith(CANARY.encode())


@both
def test_key_that_http_does_not_carry(send: Send) -> None:
    """A key with a character beyond ASCII never leaves, and does not stand in the error."""
    request = evolve(post(CLOSED), headers={"Authorization": f"Bearer {CANARY}\u2026"})
    with pytest.raises(RequestNotSent, match="character that HTTP does not allow") as caught:
        send(request)

    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


@both
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "could not be reached"),
        ("gopher://127.0.0.1/", "could not be reached"),
        ("http://127.0.0.1:port/", "not a URL"),
        ("http://\0/", "not a URL"),
        (f"http://{'a' * 64}.invalid/", "not a URL|could not be reached"),
    ],
    ids=["no listener", "other protocol", "bad port", "control character", "long label"],
)
def test_not_sent(send: Send, url: str, words: str) -> None:
    """What never left is known never to have left."""
    with pytest.raises(RequestNotSent, match=words):
        send(post(url or CLOSED))


@both
def test_what_may_no_longer_leave_does_not(send: Send) -> None:
    """A request is asked at the last moment: the claim it belongs to may have run out meanwhile."""
    with odd_server(http(200)) as server:
        late = evolve(post(server.url), may_leave=lambda: False)
        with pytest.raises(RequestNotSent, match="ran out"):
            send(late)
        reply = send(post(server.url))

    assert reply.status == 200


def test_a_request_under_way_at_the_close_leaves_no_connection_open() -> None:
    """It gets its answer, and its connection is closed after it."""
    transport, replies = BlockingTransport(), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        request = HttpRequest(method="GET", url=url)
        thread = threading.Thread(target=lambda: replies.append(transport.send_now(request)))
        thread.start()
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(PATIENCE)
            connection.recv(65536)
            transport.close()
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            thread.join()

            assert [reply.status for reply in replies] == [204]
            assert connection.recv(1) == b""


def test_a_request_that_waits_for_its_turn_does_not_outlive_its_claim() -> None:
    """Behind another on the only thread, a request is asked when its turn comes."""
    asked: list[bool] = []

    def may_leave() -> bool:
        asked.append(True)
        return False

    async def both_at_once(url: str) -> list[HttpReply | BaseException]:
        async with AsyncTransport(in_flight=1) as transport:
            second = evolve(post(url), may_leave=may_leave)
            return await asyncio.gather(
                transport.send(post(url)), transport.send(second), return_exceptions=True
            )

    with odd_server(http(200)) as server:
        first, second = asyncio.run(both_at_once(server.url))

    assert isinstance(first, HttpReply)
    assert isinstance(second, RequestNotSent)
    assert asked == [True]


def test_a_request_that_no_new_thread_takes_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no thread can be started, another one sends it: it is not called one that stayed."""

    def refuse(_: threading.Thread) -> None:
        msg = "can't start new thread"
        raise RuntimeError(msg)

    async def on_one_thread(url: str) -> None:
        async with AsyncTransport(in_flight=2) as transport:
            busy = threading.Event()
            transport._threads.submit(busy.wait)
            with monkeypatch.context() as patch:
                patch.setattr(threading.Thread, "start", refuse)
                with pytest.raises(RuntimeError, match="start new thread"):
                    await transport.send(post(url))
            busy.set()
            while not server.requests:  # noqa: ASYNC110
                await asyncio.sleep(0)

    with odd_server(http(200)) as server:
        asyncio.run(on_one_thread(server.url))

    assert len(server.requests) == 1


@both
def test_transport_logs_nothing_private(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at DEBUG does the number in a look-up's URL reach a log."""
    caplog.set_level(logging.DEBUG)
    with odd_server(http(200)) as server:
        send(post(f"{server.url}/Messages.json?To=%2B12175550134", CANARY.encode()))

    assert "5550134" not in caplog.text
    assert CANARY not in caplog.text


# Retry


def refused(category: Failure, retry_after: float | None = None) -> Attempt:
    problem = Problem(category=category, code="x", words="x")
    return Attempt(certainty=Certainty.REFUSED, problem=problem, retry_after=retry_after)


SENT = Attempt(certainty=Certainty.ACCEPTED, provider_id="SM1")
BUSY = refused(Failure.RATE_LIMITED)
LATER = refused(Failure.RATE_LIMITED, 2.0)
MUCH_LATER = refused(Failure.RATE_LIMITED, 2.1)
FAULT = refused(Failure.PROVIDER_FAULT)
WRONG = refused(Failure.AUTH)
UNSURE = Attempt(
    certainty=Certainty.AMBIGUOUS,
    problem=Problem(category=Failure.PROVIDER_FAULT, code="500", words="x"),
)


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([SENT], 1),
        ([BUSY, SENT], 2),
        ([FAULT, LATER, SENT], 3),
        ([BUSY, BUSY, BUSY, SENT], 3),
        ([MUCH_LATER, SENT], 1),
        ([WRONG, SENT], 1),
        ([UNSURE, SENT], 1),
        ([BUSY, UNSURE, SENT], 2),
    ],
)
def test_brief_retry(answers: list[Attempt], tries: int) -> None:
    """Only what surely was not processed and passes soon is repeated, three times at most."""
    left, waits = list(answers), []

    async def attempt() -> Attempt:
        return left.pop(0)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    result = finish(BriefRetry(sleep)(attempt))

    assert result == answers[tries - 1]
    assert len(answers) - len(left) == tries
    assert len(waits) == tries - 1
    for earlier, wait in zip(answers, waits, strict=False):
        assert (earlier.retry_after or 0) <= wait <= 2.0


def test_retry_lets_errors_through() -> None:
    """What an attempt raises comes out unchanged and is not repeated."""
    calls: list[int] = []

    async def attempt() -> Attempt:
        calls.append(1)
        msg = "broken"
        raise KeyError(msg)

    with pytest.raises(KeyError, match="broken"):
        finish(BriefRetry(system.blocking_sleep)(attempt))
    assert calls == [1]


# The system


def test_real_clock_and_ids() -> None:
    """The real clock tells UTC and never runs behind; real ids are opaque and differ."""
    first, second = system.now(), system.now()

    assert first.utcoffset() == second.utcoffset()
    assert str(first.tzinfo) == "UTC"
    assert len({system.new_id() for _ in range(1000)}) == 1000
    assert {len(system.new_id()), int(system.new_id(), 16) > 0} == {32, True}


@pytest.mark.parametrize("sleep", [system.blocking_sleep, system.async_sleep])
def test_real_sleep(sleep: Callable[[float], Awaitable[None]]) -> None:
    """Both ways of sleeping end."""

    async def nap() -> None:
        await sleep(0)

    asyncio.run(nap())


def test_suspending_port_is_refused() -> None:
    """A blocking flow over a port that needs an event loop fails loudly instead of hanging."""

    class Suspends:
        def __await__(self) -> Iterator[None]:
            yield

    async def flow() -> None:
        await Suspends()

    with pytest.raises(RuntimeError, match="belongs to an event loop"):
        finish(flow())


def test_closed_meanwhile() -> None:
    """A request in flight is answered after the end too, and its connection is kept no more."""
    transport = BlockingTransport()

    def leaves() -> bool:
        transport.close()
        return True

    with odd_server(http(200)) as server:
        answer = transport.send_now(evolve(post(server.url), may_leave=leaves))

    assert answer.status == 200
    assert transport._idle == []
