"""Which words a pattern cannot do without: a text that lacks them need not be searched.

Reads the few constructions that phrases use; what it does not know needs nothing, which is safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, product
from math import prod
from typing import TypeAlias

from attrs import define

__all__ = ["branches", "calls", "needs", "ways"]

Clauses: TypeAlias = list[frozenset[str]]

_TOKEN = re.compile(
    r"\(\?<?[=!]|\(\?:|\(|\)|\||\\.|\[(?:\\.|[^\]])*\]"
    r"|[?*+]\??|\{\d*,?\d*\}[?+]?|[^\W_]+| |."
)
_BRACKETS = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|[()|]")
_OPENED = re.compile(r"(\\b|\^)\(\?:")
_REPEATS = frozenset("?*+{")
_QUANTIFIER = re.compile(r"[?*]|\{0?,|\{0\}")
_PARTING = frozenset({" ", r"\b", r"\s", "^", "$"})
_CLOSING = frozenset(")")
_MOST_WAYS = 64


def needs(pattern: str) -> tuple[frozenset[str], ...]:
    """Sets of words; of each, a text that the pattern finds something in holds at least one.

    Args:
        pattern: a regular expression of literal words, groups and bounded repeats.
    """
    clauses, _ = _Reader(_TOKEN.findall(pattern), _MOST_WAYS).alternatives(
        0, left=False, right=False
    )
    return tuple(sorted(set(clauses), key=lambda clause: (len(clause), sorted(clause))))


def calls(pattern: str) -> frozenset[str]:
    """Words one of which is in every text that the pattern finds something in.

    Those that tell most; none where the pattern does not show any.
    """
    clauses, _ = _Reader(_TOKEN.findall(pattern), 1).alternatives(0, left=False, right=False)
    return min(clauses, key=_telling, default=frozenset())


def ways(pattern: str) -> Iterator[str]:
    """The alternatives that a pattern begins with, each as a pattern of its own."""
    for branch in branches(pattern):
        opened = _OPENED.match(branch)
        inside, rest = _group(branch, opened.end()) if opened else ("", "")
        if opened and inside and rest[:1] not in _REPEATS:
            yield from (f"{opened[1]}(?:{way}){rest}" for way in branches(inside))
        else:
            yield branch


def branches(pattern: str) -> Iterator[str]:
    """What stands between the bars outside of all brackets."""
    depth, start = 0, 0
    for mark in _BRACKETS.finditer(pattern):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if mark[0] == "|" and not depth:
            yield pattern[start : mark.start()]
            start = mark.end()
    yield pattern[start:]


def _group(pattern: str, start: int) -> tuple[str, str]:
    """What the bracket that opens before ``start`` holds, and what follows it."""
    marks = list(_BRACKETS.finditer(pattern, start))
    depths = accumulate(((m[0] == "(") - (m[0] == ")") for m in marks), initial=1)
    closing = next((m for m, depth in zip(marks, list(depths)[1:], strict=True) if not depth), None)
    return (pattern[start : closing.start()], pattern[closing.end() :]) if closing else ("", "")


@define
class _Reader:
    tokens: list[str]
    ways: int

    def alternatives(self, at: int, *, left: bool, right: bool) -> tuple[Clauses, int]:
        """What every branch of a group needs; ``at`` is behind the opening bracket.

        ``left`` and ``right`` say whether words are parted where the group begins and ends.
        """
        branches: list[Clauses] = []
        while True:
            clauses, at = self._branch(at, left=left, right=right)
            branches.append(clauses)
            if at >= len(self.tokens) or self.tokens[at] == ")":
                return _common(branches, self.ways), at
            at += 1

    def _branch(self, at: int, *, left: bool, right: bool) -> tuple[Clauses, int]:
        clauses: Clauses = []
        before = left  # whether what was read last parts words
        while at < len(self.tokens) and self.tokens[at] not in {")", "|"}:
            found, end, parts = self._item(at, before=before, right=right)
            if end < len(self.tokens) and self._may_be_missing(end):
                found = []
            clauses += found
            at = self._behind_quantifier(end)
            before = parts and (before or self.tokens[end - 1] != ")" or at == end)
        return clauses, at

    def _item(self, at: int, *, before: bool, right: bool) -> tuple[Clauses, int, bool]:
        """An item's clauses, where it ends, and whether it parts words."""
        token = self.tokens[at]
        if token in _PARTING:
            return [], at + 1, not self._may_be_missing(at + 1)
        if token.startswith("("):
            return self._group(at, before=before, right=right)
        word = token if token.isalpha() or token.isdecimal() else ""
        if word and before and self._parted_after(at + 1, right=right):
            return [frozenset({word})], at + 1, False
        return [], at + 1, False

    def _group(self, at: int, *, before: bool, right: bool) -> tuple[Clauses, int, bool]:
        end = self._closing(at)
        if "=" in self.tokens[at] or "!" in self.tokens[at]:
            return [], end + 1, before
        behind = self._parted_after(self._behind_quantifier(end + 1), right=right)
        clauses, _ = self.alternatives(at + 1, left=before, right=behind)
        return clauses, end + 1, self._ends_blank(at, end)

    def _parted_after(self, at: int, *, right: bool) -> bool:
        """Whether words end at this place."""
        while at < len(self.tokens) and self.tokens[at].startswith("(?!"):
            at = self._closing(at) + 1
        if at >= len(self.tokens):
            return right
        token = self.tokens[at]
        if token in {"|", ")"}:
            return right
        if token.startswith("("):
            return self._opens_blank(at, right=right)
        return self._parts(at)

    def _opens_blank(self, at: int, *, right: bool) -> bool:
        """Whether each branch of a group begins with a blank, as in "(?: one| two)?"."""
        end = self._closing(at)
        starts = [at + 1, *(place + 1 for place in self._bars(at, end))]
        if not all(self._parts(start) for start in starts):
            return False
        if not self._may_be_missing(end + 1):
            return True
        return self._parted_after(self._behind_quantifier(end + 1), right=right)

    def _parts(self, at: int) -> bool:
        return self.tokens[at] in _PARTING and not self._may_be_missing(at + 1)

    def _ends_blank(self, at: int, end: int) -> bool:
        """Whether each branch of a group ends with a blank, as in "(?:one |two )"."""
        return all(self.tokens[place - 1] == " " for place in (*self._bars(at, end), end))

    def _bars(self, at: int, end: int) -> Iterator[int]:
        depth = 0
        for place in range(at + 1, end):
            token = self.tokens[place]
            depth += token.startswith("(") - (token in _CLOSING)
            if token == "|" and not depth:  # noqa: S105 - a bar, no password
                yield place

    def _closing(self, at: int) -> int:
        """Where the bracket at this place closes; the last token where it does not."""
        tokens = self.tokens[at:]
        depths = accumulate(token.startswith("(") - (token in _CLOSING) for token in tokens)
        return at + next((n for n, depth in enumerate(depths) if not depth), len(tokens) - 1)

    def _may_be_missing(self, at: int) -> bool:
        return at < len(self.tokens) and bool(_QUANTIFIER.match(self.tokens[at]))

    def _behind_quantifier(self, at: int) -> int:
        return at + 1 if at < len(self.tokens) and self.tokens[at][0] in "?*+{" else at


def _common(branches: list[Clauses], ways: int) -> Clauses:
    """What all branches need: of each one clause, so that together they hold one word of any."""
    if len(branches) == 1:
        return branches[0]
    if not all(branches):
        return []
    if prod(map(len, branches)) > ways:
        branches = [[min(each, key=_telling)] for each in branches]
    unions = {frozenset[str]().union(*each) for each in product(*branches)}
    return [one for one in unions if not any(other < one for other in unions)]


def _telling(clause: frozenset[str]) -> tuple[int, int]:
    """Rare words tell most, and few of them."""
    return sum(len(word) < 4 or word in _COMMON for word in clause), len(clause)


_COMMON = frozenset(
    [
        "have",
        "with",
        "this",
        "that",
        "what",
        "when",
        "need",
        "want",
        "your",
        "from",
        "they",
        "them",
        "dont",
        "cant",
        "wont",
        "just",
        "about",
        "will",
        "like",
        "some",
        "been",
        "does",
        "their",
        "there",
        "here",
        "where",
        "which",
        "please",
        "could",
        "would",
        "should",
        "text",
        "time",
        "going",
        "para",
        "esta",
        "este",
        "como",
        "cuando",
        "puedo",
        "tengo",
        "quiero",
    ]
)
