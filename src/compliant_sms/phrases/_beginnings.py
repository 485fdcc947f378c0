"""Where in a text a phrase may begin, so that its pattern is tried nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from attrs import frozen

from compliant_sms.phrases._patterns import beginnings
from compliant_sms.phrases._shown import MORE

WORD = re.compile(r"[^\W\d_]+|\d+|[$%]")
"""What counts as one word of a folded text."""
_ASCII_WORD = re.compile(r"[A-Za-z]+|[0-9]+|[$%]")
_OPENS = re.compile(r"\\A|(?<!\[)\^")
_FIRST = re.compile(rf"({WORD.pattern})({MORE})?|[^\w\s]|\n")


def words_in(text: str) -> set[str]:
    """The words of a folded text, as :data:`WORD` finds them."""
    # A class of few characters is found in half the time.
    return set((_ASCII_WORD if text.isascii() else WORD).findall(text))


@frozen
class Beginnings:
    """What the matches of a pattern begin with, but for one where the text begins.

    Args:
        words: whole words.
        others: marks, and beginnings of words.
        opens: whether it may find something else where the text begins.
    """

    words: frozenset[str]
    others: tuple[str, ...]
    opens: bool

    @classmethod
    def of(cls, pattern: str) -> Beginnings | None:
        """Those of a pattern over folded text; None when it may begin with anything."""
        starts = beginnings(pattern)
        if starts is None:
            return None
        first = [_FIRST.match(start) for start in starts]
        known = [match for match in first if match and match[0].isascii()]
        if len(known) < len(first):
            return None
        words = {match[0] for match in known if match[1] and not match[2]}
        others: tuple[str, ...] = ()
        for begun in sorted(match[0].rstrip(MORE) for match in known if match[0] not in words):
            if not begun.startswith(others):
                others = (*others, begun)
        whole = frozenset(word for word in words if not word.startswith(others))
        return cls(whole, others, _OPENS.search(pattern) is not None)

    def places(self, text: str, words: AbstractSet[str]) -> list[int]:
        """Where a match may begin, in the order of the text, each place once.

        Args:
            text: folded.
            words: what :data:`WORD` finds in it; more do no harm.
        """
        found = [0] if self.opens else []
        for word in (*(self.words & words), *[other for other in self.others if other in text]):
            at = text.find(word)
            while at >= 0:  # inside of other words too
                found.append(at)
                at = text.find(word, at + 1)
        return sorted(set(found)) if len(found) > 1 else found

    def finditer(
        self, finder: re.Pattern[str], text: str, words: AbstractSet[str]
    ) -> Iterator[re.Match[str]]:
        """What ``finder.finditer(text)`` finds.

        Args:
            finder: of the pattern that these are the beginnings of; it finds no empty text.
            text: folded.
            words: those of :meth:`places`.
        """
        end = 0
        for place in self.places(text, words):
            if place >= end and (match := finder.match(text, place)):
                yield match
                end = match.end()
