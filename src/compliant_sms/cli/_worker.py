"""Running a worker, and showing what it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import click
from attrs import fields
from rich.console import Console
from rich.status import Status

from compliant_sms import errors
from compliant_sms.cli._named import Either, with_messengers
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.worker import AsyncWorker, Progress, Worker, stopped_by_signals


def run(where: str, *, once: bool, quantum: int, poll: timedelta) -> bool:
    """Work for the messengers that a name stands for, and close them afterwards.

    Returns:
        whether nothing went wrong, neither with a text nor else.
    """
    console = Console()
    waiting = console.status("Waiting for texts that are due.")

    async def work(messengers: list[Either]) -> Progress:
        with waiting as status:
            shown = _Shown(console, status)
            blocking = [each for each in messengers if isinstance(each, Messenger)]
            if len(blocking) == len(messengers):
                one = Worker(blocking, quantum=quantum, poll=poll, on_progress=shown.show)
                return one.drain() if once else one.run()
            return await on_a_loop(messengers, shown)

    async def on_a_loop(messengers: list[Either], shown: _Shown) -> Progress:
        import asyncio  # noqa: PLC0415 - loaded by now

        theirs = [each for each in messengers if isinstance(each, AsyncMessenger)]
        if len(theirs) < len(messengers):
            msg = "these are Messengers and AsyncMessengers: start a worker for each kind"
            raise click.UsageError(msg)
        one = AsyncWorker(theirs, quantum=quantum, poll=poll, on_progress=shown.show)
        loop = asyncio.get_running_loop()
        with stopped_by_signals(lambda: loop.call_soon_threadsafe(one.stop), wanted=True):
            return await (one.drain() if once else one.run())

    done = with_messengers(where, work)
    console.print(f"Done. {_in_words(done)}", highlight=False)
    for line in _causes(done):
        print(line)  # noqa: T201 - whole, however wide the terminal is
    return not (done.errors or done.problems or done.failed)


class _Shown:
    """Progress as a line that changes in place on a terminal, and as a line each elsewhere."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status

    def show(self, progress: Progress) -> None:
        words = _in_words(progress)
        if self._console.is_terminal:
            self._status.update(words)
        else:
            print(words, flush=True)  # noqa: T201 - a log wants a whole line at once


def _in_words(progress: Progress) -> str:
    counts = {each.name: getattr(progress, each.name) for each in fields(Progress)}
    kinds = counts.pop("errors")
    counts.pop("problems")
    words = [f"{count} {name}" for name, count in counts.items() if count]
    words += [f"{count} {kind}" for kind, count in kinds.items()]
    return ", ".join(words) or "nothing to do"


def _causes(progress: Progress) -> Iterator[str]:
    """Why something did not go, a line for each kind; without anything about a patient."""
    for problem, count in progress.problems.items():
        yield f"{count} not sent: {problem.words} {problem.remedy}"
    for kind, count in progress.errors.items():
        # A problem's category is told above. What an exception says may be about a patient.
        error = getattr(errors, kind, None)
        if error is not None:
            yield f"{count} x {kind}: {(error.__doc__ or '').partition(chr(10))[0]}"
        elif kind not in {problem.category for problem in progress.problems}:
            yield f"{count} x {kind}: raised by code of yours, or by a fault of ours."
