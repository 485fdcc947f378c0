"""Operations, tests that were ordered, therapies and therapeutic devices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from compliant_sms.phi._audience._health_terms import Term, found_at, joined
from compliant_sms.phi._health._operations import operations
from compliant_sms.phi._health._short_names import short_names
from compliant_sms.phi._health._specialties import told_otherwise
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

_OBJECTS = Kind.BODY | Kind.CONDITION | Kind.MEASURE | Kind.MEDICATION | Kind.PROCEDURE
_BEFORE = _OBJECTS & ~Kind.MEDICATION
_PARTS = (
    r"abdomen|ankle|arm|brain|breast|chest|elbow|finger|foot|hand|head|hip|jaw|knee|leg|"
    r"(?:[lct]|lumbar|cervical|thoracic)[- ]spine|lumbar|cervical|neck|orbits|pelvis|ribs?|"
    r"shoulder|sinus(?:es)?|spine|thigh|thoracic|thumb|thyroid|toe|tooth|wrist|cabeza|cadera|"
    r"abd(?:/pelvis)?|calf|eye|face|groin|heel|kidneys?|liver|lungs?|ovary|pelvic|skull|tailbone|"
    r"columna|cuello|espalda|hombro|mano|muneca|pecho|pie|rodilla|tobillo|torax"
)


@cache
def _further() -> re.Pattern[str]:
    """What of, or how."""
    return re.compile(
        r"(?: (?:w/?o?|with|without|sin|con) (?:contrast[eo]?|dye)\b"
        rf"|[ /-](?:(?:left|right|bilateral|rt|lt) )?(?:{_PARTS})\b"
        r"|(?: on)?(?: tooth)? #\d{1,2}\b| on tooth \d{1,2}\b"
        r"| (?:of|on|de) (?:(?:the|your|my|his|her|both|la|el|las|los) )?"
        rf"(?:(?:left|right|upper|lower) )?(?:{_PARTS})\b){{1,3}}"
    )


_NEAR = 4  # terms that one name is made of


def find_procedures(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text says what is done for somebody's health, or which device helps."""
    some = told_otherwise(view)
    found: list[PhiFinding] = []
    last, words = 0, len(view.words)
    for at, term in enumerate(some):
        if not term.kind & _OBJECTS or term.end <= last:
            continue
        head = term.last
        if head + 1 < words and view.gaps[head + 1] in _TIES:
            head = _head(view, term)
        if head > term.last or _alone(term):
            end = view.ends[head] if head > term.last else term.end
            if further := _further().match(view.lower, end):
                end = further.end()
            end = _without_supplies(view, head, max(end, _of_something(view, some, at)))
            start = _start(view, some, at)
            if view.lower.startswith("get ", start):
                start = view.starts[term.last]  # "get tested"
            if not (view.lower.endswith(_NOT_NEEDED, 0, start) or _is_no_care(view, term, end)):
                last = end
                found.append(found_at((start, end), PhiLabel.PROCEDURE, "procedure/term"))
    told = operations(view, some)
    found += [found_at(span, PhiLabel.PROCEDURE, "procedure/told") for span in told]
    if view.said & marks.SHORT_NAME:
        found += short_names(view, PhiLabel.PROCEDURE)
    return found


_NOT_NEEDED = ("dont need a ", "don't need a ", "dont need any ", "no need for a ", "not need a ")


def _head(view: View, term: Term) -> int:
    """The word that makes a procedure of the part, illness or measure named before it."""
    after, heads = term.last + 1, cues(_HEADS.get(term.kind, "procedure heads"))
    while after < len(view.words) and view.words[after] in heads and view.gaps[after] in _TIES:
        after += 1
    return after - 1


def _is_no_care(view: View, term: Term, end: int) -> bool:
    """Whether it tells where something is: "the chemo room", or who fills in a form."""
    fills = view.words[term.last] == "filling" and view.words[term.last + 1 : term.last + 2] in _IN
    if fills:
        return True
    after = term.last + 1
    return (
        end == term.end
        and view.words[after : after + 1] in _PLACES
        and view.gaps[after] == " "
        and not (term.first and view.words[term.first - 1] in _OWN)
    )


