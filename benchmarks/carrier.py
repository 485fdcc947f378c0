"""A carrier in a process of its own: answers every request with 201 and a text in Twilio's shape.

It does nothing else, so that what is measured is the client. Run as a script it prints its port
and serves until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

__all__ = ["carrier"]

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"content-length:\s*([0-9]+)", re.IGNORECASE)
_DATE = "Mon, 30 Nov 2026 16:00:00 +0000"
_RESOURCE = json.dumps(
    {
        "account_sid": "AC" + "5e" * 16,
        "api_version": "2010-04-01",
        "body": "Taken.",
        "date_created": _DATE,
        "date_sent": None,
        "date_updated": _DATE,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+12175550111",
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": "SM%032x",
        "status": "queued",
        "subresource_uris": {"media": "/2010-04-01/Media.json"},
        "to": "+12175550134",
        "uri": "/2010-04-01/Messages.json",
    }
)
_BODY_LENGTH = len(_RESOURCE % 0)
_ANSWER = (
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    f"Content-Length: {_BODY_LENGTH}\r\n\r\n{_RESOURCE}"
)


class _Conversation(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, ids: Iterator[int], delay: float) -> None:
        self._ids = ids
        self._delay = delay
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_END_OF_HEAD)
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        end = head + len(_END_OF_HEAD) + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        del self._received[:end]
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._answer)
        else:
            self._answer()

    def _answer(self) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write((_ANSWER % next(self._ids)).encode())


async def _serve(delay: float) -> None:
    ids, loop = count(1), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(ids, delay), "127.0.0.1", backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def carrier(delay_ms: int) -> Iterator[str]:
    """The URL of a carrier that answers after so many milliseconds."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(delay_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        # Leaving the block closes its standard input, and with that it ends.


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]) / 1000))
