"""Who wrote a text: a person, or a phone, a robot or a carrier on nobody's behalf.

What no person wrote never revokes, even when it quotes "Reply STOP". Answering a robot makes loops.
The phrases are data (``data/frames.toml``).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, pairwise

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.optout._heard import MOST_READ, Heard
from compliant_sms.optout._reading import Author
from compliant_sms.phrases import PhraseRule, WordIndex, fold, matches, parse

_FILE = "frames.toml"
_CLOSING = {'"': '"', "\u201c": "\u201d", "\u00ab": "\u00bb"}
# A single one may be an apostrophe, at the end as well: where that quote ends is not plain.
_OPENED = re.compile("(?<!\\w)['\u2018\u2019]|[\"\u201c\u00ab]")
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
# In other languages the phone's own words go on behind the quote.
_END_WITH_IT = frozenset(
    f"frame:reaction{kind}"
    for kind in ("-en", "-removed-en", "-emoji", "-reacted", "-es", "-fr", "-pt")
)


@frozen(eq=False)
class _Book:
    index: WordIndex[Author]
    wordless: tuple[PhraseRule[Author], ...]


def author_of(heard: Heard) -> tuple[Author, str] | None:
    """Who wrote a text that no person did, and the id of the rule that shows it.

    Returns:
        None for whatever a person may have written.
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


def own_parts(heard: Heard, rule: str) -> list[tuple[int, int]]:
    """Where the words of a person stand who wrote beside a text that they quote.

    Behind a reaction and its quote, or before, between and behind lines that a program quoted with
    ``>``.

    Args:
        heard: the text as it is read.
        rule: the id of the rule that took it for no person's.

    Returns:
        offsets in the text as given; none where nothing stands there, or where the quote ends is
        not plain, as quotes stand in the text that is quoted and that is cut off.
    """
    given = heard.given
    if rule in _END_WITH_IT:
        start = _behind_reaction(given)
        return [(start, len(given))] if start else []
    quoted = [line.span() for line in _QUOTED.finditer(given, 0, MOST_READ)]
    if not quoted:
        return []
    between = pairwise([0, *chain.from_iterable(quoted), len(given)])
    parts = (part for place, part in enumerate(between) if place % 2 == 0)
    return [(start, end) for start, end in parts if any(map(str.isalnum, given[start:end]))]


def _behind_reaction(given: str) -> int:
    opened = _OPENED.search(given)
    closing = _CLOSING.get(opened[0]) if opened else None
    if opened is None or closing is None:
        return 0
    counts = given.count(opened[0]), given.count(closing)
    balanced = counts[0] % 2 == 0 if opened[0] == closing else counts[0] == counts[1]
    end = given.rfind(closing) + 1
    return end if balanced and any(map(str.isalnum, given[end:])) else 0


_ORDER = (Author.REACTION, Author.CARRIER, Author.ROBOT, Author.PERSON)


@cache
def _book() -> _Book:
    text = packaged(__package__, "data", _FILE)
    folded = "".join(letter if letter.isascii() else fold(letter).text for letter in text)
    phrases = parse({_FILE: folded}, Author)
    return _Book(phrases.index(*Author), tuple(rule for rule in phrases.rules if not rule.words))
