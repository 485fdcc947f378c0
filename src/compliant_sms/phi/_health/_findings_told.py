"""What an examination showed, told as a phrase: "the MRI showed a small meniscus tear"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, takewhile

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._health._finding_said import PRONOUN_OF_IT, Said, ends, said_of
from compliant_sms.phi._health._verdicts import in_brackets
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

Place = tuple[int, int, str]  # with the rule that saw it

_LONG = 9  # words of a finding
_MOST_PASSED = 9  # before it


def findings_told(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Phrases behind an examination and a word such as "showed", to the end of the clause."""
    until = 0
    for test in view.marked(marks.EXAMINED):
        said = said_of(view, test) if test >= until else None
        if said is None or _supposed(view, test) or _begins_after_a_date(view, said.first):
            continue
        first, pronoun = _past_articles(view, said.first)
        after = _end(view, first)
        if first < after and _is_finding(view, (first, after), terms, said, pronoun=pronoun):
            yield _start(view, first), _whole(view, after), "told"
            until = after


def findings_seen(view: View) -> Iterator[Place]:
    """Phrases between "saw" and an examination: "saw a shadow on the x-ray"."""
    for test in view.marked(marks.EXAMINED):
        on = next((at for at in range(test - 1, max(-1, test - _NEAR), -1) if _is_on(view, at)), 0)
        for at in range(on - 1, max(-1, on - _LONG), -1):
            if view.gaps[at + 1] not in _BLANKS:
                break
            if view.words[at] in _SAW:
                first, _ = _past_articles(view, at + 1)
                if first < on and not cues("findings").isdisjoint(view.words[first:on]):
                    yield _start(view, first), view.ends[on - 1], "seen"
                break


def _is_on(view: View, at: int) -> bool:
    after = at + 1
    return view.words[at] in _AT_A_PLACE and (
        view.words[after] in _OWN or bool(view.marks[after] & marks.EXAMINED)
    )


_NEAR = 5
_BLANKS = frozenset({" ", "-"})
_SAW = frozenset({"saw", "see", "found", "noticed", "spotted", "seen", "noted", "vimos", "vio"})
_SAW |= {"looked", "looks", "appeared", "appears"}


def _begins_after_a_date(view: View, first: int) -> bool:
    """Whether a sentence ended with figures in between: "your test is 9/14. No metoprolol"."""
    gap = view.gaps[first]
    return ". " in gap and any(map(str.isdigit, gap))


_IF = frozenset({"if", "si", "when", "cuando", "unless", "until"})


def _supposed(view: View, test: int) -> bool:
    return not _IF.isdisjoint(view.words[max(0, test - 4) : test])


def _past_articles(view: View, first: int) -> tuple[int, bool]:
    """Past "back", "that you have a"; and whether somebody was named in between."""
    pronoun = False
    limit = min(first + _MOST_PASSED, len(view.words))
    while first < limit and view.words[first] in cues("before a finding"):
        if _figure_begins(view, first) < view.starts[first] or view.gaps[first + 1] == "-":
            break
        pronoun = pronoun or view.words[first] in _PRONOUNS
        first += 1
    return first, pronoun


_PRONOUNS = frozenset({"you", "i", "he", "she", "im", "i'm", "you're", "youre", "u", "ur"})


def _end(view: View, first: int) -> int:
    """The word after the finding."""
    words = view.words
    at = first
    while at < min(first + _LONG, len(words)):
        if at > first and not _goes_on(view, at):
            break
        if words[at] in cues("after a finding") and not _at_a_place(view, at):
            break
        at += 1
    while at > first and words[at - 1] in _NEVER_LAST:
        at -= 1
    return at


_NEVER_LAST = frozenset({"and", "y", "of", "the", "a", "with", "con", "de", "for", "n", "in", "on"})
_NEVER_LAST |= {"all"}


def _goes_on(view: View, at: int) -> bool:
    """Whether a finding goes on with a word: "mild dysplasia, left", "E. coli"."""
    gap = view.gaps[at]
    if gap == ". ":
        return view.ends[at - 1] - view.starts[at - 1] == 1 and not view.capital[at]
    if "," in gap:
        return view.words[at] in cues("sides") or view.words[at] in cues("findings")
    clause = (
        view.words[at] in _AND
        and view.words[at + 1 : at + 2]
        and view.words[at + 1] in cues("after a finding")
    )
    return not (ends(gap) or clause)


_AND = frozenset({"and", "y", "n"})
_AT_A_PLACE = frozenset({"on", "in", "at", "en"})
_OWN = frozenset({"the", "your", "my", "his", "her", "both", "el", "la", "tu", "su"})


