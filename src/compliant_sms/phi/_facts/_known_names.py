"""A name of the record in the forms that people write it in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, combinations, pairwise

from compliant_sms.phi._names._extent import ends_phrase, starts_phrase
from compliant_sms.phi._names._full_names import is_full
from compliant_sms.phi._names._places import in_link, is_place, is_town
from compliant_sms.phi._names._reading import Openness, Person, name_at
from compliant_sms.phi._names._staff import as_staff
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._written import Span, bare
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    GIVEN,
    HEALTH_TERM,
    LETTER,
    NO_NAME,
    NOT_ASCII,
    PARTICLE,
)
from compliant_sms.phi._words._name_lists import nicknames, word_set
from compliant_sms.phi._words._name_staff_words import CREDENTIALS, TITLES
from compliant_sms.phi._words._name_words import AT, DOES, NEXT_TO_THINGS

_TITLES = word_set("mr mrs ms miss mx dr dra sr sra md jr ii iii")
# Those that hardly any surname looks like.
_SHORT = word_set("ma do pa dc pt ot")
_BEHIND = CREDENTIALS - _SHORT
_LEAST_FOR_A_SLIP = 5
_WORDS_ONLY = COMMON | NO_NAME
_LEAST_BEHIND_APOSTROPHE = 4
_MOST_WORDS = 6
_LONGEST_ABBREVIATION = 3
_OF_A_TEST = word_set("test tests blood screen panel titer smear lab labs level result results")
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


@cache
def _between() -> re.Pattern[str]:
    """What may stand between the parts of one name, besides a blank."""
    return re.compile(r"[\s_/|(*\"'-]{1,4}|\.")


@cache
def _unspaced() -> re.Pattern[str]:
    """A name in a script that puts no blanks between words: Chinese, Japanese, Korean."""
    return re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]{2,}")


Shown = tuple[int, int, bool]
"""Where a name stands, and whether it is all of it: "Ana Gomez", "Gomez/Ana"."""


def within(places: Iterable[Span]) -> Callable[[int, int], bool]:
    """Whether a part of a text lies in one of several places, told in no time."""
    ordered = sorted(places)
    starts = [start for start, _ in ordered]
    furthest = list(accumulate((end for _, end in ordered), max))

    def lies(start: int, end: int) -> bool:
        before = bisect_right(starts, start)
        return before > 0 and end <= furthest[before - 1]

    return lies


def find_known_names(view: View, name: str, is_own: Callable[[int, int], bool]) -> Iterator[Shown]:
    """Where a text shows a name of the record, in full or in part.

    Args:
        view: the text.
        name: as the record has it, with a title or without.
        is_own: whether the practice names itself in a place: nobody else is named there.
    """
    parts = _name_parts(name)
    if not parts:
        return
    if not name.isascii() and view.said & NOT_ASCII:
        yield from _within_words(view, name)
    hits = {
        index
        for index in _hits(view, parts)
        if not is_own(view.starts[index], view.starts[index] + 1)
    }
    if hits:
        for start, end in _places(view, hits, parts):
            yield start, end, _is_in_full(view.plain[start:end], parts)
    if len(parts) > 1 and view.said & LETTER:
        for start, end in _initials(view, parts[0][0], parts[-1][0]):
            yield start, end, False


def _is_in_full(shown: str, parts: Sequence[str]) -> bool:
    """Whether a part of a text has the first name and the last one, whatever stands between."""
    if is_full(shown):
        return True
    if len(parts) < 2 or shown.lower() in parts:
        return False
    written, last = bare(shown), bare(parts[-1])
    return any(
        len(first) > 1 and len(last) > 1 and written in {first + last, last + first}
        for first in _firsts(parts)
    )


def has_first_name(shown: str, name: str) -> bool:
    """Whether a part of a text has the first name of a name of the record, or a short form."""
    return not _firsts(_name_parts(name)).isdisjoint(_words().findall(View(shown).lower))


def _name_parts(name: str) -> list[str]:
    return _parts(name.lower() if name.isascii() else View(name).lower)


def _within_words(view: View, name: str) -> Iterator[Shown]:
    """Where a name stands among letters, in a script without blanks; given names alone too."""
    for whole in _unspaced().findall(name):
        for part in (whole, whole[1:]) if len(whole) > 2 else (whole,):
            written = View(part).lower
            start = view.lower.find(written)
            while start >= 0:
                yield start, start + len(written), part is whole
                start = view.lower.find(written, start + len(written))


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
    joined = _joined(parts)
    if not joined.isdisjoint(view.words):  # "Per Son" is nobody's name in "person"
        alike = (index for index, word in enumerate(view.words) if word in joined)
        hits |= {index for index in alike if not view.marks[index] & _WORDS_ONLY}
    long = [part for part in parts if len(part) >= _LEAST_FOR_A_SLIP]
    owned = "'s" in view.lower
    if long or owned:
        for index in view.marked(CANDIDATE):
            word = view.words[index].removesuffix("'s")
            if (
                word in forms
                or word in joined
                or (not view.marks[index] & COMMON and _slip(word, long))
            ):
                hits.add(index)
    return hits


def _forms(parts: list[str]) -> set[str]:
    """Each part, the short forms of the first, and what stands behind an apostrophe."""
    forms = {part for part in parts if len(part) > 1} | _firsts(parts)
    forms.discard(parts[0] if len(parts[0]) == 1 else "")
    forms |= {f"{one}'{other}" for one, other in pairwise(parts) if len(one) == 1}
    behind = (part.rpartition("'")[2] for part in parts if "'" in part)
    return forms | {part for part in behind if len(part) >= _LEAST_BEHIND_APOSTROPHE}


def _joined(parts: Sequence[str]) -> set[str]:
    """Parts that were written as one word, in either order: "delacruz", "gomezana"."""
    joined: set[str] = set()
    for start, end in combinations(range(min(len(parts), _MOST_WORDS) + 1), 2):
        if end - start > 1:
            joined |= {"".join(parts[start:end]), parts[end - 1] + parts[start]}
    return joined


def _firsts(parts: Sequence[str]) -> frozenset[str]:
    """The first name, its short forms, and those that it can be short for."""
    short, long = nicknames().get(parts[0]), _long_forms().get(parts[0])
    return frozenset({parts[0]}) | (short or frozenset()) | (long or frozenset())


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
        first = _first(view, index, parts)
        if first < index and len(view.words[first]) > 1 and _is_staff(view, first, last):
            continue
        several = last > index and (
            view.capital[index] or any(not m & COMMON for m in view.marks[index : last + 1])
        )
        if several or _is_meant(view, index):
            start, end = view.starts[first], view.ends[last]
            end -= _owner_sign(view.words[last], parts)
            longer = name_at(view, index, Openness.CAPITAL, "known")
            yield start, max(end, longer.end) if longer else end


def _is_staff(view: View, first: int, last: int) -> bool:
    """Whether a namesake is staff: "Dr. Raj Patel" in a text to Asha Patel."""
    if first and view.words[first - 1] in TITLES:
        return True
    return as_staff(view, Person(view.starts[first], view.ends[last], last, "known")).staff


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
        and (last + 1 in hits or _middle(view, last + 1, parts) or _second(view, last + 1, hits))
    ):
        last += 1
    return last


def _goes_on(view: View, last: int, parts: list[str]) -> bool:
    """Whether a name may go on: after a comma only when the surname came first."""
    between, ahead = view.gaps[last + 1], last + 1
    is_word = view.marks[ahead] & (COMMON | PARTICLE) == COMMON
    if is_word and view.capital[last] and not view.capital[ahead]:
        return False  # "Mr. Smith, will you come", unlike "Maria de la Cruz"
    if between.strip() == ",":
        return view.words[last] in parts[1:] and view.words[ahead] != view.words[last]
    if between == ". ":
        return len(view.words[last]) < 3
    return _between().fullmatch(between) is not None


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


def _second(view: View, index: int, hits: set[int]) -> bool:
    """Whether a second first name stands between two parts: "Ana J. Gomez", "Ana Maria Gomez"."""
    if index + 1 not in hits or not view.capital[index] or view.gaps[index] != " ":
        return False
    if len(view.words[index]) == 1:
        return view.gaps[index + 1] in {" ", ". "}
    return bool(view.marks[index] & GIVEN) and view.gaps[index + 1] == " "


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
    if _is_no_abbreviation(view, index):
        return True
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


def _is_no_abbreviation(view: View, index: int) -> bool:
    """Whether a name is written as one though in capitals it is a test: "Ana see you Tuesday".

    Not where that is said behind it: "Ana blood test" tells of one, however it is written.
    """
    short = view.marks[index] & HEALTH_TERM and len(view.words[index]) <= _LONGEST_ABBREVIATION
    if not short or not _OF_A_TEST.isdisjoint(view.words[index + 1 : index + 2]):
        return False
    return view.capital[index] and not view.is_shouted(index)


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
