"""Who of those named is staff, by the words around the name."""

from __future__ import annotations

from compliant_sms.phi._names._extent import ends_phrase
from compliant_sms.phi._names._reading import Person, as_named
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import MOST_READ, practice_speaks, writes_to_patient
from compliant_sms.phi._words._marks import DATE_WORD, OWN_VOICE, PLACE_WORD
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_staff_words import (
    APPOSED,
    AVAILABLE,
    AWAY,
    BACK,
    BESIDE,
    BLAMED,
    CREDENTIALS,
    DESKS,
    FRONT,
    HANDS,
    HOW_MUCH,
    MIXED,
    OPENINGS,
    ROLES,
    SAYS,
    SERVES,
    STEPS,
    TITLES,
    WILL,
    YOUR,
)

MINUTES = word_set("min mins minutes")
_JUDGES = word_set("was is")
_GONE = word_set("out off away sick")
_NOT_AWAY = (["of"], ["his"], ["her"], ["the"], ["on"])
_OFFICES = (["dept"], ["department"], ["desk"], ["team"], ["office"])
_FROM = word_set("from in at de en with")
_NOTHING: frozenset[str] = frozenset()
_BESIDES = frozenset({", ", " (", " - "})
_SMALL_WORDS = word_set("the our your my a la el su mi")
_HELPS = word_set("le lo la les los te")
_DOES_IT = word_set(
    "llama llamara llamaron atendera atiende espera marca marcara va puede manda mando recuerda"
    " confirma avisa ayudara vera"
)
# One of them stands right behind a name when the words behind say that it is staff's.
_BEHIND = (
    CREDENTIALS
    | APPOSED
    | ROLES
    | DESKS
    | WILL
    | SAYS
    | _FROM
    | _HELPS
    | word_set("here on has knows can't cant back aqui was is the la el")
)
# One of them stands right before a name when the words before say so.
_BEFORE = frozenset(BESIDE) | word_set("can could is desk reception recepcion por")
_ASKED = (["pregunte"], ["pregunten"], ["preguntar"], ["pregunta"])
_NOT_SO = word_set("dont don't not never didnt didn't cant can't doesnt doesn't wont won't")


def as_staff(view: View, found: Person) -> Person:
    """The same, as staff if the words around the name say so."""
    rule, ahead = "", found.last + 1
    if ahead < len(view.words):
        if view.gaps[ahead] in _BESIDES:
            called = _is_called(view, found)
            rule = (not called and _credential(view, ahead)) or _apposed(view, found.last)
        elif view.words[ahead] in _BEHIND:
            rule = _by_words_behind(view, found)
    if not rule and found.start:
        rule = _by_words_before(view, found)
    return as_named(found, rule, staff=True) if rule else found


def _by_words_behind(view: View, found: Person) -> str:
    """By which rule the words behind a name say that it is staff's."""
    last = found.last
    return (
        _credential(view, last + 1)
        or _the_role(view, last)
        or _here(view, found)
        or _at_front(view, last)
        or ("" if found.rule == "relative" else _work(view, last))
    )


def _credential(view: View, index: int) -> str:
    """Whether "RN" or "LCSW" follows; in "Ana's PT visit" it is what she comes for."""
    if view.words[index] not in CREDENTIALS or view.words[index - 1].endswith("'s"):
        return ""
    if view.gaps[index] not in {" ", ", ", " ("}:
        return ""
    told = view.is_shouted(index)
    return "credential" if told or view.words[index] in MIXED else ""


def _the_role(view: View, last: int) -> str:
    """Whether a role follows without a comma: "Sam the nurse", "Lupita la higienista"."""
    ahead = last + 2
    if view.gaps[last + 1] != " " or view.words[last + 1] not in _THE or ahead >= len(view.words):
        return ""
    return "role" if view.gaps[ahead] == " " and view.words[ahead] in ROLES else ""


_THE = word_set("the la el")


def _is_called(view: View, found: Person) -> bool:
    """Whether a text begins with its reader, then with a therapy: "Joy, PT home program"."""
    ahead = found.last + 1
    if found.start or found.last or view.gaps[ahead] != ", " or view.words[ahead] not in _DONE:
        return False
    return view.gaps[ahead + 1] == " " and view.words[ahead + 1 : ahead + 2] != []


_DONE = word_set("pt ot")


def _here(view: View, found: Person) -> str:
    """Whether somebody reports for duty behind the sender's name: "Harbor Fertility: Dana here"."""
    if view.words[found.last + 1] not in {"here", "aqui"}:
        return ""
    sent = view.plain.endswith(": ", 0, found.start)
    if sent or not found.start or YOUR.isdisjoint(view.words[:MOST_READ]):
        return "host" if sent else ""
    return "host" if writes_to_patient(view) else ""


def _apposed(view: View, last: int) -> str:
    """Whether a role stands behind a comma or in brackets: "Tanya, your nurse,", "Maya (RN)"."""
    ahead = last + 1
    if view.words[ahead] in FRONT or view.words[ahead] == "front":
        return "role" if _is_desk(view, ahead) else ""
    if view.words[ahead] in BACK and view.gaps[ahead] == ", ":
        return "role" if ends_phrase(view, ahead) and not view.said & OWN_VOICE else ""
    for index in range(ahead, min(ahead + 4, len(view.words))):
        if index > ahead and view.gaps[index] != " ":
            return ""
        if view.words[index] in ROLES and ends_phrase(view, index):
            return "role"
        if index > ahead and view.words[index] == "dept" and ends_phrase(view, index):
            return "role"
    return "role" if view.words[ahead] in {"ext", "extension"} else ""


