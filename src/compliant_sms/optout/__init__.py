"""Reading what patients write: when they want out, want help, want back in, and all the rest. Pure.

Two rules hold here: it decides only what a text says, never what follows from it, and every
reading names the rule that made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.optout._keywords import (
    Reserved,
    ReservedWord,
    per_se_words,
    reserved_word,
    understood_word,
)
from compliant_sms.optout._reading import (
    Assent,
    Author,
    Awaiting,
    Certainty,
    Intent,
    Reading,
    Revocation,
)

if TYPE_CHECKING:
    from compliant_sms.optout._beyond import names_another_time
    from compliant_sms.optout._carriers import (
        CarrierKeywords,
        Matching,
        carrier_keywords,
        carriers,
    )
    from compliant_sms.optout._read import read
    from compliant_sms.optout._revocation import read_revocation

__all__ = [
    "Assent",
    "Author",
    "Awaiting",
    "CarrierKeywords",
    "Certainty",
    "Intent",
    "Matching",
    "Reading",
    "Reserved",
    "ReservedWord",
    "Revocation",
    "carrier_keywords",
    "carriers",
    "names_another_time",
    "per_se_words",
    "read",
    "read_revocation",
    "reserved_word",
    "understood_word",
]

_FILES = {
    "_beyond": ("names_another_time",),
    "_carriers": ("CarrierKeywords", "Matching", "carrier_keywords", "carriers"),
    "_read": ("read",),
    "_revocation": ("read_revocation",),
}
# PEP 562: phrases and grammar load when a text is first read, not on import.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
