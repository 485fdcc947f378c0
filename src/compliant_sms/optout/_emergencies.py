"""Danger to life in a patient's text.

The phrases are data (``data/emergencies-*.toml``); here is only how they add up. A missed
emergency costs more than a false one, so what excuses a sign must be said, never guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from itertools import accumulate
from operator import attrgetter
from typing import TypeAlias

from attrs import frozen

from compliant_sms.optout._intents import documents
from compliant_sms.optout._intents_words import Spoken
from compliant_sms.phrases import Found, parse
from compliant_sms.phrases._scanning import Scanner

FILES = ("emergencies-en.toml", "emergencies-es.toml", "emergencies-more.toml")


class Danger(StrEnum):
    """What a phrase tells about danger."""

    NOW = "now"
    """Danger to life by itself; only what excuses everything excuses it."""
    SIGN = "sign"
    """Danger to life unless it is past, asked in general or a figure of speech."""
    HINT = "hint"
    """Danger to life when a different hint or sign stands in the text."""
    EXCUSE = "excuse"
    """Signs in its clause are none: the past, a general question, a family's history."""
    OVER = "over"
    """Neither are those before it in any sentence: it went away, was looked after, was a joke."""
    NONE = "none"
    """What it covers is no danger at all: figures of speech, names of things, denials."""


_Found: TypeAlias = Found[Danger]


def find_emergency(spoken: Spoken) -> _Found | None:
    """The phrase that tells of danger to life; None when nothing does."""
    return _told(spoken.text, dangers().search(spoken.text, spoken.words))


def _told(text: str, found: list[_Found]) -> _Found | None:
    covers = [one for one in found if one.rule.says is Danger.NONE]
    signs = [one for one in found if one.rule.says not in _HARMLESS and not _covered(one, covers)]
    excuses = [one for one in found if one.rule.says in _EXCUSES]
    return _gravest(text, signs, excuses)


def danger_beside(spoken: Spoken) -> _Found | None:
    """The same in a text that looks like a robot's or a carrier's: no advice to whoever reads it.

    "I'm driving to the ER with chest pain, I'll call when I arrive" is no ready-made answer. Where
    anything in the text may be advice, only what somebody says of themselves or theirs counts.
    """
    found, text = dangers().search(spoken.text, spoken.words), spoken.text
    if _MAY_ADVISE.search(text):
        found = [one for one in found if one.rule.says in _HARMLESS or _is_of_oneself(text, one)]
    return _told(text, found)


def _is_of_oneself(text: str, found: _Found) -> bool:
    start = max(text.rfind(mark, 0, found.start) for mark in _ENDS) + 1
    end = min(text.find(mark, found.end) % (len(text) + 1) for mark in _ENDS)  # -1: where it ends
    said = text[start:end]
    return _ONESELF.search(said) is not None and not _ADVISES.search(said)


