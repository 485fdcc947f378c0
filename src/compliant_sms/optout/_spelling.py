"""Words that people misspell when they want out, and how. Data, read at first use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations

from attrs import field, frozen
from attrs.validators import instance_of, matches_re

from compliant_sms._lazy import packaged
from compliant_sms.phrases import WORD, listed, rows_of

_FILE = "spellings.toml"
# What each key of a US keyboard has beside it, for the letters of the words.
_BESIDE = {
    "a": "sqz",
    "b": "vgn",
    "c": "xvd",
    "d": "sfe",
    "e": "wrd",
    "g": "fhb",
    "i": "uok",
    "k": "jl",
    "l": "ko",
    "m": "n",
    "n": "bm",
    "o": "ipl",
    "p": "ol",
    "q": "wa",
    "r": "etf",
    "s": "adwxz",
    "t": "ryg",
    "u": "yi",
    "v": "cb",
    "x": "zcs",
    "y": "tu",
}
_RARE = frozenset("bpqvx")  # letters that seldom stand alone
_SIGNS = {"s": "5$", "o": "0", "i": "1", "e": "3", "a": "4", "t": "7"}


@frozen(kw_only=True)
class _Row:
    word: str = field(validator=matches_re("[a-z]{4,16}"))
    slips: bool = field(default=False, validator=instance_of(bool))
    others: str = field(default="", validator=instance_of(str))
    beginning: str = field(default="", validator=instance_of(str))
    real: str = field(default="", validator=instance_of(str))
    halves: str = field(default="", validator=instance_of(str))

    def variants(self) -> Iterator[str]:
        yield from listed(self.others)
        if self.slips:
            wrong = {*_slips(self.word), *_signs(self.word)}
            yield from sorted(wrong - {self.word, *listed(self.real)})


@frozen
class Spelling:
    """How words are written wrongly.

    Args:
        right: a wrong spelling to the right one.
        words: what letters apart or held down are read as.
        signs: of each spelling its longest part that is a word to a text, and all of its parts.
        begun: finds words that begin as a long one does, and are taken for it.
        halves: finds the parts of words that stand apart.
        rarest: the keys of ``signs``.
    """

    right: Mapping[str, str]
    words: frozenset[str]
    signs: Mapping[str, tuple[frozenset[str], ...]]
    begun: Mapping[str, re.Pattern[str]]
    halves: re.Pattern[str]
    rarest: frozenset[str]

    def in_words(self, words: set[str]) -> bool:
        """Whether a text of these words may hold one of the spellings."""
        return not self.rarest.isdisjoint(words) and any(
            parts <= words for word in self.rarest & words for parts in self.signs[word]
        )


def _slips(word: str) -> Iterator[str]:
    """Two letters swapped, one dropped, doubled or hit beside its key; never the first dropped."""
    for place, letter in enumerate(word):
        before, after = word[:place], word[place + 1 :]
        if place:
            yield before + after
        yield before + letter * 2 + after
        if after:
            yield before + after[0] + letter + after[1:]
        for beside in _BESIDE.get(letter, ""):
            yield before + beside + after


def _signs(word: str) -> Iterator[str]:
    """One or two of its letters written as figures or signs."""
    places = [place for place, letter in enumerate(word) if letter in _SIGNS]
    for chosen in (*combinations(places, 1), *combinations(places, 2)):
        forms = [word]
        for place in chosen:
            forms = [
                form[:place] + sign + form[place + 1 :]
                for form in forms
                for sign in _SIGNS[word[place]]
            ]
        yield from forms


@cache
def spelling() -> Spelling:
    """The packaged spellings."""
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> Spelling:
    rows = list(_rows(document))
    words = frozenset(row.word for row in rows)
    right = {wrong: row.word for row in rows for wrong in row.variants() if wrong not in words}
    halves = [half for row in rows for half in listed(row.halves)]
    signs = _signs_of([*right, *halves, *(" ".join(word) for word in words)])
    return Spelling(
        right,
        words,
        signs,
        {row.word: _begun(row) for row in rows if row.beginning},
        re.compile(rf"\b(?:{'|'.join(halves)})\b".replace(" ", r"[\s.-]{1,2}")),
        frozenset(signs),
    )


def _signs_of(spellings: Iterable[str]) -> Mapping[str, tuple[frozenset[str], ...]]:
    signs: dict[str, set[frozenset[str]]] = {}
    for parts in map(WORD.findall, spellings):
        rarest = max(parts, key=lambda part: (len(part), part in _RARE))
        signs.setdefault(rarest, set()).add(frozenset(parts))
    return {part: tuple(all_parts) for part, all_parts in signs.items()}


def _begun(row: _Row) -> re.Pattern[str]:
    real = "|".join(listed(row.real))
    return re.compile(rf"\b(?!(?:{real})\b)(?:{'|'.join(listed(row.beginning))})[a-z]{{0,9}}\b")


def _rows(document: str) -> Iterator[_Row]:
    return rows_of(_FILE, document, "word", _Row)
