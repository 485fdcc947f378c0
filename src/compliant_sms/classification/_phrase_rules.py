"""The phrase rules: what sells, what is care, what is money. Data, read at first use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from attrs import field, frozen
from attrs.validators import instance_of, matches_re

from compliant_sms.errors import ConfigurationError

__all__ = ["WORD", "PhraseRule", "RuleBook", "Says", "WordIndex", "parse", "rulebook"]

_FILES = {"en": "phrases-en.toml", "es": "phrases-es.toml"}

WORD = re.compile(r"[^\W\d_]+|\d+|[$%]")
"""What counts as one word of a folded text."""

_MARKER = re.compile(r"<([a-z]+)>")
# Up to three words between two others. Bounded, so that hostile repeats stay linear.
_GAP = r"(?:[\w'$%&/+-]{1,24}\s{1,3}){0,3}?"


class Says(StrEnum):
    """What a phrase tells about the text that it stands in."""

    SELLS = "sells"
    """Promotes by itself."""
    HINTS = "hints"
    """Promotes when a different hint stands nearby."""
    INVITES = "invites"
    """A hint that promotes alone when nothing in the text is care."""
    CARE = "care"
    """Care or its administration, wherever it stands."""
    CARE_ALONE = "care-alone"
    """Care when nothing in the same sentence sells: a day and an hour, for example."""
    MONEY = "money"
    """Billing or other financial content: 47 CFR 64.1200(a)(9)(iv)."""


_CARE = frozenset({Says.CARE, Says.CARE_ALONE})
_NOTHING = frozenset[str]()


@frozen(kw_only=True, eq=False)
class PhraseRule:
    """One row of the data.

    Args:
        id: what it looks for, in one or two words.
        says: what it tells.
        words: without one of them, in folded form, there is nothing to find. They are parted by
            commas; a letter with a question mark may be missing.
        pattern: the phrase itself, a regular expression over folded text. A blank stands for
            white space, ``<words>`` for one of the words, ``<name>`` for one of a group, ``<gap>``
            for up to three of any kind. Every repeat has a bound, so that reading stays linear.
        unless: a pattern that, in the same sentence, makes the phrase mean something else.
        why: the reason, or where it comes from.
        groups: the named groups of words of its file.
    """

    id: str = field(validator=matches_re("[a-z]+(-[a-z]+)*"))
    says: Says = field(converter=Says)
    words: str = field(validator=instance_of(str))
    pattern: str = field(default=r"\b<words>\b", validator=instance_of(str))
    unless: str = field(default="", validator=instance_of(str))
    why: str = field(validator=instance_of(str))
    groups: Mapping[str, str] = field(repr=False)

    @property
    def is_care(self) -> bool:
        """Whether it speaks for care."""
        return self.says in _CARE

    @property
    def phrases(self) -> Iterator[str]:
        """The words one by one, with and without optional letters."""
        for word in _listed(self.words):
            if "?" in word:
                yield from _forms(word)
            else:
                yield word

    @cached_property
    def finder(self) -> re.Pattern[str]:
        """Finds the phrase in folded text."""
        return self._compiled(self.pattern)

    @cached_property
    def exception(self) -> re.Pattern[str] | None:
        """Finds what makes it mean something else."""
        return self._compiled(self.unless) if self.unless else None

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        filled = _MARKER.sub(self._filled, pattern)
        return re.compile(filled.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}"))

    def _filled(self, marker: re.Match[str]) -> str:
        if marker[1] == "gap":
            return _GAP
        words = self.words if marker[1] == "words" else self.groups[marker[1]]
        longest_first = sorted(_listed(words), key=len, reverse=True)
        return f"(?:{'|'.join(longest_first)})".replace("$", r"\$")


@frozen
class WordIndex:
    """Which rules a text's words call for.

    Args:
        entries: for the rarest word of each phrase, all words needed and the rule.
        words: the keys.
    """

    entries: Mapping[str, list[tuple[frozenset[str], PhraseRule]]]
    words: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[PhraseRule], common: frozenset[str]) -> WordIndex:
        """An index of these rules.

        Args:
            rules: in any order.
            common: words that most texts hold, so that they tell little.
        """
        entries: dict[str, list[tuple[frozenset[str], PhraseRule]]] = {}
        for rule in rules:
            for phrase in rule.phrases:
                letters_only = phrase.replace(" ", "").isalpha()
                words = phrase.split() if letters_only else WORD.findall(phrase)
                rarest = max([word for word in words if word not in common] or words, key=len)
                needed = frozenset(words) if len(words) > 1 else _NOTHING
                entries.setdefault(rarest, []).append((needed, rule))
        return cls(entries, frozenset(entries))

    def rules_for(self, words: set[str]) -> set[PhraseRule]:
        """The rules that may find something in a text of these words."""
        return {
            rule
            for word in self.words & words
            for needed, rule in self.entries[word]
            if needed <= words
        }


@frozen(eq=False)
class RuleBook:
    """All rules, by the words that may start them.

    Args:
        version: year and month of the data.
        rules: all of them.
        spanish: function words that give Spanish away.
        english: function words that give English away.
    """

    version: str
    rules: tuple[PhraseRule, ...]
    spanish: frozenset[str]
    english: frozenset[str]

    @cached_property
    def selling(self) -> WordIndex:
        """What sells, hints or is about money."""
        rules = (rule for rule in self.rules if not rule.is_care)
        return WordIndex.of(rules, self.spanish | self.english)

    @cached_property
    def care(self) -> WordIndex:
        """What is care. Few texts need it: only those that may sell."""
        rules = (rule for rule in self.rules if rule.is_care)
        return WordIndex.of(rules, self.spanish | self.english)


@cache
def rulebook() -> RuleBook:
    """The packaged rules.

    Raises:
        ConfigurationError: a packaged file is damaged.
    """
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    folder = resources.files("compliant_sms.classification").joinpath("data")
    return parse({name: folder.joinpath(name).read_text("utf-8") for name in _FILES.values()})


def parse(documents: Mapping[str, str]) -> RuleBook:
    """Rules out of TOML files.

    Args:
        documents: file name to text; one for each language.

    Raises:
        ConfigurationError: something is wrong with one of them.
    """
    tables = {name: _toml(name, text) for name, text in documents.items()}
    return RuleBook(
        version=max(table["version"] for table in tables.values()),
        rules=tuple(rule for name, table in tables.items() for rule in _rules(name, table)),
        spanish=frozenset(_listed(tables[_FILES["es"]]["function_words"])),
        english=frozenset(_listed(tables[_FILES["en"]]["function_words"])),
    )


def _toml(name: str, text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{name} is not valid TOML: {error}"
        raise ConfigurationError(msg) from error


def _rules(name: str, table: Mapping[str, Any]) -> Iterator[PhraseRule]:
    for number, row in enumerate(table["phrase"], start=1):
        try:
            yield PhraseRule(**row, groups=table["groups"])
        except (TypeError, ValueError) as error:
            msg = f"{name}, phrase {number} ({row.get('id')}): {error.args[0]}"
            raise ConfigurationError(msg) from error


def _listed(words: str) -> list[str]:
    one_line = words.replace("\n", " ")
    return [word for part in one_line.split(",") if (word := part.strip())]


def _forms(word: str) -> list[str]:
    """A word with and without its optional letters, as in ``vitamins?``."""
    first, *others = word.split("?")
    forms = [first]
    for other in others:
        forms = [form + other for each in forms for form in (each, each[:-1])]
    return forms
