"""Ages of 90 and more, in figures and in words, English and Spanish.

45 CFR 164.514(b)(2)(i)(C): an age over 89 and every element that shows one, a birth year too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import AGE_WORD, BIRTH, COMMON, HEALTH_TERM

_PERSON = word_set(
    "he'll she'll they'll i'll he she who mom mommy mother mum momma mama mami dad daddy father"
    " papa grandma grandmother"
    " grandpa grandfather granny gran nana nanny abuela abuelo wife husband aunt uncle tia tio"
    " sister brother patient pt client resident neighbor neighbour friend partner they i im i'm"
    " he's she's who's they're hes shes suegra suegro that both"
)
_ELDERS = word_set(
    "gramma gramps grampa grampy grammy gammy granddad grandad granddaddy pops pop pawpaw papaw"
    " mawmaw mamaw meemaw memaw nonna nonno oma opa omi lola lolo nan auntie abuelita abuelito"
    " bisabuela bisabuelo grandmom grandmama stepdad stepmom landlady tenant ma pa"
)
_PERSON |= _ELDERS
_BE = word_set(
    "is was will be are am turned turns turning s now already only about almost nearly just over"
    " a young spry healthy hit hits reached reaches celebrated celebrates past"
)
_KIN = word_set(
    "mom mommy mum mother mama dad daddy father papa grandma grandmother grandpa grandfather granny"
    " nana abuela abuelo wife husband aunt uncle sister brother neighbor patient nanny gran"
)
_KIN |= _ELDERS
_OF = _KIN | word_set("mujer hombre senor senora paciente anciano anciana")
_DOES = word_set(
    "wont won't is lives needs has had still cant can't fell and who w with takes uses doesnt"
    " doesn't isnt isn't refuses wants walks drives"
)
"""What somebody does whose age stands right before: "dad 98 wont use it"."""
_BEFORE = frozenset({"", " ", "(", "/", ":", "="})
_WHOSE = word_set("her his my moms dads")
_SHE = _KIN | {"he", "she", "shes", "hes"}
_NTH = frozenset({"th", "st", "nd", "rd"})
_ENDS = frozenset({"", ".", "!", ",", "?"})
_OF_DECADE = word_set("her his their my early mid late sus")
_HOUSES = word_set("hospital clinic practice center church library school team office company")
_TELLS = word_set(
    "turned turns turning turn pushing almost nearly aged age edad tiene tengo cumple cumplio"
    " cumplira hes shes he's she's you're youre im i'm who's they're male female hombre mujer ya"
    " m f"
)
_I = frozenset({"i", "i'm", "im", "tengo"})
_TURNS = frozenset({"turned", "turns", "turning", "turn", "cumple", "cumplio"})
_REACHES = _TURNS | {"you're", "youre", "he's", "hes", "she's", "shes", "i'm", "im"}
_ANNOUNCED = frozenset((" ", ": ", "=", " (", "/", ":", ", "))
_UNITS = "one|two|three|four|five|six|seven|eight|nine|first|second|third|fourth|fifth|sixth"
_UNITS += "|seventh|eighth|ninth"
_UNIDADES = "uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_SPELLED = (
    rf"(?:ninety(?:[- ](?:{_UNITS}))?|ninetieth|noventa(?: y (?:{_UNIDADES}))?"
    rf"|(?:(?:a|one) )?hundred(?:th| and (?:{_UNITS}|ten|eleven|twelve|\w+teen|twenty)\b"
    r"| one| two| three| four| five)?"
    r"|cien(?:to (?:uno?|dos|tres|cuatro|cinco))?)\b"
)
_YEARS = (
    r"(?:[- ]?(?:y/?o\b|y\.o\.|yo[mf]?\b|yrs?\b\.?(?:[- ]?olds?\b)?|years?[- ](?:olds?|young|of"
    r" age)\b|yr\.?[- ]olds?|an(?:it)?os\b))"
)
_AND_WELL = r" (?:and|n|&) (?:still|sharp|kicking|feisty|strong|spry|counting|independent)\b"
_OLDER = r"(?! ?(?:and|or|y|o|&) (?:older|over|up|above|more|mas|mayores))"


@cache
def _age_behind() -> re.Pattern[str]:
    """What makes a figure right before it an age."""
    return re.compile(
        rf"{_YEARS}{_OLDER}|(?:st|nd|rd|th)? b-?(?:irth)?day\b|{_AND_WELL}"
        r"| ?(?:y ?)?(?:m|f|male|female)\b(?! ?\d| temp| fever| today| this| now| at)"
    )


@cache
def _counts() -> re.Pattern[str]:
    """What makes a figure right before it no age."""
    return re.compile(
        r" ?(?:%|/|lbs?\b|pounds?\b|kgs?\b|kilos?\b|degrees?\b|deg\b|f\b|c\b|bpm\b|mg\b|mcg\b"
        r"|ml\b|cm\b|inch|over\b|percent|por ciento|min|mins\b|hours?\b|hrs?\b|days?\b|dias?\b"
        r"|weeks?\b|wks?\b|months?\b|meses\b|semanas?\b|miles?\b|blocks?\b|dollars?\b|bucks?\b"
        r"|points?\b|units?\b|tablets?\b|pills?\b|mm|today\b|this\b"
        r"(?! (?:year|month|summer|fall|spring|winter|[a-z]{3,8}(?:uary|ber)|ma[yr]|june|july|april"
        r"|august))|at rest|on room|:\d|\.\d|,\d"
        r"|-\d|[\d$]|(?:and|or|y|o) (?:older|up|over|more|mas)|\+)"
    )


@cache
def _half() -> re.Pattern[str]:
    return re.compile(r"(?: and a half| ?1/2| \u00bd)(?!\d)")


@cache
def _in_words() -> re.Pattern[str]:
    return re.compile(rf"(?P<age>{_SPELLED})(?P<years>{_YEARS}{_OLDER}| birthday\b|{_AND_WELL})?")


@cache
def _birth_year() -> re.Pattern[str]:
    """A year up to 1935 behind a word of birth."""
    return re.compile(
        r"\.?(?: ?(?:year|was|is|in|en|el|:)){0,3}:? (?P<year>(?:18\d\d|19(?:[0-2]\d|3[0-5]))"
        r"(?![\d/-]\d|\d)|(?:nineteen|eighteen)(?: hundred)?(?: and)? (?:(?:oh|twenty|ten|eleven"
        r"|twelve|\w+teen)(?:[- ]\w+)?|thirty(?:[- ](?:one|two|three|four|five))?\b))"
    )


@cache
def _next() -> re.Pattern[str]:
    return re.compile(
        r" (?:next (?:week|month|year)\b|in (?:a few )?(?:days|weeks|months|[a-z]{3,9}\b))"
    )


def find_ages(view: View, known: Known) -> Iterable[PhiFinding]:
    """Ages over 89, and birth years that give one away; the number only.

    Returns:
        The findings; ages in groups ("90 and older") and those of a house are none.
    """
    del known
    found: list[tuple[int, int, str]] = []
    text = view.plain
    may_be = "9" in text or "10" in text or "11" in text
    for start, end in view.figures if may_be else ():
        size = end - start
        if (size == 2 and text[start] == "9") or (
            size == 3 and text[start] == "1" and text[start + 1] in "01"
        ):
            until = _age_ends(view, start, end)
            if until:
                found.append((start, until, "age/figures"))
    if view.said & (BIRTH | AGE_WORD):
        found += _from_words(view)
    if not found:
        return ()
    if patient_writes(view) or not _I.isdisjoint(view.words):
        return [_finding(*place) for place in found]
    everybody = Everybody(view)
    return [
        _finding(*place)
        for place in found
        if not everybody.means(max(0, view.word_at(place[0]) - 1))
    ]


def _from_words(view: View) -> Iterable[tuple[int, int, str]]:
    for index in view.marked(BIRTH | AGE_WORD):
        if view.marks[index] & BIRTH:
            year = _birth_year().match(view.lower, view.ends[index])
            if year:
                yield *year.span("year"), "age/birth-year"
            continue
        start = view.starts[index]
        counted = index and view.words[index][0] == "h" and view.words[index - 1] in {"a", "one"}
        if counted and view.gaps[index] == " ":
            start = view.starts[index - 1]
        age = _in_words().match(view.lower, start)
        if age and (age["years"] or _told(view, start, age.end())):
            yield *age.span("age"), "age/words"


def _age_ends(view: View, start: int, end: int) -> int:
    """Where an age ends that a figure begins; 0 if it is no age."""
    text = view.lower
    before = text[start - 1] if start else ""
    if before and (before in ".,$#-" or text[end : end + 1].isdigit()):
        return 0
    half = text[end : end + 1] == " " and _half().match(text, end)
    past = half.end() if half else end
    if _age_behind().match(text, past):
        return past
    return past if before in _BEFORE and _told(view, start, past) else 0


def _told(view: View, start: int, end: int) -> bool:
    """Whether the words before a figure make it somebody's age."""
    at = view.word_at(start) - 1
    if at < 0 or (_counts().match(view.lower, end) and not _is_reached_today(view, at, end)):
        return False
    gap, word = view.plain[view.ends[at] : start], view.words[at]
    if gap in _ANNOUNCED and word in _TELLS:
        return not at or view.words[at - 1] not in _HOUSES
    if gap in {", ", " ("}:
        return view.plain[end : end + 1] in {",", ")", ".", ""} and _is_person(view, at)
    if gap in {"! ", ". "}:
        return "birthday" in view.words[max(0, at - 2) : at + 1]
    return gap == " " and (
        _is_said(view, at) or _is_coming(view, at, end) or _is_beside(view, at, end)
    )


