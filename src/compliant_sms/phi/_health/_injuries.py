"""Bites, stings and blows: "a cat bit me", "hit her head", "something flew in my eye"."""

from __future__ import annotations

from compliant_sms.phi._health._complaint_form import Words, close
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import cues


def bitten(view: View, at: int) -> Words | None:
    """Such as "a cat bit me", "bitten by a tick", "bee sting", "the bite"."""
    words = view.words
    if at and words[at - 1] in cues("animals") and close(view, at):
        if words[at] in _BIT and words[at + 1 : at + 2] not in _SOMEBODY:
            return None
        return at - 1, _on_a_part(view, at)
    after = words[at + 1 : at + 4]
    if after[:1] in (["by"], ["from"], ["un"], ["una"]):
        if cues("animals").isdisjoint(after[1:]):
            return None
        return at, at + 2 + (after[1] not in cues("animals")) - (after[0] in _UN)
    if words[at] == "bit" and (own := hurt(view, at)):
        return own
    noun = words[at] in _BITES and at and words[at - 1] in _THE
    return (at, _on_a_part(view, at)) if noun else None


_UN = frozenset({"un", "una"})
_BIT = frozenset({"bit", "stung", "scratched"})
_SOMEBODY: tuple[list[str], ...] = (["me"], ["him"], ["her"], ["us"], ["them"], [])
_BITES = frozenset({"bite", "bites", "sting", "stings", "picadura", "mordida"})
_THE = frozenset({"the", "my", "his", "her", "a", "this", "these", "la", "una", "bug", "some"})


def _on_a_part(view: View, last: int) -> int:
    """The last word, with the part of the body: "dog bite on the hand"."""
    at = last + 1
    if not (close(view, at) and view.words[at] in _ON):
        return last
    while close(view, at) and view.words[at] in _ON_THE:
        at += 1
    return at if close(view, at) and view.marks[at] & marks.BODY else last


_ON = frozenset({"on", "to", "en"})
_ON_THE = _ON | {"the", "my", "his", "her", "left", "right", "el", "la", "lower", "upper"}


def hurt(view: View, at: int) -> Words | None:
    """Such as "hit her head", "slammed my finger", "cut my hand"."""
    part = at + 2
    if not close(view, at + 1):
        return None
    if view.words[at + 1] == "in" and close(view, part) and view.words[part] in _WHOSE | {"the"}:
        part += 1  # "poked in the eye"
    elif view.words[at + 1] not in _WHOSE:
        return None
    while close(view, part) and view.words[part] in _WHICH and part < at + 5:
        part += 1
    return (at, part) if close(view, part) and view.marks[part] & marks.BODY else None


_WHICH = frozenset({"left", "right", "front", "back", "big", "little", "upper", "lower", "baby"})
_WHICH |= {"pinky", "ring", "index", "middle", "other", "whole"}
_WHOSE = frozenset({"my", "his", "her", "mi", "their"})


def inside(view: View, at: int) -> Words | None:
    """Such as "something flew in my eye"."""
    for last in range(at + 1, min(at + 5, len(view.words) - 2)):
        if not close(view, last):
            return None
        on = view.words[last] == "on" and view.words[last - 1] in _GROWS
        if (on or view.words[last] in _IN) and view.words[last + 1] in _WHOSE:
            part = last + 2
            return (at, part) if view.marks[part] & marks.BODY and close(view, part) else None
    return None


_GROWS = frozenset({"growing", "grew", "up", "grown"})
_IN = frozenset({"in", "inside", "up"})
