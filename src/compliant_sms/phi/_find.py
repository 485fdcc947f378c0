"""The recognizers, and what they find together."""

from __future__ import annotations

from compliant_sms.phi._labels import PhiFinding
from compliant_sms.phi._ssn import find_ssns

__all__ = ["find"]

_RECOGNIZERS = (find_ssns,)


def find(text: str) -> tuple[PhiFinding, ...]:
    """Everything that the recognizers find, in the order of the text."""
    found = [finding for recognize in _RECOGNIZERS for finding in recognize(text)]
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end)))
