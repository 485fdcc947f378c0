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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from compliant_sms import Delivery, Messenger, Practice, Profile
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.stores import SQLite
from compliant_sms.worker import Worker
from unmeasured import surroundings

__all__ = ["labourers", "open_messenger"]


def _clock(at: str, since: float | None) -> Any:
    """Stands at an instant, or runs since it stood there by the clock that all processes share."""
    start = datetime.fromisoformat(at)
    if since is None:
        return lambda: start
    return lambda: start + timedelta(seconds=time.monotonic() - since)


def _people(*, meet: bool) -> Callable[[object], Profile]:
    """Where everybody lives; the first question waits until all processes have texts in hand."""
    asked = not meet

    def profile(_: object) -> Profile:
        nonlocal asked
        if not asked:
            asked = True
            print("met", flush=True)  # noqa: T201 - whoever started it listens
            sys.stdin.readline()
        return Profile(time_zone="America/Chicago")

    return profile


def open_messenger(options: dict[str, Any], kind: Any = Messenger, **changes: Any) -> Any:
    """The messenger that a labourer with these options works for."""
    if "dbname=" in options["store"]:
        from compliant_sms.stores import PostgreSQL  # noqa: PLC0415 - not for SQLite

        store: Any = PostgreSQL(options["store"], max_connections=2)
    else:
        store = SQLite(options["store"], busy_timeout=30)
    rate = Rate(**options["rate"]) if options.get("rate") else None
    arguments: dict[str, Any] = {"people": _people(meet=options.get("meet", False))}
    return kind(
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
        clock=_clock(options["at"], options.get("since")),
        delivery=Delivery(rate=rate),
        **arguments | changes,
    )


@contextmanager
def labourers(count: int, options: dict[str, Any]) -> Iterator[list[subprocess.Popen[str]]]:
    """So many processes, which begin to work together once all of them are up.

    With ``meet`` none of them sends before each has reserved some texts.
    """
    command = [sys.executable, str(Path(__file__)), json.dumps(options)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, env=surroundings(), **pipes) for _ in range(count)]
    try:
        for word in ("ready", "met") if options.get("meet") else ("ready",):
            for process in started:
                assert process.stdout is not None
                assert process.stdout.readline() == f"{word}\n"
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
