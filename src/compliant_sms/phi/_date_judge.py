"""Whether a form of a date is a date at all: by the words beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from compliant_sms.phi import _date_cues as cues
from compliant_sms.phi._date_figures import Form, Kind
from compliant_sms.phi._date_words import DAYS, PLURAL_DAYS, SHORT_DAYS
from compliant_sms.phi._marks import DAY
from compliant_sms.phi._view import View

__all__ = ["is_birth", "is_date"]

_BEFORE_SPAN = 7
_NEAR = 3
_TIGHT = frozenset(" -'")
_BACK = 40
_FAR = 20
_DATED = cues.BEFORE | cues.OCCASION
_CLEAR = frozenset(("wed", "mon"))  # hardly anything else in a clinic's texts
_NOT_AFTER_CLEAR = frozenset(("to", "a", "he", "she", "we", "i"))
_ENDS = frozenset(("", ".", "?", "!", ","))


@cache
def _birth() -> re.Pattern[str]:
    return re.compile(
        r"(?:\bd\.?\s?o\.?\s?b\b|\bborn\b|(?<!happy )\bbirth|\bb-?day\b|\bnac(?:i|ido|ida|io)?\b"
        r"|\bnacimiento\b|(?<!\d )\bnee?\b|\bcumple)[^\d!?;\n]{0,24}$"
    )


@cache
def _time() -> re.Pattern[str]:
    return re.compile(r"[ ,@]{1,3}(?:at )?(?:\d{1,2}(?::\d\d| ?[ap]\.?m?\b)|\d{3,4}\b(?![-.]))")


@cache
def _name_like() -> re.Pattern[str]:
    return re.compile(r" [A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?(?:[:,]|'s\b)")


def is_birth(view: View, form: Form) -> bool:
    """Whether a form is a date of birth."""
    if form.kind in {Kind.WEEKDAY, Kind.MONTH, Kind.HOLIDAY}:
        return False
    if form.kind == Kind.SPOKEN:
        return True
    return _birth().search(view.lower[max(0, form.start - _BACK) : form.start]) is not None


def is_date(view: View, form: Form, index: int) -> bool:
    """Whether a form is a date.

    Args:
        view: the text.
        form: the form.
        index: of the first word that begins at or behind it.
    """
    check = _CHECKS.get(form.kind)
    return check is None or check(view, form, index)


def _before(view: View, form: Form, index: int) -> str:
    """The word before a form, if nothing but marks stands between."""
    if not index:
        return ""
    gap = view.plain[view.ends[index - 1] : form.start]
    if gap == " " or (len(gap) <= _NEAR and not any(map(str.isdigit, gap))):
        return view.words[index - 1]
    return ""


def _after(view: View, form: Form) -> str:
    """The word after a form, if nothing but a blank or a hyphen stands between."""
    return _after_at(view, form.end) if view.plain[form.end : form.end + 1] in _TIGHT else ""


def _after_at(view: View, end: int) -> str:
    """The same behind an offset."""
    at = view.word_at(end)
    if at == len(view.words) or view.lower[end : view.starts[at]].strip(" -'"):
        return ""
    return view.words[at]


def _unnumbered(view: View, form: Form, index: int) -> bool:
    """Whether no word before it says that it is a number of something."""
    return _before(view, form, index) not in cues.NUMBERED


def _month_and_year(view: View, form: Form, index: int) -> bool:
    """Whether it is no expiry and no number of something."""
    before = _before(view, form, index)
    return before not in cues.EXPIRES and before not in cues.NUMBERED


def _month_and_day(view: View, form: Form, index: int) -> bool:
    """Whether it is no fraction, no score and no pressure."""
    written = view.lower[form.start : form.end]
    if written[0].isalpha():
        return True  # with its weekday
    before, after = _before(view, form, index), _after(view, form)
    if before in cues.SCALES or before in cues.NUMBERED or after in cues.UNITS:
        return False
    if written.endswith("/10") and not cues.SCALES.isdisjoint(_around(view, index)):
        return False
    if before in cues.BEFORE or before in cues.OCCASION:
        return True
    if written in cues.PARTS:
        counted = view.lower[max(0, form.start - 2) : form.start - 1].isdigit()
        if before in cues.HALVED or after == "a" or counted:
            return False
    return cues.PRESSURE.isdisjoint(_around(view, index))


def _hyphened(view: View, form: Form, index: int) -> bool:
    """Whether it is no span of hours, of ages or of anything that is counted."""
    before = _before(view, form, index)
    if before in cues.NUMBERED or _after(view, form) in cues.UNITS:
        return False
    if before in cues.ON:
        return True
    day = view.plain[form.start : form.end].partition("-")[2]
    if int(day) <= 12:
        return False
    return before in _DATED or (before not in cues.COUNTED and _is_followed(view, form.end))


def _is_followed(view: View, end: int) -> bool:
    """Whether a time, an end or a new clause follows, and nothing that is counted."""
    if _time().match(view.lower, end):
        return True
    stops = view.plain[end : end + 1] in _ENDS and not view.plain[end + 1 : end + 2].isdigit()
    return stops or (view.lower[end] == " " and _after_at(view, end) in cues.FOLLOWS)


def _written(view: View, form: Form, index: int) -> bool:
    """Whether its figures count nothing."""
    del index
    return view.lower[form.end - 1].isalpha() or _after(view, form) not in cues.UNITS


def _weekday(view: View, form: Form, index: int) -> bool:
    """Whether it is no name, no verb and no end of a span of days."""
    word = view.words[index]
    before, after = _before(view, form, index), _after(view, form)
    if before in cues.NO_DAY_BEFORE or after in cues.NO_DAY_AFTER or _in_span(view, index):
        return False
    if word in SHORT_DAYS:
        return _short_day(view, index, before, after)
    named = not before and view.capital[index] and _name_like().match(view.plain, form.end)
    return not named


def _in_span(view: View, index: int) -> bool:
    """Whether it is one end of "Monday to Friday", and nobody moves anything."""
    if not (_spans(view, index, index + 1, 1) or _spans(view, index, index - 1, -1)):
        return False
    return cues.MOVED.isdisjoint(view.words[max(0, index - _BEFORE_SPAN) : index])


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
    ends = gap[:1] in {"/", "+"} or (gap[:1] in _ENDS and word != "sun")
    if ends or (word in _CLEAR and _is_told(before, after)):
        return True
    return view.capital[index] and (word != "sun" or not after)


def _is_told(before: str, after: str) -> bool:
    """Whether the words beside "wed" or "mon" are those beside days."""
    if before in cues.WEDDED:
        return False
    return before in cues.MADE or (after in cues.FOLLOWS and after not in _NOT_AFTER_CLEAR)


def _day_of_month(view: View, form: Form, index: int) -> bool:
    """Whether it is no rank, no floor and no street."""
    after = _after(view, form)
    if after == "of":
        at = view.word_at(form.end)
        return "month" in view.words[at + 1 : at + 3]
    before = _before(view, form, index)
    told = not after or after in cues.FOLLOWS
    if "&" in view.lower[form.end : form.end + 2]:
        return False
    further = view.words[index - 2] if index > 1 and view.gaps[index - 1] == " " else ""
    if before != "the":  # "the 3rd or 4th", but "5th and Maple"
        again = before in cues.JOINS and further in cues.NTH
        return told and (again or (after != "and" and before in cues.BEFORE_NTH))
    if further in cues.ON and after not in cues.RANKED:
        return True
    if after in cues.NTH_TO or _time().match(view.lower, form.end):
        return True
    return told and _is_introduced(view, form, index, further)


def _is_introduced(view: View, form: Form, index: int, further: str) -> bool:
    """Whether "the 14th" ends a sentence, or the words before it are those before days."""
    if further in {"is", "was", "it's", "its"}:
        return not (cues.OCCASION - {"is", "was"}).isdisjoint(_around(view, index))
    ends = view.lower[form.end : form.end + 1] in _ENDS
    return ends or not further or further in cues.ORDINAL_BEFORE or further in DAYS


def _bare(view: View, form: Form, index: int) -> bool:
    """Whether it is a day: "on the 14"."""
    after = _after(view, form)
    further = view.words[index - 2] if index > 1 else ""
    return further in cues.ON | {"for"} and (not after or after in cues.FOLLOWS)


def _month(view: View, form: Form, index: int) -> bool:
    """Whether something happened to a person then."""
    before = _before(view, form, index)
    if before in cues.PASSED:
        return view.words[index] not in cues.NO_MONTH_ALONE
    if before in cues.OWNERS and _after(view, form) in cues.OCCASION:
        return True  # "missed my oct appt"
    named = view.words[index] not in cues.NO_MONTH_ALONE or view.capital[index]
    if not named or before not in cues.MONTH_BEFORE:
        return False
    planned = before in cues.BY_MONTH and not cues.PLANNED.isdisjoint(_around(view, index))
    return planned or _happened(view, index)


def _holiday(view: View, form: Form, index: int) -> bool:
    if view.plain[form.end - 1].isdigit():
        return True
    before = _before(view, form, index)
    return before in cues.PASSED or (before in cues.BEFORE | {"around"} and _happened(view, index))


def _happened(view: View, index: int) -> bool:
    """Whether the words around one tell of what happened."""
    around = _around(view, index)
    return not cues.LIVED.isdisjoint(around) or any(
        word[-2:] == "ed" and len(word) > 4 for word in around
    )


def _around(view: View, index: int) -> list[str]:
    """The words of a short text; those near an index of a long one."""
    return view.words[max(0, index - _FAR) : index + _FAR]


def _never(view: View, form: Form, index: int) -> bool:
    """For what says no day by itself: any six figures, a weekday that comes again."""
    del view, form, index
    return False


_CHECKS: Mapping[str, Callable[[View, Form, int], bool]] = {
    Kind.FULL: _unnumbered,
    Kind.PACKED: _unnumbered,
    Kind.SIX: _never,
    Kind.SHORT: _month_and_day,
    Kind.HYPHENED: _hyphened,
    Kind.MONTHLY: _month_and_year,
    Kind.WRITTEN: _written,
    Kind.WEEKDAY: _weekday,
    Kind.PLURAL: _never,
    Kind.ORDINAL: _day_of_month,
    Kind.BARE: _bare,
    Kind.MONTH: _month,
    Kind.HOLIDAY: _holiday,
}
