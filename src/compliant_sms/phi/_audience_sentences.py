"""Ways of saying that decide alone whom a text is for, by their grammar.

A practice puts both into one text: "Your strep test was positive. Walk-ins are welcome, no
appointment needed." What is said to everybody must not outvote what is told of one person. So
these tables overrule what the words of a text weigh together (:mod:`._audience`):

- ``_OF_ONE``: by weight to everybody, but the subject of a sentence is one reader, somebody near,
  or what was done: the text is one person's;
- ``_NOTICE``: by little weight one person's, nobody is spoken to or called, and the subject of a
  sentence is of a kind: the text is to everybody.

Each row begins with the words that it is looked for by, or with a term of health where there are
none. Only blanks stand between its words, so that it never reaches over the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import Kind
from compliant_sms.phi._view import View

if TYPE_CHECKING:
    from compliant_sms.phi._health_terms import Term

__all__ = ["is_notice", "tells_of_one"]

# A term of health as the rows see it: as long as it is, so that places stay the same.
_CARE, _DRUG, _PLURAL = "\1", "\2", "\3"
_TERM = f"[{_CARE}{_DRUG}]+{_PLURAL}?"
_TERMS = f"{_CARE}+{_PLURAL}"
_SOME = r"(?:[\w']+ ){0,2}"
_ON = r"[^.!?\n]{0,80}?"  # in the same sentence
# What follows these is supposed, asked or left open, and nobody is told it.
_TOLD = "".join(
    rf"(?<!\b{word} )"
    for word in (
        *("if", "when", "whenever", "unless", "whether", "who", "anyone", "that", "what", "how"),
        *("do", "does", "did", "can", "could", "would", "should", "are", "were", "is", "has"),
        *("have", "why", "where", "before", "once", "until", "as", "bring", "tell", "ask", "get"),
        *("si", "cuando", "quien", "que"),
    )
)
_DID = (
    "had|were|missed|asked(?!,)|told|sent|took|called|said|mentioned|requested|reported|tested"
    "|received|signed|gave|finished|started|tried|paid|qualify|owe|pidio|llamo|falto|califica|debe"
)
_KIN = (
    "mom|mother|dad|father|son|daughter|wife|husband|spouse|partner|sister|brother|grandma|grandpa"
    "|hija|hijo|mama|papa|esposa|esposo|madre|padre|abuela|abuelo"
)
_VERB = (
    "is|was|were|are|has|came|arrived|moved|moves|went|looks|shows|showed|needs|expires|expired"
    "|stopped|ran|starts|es|fue|esta|estan|salio|salieron|llego|llegaron"
)
_PAST = (
    "went|was|were|had|did|fell|broke|came back|shows|showed|healed|stopped|worked|looks|looked"
    "|failed|salio|fue|quedo"
)
_WE_DID = (
    "got|saw|received|moved|missed|reviewed|noticed|called|mailed|sent|faxed|removed|found|tried"
    "|ordered|filed|changed|refilled|booked|took"
)
_CAUSE = "because|since|given|as|bc|cuz"
_VERDICT = "pos|neg|positive|negative|normal|abnormal|benign|positivo|positiva|negativo|negativa"

_OF_ONE: Mapping[str, tuple[str, str]] = {
    "since you have asthma": (_CAUSE, rf"(?: that)? (?:you|u) (?:have|take|use|{_DID})\b"),
    "como usted padece asma": (
        "como|porque|pues",
        r" (?:usted )?(?:tiene|toma|usa|padece)\b",
    ),
    "you asked": ("you|u|usted", rf" (?:{_DID})\b"),
    "you take a statin": ("you|u", rf" (?:have|take|use) {_SOME}{_TERM}"),
    "you are due": (
        "you|you're|you've|youre|youve",
        r"(?: are| have)? (?:over)?(?:due|booked|scheduled|missed)\b",
    ),
    "your left knee MRI from May is": (
        "your|ur|su|sus|tu|tus",
        rf" {_SOME}{_TERM} (?:[\w']+ ){{0,3}}?(?:{_VERB})\b",
    ),
    "your son's cast": ("your|ur|my|his|her|su|tu|mi", rf" (?:{_KIN})(?:'s)?\b{_ON}{_TERM}"),
    "my migraine": ("my|mi|mis", rf" {_SOME}{_TERM}"),
    "I have migraine": ("i", rf" (?:am|have|had|got|take|took) {_SOME}{_TERM}"),
    "I'm asthmatic": ("im|i'm|ive|i've|tengo|estoy", rf" {_SOME}{_TERM}"),
    "we got your biopsy": ("we|we've", rf" (?:{_WE_DID}) {_SOME}(?:your|ur|you)\b{_ON}{_TERM}"),
    "see you Monday for the MRI": ("see", rf" you{_ON} for (?:your |the )?{_SOME}{_TERM}"),
    "balance for the MRI is $40": (
        "balance|bill|owe|statement|invoice|collections|saldo|factura",
        r"\b[^.!?\n$]{0,60}\$\d",
    ),
    "Mrs. Lee: your": (
        "mr|mrs|ms|sr|sra|srta|don|dona",
        r"\.? [\w'-]+(?: [\w'-]+)?[,:!]",
    ),
    "the surgery went well": ("the|this|that", rf" {_TERM} (?:{_PAST})\b"),
    "flu test neg": (
        "",
        (
            rf"{_TERM}:? (?:(?:test|screen|swab),? )?(?:(?:is|was|came back) )?(?:{_VERDICT})"
            r"(?=[.,;!\n]|$)"
        ),
    ),
}
"""What tells of one person: an example of each, the words it begins with, and how it goes on."""

_PEOPLE = (
    "patients|parents|people|adults|kids|children|women|men|teens|seniors|families|moms|dads"
    "|smokers|veterans|students|athletes|folks|residents|members|caregivers|visitors|teachers"
    "|employees|customers|volunteers|everyone|everybody|anyone|pacientes|padres|adultos|ninos"
    "|mujeres|hombres|familias|personas|embarazadas|cuidadores|kindergartners|kindergarteners|newborns"
)
_NO_THAT = "(?<!the )(?<!this )(?<!that )(?<!la )(?<!el )"
_DO = "needs?|should|can|may|must|are|have|get|who|with|over|under|deben|pueden|necesitan"
_EVENT = (
    "days?|fairs?|event|month|drive|talks?|workshop|seminar|screenings?|van|bus|booth|quiz|study"
    "|trial|awareness|tips?|facts|myths|webinar|season|campaign|kits"
)
_OPENS = (
    "opens|launches|hosts|offers|adds|introduces|welcomes|sponsors|provides|stocks|adding"
    "|enrolling|offering|expanding|hosting|opening|launching|offer|host|welcome|enroll|ofrecemos"
)
_NOTICE: Mapping[str, tuple[str, str]] = {
    "adults need": (_PEOPLE, rf" (?:{_DO})\b{_ON}{_TERM}"),
    "skin cancer screening day": ("", rf"{_NO_THAT}{_TERM} (?:{_EVENT})\b"),
    "colds can be": ("", rf"{_NO_THAT}{_TERM} (?:can|may|might|could|should|puede|pueden)\b"),
    "flu hits": (
        "",
        rf"{_NO_THAT}{_TERM} (?:hits|spreads|affects|causes|kills|creeps|raises|lowers)\b",
    ),
    "no X-rays until": (
        "no|sin",
        (
            rf" (?:{_CARE}+{_PLURAL}?,? (?:or|and|ni|o) )?{_TERMS}"
            r" (?:until|hasta|this|today|hoy|[a-z]{2,6}day)\b"
        ),
    ),
    "opens a sprain desk": (_OPENS, rf" (?!the |you|him|her)(?:[\w'-]+ ){{0,5}}?{_TERM}"),
    "el dengue se previene": (
        "",
        rf"{_TERM} se (?:previene|contagia|transmite|trata|puede|evita)\b",
    ),
}
"""What has the shape of a notice, in the same manner."""

_SPEAKS = frozenset(
    (
        *("i", "im", "i'm", "ive", "i've", "i'll", "my", "me", "mine", "myself", "mi", "mis", "yo"),
        *("tengo", "he", "she", "him", "his", "her", "hers", "he's", "she's", "you", "your", "u"),
        *("ur", "you're", "youre", "you've", "su", "sus", "tu", "tus"),
        *("balance", "bill", "owe", "statement", "invoice"),
    )
)
"""Somebody speaks of oneself, to one reader, of somebody or of a debt: no notice is sure."""

_Rows = Mapping[str, list[re.Pattern[str]]]


@cache
def _of_one() -> _Rows:
    return _by_first_word(_OF_ONE, _TOLD)


@cache
def _notice() -> _Rows:
    return _by_first_word(_NOTICE, "")


def _by_first_word(table: Mapping[str, tuple[str, str]], before: str) -> _Rows:
    rows: dict[str, list[re.Pattern[str]]] = {}
    for words, goes_on in table.values():
        for word in words.split("|"):
            row = re.compile((before + re.escape(word) if word in _ADDRESSED else word) + goes_on)
            rows.setdefault(word, []).append(row)
    return rows


# Of these it counts what stands before them.
_ADDRESSED = frozenset(("you", "u", "usted", "your", "ur", "su", "sus", "tu", "tus"))


def tells_of_one(view: View, terms: Sequence[Term]) -> bool:
    """Whether something in a text surely tells of one person.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    return _holds(view, terms, _of_one())


