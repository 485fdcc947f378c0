"""Whether a month or a holiday alone is a day of somebody's: something happened then."""

from __future__ import annotations

from compliant_sms.phi import _date_cues as cues
from compliant_sms.phi._date_beside import after, around, before
from compliant_sms.phi._date_figures import Form
from compliant_sms.phi._view import View

__all__ = ["is_holiday_of_one", "is_month_of_one"]

_NEAR = 3
_OWNERS = cues.OWNERS | {"for"}
_VISITS = frozenset(("appt", "appointment", "visit", "cita", "works"))
_TRIPS = frozenset(("trip", "vacation", "wedding", "cruise", "travel"))


def is_month_of_one(view: View, form: Form, index: int) -> bool:
    """Whether something happened to a person then."""
    lead = before(view, form, index)
    if lead in cues.PASSED or lead == "due":
        return view.words[index] not in cues.NO_MONTH_ALONE
    if lead in _OWNERS and after(view, form) in cues.OCCASION | _TRIPS:
        return True  # "missed my oct appt"
    named = view.words[index] not in cues.NO_MONTH_ALONE or view.capital[index]
    if not named or lead not in cues.MONTH_BEFORE:
        return False
    planned = lead in cues.BY_MONTH and not cues.PLANNED.isdisjoint(around(view, index))
    return planned or _happened(view, index)


def is_holiday_of_one(view: View, form: Form, index: int) -> bool:
    """Whether something happened to a person on a day that has a name, or is to."""
    if view.plain[form.end - 1].isdigit():
        return True
    lead = before(view, form, index)
    if lead in cues.PASSED or lead in cues.LIVED or _is_past(lead):
        return True  # "i was seen xmas eve"
    if after(view, form) in _VISITS or (not view.capital[0] and _hurt(view, index)):
        return True
    return lead in cues.BEFORE | {"around"} and _happened(view, index)


def _hurt(view: View, index: int) -> bool:
    """Whether a word before one tells what somebody did or felt: "hurt it labor day"."""
    return not cues.LIVED.isdisjoint(view.words[max(0, index - _NEAR) : index])


def _happened(view: View, index: int) -> bool:
    """Whether the words around one tell of what happened."""
    words = around(view, index)
    return not cues.LIVED.isdisjoint(words) or any(map(_is_past, words))


def _is_past(word: str) -> bool:
    return word[-2:] == "ed" and len(word) > 4
