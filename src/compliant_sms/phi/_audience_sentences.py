"""Ways of saying that decide alone whom a text is for, by their grammar.

A practice puts both into one text: "Your strep test was positive. Walk-ins are welcome, no
appointment needed." What is said to everybody must not outvote what is told of one person. So
these tables overrule what the words of a text weigh together (:mod:`._audience`):

- ``_OF_ONE``: by weight to everybody, but the subject of a sentence is one reader, somebody near,
  or what was done: the text is one person's;
- ``_NOTICE``: by little weight one person's, nobody is spoken to or called, and the subject of a
  sentence is of a kind: the text is to everybody.

They read the text with ``DRUG`` or ``TERM`` for each term of health, with an S if it ends so. Only
blanks stand between the words of a row, so that it never reaches over the end of a sentence.
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

_TERM = r"\b(?:TERM|DRUG)S?\b"
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
_CAUSE = "because|since|given that|as|bc|cuz"
_VERDICT = "pos|neg|positive|negative|normal|abnormal|benign|positivo|positiva|negativo|negativa"

_OF_ONE: Mapping[str, str] = {
    "since you have asthma": rf"\b(?:{_CAUSE}) (?:you|u) (?:have|take|use|{_DID})\b",
    "como usted padece asma": r"\b(?:como|porque|pues) (?:usted )?(?:tiene|toma|usa|padece)\b",
    "you asked": rf"{_TOLD}\b(?:you|u|usted) (?:{_DID})\b",
    "you take a statin": rf"{_TOLD}\b(?:you|u) (?:have|take|use) {_SOME}{_TERM}",
    "you are due": r"\byou(?:'re|'ve| are|re|ve| have) (?:over)?(?:due|booked|scheduled|missed)\b",
    "your left knee MRI from May is": (
        rf"{_TOLD}\b(?:your|ur|sus?|tus?) {_SOME}{_TERM} (?:[\w']+ ){{0,3}}?(?:{_VERB})\b"
    ),
    "your son's cast": (
        rf"{_TOLD}\b(?:your|ur|my|his|her|su|tu|mi) (?:{_KIN})(?:'s)?\b{_ON}{_TERM}"
    ),
    "my migraine": rf"\b(?:my|mis?) {_SOME}{_TERM}",
    "I have migraine": (
        rf"\b(?:i'?m|i'?ve|tengo|estoy|i (?:am|have|had|got|take|took)) {_SOME}{_TERM}"
    ),
    "we got your biopsy": rf"\bwe(?:'ve)? (?:{_WE_DID}) {_SOME}(?:your|ur|you)\b{_ON}{_TERM}",
    "see you Monday for the MRI": rf"\bsee you{_ON} for (?:your |the )?{_SOME}{_TERM}",
    "balance for the MRI is $40": (
        r"\b(?:balance|bill|owe|statement|invoice|collections|saldo|factura)\b[^.!?\n$]{0,60}\$\d"
    ),
    "Mrs. Lee: your": r"\b(?:mr|mrs|ms|sra?|srta|don|dona)\.? [\w'-]+(?: [\w'-]+)?[,:!]",
    "the surgery went well": rf"\b(?:the|this|that) {_TERM} (?:{_PAST})\b",
    "flu test neg": (
        rf"{_TERM}:? (?:(?:test|screen|swab),? )?(?:(?:is|was|came back) )?(?:{_VERDICT})"
        r"(?=[.,;!\n]|$)"
    ),
}
"""What tells of one person; an example each, and how it is told."""

_PEOPLE = (
    "patients|parents|people|adults|kids|children|women|men|teens|seniors|families|moms|dads"
    "|smokers|veterans|students|athletes|folks|residents|members|caregivers|visitors|teachers"
    "|employees|customers|volunteers|everyone|everybody|anyone|pacientes|padres|adultos|ninos"
    "|mujeres|hombres|familias|personas|embarazadas|cuidadores|kindergarten?ers|newborns"
)
_DO = "needs?|should|can|may|must|are|have|get|who|with|over|under|deben|pueden|necesitan"
_EVENT = (
    "days?|fairs?|event|month|drive|talks?|workshop|seminar|screenings?|van|bus|booth|quiz|study"
    "|trial|awareness|tips?|facts|myths|webinar|season|campaign|kits"
)
_OPENS = (
    "opens|launches|hosts|offers|adds|introduces|welcomes|sponsors|provides|stocks|adding"
    "|enrolling|offering|expanding|hosting|opening|launching|offer|host|welcome|enroll|ofrecemos"
)
_NO_THAT = "(?<!the )(?<!this )(?<!that )(?<!la )(?<!el )"

_NOTICE: Mapping[str, str] = {
    "adults need": rf"\b(?:{_PEOPLE}) (?:{_DO})\b{_ON}{_TERM}",
    "skin cancer screening day": rf"{_NO_THAT}{_TERM} (?:{_EVENT})\b",
    "colds can be": rf"{_NO_THAT}{_TERM} (?:can|may|might|could|should|puede|pueden)\b",
    "flu hits": rf"{_NO_THAT}{_TERM} (?:hits|spreads|affects|causes|kills|creeps|raises|lowers)\b",
    "no X-rays until": (
        r"\b(?:no|sin) (?:TERMS?,? (?:or|and|ni|o) )?TERMS"
        r" (?:until|hasta|this|today|hoy|[a-z]{2,6}day)\b"
    ),
    "opens a sprain desk": rf"\b(?:{_OPENS}) (?!the |you|him|her)(?:[\w'-]+ ){{0,5}}?{_TERM}",
    "el dengue se previene": rf"{_TERM} se (?:previene|contagia|transmite|trata|puede|evita)\b",
}
"""What has the shape of a notice; an example each, and how it is said."""

_SPEAKS = (
    r"\b(?:i|i'?m|i'?ve|i'll|my|me|mine|myself|mis?|yo|tengo|he|she|him|his|hers?|he's|she's"
    r"|you|your|u|ur|you're|youre|you've|sus?|tus?|balance|bill|owe|statement|invoice)\b"
)
"""Somebody speaks of oneself, to one reader, of somebody or of a debt: no notice is sure."""


@cache
def _any_of(*rows: str) -> re.Pattern[str]:
    return re.compile("|".join(rows))


def tells_of_one(view: View, terms: Sequence[Term]) -> bool:
    """Whether something in a text surely tells of one person.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    return _any_of(*_OF_ONE.values()).search(_with_terms(view, terms)) is not None


def is_notice(view: View, terms: Sequence[Term]) -> bool:
    """Whether a text that says little of one person has the shape of a notice.

    Args:
        view: the text.
        terms: the terms of health in it.
    """
    if view.capital[:1] == [False] or view.said & marks.RECORD_CUE or _calls_somebody(view):
        return False
    written = _with_terms(view, terms)
    return (
        _any_of(*_NOTICE.values()).search(written) is not None
        and _any_of(_SPEAKS).search(written) is None
    )


def _with_terms(view: View, terms: Sequence[Term]) -> str:
    """A text in small letters, with TERM for each term that is not only a kind of care."""
    pieces: list[str] = []
    end = 0
    for term in sorted(terms, key=lambda each: (each.start, -each.end)):
        if term.start >= end and term.kind != Kind.SPECIALTY:
            kind = "DRUG" if term.kind & Kind.MEDICATION else "TERM"
            plural = "S" * view.words[term.last].endswith("s")
            pieces += (view.lower[end : term.start], kind, plural)
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
