"""What the record has of a patient, found in other spellings and forms too.

Such a find is certain, but for a town.

The host keeps the facts; nothing of them is stored or remembered here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import pairwise

from compliant_sms.people import PatientFacts
from compliant_sms.phi._dates._figures import Form, Kind
from compliant_sms.phi._dates._judge import is_birth
from compliant_sms.phi._facts._known_addresses import patient_addresses
from compliant_sms.phi._facts._known_names import find_known_names, has_first_name, within
from compliant_sms.phi._known import Known, OwnFacts
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._written import Span, bare, numbers, own_words, phrase, words_of
from compliant_sms.phi._words._marks import OTHER_NUMBER, STREET
from compliant_sms.phi._words._name_lists import word_set

_FEWEST_DIGITS = 4
_FEWEST_LETTERS = 4
_LOCAL = 7
_MOST_FIELDS = 3
_MONTHS = (
    "jan january ene enero",
    "feb february febrero",
    "mar march marzo",
    "apr april abr abril",
    "may mayo",
    "jun june junio",
    "jul july julio",
    "aug august ago agosto",
    "sep sept september septiembre",
    "oct october octubre",
    "nov november noviembre",
    "dec december dic diciembre",
)
_ORDINAL = frozenset({"st", "nd", "rd", "th"})
_BEFORE_YEAR = _ORDINAL | {"", "of", "de", "del", "th of"}
_TOWN = "known/town"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def find_known_facts(view: View, known: Known) -> Iterable[PhiFinding]:
    """Where a text shows what is known of the patient.

    Names in small letters, shortened, as initials or with a slip of the pen; the birth date in
    every written form, without its year only where birth is spoken of; numbers with other
    separators or without leading zeros; parts of addresses. A town alone is a hint.

    Args:
        view: the text.
        known: what is known beforehand; without a patient nothing is found.
    """
    facts = known.patient
    if facts is None:
        return
    for start, end, label, rule in _found(view, facts, known.own):
        # Many live in a town: whatever else is seen in the place is surer.
        sure = Confidence.HINT if rule == _TOWN else Confidence.CERTAIN
        yield PhiFinding(start=start, end=end, label=label, rule=rule, confidence=sure)


_Place = tuple[int, int, PhiLabel, str]


def _found(view: View, facts: PatientFacts, own: OwnFacts | None) -> Iterator[_Place]:
    yield from _names(view, facts, own)
    for email in facts.emails:
        for start, end in _whole(view, email):
            yield start, end, PhiLabel.EMAIL, "known/email"
    for address in facts.addresses:
        yield from _at_address(view, address)
    if view.has_digit:
        yield from _numbers(view, facts)
        if facts.birth_date:
            for start, end in _birth_date(view, facts.birth_date):
                yield start, end, PhiLabel.DATE, "known/birth-date"


def _names(view: View, facts: PatientFacts, own: OwnFacts | None) -> Iterator[_Place]:
    """The patient's names, but for those of a clinician whose surname is the same."""
    names = own.names if own else ()
    is_own = within(span for name in names for span in phrase(view, own_words(name)))
    staff = [place for name in facts.clinicians for place in find_known_names(view, name, is_own)]
    is_staff = within((start, end) for start, end, _ in staff)
    for name in facts.names:
        for start, end, full in find_known_names(view, name, is_own):
            shown = view.plain[start:end]
            if not (full and is_staff(start, end) and not has_first_name(shown, name)):
                yield start, end, PhiLabel.NAME, "known/full-name" if full else "known/name"
    for start, end, full in find_known_names(view, _together(facts), is_own):
        if full and "\n" not in view.plain[start:end] and not is_staff(start, end):
            yield start, end, PhiLabel.NAME, "known/full-name"
    for start, end, _ in staff:
        yield start, end, PhiLabel.PROVIDER_NAME, "known/clinician"


def _together(facts: PatientFacts) -> str:
    """The name that names given apart make: "Ana" and "Gomez" of a record with a field for each."""
    apart = [name.strip() for name in facts.names if len(name.split()) == 1]
    return " ".join(apart) if 1 < len(apart) <= _MOST_FIELDS else ""


def _whole(view: View, value: str) -> Iterator[Span]:
    words = words_of(value)
    return phrase(view, words) if sum(map(len, words)) >= _FEWEST_LETTERS else iter(())


def _at_address(view: View, address: str) -> Iterator[_Place]:
    for (start, end), exact in patient_addresses(view, address):
        yield start, end, PhiLabel.GEO, "known/address" if exact else _TOWN


