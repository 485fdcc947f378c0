"""Numbers of record behind the words that announce them: 45 CFR 164.514(b)(2)(i)(H)-(M), (P), (R).

A word that announces one, what stands between, and the look of the number are weighed together:
an account's number may be short, the number of a visit is one only if it looks like nothing else.
What has a form of its own is elsewhere (``_record_forms``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from operator import or_

from compliant_sms.phi._audience._audience import audience_of
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._numbers._record_kinds import Kinds
from compliant_sms.phi._numbers._record_runs import Number, may_be_number, read_number
from compliant_sms.phi._numbers._record_strays import find_strays
from compliant_sms.phi._numbers._unread import MOST_READ, unread
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._record_cues import Cue, cues

_FARTHEST, _FARTHEST_BEHIND, _MOST_BETWEEN, _ENOUGH = 72, 45, 8, 3
_NAMED, _COLON, _FEWEST, _FEWEST_LAST, _BEFORE, _LAST = 3, 1, 3, 2, 4, 4
_IDS = frozenset(("id", "ids"))
_NUMBERS = frozenset(("number", "numero"))
_OWNERS = frozenset(("my", "your", "mi", "su"))
_BARE_ID, _OWN_NUMBER = Cue(PhiLabel.OTHER_ID, 1), Cue(PhiLabel.MRN, 1)
# "medicare id" is told by the word before, "order id" and "tax id" are no number of record.
_NO_ID = marks.OTHER_NUMBER | marks.RECORD_CUE | marks.SOCIAL
_OF_SOMEBODY = marks.YOURS | marks.PERSONS | marks.SURE_NAME
# A lot is called back, and a drive has a reference, for everybody.
_OF_THINGS = frozenset((PhiLabel.DEVICE, PhiLabel.OTHER_ID))
_SERIAL = Cue(PhiLabel.DEVICE, 3)
_LASTS = ("last ", "ultimos ", "last-")
_JOINS = frozenset(("or", "and", "into", "to", "o", "y", "was", "now", "merged", "changed", "not"))
_OF_BANKS = frozenset(("checking", "savings", "account", "acct", "routing"))
_ROUTED = frozenset(("routing", "aba", "bank", "banco"))
_BANKED = 2
_BORNE = frozenset(("card", "tarjeta", "policy", "plan"))
_MOST_RUNS = 4
_JOINS |= {"instead", "n", "no", "vs"}


@cache  # compiled at first use, like all patterns here
def _stop() -> re.Pattern[str]:
    return re.compile(r"[!;]|\?\s+[^\d]|\.\s")


@cache
def _zip() -> re.Pattern[str]:
    return re.compile(r" \d{5}(?:-\d{4})?(?![\w-])")


def find_record_numbers(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Numbers of charts, accounts, plans, licences, plates, devices, prescriptions and the like."""
    if not view.figures:
        return ()
    announced: list[PhiFinding] = []
    if view.said & (marks.RECORD_CUE | marks.NAMING) or "s/n" in view.lower:
        announced = list(_Search(view).findings())
    if _is_to_everybody(view):
        return [number for number in announced if number.label not in _OF_THINGS]
    return [*announced, *find_strays(view, announced)] if _has_signs(view) else announced


def _has_signs(view: View) -> bool:
    """Whether a text has more than figures, so that a code can stand in it alone."""
    return bool(view.words) or any(sign in view.plain for sign in "#*\u2022")


def _is_to_everybody(view: View) -> bool:
    """Whether a text speaks to all who read it, and of nobody."""
    if view.said & _OF_SOMEBODY or patient_writes(view):
        return False
    return audience_of(view).whole < 0


def cue_at(view: View, word: int) -> Cue | None:
    """What a word announces where it stands."""
    written = view.words[word].removesuffix("'s")
    before = view.words[word - 1] if word else ""
    if written in _IDS:
        return None if word and view.marks[word - 1] & _NO_ID else _BARE_ID
    if written in _NUMBERS and before in _OWNERS:
        return _OWN_NUMBER
    if (written == "file" and before == "on") or _is_in_host(view, word):
        return None
    return cues().get(written)


