"""Dispatch from your own procrastinate workers (https://procrastinate.readthedocs.io).

Needs the extra ``procrastinate``. Its jobs hold no patient data: the due texts are read from the
store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from attrs import asdict

from compliant_sms.errors import InvalidInput, MissingExtra
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.worker import AsyncWorker, Progress, Worker

try:
    from procrastinate import App, JobContext
    from procrastinate.tasks import Task
except ModuleNotFoundError as _error:
    if (_error.name or "").partition(".")[0] != "procrastinate":
        raise
    raise MissingExtra("procrastinate", "dispatch by procrastinate") from _error  # noqa: EM101 - the extra's name

__all__ = ["NAME", "register"]

NAME = "compliant_sms.dispatch"
"""Name of the task and of its queueing lock: at most one job waits at a time."""


def register(
    app: App,
    messengers: Messenger | AsyncMessenger | Iterable[Messenger] | Iterable[AsyncMessenger],
    *,
    cron: str = "* * * * *",
    queue: str = "default",
    within: timedelta = timedelta(seconds=50),
) -> Task[..., Any, ...]:
    """Register a periodic task in your app that sends what is due.

    Several jobs at once share the work. To send at once rather than at the next full minute, for
    example after :meth:`~compliant_sms.Messenger.receive`, defer the task yourself. If one is
    already waiting, procrastinate raises ``AlreadyEnqueued``, and nothing is lost.

    Args:
        app: your procrastinate app.
        messengers: the messengers to work for, all of one kind.
        cron: how often it starts.
        queue: in which of your queues.
        within: the time after which a job ends, so that it does not hold up a worker's shutdown.

    Returns:
        the task. Its result is its counts, by the names of
        :class:`~compliant_sms.worker.Progress`.

    Raises:
        InvalidInput: there is no messenger, or they are not all of one kind.
    """
    task = app.task(name=NAME, queue=queue, queueing_lock=NAME, pass_context=True)(
        _job(messengers, within)
    )
    app.periodic(cron=cron, periodic_id=NAME)(task)
    return task


def _job(
    messengers: Messenger | AsyncMessenger | Iterable[Messenger] | Iterable[AsyncMessenger],
    within: timedelta,
) -> Callable[..., Any]:
    single = isinstance(messengers, Messenger | AsyncMessenger)
    them = [messengers] if single else list(messengers)  # type: ignore[arg-type]
    blocking = [each for each in them if isinstance(each, Messenger)]
    asynchronous = [each for each in them if isinstance(each, AsyncMessenger)]
    if not them or len(them) not in {len(blocking), len(asynchronous)}:
        msg = "pass messengers that are all a Messenger, or all an AsyncMessenger"
        raise InvalidInput(msg)

    def dispatch(context: JobContext, timestamp: int = 0) -> dict[str, Any]:  # noqa: ARG001
        worker = Worker(blocking, on_progress=lambda _: _obey(context, worker))
        return _counted(worker.drain(within=within, signals=False))

    async def dispatch_async(context: JobContext, timestamp: int = 0) -> dict[str, Any]:  # noqa: ARG001
        worker = AsyncWorker(asynchronous, on_progress=lambda _: _obey(context, worker))
        return _counted(await worker.drain(within=within))

    return dispatch if blocking else dispatch_async


def _obey(context: JobContext, worker: Worker | AsyncWorker) -> None:
    if context.should_abort():
        worker.stop()


def _counted(progress: Progress) -> dict[str, Any]:
    counts = asdict(progress, filter=lambda each, _: each.name not in {"errors", "problems"})
    problems = {problem.words: count for problem, count in progress.problems.items()}
    return counts | {"errors": dict(progress.errors), "problems": problems}
