"""Who wrote a text: a person, or a phone, a robot or a carrier on nobody's behalf.

What no person wrote never revokes, even when it quotes "Reply STOP". Answering a robot makes loops.
The phrases are data (``data/frames.toml``).
"""

from __future__ import annotations

from functools import cache

from attrs import frozen

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._reading import Author
from compliant_sms.phrases import PhraseRule, WordIndex, fold, matches, parse

__all__ = ["author_of"]

_FILE = "frames.toml"


@frozen(eq=False)
class _Book:
    index: WordIndex[Author]
    wordless: tuple[PhraseRule[Author], ...]


def author_of(heard: Heard) -> tuple[Author, str] | None:
    """Who wrote a text that no person did, and the id of the rule that shows it.

    Args:
        heard: the text as it is read.

    Returns:
        None for whatever a person may have written.

    Raises:
        ConfigurationError: the packaged phrases are damaged.
    """
    book = _book()
    rules = book.index.rules_for(heard.words)
    if not heard.text.isascii():
        rules |= set(book.wordless)
    found = [rule for rule in rules if matches(rule, heard.text, heard.words)]
    if not found:
        return None
    first = min(found, key=lambda rule: (_ORDER.index(rule.says), rule.id))
    return first.says, f"frame:{first.id}"


_ORDER = (Author.REACTION, Author.CARRIER, Author.ROBOT, Author.PERSON)


@cache
def _book() -> _Book:
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    text = resources.files(__package__).joinpath("data", _FILE).read_text("utf-8")
    folded = "".join(letter if letter.isascii() else fold(letter).text for letter in text)
    phrases = parse({_FILE: folded}, Author)
    return _Book(phrases.index(*Author), tuple(rule for rule in phrases.rules if not rule.words))
