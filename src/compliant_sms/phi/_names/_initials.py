"""Initials, with a surname or by themselves."""

from __future__ import annotations

from compliant_sms.phi._names._extent import ends_phrase
from compliant_sms.phi._names._reading import Openness, Person, does_something, name_at
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    DATE_WORD,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    NO_NAME,
    PLACE_WORD,
    STAFF_CUE,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import BEFORE_SOMEBODY, DOES, LETTERED

_MOST = 4
_ABBREVIATIONS = word_set(
    "U.S. U.K. E.R. I.V. P.O. A.M. P.M. M.D. D.O. R.N. N.P. P.A. P.S. D.C. L.A. N.Y. I.D. O.B. T.B."
    " B.P. P.T. O.T. C.T. P.C. A.A. N.A. H.S. B.S. Q.D. S.S. V.A. E.D. N.J. N.C. S.C. R.I. N.M."
    " W.V. N.D. S.D. N.H. P.R. T.V. D.R. F.N."
)
_OFFICES = word_set(
    "RX ER UC PT OT HR IT PO US IV VA ED PA NP MD DO ID TB BP OB MA RN DR UK EU PC TV GP AC QA WI"
    " PM"
)
_OF_SOMEBODY = BEFORE_SOMEBODY | word_set(
    "call called on of from see to hi hello dear hey can add reach text de con"
)
_HEADS = word_set("fyi re pt attn staff update")
_BLANKS = frozenset({" ", ", "})
_NO_SURNAME = COMMON | HEALTH_TERM | DATE_WORD | STAFF_CUE | NO_NAME | HARDLY_NAME | PLACE_WORD
_WORDS = frozenset({"a", "i", "o", "y"})
_DIRECTIONS = frozenset({"n", "s", "e", "w"})
_NEAR = word_set("at on near from off of by the to")
_CHOICES = word_set("reply text press send type key enter answer responda")
_NAMING = frozenset({"for", "its", "it's", "cancel", "reschedule", "confirm"})
_THANKS = frozenset({"thanks", "thx", "ty"})
_BY_TWO = {"is": {"this", "name"}, "by": {"go", "goes", "went"}}
_TELLING = _NAMING | _THANKS | {"is", "by"}


def may_be_initials(view: View, index: int) -> bool:
    """Whether it is worth a closer look that a letter or two are initials."""
    after = view.gaps[index + 1]
    if after[:1] in {".", "-"}:
        return True
    if after[:1].isdigit() and len(view.words[index]) > 1:
        return False
    if not view.capital[index]:
        return False
    if _leads_surname(view, index):
        return True
    return not index or view.gaps[index] != " " or view.words[index - 1] in _TELLING


def initials(view: View, index: int) -> Person | None:
    """Initials: with a surname ("J. Doe", "DOE, J."), or alone where somebody is named."""
    first, word, start, end = index, view.words[index], view.starts[index], view.ends[index]
    gap = view.gaps[index]
    lettered = index and gap == " " and view.words[index - 1] in LETTERED
    if lettered or gap[-1:].isdigit() or gap[-1:] == "/":  # "room J", "6J", "M/W/F"
        return None
    if view.gaps[index + 1] in {"-", " "} and (found := _undotted(view, index)):
        return found
    dotted = len(word) == 1 and view.gaps[index + 1][:1] == "."
    if dotted:
        ahead = index + 1
        while ahead - index < _MOST and _is_initial(view, ahead):
            ahead += 1
        alike = view.capital[index] or not view.capital[min(ahead, len(view.words) - 1)]
        if alike and (found := _surname_after(view, first, ahead)):
            return Person(start, found.end, found.last, "initial")
        index, end = ahead - 1, view.ends[ahead - 1] + 1
    told = dotted or (word not in {"a", "i"} and view.plain[end : end + 1] not in {"'", "/"})
    if not told or not view.plain[start:end].isupper():
        return None
    if _is_alone(view, first, end):
        return Person(start, end, index, "initials")
    return _after_surname(view, index) if len(word) == 1 else None


