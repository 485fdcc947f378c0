"""Whether a place is somebody's, and not where a practice or another firm is. No finding."""

from __future__ import annotations

from compliant_sms.phi._audience._audience import ends_sentence
from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._places._extent import is_another
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import MOST_READ, patient_writes
from compliant_sms.phi._words._date_words import word_set
from compliant_sms.phi._words._marks import GIVEN, LIVES, ONES, SURNAME, YOURS
from compliant_sms.phi._words._place_words import ADDRESS, FIRMS_NEAR, MOVES, OURS, PAID, THEIRS

_BACK = 9
_FEW = 9  # words
_AHEAD = 6
_WE = word_set("we we're we've nos")
_YOU = word_set("you u y'all yall ustedes")
_AT = word_set("at on en")
_COME = word_set("visit find see join")
_FROM = word_set("from desde")
_NEAR = word_set("near around outside cerca")
_SENT = word_set("mailed sent shipped mailing enviamos mandamos")
_REFUNDED = word_set("refund way went sent mailed reissued issued")
_MOVED = word_set("moved moving relocated relocating opened mudamos cambiamos")
_PRACTISE = word_set("are moved opened now will also see serve offer just relocated at in located")
_HELD = word_set("visit appointment appt cita surgery procedure mri scan exam cleaning")
_AT_HOME = word_set("home house nurse hospice therapist casa enfermera ride van")
_NEW = word_set("new nueva")
_KEPT = word_set(
    "show shows showing file records record system list listed registered chart registrada aparece"
    " figura"
)
"""Says what a practice has written down of somebody."""
_CONFIRMED = word_set("file correct correcta correcto wrong still current sigue vigente")
_DRIVERS = word_set("transportation van driver ride cab taxi shuttle transport car uber lyft")
_BROUGHT = _AT_HOME | _DRIVERS
_BROUGHT |= word_set(
    "ship ships shipped deliver delivered delivery courier sign signs parcel package tracking"
    " arrives comes brings pickup transporte chofer entrega entregar paquete"
)
_INVITED = word_set(
    "open hours counter walk early free fitting parking suite mon tue wed thu fri sat mon-fri"
    " mon-sat tue-sat abierto"
)
_FLATS = word_set("apt apartment unit flat trlr trailer lot apto dept depto")
_TO_SOMEBODY = word_set("to a be")  # "delivered to", "he'll be at"
_HOMES = word_set("place house home address apt apartment trailer mailbox condo street")
_RIGHT = word_set("right ok bien yes")


def is_theirs(view: View, start: int, end: int, everybody: list[Everybody]) -> bool:
    """Whether a place is somebody's, and not where the practice or another firm is.

    The nearest word before it decides that speaks of either; else what the text is about.

    Args:
        view: the text.
        start: where the place begins.
        end: where it ends.
        everybody: empty, or what the text is about, which is worked out once and kept there.
    """
    index = view.word_at(start)
    practice = not patient_writes(view)
    if _answers(view, start) or (
        index > 1 and view.words[index - 1] in _FROM and _lived(view, index)
    ):
        return True
    if practice and _is_confirmed(view, end):
        return True
    if not practice and index and view.words[index - 1] in _NEAR:
        return True  # whoever looks for something near a place is there
    told = _told_before(view, index, practice=practice)
    if told is None and practice and view.direction and _is_where_care_is(view, start, end):
        told = False
    if told is not None:
        return told
    if not practice and not view.said & YOURS and view.plain[start].isdigit():
        return True
    if not everybody:
        everybody.append(Everybody(view))
    return not everybody[0].means(max(0, index - 1))


def _is_where_care_is(view: View, start: int, end: int) -> bool:
    """Whether a street address is where a reader is to come to, if a practice surely writes.

    Something else has to say that one comes: "Mask fitting 10/30, 11:15 AM, 88 Canal Rd". What is
    brought to a reader, a flat, and what stands behind somebody's name are at the reader's.
    """
    words, first = view.words, view.word_at(start)
    if not view.plain[start].isdigit() or not _TO_SOMEBODY.isdisjoint(
        words[max(0, first - 2) : first]
    ):
        return False
    if first and view.capital[first - 1] and view.marks[first - 1] & (GIVEN | SURNAME):
        return False
    flat = not _FLATS.isdisjoint(words[first : view.word_at(end)])
    read = words[:MOST_READ]
    return not flat and not _INVITED.isdisjoint(read) and _BROUGHT.isdisjoint(read)


