"""What a pause can be for."""

from __future__ import annotations

from compliant_sms.classification import Purpose, catalogue
from compliant_sms.errors import InvalidInput

ALL = "all"
MARKETING = "marketing"


def scope_of(value: str | Purpose) -> str:
    """What a pause is for: ``"all"``, ``"marketing"`` or the code of a purpose.

    Raises:
        InvalidInput: there is nothing of that name.
    """
    if isinstance(value, Purpose):
        if value.code not in {ALL, MARKETING}:
            return value.code
    elif isinstance(value, str) and (value in {ALL, MARKETING} or value in catalogue()):
        return value
    msg = (
        "scope of a pause names nothing that can be paused. Pass 'all', 'marketing', the code of a "
        "purpose of the catalogue, or, for a purpose of your own, the Purpose itself."
    )
    raise InvalidInput(msg)
