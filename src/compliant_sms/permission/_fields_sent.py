"""The fields of a form as a browser sends them."""

from __future__ import annotations

from collections.abc import Mapping

from compliant_sms.secure_pages import PageRequest

BOX = "agree-"
DETAILS = "health-details"
NAME = "name"
NUMBER = "number"
PROOF = "proof"
SHOWN = "shown"
TICKED = "yes"

_MOST = 40


def fields_sent(request: PageRequest) -> Mapping[str, str] | None:
    """What was filled in, by name; None where it cannot be read, or a name came twice."""
    found = request.fields(_MOST)
    if found is None:
        return None
    boxes = {name for name in found if name == DETAILS or name.startswith(BOX)}
    known = found.keys() - boxes <= {NAME, NUMBER, PROOF, SHOWN}
    # What would a box say that is neither ticked nor absent?
    return found if known and all(found[name] == TICKED for name in boxes) else None
