"""Codes that no word right before announces: ``the kiosk rejects PX0041786``.

Letters and figures together that are as long as a number of record, a number behind "#", and the
last figures of a masked number are nothing else in a text of one person. A word of the text says
what kind they are of, or none does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._numbers._record_runs import Number, read_number
from compliant_sms.phi._numbers._unread import MOST_READ, unread
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._record_cues import cues
from compliant_sms.phi._words._word_lists import listed

_FEWEST, _FEWEST_TOLD, _FEWEST_MIXED, _FEWEST_RUNS, _FEWEST_MASKS = 5, 4, 7, 4, 2
_NEAR, _FEW, _BEHIND, _SIGN, _LONGEST = 14, 3, 4, 6, 28
_MASKS = frozenset("*•")
_NEVER = frozenset("/.:,($+)[]\n\"'")
_NEVER_UNSIGNED = _NEVER | {" "}
_SIGNED = frozenset("# ")
_OWNERS = frozenset(("my", "mi", "her", "his", "your", "ur", "su", "their"))
_NOBODYS = frozenset(
    ("your", "ur", "su", "tu", "the", "this", "use", "enter", "with", "el", "share")
)
_COUNTED = frozenset(("disp", "qty", "po", "rated", "issue", "lesson", "hashtag", "win", "take"))
_CODES = frozenset(("code", "codigo"))
_CLAUSE = frozenset(",.;:!?\n()")
_OTHERS = marks.OTHER_NUMBER | marks.PHONE_WORD
_IN_LINKS = frozenset("/@=~?&%\\")


@cache  # compiled at first use, like all patterns here
def _sign() -> re.Pattern[str]:
    return re.compile(r"#:?\s?(?:(?:is|es)\s)?$", re.IGNORECASE)


@cache
def _standard() -> re.Pattern[str]:
    """Standards, forms, roads, and numbers of business that spell a word."""
    return re.compile(
        r"\W?(?:(?:ISO|KB|CMS|ANSI|CVE|OSHA|USP|CFR|NPI|SR|US|HWY|PO|DEA|CLIA|NDC)[-_]?[0-9]|1-8)",
        re.IGNORECASE,
    )


@cache
def _rest() -> re.Pattern[str]:
    return re.compile(r"\S+")


@cache
def _runs() -> re.Pattern[str]:
    return re.compile(r"[0-9]+|[A-Z]+")


def find_strays(view: View, taken: Sequence[PhiFinding]) -> Iterator[PhiFinding]:
    """Codes that stand alone."""
    text, never = view.plain, _NEVER if "#" in view.plain else _NEVER_UNSIGNED
    strays: _Strays | None = None
    until, place, looked = 0, 0, 0
    for figure, (begin, end) in enumerate(view.figures):
        before = text[begin - 1] if begin else " "
        if before in never or begin < until:
            continue
        if before == "-" and not text[begin - 2 : begin - 1].isalpha():
            continue
        if before in _SIGNED and not _is_signed(text, begin, end):
            continue
        piece = _piece(text, begin)
        if piece[1] - piece[0] > _LONGEST or piece[1] - piece[0] < _FEWEST:
            until = piece[1]
            continue
        while place < len(taken) and taken[place].end <= begin:
            place += 1
        if place < len(taken) and taken[place].start <= begin:
            continue
        if looked == MOST_READ:
            yield from unread(view, begin)
            return
        strays, looked = strays or _Strays(view), looked + 1
        if stray := strays.at(figure, begin):
            until = stray.end
            yield stray


def _piece(text: str, begin: int) -> tuple[int, int]:
    """What stands between two blanks; before the figures no farther than it may be long."""
    least = max(0, begin - _LONGEST)
    start = max(text.rfind(" ", least, begin), text.rfind("\n", least, begin), least - 1) + 1
    rest = _rest().match(text, begin)
    return start, rest.end() if rest else begin


def _is_signed(text: str, begin: int, end: int) -> bool:
    """Whether "#" stands before figures, and there are enough of them."""
    if end - begin < _FEWEST:
        return False
    return bool(_sign().search(text, max(0, begin - _SIGN), begin))


class _Strays:
    """The codes of one text.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._everybody = Everybody(view)
        self._cues = view.marked(marks.RECORD_CUE)
        self._is_paid = not listed("payment").isdisjoint(view.words)

    def at(self, figure: int, begin: int) -> PhiFinding | None:
        """The code that a run of figures belongs to."""
        before = self._view.plain[begin - 1]
        if before in _MASKS:
            return self._finding(_masked(self._view, figure), self._kind_of_masked())
        if before in _SIGNED:
            return self._finding(*_signed(self._view, figure))
        return self._finding(self._code(figure), None)

    def _finding(self, number: Number | None, label: PhiLabel | None) -> PhiFinding | None:
        if number is None or self._everybody.means(self._view.word_at(number.start)):
            return None
        return PhiFinding(
            start=number.start,
            end=number.end,
            label=label or self._cue_near(number) or PhiLabel.OTHER_ID,
            rule="record/stray",
            confidence=Confidence.LIKELY,
        )

    def _code(self, figure: int) -> Number | None:
        """Letters among the figures, too many for a model, a room or a strength."""
        view = self._view
        number = read_number(view, figure)
        if number is None or not number.is_code or not _stands_alone(view, number):
            return None
        written = view.plain[number.start : number.end]
        if " " in written[: view.figures[figure][0] - number.start]:  # "OTC D3 2000"
            return None
        if number.digits >= _FEWEST:
            return number
        told = number.digits >= _FEWEST_TOLD and self._cue_near(number) is not None
        mixed = len(written) >= _FEWEST_MIXED and len(_runs().findall(written)) >= _FEWEST_RUNS
        return number if told or mixed else None

    def _kind_of_masked(self) -> PhiLabel:
        is_phone = self._view.said & marks.PHONE_WORD and not self._is_paid
        return PhiLabel.PHONE if is_phone else PhiLabel.ACCOUNT

    def _cue_near(self, number: Number) -> PhiLabel | None:
        """What the nearest word before announces, or one of the same clause right behind."""
        view = self._view
        at = view.word_at(number.start)
        place = bisect_left(self._cues, at)
        for word in reversed(self._cues[max(0, place - _FEW) : place]):
            if word >= at - _NEAR and (cue := cues().get(view.words[word])):
                return cue.label
        behind = self._cues[place] if place < len(self._cues) else at + _BEHIND
        if behind >= at + _BEHIND:
            return None
        clause = view.plain[number.end : view.starts[behind]]
        cue = cues().get(view.words[behind]) if _CLAUSE.isdisjoint(clause) else None
        return cue.label if cue else None


