"""Names that a word before them announces."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from compliant_sms.phi._names._extent import ends_phrase
from compliant_sms.phi._names._filed import is_filed_under
from compliant_sms.phi._names._initials import initials
from compliant_sms.phi._names._only_announced import in_capitals, surname_only, with_particles
from compliant_sms.phi._names._reading import (
    Openness,
    Person,
    as_named,
    does_something,
    name_at,
)
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import MOST_READ, practice_speaks, writes_to_patient
from compliant_sms.phi._words._marks import (
    BIRTH,
    COMMON,
    DATE_WORD,
    DAY,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    LETTER,
    NO_NAME,
    PARTICLE,
    PLACE_WORD,
    STAFF_CUE,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_staff_words import (
    DESKS,
    HOSTS,
    LEADS,
    ROLES,
    SHORT_ROLES,
    THEY_DO,
    TITLES,
    VISITS,
    WITH,
)
from compliant_sms.phi._words._name_words import (
    ANY_NAME,
    FILED,
    FOR_WHOM,
    GREETINGS,
    HONORIFICS,
    I_AM,
    IS,
    IT,
    NAMED,
    NO_HOSTS,
    PARENTS,
    RELATIVES,
    SAYS_A_NAME,
    SPEAKS,
    SPELLED,
    THINGS,
    VISITS_OF,
)

_ABBREVIATED = frozenset({" ", ". ", "."})
_CALLED = frozenset({" ", ", ", ": ", " - ", "! "})
_TOLD = frozenset({" ", ": ", ", "})
_LINK = frozenset({"is", "named", "called", "mwen"})
_ME = frozenset({"me"})
_GOES = frozenset({"go", "goes", "going", "went"})
_MOST_SKIPPED, _LONG_ENOUGH = 4, 4
_NURSES = frozenset({"nurse", "midwife", "doula", "enfermera"})
_THINGS_WITH_NAMES = frozenset({"wifi", "network", "file", "brand", "domain", "app", "screen"})
_GREETING = frozenset({"greeting", "named"})
_NOBODY, _BEFORE_YOUR = word_set("will may hope love sunday early case"), word_set("mark bill")
_SUBJECTS = word_set("we we're we've we'll i i'm you please pls")
_SPOKEN = _SUBJECTS | word_set(
    "it's this just thanks you're your can could would"
    " are do don't did have call text reply what when how su le te tiene"
)
_TELL_ALL = frozenset({"introduction", "named", "relative"})
_SLASHED = frozenset({" ", "/", "/ ", "/h "})
_LEADING, _DOTS = frozenset({" ", ". "}), frozenset({".", ". "})
_NO_LETTERS = frozenset("aiurnys")
_ONE_BLANK, _FOR = frozenset({" "}), frozenset({"for"})
_BEFORE = (
    {"am": frozenset({"i"}), "se": frozenset({"mwen", "non"}), "e": frozenset({"aqui"})}
    | {"chamo": frozenset({"me"}), "under": FILED}
    | {"law": frozenset({"in"})}
    | dict.fromkeys(IS, IT)
    | dict.fromkeys(SPEAKS, frozenset({"le", "te", "les", "aqui"}))
)


class _Cue(NamedTuple):
    """What may follow a word that announces a name."""

    gaps: frozenset[str]
    """What may stand between."""
    openness: Openness
    rule: str
    skipped: frozenset[str] = frozenset()
    """Words that may stand between too."""
    staff: bool = False
    hosts: bool = False
    """Whether only a practice that speaks, or a visit, makes staff of who follows."""


@cache
def _cues() -> dict[str, _Cue]:
    """By word; those further up win."""
    table: tuple[tuple[Iterable[str], _Cue], ...] = (
        (TITLES, _Cue(_ABBREVIATED, Openness.ANY, "title", staff=True)),
        (SHORT_ROLES, _Cue(_ABBREVIATED, Openness.CAPITAL, "role", staff=True)),
        (ROLES, _Cue(_TOLD, Openness.CAPITAL, "role", LEADS, staff=True)),
        (WITH, _Cue(_SLASHED, Openness.CAPITAL, "visit-with", staff=True, hosts=True)),
        (HOSTS - NAMED, _Cue(_ONE_BLANK, Openness.CAPITAL, "host", _FOR, staff=True, hosts=True)),
        (HONORIFICS, _Cue(_ABBREVIATED, Openness.ANY, "honorific")),
        (GREETINGS, _Cue(_CALLED, Openness.CAPITAL, "greeting")),
        (PARENTS, _Cue(_TOLD, Openness.RELATIVE, "relative", _LINK | {"of", "de"})),
        (RELATIVES, _Cue(_TOLD, Openness.RELATIVE, "relative", _LINK)),
        (SAYS_A_NAME | IS, _Cue(_TOLD, Openness.ANY, "introduction", _ME)),
        (I_AM | SPEAKS, _Cue(_TOLD, Openness.CAPITAL, "introduction", _ME)),
        (FOR_WHOM, _Cue(_ONE_BLANK, Openness.RELATIVE, "for-whom")),
        (SPELLED, _Cue(_ONE_BLANK, Openness.CAPITAL, "named", frozenset({"it"}))),
        (ANY_NAME, _Cue(_TOLD, Openness.ANY, "named")),
        (NAMED, _Cue(_TOLD, Openness.CAPITAL, "named")),
    )
    return {word: cue for words, cue in reversed(table) for word in words}


def after_cue(view: View, index: int) -> Person | None:
    """Whom a word announces, if it announces anybody."""
    cue = _cues().get(view.words[index])
    goes_by = view.words[index] == "by" and index > 0 and view.words[index - 1] in _GOES
    if goes_by or (view.words[index] == "ask" and _asks_for_patient(view, index)):
        return _called(view, index)
    if cue is None or view.gaps[index + 1] not in cue.gaps or not _means_it(view, index, cue):
        return None
    ahead = _past_skipped(view, index + 1, cue.skipped) if cue.skipped else index + 1
    if ahead >= len(view.words) or _is_no_name(view, ahead, cue):
        return None
    if view.marks[ahead] & LETTER:
        found = _lettered(view, ahead, cue) if cue.gaps is _ABBREVIATED else None
        if found or _is_letters(view, ahead, cue):
            return found or _by_letters(view, ahead, cue)
    found = name_at(view, ahead, _openness(view, index, ahead, cue), cue.rule)
    found = found or _less_like_a_name(view, ahead, cue)
    return _completed(view, found, cue, view.words[index]) if found else None


def _is_no_name(view: View, index: int, cue: _Cue) -> bool:
    """Whether a word behind a cue is another one, as often as it may be a name elsewhere."""
    if cue.hosts and view.words[index] in NO_HOSTS:
        return True
    return _opens_a_sentence(view, index, cue)


def _opens_a_sentence(view: View, index: int, cue: _Cue) -> bool:
    """Whether a word behind a greeting has its capital from the sentence that it begins.

    "Hi, Read the form", "Hello - New hours", "Dear patient, Download our app".
    """
    if cue.rule not in _GREETING or view.gaps[index + 1] != " " or index + 1 >= len(view.words):
        return False
    marks, apart = view.marks[index], view.gaps[index] != " "
    if not apart and cue.rule != "greeting":
        return False
    if not view.capital[index] or view.capital[index + 1] or view.marks[index + 1] & PARTICLE:
        return False
    if marks & GIVEN:
        other = bool(marks & HARDLY_NAME or view.words[index].removesuffix("'s") in THINGS)
        return apart and other and not _is_spoken_to(view, index)
    surname = marks & SURNAME and view.words[index + 1] in _SUBJECTS
    return bool(marks & COMMON) and not surname


def _is_spoken_to(view: View, index: int) -> bool:
    """Whether it goes on as to somebody of that name: "Hi, Angel your form is ready"."""
    word, after = view.words[index], view.words[index + 1]
    if word in _NOBODY or (after == "your" and word in _BEFORE_YOUR):
        return False
    if after == "is" or word.endswith("'s"):
        return not view.marks[index] & DATE_WORD and word != "season's"
    return after in _SPOKEN


def _asks_for_patient(view: View, index: int) -> bool:
    """Whether it is no practice that says whom to ask for, or somebody's things are asked for."""
    owned = any(word.endswith("'s") for word in view.words[index + 2 : index + 4])
    in_full = any(view.capital[index + 3 : index + 4])
    return owned or not practice_speaks(view, as_told=not in_full)


