"""Where a text says what phrases look for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Generic

from attrs import frozen

from compliant_sms.phrases._rules import PhraseRule, S

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


def search(text: str, rules: Iterable[PhraseRule[S]], words: AbstractSet[str]) -> list[Found[S]]:
    """All that some rules find in a folded text, in its order; see :func:`matches`."""
    found = [one for rule in rules for one in matches(rule, text, words)]
    return sorted(found, key=_BY_PLACE) if len(found) > 1 else found


_BY_PLACE = attrgetter("start", "end", "rule.id", "rule.file")


def matches(rule: PhraseRule[S], text: str, words: AbstractSet[str]) -> list[Found[S]]:
    """What one rule finds in a folded text, and nothing in its sentence makes otherwise.

    Args:
        rule: what to look for.
        text: folded.
        words: what :data:`WORD` finds in it; more do no harm.
    """
    kernel = rule.kernel
    if kernel is not None and next(kernel[0].finditer(kernel[1], text, words), None) is None:
        return []
    begins, finder = rule.beginnings, rule.finder
    found: list[Found[S]] = []
    for match in begins.finditer(finder, text, words) if begins else finder.finditer(text):
        one = Found(*match.span(), rule)
        if not _excused(text, one):
            found.append(one)
            if len(found) == MOST_OF_A_RULE:
                break
    return found


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
