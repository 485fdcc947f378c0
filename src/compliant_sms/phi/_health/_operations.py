"""Operations told in ordinary words: "my knee is getting replaced", "removing my appendix"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliant_sms.phi._audience._health_terms import Term, is_of_one
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind, cues

_OPERATED = Kind.BODY | Kind.CONDITION | Kind.PROCEDURE
_MOST_BETWEEN = 3
_DONE_SO = frozenset(
    {
        *(("taken", "out"), ("taken", "off"), ("cut", "out"), ("cut", "off"), ("burned", "off")),
        *(("burnt", "off"), ("cleaned", "out"), ("pulled", "out"), ("taped", "up")),
        *(("sewn", "up"), ("stitched", "up"), ("lasered", "off"), ("frozen", "off")),
    }
)
_WHOSE = frozenset({"my", "his", "her", "your", "this", "that", "mi", "su"})


def operations(view: View, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """What is done to a part of the body, to what grew there, or to what was put in.

    Yields:
        offsets in :attr:`View.plain`.
    """
    for term in terms:
        if term.kind & _OPERATED and (end := _done(view, term.last)) and is_of_one(view):
            yield term.start, end
        elif (
            term.kind & (Kind.BODY | Kind.CONDITION) and term.first > 1 and _is_done_to(view, term)
        ):
            yield view.starts[term.first - 2], term.end


def _done(view: View, last: int) -> int:
    """Where the words end that say what is done to what a word names; 0 if nothing is."""
    for at in range(last + 1, min(last + 2 + _MOST_BETWEEN, len(view.words))):
        if view.gaps[at] != " ":
            return 0
        word = view.words[at]
        if word in cues("operated"):
            return view.ends[at]
        if (word, *view.words[at + 1 : at + 2]) in _DONE_SO:
            return view.ends[at + 1]
        if word not in cues("before an operation"):
            return 0
    return 0


def _is_done_to(view: View, term: Term) -> bool:
    """Whether "removing my" or the like stands before it."""
    first = term.first
    told = view.words[first - 1] in _WHOSE and view.words[first - 2] in cues("operating")
    return told and view.gaps[first] == view.gaps[first - 1] == " " and is_of_one(view)
