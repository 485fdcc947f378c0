"""What our copy says round a keyword. Data, read at first use."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TypeAlias

from compliant_sms._lazy import packaged
from compliant_sms.phrases import WORD, Found, Phrasebook, WordIndex, parse, search

FILES = ("phrases-en.toml", "phrases-es.toml", "phrases-fr.toml")
"""A file for each language."""


class Says(StrEnum):
    """What a phrase tells about a keyword beside it."""

    ASKS = "asks"
    """A reply is asked for; what follows may be a keyword."""
    LEAVES = "leaves"
    """Texts stop."""
    JOINS = "joins"
    """The patient agrees to texts."""
    HELPS = "helps"
    """Who writes, and how to get help."""
    CONFIRMS = "confirms"
    """A visit is confirmed."""
    CANCELS = "cancels"
    """Something is cancelled."""
    OTHER = "other"
    """It is about something that no carrier answers to."""


_Found: TypeAlias = Found[Says]


def found(text: str, what: Says) -> list[_Found]:
    """Where a folded text says something."""
    words = set(WORD.findall(text))
    return search(text, _index(what).rules_for(words), words)


def says(text: str, what: Says) -> bool:
    """Whether a folded text says it."""
    return bool(found(text, what))


@cache
def _index(what: Says) -> WordIndex[Says]:
    return _phrasebook().index(what)


@cache
def _phrasebook() -> Phrasebook[Says]:
    return parse({name: packaged("compliant_sms.lint", "data", name) for name in FILES}, Says)
