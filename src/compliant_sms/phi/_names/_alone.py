"""Names that nothing announces: by themselves, by where they stand, and initials."""

from __future__ import annotations

from compliant_sms.phi._names._called import answers, are_two, called
from compliant_sms.phi._names._extent import closes, starts_phrase
from compliant_sms.phi._names._filed import with_surname_before
from compliant_sms.phi._names._initials import initials, may_be_initials
from compliant_sms.phi._names._only_announced import in_capitals
from compliant_sms.phi._names._places import is_town
from compliant_sms.phi._names._reading import (
    OTHER_THINGS,
    Openness,
    Person,
    as_named,
    is_in_capitals,
    is_korean,
    name_at,
)
from compliant_sms.phi._names._unlisted import is_paired, owner, unlisted
from compliant_sms.phi._names._verbs import FOODS, told_by_verbs
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    DATE_WORD,
    DAY,
    GIVEN,
    HEALTH_TERM,
    LETTER,
    MONTH,
    NAME_CUE,
    NAMING,
    OTHER_NUMBER,
    OWNED,
    PHONE_WORD,
    RECORD_CUE,
    SURE_NAME,
    SURNAME,
    TOWN,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import (
    ALIVE,
    ARTICLES,
    BEFORE_SOMEBODY,
    BRANDS,
    DOES,
    HAPPENS,
    MODAL,
    MONTHS,
    NEXT_TO_THINGS,
    PEOPLE,
    PLACES,
    SPEAKS_OUT,
    THANKS,
    THINGS,
)

_STREETS = frozenset(word for word in PLACES if len(word) > 2)
_ALSO = DOES | {"asks", "paid", "pays", "texted", "thinks"}
_ANSWERS = _ALSO | {"here", "is"}
_KIND = SURNAME | COMMON | GIVEN
_NO_QUALITIES = word_set("isnt isn't is was aint not wasnt for")
_UNLISTED = CANDIDATE | HEALTH_TERM
_NO_WRITERS = THINGS | MODAL | MONTHS | BRANDS | FOODS
_DAYS = frozenset({"day", "week", "weekend", "eve"})
_SCHOOLS = frozenset(
    {"escuela", "primaria", "secundaria", "colegio", "parque", "biblioteca", "iglesia"}
)
_FIELD = RECORD_CUE | NAMING | HEALTH_TERM | DATE_WORD | OTHER_NUMBER | PHONE_WORD
_TO_SOMEBODY = word_set("llame llamen llamar llama diga digale dile avise pregunte preguntele vi")
"""Before "a" and somebody, in Spanish."""
_ASKS_OF = word_set("did does can could would will has is was tell ask let have should")
"""Opens a question or a wish about somebody: its capital is that of the sentence."""
_BEFORE_FULL_NAMES = (
    BEFORE_SOMEBODY | _ASKS_OF | word_set("call calling of from see text hi hey reach add de w con")
)
_STOPS = frozenset({".", ". "})
_BEFORE_ANY = word_set("for tell told about with but")
_OF_SOMEBODY = word_set("she he who shes hes she's he's cant can't needs has wont")


def may_be_alone(view: View, index: int, marks: int) -> bool:
    """Whether it is worth a closer look that a word names somebody whom nothing announces.

    Args:
        view: the text.
        index: of the word; it can be a name or an initial.
        marks: its marks.
    """
    ahead = index + 1
    if marks & LETTER:
        letters = _are_initials(view, index)
        if letters is not None:
            return letters
    if ahead < len(view.words):
        if view.marks[ahead] & OWNED and view.words[index][-1] == "s":
            return True
        if view.capital[index]:
            return _has_meaning(view, index, marks) and not _is_a_things(view, index, marks)
        return bool(marks & GIVEN) and _may_be_small(view, index)
    return bool(marks & GIVEN) or (view.capital[index] and _has_meaning(view, index, marks))


def _are_initials(view: View, index: int) -> bool | None:
    """Whether a letter or two may be initials by what stands beside them; None if it does not say.

    Of letters with stops the first and the last are looked at, none between.
    """
    words, ahead = view.words, index + 1
    stops = view.gaps[ahead] in _STOPS and view.gaps[index] in _STOPS
    if stops and ahead < len(words) and len(words[index - 1]) == len(words[ahead]) == 1:
        return False
    if may_be_initials(view, index):
        return True
    return False if view.gaps[ahead][:1].isdigit() else None  # a code: "QX88120"


