"""A web server on loopback for the carrier's callbacks, while the day lasts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from compliant_sms.messenger import Messenger
from compliant_sms.web.starlette import webhook_app


def listen() -> tuple[socket.socket, str]:
    """A socket on a free port of 127.0.0.1, and its URL."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}/texts"


@contextmanager
def serve_webhooks(
    messenger: Messenger, listener: socket.socket, url: str, *, dispatch: bool = False
) -> Iterator[None]:
    """Take callbacks in until the block ends.

    Args:
        messenger: who receives.
        listener: takes connections.
        url: its.
        dispatch: send at once what became due. A day dispatches by itself, so that it always plays
            in the same order.
    """
    app = webhook_app(messenger, public_url=url, dispatch=dispatch)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, log_level="error", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
