"""What somebody cannot do or does no more: "can't swallow", "won't eat", "no puede mover"."""

from __future__ import annotations

from compliant_sms.phi._health._complaint_form import Words, close, extent
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import cues


def cannot(view: View, at: int) -> Words | None:
    """What somebody cannot do or does no more: "can't swallow", "won't eat"."""
    words = view.words
    if of_reader(view, at):
        return None
    for last in range(at + 1, min(at + 5, len(words))):
        word = words[last]
        if not close(view, last):
            return None
        if word in cues("bodily"):
            return (at, extent(view, last)) if _bodily(view, at, last) else None
        if word in cues("bodily with more"):
            return _with_more(view, at, last)
        if word not in cues("may stand between"):
            return None
    return None


_READER = frozenset({"you", "u", "we", "they", "if", "please", "your", "us"})
_WEAK = frozenset({"not", "dont", "don't", "no", "didnt", "didn't", "havent", "haven't", "hard"})
_BY_RULE = frozenset(
    {"before", "after", "with", "until", "for", "while", "past", "anything", "or", "b4", "from"}
)
_BY_RULE |= {
    "in",
    "ins",
    "by",
    "alcohol",
    "the",
    "this",
    "that",
    "my",
    "to",
    "home",
    "antes",
    "nada",
}
_BY_RULE |= {"o", "ni", "manana", "hoy", "el", "a", "food", "solid", "desde", "up", "down", "out"}


def of_reader(view: View, at: int) -> bool:
    """Whether somebody is told what not to do."""
    before = view.words[at - 1] if at else ""
    begins = not at or view.gaps[at].strip() != ""
    return before in _READER or (begins and view.words[at] in _DO_NOT)


_DO_NOT = frozenset({"dont", "don't", "not", "stop"})


def _bodily(view: View, at: int, last: int) -> bool:
    """Whether it is no rule or plan: "not eating before surgery", "no come mañana"."""
    after = view.words[last + 1] if close(view, last + 1) else ""
    if view.words[at] == "no" or view.words[last] in _SPANISH:
        spanish = last > at + 1 or view.words[last] in _SPANISH
        return spanish and view.words[at] == "no" and after not in _BY_RULE
    if view.words[at] in _WEAK:
        told = view.words[last].endswith("ing") or view.words[at] not in {"not", "no"}
        return told and after not in _BY_RULE
    return after not in {"before", "until", "b4", "with", "after"}


_SPANISH = frozenset({"duerme", "orina", "respira", "come"})


def _with_more(view: View, at: int, last: int) -> Words | None:
    """Such as "can't keep food down", "can't move my arm", "can't stop shaking", "can't see."."""
    if last == at + 1 and view.words[last] in _SENSES and not close(view, last + 1):
        return (at, last) if view.words[at] in _UNABLE else None
    for after in range(last + 1, min(last + 6, len(view.words))):
        if not close(view, after):
            return None
        part = bool(view.marks[after] & marks.BODY)
        if view.words[after] in cues("of a body") or (part and after > last + 1):
            ceaseless = view.words[last] == "stop" and not part
            return (after if ceaseless else at), after
        if view.words[after] not in _ITS:
            return None
    return None


_SENSES = frozenset({"see", "move", "stand", "ver", "mover"})
_UNABLE = frozenset({"cant", "can't", "cannot", "cnt", "barely", "hardly"})
_ITS = frozenset({"my", "his", "her", "the", "its", "anything", "any", "food", "fluids", "water"})
_ITS |= {"out", "of", "on", "in", "enough", "liquids", "milk", "it", "meds", "pills", "mi", "su"}
_ITS |= {"el", "la", "left", "right", "both", "more", "nothing", "formula", "a", "to", "full", "up"}
