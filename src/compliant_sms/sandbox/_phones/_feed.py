"""What a page knows, as values under keys; whoever was away is told what changed meanwhile.

Not a list of events but the present value of everything, each with the revision at which it last
changed. So nothing can be lost between two connections, and a feed does not grow with time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from attrs import define, field, frozen

T = TypeVar("T")
Json = dict[str, Any]

_MARK = re.compile(r"([0-9a-f]{1,32})\.([0-9]{1,15})")


@frozen(kw_only=True)
class Change:
    """One value as it is now.

    Attributes:
        key: whose.
        value: what the page is told; None when it is gone.
        seen: the same for a key always, and higher for those that came later.
    """

    key: str
    value: Json | None
    seen: int


@frozen(kw_only=True)
class Batch:
    """All that somebody has missed.

    Attributes:
        mark: says how far this goes; hand it to :meth:`Feed.since` to hear of the rest.
        whole: it is everything there is: forget what you knew.
        changes: in the order in which they happened.
    """

    mark: str
    whole: bool
    changes: tuple[Change, ...]


@define
class _Kept:
    source: object
    value: Json | None
    seen: int
    revision: int


@define
class Feed:
    """Everything a page shows.

    Args:
        epoch: tells this feed from those of other runs; hexadecimal digits.
    """

    epoch: str
    _kept: dict[str, _Kept] = field(factory=dict, repr=False, init=False)
    _revision: int = field(default=0, init=False)

    def put(self, key: str, source: T, show: Callable[[T], Json]) -> None:
        """Set a value, unless it is made of the same as before.

        Args:
            key: whose.
            source: what it is made of; compared with the one before.
            show: makes the value.
        """
        kept = self._kept.get(key)
        if kept is not None and kept.value is not None and kept.source == source:
            return
        self._set(key, source, show(source))

    def keep_only(self, prefix: str, keys: Collection[str]) -> None:
        """Drop what begins like that and is not among the keys."""
        for key, kept in [*self._kept.items()]:
            if key.startswith(prefix) and kept.value is not None and key not in keys:
                self._set(key, None, None)

    def _set(self, key: str, source: object, value: Json | None) -> None:
        self._revision += 1
        kept = self._kept.pop(key, None)
        seen = self._revision if kept is None else kept.seen
        # At the end, so that they stand in the order of their revisions.
        self._kept[key] = _Kept(source, value, seen, self._revision)

    def since(self, mark: str) -> Batch:
        """What has changed after a mark; everything, if it is none of this feed's."""
        after = self._revision_of(mark)
        changes: list[Change] = []
        for key, kept in reversed(self._kept.items()):
            if after is not None and kept.revision <= after:
                break
            if after is not None or kept.value is not None:
                changes.append(Change(key=key, value=kept.value, seen=kept.seen))
        return Batch(
            mark=f"{self.epoch}.{self._revision}",
            whole=after is None,
            changes=tuple(reversed(changes)),
        )

    def _revision_of(self, mark: str) -> int | None:
        found = _MARK.fullmatch(mark)
        if found is None or found[1] != self.epoch or int(found[2]) > self._revision:
            return None
        return int(found[2])
