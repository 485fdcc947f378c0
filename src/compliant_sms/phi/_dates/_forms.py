"""The forms that days are written in, in figures and in words, and where. No finding by itself."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from compliant_sms.phi._dates._cues import EVENTS, MOVED
from compliant_sms.phi._dates._figures import Form, Kind, in_figures
from compliant_sms.phi._dates._months import around_month, last_number, long_year, year_after
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._date_words import (
    DAYS,
    LETTERS,
    MONTHS,
    NAMED_DAYS,
    NTHS,
    NUMBERED_DAYS,
    NUMBERS,
    ORDINALS,
    PLURAL_DAYS,
    TENS,
)
from compliant_sms.phi._words._marks import BIRTH, DAY, MONTH

_BEFORE_EL = frozenset(("para", "hasta", "es", "cita", "desde", "proximo"))
_ENDS = frozenset(("", ".", "?", "!", ","))
_DAILY = frozenset(("al", "por", "cada"))
_BOTH = DAYS & MONTHS  # "mar": a weekday in Spanish, a month in English
_TWICE = _BOTH | (NTHS & TENS)
_OF_VISITS = frozenset(("cita", "citas", "turno", "consulta", "visita")) | MOVED
_BEFORE_OWNING = frozenset(
    ("after", "before", "b4", "since", "from", "for", "about", "at", "during", "cancel", "missed")
)
_FAR = 6
_MOST_SPOKEN = 6
_BEFORE_NAMED = frozenset(("new", "saint", "st"))  # "New Year's", "St Patrick's"
_PARTS_OF_NAMES = frozenset(("day", "eve", "week", "weekend", "sunday", "monday"))


@cache
def _masked() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w/])(?:[x*]{1,2}[/\-](?:[x*]{1,2}|\d{1,2})|\d{1,2}[/\-][x*]{1,2})[/\-]"
        r"(?:\d{4}|\d\d|[x*]{2,4})(?![\w/])|(?<![\w/])\d{1,2}[/\-]\d{1,2}[/\-][x*]{2,4}(?![\w/])"
    )


@cache
def _day_number() -> re.Pattern[str]:
    """The day of the month right behind its weekday, where English would say "the"."""
    return re.compile(
        r"(?:,? dia)? (?P<day>\d{1,2})"
        r"(?![\d:%/h-]|\.\d| ?[ap]\.?m| ?(?:hrs|horas)\b| a \d\d?(?![\d:h])| de )"
    )


@cache
def _number_at() -> re.Pattern[str]:
    """The day of the month behind an English weekday, if a time follows: "Wed 14 at 3"."""
    return re.compile(r" (?P<day>\d{1,2})(?= (?:at|@) ?\d)")


@cache
def _lettered() -> re.Pattern[str]:
    """A weekday in one or two letters, with a time behind it: "Th 4:40p"."""
    return re.compile(r"(?:M|Tu?|W|Th|F|Sa|Su)(?= \d{1,2}(?::\d\d| ?[ap]\b))")


@cache
def _listed() -> re.Pattern[str]:
    return re.compile(
        r"(?:m|tu?)/(?:tu?|w|th|f|sat?|su)(?:/(?:w|th?|f|sat?|su?))*\b(?![/\w])"
        r"|m-?w-?f\b|t-?th-?sa?t?\b|tts\b"
    )


@cache
def _spanish_day() -> re.Pattern[str]:
    return re.compile(
        r" (?P<day>\d{1,2})(?![:/%.,]?\d|\s?(?:%|mg|de\s(?!este mes|mes)))(?P<hour> a las? \d)?"
    )


@cache
def _in_figure_words() -> re.Pattern[str]:
    """Month, day and year, each in words."""
    units = "one|two|three|four|five|six|seven|eight|nine"
    teens = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    months = f"(?:oh |zero )?(?:{units})|ten|eleven|twelve"
    return re.compile(
        rf"(?:{months}) (?:(?:oh |zero )?(?:{units})|{teens}|(?:twenty|thirty)(?: (?:{units}))?)"
        rf" (?:(?:nineteen )?(?:(?:{tens})(?: (?:{units}))?|oh (?:{units}))"
        rf"|two thousand(?: (?:and )?(?:{units}|{teens}|twenty))?)\b"
    )


@cache
def _eastern() -> re.Pattern[str]:
    """Days as Chinese, Japanese and Korean write them; letters apart, as in the plain text."""
    return re.compile(
        unicodedata.normalize(
            "NFKD",
            r"(?:\d{4}[年년] ?)?\d{1,2}(?:月|월) ?\d{1,2}(?:[日号號]|일)?(?:\([月火水木金土日]\))?"
            r"|(?:星期|礼拜|周|週)[一二三四五六日天]|[월화수목금토일]요일".replace(
                "[월화수목금토일]", "(?:월|화|수|목|금|토|일)"
            ).replace("[年년]", "(?:年|년)"),
        )
    )


@cache
def _cycle() -> re.Pattern[str]:
    """When a period began or a baby is due, without marks between: "lmp 8 1"."""
    return re.compile(
        r"\b(?:lmp|edd) (?:is |was )?(?P<day>(?:0?[1-9]|1[0-2]) (?:0?[1-9]|[12]\d|3[01]))(?![\d:/])"
    )


def date_forms(view: View) -> list[Form]:
    """Every form in a text, in its order, each as far as it goes by itself."""
    forms = in_figures(view) if view.has_digit else []
    if view.said & (DAY | MONTH):
        _in_words(view, forms)
    if view.said & BIRTH:
        _spoken(view, forms)
    if "lmp " in view.lower or "edd " in view.lower:
        forms += [Form(*found.span("day"), Kind.SHORT) for found in _cycle().finditer(view.lower)]
    lower = view.lower
    if "x/" in lower or "/x" in lower or "xx" in lower or "*" in lower:
        forms += [Form(*found.span(), Kind.MASKED) for found in _masked().finditer(lower)]
    if not lower.isascii():
        forms += [Form(*found.span(), Kind.WRITTEN) for found in _eastern().finditer(view.plain)]
    return _longest(forms) if len(forms) > 1 else forms


def _longest(forms: list[Form]) -> list[Form]:
    """Those that stand in no other, in the order of the text."""
    forms.sort()
    kept = [forms[0]]
    for form in forms:
        if form.start >= kept[-1].end:
            kept.append(form)
        elif form.start == kept[-1].start:
            kept[-1] = form  # it is as long, or longer
    return kept


def _in_words(view: View, forms: list[Form]) -> None:
    for at in view.marked(DAY | MONTH):
        word = view.words[at].removesuffix("'s")
        if word in DAYS:
            forms.append(_weekday(view, at, word))
        elif word in MONTHS:
            around_month(view, at, word, forms)
        elif word in PLURAL_DAYS:
            forms.append(_days(view, at))
        elif word in NTHS:
            forms += _nth(view, at)
        elif word in TENS:
            _unannounced(view, at, forms)
        elif word in LETTERS:
            _lettered_days(view, at, forms)
        elif word in {"dia", "el", "del", "al"}:
            _in_spanish(view, at, forms)
        else:
            forms += _named(view, at)
        if word in _TWICE:
            _again(view, at, word, forms)


def _again(view: View, at: int, word: str, forms: list[Form]) -> None:
    """What a word can begin besides."""
    if word in TENS:
        _unannounced(view, at, forms)
    else:
        around_month(view, at, word, forms)


def _weekday(view: View, at: int, word: str) -> Form:
    start = view.starts[at]
    end = start + len(word)
    if view.has_digit:
        number = None
        if word in NUMBERED_DAYS:
            number = _day_number().match(view.lower, end)
        elif view.gaps[at + 1][1:2].isdigit():
            number = _number_at().match(view.lower, end)
        if number and 0 < int(number["day"]) <= 31:
            return Form(start, number.end(), Kind.WRITTEN)
    return Form(start, end, Kind.WEEKDAY)


def _days(view: View, at: int) -> Form:
    """Weekdays that come again, or one without the apostrophe: "after saturdays game"."""
    start, end, ahead = view.starts[at], view.ends[at], at + 1
    owns = ahead < len(view.words) and view.gaps[ahead] == " " and view.words[ahead] in EVENTS
    if owns and at and view.gaps[at] == " " and view.words[at - 1] in _BEFORE_OWNING:
        return Form(start, end - 1, Kind.WEEKDAY)
    return Form(start, end, Kind.PLURAL)


def _lettered_days(view: View, at: int, forms: list[Form]) -> None:
    start = view.starts[at]
    found = _listed().match(view.lower, start) or _lettered().match(view.plain, start)
    if found and view.gaps[at][-1:] not in {"/", "-"}:
        forms.append(Form(*found.span(), Kind.LISTED))


def _nth(view: View, at: int) -> list[Form]:
    """The day of a month in words that stand alone: "the fifteenth", "the twenty first"."""
    last = at
    if view.words[at] in {"twenty", "thirty"}:
        last = at + 1
        if last == len(view.words) or view.words[last] not in ORDINALS:
            return []
    return [Form(view.starts[at], view.ends[last], Kind.ORDINAL)]


def _named(view: View, at: int) -> list[Form]:
    """A day of the year that has a name, with what belongs to it and its year."""
    word, ahead = view.words[at], at + 1
    start, end = view.starts[at], view.ends[at]
    if at and view.words[at - 1] in _BEFORE_NAMED and view.gaps[at] == " ":
        start = view.starts[at - 1]
    if ahead < len(view.words) and view.gaps[ahead] == " " and view.words[ahead] in _PARTS_OF_NAMES:
        end = view.ends[ahead]
    elif word in NAMED_DAYS:
        return []
    return [Form(start, long_year(year_after().match(view.lower, end)) or end, Kind.HOLIDAY)]


def _in_spanish(view: View, at: int, forms: list[Form]) -> None:
    """The day of the month behind "el" or "dia"."""
    found = view.has_digit and _spanish_day().match(view.lower, view.ends[at])
    if not found or not 0 < int(found["day"]) <= 31:
        return
    before = view.words[at - 1] if at else ""
    if view.words[at] in {"del", "al"}:
        if not _OF_VISITS.isdisjoint(view.words[max(0, at - _FAR) : at]):
            forms.append(Form(*found.span("day"), Kind.SPANISH))
    elif view.words[at] == "dia":
        if before not in _DAILY:
            forms.append(Form(view.starts[at], found.end("day"), Kind.SPANISH))
    elif (
        found["hour"]
        or _of_month(view, found.end())
        or before in _BEFORE_EL
        or view.lower[found.end() : found.end() + 1] in _ENDS
    ):
        forms.append(Form(*found.span("day"), Kind.SPANISH))


def _of_month(view: View, end: int) -> bool:
    return view.lower.startswith((" de este mes", " del mes", " de mes"), end)


def _spoken(view: View, forms: list[Form]) -> None:
    """A date of birth in figures that are written as words: "nine nine sixty nine"."""
    for at in view.marked(BIRTH):
        first = at + 1
        if first < len(view.words) and view.words[first] in {"is", "was", "date", "on"}:
            first += 1
        last = last_number(view, first - 1)
        if last > first + 1:
            forms.append(Form(view.starts[first], view.ends[last], Kind.SPOKEN))


def _unannounced(view: View, at: int, forms: list[Form]) -> None:
    """A date in figures that are written as words, of whose year a word is a part."""
    first = at
    while first and at - first < _MOST_SPOKEN and view.gaps[first] == " ":
        if view.words[first - 1] not in NUMBERS:
            break
        first -= 1
    last = last_number(view, first)
    found = _in_figure_words().fullmatch(view.lower, view.starts[first], view.ends[last])
    if found:
        forms.append(Form(*found.span(), Kind.SPOKEN))
