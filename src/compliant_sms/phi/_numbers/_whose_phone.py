"""Whose a telephone number is: the words around it say so.

A practice tells its number ("call us at"), and so do businesses; a patient "my cell".
"""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._labels import Direction
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import patient_writes
from compliant_sms.phi._words import _marks as marks

_FARTHEST, _SHORT, _FEW, _WIDEST = 12, 40, 6, 200
_DECIDING = marks.PERSONS | marks.OFFICE | marks.CALLS | marks.PHONE_WORD
_STOPS = frozenset(".?!\n")
_ENDS = ("", ".", "?", "!", "\n")
_TITLES = frozenset(("dr", "mr", "ms", "mrs", "no", "jr", "sr", "ext", "st"))
_YOUR = frozenset(("your", "ur", "su"))
_SELF = frozenset(("i", "i'm", "im", "me", "my", "mine", "i've", "ive", "i'll", "yo", "mi", "soy"))
_FORMAL = _YOUR | {"you", "u", "sus", "we", "us", "our", "reply", "stop", "please", "usted"}
_FORMAL |= {"nuestro", "nuestra", "or", "use", "mande", "expect", "ask", "join"}
# Who calls somebody else: "we'll call", "can they try"; and whom: "emergency contact".
_CALLERS = frozenset(("we", "we'll", "i", "i'll", "ill", "they", "they'll", "he", "she", "who"))
_CALLERS |= {
    "return",
    "returning",
    "returned",
    "she'll",
    "he'll",
    "will",
    "i'm",
    "we've",
    "i've",
    "emergency",
    "emergencia",
}
_CALLED = frozenset(("you", "u"))
_CALLED_BACK = frozenset(("mr", "mrs", "ms", "miss", "pt", "patient", "mom", "dad", "him", "sra"))
_DESKS = frozenset(("line", "lines", "office", "desk"))
_MINE_AT = frozenset(("my", "me", "his", "her", "him"))
_RANG = frozenset(("called", "tried", "rang", "texted", "dialed", "phoned"))
_ONESELF = frozenset(("i", "ive", "i've", "just", "u", "me", "keep"))
_REACHED = frozenset(("reached",))
_KEPT = frozenset((("on", "your"), ("in", "your"), ("on", "file"), ("for", "you"), ("en", "su")))
_FROM = frozenset(("from", "desde"))
_GOT = frozenset(("me", "us", "you", "call", "calls", "text", "texts", "llamada"))
_CHANGED = frozenset(("changed", "updated", "moved"))
_OURS = frozenset(("our", "nuestro", "nuestra"))
_SENDS = frozenset(("send", "forward", "mande", "manden", "envie", "envien"))
_WANTS = frozenset(("wants", "needs", "asked", "quiere", "necesita"))
_BIDDING = frozenset(("fax", "send", "please", "mail"))
_NEEDING = frozenset(("school", "daycare", "camp", "work", "job", "employer", "college", "escuela"))
_FIELDS = (["name"], ["dob"], ["nombre"], ["first"])
"""What a patient begins with who fills in a form: "Name: Ana Ruiz, Phone: ..."."""
_FAXES = frozenset(("efax", "fx"))
_CELLS = frozenset(("cell", "phone", "mobile", "home", "call", "tel"))


# What stands behind a number: that it is kept, somebody's, the reader's or an office's.
_KEEPS = r"saved|kept|noted|added|deleted|removed|updated|bounced|opted|confirmed|guardado|borrado"
_KEEPS += r"|correct|right(?! away)|wrong|bouncing|invalid|disconnected"
_KEEPS += r"|your (?:primary|main|new|preferred)"
_PLACES = r"chart|profile|file|account|record|records|list|cuenta|expediente|perfil|lista"
_MINE = r"my|mi|mine|her|his|their|the (?:best|right|new|correct)|a good|better|still"
_WORK = r"to|para|or(?! the)|opt|option|ext|press|x|between|from|m-f|mon-fri|mon|weekdays|during"


@cache  # compiled at first use, like all patterns here
def _after() -> re.Pattern[str]:
    kept = (
        rf"(?:(?:is|are|was|has been|fue|esta) ){{0,2}}(?:(?:now|ya) )?(?:{_KEEPS})\b"
        rf"|(?:off|from|in|to|on|for|de|en|a) (?:your|su|my|mi) (?:{_PLACES})\b"
        r"|(?:off|from) (?:the|your)\b"
        r"|will (?:get|receive|no longer|not)\b|from now on"
    )
    persons = (
        rf"(?:(?:is|es|was|as|thats|that's) )?(?:{_MINE})\b"
        r"|left (?:a |you a )?(?:message|msg|vm|voicemail)\b|wants (?:a|us)\b"
        r"|(?:as |for )?me\b|(?:ask|pregunte) (?:for|por)|not |on file|attn|better"
        r"|\(?(?:cell|mobile|home|mom|dad|wife|husband|work)\b"
        r"|(?:anytime|after(?![- ]hours)|any time|nites|nights)\b"
    )
    yours = r"(?<!:.)(?<!:)(?:(?:is|es|as) )?(?:(?:no longer|not|ya no) )?(?:your|ur|su)\b"
    office = rf"(?:is|es) (?:our|nuestr[oa])\b|(?:{_WORK})\b|\(?(?:24/7|tty|toll|office)\b"
    kinds = rf"(?P<kept>{kept})|(?P<persons>{persons})|(?P<yours>{yours})|(?P<office>{office})"
    return re.compile(rf"\W{{0,3}}(?:{kinds})")


