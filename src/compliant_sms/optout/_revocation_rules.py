"""The phrases by which people ask for no more texts. Data, read at first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeAlias

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.phrases import Phrasebook, PhraseRule, WordIndex, fold, parse

_HINTS = "revocation-hints-en.toml"
_FILES = {
    "en": ("revocation-en.toml", _HINTS),
    "es": ("revocation-es.toml",),
    "fr": ("revocation-fr.toml",),
    "other": ("revocation-other.toml",),
    "scripts": ("revocation-scripts.toml",),
}


class Says(StrEnum):
    """What a phrase tells."""

    CERTAIN = "certain"
    """A request to stop, to any reasonable reader."""
    UNSURE = "unsure"
    """It may be one."""
    ALONE = "alone"
    """It may be one where no question of ours is open."""
    ALL = "all"
    """Every kind of text, as an answer to the question about scope."""
    REFUSES = "refuses"
    """Turns down an invitation to texts."""
    KIND = "kind"
    """Names a kind of text; the id is its category."""
    KEEPS = "keeps"
    """Names what shall go on."""
    REGRETS = "regrets"
    """Wants the texts after all."""
    FOOTER = "footer"
    """Copied from our own texts."""
    NEGATED = "negated"
    """Right before a phrase: it is not meant."""
    SUPPOSED = "supposed"
    """Right before a phrase: a question about what would happen, or about somebody else."""
    ASKED = "asked"
    """Right before a phrase: the writer asks how to do it."""


Rule: TypeAlias = PhraseRule[Says]
_BEFORE = (Says.NEGATED, Says.SUPPOSED, Says.ASKED)
_ON_DEMAND = (Says.ALL, Says.REFUSES, Says.KIND, Says.KEEPS, Says.REGRETS, Says.FOOTER)


@frozen(eq=False)
class RuleBook:
    """All rules, by the words that may start them.

    Args:
        index: what revokes, by its words.
        hints: what may revoke where it is the whole of a short text, by its words.
        wordless: what revokes without any word.
        script: what revokes in languages whose words do not stand apart.
        others: the rest, by what it says and by its words.
        before: what stands before a phrase.
        languages: of each rule the language of its file.
    """

    index: WordIndex[Says]
    hints: WordIndex[Says]
    wordless: tuple[Rule, ...]
    script: tuple[Rule, ...]
    others: Mapping[Says, WordIndex[Says]]
    before: Mapping[Says, tuple[Rule, ...]]
    languages: Mapping[Rule, str]

    def name(self, rule: Rule) -> str:
        """The id of a rule: ``phrase:en/stop-texting``, or ``grammar:want-off`` for a form."""
        language = self.languages.get(rule)
        return f"phrase:{language}/{rule.id}" if language else f"grammar:{rule.id}"


@cache
def rulebook() -> RuleBook:
    """The packaged rules."""
    books = {
        language: parse({name: folded(packaged(__package__, "data", name)) for name in names}, Says)
        for language, names in _FILES.items()
    }
    return _ruled(books)


def _ruled(books: Mapping[str, Phrasebook[Says]]) -> RuleBook:
    rules = [rule for book in books.values() for rule in book.rules]
    common = frozenset(
        word for book in books.values() for words in book.function_words.values() for word in words
    )

    def those(*says: Says) -> list[Rule]:
        return [rule for rule in rules if rule.says in says]

    revoking = those(Says.CERTAIN, Says.UNSURE, Says.ALONE)
    in_scripts = set(books["scripts"].rules)
    apart = in_scripts | {rule for rule in revoking if rule.file == _HINTS}
    return RuleBook(
        WordIndex.of((rule for rule in revoking if rule not in apart), common),
        WordIndex.of((rule for rule in revoking if rule.file == _HINTS), common),
        tuple(rule for rule in revoking if not rule.words and rule not in in_scripts),
        tuple(rule for rule in revoking if rule in in_scripts),
        {says: WordIndex.of(those(says), common) for says in _ON_DEMAND},
        {says: tuple(those(says)) for says in _BEFORE},
        {rule: language for language, book in books.items() for rule in book.rules},
    )


_NO_ASCII = re.compile(r"[^\x00-\x7f]+")


def folded(document: str) -> str:
    """A file as texts are read; what is ASCII in it stays, since patterns are."""
    return _NO_ASCII.sub(lambda letters: fold(letters[0]).text, document)
