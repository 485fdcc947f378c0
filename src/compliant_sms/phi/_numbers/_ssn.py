"""Social security numbers, in every way that people write them.

Form and unused ranges: Social Security Administration, "Social Security Number Randomization"
(2011): the area is never 000, 666 or above 899, the group never 00, the serial never 0000. Areas
from 900 are taxpayer numbers (ITIN) that read the same and identify as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._numbers._record_numbers import cue_at
from compliant_sms.phi._numbers._spoken_figures import spoken_runs
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks

_BREAK = r"[-.\s/_·]{1,3}"
# A longer number goes on with a digit, a word with a letter; a sentence ends with a full stop.
_END = r"(?!\w|[-.]\d)"
_CUE = (
    r"(?:\bssns?(?![^\W\d])|\bs\.s\.(?:n\.)?|\bss\s?(?:#|no\b|num\b|number\b)|\bss(?=:|\s(?:[\dx*•#]|is\b|end|last))"
    r"|\bsoc\b\.?|\bsocai?l\b|\bso[cs]ial(?:\s+sec(?:urity|urty)?\b)?\b(?!\s+(?:work|media))|\bitin\b|\btin\b"
    r"|\btax(?:payer)?\s+id\b)"
)
_NEAR = r"[^\d\n]{0,24}?"
_MASK = r"(?<![x*•#])[x*•#]{3}[-\s.]?[x*•#]{2}(?![x*•#])[-\s.]?"
_LAST_FOUR = r"\b(?:(?:last|ultimos)[\s-]?(?:4|four(?:'?s)?|cuatro)|(?:4|four)\s(?=digits))\b"
_ENDS = r"\b(?:end(?:s|ing)?(?:\s+(?:in|with))?|termina(?:n|do)?\s+en)\b"
_NINE, _WORDS_BEFORE, _BEHIND, _LAST, _PARTS = 9, 8, 4, 4, 3
_CODES = (["code"], ["passcode"], ["pin"], ["codigo"])


@cache  # compiled at first use, like all patterns here
def _form() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?<!\d\.)\d{{3}}{_BREAK}\d\d{_BREAK}\d{{4}}{_END}", re.ASCII)


@cache
def _after_cue() -> re.Pattern[str]:
    """Nine digits in any grouping; not two and seven, which number a business."""
    return re.compile(
        rf"{_CUE}{_NEAR}(?<!\d)(?<!\d-)(?!\d\d-\d{{7}}(?!\d))(?P<value>\d(?:(?:{_BREAK})?\d){{8}}){_END}"
    )


@cache
def _before_cue() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w-])(?P<value>\d{9}|\d(?:\s\d){8}|\d{5}[ -]\d{4}|\d{3}-\d\d-\d{4})[\s,-]{1,3}"
        r"(?:(?:is|for|that'?s|thats|was|as|es|my|her|his|the|mi|su)\s){0,4}" + _CUE
    )


@cache
def _first_figures() -> re.Pattern[str]:
    begins = r"(?:starts?|begins?|empieza)\s(?:(?:with|con)\s)?"
    return re.compile(
        rf"\bfirst\s(?:3|5|three|five)\s(?:(?:digits|numbers)\s)?(?:of\s)?(?:(?:my|his|her|the)\s)?{_CUE}"
        rf"[^\d\n.?!]{{0,12}}?(?P<begin>\d{{3}}|\d{{5}}){_END}"
        rf"|{_CUE}[^\d\n.?!]{{0,12}}?(?<!\d)"
        rf"(?:(?P<value>\d{{3}}-\d\d(?:-\d{{1,3}})?)|{begins}(?P<first>\d{{3,5}})"
        rf"(?:\D{{1,12}}?{_ENDS}\s(?P<last>\d{{1,4}}))?){_END}"
    )


@cache
def _last_four() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_CUE}{_NEAR}(?:{_LAST_FOUR}|{_ENDS})|{_LAST_FOUR}(?:\s+digits)?{_NEAR}{_CUE})"
        r"[^\d\n]{0,12}?(?P<value>\d{4}|\d(?: \d){3})(?!\w)"
    )


@cache
def _masked() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<value>{_MASK}\d{{4}})(?!\w)")


@cache
def _short() -> re.Pattern[str]:
    return re.compile(
        rf"{_CUE}4?(?:\s?(?:is|es|number|no|num|\#|:|-|\((?:last|ending)\s?(?:4|four|in)?\))){{0,3}}\s{{0,2}}"
        r"(?P<value>(?!19|20)\d{4})(?![\w/-]|\s[a-z]+\s(?:st|street|ave|road|rd)\b)"
        rf"|{_ENDS}\s(?P<before>\d{{4}}),?\s(?:is\s)?(?:my|her|his|the)\s{_CUE}"
        rf"|(?<![\w/$-])(?P<behind>(?!19|20)\d{{4}})\s(?:for|is|as)\s(?:my|her|his|the)\s{_CUE}"
    )


@cache
def _bare_last_four() -> re.Pattern[str]:
    return re.compile(
        rf"{_LAST_FOUR}(?:\s+(?:digits?|numbers|nums?|\#s?|are|r|is|es|son|on|file|we|have|you|gave|your|here)){{0,6}}"
        r"[\s:]{1,2}(?P<value>\d{4})"
        rf"(?![\w/-])|(?<![\w/$-])(?P<before>\d{{4}})[\s,(]{{1,2}}(?:(?:is|are|the|my|es|son)\s){{0,2}}{_LAST_FOUR}"
    )


@cache
def _other_four() -> re.Pattern[str]:
    return re.compile(
        r"[,;]?\s(?:(?:not|but|and|or|no|its|it's|is|ours?|mine|says|it|should|be|actually|now)\s)"
        r"{1,4}(?P<value>\d{4})(?![\w/%-]|[.,:]\d)"
    )


_PATTERNS = (
    ("ssn/after-cue", _after_cue, Confidence.CERTAIN),
    ("ssn/after-cue", _before_cue, Confidence.CERTAIN),
    ("ssn/last-four", _last_four, Confidence.CERTAIN),
    ("ssn/part", _first_figures, Confidence.LIKELY),
    ("ssn/last-four", _short, Confidence.LIKELY),
)


def find_ssn(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Where a text holds a social security or taxpayer number, whole or in part.

    45 CFR 164.514(b)(2)(i)(G).
    """
    if not view.figures and not view.said & marks.SOCIAL:
        return ()
    found: list[PhiFinding] = []
    text = view.lower
    is_social = view.said & marks.SOCIAL or "s.s." in text
    if is_social and view.said & marks.CAR_OR_DIGIT:
        found += _spoken(view)
    if view.longest >= _LAST and len(view.figures) >= _PARTS:
        found += _forms(view)
    if "xxx" in text or "***" in text or "•••" in text or "###" in text:
        found += _matches(text, "ssn/last-four", _masked(), Confidence.CERTAIN)
    if is_social and view.figures:
        for rule, pattern, confidence in _PATTERNS:
            found += _matches(text, rule, pattern(), confidence)
    # The last four of nothing else.
    if view.said & marks.PART and not _is_of_another(view):
        found += _matches(text, "ssn/last-four", _bare_last_four(), Confidence.LIKELY)
    return [*found, *_corrected(view, found)] if found else ()


