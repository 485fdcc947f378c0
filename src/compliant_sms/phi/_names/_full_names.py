"""Telling a name in full from a given name, which is all that a reminder needs."""

from __future__ import annotations

_FEWEST_WORDS = 2
_FEWEST_LETTERS = 2


def is_full(name: str) -> bool:
    """Whether a name has two words that are more than initials: "Ana Gomez", not "Ana G."."""
    words = name.split()
    return (
        len(words) >= _FEWEST_WORDS
        and sum(sum(map(str.isalpha, word)) >= _FEWEST_LETTERS for word in words) >= _FEWEST_WORDS
    )