def _is_reached_today(view: View, at: int, end: int) -> bool:
    """Whether somebody turns an age today: "he turned 92 today"."""
    return view.words[at] in _REACHES and view.plain.startswith(" today", end)


def _is_beside(view: View, at: int, end: int) -> bool:
    """Whether it stands right by whose age it is: "At 91, Clyde", "abuelo de 97", "dad 98 is"."""
    word = view.words[at]
    if word == "at":
        return _is_at(view, at, end)
    if word == "de" and at:
        return view.words[at - 1] in _OF
    if word in _WHOSE and view.lower[end : end + 2] in _NTH:
        return view.lower[end + 2 : end + 3] in _ENDS
    if word not in _KIN or view.lower[end : end + 1] not in _ENDS | {" "}:
        return False
    behind = view.words[at + 1 : at + 2]
    return view.lower[end : end + 1] != " " or (behind != [] and behind[0] in _DOES | _KIN)


def _is_at(view: View, at: int, end: int) -> bool:
    """Whether somebody does something at an age: "At 91, Clyde needs", "at 97 she still walks"."""
    if view.plain.startswith(", ", end):
        return _is_person(view, at + 1)
    first = view.word_at(end)
    behind = view.words[first : first + 1]
    return view.plain[end : end + 1] == " " and behind != [] and behind[0] in _SHE