_IN = (["in"], ["out"], ["this"], ["these"])
_PLACES = (["room"], ["entrance"], ["floor"], ["wing"], ["parking"], ["waiting"], ["solution"])
_OWN = frozenset({"my", "your", "his", "her", "mi", "su"})


def _without_supplies(view: View, last: int, end: int) -> int:
    """The end, but for what a device is supplied with, or how it is done: "wound vac change"."""
    if end == view.ends[last] and view.words[last] in _SUPPLIED and last and view.gaps[last] == " ":
        before = view.words[last - 1]
        told = view.words[last] != "change" or before in _CHANGED
        told = told and not (before == "therapy" and view.words[last].startswith("session"))
        return view.ends[last - 1] if told else end
    return end


_SUPPLIED = frozenset({"batteries", "battery", "sensors", "supplies", "canister", "change"})
_SUPPLIED |= {"session", "sessions", "score", "output"}
_CHANGED = frozenset({"vac", "pump", "sensor", "pod"})
_TIES = frozenset({" ", "-", "/"})
_HEADS = {
    Kind.PROCEDURE: "heads of a procedure",
    Kind.MEDICATION: "heads of a medicine",
    Kind.CONDITION: "heads of an illness",
    Kind.BODY: "heads of a part",
}


def _of_something(view: View, some: Sequence[Term], at: int) -> int:
    """The end of "cirugia de catarata", or 0."""
    term = some[at]
    if term.kind != Kind.PROCEDURE:
        return 0
    for after in some[at + 1 : at + _NEAR]:
        between = view.words[term.last + 1 : after.first]
        if (
            between
            and between[0] in _OF
            and _ARTICLES.issuperset(between[1:])
            and joined(view, term.last, after.first)
            and after.kind & _OBJECTS
        ):
            return after.end
    return 0


_OF = frozenset({"de", "del", "con"})
_ARTICLES = frozenset({"la", "el", "las", "los", "su", "mi"})


def _start(view: View, some: Sequence[Term], at: int) -> int:
    """With the part or illness named right before: "thyroid ultrasound"."""
    first = some[at].first
    for before in reversed(some[max(0, at - _NEAR) : at]):
        beside = before.last + 1 == first and view.gaps[first] in {" ", "-"}
        if beside and before.kind & _BEFORE and _tells_what(before):
            first = before.first
    if first and view.words[first - 1] in cues("kinds of procedures") and view.gaps[first] == " ":
        first -= 1
    return _counted(view, first) if view.has_digit else view.starts[first]


def _counted(view: View, first: int) -> int:
    """With the figure before it: "24-hour urine", "28-week glucola"."""
    start = view.starts[first]
    before = first - 1
    if view.words[first] in _COUNTS:
        before = first
    elif not first or view.words[before] not in _COUNTS or view.gaps[first] not in _TIES:
        return start
    at = view.starts[before]
    found = _figure().search(view.lower, max(0, at - _FIGURE), at)
    return found.start() if found else start


_COUNTS = frozenset({"hour", "hr", "week", "wk", "month", "day", "minute", "min", "lead", "view"})
_FIGURE = 4


@cache
def _figure() -> re.Pattern[str]:
    return re.compile(r"(?<![\w$/.:-])\d{1,2}[ -]$")


_WORDS_BEFORE = 2


def _tells_what(before: Term) -> bool:
    """Whether a term can stand in front of a procedure: "thyroid", not "lump in my breast"."""
    measured = before.kind == Kind.MEASURE and before.everyday
    return before.last - before.first < _WORDS_BEFORE and not measured


def _alone(term: Term) -> bool:
    """What only a laboratory measures is a test by its name alone."""
    return term.kind == Kind.PROCEDURE or (term.kind == Kind.MEASURE and not term.everyday)