def _called(view: View, index: int) -> Person | None:
    """What somebody is called, or whom to ask for."""
    if view.words[index] == "by":
        return name_at(view, index + 1, Openness.RELATIVE, "named")
    return _asked_for(view, index)


def _asked_for(view: View, index: int) -> Person | None:
    """Whom to ask for, as somebody who is no practice says: "ask 4 Cookie", "ask for Big Ed"."""
    ahead = index + 1
    asked = view.gaps[ahead] == " 4 "
    if view.words[ahead : ahead + 1] == ["for"]:
        ahead += 1
        asked = view.gaps[ahead] == " "
    called = ahead + (view.words[ahead : ahead + 1] == ["big"])
    if not asked or called >= len(view.words) or not view.capital[called]:
        return None
    found = name_at(view, called, Openness.CAPITAL, "named")
    barred = view.marks[called] & (HARDLY_NAME | NO_NAME | STAFF_CUE)
    if found or barred or view.words[called] in DESKS:
        return found
    return Person(view.starts[called], view.ends[called], called, "named")


def _less_like_a_name(view: View, index: int, cue: _Cue) -> Person | None:
    """Whom a cue announces though the word behind it begins no name elsewhere."""
    if view.words[index - 1] == "baby" and view.marks[index] & PARTICLE:
        return with_particles(view, index, cue.rule)
    if cue.rule == "named":
        return in_capitals(view, index) if view.gaps[index + 1] == ", " else None
    if cue.gaps is not _ABBREVIATED:
        return None
    return with_particles(view, index, cue.rule) or surname_only(
        view, index, cue.rule, staff=cue.staff
    )


