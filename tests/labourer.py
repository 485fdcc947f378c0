"""A worker in a process of its own, for tests that start several or kill one.

Its arguments are one JSON object: where the store and the carrier are, and at which instant its
clock stands. It prints how many texts it sent.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from compliant_sms import Delivery, Messenger, Practice, Profile
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.stores import SQLite
from compliant_sms.worker import Worker

__all__ = ["labourers", "open_messenger"]


def _clock(at: str, *, runs: bool) -> Any:
    start, began = datetime.fromisoformat(at), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began if runs else 0)


def open_messenger(options: dict[str, Any]) -> Messenger:
    """The messenger that a labourer with these options works for."""
    if "dbname=" in options["store"]:
        from compliant_sms.stores import PostgreSQL  # noqa: PLC0415 - not for SQLite

        store: Any = PostgreSQL(options["store"], max_connections=2)
    else:
        store = SQLite(options["store"], busy_timeout=30)
    rate = Rate(**options["rate"]) if options.get("rate") else None
    return Messenger(
        practice=Practice(
            name="Lakeside Family Medicine",
            phone="+1 217 555 0100",
            time_zone="America/Chicago",
            state="IL",
            id="lakeside",
        ),
        provider=Twilio(
            account_sid=options["sid"],
            auth_token=options["token"],
            sender=options["sender"],
            base_url=options["carrier"],
        ),
        store=store,
        people=lambda _: Profile(time_zone="America/Chicago"),
        clock=_clock(options["at"], runs=options.get("runs", False)),
        delivery=Delivery(rate=rate),
    )


@contextmanager
def labourers(count: int, options: dict[str, Any]) -> Iterator[list[subprocess.Popen[str]]]:
    """So many processes, which begin to work together once all of them are up."""
    command = [sys.executable, str(Path(__file__)), json.dumps(options)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(count)]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def main() -> None:
    """Wait for the word, work until nothing is due, tell how much that was."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = json.loads(sys.argv[1])
    with open_messenger(options) as messenger:
        messenger.reconcile()  # connects
        print("ready", flush=True)  # noqa: T201 - whoever started it listens
        sys.stdin.readline()
        worker = Worker(messenger, quantum=options.get("quantum", 5))
        print(worker.drain().sent, flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main()
