"""Finding the host's own messengers by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from compliant_sms.messenger import Messenger

__all__ = ["messengers_at"]


@contextmanager
def messengers_at(where: str) -> Iterator[list[Messenger]]:
    """The messengers that a name stands for; they are closed afterwards.

    Args:
        where: ``MODULE:NAME`` of a Messenger, a list of them, or a function that returns either.

    Raises:
        UsageError: there is no such thing.
    """
    found = _named(where)
    if callable(found):
        found = found()
    them = list(found) if isinstance(found, Iterable) else [found]
    messengers = [each for each in them if isinstance(each, Messenger)]
    if not them or len(messengers) < len(them):
        msg = (
            f"{where} is no Messenger, no list of them and no function that returns either. "
            "(An AsyncMessenger runs in a program of its own: compliant_sms.worker.AsyncWorker.)"
        )
        raise click.UsageError(msg)
    with ExitStack() as stack:
        for each in messengers:
            stack.callback(each.close)
        yield messengers


def _named(where: str) -> object:
    module, _, name = where.partition(":")
    if not module or not name:
        msg = "this is no MODULE:NAME; write it as clinic.texting:messenger"
        raise click.UsageError(msg)
    sys.path.insert(0, str(Path.cwd()))  # as python -m does
    try:
        found: object = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        msg = f"there is no module {error.name} here; start it where Python finds it"
        raise click.UsageError(msg) from error
    try:
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        msg = f"the module {module} has no {name}; write MODULE:NAME of a messenger in it"
        raise click.UsageError(msg) from error
    return found