def _answers(view: View, start: int) -> bool:
    """Whether a short text begins with a place, as it answers where somebody is."""
    return not start and len(view.words) <= _FEW and OURS.isdisjoint(view.words)


def _lived(view: View, index: int) -> bool:
    return any(each & LIVES for each in view.marks[max(0, index - 4) : index - 1])


def _is_confirmed(view: View, end: int) -> bool:
    """Whether what follows asks whether the place is right, or says that it is kept."""
    first = view.word_at(end)
    for at in range(first, min(first + _AHEAD, len(view.words))):
        if ends_sentence(view, at):
            return False
        word = view.words[at]
        if word in _CONFIRMED or (word == "your" and view.words[at - 1] == "as"):
            return True
        if word in _RIGHT and "?" in view.gaps[at + 1]:
            return True
    return False


def _told_before(view: View, index: int, *, practice: bool) -> bool | None:
    """What the words before a place say; None if they say nothing."""
    paid = False
    for at in range(index - 1, max(-1, index - 1 - _BACK), -1):
        word, mark = view.words[at], view.marks[at]
        if is_another(view, at):
            continue
        if not practice and word in _MOVED and _goes(view, at):
            return True
        if word == "pick" and not _DRIVERS.isdisjoint(view.words[max(0, at - 3) : at]):
            return True
        if word in PAID:
            paid = not (practice and _is_refunded(view, at))
        elif (word in _KEPT and practice) or word in _SENT:
            return True
        elif _is_ours(view, at, practice=practice):
            return False
        elif word in THEIRS or (mark & (ONES | YOURS | LIVES) and word not in MOVES):
            return not paid
        if ends_sentence(view, at):
            break
    return False if paid else None


def _is_refunded(view: View, at: int) -> bool:
    """Whether a practice pays: "Check #3372 is on its way to", "your refund check went to"."""
    near = view.words[max(0, at - 2) : at + 8]
    return view.words[at] == "check" and not _REFUNDED.isdisjoint(near)


def _goes(view: View, at: int) -> bool:
    """Whether somebody moved, who is no practice: "we relocated to Klamath Falls"."""
    return any(each & ONES for each in view.marks[max(0, at - 3) : at]) or not _WE.isdisjoint(
        view.words[max(0, at - 3) : at]
    )


def _is_ours(view: View, at: int, *, practice: bool) -> bool:
    """Whether a word says that the place behind it is a practice's or another firm's."""
    word, before = view.words[at], view.words[at - 1] if at else ""
    if word == "our" and not practice and not _HOMES.isdisjoint(view.words[at + 1 : at + 3]):
        return False
    if word in OURS:
        return word != "our" or _KEPT.isdisjoint(view.words[at + 1 : at + 2])
    if not practice:
        before = view.words[at - 2] if at > 1 and before == "still" else before
        return word in _AT and before in _YOU
    return _is_practices(view, at, word, before)


def _is_practices(view: View, at: int, word: str, before: str) -> bool:
    """Whether a practice speaks of where it is, or where its reader is to come."""
    if word in _HELD and _AT_HOME.isdisjoint(view.words[max(0, at - 3) : at]):
        return True
    if word in FIRMS_NEAR or (word == "us" and before in _COME):
        return True
    if word in _WE:
        practising = not _PRACTISE.isdisjoint(view.words[at + 1 : at + 2])
        return len(word) > 2 or practising or not _MOVED.isdisjoint(view.words[at + 1 : at + 4])
    if word in _MOVED:
        return before not in _YOU and not _WE.isdisjoint(view.words[max(0, at - 3) : at])
    return word in ADDRESS and (before in _NEW or ends_sentence(view, at) or not at)
