"""Numbers whose form says what they are, with their check digits; and names of pictures.

Medicare numbers: CMS, "Understanding the Medicare Beneficiary Identifier Format". Cards: ISO/IEC
7812-1, annex B. Vehicles: 49 CFR 565.15. Devices: GS1 identifiers in an UDI, 21 CFR 830.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._word_lists import listed

_NOT_BEFORE = frozenset("_.-")
_VIN, _UDI, _SHORTEST_CARD = 17, 14, 13
_NO_PLATE = marks.RECORD_CUE | marks.NAMING | marks.LINK | marks.OTHER_NUMBER | marks.CAR_OR_DIGIT


@cache  # compiled at first use, like all patterns here
def _medicare() -> re.Pattern[str]:
    letter, either, gap = "[ac-hj-km-np-rt-y]", "[0-9ac-hj-km-np-rt-y]", "[- ]?"
    close = rf"[1-9]{letter}{either}[0-9]{gap}{letter}{either}[0-9]{gap}{letter}{{2}}[0-9]{{2}}"
    # One character after the other.
    kinds = (letter, either, "[0-9]", letter, either, "[0-9]", letter, letter, "[0-9]", "[0-9]")
    return re.compile(rf"(?:{close}|[1-9]{''.join(f' {kind}' for kind in kinds)})(?![\w-])")


@cache
def _card() -> re.Pattern[str]:
    return re.compile(
        r"(?:[3-6][0-9]{3}(?:[- ]?[0-9]{4}){3}|3[47][0-9]{2}[- ]?[0-9]{6}[- ]?[0-9]{5}"
        r"|[3-6][0-9]{12,18})(?![\w-])"
    )


@cache
def _vehicle() -> re.Pattern[str]:
    return re.compile(r"[0-9a-hj-npr-z]{17}(?![\w-])")


@cache
def _device() -> re.Pattern[str]:
    return re.compile(r"\(01\)\s?[0-9]{14}(?:\s?\([0-9]{2,3}\)\s?[\w-]{1,24}){0,6}")


@cache
def _terminal_digits() -> re.Pattern[str]:
    return re.compile(r"[0-9]{2}(?:-[0-9]{2}){3}(?![\w-])")


@cache
def _plate() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w$#./-])(?:[0-9][A-Z]{3} ?[0-9]{3}|[A-Z]{3}[- ]?[0-9]{3,4}|[0-9]{3,4}[- ]?[A-Z]{3})"
        r"(?![\w-])"
    )


def find_record_forms(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Numbers of Medicare, cards, vehicles, devices and charts that no word need announce."""
    found: list[PhiFinding] = []
    text = view.lower
    for start, end in view.figures:
        length = end - start
        if length == 1:
            after = text[end : end + 1]
            spaced = after == " " and text[end + 2 : end + 3] == " " and text[end + 1].isalpha()
            if (spaced or after.isalpha()) and not text[start - 1 : start].isalnum():
                found += _at(view, start, _medicare(), PhiLabel.HEALTH_PLAN_ID, "record/medicare")
        elif length == 2:
            if text[end : end + 1] == "-" and text[end + 3 : end + 4] == "-":
                found += _charts(view, start)
        elif length >= 4 and (
            text[start] in "3456"
            or length == _UDI
            or (end >= _VIN and text[end - _VIN : end].isalnum())
        ):
            found += _long(view, start, end)
    if (
        view.figures
        and view.said & marks.CAR_OR_DIGIT
        and not listed("cars").isdisjoint(view.words)
    ):
        found += _plates(view)
    return found


def _long(view: View, start: int, end: int) -> Iterable[PhiFinding]:
    """A card, a device or a vehicle, by how many figures stand together."""
    text, length = view.lower, end - start
    if text[start] in "3456" and (length >= _SHORTEST_CARD or text[end + 1 : end + 2].isdigit()):
        card = _card().match(text, start)
        if card is None or not _passes_luhn(card[0]):
            return ()
        return _at(view, start, _card(), PhiLabel.ACCOUNT, "record/card")
    if length == _UDI and text[max(0, start - 5) : start].rstrip().endswith("(01)"):
        return _at(view, text.rindex("(", 0, start), _device(), PhiLabel.DEVICE, "record/udi")
    if length < _VIN <= end and text[end - _VIN : end].isalnum():
        found = _at(view, end - _VIN, _vehicle(), PhiLabel.VEHICLE, "record/vin")
        return [car for car in found if _passes_vin(text[car.start : car.end])]
    return ()


def _charts(view: View, start: int) -> Iterator[PhiFinding]:
    """Four times two figures; not the steps of a dose: "40-30-20-10"."""
    for chart in _at(view, start, _terminal_digits(), PhiLabel.MRN, "record/terminal-digits"):
        steps = list(map(int, view.lower[chart.start : chart.end].split("-")))
        if any(step % 5 for step in steps) or steps != sorted(steps, reverse=True):
            yield chart


def _at(
    view: View, start: int, pattern: re.Pattern[str], label: PhiLabel, rule: str
) -> Sequence[PhiFinding]:
    """What has a form where a number begins; not inside a word or a longer number."""
    before = view.lower[start - 1] if start else " "
    if before.isalnum() or before in _NOT_BEFORE:
        return ()
    match = pattern.match(view.lower, start)
    return (_finding(match, label, rule),) if match else ()


# A digit, and the sum of the digits of twice as much.
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def _passes_luhn(written: str) -> bool:
    digits = written.replace(" ", "").replace("-", "").encode()
    total = sum(digits[::-2]) + sum(digits[-2::-2].translate(_DOUBLED))
    return (total - len(digits) * ord("0")) % 10 == 0


# The values and weights of 49 CFR 565.15(c), tables III and IV.
_VALUES = dict(
    zip(
        "0123456789abcdefghjklmnprstuvwxyz",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _passes_vin(written: str) -> bool:
    total = sum(_VALUES[letter] * weight for letter, weight in zip(written, _WEIGHTS, strict=True))
    return "0123456789x"[total % 11] == written[8]


def _plates(view: View) -> Iterator[PhiFinding]:
    """Letters and figures as on a plate, near a car; ``GMC 1500`` is a car, ``LOT 300`` a place."""
    for match in _plate().finditer(view.plain):
        word = view.word_at(match.start())
        if not view.marks[word] & _NO_PLATE:
            yield _finding(match, PhiLabel.VEHICLE, "record/plate", Confidence.LIKELY)


@cache
def _photo() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w./@-])(?:(?:whatsapp image|screen ?shot) )?\w[\w-]{0,63}(?: ?\([0-9]{1,3}\))?"
        r"\.(?:jpe?g|png|hei[cf]|gif|webp|tiff?|bmp|mov|mp4)\b"
        r"|(?<![\w.-])(?:img|dsc[fn]?|pxl|dcim|wa)[-_]?[0-9][\w-]{2,31}(?![\w.])"
    )


def find_photos(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Names of picture files, which show somebody: 45 CFR 164.514(b)(2)(i)(Q)."""
    if not view.said & marks.CONTACT_CUE or listed("pictures").isdisjoint(view.words):
        return ()
    return [
        _finding(match, PhiLabel.PHOTO, "photo/file-name")
        for match in _photo().finditer(view.lower)
    ]


def _finding(
    match: re.Match[str], label: PhiLabel, rule: str, confidence: Confidence = Confidence.CERTAIN
) -> PhiFinding:
    return PhiFinding(
        start=match.start(), end=match.end(), label=label, rule=rule, confidence=confidence
    )