def _spelled(view: View, index: int) -> Person | None:
    """A name that is spelled: "S-h-a-w-n-a"."""
    last, words = index, view.words
    if index and view.gaps[index][-1:] == "-":
        return None
    while last + 1 < len(words) and view.gaps[last + 1] == "-" and len(words[last + 1]) == 1:
        last += 1
    if last - index < _MOST - 1 or len(words[index]) > 1:
        return None
    return Person(view.starts[index], view.ends[last], last, "spelled")


def _leads_surname(view: View, index: int) -> bool:
    """Whether an initial without a full stop stands before a surname: "for P Raghunathan"."""
    ahead = _behind(view, index)
    if ahead >= len(view.words) or view.gaps[ahead] != " ":
        return False
    if len(view.words[index]) > 1 and not _are_two(view, index):
        return False
    if view.words[index] in _WORDS or not (view.capital[index] and view.capital[ahead]):
        return False
    kinds = view.marks[ahead]
    named = kinds & SURNAME or kinds & (CANDIDATE | GIVEN) == CANDIDATE
    other = _NO_SURNAME & ~HEALTH_TERM if kinds & SURE_NAME else _NO_SURNAME  # "M Williams"
    barred = kinds & other and not _is_of_somebody(view, index, ahead)
    named = named and not barred and not view.gaps[index].strip()[-1:].isdigit()
    if not named or view.is_shouted(ahead) != view.shouts:
        return False
    before = view.words[index - 1] if index else ""
    if view.words[index] in _DIRECTIONS and (not index or before in _NEAR):
        return False  # "Our office is at W Madison"
    return before not in _CHOICES


def _are_two(view: View, index: int) -> bool:
    """Whether two letters are initials rather than an office or a state: "TJ Lopez"."""
    known = view.marks[index] & (CANDIDATE | COMMON | HEALTH_TERM) == CANDIDATE
    alike = len(view.words[index]) == 2 and view.is_shouted(index) and not view.shouts
    return known and alike and view.words[index].upper() not in _OFFICES


def _behind(view: View, index: int) -> int:
    """The first word behind initials without full stops: "J R R Smith"."""
    ahead, words = index + 1, view.words
    while ahead < min(len(words), index + _MOST) and len(words[ahead]) == 1:
        if words[ahead] in _WORDS or not view.capital[ahead] or view.gaps[ahead] != " ":
            break
        ahead += 1
    return ahead


def _is_of_somebody(view: View, first: int, index: int, *, dotted: bool = False) -> bool:
    """Whether a surname that is a word as well is one, by the words around: "for J Baker"."""
    kinds = view.marks[index]
    other = kinds & _NO_SURNAME
    if dotted and view.words[first] not in _DIRECTIONS:
        other &= ~(HEALTH_TERM | PLACE_WORD)  # "R. Brown", "G. Hill"
    elif kinds & GIVEN:
        other &= ~HEALTH_TERM  # "Baker's cyst"
    if not kinds & SURNAME or other != COMMON:
        return False
    told = first and view.gaps[first] == " " and view.words[first - 1] in _OF_SOMEBODY
    owns = view.words[index].endswith("'s") or ends_phrase(view, index)
    return bool(told) or owns or does_something(view, index)


def _undotted(view: View, index: int) -> Person | None:
    """A name that is spelled, or an initial with a surname behind it, and no full stop."""
    if view.gaps[index + 1] == "-":
        return _spelled(view, index)
    if not _leads_surname(view, index):
        return None
    ahead = _behind(view, index)
    openness = Openness.ANY if _is_of_somebody(view, index, ahead) else Openness.CAPITAL
    found = name_at(view, ahead, openness, "initial")
    return Person(view.starts[index], found.end, found.last, "initial") if found else None


