"""What only hints that texts are not wanted, added up where no phrase says so.

The hints are data (``data/revocation-hints.toml``), each with a weight. What they make together is
never more than a doubt: texts stop, and a person or the one question settles it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from operator import attrgetter, or_
from typing import TypeAlias

from attrs import frozen

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._intents import documents
from compliant_sms.optout._intents_words import Spoken
from compliant_sms.optout._revocation_rules import Rule, Says
from compliant_sms.phrases import Found, listed, parse, read_toml
from compliant_sms.phrases._scanning import Scanner

__all__ = ["hints", "may_hint", "named"]

_Found: TypeAlias = Found[Says]

_FILE = "revocation-hints.toml"
_ENOUGH = 4
_TEXTS = "texts"
_APART = 30
"""Code points between hints of which none is enough."""
_MOST_WORDS = 18
"""Different words: who writes more says what is wanted; hints in it add up by chance."""
_LONGEST = 240
"""Code points: so that what repeats the same words costs no more."""


@frozen(eq=False)
class _Book:
    """All hints.

    Args:
        scanner: finds them.
        courtesies: words beside which a text says nothing else.
        alone: the ways of hints that may be enough.
        both: ways of which a text must hold one of each, if none of those.
    """

    scanner: Scanner[Says]
    courtesies: frozenset[str]
    alone: int
    both: tuple[int, int]

    def may_be_enough(self, words: set[str]) -> bool:
        """Whether a text of these words may hold enough."""
        possible = self.scanner.possible(words)
        texts, against = self.both
        return bool(possible & self.alone or (possible & texts and possible & against))


def may_hint(heard: Heard) -> bool:
    """Whether a text is short enough to say by hints what it wants."""
    return len(heard.words) <= _MOST_WORDS and len(heard.text) <= _LONGEST


def hints(spoken: Spoken, *, answering: bool) -> list[_Found]:
    """The hints of a text if they are enough together, in the order of the text; or else none.

    Args:
        spoken: the text.
        answering: whether a question of ours is open, to which it may be the answer.

    Raises:
        ConfigurationError: the packaged file is damaged.
    """
    book = _book()
    if not book.may_be_enough(spoken.words):
        return []
    heaviest: dict[str, _Found] = {}
    for one in book.scanner.search(spoken.text, spoken.words, most=1):
        if _counts(one, spoken.text, book, answering=answering):
            known = heaviest.setdefault(one.rule.id, one)
            if abs(one.rule.weight) > abs(known.rule.weight):
                heaviest[one.rule.id] = one
    if sum(one.rule.weight for one in heaviest.values()) < _ENOUGH:
        return []
    told = [one for one in heaviest.values() if one.rule.weight > 0]
    told.sort(key=attrgetter("start", "end", "rule.id"))
    return told if _belong_together(told) else []


def _belong_together(told: list[_Found]) -> bool:
    """Whether one is enough, or all stand close to each other."""
    alone = any(one.rule.weight >= _ENOUGH for one in told)
    return alone or told[-1].start - min(one.end for one in told) <= _APART


def _counts(one: _Found, text: str, book: _Book, *, answering: bool) -> bool:
    if one.rule.says is Says.REFUSES:
        rest = (*text[: one.start].split(), *text[one.end :].split())
        return not answering and book.courtesies.issuperset(rest)
    return not (answering and one.rule.says is Says.ASKED)


def named(found: Iterable[_Found]) -> str:
    """The rule that some hints are together: ``hints:texts+against``."""
    return "hints:" + "+".join(one.rule.id for one in found)


@cache
def _book() -> _Book:
    packaged = documents(_FILE)
    scanner = Scanner.of(parse(packaged, Says).rules)
    courtesies = listed(read_toml(_FILE, packaged[_FILE])["courtesies"])
    some = [rule for rule in scanner.of_rule if 0 < rule.weight < _ENOUGH]
    return _Book(
        scanner,
        frozenset((*courtesies, *".,!?")),
        _ways(scanner, (rule for rule in scanner.of_rule if rule.weight >= _ENOUGH)),
        (
            _ways(scanner, (rule for rule in some if rule.id == _TEXTS)),
            _ways(scanner, (rule for rule in some if rule.id != _TEXTS)),
        ),
    )


def _ways(scanner: Scanner[Says], rules: Iterable[Rule]) -> int:
    return reduce(or_, (scanner.of_rule[rule] for rule in rules), 0)
