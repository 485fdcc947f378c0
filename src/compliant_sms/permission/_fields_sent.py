"""The fields of a form as a browser sends them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from compliant_sms.secure_pages import LARGEST_FORM, PageRequest

__all__ = ["BOX", "DETAILS", "NAME", "NUMBER", "PROOF", "SHOWN", "TICKED", "fields_sent"]

BOX = "agree-"
DETAILS = "health-details"
NAME = "name"
NUMBER = "number"
PROOF = "proof"
SHOWN = "shown"
TICKED = "yes"

_FORM = "application/x-www-form-urlencoded"
_MOST = 40


def fields_sent(request: PageRequest) -> Mapping[str, str] | None:
    """What was filled in, by name; None where it cannot be read, or a name came twice."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if kind != _FORM or len(request.body) > LARGEST_FORM:
        return None
    try:
        pairs = parse_qsl(
            request.body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST,
        )
    except ValueError:
        return None
    found = dict(pairs)
    known = all(
        name in {NAME, NUMBER, PROOF, SHOWN} or (name == DETAILS or name.startswith(BOX))
        for name in found
    )
    boxes = [value for name, value in pairs if name == DETAILS or name.startswith(BOX)]
    ticked = all(value == TICKED for value in boxes)
    # Which of two values would count? And what does a box say that is neither ticked nor absent?
    return found if len(found) == len(pairs) and known and ticked else None
