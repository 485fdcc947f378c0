"""Whom a text speaks to and of: to everybody, or of one person.

45 CFR 160.103 asks for what relates to one individual. A campaign says nothing of its reader's
health, opening hours are nobody's date, and who asks for a price tells of no care. No dictionary
of health, dates or places can tell: words and ways of speaking are signs of either kind
(``data/audience.txt``), and their weights add up.
"""

from __future__ import annotations

from bisect import bisect_left

from compliant_sms.phi._audience_form import of_form
from compliant_sms.phi._audience_words import Phrase, Role, signs_of_words
from compliant_sms.phi._view import View

__all__ = ["Audience", "audience_of", "ends_sentence"]

_ASIDE = -1  # what is supposed, but first something is said
_NONE_OF_IT, _ITS_OWN = -2, 1
_BESIDE_STAFF = 1
_FARTHEST = 25  # words; no sentence is longer
_NEAR = 3
_NO_WORD = frozenset("/.@_=-")  # behind these, a part of a link or of a word
_JOINED = frozenset((" ", "-", "  ", "\n"))
_STOPS = frozenset(".,;:!?")
_TURNS = frozenset(("so", "but", "pero", "asi"))
_ABBREVIATED = frozenset(("dr", "mr", "ms", "mrs", "st", "ave", "no", "rev", "sr", "sra", "dra"))
_NOT_ANY = frozenset(("no", "sin", "without", "every", "any", "each", "a", "an", "cualquier"))
_OWNERS = frozenset(("your", "ur", "su", "sus", "tu", "tus", "the", "la", "el"))


def ends_sentence(view: View, index: int) -> bool:
    """Whether a sentence ends before a word."""
    gap = view.gaps[index]
    if gap == " ":
        return False
    if "!" in gap or "?" in gap or ";" in gap or "\n" in gap:
        return True
    if ". " not in gap:
        return False
    # What is written short ends with a full stop too, and no sentence is over.
    before = view.words[index - 1] if index else ""
    return (len(before) > 1 and before not in _ABBREVIATED) or gap[0] != "."


def audience_of(view: View) -> Audience:
    """Whom a text speaks to and of; read once for each text."""
    found = view.audience
    if found is None:
        found = view.audience = Audience(view)
    return found


class Audience:
    """Whom a text speaks to and of.

    Args:
        view: the text.

    Attributes:
        whole: how much the text as a whole says of one person; below nothing, it is to everybody.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._signs = _signs(view)
        self.whole = of_form(view) + sum([weight for _, weight in self._signs])

    def around(self, index: int) -> int:
        """How much the words of the sentence around one say of one person."""
        view, signs = self._view, self._signs
        first = _reach(view, index, max(0, index - _FARTHEST), -1)
        last = _reach(view, index + 1, min(len(view.words), index + _FARTHEST), 1)
        until = bisect_left(signs, (last, -_FARTHEST))
        return sum([weight for _, weight in signs[bisect_left(signs, (first, -_FARTHEST)) : until]])


def _reach(view: View, index: int, limit: int, step: int) -> int:
    """Where a sentence begins or ends from a word on, a limit at most."""
    words, gaps = view.words, view.gaps
    for at in range(index, limit, step):
        if words[at] in _TURNS or (gaps[at] != " " and ends_sentence(view, at)):
            return at
    return limit


def _signs(view: View) -> list[tuple[int, int]]:
    """Which words say whom a text speaks to or of, and how much."""
    signs: list[tuple[int, int]] = []
    following = [*view.words[1:], ""]
    after = supposed = 0
    staff = False
    known = map(signs_of_words().get, view.words)
    for at, (sign, then, gap) in enumerate(zip(known, following, view.gaps, strict=False)):
        if sign is None or at < after or (gap != " " and gap[-1:] in _NO_WORD):
            continue
        weight, role, phrases = sign
        if then in phrases:
            after, weight, role = _said(view, at, phrases[then], (at + 1, weight, role))
        if role:
            if role == Role.SUPPOSES:
                supposed = _sentence_end(view, at)
            staff = staff or role == Role.STAFF
            weight = _by_role(view, at, role, weight, supposed=at < supposed, staff=staff)
        if weight:
            signs.append((at, weight))
    return signs


def _said(
    view: View, at: int, begun: list[Phrase], alone: tuple[int, int, int]
) -> tuple[int, int, int]:
    """Where what is said at a word ends, its weight and its role: a phrase, or the word alone."""
    for rest, weight, role in begun:
        after = at + 1 + len(rest)
        if view.words[at + 1 : after] == rest and _JOINED.issuperset(view.gaps[at + 1 : after]):
            return after, weight, role
    return alone


def _sentence_end(view: View, at: int) -> int:
    size = min(len(view.words), at + _FARTHEST)
    return next((end for end in range(at + 1, size) if ends_sentence(view, end)), size)


def _by_role(view: View, at: int, role: int, weight: int, *, supposed: bool, staff: bool) -> int:
    """How much a word says that means something only by those around it."""
    if role == Role.SUPPOSES:
        return weight if not at or ends_sentence(view, at) else _ASIDE
    if role == Role.THIRD:
        return _BESIDE_STAFF if staff else weight
    if role == Role.STAFF:
        return weight
    if supposed:
        return 0
    return weight if role == Role.YOURS else _of_care(view, at)


def _of_care(view: View, at: int) -> int:
    """What one has in a practice: somebody's own, or none of it ("no appointment needed")."""
    words = view.words
    if at and words[at - 1] in _NOT_ANY:
        return _NONE_OF_IT
    for before in range(at, max(0, at - _NEAR), -1):
        if not _STOPS.isdisjoint(view.gaps[before]):
            break
        if words[before - 1] in _OWNERS:
            return _ITS_OWN
    return 0
