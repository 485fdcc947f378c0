"""The words and phrases that tell whom a text is for; they stand in ``data/audience.txt``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import ClassVar, NamedTuple

from compliant_sms.phi._words._health_data import cues

# The weight of each section. A text is one person's when the sum of its signs is above nothing.
_TO_ALL, _OFFERED, _TO_MANY, _TO_SOME, _SUPPOSED = -4, -3, -2, -1, -2
_OF_ONE, _TOLD, _YOURS, _EVENT = 3, 2, 2, 1


class Role:
    """What a word means only by those around it: bits."""

    YOURS: ClassVar[int] = 1
    """Says what is one's own, if nothing is supposed: "your", but "if your"."""
    CARE: ClassVar[int] = 2
    """What one has in a practice, unless there is none of it: "appointment"."""
    THIRD: ClassVar[int] = 4
    """Somebody named before: a patient, or a clinician that a text presents: "she"."""
    STAFF: ClassVar[int] = 8
    """Begins to speak of a clinician: "dr"."""
    SUPPOSES: ClassVar[int] = 16
    """What follows in its sentence need not be so: "if you"."""


Phrase = tuple[list[str], int, int]
"""The words behind the first one of a phrase, its weight and its role."""


class Sign(NamedTuple):
    """What a word says of whom a text is for."""

    weight: int
    """How much it says of one person; less than nothing if it speaks to everybody."""
    role: int
    phrases: Mapping[str, list[Phrase]]
    """Those that begin with it, by the second word; the longest first."""


_SECTIONS: Mapping[str, tuple[int, int]] = {
    "to some": (_TO_SOME, 0),
    "to many": (_TO_MANY, 0),
    "selling": (_OFFERED, 0),
    "to all": (_TO_ALL, 0),
    "to everybody": (_TO_ALL, 0),
    "supposed": (_SUPPOSED, Role.SUPPOSES),
    "care of one": (0, Role.CARE),
    "event": (_EVENT, 0),
    "told to one": (_TOLD, 0),
    "of one": (_OF_ONE, 0),
    "third": (_OF_ONE, Role.THIRD),
    "staff": (_EVENT, Role.STAFF),
    "your": (_YOURS, Role.YOURS),
}
"""Weight and role of each section; of a word in two, the later one counts."""


@cache
def signs_of_words() -> Mapping[str, Sign]:
    """What words say, alone and with those behind them."""
    alone: dict[str, tuple[int, int]] = {}
    phrases: dict[str, dict[str, list[Phrase]]] = {}
    for words, weight, role in _entries():
        if len(words) == 1:
            alone[words[0]] = weight, role
        else:
            begun = phrases.setdefault(words[0], {})
            begun.setdefault(words[1], []).append((words[1:], weight, role))
    return {
        word: Sign(*alone.get(word, (0, 0)), _longest_first(phrases.get(word, {})))
        for word in alone.keys() | phrases.keys()
    }


def _entries() -> Iterator[Phrase]:
    for section, (weight, role) in _SECTIONS.items():
        for entry in cues(section):
            yield entry.split(), weight, role


def _longest_first(phrases: dict[str, list[Phrase]]) -> Mapping[str, list[Phrase]]:
    return {
        second: sorted(several, key=lambda phrase: -len(phrase[0]))
        for second, several in phrases.items()
    }
