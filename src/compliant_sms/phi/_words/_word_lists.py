"""Lists of words around numbers and addresses (``data/words.txt``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from compliant_sms._lazy import packaged
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._record_cues import cues

_MARKED = {
    "persons": marks.PERSONS,
    "office": marks.OFFICE,
    "calls": marks.CALLS,
    "phone": marks.PHONE_WORD,
    "naming": marks.NAMING,
    "links": marks.LINK,
    "others": marks.OTHER_NUMBER,
    "part": marks.PART,
    "spoken": marks.CONTACT_CUE,
    "pictures": marks.CONTACT_CUE,
    "sign_in": marks.CONTACT_CUE,
    "social": marks.SOCIAL,
    "cars": marks.CAR_OR_DIGIT,
    "digits": marks.CAR_OR_DIGIT,
}


def number_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words the marks around numbers stand for."""
    yield marks.RECORD_CUE, cues()
    for section, mark in _MARKED.items():
        yield mark, listed(section)


@cache
def listed(section: str) -> frozenset[str]:
    """The words of one section, in small letters without accents."""
    return _sections()[section]


@cache
def _sections() -> Mapping[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    section: list[str] = []
    for line in packaged("compliant_sms.phi", "data", "words.txt").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        elif not line.startswith(";"):
            section += line.split()
    return {name: frozenset(several) for name, several in found.items()}