@cache
def _fax_behind() -> re.Pattern[str]:
    """The word, unless a number of its own follows: "..., fax 503-555-0190"."""
    return re.compile(
        r"\W{0,3}(?:(?:is|as) )?(?:(?:my|the|her|his|your|a|our) )?fax\b(?!\W{0,3}[0-9])"
    )


@cache
def _born() -> re.Pattern[str]:
    """A whole date right before a number, and nothing else between."""
    return re.compile(
        r"^[ ,(]{1,3}[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2,4}[ ,;/|)\n-]{1,3}\(?\+?1?-?$"
    )


@cache
def _figures_of() -> re.Pattern[str]:
    """A date of birth or a record's number right before, and nothing else between."""
    return re.compile(r"^[ :#.]{0,3}[0-9][0-9/.-]{4,11}[ ,;/|)\n-]{1,3}\(?\+?1?-?$")


_NO_BIDDING = frozenset(("phone", "texting", "calling"))
_NAMES = marks.GIVEN | marks.SURNAME
_BEFORE_IT = frozenset(
    ("phone", "ph", "tel", "cell", "cel", "mobile", "home", "contact", "c", "m", "h")
)
_OF_PRACTICE = _YOUR | {"website", "site", "bill", "statement", "letter", "listed", "google"}


@cache
def _complained_of() -> re.Pattern[str]:
    """What is said behind a number that nobody answers at, or of which is asked whose it is."""
    return re.compile(
        r"\W{0,3}(?:(?:just|always|only|it|still) )?(?:goes|rings|keeps|hangs up|is busy|busy"
        r"|and (?:no ?one|nobody)|(?:does not|doesn't|doesnt) (?:work|ring)|is th(?:at|is) you)\b"
    )