def _is_initial(view: View, index: int) -> bool:
    """Whether a letter with a full stop follows another one."""
    return (
        index < len(view.words)
        and len(view.words[index]) == 1
        and view.gaps[index + 1][:1] == "."
        and view.capital[index]
    )


def _surname_after(view: View, first: int, index: int) -> Person | None:
    if index >= len(view.words) or view.gaps[index] not in {".", ". "}:
        return None
    marks = view.marks[index]
    known = view.capital[index] or marks & SURNAME
    barred = marks & COMMON and not _is_of_somebody(view, first, index, dotted=True)
    if not known or barred or len(view.words[index]) < 3:
        return None
    return name_at(view, index, Openness.ANY, "initial")


def _after_surname(view: View, index: int) -> Person | None:
    """The initial after a surname: "GARCIA, M"."""
    before = index - 1
    if not index or view.gaps[index] != ", " or len(view.words[before]) < 3:
        return None
    if view.plain.startswith(",", view.ends[index]):
        return None  # spelled out: "Nancy, G, O"
    marks = view.marks[before]
    given = marks & (SURE_NAME | SURNAME) == SURE_NAME or (
        marks & SURE_NAME and not view.is_shouted(before) and _goes_on_small(view, index)
    )
    if given or marks & COMMON or not view.capital[before]:
        return None
    return Person(view.starts[before], view.ends[index], index, "initial")


def _is_alone(view: View, index: int, end: int) -> bool:
    """Whether initials are a name by themselves, from a word's first letter to an offset."""
    plain, start, between = view.plain, view.starts[index], view.gaps[index]
    after, letters = plain[end : end + 2], plain[start:end]
    if start == 0 and after == " h" and plain.startswith("ere", end + 2):
        return len(letters) > 1
    if start == 0 or between[-2:] == ": ":
        dotted = letters[-1] == "."
        acts = start == 0 and after[:1] == " " and _acts(view, view.word_at(end), letters)
        called = after[:1] in {",", ":"} and (dotted or len(letters) == 2) and letters != "U.S."
        return acts or called
    if between[-1:] in {"-", "~"} or between[-2:] in {"- ", "~ "}:
        signed = not between.rstrip(" ")[:-1] or between.rstrip(" ")[-2:-1].isspace()
        return signed and not after.strip(" .")
    if not index:
        return False
    apart = not view.capital[index - 1] or view.words[index - 1] in _HEADS
    if between == " " and apart and _are_of_somebody(view, letters):
        return True
    joined = after[:1] in {"-", "&"} or after[:1].isdigit()
    alike = joined or letters in {"A", "I", "US", "U.S."}
    return not alike and _is_told(view, index, between)


def _acts(view: View, at: int, letters: str) -> bool:
    """Whether somebody does what stands behind initials: "T.J. needs a form", "RJ says hi"."""
    if at >= len(view.words) or view.shouts or letters in _ABBREVIATIONS:
        return False
    two = len(letters) == 2 and letters.isalpha() and letters not in _OFFICES
    return view.words[at] in DOES and (two or letters.count(".") > 1)


def _are_of_somebody(view: View, letters: str) -> bool:
    """Whether two letters with stops are no abbreviation of another kind: "T.J.", not "P.O."."""
    return letters.count(".") == 2 and letters not in _ABBREVIATIONS and not view.shouts


def _goes_on_small(view: View, index: int) -> bool:
    """Whether a word in small letters follows an initial, as in "H. pylori"."""
    ahead = index + 1
    return ahead < len(view.words) and not view.capital[ahead]


def _is_told(view: View, index: int, between: str) -> bool:
    """Whether the words before initials name somebody."""
    before = view.words[index - 1]
    if between == " " and before in _BY_TWO:
        return index > 1 and view.words[index - 2] in _BY_TWO[before]
    return (between == " " and before in _NAMING) or (between in _BLANKS and before in _THANKS)
