"""Medicines, vaccines and classes of medicines, with their strength."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi._audience._health_terms import Term, found_at, joined
from compliant_sms.phi._health._short_names import short_names
from compliant_sms.phi._health._specialties import told_otherwise
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

_VIDEO_VISITS = "doxy.me"  # a host for them, and no doxycycline
_TAKEN = Kind.MEDICATION | Kind.CONDITION | Kind.BODY | Kind.MEASURE


_FORM = (
    r"(?: (?:xr|er|vk|sr|la|xl|cr|dr|ir|ds|jr|odt|hcl|hct|hctz|hfa|nph|pm|24|succ(?:inate)?|"
    r"tart(?:rate)?|[a-z]{2,4}pen|solostar|flextouch|kwikpen|diskus|respimat|ellipta|cream|"
    r"ointment|gel|drops|patch|in oil|eye drops|sodium|acetate|glargina|lispro)\b){0,3}"
)
_NO_DATE = (
    r"(?![ -]?(?:0?[1-9]|1[0-2])[/-](?:[012]?\d|3[01]|\d{4})(?:[/-]\d{2,4})?(?![.\w])"
    r"(?! ?(?:mg|mcg|u|%)))(?![ -]?\d{4}-\d)"
)
_FIGURE = r"(?:\d{1,5}(?:[.,]\d{1,3})?|\.\d{1,3})(?:[/-]\d{1,4}(?:\.\d{1,2})?)?"
_UNIT = (
    r" ?(?:mg|mcg|ug|g|gm|grams?|gramos|miligramos|ml|cc|units?|unidades|iu|ui|u|meq|mgs|"
    r"milligrams?|micrograms?|%)(?:/\d{1,2}(?:\.\d)? ?ml|/\w{1,5})?\b(?: (?:im|iv|sc|subq|sq)\b)?"
)
_NO_STRENGTH = (
    r"(?![\d/:\w]|-\d|[.,]\d| ?(?:or|o|days?|weeks?|wks?|times?|x|am|pm|a\.m|p\.m|hrs?|hours?|"
    r"min|minutes?|months?|years?|refills|pills?|tabs?|tablets?|doses?|ago|left|dias|veces|horas|"
    r"semanas|meses|pastillas|boxes|bottles|pens|shots|nights?|mornings?|of|to)\b)"
)


@cache
def _strength() -> re.Pattern[str]:
    """What follows a name: its form, then how much of it is in one dose."""
    return re.compile(
        rf"{_FORM}(?:(?: (?:a|de|d))?[ -]?{_NO_DATE}{_FIGURE}(?:{_UNIT}|{_NO_STRENGTH}))?"
    )


@cache
def _dose() -> re.Pattern[str]:
    return re.compile(r"\d{1,4}(?:\.\d{1,2})? ?(?:mg|mcg|units|unidades|iu)\b(?!/d)")


def find_medications(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says which medicine somebody takes."""
    found: list[PhiFinding] = []
    last, words, terms = 0, view.words, told_otherwise(view)
    given = any(words[term.last] in cues("vaccinated") for term in terms)
    given = given and not cues("vaccines").isdisjoint(words)
    for term in terms:
        if view.lower.startswith(_VIDEO_VISITS, term.start):
            continue
        if term.kind & _TAKEN and term.start >= last and (span := _span(view, term, given=given)):
            span = _without_shots(view, span)
            last = span[1]
            found.append(found_at(span, PhiLabel.MEDICATION, "medication/name"))
    if found and view.has_digit:
        found += _doses(view, last)
    if view.said & marks.SHORT_NAME:
        found += short_names(view, PhiLabel.MEDICATION)
    return found


def _span(view: View, term: Term, *, given: bool) -> tuple[int, int] | None:
    words, after = view.words, term.last + 1
    if term.kind == Kind.MEDICATION:
        matched = _strength().match(view.lower, term.end)
        start = _named_before(view, term.first)
        return term.start if start is None else start, matched.end() if matched else term.end
    if after < len(words) and words[after] in cues("medicine") and view.gaps[after] in _TIES:
        return (
            None
            if _is_done(term, words[term.last], words[after])
            else (
                term.start,
                view.ends[after],
            )
        )
    if given and words[term.last] in cues("vaccinated"):
        return term.start, term.end
    start = _named_before(view, term.first)
    return None if start is None else (start, term.end)


_TIES = frozenset({" ", "-"})


def _without_shots(view: View, span: tuple[int, int]) -> tuple[int, int]:
    """Without what several have in common: "MMR and varicella" of "MMR and varicella shots"."""
    start, end = span
    if not view.lower.endswith((" shots", " vaccines"), start, end):
        return span
    at = view.word_at(start)
    several = at > 1 and view.words[at - 1] in _AND
    several = several and any(mark & marks.HEALTH for mark in view.marks[max(0, at - 3) : at - 1])
    return (start, view.lower.rindex(" ", start, end)) if several else span


_AND = frozenset({"and", "&", "n", "y"})


def _is_done(term: Term, word: str, after: str) -> bool:
    """Whether it is rather done than taken: "allergy shots", "knee injection"."""
    return word == "allergy" or (term.kind == Kind.BODY and after.startswith("injection"))


def _named_before(view: View, first: int) -> int | None:
    """Where "vacuna de", "pastillas para la" begins, when it stands before a word."""
    at = first - 1
    while at > 0 and view.words[at] in _LINKS:
        at -= 1
    told = 0 <= at < first - 1 and view.words[at] in cues("medicine") and joined(view, at, first)
    return view.starts[at] if told else None


_LINKS = frozenset({"de", "del", "para", "contra", "la", "el", "las", "los"})


def _doses(view: View, after: int) -> Iterator[PhiFinding]:
    """Further doses of it: "then 4 mg daily"."""
    for start, _ in view.figures:
        before = view.lower[start - 1 : start]
        if start < after or before.isalnum() or before in _NO_DOSE_AFTER:
            continue
        if matched := _dose().match(view.lower, start):
            yield found_at(matched.span(), PhiLabel.MEDICATION, "medication/dose")


_NO_DOSE_AFTER = frozenset(".$/")
