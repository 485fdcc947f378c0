"""Values that stand apart from what they measure: "my tsh? last one was 6.8", "was 240 b4 bed"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._health import _values as forms
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind, cues

Place = tuple[int, int, str]  # with the rule that saw it

_LEAST, _MOST = 30, 600  # of the sugar in somebody's blood


_AT = (" at ", " now ")
_WAS = (
    " was ",
    " is ",
    " its ",
    " it's ",
    " hit ",
    " been ",
    " says ",
    " said ",
    " fue ",
    " marco ",
)
_SAYS = (*_WAS, *_AT, " estaba ", " salio ")
_ABOUT = (" like ", " about ", " up to ", " only ", " still ", " just ")
_FASTING = ("fasting ", "fasting was ", "ayunas ", "fasting: ")
_TOLD = (*_SAYS, *_ABOUT, *_FASTING)
_FIRST = frozenset({"was ", "is ", "its ", "it's ", "fue "})
_TOLD_ENDS = frozenset(told[-2:] for told in (*_TOLD, *_FIRST))


@cache
def _at_a_meal() -> re.Pattern[str]:
    """What follows a value of the sugar in the blood."""
    return re.compile(
        r" (?:(?:right |just |an hour |1 hr |2 hrs? |2 hours )?"
        r"(?:before|b4|after|antes de|despues de)"
        r" (?:i )?(?:the |my |el |la )?"
        r"(?:bed|bedtime|breakfast|lunch|dinner|supper|eating|ate|eat|meals?|food|insulin|desayuno|"
        r"comer|comida|cena|dormir)\b"
        r"|(?:when|once) (?:i|he|she) (?:got up|woke|gets up|wakes)|at bedtime|fasting|en ayunas)"
    )


@cache
def _further() -> re.Pattern[str]:
    return re.compile(
        r"[^.?!\d]{0,24}?(?:\band|\bthen|,|&|\bluego|\by) (?=(\d{2,3}) "
        r"(?:when|after|before|b4|at bed|this|now|in the|fasting|despues|antes))"
    )


def later_values(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Values behind what is measured, with other words between; and values at meals."""
    lower, measured = view.lower, _measured(view, terms)
    for start, end in view.figures:
        if lower[start - 2 : start] not in _TOLD_ENDS or lower[end : end + 1] not in _GOES_ON:
            continue
        if not _is_told(lower, start):
            continue
        value = forms.value().match(lower, start)
        if value and _is_sugar(value[0]) and (meal := _at_a_meal().match(lower, value.end())):
            yield *value.span(), "meal"
            yield from _at_further_meals(lower, meal.end())
            return
        if value and _is_sugar(value[0]) and lower.endswith(_FASTING, 0, start):
            yield *value.span(), "meal"
        elif value and _of_it(lower, measured, start):
            yield *value.span(), "later"
            return


@cache
def _value_before() -> re.Pattern[str]:
    """A value before what is measured: "got 7.2 on my a1c", "is 9.2 bad for a1c"."""
    return re.compile(
        r"(?<![\w.,:/$#-])(?P<value>\d{1,3}(?:\.\d{1,2})?%?)"
        r"(?: (?:bad|good|high|low|normal|ok|okay))?"
        r" (?:on|for|as|en) (?:(?:my|the|his|her|an|a|mi|su|la|el) )?$"
    )


_MOST_BEFORE = 28  # characters


def values_before(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Values right before what is measured."""
    for term in terms:
        if term.kind == Kind.MEASURE and not term.everyday and term.start:
            begin = max(0, term.start - _MOST_BEFORE)
            if found := _value_before().search(view.lower, begin, term.start):
                yield *found.span("value"), "before"


@cache
def _on_a_meter() -> re.Pattern[str]:
    """What a meter shows instead of a figure: "my meter just says HI"."""
    return re.compile(
        r"\b(?:meter|glucometer|monitor|machine|dexcom|libre|cgm|sugar|reading|cuff|oximeter)"
        r"(?: (?:just|only|still|keeps?|always)){0,2} (?:says?|saying|reads?|reading|shows?|showed)"
        r" (?P<value>hi|lo|high|low|error|err|e-?\d)\b"
    )


def shown_on_meters(view: View) -> Iterator[Place]:
    """What meters show in letters."""
    for found in _on_a_meter().finditer(view.lower):
        yield *found.span("value"), "meter"


@cache
def _again() -> re.Pattern[str]:
    return re.compile(
        r"(?: at \d{1,2}(?::\d\d)? ?[ap]m)?[^.?!\d\n]{0,32}"
        r"[ ,](?:still|now|then|down to|back to|back up to) "
        r"(?P<value>\d{2,3}(?:/\d{2,3})?)(?=(?: (?:now|again|after|today|this|later)|[.,;!?]|$))"
    )


def value_again(lower: str, place: Place) -> Place | None:
    """The value of the same thing later: "sugar 58, drank juice, now 94"."""
    if place[2] not in _MEASURED_AGAIN:
        return None
    found = _again().match(lower, place[1])
    return (*found.span("value"), "again") if found else None


_MEASURED_AGAIN = frozenset({"measure", "pressure", "warmth", "meal"})

SHOWN = frozenset({"hi", "lo", "high", "low", "error", "err", "e"})
"""What meters show in letters; nobody writes of it without."""
_GOES_ON = frozenset(" .,!?%)")


def _is_told(lower: str, start: int) -> bool:
    """Whether "was" or the like stands before a figure."""
    if not lower.endswith(_TOLD, 0, start):
        return start <= _BEGINS and lower[:start] in _FIRST
    if lower.endswith(_FASTING, 0, start):
        return True
    about = next((len(each) for each in _ABOUT if lower.endswith(each, 0, start)), 1)
    return about == 1 or lower.endswith(_SAYS, 0, start + 1 - about)


def _measured(view: View, terms: Sequence[Term]) -> int:
    """Where the first term ends that has a value; where the text does, if none has."""
    return next((term.end for term in terms if _is_measure(view, term)), len(view.lower))


_BEGINS = 5


def _is_measure(view: View, term: Term) -> bool:
    return term.kind == Kind.MEASURE and view.words[term.last] not in cues("warm")


_NEAR = 48  # characters between what is measured and its value


def _of_it(lower: str, begin: int, start: int) -> bool:
    """Whether a value belongs to what was named: "last one was", "was"."""
    if begin >= start or lower.endswith(_AT, 0, start) or start - begin > _NEAR:
        return False
    return not any(other in lower[begin:start] for other in _OTHERS)


_OTHERS = ("appt", "appointment", "bill", "copay", "age", "cita", "order", "room")


def _is_sugar(value: str) -> bool:
    return value.isdigit() and _LEAST <= int(value) <= _MOST


def _at_further_meals(lower: str, begin: int) -> Iterator[Place]:
    while found := _further().match(lower, begin):
        if not _is_sugar(found[1]):
            return
        begin = found.end(1)
        yield *found.span(1), "meal"
