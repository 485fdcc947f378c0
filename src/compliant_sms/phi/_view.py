"""A text as recognizers see it: disguises undone, and every place known in the text as given."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from functools import cache, reduce
from itertools import accumulate
from operator import or_
from typing import TYPE_CHECKING

from compliant_sms.phi._lexicon import lexicon
from compliant_sms.phi._marks import COMMON
from compliant_sms.phrases import LEFT_OUT, PLAIN

if TYPE_CHECKING:
    from compliant_sms.phi._audience import Audience
    from compliant_sms.phi._health_terms import HealthRead

__all__ = ["View"]

_MOST_KEPT = 4096


class _Table(dict[str, str]):
    """What each character reads as; filled as characters come."""

    def __missing__(self, character: str) -> str:
        letters = PLAIN.get(character) or "".join(
            _as_digit(PLAIN.get(letter, letter))
            for letter in unicodedata.normalize("NFKD", character)
            if unicodedata.category(letter) not in LEFT_OUT
        )
        # Whatever it is, its small form has the same length: offsets serve both.
        kept = letters if len(letters.lower()) == len(letters) else letters.lower()
        if len(self) < _MOST_KEPT:
            self[character] = kept
        return kept


def _as_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


_TABLE = _Table()


@cache
def _entity() -> re.Pattern[str]:
    return re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


@cache
def _word(*, ascii_only: bool) -> re.Pattern[str]:
    letter = "[a-z]" if ascii_only else r"[^\W\d_]"
    return re.compile(f"({letter}++(?:'{letter}++)*+)")


@cache
def _digits() -> re.Pattern[str]:
    # It begins with a class and no repeat, so that the search skips fast to what fits.
    return re.compile("[0-9][0-9]*")


def _is_plain(given: str) -> bool:
    return given.isascii() and "&" not in given


class View:
    """A text in plain letters and digits, with the case that it has.

    Compatibility forms, accents, full-width and foreign digits, invisible characters and HTML
    entities are read as what they look like. It takes linear time.

    Args:
        given: the text.

    Attributes:
        given: the text.
        plain: the text as it reads.
        lower: the same in small letters; the same offsets.
        words: the words in their order, in small letters; an apostrophe inside belongs to one.
        gaps: what stands before each of the words, in small letters, and after the last one.
        starts: where each of the words begins in :attr:`plain`.
        ends: where each of the words ends there.
        capital: whether each of the words begins with a capital.
        marks: what each of the words can be, in bits of :mod:`compliant_sms.phi._marks`.
        said: the marks of all words together: which cues are there at all.
        figures: where each run of digits begins and ends in :attr:`plain`.
        has_digit: whether there is any.
        shouts: whether the text stands in capitals as a whole.
        health: what is said of health, once somebody has looked; see :mod:`._health_terms`.
        audience: whom it speaks to and of, once somebody has looked; see :mod:`._audience`.
    """

    def __init__(self, given: str) -> None:
        # All recognizers read every text: what each of them needs is made once, here.
        self.given = given
        self._kept_starts: list[int] | None = None
        self._kept_ends: list[int] = []
        self.plain = given if _is_plain(given) else self._undisguised(given)
        self.lower = self.plain.lower()
        parts = _word(ascii_only=self.lower.isascii()).split(self.lower)
        edges = list(accumulate(map(len, parts)))
        self.words: list[str] = parts[1::2]
        self.gaps: list[str] = parts[::2]
        self.starts = edges[:-1:2]
        self.ends = edges[1::2]
        plain, lower = self.plain, self.lower
        self.capital = [plain[start] != lower[start] for start in self.starts]
        self.marks = list(map(lexicon().__getitem__, self.words))
        self.said = reduce(or_, self.marks, 0)
        self._telling = [pair for pair in enumerate(self.marks) if pair[1] > COMMON]
        self.figures = [found.span() for found in _digits().finditer(self.plain)]
        self.has_digit = bool(self.figures)
        self.shouts = plain.isupper()
        self.health: HealthRead | None = None
        self.audience: Audience | None = None

    def _undisguised(self, given: str) -> str:
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for found in [*(_entity().finditer(given) if "&" in given else ()), None]:
            until = found.start() if found else len(given)
            for place in range(at, until):
                for letter in _TABLE[given[place]]:
                    letters.append(letter)
                    starts.append(place)
                    ends.append(place + 1)
            if found:
                at = found.end()
                for character in html.unescape(found[0]):
                    for letter in _TABLE[character]:
                        letters.append(letter)
                        starts.append(found.start())
                        ends.append(at)
        if len(letters) != len(given) or starts != list(range(len(given))):
            self._kept_starts, self._kept_ends = starts, ends
        return "".join(letters)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given of a part of :attr:`plain`; ``end`` is after ``start``."""
        if self._kept_starts is None:
            return start, end
        return self._kept_starts[start], self._kept_ends[end - 1]

    def marked(self, mark: int) -> list[int]:
        """Which of :attr:`words` have at least one of some marks."""
        if not self.said & mark:
            return []
        return [index for index, each in self._telling if each & mark]

    def is_shouted(self, index: int) -> bool:
        """Whether a word stands in capitals as a whole."""
        return self.capital[index] and self.plain[self.starts[index] : self.ends[index]].isupper()

    def word_at(self, offset: int) -> int:
        """Index of the first word that begins at or after an offset of :attr:`plain`."""
        return bisect_left(self.starts, offset)
