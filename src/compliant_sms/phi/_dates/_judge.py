"""Whether a form of a date is a date at all: by the words beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from compliant_sms.phi._audience._health_terms import read_health
from compliant_sms.phi._dates import _cues as cues
from compliant_sms.phi._dates._beside import after as after_it
from compliant_sms.phi._dates._beside import after_at, around
from compliant_sms.phi._dates._beside import before as before_it
from compliant_sms.phi._dates._figures import Form, Kind
from compliant_sms.phi._dates._happened import is_holiday_of_one, is_month_of_one
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import DAYS, PLURAL_DAYS, SHORT_DAYS
from compliant_sms.phi._words._health_data import Kind as Measured
from compliant_sms.phi._words._marks import (
    COMMON,
    DAY,
    EXAMINED,
    GIVEN,
    OWN_VOICE,
    STAFF_CUE,
    SURNAME,
    VERDICT,
)

_BEFORE_SPAN = 7
_BACK = 40
_MOST_NAME = 4
_DATED = cues.BEFORE | cues.OCCASION
_CLEAR = frozenset(("wed", "mon"))  # hardly anything else in a clinic's texts
_NOT_AFTER_CLEAR = frozenset(("to", "a", "he", "she", "we", "i"))
_PLANNED = cues.PLANNED | frozenset(("cycle", "period", "birthday", "anniversary", "funeral"))
_PLANNED |= {"follow"}
_PLANNED |= cues.OCCASION - {"is", "was", "due"}
_ENDS = frozenset(("", ".", "?", "!", ","))
_SEEN = frozenset(("see", "confirmed", "confirm", "booked", "scheduled"))
_SEEN |= {"appt", "appts", "appointment", "visit", "session", "cita"}
_FAR_BOOKED = 6
_JOIN = frozenset(("or", "and", "o", "y"))
_VISITS = cues.EVENTS - {"test", "exam", "scan"}
_ENDING = _JOIN | {"please", "pls", "plz", "instead", "thx", "thanks", "do", "can", "should"}
_HELD = (cues.OCCASION - {"is", "was", "due"}) | {"court", "procedure", "cita", "see", "moved"}
_TODAY = frozenset(("today", "tomorrow", "yesterday", "this", "that", "he", "she"))


@cache
def _birth() -> re.Pattern[str]:
    return re.compile(
        r"(?:\bd\.?\s?o\.?\s?b\b|\bborn\b|(?<!happy )\bbirth|\bb-?day\b|\bnac(?:i|ido|ida|io)?\b"
        r"|\bnacimiento\b|(?<!\d )\bnee?\b|\bcumple)[^\d!?;\n]{0,24}$"
    )


_SOMEBODY = (
    r"\b(?:you|he|she|they|i|who|usted|ud|tu|ella|cuando|son|daughter|child|kid|baby|mom|dad"
    r"|patient|hijo|hija|nin[oa]|bebe|(?:your|ur|his|her|my|su|mi) (?!practice|clinic|office|team"
    r"|plan|account|coverage|policy|seguro|consult)[a-z]+)"
)
_WILL = "(?:'ll| will|'re|'s|'m| are| is| am)?"
_TURNS = (
    rf"(?:{_SOMEBODY}{_WILL} (?:turn(?:s|ed|ing)?|cumpl[a-z]{{1,4}})"
    r"|(?:^|[.!?,:] )cumpl[a-z]{1,4}|\byou(?:'ll| will) be) \d{1,3}"
)


@cache
def _coming_of_age() -> re.Pattern[str]:
    """A day of which it is said that somebody turns an age then: "you turn 44 on March 4"."""
    old = r"(?: years?(?: old)?| a[nñ]os)?"
    return re.compile(rf"{_TURNS}{old},? (?:on|this|el|este)\b[^\d!?;\n.]{{0,24}}$")


@cache
def _age_behind() -> re.Pattern[str]:
    """The same, the day before it: "On March 4 you turn 44", but no "you will be 15 minutes"."""
    counted = r"(?! ?(?:%|min|h(?:ou)?rs?|days?|weeks?|wks?|months?|miles?|lbs?|pounds?|percent))"
    return re.compile(rf",? {_TURNS}\b{counted}")


@cache
def _time() -> re.Pattern[str]:
    return re.compile(r"[ ,@]{1,3}(?:at )?(?:\d{1,2}(?::\d\d| ?[ap]\.?m?\b)|\d{3,4}\b(?![-.]))")


@cache
def _hour() -> re.Pattern[str]:
    return re.compile(rf"{_time().pattern}| at \d{{1,2}}\b")


@cache
def _name_like() -> re.Pattern[str]:
    return re.compile(r" [A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?(?:[:,]|'s\b)")


def is_birth(view: View, form: Form) -> bool:
    """Whether a form is a date of birth."""
    if form.kind in {Kind.WEEKDAY, Kind.MONTH, Kind.HOLIDAY}:
        return False
    if form.kind == Kind.SPOKEN:
        return True
    before = view.lower[max(0, form.start - _BACK) : form.start]
    if _birth().search(before) or _coming_of_age().search(before):
        return True
    return _age_behind().match(view.lower, form.end) is not None


def is_date(view: View, form: Form, index: int) -> bool:
    """Whether a form is a date.

    Args:
        view: the text.
        form: the form.
        index: of the first word that begins at or behind it.
    """
    check = _CHECKS.get(form.kind)
    return check is None or check(view, form, index)


def _unnumbered(view: View, form: Form, index: int) -> bool:
    """Whether no word before it says that it is a number of something."""
    return before_it(view, form, index) not in cues.NUMBERED


def _month_and_year(view: View, form: Form, index: int) -> bool:
    """Whether it is no expiry and no number of something."""
    before = before_it(view, form, index)
    return before not in cues.EXPIRES and before not in cues.NUMBERED


def _month_and_day(view: View, form: Form, index: int) -> bool:
    """Whether it is no fraction, no score and no pressure."""
    written = view.lower[form.start : form.end]
    if written[0].isalpha():
        return True  # with its weekday
    before, after = before_it(view, form, index), after_it(view, form)
    of_card = before in cues.EXPIRES and "card" in around(view, index)
    # "chart no 10/10", but "10/9 no 10/10"
    corrects = before == "no" and index > 0 and view.gaps[index - 1].strip()[-1:].isdigit()
    numbered = before in cues.NUMBERED and not corrects
    if of_card or before in cues.SCALES or numbered or after in cues.UNITS:
        return False
    if written.endswith("/10") and not cues.SCALES.isdisjoint(around(view, index)):
        return False
    if before in cues.BEFORE or before in cues.OCCASION:
        return True
    if written in cues.PARTS:
        counted = view.lower[max(0, form.start - 2) : form.start - 1].isdigit()
        told = before == "of" and index > 1 and view.words[index - 2] in _HELD | {"as"}
        if (before in cues.HALVED and not told) or after == "a" or counted:
            return False  # "half of 1/2", but "visit of 3/1"
    return cues.PRESSURE.isdisjoint(around(view, index))


def _dotted(view: View, form: Form, index: int) -> bool:
    """Whether it is no value: "see you on 6.19", and no test is spoken of."""
    if view.said & (VERDICT | EXAMINED) or before_it(view, form, index) not in cues.BEFORE:
        return False
    if any(term.kind == Measured.MEASURE for term in read_health(view).terms):
        return False
    told = cues.MOVED | _SEEN
    return after_it(view, form) not in cues.UNITS and not told.isdisjoint(around(view, index))


def _hyphened(view: View, form: Form, index: int) -> bool:
    """Whether it is no span of hours, of ages or of anything that is counted."""
    before = before_it(view, form, index)
    if before in cues.NUMBERED or after_it(view, form) in cues.UNITS:
        return False
    if before in cues.ON:
        return True
    day = view.plain[form.start : form.end].partition("-")[2]
    if int(day) <= 12:
        # "court 4-9 at 9", but "open 4-9"
        if before in _HELD and _hour().match(view.lower, form.end):
            return True
        ends = view.lower[form.end : form.end + 1] in _ENDS or after_at(view, form.end) in _ENDING
        told = before in cues.AS_DAY or (before == "for" and _is_booked(view, index))
        return told and ends and view.plain[form.start - 2] not in "?!."
    told = before in _DATED or before in cues.AS_DAY
    return told or (before not in cues.COUNTED and _is_followed(view, form.end))


def _is_booked(view: View, index: int) -> bool:
    """Whether somebody is put down for it: "cancel me for 4-11", "book mom for 4-11"."""
    before = view.words[max(0, index - _FAR_BOOKED) : index - 1]
    return not cues.BOOKS.isdisjoint(before) and not cues.BOOKED.isdisjoint(before[-2:])


def _is_followed(view: View, end: int) -> bool:
    """Whether a time, an end or a new clause follows, and nothing that is counted."""
    if _time().match(view.lower, end):
        return True
    stops = view.plain[end : end + 1] in _ENDS and not view.plain[end + 1 : end + 2].isdigit()
    return stops or (view.lower[end] == " " and after_at(view, end) in cues.FOLLOWS)


def _written(view: View, form: Form, index: int) -> bool:
    """Whether its figures count nothing."""
    del index
    return view.lower[form.end - 1].isalpha() or after_it(view, form) not in cues.UNITS


def _weekday(view: View, form: Form, index: int) -> bool:
    """Whether it is no name, no verb and no end of a span of days."""
    word = view.words[index]
    before, after = before_it(view, form, index), after_it(view, form)
    if before in cues.NO_DAY_BEFORE or after in cues.NO_DAY_AFTER or _in_span(view, index):
        return False
    if word in SHORT_DAYS:
        return _short_day(view, index, before, after)
    if word == "sun's":
        return after in cues.EVENTS  # "sun's out"
    named = not before and view.capital[index] and _name_like().match(view.plain, form.end)
    return not named


def _in_span(view: View, index: int) -> bool:
    """Whether it is one end of "Monday to Friday", and nobody moves it or stays that long."""
    if not (_spans(view, index, index + 1, 1) or _spans(view, index, index - 1, -1)):
        return False
    if view.said & OWN_VOICE and cues.OPENING.isdisjoint(view.words):
        told = cues.MOVED | cues.STAYED  # "I was in the hospital Monday to Friday"
    else:
        told = cues.MOVED
    return told.isdisjoint(view.words[max(0, index - _BEFORE_SPAN) : index])


def _spans(view: View, index: int, other: int, step: int) -> bool:
    """Whether a span goes from one weekday in a direction to another one."""
    if not 0 <= other < len(view.words):
        return False
    if view.marks[other] & DAY and view.gaps[max(index, other)].strip() == "-":
        return view.words[other] in DAYS | PLURAL_DAYS
    beyond = other + step
    if view.words[other] not in cues.SPAN or not 0 <= beyond < len(view.words):
        return False
    return view.words[beyond] in DAYS | PLURAL_DAYS


def _short_day(view: View, index: int, before: str, after: str) -> bool:
    """Whether a short form is a weekday, and not the verb, the noun or the name."""
    word, gap = view.words[index], view.gaps[index + 1]
    figure = gap.lstrip(" .")[:1].isdigit()
    if word in cues.SPANISH_SHORT:
        return figure
    if word == "sat":
        nearest = view.words[index - 1] if index else ""
        if nearest in cues.OXYGEN or before in cues.SITTERS or "%" in gap[:5]:
            return False
        if after in cues.FOLLOWS and after not in cues.SEATED:
            return True
    if (
        figure
        or before in cues.BEFORE
        or before in {"u", "you", "noon", "nite"}
        or after in cues.PART_OF_DAY
    ):
        return True
    owned = before in cues.OWNERS | {"the"} and after in _VISITS  # "my wed appt"
    ends = gap[:1] in {"/", "+"} or (gap[:1] in _ENDS and word != "sun")
    again = before in _JOIN and index > 1 and view.words[index - 2] in DAYS  # "sat or sun"
    if owned or ends or again or (word in _CLEAR and _is_told(before, after)):
        return True
    return view.capital[index] and (word != "sun" or not after)


def _is_told(before: str, after: str) -> bool:
    """Whether the words beside "wed" or "mon" are those beside days."""
    if before in cues.WEDDED:
        return False
    return before in cues.MADE or (after in cues.FOLLOWS and after not in _NOT_AFTER_CLEAR)


def _day_of_month(view: View, form: Form, index: int) -> bool:
    """Whether it is no rank, no floor and no street."""
    after = after_it(view, form)
    if after == "of":
        at = view.word_at(form.end)
        return "month" in view.words[at + 1 : at + 3]
    before = before_it(view, form, index)
    told = not after or after in cues.FOLLOWS or after in cues.FREE
    if "&" in view.lower[form.end : form.end + 2]:
        return False
    further = view.words[index - 2] if index > 1 and view.gaps[index - 1] == " " else ""
    if before != "the":  # "the 3rd or 4th", but "5th and Maple"
        again = before in cues.JOINS and further in cues.NTH
        moved = before == "my" and not cues.MOVED.isdisjoint(around(view, index))
        return told and (again or moved or (after != "and" and before in cues.BEFORE_NTH))
    if further in cues.ON and after not in cues.RANKED:
        return True
    if after in cues.NTH_TO or _time().match(view.lower, form.end):
        return True
    return told and _is_introduced(view, form, index, further)


def _is_introduced(view: View, form: Form, index: int, further: str) -> bool:
    """Whether "the 14th" ends a sentence, or the words before it are those before days."""
    if further == "is" and index == 2 and after_it(view, form) in cues.FREE:
        return True  # "is the 16th open"
    if further in {"is", "was"} and index > 2:
        told = view.said & STAFF_CUE or not _PLANNED.isdisjoint(around(view, index))
        return bool(told) and view.words[index - 3] not in _TODAY
    if further in {"it's", "its"}:
        return not (cues.OCCASION - {"is", "was"}).isdisjoint(around(view, index))
    ends = view.lower[form.end : form.end + 1] in _ENDS
    return ends or not further or further in cues.ORDINAL_BEFORE or further in DAYS


def _bare(view: View, form: Form, index: int) -> bool:
    """Whether it is a day: "on the 14"."""
    after = after_it(view, form)
    further = view.words[index - 2] if index > 1 else ""
    return further in cues.ON | {"for"} and (not after or after in cues.FOLLOWS)


def _behind_a_name(view: View, form: Form, index: int) -> bool:
    """Whether a name is all else that the text holds: "BLAKE RONALD 050555"."""
    if not 1 < index <= _MOST_NAME or index < len(view.words):
        return False
    known = all(mark & (GIVEN | SURNAME) and not mark & COMMON for mark in view.marks)
    return known and view.lower[form.end - 6 : form.end].isdigit()


def _never(view: View, form: Form, index: int) -> bool:
    """For what says no day by itself: a weekday that comes again."""
    del view, form, index
    return False


_CHECKS: Mapping[str, Callable[[View, Form, int], bool]] = {
    Kind.FULL: _unnumbered,
    Kind.PACKED: _unnumbered,
    Kind.SIX: _behind_a_name,
    Kind.SHORT: _month_and_day,
    Kind.DOTTED: _dotted,
    Kind.HYPHENED: _hyphened,
    Kind.MONTHLY: _month_and_year,
    Kind.WRITTEN: _written,
    Kind.WEEKDAY: _weekday,
    Kind.PLURAL: _never,
    Kind.ORDINAL: _day_of_month,
    Kind.BARE: _bare,
    Kind.MONTH: is_month_of_one,
    Kind.HOLIDAY: is_holiday_of_one,
}
