"""All words that recognizers look for, in one dictionary: the marks of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from compliant_sms.phi._words._audience_words import signs_of_words
from compliant_sms.phi._words._date_words import date_lists
from compliant_sms.phi._words._health_words import health_lists, health_marks
from compliant_sms.phi._words._marks import FOR_WHOM
from compliant_sms.phi._words._name_words import name_lists, name_marks
from compliant_sms.phi._words._place_words import place_lists
from compliant_sms.phi._words._whose_words import whose_lists
from compliant_sms.phi._words._word_lists import number_lists

_MOST_KEPT = 50_000


class Lexicon(dict[str, int]):
    """The marks of words in small letters without accents.

    What a word is follows from the packaged lists and from its form: its possessive, its ending,
    its likeness to a listed word. It is worked out once, when the word first comes. So many are
    kept that ordinary writing is known soon, and so few that nobody can fill the memory.
    """

    def __missing__(self, word: str) -> int:
        found = _marks_of(word)
        if len(self) < _MOST_KEPT:
            self[word] = found
        return found


def _marks_of(word: str) -> int:
    """The marks of a word, by the lists and by its form; those of the owner for "Maria's"."""
    listed = _listed()
    stem = word.removesuffix("'s")
    found = listed.get(word, 0) | listed.get(stem, 0)
    found |= name_marks(stem, found)
    found |= health_marks(word, found)
    # Last: that a word is in this list does not tell that it is no name.
    return found | FOR_WHOM if word in signs_of_words() else found


@cache
def _listed() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for mark, words in _lists():
        for word in words:
            found[word] = found.get(word, 0) | mark
    return found


def _lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words each mark stands for."""
    # Names.
    yield from name_lists()
    # Dates, ages and places.
    yield from date_lists()
    yield from whose_lists()
    yield from place_lists()
    # Numbers of record and contact.
    yield from number_lists()
    # Health.
    yield from health_lists()


@cache
def lexicon() -> Lexicon:
    """The one lexicon of the process."""
    return Lexicon()
