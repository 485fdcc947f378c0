"""How far a place reaches: units, towns, states, ZIPs. No finding by itself."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import TOWN
from compliant_sms.phi._words._place_words import SMALL_STATES, STATE_NAMES, STATES, towns

_MOST_WORDS = 3
_WORDS = frozenset(("ok", "in", "me", "hi", "or"))
_INSIDE = frozenset((" ", "-", ". "))
_IN_FULL = {"st": "saint", "ft": "fort", "mt": "mount"}
_OTHERS = frozenset(("a", "another", "different", "other", "una", "otra"))
_SOME_FIRMS = frozenset(("clinic", "office", "location", "pharmacy", "hospital", "clinica"))
_BEFORE_STATE = frozenset((" ", ", ", "., "))
_UNIT_WORDS = (
    r"(?:apt|apartment|unit|ste|suite|bldg|building|fl|floor|rm|room|lot|trlr|trailer|space|spc"
    r"|dock|box|buzon|hwy|highway|exit|no|apto|depto|departamento|piso|interior|int|local|casa"
    r"|villa|num)"
)


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(
        rf"(?:,? ?| off ){_UNIT_WORDS}\b\.? ?#?\s?(?=[\w-]*\d|[a-z]\b)[\w-]{{1,6}}(?: [nsew]\b)?"
        r"|,? ?#\s?[\w-]{1,6}|,? (?!\d+ ?[ap]m\b)\d{1,4}[a-z]\b"
    )


@cache
def _zip() -> re.Pattern[str]:
    return re.compile(r",?\s\d{5}(?:-\d{4})?(?![\w-])")


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"(?P<mark>,?\s)(?P<word>[A-Za-z][A-Za-z'-]*\.?)")


def is_state(word: str, *, small: bool = False) -> bool:
    """Whether a word is a state's name or abbreviation, in small letters too if those will do."""
    return word in STATES or word.lower() in STATE_NAMES or (small and word.upper() in STATES)


def is_another(view: View, at: int) -> bool:
    """Whether a word is a firm's that is not the writer's: "a clinic in Asheville"."""
    return at > 0 and view.words[at - 1] in _OTHERS and view.words[at] in _SOME_FIRMS


def town_ahead(view: View, at: int) -> int:
    """How many words from an index on are a town's name; 0 if they are none."""
    if at >= len(view.words) or not view.marks[at] & TOWN:
        return 0
    known, words = towns(), view.words
    name = _IN_FULL.get(words[at], words[at])
    longest = 1 if name in known.names else 0
    if name in known.first:
        for last in range(at + 1, min(at + _MOST_WORDS, len(words))):
            if view.gaps[last] not in _INSIDE:
                break
            name = f"{name} {_IN_FULL.get(words[last], words[last])}"
            if name in known.names:
                longest = last - at + 1
    return longest


def town_before(view: View, at: int) -> int:
    """How many words that end before an index are a town's name; 0 if they are none."""
    longest = 0
    for count in range(1, min(_MOST_WORDS, at) + 1):
        if count > 1 and view.gaps[at - count + 1] not in _INSIDE:
            break
        if " ".join(view.words[at - count : at]) in towns().names:
            longest = count
    return longest


def state_behind(view: View, last: int) -> int:
    """The index of the state that follows the town that a word ends; 0 if none does."""
    at = last + 1
    if at >= len(view.words) or view.gaps[at] not in _BEFORE_STATE:
        return 0
    word = view.words[at]
    shouted = view.capital[at] and view.plain[view.starts[at] : view.ends[at]] in STATES
    return at if shouted or word in STATE_NAMES or word in SMALL_STATES else 0


def tail(view: View, end: int) -> int:
    """Where an address ends that has got as far as an offset: units, town, state and ZIP."""
    for _ in range(3):
        unit = _unit().match(view.lower, end)
        if unit is None:
            break
        end = unit.end()
    return _town_tail(view, end)


def _town_tail(view: View, end: int) -> int:
    """The same from the town on."""
    plain = view.plain
    place = end
    for count in range(4):
        found = _word().match(plain, place)
        if found is None:
            break
        word = found["word"].rstrip(".")
        digits = _zip().match(plain, found.end())
        if count and is_state(word, small=digits is not None):
            return digits.end() if digits else found.end("word") - found["word"].endswith(".")
        if count and found["mark"].startswith(","):
            break
        place = found.end()
    named = _with_state(view, end, _named_town(view, end))
    digits = _zip().match(plain, named)
    return digits.end() if digits else named


def _with_state(view: View, street: int, town: int) -> int:
    """The end of the state behind a town, in small letters where the address ends with it."""
    at = view.word_at(town)
    if town == street or at == len(view.words) or view.plain[town : view.starts[at]] != " ":
        return town
    ends = at + 1 == len(view.words) or view.gaps[at + 1] != " "
    told = ends and view.words[at] not in _WORDS and is_state(view.words[at], small=True)
    return view.ends[at] if told else town


def _named_town(view: View, end: int) -> int:
    """The end of a town's name behind a street, in capitals or behind a comma."""
    at = view.word_at(end)
    if at == len(view.words) or view.plain[end : view.starts[at]] not in {" ", ", "}:
        return end
    count = town_ahead(view, at)
    name = " ".join(view.words[at : at + count])
    if not count or (name in towns().ordinary and not view.capital[at]):
        return end
    return view.ends[at + count - 1]