def _openness(view: View, index: int, ahead: int, cue: _Cue) -> Openness:
    """What a cue allows: less in "cousin is ..." and behind "ms" in small letters."""
    if view.words[index] in _NURSES and ahead == index + 1 and view.words[ahead] not in THINGS:
        return Openness.RELATIVE
    if cue.rule == "relative" and ahead > index + 1 and view.words[index + 1] in _LINK:
        return Openness.CAPITAL
    short = cue.rule == "honorific" and len(view.words[index]) < 3 and not view.capital[index]
    here = view.marks[ahead]
    # "Ms" is an illness too, "mr" is not: a surname of no list, misspelt perhaps, may follow.
    long = view.words[index] == "mr" and len(view.words[ahead]) > _LONG_ENOUGH
    known = here & (SURNAME | COMMON | HEALTH_TERM) == SURNAME
    known = known or (long and not here & (COMMON | HEALTH_TERM | DATE_WORD))
    return Openness.CAPITAL if short and not known else cue.openness


def _past_skipped(view: View, ahead: int, skipped: frozenset[str]) -> int:
    """The first word that does not only lead to a name: "nurse there is ..."."""
    until = min(ahead + _MOST_SKIPPED, len(view.words))
    while ahead < until and view.words[ahead] in skipped and view.gaps[ahead + 1] in _LEADING:
        ahead += 1
    return ahead


