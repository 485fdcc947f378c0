"""Whom a text speaks to and of: to everybody, or of one person.

45 CFR 160.103 asks for what relates to one individual. A campaign says nothing of its reader's
health, opening hours are nobody's date, and who asks for a price tells of no care. No dictionary
of health, dates or places can tell: words and ways of speaking are signs of either kind
(``data/audience.txt``), and their weights add up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, cached_property

from compliant_sms.phi._audience._form import of_form
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._audience_words import Phrase, Role, signs_of_words
from compliant_sms.phi._words._marks import FOR_WHOM

_ASIDE = -1  # what is supposed, but first something is said
_NONE_OF_IT, _ITS_OWN = -2, 1
_BESIDE_STAFF = 1
_FROM_OTHERS = -6  # the most that other sentences take from one
_FARTHEST = 25  # words; no sentence is longer
_NEAR = 3
_NO_WORD = frozenset("/.@_=-")  # behind these, a part of a link or of a word
_JOINED = frozenset((" ", "-", "  ", "\n"))
_STOPS = frozenset(".,;:!?")
_TURNS = frozenset(("so", "but", "pero", "asi"))
_GOES_ON = frozenset((" ", "", ", ", "-", "/", "'", ": "))  # no sentence ends with them
_ENDS = frozenset("!?;\n")
_ABBREVIATED = frozenset(("dr", "mr", "ms", "mrs", "st", "ave", "no", "rev", "sr", "sra", "dra"))
_NOT_ANY = frozenset(("no", "sin", "without", "every", "any", "each", "a", "an", "cualquier"))
_SUPPOSES, _STAFF, _THIRD, _YOURS = Role.SUPPOSES, Role.STAFF, Role.THIRD, Role.YOURS
_OWNERS = frozenset(("your", "ur", "su", "sus", "tu", "tus", "the", "la", "el"))


def ends_sentence(view: View, index: int) -> bool:
    """Whether a sentence ends before a word."""
    gap = view.gaps[index]
    if gap in _GOES_ON:
        return False
    if gap != ". ":
        if not _ENDS.isdisjoint(gap):
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
    """Whom a text speaks to and of. It does not keep the view, which keeps it.

    Args:
        view: the text.

    Attributes:
        whole: how much the text as a whole says of one person; below nothing, it is to everybody.
        mixes: whether it says enough to everybody for :meth:`of_sentence` to differ from that.
    """

    def __init__(self, view: View) -> None:
        self._signs = _signs(view)
        self._always, self._form = of_form(view)
        whole = self._always
        lost = 0
        for signs in (self._signs, self._form):
            for _, weight in signs:
                whole += weight
                if weight < 0:
                    lost += weight
        self.whole = whole
        self.mixes = lost < _FROM_OTHERS

    @property
    def has_doubt(self) -> bool:
        """Whether anything in it, words or form, speaks to everybody."""
        form = self._always + sum(weight for _, weight in self._form)
        return form < 0 or any(weight < 0 for _, weight in self._signs)

    @cached_property
    def names_one(self) -> bool:
        """Whether any word in it says something of one person."""
        return any(weight > 0 for _, weight in self._signs)

    def of_sentence(self, begin: int, end: int, more: int = 0, elsewhere: int = 0) -> int:
        """How much a text says of one person, if the other sentences take only so much from one.

        Who adds an offer to a result speaks to one person all the same.
        """
        own = _between(self._signs, begin, end) + _between(self._form, begin, end)
        others = self.whole - self._always - own + elsewhere
        return self._always + own + more + max(others, _FROM_OTHERS)

    def around(self, view: View, index: int) -> int:
        """How much the words of the sentence around one of the same text say of one person."""
        return self.said(*sentence_of(view, index))

    def said(self, begin: int, end: int) -> int:
        """How much the words from one to before another say of one person."""
        return _between(self._signs, begin, end)


def _between(signs: list[tuple[int, int]], begin: int, end: int) -> int:
    """How much the signs from one word to before another say."""
    said = 0
    for place in range(bisect_left(signs, (begin,)), len(signs)):
        at, weight = signs[place]
        if at >= end:
            break
        said += weight
    return said


@cache
def _stop() -> re.Pattern[str]:
    """What a sentence may end with, to the next word; see :func:`ends_sentence`."""
    return re.compile(r"(?:[!?;\n]|\. )[\W\d_]*+")


def sentence_of(view: View, index: int) -> tuple[int, int]:
    """The words of the sentence around one: the first, and the one after the last."""
    words, lower, starts, ends = view.words, view.lower, view.starts, view.ends
    begin, end = max(index - _FARTHEST, 0), min(len(words), index + _FARTHEST)
    for stop in reversed(list(_stop().finditer(lower, ends[begin], starts[index]))):
        at = view.word_at(stop.start())
        if ends_sentence(view, at):
            begin = at
            break
    for stop in _stop().finditer(lower, ends[index], starts[end - 1]):
        at = view.word_at(stop.start())
        if ends_sentence(view, at):
            end = at
            break
    if not _TURNS.isdisjoint(words[begin:end]):
        turns = [at for at in range(begin + 1, end) if words[at] in _TURNS]
        begin = max([at for at in turns if at <= index], default=begin)
        end = min([at for at in turns if at > index], default=end)
    return begin, end


def _signs(view: View) -> list[tuple[int, int]]:
    """Which words say whom a text speaks to or of, and how much."""
    signs: list[tuple[int, int]] = []
    words, gaps, known = view.words, view.gaps, signs_of_words()
    following = [*words[1:], ""]
    after = supposed = 0
    staff = False
    for at in view.marked(FOR_WHOM):
        weight, role, phrases = known[words[at]]
        begun = phrases.get(following[at])
        if begun is None and not weight and not role:
            continue
        if at < after or (gaps[at] != " " and gaps[at][-1:] in _NO_WORD):
            continue
        if begun is not None:
            after, weight, role = _said(view, at, begun, (at + 1, weight, role))
        if role:
            if role == _SUPPOSES:
                supposed = _sentence_end(view, at)
            staff = staff or role == _STAFF
            weight = _by_role(view, at, role, weight, supposed=at < supposed, staff=staff)
        if weight:
            signs.append((at, weight))
    return signs


def _said(
    view: View, at: int, begun: list[Phrase], alone: tuple[int, int, int]
) -> tuple[int, int, int]:
    """Where what is said at a word ends, its weight and its role: a phrase, or the word alone."""
    for rest, weight, role in begun:
        if len(rest) == 1:
            if view.gaps[at + 1] in _JOINED:
                return at + 2, weight, role
            continue
        after = at + 1 + len(rest)
        if view.words[at + 1 : after] == rest and _JOINED.issuperset(view.gaps[at + 1 : after]):
            return after, weight, role
    return alone


def _sentence_end(view: View, at: int) -> int:
    size = min(len(view.words), at + _FARTHEST)
    return next((end for end in range(at + 1, size) if ends_sentence(view, end)), size)


def _by_role(view: View, at: int, role: int, weight: int, *, supposed: bool, staff: bool) -> int:
    """How much a word says that means something only by those around it."""
    if role == _SUPPOSES:
        return weight if not at or ends_sentence(view, at) else _ASIDE
    if role == _THIRD:
        return _BESIDE_STAFF if staff else weight
    if role == _STAFF:
        return weight
    if supposed:
        return 0
    return weight if role == _YOURS else _of_care(view, at)


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
