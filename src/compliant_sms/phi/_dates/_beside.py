"""The words beside a form of a date. No finding by itself."""

from __future__ import annotations

from compliant_sms.phi._dates._figures import Form
from compliant_sms.phi._reading._view import View

_NEAR = 3
_TIGHT = frozenset(" -'")
_FAR = 20


def before(view: View, form: Form, index: int) -> str:
    """The word before a form, if nothing but marks stands between."""
    if not index:
        return ""
    gap = view.plain[view.ends[index - 1] : form.start]
    if gap == " " or (len(gap) <= _NEAR and not any(map(str.isdigit, gap))):
        return view.words[index - 1]
    return ""


def after(view: View, form: Form) -> str:
    """The word after a form, if nothing but a blank or a hyphen stands between."""
    return after_at(view, form.end) if view.plain[form.end : form.end + 1] in _TIGHT else ""


def after_at(view: View, end: int) -> str:
    """The same behind an offset."""
    at = view.word_at(end)
    if at == len(view.words) or view.lower[end : view.starts[at]].strip(" -'"):
        return ""
    return view.words[at]


def around(view: View, index: int) -> list[str]:
    """The words of a short text; those near an index of a long one."""
    return view.words[max(0, index - _FAR) : index + _FAR]
