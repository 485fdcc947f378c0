"""Values that stand apart from what they measure: "my tsh? last one was 6.8", "was 240 b4 bed"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi import _health_values as forms
from compliant_sms.phi._health_data import cues
from compliant_sms.phi._health_terms import Kind, Term
from compliant_sms.phi._view import View

__all__ = ["later_values"]

Place = tuple[int, int, str]  # with the rule that saw it

_LEAST, _MOST = 30, 600  # of the sugar in somebody's blood


@cache
def _was() -> re.Pattern[str]:
    return re.compile(
        r"(?:\b(?:was|is|its|it's|at|hit|been|says|said|now|estaba|fue|salio|marco)|^) "
        r"(?:like |about |up to |only |still |just )?(?=\d)"
    )


@cache
def _at_a_meal() -> re.Pattern[str]:
    """What follows a value of the sugar in the blood."""
    return re.compile(
        r" (?:(?:right |just |an hour |1 hr |2 hrs? |2 hours )?(?:before|b4|after|antes de|despues de)"
        r" (?:i )?(?:the |my |el |la )?"
        r"(?:bed|bedtime|breakfast|lunch|dinner|supper|eating|ate|eat|meals?|food|insulin|desayuno|"
        r"comer|comida|cena|dormir)\b"
        r"|(?:when|once) (?:i|he|she) (?:got up|woke|gets up|wakes)|at bedtime|fasting|en ayunas)"
    )


@cache
def _further() -> re.Pattern[str]:
    return re.compile(r"[^.?!\d]{0,24}?(?:\band|\bthen|,|&|\bluego|\by) (?=(\d{2,3}) "
                      r"(?:when|after|before|b4|at bed|this|now|in the|fasting|despues|antes))")


def later_values(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Values behind what is measured, with other words between; and values at meals."""
    measured = [term.end for term in terms if _is_measure(view, term)]
    for found in _was().finditer(view.lower):
        value = forms.value().match(view.lower, found.end())
        if value is None:
            continue
        meal = _at_a_meal().match(view.lower, value.end())
        if meal and _is_sugar(value[0]):
            yield *value.span(), "meal"
            yield from _at_further_meals(view.lower, meal.end())
            return
        if measured and measured[0] < found.start() and _of_it(view.lower, measured[0], found):
            yield *value.span(), "later"
            return


def _is_measure(view: View, term: Term) -> bool:
    return term.kind == Kind.MEASURE and view.words[term.last] not in cues("warm")


_NEAR = 48  # characters between what is measured and its value


def _of_it(lower: str, begin: int, found: re.Match[str]) -> bool:
    """Whether a value belongs to what was named: "last one was", "was"."""
    if found[0].startswith(_AT):
        return False
    between = lower[begin : found.start()]
    return len(between) <= _NEAR and not any(each in between for each in _OTHERS)


_AT = ("at ", "now ")
_OTHERS = ("appt", "appointment", "bill", "copay", "age", "cita", "order", "room")


def _is_sugar(value: str) -> bool:
    return value.isdigit() and _LEAST <= int(value) <= _MOST


def _at_further_meals(lower: str, begin: int) -> Iterator[Place]:
    while found := _further().match(lower, begin):
        if not _is_sugar(found[1]):
            return
        begin = found.end(1)
        yield *found.span(1), "meal"
