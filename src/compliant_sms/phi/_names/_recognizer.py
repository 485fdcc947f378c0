"""Names: of patients and those around them, and of staff.

45 CFR 164.514(b)(2)(i)(A) lists the names of the individual, of relatives, employers and household
members. Those of clinicians and staff are no identifiers of the patient; they have a label of
their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi._audience._audience import audience_of, sentence_of
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._names._alone import by_itself, may_be_alone
from compliant_sms.phi._names._cues import after_cue
from compliant_sms.phi._names._filed import with_first_name_behind
from compliant_sms.phi._names._firms import is_firm
from compliant_sms.phi._names._full_names import is_full
from compliant_sms.phi._names._labelled import RULE as LABELLED
from compliant_sms.phi._names._labelled import labelled
from compliant_sms.phi._names._placed import by_place
from compliant_sms.phi._names._reading import Openness, Person, as_named, name_at
from compliant_sms.phi._names._staff import as_staff
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import (
    CANDIDATE,
    COMMON,
    DATE_WORD,
    GIVEN,
    HARDLY_NAME,
    HEALTH_TERM,
    LETTER,
    NAME_CUE,
    NO_NAME,
    PARTICLE,
    STAFF_CUE,
    SURE_NAME,
    SURNAME,
)
from compliant_sms.phi._words._name_words import BRANDS, JOINS, SKIPPED, THINGS

_CUES = NAME_CUE | STAFF_CUE
_ALONE = CANDIDATE | LETTER
_SMALL = GIVEN | LETTER
_ANYBODY = _CUES | _ALONE
_WORKS = "at-work"  # what somebody does tells so, which may be asked of a patient as well
_LONG = 400
_NAMELIKE = COMMON | GIVEN | SURNAME | PARTICLE
_TWO_BEFORE = 2
_HOSTED = frozenset({"with", "w", "con", "by", "ask"})
_TO_MANY = -2
_NO_FIRST = DATE_WORD | HARDLY_NAME | HEALTH_TERM | NO_NAME
_SIGNS_BETWEEN = frozenset({"/", " / ", " & ", "+", " + "})
_AND = frozenset({"and", "y", "or", "not"})


def find_names(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Where a text names somebody: the patient, anybody around, or staff."""
    if not view.said & _ANYBODY and view.plain.isascii():
        return ()
    people = _people(view)
    if not people:
        return ()
    if len(view.words) < _LONG and _comes_again(view, people):
        people = _without_words(view, people)
        people += _again(view, people)
    people = [_as_host(view, person) for person in people if not is_firm(view, person)]
    people = [*labelled(view, people), *people]
    if len(people) == 1:
        return (_finding(view, people[0]),)
    return [_finding(view, person) for person in _apart(_as_addressed(view, people))]


def _as_host(view: View, person: Person) -> Person:
    """Whoever leads what a text invites everybody to, as staff: "Line dancing w/ Earl, $5"."""
    first = view.word_at(person.start)
    if person.staff or not first or view.words[first - 1] not in _HOSTED:
        return person
    if view.gaps[first].strip(" /") or view.words[person.last].endswith("'s"):
        return person
    audience = audience_of(view)
    # Another sentence may invite everybody, and this one speak of one person.
    alone = sentence_of(view, first) == (0, len(view.words))
    hosts = audience.whole <= _TO_MANY and (alone or audience.around(view, first) < 0)
    return as_named(person, "host", staff=True) if hosts else person


def _as_addressed(view: View, people: list[Person]) -> list[Person]:
    """Who bears a patient's full name is that one: "Dear Ana Ruiz, is Ana Ruiz there?"."""
    full = {
        _words_of(view, each) for each in people if not each.staff and is_full(_plain(view, each))
    }
    return [
        as_named(each, "again") if each.rule == _WORKS and _words_of(view, each) in full else each
        for each in people
    ]


def _words_of(view: View, person: Person) -> tuple[str, ...]:
    return tuple(view.words[view.word_at(person.start) : person.last + 1])


def _plain(view: View, person: Person) -> str:
    return view.plain[person.start : person.end]


def _apart(people: list[Person]) -> Iterator[Person]:
    """Each place once: with staff and a patient in one, the words around told of staff."""
    people.sort(key=_order)
    until = 0
    for person in people:
        if person.start >= until:
            until = person.end
            yield person


def _order(person: Person) -> tuple[int, bool, int]:
    return person.start, not person.staff, -person.end


def _finding(view: View, person: Person) -> PhiFinding:
    if person.staff:
        label, family = PhiLabel.PROVIDER_NAME, "provider"
    else:
        full = person.rule == LABELLED or is_full(_plain(view, person))
        label, family = PhiLabel.NAME, "full-name" if full else "name"
    return PhiFinding(
        start=person.start,
        end=person.end,
        label=label,
        rule=f"{family}/{person.rule}",
        confidence=Confidence.LIKELY,
    )


