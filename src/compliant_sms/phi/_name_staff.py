"""Who of those named is staff, by the words behind the name."""

from __future__ import annotations

from compliant_sms.phi._name_reading import Person, as_named, practice_speaks
from compliant_sms.phi._name_lists import word_set
from compliant_sms.phi._name_words import APPOSED, CREDENTIALS, DESKS, ROLES, SAYS, SERVES, WILL
from compliant_sms.phi._view import View

__all__ = ["as_staff"]


# One of them stands right behind a name when the words behind say that it is staff's.
_BEHIND = CREDENTIALS | APPOSED | ROLES | DESKS | WILL | SAYS | word_set("here on from in at de en")


def as_staff(view: View, found: Person) -> Person:
    """The same, as staff if the words behind the name say so."""
    ahead = found.last + 1
    if ahead >= len(view.words) or view.words[ahead] not in _BEHIND:
        return found
    rule = (
        _credential(view, found.last + 1)
        or _here(view, found)
        or (_work(view, found.last) if practice_speaks(view) else "")
    )
    return as_named(found, rule, staff=True) if rule else found


def _credential(view: View, index: int) -> str:
    """Whether "RN" or "LCSW" follows."""
    if index >= len(view.words) or view.words[index] not in CREDENTIALS:
        return ""
    told = view.gaps[index] in {" ", ", ", " ("} and view.is_shouted(index)
    return "credential" if told else ""


def _here(view: View, found: Person) -> str:
    """Whether somebody reports for duty behind the sender's name: "Harbor Fertility: Dana here"."""
    told = view.words[found.last + 1 : found.last + 2] == ["here"]
    return "host" if told and view.plain.endswith(": ", 0, found.start) else ""


def _work(view: View, last: int) -> str:
    """By which rule the words after a name say that its bearer serves the reader."""
    after, between = view.words[last + 1 : last + 5], view.gaps[last + 1]
    if not after:
        return ""
    if between == ", " and after[0] in APPOSED | ROLES | DESKS:
        return "" if (ROLES | DESKS).isdisjoint(after) else "role"
    if between == " (" and after[0] in ROLES:
        return "role"
    if between != " ":
        return ""
    serves = after[0] in WILL and not SERVES.isdisjoint(after[1:3])
    if after[0] in SAYS or serves or after[:2] in (["is", "your"], ["on", "call"]):
        return "at-work"
    desk = after[0] in {"from", "in", "at", "de", "en"} and not DESKS.isdisjoint(after[1:])
    return "desk" if desk else ""
