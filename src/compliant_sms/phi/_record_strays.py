"""Codes that no word right before announces: ``the kiosk rejects PX0041786``.

Letters and figures together that are as long as a number of record, a number behind "#", and the
last figures of a masked number are nothing else in a text of one person. A word of the text says
what kind they are of, or none does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._everybody import Everybody
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._record_cues import cues
from compliant_sms.phi._record_runs import Number, read_number
from compliant_sms.phi._view import View
from compliant_sms.phi._word_lists import listed

__all__ = ["find_strays"]

_FEWEST, _FEWEST_TOLD, _FEWEST_MIXED, _FEWEST_RUNS, _FEWEST_MASKS = 5, 4, 7, 4, 2
_NEAR, _BEHIND, _SIGN, _LONGEST = 14, 4, 6, 28
_MASKS = frozenset("*•")
_OWNERS = frozenset(("my", "mi", "her", "his", "your", "ur", "su", "their"))
_NOBODYS = frozenset(("your", "ur", "su", "tu", "the", "this", "use", "enter", "with", "el", "share"))
_COUNTED = frozenset(("disp", "qty", "po", "rated", "issue", "lesson", "hashtag", "win", "take"))
_CODES = frozenset(("code", "codigo"))
_CLAUSE = frozenset(",.;:!?\n()")
_OTHERS = marks.OTHER_NUMBER | marks.PHONE_WORD
_IN_LINKS = frozenset("/@=~?&%\\")


@cache  # compiled at first use, like all patterns here
def _sign() -> re.Pattern[str]:
    return re.compile(r"#:?\s?(?:(?:is|es)\s)?$")


@cache
def _standard() -> re.Pattern[str]:
    """Standards, forms, roads, and numbers of business that spell a word."""
    return re.compile(
        r"\W?(?:(?:ISO|KB|CMS|ANSI|CVE|OSHA|USP|CFR|NPI|SR|US|HWY|PO|DEA|CLIA|NDC)[-_]?[0-9]|1-8)",
        re.IGNORECASE,
    )


@cache
def _runs() -> re.Pattern[str]:
    return re.compile(r"[0-9]+|[A-Z]+")


def find_strays(view: View, taken: Sequence[PhiFinding]) -> Iterator[PhiFinding]:
    """Codes that stand alone.

    Args:
        view: the text.
        taken: what has been found in it, in its order.
    """
    until, following = 0, iter(taken)
    blocked = next(following, None)
    for figure, (begin, _) in enumerate(view.figures):
        while blocked and blocked.end <= begin:
            blocked = next(following, None)
        if begin < until or (blocked and blocked.start <= begin):
            continue
        if stray := _stray(view, figure):
            until = stray.end
            yield stray


def _stray(view: View, figure: int) -> PhiFinding | None:
    begin, end = view.figures[figure]
    before = view.plain[begin - 1 : begin]
    if before.isalpha() or (before == "-" and view.plain[begin - 2 : begin - 1].isalpha()):
        number, read = _code(view, figure), _kind
    elif before and before in "*•":
        number, read = _masked(view, figure), _kind_of_masked
    elif end - begin >= _FEWEST and _sign().search(view.lower, max(0, begin - _SIGN), begin):
        number, read = _signed(view, figure), _kind_of_signed
    else:
        return None
    if number is None or Everybody(view).means(view.word_at(number.start)):
        return None
    return PhiFinding(
        start=number.start,
        end=number.end,
        label=read(view, number),
        rule="record/stray",
        confidence=Confidence.LIKELY,
    )


def _code(view: View, figure: int) -> Number | None:
    """Letters among the figures, too many for a model, a room or a strength."""
    number = read_number(view, figure)
    if number is None or not number.is_code:
        return None
    if not _stands_alone(view, number):
        return None
    if " " in view.plain[number.start : view.figures[figure][0]]:  # "OTC D3 2000"
        return None
    written = view.plain[number.start : number.end]
    enough = number.digits >= _FEWEST or (
        number.digits >= _FEWEST_TOLD and _cue_near(view, number) is not None
    )
    mixed = len(written) >= _FEWEST_MIXED and len(_runs().findall(written)) >= _FEWEST_RUNS
    return number if enough or mixed else None


def _stands_alone(view: View, number: Number) -> bool:
    """Not inside a link, and not behind a word that makes it nobody's."""
    if _is_machines(view.plain, number.start, number.end):
        return False
    at = view.word_at(number.start)
    if any(mark & _OTHERS == marks.OTHER_NUMBER for mark in view.marks[max(0, at - 3) : at]):
        return False
    told = view.words[max(0, at - 2) : at]
    return not (told and told[-1] in _CODES and _NOBODYS.issuperset(told[:-1]))


def _is_machines(text: str, start: int, end: int) -> bool:
    """Whether it stands in a link or a mail address, or is too long for people, or a standard's."""
    before = text[max(0, start - _LONGEST) : start].rpartition(" ")[2]
    after = text[end : end + _LONGEST].partition(" ")[0]
    written = before + text[start:end]
    return (
        len(written + after) > _LONGEST
        or not _IN_LINKS.isdisjoint(written + after)
        or bool(_standard().match(written))
    )


def _masked(view: View, figure: int) -> Number | None:
    """``****1039``"""
    begin, _ = view.figures[figure]
    masks = view.plain[max(0, begin - _FEWEST_MASKS) : begin]
    if len(masks) < _FEWEST_MASKS or not _MASKS.issuperset(masks) or view.said & marks.SOCIAL:
        return None
    return read_number(view, figure)


def _signed(view: View, figure: int) -> Number | None:
    """``hosp # 4821300``, and not the number of a shop or an order."""
    number = read_number(view, figure)
    at = view.word_at(view.plain.rindex("#", 0, view.figures[figure][0])) - 1
    nobodys = at >= 0 and (
        view.marks[at] & (marks.OTHER_NUMBER | marks.OFFICE) or view.words[at] in _COUNTED
    )
    return None if number is None or number.is_phone or nobodys else number


def _kind(view: View, number: Number) -> PhiLabel:
    return _cue_near(view, number) or PhiLabel.OTHER_ID


def _kind_of_masked(view: View, _number: Number) -> PhiLabel:
    if view.said & marks.PHONE_WORD and listed("payment").isdisjoint(view.words):
        return PhiLabel.PHONE
    return PhiLabel.ACCOUNT


def _kind_of_signed(view: View, number: Number) -> PhiLabel:
    at = view.word_at(view.plain.rindex("#", 0, number.start)) - 1
    return PhiLabel.MRN if at >= 0 and view.words[at] in _OWNERS else _kind(view, number)


def _cue_near(view: View, number: Number) -> PhiLabel | None:
    """What the nearest word before announces, or one of the same clause right behind."""
    at = view.word_at(number.start)
    after: PhiLabel | None = None
    nearest: PhiLabel | None = None
    for word in view.marked(marks.RECORD_CUE):
        cue = cues().get(view.words[word])
        if cue is None or word < at - _NEAR:
            continue
        if word < at:
            nearest = cue.label
        elif word < at + _BEHIND and after is None:
            gap = view.plain[number.end : view.starts[word]]
            after = cue.label if _CLAUSE.isdisjoint(gap) else None
    return nearest or after
