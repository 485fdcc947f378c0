"""Whether a day, an age or a place in a text is for everybody, or one person's.

45 CFR 164.514(b)(2)(i) is about one individual. A practice also writes of days and places that are
nobody's: opening hours, events, campaigns, closures. What no word tells anything of is taken as one
person's.
"""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._audience._audience import Audience, audience_of, sentence_of
from compliant_sms.phi._audience._form import is_small, is_timed, named, priced
from compliant_sms.phi._reading._view import View

_FEW = 9
_AT_FIRST, _FEW_WORDS, _SMALL_LETTER, _NAMED, _PRICED, _TIMED = 2, 1, 3, 9, 4, 3
_OF_ONE = 8
# The words of other sentences count twice, those around thrice.
_OF_ALL = 2


class Everybody:
    """Where a text speaks of what is for everybody.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._audience: Audience | None = None
        self._whole = 0

    def means(self, index: int) -> bool:
        """Whether what stands at a word, or before it, is for everybody."""
        view = self._view
        if self._audience is None:
            self._audience = audience_of(view)
            self._whole = _OF_ALL * self._audience.whole + _of_form(view)
        begin, end = sentence_of(view, min(index, len(view.words) - 1)) if view.words else (0, 0)
        weight = self._whole + self._audience.said(begin, end)
        if weight <= 0 and self._audience.mixes:
            nearer = self._audience.of_sentence(begin, end)
            weight += _OF_ALL * (nearer - self._audience.whole)
        if weight > 0:
            return False
        return weight + _NAMED * named(view) <= 0


@cache
def _of_one() -> re.Pattern[str]:
    """What is said of one person's bill or booking, and of no offer: "we billed Aetna for 9/18"."""
    return re.compile(
        r"\b(?:we|they|i) billed\b|\bbilled (?:your|my|ur)\b"
        r"|\bpayment plan (?:is |was |has been )?(?:set|starts|of|confirmed|approved)\b"
        r"|\b(?:has|have|got|put) (?:you|u) (?:at|on|down|in|for)\b"
        r"|\bauto-?pay (?:is |was )?(?:set|will)\b"
    )


def _of_form(view: View) -> int:
    """What the form of a text says more of a day or a place than of health."""
    weight = _AT_FIRST + (_FEW_WORDS if len(view.words) <= _FEW else 0)
    weight += _TIMED if is_timed(view) else 0
    if _of_one().search(view.lower):
        weight += _OF_ONE
    return weight + (_SMALL_LETTER if is_small(view) else 0) + (_PRICED if priced(view) else 0)
