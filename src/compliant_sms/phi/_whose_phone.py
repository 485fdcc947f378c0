"""Whose a telephone number is: the words around it say so.

A practice tells its number ("call us at"), and so do businesses; a patient "my cell".
"""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._view import View

__all__ = ["is_fax", "is_persons", "is_recipient"]

_FARTHEST, _SHORT, _FEW = 12, 40, 6
_DECIDING = marks.PERSONS | marks.OFFICE | marks.CALLS | marks.PHONE_WORD
_STOPS = frozenset(".?!\n")
_ENDS = ("", ".", "?", "!", "\n")
_TITLES = frozenset(("dr", "mr", "ms", "mrs", "no", "jr", "sr", "ext", "st"))
_YOUR = frozenset(("your", "ur", "su"))
_SELF = frozenset(("i", "i'm", "im", "me", "my", "mine", "i've", "ive", "i'll", "yo", "mi", "soy"))
_FORMAL = _YOUR | {
    "you",
    "u",
    "sus",
    "we",
    "us",
    "our",
    "reply",
    "stop",
    "please",
    "usted",
    "nuestro",
    "nuestra",
    "or",
    "use",
    "mande",
    "expect",
    "ask",
    "join",
}
# Who calls somebody else: "we'll call", "can they try"; and whom: "emergency contact".
_CALLERS = frozenset(("we", "we'll", "i", "i'll", "ill", "they", "they'll", "he", "she", "who"))
_CALLERS |= {"she'll", "he'll", "will", "i'm", "we've", "i've", "emergency", "emergencia"}
_CALLED = frozenset(("you", "u"))
_RANG = frozenset(("called", "tried", "rang", "texted", "dialed", "phoned"))
_ONESELF = frozenset(("i", "ive", "i've", "just", "u", "me", "keep"))
_REACHED = frozenset(("reached",))
_KEPT = frozenset((("on", "your"), ("in", "your"), ("on", "file"), ("for", "you"), ("en", "su")))
_FROM = frozenset(("from", "desde"))
_GOT = frozenset(("me", "us", "you", "call", "calls", "text", "texts", "llamada"))
_CHANGED = frozenset(("changed", "updated", "moved"))
_OURS = frozenset(("our", "nuestro", "nuestra"))
_SENDS = frozenset(("send", "forward", "mande", "manden", "envie", "envien"))
_FAXES = frozenset(("efax", "fx"))
_CELLS = frozenset(("cell", "phone", "mobile", "home", "call", "tel"))


@cache  # compiled at first use, like all patterns here
def _after() -> re.Pattern[str]:
    mine = r"my|mi|mine|her|his|their|the (?:best|right|new|correct)|a good|better|still"
    kept = r"saved|kept|noted|added|deleted|removed|updated|bounced|opted|confirmed|guardado|borrado"
    place = r"chart|profile|file|account|record|records|list|cuenta|expediente|perfil|lista"
    return re.compile(
        rf"\W{{0,3}}(?:(?P<kept>(?:(?:is|are|was|has been|fue|esta) ){{0,2}}(?:(?:now|ya) )?"
        rf"(?:{kept}|bouncing|invalid|disconnected|your (?:primary|main|new|preferred))\b"
        rf"|(?:off|from|in|to|on|for|de|en|a) (?:your|su) (?:{place})\b|(?:off|from) (?:the|your)\b"
        rf"|will (?:get|receive|no longer|not)\b|from now on)"
        rf"|(?P<persons>(?:(?:is|es|was|as|thats|that's) )?(?:{mine})\b"
        r"|(?:as |for )?me\b|(?:ask|pregunte) (?:for|por)|not |on file|attn|better"
        r"|\(?(?:cell|mobile|home|mom|dad|wife|husband|work)\b"
        r"|(?:anytime|after(?![- ]hours)|any time|nites|nights)\b)"
        r"|(?<!:.)(?<!:)(?P<yours>(?:(?:is|es|as) )?(?:your|ur|su)\b)"
        r"|(?P<office>(?:(?:is|es) (?:our|nuestr[oa]))\b|(?:to|para|or(?! the)|opt|option|ext|press|x)\b|\(?(?:24/7|tty|toll|office)\b"
        r"|(?:between|from|m-f|mon-fri|mon|weekdays|during)\b))"
    )


@cache
def _fax_behind() -> re.Pattern[str]:
    """The word, unless a number of its own follows: "..., fax 503-555-0190"."""
    return re.compile(r"\W{0,3}(?:(?:is|as) )?(?:(?:my|the|her|his|your|a|our) )?fax\b(?!\W{0,3}[0-9])")


