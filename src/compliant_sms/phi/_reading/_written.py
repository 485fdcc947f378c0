"""Finding what is known beforehand as it stands in a text: words and numbers, however spaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from compliant_sms.phi._reading._view import View

Span = tuple[int, int]
_WIDEST = 3


@cache
def _tokens() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+")


def words_of(value: str) -> list[str]:
    """The words and figures of a value, as :attr:`View.lower` writes them."""
    text = value.lower() if value.isascii() else View(value).lower
    found: list[str] = _tokens().findall(text)
    return found


@lru_cache(maxsize=256)
def own_words(value: str) -> list[str]:
    """The same of what belongs to a practice; of nothing else, as it is remembered."""
    return words_of(value)


def bare(value: str) -> str:
    """A value without all that is neither letter nor figure, in small letters."""
    return "".join(words_of(value))


def phrase(view: View, words: list[str]) -> Iterator[Span]:
    """Where some words stand one after the other, with at most three signs between two.

    Args:
        view: the text.
        words: see :func:`words_of`.
    """
    text = view.lower
    if not words or words[0] not in text or words[-1] not in text:
        return
    start = text.find(words[0])
    while start >= 0:
        end = _end(text, start, words)
        if end:
            yield start, end
        start = text.find(words[0], end or start + 1)


def _end(text: str, start: int, words: list[str]) -> int:
    """Where the words end that begin at a place; 0 where they do not stand there."""
    if start and text[start - 1].isalnum():
        return 0
    at = start
    for word in words:
        begin = at
        while at < len(text) and at - begin < _WIDEST and not text[at].isalnum():
            at += 1
        if not text.startswith(word, at):
            return 0
        at += len(word)
    return 0 if text[at : at + 1].isalnum() else at


def numbers(view: View) -> Iterator[tuple[Span, str]]:
    """Each number that stands in a text, with its separators, and all neighbours that it joins.

    Yields:
        where, and its figures alone.
    """
    runs, plain = view.figures, view.plain
    for first, (start, end) in enumerate(runs):
        figures, last = plain[start:end], end
        yield (start, last), figures
        for begin, until in runs[first + 1 : first + 6]:
            if begin - last > _WIDEST or plain[last:begin].strip(" -.()/"):
                break
            figures, last = figures + plain[begin:until], until
            yield (start, last), figures