def _is_in_host(view: View, word: int) -> bool:
    """Whether a word belongs to the host of a link: "m.ehr.example/s", "acme-ehr.com/s"."""
    last = len(view.words) - 1
    while word < last and view.gaps[word + 1] == "-":
        word += 1
    if word == last or view.gaps[word + 1] != ".":
        return False
    host, slash, _ = view.plain[view.starts[word] :].split(maxsplit=1)[0].partition("/")
    # Its last label has no figures: "MRN.AB8812344/ward" has a number, and no host.
    return bool(slash) and host.partition(":")[0].rpartition(".")[2].isalpha()


class _Search:
    """The numbers of one text, each read once.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._kinds = Kinds(view)
        self._numbers: dict[int, Number | None] = {}
        # By the run of figures; the nearest word that suffices decides.
        self._found: dict[int, tuple[PhiLabel, Number]] = {}

    def findings(self) -> Iterator[PhiFinding]:
        """What the words of the text announce, in its order; at the end what was not read."""
        view, rest = self._view, -1
        for word in view.marked(marks.RECORD_CUE | marks.NAMING):
            if len(self._numbers) >= MOST_READ:
                rest = max(0, view.starts[word] - _FARTHEST_BEHIND)
                break
            if cue := cue_at(view, word):
                self._look(word, cue)
        if (serial := view.lower.find("s/n")) >= 0:
            self._look(view.word_at(serial + 2), _SERIAL)
        end = 0
        for figure in sorted(self._found):
            label, number = self._found[figure]
            if number.start >= end:
                yield _finding(label, number)
                end = number.end
                for follower in self._followers(figure, number):
                    yield _finding(label, follower)
                    end = follower.end
        if rest >= 0:
            yield from unread(view, rest)

    def _look(self, word: int, cue: Cue) -> None:
        """Before and behind one word."""
        view, figures = self._view, self._view.figures
        begin, end = view.starts[word], view.ends[word]
        ahead = bisect_left(figures, (begin,))
        ahead += ahead < len(figures) and self._is_how_many(ahead)
        near = ahead < len(figures) and figures[ahead][0] - end <= _FARTHEST
        if near and not (cue is _BARE_ID and ahead in self._found):
            number = self._number(ahead)
            if number and self._suffices(word, cue, number):
                self._found[ahead] = self._kinds.read(word, cue, number)
                return
        behind = ahead - 1
        if ahead and begin - figures[behind][1] <= _FARTHEST_BEHIND and behind not in self._found:
            first = view.word_at(figures[behind][1])
            linked = word <= first or view.marks[word - 1] & marks.LINK
            if linked:
                behind = self._first_run(behind)
            number = self._number(behind) if linked and behind not in self._found else None
            if number and self._is_behind(word, cue, number):
                self._found[behind] = self._kinds.read(word, cue, number)

    def _first_run(self, figure: int) -> int:
        """Where a number begins of which a run of figures is the last: "W11 902 4477"."""
        figures, first = self._view.figures, figure
        for earlier in range(figure - 1, max(-1, figure - _MOST_RUNS), -1):
            if figures[earlier + 1][0] - figures[earlier][1] != 1:
                break
            number = self._number(earlier)
            if number and number.is_code and number.end == figures[figure][1]:
                first = earlier
        return first

    def _is_how_many(self, figure: int) -> bool:
        """Whether a figure is the one of "last 4"."""
        view = self._view
        begin, end = view.figures[figure]
        if end - begin > 1 or view.plain[begin] != "4" or not view.said & marks.PART:
            return False
        return view.lower.endswith(_LASTS, 0, begin)

    def _number(self, figure: int) -> Number | None:
        if figure not in self._numbers:
            view = self._view
            number = read_number(view, figure) if may_be_number(view, figure) else None
            self._numbers[figure] = number
        return self._numbers[figure]

    def _suffices(self, word: int, cue: Cue, number: Number) -> bool:
        """Whether a word and what stands between make it a number of record."""
        view = self._view
        if number.start < view.ends[word]:  # "AUTH-20391" says itself what it is
            return number.weight >= _ENOUGH and number.start == view.starts[word]
        between = view.marks[word + 1 : view.word_at(number.start)]
        signs = view.lower[view.ends[word] : number.start]
        said = reduce(or_, between, 0)
        if len(between) > _MOST_BETWEEN or said & marks.OTHER_NUMBER:
            return False
        part = said & marks.PART or _part_before(view, word)
        is_short = number.digits < (_FEWEST_LAST if part else _FEWEST) and not number.is_code
        if is_short or (cue is _OWN_NUMBER and part) or (cue is _BARE_ID and _is_zip(view, word)):
            return False
        others = sum(not mark & (marks.LINK | marks.NAMING) for mark in between) if between else 0
        named = _NAMED if part or said & marks.NAMING or "#" in signs else _COLON * (":" in signs)
        paid = number.digits == _LAST and number.weight > 0 and self._kinds.is_paid_with(cue)
        banked = _BANKED * (number.is_phone and signs == " " and self._is_banks(word))
        weight = cue.strength + named + number.weight + paid + banked
        if weight - others - (others > 0) < _ENOUGH:
            return False
        return signs == " " or not self._ends(view.ends[word], signs)

    def _is_banks(self, word: int) -> bool:
        """Whether it is an account of a bank, whose number may read as one of a telephone."""
        words = self._view.words
        return words[word] in _OF_BANKS and not _ROUTED.isdisjoint(words)

    def _ends(self, begin: int, signs: str) -> bool:
        """Whether a sentence ends between a word and a number; "no." ends none."""
        view = self._view
        for found in _stop().finditer(signs):
            last = view.word_at(begin + found.start()) - 1
            if found[0][0] != "." or not view.marks[last] & (marks.RECORD_CUE | marks.NAMING):
                return True
        return False

    def _is_behind(self, word: int, cue: Cue, number: Number) -> bool:
        """Whether a number is named afterwards: ``... is my member id``, ``..., ca plates``."""
        view = self._view
        if number.is_phone or number.weight < _ENOUGH - 1:
            return False
        begin = view.word_at(number.end)
        if not all(mark & marks.LINK for mark in view.marks[begin:word]):
            return False
        if _stop().search(view.lower, number.end, view.starts[word]):
            return False
        named = word + 1 < len(view.words) and view.marks[word + 1] & marks.NAMING
        alone = (cue.strength >= _ENOUGH and begin < word) or (
            begin == word and number.is_code and view.words[word] in _BORNE
        )
        return bool(named) or alone or "#" in view.gaps[word + 1][:2] or cue is _BARE_ID

    def _followers(self, figure: int, number: Number) -> Iterator[Number]:
        """``... or 0044719``: more numbers of the same kind."""
        view = self._view
        for following in range(figure + 1, len(view.figures)):
            if view.figures[following][0] < number.end:
                continue
            if following in self._found:
                return
            further = self._number(following)
            if not further or not self._goes_on(number, further):
                return
            yield further
            number = further

    def _goes_on(self, number: Number, further: Number) -> bool:
        view = self._view
        alike = further.end - further.start == number.end - number.start
        if further.is_phone or further.digits < _FEWEST + 1:
            return False
        words = view.words[view.word_at(number.end) : view.word_at(further.start)]
        gap = view.lower[number.end : further.start]
        if not words:
            return alike and gap.strip() in (",", "&", "/")
        joined = words[0] in _JOINS and not _stop().search(gap)
        return joined and (_JOINS.issuperset(words) or (alike and len(words) <= _FEWEST - 1))


def _part_before(view: View, word: int) -> bool:
    """``the last 4 of your card, 6630``."""
    if not view.said & marks.PART:
        return False
    return any(mark & marks.PART for mark in view.marks[max(0, word - _BEFORE) : word])


def _is_zip(view: View, word: int) -> bool:
    """``Boise, ID 83704`` is a place."""
    shouted = view.is_shouted(word) and word > 0 and view.capital[word - 1]
    return shouted and bool(_zip().match(view.plain, view.ends[word]))


def _finding(label: PhiLabel, number: Number) -> PhiFinding:
    return PhiFinding(
        start=number.start,
        end=number.end,
        label=label,
        rule="record/announced",
        confidence=Confidence.LIKELY,
    )
