"""Many sends at once: one event loop against the official client in as many threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import setting
from carrier import carrier
from measure import in_turns, ratio
from report import Row, per_second

from compliant_sms import AsyncMessenger, Sent
from compliant_sms.stores import SQLite

__all__ = ["rows"]

_IN_FLIGHT = 64
_LEAST = 1.0


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Throughput at no delay and at 50 ms."""
    for delay_ms in (0, 50):
        yield from _rows(folder, delay_ms, texts=128 if quick else 320, rounds=3 if quick else 7)


def _rows(folder: Path, delay_ms: int, *, texts: int, rounds: int) -> Iterator[Row]:
    with ExitStack() as stack:
        url = stack.enter_context(carrier(delay_ms))
        store = SQLite(folder / f"in-flight-{delay_ms}.db")
        works = {
            "ours": stack.enter_context(_ours(store, url, texts)),
            "as it comes": stack.enter_context(_theirs(url, texts, None)),
            "with more connections": stack.enter_context(_theirs(url, texts, _IN_FLIGHT)),
        }
        blocks = in_turns(works, rounds=rounds, calls=1)
    rates = {name: [texts / block[0] for block in found] for name, found in blocks.items()}
    what = f"{_IN_FLIGHT} in flight, {delay_ms} ms at the server"
    for name, met in (("as it comes", True), ("with more connections", False)):
        times = ratio(rates["ours"], rates[name])
        yield Row(
            what=what if met else f"the same, the client given {_IN_FLIGHT} connections",
            measured=per_second(median(rates["ours"])),
            baseline=per_second(median(rates[name])),
            ratio=f"{times:.2f}",
            bar=f"at least {_LEAST}" if met else "-",
            met=times >= _LEAST if met else None,
        )


@contextmanager
def _ours(store: SQLite, url: str, count: int) -> Iterator[Callable[[], None]]:
    with setting.messenger(store, url) as desk:
        for person, number in enumerate(setting.NUMBERS):
            setting.consent(desk, number, f"pat-{person}")
    texts = setting.texts()
    with asyncio.Runner() as runner:
        messenger = setting.async_messenger(store, url)
        yield lambda: runner.run(_send(messenger, islice(texts, count)))
        runner.run(messenger.aclose())


async def _send(messenger: AsyncMessenger, texts: Iterator[dict[str, object]]) -> None:
    async def worker() -> None:
        for text in texts:
            outcome = await messenger.send(**text)  # type: ignore[arg-type]
            assert isinstance(outcome, Sent), f"not sent: {outcome}"

    await asyncio.gather(*(worker() for _ in range(_IN_FLIGHT)))


@contextmanager
def _theirs(url: str, count: int, connections: int | None) -> Iterator[Callable[[], None]]:
    create, numbers = setting.official_client(url, connections), cycle(setting.NUMBERS)
    with ThreadPoolExecutor(_IN_FLIGHT) as threads:

        def send() -> None:
            for _ in threads.map(create, islice(numbers, count)):
                pass

        yield send
