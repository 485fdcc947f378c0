"""Workers: how much more several do than one, and how much memory one takes.

Run as a script it is one worker: it waits for a word, works, and prints what it did.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import setting
from carrier import carrier
from places import Place, open_store, places
from report import Row, per_second

from compliant_sms import Messenger
from compliant_sms.driver import finish
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message
from compliant_sms.worker import Worker

__all__ = ["rows"]

_MANY = 8
_LEAST_RATIO = 3.0
_MOST_GROWTH = 1.1
_ANSWER_MS = 50
_COPIES = """INSERT INTO sms_messages (message_id, practice_id, idempotency_key, chain_id, number,
        person, purpose, draft, created_at, state, urgency, not_before, attempts)
    WITH RECURSIVE copies (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < {count})
    SELECT message_id || '-' || i, practice_id, idempotency_key || '-' || i, chain_id,
        number, person, purpose, draft, created_at, state, urgency, not_before, attempts
    FROM sms_messages CROSS JOIN copies"""


def rows(folder: Path, *, quick: bool) -> list[Row]:
    """Eight processes on PostgreSQL against one, and the memory of one."""
    few, many = (2, 30) if quick else (10, 1_000)  # thousands
    with places(folder) as found:
        server = found[-1]
        speed = [
            _several(server, texts=160 if quick else 800, answer=_ANSWER_MS),
            _several(server, texts=160 if quick else 1_600, answer=0),
        ]
        return speed + [_memory(place, few, many) for place in found]


def _several(server: Place, *, texts: int, answer: int) -> Row:
    one, many = (_throughput(server, workers, texts, answer) for workers in (1, _MANY))
    cores = os.cpu_count() or 1
    # Where nobody waits for the carrier only cores can do more at once.
    asked = answer > 0 or cores >= _MANY
    return Row(
        what=f"{_MANY} worker processes on PostgreSQL against one, carrier answers after "
        f"{answer} ms, {cores} cores",
        measured=per_second(many),
        baseline=per_second(one),
        ratio=f"{many / one:.1f}",
        bar=f"at least {_LEAST_RATIO}" if asked else "-",
        met=many / one >= _LEAST_RATIO if asked else None,
    )


def _throughput(server: Place, workers: int, texts: int, answer: int) -> float:
    with server.database() as dsn, carrier(answer) as url:
        with setting.messenger(open_store(dsn), url) as messenger:
            _pile(messenger, texts)
        with ExitStack() as stack:
            started = [stack.enter_context(_labourer(dsn, url)) for _ in range(workers)]
            for process in started:
                assert process.stdout.readline() == "ready\n"
            begun = perf_counter()
            for process in started:
                process.stdin.write("go\n")
                process.stdin.flush()
            sent = sum(json.loads(process.communicate()[0])["sent"] for process in started)
            taken = perf_counter() - begun
    assert sent == texts, f"{sent} of {texts} sent"
    return texts / taken


def _memory(place: Place, few: int, many: int) -> Row:
    small, large = (_peak(place, thousands) for thousands in (few, many))
    return Row(
        what=f"peak memory of a worker on {place.name}, {many * 1_000:,} due texts against "
        f"{few * 1_000:,}",
        measured=f"{large / 1024:.0f} MiB",
        baseline=f"{small / 1024:.0f} MiB",
        ratio=f"{large / small:.2f}",
        bar=f"at most {_MOST_GROWTH}",
        met=large / small <= _MOST_GROWTH,
    )


def _peak(place: Place, thousands: int) -> int:
    """KiB after a worker did some of so many texts."""
    with ExitStack() as stack:
        url = stack.enter_context(carrier(0))
        where = stack.enter_context(place.database())
        with setting.messenger(open_store(where, max_connections=2), url) as messenger:
            _pile(messenger, 1_000)
            finish(messenger._ports.store.run(lambda tx: _copy(tx, thousands - 1)))
        process = stack.enter_context(_labourer(where, url, most=600))
        assert process.stdout.readline() == "ready\n"
        return int(json.loads(process.communicate("go\n")[0])["peak"])


async def _copy(tx: Any, count: int) -> None:
    await tx._do(_COPIES.format(count=count))


def _pile(messenger: Messenger, count: int) -> None:
    """Texts that are due, and whose patients agreed."""
    for person, number in enumerate(setting.NUMBERS):
        setting.consent(messenger, number, f"pat-{person}")

    async def work(tx: Any) -> None:
        for number, text in enumerate(islice(setting.texts(), count)):
            message = Message(
                message_id=f"text-{number:06}",
                practice_id=messenger._ports.practice.id,
                draft=Draft(**text),
                created_at=setting.MORNING,
                state=State.DUE,
                not_before=setting.MORNING,
            )
            await tx.save(message, setting.MORNING)

    finish(messenger._ports.store.run(work))


def _labourer(where: str, url: str, most: int = 0) -> Any:
    command = [sys.executable, __file__, where, url, str(most)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _labour(where: str, url: str, most: int) -> None:
    with setting.messenger(open_store(where, max_connections=2), url) as messenger:
        text = next(setting.texts())
        messenger.check(**{name: text[name] for name in ("to", "person", "purpose", "body")})
        print("ready", flush=True)
        sys.stdin.readline()
        worker = Worker(messenger, on_progress=lambda p: _stop(worker, p, most))
        progress = worker.drain()
    print(json.dumps({"sent": progress.sent, "peak": _peak_of_this_process()}))


def _peak_of_this_process() -> int:
    """KiB. What getrusage tells counts the process that started this one in."""
    try:
        status = Path("/proc/self/status").read_text("utf-8")
    except OSError:  # no Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0])


def _stop(worker: Worker, progress: Any, most: int) -> None:
    if most and progress.sent + progress.blocked >= most:
        worker.stop()


if __name__ == "__main__":
    _labour(sys.argv[1], sys.argv[2], int(sys.argv[3]))
