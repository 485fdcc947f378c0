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

from compliant_sms.phi._words._lexicon import lexicon
from compliant_sms.phi._words._marks import A1C, FIGURE, GROUPS, HEALTH, NOT_ASCII
from compliant_sms.phrases import LEFT_OUT, LOOK_ALIKES, PLAIN

if TYPE_CHECKING:
    from compliant_sms.phi._audience._audience import Audience
    from compliant_sms.phi._audience._health_terms import HealthRead
    from compliant_sms.phi._labels import Direction

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


class _Groups(dict[int, tuple[int, ...]]):
    """Which of the groups of marks a word belongs to, by its marks."""

    def __missing__(self, marks: int) -> tuple[int, ...]:
        groups = tuple([place for place, group in enumerate(GROUPS) if marks & group])
        if len(self) < _MOST_KEPT:
            self[marks] = groups
        return groups


_GROUPS = _Groups()
_PLACE_OF = {group: place for place, group in enumerate(GROUPS)}


@cache
def _ascii_word() -> re.Pattern[str]:
    return re.compile("([a-z]++(?:'[a-z]++)*+)")


@cache
def _word() -> re.Pattern[str]:
    letter = r"[^\W\d_]"
    return re.compile(f"({letter}++(?:'{letter}++)*+)")


@cache
def _blanks() -> re.Pattern[str]:
    return re.compile("[ \t]+")


@cache
def _digits() -> re.Pattern[str]:
    # It begins with a class and no repeat, so that the search skips fast to what fits.
    return re.compile("[0-9][0-9]*")


@cache
def _look_alike_letters() -> dict[int, str]:
    """The look-alikes in both cases."""
    small = {chr(this): chr(that) for this, that in LOOK_ALIKES.items()}
    capital = {this.upper(): that.upper() for this, that in small.items()}
    return {ord(this): that for this, that in (capital | small).items()}


@cache
def _look_alike() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _look_alike_letters()))}]")


@cache
def _letters() -> re.Pattern[str]:
    return re.compile(f"[A-Za-z{''.join(map(chr, _look_alike_letters()))}]{{2,}}+")


def _with_latin_letters(plain: str) -> str:
    """Read a word as Latin if the other letters in it look like Latin ones; the same length."""
    return _letters().sub(_latin, plain) if _look_alike().search(plain) else plain


def _latin(word: re.Match[str]) -> str:
    latin = word[0].translate(_look_alike_letters())
    changed = sum(map(str.__ne__, latin, word[0]))
    return latin if changed < len(latin) else word[0]


@cache
def _letters_apart() -> re.Pattern[str]:
    # It begins with a class and no repeat, so that the search skips fast to what fits.
    return re.compile(r"[. -][A-Za-z](?:[.-]|\.? )[A-Za-z](?!\w)")


@cache
def _spelled() -> re.Pattern[str]:
    # A period before a small letter ends no sentence. No part of a host or an address counts.
    # Small letters with blanks between are words, such as "a" and "y".
    last = r"(?:\.(?= [a-z])|(?!\.?[\w@/-]))"
    dots, dashes = r"(?:\. ?[A-Za-z]){2,6}", r"(?:-[A-Za-z]){2,6}"
    blanks = r"(?: [A-Z]){2,6}(?! [A-Z]\b)"
    return re.compile(rf"(?<![\w.@/-])[A-Za-z](?:{dots}|{dashes}|{blanks}){last}")


def _is_plain(given: str) -> bool:
    return given.isascii() and "&" not in given


_A1C = "a1c"


def _grouped(marks: list[int]) -> list[list[int]]:
    """The words that belong to each of the groups of marks."""
    found: list[list[int]] = [[] for _ in GROUPS]
    for index, mark in enumerate(marks):
        for place in _GROUPS[mark]:
            found[place].append(index)
    return found


