"""What an outbound text says: whether it sells, and whether it is about money.

A text that sells is telemarketing as a whole, whatever care stands beside it: *Chesbro v. Best
Buy*, 697 F.3d 1230. The phrases are data (``data/phrases-*.toml``); here is only how they add up.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import TypeAlias

from attrs import frozen

from compliant_sms.classification._phrase_rules import CARE, FILES, Rule, RuleBook, Says, rulebook
from compliant_sms.phrases import (
    LONGEST,
    NEARBY,
    Folded,
    Found,
    fold,
    matches,
    search,
    sentence,
    words_in,
)


class ContentLabel(StrEnum):
    """What a text says, by its words alone."""

    TRANSACTIONAL = "transactional"
    """No phrase of it sells."""
    MARKETING = "marketing"
    """It sells and does nothing else."""
    MIXED = "mixed"
    """It sells beside care or its administration. Telemarketing as well."""


class PhraseKind(StrEnum):
    """What a phrase speaks for."""

    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


@frozen(kw_only=True)
class Phrase:
    """Where a text says something that counted. The words themselves are not part of it.

    Attributes:
        start: offset of the first character, in code points of the text as given.
        end: offset after the last one.
        rule: the id of the phrase rule, for example ``"discount"``.
        kind: what it speaks for.
    """

    start: int
    end: int
    rule: str
    kind: PhraseKind


@frozen(kw_only=True)
class Content:
    """What a text says.

    Attributes:
        label: whether it sells. A guess from phrases, and never softer than one that sells.
        phrases: what decided, in the order of the text; none when nothing sells.
        financial: it names a bill, a balance, a price or the like, which 47 CFR
            64.1200(a)(9)(iv) bars from exempt texts.
        language: ``"en"``, ``"es"`` or ``"fr"``, by its function words; ``"en"`` when they do not
            tell.
    """

    label: ContentLabel
    phrases: tuple[Phrase, ...]
    financial: bool
    language: str


_Found: TypeAlias = Found[Says]

_HINTS = frozenset({Says.HINTS, Says.INVITES})
_ALONE = frozenset({Says.SELLS, Says.INVITES, Says.LURES})


def read_content(text: str) -> Content:
    """What an outbound text sells, and whether it is about money.

    Says what the words say, never what the text may do: that is for the rules. Takes time in
    proportion to the length of the text.

    Args:
        text: as it will be sent, any language; English and Spanish are understood.

    Raises:
        ConfigurationError: the packaged phrases are damaged.
    """
    book = rulebook()
    folded = fold(text)
    words = words_in(folded.text)
    rules = book.selling.rules_for(words)
    sells, care = _weighed(folded.text, words, _worth_trying(rules), book)
    label = ContentLabel.MIXED if care else ContentLabel.MARKETING
    return Content(
        label=label if sells else ContentLabel.TRANSACTIONAL,
        phrases=_phrases(folded, sells + care) if sells else (),
        financial=_is_financial(folded.text, words, rules),
        language=_language(words, book),
    )


def _weighed(
    text: str, words: set[str], rules: list[Rule], book: RuleBook
) -> tuple[list[_Found], list[_Found]]:
    """What sells, and what is care beside it."""
    found = search(text, rules, words)
    sells = _that_sell(found)
    invites = [one for one in found if one.rule.says is Says.INVITES]
    if not sells and not invites:
        lures = [one for one in found if one.rule.says is Says.LURES]
        return ([] if lures and _cares(text, words, book) else lures), []
    care = _that_care(text, words, book.care.rules_for(words), sells)
    if not sells:
        sells = [one for one in invites if not _within(care, *sentence(text, one.start, one.end))]
        care = [one for one in care if not _within(sells, one.start, one.end)]
    return sells, care


def _cares(text: str, words: set[str], book: RuleBook) -> bool:
    """Whether any of it is care, or may be in a language that the weak words are not of."""
    return _language(words, book) != "en" or any(
        matches(rule, text, words) for rule in book.care.rules_for(words)
    )


def _language(words: set[str], book: RuleBook) -> str:
    english, spanish, french = (len(words & book.function_words(each)) for each in FILES)
    # One may be a name: Dr. Avril, Merci Clinic. Those that Spanish shares are not among them.
    if french > max(english, 1):
        return "fr"
    return "es" if spanish > english else "en"


def _is_financial(text: str, words: set[str], rules: set[Rule]) -> bool:
    return any(matches(rule, text, words) for rule in rules if rule.says is Says.MONEY)


def _worth_trying(rules: set[Rule]) -> list[Rule]:
    """Those that can sell here: a mere hint cannot without a different one."""
    hints = {rule.id for rule in rules if rule.says in _HINTS}
    useful = _ALONE if len(hints) < 2 else _ALONE | _HINTS
    return [rule for rule in rules if rule.says in useful]


def _that_sell(found: list[_Found]) -> list[_Found]:
    """Phrases that sell by themselves, and different hints that stand together."""
    hints = [one for one in found if one.rule.says in _HINTS]
    counted = {one for one in found if one.rule.says is Says.SELLS}
    for one, other in pairwise(hints):
        apart = other.start - one.end
        if one.rule.id != other.rule.id and 0 <= apart <= NEARBY:
            counted |= {one, other}
    return [one for one in found if one in counted]


def _that_care(text: str, words: set[str], rules: set[Rule], sells: list[_Found]) -> list[_Found]:
    """Care outside of what sells; a mere day and hour only in a sentence that sells nothing.

    And only before all that sells: what follows an offer is its own day, place or matter.
    """
    first = next((one.start for one in sells if one.rule.says in _ALONE), len(text))
    return [
        one
        for one in search(text, rules, words)
        if not _within(sells, one.start, one.end)
        and (
            one.rule.says is Says.CARE
            or (one.start < first and not _sells(sells, *sentence(text, one.start, one.end)))
        )
    ]


def _within(found: list[_Found], start: int, end: int) -> list[_Found]:
    """Those that overlap a stretch of text, none of them longer than ``LONGEST``."""
    first = bisect_left(found, start - LONGEST, key=attrgetter("start"))
    last = bisect_left(found, end, key=attrgetter("start"))
    return [one for one in found[first:last] if one.end > start]


def _sells(sells: list[_Found], start: int, end: int) -> bool:
    here = _within(sells, start, end)
    return len(here) > 1 or any(one.rule.says is Says.SELLS for one in here)


def _phrases(folded: Folded, found: list[_Found]) -> tuple[Phrase, ...]:
    phrases = {
        Phrase(start=start, end=end, rule=one.rule.id, kind=_kind(one.rule))
        for one in found
        for start, end in [folded.place(one.start, one.end)]
    }
    return tuple(sorted(phrases, key=attrgetter("start", "end", "rule")))


def _kind(rule: Rule) -> PhraseKind:
    return PhraseKind.TRANSACTIONAL if rule.says in CARE else PhraseKind.MARKETING
