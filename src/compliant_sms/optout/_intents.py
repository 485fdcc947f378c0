"""What a text is about: phrases of all intents, weighed against each other.

The phrases are data (``data/intents-*.toml``); here is only how they add up: each different rule
counts once with its weight, the intent with the most wins, and its heaviest rule is the one named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.optout._intents_words import Spoken, letterwise
from compliant_sms.optout._reading import Intent
from compliant_sms.phrases import Found, fold, parse
from compliant_sms.phrases._scanning import Scanner

FILES = ("intents-en.toml", "intents-es.toml", "intents-more.toml")

# Of equal weight, what concerns a person's health or wishes first.
_FIRST = (
    Intent.CLINICAL_QUESTION,
    Intent.RESCHEDULE,
    Intent.CANCEL_APPOINTMENT,
    Intent.WRONG_NUMBER,
    Intent.PRESCRIPTION,
    Intent.APPOINTMENT_REQUEST,
    Intent.BILLING,
    Intent.PROVIDER_INQUIRY,
    Intent.HELP,
    Intent.OPT_IN,
    Intent.CONFIRM,
    Intent.OTHER,
    Intent.GREETING_OR_THANKS,
)
_WORTH_TELLING = 5

Told: TypeAlias = Found[Intent]
"""A phrase that a text holds, and where in the spoken text."""


@frozen
class Weighed:
    """What a text is about.

    Args:
        intent: what its phrases say most.
        decided: the heaviest of them.
        also: what else they say, most first.
    """

    intent: Intent
    decided: Told
    also: tuple[Intent, ...]


def weigh(found: Iterable[Told]) -> Weighed | None:
    """What phrases say together; None when there are none."""
    rules: dict[Intent, dict[str, Told]] = {}
    for one in found:
        of_intent = rules.setdefault(one.rule.says, {})
        known = of_intent.get(one.rule.id)
        if known is None or known.rule.weight < one.rule.weight:
            of_intent[one.rule.id] = one
    if not rules:
        return None
    weights = {intent: sum(one.rule.weight for one in of.values()) for intent, of in rules.items()}
    ranked = sorted(rules, key=lambda intent: (-weights[intent], _FIRST.index(intent)))
    decided = max(rules[ranked[0]].values(), key=lambda one: (one.rule.weight, -one.start))
    also = tuple(intent for intent in ranked[1:] if weights[intent] >= _WORTH_TELLING)
    return Weighed(ranked[0], decided, also)


def told(spoken: Spoken, scanner: Scanner[Intent]) -> list[Told]:
    """The phrases that a text holds, each rule once."""
    return scanner.search(spoken.text, spoken.words, most=1)


def documents(*names: str) -> Mapping[str, str]:
    """Packaged files of phrases, in folded letters."""
    return {name: letterwise(fold(packaged(__package__, "data", name)).text) for name in names}


def phrases_in(language: str) -> Scanner[Intent]:
    """The phrases of a language: English ones in English, all of them in any other.

    Patients mix English into other languages, and words of those mean something else in English.
    """
    return _scanner(FILES[:1] if language == "en" else FILES)


@cache
def _scanner(files: tuple[str, ...]) -> Scanner[Intent]:
    return Scanner.of(parse(documents(*files), Intent).rules)
