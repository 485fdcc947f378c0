"""Phrases as data: words that call for a rule, and a pattern over folded text around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from attrs import field, frozen
from attrs.validators import instance_of, matches_re

from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases._beginnings import WORD, Beginnings
from compliant_sms.phrases._patterns import shown
from compliant_sms.phrases._tables import read_toml

S = TypeVar("S", bound=StrEnum)

_MARKER = re.compile(r"<([a-z]+)>")
# Up to three words between two others. Bounded, so that hostile repeats stay linear.
_GAP = r"(?:[\w'$%&/+-]{1,24}\s{1,3}){0,3}?"
_NOTHING = frozenset[str]()
PLAIN = r"\b<words>\b"


@frozen(kw_only=True, eq=False)
class PhraseRule(Generic[S]):
    """One row of the data.

    Args:
        id: what it looks for, in one or two words.
        says: what it tells.
        words: without one of them, in folded form, there is nothing to find. They are parted by
            commas; a letter with a question mark may be missing, ``<name>`` stands for a group.
        needs: beside one of ``words`` one of these single words must be there; empty for no more.
        pattern: the phrase itself, a regular expression over folded text. A blank stands for
            white space, ``<words>`` for one of the words, ``<name>`` for one of a
            group or for a shape, ``<gap>`` for up to three of any kind. Every repeat has a bound,
            so that reading stays linear.
        core: the part of the pattern that stands in it as ``<core>`` and begins with known words.
            Where a text does not hold it the rest, which may begin anywhere, is not tried.
        unless: a pattern that, in the same sentence, makes the phrase mean something else.
        why: the reason, or where it comes from.
        weight: how much it tells, for who weighs phrases against each other.
        groups: the named groups of words of its file.
        shapes: its named patterns, which may hold groups and other shapes that stand before them.
        file: where it stands; two languages may have rules of one id.
    """

    id: str = field(validator=matches_re("[a-z]+(-[a-z]+)*"))
    says: S
    words: str = field(validator=instance_of(str))
    needs: str = field(default="", validator=instance_of(str))
    pattern: str = field(default=PLAIN, validator=instance_of(str))
    core: str = field(default="", validator=instance_of(str))
    unless: str = field(default="", validator=instance_of(str))
    why: str = field(validator=instance_of(str))
    weight: int = field(default=1, validator=instance_of(int))
    groups: Mapping[str, str] = field(repr=False)
    shapes: Mapping[str, str] = field(factory=dict, repr=False)
    file: str = ""

    @property
    def phrases(self) -> Iterator[str]:
        """The words one by one, with and without optional letters."""
        for word in listed(self._all_words):
            if "?" in word:
                yield from _forms(word)
            else:
                yield word

    @cached_property
    def finder(self) -> re.Pattern[str]:
        """Finds the phrase in folded text."""
        return self._compiled(self.pattern)

    @cached_property
    def beginnings(self) -> Beginnings | None:
        """What the phrase begins with; None when that may be anything."""
        return Beginnings.of(self.filled(self.pattern))

    @cached_property
    def kernel(self) -> tuple[Beginnings, re.Pattern[str]] | None:
        """What the core begins with, and what finds it; None for a rule without one."""
        begins = Beginnings.of(self.filled(self.core)) if self.core else None
        return (begins, self._compiled(self.core)) if begins else None

    @cached_property
    def exception(self) -> re.Pattern[str] | None:
        """Finds what makes it mean something else."""
        return self._compiled(self.unless) if self.unless else None

    @cached_property
    def _all_words(self) -> str:
        return _MARKER.sub(lambda marker: self.groups[marker[1]], self.words)

    @cached_property
    def needed(self) -> tuple[frozenset[str], ...]:
        """Sets of words of each of which one must be there, as far as the pattern shows."""
        clauses = shown(self.filled(self.pattern)).needed
        words = tuple(
            clause for clause in clauses if all(w.isascii() and WORD.fullmatch(w) for w in clause)
        )
        return (frozenset(listed(self.needs)), *words) if self.needs else words

    def filled(self, pattern: str) -> str:
        """A pattern of this rule with its words, groups and shapes written out."""
        return _MARKER.sub(self._filled, pattern)

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        filled = self.filled(pattern)
        return re.compile(filled.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}"))

    def _filled(self, marker: re.Match[str]) -> str:
        if marker[1] == "gap":
            return _GAP
        if marker[1] == "core":
            return self.filled(self.core)
        if shape := self.shapes.get(marker[1]):
            return f"(?:{_MARKER.sub(self._filled, shape)})"
        words = self._all_words if marker[1] == "words" else self.groups[marker[1]]
        longest_first = sorted(listed(words), key=len, reverse=True)
        return f"(?:{'|'.join(longest_first)})".replace("$", r"\$")


@frozen
class WordIndex(Generic[S]):
    """Which rules a text's words call for.

    Args:
        entries: for the rarest word of each phrase, all words needed and the rule.
        words: the keys.
    """

    entries: Mapping[str, list[tuple[frozenset[str], PhraseRule[S]]]]
    words: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[PhraseRule[S]], common: frozenset[str]) -> WordIndex[S]:
        """An index of these rules.

        Args:
            rules: in any order.
            common: words that most texts hold, so that they tell little.
        """
        entries: dict[str, list[tuple[frozenset[str], PhraseRule[S]]]] = {}
        for rule in rules:
            for phrase in rule.phrases:
                letters_only = phrase.replace(" ", "").isalpha()
                words = (not letters_only and WORD.findall(phrase)) or phrase.split()
                rarest = max([word for word in words if word not in common] or words, key=len)
                needed = frozenset(words) if len(words) > 1 else _NOTHING
                entries.setdefault(rarest, []).append((needed, rule))
        return cls(entries, frozenset(entries))

    def rules_for(self, words: set[str]) -> set[PhraseRule[S]]:
        """The rules that may find something in a text of these words."""
        return {
            rule
            for word in self.words & words
            for needed, rule in self.entries[word]
            if needed <= words and not any(map(words.isdisjoint, rule.needed))
        }


@frozen(eq=False)
class Phrasebook(Generic[S]):
    """The phrases of some files.

    Args:
        version: year and month of the data.
        rules: all of them, in the order of the files.
        function_words: by file, words of its language that tell little and give it away.
    """

    version: str
    rules: tuple[PhraseRule[S], ...]
    function_words: Mapping[str, frozenset[str]]

    def index(self, *says: S) -> WordIndex[S]:
        """An index of the rules that say one of these things."""
        common = frozenset[str]().union(*self.function_words.values())
        return WordIndex.of((rule for rule in self.rules if rule.says in says), common)


def parse(documents: Mapping[str, str], says: type[S]) -> Phrasebook[S]:
    """Phrases out of TOML files.

    Args:
        documents: file name to text; one for each language.
        says: what a phrase can say.

    Raises:
        ConfigurationError: something is wrong with one of them.
    """
    tables = {name: read_toml(name, text) for name, text in documents.items()}
    return Phrasebook(
        version=max(table["version"] for table in tables.values()),
        rules=tuple(rule for name, table in tables.items() for rule in _rules(name, table, says)),
        function_words={
            name: frozenset(listed(table.get("function_words", "")))
            for name, table in tables.items()
        },
    )


def _rules(name: str, table: Mapping[str, Any], says: type[S]) -> Iterator[PhraseRule[S]]:
    groups = table.get("groups", {})
    for number, row in enumerate(table["phrase"], start=1):
        try:
            yield PhraseRule(
                **row | {"says": says(row["says"])},
                groups=groups,
                shapes=table.get("shapes", {}),
                file=name,
            )
        except (KeyError, TypeError, ValueError) as error:
            msg = f"{name}, phrase {number} ({row.get('id')}): {error.args[0]}"
            raise ConfigurationError(msg) from error


def listed(words: str) -> list[str]:
    """The words of a list with commas."""
    one_line = words.replace("\n", " ")
    return [word for part in one_line.split(",") if (word := part.strip())]


def _forms(word: str) -> list[str]:
    """A word with and without its optional letters, as in ``vitamins?``."""
    first, *others = word.split("?")
    forms = [first]
    for other in others:
        forms = [form + other for each in forms for form in (each, each[:-1])]
    return forms
