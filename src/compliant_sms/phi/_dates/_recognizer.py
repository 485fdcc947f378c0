"""Dates of one person, in every form that people write them.

45 CFR 164.514(b)(2)(i)(C): every element more exact than a year that is tied to the person. Clock
times and relative days ("tomorrow") are none, nor are days that are for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._dates._figures import Form, Kind
from compliant_sms.phi._dates._forms import date_forms
from compliant_sms.phi._dates._judge import is_birth, is_date
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import BIRTH, DAY, MONTH

_WORDS = DAY | MONTH | BIRTH
_LONGEST_GAP = 8
_GAPS = frozenset((" ", ", ", " the "))
_LIKELY = Confidence.LIKELY
_LABEL = PhiLabel.DATE
_DAY_AND_DATE = frozenset({Kind.WEEKDAY, Kind.PLURAL})
_DATED = frozenset({Kind.FULL, Kind.SHORT, Kind.WRITTEN, Kind.ORDINAL, Kind.BARE})
_SURE = {Kind.FULL: Confidence.CERTAIN, Kind.BIRTH: Confidence.CERTAIN}
_SURE |= {Kind.MONTH: Confidence.HINT, Kind.HOLIDAY: Confidence.HINT}


_OF_AGE = word_set("turn turns turned turning be cumple cumples cumpla cumplas cumplio cumplira")


@cache
def _between() -> re.Pattern[str]:
    return re.compile(r"\.?[,:]?\s?(?:(?:on|the|el|dia)\s)?(?:el\s|the\s)?")


def find_dates(view: View, known: Known) -> Iterable[PhiFinding]:
    """Dates that are a patient's: of birth, of a visit, of whatever happens to one person.

    Returns:
        The findings, in the order of the text; a weekday and its date are one.
    """
    del known
    if not view.has_digit and not view.said & _WORDS and view.plain.isascii():
        return ()
    forms = date_forms(view)
    if not forms:
        return ()
    everybody: Everybody | None = None
    found: list[PhiFinding] = []
    births = view.said & BIRTH or not _OF_AGE.isdisjoint(view.words)
    for form in _joined(view, forms) if len(forms) > 1 else forms:
        if births and is_birth(view, form):
            found.append(_finding(form, Kind.BIRTH))
            continue
        index = view.word_at(form.start)
        if is_date(view, form, index):
            everybody = everybody or Everybody(view)
            if _is_ones(view, form) or not everybody.means(index):
                found.append(_finding(form, form.kind))
    return found


def _is_ones(view: View, form: Form) -> bool:
    """Whether a date says by itself that it is one person's: "Juniper (3/3/17)"."""
    return form.kind == Kind.FULL and (
        patient_writes(view) or view.plain[form.start - 1 : form.start] == "("
    )


def _joined(view: View, forms: list[Form]) -> list[Form]:
    """The forms; a weekday and its date are one, and so are both ends of a span in figures."""
    joined = [forms[0]]
    for form in forms[1:]:
        held = joined[-1]
        if form.start - held.end <= _LONGEST_GAP and _belong(view, held, form):
            kind = Kind.WRITTEN if form.kind in {Kind.ORDINAL, Kind.BARE} else form.kind
            joined[-1] = Form(held.start, form.end, kind)
        else:
            joined.append(form)
    return joined


def _belong(view: View, one: Form, other: Form) -> bool:
    kind, gap = one.kind, view.lower[one.end : other.start]
    if kind in _DAY_AND_DATE:
        if other.kind in _DATED:
            return gap in _GAPS or _between().fullmatch(gap) is not None
        return kind == other.kind == Kind.WEEKDAY and gap == "/"
    return kind == other.kind == Kind.SHORT and gap.strip() == "-"


def _finding(form: Form, kind: str) -> PhiFinding:
    return PhiFinding(
        start=form.start,
        end=form.end,
        label=_LABEL,
        rule=f"date/{kind}",
        confidence=_SURE.get(kind, _LIKELY),
    )
