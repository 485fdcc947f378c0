"""The lists of names and of ordinary words, and what they say of one word.

Sources and licences stand in the heads of the files in ``data``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from compliant_sms._lazy import packaged

# What is left of a word without its ending, in the way that the list leaves endings out.
_ENDINGS = (
    ("ing", ""),
    ("ing", "e"),
    ("ied", "y"),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("es", ""),
    ("s", ""),
    ("ly", ""),
)


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


VIETNAMESE = word_set(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly truong dinh lam mai"
    " trinh luong cao"
)
"""The surnames that most people in Vietnam bear; they stand first."""


@cache
def _read(name: str) -> str:
    text = packaged("compliant_sms.phi", "data", name)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


@cache
def given_names() -> frozenset[str]:
    """Given names and their short forms, words that are names too among them."""
    return frozenset(_read("given-names.txt").replace(".", "").split())


@cache
def surnames() -> frozenset[str]:
    """Family names, words that are names too among them."""
    return frozenset(_read("surnames.txt").split())


@cache
def ordinary_words() -> frozenset[str]:
    """Words that say no name by themselves, without the forms that follow from another."""
    return frozenset(f"{_read('ordinary-words.txt')} {_read('ordinary-words-es.txt')}".split())


@cache
def plain_names() -> frozenset[str]:
    """Given names that are hardly ever anything else."""
    listed = frozenset(name for name in _read("given-names.txt").split() if name[-1] != ".")
    return listed - ordinary_words()


@cache
def nicknames() -> Mapping[str, frozenset[str]]:
    """The short forms of a given name."""
    rows = (line.split(": ") for line in _read("nicknames.txt").splitlines())
    return {long: frozenset(short.split()) for long, short in rows}


@cache
def _clinical() -> re.Pattern[str]:
    """Endings of the names of drugs, diseases and procedures (USAN stems and their like)."""
    return re.compile(
        r"(?:olol|pril|sartan|statin|cillin|mycin|cycline|floxacin|azole|prazole|formin|azepam"
        r"|zolam|oxetine|triptyline|codone|morphone|tinib|mab|ciclovir|avir|gliptin|gliflozin"
        r"|glutide|parin|dipine|thiazide|semide|isone|olone|caine|phylline|lukast|triptan|profen"
        r"|itis|osis|emia|uria|plegia|pnea|rrhea|pathy|scopy|ectomy|ostomy|graphy|plasty|algia|ology"
        r"|ologist|iatry|iatric)$"
    )


def is_ordinary(word: str) -> bool:
    """Whether a word in small letters, or the one that it is a form of, is in the list.

    Names that look like a form of a word ("James") are not; clinical endings count as ordinary.
    """
    ordinary = ordinary_words()
    if word in ordinary:
        return True
    if word in given_names():
        return False
    if word not in surnames() and len(word) > 4 and _clinical().search(word):
        return True
    return any(
        word.endswith(ending) and word[: -len(ending)] + instead in ordinary
        for ending, instead in _ENDINGS
    )


_NAME_PREFIXES = word_set(
    "d da de ja la ma mar ke k te ta tra sha m ra re ty qua ka za jo lu le ka' che sa na ny a"
)


def is_apostrophized(word: str) -> bool:
    """Whether a word is a name of a form like "D'Shawn", "Ja'Marr", "K'Von"."""
    before, mark, behind = word.partition("'")
    return bool(mark) and len(behind) > _SHORTENED and before in _NAME_PREFIXES


_SHORTENED = 2  # letters behind the apostrophe of "don't", "they're"
