"""Names told by where they stand: before a date, and at the end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from compliant_sms.phi._labels import Direction
from compliant_sms.phi._names._extent import ends_phrase, starts_phrase
from compliant_sms.phi._names._filed import filed, small_initials, viet
from compliant_sms.phi._names._reading import Openness, Person, as_named, name_at
from compliant_sms.phi._names._scripts import in_scripts
from compliant_sms.phi._names._writer import writers
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import practice_speaks, writes_to_patient
from compliant_sms.phi._words._marks import (
    BIRTH,
    CANDIDATE,
    COMMON,
    DATE_WORD,
    DAY,
    FAMILY,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    IDENTIFIES,
    LETTER,
    NAME_CUE,
    NAMING,
    NO_NAME,
    NOT_ASCII,
    PLACE_WORD,
    RECORD_CUE,
    STAFF_CUE,
    SURNAME,
    TOWN,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_staff_words import DESKS, STAFF_THANKS, TITLES
from compliant_sms.phi._words._name_words import HONORIFICS, RELATIVES, THANKS, THINGS

_HONOURS = frozenset("様氏君")  # behind names of Japan
_LAST = 3
_NAMELIKE = CANDIDATE | SURNAME
_NAME_KINDS = frozenset({"first", "last", "given", "middle"})
_COMES_IN = frozenset({"checking", "arriving"})
_WHOSE = frozenset({"my", "our", "her", "his", "the", "a"})
_NICKNAME = frozenset({"nickname", "name"})
_SIGNS = frozenset("-~.?!,")
_PARTING = word_set(
    "ok okay k see you u ya then there thanks thank thx ty so much great perfect sounds good sure"
    " yes yep cool alright at on am pm"
)
_SHORT = 4
_HOUSEHOLD = frozenset({"family", "kids", "twins", "siblings", "triplets", "familia"})
_NO_SIGNATURES = THANKS | TITLES


def by_place(view: View) -> list[Person]:
    """Whom a text names where the place in the text, or what follows, makes a word a name."""
    said, found = view.said, list[Person]()
    if said & FAMILY:
        found += _families(view)
    if said & NAME_CUE and ("is" in view.words or "name" in view.words):
        found += _said_to_be(view)
    if said & IDENTIFIES or len(view.figures) > 1:
        found += _before_identification(view)
    if ", " in view.gaps:
        found += filed(view)
    if said & LETTER:
        found += small_initials(view)
    found += viet(view)
    if said & NOT_ASCII and not view.plain.isascii():
        found += _in_other_script(view)
        found += in_scripts(view)
    if view.direction is Direction.INBOUND:
        found += writers(view)
    last = len(view.words) - 1
    for index in range(max(1, last - _LAST + 1), last + 1):
        marks = view.marks[index]
        if marks & _NAMELIKE and (index == last or marks & GIVEN) and _may_sign(view, index):
            found += _signed(view, index)
    return found


def _families(view: View) -> Iterator[Person]:
    """A family by its surname: "the Okoro kids", "Nguyen family, 4 people"."""
    for index in view.marked(FAMILY):
        last = index - 1
        if last < 0 or view.gaps[index] != " ":
            continue
        party = view.words[index] == "party"
        if party and view.words[index + 1 : index + 2] != ["of"]:
            continue
        first = last - (last > 0 and view.gaps[last] == "-")
        if view.marks[first] & COMMON and not _is_of_people(view, first, index):
            continue
        if _is_family(view, first, small=party) and not view.is_shouted(last):
            yield Person(view.starts[first], view.ends[last], last, "family")


def _is_of_people(view: View, first: int, index: int) -> bool:
    """Whether a word with a capital amid small letters is a surname: "the Rivers twins"."""
    if view.words[index] not in _HOUSEHOLD or not view.capital[first] or view.capital[index]:
        return False
    other = DATE_WORD | HEALTH_TERM | HARDLY_NAME | PLACE_WORD
    named = view.marks[first] & SURNAME and not view.marks[first] & other
    return bool(named) and first > 0 and view.gaps[first] == " " and not view.capital[first - 1]


def _is_family(view: View, first: int, *, small: bool) -> bool:
    if first and view.words[first - 1] in {"the", "la"}:
        return True
    written = small or view.capital[first]
    if not written or not view.marks[first] & SURNAME:
        return False
    if starts_phrase(view, first):
        return True
    small = not (view.capital[first - 1] or view.capital[first + 1])
    return small and view.gaps[first] == " " and view.words[first + 1] in _HOUSEHOLD


def _said_to_be(view: View) -> Iterator[Person]:
    """Of whom or of what name it is said what they are: "hunter is my son", "Ng, first name Li"."""
    words = view.words
    for index in view.marked(NAME_CUE):
        if index < 2 or (words[index - 2] != "is" and words[index] != "name"):
            continue
        word, first = words[index], index - 3
        if word == "name" and words[index - 1] in _NAME_KINDS:
            if view.gaps[index - 1] == ", " and _is_word_of_name(view, index - 2):
                yield _alone(view, index - 2)
            first -= 1  # "christian is my first name"
        if first >= 0 and words[first + 1] == "is" and words[first + 2] in _WHOSE:
            told = word in RELATIVES and view.marks[first] & GIVEN
            if (told or word in _NICKNAME) and _is_word_of_name(view, first):
                yield _alone(view, first)


def _is_word_of_name(view: View, index: int) -> bool:
    """Whether a word stands at the start of a phrase, and can be a name."""
    barred = HARDLY_NAME | NO_NAME | NAME_CUE | STAFF_CUE | HEALTH_TERM
    long = view.ends[index] - view.starts[index] > 2
    return long and starts_phrase(view, index) and not view.marks[index] & barred


def _alone(view: View, index: int) -> Person:
    return Person(view.starts[index], view.ends[index], index, "said-to-be")


def _before_identification(view: View) -> Iterator[Person]:
    """Words of no list before a date, before "dob" or before "here"."""
    for index in view.marked(IDENTIFIES):
        word = view.words[index]
        if word in _COMES_IN and not _arrives(view, index):
            continue
        here = word == "here" or word in _COMES_IN
        if found := _no_words(view, index - 1, view.gaps[index], here=here):
            yield found
    for start, _ in view.figures:
        if view.plain.endswith(", ", 0, start) and (found := _amid_commas(view, start)):
            yield found
    for start in _dates(view):
        index = view.word_at(start)
        before = index - 1
        if index and view.ends[before] <= start:
            between = view.plain[view.ends[before] : start]
            if found := _no_words(view, before, between, here=between == " "):
                yield found


def _arrives(view: View, index: int) -> bool:
    """Whether a surname alone stands before "checking in"."""
    if not index or view.marks[index - 1] & (SURNAME | COMMON) != SURNAME:
        return False
    return view.words[index] == "arriving" or view.words[index + 1 : index + 2] == ["in"]


def _amid_commas(view: View, start: int) -> Person | None:
    """A name between a clause and a number: "call me, Bartlett, 555-0139"."""
    last = view.word_at(start) - 1
    if last < 1 or view.ends[last] != start - 2 or view.gaps[last] != ", ":
        return None
    marks = view.marks[last]
    named = marks & (GIVEN | SURNAME) and not marks & (COMMON | HARDLY_NAME | HEALTH_TERM)
    return _alone(view, last) if named and view.capital[last] else None


def _dates(view: View) -> Iterator[int]:
    """Where three figures stand like those of a date."""
    runs, plain = view.figures, view.plain
    for (start, end), (middle, after), (last, _) in zip(runs, runs[1:], runs[2:], strict=False):
        if middle - end == 1 and last - after == 1 and after - middle < 3:
            same = plain[end] in "/. -" and plain[after] == plain[end]
            if same and end - start in {1, 2, 4}:
                yield start


def _no_words(view: View, last: int, between: str, *, here: bool) -> Person | None:
    """The words of no list that end with one, if nothing of the sentence stands before them."""
    if last < 0 or between.strip(" ") not in {"", ",", "-", "("}:
        return None
    first = last + 1
    while first and last - first < 3 and _may_be_of_name(view, first - 1):
        if view.ends[first - 1] - view.starts[first - 1] < 2:
            break
        first -= 1
        if view.gaps[first] not in {" ", "-"}:
            break
    alone = first == last
    here = here or (alone and first == 0 and view.capital[0])  # "Kateryna DOB 4/17/75"
    if first > last or (alone and (not here or len(view.words[last]) < 3)):
        return None
    opens = starts_phrase(view, first) or (
        not here and view.words[first - 1] in {"for", "is", "its", "im", "by", "of", "from"}
    )
    if not opens or (first == last and view.is_shouted(first) and not view.shouts):
        return None
    return Person(view.starts[first], view.ends[last], last, "before-birth-date")


def _may_be_of_name(view: View, index: int) -> bool:
    """Whether a word is no other one, or one with a capital that is listed: "Rosa Linda dob"."""
    marks = view.marks[index]
    if marks & (HARDLY_NAME | NO_NAME | BIRTH | RECORD_CUE | NAMING):
        return False
    if not marks & COMMON:
        return True
    if view.words[index].endswith("'s"):
        return False
    return bool(view.capital[index] and marks & (GIVEN | SURNAME) and not marks & NAME_CUE)


# From here on one sign may be a name; before it one letter is a unit, an angle, a protein.
_FIRST_KANA = "\u3040"


@cache
def _other_script() -> re.Pattern[str]:
    letter = "[\u0370-\u1dff\u3040-\u9fff\uac00-\ud7af]"
    return re.compile(rf"(?=[^\W\d_]){letter}{{1,20}}(?:[ -]{letter}{{1,20}}){{0,3}}")


def _in_other_script(view: View) -> Iterator[Person]:
    """A few words of another script in a text of Latin letters are a name; "50 µg" is none."""
    written = _other_script().finditer(view.plain)
    found = [match for match in written if len(match[0]) > 1 or match[0] >= _FIRST_KANA]
    letters = sum(len(match[0]) for match in found)
    if found and len(view.plain) > 3 * letters:
        for match in found:
            start = match.start()
            end = start + len(_assigned(match[0]))
            end -= view.plain[end - 1] in _HONOURS
            bracketed = view.plain[start - 1 : start] == "(" and view.plain[end : end + 1] == ")"
            if end > start and not bracketed:
                yield Person(start, end, view.word_at(end) - 1, "other-script")


def _assigned(written: str) -> str:
    """The part before the first sign that stands for nothing."""
    for at, sign in enumerate(written):
        if unicodedata.category(sign) == "Cn":
            return written[:at]
    return written


def _signed(view: View, index: int) -> Iterator[Person]:
    """The name with which a text ends, if it begins with a word."""
    words, here, between = view.words, view.marks[index], view.gaps[index]
    sign = between.strip()[-1:]
    thanked = words[index - 1] in THANKS or "\n" in between
    if between == " " and words[max(0, index - 2) : index] != ["thank", "you"]:
        thanked = thanked and words[index - 1] != "you"  # "you rock"
    if not thanked and sign not in _SIGNS and not _behind_a_day(view, index):
        return
    if not view.capital[index] and not here & GIVEN:
        if here & SURNAME and not here & COMMON and sign != ",":
            yield Person(view.starts[index], view.ends[index], index, "signature")
        return
    found = name_at(view, index, Openness.CAPITAL, "signature")
    if not found:
        return
    staff = _staff_signs(view, found, sign, words[index - 1])
    ends = found.last == len(words) - 1 and not view.plain[found.end :].strip(" .!)\n")
    if staff or (ends and (sign != "," or thanked or words[index] not in THINGS)):
        yield as_named(found, found.rule, staff=staff)


def _may_sign(view: View, index: int) -> bool:
    """Whether a word can begin the name at the end; no town behind a comma can."""
    here, words = view.marks[index], view.words
    if words[index] in _NO_SIGNATURES or words[index - 1] in HONORIFICS:
        return False
    return here & (TOWN | GIVEN) != TOWN or view.gaps[index][-2:] != ", "


def _behind_a_day(view: View, index: int) -> bool:
    """Whether the last word stands behind a date, and nothing else was said: "14 feb 63 val"."""
    last = len(view.words) - 1
    if index < last or last >= _SHORT or not view.marks[index] & GIVEN:
        return False
    if not view.gaps[index].strip().isdigit() or view.marks[index] & (DATE_WORD | HARDLY_NAME):
        return False
    return bool(view.said & DATE_WORD)


def _staff_signs(view: View, found: Person, sign: str, before: str) -> bool:
    """Whether a name at the end is that of who writes for a practice."""
    after = view.words[found.last + 1 :]
    if view.gaps[found.last + 1][:1] == ":":
        return False  # "Bill: $120"
    if not ends_phrase(view, found.last) or (after and DESKS.isdisjoint(after)):
        return False
    if sign in {"-", "~"} and _only_parts(view, found):
        return False
    thanked = before in STAFF_THANKS and sign in {",", "!", "."}
    # "HIV test negative - Leo": a practice ends with a patient's name as well as with staff's.
    if (thanked or sign in {"-", "~"}) and practice_speaks(view, as_told=False):
        return True
    behind = found.start > 0 and (thanked or sign not in {",", ""})
    return behind and writes_to_patient(view, as_told=False)


def _only_parts(view: View, found: Person) -> bool:
    """Whether nothing is said before a name but "ok see you Thursday", as who is expected does."""
    said = view.words[: view.word_at(found.start)]
    return said[:1] != ["see"] and all(
        word in _PARTING or word.isdigit() or view.marks[at] & DAY for at, word in enumerate(said)
    )
