"""The last part of a telephone number beside the wrong one. No finding by itself."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks

_SIZE = 4
_OTHERS = marks.RECORD_CUE | marks.SOCIAL | marks.BIRTH | marks.DATE_WORD
_CENTURIES = frozenset(("19", "20"))


@cache
def _correction() -> re.Pattern[str]:
    return re.compile(r"\b(?:should be|should say|its|it's|it is|not|is actually|meant) $")


def told_apart(view: View) -> tuple[tuple[int, int], ...]:
    """Two last parts of one number, one of them wrong: "u have 0178, should be 0187".

    Args:
        view: the text, with two runs of figures.

    Returns:
        where both stand; nothing when they differ too much, or are years or another number's.
    """
    one, other = view.figures
    text = view.lower
    first, second = text[slice(*one)], text[slice(*other)]
    alike = 1 < sum(map(str.__eq__, first, second)) < _SIZE
    if len(first) != _SIZE or len(second) != _SIZE or not alike or view.said & _OTHERS:
        return ()
    if first[:2] in _CENTURIES or not _correction().search(text, 0, other[0]):
        return ()
    return one, other
