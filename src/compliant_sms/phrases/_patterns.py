"""Reading patterns: the constructions that phrases use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import define, evolve, field

from compliant_sms.phrases._shown import (
    AN_EDGE,
    ANYTHING,
    BLANK,
    EDGE,
    EMPTY,
    LETTERS,
    NEVER,
    Shown,
    or_,
    repeated,
    then,
)

_TOKEN = re.compile(
    r"\(\?:[^\W_]+(?:\|[^\W_]+)*\)"  # words in brackets, at once
    r"|\(\?<?[=!]|\(\?:|\(|\)|\||\\(?:x..|u.{4}|U.{8}|.)|\[\^?(?:\\.|[^\]])*\]"
    r"|[?*+][?+]?|\{\d*,?\d*\}[?+]?|[^\W_]+?(?=[^\W_][?*+{])|[^\W_]+|.",
    re.DOTALL,
)
_REPEAT = re.compile(r"[?*+{]")
_AT_EDGES = frozenset([r"(?=\s|$)", r"(?!\w)", r"(?<!\w)", r"(?<![^\s])", r"(?<!\S)", r"(?!\S)"])
_BLANK_IN = re.compile(r"\[(?:\^(?!.*\\s)|(?!\^).*(?: |\\[sWD]))")
_FEW = re.compile(r"\[((?:\d-\d|[^\W_]){1,6})\]")


def shown(pattern: str) -> Shown:
    """What a pattern shows of the texts that it finds something in.

    Args:
        pattern: a regular expression over words that stand behind single blanks.
    """
    return _Reader(_TOKEN.findall(pattern)).alternatives()


def beginnings(pattern: str) -> frozenset[str] | None:
    """The words and marks that a pattern may begin with, or their beginnings.

    None where that may be any. What it finds only where the text begins is left out; empty when
    that is all.

    Args:
        pattern: a regular expression over any folded text.
    """
    found = _OfBeginnings(_TOKEN.findall(pattern)).alternatives()
    if found == NEVER:
        return frozenset()
    whole, first = (frozenset(map(_first_word, pieces)) for pieces in (found.whole, found.first))
    return evolve(found, whole=whole, first=first).starts or None


_WHOLE_WORD = re.compile(rf"{EDGE}[^\W_]+{EDGE}")


def _first_word(piece: str) -> str:
    """A piece up to where its first word ends, if that is known."""
    word = _WHOLE_WORD.match(piece)
    return word[0] if word else piece


@define
class _Reader:
    tokens: list[str]
    at: int = field(default=0, init=False)

    def alternatives(self) -> Shown:
        """Up to the bracket that closes, or the end."""
        found = [self._branch()]
        while self._next() == "|":
            self.at += 1
            found.append(self._branch())
        return or_(*found) if len(found) > 1 else found[0]

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ")"

    def _branch(self) -> Shown:
        found = EMPTY
        while (token := self._next()) not in {"|", ")"}:
            self.at += 1
            item = self._group(token) if token[0] == "(" else self._item(token)
            if _REPEAT.match(self._next()):
                item = repeated(item, self._next())
                self.at += 1
            found = item if found is EMPTY else then(found, item)
        return found

    def _group(self, opened: str) -> Shown:
        if opened[-1] == ")":
            return Shown(frozenset(opened[3:-1].split("|")))
        start = self.at - 1
        inside = self.alternatives()
        self.at += 1
        if opened in {"(", "(?:"}:
            return inside
        return AN_EDGE if "".join(self.tokens[start : self.at]) in _AT_EDGES else EMPTY

    def _item(self, token: str) -> Shown:
        return _item(token)


class _OfBeginnings(_Reader):
    """Reads more of what patterns for texts as they are written begin with."""

    def _item(self, token: str) -> Shown:
        if token in _OPENINGS:
            return NEVER
        marks = _SOME_MARKS.fullmatch(token)
        return Shown(frozenset(_marks(marks[1]))) if marks else _item(token)


_OPENINGS = frozenset([r"\A", "^"])
"""What is true only where a text begins."""
_SOME_MARKS = re.compile(r"\[((?:[^\w\s^\]\\-]|\\[n\\\[\]-])(?:[^\w\s\]\\-]|\\[n\\\[\]-])*-?)\]")
"""Brackets with nothing but single marks in them."""


def _marks(written: str) -> Iterator[str]:
    for mark in re.findall(r"\\?.", written):
        yield "\n" if mark == r"\n" else mark[-1]


def _item(token: str) -> Shown:
    known = _ITEMS.get(token)
    if known is not None:
        return known
    if token[0] == "[":
        return _listed(token)
    if token[0] == "\\":
        return ANYTHING if token[1].isalnum() else Shown(frozenset({token[1]}))
    return Shown(frozenset({token}))


_FIGURES = "0123456789"
_ITEMS = {
    ".": ANYTHING,
    " ": BLANK,
    r"\s": BLANK,
    r"\w": LETTERS,
    r"\S": LETTERS,
    r"\d": Shown(frozenset(_FIGURES)),
    **dict.fromkeys([r"\b", "^", "$", r"\A", r"\Z"], AN_EDGE),
}


def _listed(characters: str) -> Shown:
    """One of the characters in square brackets."""
    if few := _FEW.fullmatch(characters):
        return Shown(frozenset(_RANGE.sub(_figures, few[1])))
    return ANYTHING if _BLANK_IN.match(characters) else LETTERS


def _figures(ends: re.Match[str]) -> str:
    return _FIGURES[int(ends[1]) : int(ends[2]) + 1]


_RANGE = re.compile(r"(\d)-(\d)")
_BRACKETS = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|[()|]")
_OPENED = re.compile(r"(\\b|\^|\(\?<!\\[wS]\)|)\(\?:")


def ways(pattern: str) -> Iterator[str]:
    """The alternatives that a pattern begins with, each as a pattern of its own.

    Single words among them stay together.
    """
    for branch in branches(pattern):
        opened = _OPENED.match(branch)
        inside, rest = _group(branch, opened.end()) if opened else ("", "")
        if not inside or rest.startswith(("?", "*", "+", "{")):
            yield branch
            continue
        single = "|".join(way for way in branches(inside) if way.isalnum())
        longer = [way for way in branches(inside) if not way.isalnum()]
        for way in [single, *longer] if single else longer:
            if opened and (opened[1] or rest):
                yield f"{opened[1]}(?:{way}){rest}"
            else:
                yield from ways(way)


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
    depth = 1
    for mark in _BRACKETS.finditer(pattern, start):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if not depth:
            return pattern[start : mark.start()], pattern[mark.end() :]
    return "", ""
