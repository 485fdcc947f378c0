"""Who speaks: a practice to a patient, or somebody to a practice.

Who knows says it (``View.direction``); else the words of the text have to tell.
"""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._labels import Direction
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import CANDIDATE, GIVEN, OWN_VOICE, SURNAME, TO_READER
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_staff_words import ROLES, TITLES, YOUR
from compliant_sms.phi._words._name_words import GREETINGS, HONORIFICS

MOST_READ = 300
"""So many words at most tell who speaks: in a longer text each name would read all of it."""

_CALLED = frozenset({", ", ": ", "! ", " - "})
_MINE = word_set("my mine mi mis soy im i'm ive i've necesito quiero tengo puedo estoy yo")
_ASKED = word_set("can could would will do did are r is")
_YOU = word_set("you u ya")
_SOMEBODY = GIVEN | SURNAME | CANDIDATE
_KIN = word_set("mama papa parent parents mom dad guardian familia family")
_OF = word_set("de of del")
_OF_A_PRACTICE = word_set(
    "office offices clinic website site portal number fax address hours location parking staff team"
    " nurse doctor practice place system app text message msg receptionist billing pharmacy front"
    " welcome"
)
_STAFF = TITLES | ROLES


@cache
def _reaction() -> re.Pattern[str]:
    return re.compile(
        r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S{1,20} to"
        r"|removed an? \w{1,20} from) [\"\u201c\u00ab]",
        re.IGNORECASE,
    )


def told(text: str, direction: Direction | str) -> Direction:
    """Whose words a text holds: a phone that tells of a reaction quotes what the practice wrote.

    Raises:
        InvalidInput: there is no such direction.
    """
    direction = Direction(direction)
    if direction is Direction.INBOUND and _reaction().match(text):
        return Direction.OUTBOUND
    return direction


def patient_writes(view: View) -> bool:
    """Whether a patient writes, or somebody for one: as told, else by a small letter at the start.

    A practice begins with a capital. What it begins otherwise is read as a patient's even if it is
    surely outbound: that finds more, and a patient's secret in it must not leave.
    """
    return view.direction is Direction.INBOUND or not view.plain[:1].isupper()


def practice_speaks(view: View, *, as_told: bool = True) -> bool:
    """Whether a text speaks to its reader as a practice does, of "you" and never of "me".

    Args:
        view: the text.
        as_told: whether it is enough that the text is outbound; if not, its words have to tell, as
            of what may be a patient's in a practice's text as well.
    """
    if view.direction is Direction.INBOUND:
        return False
    if as_told and view.direction is Direction.OUTBOUND:
        return True
    if view.said & OWN_VOICE:
        return False
    if view.said & TO_READER:
        return True
    called = bool(view.words) and view.marks[0] & GIVEN and not view.starts[0]
    return bool(called) and view.gaps[1] in _CALLED


def writes_to_patient(view: View, *, as_told: bool = True) -> bool:
    """Whether somebody of a practice writes to one patient: of "your", or to a name at the start.

    Unlike :func:`practice_speaks` it lets whoever writes speak of "me", and it is not content with
    a "you", as patients write that too.

    Args:
        view: the text.
        as_told: as for :func:`practice_speaks`.
    """
    if view.direction is Direction.INBOUND:
        return False
    if as_told and view.direction is Direction.OUTBOUND:
        return True
    words, opens = view.words[:MOST_READ], _opens_to_somebody(view)
    if (not opens and view.said & OWN_VOICE) or not _MINE.isdisjoint(words):
        return False
    yours = _speaks_of_yours(words)
    if view.said & OWN_VOICE:
        return yours
    return (opens or yours) and not (_asks_you(words) and not (opens and yours))


def _speaks_of_yours(words: list[str]) -> bool:
    """Whether "your" stands anywhere before what is a patient's, not an office."""
    last = len(words) - 1
    return any(
        word in YOUR and (at == last or words[at + 1] not in _OF_A_PRACTICE)
        for at, word in enumerate(words)
    )


def _asks_you(words: list[str]) -> bool:
    """Whether "can you" or the like stands anywhere."""
    return any(word in _YOU and words[at - 1] in _ASKED for at, word in enumerate(words) if at)


def _opens_to_somebody(view: View) -> bool:
    """Whether a text begins with the name of its reader: "Ana, ...", "Hi Ana ...", "Mr. Ruiz"."""
    words, marks = view.words, view.marks
    if len(words) < 3 or words[0] in _STAFF or words[1] in _STAFF:
        return False
    if words[0] in HONORIFICS or (words[0] in _KIN and words[1] in _OF):
        return True
    if words[0] in GREETINGS:
        return view.capital[1] and bool(marks[1] & _SOMEBODY or words[1] in HONORIFICS)
    return bool(marks[0] & _SOMEBODY) and view.capital[0] and view.gaps[1] in _CALLED
