"""What is counted of somebody's state: drinks, weeks of a pregnancy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks


@cache
def _drunk() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w$.-])(?:\d{1,2}|two|three|four|five|six|a few|a couple|dos|tres|cuatro|seis)"
        r"(?: more)?(?: (?:of|de))? (?:beers|cervezas|vodkas?|tequilas?|glasses of wine|"
        r"white claws|cocktails|mixed drinks)\b|(?<![\w.-])\d{1,2} ?dpo\b"
    )


@cache
def _counted() -> re.Pattern[str]:
    """What nobody writes of drinks, or of days since ovulation, without."""
    return re.compile("beer|cerveza|vodka|tequila|wine|claw|cocktail|drinks|dpo")


@cache
def _due() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w/.-])\d{1,2} ?(?:wks?|weeks)\b(?! old\b)"
        r"(?: (?P<told>pregnant|along|preg|prego|gestation)\b)?"
    )


_EXPECTING = frozenset(
    {"spotting", "contractions", "cramping", "water", "baby", "midwife", "prenatal", "bleeding"}
)
_EXPECTING |= {"miscarriage", "pregnant", "ultrasound", "kicks", "ob", "obgyn", "bebe", "leaking"}
_EXPECTING |= {"induction", "contracting", "dilated", "trimester", "nst", "preeclampsia"}
_NOW = ("at ", "im ", "i'm ", "is ", "am ", "she's ", "shes ", "were ", "we're ")


def drunk_or_due(view: View) -> Iterator[tuple[int, int]]:
    """How much somebody drank, and weeks of a pregnancy or days since ovulation."""
    if not view.has_digit:
        return
    if view.said & marks.ILL_VERB and _counted().search(view.lower):
        for found in _drunk().finditer(view.lower):
            yield found.span()
    if view.said & marks.SAYING:
        yield from _weeks(view)


def _weeks(view: View) -> Iterator[tuple[int, int]]:
    expecting = not _EXPECTING.isdisjoint(view.words)
    for found in _due().finditer(view.lower):
        now = view.lower.endswith(_NOW, 0, found.start())
        if found["told"] or (now and expecting):
            yield found.span()
