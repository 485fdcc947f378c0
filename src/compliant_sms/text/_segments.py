"""How many segments a text takes, which is what it costs and how it is throttled.

Source: 3GPP TS 23.038, 6.2.1 (GSM 7 bit default alphabet) and 6.2.1.1 (its extension table), and
3GPP TS 23.040, 9.2.3.24 for the six-octet header of a concatenated text. No national language
shift table is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise

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
_NOT_GSM7 = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]")


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
    """Calculate the encoding, units and segments of a text.

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


def parts(text: str) -> tuple[str, ...]:
    """Split a text into its segments, in order.

    No part ends within an extension character or a surrogate pair. A sequence of code points that
    shows as one picture, such as a flag, may be split: a phone joins the parts before it shows
    them.

    Args:
        text: the body as it will be sent.

    Returns:
        As many parts as :func:`segment` counts; put together they are the text.

    Raises:
        InvalidInput: the text holds a lone surrogate, which is not valid Unicode.
    """
    size = segment(text)
    if size.segments <= 1:
        return (text,) if text else ()
    widths = _septets(text) if size.encoding is Encoding.GSM_7 else _code_units(text)
    cuts = [0, *_cuts(widths, _JOINED[size.encoding]), len(text)]
    return tuple(text[start:end] for start, end in pairwise(cuts))


def in_gsm7(text: str) -> bool:
    """Whether all characters are in the GSM 7 bit default alphabet or its extension table."""
    return _GSM7_TEXT.fullmatch(text) is not None


def not_in_gsm7(text: str) -> Iterator[int]:
    """The offsets, in code points, of the characters that turn a text to UCS-2."""
    return (match.start() for match in _NOT_GSM7.finditer(text))


def _segmentation(
    encoding: Encoding, units: int, widths: Iterable[int], *, exact: bool
) -> Segmentation:
    if units <= _ALONE[encoding]:
        return Segmentation(encoding, units, min(units, 1))
    room = _JOINED[encoding]
    return Segmentation(encoding, units, -(-units // room) if exact else _count(widths, room))


def _count(widths: Iterable[int], room: int) -> int:
    return 1 + sum(1 for _ in _cuts(widths, room))


def _cuts(widths: Iterable[int], room: int) -> Iterator[int]:
    """The offsets at which a further part begins."""
    used = 0
    for place, width in enumerate(widths):
        used += width
        if used > room:
            yield place
            used = width


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
