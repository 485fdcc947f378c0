"""Finding many phrases at once in texts whose words stand behind single blanks, the first one too.

Which words a text holds decides, by sets of bits, which phrases are possible in it; only those are
tried, and only where a word stands that they begin with.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import Generic, TypeVar

from attrs import define, field, frozen

from compliant_sms.phrases._patterns import shown, ways
from compliant_sms.phrases._rules import PLAIN, PhraseRule, S, listed
from compliant_sms.phrases._search import MOST_OF_A_RULE, NEARBY, Found
from compliant_sms.phrases._shown import MORE, Shown

K = TypeVar("K")

_NOTHING = frozenset[str]()
_MOST_KEPT = 4096
_LONGEST_BEGINNING = 24
_PLANES = 3  # more needs hardly part the ways further
_STANDING = r"(?<!\S)<words>(?!\S)"
_MARKS = frozenset(".,!")
_START = re.compile(r"(?<![\[\\])\^")


@frozen(eq=False)
class _Way:
    """One of the ways in which something is said."""

    pattern: str
    shown: Shown = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "shown", shown(self.pattern))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Compiled once it is tried."""
        return re.compile(_START.sub(r"^[ .,!]{0,9}", self.pattern))


@frozen(eq=False)
class _Exception:
    """What makes a phrase mean something else."""

    pattern: str

    @cached_property
    def starting(self) -> Mapping[str, list[_Way]]:
        """Of each word, the ways that begin with it; of none, those that may begin anywhere."""
        starting: dict[str, list[_Way]] = {"": []}
        for way in map(_Way, ways(self.pattern)):
            starts = way.shown.starts
            known = starts and not any(word[-1] == MORE for word in starts)
            for word in starts if known and way.pattern[0] != "^" else ("",):
                starting.setdefault(word, []).append(way)
        return starting

    def may_hold(self, words: set[str]) -> bool:
        """Whether a text of these words may say it."""
        return bool(self.starting[""]) or not self.starting.keys().isdisjoint(words)

    def holds(self, text: str, first: int, last: int) -> bool:
        """Whether a stretch of a text says it."""
        at, starting = first, self.starting
        if any(way.compiled.search(text, first, last) for way in starting[""]):
            return True
        for word in text[first:last].split(" "):
            if word in starting and word:
                for way in starting[word]:
                    if way.compiled.match(text, at, last):
                        return True
            at += len(word) + 1
        return False


@frozen(eq=False)
class Scanner(Generic[S]):
    """Looks for many rules at once. The number of a way is that of its bit.

    Args:
        ways: how the rules are said.
        rules: of each way, its rule.
        unless: what makes a rule's phrase mean something else.
        needed: of each word, the needs that it meets: one bit for each of a way's first three.
        met: the needs that are met anyhow.
        starting: of each word, the ways that begin with it.
        floating: the ways that may begin with any word.
        opens: the ways that are said where the text begins.
        of_rule: the ways of each rule.
        turns: finds where what was said before excuses nothing any more, within a sentence.
    """

    ways: tuple[_Way, ...]
    rules: tuple[PhraseRule[S], ...]
    unless: Mapping[PhraseRule[S], _Exception]
    needed: _Bits
    met: int
    starting: _Bits
    floating: int
    opens: int
    of_rule: Mapping[PhraseRule[S], int]
    turns: re.Pattern[str] | None

    @classmethod
    def of(
        cls, rules: Collection[PhraseRule[S]], turns: re.Pattern[str] | None = None
    ) -> Scanner[S]:
        """A scanner for these rules.

        Args:
            rules: what to look for.
            turns: finds where, within a sentence, what was said before excuses nothing any more.
        """
        said = [(rule, way) for rule in rules for way in ways(_pattern(rule))]
        all_ways = tuple(_Way(way) for _, way in said)
        needs = [_needs(rule, way) for (rule, _), way in zip(said, all_ways, strict=True)]
        in_planes = [clause for plane in zip(*needs, strict=True) for clause in plane]
        starts = [way.shown.starts or _NOTHING for way in all_ways]
        return cls(
            all_ways,
            tuple(rule for rule, _ in said),
            {rule: _Exception(rule.filled(rule.unless)) for rule in rules if rule.unless},
            _Bits(in_planes),
            _bits(not clause for clause in in_planes),
            _Bits(starts),
            _bits(not words for words in starts),
            _bits(way.pattern[0] == "^" for way in all_ways),
            _bits_of(rule for rule, _ in said),
            turns,
        )

    def search(self, text: str, words: set[str], *, most: int = MOST_OF_A_RULE) -> list[Found[S]]:
        """What the rules find, in the order of the text.

        Args:
            text: words behind single blanks.
            words: each word once.
            most: how many finds of one rule are enough.
        """
        possible = self.possible(words)
        return _Search(self, text, words, possible, most).run() if possible else []

    def possible(self, words: set[str]) -> int:
        """The ways that lack no word."""
        needed, met, size = self.needed, self.met, len(self.ways)
        for word in words:
            met |= needed[word]
        return met & (met >> size) & (met >> 2 * size) & ((1 << size) - 1)


