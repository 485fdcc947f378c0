"""Where it is told what an examination showed: behind "showed", "is" or a colon."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import cues

_FAR = 10  # words between an examination and the word that says what it showed


class Said(NamedTuple):
    """Where a finding may begin, and whether what stands before it announces one."""

    first: int
    shown: bool
    listed: bool
    """Whether a colon or the like stands before it, and not a verb."""


def said_of(view: View, test: int) -> Said | None:
    """Where it is told what an examination showed."""
    words, gaps, links = view.words, view.gaps, _links()
    for at in range(test + 1, min(test + _FAR, len(words))):
        word, gap = words[at], gaps[at]
        if gap != " " and (told := _by_gap(view, at)):
            return told if told.first else None
        if word in links and (told := _by_word(view, test, at)):
            return told if told.first else None
    return None


_NOTHING = Said(0, shown=False, listed=False)


def _by_gap(view: View, at: int) -> Said | None:
    """What signs before a word say: that a finding follows, or that none does."""
    gap = view.gaps[at]
    if ":" in gap or "=" in gap or gap.strip() in _DASHES:
        return Said(at, shown=False, listed=True)
    over = ends(gap) or ("," in gap and view.words[at] not in PRONOUN_OF_IT)
    return _NOTHING if over else None


def _by_word(view: View, test: int, at: int) -> Said | None:
    """What a word says: that a finding follows, or that none does."""
    word, after = view.words[at], view.words[at + 1 : at + 2]
    if word in _NO_FURTHER:
        return _NOTHING
    if word in cues("shows") or (word in _CAME and after in _BACK):
        return Said(at + 1, shown=True, listed=False)
    if word in _IS and _says_how(view, test, at):
        return Said(at + 1, shown=False, listed=False)
    return None


@cache
def _links() -> frozenset[str]:
    return cues("shows") | _CAME | _IS | _NO_FURTHER


def _says_how(view: View, test: int, at: int) -> bool:
    """Whether "is" goes on with what was found, and not with "ready" or "broken"."""
    after = view.words[at + 1 : at + 2]
    if view.words[test] in _THINGS and after and after[0] not in _OF_A_SCREEN:
        return False
    return after not in _READY


_OF_A_SCREEN = frozenset(
    {"normal", "abnormal", "referred", "passed", "positive", "negative", "clean"}
)
_OF_A_SCREEN |= {"clear", "fine", "pos", "neg"}
_DASHES = frozenset({"-", "--", "->", ">"})
_CAME = frozenset({"came", "comes", "come", "coming", "turned", "returned", "salio", "salieron"})
_CAME |= {"sale", "resulted", "cam"}
_BACK = (["back"], ["out"], ["up"], ["bak"])
_IS = frozenset({"is", "was", "are", "were", "its", "it's", "es", "fue", "looks", "looked", "look"})
_IS |= {"salio", "salieron", "esta", "estan", "returned", "resulted", "final", "dice", "says"}
_THINGS = frozenset({"screen", "monitor", "scope", "film", "plate", "report", "stick", "lab"})
_READY: tuple[list[str], ...] = (
    ["in"],
    ["back"],
    ["ready"],
    ["final"],
    ["available"],
    ["complete"],
    ["at"],
    ["on"],
    ["for"],
    ["due"],
    ["set"],
)
PRONOUN_OF_IT = frozenset({"it", "its", "it's", "they", "theyre", "es", "salio"})
_NO_FURTHER = frozenset(
    {"if", "when", "and", "to", "before", "until", "please", "pls", "or", "so", "but", "because"}
    | {"card", "cards"}
)


def ends(gap: str) -> bool:
    """Whether a sentence or a clause ends with what stands between two words."""
    return not _ENDS.isdisjoint(gap) or ". " in gap or gap.endswith(".") or " - " in gap


_ENDS = frozenset('!?;()\n…:|=+@*"')
