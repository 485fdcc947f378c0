"""Names that stand in fields: "First name: Jane, last name: Gomez". Both together are one in full.

45 CFR 164.514(b)(2)(i)(A). English and Spanish, in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliant_sms.phi._names._reading import Person
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import COMMON, GIVEN, NO_NAME, SURNAME
from compliant_sms.phi._words._name_lists import word_set

RULE = "labelled"

_FIRST = word_set("first given nombre nombres forename firstname fname")
_LAST = word_set("last family surname apellido apellidos lastname lname")
_NAME = word_set("name names paterno materno")
# Those that are nothing but the name of a field; the others say so by "name", or by a colon.
_ALONE = (_FIRST | _LAST) - word_set("first given last family")
_INSIDE = frozenset({" ", "_", "-"})
_COLON = frozenset({":", "="})
_SIGNS = _COLON | {"-", "- -"}
_IS = frozenset({"is", "es"})
_LEADS = _IS | {"to", "from", "a", "now"}  # "change my last name to Hartmann"
_MOST_WORDS = 3


def labelled(view: View, people: Sequence[Person]) -> Iterator[Person]:
    """The parts of a name in full, where fields of a form tell which is the surname.

    The surname in its field, and the first name in its own, or whoever else is named in the text:
    "Hi Ana, is your last name Gomez?".
    """
    if _LAST.isdisjoint(view.words):
        return
    last = list(_values(view, _LAST))
    if not last:
        return
    first = list(_values(view, _FIRST))
    if not first:
        # "Lakeside Family: Decatur office" has a colon as well, and is no field by itself.
        last = list(_values(view, _LAST, by_name=True))
        taken = {each.last for each in last}
        first = [each for each in people if not each.staff and each.last not in taken][:1]
    if first and last:
        for each in (*first, *last):
            yield Person(each.start, each.end, each.last, RULE)


def _values(view: View, labels: frozenset[str], *, by_name: bool = False) -> Iterator[Person]:
    """What stands in the fields of some names; or in those alone that are called names."""
    words = view.words
    for index, word in enumerate(words):
        if word not in labels:
            continue
        ahead, named = index + 1, word in _ALONE
        if ahead < len(words) and words[ahead] in _NAME and view.gaps[ahead] in _INSIDE:
            ahead, named = ahead + 1, True
        value = _value(view, ahead, named=named)
        if value is not None and (named or not by_name):
            yield value


def _value(view: View, index: int, *, named: bool) -> Person | None:
    """The name that stands behind a label; None where the field is empty, or is no field."""
    words, gaps = view.words, view.gaps
    told = index < len(words) and gaps[index].strip() in (_SIGNS if named else _COLON)
    if not told and not (named and index < len(words) and gaps[index] == " "):
        return None
    if not told and words[index] in _LEADS and gaps[index + 1 : index + 2] == [" "]:
        index += 1
    if index >= len(words) or not _is_value(view, index, told=told):
        return None
    last = index
    while last - index < _MOST_WORDS - 1 and _goes_on(view, last + 1):
        last += 1
    return Person(view.starts[index], view.ends[last], last, RULE)


def _is_value(view: View, index: int, *, told: bool) -> bool:
    """Whether a word can be what was filled in."""
    word, marks = view.words[index], view.marks[index]
    if word in _FIRST | _LAST | _NAME or len(word) < 2 or marks & NO_NAME:
        return False
    known = bool(marks & (GIVEN | SURNAME)) or not marks & COMMON
    return known and (view.capital[index] or (told or bool(marks & (GIVEN | SURNAME))))


def _goes_on(view: View, index: int) -> bool:
    """Whether a value has another word: "Last name: Gomez Perez"."""
    inside = index < len(view.words) and view.gaps[index] == " " and view.capital[index]
    return inside and _is_value(view, index, told=False)
