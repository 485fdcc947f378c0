"""What asks for no more texts by the order of its words' classes, where no phrase is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._revocation_grammar import OTHER, Form, Grammar, grammar, one_less
from compliant_sms.optout._revocation_rules import Says
from compliant_sms.phrases import Found

_Found: TypeAlias = Found[Says]

_A_FEW = 6
"""Words of a text in which slips are undone."""
_NEARBY = 14
"""Words on either side of a form in which something in its sentence can excuse it."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]{1,8})?|\d+|[^\w\s]|\n")
_ASCII_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]{1,8})?|[0-9]+|[^A-Za-z0-9_\s]|\n")
"""The same for texts in ASCII; classes of few characters are found faster."""
_TWICE = re.compile(r"([a-z])\1+")
_SIGNS = frozenset("\U0001f6d1\U0001f6ab\u270b\u26d4\U0001f4f5\U0001f645\U0001f515\U0001f590")
_ENDS = frozenset(".!;\n")
_MOST_KEPT = 4096
_SHORTEST_PHONE = 4
_SHORTEST_SLIP = 4
_LONGEST_SLIP = 16


def may_be_formed(heard: Heard) -> bool:
    """Whether a text may hold a form."""
    return bool(_forms(heard, grammar())[0])


def formed(heard: Heard, text: str) -> list[_Found]:
    """What the forms find.

    Args:
        heard: the text as it is read.
        text: it without what is not its writer's own.
    """
    book = grammar()
    forms, known = _forms(heard, book)
    return list(_found(text, forms, known, book)) if forms else []


def _forms(heard: Heard, book: Grammar) -> tuple[set[Form], dict[str, str]]:
    """The forms that a text calls for, and what its misspelt words are meant to be."""
    known = _slips(heard.words, book)
    return book.forms_for(heard.words.union(known.values()) if known else heard.words), known


def _found(
    text: str, forms: Iterable[Form], known: Mapping[str, str], book: Grammar
) -> Iterator[_Found]:
    footer = book.footers.search(text)
    own = text[: footer.start()] if footer else text
    token = _ASCII_TOKEN if own.isascii() else _TOKEN
    words = token.findall(own)
    if known:
        words = [known.get(word, word) for word in words]
    row = "".join(map(_signs().__getitem__, words))
    tokens: list[re.Match[str]] = []
    for form in forms:
        for match in form.finder.finditer(row):
            if match[0] and not _is_excused(form, row, match):
                tokens = tokens or list(token.finditer(own))
                first, last = tokens[match.start()], tokens[match.end() - 1]
                yield Found(first.start(), last.end(), form.rule)


def _is_excused(form: Form, row: str, match: re.Match[str]) -> bool:
    if form.unless is None:
        return False
    ends = grammar().ends
    start, last = max(0, match.start() - _NEARBY), match.end() + _NEARBY
    for before in ends.finditer(row, start, match.start()):
        start = before.end()
    if after := ends.search(row, match.end() - 1, last):
        last = after.end()
    return form.unless.search(row, start, last) is not None


class _Signs(dict[str, str]):
    """The sign of each word of texts; filled as words come."""

    def __missing__(self, word: str) -> str:
        book = grammar()
        sign = book.signs.get(word) or book.special[_kind(word)]
        if len(self) < _MOST_KEPT:
            self[word] = sign
        return sign


@cache
def _signs() -> _Signs:
    """Those of the process."""
    return _Signs()


def _kind(word: str) -> str:
    if word[0].isdigit():
        return "phone" if len(word) >= _SHORTEST_PHONE else "number"
    if word in _SIGNS:
        return "sign"
    if word == "?":
        return "asks"
    if word.endswith("'s"):
        return "whose"
    if word in _ENDS:
        return "ends"
    return OTHER if word[0].isalpha() else "mark"


def _slips(words: set[str], book: Grammar) -> dict[str, str]:
    """Words of a short text that are a keyword with one slip, to the keyword."""
    if len(words) > _A_FEW:
        return {}
    meant = ((word, _meant(word, book)) for word in words if word not in book.signs)
    return {word: keyword for word, keyword in meant if keyword}


def _meant(word: str, book: Grammar) -> str | None:
    if not _SHORTEST_SLIP <= len(word) <= _LONGEST_SLIP or word in book.ordinary:
        return None
    return next(_meanings(word, book), None)


def _meanings(word: str, book: Grammar) -> Iterator[str]:
    once = _TWICE.sub(r"\1", word)
    yield from (keyword for keyword in book.slips.get(once, ()) if keyword == once)
    for rest in (word, *one_less(word)):
        yield from (keyword for keyword in book.slips.get(rest, ()) if _is_slip(word, keyword))
    for keyword in book.joined:
        if word.startswith(keyword) and word[len(keyword) :] in book.signs:
            yield keyword


def _is_slip(word: str, keyword: str) -> bool:
    if len(word) != len(keyword):
        return True
    others = sum(ours != theirs for ours, theirs in zip(word, keyword, strict=True))
    return others == 1 or sorted(word) == sorted(keyword)
