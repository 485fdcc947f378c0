"""Reading what patients write: when they want out, want help, want back in, and all the rest. Pure.

Two rules keep this room: it decides only what a text says, never what follows from it, and every
reading names the rule that made it.
"""

from __future__ import annotations

from compliant_sms.optout._keywords import Reserved, ReservedWord, reserved_word
from compliant_sms.optout._read import read
from compliant_sms.optout._reading import (
    Author,
    Awaiting,
    Certainty,
    Intent,
    Reading,
    Revocation,
)

__all__ = [
    "Author",
    "Awaiting",
    "Certainty",
    "Intent",
    "Reading",
    "Reserved",
    "ReservedWord",
    "Revocation",
    "read",
    "reserved_word",
]
