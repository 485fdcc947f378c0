"""Where a text says what phrases look for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Generic

from attrs import frozen

from compliant_sms.phrases._rules import PhraseRule, S

__all__ = ["LONGEST", "MOST_OF_A_RULE", "NEARBY", "Found", "matches", "search", "sentence"]

NEARBY = 100
"""Code points: about two sentences of a text message."""
LONGEST = 200
"""Code points: no pattern reaches further."""
MOST_OF_A_RULE = 50  # no text message holds more; hostile ones would take seconds
_SENTENCE_END = re.compile(r"(?<!\bdr)(?<!\bdra)(?<!\bst)[.!?]+(?=\s|$)|\n")


@frozen
class Found(Generic[S]):
    """A phrase in a folded text: offsets, and the rule that knows it."""

    start: int
    end: int
    rule: PhraseRule[S]


def search(text: str, rules: Iterable[PhraseRule[S]]) -> list[Found[S]]:
    """All that some rules find in a folded text, in its order."""
    found = [one for rule in rules if rule.finder.search(text) for one in matches(rule, text)]
    return sorted(found, key=attrgetter("start", "end", "rule.id"))


def matches(rule: PhraseRule[S], text: str) -> Iterator[Found[S]]:
    """What one rule finds in a folded text, and nothing in its sentence makes otherwise."""
    found = (Found(*match.span(), rule) for match in rule.finder.finditer(text))
    return islice((one for one in found if not _excused(text, one)), MOST_OF_A_RULE)


def _excused(text: str, one: Found[S]) -> bool:
    exception = one.rule.exception
    return bool(exception and exception.search(text, *sentence(text, one.start, one.end)))


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a place, as far as it is nearby."""
    first = max(0, start - NEARBY)
    for stop in _SENTENCE_END.finditer(text, first, start):
        first = stop.end()
    after = _SENTENCE_END.search(text, max(start, end - 1), end + NEARBY)
    return first, after.end() if after else min(len(text), end + NEARBY)
