"""Reading letters alike however they are written, without losing where they stood."""

from __future__ import annotations

import unicodedata

from attrs import field, frozen

PLAIN = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "\u2032": "'"}
PLAIN |= {"\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"'}
PLAIN |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
"""Quotes and dashes as a keyboard has them."""
LEFT_OUT = frozenset({"Mn", "Cf"})
"""Categories of Unicode: accents on their own, and what nobody sees."""
LOOK_ALIKES = str.maketrans(
    "авгеікмнорѕстухјһѵԁԛԝьєοαβγεικνρτυχօսոցհ",
    "abreikmhopsctyxjhvdqwbeoabyeiknptuxoungh",
)
"""Small letters of Cyrillic, Greek and Armenian that look like Latin ones, or their capitals do."""
_MOST_KEPT = 4096


class _Table(dict[str, str]):
    """What each character reads as; filled as characters come."""

    def __missing__(self, character: str) -> str:
        small = unicodedata.normalize("NFKD", character).lower()
        letters = PLAIN.get(character) or "".join(
            PLAIN.get(letter, letter)
            for letter in unicodedata.normalize("NFKD", small)
            if unicodedata.category(letter) not in LEFT_OUT
        )
        if len(self) < _MOST_KEPT:
            self[character] = letters
        return letters


_TABLE = _Table()


@frozen
class Folded:
    """A text in plain small letters.

    Args:
        text: lower case, compatibility forms resolved, accents and invisible characters gone.
        origin: for each of its characters the offset in the text as given; None when the same.
    """

    text: str = field(repr=False)
    origin: tuple[int, ...] | None = field(default=None, repr=False)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given; ``end`` must be after ``start``."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """A text as it is searched. Takes linear time."""
    if text.isascii():
        return Folded(text.lower())
    letters = list(map(_TABLE.__getitem__, text))
    folded = "".join(letters)
    if len(folded) == len(text) and all(letters):
        return Folded(folded)
    origin = [place for place, letter in enumerate(letters) for _ in letter]
    return Folded(folded, tuple(origin))
