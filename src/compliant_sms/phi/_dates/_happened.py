"""Whether a month or a holiday alone is a day of somebody's: something happened then."""

from __future__ import annotations

from compliant_sms.phi._audience._audience import sentence_of
from compliant_sms.phi._dates import _cues as cues
from compliant_sms.phi._dates._beside import after, around, before
from compliant_sms.phi._dates._figures import Form
from compliant_sms.phi._reading._view import View

_NEAR = 3
_AGES = frozenset(("birthday", "bday", "turn", "turns", "turning", "old"))
_IS_MINE = (["is", "my"], ["is", "her"], ["is", "his"], ["was", "my"])
_OWNERS = cues.OWNERS | {"for"}
_VISITS = frozenset(("appt", "appointment", "visit", "cita", "works", "ok", "okay", "fine"))
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
    if not view.capital[0] and (lead in cues.AS_MONTH or _is_part(view, index, lead)):
        aged = index > 0 and view.gaps[index - 1].strip().isdigit()  # "she'll be 91 in may"
        return not aged and _AGES.isdisjoint(around(view, index))
    planned = lead in cues.BY_MONTH and not cues.PLANNED.isdisjoint(around(view, index))
    return planned or _happened(view, index)


def _is_part(view: View, index: int, lead: str) -> bool:
    """Whether it is a part of a month: "end of may", "first week of june"."""
    return lead in {"of", "de"} and index > 1 and view.words[index - 2] in cues.PARTS_OF_MONTH


def is_holiday_of_one(view: View, form: Form, index: int) -> bool:
    """Whether something happened to a person on a day that has a name, or is to."""
    if view.plain[form.end - 1].isdigit():
        return True
    lead = before(view, form, index)
    if lead in cues.PASSED or lead in cues.LIVED or _is_past(lead):
        return True  # "i was seen xmas eve"
    if after(view, form) in _VISITS or (not view.capital[0] and _is_lived(view, form, index)):
        return True
    return lead in cues.BEFORE | {"around"} and _happened(view, index)


def _is_lived(view: View, form: Form, index: int) -> bool:
    """Whether words beside it tell what somebody did, felt or has to come.

    Those are "hurt it labor day", "new years eve i fell", "valentines day is my due date".
    """
    if not cues.LIVED.isdisjoint(view.words[max(0, index - _NEAR) : index]):
        return True
    at = view.word_at(form.end)
    ahead = view.words[at : at + _NEAR]
    lived = ahead[:1] == ["i"] and not cues.LIVED.isdisjoint(ahead)
    return lived or ahead[:2] in _IS_MINE


def _happened(view: View, index: int) -> bool:
    """Whether the words of the sentence around one tell of what happened."""
    words = view.words[slice(*sentence_of(view, index))]
    return not cues.LIVED.isdisjoint(words) or any(map(_is_past, words))


def _is_past(word: str) -> bool:
    return word[-2:] == "ed" and len(word) > 4 and word != "closed"
