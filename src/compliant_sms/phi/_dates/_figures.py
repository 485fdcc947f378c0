"""Days written in figures, "3/4/82", and the kinds of forms of days. No finding by itself."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import BIRTH


class Kind:
    """What kind of form; the value is the end of the rule's name."""

    FULL: ClassVar[str] = "full"
    """Month, day and year in figures."""
    PACKED: ClassVar[str] = "packed"
    """The same without marks between them, or with blanks."""
    SIX: ClassVar[str] = "six-figures"
    """The same with two for the year: a date of birth if the text says so."""
    SHORT: ClassVar[str] = "month-and-day"
    """Month and day in figures."""
    DOTTED: ClassVar[str] = "dotted"
    """The same with a full stop between, which could be any number."""
    HYPHENED: ClassVar[str] = "hyphened"
    """Month and day that could be a span of hours."""
    MONTHLY: ClassVar[str] = "month-and-year"
    """Month and year."""
    WRITTEN: ClassVar[str] = "written"
    """Day and month, the month in words."""
    WEEKDAY: ClassVar[str] = "weekday"
    ORDINAL: ClassVar[str] = "day-of-month"
    """The day of a month that is understood."""
    BARE: ClassVar[str] = "day-alone"
    """The same without "th", behind "the"."""
    LISTED: ClassVar[str] = "weekday-list"
    """Weekdays as single letters, "M/W/F"."""
    SPANISH: ClassVar[str] = "dia"
    """The day of a month that is understood, as Spanish has it."""
    MONTH: ClassVar[str] = "month"
    """A month alone."""
    HOLIDAY: ClassVar[str] = "holiday"
    """A day of the year that has a name."""
    PLURAL: ClassVar[str] = "weekdays"
    """A weekday that comes again."""
    BIRTH: ClassVar[str] = "birth"
    """Any of them that is a day of birth."""
    MASKED: ClassVar[str] = "masked"
    """A date with parts made unreadable."""
    SPOKEN: ClassVar[str] = "spoken"
    """Figures in words, as they are spoken into a telephone."""


class Form(NamedTuple):
    """A form and where it stands in :attr:`View.plain`."""

    start: int
    end: int
    kind: str


_JOINED = frozenset("/$#=&_@+%")  # a figure right behind one belongs to something longer
_GAPS = frozenset(("/", "-", ".", " ", " / ", " - ", " . ", "/ ", " /"))
_SIGNS = frozenset("/-. ")
_LONGEST_GAP = 3
_SIX = 6
_YEAR = 4
_SIZES = frozenset((1, 2, 4, 6, 8))
_THE_ENDS = frozenset(("e ", "E "))
_PARTS = 3
_MOST_JOINTS = 3
_PACKED = (6, 8)
_SHORT_YEARS = (2, 4)
_NTH = frozenset(("st", "nd", "rd", "th"))
_NTH_BEGINS = frozenset("snrtSNRT")


def stands_alone(text: str, start: int, end: int, *, ranges: bool = False) -> bool:
    """Whether a figure is no part of something longer: a number, a word, an address, a sum."""
    before = text[start - 1] if start else " "
    if before.isalnum() or before in _JOINED:
        return False
    if before in "-.:" and start > 1 and text[start - 2].isalnum():
        if text[start - 2].isdigit() and not (ranges and before == "-"):
            return False
        if before == "-" and not ranges:
            return False
    after, beyond = text[end : end + 1], text[end + 1 : end + 2]
    if not after or after not in "/-.:_=@+":
        return not after.isalnum() or (after in "Tt" and beyond.isdigit())
    if after == "-" and ranges:
        return True
    return not (beyond.isdigit() if after in ".:" else beyond.isalnum())


def in_figures(view: View) -> list[Form]:
    """Every day in figures, and every "14th"."""
    text, places = view.plain, view.figures
    forms: list[Form] = []
    done, last = -1, len(places) - 1
    # Most figures are of telephones and of times.
    begins = "0123" if view.said & BIRTH else "12"
    for at, (start, end) in enumerate(places):
        size = end - start
        if size not in _SIZES or at <= done or (size == _YEAR and text[start] not in begins):
            continue
        sign = text[end : end + 1]
        if sign in _SIGNS and size < _SIX and at < last and places[at + 1][0] - end <= _LONGEST_GAP:
            done = _joined(view, at, forms)
        if at <= done or sign == ":":
            continue
        if size in _PACKED or sign in _NTH_BEGINS or text[start - 2 : start] in _THE_ENDS:
            form = _single(text, start, end, sign)
            if form:
                forms.append(form)
    return forms


