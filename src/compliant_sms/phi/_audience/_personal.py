"""Is a text with terms of health about one person's care, or does it speak to everybody?

"Flu shot" in a campaign says nothing of the reader. What nothing marks as a word to everybody is
taken as personal: hiding too much of a lone result does less harm than hiding too little.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliant_sms.phi._audience._audience import audience_of, sentence_of
from compliant_sms.phi._audience._form import named
from compliant_sms.phi._audience._sentences import tells_of_one
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

if TYPE_CHECKING:
    from compliant_sms.phi._audience._health_terms import Term

_AT_FIRST = 2
_NAMED = 4
_VALUED = 4
_DATED = 1
_TOPIC = -2  # what a text begins with, it is about
_ANY_ONE, _THAT_ONE = -1, 1
_OF_A_MONTH = -4
_OBSERVED = (["month"], ["awareness"])  # "Diabetes Month"
_ONLY_A_NAME = -2  # of a practice, perhaps
_HAS_IT = 3
_TOLD_TO = 2
_TO_DO = frozenset(("start", "continue", "finish", "resume", "restart", "increase", "hold", "stop"))
_FEW = 4  # words behind a colon
_SHOWN = 3
_JUDGED = 6
_SHOWS = frozenset(
    ("shows", "showed", "grew", "revealed", "came", "found", "confirms", "confirmed")
)
_HAS = frozenset(("im", "i'm", "am", "hes", "shes", "he's", "she's", "have", "has", "had", "got"))
_HAS |= frozenset(("tengo", "tiene", "tienen", "ive", "i've"))
_COMES = frozenset(("is", "are", "came", "got", "getting", "keeps", "keep", "r"))
_BACK = frozenset(("back", "worse", "better", "gone", "coming", "spreading", "again"))
_ANYBODY = frozenset(("you", "who", "people", "adults", "they", "patients", "many", "if", "we"))
_ANYBODY |= frozenset(("children", "women", "men", "anyone", "someone", "usted", "que", "to", "si"))
_ARTICLES = dict.fromkeys(("a", "an", "any"), _ANY_ONE)
_ARTICLES |= dict.fromkeys(("the", "this", "that", "these"), _THAT_ONE)
_IS = frozenset(("is", "was", "of", "at", "now", "came", "back", "hit", "averaged", "read"))
_IS |= {"still", "dropped", "rose", "to", "doubled", "averages", "averaging", "up", "down", "in"}
_IS |= {"running", "has", "been", "around", "went", "sitting", "low", "high", "home", "am", "the"}
_IS |= {"this", "morning", "today", "just", "about", "from", "reads", "says", "rn", "again"}
_LINKS = 4
_COUNTED = frozenset(("tips", "ways", "signs", "things", "facts", "myths", "steps", "reasons"))
_COUNTED |= {"foods", "questions", "moves", "rules", "habits", "consejos", "mitos", "pasos"}
_NAMES_OF_CARE = Kind.SPECIALTY | Kind.MEASURE
_DOSED = Kind.MEDICATION | Kind.MEASURE


def is_personal(view: View, terms: Sequence[Term]) -> bool:
    """Whether a text speaks about the care of one person."""
    audience = audience_of(view)
    always = _AT_FIRST
    if view.said & marks.EXAMINED:
        always += _SHOWN * _is_shown(view)
    care = _of_care(view, terms)
    weight = always + audience.whole + care
    if view.said & marks.DATE_WORD:
        weight += _DATED
    if weight <= 0:
        called = _NAMED * named(view)
        always, weight = always + called, weight + called
    if weight > 0:
        return True
    return bool(terms) and (
        tells_of_one(view, terms)
        or ((audience.mixes or care < 0) and _is_sentence_of_one(view, terms, always, care))
    )


def _is_sentence_of_one(view: View, terms: Sequence[Term], always: int, care: int) -> bool:
    """Whether what one sentence says of health is of one person, whatever others say to all."""
    audience, days, at = audience_of(view), view.marked(marks.DATE_WORD), 0
    while at < len(terms):
        begin, end = sentence_of(view, terms[at].first)
        after = at + 1
        while after < len(terms) and terms[after].first < end:
            after += 1
        within = terms[at:after]
        own = _of_care(view, within)
        dated = _DATED * (bisect_left(days, begin) < bisect_left(days, end))
        if always + audience.of_sentence(begin, end, own + dated, care - own) > 0:
            return True
        at = after
    return False


def _of_care(view: View, terms: Sequence[Term]) -> int:
    """How much some terms say, by what is told of them."""
    weight = _of_terms(view, terms)
    if any(_is_observed(view, term) for term in terms):
        weight += _OF_A_MONTH * (not audience_of(view).names_one and not named(view))
    if view.said & marks.VERDICT and any(_is_judged(view, term.last + 1) for term in terms):
        weight += _JUDGED
    return weight


def _is_shown(view: View) -> bool:
    """Whether it is told what an examination showed."""
    return any(
        view.words[at + 1 : at + 2]
        and (
            view.words[at + 1] in _SHOWS
            or (
                view.gaps[at + 1] == ": "
                and not cues("findings").isdisjoint(view.words[at + 1 : at + 1 + _FEW])
            )
        )
        for at in view.marked(marks.EXAMINED)
    )


def _of_terms(view: View, terms: Sequence[Term]) -> int:
    """How much the terms say by what stands around them."""
    if not terms:
        return 0
    weight, words, condition, medication = 0, view.words, Kind.CONDITION, Kind.MEDICATION
    if terms[0].first == 0 and view.capital[0] and audience_of(view).has_doubt:
        weight += _TOPIC
    only_names, valued, has_it, told_to = True, not view.has_digit, False, False
    for _, end, first, last, kind, _, everyday in terms:
        if only_names and not (everyday and kind & _NAMES_OF_CARE):
            only_names = False
        if kind & _DOSED and not valued and _has_value(view, end, last + 1):
            valued = True
            weight += _VALUED
        if first:
            before = words[first - 1]
            if before in _ARTICLES:
                weight += _ARTICLES[before]
            elif kind == condition and not has_it and _has_it(view, first, last):
                has_it = True
                weight += _HAS_IT
            if kind == medication and not told_to and before in _TO_DO:
                told_to = True
                weight += _TOLD_TO
    return weight + _ONLY_A_NAME if only_names else weight


def _is_observed(view: View, term: Term) -> bool:
    """Whether it is what a month is about: "Diabetes Month"."""
    return view.capital[term.first] and view.words[term.last + 1 : term.last + 2] in _OBSERVED


def _has_it(view: View, first: int, last: int) -> bool:
    """Whether it is said of somebody: "im allergic", "the panic attacks are back"."""
    after = view.words[last + 1 : last + 3]
    if after[-1:] and after[-1] in _BACK and after[0] in _COMES and view.gaps[last + 1] == " ":
        return True
    if not first or view.words[first - 1] not in _HAS:
        return False
    return first == 1 or view.words[first - 2] not in _ANYBODY


def _is_judged(view: View, at: int) -> bool:
    """Whether it is told how a test came out: "rapid flu: positive"."""
    if at >= len(view.words) or view.gaps[at] != ": ":
        return False
    return bool(view.marks[at] & marks.VERDICT) or view.words[at] == "non"


def _has_value(view: View, end: int, at: int) -> bool:
    words, size = view.words, len(view.words)
    if view.lower[end : end + 1] == " ":
        last = min(at + _LINKS, size)
        while at < last and words[at] in _IS and view.starts[at] == end + 1:
            end, at = view.ends[at], at + 1
    begins = view.starts[at] if at < size else None
    told = view.lower[end:begins].lstrip(" :=#<>~")[:1].isdigit()
    return told and (at == size or words[at] not in _COUNTED)
