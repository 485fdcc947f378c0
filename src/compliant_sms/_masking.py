"""How ids show themselves where anybody may read: in logs, spans and reprs."""

from __future__ import annotations

import re

from compliant_sms.phone import PhoneNumber

__all__ = ["repr_of_practice", "shown_practice"]

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def shown_practice(practice_id: str) -> str:
    """A practice's id; a masked number where the id is one, as it is unless the host chose one."""
    return _NUMBER.sub(lambda found: PhoneNumber(found[0]).masked, practice_id)


def repr_of_practice(practice_id: object) -> str:
    """The same for ``field(repr=...)``, whatever somebody passed."""
    return repr(shown_practice(str(practice_id)))
