"""Danger to life in a patient's text.

The phrases are data (``data/emergencies-*.toml``); here is only how they add up. A missed
emergency costs more than a false one, so what excuses a sign must be said, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import TypeAlias

from compliant_sms.optout._intents import documents
from compliant_sms.optout._intents_words import Spoken
from compliant_sms.phrases import Found, parse
from compliant_sms.phrases._scanning import Scanner

__all__ = ["danger_beside", "dangers", "find_emergency"]

FILES = ("emergencies-en.toml", "emergencies-es.toml", "emergencies-more.toml")


class Danger(StrEnum):
    """What a phrase tells about danger."""

    NOW = "now"
    """Danger to life by itself; only what excuses everything excuses it."""
    SIGN = "sign"
    """Danger to life unless it is past, asked in general or a figure of speech."""
    HINT = "hint"
    """Danger to life when a different hint or sign stands in the text."""
    EXCUSE = "excuse"
    """Signs in this text are none: the past, a general question, a family's history."""
    NONE = "none"
    """What it covers is no danger at all: figures of speech, names of things, denials."""


_Found: TypeAlias = Found[Danger]


def find_emergency(spoken: Spoken) -> _Found | None:
    """The phrase that tells of danger to life; None when nothing does.

    Raises:
        ConfigurationError: the packaged phrases are damaged.
    """
    found = dangers().search(spoken.text, spoken.words)
    covers = [one for one in found if one.rule.says is Danger.NONE]
    signs = [one for one in found if one.rule.says not in _HARMLESS and not _covered(one, covers)]
    excuses = [one for one in found if one.rule.says is Danger.EXCUSE]
    return _gravest(signs, excuses)


def danger_beside(spoken: Spoken) -> _Found | None:
    """The same in a text that looks like a robot's or a carrier's: no advice to whoever reads it.

    "I'm driving to the ER with chest pain, I'll call when I arrive" is no ready-made answer.

    Raises:
        ConfigurationError: the packaged phrases are damaged.
    """
    return None if _ADVISES.search(spoken.text) else find_emergency(spoken)


_ADVISES = re.compile(
    r"\b(?:if you(?:'re| are|'ve| have| need| feel| experience| think| want| notice| or)"
    r"|if (?:this|it|there)(?:'s| is)|for (?:any |all |other )?(?:\w+ )?emergenc\w+"
    r"|in (?:case of|an? (?:\w+ )?emergency)|do you|know the|signs of"
    r"|si (?:tiene|usted|es|necesita|siente|vous)|en caso de|en cas d|para emergencias)\b"
)
_HARMLESS = frozenset({Danger.EXCUSE, Danger.NONE})


def _covered(one: _Found, covers: Iterable[_Found]) -> bool:
    return any(cover.start < one.end and one.start < cover.end for cover in covers)


def _gravest(signs: list[_Found], excuses: list[_Found]) -> _Found | None:
    for one in signs:
        if one.rule.says is Danger.NOW:
            return one
    if excuses:
        return None
    for one in signs:
        if one.rule.says is Danger.SIGN:
            return one
    return _together(signs)


def _together(hints: list[_Found]) -> _Found | None:
    """The first of hints that differ."""
    kinds = {one.rule.id for one in hints}
    return min(hints, key=attrgetter("start")) if len(kinds) > 1 else None


@cache
def dangers() -> Scanner[Danger]:
    """The phrases of all languages: danger is looked for in each of them."""
    return Scanner.of(parse(documents(*FILES), Danger).rules)
