"""What only hints that texts are not wanted, where no phrase says so.

The hints are data (``data/revocation-hints.toml``); each names the texts. What they make is never
more than a doubt: texts stop, and a person or the one question settles it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from operator import attrgetter
from typing import TypeAlias

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._intents import documents
from compliant_sms.optout._intents_words import Spoken
from compliant_sms.optout._revocation_rules import Says
from compliant_sms.phrases import Found, parse
from compliant_sms.phrases._scanning import Scanner

__all__ = ["hints", "may_hint", "named"]

_Found: TypeAlias = Found[Says]

_FILE = "revocation-hints.toml"
_MOST_WORDS = 18
"""Different words: who writes more says what is wanted, and what hints is about something else."""
_LONGEST = 240
"""Code points: so that what repeats the same words costs no more."""


def may_hint(heard: Heard) -> bool:
    """Whether a text is short enough to say by hints what it wants."""
    return len(heard.words) <= _MOST_WORDS and len(heard.text) <= _LONGEST


def hints(spoken: Spoken) -> list[_Found]:
    """The hints of a text in its order; none where anything speaks against them.

    Raises:
        ConfigurationError: the packaged file is damaged.
    """
    found = _scanner().search(spoken.text, spoken.words, most=1)
    if any(one.rule.says is Says.KEEPS for one in found):
        return []
    return sorted(found, key=attrgetter("start", "end", "rule.id"))


def named(found: Iterable[_Found]) -> str:
    """The rule that some hints are together: ``hints:against+cost``."""
    return "hints:" + "+".join(dict.fromkeys(one.rule.id for one in found))


@cache
def _scanner() -> Scanner[Says]:
    return Scanner.of(parse(documents(_FILE), Says).rules)
