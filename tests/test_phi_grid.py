"""Carriers of identifiers and of health information in every frame that texts have for them.

A text is put together from parts, so that it is known by construction what it holds. One grid for
each kind of carrier; a class of misses, or of false findings, shows where one part fails in all
frames. The parts stand in ``data/phi_grid.toml``.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from compliant_sms.phi import PhiLabel, find

_MARK = re.compile(r"\[([A-Z_0-9]+):([^\]]*)\]")
_POOL = re.compile(r"\{(\w+)\}")
_NEUTRAL = "NEUTRAL"
_SAMPLE = 120
_SEEDS = 3
_OF_A_SAMPLE = 0.025  # how far a small part of a grid may lie below the whole
_FLAGGED = 0.025  # of the texts without anything of a patient


@cache
def _parts() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "phi_grid.toml"
    return tomllib.loads(path.read_text("utf-8"))


class _Values:
    """Draws from the pools, each value once before any comes again."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._left: dict[str, list[str]] = {}

    def fill(self, marked: str) -> str:
        return _POOL.sub(lambda found: self._next(found[1]), marked)

    def _next(self, name: str) -> str:
        left = self._left.setdefault(name, [])
        if not left:
            left += _parts()["pools"][name]
            self._random.shuffle(left)
        return left.pop()

    def some(self, pairs: Sequence[tuple[str, str]], most: int) -> Sequence[tuple[str, str]]:
        return pairs if len(pairs) <= most else self._random.sample(pairs, most)


def _texts(frames: Iterable[str], carriers: Iterable[str], seed: int, most: int) -> Iterator[str]:
    values = _Values(seed)
    for frame, carrier in values.some(list(product(frames, carriers)), most):
        yield values.fill(frame.replace("{x}", carrier))


def _read(marked: str) -> tuple[str, dict[int, str]]:
    """The text, and the label of each marked letter and digit in it."""
    text, held, until = "", dict[int, str](), 0
    for found in _MARK.finditer(marked):
        text += marked[until : found.start()]
        places = range(len(text), len(text) + len(found[2]))
        text += found[2]
        held |= {place: found[1] for place in places if text[place].isalnum()}
        until = found.end()
    return text + marked[until:], held


def _measured(marked_texts: Iterable[str]) -> tuple[float, float]:
    """Of the letters and digits marked, the share hidden; of those hidden, the share marked."""
    wanted = hidden = called = right = 0
    for marked in marked_texts:
        text, held = _read(marked)
        found = {
            place
            for finding in find(text)
            for place in range(finding.start, finding.end)
            if text[place].isalnum() and held.get(place) != _NEUTRAL
        }
        real = {place for place, label in held.items() if label != _NEUTRAL}
        wanted, hidden = wanted + len(real), hidden + len(real & found)
        called, right = called + len(found), right + len(real & found)
    return hidden / wanted, right / called


@pytest.mark.parametrize("name", sorted(_parts()["grids"]))
def test_a_part_of_each_grid(name: str) -> None:
    """A small part of each grid reaches nearly what the whole does."""
    grid = _parts()["grids"][name]
    recall, precision = _measured(_texts(grid["frames"], grid["carriers"], 1, _SAMPLE))

    assert recall >= grid["recall"] - _OF_A_SAMPLE
    assert precision >= grid["precision"] - _OF_A_SAMPLE


@pytest.mark.endurance
@pytest.mark.parametrize("name", sorted(_parts()["grids"]))
def test_the_whole_of_each_grid(name: str) -> None:
    """Every carrier in every frame, with other values each time."""
    grid = _parts()["grids"][name]
    frames, carriers = grid["frames"], grid["carriers"]
    most = len(frames) * len(carriers)
    texts = [text for seed in range(_SEEDS) for text in _texts(frames, carriers, seed, most)]
    recall, precision = _measured(texts)

    assert recall >= grid["recall"]
    assert precision >= grid["precision"]


def _flagged(seed: int, most: int) -> float:
    """Of texts without anything of a patient, the share with a finding but a staff name."""
    none, values = _parts()["none"], _Values(seed)
    texts = [values.fill(text) for text in none["texts"]]
    texts += _texts(none["frames"], none["carriers"], seed, most)
    flagged = [
        text
        for text in texts
        if any(finding.label is not PhiLabel.PROVIDER_NAME for finding in find(text))
    ]
    return len(flagged) / len(texts)


def test_little_is_found_where_nothing_is() -> None:
    """Hours, prices, codes, the practice's own data, words that are names too, broadcasts."""
    assert _flagged(1, _SAMPLE) <= _FLAGGED


@pytest.mark.endurance
def test_little_is_found_where_nothing_is_in_every_frame() -> None:
    """The same, with every such text in every frame."""
    most = len(_parts()["none"]["frames"]) * len(_parts()["none"]["carriers"])
    assert max(_flagged(seed, most) for seed in range(_SEEDS)) <= _FLAGGED
