"""The PostgreSQL store: what differs from the embedded one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from compliant_sms import Messenger
from compliant_sms.stores import PostgreSQL
from conftest import PATIENT
from test_send import agree

Make = Callable[..., Messenger]


@pytest.fixture
def store(postgres_dsn: str) -> Iterator[PostgreSQL]:
    made = PostgreSQL(postgres_dsn)
    yield made
    made.close()


def in_threads(count: int, act: Callable[[int], object]) -> None:
    """Let threads act at once, and wait for all of them."""
    threads = [threading.Thread(target=act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_append_together(make_messenger: Make, store: PostgreSQL) -> None:
    """Threads that write to one chain and to many lose nothing, and the chains stay whole."""
    messenger = make_messenger(store=store)

    def act(number: int) -> None:
        agree(messenger, PATIENT, f"pat-{number % 4}")

    in_threads(20, act)
    report = messenger.verify_ledger()

    assert (report.chains, report.events) == (4, 20)