def _pattern(rule: PhraseRule[S]) -> str:
    """A rule's pattern; one that is nothing but its words takes signs as words too."""
    return rule.filled(_STANDING if rule.pattern == PLAIN else rule.pattern)


def _needs(rule: PhraseRule[S], way: _Way) -> list[frozenset[str]]:
    """A clause for each plane: what the rule needs, and what the pattern shows.

    Where it shows nothing it is the words that call for the rule.
    """
    given = [frozenset(listed(rule.needs))] if rule.needs else []
    clauses = way.shown.needed or (_calling(rule),)
    return [*given, *clauses, *[_NOTHING] * _PLANES][:_PLANES]


def _calling(rule: PhraseRule[S]) -> frozenset[str]:
    return frozenset(max(phrase.split(), key=len) for phrase in rule.phrases)


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << number for number, true in enumerate(truths) if true)


def _bits_of(each: Iterable[K]) -> dict[K, int]:
    """Of each, its numbers in the sequence."""
    bits: dict[K, int] = {}
    for number, one in enumerate(each):
        bits[one] = bits.get(one, 0) | 1 << number
    return bits


class _Bits(dict[str, int]):
    """Of each word, the numbers of the sets that hold it or its beginning, as bits."""

    def __init__(self, sets: Iterable[Iterable[str]]) -> None:
        super().__init__()
        self.begun: dict[str, int] = {}
        for number, words in enumerate(sets):
            for word in words:
                kept = self.begun if word[-1] == MORE else self
                kept[word] = kept.get(word, 0) | 1 << number
        for word in self:
            self[word] |= self._of_beginnings(word)
        self.most: int = len(self) + _MOST_KEPT

    def __missing__(self, word: str) -> int:
        bits = self._of_beginnings(word)
        if len(self) < self.most:
            self[word] = bits
        return bits

    def _of_beginnings(self, word: str) -> int:
        bits = 0
        for length in range(1, min(len(word), _LONGEST_BEGINNING) + 1):
            bits |= self.begun.get(word[:length] + MORE, 0)
        return bits


@define
class _Search(Generic[S]):
    """A search of one text."""

    scanner: Scanner[S]
    text: str
    words: set[str]
    possible: int
    most: int
    found: list[Found[S]] = field(factory=list)
    counts: dict[PhraseRule[S], int] = field(factory=dict)
    stops: list[int] | None = None
    turns: list[int] | None = None

    def run(self) -> list[Found[S]]:
        """Opening ways where the text begins, floating ones anywhere, others at their words."""
        words, starting = self.text.split(), self.scanner.starting
        floating, opens = self.scanner.floating, self.scanner.opens
        first = next((word for word in words if word not in _MARKS), "")
        if opening := (starting[first] | floating) & opens & self.possible:
            self._here(opening, 0)
        self.possible &= ~opens
        if anywhere := floating & self.possible:
            self._anywhere(anywhere)
        at = 1
        for word in words:
            if begun := starting[word] & self.possible:
                self._here(begun, at)
            at += len(word) + 1
        self.found.sort(key=_BY_PLACE)
        return self.found

    def _here(self, begun: int, at: int) -> None:
        """Tries the ways that may begin at a place."""
        ways, text = self.scanner.ways, self.text
        while begun:
            number = begun.bit_length() - 1
            begun ^= 1 << number
            match = ways[number].compiled.match(text, at)
            if match is not None:
                self._tell(self.scanner.rules[number], *match.span())

    def _anywhere(self, floating: int) -> None:
        for number in _numbers(floating):
            found = self.scanner.ways[number].compiled.finditer(self.text)
            for match in islice(found, self.most):
                self._tell(self.scanner.rules[number], *match.span())

    def _tell(self, rule: PhraseRule[S], start: int, end: int) -> None:
        count = self.counts.get(rule, 0) + 1
        if count > self.most:
            return
        unless = self.scanner.unless.get(rule)
        if (
            unless is not None
            and unless.may_hold(self.words)
            and unless.holds(self.text, *self._sentence(start, end))
        ):
            return
        self.found.append(Found(start, end, rule))
        self.counts[rule] = count
        if count == self.most:
            self.possible &= ~self.scanner.of_rule[rule]

    def _sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a place, as far as it is nearby."""
        if self.stops is None:
            self.stops = [stop.end() for stop in _STOP.finditer(self.text)]
        before, after = bisect_right(self.stops, start), bisect_left(self.stops, end)
        first = max(self.stops[before - 1] if before else 0, start - NEARBY, 0)
        if self.scanner.turns:
            if self.turns is None:
                self.turns = [turn.end() for turn in self.scanner.turns.finditer(self.text)]
            if passed := bisect_right(self.turns, start):
                first = max(first, self.turns[passed - 1])
        last = self.stops[after] if after < len(self.stops) else len(self.text)
        return first, min(last, end + NEARBY)


_STOP = re.compile(r"[.!?](?= |$)")


def _numbers(bits: int) -> Iterator[int]:
    """Which bits are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


_BY_PLACE = attrgetter("start", "end", "rule.id", "rule.file")
