"""What the form of a text says of whom it is for: its first letter, figures, a question, names."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._labels import Direction
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import cues
from compliant_sms.phi._words._name_staff_words import CREDENTIALS

_PRICED = -3
_IN_FIGURES = -4
_ASKED, _ASKED_SMALL = -2, -4
_SMALL_LETTER = 1
_NUMBERED = 2
_VERDICT = 2
_OFFERED = -6
_ENDS = frozenset(".!?;\n")

_GREETINGS = frozenset(("hi", "hello", "hey", "hola", "question", "quick", "so", "yo", "good"))
_OF_SOMEBODY = frozenset(
    ("my", "i", "we", "he", "she", "it", "this", "that", "mi", "its", "about")  # "how about 2-17"
)
_SUITS = frozenset(("ok", "okay", "fine", "alright", "possible", "better", "good"))
_SOON = 5  # words
_OF_SOMEBODY |= {"work", "works"}  # "does 4/4 work"


def of_form(view: View) -> tuple[int, list[tuple[int, int]]]:
    """How much the form of a text says of one person; below nothing, of everybody.

    Returns:
        what holds for the whole text; then what holds for a sentence: one of its words, the weight.
    """
    small = is_small(view)
    always = _SMALL_LETTER if small else 0
    placed: list[tuple[int, int]] = []
    if view.said & marks.VERDICT:
        said = view.marked(marks.VERDICT)
        placed.append((said[0], _VERDICT))
    if _asks(view):
        # A patient who surely writes, and of "I", asks for nobody else.
        of_oneself = view.direction is Direction.INBOUND and view.said & marks.OWN_VOICE
        placed.append((0, _ASKED_SMALL if small and not of_oneself else _ASKED))
    elif not small and _offers(view):
        placed.append((0, _OFFERED))
    if view.has_digit:
        always += _of_figures(view, placed)
    if priced(view):
        placed.append((_word_of(view, view.lower.index("$")), _PRICED))
        if reduced := _reduced().search(view.lower):
            placed.append((_word_of(view, reduced.start()), _IN_FIGURES))
    placed.sort()
    return always, placed


def _word_of(view: View, offset: int) -> int:
    """A word of the sentence in which figures stand: the one before, if none ends between."""
    after = view.word_at(offset)
    if not after or _ENDS.isdisjoint(view.lower[view.ends[after - 1] : offset]):
        return max(0, after - 1)
    return after


def is_small(view: View) -> bool:
    """Whether a text is a patient's, as told or by a small letter at the start."""
    return view.direction is Direction.INBOUND or view.capital[:1] == [False]


def priced(view: View) -> bool:
    """Whether a text names a price."""
    return "$" in view.lower


@cache
def _reduced() -> re.Pattern[str]:
    """An amount that is taken off a price, but of nobody's bill, or that is all to be paid."""
    return re.compile(
        r"\$\d[\d,.]{0,8} (?:off\b(?! (?:my|his|her|(?:your|ur|the) (?:bill|balance))\b)"
        r"|special\b|(?:drop|walk)[- ]in|at the door)"
    )


@cache
def _hour() -> re.Pattern[str]:
    """An hour, and no span of hours."""
    return re.compile(
        r"(?:1[0-2]|[1-9])(?::[0-5][0-9])? ?[ap]\.?m?\b\.?(?! ?(?:-|to|until|till|and) ?[0-9])"
    )


def is_timed(view: View) -> bool:
    """Whether one hour stands behind a day, as in a reminder; those of an office are spans."""
    lower, count = view.lower, 0
    for start, end in view.figures:
        if end - start > _HOUR or not start or lower[start - 1] not in _BEFORE_HOURS:
            continue
        if lower[end : end + 1] in _BEHIND_HOURS and _hour().match(lower, start):
            before = lower[max(0, start - _LEAD) : start].rstrip(" @").removesuffix(" at")
            count += before.rstrip(",")[-1:] in _ENDS_OF_DAYS
    return count == 1


def _asks(view: View) -> bool:
    """Whether a text begins with a question that is not about somebody."""
    words, last = view.words, len(view.words) - 1
    at = 0
    while at < last and words[at] in _GREETINGS:
        at += 1
    if at >= last or words[at] not in cues("asks") or words[at + 1] in _OF_SOMEBODY:
        return False
    if not _SUITS.isdisjoint(words[at : at + _SOON]) or view.gaps[at + 1].strip()[:1].isdigit():
        return False  # "is 4/12 ok", "is 9.2 bad for a1c"
    return not any(map(str.isdigit, view.gaps[0]))  # "10/2 is no good"


def _offers(view: View) -> bool:
    """Whether a text begins as who sells does: "Got back pain? We can help"."""
    words = view.words
    if len(words) <= _FEWEST or words[0] not in cues("offers") or words[1] in _OF_SOMEBODY:
        return False
    asked = next((at for at, gap in enumerate(view.gaps) if "?" in gap), 0)
    return 1 < asked <= _LAST_ASKED and "?" not in view.gaps[-1]