def _joined(view: View, at: int, forms: list[Form]) -> int:
    """Read a figure with those behind it; the last of them that need not be looked at again."""
    text, places = view.plain, view.figures
    (start, end), (follows, until) = places[at : at + 2]
    if view.said & BIRTH and end - start == _YEAR and _is_with_year(text, start, (follows, until)):
        forms.append(Form(start, until, Kind.SIX))
        return at + 1
    gap = text[end:follows]
    if gap == " " and not _may_be_three(places[at : at + 3]):
        return at - 1
    return _chain(view, at, forms) if gap in _GAPS else at - 1


def _may_be_three(places: list[tuple[int, int]]) -> bool:
    """Whether figures with blanks between have the sizes of a date; two of them are none."""
    if len(places) < _PARTS:
        return False
    (start, end), (_, middle), (third, until) = places
    return third - middle == 1 and (until - third in _SHORT_YEARS or end - start == _YEAR)


def _is_with_year(text: str, start: int, year: tuple[int, int]) -> bool:
    """Whether month and day stand together before a year: "0704 1985"."""
    middle, end = start + 2, start + _YEAR
    follows = year[0] - end == 1 and year[1] - year[0] == _YEAR
    return follows and _is_date(text[start:middle], text[middle:end], text[slice(*year)])


def _single(text: str, start: int, end: int, sign: str) -> Form | None:
    """A day that one figure tells."""
    size = end - start
    if size < 3:
        if sign in _NTH_BEGINS and text[end : end + 2].lower() in _NTH:
            kind, until = Kind.ORDINAL, end + 2
        elif text[start - 2 : start] in _THE_ENDS and sign not in _JOINED:
            if text[start - 4 : start].lower() != "the ":
                return None
            kind, until = Kind.BARE, end
        else:
            return None
        day = 0 < int(text[start:end]) <= 31
        return Form(start, until, kind) if day and stands_alone(text, start, until) else None
    if size not in _PACKED:
        return None
    packed = _packed(text[start:end])
    return Form(start, end, packed) if packed and stands_alone(text, start, end) else None


def _chain(view: View, first: int, forms: list[Form]) -> int:
    """Read the figures that one sign joins; the last of them that need not be looked at again."""
    text, places = view.plain, view.figures
    start, end = places[first]
    gap = text[end : places[first + 1][0]]
    at, limit = first + 1, min(len(places) - 1, first + _MOST_JOINTS)
    while at < limit and text[places[at][1] : places[at + 1][0]] == gap:
        at += 1
    mark, until = gap.strip(), places[at][1]
    kind = None
    if at == first + 1:
        if mark:
            kind = _two(text[start:end], text[places[at][0] : until], mark)
    elif at == first + 2:
        middle = text[places[at - 1][0] : places[at - 1][1]]
        if _is_date(text[start:end], middle, text[places[at][0] : until]):
            kind = Kind.FULL if mark else Kind.PACKED
    if kind and stands_alone(text, start, until, ranges=mark == "/"):
        forms.append(Form(start, until, kind))
        return at
    # What follows a blank can be a beginning itself; behind a hyphen alone nothing stands alone.
    return first - 1 if not mark or gap == " - " else at


def _two(first: str, second: str, mark: str) -> str | None:
    if mark == "." and len(first) + len(second) > _YEAR:
        return None
    if len(first) == 4:
        month = len(second) == 2 and 0 < int(second) <= 12
        return Kind.MONTHLY if month and first[:2] in {"19", "20"} else None
    if len(second) == 4:
        return Kind.MONTHLY if 0 < int(first) <= 12 and second[:2] in {"19", "20"} else None
    if not _month_and_day(first, second) or (first == "24" and second == "7"):
        return None
    if mark == ".":
        return Kind.DOTTED if len(second) == 2 else None
    # "10-2" is a span of hours sooner than the second of October; "12-09" is not.
    clear = mark == "/" or (len(first) == len(second) == 2 and "0" in {first[0], second[0]})
    return Kind.SHORT if clear else Kind.HYPHENED


def _month_and_day(one: str, other: str) -> bool:
    if len(one) > 2 or len(other) > 2:
        return False
    first, second = int(one), int(other)
    return 0 < first <= 31 and 0 < second <= 31 and (first <= 12 or second <= 12)


def _is_date(first: str, second: str, third: str) -> bool:
    if len(first) == 4:
        return first[:2] in {"19", "20"} and _month_and_day(second, third)
    century = len(third) == 4 and third[:2] not in {"19", "20"}
    return len(third) in _SHORT_YEARS and not century and _month_and_day(first, second)


def _packed(figures: str) -> str | None:
    if _is_date(figures[:2], figures[2:4], figures[4:]):
        return Kind.PACKED if len(figures) == 8 else Kind.SIX
    year_first = len(figures) == 8 and _is_date(figures[:4], figures[4:6], figures[6:])
    return Kind.PACKED if year_first else None
