"""Addresses that are known beforehand, as people write them: in part, and with abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._written import Span, words_of
from compliant_sms.phi._words._place_words import STATE_NAMES, STATES, STREETS

_FEWEST_LETTERS = 4
_WIDEST = 3  # signs between two words
_LONGEST_WAY = 24  # signs before a town
_POSSESSIVE = ("'s", "\u2019s")
_COUNTRY = frozenset({"usa", "us"})
_TWO_WORDS = frozenset(
    {
        *("new hampshire", "new jersey", "new mexico", "new york", "north carolina"),
        *("north dakota", "rhode island", "south carolina", "south dakota", "west virginia"),
    }
)
# USPS Publication 28, appendices B and C; and what people write besides.
_SHORT = {
    word: row.split()[0]
    for row in (
        "st street str saint",
        *("ave avenue av", "rd road", "ln lane", "blvd boulevard", "dr drive", "ct court"),
        *("pl place", "pkwy parkway", "hwy highway", "ter terrace terr", "cir circle"),
        *("trl trail", "sq square", "ste suite", "apt apartment", "bldg building", "fl floor"),
        *("rm room", "n north", "s south", "e east", "w west", "ne northeast", "nw northwest"),
        *("se southeast", "sw southwest", "ft fort", "mt mount"),
    )
    for word in row.split()
}
_Written = tuple[list[str], list[str]]
"""What must stand there, and what may follow it, in its order."""


@cache
def _next_word() -> re.Pattern[str]:
    return re.compile(rf"[\W_]{{0,{_WIDEST}}}([^\W_]+)")


# "We spoke to Jackson" and "our Madison is ill" are about people.
@cache
def _leads_to() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:at|in|near|en|\u00e0|(?:office|oficina|consultorio|cl[i\u00ed]nica|cabinet) de) $"
    )


@cache
def _ours() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(r"\b(?:our|nuestr[oa]|notre) $"),
        re.compile(
            r" (?:office|clinic|location|site|practice|branch|building|oficina|consultorio|"
            r"cl[i\u00ed]nica|cabinet)"
        ),
    )


@cache
def _state_names() -> frozenset[str]:
    return frozenset(map(str.lower, STATE_NAMES))


@cache
def _states() -> frozenset[str]:
    return frozenset(map(str.lower, STATES))


def own_addresses(view: View, address: str) -> Iterator[Span]:
    """Where an address stands, or its beginning: "12 Elm St, Ste 200".

    Args:
        view: the text.
        address: as on a letter; commas between its parts.
    """
    for written in _beginnings(address):
        yield from _places(view.lower, *written)


def own_towns(view: View, address: str) -> Iterator[Span]:
    """Where a text leads to the town of an address: "see you in Madison", "our Carmel office".

    Args:
        view: the text.
        address: as on a letter; commas between its parts.
    """
    text, (our, office) = view.lower, _ours()
    town = _town(address)
    for start, end in _places(text, town, ()) if town else ():
        way = max(0, start - _LONGEST_WAY)
        leads = _leads_to().search(text, way, start)
        if not leads and our.search(text, way, start):
            leads = office.match(text, end)
        if leads and not text.startswith(_POSSESSIVE, end):
            yield start, end


def patient_addresses(view: View, address: str) -> Iterator[tuple[Span, bool]]:
    """Where an address or a part of it stands, and whether it says more than the town.

    Args:
        view: the text.
        address: as on a letter; commas between its parts.

    Yields:
        A place, and whether it is more than a town, which many people share. None lies in another.
    """
    found = [
        (span, exact or _has_number(view.plain[slice(*span)]))
        for written, exact in _parts(address)
        for span in _places(view.lower, *written)
    ]
    until = 0
    for (start, end), exact in sorted(found, key=lambda one: (one[0][0], -one[0][1])):
        if start >= until:
            until = end
            yield (start, end), exact


@lru_cache(maxsize=256)
def _beginnings(address: str) -> tuple[_Written, ...]:
    """The parts up to the first with a number, and that one alone; all of it if there is none."""
    parts = _split(address)
    numbered = next((at for at, part in enumerate(parts) if _has_number(part)), len(parts) - 1)
    if numbered < 0:
        return ()
    ways = dict.fromkeys((0, numbered if _has_number(parts[numbered]) else 0))
    return tuple(_way(parts, first, numbered) for first in ways)


def _parts(address: str) -> tuple[tuple[_Written, bool], ...]:
    """Each part with all that follows it, and whether it is exact: all but a town's name is.

    Where no part has a number ("Rose Cottage, Springfield"), what stands before the town is exact.
    """
    parts = _split(address)
    # A state's short form is no town: in "Springfield, IL" nothing stands before the town.
    unnumbered = -1 if _states().issuperset(chain(*parts[1:])) else 0
    numbered = next((at for at, part in enumerate(parts) if _has_number(part)), unnumbered)
    ways = [(_way(parts, at, at), at <= numbered) for at in range(len(parts))]
    return tuple((way, exact) for way, exact in ways if sum(map(len, way[0])) >= _FEWEST_LETTERS)


@lru_cache(maxsize=256)
def _town(address: str) -> list[str]:
    """What stands last, but for the state, the ZIP and the country; empty in a street alone."""
    words = [word for part in _split(address)[1:] for word in (*part, ",")]
    while words and (words[-1] == "," or words[-1].isdigit() or words[-1] in _COUNTRY):
        words.pop()
    state = len(words) - _words_of_state(words)
    return " ".join(words[:state]).rstrip(" ,").rpartition(",")[2].split()


def _words_of_state(words: Sequence[str]) -> int:
    """How many words at the end name a state."""
    if " ".join(words[-2:]) in _TWO_WORDS:
        return 2
    return len(_states().union(_state_names()).intersection(words[-1:]))


def _split(address: str) -> list[list[str]]:
    return [words for part in address.split(",") if (words := words_of(part))]


def _has_number(part: Iterable[str]) -> bool:
    return any(map(str.isdigit, "".join(part)))


def _way(parts: Sequence[list[str]], first: int, last: int) -> _Written:
    """What must stand there of some parts; the last one's unit may be left out."""
    part = parts[last]
    kinds = [at for at, word in enumerate(part) if at > 1 and word in STREETS]
    size = kinds[-1] + 1 if kinds and part[0][0].isdigit() else len(part)
    words = [*chain(*parts[first:])]
    needed = sum(map(len, parts[first:last])) + size
    return words[:needed], words[needed:]


