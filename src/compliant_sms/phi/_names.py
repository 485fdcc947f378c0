"""Names: of patients and those around them, and of staff.

45 CFR 164.514(b)(2)(i)(A) lists the names of the individual, of relatives, employers and household
members. Those of clinicians and staff are no identifiers of the patient; they have a label of
their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi._full_names import is_full
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._marks import CANDIDATE, COMMON, LETTER, NAME_CUE, STAFF_CUE, SURE_NAME
from compliant_sms.phi._name_alone import by_itself
from compliant_sms.phi._name_cues import after_cue, as_staff
from compliant_sms.phi._name_placed import by_place
from compliant_sms.phi._name_reading import Openness, Person, name_at
from compliant_sms.phi._name_words import JOINS
from compliant_sms.phi._view import View

__all__ = ["find_names"]

_CUES = NAME_CUE | STAFF_CUE
_ALONE = CANDIDATE | LETTER
_ANYBODY = _CUES | _ALONE
_LONG = 400
_ARTICLES = frozenset({"a", "i"})
_LINKS = JOINS | {" "}


def find_names(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Where a text names somebody: the patient, anybody around, or staff.

    Args:
        view: the text.
        _known: what is known beforehand; it has a recognizer of its own.
    """
    if not view.said & _ANYBODY and view.plain.isascii():
        return
    people = list(_people(view))
    if not people:
        return
    people += _again(view, people)
    until = 0
    # Where a patient and staff are seen in one place, the words around told of staff.
    for person in sorted(people, key=lambda each: (each.start, not each.staff, -each.end)):
        if person.start >= until:
            until = person.end
            yield _finding(view, person)


def _finding(view: View, person: Person) -> PhiFinding:
    if person.staff:
        label, family = PhiLabel.PROVIDER_NAME, "provider"
    else:
        full = is_full(view.plain[person.start : person.end])
        label, family = PhiLabel.NAME, "full-name" if full else "name"
    return PhiFinding(
        start=person.start,
        end=person.end,
        label=label,
        rule=f"{family}/{person.rule}",
        confidence=Confidence.LIKELY,
    )


def _people(view: View) -> Iterator[Person]:
    done = -1
    marks = view.marks
    for index in view.marked(_ANYBODY):
        if view.words[index] in _ARTICLES and view.gaps[index + 1][:1] != ".":
            continue
        found = after_cue(view, index) if marks[index] & _CUES else None
        if found is None and index > done and marks[index] & _ALONE:
            found = by_itself(view, index)
        if found is None:
            continue
        if not found.staff:
            found = as_staff(view, found)
        done = max(done, found.last)
        yield found
        if view.gaps[found.last + 1] in _LINKS:
            for other in _joined(view, found):
                done = max(done, other.last)
                yield other if other.staff else as_staff(view, other)
    yield from by_place(view)


def _joined(view: View, found: Person) -> Iterator[Person]:
    """Whom "and" or a comma joins to somebody who was found."""
    words, staff = view.words, found.staff
    for _ in range(4):
        ahead = found.last + 1
        if ahead >= len(words):
            return
        joins = view.gaps[ahead]
        if joins == " " and words[ahead] in {"and", "y", "or"}:
            ahead, joins = ahead + 1, " and "
        if joins not in JOINS or ahead >= len(words) or not view.capital[ahead]:
            return
        if joins == " (" and view.gaps[ahead + 1][:1] != ")":
            return
        if joins == ", " and not view.marks[ahead] & SURE_NAME:
            return
        another = name_at(view, ahead, Openness.CAPITAL, "joined")
        if another is None:
            return
        found = another._replace(staff=staff)
        yield found


def _again(view: View, people: list[Person]) -> Iterator[Person]:
    """The same names with a capital elsewhere in the text, if they are no ordinary words."""
    words = view.words
    if len(words) >= _LONG:
        return
    once: set[str] = set()
    for person in people:
        for word in (words[person.last], *words[(at := view.word_at(person.start)) : at + 1]):
            if len(word) > 2 and not person.staff and words.count(word) > 1:
                once.add(word)
    for index, word in enumerate(words if once else ()):
        if word in once and view.capital[index] and not view.marks[index] & COMMON:
            found = name_at(view, index, Openness.CAPITAL, "again")
            if found:
                yield found
