"""Figures in words, as a telephone or a patient dictates them: "five five five oh one"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._word_lists import listed

_FEWEST, _FEWEST_WORDS = 7, 3


@cache  # compiled at first use, like all patterns here
def _some_figures() -> re.Pattern[str]:
    return re.compile(r"[0-9]{1,4}(?:[ .-][0-9]{1,4}){0,2}(?P<space>[ ,-]{1,2})$")


@cache
def _more_figures() -> re.Pattern[str]:
    return re.compile(r"(?:[ ,.-]{1,2}[0-9]{1,4}){1,3}(?!\w)")


def spoken_runs(view: View) -> Iterator[tuple[int, int, int]]:
    """Each number of seven figures or more in words, or partly in words.

    Yields:
        where it begins, where it ends, and of how many figures it is.
    """
    digits = listed("digits")
    told = [at for at in view.marked(marks.CAR_OR_DIGIT) if view.words[at] in digits]
    first = 0
    for place, at in enumerate(told):
        goes_on = place + 1 < len(told) and told[place + 1] == at + 1 and _joins(view, at + 1)
        if goes_on:
            continue
        words, first = told[first : place + 1], place + 1
        start, end = view.starts[words[0]], view.ends[at]
        start -= len(_figures_before(view.gaps[words[0]]))
        end += len(_figures_behind(view.gaps[at + 1]))
        count = len(words) + sum(map(str.isdigit, view.plain[start:end]))
        if count >= _FEWEST and len(words) >= _FEWEST_WORDS:
            yield start, end, count


def _joins(view: View, word: int) -> bool:
    """Whether nothing but figures stands before a word of a number."""
    return not view.gaps[word].strip(" ,.-0123456789")


def _figures_before(gap: str) -> str:
    match = _some_figures().search(gap)
    return match[0] if match and match.end() == len(gap) and match["space"] else ""


def _figures_behind(gap: str) -> str:
    match = _more_figures().match(gap)
    return match[0] if match else ""
