"""A name of the record in the forms that people write it in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from compliant_sms.phi._marks import CANDIDATE, COMMON, GIVEN, LETTER
from compliant_sms.phi._name_extent import ends_phrase, starts_phrase
from compliant_sms.phi._name_lists import nicknames, word_set
from compliant_sms.phi._name_places import in_link, is_place, is_town
from compliant_sms.phi._name_reading import Openness, name_at
from compliant_sms.phi._name_staff_words import CREDENTIALS
from compliant_sms.phi._name_words import AT, DOES, NEXT_TO_THINGS
from compliant_sms.phi._view import View
from compliant_sms.phi._written import Span

__all__ = ["find_known_names"]

_TITLES = word_set("mr mrs ms miss mx dr dra sr sra md jr ii iii")
# Those that hardly any surname looks like.
_SHORT = word_set("ma do pa dc pt ot")
_BEHIND = CREDENTIALS - _SHORT
_LEAST_FOR_A_SLIP = 5
_MOST_WORDS = 6
_SAYS_WHO = word_set("is its it's im i'm name hi hello hey dear mr mrs ms miss from me")
_NOT_AFTER = word_set("house noodle st street ave avenue rd road park hall center centre")


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@cache
def _long_forms() -> Mapping[str, frozenset[str]]:
    """The names that a short form can stand for."""
    found: dict[str, set[str]] = {}
    for long, short in nicknames().items():
        for each in short:
            found.setdefault(each, set()).add(long)
    return {short: frozenset(long) for short, long in found.items()}


def find_known_names(view: View, name: str) -> Iterator[Span]:
    """Where a text shows a name of the record, whole or in part.

    Args:
        view: the text.
        name: as the record has it, with a title or without.
    """
    parts = _parts(name.lower() if name.isascii() else View(name).lower)
    if not parts:
        return
    hits = _hits(view, parts)
    if hits:
        yield from _places(view, hits, parts)
    if len(parts) > 1 and view.said & LETTER:
        yield from _initials(view, parts[0][0], parts[-1][0])


def _parts(name: str) -> list[str]:
    """The words of a name in their order, first names first, without titles and credentials."""
    last, _, first = name.partition(",")
    behind = [word for word in _words().findall(first) if word not in _BEHIND]
    words = [word for word in _words().findall(last) if word not in _TITLES]
    while len(words) > 1 and (words[-1] in _BEHIND or (len(words) > 2 and words[-1] in _SHORT)):
        del words[-1]
    return behind + words


def _hits(view: View, parts: list[str]) -> set[int]:
    """The indices of the words that are a part of a name, in some form."""
    forms = _forms(parts)
    hits = {index for index, word in enumerate(view.words) if word in forms}
    long = [part for part in parts if len(part) >= _LEAST_FOR_A_SLIP]
    owned = "'s" in view.lower
    if long or owned:
        for index in view.marked(CANDIDATE):
            word = view.words[index].removesuffix("'s")
            if word in forms or (not view.marks[index] & COMMON and _slip(word, long)):
                hits.add(index)
    return hits


def _forms(parts: list[str]) -> set[str]:
    """Each part, the short forms of the first, and parts that a hyphen joined as one word."""
    forms = {part for part in parts if len(part) > 1}
    forms |= nicknames().get(parts[0], frozenset())
    forms |= _long_forms().get(parts[0], frozenset())
    forms |= {one + other for one, other in pairwise(parts)}
    return forms


def _slip(word: str, long: list[str]) -> bool:
    """Whether a word is one letter away from a part: added, left out, changed or swapped."""
    return any(
        word[0] == part[0] and abs(len(part) - len(word)) < 3 and _one_off(word, part)
        for part in long
    )


def _one_off(word: str, part: str) -> bool:
    same = 0
    while same < min(len(word), len(part)) and word[same] == part[same]:
        same += 1
    rest, other = word[same:], part[same:]
    if rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]:
        return True
    return rest[:2] == other[1::-1] and rest[2:] == other[2:]


def _places(view: View, hits: set[int], parts: list[str]) -> Iterator[Span]:
    done = -1
    for index in sorted(hits):
        if index <= done:
            continue
        done = last = _last(view, index, hits, parts)
        several = last > index and (
            view.capital[index] or any(not m & COMMON for m in view.marks[index : last + 1])
        )
        if several or _is_meant(view, index):
            start, end = view.starts[_first(view, index, parts)], view.ends[last]
            end -= _owner_sign(view.words[last], parts)
            longer = name_at(view, index, Openness.CAPITAL, "known")
            yield start, max(end, longer.end) if longer else end


def _owner_sign(word: str, parts: list[str]) -> int:
    """How many signs at the end say that something belongs to somebody: "Ana's", "anas"."""
    if word.endswith("'s"):
        return 2
    return int(word[-1] == "s" and word not in parts and word[:-1] in parts)


def _last(view: View, index: int, hits: set[int], parts: list[str]) -> int:
    """The last word of a name that begins at a word."""
    words, last = view.words, index
    while (
        last + 1 < len(words)
        and last - index < _MOST_WORDS
        and not words[last].endswith("'s")
        and _goes_on(view, last, parts)
        and (last + 1 in hits or _middle(view, last + 1, parts))
    ):
        last += 1
    return last


def _goes_on(view: View, last: int, parts: list[str]) -> bool:
    """Whether a name may go on: after a comma only when the surname came first."""
    between = view.gaps[last + 1]
    if between == ", ":
        return view.words[last] in parts[1:] and view.words[last + 1] != view.words[last]
    return between in {" ", "-"} or (between == ". " and len(view.words[last]) < 3)


def _first(view: View, index: int, parts: list[str]) -> int:
    """The initial or another first name before a surname belongs to it: "E. Doe", "Lon Doe"."""
    if not index or view.words[index] in parts[:1] or view.gaps[index] not in {". ", ".", " "}:
        return index
    before, marks = view.words[index - 1], view.marks[index - 1]
    if len(before) == 1:
        return index - 1 if before == parts[0][0] else index
    named = marks & GIVEN and not marks & COMMON and not before.endswith("'s")
    alike = view.capital[index] == view.capital[index - 1] and view.gaps[index] == " "
    return index - 1 if named and alike and view.words[index] in parts else index


def _middle(view: View, index: int, parts: list[str]) -> bool:
    """Whether a single letter stands for one of the parts."""
    word = view.words[index]
    return len(word) == 1 and view.capital[index] and any(part[0] == word for part in parts)


def _is_meant(view: View, index: int) -> bool:
    """Whether a part of a name that is a word or a place too is the name here."""
    word = view.words[index]
    if word.endswith("'s") and not _NOT_AFTER.isdisjoint(view.words[index + 1 : index + 3]):
        return False
    if _is_a_thing(view, index):
        return False
    return not view.marks[index] & COMMON or _is_told_from_a_word(view, index)


def _is_a_thing(view: View, index: int) -> bool:
    """Whether it is a part of a link, a place, what is counted, or what "the" makes a thing."""
    counted = view.gaps[index][-2:-1].isdigit()
    if counted or (in_link(view, index, index) and not view.gaps[index + 1][:1].isdigit()):
        return True
    if view.capital[index]:
        return is_place(view, index, index) or is_town(view, index)
    if not index or view.words[index - 1] not in NEXT_TO_THINGS or view.gaps[index] != " ":
        return False
    return index > 1 or view.words[0] != "this"  # "this becky", for "this is"


def _is_told_from_a_word(view: View, index: int) -> bool:
    """Whether a name that is an ordinary word too stands like a name."""
    word, after = view.words[index], view.gaps[index + 1]
    ahead = view.words[index + 1] if index + 1 < len(view.words) else ""
    if after.strip()[:1].isdigit():
        return False
    if starts_phrase(view, index):
        called = after[:1] in {",", ":", "!"} or (ends_phrase(view, index) and not ahead)
        alone = ends_phrase(view, index) and not view.capital[index]
        return called or alone or ahead in DOES or ahead == "here" or word.endswith("'s")
    before = view.words[index - 1]
    if view.is_shouted(index) or (
        before in _SAYS_WHO and (view.capital[index] or before != "from")
    ):
        return True
    named_so = view.capital[index - 1] or (ahead and view.capital[index + 1] and after == " ")
    return view.capital[index] and not named_so and before not in AT


def _initials(view: View, first: str, last: str) -> Iterator[Span]:
    """Both initials ("JT", "J. T."), or the first with a full stop where somebody is called."""
    words, starts, ends = view.words, view.starts, view.ends
    for index in view.marked(LETTER):
        if not view.capital[index]:
            continue
        after = view.gaps[index + 1]
        if words[index] == first + last and view.is_shouted(index):
            yield starts[index], ends[index]
        elif words[index] == first and words[index + 1 : index + 2] == [last]:
            if view.capital[index + 1] and after in {"", " ", ".", ". "}:
                dotted = view.plain.startswith(".", ends[index + 1])
                yield starts[index], ends[index + 1] + dotted
        elif words[index] == first and after[:1] == ".":
            called = after[1:2] in {",", ":"} or not after.strip(". ")
            at_start = not index or words[index - 1] == "for" or view.gaps[index][:1] in ".!?"
            if called and at_start and (index + 1 == len(words) or after[1:2] in {",", ":"}):
                yield starts[index], ends[index] + 1
