"""What a fork asks of open SQLite files: they are closed before it, and opened again after it.

SQLite's locks do not reach a child: others would take its file away under it.
https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
"""

from __future__ import annotations

import os
import sys
from threading import Lock, local
from typing import Protocol
from weakref import WeakSet

from compliant_sms.errors import StoreError

_FORKED = (
    "the process was forked while it wrote to the database, and what the child wrote now could be "
    "lost. This process cannot use that file: start it before, or while nothing is written."
)


class LetsGo(Protocol):
    """A store over a file, as a fork meets it."""

    def _before_fork(self) -> bool:
        """Wait for the transaction in hand and close the file.

        Returns:
            whether the store is held until after the fork; False where its transaction is this
            thread's own, or lasts.
        """

    def _after_in_parent(self) -> None:
        """Let others have what was held."""

    def _after_in_child(self) -> None:
        """Begin anew: what waits is the parent's, and so are its threads."""


_stores: WeakSet[LetsGo] = WeakSet()
_adding = Lock()
# Files that were open when this process began. SQLite takes the parent's locks for its own, and
# would for a new connection as well. Their connections are never closed here.
_inherited: dict[str, LetsGo] = {}


class _Fork(local):
    """The stores that a thread holds while it forks."""

    def __init__(self) -> None:
        self.held: list[LetsGo] = []


_fork = _Fork()


def watch(store: LetsGo) -> None:
    """Have a store let go of its file before each fork, as long as the store is there."""
    with _adding:
        _stores.add(store)


def inherit(path: str, store: LetsGo) -> None:
    """Keep in mind that a file was open when this process began, and its connection as well."""
    _inherited.setdefault(os.path.realpath(path), store)


def refuse_inherited(path: str, *, is_parents: bool = False) -> None:
    """Refuse a file that this process must not use, as its parent had it open.

    Raises:
        StoreError: it is one of those, or the connection ``is_parents``.
    """
    if is_parents or (_inherited and os.path.realpath(path) in _inherited):
        raise StoreError(_FORKED)


def _before_fork() -> None:
    with _adding:
        stores = sorted(_stores, key=id)  # in one order, whoever else waits for several of them
    for store in stores:
        if store._before_fork():  # noqa: SLF001
            _fork.held.append(store)  # one by one: a signal may end this, and no fork


def _after_in_parent() -> None:
    while _fork.held:
        _fork.held.pop()._after_in_parent()  # noqa: SLF001


def _after_in_child() -> None:
    global _adding  # noqa: PLW0603 - whoever had it may not be here
    _adding = Lock()
    _fork.held.clear()
    for store in list(_stores):
        store._after_in_child()  # noqa: SLF001


if sys.platform != "win32":  # where nothing forks
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