def _is_desk(view: View, index: int) -> bool:
    """Whether a phrase ends that names where staff sits: ", triage", ", front desk"."""
    last = index + (view.words[index] == "front")
    if view.words[last + 1 : last + 2] in _OFFICES and view.gaps[last + 1] == " ":
        return ends_phrase(view, last + 1)
    return last < len(view.words) and view.words[last] in FRONT and ends_phrase(view, last)


def _at_front(view: View, last: int) -> str:
    """Whether "at the front desk" or "from billing" follows."""
    ahead = last + 1
    if view.gaps[ahead] != " " or view.words[ahead] not in _FROM:
        return ""
    behind = [word for word in view.words[ahead + 1 : ahead + 4] if word not in _SMALL_WORDS]
    if behind[:1] == ["front"]:
        behind = behind[1:]
    return "desk" if behind[:1] and behind[0] in FRONT else ""


def _work(view: View, last: int) -> str:
    """By which rule the words behind a name say that its bearer serves the reader."""
    if view.gaps[last + 1] != " ":
        return ""
    after = view.words[last + 1 : last + 6]
    if after[0] in _JUDGES:
        how = next((word for word in after[1:] if word not in HOW_MUCH), "")
        if how in BLAMED:
            return "at-work"
    # "Ana Ruiz called", "Leo in the lab": a practice writes so of patients as well.
    told = practice_speaks(view, as_told=False) or writes_to_patient(view, as_told=False)
    serves = _serves(after) or (after[0] == "has" and _has_times(view, last + 2))
    if serves and (told or (not view.said & OWN_VOICE and after[0] not in SAYS)):
        return "at-work"
    return _workplace(view, last, after) if told else ""


def _has_times(view: View, first: int) -> bool:
    """Whether somebody has days or hours to give: "Grace has May 6 or May 8 open"."""
    dated = False
    for at in range(first, min(first + 9, len(view.words))):
        if ". " in view.gaps[at]:
            return False
        if view.words[at] in _TO_GIVE:
            return dated
        clock = any(map(str.isdigit, view.gaps[at]))
        if not (clock or view.marks[at] & DATE_WORD or view.words[at] in _BETWEEN_TIMES):
            return False
        dated = True
    return False


_TO_GIVE = word_set("open available free")
_BETWEEN_TIMES = word_set("or and at am pm on the a p m morning afternoon")


def _serves(after: list[str]) -> bool:
    """Whether somebody does what only staff does for a reader: "will call you", "is out"."""
    first, second = after[0], after[1] if len(after) > 1 else ""
    if first in SAYS or after[:2] == ["on", "call"]:
        return True
    if first == "is":
        away = second in AWAY and (second not in _GONE or after[2:3] not in _NOT_AWAY)
        return away or second in MINUTES or after[1:3] == ["on", "call"]
    if first == "has":
        return second in YOUR or not OPENINGS.isdisjoint(after[1:4])
    if first in _HELPS:
        return second in _DOES_IT
    return first in WILL and (
        second in SERVES
        or after[2:3] == ["call"]
        or not STEPS.get(second, _NOTHING).isdisjoint(after[2:3])
    )


def _workplace(view: View, last: int, after: list[str]) -> str:
    """Whether a practice or a part of one follows: "from Family Eye", "in the lab"."""
    if after[0] not in _FROM or len(after) < 2:
        return ""
    if not DESKS.isdisjoint(after[1:]) or after[1] in TITLES:
        return "desk"
    named = range(last + 2, min(last + 6, len(view.words)))
    firm = any(view.marks[at] & PLACE_WORD and view.capital[at] for at in named)
    return "desk" if firm and after[0] == "from" else ""


def _by_words_before(view: View, found: Person) -> str:
    """By which rule the words before a name say that it is staff's."""
    first = view.word_at(found.start)
    before = view.words[first - 1] if first else ""
    if before not in _BEFORE or view.words[found.last].endswith("'s"):
        return ""
    if before in FRONT:
        return "desk" if view.gaps[first] == ", " and ends_phrase(view, found.last) else ""
    asked = before == "por" and view.words[first - 2 : first - 1] in _ASKED
    if asked and view.gaps[first] == " " and practice_speaks(view):
        return "at-work"
    if view.gaps[first] != " " or before == "por" or practice_speaks(view):
        return ""
    if before in BESIDE:
        return "at-work" if _is_beside(view, first) else ""
    return "at-work" if _has_hands(before, view.words[found.last + 1 : found.last + 4]) else ""


def _is_beside(view: View, first: int) -> bool:
    """Whether what a patient says leads to staff: "tell Bev", "instead of Dana"."""
    told, words = BESIDE[view.words[first - 1]], view.words
    if not _NOT_SO.isdisjoint(words[max(0, first - 4) : first - 1]):
        return False
    starts = first == 1 or view.gaps[first - 1] != " "
    return words[first - 2] in told or (starts and words[first - 1] in {"tell", "thank"})


def _has_hands(before: str, after: list[str]) -> bool:
    """Whether somebody is asked for what only staff does: "can Dana refill", "is Dana in"."""
    if not after:
        return False
    if before == "is":
        return after[0] in AVAILABLE and (after[:2] != ["on", "my"])
    return after[0] in HANDS and (after[0] != "call" or after[1:2] == ["me"])