_ENDS = (" .", " !", " ?")
_ONESELF = re.compile(
    r"\b(?:i|im|ive|me|my|he|hes|his|him|she|shes|her|dad|mom|mum|husband|wife|son|daughter|baby"
    r"|yo|mi|mis|me|tengo|estoy|siento|puedo|esposo|esposa|hijo|hija|mama|papa"
    r"|je|jai|mon|ma|mes|meu|minha|tenho|estou|ako|ko|mwen|toi)\b|[^\x00-\x7f]"
)
# Of the words that may be advice, those that are no more than that beside "I".
_ADVISES = re.compile(
    r"\b(?:if (?:you|this|it|there|its|an|any|urgent|emergency)|do you|know the|signs of"
    r"|for (?:any |all |other |an? |urgent )?(?:\w{1,20} )?emergenc\w{1,4}"
    r"|in (?:case of|an? (?:\w{1,20} )?emergency)|(?:should|when) you"
    r"|si (?:tiene|usted|es|necesita|siente|vous|hay)|(?:en )?caso de|en cas d|para emergencias"
    r"|(?:toute|pour une) urgence)\b"
)
_MAY_ADVISE = re.compile(
    r"\b(?:if|si|should|when|anyone|anybody|someone|patients?|pacientes?|people|those|emergenc\w*"
    r"|urgent|urgences?|urgencias?|urgente|hotline|crisis|line|clinic|center|prevention|symptoms"
    r"|such as|do not|dont|do you|know the|signs of|caso de|en cas d"
    r"|(?:call|dial|text|llame|marque|appelez|composez)(?: (?:a|al|le|to|us|or|text)){0,2}"
    r" \d{2,3})\b"
)
_EXCUSES = frozenset({Danger.EXCUSE, Danger.OVER})
_HARMLESS = _EXCUSES | {Danger.NONE}
_SENTENCE_END = re.compile(r"[.!?](?= |$)")
# Where what is now is set against what was: "a heart attack last year and now chest pain", "but it
# hurts again"; not where all is well now. What stands before it excuses nothing behind it.
_WELL = "no|not|never|fine|better|okay|good|great|gone|well|normal|done|over|bien|mejor|mieux"
_TURN = re.compile(
    rf" (?=(?:and|but|then|so|,|y|pero|et|mais) (?:(?!(?:{_WELL})\b)\w{{1,12}} ){{0,5}}?"
    r"(?:(?:right )?now(?! and then)|again|ahora|ahorita|otra vez|de nuevo|maintenant)\b)"
)


def _covered(one: _Found, covers: Iterable[_Found]) -> bool:
    return any(cover.start < one.end and one.start < cover.end for cover in covers)


def _gravest(text: str, signs: list[_Found], excuses: list[_Found]) -> _Found | None:
    for one in signs:
        if one.rule.says is Danger.NOW:
            return one
    if signs and excuses:
        told = _Excuses.of(text, excuses)
        signs = [one for one in signs if not told.reach(one)]
    for one in signs:
        if one.rule.says is Danger.SIGN:
            return one
    return _together(signs)


@frozen
class _Excuses:
    """The excuses of a text, each place of which is found once: a hostile text has many.

    Attributes:
        starts: where they begin, in order.
        reached: for each the furthest end of it and those before it.
        over: where the last begins that says that all is over; -1 without one.
        ends: where sentences end.
        turns: where the text turns from what was to what is.
    """

    starts: list[int]
    reached: list[int]
    over: int
    ends: list[int]
    turns: list[int]

    @classmethod
    def of(cls, text: str, excuses: list[_Found]) -> _Excuses:
        """Of what was found in a text."""
        ordered = sorted(excuses, key=attrgetter("start"))
        return cls(
            [one.start for one in ordered],
            list(accumulate((one.end for one in ordered), max)),
            max((one.start for one in ordered if one.rule.says is Danger.OVER), default=-1),
            [one.end() for one in _SENTENCE_END.finditer(text)],
            [one.end() for one in _TURN.finditer(text)],
        )

    def reach(self, sign: _Found) -> bool:
        """Whether one stands in the clause of a sign, or says behind it that all is over."""
        behind = bisect_left(self.starts, sign.start)
        if behind and not (
            _any(self.ends, self.reached[behind - 1], sign.start)
            or _any(self.turns, self.reached[behind - 1], sign.start)
        ):
            return True
        if self.over >= sign.start:
            return True
        after = self.starts[behind : behind + 1]
        return bool(after) and not _any(self.ends, sign.end, after[0])


def _any(places: list[int], first: int, last: int) -> bool:
    """Whether one of them lies between two others, or on one."""
    index = bisect_left(places, first)
    return index < len(places) and places[index] <= last


def _together(hints: list[_Found]) -> _Found | None:
    """The first of hints that differ."""
    kinds = {one.rule.id for one in hints}
    return min(hints, key=attrgetter("start")) if len(kinds) > 1 else None


@cache
def dangers() -> Scanner[Danger]:
    """The phrases of all languages: danger is looked for in each of them."""
    return Scanner.of(parse(documents(*FILES), Danger).rules, _TURN)