def _has_meaning(view: View, index: int, marks: int) -> bool:
    """Whether a capital tells something: in a given name, and in a word that goes on small."""
    if marks & GIVEN:
        return True
    if marks & _UNLISTED != CANDIDATE:
        return False
    second = view.starts[index] + 1
    return view.plain[second : second + 1].islower() or view.shouts


def _may_be_small(view: View, index: int) -> bool:
    """Whether a given name that is a word too may be one in small letters."""
    ahead = index + 1
    surname = view.marks[ahead] & _KIND == SURNAME
    told = surname or not index or view.words[ahead] in HAPPENS or view.words[ahead] in _OF_SOMEBODY
    owns = view.words[index].endswith("'s")
    return told or owns or told_by_verbs(view, index) or _is_told_of(view, index)


def _is_a_things(view: View, index: int, marks: int) -> bool:
    """Whether what follows a capitalised word makes it a thing's: "Oral Surgery", "April 9"."""
    between = view.gaps[index + 1]
    if marks & MONTH and between[1:2].isdigit():
        return True
    if marks & (GIVEN | COMMON) == GIVEN or between != " " or not view.capital[index + 1]:
        return False
    thing = view.marks[index + 1] & _KIND == COMMON or view.words[index + 1] in _STREETS
    thing = thing and len(view.words[index + 1]) > 1
    return thing and not marks & SURE_NAME and view.words[index][-2:] != "'s"


def by_itself(view: View, index: int) -> Person | None:
    """Whom a word names that nothing announces."""
    marks = view.marks[index]
    if marks & GIVEN and is_in_capitals(view, index):
        return name_at(view, index, Openness.CAPITAL, "full")
    listed = view.gaps[index + 1] == ", " and not view.shouts and not marks & OTHER_THINGS
    if listed and (found := in_capitals(view, index)) and not _is_one_of_many(view, found):
        return found
    if marks & SURE_NAME and (not marks & LETTER or not view.is_shouted(index)):
        return _sure(view, index)
    if marks & LETTER and (found := initials(view, index)):
        return found
    if not view.capital[index]:
        found = _in_small_letters(view, index) if marks & GIVEN else None
        if marks & GIVEN and found is None and told_by_verbs(view, index):
            found = name_at(view, index, Openness.RELATIVE, "word-alone")
    else:
        found = _with_capital(view, index, marks) if marks & CANDIDATE else None
    return found or owner(view, index)


def _is_one_of_many(view: View, found: Person) -> bool:
    """Whether a list goes on: "FORD, LINCOLN and Grant streets"."""
    ahead = found.last + 1
    joined = view.words[ahead : ahead + 1] in (["and"], ["or"], ["y"], ["o"])
    goes_on = ahead < len(view.words) and view.gaps[ahead] == ", " and view.is_shouted(ahead)
    return joined or (goes_on and len(view.words[ahead]) > 1)


def _with_capital(view: View, index: int, marks: int) -> Person | None:
    if is_korean(view, index):
        return name_at(view, index, Openness.CAPITAL, "given")
    if not marks & GIVEN:
        return unlisted(view, index)
    found = _told_from_a_word(view, index) if _may_be_told(view, index) else None
    if found is None and told_by_verbs(view, index):
        return name_at(view, index, Openness.CAPITAL, "capital")
    return found


def _sure(view: View, index: int) -> Person | None:
    """A given name that is hardly a word, with the surname before it if there is one."""
    if view.marks[index] & MONTH and not _DAYS.isdisjoint(view.words[index + 1 : index + 2]):
        return None  # "columbus day"
    if index and view.words[index - 1] in _SCHOOLS and view.gaps[index] == " ":
        return None  # "la escuela Lincoln"
    if _is_a_venue(view, index):
        return None
    if is_town(view, index) if view.capital[index] else _is_a_thing(view, index):
        return None
    if not view.given.isascii() and _is_past_tense(view, index):
        return None
    found = name_at(view, index, Openness.GIVEN, "given")
    return with_surname_before(view, index, found) if found else None