class View:
    """A text in plain letters and digits, with the case that it has.

    Compatibility forms, accents, full-width and foreign digits, invisible characters and HTML
    entities are read as what they look like, also a look-alike of another script in a Latin word,
    and an abbreviation of health whose letters stand apart, such as "H.I.V.", as one word. It
    takes linear time.

    What is called ``at``, ``index`` or ``word`` in this room is the index of a word in it, and
    ``figure`` that of a run of digits.

    Args:
        given: the text.
        direction: which way it goes; ``None`` if nobody said.

    Attributes:
        given: the text.
        direction: which way it goes; ``None`` if nobody said.
        plain: the text as it reads.
        lower: the same in small letters; the same offsets.
        words: the words in their order, in small letters; an apostrophe inside belongs to one.
        gaps: what stands before each of the words, in small letters, and after the last one;
            several blanks as one: a middle name may be empty.
        starts: where each of the words begins in :attr:`plain`.
        ends: where each of the words ends there.
        capital: whether each of the words begins with a capital.
        marks: what each of the words can be, in bits of :mod:`compliant_sms.phi._words._marks`.
        said: the marks of all words together: which cues are there at all; and those of the text
            as a whole.
        figures: where each run of digits begins and ends in :attr:`plain`.
        has_digit: whether there is any.
        longest: how many digits the longest of them has.
        shouts: whether the text stands in capitals as a whole.
        health: what is said of health, once somebody has looked; see :mod:`._health_terms`.
        audience: whom it speaks to and of, once somebody has looked; see :mod:`._audience`.
        named: whether somebody is named in it, once somebody has looked; see
            :mod:`._audience_form`.
    """

    def __init__(self, given: str, direction: Direction | None = None) -> None:
        # All recognizers read every text: what each of them needs is made once, here.
        self.given = given
        self.direction = direction
        self._kept_starts: list[int] | None = None
        self._kept_ends: list[int] = []
        plain = given if _is_plain(given) else _with_latin_letters(self._undisguised(given))
        if _letters_apart().search(plain):
            plain = self._together(plain)
        self.plain = plain
        self.lower = lower = plain.lower()
        is_ascii = lower.isascii()
        parts = (_ascii_word() if is_ascii else _word()).split(lower)
        edges = list(accumulate(map(len, parts)))
        self.words: list[str] = parts[1::2]
        self.gaps: list[str] = parts[::2]
        if "  " in lower or "\t" in lower:
            self.gaps = [_blanks().sub(" ", gap) for gap in self.gaps]
        self.starts = starts = edges[:-1:2]
        self.ends = edges[1::2]
        self.capital = [plain[start] != lower[start] for start in starts]
        self.marks = marks = list(map(lexicon().__getitem__, self.words))
        self._telling = _grouped(marks)
        self.figures = [found.span() for found in _digits().finditer(plain)]
        self.has_digit = bool(self.figures)
        self.longest = max([end - start for start, end in self.figures], default=0)
        said = 0 if is_ascii and plain.isascii() else NOT_ASCII
        if self.figures:
            said |= FIGURE | A1C if _A1C in lower else FIGURE
        self.said = reduce(or_, marks, said)
        self.shouts = plain.isupper()
        self.health: HealthRead | None = None
        self.audience: Audience | None = None
        self.named: bool | None = None

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

    def _together(self, plain: str) -> str:
        """Read "H.I.V." as "HIV": letters that together are said of health, and no initials."""
        starts, ends = self._kept_starts or list(range(len(plain))), self._kept_ends
        ends = list(ends or range(1, len(plain) + 1))
        kept: list[int] = []
        at = 0
        for found in _spelled().finditer(plain):
            letters = [place for place in range(*found.span()) if plain[place].isalpha()]
            if lexicon()["".join([plain[place] for place in letters]).lower()] & HEALTH:
                kept += range(at, found.start())
                kept += letters
                at = found.end()
                ends[kept[-1]] = ends[at - 1]
        if not at:
            return plain
        kept += range(at, len(plain))
        self._kept_starts = [starts[place] for place in kept]
        self._kept_ends = [ends[place] for place in kept]
        return "".join([plain[place] for place in kept])

    @property
    def is_as_given(self) -> bool:
        """Whether every place in :attr:`plain` is the same in the text as given."""
        return self._kept_starts is None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given of a part of :attr:`plain`; ``end`` is after ``start``."""
        if self._kept_starts is None:
            return start, end
        return self._kept_starts[start], self._kept_ends[end - 1]

    def found(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in :attr:`plain` of a part of the text as given, as :meth:`place` back."""
        if self._kept_starts is None:
            return start, end
        return bisect_left(self._kept_starts, start), bisect_left(self._kept_starts, end)

    def marked(self, mark: int) -> list[int]:
        """Which of :attr:`words` have at least one of some marks."""
        place = _PLACE_OF.get(mark)
        if place is not None:
            return self._telling[place]
        if not self.said & mark:
            return []
        return [index for index, each in enumerate(self.marks) if each & mark]

    def is_shouted(self, index: int) -> bool:
        """Whether a word stands in capitals as a whole, but for "'s"."""
        if not self.capital[index]:
            return False
        return self.plain[self.starts[index] : self.ends[index]].removesuffix("'s").isupper()

    def word_at(self, offset: int) -> int:
        """Index of the first word that begins at or after an offset of :attr:`plain`."""
        return bisect_left(self.starts, offset)