class Whose:
    """Whose the telephone numbers of one text are.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        # As patients write: of themselves, with no capital at the start, or curtly.
        self._of_oneself = patient_writes(view) or view.words[:1] in _FIELDS
        self._of_oneself |= bool(view.said & marks.PERSONS) and not _SELF.isdisjoint(view.words)
        self._by_patient = self._of_oneself or (
            len(view.plain) < _SHORT and _FORMAL.isdisjoint(view.words)
        )
        self._is_stray = self._by_patient
        """Whether a number of which nothing is said is a patient's."""
        if view.direction is Direction.OUTBOUND:
            # It says "you" of the patient, and writes of one as curtly as patients do.
            self._of_oneself = self._by_patient = False

    def is_persons(self, start: int, end: int, *, toll_free: bool) -> bool:
        """Whether a number is a person's, not the practice's or another business's.

        Args:
            start: where the number begins in :attr:`View.lower`.
            end: where it ends.
            toll_free: only businesses have such numbers.
        """
        # Most sentences end with the number.
        text = self._view.lower
        after = _after().match(text, end) if text[end : end + 1] not in _ENDS else None
        kind = after.lastgroup if after else None
        if after and after[0].endswith("attn") and self._view.words[0] in _BIDDING:
            kind = None  # where to send something: "Fax your request to ..., Attn: Records"
        if kind == "persons" or (kind == "kept" and not self._is_ours(start)):
            return True
        if kind == "yours":
            return not self._by_patient
        stray = not toll_free and kind != "office"
        if stray and self._is_identified(start):
            return True
        said = self._said_before(start)
        if said is None:
            said = stray and self._is_stray and not self._is_of_practice(start, end)
        return said or self._is_recipients(start, end)

    def _is_of_practice(self, start: int, end: int) -> bool:
        """Whether a patient surely writes, and asks or complains of a number of the practice."""
        if self._view.direction is not Direction.INBOUND:
            return False
        last = self._view.word_at(start)
        before = self._view.words[max(0, last - _FARTHEST) : last]
        return not _OF_PRACTICE.isdisjoint(before) or bool(
            _complained_of().match(self._view.lower, end)
        )

    def _is_identified(self, start: int) -> bool:
        """Whether it stands in a row of who somebody is: "Ana Ruiz 4/12/88 503-555-0134"."""
        view = self._view
        last, end = view.word_at(start) - 1, start
        if last > 0 and view.words[last] in _BEFORE_IT:
            last, end = last - 1, view.starts[last]
        if last < 0:
            return False
        mark, row = view.marks[last], view.lower[max(view.ends[last], end - _WIDEST) : end]
        if mark & (marks.BIRTH | marks.RECORD_CUE | marks.SOCIAL):
            return bool(_figures_of().search(row))
        return bool(mark & _NAMES and _born().search(row))

    def _said_before(self, start: int) -> bool | None:
        """What the nearest telling word of the sentence says; of earlier ones only an office's."""
        view, all_marks = self._view, self._view.marks
        last = view.word_at(start) - 1
        if last > 0 and view.words[last] in _FROM and view.words[last - 1] in _GOT:
            return False
        same = True
        for word in range(last, max(-1, last - _FARTHEST), -1):
            # A sentence that ends in between.
            gap = self._gap(start) if word == last else view.gaps[word + 1]
            if same and not _STOPS.isdisjoint(gap) and not _is_title(view, word, gap):
                if word == last and self._of_oneself:
                    return None  # it stands alone
                same = False
            mark = all_marks[word]
            if not mark & _DECIDING:
                continue
            if mark & marks.OFFICE:
                return _is_line(view, word)
            if same and (said := self._said_by(word, start, mark)) is not None:
                return said
            if same and mark & marks.CALLS and view.words[word] != "fax":
                return None if self._by_patient or self._is_no_bidding(word) else False
        return None

    def _gap(self, start: int) -> str:
        """What stands between the last word and a number, or the end of it."""
        view = self._view
        return view.lower[max(view.ends[view.word_at(start) - 1], start - _WIDEST) : start]

    def _said_by(self, word: int, start: int, mark: int) -> bool | None:
        if mark & marks.PERSONS:
            return self._is_of_person(word, start)
        return self._is_called(word, mark)

    def _is_of_person(self, word: int, start: int) -> bool:
        """Whether it speaks of one: not "i called", "ur voicemail", "our number changed"."""
        view, written = self._view, self._view.words[word]
        if written in _REACHED:
            return not any(mark & marks.OFFICE for mark in view.marks[max(0, word - _FEW) : word])
        if not self._by_patient:
            return not (written in _CHANGED and self._is_ours(start))
        before = view.words[word - 1] if word else ""
        rang = written in _RANG and before in _ONESELF and word == view.word_at(start) - 1
        return not rang and not (before in _YOUR and view.marks[word] & marks.PHONE_WORD)

    def _is_called(self, word: int, mark: int) -> bool | None:
        """Whether somebody calls the number, or it is called somebody's; ``None`` if neither."""
        view = self._view
        before, after = view.words[max(0, word - 2) : word], view.words[word + 1 : word + 3]
        if mark & marks.CALLS and not _CALLERS.isdisjoint(before):
            return True
        if mark & marks.CALLS and not _CALLED_BACK.isdisjoint(after[:1]):
            return True  # of staff to staff: "call Mrs. Abruzzo back at ..."
        if not self._by_patient and (
            (mark & marks.CALLS and not _CALLED.isdisjoint(after[:1]))
            or (mark & marks.PHONE_WORD and tuple(after) in _KEPT)
        ):
            return True
        if mark & marks.PHONE_WORD and not _YOUR.isdisjoint(before):
            is_others = before[-1] not in _YOUR and view.marks[word - 1] & marks.OFFICE
            return not is_others and not self._by_patient
        return None

    def _is_no_bidding(self, word: int) -> bool:
        """Whether it is not the number that is to be called: "call Ana at", "patient phone"."""
        view = self._view
        return view.words[word] in _NO_BIDDING or any(
            mark & _NAMES for mark in view.marks[word + 1 : word + 2]
        )

    def _is_ours(self, start: int) -> bool:
        """Whether the number is called the practice's own right before: "our number is now"."""
        last = self._view.word_at(start)
        return not _OURS.isdisjoint(self._view.words[max(0, last - _FEW) : last])

    def _is_recipients(self, start: int, end: int) -> bool:
        """Whether a patient asks to send something to a fax: "send it to Dr. Hall, fax ..."."""
        if not is_fax(self._view, start, end):
            return False
        last = self._view.word_at(start)
        before = self._view.words[max(0, last - _FARTHEST) : last]
        if not _NEEDING.isdisjoint(before) and _FORMAL.isdisjoint(before):
            return True  # "Ana's school needs the form, fax ..."
        if not self._of_oneself:
            # Staff to staff: "fax G. Pruitt's echo to ...".
            owned = any(word.endswith("'s") for word in before)
            return owned and before[-1:] == ["to"] and _FORMAL.isdisjoint(before)
        return not (_SENDS | _WANTS).isdisjoint(before) and _YOUR.isdisjoint(before)


def _is_line(view: View, word: int) -> bool:
    """Whether a word of an office is a line that is somebody's: "her home line"."""
    if view.words[word] in _DESKS and not _MINE_AT.isdisjoint(view.words[max(0, word - 3) : word]):
        return True  # "my work line", "call me at the office"
    is_phone = view.marks[word] & marks.PHONE_WORD
    return bool(is_phone and word and view.marks[word - 1] & marks.PERSONS)


def _is_title(view: View, word: int, gap: str) -> bool:
    return gap[0] == "." and "\n" not in gap and view.words[word] in _TITLES


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