def _is_coming(view: View, at: int, end: int) -> bool:
    """Whether it is an age that somebody reaches, or one of "her early 90s"."""
    if view.lower[end : end + 1] == "s":
        return view.words[at] in _OF_DECADE
    if _next().match(view.lower, end):
        return view.capital[at] and _is_person(view, at)
    ordinal = view.lower[end : end + 2] in {"th", "st", "nd", "rd"}
    ends = view.plain[end : end + 1] in {"!", ".", "", ","}
    return view.words[at] == "happy" and (ordinal or ends)


def _is_said(view: View, at: int) -> bool:
    """Whether somebody is, or turns, what follows a word."""
    word = view.words[at]
    if word.endswith("'s") or (word[-1] == "s" and word[:-1] in _KIN):
        return _is_person(view, at) or word[:-1] in _KIN
    be = at
    while at >= 0 and be - at < 4 and word in _BE:
        at -= 1
        word = view.words[at]
    return at >= 0 and at < be and _is_person(view, at)


def _is_person(view: View, index: int) -> bool:
    if index >= len(view.words):
        return False
    word = view.words[index]
    if word == "law" or word.removesuffix("'s") in _PERSON:
        return True
    return view.capital[index] and not view.marks[index] & (COMMON | HEALTH_TERM)


def _finding(start: int, end: int, rule: str) -> PhiFinding:
    return PhiFinding(
        start=start,
        end=end,
        label=PhiLabel.AGE_OVER_89,
        rule=rule,
        confidence=Confidence.LIKELY,
    )
