"""What a pause can apply to."""

from __future__ import annotations

from compliant_sms.choices import no_such
from compliant_sms.classification import Purpose, catalogue
from compliant_sms.errors import InvalidInput

ALL = "all"
MARKETING = "marketing"


def scope_of(value: str | Purpose) -> str:
    """The scope of a pause: ``"all"``, ``"marketing"`` or the code of a purpose.

    Raises:
        InvalidInput: there is no such scope.
    """
    if isinstance(value, Purpose):
        if value.code not in {ALL, MARKETING}:
            return value.code
    elif isinstance(value, str) and (value in {ALL, MARKETING} or value in catalogue()):
        return value
    known = no_such(
        "scope of a pause",
        (ALL, MARKETING, *catalogue()),
        value if isinstance(value, str) else "",
    )
    msg = f"{known} For a purpose of your own, pass the Purpose itself."
    raise InvalidInput(msg)
