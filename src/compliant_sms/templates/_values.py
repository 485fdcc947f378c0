"""What no value may hold, whatever its variable accepts.

A value comes from a record, a form or a patient. Nothing in it may add to what was approved: no
markup, link, keyword or invisible character.
"""

from __future__ import annotations

import re
import unicodedata

from compliant_sms.lint._offers import offers
from compliant_sms.optout import reserved_word
from compliant_sms.text import links, segment

_MARKUP = re.compile(r"[<>{}\[\]|\\^~`]|&#?\w+;|%\w?\(|\$\(|\*[^*\s]+\*")
_MAIL = re.compile(r"[^\s@]@[^\s@]")
# What programs write for a missing value. Nan and Nat are names.
_NOTHING = frozenset(
    {
        *("null", "Null", "NULL", "none", "None", "NONE", "nil", "undefined", "nan", "NaN", "NAN"),
        *("NaT", "n/a", "N/A", "todo", "TODO", "tbd", "TBD"),
    }
)
_SHOWN = frozenset("LMNPSZ")
_LINE_ENDS = frozenset({"Zl", "Zp"})


class Refused(Exception):
    """A value cannot be used; the message says why and never shows it."""


def size(text: str) -> int:
    """How much room a text takes on the air at most, in septets of GSM-7 or units of UTF-16."""
    return segment(text).units


def plain(value: object, most: int) -> str:
    """A value of words: in composed letters, without blanks round it.

    Args:
        value: what was passed.
        most: how much room it may take: see :func:`size`.

    Raises:
        Refused: it cannot be used.
    """
    if not isinstance(value, str):
        msg = "is of a type that cannot be used; pass a str"
        raise Refused(msg)
    _refuse_hidden(value)
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        msg = "is blank"
        raise Refused(msg)
    if size(text) > most:
        msg = f"takes more room than {most}"
        raise Refused(msg)
    _refuse_meaning(text)
    return text


def _refuse_hidden(value: str) -> None:
    kinds = {unicodedata.category(each) for each in value}
    if any(kind[0] not in _SHOWN for kind in kinds) or kinds & _LINE_ENDS:
        msg = "holds a line break, or a character that nobody sees"
        raise Refused(msg)


def _refuse_meaning(text: str) -> None:
    wide = unicodedata.normalize("NFKC", text)
    if _MARKUP.search(text) or _MARKUP.search(wide):
        msg = "holds markup, or brackets"
        raise Refused(msg)
    if any("://" in each or _MAIL.search(each) or links(each) for each in (text, wide)):
        msg = "holds a link or a mail address"
        raise Refused(msg)
    if text in _NOTHING:
        msg = "is what a program writes that has nothing"
        raise Refused(msg)
    if reserved_word(text) or offers(text):
        msg = "is, or invites, a word that carriers answer in their own way"
        raise Refused(msg)
