"""The word that a patient texts to ask for a programme's texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compliant_sms import _given, optout
from compliant_sms.errors import InvalidInput
from compliant_sms.optout import Awaiting, Intent, Matching

_KEYWORD = re.compile("[A-Z][A-Z0-9]{2,14}")
_AROUND = re.compile(r"[\s\"'.!?\u00a1\u00bf,:;()\[\]*_\u2018\u2019\u201c\u201d-]+")
_LONGEST = 40


def as_keyword(given: str) -> str:
    """A programme's keyword in capitals; empty where it has none.

    Raises:
        InvalidInput: it is no single word of 3 to 15 letters and digits, or it means something
            already: to stop, to start, to get help, or an answer to a question of ours.
    """
    _given.a_text(given, "keyword")
    word = given.upper()
    if not word:
        return ""
    if not _KEYWORD.fullmatch(word):
        msg = (
            "a keyword is one word of 3 to 15 letters and digits that begins with a letter, for "
            "example 'DEALS'"
        )
        raise InvalidInput(msg)
    if _means_something(word):
        msg = (
            f"{word} means something already when a patient texts it: to stop, to start, to get "
            "help, danger, or the answer to a question. Choose another word."
        )
        raise InvalidInput(msg)
    return word


def _means_something(word: str) -> bool:
    # 47 CFR 64.1200(a)(10); what law and carriers reserve, in every language that is read.
    for awaiting in (None, Awaiting.CONFIRM):
        read = optout.read(word, awaiting=awaiting)
        asks_for_texts = read.intent is Intent.OPT_IN and word in _NO_ANSWERS
        if read.revocation is not None or not (read.intent is Intent.OTHER or asks_for_texts):
            return True
    understood = optout.understood_word(word)
    answers = optout.read(word, awaiting=Awaiting.OPT_IN)
    agrees = answers.intent is Intent.OPT_IN and word not in _NO_ANSWERS
    return understood is not None or agrees or answers.revocation is not None


# As an answer to a question it would mean yes; by itself it asks for something by name.
_NO_ANSWERS = frozenset({"JOIN", "SUBSCRIBE"})


def keyword_of(body: str) -> str:
    """The word that a text consists of, in capitals; empty where it is none that can be one."""
    if len(body) > _LONGEST:
        return ""
    word = _AROUND.sub(" ", body).strip().upper()
    return word if _KEYWORD.fullmatch(word) else ""


def taken_by(word: str, providers: Iterable[str]) -> str | None:
    """The first of the providers that acts upon a word by itself; None where none does.

    Args:
        word: a keyword.
        providers: their names.
    """
    small = word.lower()
    for name in providers:
        if name not in optout.carriers():
            continue
        known = optout.carrier_keywords(name)
        words = known.stop | known.start | known.help
        begins = known.matching is Matching.BEGINS and any(map(small.startswith, words))
        if small in words or begins:
            return name
    return None
