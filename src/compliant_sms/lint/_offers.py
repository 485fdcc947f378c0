"""The keywords that a text invites its reader to send, with what it says they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from attrs import evolve, field, frozen

from compliant_sms.lint._phrases import Says, found
from compliant_sms.optout import Reserved, understood_word
from compliant_sms.phrases import Folded, fold, sentence

YES = frozenset({"yes", "y"})
"""No reserved word, but some carriers and providers take it as START (Twilio's default words)."""

_BEFORE = 160  # code points that may tell what a reply agrees to


@frozen(kw_only=True)
class Offer:
    """A reserved word that a text offers as a keyword.

    Attributes:
        start: offset of its first character, in code points of the text as given.
        end: offset after the last one.
        word: the word in small letters.
        reserved: what carriers take it for; None for yes.
        capitals: it stands out in capitals.
        does: what the text says it does, in folded letters; empty where it does not.
        before: what stands before it, in folded letters.
    """

    start: int
    end: int
    word: str
    reserved: Reserved | None
    capitals: bool
    does: str = field(repr=False)
    before: str = field(repr=False)


@frozen
class _Item:
    """A keyword by its offsets in folded text, and where the part of the text ends around it."""

    start: int
    end: int
    last: int


def offers(text: str) -> tuple[Offer, ...]:
    """The reserved words, and yes, that a text offers, in its order."""
    folded = fold(text)
    page = _Page(text, folded, shouts=text.isupper())
    items = {item.start: item for item in page.items()}
    return page.explained([items[start] for start in sorted(items)])


@cache  # compiled at first use
def _forms() -> dict[str, re.Pattern[str]]:
    mark = r"\"'*)\]"
    return {
        "opening": re.compile(r"[\s:\"'(\[*=-]{0,6}"),
        "word": re.compile(r"[^\W_]{1,14}(?:[ -][^\W_]{2,4})?+(?!\w|'\w)"),
        "one": re.compile(r"[^\W_]{1,14}(?!\w|'\w)"),
        "as-word": re.compile(
            rf"[{mark}]{{0,3}}\s{{0,3}}(?:$|[.,;:!?|/=\n<>&+]|-(?!\w)|(?:to|2|4|for|now|or|and|if|at|any"
            r"|anytime|when|within|by|u|para|pa|pour|o|y|et|ou|en|si)\b(?!\s(?:of|taking|the)\b))"
        ),
        "to": re.compile(rf"[{mark}]{{0,3}}\s{{0,3}}(?:(?:to|2|4|for|if|para|pa|pour|si)\b|=|->)"),
        "separator": re.compile(
            r"(?:[,;/|]\s{0,3}(?:(?:or|and|o|u|y|ou|et)\b)?|\b(?:or|and|o|u|y|ou|et)\b|&)[\s\"'(\[*]{0,4}"
        ),
        "loud": re.compile(r"(?<![\w'-])[A-Z][A-Za-z]{0,13}(?:[ -][A-Z]{2,4})?(?!\w|'\w)"),
        "either": re.compile(r"(?<![\w/])(?:y ?/ ?n|yes ?/ ?no)(?![\w/])"),
    }


@frozen
class _Page:
    given: str
    folded: Folded
    shouts: bool

    @property
    def text(self) -> str:
        return self.folded.text

    def items(self) -> Iterator[_Item]:
        for asked in found(self.text, Says.ASKS):
            last = sentence(self.text, asked.start, asked.end)[1]
            yield from self._listed(asked.end, last)
        if not self.shouts:
            yield from self._loud()
        for match in _forms()["either"].finditer(self.text):
            end = match.start() + len(match[0].partition("/")[0].rstrip())
            yield _Item(match.start(), end, sentence(self.text, match.start(), end)[1])

    def _listed(self, start: int, last: int) -> Iterator[_Item]:
        """What follows where a reply is asked for: a keyword, and others behind commas and or."""
        forms = _forms()
        opening = forms["opening"].match(self.text, start, last)
        first = opening.end() if opening else start
        if (item := self._item(first, last)) and self._is_keyword(item):
            yield item
        for separator in forms["separator"].finditer(self.text, start, last):
            further = self._item(separator.end(), last)
            if further and self._stands_out(further):
                yield further

    def _is_keyword(self, item: _Item) -> bool:
        if self._capitals(item.start, item.end):
            return True
        quoted = self.text[item.end : item.end + 1] in {'"', "'"}
        return quoted or _forms()["as-word"].match(self.text, item.end, item.last) is not None

    def _stands_out(self, item: _Item) -> bool:
        form = "as-word" if self._capitals(item.start, item.end) else "to"
        return _forms()[form].match(self.text, item.end, item.last) is not None

    def _loud(self) -> Iterator[_Item]:
        """Keywords in capitals with what they do, whoever asks for them."""
        for match in _forms()["loud"].finditer(self.given):
            start = self._folded_place(match.start())
            item = self._item(start, len(self.text)) if match[0].isupper() else None
            if item and _forms()["to"].match(self.text, item.end):
                yield evolve(item, last=sentence(self.text, item.start, item.end)[1])

    def _folded_place(self, place: int) -> int:
        from bisect import bisect_left  # noqa: PLC0415 - few texts have capitals and long letters

        origin = self.folded.origin
        return place if origin is None else bisect_left(origin, place)

    def _item(self, start: int, last: int) -> _Item | None:
        for form in ("word", "one"):
            match = _forms()[form].match(self.text, start, last)
            if match and (match[0] in YES or understood_word(match[0])):
                return _Item(start, match.end(), last)
        return None

    def _capitals(self, start: int, end: int) -> bool:
        first, last = self.folded.place(start, end)
        return not self.shouts and self.given[first:last].isupper()

    def explained(self, items: list[_Item]) -> tuple[Offer, ...]:
        """The offers with what they do; one of a list with what the list does."""
        made: list[Offer] = []
        does, after = "", len(self.text)
        for item in reversed(items):
            own = self.text[item.end : min(item.last, after)]
            same_list = item.last > after
            does = own if _is_said(own) or not same_list else does
            made.append(self._offer(item, does))
            after = item.start
        return tuple(reversed(made))

    def _offer(self, item: _Item, does: str) -> Offer:
        start, end = self.folded.place(item.start, item.end)
        word = self.text[item.start : item.end]
        known = understood_word(word)
        return Offer(
            start=start,
            end=end,
            word=word,
            reserved=known.reserved if known else None,
            capitals=self._capitals(item.start, item.end),
            does=does,
            before=self.text[max(0, item.start - _BEFORE) : item.start],
        )


def _is_said(does: str) -> bool:
    """Whether there is more than commas, marks and an "or"."""
    return re.sub(r"\b(?:or|and|o|u|y|ou|et)\b|[^\w]", "", does) != ""
