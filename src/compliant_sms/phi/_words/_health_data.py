"""The packaged words of health as they are read: once, at first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import ClassVar

from compliant_sms._lazy import packaged
from compliant_sms.phi._labels import Sensitivity


class Kind:
    """What a term is: bits, for they are compared for every term of every text."""

    COMPLAINT: ClassVar[int] = 1  # the first of a word's kinds, in their order
    """Says little unless a part of the body is near: "tight"."""
    BODY: ClassVar[int] = 2
    """A part of the body."""
    CONDITION: ClassVar[int] = 4
    MEDICATION: ClassVar[int] = 8
    PROCEDURE: ClassVar[int] = 16
    SPECIALTY: ClassVar[int] = 32
    MEASURE: ClassVar[int] = 64
    """What has a value: of the laboratory, or taken at home."""


_FILES = {
    "conditions": Kind.CONDITION,
    "medications": Kind.MEDICATION,
    "procedures": Kind.PROCEDURE,
    "specialties": Kind.SPECIALTY,
}
_IN_ANATOMY = {"body": Kind.BODY, "complaint": Kind.COMPLAINT, "measure": Kind.MEASURE}
_APART = str.maketrans("-&/", "   ")

# A term as it is packaged: its words, or none when it is one plain word.
Written = tuple[list[str], int, Sensitivity]


@cache
def heads() -> Mapping[str, list[Written]]:
    """All terms, by the word that each is looked for by. Little is done to them before they occur.

    Raises:
        InvalidInput: a section of the packaged data has a name that is no kind of care.
    """
    found: dict[str, list[Written]] = {}
    for kind, care, written in _sections():
        alone: Written = ([], kind, care)
        for term in written.lower().translate(_APART).split(", "):
            if term.isalpha():
                found.setdefault(term, []).append(alone)
            else:
                words = term.split()
                found.setdefault(letters_of(words[head_of(words)]), []).append((words, kind, care))
    return found


def head_of(words: list[str]) -> int:
    """Which word of a term it is looked for by: the first one that is not in every text."""
    at, small = 0, cues("small")
    while at + 1 < len(words) and words[at] in small and not words[at + 1][0].isdigit():
        at += 1
    return at


def letters_of(word: str) -> str:
    """A word without figures and marks behind it."""
    word = word.rstrip("*^")
    if word.isalpha():
        return word
    return word[: next((at for at, each in enumerate(word) if each.isdigit()), len(word))]


def _sections() -> Iterator[tuple[int, Sensitivity, str]]:
    for name, kind in _FILES.items():
        for section, terms in _read(f"{name}.txt").items():
            yield kind, Sensitivity(section), terms
    for section, terms in _read("anatomy.txt").items():
        yield _IN_ANATOMY[section], Sensitivity.GENERAL, terms


@cache
def cues(section: str) -> frozenset[str]:
    """The words of one section of ``data/cues.txt`` or ``data/audience.txt``."""
    return frozenset(_cue_sections()[section].split(", "))


@cache
def _cue_sections() -> Mapping[str, str]:
    return _read("cues.txt") | _read("audience.txt")


def _read(name: str) -> dict[str, str]:
    """The sections of a packaged file; what stands in each, with a comma and a blank between."""
    text = packaged("compliant_sms.phi", "data", name)
    found: dict[str, str] = {}
    for part in text.split("\n[")[1:]:
        section, _, body = part.partition("]\n")
        found[section] = body.strip().replace("\n", " ")
    return found
