"""The wish that texts stop. Interim, keywords only: replaced by the part that owns it."""

from __future__ import annotations

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._keywords import Reserved, reserved_word
from compliant_sms.optout._reading import Awaiting, Revocation

__all__ = ["find_revocation"]


def find_revocation(heard: Heard, awaiting: Awaiting | None) -> Revocation | None:  # noqa: ARG001
    """Where a text asks that texts stop."""
    word = reserved_word(heard.given)
    if word is None or word.reserved is not Reserved.STOP:
        return None
    return Revocation(start=0, end=len(heard.given), rule=word.rule)
