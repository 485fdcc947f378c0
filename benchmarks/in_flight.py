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
from places import Place, open_store, places
from report import Row, per_second

from compliant_sms import AsyncMessenger, Sent
from compliant_sms.ports import AtRest

__all__ = ["rows"]

_IN_FLIGHT = 64
_LEAST = 1.0


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Throughput in the clear and sealed, at no delay and at 50 ms."""
    with places(folder) as found:
        for place in found:
            for delay_ms in (0, 50):
                counts = {"texts": 128, "rounds": 3} if quick else {"texts": 320, "rounds": 7}
                yield from _rows(place, delay_ms, **counts)


def _rows(place: Place, delay_ms: int, *, texts: int, rounds: int) -> Iterator[Row]:
    with ExitStack() as stack:
        url = stack.enter_context(carrier(delay_ms))
        works = {
            "ours": stack.enter_context(_ours(place, url, texts, setting.PLAINTEXT)),
            "sealed": stack.enter_context(_ours(place, url, texts, setting.keyring())),
            "theirs": stack.enter_context(_theirs(url, texts, None)),
            "more": stack.enter_context(_theirs(url, texts, _IN_FLIGHT)),
        }
        blocks = in_turns(works, rounds=rounds, calls=1)
    rates = {name: [texts / block[0] for block in found] for name, found in blocks.items()}
    where = f"{_IN_FLIGHT} in flight on {place.name}, {delay_ms} ms at the server"
    for what, ours, theirs in (
        (where, "ours", "theirs"),
        ("the same, sealed", "sealed", "theirs"),
        (f"in the clear, the client given {_IN_FLIGHT} connections", "ours", "more"),
    ):
        times, asked = ratio(rates[ours], rates[theirs]), theirs == "theirs"
        yield Row(
            what=what,
            measured=per_second(median(rates[ours])),
            baseline=per_second(median(rates[theirs])),
            ratio=f"{times:.2f}",
            bar=f"at least {_LEAST}" if asked else "-",
            met=times >= _LEAST if asked else None,
        )


@contextmanager
def _ours(place: Place, url: str, count: int, keyring: AtRest) -> Iterator[Callable[[], None]]:
    with place.database() as where:
        with setting.messenger(open_store(where), url, keyring) as desk:
            for person, number in enumerate(setting.NUMBERS):
                setting.consent(desk, number, f"pat-{person}")
        texts = setting.texts()
        with asyncio.Runner() as runner:
            messenger = setting.async_messenger(open_store(where), url, keyring)
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