def _people(view: View) -> list[Person]:
    """Everybody, in the order of the words that show them; some more than once."""
    people: list[Person] = []
    words, marks, capital = view.words, view.marks, view.capital
    done, last = -1, len(words) - 1
    for index in view.marked(_ANYBODY):
        mark = marks[index]
        cue = mark & _CUES
        if not (
            mark & SURE_NAME
            or (
                mark & _ALONE
                # A word of no list in small letters is seldom a name.
                and (capital[index] or mark & _SMALL or words[index][-1] == "s")
                and may_be_alone(view, index, mark)
            )
            or (cue and index < last and _announces(view, index))
        ):
            continue
        found = after_cue(view, index) if cue else None
        if found is None:
            if index <= done or not mark & _ALONE:
                continue
            found = by_itself(view, index)
            if found is None:
                continue
        if view.gaps[found.last + 1] == ", ":
            found = with_first_name_behind(view, found)
        if not found.staff:
            found = as_staff(view, found)
        people.append(found)
        if not found.staff and (before := _joined_before(view, found)):
            people.append(before)
        if _is_joined(view, found.last + 1):
            people += _joined(view, found)
        done = max(done, found.last, people[-1].last)
    people += by_place(view)
    return people


def _announces(view: View, index: int) -> bool:
    """Whether what stands behind a cue can be a name, or lead to one."""
    ahead = index + 1
    if view.marks[ahead] & _NAMELIKE != COMMON:
        return True
    return view.words[ahead] in SKIPPED or view.words[index] == "ask"


def _is_joined(view: View, ahead: int) -> bool:
    """Whether "and" or a sign joins somebody else to a name before a word."""
    joins = view.gaps[ahead]
    if joins == " ":
        return ahead < len(view.words) and view.words[ahead] in _AND
    return joins in JOINS


def _joined_before(view: View, found: Person) -> Person | None:
    """Whom "or" joins before a name that is no word, though the first is one: "Herb or Fran"."""
    first = view.word_at(found.start)
    if first and view.gaps[first] in _SIGNS_BETWEEN and view.capital[first - 1]:
        return _of_two(view, first - 1, first)
    if first < _TWO_BEFORE or view.words[first - 1] not in _AND or not view.capital[first]:
        return None
    before = first - _TWO_BEFORE
    if view.gaps[first] != " " or view.gaps[first - 1] != " " or not view.capital[before]:
        return None
    return _of_two(view, before, first)


def _of_two(view: View, before: int, first: int) -> Person | None:
    """The first of two whom a word or a sign joins, if the second is sure."""
    known = view.marks[first] & SURE_NAME and view.marks[before] & GIVEN
    if not known or view.marks[before] & _NO_FIRST or view.words[before] in THINGS | BRANDS:
        return None
    return name_at(view, before, Openness.CAPITAL, "joined")


def _joined(view: View, found: Person) -> Iterator[Person]:
    """Whom "and" or a comma joins to somebody who was found."""
    words, staff = view.words, found.staff
    for _ in range(4):
        ahead = found.last + 1
        if ahead >= len(words):
            return
        joins = view.gaps[ahead]
        if joins == " " and words[ahead] in _AND:
            ahead, joins = ahead + 1, " and "
        if joins not in JOINS or ahead >= len(words) or not view.capital[ahead]:
            return
        if joins == " (" and view.gaps[ahead + 1][:1] != ")":
            return
        if joins == ", " and not (view.marks[ahead] & SURE_NAME or _is_last_but_one(view, ahead)):
            return
        another = name_at(view, ahead, Openness.CAPITAL, "joined")
        if another is None:
            return
        found = as_named(another, another.rule, staff=staff)
        yield found if staff else as_staff(view, found)


def _is_last_but_one(view: View, index: int) -> bool:
    """Whether "and" and another name follow in a list: "Theo, Mags and June"."""
    last = index + 2
    if last >= len(view.words) or view.words[index + 1] != "and" or not view.capital[last]:
        return False
    return bool(view.marks[index] & view.marks[last] & GIVEN) and view.gaps[last] == " "


def _comes_again(view: View, people: list[Person]) -> bool:
    """Whether a word of a patient's name stands in the text more than once."""
    words, starts = view.words, view.starts
    for person in people:
        if not person.staff:
            first = person.last
            if person.start < starts[first]:
                first = view.word_at(person.start)
            for word in words[first : person.last + 1]:
                if view.lower.count(word) > 1:
                    return True
    return False


def _without_words(view: View, people: list[Person]) -> list[Person]:
    """Without a name in small letters that stands with a capital elsewhere: "Frank, to be frank".

    Where a cue announces it, or something is somebody's, it is a name all the same.
    """
    named = {view.words[person.last] for person in people if view.capital[person.last]}
    return [
        person
        for person in people
        if person.rule != "given"
        or view.capital[person.last]
        or view.words[person.last] not in named
        or person.start < view.starts[person.last]
    ]


def _again(view: View, people: list[Person]) -> Iterator[Person]:
    """The same names with a capital elsewhere in the text, if they are no ordinary words."""
    words = view.words
    more: set[str] = set()
    for person in people:
        if not person.staff:
            last = words[person.last]
            if view.lower.count(last) > 1 and words.count(last) > 1:
                more.add(last)
            if person.start < view.starts[person.last]:
                more.update(
                    word
                    for word in words[view.word_at(person.start) : person.last]
                    if words.count(word) > 1
                )
    for index, word in enumerate(words if more else ()):
        if (
            word in more
            and len(word) > 2
            and view.capital[index]
            and not view.marks[index] & COMMON
        ):
            found = name_at(view, index, Openness.CAPITAL, "again")
            if found:
                yield found