def _at_a_place(view: View, at: int) -> bool:
    """Whether "on", "in" begin to say where: "on the right", "in the left eye"."""
    if view.words[at] not in _AT_A_PLACE:
        return False
    where = view.words[at + 1 : at + 4]
    kinds = view.marks[at + 1 : at + 4]
    if where and where[0] in _OWN:
        where, kinds = where[1:], kinds[1:]
    examined = any(kind & marks.EXAMINED for kind in kinds[1:])  # "in the urine culture"
    return (
        bool(where) and not examined and (where[0] in cues("sides") or bool(kinds[0] & marks.BODY))
    )


def _is_finding(
    view: View, place: tuple[int, int], terms: Sequence[Term], said: Said, *, pronoun: bool
) -> bool:
    first, after = place
    words = view.words[first:after]
    if words[0] in cues("no finding") or words == ["pregnant"]:  # a state
        return False
    if words[0] in _NONE:
        return len(words) > 1 and words[1] not in cues("none of no finding")
    named = not cues("findings").isdisjoint(words)
    sick = _ill(view, place, terms)
    if said.shown and not pronoun:
        return named or sick or not cues("how it is").isdisjoint(words) or _learned(view, place)
    if said.listed:
        return named or (sick and not _ORDERS.intersection(view.words[max(0, first - 3) : first]))
    alone = len(words) == 1 and words[0] in _AS_EXPECTED
    return sick or alone or not cues("findings").isdisjoint(words[:3])


def _ill(view: View, place: tuple[int, int], terms: Sequence[Term]) -> bool:
    """Whether an illness is named in some words."""
    begin = bisect_left(terms, (view.starts[place[0]],))
    inside = takewhile(lambda term: term.first < place[1], islice(terms, begin, None))
    return any(term.kind == Kind.CONDITION for term in inside)


_AS_EXPECTED = frozenset(
    {
        "off",
        "high",
        "low",
        "moderate",
        "large",
        "trace",
        "fine",
        "good",
        "great",
        "ok",
        "okay",
        "perfect",
        "bad",
        "bien",
        "mal",
    }
)
_NONE = frozenset({"no", "sin", "ningun", "ninguna", "nothing", "nada"})
_ORDERS = frozenset({"test", "tests", "labs", "lab", "screening", "panel", "swab", "exam"})


def _learned(view: View, place: tuple[int, int]) -> bool:
    """Whether a word is neither ordinary nor a name: "ductal"."""
    known = marks.COMMON | marks.GIVEN | marks.SURNAME | marks.DATE_WORD | marks.TOWN
    return any(not each & known for each in view.marks[slice(*place)])


@cache
def _figure() -> re.Pattern[str]:
    return re.compile(r"[<>~]?\d[\d.,]{0,5}(?: ?x ?\d[\d.]{0,4})? ?$")


def _figure_begins(view: View, first: int) -> int:
    """Where the figure before a word begins, or the word: "6 mm nodule"."""
    begin = view.ends[first - 1] if first else 0
    found = _figure().search(view.lower, max(begin, view.starts[first] - 16), view.starts[first])
    return found.start() if found else view.starts[first]


def _start(view: View, first: int) -> int:
    """Where a finding begins, with its figure; "it's a girl" as a whole."""
    if view.words[first] in _BABIES and first > 1 and view.words[first - 2] in PRONOUN_OF_IT:
        return view.starts[first - 2]
    return _figure_begins(view, first)


_BABIES = frozenset({"girl", "boy"})


@cache
def _more() -> re.Pattern[str]:
    """A grade behind a finding: "CIN 2"."""
    return re.compile(r" ?\d(?:[+/]\d)?(?![\w/:.-]\w|\w| \w)|\d{1,2}(?!\w)")


def _whole(view: View, after: int) -> int:
    end = view.ends[after - 1]
    found = _more().match(view.lower, end) or in_brackets().match(view.plain, end)
    return found.end() if found else end


def passed(view: View, terms: Sequence[Term]) -> Iterator[Place]:
    """Words such as "passed" before what was passed: "passed his hearing screen"."""
    tests = {term.first for term in terms if term.kind & (Kind.PROCEDURE | Kind.BODY)}
    for test in view.marked(marks.EXAMINED):
        for at in range(test - 1, max(-1, test - _BEFORE_IT), -1):
            if view.words[at] in _PASSED:
                begins = at + 1 + (view.words[at + 1] in cues("owners of a test"))
                if not tests.isdisjoint(range(begins, begins + 2)):
                    yield view.starts[at], view.ends[at], "passed"
                break


_BEFORE_IT = 5
_PASSED = frozenset({"passed", "failed", "pass", "aced", "flunked", "paso", "fail", "bombed"})
