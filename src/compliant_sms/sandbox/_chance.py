"""Chance from one seed."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random, SystemRandom

_MOST = 2**32


def new_seed() -> int:
    """A seed that nobody chose."""
    return SystemRandom().randrange(_MOST)


class Chance:
    """Draws that depend on the seed, on what they are for, and on how often that was asked.

    They do not depend on the order in which threads ask for different things: a run with the same
    seed repeats, although its requests overtake each other.

    Args:
        seed: any whole number.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._asked: Counter[tuple[str, ...]] = Counter()

    def of(self, *what: str) -> Random:
        """The next draw for some purpose."""
        self._asked[what] += 1
        return Random(f"{self.seed}/{'/'.join(what)}/{self._asked[what]}")  # noqa: S311 - no secret


def random_uuid(chance: Random) -> str:
    """A version 4 UUID."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
