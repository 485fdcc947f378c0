"""Which specially protected kinds of care a text is about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import Kind
from compliant_sms.phi._health_terms import Term, is_of_one, read_health
from compliant_sms.phi._labels import HEALTH_LABELS, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._specialties import end_of_place
from compliant_sms.phi._view import View

_GENERAL = Sensitivity.GENERAL
_ORDER = {care: place for place, care in enumerate(Sensitivity)} | {_GENERAL: len(Sensitivity)}
_LONGEST_CODE = 9
_NEAR = 8  # terms that can stand around another one

# Ways of saying it without any term; who is in danger seldom uses one.
_SAID = {
    Sensitivity.MENTAL_HEALTH: (
        r"(?:don'?t|do not|no) (?:want|wanna) (?:to )?(?:be (?:here|alive)|live|wake up|exist)\b"
        r"|(?:better off|wish i (?:was|were)) (?:dead|without me)|end (?:it all|my life|things)"
        r"|(?:kill|hurt)(?:ing)? (?:my|him|her)self|can'?t (?:go on|do this anymore)"
        r"|no reason to live|quiero morir|no quiero vivir|crisis (?:line|team|counsel\w{0,4})"
    ),
    Sensitivity.REPRODUCTIVE: (
        r"\b\d{1,2} ?(?:wks?|weeks?|semanas)\b (?:along|pregnant|de embarazo)|\bi'?m spotting"
    ),
    Sensitivity.ABUSE: (
        r"(?:he|she|husband|boyfriend|girlfriend|partner|ex|wife|dad|mom) "
        r"(?:hits?|beats?|chok\w{1,4}|threaten\w{0,4}|hurts?|pushe[ds]) (?:me|us)\b"
        r"|(?:afraid|scared) of (?:my|him|her)\b|not safe at home|safe house"
    ),
    Sensitivity.SUBSTANCE_USE: (
        r"days? (?:clean|sober)|\b(?:na|aa) (?:meeting|sponsor)|drunk again"
    ),
}


@cache
def _sayings() -> tuple[tuple[Sensitivity, re.Pattern[str]], ...]:
    return tuple((care, re.compile(pattern)) for care, pattern in _SAID.items())


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


def sensitivities(view: View, findings: Iterable[PhiFinding]) -> frozenset[Sensitivity]:
    """The specially protected kinds of care that a text is about.

    A text can belong here and hold nothing to hide: "I do not want to be here any more".

    Args:
        view: the text.
        findings: what was found in it, with the offsets of :attr:`View.plain`.

    Returns:
        The kinds; none of them is :attr:`Sensitivity.GENERAL`.

    Raises:
        InvalidInput: the packaged data are damaged.
    """
    found = {care_of_finding(view, f) for f in findings if f.label in HEALTH_LABELS}
    if view.said & marks.SAYING:
        found |= _said(view)
    return frozenset(found - {_GENERAL})


def _said(view: View) -> frozenset[Sensitivity]:
    """What is said without any term; looked for once in a text."""
    read = read_health(view)
    if read.sayings is None:
        cares = [care for care, said in _sayings() if is_of_one(view) and said.search(view.lower)]
        read.sayings = frozenset(cares)
    return read.sayings


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
