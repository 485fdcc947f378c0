"""What parts of a pattern show together: which words it begins with and cannot do without.

What is not known may be anything, which is safe.
"""

from __future__ import annotations

import operator
import re
from functools import reduce
from itertools import product
from typing import TypeAlias

from attrs import frozen

Words: TypeAlias = frozenset[str]
Clauses: TypeAlias = tuple[Words, ...]
"""Of each, one word must be there."""

EDGE = "\b"
"""Within a piece: here a word begins or ends."""
MORE = "\0"
"""At the end of a piece or a word: whatever may follow."""
_NOTHING = Words()
_ONLY_EMPTY = Words({""})
_MOST_WORDS = 2000
_MOST_CLAUSES = 3


@frozen
class Shown:
    """The texts that a part of a pattern finds, cut at their blanks.

    Args:
        whole: those without a blank.
        first: of the others, what stands before the first blank.
        last: of the others, what stands after the last blank.
        inner: what the others need in between; None when there are no others.
    """

    whole: Words = _NOTHING
    first: Words = _NOTHING
    last: Words = _NOTHING
    inner: Clauses | None = None

    @property
    def starts(self) -> Words:
        """The words that it may begin with, or their beginnings; none where that may be any."""
        return _known(_words(self.whole) | _words(self.first, behind=EDGE))

    @property
    def needed(self) -> Clauses:
        """Sets of words of each of which one must be there, those that tell most first."""
        cases = [_clauses(_words(self.whole))] if self.whole else []
        if self.inner is not None:
            first, last = _words(self.first, behind=EDGE), _words(self.last, before=EDGE)
            cases.append(_best(*self.inner, *_clauses(first), *_clauses(last)))
        return reduce(_common, cases)


def _words(pieces: Words, *, before: str = "", behind: str = "") -> Words:
    """Pieces as words or beginnings of words; the empty word stands for any."""
    return frozenset(_word(f"{before}{piece}{behind}") for piece in pieces)


def _word(piece: str) -> str:
    word = piece.strip(EDGE)
    begun = piece[:1] == EDGE or _stands_apart(piece[:1])
    if not begun or EDGE in word or word == MORE:
        return ""
    ended = MORE not in word and (piece[-1] == EDGE or _stands_apart(piece[-1]))
    return word if ended or not word else word.rstrip(MORE) + MORE


def _stands_apart(letter: str) -> bool:
    """Whether texts hold it as a word of its own: marks, and letters written without blanks."""
    return letter > MORE and (
        not letter.isalnum() or "\u1100" <= letter < "\u1200" or letter > "\u3000"
    )


def _known(words: Words) -> Words:
    return _NOTHING if "" in words else words


def _clauses(words: Words) -> Clauses:
    return (words,) if _known(words) else ()


def _join(left: Words, right: Words) -> Words:
    """Pieces one after the other."""
    if not left or right == _ONLY_EMPTY:
        return left
    if not right or left == _ONLY_EMPTY:
        return right
    if len(left) * len(right) > _MOST_WORDS:
        right = frozenset({MORE})
    return frozenset([one if one[-1:] == MORE else one + other for one in left for other in right])


def _best(*clauses: frozenset[str]) -> Clauses:
    return tuple(sorted(set(clauses), key=_telling)[:_MOST_CLAUSES])


def _common(left: Clauses, right: Clauses) -> Clauses:
    """What texts need that one or the other is true of."""
    return left if left == right else _best(*(one | other for one, other in product(left, right)))


def _telling(clause: frozenset[str]) -> tuple[int, int, list[str]]:
    """Rare words tell most, and few of them."""
    return sum(len(w) < 4 or w in _COMMON for w in clause), len(clause), sorted(clause)


_COMMON = frozenset(
    re.findall(
        r"\w+",
        """have with this that what when need want your from they them dont cant wont just about
        will like some been does their there here where which please could would should text time
        going make appointment para esta este como cuando puedo tengo quiero""",
    )
)

EMPTY = Shown(frozenset({""}))
BLANK = Shown(first=frozenset({""}), last=frozenset({""}), inner=())
ANYTHING = Shown(frozenset({MORE}), frozenset({MORE}), frozenset({MORE}), ())
LETTERS = Shown(frozenset({MORE}))
AN_EDGE = Shown(frozenset({EDGE}))
NEVER = Shown()
"""Finds nothing."""


def then(one: Shown, other: Shown) -> Shown:
    """Both, one after the other."""
    whole = _join(one.whole, other.whole)
    parted: list[tuple[Words, Words, Clauses]] = []
    if one.whole and other.inner is not None:
        parted.append((_join(one.whole, other.first), other.last, other.inner))
    if other.whole and one.inner is not None:
        parted.append((one.first, _join(one.last, other.whole), one.inner))
    if one.inner is not None and other.inner is not None:
        middle = _words(_join(one.last, other.first), before=EDGE, behind=EDGE)
        inner = _best(*one.inner, *_clauses(middle), *other.inner)
        parted.append((one.first, other.last, inner))
    if not parted:
        return Shown(whole)
    first, last, needs = zip(*parted, strict=True)
    return Shown(
        whole, reduce(operator.or_, first), reduce(operator.or_, last), reduce(_common, needs)
    )


def or_(*these: Shown) -> Shown:
    """Any of them."""
    inner = [each.inner for each in these if each.inner is not None]
    return Shown(
        _NOTHING.union(*(each.whole for each in these)),
        _NOTHING.union(*(each.first for each in these)),
        _NOTHING.union(*(each.last for each in these)),
        reduce(_common, inner) if inner else None,
    )


def repeated(one: Shown, repeat: str) -> Shown:
    """As often as a repeat says."""
    if one.whole and repeat[0] != "?" and not repeat.startswith(("{0,1}", "{1}")):
        more = ANYTHING if one.inner is not None else LETTERS
        one = or_(one, then(one, more))
    return or_(one, EMPTY) if repeat[0] in "?*" or repeat.startswith("{0") else one