def _is_of_another(view: View) -> bool:
    """Whether a text speaks of another number; "on file" does not."""
    return any(
        view.words[at] != "digits"
        and (view.words[at] != "file" or view.words[at - 1 : at] != ["on"])
        for at in view.marked(marks.RECORD_CUE | marks.PHONE_WORD)
    )


def _corrected(view: View, found: list[PhiFinding]) -> Iterator[PhiFinding]:
    """``ends in 4408, ours says 4480``."""
    for finding in found:
        match = _other_four().match(view.lower, finding.end)
        if match:
            yield _finding(*match.span("value"), "ssn/last-four", Confidence.LIKELY)


def _forms(view: View) -> Iterator[PhiFinding]:
    """Three, two and four digits that could have been issued."""
    area = group = (0, 0)
    for serial in view.figures:
        if serial[1] - serial[0] == 4 and group[1] - group[0] == 2 and area[1] - area[0] == 3:
            match = _form().match(view.lower, area[0])
            if match and _could_be_issued(match[0]) and not _is_of_record(view, match.start()):
                yield _finding(*match.span(), "ssn/form")
        area, group = group, serial


def _could_be_issued(written: str) -> bool:
    number = "".join(filter(str.isdigit, written))
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and group != "00" and serial != "0000"


def _is_of_record(view: View, start: int) -> bool:
    """Whether the words right before announce another number: ``claim no 321 44 9087``."""
    if view.words[view.word_at(start) - 1 : view.word_at(start)] in _CODES:
        return True
    word, named = view.word_at(start) - 1, 0
    if word > 0 and view.is_shouted(word) and view.ends[word] == start - 1:
        word -= not view.marks[word] & (marks.RECORD_CUE | marks.NAMING | marks.SOCIAL)
    while word > 0 and view.marks[word] & (marks.NAMING | marks.LINK):
        named |= view.marks[word] & marks.NAMING
        if view.marks[word] & marks.RECORD_CUE:
            break
        word -= 1
    if word < 0 or view.marks[word] & (marks.RECORD_CUE | marks.SOCIAL) != marks.RECORD_CUE:
        return False
    cue = cue_at(view, word)
    return cue is not None and (named > 0 or cue.strength > 1)


def _spoken(view: View) -> Iterator[PhiFinding]:
    """Nine figures in words behind a cue."""
    for start, end, count in spoken_runs(view):
        first, last = view.word_at(start), view.word_at(end)
        near = view.marks[max(0, first - _WORDS_BEFORE) : first] + view.marks[last : last + _BEHIND]
        if count == _NINE and any(mark & marks.SOCIAL for mark in near):
            yield _finding(start, end, "ssn/spoken", Confidence.LIKELY)


def _matches(
    text: str, rule: str, pattern: re.Pattern[str], confidence: Confidence
) -> Iterator[PhiFinding]:
    for match in pattern.finditer(text):
        for group in match.groupdict():
            if match[group]:
                yield _finding(*match.span(group), rule, confidence)


def _finding(
    start: int, end: int, rule: str, confidence: Confidence = Confidence.CERTAIN
) -> PhiFinding:
    return PhiFinding(start=start, end=end, label=PhiLabel.SSN, rule=rule, confidence=confidence)
