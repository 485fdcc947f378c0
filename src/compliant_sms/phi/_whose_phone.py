"""Whose a telephone number is: the words around it say so.

A practice tells its number ("call us at"), and so do businesses; a patient "my cell".
"""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._view import View

__all__ = ["is_fax", "is_persons"]

_FARTHEST, _SHORT, _AFTER = 12, 40, 8
_DECIDING = marks.PERSONS | marks.OFFICE | marks.CALLS | marks.PHONE_WORD
_STOPS = frozenset(".?!\n")
_ENDS = ("", ".", "?", "!", "\n")
_TITLES = frozenset(("dr", "mr", "ms", "mrs", "no", "jr", "sr", "ext", "st"))
_YOUR = frozenset(("your", "ur", "su"))
_SELF = frozenset(("i", "i'm", "im", "me", "my", "mine", "i've", "ive", "i'll", "yo", "mi", "soy"))
_FORMAL = _YOUR | {
    "you",
    "u",
    "sus",
    "we",
    "us",
    "our",
    "reply",
    "stop",
    "please",
    "usted",
    "nuestro",
    "nuestra",
}
# Who calls somebody else: "we'll call", "can they try".
_CALLERS = frozenset(("we", "we'll", "i", "i'll", "ill", "they", "they'll", "he", "she", "who"))
_CALLERS |= {"she'll", "he'll", "will", "i'm", "we've", "i've", "call", "calls"}
_CELLS = frozenset(("cell", "phone", "mobile", "home", "call", "tel"))


@cache  # compiled at first use, like all patterns here
def _after() -> re.Pattern[str]:
    mine = r"my|mi|mine|her|his|their|the (?:best|right|new|correct)|a good|better|still"
    return re.compile(
        rf"\W{{0,3}}(?:(?P<persons>(?:(?:is|es|was|as|thats|that's) )?(?:{mine})\b"
        r"|(?:as |for )?me\b|(?:ask|pregunte) (?:for|por)|not |on file|attn|better"
        r"|\(?(?:cell|mobile|home|mom|dad|wife|husband|work)\b"
        r"|(?:anytime|after(?![- ]hours)|any time|nites|nights)\b)"
        r"|(?P<yours>(?:(?:is|es|as) )?(?:your|ur|su)\b)"
        r"|(?P<office>(?:to|para|or|opt|option|ext|press|x)\b|\(?(?:24/7|tty|toll|office)\b"
        r"|(?:between|from|m-f|mon-fri|mon|weekdays|during)\b))"
    )


def is_persons(view: View, start: int, end: int, *, toll_free: bool) -> bool:
    """Whether a number is a person's, not the practice's or another business's.

    Args:
        view: the text.
        start: where the number begins in :attr:`View.lower`.
        end: where it ends.
        toll_free: only businesses have such numbers.
    """
    # Most sentences end with the number.
    after = _after().match(view.lower, end) if view.lower[end : end + 1] not in _ENDS else None
    kind = after.lastgroup if after else None
    if kind == "persons":
        return True
    if kind == "yours":
        return not _is_patient_writing(view)
    said = _said_before(view, start)
    if said is None:
        return not toll_free and kind != "office" and _is_patient_writing(view)
    return said


def _said_before(view: View, start: int) -> bool | None:
    """What the nearest telling word of the sentence says; of earlier ones only an office's."""
    text, all_marks = view.lower, view.marks
    last = view.word_at(start) - 1
    until, same = start, True
    for word in range(last, max(-1, last - _FARTHEST), -1):
        # A sentence that ends in between.
        gap = text[view.ends[word] : until] if word == last else view.gaps[word + 1]
        until = 0
        if same and not _STOPS.isdisjoint(gap) and not _is_title(view, word, gap):
            same = False
        mark = all_marks[word]
        if not mark & _DECIDING:
            continue
        if mark & marks.OFFICE:
            return False
        if not same:
            continue
        if mark & marks.PERSONS:
            return True
        before = view.words[max(0, word - 2) : word]
        if mark & marks.CALLS and not _CALLERS.isdisjoint(before):
            return True
        if mark & marks.PHONE_WORD and not _YOUR.isdisjoint(before):
            return not _is_patient_writing(view)
        if mark & marks.CALLS and view.words[word] != "fax":
            return None if _is_patient_writing(view) else False
    return None


def _is_title(view: View, word: int, gap: str) -> bool:
    return gap[0] == "." and "\n" not in gap and view.words[word] in _TITLES


def _is_patient_writing(view: View) -> bool:
    """As patients write: of themselves, with no capital at the start, or curtly."""
    if not view.plain[:1].isupper() or (
        view.said & marks.PERSONS and not _SELF.isdisjoint(view.words)
    ):
        return True
    return len(view.plain) < _SHORT and _FORMAL.isdisjoint(view.words)


def is_fax(view: View, start: int, end: int) -> bool:
    """Whether a number is one of a fax: the word stands before it or right behind.

    Args:
        view: the text.
        start: where the number begins in :attr:`View.lower`.
        end: where it ends.
    """
    if "fax" in view.lower[end : end + _AFTER]:
        return True
    last = view.word_at(start)
    for word in reversed(view.words[max(0, last - _FARTHEST) : last]):
        if word.startswith("fax"):
            return True
        if word in _CELLS:
            return False
    return False
