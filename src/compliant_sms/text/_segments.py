"""How many segments a text takes, which is what it costs and how it is throttled.

Source: 3GPP TS 23.038, 6.2.1 (GSM 7 bit default alphabet) and 6.2.1.1 (its extension table), and
3GPP TS 23.040, 9.2.3.24 for the six-octet header of a concatenated text. No national language
shift table is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from compliant_sms.errors import InvalidInput

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_BASIC_TEXT = re.compile(f"[{re.escape(_BASIC)}]*")
_GSM7_TEXT = re.compile(f"[{re.escape(_BASIC + _EXTENSION)}]*")


class Encoding(StrEnum):
    """The alphabet a text is sent in; one character outside GSM-7 turns all of it to UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_ALONE = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
_JOINED = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}


@frozen
class Segmentation:
    """The size of a text.

    Args:
        encoding: the alphabet it needs.
        units: septets for GSM-7, of which an extension character takes two; UTF-16 code units
            for UCS-2.
        segments: how many texts the carrier bills; 0 for the empty text.
    """

    encoding: Encoding
    units: int
    segments: int


def segment(text: str) -> Segmentation:
    """The encoding, units and segments of a text.

    One segment holds 160 septets or 70 code units; each part of a longer text holds 153 or 67. An
    extension character or a surrogate pair is never cut in two, so a part may stay one unit short.

    Args:
        text: the body as it will be sent. CR LF counts as two characters.

    Returns:
        The size; for the empty text GSM-7 with no units and no segments, as nothing is sent.

    Raises:
        InvalidInput: the text holds a lone surrogate, which is not valid Unicode.
    """
    if _BASIC_TEXT.fullmatch(text):
        return _segmentation(Encoding.GSM_7, len(text), (), exact=True)
    if _GSM7_TEXT.fullmatch(text):
        units = len(text) + sum(map(text.count, _EXTENSION))
        return _segmentation(Encoding.GSM_7, units, _septets(text), exact=False)
    units = _utf16_length(text)
    return _segmentation(Encoding.UCS_2, units, _code_units(text), exact=units == len(text))


def _segmentation(
    encoding: Encoding, units: int, widths: Iterable[int], *, exact: bool
) -> Segmentation:
    if units <= _ALONE[encoding]:
        return Segmentation(encoding, units, min(units, 1))
    room = _JOINED[encoding]
    return Segmentation(encoding, units, -(-units // room) if exact else _parts(widths, room))


def _parts(widths: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        used += width
        if used > room:
            parts, used = parts + 1, width
    return parts


def _septets(text: str) -> Iterable[int]:
    return (2 if character in _EXTENSION else 1 for character in text)


def _code_units(text: str) -> Iterable[int]:
    return (2 if character > "\uffff" else 1 for character in text)


def _utf16_length(text: str) -> int:
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        msg = (
            "The text holds half of a surrogate pair, which is not valid Unicode and cannot be "
            "sent. Decode its bytes strictly, as UTF-8 or UTF-16, before passing it on."
        )
    raise InvalidInput(msg)