_FEWEST, _LAST_ASKED = 2, 9
_SHORT_NUMBER = 3
_HELP_LINES = frozenset(("988", "911", "211"))
_GOES_ON = frozenset(" %+-:apt")
_NO_START = frozenset("0123456789/-:.$")


@cache
def _to_all() -> re.Pattern[str]:
    """What is said to everybody in figures: "50 % off", "50+", "65 and older", "9-4 pm"."""
    return re.compile(
        r"\d{1,2} ?% (?:of|off)\b|\d{2} ?\+|\d\d (?:and|or|&) (?:over|older|up|under)\b"
        r"|\d{1,2}(?::\d\d)? ?(?:am|a|pm|p)? ?(?:-|to) ?\d{1,2}(?::\d\d)? ?(?:am|pm|p)\b"
        r"|(?:(?<=, )|(?<=(?:sat|sun|mon|tue|wed|thu|fri) ))"
        r"\d{1,2}(?::\d\d)?-\d{1,2}(?::\d\d)?(?:[,.!]|$)(?!\d)"
    )


def _of_figures(view: View, placed: list[tuple[int, int]]) -> int:
    """How much figures say: ages and hours are for all, a number of record is of one."""
    always, numbered, lower = 0, view.said & marks.RECORD_CUE, view.lower
    for start, end in view.figures:
        if end - start < _SHORT_NUMBER:
            goes_on = lower[end : end + 1] in _GOES_ON and lower[start - 1 : start] not in _NO_START
            if goes_on and _to_all().match(lower, start):
                placed.append((_word_of(view, start), _IN_FIGURES))
        elif end - start > _SHORT_NUMBER:
            always, numbered = always + _NUMBERED * (numbered > 0), 0
        elif lower[start:end] in _HELP_LINES:
            placed.append((_word_of(view, start), _IN_FIGURES))
    return always


_HOUR, _LEAD = 2, 6
_BEFORE_HOURS = frozenset(" @")
_BEHIND_HOURS = frozenset(":ap ")
_ENDS_OF_DAYS = frozenset("0123456789thsdny")  # "Oct 4", "the 5th", "Sunday"
_CALLED = frozenset(",!:-")
_STAFF = frozenset(("dr", "dra", "st", "san", "santa", "with", "w", "con", "nurse", "join", "by"))
_BEFORE_NAMES = frozenset(
    ("remember", "fyi", "thanks", "ok", "hi", "hey", "hello", "dear", "sorry", "hola")
)
_NO_PATIENT = marks.HEALTH_TERM | marks.DATE_WORD
_FAMILY_NAME = marks.SURNAME | marks.CANDIDATE


def named(view: View) -> bool:
    """Whether somebody is called by a name, or is spoken of by one; read once for each text."""
    if view.named is None:
        view.named = any(_is_named(view, at) for at in view.marked(marks.GIVEN))
    return view.named


def _is_named(view: View, at: int) -> bool:
    mark = view.marks[at]
    if not view.capital[at] or mark & _NO_PATIENT or (at and view.words[at - 1] in _STAFF):
        return False
    if view.words[at + 1 : at + 2] and view.words[at + 1] in CREDENTIALS and _is_beside(view, at):
        return False  # "Rhonda, RD"
    begins = view.gaps[at] != " "
    if (begins or not view.capital[at - 1]) and _is_sure(view, at, mark):
        return True
    if begins and view.words[at + 1 : at + 2] == ["and"] and _is_capital(view, at + 2):
        return bool(view.marks[at + 2] & marks.GIVEN)  # "Grace and Will both need"
    return (begins or view.words[at - 1] in _BEFORE_NAMES) and _is_called(view, at)


def _is_beside(view: View, at: int) -> bool:
    """Whether letters in capitals stand behind a comma."""
    return view.gaps[at + 1] == ", " and view.is_shouted(at + 1)


def _is_sure(view: View, at: int, mark: int) -> bool:
    """Whether a word alone is a name, or is one with the next word."""
    if mark & marks.SURE_NAME or (mark & marks.CANDIDATE and view.words[at].endswith("'s")):
        return not _goes_on(view, at)
    after = at + 1
    if not _is_capital(view, after) or not view.marks[after] & _FAMILY_NAME:
        return False
    return not (_is_capital(view, after + 1) or view.said & marks.STAFF_CUE)


def _is_called(view: View, at: int) -> bool:
    last = at
    while _is_capital(view, last + 1):
        last += 1
    after = view.gaps[last + 1].lstrip()[:1]
    return after in _CALLED or last + 1 == len(view.words) > 1


def _is_capital(view: View, at: int) -> bool:
    """Whether a word with a capital follows the one before it directly."""
    return at < len(view.words) and view.gaps[at] == " " and view.capital[at]


def _goes_on(view: View, at: int) -> bool:
    """Whether a name is only the beginning of another one: "Clayton Family Dental"."""
    after = at + 1
    return _is_capital(view, after) and not view.marks[after] & (marks.SURNAME | marks.GIVEN)
