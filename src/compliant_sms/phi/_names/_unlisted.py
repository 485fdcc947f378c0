"""Names of no list, told by their capital and by what stands around them."""

from __future__ import annotations

from compliant_sms.phi._names._reading import Openness, Person, as_named, name_at
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._lexicon import lexicon
from compliant_sms.phi._words._marks import (
    COMMON,
    GIVEN,
    HEALTH_TERM,
    OWN_VOICE,
    OWNED,
    PLACE_WORD,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_words import ARTICLES, BEFORE_SOMEBODY, DOES, LETTERED

_LONG = 8
_JOINT = frozenset({" ", "-", ". "})
_CALLED = frozenset({"!", ",", ":"})


def unlisted(view: View, index: int) -> Person | None:
    """Whom a capitalised word of no list names."""
    return _addressed(view, index) or _amid(view, index)


def is_paired(view: View, index: int) -> bool:
    """Whether another capitalised word follows one."""
    ahead = index + 1
    return ahead < len(view.words) and view.capital[ahead] and view.gaps[ahead] in _JOINT


def _addressed(view: View, index: int) -> Person | None:
    """A capitalised word of no list: called at the start of a sentence, or before another one."""
    ahead = index + 1
    paired = is_paired(view, index)
    both = view.marks[index] | (view.marks[ahead] if paired else 0)
    shouted = view.is_shouted(index) and not view.shouts
    if both & HEALTH_TERM or shouted or _is_run_together(view, index):
        return None
    addressed = (
        not view.said & OWN_VOICE
        and (paired or view.gaps[ahead][:1] in _CALLED or view.words[index].endswith("'s"))
        and _begins_sentence(view, index)
    )
    if not addressed and (not paired or view.marks[ahead] & COMMON):
        return None
    found = name_at(view, index, Openness.CAPITAL, "addressed")
    if found is None:
        return None
    if addressed and _is_called(view, found, both):
        return found
    if not paired or view.marks[ahead] & COMMON or found.last == index:
        return None
    return as_named(found, "full") if _are_names(view, found, both, ahead) else None


def _is_run_together(view: View, index: int) -> bool:
    """Whether capitals join words as in no name: "LakesideGuest", but "MacDonald", "DeShawn"."""
    word = view.plain[view.starts[index] : view.ends[index]]
    return len(word) > _LONG and word[4:].lower() != word[4:] and not word.isupper()


def _are_names(view: View, found: Person, both: int, ahead: int) -> bool:
    """Whether two capitalised words of no list are somebody's names, not a firm's."""
    index = ahead - 1
    if both & (SURNAME | GIVEN):
        return True
    if not index and view.plain.startswith(":", found.end):
        return False  # the sender: "Larkspur Derm: ..."
    before = view.words[index - 1] if index else ""
    return view.gaps[ahead] == "-" or before not in ARTICLES | {"from", "with"}


def _amid(view: View, index: int) -> Person | None:
    """A capitalised word of no list in the middle of a sentence, or before what somebody does."""
    marks, ahead = view.marks[index], index + 1
    if marks & (COMMON | HEALTH_TERM | PLACE_WORD) or len(view.words[index]) < 3:
        return None
    if view.is_shouted(index) or _may_own(view, index):
        return None
    if index and view.gaps[index] == " " and not view.capital[index - 1]:
        told = view.words[index - 1] in BEFORE_SOMEBODY
    else:
        told = _begins_sentence(view, index) and (not index or bool(marks & SURNAME))
        told = told and ahead < len(view.words) and _acts(view, ahead)
    return name_at(view, index, Openness.CAPITAL, "capital") if told else None


def _acts(view: View, at: int) -> bool:
    """Whether somebody does or is somewhere what a word begins to say: "needs", "in bay 3"."""
    if view.words[at] == "in":
        return view.words[at + 1 : at + 2] != [] and view.words[at + 1] in LETTERED
    return view.words[at] in DOES


def _may_own(view: View, index: int) -> bool:
    """Whether an "s" at the end could stand for "'s": "Jamals form"."""
    word = view.words[index]
    return word[-1] == "s" and not word.endswith("'s") and bool(view.said & OWNED)


def _begins_sentence(view: View, index: int) -> bool:
    before = view.gaps[index].rstrip(" \"'(*")
    if not index:
        return not before
    return before[-1:] in set(":.!?-\n") or view.words[index - 1] == "news"


def _is_called(view: View, found: Person, marks: int) -> bool:
    after = view.plain[found.end : found.end + 3]
    sender = not found.start and not marks & SURNAME
    if sender and after[:1] == ":" and not view.plain.startswith(" your", found.end + 1):
        return False  # more likely the practice: "Bluestem: the claim"
    return after[:1] == "!" or after == "'s " or (after[:2] in {", ", ": "} and after[2:].islower())


def owner(view: View, index: int) -> Person | None:
    """Whom something belongs to, without the apostrophe: "jamals form"."""
    ahead, word, marks = index + 1, view.words[index], view.marks[index]
    if word[-1] != "s" or ahead >= len(view.words) or not view.marks[ahead] & OWNED:
        return None
    if marks & COMMON or view.gaps[ahead] != " " or word[-2:] == "'s":
        return None
    stem = lexicon()[word[:-1]]
    if stem & SURE_NAME or (view.capital[index] and stem & (GIVEN | COMMON) == GIVEN):
        return Person(view.starts[index], view.ends[index] - 1, index, "possessive")
    return None
