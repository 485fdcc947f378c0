"""Initials, with a surname or by themselves."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._marks import COMMON, SURE_NAME, SURNAME
from compliant_sms.phi._name_reading import Openness, Person, name_at
from compliant_sms.phi._name_words import LETTERED
from compliant_sms.phi._view import View

__all__ = ["initials"]

_MOST = 4


def initials(view: View, index: int) -> Person | None:
    """Initials: with a surname ("J. Doe", "DOE, J."), or alone where somebody is named.

    Args:
        view: the text.
        index: of a word of one letter or two.
    """
    word, start, end = view.words[index], view.starts[index], view.ends[index]
    if index and view.words[index - 1] in LETTERED:
        return None
    dotted = len(word) == 1 and view.gaps[index + 1][:1] == "."
    if dotted:
        ahead = index + 1
        while ahead - index < _MOST and _is_initial(view, ahead):
            ahead += 1
        if found := _surname_after(view, ahead):
            return found._replace(start=start, rule="initial")
        index, end = ahead - 1, view.ends[ahead - 1] + 1
    told = dotted or (word not in {"a", "i"} and view.plain[end : end + 1] not in {"'", "/"})
    if not told or not view.plain[start:end].isupper():
        return None
    if _is_alone(view, start, end):
        return Person(start, end, index, "initials")
    return _after_surname(view, index) if len(word) == 1 else None


def _is_initial(view: View, index: int) -> bool:
    """Whether a letter with a full stop follows another one."""
    return (
        index < len(view.words)
        and len(view.words[index]) == 1
        and view.gaps[index + 1][:1] == "."
        and view.capital[index]
    )


def _surname_after(view: View, index: int) -> Person | None:
    if index >= len(view.words) or view.gaps[index] not in {".", ". "}:
        return None
    marks = view.marks[index]
    known = view.capital[index] or marks & SURNAME
    if not known or marks & COMMON or len(view.words[index]) < 3:
        return None
    return name_at(view, index, Openness.ANY, "initial")


def _after_surname(view: View, index: int) -> Person | None:
    """The initial after a surname: "GARCIA, M"."""
    before = index - 1
    if not index or view.gaps[index] != ", " or len(view.words[before]) < 3:
        return None
    if view.plain.startswith(",", view.ends[index]):
        return None  # spelled out: "Nancy, G, O"
    marks = view.marks[before]
    given = marks & (SURE_NAME | SURNAME) == SURE_NAME
    if given or marks & COMMON or not view.capital[before]:
        return None
    return Person(view.starts[before], view.ends[index], index, "initial")


@cache
def _who() -> re.Pattern[str]:
    """What stands before initials that are a name by themselves."""
    return re.compile(
        r"(?:^|\b[Tt]his is |\bfor |\b[Ii]t'?s |: |(?:^|\s)[-~] ?|\b(?:thanks|thx|ty),? )$"
    )


def _is_alone(view: View, start: int, end: int) -> bool:
    plain = view.plain
    before = plain[max(0, start - 10) : start]
    if not _who().search(before) or (start > 9 and not before.strip()):
        return False
    after, letters = plain[end : end + 2], plain[start:end]
    if start == 0 or before[-2:] == ": ":
        dotted = letters[-1] == "."
        return after[:1] in {",", ":"} and (dotted or len(letters) == 2) and letters != "U.S."
    if before[-1:] in {"-", "~"} or before[-2:] in {"- ", "~ "}:
        return not after.strip(" .")
    return letters not in {"A", "I", "US", "U.S."} and after[:1] not in {"-", "&"}
