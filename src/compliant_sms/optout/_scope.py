"""Which texts a revocation is about: 47 CFR 64.1200(a)(12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from compliant_sms.consent import Category
from compliant_sms.optout._heard import Heard
from compliant_sms.optout._reading import Revocation
from compliant_sms.optout._revocation_rules import Says, rulebook
from compliant_sms.phrases import Found, listed, search

_Found: TypeAlias = Found[Says]
_Limits: TypeAlias = tuple[bool, frozenset[Category]]

_UNLIMITED: _Limits = (False, frozenset())
_OTHERS = "others"
_ONLY_SOME = "only-some"
_KEEPS_ONE = "keeps-one"
_LIMITING = frozenset({"too-many", "those-ones"})
_OF_ALL = frozenset(
    {
        *["not-a-patient", "cared-for-elsewhere", "owner-died", "patient-elsewhere"],
        *["gone-for-good", "long-not-seen", "complains", "complains-of-number", "muting"],
        *["enrolled-unasked", "not-on-this-phone", "prefers-another-way", "still-coming"],
        *["asked-before", "unasked-for", "wakes-me", "threat-over-texts", "another-way-instead"],
    }
)
_ANSWER_WORDS = 12
_ONE_WORD = 5  # code points: "all the billing"
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_TOPIC = re.compile(
    r" (?:about|regarding|concerning|re) (?!(?:this|it|that) (?:if|or|when|again)\b|not\b)"
    r"[a-z0-9'&/ -]{2,}$"
)
_OF_ANOTHER = re.compile(r" (?:about|regarding|for|with) (?:his|her|their|somebody|someone)\b")
_POINTS_BACK = re.compile(r"\b(?:those|them|that|estos|esos|esas|ces|asking(?: me)?)$")
_THOSE = re.compile(r" (?:those|them|that)\b")
_ON = re.compile(
    r"(?: me| us)? (?:from|of|for|on|about|with)(?: (?:the|your|ur|all|any|those|these|that))*"
    r"(?: \w+){0,2} ?"
)
_TEXTS = re.compile(r"(?:te?xts?|messages?|msgs?|alerts?|notifications?|notices?|reminders?)\b")
_BACK = 90
_NEAR = 50  # code points
_NOT_THESE = re.compile(
    r"(?:\b(?:but not|except|excepto|menos|sauf|mais pas|pero no)|, (?:not|no|pas)"
    r"|^\W{0,3}not(?= (?:the|my)))"
    r"(?: (?:for|the|my|los|las|les|mes|el)){0,3} ?$"
)
_AND_ALL = re.compile(
    r"\b(?:and|or|nor|y|o|ni|et|ou) (?:anything|everything|all|todo|todos|tout)"
    r"(?: (?:of )?(?:the )?(?:else|other|others|rest|lo demas|le reste))?\b"
)
_FILLERS = frozenset(
    listed(
        """
        hi, hey, hello, hola, um, umm, uh, well,
        just, only, the, a, an, stop, end, cancel, quit, unsubscribe, remove, and, or, but,
        not, no, don't, dont, do, please, pls, plz, thanks, thx, ty, ok, okay, yes, i, i'd,
        id, we, want, wanna, like, would, need, to, get, getting, receive, receiving, send,
        sending, texting, text, texts, message, messages, msgs, reminder, reminders, alert,
        alerts, ones, one, clinic, clinics,
        those, these, this, that, them, kind, type, stuff, things, thing,
        about, for, of, from, on, off, with, in, by, me, us, you, your, our, all, any,
        every, everything, rest, others, else, other, keep, can, go, except, it's, its, solo,
        solamente, los, las, el, la, de, del, todo, todos, todas, por, favor,
        mensajes, mensaje, textos, quiero,
        gracias, y, o, seulement, les, le, des, du, et, ou, s'il, vous, plait, merci, sms, stp,
        svp, ceux, celles
        """
    )
)
_REMINDERS = re.compile(r"\b(?:reminders?|recordatorios?|rappels?)\b")
_ASKS = re.compile(
    r"\?|\b(?:when|what|where|who|how|why|can|could|confirm|running|late|see you|reschedule|hurts?"
    r"|my (?:appointment|appt|visit) is|i have"
    r"|i need|i am|i'm|tomorrow|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|cuando|donde|quien|como|quand|comment)\b"
)


def limits(text: str, words: set[str], found: Sequence[_Found]) -> _Limits:
    """Whether all that was found is about some kinds of text only, and about which."""
    kept = _kept(text, words, found)
    if kept is None and _AND_ALL.search(text, max(one.start for one in found)):
        return _UNLIMITED
    if kept is not None:
        named = _kinds(text, words, found)
        return True, named or (frozenset(Category) - kept if kept else frozenset())
    whole = [one for one in found if not _within(one, found)]
    if any(one.rule.id == _ONLY_SOME for one in whole):
        return True, frozenset(Category) - _or_reminders(text, whole, _kinds(text, words, whole))
    if not all(_is_limited(text, words, one) for one in whole):
        return _UNLIMITED
    return True, _kinds(text, words, whole)


def scope_answer(heard: Heard) -> Revocation | None:
    """What a text says to the question which texts shall stop; None when it says nothing of it."""
    if len(heard.words) > _ANSWER_WORDS or _ASKS.search(heard.text):
        return None
    every = _search(Says.ALL, heard.text, heard.words)
    kinds = _kinds_found(heard.text, heard.words)
    kept = _search(Says.KEEPS, heard.text, heard.words)
    spared = [one for one in kinds if _is_spared(heard.text, one, kept)]
    named = [one for one in kinds if one not in spared]
    if every and not spared and not kept and not _modifies(every, named):
        return _answer(heard, every, _UNLIMITED)
    if not _is_nothing_else(heard.text, [*every, *kinds, *kept]):
        return None  # a person reads it, and meanwhile everything stays stopped
    if named:
        return _answer(heard, named, (True, _categories(named)))
    if kept or spared:
        rest = frozenset(Category) - (_categories(spared) or frozenset({Category.APPOINTMENTS}))
        return _answer(heard, kept or spared, (True, rest))
    return None


def _modifies(every: Iterable[_Found], named: Sequence[_Found]) -> bool:
    """Whether "all" says only how much of one kind is meant: "all billing"."""
    return all(any(0 <= kind.start - one.end <= _ONE_WORD for kind in named) for one in every)


def _is_nothing_else(text: str, found: Iterable[_Found]) -> bool:
    """Whether a text holds nothing beside what was found in it and words that say nothing."""
    rest = list(text)
    for one in found:
        rest[one.start : one.end] = " " * (one.end - one.start)
    return _FILLERS.issuperset(_WORDS.findall("".join(rest)))


def _answer(heard: Heard, found: Sequence[_Found], limit: _Limits) -> Revocation:
    start, end = heard.place(found[0].start, found[-1].end)
    limited, categories = limit
    return Revocation(
        start=start,
        end=end,
        rule=rulebook().name(found[0].rule),
        limited=limited,
        categories=categories,
    )


def _is_spared(text: str, one: _Found, kept: Iterable[_Found]) -> bool:
    return any(_touches(one, other) for other in kept) or bool(
        _NOT_THESE.search(text, max(0, one.start - 30), one.start)
    )


def _search(says: Says, text: str, words: set[str]) -> list[_Found]:
    return search(text, rulebook().others[says].rules_for(words), words)


def _kinds_found(text: str, words: set[str]) -> list[_Found]:
    return _search(Says.KIND, text, words)


def _kinds(text: str, words: set[str], within: Iterable[_Found]) -> frozenset[Category]:
    spans = list(within)
    return _categories(
        kind
        for kind in _kinds_found(text, words)
        if any(_overlap(kind, one) or _is_about(text, one, kind) for one in spans)
    )


def _categories(kinds: Iterable[_Found]) -> frozenset[Category]:
    return frozenset(Category(kind.rule.id) for kind in kinds if kind.rule.id != _OTHERS)


def _is_limited(text: str, words: set[str], one: _Found) -> bool:
    if one.rule.id in _OF_ALL or _OF_ANOTHER.search(text, one.start, one.end):
        return False
    if one.rule.id in _LIMITING or _TOPIC.search(text, one.start, one.end):
        return True
    return any(
        _overlap(kind, one) or _is_about(text, one, kind) for kind in _kinds_found(text, words)
    )


def _is_about(text: str, one: _Found, kind: _Found) -> bool:
    """Whether a phrase is said of a kind that is named beside it."""
    return (
        _points_back(text, one, kind) or _points_on(text, one, kind) or _qualifies(text, one, kind)
    )


def _qualifies(text: str, one: _Found, kind: _Found) -> bool:
    """Whether a kind stands before the texts that a phrase begins with: "billing texts"."""
    return one.start - kind.end == 1 and _TEXTS.match(text, one.start) is not None


def _points_on(text: str, one: _Found, kind: _Found) -> bool:
    """Whether a phrase goes on to name a kind: "unsubscribe me from the skin care stuff"."""
    near = 0 < kind.start - one.end < _NEAR
    return near and _ON.fullmatch(text, one.end, kind.start) is not None


def _points_back(text: str, one: _Found, kind: _Found) -> bool:
    """Whether a phrase that ends in "those" follows the name of a kind."""
    if not 0 < one.start - kind.end < _BACK:
        return False
    return bool(_POINTS_BACK.search(text, one.start, one.end) or _THOSE.match(text, one.end))


def _kept(text: str, words: set[str], found: Sequence[_Found]) -> frozenset[Category] | None:
    """The kinds that shall go on; None when nothing is said of any."""
    kept = [
        one
        for one in _search(Says.KEEPS, text, words)
        if one.rule.id == _KEEPS_ONE
        or not any(one.start >= other.start and one.end <= other.end for other in found)
    ]
    if not kept:
        return None
    kinds = _categories(
        kind
        for kind in _kinds_found(text, words)
        if any(_touches(kind, one) for one in kept if one.rule.id != _KEEPS_ONE)
    )
    return _or_reminders(text, kept, kinds)


def _or_reminders(
    text: str, kept: Iterable[_Found], kinds: frozenset[Category]
) -> frozenset[Category]:
    """The kinds that shall go on: reminders of which nothing is said are those of visits."""
    if not kinds and any(_REMINDERS.search(text, one.start, one.end) for one in kept):
        return frozenset({Category.APPOINTMENTS})
    return kinds


def _within(one: _Found, found: Iterable[_Found]) -> bool:
    """Whether another phrase holds this one and more."""
    return any(
        other.start <= one.start
        and one.end <= other.end
        and other.end - other.start > one.end - one.start
        for other in found
    )


def _touches(one: _Found, other: _Found) -> bool:
    return one.start <= other.end + 1 and other.start <= one.end + 1


def _overlap(one: _Found, other: _Found) -> bool:
    return one.start < other.end and other.start < one.end
