"""Statements about many rows: each statement is a journey to the server and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import LiteralString, TypeVar

T = TypeVar("T")

# Split rather than counted, so that the type checker knows these for literals.
_NUMERALS: tuple[LiteralString, ...] = tuple(
    (  # noqa: SIM905
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32"
        " 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49"
    ).split()
)
AT_ONCE = len(_NUMERALS)
"""How many rows a statement is about at most."""


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items, as many at a time as a statement takes."""
    left = iter(items)
    while chunk := list(islice(left, AT_ONCE)):
        yield chunk


@cache
def each(
    part: LiteralString, between: LiteralString = ", ", *, times: int = AT_ONCE
) -> LiteralString:
    """A part of a statement so many times, with ``#`` numbered."""
    parts: list[LiteralString] = [part.replace("#", numeral) for numeral in _NUMERALS[:times]]
    return between.join(parts)


def numbered(rows: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """The values of ``:name_#`` in a part for each row."""
    pairs = zip(_NUMERALS, rows, strict=False)
    return {f"{name}_{n}": value for n, row in pairs for name, value in row.items()}


def listed(name: str, values: Sequence[object]) -> dict[str, object]:
    """The values of ``:name_#`` in a list of full length: the last again is no other value."""
    filled = [*values, *[values[-1]] * (AT_ONCE - len(values))]
    return numbered({name: value} for value in filled)


def none_of(
    column: LiteralString, values: Sequence[object]
) -> tuple[LiteralString, dict[str, object]]:
    """That a column holds none of some values, however many, and what the statement takes."""
    where: LiteralString = ""
    given = dict[str, object]()
    for numeral, some in zip(_NUMERALS, chunks(values), strict=False):
        where += each("AND " + column + " <> :but_" + numeral + "_# ", "", times=len(some))
        given |= numbered({f"but_{numeral}": value} for value in some)
    return where, given