def _numbers(view: View, facts: PatientFacts) -> Iterator[_Place]:
    """Numbers of the record, with other separators, or without letters and zeros in front."""
    phones = {digits[-10:] for phone in facts.phones for digits in _dialed(phone)}
    records = _forms(facts.mrn, PhiLabel.MRN) | _forms(facts.insurance_ids, PhiLabel.HEALTH_PLAN_ID)
    # Whatever the separators, the last two figures of a number stand together.
    if not any(number[-2:] in view.plain for number in (*phones, *records)):
        return
    local = {phone[-_LOCAL:] for phone in phones}
    for (start, end), figures in numbers(view):
        if figures[-10:] in phones or (len(figures) == _LOCAL and figures in local):
            yield _with_signs(view, start), end, PhiLabel.PHONE, "known/phone"
        elif (
            (label := records.get(figures.lstrip("0")))
            and _is_apart(view, start, end)
            and (_is_announced(view, start, end) or not _is_of_another_kind(view, start, end))
        ):
            yield _with_letters(view, start), end, label, f"known/{_word(label)}"


def _dialed(phone: str) -> Iterator[str]:
    """The figures of each number in what a record says: "cell 217-555-0134 ext. 12"."""
    for written in _number().findall(phone if phone.isascii() else View(phone).plain):
        digits = "".join(filter(str.isdigit, written))
        if len(digits) >= _LOCAL:
            yield digits


@cache
def _number() -> re.Pattern[str]:
    return re.compile(r"[0-9][0-9 ().+-]*+")


def _with_signs(view: View, start: int) -> int:
    """Where a phone number begins with its bracket or its plus: "(206) 555-0171"."""
    start -= view.plain[start - 1 : start] == "("
    return start - (view.plain[start - 1 : start] == "+")


def _forms(values: Iterable[str], label: PhiLabel) -> dict[str, PhiLabel]:
    """The figures of record numbers, without zeros in front."""
    found = {"".join(filter(str.isdigit, bare(value))).lstrip("0") for value in values}
    return {figures: label for figures in found if len(figures) >= _FEWEST_DIGITS}


def _word(label: PhiLabel) -> str:
    return label.lower().replace("_", "-")


def _is_apart(view: View, start: int, end: int) -> bool:
    """Whether a number is no price, nor part of a longer one, as in "217-555-0100"."""
    before, after = view.plain[max(0, start - 2) : start], view.plain[end : end + 4]
    long = _is_long(view, start, end)
    if "$" in before or after[:1].isalnum():
        return False
    if before[:1].isdigit() and before[-1:] in ("-" if long else _JOINS):
        return False
    # "482913-01" is one of record with a suffix, "217555-0100" a phone number.
    return not (after[:1] in _JOINS and after[1:2].isdigit()) or (long and not after[3:].isdigit())


_JOINS = frozenset("-./:")
_LONG = 6


def _is_long(view: View, start: int, end: int) -> bool:
    """Whether a number has more figures than a room or a house, with nothing between them."""
    return end - start >= _LONG and view.plain[start:end].isdigit()


def _is_announced(view: View, start: int, end: int) -> bool:
    """Whether a number is said to be one of record: "MRN 1201", "#2026", "2026 (MRN)"."""
    if "#" in view.plain[max(0, start - 2) : start]:
        return True
    words, ahead = view.words, view.word_at(start)
    near, before = words[max(0, ahead - 6) : ahead], words[ahead - 1 : ahead]
    if not _SURE.isdisjoint(near[-3:]) or not _CUES.isdisjoint(before):
        told = before != ["no"] or not _CUES.isdisjoint(near[-2:-1])
        return told or view.gaps[ahead][:1] in {".", ":"}  # "no. 1201", unlike "no 12/01 visit"
    if before == ["is"]:
        return not _SURE_NUMBER.isdisjoint(near) or not _CUES.isdisjoint(near[-2:])
    if view.plain.startswith((" (", "("), end):
        return not _CUES.isdisjoint(words[ahead : ahead + 1])
    return words[ahead : ahead + 1] == ["is"] and not _SURE_NUMBER.isdisjoint(
        words[ahead + 1 : ahead + 4]
    )


_SURE = word_set("mrn emr")
_SURE_NUMBER = _SURE | word_set("number id num numero")
# Those that stand beside days too, "patient visit 12/01", count only right before the number.
_CUES = _SURE_NUMBER | word_set(
    "no record chart file account acct expediente member policy patient pt ref case claim"
)


