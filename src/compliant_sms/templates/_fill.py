"""Filling a text: which parts remain, and where each value ends up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from attrs import frozen

from compliant_sms.templates._syntax import Literal, Node, Part, Slot
from compliant_sms.text import Link


@frozen
class _Piece:
    start: int
    text: str
    source: int
    variable: str | None = None


@frozen
class Filled:
    """A text with its values, and where each character comes from.

    Attributes:
        text: the whole text.
        pieces: the pieces that it was put together from.
    """

    text: str
    pieces: tuple[_Piece, ...]

    def source(self, at: int) -> int:
        """The offset in the template of a character; for a value, that of its variable's brace."""
        before = [piece for piece in self.pieces if piece.start <= at]
        if not before:
            return 0
        piece = before[-1]
        inside = min(at - piece.start, len(piece.text))
        return piece.source + (0 if piece.variable else inside)

    def holds(self, name: str, link: Link) -> bool:
        """Whether a link is exactly one value of a variable."""
        return any(
            piece.variable == name
            and (piece.start, piece.start + len(piece.text)) == (link.start, link.end)
            for piece in self.pieces
        )

    def variables(self, start: int, end: int) -> tuple[str, ...]:
        """The variables whose values overlap the text between two offsets."""
        return tuple(
            dict.fromkeys(
                piece.variable
                for piece in self.pieces
                if piece.variable and piece.start < end and start < piece.start + len(piece.text)
            )
        )


def optional(nodes: tuple[Node, ...]) -> Iterator[tuple[Part, frozenset[str]]]:
    """The optional parts, each with the names of the variables in it."""
    for node in nodes:
        if isinstance(node, Part):
            yield node, frozenset(each.name for each in node.inside if isinstance(each, Slot))


def half_given(
    nodes: tuple[Node, ...], tells: Collection[str], given: Collection[str]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Optional parts with values for some, but not all, of their optional variables.

    Args:
        nodes: the parsed text.
        tells: the optional variables.
        given: the variables that have a value.

    Yields:
        The variables that have a value, and those that lack one.
    """
    for _, names in optional(nodes):
        has, lacks = names & {*tells} & {*given}, (names & {*tells}) - {*given}
        if has and lacks:
            yield has, lacks


def fill(nodes: tuple[Node, ...], given: Collection[str], value: Callable[[str], str]) -> Filled:
    """Fill in the values; a part with a variable that has none is left out.

    Args:
        nodes: the parsed text.
        given: the variables that have a value.
        value: returns what a variable becomes.
    """
    pieces: list[_Piece] = []
    at = 0
    for each in _staying(nodes, given):
        name = each.name if isinstance(each, Slot) else None
        text = value(each.name) if isinstance(each, Slot) else each.text
        pieces.append(_Piece(at, text, each.start, name))
        at += len(text)
    return Filled("".join(piece.text for piece in pieces), tuple(pieces))


def _staying(nodes: tuple[Node, ...], given: Collection[str]) -> Iterator[Literal | Slot]:
    for node in nodes:
        if not isinstance(node, Part):
            yield node
        elif all(each.name in given for each in node.inside if isinstance(each, Slot)):
            yield from node.inside
