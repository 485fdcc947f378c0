"""Names that who is called, or who tells something of oneself, begins a sentence with."""

from __future__ import annotations

from compliant_sms.phi._names._reading import Person
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import practice_speaks
from compliant_sms.phi._words._marks import GIVEN, HEALTH_TERM, NAME_CUE, OWNED, SURE_NAME
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import ARTICLES, STATES, THINGS

_NO_THINGS = ARTICLES | word_set(
    "here over almost coming back not too just so getting going greetings"
)
_SENDERS = word_set("your the all everyone dr from us")
_ASIDES = word_set("yes no ok okay thanks please sorry hi hello your")
_AMOUNTS = frozenset("$0123456789")
_OF_TWO = word_set("both have are were need got had still will also each missed")


def answers(view: View, found: Person) -> bool:
    """Whether somebody says who it is, or is called at the end: "Pat here", "thanks, Gene."."""
    if found.start == 0:
        after = view.words[found.last + 1 : found.last + 4]
        if after[:1] != ["is"]:
            return after[:1] == ["here"] and not view.words[found.last].endswith("'s")
        so = view.words[found.last] not in THINGS and not STATES.isdisjoint(after[1:2])
        return so or after == ["is", "the", "patient"]
    plain = view.plain
    after_comma = plain.endswith(", ", 0, found.start) and plain[found.start - 3].isalnum()
    return after_comma and plain[found.end : found.end + 1] in {".", "!", "?"}


def called(view: View, found: Person) -> bool:
    """Whether somebody is called at the start of a sentence: "Will, ..." or "Ivy: ..."."""
    after = view.plain[found.end : found.end + 2]
    before = view.plain[max(0, found.start - 4) : found.start]
    first = found.start == 0
    if after == "'s":
        told = first or view.gaps[view.word_at(found.start)][-2:] in {": ", ". ", "! "}
        return told and _owns(view, found.last + 1)
    if after == " -":
        return first and view.plain.startswith(" ", found.end + 2)
    if not first and "\n" not in before and before.rstrip()[-1:] not in {":", "-", ".", "!", "?"}:
        return False
    priced = after == ": " and view.plain[found.end + 2 : found.end + 3] in _AMOUNTS
    thing = (after[:1] == "!" or priced) and view.words[found.last] in THINGS
    if thing or (after == ", " and _is_listed(view, found.last)):
        return False
    return after[:1] in {",", ":", "!"} and after[1:] in {" ", "", "\n"}


def _owns(view: View, ahead: int) -> bool:
    """Whether a thing follows "'s", so that it stands for no "is": "Summer's here"."""
    if ahead >= len(view.words) or view.words[ahead] in _NO_THINGS:
        return False
    return practice_speaks(view) or bool(view.marks[ahead] & (OWNED | HEALTH_TERM))


def _is_listed(view: View, last: int) -> bool:
    """Whether a word begins a list of things, or a greeting at the end: "Ginger, garlic, 4 ..."."""
    ahead = last + 1
    if ahead >= len(view.words) or view.marks[last] & SURE_NAME:
        return False
    if view.words[last] == "love":
        return view.words[ahead] in _SENDERS
    thing = not view.capital[ahead] and not view.marks[ahead] & NAME_CUE
    return thing and view.gaps[ahead + 1][:2] == ", " and view.words[ahead] not in _ASIDES


def are_two(view: View, last: int) -> bool:
    """Whether another name follows, and both do or have something: "Rusty and Pearl both got"."""
    other = last + 2
    if other >= len(view.words) or view.words[last + 1] != "and" or not view.capital[other]:
        return False
    if view.gaps[last + 1] != " " or view.gaps[other] != " " or not view.marks[other] & GIVEN:
        return False
    behind = view.words[other + 1 : other + 2]
    return bool(view.marks[other] & SURE_NAME) or (bool(behind) and behind[0] in _OF_TWO)
