"""Ways of saying that decide alone that a text is one person's, by their grammar.

A practice puts both into one text: "Your strep test was positive. Walk-ins are welcome, no
appointment needed." What is said to everybody must not outvote what is told of one person. So
these rows overrule what the words of a text weigh together (:mod:`._audience`): the subject of a
sentence is one reader, somebody near, or what was done.

Each row begins with the words that it is looked for by, or with a term of health where there are
none. Only blanks stand between its words, so that it never reaches over the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import Kind

if TYPE_CHECKING:
    from compliant_sms.phi._audience._health_terms import Term

# A term of health as the rows see it: as long as it is, so that places stay the same.
_SIGN = "\1"
_TERM = f"{_SIGN}+"
_SOME = r"(?:[\w']+ ){0,2}"
_ON = r"[^.!?\n]{0,80}?"  # in the same sentence
# What follows these is supposed, asked or left open, and nobody is told it.
_OPEN = frozenset(
    (
        *("if", "when", "whenever", "unless", "whether", "who", "anyone", "that", "what", "how"),
        *("do", "does", "did", "can", "could", "would", "should", "are", "were", "is", "has"),
        *("have", "why", "where", "before", "once", "until", "as", "bring", "tell", "ask", "get"),
        *("si", "cuando", "quien", "que"),
    )
)
_DID = (
    "had|were|missed|asked(?!,)|told|sent|took|called|said|mentioned|requested|reported|tested"
    "|received|signed|gave|finished|started|tried|paid|owe|pidio|llamo|falto|debe"
)
_KIN = (
    "mom|mother|dad|father|son|daughter|wife|husband|spouse|partner|sister|brother|grandma|grandpa"
    "|hija|hijo|mama|papa|esposa|esposo|madre|padre|abuela|abuelo"
)
_VERB = (
    "is|was|were|are|has|came|arrived|moved|moves|went|looks|shows|showed|needs|expires|expired"
    "|stopped|ran|starts|es|fue|esta|estan|salio|salieron|llego|llegaron"
)
# "Your flu shot is waiting", "your colonoscopy is covered", "Mrs. Rivera, our educator"
_ANYBODYS = "waiting|covered|free|easy|easier|important"
_BESIDE = "our|an?|nuestr[oa]|una?|rn|md|np"
_PAST = "went|healed|shows|showed|looks|looked|failed|salio|quedo"
_WE_DID = (
    "got|saw|received|moved|missed|reviewed|noticed|called|mailed|sent|faxed|removed|found|tried"
    "|ordered|filed|changed|refilled|booked|took"
)
_VERDICT = "pos|neg|positive|negative|normal|abnormal|benign|positivo|positiva|negativo|negativa"

_OF_ONE: Mapping[str, tuple[str, str]] = {
    "you asked about the Botox": ("you|u|usted", rf" (?:{_DID})\b{_ON}{_TERM}"),
    "you take a statin": (
        "you|u|usted",
        rf" (?:have|take|use|tiene|toma|usa|padece) {_SOME}{_TERM}",
    ),
    "you are due": (
        "you|you're|you've|youre|youve",
        r"(?: are| have)? (?:over)?(?:due|booked|scheduled|missed)\b",
    ),
    "your left knee MRI from May is": (
        "your|ur|su|sus|tu|tus",
        rf" {_SOME}{_TERM} (?:[\w']+ ){{0,2}}?(?:{_VERB})\b(?! (?:{_ANYBODYS})\b)",
    ),
    "your son's cast": ("your|ur|my|his|her|su|tu|mi", rf" (?:{_KIN})(?:'s)?\b{_ON}{_TERM}"),
    "my migraine": ("my|mi|mis", rf" {_SOME}{_TERM}"),
    "I have migraine": ("i", rf" (?:am|have|had|got|take|took) {_SOME}{_TERM}"),
    "I'm asthmatic": ("im|i'm|ive|i've|tengo|estoy", rf" {_SOME}{_TERM}"),
    "we got your biopsy": ("we|we've", rf" (?:{_WE_DID}) {_SOME}(?:your|ur|you)\b{_ON}{_TERM}"),
    "balance for the MRI is $40": (
        "balance|owe|collections|saldo",
        r"\b[^.!?\n$]{0,60}\$\d",
    ),
    "Mrs. Lee: your": (
        "mr|mrs|ms|sr|sra|srta|don|dona",
        rf"\.? [\w'-]+(?: [\w'-]+)?[,:!](?! (?:{_BESIDE})\b)",
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


@cache
def _rows() -> Mapping[str, list[re.Pattern[str]]]:
    rows: dict[str, list[re.Pattern[str]]] = {}
    for words, goes_on in _OF_ONE.values():
        for word in words.split("|"):
            rows.setdefault(word, []).append(re.compile(word + goes_on))
    return rows


# Of these it counts what stands before them.
_ADDRESSED = frozenset(("you", "u", "usted", "your", "ur", "su", "sus", "tu", "tus"))


def tells_of_one(view: View, terms: Sequence[Term]) -> bool:
    """Whether something in a text surely tells of one person."""
    rows, starts = _rows(), view.starts
    begun = [
        (starts[at], word)
        for at, word in enumerate(view.words)
        if word in rows and not (word in _ADDRESSED and _is_open(view, at))
    ]
    begun += [(term.start, "") for term in terms]
    written = _with_terms(view, terms)
    return any(row.match(written, start) for start, word in begun for row in rows[word])


def _is_open(view: View, at: int) -> bool:
    return at > 0 and view.gaps[at] == " " and view.words[at - 1] in _OPEN


def _with_terms(view: View, terms: Sequence[Term]) -> str:
    """A text in small letters, with a sign for each letter of a term that is no specialty."""
    pieces: list[str] = []
    end = 0
    for term in sorted(terms, key=lambda each: (each.start, -each.end)):
        if term.start >= end and term.kind != Kind.SPECIALTY:
            pieces += (view.lower[end : term.start], _SIGN * (term.end - term.start))
            end = term.end
    return "".join((*pieces, view.lower[end:]))
