"""Reading what patients write: when they want out, want help, want back in, and all the rest. Pure.

Two rules keep this room: it decides only what a text says, never what follows from it, and every
reading names the rule that made it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from compliant_sms.optout._keywords import (
    Reserved,
    ReservedWord,
    per_se_words,
    reserved_word,
    understood_word,
)
from compliant_sms.optout._reading import (
    Author,
    Awaiting,
    Certainty,
    Intent,
    Reading,
    Revocation,
)

if TYPE_CHECKING:
    from compliant_sms.optout._carriers import (
        CarrierKeywords,
        Matching,
        carrier_keywords,
        carriers,
    )
    from compliant_sms.optout._read import read
    from compliant_sms.optout._revocation import read_revocation

__all__ = [
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
    "per_se_words",
    "read",
    "read_revocation",
    "reserved_word",
    "understood_word",
]

_FILES = {
    "_carriers": ("CarrierKeywords", "Matching", "carrier_keywords", "carriers"),
    "_read": ("read",),
    "_revocation": ("read_revocation",),
}
_FILE_OF = {name: file for file, names in _FILES.items() for name in names}


# PEP 562: phrases and grammar load when a text is first read, not on import.
def __getattr__(name: str) -> object:
    if name not in _FILE_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
