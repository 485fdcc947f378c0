"""The fewest and the most segments that a template's texts take, whatever the values.

They are computed, not tried: no choice of samples would prove that nothing is longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compliant_sms.classification import OptOutLine
from compliant_sms.practice import Practice
from compliant_sms.templates._check import Text, given
from compliant_sms.templates._kinds import Lengths
from compliant_sms.templates._syntax import Part, Slot
from compliant_sms.text import Encoding, segment
from compliant_sms.text._opt_out_line import opt_out_line
from compliant_sms.text._segments import in_gsm7

if TYPE_CHECKING:
    from compliant_sms.templates._template import Template

# 3GPP TS 23.040, 9.2.3.24. A character of two units that would be cut in two leaves one unused.
_ALONE = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
_JOINED = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}
# The length of a practice's name if no practice is given.
_A_NAME = Lengths(3, 40, free=True)
_A_PHONE = Lengths(8, 16, free=False)


def segment_range(template: Template, text: Text, practice: Practice | None) -> tuple[int, int]:
    """The fewest and the most segments of one text.

    Args:
        template: the template.
        text: which of its texts.
        practice: who sends it; None for any practice whose name has 3 to 40 letters.
    """
    lengths = {each.name: each.kind.lengths(text.language) for each in template.variables}
    own: Mapping[str, str] = {}
    if practice is None:
        lengths |= {"practice": _A_NAME, "practice_phone": _A_PHONE}
    else:
        own = given(practice)
    line = "" if template.purpose.opt_out_line is OptOutLine.NEVER else _line(text.language)
    short, few = _apart(text, own, whole=False)
    words, all_of_them = _apart(text, own, whole=True)
    return (
        _fewest(short, [lengths[name] for name in few]),
        _most(words + line, [lengths[name] for name in all_of_them]),
    )


def _line(language: str) -> str:
    return f". {opt_out_line(language)}"


def _apart(text: Text, own: Mapping[str, str], *, whole: bool) -> tuple[str, list[str]]:
    """The fixed words, and the variables that may or may not appear."""
    words, names = "", list[str]()
    for node in text.nodes:
        inside = node.inside if isinstance(node, Part) else (node,)
        if isinstance(node, Part) and not whole:
            continue
        for each in inside:
            if isinstance(each, Slot) and each.name not in own:
                names.append(each.name)
            else:
                words += own[each.name] if isinstance(each, Slot) else each.text
    return words, names


def _fewest(words: str, values: list[Lengths]) -> int:
    size = segment(words)
    units = size.units + sum(each.least for each in values)
    if units <= _ALONE[size.encoding]:
        return 1
    return -(-units // _JOINED[size.encoding])


def _most(words: str, values: list[Lengths]) -> int:
    free = any(each.free for each in values)
    longest = sum(each.most for each in values)
    counts = [_parts(Encoding.UCS_2, _utf16(words) + longest, wasting=free or _pairs(words))]
    if in_gsm7(words):
        septets = segment(words).units
        wasting = free or septets != len(words)
        counts = counts if free else []
        counts.append(_parts(Encoding.GSM_7, septets + longest, wasting=wasting))
    return max(counts)


def _parts(encoding: Encoding, units: int, *, wasting: bool) -> int:
    if units <= _ALONE[encoding]:
        return 1
    room = _JOINED[encoding] - (1 if wasting else 0)
    return -(-units // room)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _pairs(text: str) -> bool:
    return any(each > "\uffff" for each in text)