def _is_letters(view: View, index: int, cue: _Cue) -> bool:
    """Whether letters alone stand for a name: "Mrs. D.", or lead to one: "Dr. T.J. Ruiz"."""
    return view.gaps[index + 1] == "." or _is_one_letter(view, index, cue)


def _is_one_letter(view: View, index: int, cue: _Cue) -> bool:
    alone = len(view.words[index]) == 1 and not _goes_on_dotted(view, index)
    return alone and cue.gaps is _ABBREVIATED


def _by_letters(view: View, index: int, cue: _Cue) -> Person | None:
    find = _letter if _is_one_letter(view, index, cue) else _dotted
    return find(view, index, cue)


def _letter(view: View, index: int, cue: _Cue) -> Person | None:
    """The one letter that stands for a name behind a title: "Mrs. D.", "dr m"."""
    word, after = view.words[index], view.gaps[index + 1][:1]
    if after in {"'", "-", "/"}:
        return None
    if not view.capital[index] and (not cue.staff or word in _NO_LETTERS):
        return None
    end = view.ends[index] + (after == "." and view.capital[index])
    return Person(view.starts[index], end, index, cue.rule, cue.staff)


def _lettered(view: View, index: int, cue: _Cue) -> Person | None:
    """Initials and a surname behind a title: "Mrs. J R Smith", "Mr. T. J. Lopez"."""
    ahead = index
    while (
        view.capital[ahead] and len(view.words[ahead]) == 1 and view.gaps[ahead + 1] in _ABBREVIATED
    ):
        ahead += 1
        if ahead == len(view.words):
            return None
    if ahead == index or not view.capital[ahead] or len(view.words[ahead]) == 1:
        return None
    common = view.marks[ahead] & COMMON
    if common and view.gaps[ahead] == ". " and not does_something(view, ahead):
        return None  # a sentence ends with the letter: "Ask for Dr. K. Young adults are welcome"
    found = name_at(view, ahead, Openness.ANY, cue.rule)
    return found and Person(view.starts[index], found.end, found.last, cue.rule, cue.staff)


def _dotted(view: View, index: int, cue: _Cue) -> Person | None:
    """Initials and a surname behind a title: "Dr. T.J. Ruiz"."""
    found = initials(view, index) if cue.staff else None
    return as_named(found, cue.rule, staff=True) if found else None


def _goes_on_dotted(view: View, index: int) -> bool:
    """Whether another letter or a surname follows the full stop: "Dr. T.J. Ruiz"."""
    ahead = index + 1
    return ahead < len(view.words) and view.gaps[ahead] in _DOTS and view.capital[ahead]


def _on_a_day(view: View, index: int) -> bool:
    return index < len(view.words) and bool(view.marks[index] & DAY)


def _completed(view: View, found: Person, cue: _Cue, word: str) -> Person:
    """Whom a cue announces, with a first name behind the surname, and as staff if that is told."""
    if word == "see" and _on_a_day(view, found.last + 1):
        return found  # whom the practice will see
    if cue.rule == "named" and view.gaps[found.last + 1] in {", ", "/"}:
        found = _first_name_behind(view, found)
    elif cue.rule in _TELL_ALL:
        found = _with_a_word_behind(view, found)
    if cue.staff or (cue.rule == "introduction" and _introduces_staff(view, found, word)):
        return as_named(found, found.rule, staff=True)
    return found


def _with_a_word_behind(view: View, found: Person) -> Person:
    """The name with a surname that is a word, as patients write it: "name is Bartholomew Inch"."""
    ahead = found.last + 1
    if ahead >= len(view.words) or not view.capital[found.last] or not view.capital[ahead]:
        return found
    second = view.starts[ahead] + 1
    small = not view.capital[0] and view.plain[second : second + 1].islower()
    barred = view.marks[ahead] & (HARDLY_NAME | NO_NAME | HEALTH_TERM | DATE_WORD | PLACE_WORD)
    if not small or barred or view.plain[found.end : second - 1] != " ":
        return found
    return Person(found.start, view.ends[ahead], ahead, found.rule)


