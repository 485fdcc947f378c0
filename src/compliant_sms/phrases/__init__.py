"""Texts in folded letters, and phrases as data that are looked for in them. Pure.

Two rules keep this room: it knows no subject, only how phrases are written down and found; and
whatever a text holds, looking takes time in proportion to its length.
"""

from __future__ import annotations

from compliant_sms.phrases._beginnings import WORD, words_in
from compliant_sms.phrases._folding import LEFT_OUT, LOOK_ALIKES, PLAIN, Folded, fold
from compliant_sms.phrases._rules import Phrasebook, PhraseRule, WordIndex, listed, parse
from compliant_sms.phrases._search import LONGEST, NEARBY, Found, matches, search, sentence
from compliant_sms.phrases._tables import read_toml, rows_of

__all__ = [
    "LEFT_OUT",
    "LONGEST",
    "LOOK_ALIKES",
    "NEARBY",
    "PLAIN",
    "WORD",
    "Folded",
    "Found",
    "PhraseRule",
    "Phrasebook",
    "WordIndex",
    "fold",
    "listed",
    "matches",
    "parse",
    "read_toml",
    "rows_of",
    "search",
    "sentence",
    "words_in",
]
