"""Coverage-guided fuzzing of ``phi.find``; ``nox -s fuzz`` runs it for as long as it is told.

Whatever comes in, nothing is raised, findings lie inside the text in their order without
overlapping, and redaction takes something out just where something was found.
"""

from __future__ import annotations

import sys
from itertools import pairwise

import atheris

with atheris.instrument_imports(include=["compliant_sms.phi"]):
    from compliant_sms.phi import Known, OwnFacts, PatientFacts, find, redact

_KNOWN = Known(
    patient=PatientFacts(names=("Maria Gomez",), mrn=("00482913",), phones=("+12175550134",)),
    own=OwnFacts(names=("Lakeside Family Medicine",), phones=("+12175550100",)),
)


def one(data: bytes) -> None:
    """Read one text, alone and with what is known beforehand."""
    provider = atheris.FuzzedDataProvider(data)
    known = _KNOWN if provider.ConsumeBool() else Known()
    text = provider.ConsumeUnicode(600)
    found = find(text, known)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert bool(redact(text, known).findings) == bool(found)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
