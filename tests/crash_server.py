"""Forks host's programs: Python and the library are imported once.

Run as ``python crash_server.py``: a line of JSON in says what to play, a line of JSON out says how
the process ended and what is on record.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import traceback
from typing import Any

import httpx

from crash_host import Host


def serve() -> None:
    """Play what each line says, each in a process of its own."""
    context = httpx.create_ssl_context()  # slow, and the same each time
    httpx.create_ssl_context = lambda *_, **__: context  # type: ignore[assignment]
    for line in sys.stdin:
        spec = json.loads(line)
        answer = warmed(spec) if spec["warms"] else forked(spec)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def warmed(spec: dict[str, Any]) -> dict[str, Any]:
    """Play once in the server itself, so that no fork has to load what is loaded at first use."""
    host = Host(spec)
    said = host.play()
    host.close()
    return {"killed": False, "failed": False, "said": said}


def forked(spec: dict[str, Any]) -> dict[str, Any]:
    """How a process that plays the spec ended, and what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(live(spec, writing))
    os.close(writing)
    if spec.get("kill_after") is not None:
        ended, _, _ = select.select([reading], [], [], spec["kill_after"])
        if not ended:
            os.kill(child, signal.SIGKILL)
    said = b"".join(iter(lambda: os.read(reading, 65536), b""))
    os.close(reading)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {
        "killed": killed,
        "failed": not killed and status != 0,
        "said": json.loads(said) if said and status == 0 else said.decode(),
    }


def live(spec: dict[str, Any], writing: int) -> int:
    """The whole life of the forked process; its exit status."""
    try:
        said = json.dumps(Host(spec).play()).encode()
    except BaseException:  # noqa: BLE001 - whatever it is, the server has to hear of it
        os.write(writing, traceback.format_exc().encode()[:60_000])
        return 1
    for start in range(0, len(said), 4096):
        os.write(writing, said[start : start + 4096])
    return 0


if __name__ == "__main__":
    serve()
