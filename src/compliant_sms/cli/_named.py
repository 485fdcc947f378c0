"""Finding the host's own messengers by name, and working with either kind."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, ExitStack
from inspect import isawaitable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

from compliant_sms.driver import finish
from compliant_sms.messenger import AsyncMessenger, Messenger

T = TypeVar("T")
Either: TypeAlias = Messenger | AsyncMessenger
_Work: TypeAlias = Callable[[list[Either]], Coroutine[Any, Any, T]]


async def answer(told: T | Awaitable[T]) -> T:
    """Return the result of a method of either kind of messenger."""
    return await told if isawaitable(told) else told


def with_messengers(where: str, work: _Work[T]) -> T:
    """Do the work with the named messengers, close them, and return the result.

    The work is written once, as a coroutine. Without an AsyncMessenger nothing in it ever waits;
    with one, all of it runs on one event loop.

    Args:
        where: ``MODULE:NAME`` of a Messenger or an AsyncMessenger, a list of them, or a function
            (also a coroutine function) that returns either.
        work: takes the messengers, and calls each through :func:`answer`.

    Raises:
        UsageError: the name does not exist, or is something else.
    """
    found = _named(where)
    if callable(found):
        found = found()
    if not isawaitable(found):
        them = _listed(where, found)
        blocking = [each for each in them if isinstance(each, Messenger)]
        if len(blocking) == len(them):
            with ExitStack() as stack:
                for each in blocking:
                    stack.callback(each.close)
                return finish(work(them))
    import asyncio  # noqa: PLC0415 - others need not pay

    return asyncio.run(_on_a_loop(where, found, work))


async def _on_a_loop(where: str, found: object, work: _Work[T]) -> T:
    async with AsyncExitStack() as stack:
        them = _listed(where, await found if isawaitable(found) else found)
        for each in them:
            if isinstance(each, AsyncMessenger):
                stack.push_async_callback(each.aclose)
            else:
                stack.callback(each.close)
        return await work(them)


def _listed(where: str, found: object) -> list[Either]:
    them = list(found) if isinstance(found, Iterable) else [found]
    messengers = [each for each in them if isinstance(each, Messenger | AsyncMessenger)]
    if not them or len(messengers) < len(them):
        msg = (
            f"{where} is not a Messenger or AsyncMessenger, a list of them, or a function that "
            "returns either"
        )
        raise click.UsageError(msg)
    return messengers


def _named(where: str) -> object:
    module, _, name = where.partition(":")
    if not module or not name:
        msg = "this is not MODULE:NAME; write it as clinic.texting:messenger"
        raise click.UsageError(msg)
    sys.path.insert(0, str(Path.cwd()))  # as python -m does
    try:
        found: object = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        msg = f"there is no module {error.name} here; run this where Python can import it"
        raise click.UsageError(msg) from error
    try:
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        msg = f"the module {module} has no {name}; write MODULE:NAME of a messenger in it"
        raise click.UsageError(msg) from error
    return found