def is_persons(view: View, start: int, end: int, *, toll_free: bool) -> bool:
    """Whether a number is a person's, not the practice's or another business's.

    Args:
        view: the text.
        start: where the number begins in :attr:`View.lower`.
        end: where it ends.
        toll_free: only businesses have such numbers.
    """
    # Most sentences end with the number.
    after = _after().match(view.lower, end) if view.lower[end : end + 1] not in _ENDS else None
    kind = after.lastgroup if after else None
    if kind == "persons" or (kind == "kept" and not _is_ours(view, start)):
        return True
    if kind == "yours":
        return not _is_patient_writing(view)
    said = _said_before(view, start)
    if said is None:
        return not toll_free and kind != "office" and _is_patient_writing(view)
    return said


def _said_before(view: View, start: int) -> bool | None:
    """What the nearest telling word of the sentence says; of earlier ones only an office's."""
    text, all_marks = view.lower, view.marks
    last = view.word_at(start) - 1
    if last > 0 and view.words[last] in _FROM and view.words[last - 1] in _GOT:
        return False
    until, same = start, True
    for word in range(last, max(-1, last - _FARTHEST), -1):
        # A sentence that ends in between.
        gap = text[view.ends[word] : until] if word == last else view.gaps[word + 1]
        until = 0
        if same and not _STOPS.isdisjoint(gap) and not _is_title(view, word, gap):
            if word == last and _is_of_oneself(view):
                return None  # it stands alone
            same = False
        mark = all_marks[word]
        if not mark & _DECIDING:
            continue
        if mark & marks.OFFICE:
            return bool(mark & marks.PHONE_WORD and word and all_marks[word - 1] & marks.PERSONS)
        if not same:
            continue
        if mark & marks.PERSONS:
            return _is_of_person(view, word, start)
        said = _called(view, word, mark)
        if said is not None:
            return said
        if mark & marks.CALLS and view.words[word] != "fax":
            return None if _is_patient_writing(view) else False
    return None


def _is_of_person(view: View, word: int, start: int) -> bool:
    """Whether a word of a person speaks of one: not "i called", "ur voicemail", "our ... changed"."""
    before = view.words[word - 1] if word else ""
    written, last = view.words[word], view.word_at(start) - 1
    if written in _REACHED:
        return not any(mark & marks.OFFICE for mark in view.marks[max(0, word - _FEW) : word])
    if _is_patient_writing(view):
        rang = written in _RANG and before in _ONESELF and word == last
        return not rang and not (before in _YOUR and view.marks[word] & marks.PHONE_WORD)
    return not (written in _CHANGED and _is_ours(view, start))


def _is_ours(view: View, start: int) -> bool:
    """Whether the number is called the practice's own right before: "our number is now"."""
    last = view.word_at(start)
    return not _OURS.isdisjoint(view.words[max(0, last - _FEW) : last])


def _called(view: View, word: int, mark: int) -> bool | None:
    """Whether somebody calls the number, or it is called somebody's; ``None`` if neither."""
    before = view.words[max(0, word - 2) : word]
    if mark & marks.CALLS:
        after = view.words[word + 1] if word + 1 < len(view.words) else ""
        if not _CALLERS.isdisjoint(before):
            return True
        if after in _CALLED and not _is_patient_writing(view):
            return True
    kept = mark & marks.PHONE_WORD and tuple(view.words[word + 1 : word + 3]) in _KEPT
    if kept and not _is_patient_writing(view):
        return True
    if mark & marks.PHONE_WORD and not _YOUR.isdisjoint(before):
        is_others = before[-1] not in _YOUR and view.marks[word - 1] & marks.OFFICE
        return not is_others and not _is_patient_writing(view)
    return None


def _is_title(view: View, word: int, gap: str) -> bool:
    return gap[0] == "." and "\n" not in gap and view.words[word] in _TITLES


def _is_patient_writing(view: View) -> bool:
    """As patients write: of themselves, with no capital at the start, or curtly."""
    if _is_of_oneself(view):
        return True
    return len(view.plain) < _SHORT and _FORMAL.isdisjoint(view.words)


def _is_of_oneself(view: View) -> bool:
    return not view.plain[:1].isupper() or (
        bool(view.said & marks.PERSONS) and not _SELF.isdisjoint(view.words)
    )


def is_recipient(view: View, start: int) -> bool:
    """Whether a patient asks to send something to a number: "send it to Dr. Hall, fax ..."

    Args:
        view: the text.
        start: where the number begins in :attr:`View.lower`.
    """
    last = view.word_at(start)
    before = view.words[max(0, last - _FARTHEST) : last]
    return not _SENDS.isdisjoint(before) and _YOUR.isdisjoint(before) and _is_of_oneself(view)


def is_fax(view: View, start: int, end: int) -> bool:
    """Whether a number is one of a fax: the word stands before it or right behind.

    Args:
        view: the text.
        start: where the number begins in :attr:`View.lower`.
        end: where it ends.
    """
    if _fax_behind().match(view.lower, end):
        return True
    last = view.word_at(start)
    for word in reversed(view.words[max(0, last - _FARTHEST) : last]):
        if word.startswith("fax") or word in _FAXES:
            return True
        if word in _CELLS:
            return False
    return False
