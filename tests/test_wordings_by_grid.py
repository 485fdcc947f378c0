"""Texts put together from the parts that such texts are made of, each with one plain meaning.

Single sentences find single gaps; a product of parts finds a whole class that is not heard. The
parts are in ``data/wording-grids*.toml``. The whole of a small grid runs always, of a large one a
seeded sample; all of it under ``endurance``.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from compliant_sms.optout import Awaiting, Intent, Revocation, read, read_revocation

DATA = Path(__file__).parent / "data"
SAMPLED, SMALL = 300, 2_000
SEED = 20261201
Grid: TypeAlias = Mapping[str, Any]


def grids() -> list[Any]:
    return [
        pytest.param(grid, id=grid["name"].replace(" ", "-"))
        for path in sorted(DATA.glob("wording-grids*.toml"))
        for grid in tomllib.loads(path.read_text("utf-8"))["grid"]
    ]


def names_in(form: str) -> list[str]:
    return re.findall(r"{(\w+)}", form)


def made(form: str, parts: Mapping[str, str]) -> str:
    return " ".join(form.format(**parts).split())


def texts_of(grid: Grid) -> Iterator[str]:
    """Every text of a grid."""
    for form in grid["forms"]:
        names = names_in(form)
        for parts in product(*(grid[name] for name in names)):
            yield made(form, dict(zip(names, parts, strict=True)))


def sample_of(grid: Grid) -> list[str]:
    """Some texts of a grid, the same ones in every run."""
    rng = random.Random(SEED)
    sizes = [prod(len(grid[name]) for name in names_in(form)) for form in grid["forms"]]
    if sum(sizes) <= SMALL:
        return list(texts_of(grid))
    forms = rng.choices(grid["forms"], sizes, k=SAMPLED)
    return [made(form, {name: rng.choice(grid[name]) for name in names_in(form)}) for form in forms]


def meant(revocation: Revocation | None, expected: str) -> bool:
    """Whether texts stop as far as a grid says."""
    if revocation is None:
        return expected == "no stop"
    return {"stop": True, "limited": revocation.limited, "unlimited": not revocation.limited}.get(
        expected, False
    )


def is_right(grid: Grid) -> Callable[[str], bool]:
    expected = grid["expect"]
    awaiting = Awaiting(grid["awaiting"]) if "awaiting" in grid else None
    if expected in {"stop", "no stop", "limited", "unlimited"}:
        return lambda text: meant(read_revocation(text, awaiting=awaiting), expected)
    if expected == "no emergency":
        return lambda text: read(text, awaiting=awaiting).intent is not Intent.EMERGENCY
    return lambda text: read(text, awaiting=awaiting).intent is Intent(expected)


def wrong(grid: Grid, texts: Iterable[str]) -> list[str]:
    right = is_right(grid)
    return [text for text in texts if not right(text)]


@pytest.mark.parametrize("grid", grids())
def test_a_sample_of_each_grid(grid: Grid) -> None:
    """What is put together from such parts is read as it is meant."""
    assert wrong(grid, sample_of(grid)) == []


@pytest.mark.endurance
@pytest.mark.parametrize("grid", grids())
def test_each_grid(grid: Grid) -> None:
    """The same for every text that the parts make."""
    assert wrong(grid, texts_of(grid)) == []