def _means_it(view: View, index: int, cue: _Cue) -> bool:
    """Whether the word before a cue, or what the text is about, lets it announce somebody."""
    word = view.words[index]
    if word in _BEFORE:
        close = index > 0 and not view.gaps[index].strip(" ,")
        told = close and view.words[index - 1] in _BEFORE[word]
        return is_filed_under(view, index + 1, told=told) if word == "under" else told
    if word == "name" and index and view.words[index - 1] in _THINGS_WITH_NAMES:
        return False
    if cue.rule == "for-whom":
        return index > 0 and view.words[index - 1] in VISITS_OF and _is_whose(view, index + 1)
    # Only there is nobody else meant: "we are with Leo now" is of a patient.
    asked = view.words[index : index + 2] == ["ask", "for"]
    desk = word == "con" and index > 0 and view.words[index - 1] in DESKS
    if not cue.hosts or practice_speaks(view, as_told=asked or desk):
        return True
    if index and view.words[index - 1] == "in" and word in WITH:
        return True  # "can i get in w Sasha"
    return (word in WITH or word == "see") and not VISITS.isdisjoint(view.words[:MOST_READ])


def _is_whose(view: View, index: int) -> bool:
    """Whether a word is a name, and a word besides only where the phrase ends: "for daisy"."""
    other = HEALTH_TERM | DATE_WORD | (0 if ends_phrase(view, index) else COMMON)
    named = view.marks[index] & GIVEN != 0 and not view.marks[index] & other
    return named and view.words[index] not in THINGS


def _first_name_behind(view: View, found: Person) -> Person:
    """The surname and the first name behind it: "Pt GARCIA, ANA"."""
    ahead = found.last + 1
    if ahead >= len(view.words) or view.marks[found.last] & (SURE_NAME | SURNAME) == SURE_NAME:
        return found
    sure = view.marks[ahead] & SURE_NAME
    both = not sure and view.is_shouted(ahead) and view.is_shouted(found.last)
    known = GIVEN if both and not view.gaps[ahead + 1].strip()[:1].isdigit() else SURE_NAME
    if not view.marks[ahead] & known or view.is_shouted(ahead) != view.is_shouted(found.last):
        return found
    if known == GIVEN:
        return Person(found.start, view.ends[ahead], ahead, found.rule)
    first = name_at(view, ahead, Openness.CAPITAL, found.rule)
    return Person(found.start, first.end, first.last, first.rule) if first else found


def _two_before(view: View, found: Person) -> list[str]:
    first = view.word_at(found.start)
    return view.words[max(0, first - 2) : first]


def _introduces_staff(view: View, found: Person, word: str) -> bool:
    """Whether somebody of the practice tells who writes: "Hi Ana, it's Bo. Your labs are in"."""
    after = view.words[found.last + 1 : found.last + 2]
    as_told = _is_first_name_alone(view, found)
    if word == "is" and after and after[0] in THEY_DO and practice_speaks(view, as_told=as_told):
        return True
    no_staff = word in SAYS_A_NAME or word == "under"  # "ready at the desk under Gomez"
    if view.direction is not None and word == "is" and "this" not in _two_before(view, found):
        return False  # "his name is Leo Ruiz", in what only the direction shows to be a practice's
    return found.start > 0 and not no_staff and writes_to_patient(view, as_told=as_told)


def _is_first_name_alone(view: View, found: Person) -> bool:
    """Whether nothing but a first name is told of somebody: no "Leo Ruiz", "Leo, 4", "Leo's"."""
    last, ahead = found.last, found.last + 1
    if view.word_at(found.start) != last or view.words[last].endswith("'s"):
        return False
    born = any(mark & BIRTH for mark in view.marks[ahead : ahead + 1])
    told = born or any(map(str.isdigit, view.gaps[ahead]))
    return not told and bool(view.marks[last] & GIVEN)
