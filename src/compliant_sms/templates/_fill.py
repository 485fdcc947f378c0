"""Filling a text: which parts stay, and where each value ends up."""

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
        text: the whole.
        pieces: what it was put together of.
    """

    text: str
    pieces: tuple[_Piece, ...]

    def source(self, at: int) -> int:
        """The offset in the template of a character; of a value its variable's brace."""
        before = [piece for piece in self.pieces if piece.start <= at]
        if not before:
            return 0
        piece = before[-1]
        inside = min(at - piece.start, len(piece.text))
        return piece.source + (0 if piece.variable else inside)

    def holds(self, name: str, link: Link) -> bool:
        """Whether a link is what one value of a variable says, no more and no less."""
        return any(
            piece.variable == name
            and (piece.start, piece.start + len(piece.text)) == (link.start, link.end)
            for piece in self.pieces
        )

    def variables(self, start: int, end: int) -> tuple[str, ...]:
        """The variables whose values have some of what stands between two offsets."""
        return tuple(
            dict.fromkeys(
                piece.variable
                for piece in self.pieces
                if piece.variable and piece.start < end and start < piece.start + len(piece.text)
            )
        )


def optional(nodes: tuple[Node, ...]) -> Iterator[tuple[Part, frozenset[str]]]:
    """The parts that may be left out, each with the names of what is in it."""
    for node in nodes:
        if isinstance(node, Part):
            yield node, frozenset(each.name for each in node.inside if isinstance(each, Slot))


def half_given(
    nodes: tuple[Node, ...], tells: Collection[str], given: Collection[str]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Parts with a value for some and not for all of what tells whether they stay.

    Args:
        nodes: of the text.
        tells: the variables that may be left out.
        given: those that have a value.

    Yields:
        What has a value, and what lacks it.
    """
    for _, names in optional(nodes):
        has, lacks = names & {*tells} & {*given}, (names & {*tells}) - {*given}
        if has and lacks:
            yield has, lacks


def fill(nodes: tuple[Node, ...], given: Collection[str], value: Callable[[str], str]) -> Filled:
    """Put the values in; a part with a variable that has none is left out."""
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
