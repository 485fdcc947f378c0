"""The text of a template: words, variables in braces, and parts that may be left out.

``{given_name}`` stands for a value. ``[[ with {provider}]]`` is left out if there is no value for
what is in it, like optional clauses in Metabase. There is nothing else: a text with more logic
could not be approved by reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""The pattern for names of variables, templates and options."""

_MARK = re.compile(r"\{\{|\}\}|\{([^{}\[\]\n]{0,80})\}|\[\[|\]\]|[{}]")
# Nobody can see what a tab, an escape or a mark that changes the writing direction does.
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@frozen
class Literal:
    """Literal words.

    Attributes:
        start: offset of the first character in the template's text, in code points.
        text: the words.
    """

    start: int
    text: str


@frozen
class Slot:
    """A placeholder for a value.

    Attributes:
        start: offset of its brace.
        name: the variable's name.
    """

    start: int
    name: str


@frozen
class Part:
    """An optional part.

    Attributes:
        start: offset of its first bracket.
        inside: its contents; never another part.
    """

    start: int
    inside: tuple[Literal | Slot, ...]


Node = Literal | Slot | Part


@frozen
class SyntaxProblem:
    """Where a text is not a valid template, and why."""

    at: int
    words: str


class _Reader:
    def __init__(self) -> None:
        self.whole: list[Node] = []
        self.part: list[Literal | Slot] | None = None
        self.began = 0
        self.problems: list[SyntaxProblem] = []

    def add(self, node: Literal | Slot) -> None:
        if self.part is None:
            self.whole.append(node)
        else:
            self.part.append(node)

    def refuse(self, at: int, words: str) -> None:
        self.problems.append(SyntaxProblem(at, words))

    def mark(self, found: re.Match[str]) -> None:
        at, mark = found.start(), found[0]
        if mark == "[[":
            self.open(at)
        elif mark == "]]":
            self.close(at)
        elif found[1] is not None:
            self.slot(at, found[1])
        else:
            self.refuse(at, f"{mark} stands alone; a variable is written {{given_name}}.")

    def slot(self, at: int, name: str) -> None:
        if not NAME.fullmatch(name):
            self.refuse(
                at,
                "What stands in braces is no name. Names have small letters, digits and _, and "
                "begin with a letter.",
            )
        self.add(Slot(at, name))

    def open(self, at: int) -> None:
        if self.part is not None:
            self.refuse(at, "A part that may be left out holds another one; close the first by ]].")
            return
        self.part, self.began = [], at

    def close(self, at: int) -> None:
        if self.part is None:
            self.refuse(at, "]] closes nothing.")
            return
        if not any(isinstance(each, Slot) for each in self.part):
            self.refuse(
                self.began, "A part that may be left out holds no variable that tells whether."
            )
        self.whole.append(Part(self.began, tuple(self.part)))
        self.part = None


def parse(text: str) -> tuple[tuple[Node, ...], tuple[SyntaxProblem, ...]]:
    """Parse a template's text, and find everything that is wrong with how it is written.

    Args:
        text: the text as its author wrote it.
    """
    reader, after = _Reader(), 0
    for found in _MARK.finditer(text):
        if found.start() > after:
            reader.add(Literal(after, text[after : found.start()]))
        reader.mark(found)
        after = found.end()
    if after < len(text):
        reader.add(Literal(after, text[after:]))
    if reader.part is not None:
        reader.refuse(reader.began, "[[ is closed by no ]].")
    for hidden in _HIDDEN.finditer(text):
        reader.refuse(hidden.start(), "A tab or a character that nobody sees; write a blank.")
    for half in _SURROGATE.finditer(text):
        reader.refuse(half.start(), "Half a surrogate pair; decode the text properly.")
    if not text.strip():
        reader.refuse(0, "The text is empty.")
    elif text != text.strip():
        at = 0 if text[0].isspace() else len(text.rstrip())
        reader.refuse(at, "The text begins or ends with a blank.")
    return tuple(reader.whole), tuple(sorted(reader.problems, key=lambda each: each.at))


def slots(nodes: tuple[Node, ...]) -> Iterator[tuple[Slot, Part | None]]:
    """The placeholders in order, each with the part that it is in."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node, None
        elif isinstance(node, Part):
            yield from ((each, node) for each in node.inside if isinstance(each, Slot))
