"""Who wrote a text, when it was no person. Interim: replaced by the part that owns it."""

from __future__ import annotations

import re

from compliant_sms.optout._heard import Heard
from compliant_sms.optout._reading import Author

__all__ = ["author_of"]

_REACTION = re.compile(
    r"\s{0,9}(?:removed an? [a-z ]{1,20} from|liked|loved|disliked|laughed at|emphasized"
    r"|questioned|\W{1,4} to) ?\""
)
_ROBOT = re.compile(
    r"automated message|auto:|not receiving notifications|do not disturb|thank you for contacting"
)


def author_of(heard: Heard) -> tuple[Author, str] | None:
    """Who wrote it and the rule that saw it; None for a person."""
    if _REACTION.match(heard.text):
        return Author.REACTION, "framed:reaction"
    if _ROBOT.search(heard.text):
        return Author.ROBOT, "framed:robot"
    return None
