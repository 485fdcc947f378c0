"""Which specially protected kind of care a part of a text is about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from compliant_sms.phi._audience._health_terms import Term, read_health
from compliant_sms.phi._health._specialties import end_of_place
from compliant_sms.phi._labels import PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind

_GENERAL = Sensitivity.GENERAL
_ORDER = {care: place for place, care in enumerate(Sensitivity)} | {_GENERAL: len(Sensitivity)}
_LONGEST_CODE = 9
_NEAR = 8  # terms that can stand around another one


def care_of_finding(view: View, finding: PhiFinding) -> Sensitivity:
    """The kind of care that a finding gives away.

    A hint is judged with the place that it is the name of: "Fertility Associates".

    Args:
        view: the text.
        finding: in it, with the offsets of :attr:`View.plain`.

    Raises:
        InvalidInput: the packaged data are damaged.
    """
    hint = finding.label is PhiLabel.SPECIALTY_HINT
    return care_of(view, finding.start, end_of_place(view, finding.end) if hint else finding.end)


def care_of(view: View, start: int, end: int) -> Sensitivity:
    """The kind of care that a part of a text gives away, by the terms and the codes inside it.

    Args:
        view: the text.
        start: offset in :attr:`View.plain`.
        end: offset after the part.

    Returns:
        The most specially protected kind; :attr:`Sensitivity.GENERAL` when there is none.

    Raises:
        InvalidInput: the packaged data are damaged.
    """
    found: set[Sensitivity] = set()
    read = view.health or read_health(view)
    cared, terms = read.cared, read.terms
    for place in range(bisect_left(cared, start, key=lambda at: terms[at].start), len(cared)):
        at = cared[place]
        term = terms[at]
        if term.start >= end:
            break
        if term.end <= end:
            found.update(_cares(term, terms[max(0, at - _NEAR) : at + _NEAR]))
    # A code has a figure behind its first letter.
    if end - start <= _LONGEST_CODE and view.plain[start + 1 : start + 2].isdigit():
        found.add(_of_code(view.plain[start:end].upper()))
    return most_protected(found)


def most_protected(cares: Iterable[Sensitivity]) -> Sensitivity:
    """The most specially protected of some kinds of care; the general one when there is none."""
    return min(cares, key=_ORDER.__getitem__, default=_GENERAL)


def _cares(term: Term, near: Iterable[Term]) -> set[Sensitivity]:
    """The care of a term, or of the longest ones that it is only a part of.

    "Genetic counseling" is about genetics; "HIV clinic" about HIV, where the hint is "HIV" alone.
    What is measured tells no care of its own: "depression score".
    """
    around = [
        other
        for other in near
        if other.start <= term.start and term.end <= other.end and other.kind != Kind.MEASURE
    ]
    longest = max(other.end - other.start for other in around)
    if longest == term.end - term.start:
        return {term.care}
    return {other.care for other in around if other.end - other.start == longest}


def _of_code(code: str) -> Sensitivity:
    """The care that a chapter of ICD-10-CM stands for."""
    return next((care for form, care in _chapters() if form.match(code)), _GENERAL)


@cache
def _chapters() -> tuple[tuple[re.Pattern[str], Sensitivity], ...]:
    return tuple((re.compile(pattern), care) for pattern, care in _CHAPTERS)


_CHAPTERS = (
    ("F1", Sensitivity.SUBSTANCE_USE),
    ("F64", Sensitivity.GENDER_AFFIRMING),
    ("F", Sensitivity.MENTAL_HEALTH),
    ("B20|Z21|A5|A6[0-4]|Z20\\.2|Z20\\.6|Z11\\.[34]|Z72\\.5", Sensitivity.HIV_STI),
    ("O|Z3[0-9]|N97|N46|P0", Sensitivity.REPRODUCTIVE),
    ("T7[46]|Z69|Y07", Sensitivity.ABUSE),
    ("Z14|Z15|Q9", Sensitivity.GENETICS),
)
