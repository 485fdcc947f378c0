"""Timing in turns: what is compared runs in neighbouring blocks and meets the same noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from time import perf_counter

__all__ = ["Blocks", "in_turns", "ratio", "typical_block", "typical_call"]

Blocks = list[list[float]]
"""Seconds of each call, block by block."""


def _block(work: Callable[[], object], calls: int) -> list[float]:
    taken = []
    for _ in range(calls):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return taken


def in_turns(
    works: Mapping[str, Callable[[], object]], *, rounds: int, calls: int
) -> dict[str, Blocks]:
    """Time the works in blocks that take turns, after one block each to warm up.

    Every other round runs backwards, so that no work always follows the same one.
    """
    for work in works.values():
        _block(work, calls)
    blocks: dict[str, Blocks] = {name: [] for name in works}
    for number in range(rounds):
        for name in list(works)[:: -1 if number % 2 else 1]:
            blocks[name].append(_block(works[name], calls))
    return blocks


def typical_call(blocks: Blocks) -> float:
    """The median call."""
    return median(taken for block in blocks for taken in block)


def typical_block(blocks: Blocks) -> float:
    """The mean call of the median block, so that what costs more now and then has its share."""
    return median(map(fmean, blocks))


def ratio(measured: Sequence[float], baseline: Sequence[float]) -> float:
    """The median of the ratios within each round."""
    return median(ours / theirs for ours, theirs in zip(measured, baseline, strict=True))
