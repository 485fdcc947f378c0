"""Reserved words: what each does at a carrier, and what the carrier answers by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias


class Keyword(Enum):
    """What a reserved word does; the value is what the carrier answers."""

    STOP = "You are unsubscribed and get no more texts from this number. Text START to resume."
    START = "You are subscribed again and can get texts from this number. Text STOP to end."
    HELP = "Text STOP to get no more texts from this number, or START to resume."


Keywords: TypeAlias = Mapping[str, Keyword]
"""The words of one provider, in capitals."""


def keywords(
    *, stop: Sequence[str], start: Sequence[str], help_: Sequence[str] = ()
) -> dict[str, Keyword]:
    """The words of one provider, by what they do."""
    meant = {Keyword.STOP: stop, Keyword.START: start, Keyword.HELP: help_}
    return {word: keyword for keyword, words in meant.items() for word in words}


def read_keyword(body: str, words: Keywords) -> Keyword | None:
    """The reserved word that is the whole body, whatever its case and outer blanks."""
    return words.get(body.strip().upper())