def _is_a_venue(view: View, index: int) -> bool:
    """Whether a phrase ends with it behind a place's "the": "dinner at the Hilton"."""
    if index < 2 or not view.capital[index] or view.gaps[index - 1 : index + 1] != [" ", " "]:
        return False
    placed = view.words[index - 1] == "the" and view.words[index - 2] in {"at", "near", "by", "in"}
    return placed and (index + 1 == len(view.words) or view.gaps[index + 1] != " ")


def _is_past_tense(view: View, index: int) -> bool:
    """Whether it is a Spanish verb, told from a name by its accent: "marcó"."""
    return view.given[view.place(view.starts[index], view.ends[index])[1] - 1] == "ó"


def _is_a_thing(view: View, index: int) -> bool:
    """Whether "a" or "the" makes a thing of a name in small letters: "in the nick of time"."""
    after = view.marks[index + 1 : index + 2]
    if after and view.gaps[index + 1] == "-" and after[0] & (COMMON | LETTER):
        return True  # "jack-o-lantern"
    if not index or view.gaps[index] != " ":
        return False
    if view.words[index - 1] in NEXT_TO_THINGS and not _is_told_to(view, index):
        # "this shanice", for "this is", and "is this shanice?"
        return view.words[index - 1] != "this" or (index > 1 and view.words[index - 2] != "is")
    if view.words[index - 1] in _NO_QUALITIES:
        return False
    return index > 1 and view.gaps[index - 1] == " " and view.words[index - 2] in NEXT_TO_THINGS


def _may_be_told(view: View, index: int) -> bool:
    """Whether a capitalised word that is a name too stands where one could be told from a word."""
    if is_paired(view, index):
        return True
    if starts_phrase(view, index):
        ahead = index + 1
        if ahead >= len(view.words) or view.gaps[ahead] != " ":
            return True
        if view.words[ahead] == "and":
            return are_two(view, index)
        talk = view.marks[index] & COMMON and view.words[ahead] not in _ANSWERS
        return not talk or view.words[index][-2:] == "'s"
    if view.gaps[index] != " " or view.words[index - 1] in ARTICLES:
        return False
    return _stands_out(view, index)


def _is_told_to(view: View, index: int) -> bool:
    """Whether a Spanish "a" stands before somebody: "llame a Rosa"."""
    return index > 1 and view.words[index - 1] == "a" and view.words[index - 2] in _TO_SOMEBODY


def _stands_out(view: View, index: int) -> bool:
    """Whether the word before a capitalised one lets its capital tell something."""
    if not view.capital[index - 1] or view.marks[index - 1] & NAME_CUE:
        return True
    if view.words[index - 1] == "big":
        return True
    if view.words[index - 1] in _ASKS_OF and starts_phrase(view, index - 1):
        return True
    opens = view.words[index][-2:] == "'s" and starts_phrase(view, index - 1)
    return opens and view.marks[index - 1] & _KIND == COMMON  # "Complete Mei's forms"


def _told_from_a_word(view: View, index: int) -> Person | None:
    """A capitalised word that is a name too, if it is one here."""
    found = name_at(view, index, Openness.CAPITAL, "capital")
    if found is None or _is_dated(view, index):
        return None
    marks, word = view.marks[index], view.words[index].removesuffix("'s")
    first = starts_phrase(view, index)
    last = found.last
    firm = last > index and not view.marks[last] & COMMON
    if firm and not view.plain[found.start : found.end].isupper():
        return as_named(found, "full") if word not in MONTHS or first else None
    after = view.words[last + 1] if last + 1 < len(view.words) else ""
    happens = after in DOES and (word not in THINGS or _is_somebodys_doing(word, after))
    happens = happens or (after in _ALSO and _is_told_apart(view, index))
    if first and not marks & COMMON and word not in THINGS and _is_mixed(view, index):
        return as_named(found, "given")
    if first and (happens or called(view, found) or answers(view, found) or are_two(view, last)):
        return as_named(found, "addressed")
    owns = view.words[last].endswith("'s") and last == index
    told = (word not in BRANDS or owns) and _amid_small_letters(view, index, found)
    return found if told or found.start < view.starts[index] else None  # "Big Ed"


def _is_dated(view: View, index: int) -> bool:
    """Whether a weekday stands before its date: "Sunday, Sept 21"."""
    if not view.marks[index] & DAY:
        return False
    after = view.marks[index + 1 : index + 2]
    return view.gaps[index + 1][-1:].isdigit() or (bool(after) and bool(after[0] & DATE_WORD))


