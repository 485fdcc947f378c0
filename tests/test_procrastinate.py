"""A team's own procrastinate workers dispatch, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from compliant_sms import AsyncMessenger, Held, Messenger, Practice
from compliant_sms.errors import InvalidInput
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL
from compliant_sms.testing import MovableClock
from test_send import BODY, DAWN, NIGHT, agree, outgoing, remind

procrastinate = pytest.importorskip("procrastinate")
from compliant_sms.interop.procrastinate import NAME, register  # noqa: E402 - needs that

Make = Callable[..., Messenger]


@pytest.fixture
def app(postgres_dsn: str) -> Iterator[Any]:
    """The team's app, in the database that holds the texts as well."""
    made = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=postgres_dsn))
    with made.open():
        made.schema_manager.apply_schema()
        yield made


@pytest.fixture
def messenger(make_messenger: Make, postgres_dsn: str, clock: MovableClock) -> Messenger:
    """A messenger with two texts that are due."""
    made = make_messenger(store=PostgreSQL(postgres_dsn))
    agree(made)
    clock.move_to(NIGHT)
    for number in range(2):
        assert isinstance(remind(made, str(number), body=f"{BODY} {number}"), Held)
    clock.move_to(DAWN)
    return made


def work(dsn: str, register_on: Callable[[Any], Any]) -> Any:
    """Let a worker of procrastinate do what waits, and end."""

    async def day() -> Any:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))
        register_on(app)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)
            return await app.job_manager.list_jobs_async()

    return asyncio.run(day())


def test_dispatches(app: Any, messenger: Messenger, postgres_dsn: str, carrier: Sandbox) -> None:
    """A deferred job sends what is due; while it waits no second one can be deferred."""
    task = register(app, messenger)
    task.defer()
    with pytest.raises(procrastinate.exceptions.AlreadyEnqueued):
        task.defer()
    jobs = work(postgres_dsn, lambda other: register(other, messenger))

    done = [job for job in jobs if job.status == "succeeded"]
    assert done
    assert {job.task_name for job in jobs} == {NAME}
    assert sorted(outgoing(carrier)) == [f"{BODY} 0", f"{BODY} 1"]


def test_runs_by_the_clock(messenger: Messenger, postgres_dsn: str, app: Any) -> None:
    """The task is registered as a periodic one, in the queue of the team's choice."""
    task = register(app, [messenger], cron="*/5 * * * *", queue="texts")

    ((found, periodic_id),) = app.periodic_registry.periodic_tasks
    assert (found, periodic_id) == (NAME, NAME)
    assert (task.queue, task.queueing_lock) == ("texts", NAME)


def test_async_messengers(  # noqa: PLR0917 - fixtures
    app: Any,
    messenger: Messenger,
    practice: Practice,
    provider: Twilio,
    postgres_dsn: str,
    clock: MovableClock,
    carrier: Sandbox,
) -> None:
    """Messengers for an event loop work on that of procrastinate."""
    task = register(app, messenger)
    task.defer()

    async def day() -> None:
        other = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=postgres_dsn))
        own = AsyncMessenger(
            practice=practice, provider=provider, store=PostgreSQL(postgres_dsn), clock=clock
        )
        register(other, own)
        async with own, other.open_async():
            await other.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(day())
    assert len(outgoing(carrier)) == 2


def test_a_worker_that_shuts_down(messenger: Messenger, app: Any, carrier: Sandbox) -> None:
    """A job that is told to abort ends after the turn in hand, and nothing is lost."""
    task = register(app, messenger)

    class Aborting:
        def should_abort(self) -> bool:
            return True

    counted = task.func(Aborting(), timestamp=0)
    assert counted["sent"] == 2
    assert counted["errors"] == {}
    assert len(outgoing(carrier)) == 2


@pytest.mark.parametrize("many", [False, True])
def test_mixed_messengers(messenger: Messenger, app: Any, many: bool) -> None:  # noqa: FBT001
    """Nobody to work for, or messengers of two kinds, are refused."""
    asynchronous = object.__new__(AsyncMessenger)
    with pytest.raises(InvalidInput, match="all a Messenger"):
        register(app, [messenger, asynchronous] if many else [])  # type: ignore[list-item]
