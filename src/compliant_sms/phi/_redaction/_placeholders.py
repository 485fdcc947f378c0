"""What stands where something was redacted: ``[NAME-1]``, and who is the same one."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import count

from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View

_ALIKE = re.compile(r"\[(?:([0-9]+):)?[A-Z][A-Z0-9_]*+-[0-9]+\]")
_WORDS = re.compile(r"[^\W_]+")
_PHONES = frozenset({PhiLabel.PHONE, PhiLabel.FAX})
# Their separators tell values apart: a-b@c.org is not ab@c.org.
_SPELT = frozenset({PhiLabel.EMAIL, PhiLabel.URL, PhiLabel.IP})
_NUMBERS = _PHONES | {
    PhiLabel.SSN,
    PhiLabel.MRN,
    PhiLabel.HEALTH_PLAN_ID,
    PhiLabel.ACCOUNT,
    PhiLabel.LICENSE,
    PhiLabel.VEHICLE,
    PhiLabel.DEVICE,
    PhiLabel.BIOMETRIC,
    PhiLabel.OTHER_ID,
}


class Placeholders:
    """Numbers values by label; the same value has the same number, whatever its disguise."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[PhiLabel, str], int] = {}
        self._last: Counter[PhiLabel] = Counter()

    def name(self, finding: PhiFinding, text: str, round_: int) -> str:
        """What stands for a finding in a text.

        Args:
            finding: the finding.
            text: the text that it was found in.
            round_: as :func:`round_for` says.
        """
        label = finding.label
        key = label, _value(label, text[finding.start : finding.end])
        if key not in self._numbers:
            self._last[label] += 1
            self._numbers[key] = self._last[label]
        before = "" if round_ == 1 else f"{round_}:"
        return f"[{before}{label.value}-{self._numbers[key]}]"


def _value(label: PhiLabel, written: str) -> str:
    plain = View(written).lower
    if label in _SPELT:
        return "".join(plain.split())
    words = _WORDS.findall(plain)
    if label not in _NUMBERS:
        return " ".join(words) or written
    value = "".join(words)
    # With the country code of North America or without.
    return value[1:] if label in _PHONES and len(value) == 11 and value[0] == "1" else value


def round_for(text: str) -> int:
    """The smallest number that tells our placeholders from all that look like them in a text.

    1 where nothing does, which is left out: ``[NAME-1]``. In a text that holds that already, ours
    read ``[2:NAME-1]``.
    """
    if "[" not in text:
        return 1
    taken = {found[1] or "1" for found in _ALIKE.finditer(text)}
    return next(number for number in count(1) if str(number) not in taken)


@cache
def _ours() -> re.Pattern[str]:
    labels = "|".join(label.value for label in PhiLabel)
    return re.compile(rf"\[(?:[0-9]{{1,2}}:)?(?:{labels})-[0-9]{{1,3}}\]")


def is_placeholder(text: str, start: int, end: int) -> bool:
    """Whether a place lies within what an earlier redaction can have left: nothing to find there.

    A longer number after the label would be no number of ours.
    """
    opening = text.rfind("[", max(0, start - _LONGEST), start + 1)
    found = _ours().match(text, opening) if opening >= 0 else None
    return found is not None and end <= found.end()


_LONGEST = max(len(label.value) for label in PhiLabel) + 8