def _is_of_another_kind(view: View, start: int, end: int) -> bool:
    """Whether a number is a day, a time, a year, a room or a house by its form."""
    figures = view.plain[start:end]
    if _year().fullmatch(figures):
        return True
    if told := _day().fullmatch(figures):
        one, other = int(told[1]), int(told[3])
        if 0 < min(one, other) <= _MOST_MONTHS and max(one, other) <= _MOST_DAYS:
            return True
    if told := _clock().fullmatch(figures):
        return int(told[1]) < 24 and int(told[2]) < 60
    ahead = view.word_at(start)
    numbered = ahead and view.marks[ahead - 1] & OTHER_NUMBER
    street = any(mark & STREET for mark in view.marks[ahead : ahead + 3])
    return bool(numbered or street) and end - start < _LONG


_MOST_MONTHS, _MOST_DAYS = 12, 31


@cache
def _day() -> re.Pattern[str]:
    return re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(?:\d{2}|\d{4}))?")


@cache
def _clock() -> re.Pattern[str]:
    return re.compile(r"(\d{1,2})[. ](\d\d)")


@cache
def _year() -> re.Pattern[str]:
    return re.compile(r"(?:19|20)\d\d")


def _with_letters(view: View, start: int) -> int:
    """Where a number begins with the letters before it: "SH-0020931"."""
    at = start - (view.lower[start - 1 : start] in {"-", " "})
    begin = at
    while begin and at - begin < 5 and view.lower[begin - 1] in _LETTERS:
        begin -= 1
    told = begin < at and (at == start or view.lower[at] == "-")
    return begin if told else start


def _birth_date(view: View, born: date) -> Iterator[Span]:
    year, month, day = str(born.year), born.month, born.day
    short = year[2:]
    packed = {
        *(f"{month:02}{day:02}{last}" for last in (year, short)),
        *(f"{day:02}{month:02}{last}" for last in (year, short)),
        f"{year}{month:02}{day:02}",
    }
    begins, years = {str(month), str(day), year}, {year, short}
    orders = {(month, day), (day, month)}
    runs, plain = view.figures, view.plain
    for at, (start, end) in enumerate(runs):
        figures = plain[start:end]
        if figures in packed:
            yield start, end
        if figures.lstrip("0") not in begins:
            continue
        if end - start < 5 and at + 2 < len(runs):
            spans = runs[at : at + 3]
            one, other, last = (plain[begin:until] for begin, until in spans)
            if one == year:
                one, other, last = other, last, one
            near = all(0 < after[0] - before[1] < 4 for before, after in pairwise(spans))
            dated = last in years and not _hour().match(view.lower, spans[2][1])
            if near and dated and (int(one), int(other)) in orders:
                yield start, spans[2][1]
        if end - start < 3 and int(figures) == day:
            yield from _in_words(view, at, _MONTHS[month - 1].split(), years)


def _in_words(view: View, at: int, month: list[str], years: set[str]) -> Iterator[Span]:
    """A day with its month in words, before it or behind, and the year if it follows.

    Without the year it is a birth date only where birth is spoken of: visits fall on any day.
    """
    start, end = view.figures[at]
    behind = view.word_at(end)
    if behind < len(view.words) and view.words[behind] in _ORDINAL:
        behind += 1
    while behind < len(view.words) and view.words[behind] in {"of", "de"}:
        behind += 1
    before = view.word_at(start) - 1
    if before >= 0 and view.words[before] in month and start - view.ends[before] < 3:
        start = view.starts[before]
    elif behind < len(view.words) and view.words[behind] in month and view.starts[behind] - end < 8:
        end = view.ends[behind]
    else:
        return
    dated = False
    for begin, until in view.figures[at + 1 : at + 2]:
        if view.plain[begin:until] in years and _is_year(view.lower, end, begin, until):
            end, dated = until, True
    if view.lower[end : end + 2] in _ORDINAL:
        end += 2
    if dated or _tells_of_birth(view, start, end):
        yield start, end


def _is_year(lower: str, end: int, begin: int, until: int) -> bool:
    """Whether figures behind a day and a month are the year, not the time: "Dec 1 at 2:30"."""
    between = lower[end:begin].strip(" ,.'/-")
    return begin - end < 8 and between in _BEFORE_YEAR and not _hour().match(lower, until)


@cache
def _hour() -> re.Pattern[str]:
    return re.compile(r"[:h]\d| ?[ap]\.?m\b")


def _tells_of_birth(view: View, start: int, end: int) -> bool:
    """Whether a day and a month are said to be those of a birth: "born", "is your birthday"."""
    form = Form(start, end, Kind.WRITTEN)
    return is_birth(view, form) or _birth_behind().match(view.lower, end) is not None


@cache
def _birth_behind() -> re.Pattern[str]:
    whose = r"(?:(?:your|ur|my|his|her|the|su|mi|tu|el) )?"
    return re.compile(
        rf",?(?: (?:is|was|es|fue|as),?)? ?\(?{whose}(?:birth|b-?day\b|d\.?o\.?b\b|cumple)"
    )
