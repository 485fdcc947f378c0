"""Dates of birth as people write them."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection
from datetime import date

from compliant_sms.secure_pages._words import LANGUAGES, words_in

_LONGEST = 40
_OLDEST = 130  # years
_PARTS = re.compile("[a-z]+|[0-9]+")
_BETWEEN = re.compile(r"[a-z0-9 ,./'\u2010-\u2015\u2018\u2019\u00b7-]*")
_UNSEEN = frozenset(("Mn", "Cf"))  # accents, and signs such as those of a writing's direction
_LITTLE = frozenset(("of", "the", "de", "del", "el", "le", "du", "st", "nd", "rd", "th", "er", "o"))


def birth_dates(written: str, today: date) -> frozenset[date]:
    """The dates that it can mean: none if it is not a date, two if day and month may be swapped.

    Args:
        written: for example ``"03/14/1985"``, ``"14.3.85"``, ``"March 14, 1985"``,
            ``"14 de marzo de 1985"``, ``"1er mars 1985"``, ``"1985-03-14"``, ``"03141985"`` or
            ``"031485"``.
        today: no birth is later. A two-digit year is the last one that ended with those digits;
            also the one before, of people over 100, if day and month cannot be swapped.
    """
    plain = _plain(written)
    if len(plain) > _LONGEST or not _BETWEEN.fullmatch(plain):
        return frozenset()
    parts = [part for part in _PARTS.findall(plain) if part not in _LITTLE]
    words = [part for part in parts if part.isalpha()]
    figures = [part for part in parts if not part.isalpha()]
    readings = _in_words(words, figures) if words else _in_figures(figures)
    dates = {_date(*each, today) for each in readings} - {None}
    if len(dates) == 1 and all(len(year) == 2 for year, _, _ in readings):
        # Day, month and century together would be four guesses for the price of one.
        dates |= {
            _date(f"{each.year - 100}", each.month, each.day, today) for each in dates if each
        }
    return frozenset(each for each in dates if each)


def is_birth_date(candidates: Collection[date], born: date) -> bool:
    """Whether one of the dates is it, in a time that does not reveal which, or how closely."""
    wanted = born.isoformat()
    return sum([hmac.compare_digest(each.isoformat(), wanted) for each in candidates]) > 0


def _plain(written: str) -> str:
    apart = unicodedata.normalize("NFKD", written).casefold()
    kept = (each for each in apart if unicodedata.category(each) not in _UNSEEN)
    figures = (str(unicodedata.decimal(each, each)) for each in kept)
    return " ".join("".join(figures).split())


def _in_words(words: list[str], figures: list[str]) -> list[tuple[str, int, int]]:
    month = _month(words[0])
    if len(words) != 1 or len(figures) != 2 or month is None:
        return []
    first, last = figures
    day, year = (last, first) if len(first) == 4 else (first, last)
    return [(year, month, int(day))]


_MONTHS = tuple(
    zip(*([_plain(month) for month in words_in(tag).months] for tag in LANGUAGES), strict=True)
)
_ALSO = {"setiembre": 9}  # Diccionario panhispánico de dudas: as good as "septiembre"


def _month(word: str) -> int | None:
    """The only month whose name begins with it."""
    found = {
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(name.startswith(word) for name in names)
    } | {number for name, number in _ALSO.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 and len(word) > 2 else None


def _in_figures(figures: list[str]) -> list[tuple[str, int, int]]:
    if len(figures) == 1 and len(figures[0]) in {6, 8}:
        (run,) = figures
        year_first = _in_figures([run[:4], run[4:6], run[6:]]) if len(run) == 8 else []
        return year_first + _in_figures([run[:2], run[2:4], run[4:]])
    if len(figures) != 3:
        return []
    first, second, third = figures
    if len(first) == 4:
        return [(first, int(second), int(third))]
    return [(third, int(first), int(second)), (third, int(second), int(first))]


def _date(year: str, month: int, day: int, today: date) -> date | None:
    if len(year) == 2:
        full = today.year - (today.year - int(year)) % 100
    elif len(year) == 4:
        full = int(year)
    else:
        return None
    try:
        found = date(full, month, day)
    except ValueError:
        return None
    if found > today and len(year) == 2:  # later this year: it was a century ago
        return _date(f"{full - 100}", month, day, today)
    return found if today.year - _OLDEST <= full and found <= today else None
