"""Reading what people answer when they want out, want help, or want back in.

Two rules keep this room itself: it decides only what a text says, never what follows from it, and
every reading names the rule that made it.
"""

from __future__ import annotations

from compliant_sms.optout._keywords import Reading, Reserved, read

__all__ = ["Reading", "Reserved", "read"]
