"""Twilio's default answers to keywords on long codes (its default opt-out support page)."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Keyword(Enum):
    """What a reserved word does; the value is what the carrier answers."""

    STOP = "You are unsubscribed and get no more texts from this number. Text START to resume."
    START = "You are subscribed again and can get texts from this number. Text STOP to end."
    HELP = "Text STOP to get no more texts from this number, or START to resume."


_WORDS: Final = {
    Keyword.STOP: "STOP STOPALL UNSUBSCRIBE END QUIT CANCEL REVOKE OPTOUT",
    Keyword.START: "START YES UNSTOP",
    Keyword.HELP: "HELP INFO",
}
_KEYWORDS: Final = {word: keyword for keyword, words in _WORDS.items() for word in words.split()}


def read_keyword(body: str) -> Keyword | None:
    """The reserved word that is the whole body, whatever its case and outer blanks."""
    return _KEYWORDS.get(body.strip().upper())