def _places(text: str, required: Sequence[str], rest: Sequence[str]) -> Iterator[Span]:
    for word in _forms(required[0]):
        start = text.find(word)
        while start >= 0:
            end = _end(text, start, required, rest)
            if end:
                yield start, end
            start = text.find(word, end or start + 1)


def _forms(word: str) -> tuple[str, ...]:
    short = _SHORT.get(word)
    return _forms_of(short) if short else (word,)


@lru_cache(maxsize=256)
def _forms_of(short: str) -> tuple[str, ...]:
    return tuple(form for form, of in _SHORT.items() if of == short)


def _end(text: str, start: int, required: Sequence[str], rest: Sequence[str]) -> int:
    """Where what stands at a place ends; 0 where it is not the address."""
    if start and text[start - 1].isalnum():
        return 0
    end = start
    for word in required:
        found = _next_word().match(text, end)
        if not found or not _is_same(found[1], word):
            return 0
        end = found.end()
    at = 0
    while found := _next_word().match(text, end):
        written = found[1]
        at = next((i + 1 for i in range(at, len(rest)) if _is_same(written, rest[i])), 0)
        if not at:
            break
        end = found.end()
    return end


def _is_same(one: str, other: str) -> bool:
    return one == other or _SHORT.get(one, one) == _SHORT.get(other, other)