def _stands_alone(view: View, number: Number) -> bool:
    """Not inside a link, and not behind a word that makes it nobody's."""
    if _is_machines(view.plain, number.start, number.end):
        return False
    at = view.word_at(number.start)
    before = range(max(0, at - 3), at)
    if any(view.marks[each] & _OTHERS == marks.OTHER_NUMBER for each in before):
        # No flat has such a number, but a device has: "Unit TX4-0092718".
        return number.digits > _FEWEST and view.words[at - 1 : at] == ["unit"]
    told = view.words[max(0, at - 2) : at]
    return not (told and told[-1] in _CODES and _NOBODYS.issuperset(told[:-1]))


def _is_machines(text: str, start: int, end: int) -> bool:
    """Whether it stands in a link or a mail address, or is a standard's."""
    first, last = _piece(text, start)
    written = text[first : max(last, end)]
    return not _IN_LINKS.isdisjoint(written) or bool(_standard().match(written))


def _masked(view: View, figure: int) -> Number | None:
    """The end of a number that is masked: ``****1039``."""
    begin, _ = view.figures[figure]
    masks = view.plain[max(0, begin - _FEWEST_MASKS) : begin]
    if len(masks) < _FEWEST_MASKS or not _MASKS.issuperset(masks) or view.said & marks.SOCIAL:
        return None
    return read_number(view, figure)


def _signed(view: View, figure: int) -> tuple[Number | None, PhiLabel | None]:
    """``hosp # 4821300``, and not the number of a shop or an order."""
    number = read_number(view, figure)
    at = view.word_at(view.plain.rindex("#", 0, view.figures[figure][0])) - 1
    if number is None or number.is_phone:
        return None, None
    if at < 0:
        return number, None
    if view.marks[at] & (marks.OTHER_NUMBER | marks.OFFICE) or view.words[at] in _COUNTED:
        return None, None
    return number, PhiLabel.MRN if view.words[at] in _OWNERS else None
