"""The words that announce a number of record (``data/record_cues.txt``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.phi._labels import PhiLabel


@frozen
class Cue:
    """What a word announces.

    Attributes:
        label: the kind of number.
        strength: how strongly, from -1 to 3.
    """

    label: PhiLabel
    strength: int


@cache
def cues() -> Mapping[str, Cue]:
    """Every word, with what it announces."""
    found: dict[str, Cue] = {}
    for line in packaged("compliant_sms.phi", "data", "record_cues.txt").splitlines():
        if not line.startswith("#"):
            label, strength, *words = line.split()
            found.update(dict.fromkeys(words, Cue(PhiLabel(label), int(strength))))
    return found
