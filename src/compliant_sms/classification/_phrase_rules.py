"""The phrase rules: what sells, what is care, what is money. Data, read at first use."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TypeAlias

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.phrases import Phrasebook, PhraseRule, WordIndex, parse

FILES = {"en": "phrases-en.toml", "es": "phrases-es.toml", "fr": "phrases-fr.toml"}
"""The file of each language."""


class Says(StrEnum):
    """What a phrase tells about the text that it stands in."""

    SELLS = "sells"
    """Promotes by itself."""
    HINTS = "hints"
    """Promotes when a different hint stands nearby."""
    INVITES = "invites"
    """A hint that promotes alone when nothing in its sentence is care."""
    LURES = "lures"
    """Promotes where nothing in the whole text is care."""
    CARE = "care"
    """Care or its administration, wherever it stands."""
    CARE_ALONE = "care-alone"
    """Care when nothing in the same sentence sells: a day and an hour, for example."""
    MONEY = "money"
    """Billing or other financial content: 47 CFR 64.1200(a)(9)(iv)."""


CARE = frozenset({Says.CARE, Says.CARE_ALONE})
"""What speaks for care."""

Rule: TypeAlias = PhraseRule[Says]


@frozen(eq=False)
class RuleBook:
    """All rules, by the words that may start them.

    Args:
        phrases: all of them.
        selling: what sells, hints or is about money.
        care: what is care. Few texts need it: only those that may sell.
    """

    phrases: Phrasebook[Says]
    selling: WordIndex[Says]
    care: WordIndex[Says]

    @classmethod
    def of(cls, phrases: Phrasebook[Says]) -> RuleBook:
        """The rules of these phrases."""
        return cls(phrases, phrases.index(*set(Says) - CARE), phrases.index(*CARE))

    def function_words(self, language: str) -> frozenset[str]:
        """Words that give a language away, one of :data:`FILES`."""
        return self.phrases.function_words[FILES[language]]


@cache
def rulebook() -> RuleBook:
    """The packaged rules."""
    return RuleBook.of(
        parse(
            {
                name: packaged("compliant_sms.classification", "data", name)
                for name in FILES.values()
            },
            Says,
        )
    )