def is_notice(view: View, terms: Sequence[Term]) -> bool:
    """Whether a text that says little of one person has the shape of a notice.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    if view.capital[:1] == [False] or view.said & marks.RECORD_CUE:
        return False
    if not _SPEAKS.isdisjoint(view.words) or not _holds(view, terms, _notice()):
        return False
    return not _calls_somebody(view)


def _holds(view: View, terms: Sequence[Term], rows: _Rows) -> bool:
    """Whether any row fits where one of its first words stands, or a term."""
    starts = view.starts
    begun = [(starts[at], word) for at, word in enumerate(view.words) if word in rows]
    begun += [(term.start, "") for term in terms]
    written = _with_terms(view, terms)
    return any(row.match(written, start) for start, word in begun for row in rows[word])


def _with_terms(view: View, terms: Sequence[Term]) -> str:
    """A text in small letters, with signs for each term that is not only a kind of care."""
    pieces: list[str] = []
    end = 0
    for term in sorted(terms, key=lambda each: (each.start, -each.end)):
        if term.start >= end and term.kind != Kind.SPECIALTY:
            plural = view.words[term.last].endswith("s")
            sign = _DRUG if term.kind & Kind.MEDICATION else _CARE
            size = term.end - term.start - plural
            pieces += (view.lower[end : term.start], sign * size, _PLURAL * plural)
            end = term.end
    return "".join((*pieces, view.lower[end:]))


_STAFF = frozenset(("dr", "dra", "doctor", "doctora", "nurse"))
_CALLED = frozenset(",:;!?")


def _calls_somebody(view: View) -> bool:
    """Whether a word stands where one is called by name, or where something is somebody's."""
    return any(
        view.capital[at]
        and (
            (word.endswith("'s") and (not at or view.words[at - 1] not in _STAFF))
            or (view.marks[at] & marks.CANDIDATE and view.gaps[at + 1][:1] in _CALLED)
        )
        for at, word in enumerate(view.words)
    )
