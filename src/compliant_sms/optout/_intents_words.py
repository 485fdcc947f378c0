"""A patient's words in one spelling: text-speak written out, misspellings undone.

The spellings are data (``data/text-speak.toml``). What is read here keeps its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from attrs import field, frozen

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases import fold, listed

_FILE = "text-speak.toml"
_MOST_KEPT = 4096
_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]{1,3}(?![^\W\d_])|\.(?:(?<=\b[dm][rs]\.)|(?<=\bdra\.)|(?<=\bmrs\.)|(?<=\bappt\.))(?=\s?\w))?"
    r"|\d{1,2}:\d\d|\d{1,4}(?:/\d{1,4}){1,2}|\d++(?:(?:st|nd|rd|th)\b|[.,]\d{1,6})?"
    r"|\?{2,9}|[^\w\s]|\n"
)
_NUMBER = re.compile(r"(\d{1,2}:\d\d)|(\d+/.*)|(\d+[a-z]{2})|(\d+)")
_NUMBERS = {1: "clock", 2: "date", 3: "nth"}
# Written without blanks between words, or with more endings than words: read letter by letter.
_LETTER = "[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]"
_BETWEEN_LETTERS = re.compile(rf"(?<={_LETTER})(?=\w)|(?<=\w)(?={_LETTER})")
_SKIN = range(0x1F3FB, 0x1F400)
_BREAKS = {"\n": ".", ";": ".", "\u2026": ".", "\u3002": ".", "\uff0c": ",", "\u3001": ","}
_KEPT_MARKS = frozenset(".,!?$%#&+")
_VOWELS = re.compile("(?<!^)[aeiouy]")
_DOUBLED = re.compile(r"(.)\1+")


@frozen
class Spoken:
    """A text in one spelling, every word behind a single blank.

    Args:
        heard: the text that it was made of, in folded letters.
        text: the words; marks that end a sentence or a clause stand apart.
        words: each word once.
    """

    heard: str = field(repr=False)
    text: str = field(repr=False)
    words: set[str] = field(repr=False)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the folded text of a part of :attr:`text`."""
        spelling, at, first, last = _spelling(), 0, -1, 0
        for token in _TOKEN.finditer(self.heard):
            if at >= end:
                break
            at += len(spelling[token[0]])
            if start < at:
                last = token.end()
                first = token.start() if first < 0 else first
        return (first, last) if last else (0, 0)


def speak(heard: str) -> Spoken:
    """A folded text in one spelling. Takes linear time.

    Raises:
        ConfigurationError: the packaged spellings are damaged.
    """
    words = "".join(map(_spelling().__getitem__, _TOKEN.findall(heard)))
    return Spoken(heard, words, set(words.split()))


class _Spelling(dict[str, str]):
    """How each word is spelt, behind a blank; filled as words come."""

    def __init__(
        self, same: Mapping[str, str], near: Mapping[str, str], real: frozenset[str]
    ) -> None:
        super().__init__({word: f" {spelt}" for word, spelt in same.items()})
        self.near, self.real, self.given = near, real, len(same)

    def __missing__(self, word: str) -> str:
        spelt = self._spelt(word)
        spelt = spelt and f" {spelt}"
        if len(self) < self.given + _MOST_KEPT:
            self[word] = spelt
        return spelt

    def _spelt(self, word: str) -> str:
        if not word[0].isalnum():
            return _mark(word)
        if number := _NUMBER.match(word):
            return _NUMBERS.get(number.lastindex or 0, number[0])
        if not word.isascii():
            return letterwise(word)
        return self._corrected(word.replace("'", "").removesuffix("."))

    def _corrected(self, word: str) -> str:
        known = self.get(word)
        if known is not None or len(word) < 6 or word in self.real:
            return known.strip() if known else word
        return self.near.get(_skeleton(word), word)


def _mark(mark: str) -> str:
    if len(mark) > 1:
        return "? huh"
    mark = _BREAKS.get(mark, mark)
    return mark if mark in _KEPT_MARKS or (ord(mark) > 0x2100 and ord(mark) not in _SKIN) else ""


def letterwise(text: str) -> str:
    """Folded text with a blank between letters that languages write without blanks."""
    return _BETWEEN_LETTERS.sub(" ", text.replace("\u0111", "d"))


def _skeleton(word: str) -> str:
    """Its consonants, none doubled: what most misspellings leave alone."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", _DOUBLED.sub(r"\1", word)))


def _skeletons(word: str) -> Iterator[str]:
    """A word's skeleton, and those with one consonant left out."""
    whole = _skeleton(word)
    yield whole
    if len(whole) >= 6:
        yield from (whole[:place] + whole[place + 1 :] for place in range(1, len(whole)))


@cache
def _spelling() -> _Spelling:
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> _Spelling:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    try:
        table = tomllib.loads(document)
        return _read(table)
    except (KeyError, TypeError, AttributeError, tomllib.TOMLDecodeError) as error:
        msg = f"{_FILE} is damaged: {error}"
        raise ConfigurationError(msg) from error


def _read(table: Mapping[str, Any]) -> _Spelling:
    same = {
        fold(form).text: row["is"] for row in table["spelling"] for form in listed(row["written"])
    }
    real = frozenset(listed(table["real_words"]))
    often = listed(table["often_misspelt"])
    near = {skeleton: word for word in reversed(often) for skeleton in _skeletons(word)}
    return _Spelling(same, near | {_skeleton(word): word for word in often}, real | {*often})