def _is_told_apart(view: View, index: int) -> bool:
    """Whether a text has the same word in small letters as well: "Bill says the bill is wrong"."""
    word = view.words[index]
    return any(
        other == word and not view.capital[at] for at, other in enumerate(view.words) if at != index
    )


def _is_somebodys_doing(word: str, after: str) -> bool:
    """Whether somebody does what follows a name that is a thing's too: "Bill fell"."""
    if word in PEOPLE:
        return after in SPEAKS_OUT or after in HAPPENS
    return after in ALIVE


def _is_mixed(view: View, index: int) -> bool:
    """Whether a capital tells something, as the word goes on in small letters."""
    second = view.starts[index] + 1
    return view.plain[second : second + 2].islower()


def _amid_small_letters(view: View, index: int, found: Person) -> bool:
    """Whether a capital in the middle of a sentence is there for no reason but a name."""
    plain, start, end = view.plain, found.start, found.end
    if not index or view.gaps[index] != " " or plain[start + 1 : start + 2].isupper():
        return False
    if view.words[index - 1] in ARTICLES or not plain[start - 2].islower():
        return False
    if not _stands_out(view, index):
        return False  # "Mineral Wells"
    if plain.startswith("'s", end):
        return True
    month, after = view.words[index] in MONTHS, found.last + 1
    if after >= len(view.words) or view.gaps[after] != " ":
        return plain[end : end + 1] not in {"-", "/"} and not month
    return not view.capital[after] and not month


def _writes(view: View, index: int) -> bool:
    """Whether somebody begins with who writes, in small letters: "bao: the script was for 30"."""
    ahead = index + 1
    if ahead == len(view.words) or view.words[index] in _NO_WRITERS or view.marks[index] & _FIELD:
        return False
    if view.gaps[ahead] in {": ", " - "}:
        return not view.capital[ahead]
    town = view.words[ahead] == "from" and view.capital[ahead + 1 : ahead + 2] == [True]
    return town and bool(view.marks[ahead + 1] & TOWN)  # "rose from Rosebud"


def _in_small_letters(view: View, index: int) -> Person | None:
    """A word that is a name too, in small letters: only where the words after it say so."""
    word, ahead = view.words[index], index + 1
    counted = view.gaps[0].strip().isdigit() or view.gaps[0].count("/") == 1
    opens = not index and not counted  # "1 star", "50/50 chance"
    alone = opens and view.gaps[1][:1] in {".", ",", ""}
    after = view.words[ahead] if ahead < len(view.words) else ""
    told = bool(after) and (
        (word.endswith("'s") and bool(view.marks[ahead] & OWNED))
        or (after in HAPPENS and starts_phrase(view, index))
    )
    alone = alone or (opens and _writes(view, index))
    if (alone and word not in THANKS) or (told and word not in THINGS):
        return name_at(view, index, Openness.RELATIVE, "word-alone")
    if not after or view.gaps[ahead] != " ":
        return None
    here = not index and after == "here" and word not in MODAL
    if word in MONTHS and not here:
        return None
    whose = after in _OF_SOMEBODY and view.words[index - 1] in _BEFORE_ANY
    if here or (word not in THINGS and whose):
        return name_at(view, index, Openness.RELATIVE, "word-alone")
    marks = view.marks[ahead]
    alone = not index and word not in THINGS | BRANDS and closes(view, ahead)
    alone = alone or _is_told_of(view, index)
    if marks & (SURNAME | DATE_WORD) == SURNAME and (
        alone or not marks & (COMMON | GIVEN) or not (marks | view.marks[index]) & COMMON
    ):
        return Person(view.starts[index], view.ends[ahead], ahead, "full")
    return None


def _is_told_of(view: View, index: int) -> bool:
    """Whether a first name and a surname in small letters stand where somebody does.

    Each is a word besides: "the form for linda smith is ready", not "for grace period is over".
    """
    if not index or view.words[index - 1] not in _BEFORE_FULL_NAMES or view.gaps[index] != " ":
        return False
    first, second = view.marks[index], view.marks[index + 1]
    other = (first | second) & OTHER_THINGS or first & HEALTH_TERM or not second & SURNAME
    small = not view.capital[index] and not view.capital[index + 1]  # not "little Omar"
    things = not small or view.words[index] in THINGS | BRANDS or view.gaps[index + 1] != " "
    return not other and not things and closes(view, index + 1)
